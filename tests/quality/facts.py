"""Facts of the input that can explain why less of an item is made: never what the plan chose.

A fact is a row of Rates, Suppliers, Funds, Needs or Orders that begins, ends or changes between two windows, or
fewer Saturdays. It explains no more units than it takes away, so a row that ends for a small supplier does not
explain a large fall. Apart from these, a stock that lay there at the start and is used up, if the plan never
added to it; it is named as such, since how fast it is used up is for the plan to choose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.plan.basis import Floats
from optimizer.scenario.network import WORKING_DAYS
from optimizer.scenario.schema import Fund, Supplier
from tests.quality.series import Series, Window, mean

SPENT = 0.99
"""Share of a fund from which it counts as spent: money that is left explains nothing."""
GONE = 0.02
"""Share of an opening stock, without its reserve, at which it counts as used up."""
NEXT_TO_NOTHING = 1e-6


@dataclass(frozen=True)
class Fact:
    """What takes away some units a month of an item, in words."""

    units: float
    words: str


class Facts:
    """The facts of a plan's input.

    Parameters
    ----------
    series
        The plan by month; of its decisions only what lies before a fall bounds what a fact takes away.
    """

    def __init__(self, series: Series) -> None:
        self.series = series
        self.basis = series.basis
        self.calendar = series.calendar

    def saturdays(self, item: str, before: Window, now: Window) -> Fact | None:
        """Return what fewer Saturdays take away of an item, if its lines work fewer weekends than before."""
        tree = self.series.tree(item)
        lines = {line for line, made in self.basis.made if made in tree}
        runs = self.basis.sums("weekends", ("line",), "weekends")
        worked = sum((self.basis.by_month(runs[line]) for line in lines if line in runs), self.series.zero)
        if mean(worked, now) >= mean(worked, before) - NEXT_TO_NOTHING:
            return None
        kept = min(self._with_weekends(line, now) / self._with_weekends(line, before) for line in lines)
        if kept >= 1 - NEXT_TO_NOTHING:
            return None
        there, then = (mean(np.array(self.calendar.saturdays, dtype=float), window) for window in (now, before))
        lost = (1 - kept) * mean(self.series.output(item), before)
        return Fact(lost, f"{there:.3g} Saturdays a month instead of {then:.3g}")

    def _with_weekends(self, line: str, window: Window) -> float:
        """Return the most that a crew makes with the weekends that it may work, against that without."""
        facts, settings = self.basis.lines[line], self.basis.scenario.settings
        if "weekends" not in settings.levers:
            return 1.0
        most = np.array([math.floor(facts.weekend_share * n + 1e-9) for n in self.calendar.weekends], dtype=float)
        return 1 + mean(self.basis.by_month(most), window) * 2 * settings.weekend_efficiency / WORKING_DAYS

    def rows(self, item: str, before: Window, now: Window) -> list[Fact]:
        """Return what rows that change take away of an item, the most first."""
        found: list[Fact] = [*self._asked(item, before, now), *self._funds(item, before, now)]
        for name, each in self.series.tree(item).items():
            suppliers = () if name == item else self._suppliers(name, before, now)  # bought is not made
            for fact in (*self._rates(name, before, now), *suppliers):
                found.append(Fact(fact.units / each, fact.words))
        return sorted((fact for fact in found if fact.units > NEXT_TO_NOTHING), key=lambda fact: -fact.units)

    def opening_stock(self, item: str, before: Window, now: Window) -> list[Fact]:
        """Return what is missing of an item because what lay there at the start is used up.

        Only if the plan used it evenly from the start (in every month at least half of the mean, until it was
        gone) and never put any by: what is kept for later was hoarded.
        """
        found = []
        for name, each in self.series.tree(item).items():
            drawn = self._drawn(name, now[1]) if name != item else None
            if drawn is not None:
                units = mean(drawn, before) - mean(drawn, now)
                found.append(Fact(units / each, f"opening stock of {name} is used up"))
        return sorted((fact for fact in found if fact.units > NEXT_TO_NOTHING), key=lambda fact: -fact.units)

    def _drawn(self, item: str, stop: int) -> Floats | None:
        """Return what is taken from an opening stock in each month before `stop`, if it is gone by then, evenly."""
        level, opening = self.series.stock(item), self.series.opening(item)
        reserve = self.series.reserve(item)
        low = level[: stop + 1] <= reserve + GONE * (opening - reserve)
        if opening <= reserve or not low.any():
            return None
        gone = int(low.argmax())
        drawn: Floats = -np.diff(level)
        evenly = drawn[: gone - 1] >= (opening - reserve) / gone / 2
        return drawn if evenly.all() and low[gone:].all() else None

    # -- rows of each sheet ----------------------------------------------------------------------
    def _rates(self, item: str, before: Window, now: Window) -> Iterator[Fact]:
        """Yield what lines lose of what they made, where their rate falls or ends."""
        for (line, made), units in self.series.made.items():
            if made == item:
                rates = self._by_month(self.basis.rates[self.basis.lines[line].base, item])
                then, there = mean(rates, before), mean(rates, now)
                if there < then * (1 - NEXT_TO_NOTHING):
                    lost = mean(units, before) * (1 - there / then)
                    yield Fact(lost, f"Rates: {line} makes {there:,.0f} instead of {then:,.0f} {item} a month")

    def _by_month(self, rate: Floats) -> Floats:
        spread: Floats = np.repeat(rate, self.calendar.lengths)
        return spread

    def _suppliers(self, item: str, before: Window, now: Window) -> Iterator[Fact]:
        """Yield what no longer arrives from suppliers whose row ends."""
        bought = self.basis.sums("purchases", ("supplier", "place", "item"), "bought")
        for row in self.basis.scenario.rows(Supplier):
            if row.item != item or row.to_month is None:
                continue
            _, stop = self.calendar.window(None, row.to_month)
            for (supplier, place, what), units in bought.items():
                if (supplier, what) == (row.supplier, item):
                    lead = row.lead_months + self.basis.transit(supplier, place, item)
                    arrived = self.basis.by_month(self.basis.arrive(units, lead))
                    if before[0] < stop + lead < now[1]:
                        lost = mean(arrived, before) - mean(arrived, now)
                        yield Fact(lost, f"Suppliers: {row.supplier} takes no more orders of {item}")

    def _asked(self, item: str, before: Window, now: Window) -> Iterator[Fact]:
        """Yield what is no longer asked of an item, and what is asked more of others that compete with it."""
        for name, units in self.series.asked.items():
            then, there = mean(units, before), mean(units, now)
            words = f"Needs, Orders: {there:,.0f} instead of {then:,.0f} {name} a month are asked for"
            if name == item:
                yield Fact(then - there, words)
            else:
                yield Fact((there - then) * self._competes(name, item), words)

    def _competes(self, other: str, item: str) -> float:
        """Return how many units of an item one of another may displace: by inputs or lines that both use."""
        theirs, ours = self.series.tree(other), self.series.tree(item)
        shares = [theirs[name] / ours[name] for name in theirs.keys() & ours.keys()]
        for (line, name), rate in self.basis.rates.items():
            for (same, own), faster in self.basis.rates.items():
                if line == same and name in theirs and own in ours and rate.max() > 0:
                    shares.append(theirs[name] / rate.max() * faster.max() / ours[own])
        return max(shares, default=0.0)

    def _funds(self, item: str, before: Window, now: Window) -> Iterator[Fact]:
        """Yield what funds that hold less than in the year before, and are spent, can no longer pay of an item."""
        members = {self.basis.lines[line].member for line, made in self.basis.made if made in self.series.tree(item)}
        by_fund: dict[str, dict[int, Fund]] = {}
        for row in self.basis.scenario.rows(Fund):
            by_fund.setdefault(row.fund, {})[row.year] = row
        for name, rows in by_fund.items():
            first = next(iter(rows.values()))
            near = not first.member or first.abroad or members & set(first.member)
            if set(first.covers) <= {"capex"} or not near:
                continue
            amounts = {year: rows[year].amount if year in rows else 0.0 for year in self.calendar.years}
            monthly = np.array([amounts[self.calendar.date(m).year] for m in range(self.series.end)])
            then, there = mean(monthly, before), mean(monthly, now)
            if there < then and (name, self.calendar.date(now[0]).year) not in self._money_left:
                lost = mean(self.series.output(item), before) * (1 - there / then)
                yield Fact(lost, f"Funds: {name} holds {there:,.0f} instead of {then:,.0f}, and is spent")

    @cached_property
    def _money_left(self) -> set[tuple[str, int]]:
        """Return the funds and years in which money is left."""
        use = self.series.plan.measures.fund_use
        use = use[use["left"] > (1 - SPENT) * (use["amount"] + use["carried"])]
        return set(zip(use["fund"], use["year"].astype(int), strict=True))
