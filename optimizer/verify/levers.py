"""Levers: one that is off leaves no decision of its kind."""

from __future__ import annotations

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.tally import Tally, beside, number

LEVER_OF = {"new line": "new lines", "expansion": "expansions", "reactivation": "reactivations"}


def levers_are_respected(book: Book) -> Check:
    """Check that levers which are off are not pulled.

    Shifts off: existing lines keep the shifts worked before the start, opened lines work at most
    one, and nobody is hired or leaves. Weekends, pledges, donations off: none. New lines, expansions,
    reactivations off: only committed and forced ones. Purchases off: nothing bought that some line can make.
    """
    facts, tally = book.facts, Tally("levers_are_respected", "settings")
    off = {"shifts", "weekends", "pledges", "donations", "purchases", *LEVER_OF.values()} - facts.levers
    if "shifts" in off:
        now = np.asarray([[line.shifts_now] for line in facts.lines], dtype=float).reshape(-1, 1)
        changed = np.where(facts.existing[:, None], np.abs(book.shifts - now), book.shifts - 1)
        tally.each(changed, lambda n, t: f"shifts are off but {facts.line_names[n]} changes in {facts.label(t)}")
        for member, (hired, left) in book.people.items():
            tally.row(float((hired + left).sum()), f"shifts are off but people of {member} are hired or leave")
    if "weekends" in off:
        tally.each(
            book.weekends,
            lambda n, k, t: f"weekends are off but {facts.line_names[n]} works some in {facts.label(t)}",
        )
    if "pledges" in off:
        tally.each(
            book.pledged,
            lambda b, t: f"pledges are off but {facts.books[b][0]} pledges some in {facts.label(t)}",
            size=beside(0.0, np.asarray([book.quantity(item) for _, item in facts.books]).reshape(-1, 1)),
        )
    if "donations" in off:
        for (member, _, item), t, given in flows.rows(book, "gifts", "member", "recipient", "item"):
            text = f"donations are off but {member} gives {number(given)} {item} in {facts.label(t)}"
            tally.row(given, text, float(beside(0.0, book.quantity(item))))
    if "purchases" in off:
        made = {facts.items[i] for i in np.flatnonzero((facts.rates.rate > 0).any(axis=(0, 2)))}
        for (supplier, item), t, bought in flows.rows(book, "purchases", "supplier", "item"):
            if item in made:
                text = f"purchases are off but {item} is bought from {supplier} in {facts.label(t)}"
                tally.row(bought, text, float(beside(0.0, book.quantity(item))))
    for name, unit, month in book.starts:
        project = facts.network.projects[name]
        lever = LEVER_OF[project.kind]
        text = f"{lever} are off but unit {unit} of {name} is decided in {facts.date(month)}"
        tally.must(lever not in off or project.status != "option", text)
    return tally.check()
