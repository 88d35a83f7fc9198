"""Targets as rows `sum of coefficient x variable >= bound`, for every place, item and period they bind.

A hard row is as it is; a soft row has its `short` variable on the left; a row to be attained as
soon as possible binds through `attained`. How each kind is written is in `optimizer.model.targets`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.model.index.demand import DemandIndex
from optimizer.model.index.funding import FundingIndex
from optimizer.model.index.production import ProductionIndex
from optimizer.model.index.stock import StockIndex
from optimizer.model.index.sustained import sustained
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.schema import EACH, POOLED, Need, Stock, Target

NOISE = 1e-9
"""Coefficients below this are what is left of shares that cancel; they would spoil the scaling."""

LASTING = 12
"""A target to be kept as soon as possible is attained if it lasts for so many months of its window, or for a quarter
of one of less than four times as many. Otherwise plans keep it in the very last months, and starve others for it."""

Instance = tuple[str, str, str]
"""(target, place, item): one instance; place or item is empty when pooled or not meant.

A waiting time that holds for every customer has rows, and gaps, for each of them, and one date for all: that of
the empty place.
"""
Dated = tuple[str, str, str, int]
"""(target, place, item, period)."""
Terms = dict[tuple[str, tuple[Any, ...]], float]
"""(variable, key) -> coefficient."""


@dataclass(frozen=True)
class TargetRow:
    """One row: the sum of coefficient x variable is at least the bound."""

    terms: tuple[tuple[str, tuple[Any, ...], float], ...]
    bound: float


@dataclass(frozen=True)
class TargetIndex:
    """Index sets and coefficients of targets.

    Attributes
    ----------
    ROWS
        Kind of target -> (target, place, item, period or point) -> its row.
    ATTAINED
        (target, place, item, period) of instances to be kept as soon as possible -> weight x months for which its
        `attained` speaks. The last one speaks for all periods of the last months of the window: see `LASTING`.
    SPOKEN_FOR
        The same of all their periods -> the key in ATTAINED that speaks for it.
    SHORT
        (target, place, item, period) of soft instances -> its weight.
    SUSTAINED
        (target, place, item, input, period) of asap rates -> the row that asks for their inputs.
    LAST_SHORT
        SHORT in the last period of each instance, which goes on counting after the horizon.
    """

    ROWS: dict[str, dict[tuple[str, str, str, float], TargetRow]]
    ATTAINED: dict[Dated, float]
    SPOKEN_FOR: dict[Dated, Dated]
    SHORT: dict[Dated, float]
    SUSTAINED: dict[tuple[str, str, str, str, int], TargetRow]
    LAST_SHORT: frozenset[Dated]
    HARD: frozenset[str]


@dataclass(frozen=True)
class _Parts:
    network: Network
    calendar: Calendar
    production: ProductionIndex
    demand: DemandIndex
    stock: StockIndex
    funding: FundingIndex


def index_targets(
    network: Network,
    calendar: Calendar,
    production: ProductionIndex,
    demand: DemandIndex,
    stock: StockIndex,
    funding: FundingIndex,
) -> TargetIndex:
    """Work out the rows of every target."""
    parts = _Parts(network, calendar, production, demand, stock, funding)
    rows: dict[str, dict[tuple[str, str, str, float], TargetRow]] = defaultdict(dict)
    speaking: dict[Dated, Dated] = {}
    attained: dict[Dated, float] = defaultdict(float)
    short: dict[Dated, float] = {}
    last: set[Dated] = set()
    for target in network.scenario.rows(Target):
        for place, item in _instances(parts, target):
            instance = (target.target, place, item)
            asked_of = list(_ROWS[_kind(target)](parts, target, place, item))
            periods = sorted({t for _, t, *_ in asked_of})
            if target.strength == "asap":
                dated = (target.target, "" if _one_date(target) else place, item)
                speaking |= {(*dated, t): (*dated, of) for t, of in _dates(calendar, periods).items()}
            for point, t, terms, asked, known, most_pledged in asked_of:
                key = (*instance, t)
                bound = asked - known
                if target.strength == "soft":
                    short[key] = target.weight
                    terms["short", key] = 1.0
                elif target.strength == "asap":
                    terms["attained", speaking[*dated, t]] = -(asked + most_pledged)
                    bound = -most_pledged - known
                rows[target.kind][(*instance, point)] = TargetRow(
                    tuple((v, k, c) for (v, k), c in terms.items()), bound
                )
            if target.strength == "soft" and periods:
                last.add((*instance, periods[-1]))
    weights = {target.target: target.weight for target in network.scenario.rows(Target)}
    for key, of in speaking.items():
        attained[of] += weights[key[0]] * calendar.lengths[key[3]]
    return TargetIndex(
        ROWS=dict(rows),
        ATTAINED=dict(attained),
        SPOKEN_FOR=speaking,
        SHORT=short,
        SUSTAINED=dict(_sustained(parts, speaking)),
        LAST_SHORT=frozenset(last),
        HARD=frozenset(row.target for row in network.scenario.rows(Target) if row.strength == "hard"),
    )


def _dates(calendar: Calendar, periods: list[int]) -> dict[int, int]:
    """Return for every period of a window the one whose `attained` speaks for it: itself, but for the last months."""
    if not periods:
        return {}
    begin, stop = calendar.begins[periods[0]], calendar.ends(periods[-1])
    latest = stop - min(LASTING, (stop - begin) / 4)
    last = max(t for t in periods if t == periods[0] or calendar.begins[t] <= latest)
    return {t: min(t, last) for t in periods}


def _sustained(
    parts: _Parts, speaking: dict[Dated, Dated]
) -> Iterator[tuple[tuple[str, str, str, str, int], TargetRow]]:
    """Yield the rows by which an asap rate, once attained, is made from what flows in and not from a hoard."""
    rates = {row.target: row for row in parts.network.scenario.rows(Target) if row.kind == "rate"}
    for name, place, item in dict.fromkeys(key[:3] for key in speaking if key[0] in rates):
        target = rates[name]
        made = {key for _, _, terms, *_ in _rate(parts, target, place, item) for key in terms}
        of_rate = {key: 1.0 for key in made if key[0] == "make"}
        found = sustained(parts.network, parts.calendar, parts.production, parts.stock, of_rate, item)
        for used, t, terms, constant, units, most in found:
            if (name, place, item, t) in speaking:
                asked = units * target.value * parts.calendar.lengths[t]
                terms["attained", speaking[name, place, item, t]] = -asked - most
                row = TargetRow(tuple((v, k, c) for (v, k), c in terms.items()), -constant - most)
                yield (name, place, item, used, t), row


_Raw = tuple[float, int, Terms, float, float, float]
"""(point or period, period, terms, asked, known, most pledged): terms + known >= asked.

