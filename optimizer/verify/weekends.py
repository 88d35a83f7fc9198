"""Weekends: which crews may work them, how many, and not before a new line is fully ramped up."""

from __future__ import annotations

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify.book import Book
from optimizer.verify.shifts import crews_at_work
from optimizer.verify.tally import Tally

FULL = 1 - 1e-9
"""Share of full output from which a line counts as fully ramped up."""


def _say(book: Book, position: int, k: int, t: int, why: str) -> str:
    worked = book.weekends[position, k, t]
    line, month = book.facts.line_names[position], book.facts.label(t)
    return f"crew {k + 1} of {line} works {worked:g} weekends in {month}, {why}"


def weekends_fit_the_calendar(book: Book) -> Check:
    """Check weekends <= floor(weekend share x Saturdays in the period), for steps of the ladder only."""
    facts, tally = book.facts, Tally("weekends_fit_the_calendar", "weekends")
    exists = np.arange(facts.depth)[None, :] < facts.steps[:, None]
    cap = facts.weekend_cap[:, None, :] * exists[:, :, None]
    tally.each(book.weekends - cap, lambda n, k, t: _say(book, n, k, t, f"at most {cap[n, k, t]:g} are allowed"))
    return tally.check()


def weekends_need_a_crew(book: Book) -> Check:
    """Check weekends <= most weekends x (run - run of the first step that staffs weekends).

    A crew works weekends only while it is there, is below the first continuous step, and the line
    does not run that step.
    """
    facts, tally = book.facts, Tally("weekends_need_a_crew", "weekends")
    staffed = facts.staffed[:, None]
    below = np.arange(facts.depth)[None, :] < staffed
    pausing = book.shifts <= staffed
    may = crews_at_work(book) & below[:, :, None] & pausing[:, None, :]
    tally.each(
        np.where(may, 0.0, book.weekends),
        lambda n, k, t: _say(book, n, k, t, f"but the line works {book.shifts[n, t]:g} shifts"),
    )
    return tally.check()


def higher_crews_work_no_more_weekends(book: Book) -> Check:
    """Check weekends of crew k + 1 <= weekends of crew k."""
    tally = Tally("higher_crews_work_no_more_weekends", "weekends")
    lower, higher = book.weekends[:, :-1], book.weekends[:, 1:]
    tally.each(higher - lower, lambda n, k, t: _say(book, n, k + 1, t, f"the one below {lower[n, k, t]:g}"))
    return tally.check()


def weekends_wait_for_full_ramp_up(book: Book) -> Check:
    """Check that a line opened by a project works weekends only in periods with ready = 1 throughout."""
    facts, tally = book.facts, Tally("weekends_wait_for_full_ramp_up", "weekends")
    ramping = ~facts.existing[:, None] & (book.line_ready < FULL)
    tally.each(
        np.where(ramping[:, None, :], book.weekends, 0.0),
        lambda n, k, t: _say(book, n, k, t, f"but the line is only {book.line_ready[n, t]:.0%} ramped up"),
        where=~facts.existing[:, None, None],
    )
    return tally.check()
