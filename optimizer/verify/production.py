"""Production: what crews, weekends, ramp-ups and expansions give a line, and what it makes of it."""

from __future__ import annotations

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify.book import Book
from optimizer.verify.facts import WORKDAYS
from optimizer.verify.shifts import crew_losses, crews_at_work
from optimizer.verify.tally import FloatArray, Tally, beside, largest, number


def effective(book: Book) -> FloatArray:
    """Return months of 1-8-5 that each crew gives outside weekends: L, K, T.

    Existing line: share of the step x (months run - months lost in the crew's ramp-up). Line opened
    by a project: share x months x ready x size, while the crew runs.
    """
    facts = book.facts
    run = crews_at_work(book)
    months = facts.lengths * run - crew_losses(book)
    opened = facts.lengths * run * (book.line_size[:, None] * book.line_ready)[:, None, :]
    given = np.where(facts.existing[:, None, None], np.maximum(months, 0.0), opened)
    return np.asarray(facts.shares[:, :, None] * given, dtype=float)


def weekend_output(book: Book) -> FloatArray:
    """Return months of 1-8-5 from weekends: share x 2 days x efficiency / working days of a month per run, L, K, T."""
    days = 2 * book.facts.settings.weekend_efficiency / WORKDAYS
    return np.asarray(book.facts.shares[:, :, None] * days * book.weekends, dtype=float)


def expansion_gains(book: Book, outside: FloatArray, weekend: FloatArray) -> FloatArray:
    """Return months of 1-8-5 that expansions add: L, T.

    Per unit of an expansion and step: added share x size x (the lesser of the crew's effective months and
    its share x months x ready, plus its weekend output x ready on the weekends of the period; nothing on
    weekends where the size is chosen). Ready is 0 before the unit opens. Units and projects add up.
    """
    facts = book.facts
    gains = np.zeros((len(facts.lines), facts.count))
    for (name, unit), month in book.started.items():
        project = facts.network.projects[name]
        if project.kind != "expansion" or project.line is None or project.added_share is None:
            continue
        ready, on_weekends = facts.ready(project, month), facts.ready(project, month, on_weekends=True)
        if project.sized:
            on_weekends = np.zeros(facts.count)
        for position, line in enumerate(facts.lines):
            if line.base == project.line:
                most = facts.shares[position][:, None] * facts.lengths * ready
                steps = np.minimum(outside[position], most) + weekend[position] * on_weekends
                gains[position] += project.added_share * book.sizes[name, unit] * steps.sum(axis=0)
    return gains


def used(book: Book) -> FloatArray:
    """Return months of 1-8-5 that the output takes: sum over items of made / rate, L, T."""
    rate = book.facts.rates.rate
    able = rate > 0
    return np.asarray(np.where(able, book.made / np.where(able, rate, 1.0), 0.0).sum(axis=1), dtype=float)


def capacity_limits_production(book: Book) -> Check:
    """Check sum of made / rate <= effective months of the crews + weekend output + gains of expansions.

    Nothing is made where the line has no rate. This one row states what the model's variables for
    the output of crews and expansions may hold, so it stands for their constraints too.
    """
    facts, tally = book.facts, Tally("capacity_limits_production", "output")
    outside, weekend = effective(book), weekend_output(book)
    available = outside.sum(axis=1) + weekend.sum(axis=1) + expansion_gains(book, outside, weekend)
    taken = used(book)
    tally.each(
        taken - available,
        lambda n, t: (
            f"{facts.line_names[n]} makes {number(taken[n, t])} months of 1-8-5 in {facts.label(t)} "
            f"but its crews, weekends and expansions give {number(available[n, t])}"
        ),
        size=largest(taken, available, facts.lengths[None, :], axis=1),
    )
    tally.each(
        np.where(facts.rates.rate > 0, 0.0, book.made),
        lambda n, i, t: (
            f"{facts.line_names[n]} makes {number(book.made[n, i, t])} {facts.items[i]} in {facts.label(t)}, "
            "in which it cannot"
        ),
        size=beside(0.0, book.quantities[None, :, None]),
    )
    return tally.check()


def running_lines_keep_the_minimum_rate(book: Book) -> Check:
    """Check sum of made / rate >= minimum share x months that the first crew runs.

    Existing line: months run less those lost in the crew's ramp-up. Line opened by a project:
    months x ready x size while it runs. The minimum share is the smallest minimum / rate over what the line
    can make in the period.
    """
    facts, tally = book.facts, Tally("running_lines_keep_the_minimum_rate", "output")
    if not facts.line_names:
        return tally.check()
    first = crews_at_work(book)[:, 0, :]
    existing = facts.lengths * first - crew_losses(book)[:, 0, :]
    opened = facts.lengths * first * book.line_ready * book.line_size[:, None]
    _must_make(book, tally, facts.rates.minimum, np.where(facts.existing[:, None], existing, opened), "running")
    return tally.check()


def running_crews_keep_their_minimum_rate(book: Book) -> Check:
    """Check sum of made / rate >= minimum share of a crew x months that all crews run.

    Existing line: months run less those lost in each crew's ramp-up. Line opened by a project: months x ready x
    size x crews. The minimum share is the smallest minimum / rate over what the line can make in the period.
    """
    facts, tally = book.facts, Tally("running_crews_keep_their_minimum_rate", "output")
    if not facts.line_names:
        return tally.check()
    months = facts.lengths * crews_at_work(book) - crew_losses(book)
    ready = book.line_ready * book.line_size[:, None]
    owed = np.where(facts.existing[:, None], months.sum(axis=1), facts.lengths * ready * book.shifts)
    _must_make(book, tally, facts.rates.crew_minimum, owed, "with its crews")
    return tally.check()


def _must_make(book: Book, tally: Tally, minimum: FloatArray, months: FloatArray, word: str) -> None:
    """Compare output with the smallest share of a minimum in the rate, times months."""
    facts, rate = book.facts, book.facts.rates.rate
    able = rate > 0
    shares = np.where(able, minimum / np.where(able, rate, 1.0), np.inf).min(axis=1, initial=np.inf)
    share = np.where(able.any(axis=1), shares, 0.0)
    least, taken = share * months, used(book)
    tally.each(
        least - taken,
        lambda n, t: (
            f"{facts.line_names[n]} makes {number(taken[n, t])} months of 1-8-5 in {facts.label(t)} "
            f"but, {word}, must make {number(least[n, t])}"
        ),
        size=largest(taken, least, facts.lengths[None, :], axis=1),
        where=share > 0,
    )