`known` is the constant part of the left side, `most pledged` the most that pledges can add to what is asked.
"""


# -- which instances there are ------------------------------------------------------------------------
def _instances(parts: _Parts, target: Target) -> list[tuple[str, str]]:
    """Return place and item of every instance that a target makes.

    `pooled`, or no place, takes all places together; but a waiting time without one is kept for every customer.

    The names in the rows alone tell which instances there are, whatever their amounts and months and the levers:
    an instance about nothing is kept. An item that is not named stands for every final one.
    """
    about = _named(parts, target)
    if _kind(target) == "home spending":
        items = [""]
    elif target.item:
        items = [target.item]
    else:
        final = {i for place, i in about if target.place in (None, POOLED, EACH, place)}
        items = sorted(i for i in final if parts.network.items[i].kind == "final")
    together = ["" if target.place in (None, POOLED) else target.place]
    apart = target.place == EACH or _one_date(target)
    return [
        (place, item) for item in items for place in (sorted({p for p, i in about if i == item}) if apart else together)
    ]


def _one_date(target: Target) -> bool:
    """Tell whether a target is kept for every place by itself, and attained once it is for all."""
    return target.kind == "waiting time" and target.place is None


def _named(parts: _Parts, target: Target) -> set[tuple[str, str]]:
    """Return the places and items that rows name, of those sheets a kind of target is about."""
    network, demand = parts.network, parts.demand
    scenario = network.scenario
    if target.kind == "rate":
        members = {line.base: line.member for line in network.lines.values()}
        return {(members[base], i) for base, i in network.rates}
    if target.kind == "coverage":
        return {(row.recipient, row.item) for row in scenario.rows(Need)}
    if target.kind == "stock":
        own = {(row.place, row.item) for row in scenario.rows(Stock) if row.held_by == "member"}
        storable = [i for i, row in network.items.items() if row.can_be_stored]
        there = {(place, i) for place in network.members for i in storable if i in network.laned_items}
        return own | there | {("", i) for i in storable if target.place in (None, POOLED)}
    if _kind(target) == "home spending":
        return {(member, "") for member in parts.funding.member.values() if member}
    return set(demand.BOOKS)


def _kind(target: Target) -> str:
    if target.kind == "home share":
        return "home output" if target.item else "home spending"
    return target.kind


def _window(calendar: Calendar, target: Target) -> list[int]:
    first, stop = calendar.window(target.from_month, target.to_month)
    return [t for t in calendar.periods if first <= calendar.begins[t] < stop]


# -- what each kind asks -----------------------------------------------------------------------------
def _rate(parts: _Parts, target: Target, place: str, item: str) -> Iterator[_Raw]:
    makers = [name for name, line in parts.network.lines.items() if place in ("", line.member)]
    for t in _window(parts.calendar, target):
        keys = [(name, item, t) for name in makers]
        terms: Terms = {("make", key): 1.0 for key in keys if key in parts.production.rate}
        yield t, t, terms, target.value * parts.calendar.lengths[t], 0.0, 0.0


def _coverage(parts: _Parts, target: Target, place: str, item: str) -> Iterator[_Raw]:
    demand = parts.demand
    recipients = [place] if place else sorted({r for r, i, _ in demand.NEEDED if i == item})
    for t in _window(parts.calendar, target):
        met = [(r, item, t) for r in recipients if (r, item, t) in demand.NEEDED]
        terms: Terms = {("use", key): 1.0 for key in met}
        for key in met:
            for share, gift in parts.stock.gifts_to.get(key, ()):
                terms["give", gift] = terms.get(("give", gift), 0.0) + share
        yield t, t, terms, target.value * sum(demand.NEEDED[key] for key in met), 0.0, 0.0


def _stock(parts: _Parts, target: Target, place: str, item: str) -> Iterator[_Raw]:
    stock = parts.stock
    held = [("stock", key) for key in stock.STOCK] + [("own", key) for key in stock.OWN]
    meant = [(v, key) for v, key in held if key[1] == item and place in ("", key[0])]
    for t in _window(parts.calendar, target):
        terms: Terms = {(v, key): 1.0 for v, key in meant if key[2] == t}
        yield t, t, terms, target.value, 0.0, 0.0


def _home_output(parts: _Parts, target: Target, place: str, item: str) -> Iterator[_Raw]:
    periods = _window(parts.calendar, target)
    terms: Terms = {
        ("make", key): 1.0
        for key in parts.production.MAKE
        if key[1] == item and key[2] in periods and parts.network.lines[key[0]].member == place
    }
    if (place, item) in parts.demand.BOOKS:
        terms |= {("deliver", (place, item, t)): -target.value for t in periods}
    for t in periods[-1:]:
        yield t, t, terms, 0.0, 0.0, 0.0


def _home_spending(parts: _Parts, target: Target, place: str, _: str) -> Iterator[_Raw]:
    funding, network = parts.funding, parts.network
    periods = _window(parts.calendar, target)
    years = {y for t in periods for y in parts.calendar.year_shares[t]}
    paid = [("pay", key, key[1]) for key in funding.PAY]
    paid += [("pay_capex", key, network.project_member(key[1])) for key in funding.PAY_CAPEX]  # type: ignore[misc]
    terms: Terms = {
        (component, key): float(home == place) - target.value
        for component, key, home in paid
        if funding.member[key[0]] == place and key[-1] in years
    }
    for t in periods[-1:]:
        yield t, t, terms, 0.0, 0.0, 0.0


def _waiting(parts: _Parts, target: Target, place: str, item: str) -> Iterator[_Raw]:
    calendar = parts.calendar
    begin, stop = calendar.window(target.from_month, target.to_month)
    begin, stop = max(begin, 0), min(stop, calendar.end)
    books = sorted(book for book in parts.demand.BOOKS if book[1] == item and place in ("", book[0]))
    ends = (*calendar.begins, calendar.end)
    bends = {month for book in books for month in parts.demand.BOOKS[book].bends}
    points = {*ends, *(a - target.value for a in ends), *bends, begin, stop}
    for x in sorted(p for p in points if begin <= p <= stop):
        t = calendar.period_of_month[min(int(x), calendar.end - 1)]
        yield x, t, *_wait_row(parts, books, x, target.value)


_ROWS = {
    "rate": _rate,
    "coverage": _coverage,
    "stock": _stock,
    "home output": _home_output,
    "home spending": _home_spending,
    "waiting time": _waiting,
}


def _wait_row(parts: _Parts, books: list[tuple[str, str]], x: float, wait: float) -> tuple[Terms, float, float, float]:
    """Write D(x + W) >= O(x) over some books: terms, fixed orders by x, known deliveries, most pledged by x.

    D is written with order books instead of sums of deliveries: delivered by the end of a period =
    placed and pledged by then - order book, which keeps the row sparse.
    """
    calendar, demand = parts.calendar, parts.demand
    terms: Terms = defaultdict(float)
    asked = known = most_pledged = 0.0
    for book in books:
        asked += demand.BOOKS[book].placed(x)
        known += _delivered_by(parts, book, x + wait, 1.0, terms)
        for tau in calendar.periods:
            if (*book, tau) in demand.PLEDGES:
                share = min(1.0, max(0.0, (x - calendar.begins[tau]) / calendar.lengths[tau]))
                terms["pledge", (*book, tau)] -= share
                most_pledged += share * demand.PLEDGES[*book, tau]
    return {key: c for key, c in terms.items() if abs(c) > NOISE}, asked, known, most_pledged


def _delivered_by(parts: _Parts, book: tuple[str, str], x: float, factor: float, terms: Terms) -> float:
    """Add factor x D(x) to the terms and return its constant part."""
    calendar, demand = parts.calendar, parts.demand
    if x > calendar.end:  # goes on at the rate of the last 12 months, or of the whole shorter horizon
        months = min(12, calendar.end)
        extra = (x - calendar.end) / months * factor
        constant = _delivered_by(parts, book, calendar.end, factor + extra, terms)
        return constant + _delivered_by(parts, book, calendar.end - months, -extra, terms)
    if x <= 0:
        return 0.0
    t = calendar.period_of_month[min(int(x), calendar.end - 1)]
    begin = calendar.begins[t]
    if x == calendar.end:
        begin, t = calendar.end, t + 1
    else:
        terms["deliver", (*book, t)] += factor * (x - begin) / calendar.lengths[t]
    if t == 0:
        return 0.0
    terms["backlog", (*book, t - 1)] -= factor
    for tau in range(t):
        if (*book, tau) in demand.PLEDGES:
            terms["pledge", (*book, tau)] += factor
    return factor * demand.BOOKS[book].placed(begin)
