"""No starving before a date, no slump at the end: falls of the output of final items, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass

from tests.quality.facts import Facts
from tests.quality.found import BROKEN, HELD, TOLD, Found, Measured
from tests.quality.series import Series, Window, mean

MOST_FALL = 0.10
"""Largest fall without a reason within the horizon."""
MOST_AT_THE_END = 0.02
"""Largest fall over the last year while something that is asked is not met."""
LITTLE = 0.01
"""Share of an item's largest output below which a fall is a fall of next to nothing."""
QUARTER, YEAR = 3, 12


@dataclass(frozen=True)
class Fall:
    """What is made less of an item in a window than in an earlier one.

    Attributes
    ----------
    share
        Of the output before; negative for a rise.
    unexplained
        The same without what facts of the input take away.
    reason
        In words.
    """

    item: str
    before: Window
    now: Window
    then: float
    there: float
    unexplained: float
    reason: str

    @property
    def share(self) -> float:
        """Return the fall as a share of the output before."""
        return 1 - self.there / self.then


def fall(series: Series, facts: Facts, item: str, before: Window, now: Window) -> Fall | None:
    """Return the fall of an item's output between two windows; None if it does not fall, or from next to nothing.

    Saturdays come on top of the largest of the other facts; facts do not add up otherwise, since each may
    be about what goes into the same units.
    """
    output = series.output(item)
    then, there = mean(output, before), mean(output, now)
    if then <= LITTLE * output.max() or there >= then * (1 - 1e-9):
        return None
    rows = facts.rows(item, before, now)[:1]
    if not rows:
        rows = facts.opening_stock(item, before, now)[:1]
    given = [fact for fact in (facts.saturdays(item, before, now), *rows) if fact is not None]
    left = then - there - sum(fact.units for fact in given)
    words = "; ".join(f"{fact.words} (explains {min(1.0, fact.units / then):.1%})" for fact in given)
    return Fall(item, before, now, then, there, max(0.0, left / then), words)


def from_month_to_month(series: Series) -> Measured:
    """Measure the falls from each period to the next; there is no output before the first."""
    begins = series.calendar.begins
    return _measured(series, [((begins[t - 1], begins[t]), t) for t in series.calendar.periods[1:]])


def against_three_months(series: Series) -> Measured:
    """Measure the falls against the mean of the three months before; at the start, of the months there are."""
    begins = series.calendar.begins
    return _measured(series, [((max(0, begins[t] - QUARTER), begins[t]), t) for t in series.calendar.periods[1:]])


def _measured(series: Series, pairs: list[tuple[Window, int]]) -> Measured:
    """Return for each item its falls that break the law, or its largest, and the largest without a reason of all."""
    found, worst, facts = [], 0.0, Facts(series)
    for item in series.made_items:
        every = []
        for before, t in pairs:
            one = fall(series, facts, item, before, (series.calendar.begins[t], series.calendar.ends(t)))
            if one:
                every.append((one, _found(series, one, MOST_FALL)))
        worst = max([worst, *(one.unexplained for one, row in every if row.verdict != TOLD)])
        broken = [row for _, row in every if row.verdict == BROKEN]
        largest = max(every, key=lambda pair: pair[0].share, default=None)
        found += broken or ([largest[1]] if largest else [])
    return Measured(f"{worst:.1%}", tuple(found))


def _found(series: Series, one: Fall, most: float) -> Found:
    since = one.now[0]
    size = f"{one.share:.1%}: {one.then:,.0f} to {one.there:,.0f} a month"
    when = series.months(one.now)
    if one.unexplained <= most:
        return Found(one.item, when, size, one.reason or "within what is allowed", HELD)
    if series.is_met(one.item, since):
        return Found(one.item, when, size, "all met from then on: no need is lost, no order late", TOLD)
    missed = series.missed(one.item, since)
    reason = "; ".join(
        filter(
            None,
            [one.reason, f"{one.unexplained:.1%} without a reason, while {missed:,.0f} are lost or late from then on"],
        )
    )
    return Found(one.item, when, size, reason, BROKEN)


def at_the_end(series: Series) -> Measured:
    """Measure the last three months against the mean of the last twelve and the best three of them.

    Of the three, those from which on all is met are left out, as in falls from month to month.
    """
    end = series.end
    begin = max(0, end - QUARTER)
    found, worst, facts = [], 0.0, Facts(series)
    for item in series.made_items if begin > 0 else ():
        now = (begin, next((m for m in range(begin + 1, end) if series.is_met(item, m)), end))
        output = series.output(item)
        starts = range(max(0, end - YEAR), begin)
        best = max(starts, key=lambda m: mean(output, (m, m + QUARTER)))
        for before in ((max(0, end - YEAR), end), (best, best + QUARTER)):
            one = fall(series, facts, item, before, now)
            if one:
                row = _found(series, one, MOST_AT_THE_END)
                found.append(
                    Found(row.of, f"{row.when}, before {series.months(before)}", row.size, row.reason, row.verdict)
                )
                worst = max(worst, one.unexplained if row.verdict != TOLD else 0.0)
    return Measured(f"{worst:.1%}", tuple(found))


def releases(series: Series) -> Measured:
    """Measure the crews released in the last twelve months.

    A release is told; it breaks the law if less is made of what the line makes, by all lines, in the three months
    from then on than in those before, while something that it goes into is not met.
    """
    basis, since = series.basis, max(1, series.end - YEAR)
    late = [change for change in basis.crew_changes if basis.calendar.begins[change.t] >= since]
    leave: dict[tuple[str, int], list[int]] = {}
    for change in late:
        if not change.joins:
            leave.setdefault((change.line, change.t), []).append(change.step)
    found = [_released(series, line, t, steps) for (line, t), steps in leave.items()]
    joined = sum(change.joins for change in late)
    return Measured(f"{len(late) - joined} ({joined} join)", tuple(found))


def _released(series: Series, line: str, t: int, steps: list[int]) -> Found:
    """Judge the crews that leave a line: something it works for is not met, and less is made of what it makes."""
    basis = series.basis
    begin = basis.calendar.begins[t]
    unmet = [item for item in series.made_items if not series.is_met(item, begin)]
    before, now = (max(0, begin - QUARTER), begin), (begin, min(series.end, begin + QUARTER))
    less = []
    for made in (
        item for name, item in basis.made if name == line and basis.rates[basis.lines[line].base, item][t] > 0
    ):
        lost = 1 - mean(series.output(made), now) / max(mean(series.output(made), before), 1e-9)
        if lost > MOST_AT_THE_END and any(made in series.tree(item) for item in unmet):
            less.append(f"{lost:.1%} less {made} is made")
    size = f"crew {', '.join(map(str, steps))} of {max(steps)} leave{'s' if len(steps) == 1 else ''}"
    reason = f"{'; '.join(less)}, while what is asked is not met" if less else "no less is made that is asked for"
    return Found(line, series.months((begin, begin + 1)), size, reason, BROKEN if less else TOLD)
