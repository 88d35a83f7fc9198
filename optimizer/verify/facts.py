"""What the scenario says, as arrays: rates, crews, ramp-ups, needs, orders, limits.

Read from the workbook's tables alone and independent of the model's index sets and coefficients.
Axes: L lines (copies that projects open included), K ladder steps, I items, N places (members,
recipients and last the pool), B order books, T periods.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.scenario.network import POOL, LineFacts, Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import (
    LEVERS,
    CostChange,
    LadderStep,
    Lane,
    Line,
    Need,
    Order,
    Pledge,
    Project,
    Recipe,
    Stock,
)
from optimizer.verify.tally import BoolArray, FloatArray, IntArray

WORKDAYS = 261 / 12
"""Working days of an average month: 261 of a year without leave."""


@dataclass(frozen=True)
class Rates:
    """Rate, unit cost, yield and minimum rates of a line and item in a period, all of shape L, I, T."""

    rate: FloatArray
    unit_cost: FloatArray
    yields: FloatArray
    minimum: FloatArray
    crew_minimum: FloatArray


class Facts:
    """A scenario as arrays, each computed when first asked for."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.settings = scenario.settings
        self.network = Network(scenario)

    # -- time ------------------------------------------------------------------------------------
    @cached_property
    def begins(self) -> IntArray:
        """Return the month in which each period begins."""
        return np.asarray(self.scenario.calendar.begins, dtype=np.int64)

    @cached_property
    def lengths(self) -> FloatArray:
        """Return the months in each period."""
        return np.asarray(self.scenario.calendar.lengths, dtype=float)

    @cached_property
    def ends(self) -> FloatArray:
        """Return the first month after each period."""
        return self.begins + self.lengths

    @cached_property
    def count(self) -> int:
        """Return the number of periods."""
        return len(self.begins)

    @cached_property
    def horizon(self) -> int:
        """Return T, the months in the horizon."""
        return int(self.ends[-1])

    @cached_property
    def blocks(self) -> IntArray:
        """Return the review block of each period.

        A block starts at the first period that begins at least `review months` after the last one.
        """
        blocks, started = [0], 0
        for begin in self.begins[1:]:
            new = begin - started >= self.settings.review_months
            started = int(begin) if new else started
            blocks.append(blocks[-1] + int(new))
        return np.asarray(blocks, dtype=np.int64)

    @cached_property
    def block_first(self) -> IntArray:
        """Return the first period of each block."""
        return np.flatnonzero(np.diff(self.blocks, prepend=-1)).astype(np.int64)

    @cached_property
    def block_begins(self) -> IntArray:
        """Return the month in which each block begins."""
        return self.begins[self.block_first]

    @cached_property
    def block_ends(self) -> FloatArray:
        """Return the first month after each block."""
        return np.append(self.block_begins[1:], self.horizon).astype(float)

    def months(self, begin: float, stop: float) -> FloatArray:
        """Return how many months of each period lie in [begin, stop)."""
        overlap = np.minimum(self.ends, stop) - np.maximum(self.begins, begin)
        return np.asarray(np.clip(overlap, 0.0, None), dtype=float)

    def mean(self, monthly: FloatArray) -> FloatArray:
        """Return the mean over each period of a value given for every month of the horizon."""
        return np.asarray(np.add.reduceat(monthly, self.begins) / self.lengths, dtype=float)

    def arrivals(self, delay: float) -> FloatArray:
        """Return the share of what is sent evenly in period tau that arrives in t: shape tau, t."""
        begin = self.begins[:, None] + delay
        stop = self.ends[:, None] + delay
        overlap = np.minimum(stop, self.ends[None, :]) - np.maximum(begin, self.begins[None, :])
        return np.asarray(np.clip(overlap, 0.0, None) / self.lengths[:, None], dtype=float)

    def label(self, t: int) -> str:
        """Return a period as a sentence names it: its first month."""
        return f"{self.scenario.calendar.date(int(self.begins[t])):%Y-%m}"

    def date(self, month: int) -> str:
        """Return a month number as a sentence names it."""
        return f"{self.scenario.calendar.date(month):%Y-%m}"

    # -- names -----------------------------------------------------------------------------------
    @cached_property
    def lines(self) -> tuple[LineFacts, ...]:
        """Return every line, one copy per unit of the project that opens it."""
        return tuple(self.network.lines.values())

    @cached_property
    def line_names(self) -> tuple[str, ...]:
        """Return the names of the lines."""
        return tuple(self.network.lines)

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Return the names of the items."""
        return tuple(self.network.items)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Return the names of members and recipients."""
        return tuple(self.network.members)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Return the places: members, recipients and last the pool."""
        return (*self.members, POOL)

    @cached_property
    def item(self) -> Mapping[str, int]:
        """Return the position of each item."""
        return {name: i for i, name in enumerate(self.items)}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Return the position of each place."""
        return {name: n for n, name in enumerate(self.places)}

    @cached_property
    def laned(self) -> BoolArray:
        """Return which items move over lanes only."""
        return np.asarray([name in self.network.laned_items for name in self.items], dtype=bool)

    @cached_property
    def storable(self) -> BoolArray:
        """Return which items can be stored."""
        return np.asarray([item.can_be_stored for item in self.network.items.values()], dtype=bool)

    @cached_property
    def waste(self) -> BoolArray:
        """Return which items may be thrown away."""
        return np.asarray([item.may_be_discarded for item in self.network.items.values()], dtype=bool)

    def kept_at(self, place: str, item: str) -> tuple[int, int]:
        """Return the positions of where a place's stock of an item is kept: its own, or the pool's."""
        return self.place[self.network.place(place, item)], self.item[item]

    @cached_property
    def existing(self) -> BoolArray:
        """Return which lines exist, that is, are not opened by a project."""
        return np.asarray([not line.project for line in self.lines], dtype=bool)

    @cached_property
    def levers(self) -> frozenset[str]:
        """Return the levers that the plan may pull."""
        given = frozenset(name.lower() for name in self.settings.levers)
        return frozenset(LEVERS) if "all" in given else given

    # -- lines -----------------------------------------------------------------------------------
    @cached_property
    def rates(self) -> Rates:
        """Return rates of L, I, T.

        Rate and minimum are the mean over all months of the period, 0 in months without a row;
        unit cost and yield are the mean over the months that have a row.
        """
        shape = (len(self.lines), len(self.items), self.count)
        rate, cost, yields, minimum, crews, months = (np.zeros(shape) for _ in range(6))
        for position, line in enumerate(self.lines):
            for item, i in self.item.items():
                for row in self.network.rates.get((line.base, item), ()):
                    share = self.months(*self.scenario.calendar.window(row.from_month, row.to_month))
                    months[position, i] += share
                    rate[position, i] += row.rate * share
                    cost[position, i] += row.unit_cost * share
                    yields[position, i] += row.yield_ * share
                    minimum[position, i] += row.minimum * share
                    crews[position, i] += row.crew_minimum * share
        had = np.where(months > 0, months, 1.0)
        good = np.where(months > 0, yields / had, 1.0)
        return Rates(rate / self.lengths, cost / had, good, minimum / self.lengths, crews / self.lengths)

    @cached_property
    def depth(self) -> int:
        """Return the steps of the longest ladder."""
        return max((len(line.steps) for line in self.lines), default=0)

    @cached_property
    def steps(self) -> IntArray:
        """Return the steps of each line's ladder."""
        return np.asarray([len(line.steps) for line in self.lines], dtype=np.int64)

    @cached_property
    def shares(self) -> FloatArray:
        """Return the share of the 1-8-5 rate that each step adds: L, K; 0 beyond the ladder."""
        return self._of_steps(lambda _, step: step.added_share)

    def _of_steps(self, value: Callable[[LineFacts, LadderStep], float]) -> FloatArray:
        found = np.zeros((len(self.lines), self.depth))
        for position, line in enumerate(self.lines):
            found[position, : len(line.steps)] = [value(line, step) for step in line.steps]
        return found

    @cached_property
    def crew_costs(self) -> FloatArray:
        """Return the money per month of each crew: L, K; 0 beyond the ladder.

        Cost factor of the step x the line's crew cost, or where it states none people per crew x labour cost.
        """
        return self._of_steps(self._crew_cost)

    @cached_property
    def weekend_costs(self) -> FloatArray:
        """Return the money per weekend that each crew works: L, K; 0 beyond the ladder.

        Two days of the crew's monthly cost over a month's working days, each dearer by the member's weekend premium.
        """
        premium = np.asarray([self.network.members[line.member].weekend_premium for line in self.lines], dtype=float)
        return np.asarray(2 * self.crew_costs / WORKDAYS * (1 + premium[:, None]), dtype=float)

    def dearer(self, cost: str, who: str) -> FloatArray:
        """Return by period the mean of what a cost is multiplied by in its months: all rows that are about it, T."""
        monthly = np.ones(self.horizon)
        for row in self.scenario.rows(CostChange):
            about = row.member if row.cost == "labour" else row.item
            if row.cost == cost and (about is None or about == who):
                first, stop = self.scenario.calendar.window(row.from_month, row.to_month)
                monthly[max(first, 0) : max(stop, 0)] *= row.factor
        return self.mean(monthly)

    def _crew_cost(self, line: LineFacts, step: LadderStep) -> float:
        row = self._rows_of_lines[line.base]
        if row.crew_cost is not None:
            return step.cost_factor * row.crew_cost
        return step.cost_factor * row.people_per_crew * self.network.members[line.member].labour_cost

    @cached_property
    def _rows_of_lines(self) -> Mapping[str, Line]:
        return {row.line: row for row in self.scenario.rows(Line)}

    @cached_property
    def staffed(self) -> IntArray:
        """Return the first step that staffs weekends by its pattern, or the depth: shape L."""
        continuous = ((k for k, step in enumerate(line.steps) if step.staffs_weekends) for line in self.lines)
        return np.asarray([next(steps, self.depth) for steps in continuous], dtype=np.int64)

    @cached_property
    def weekend_cap(self) -> FloatArray:
        """Return the most weekends a crew may work: floor(share x Saturdays), L, T."""
        share = np.asarray([line.weekend_share for line in self.lines])
        saturdays = np.asarray(self.scenario.calendar.weekends, dtype=float)
        return np.asarray(np.floor(share[:, None] * saturdays[None, :] + 1e-9), dtype=float)

    def ready(self, project: Project, start: int, *, on_weekends: bool = False) -> FloatArray:
        """Return the share of full output of a project decided in a month: mean over each period, or its weekends."""
        ramp = self.network.profile(project.ramp_up)
        age = np.arange(self.horizon) - (start + project.lead_months)
        known = np.asarray((*ramp, 1.0))
        monthly = np.where(age < 0, 0.0, known[np.clip(age, 0, len(ramp))])
        if on_weekends:
            saturdays = np.asarray(self.scenario.calendar.saturdays, dtype=float)
            return self.mean(monthly * saturdays) / self.mean(saturdays)
        return self.mean(monthly)

    # -- needs and orders ------------------------------------------------------------------------
    @cached_property
    def bands(self) -> tuple[tuple[str, str, int], ...]:
        """Return recipient, item and band of every need."""
        return tuple(dict.fromkeys((row.recipient, row.item, row.band) for row in self.scenario.rows(Need)))

    @cached_property
    def band_needs(self) -> FloatArray:
        """Return the units needed: bands, T."""
        return self._of_bands(lambda row, months: row.per_month * months, np.add)

    def band_largest(self, attribute: str) -> FloatArray:
        """Return the largest weight or price among a band's rows that touch a period: bands, T."""
        return self._of_bands(lambda row, months: np.where(months > 0, float(getattr(row, attribute)), 0.0), np.maximum)

    def _of_bands(self, value: Callable[[Need, FloatArray], FloatArray], join: np.ufunc) -> FloatArray:
        found = np.zeros((len(self.bands), self.count))
        position = {band: b for b, band in enumerate(self.bands)}
        for row in self.scenario.rows(Need):
            months = self.months(*self.scenario.calendar.window(row.from_month, row.to_month))
            at = position[row.recipient, row.item, row.band]
            found[at] = join(found[at], value(row, months))
        return found

    @cached_property
    def needs(self) -> FloatArray:
        """Return the units needed, all bands: N, I, T."""
        needs = np.zeros((len(self.places), len(self.items), self.count))
        for b, (recipient, item, _) in enumerate(self.bands):
            needs[self.place[recipient], self.item[item]] += self.band_needs[b]
        return needs

    @cached_property
    def books(self) -> tuple[tuple[str, str], ...]:
        """Return customer and item of every order book, those of pledges alone included."""
        ordered = [(row.customer, row.item) for row in self.scenario.rows(Order)]
        pledged = [(row.member, row.item) for row in self.scenario.rows(Pledge)]
        return tuple(dict.fromkeys(ordered + pledged))

    @cached_property
    def orders(self) -> tuple[tuple[Order, ...], ...]:
        """Return the Orders rows of each book."""
        by_book: dict[tuple[str, str], list[Order]] = {book: [] for book in self.books}
        for row in self.scenario.rows(Order):
            by_book[row.customer, row.item].append(row)
        return tuple(tuple(by_book[book]) for book in self.books)

    def ordered_by(
        self,
        book: int,
        x: FloatArray,
        *,
        waited: bool = False,
        since: float = -math.inf,
        going_on: bool = False,
    ) -> FloatArray:
        """Return units a book's rows place before each x (since a month), linear inside months.

        `waited` moves every row by its accepted wait: what is due by x. `going_on` lets rows that reach the
        horizon's end go on after it.
        """
        found = np.zeros(x.shape)
        for row in self.orders[book]:
            wait = 0.0
            if waited:
                wait = self.settings.accepted_wait if row.accepted_wait is None else row.accepted_wait
            begin, stop = self.scenario.calendar.window(row.from_month, row.to_month)
            first, last = max(float(begin), since), math.inf if going_on and stop >= self.horizon else float(stop)
            found += row.per_month * np.clip(np.minimum(x - wait, last) - first, 0.0, None)
        return found

    @cached_property
    def most_pledged(self) -> FloatArray:
        """Return the most that may be pledged: books, T; none in periods ending after T - accepted wait."""
        most = np.zeros((len(self.books), self.count))
        position = {book: b for b, book in enumerate(self.books)}
        in_time = self.ends <= self.horizon - self.settings.accepted_wait
        for row in self.scenario.rows(Pledge):
            months = self.months(*self.scenario.calendar.window(row.from_month, row.to_month))
            most[position[row.member, row.item]] += row.most_per_month * months * in_time
        return most

    @cached_property
    def quantities(self) -> FloatArray:
        """Return the size of each item: what is made, used up, needed, ordered or in stock in a period at most, I."""
        sizes = self.rates.rate.max(axis=(0, 2), initial=0.0) * self.lengths.max()
        made = sizes.copy()
        for row in self.scenario.rows(Recipe):
            at = self.item[row.input]
            sizes[at] = max(sizes[at], abs(row.quantity) * made[self.item[row.item]])
        asked = [(row.item, row.per_month) for row in self.scenario.rows(Need)]
        asked += [(row.item, row.per_month) for row in self.scenario.rows(Order)]
        for item, size in (*asked, *((row.item, row.opening) for row in self.scenario.rows(Stock))):
            sizes[self.item[item]] = max(sizes[self.item[item]], size)
        return np.asarray(sizes, dtype=float)

    # -- stocks and lanes ------------------------------------------------------------------------
    @cached_property
    def held(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return opening, reserve and limit of producer-held stock: N, I each.

        The pool's are sums over the rows of the item, its limit only if every row states one;
        items that cannot be stored have a limit of 0.
        """
        opening, reserve, limit = (np.zeros((len(self.places), len(self.items))) for _ in range(3))
        stated = np.zeros(limit.shape, dtype=bool)
        for row in self.scenario.rows(Stock):
            if row.held_by == "producer":
                at = self.kept_at(row.place, row.item)
                stated[at] = True
                opening[at] += row.opening
                reserve[at] += row.reserve or 0.0
                limit[at] += math.inf if row.storage_limit is None else row.storage_limit
        limit[~stated] = math.inf
        limit[:, ~self.storable] = 0.0
        return opening, reserve, limit

    @cached_property
    def stockpiles(self) -> Mapping[tuple[str, str], Stock]:
        """Return members' own stockpiles by member and item."""
        return {(row.place, row.item): row for row in self.scenario.rows(Stock) if row.held_by == "member"}

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """Return the Lanes rows."""
        return self.scenario.rows(Lane)

    @cached_property
    def _lane_of(self) -> Mapping[tuple[str, str, str | None], int]:
        return {(row.from_place, row.to_place, row.item): position for position, row in enumerate(self.lanes)}

    def lane(self, start: str, stop: str, item: str) -> int | None:
        """Return the lane row that carries an item between places: the one naming it wins."""
        named = self._lane_of.get((start, stop, item))
        return self._lane_of.get((start, stop, None)) if named is None else named
