"""Time: periods of months, weekends, review blocks, calendar years, and what flows with a delay.

Months are whole numbers counted from the start of the horizon (0 is the first month planned); a
period t covers the months `begins[t]` to `begins[t] + lengths[t] - 1`; `end` is T, the first month
after the horizon.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from dataclasses import dataclass
from functools import cached_property


def parse_periods(plan: str) -> tuple[int, ...]:
    """Turn a period plan such as ``24x1, 4x3`` into the lengths of the periods in months.

    Raises
    ------
    ValueError
        When the text is no period plan, with the way to write one.
    """
    lengths: list[int] = []
    for part in re.split(r"[,;]", plan):
        match = re.fullmatch(r"\s*(\d{1,9})\s*[xX*]\s*(\d{1,9})\s*", part)
        if not match or not int(match[1]) or not int(match[2]):
            raise ValueError(f"{plan!r} is not a period plan; write it like 24x1, 4x3 (24 months, 4 quarters)")
        if sum(lengths) + int(match[1]) * int(match[2]) > 1200:
            raise ValueError(f"{plan!r} is longer than 1,200 months; shorten the horizon")
        lengths += [int(match[2])] * int(match[1])
    return tuple(lengths)


@dataclass(frozen=True)
class Calendar:
    """The periods of a horizon.

    Parameters
    ----------
    start
        First day of the first month planned.
    lengths
        Months in each period.
    review_months
        Least months between the beginnings of two review blocks.
    """

    start: dt.date
    lengths: tuple[int, ...]
    review_months: int = 3

    @cached_property
    def begins(self) -> tuple[int, ...]:
        """Return the month in which each period begins, counted from the start."""
        return tuple(sum(self.lengths[:t]) for t in range(len(self.lengths)))

    @cached_property
    def end(self) -> int:
        """Return T, the number of months in the horizon."""
        return sum(self.lengths)

    @property
    def periods(self) -> range:
        """Return the period numbers 0, 1, 2, ..."""
        return range(len(self.lengths))

    def ends(self, t: int) -> int:
        """Return the first month after period t."""
        return self.begins[t] + self.lengths[t]

    def within(self, begin: float, stop: float) -> range:
        """Return the periods of which some part lies in [begin, stop)."""
        first, last = max(0, math.floor(begin)), min(self.end, math.ceil(stop)) - 1
        return range(self.period_of_month[first], self.period_of_month[last] + 1) if first <= last else range(0)

    @cached_property
    def period_of_month(self) -> tuple[int, ...]:
        """Return the period of each month of the horizon."""
        return tuple(t for t in self.periods for _ in range(self.lengths[t]))

    @cached_property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Return the periods of each review block.

        A block starts at the first period that begins at least `review_months` after the start of
        the block before.
        """
        blocks: list[list[int]] = []
        for t in self.periods:
            if not blocks or self.begins[t] - self.begins[blocks[-1][0]] >= self.review_months:
                blocks.append([])
            blocks[-1].append(t)
        return tuple(tuple(block) for block in blocks)

    @cached_property
    def block_of(self) -> tuple[int, ...]:
        """Return the review block of each period."""
        return tuple(b for b, block in enumerate(self.blocks) for _ in block)

    def block_begins(self, b: int) -> int:
        """Return the month in which block b begins."""
        return self.begins[self.blocks[b][0]]

    def block_ends(self, b: int) -> int:
        """Return the first month after block b."""
        return self.ends(self.blocks[b][-1])

    def block_months(self, b: int) -> int:
        """Return how many months block b lasts."""
        return self.block_ends(b) - self.block_begins(b)

    # -- dates -----------------------------------------------------------------------------------
    def month(self, date: dt.date) -> int:
        """Return the month number of a date; negative before the start."""
        return (date.year - self.start.year) * 12 + date.month - self.start.month

    def date(self, month: int) -> dt.date:
        """Return the first day of a month number, also outside the horizon."""
        count = self.start.year * 12 + self.start.month - 1 + month
        return dt.date(count // 12, count % 12 + 1, 1)

    def period_dates(self) -> tuple[dt.date, ...]:
        """Return the first day of every period: the `month` column of the result tables."""
        return tuple(self.date(m) for m in self.begins)

    def window(self, first: dt.date | None, last: dt.date | None) -> tuple[int, int]:
        """Return a `from` / `to` pair as months [first, stop); empty means the whole horizon.

        The window is not cut to the horizon.
        """
        begin = 0 if first is None else self.month(first)
        stop = self.end if last is None else self.month(last) + 1
        return begin, stop

    def overlap(self, t: int, begin: float, stop: float) -> float:
        """Return how many months of period t lie in [begin, stop)."""
        return max(0.0, min(self.ends(t), stop) - max(self.begins[t], begin))

    # -- weekends and years ----------------------------------------------------------------------
    @cached_property
    def saturdays(self) -> tuple[int, ...]:
        """Return the Saturdays in each month of the horizon."""
        return tuple(_saturdays(self.date(m)) for m in range(self.end))

    @cached_property
    def weekends(self) -> tuple[int, ...]:
        """Return the Saturdays in each period."""
        return tuple(sum(self.saturdays[self.begins[t] : self.ends(t)]) for t in self.periods)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Return the calendar years that the horizon touches."""
        return tuple(range(self.start.year, self.date(self.end - 1).year + 1))

    @cached_property
    def year_shares(self) -> tuple[dict[int, float], ...]:
        """Return for each period the share of its months in each calendar year."""
        shares: list[dict[int, float]] = []
        for t in self.periods:
            share: dict[int, float] = {}
            for m in range(self.begins[t], self.ends(t)):
                year = self.date(m).year
                share[year] = share.get(year, 0.0) + 1 / self.lengths[t]
            shares.append(share)
        return tuple(shares)

    # -- money and delays ------------------------------------------------------------------------
    def discounts(self, rate: float) -> tuple[float, ...]:
        """Return the mean discount factor (1 + rate)^(-month / 12) of the months of each period."""
        return tuple(
            sum((1 + rate) ** (-m / 12) for m in range(self.begins[t], self.ends(t))) / self.lengths[t]
            for t in self.periods
        )

    def arrivals(self, tau: int, delay: float) -> dict[int, float]:
        """Return the share of what flows evenly in period tau that arrives in each later period.

        The flow rule |[a + L, a + h + L] n t| / h; what is missing to 1 arrives after the horizon.
        """
        begin, stop = self.begins[tau] + delay, self.ends(tau) + delay
        return {t: self.overlap(t, begin, stop) / self.lengths[tau] for t in self.within(begin, stop)}


def _saturdays(month: dt.date) -> int:
    days = calendar.monthrange(month.year, month.month)[1]
    return sum(dt.date(month.year, month.month, day).weekday() == 5 for day in range(1, days + 1))
