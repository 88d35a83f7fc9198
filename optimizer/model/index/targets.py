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
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import POOL, Network
from optimizer.scenario.schema import Target

NOISE = 1e-9
"""Coefficients below this are what is left of shares that cancel; they would spoil the scaling."""

Promise = tuple[str, str, str]
"""(target, place, item): one promise; place or item is empty when pooled or not meant."""
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
        (target, place, item, period) of promises to be kept as soon as possible -> its weight.
    SHORT
        The same for soft promises -> its weight.
    LAST_SHORT
        SHORT in the last period of each promise, which goes on counting after the horizon.
    """

    ROWS: dict[str, dict[tuple[str, str, str, float], TargetRow]]
    ATTAINED: dict[tuple[str, str, str, int], float]
    SHORT: dict[tuple[str, str, str, int], float]
    LAST_SHORT: frozenset[tuple[str, str, str, int]]
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
    attained: dict[tuple[str, str, str, int], float] = {}
    short: dict[tuple[str, str, str, int], float] = {}
    last: set[tuple[str, str, str, int]] = set()
    for target in network.scenario.rows(Target):
        for promise, point, t, terms, asked, known, most_pledged in _raw_rows(parts, target):
            key = (*promise, t)
            bound = asked - known
            if target.strength == "soft":
                short[key] = target.weight
                terms["short", key] = 1.0
            elif target.strength == "asap":
                terms["attained", key] = -(asked + most_pledged)
                bound = -most_pledged - known
            rows[target.kind][(*promise, point)] = TargetRow(tuple((v, k, c) for (v, k), c in terms.items()), bound)
            if target.strength == "asap":
                owned = [t] if target.kind == "waiting time" else _window(calendar, target)
                attained.update({(*promise, s): target.weight for s in owned})
        periods = [key for key in short if key[0] == target.target]
        for promise in {key[:3] for key in periods}:
            last.add(max((key for key in periods if key[:3] == promise), key=lambda key: key[3]))
    return TargetIndex(
        ROWS=dict(rows),
        ATTAINED=attained,
        SHORT=short,
        LAST_SHORT=frozenset(last),
        HARD=frozenset(row.target for row in network.scenario.rows(Target) if row.strength == "hard"),
    )


_Raw = tuple[Promise, float, int, Terms, float, float, float]
"""(promise, point or period, period, terms, asked, known, most pledged): terms + known >= asked.

`known` is the constant part of the left side, `most pledged` the most that pledges can add to what is asked.
"""


def _raw_rows(parts: _Parts, target: Target) -> Iterator[_Raw]:
    kinds = {
        "rate": _rate,
        "coverage": _coverage,
        "stock": _stock,
        "home share": _home_output if target.item else _home_spending,
        "waiting time": _waiting,
    }
    yield from kinds[target.kind](parts, target)


def _window(calendar: Calendar, target: Target) -> list[int]:
    first, stop = calendar.window(target.from_month, target.to_month)
    return [t for t in calendar.periods if first <= calendar.begins[t] < stop]


def _places(target: Target, each: list[str]) -> list[str]:
    """Return the places a target is about: all pooled (empty), one, or each of a list."""
    return sorted(set(each)) if target.place == "each" else [target.place or ""]


def _rate(parts: _Parts, target: Target) -> Iterator[_Raw]:
    lines = parts.network.lines
    made: dict[tuple[str, str], dict[int, list[tuple[str, str, int]]]] = defaultdict(lambda: defaultdict(list))
    for key in parts.production.MAKE:
        for place in ("", lines[key[0]].member):
            made[place, key[1]][key[2]].append(key)
    finals = [i for i, row in parts.network.items.items() if row.kind == "final" and ("", i) in made]
    for item in [target.item] if target.item else finals:
        for place in _places(target, [p for p, i in made if p and i == item]):
            for t in _window(parts.calendar, target):
                terms: Terms = {("make", key): 1.0 for key in made[place, item][t]}
                yield (target.target, place, item), t, t, terms, target.value * parts.calendar.lengths[t], 0.0, 0.0


def _coverage(parts: _Parts, target: Target) -> Iterator[_Raw]:
    demand = parts.demand
    items = [target.item] if target.item else sorted({i for _, i, _ in demand.NEEDED})
    for item in items:
        recipients = sorted({r for r, i, _ in demand.NEEDED if i == item})
        for place in _places(target, recipients):
            for t in _window(parts.calendar, target):
                met = [(r, item, t) for r in ([place] if place else recipients) if (r, item, t) in demand.NEEDED]
                if not met:
                    continue
                terms: Terms = {("use", key): 1.0 for key in met}
                for key in met:
                    for share, gift in parts.stock.gifts_to.get(key, ()):
                        terms["give", gift] = terms.get(("give", gift), 0.0) + share
                yield (
                    (target.target, place, item),
                    t,
                    t,
                    terms,
                    target.value * sum(demand.NEEDED[key] for key in met),
                    0.0,
                    0.0,
                )


def _stock(parts: _Parts, target: Target) -> Iterator[_Raw]:
    stock = parts.stock
    kept = sorted({(n, i) for n, i, _ in stock.STOCK})
    own = sorted({(m, i) for m, i, _ in stock.OWN})
    items = [target.item] if target.item else sorted({i for _, i in own} | {i for n, i in kept if n != POOL})
    for item in items:
        at = [n for n, i in [*kept, *own] if i == item and n != POOL]
        for place in _places(target, at):
            for t in _window(parts.calendar, target):
                terms: Terms = {("stock", (n, i, t)): 1.0 for n, i in kept if i == item and place in ("", n)}
                terms |= {("own", (m, i, t)): 1.0 for m, i in own if i == item and place in ("", m)}
                yield (target.target, place, item), t, t, terms, target.value, 0.0, 0.0


def _home_output(parts: _Parts, target: Target) -> Iterator[_Raw]:
    item = target.item or ""
    periods = _window(parts.calendar, target)
    for place in _places(target, [c for c, i in parts.demand.BOOKS if i == item]):
        terms: Terms = {
            ("make", key): 1.0
            for key in parts.production.MAKE
            if key[1] == item and key[2] in periods and parts.network.lines[key[0]].member == place
        }
        if (place, item) in parts.demand.BOOKS:
            terms |= {("deliver", (place, item, t)): -target.value for t in periods}
        if periods:
            yield (target.target, place, item), periods[-1], periods[-1], terms, 0.0, 0.0, 0.0


def _home_spending(parts: _Parts, target: Target) -> Iterator[_Raw]:
    funding, network = parts.funding, parts.network
    periods = _window(parts.calendar, target)
    years = {y for t in periods for y in parts.calendar.year_shares[t]}
    for place in _places(target, [m for m in funding.member.values() if m]):
        paid = [("pay", key, key[1]) for key in funding.PAY]
        paid += [("pay_capex", key, network.project_member(key[1])) for key in funding.PAY_CAPEX]  # type: ignore[misc]
        terms: Terms = {
            (component, key): float(home == place) - target.value
            for component, key, home in paid
            if funding.member[key[0]] == place and key[-1] in years
        }
        if periods:
            yield (target.target, place, ""), periods[-1], periods[-1], terms, 0.0, 0.0, 0.0


def _waiting(parts: _Parts, target: Target) -> Iterator[_Raw]:
    calendar, demand = parts.calendar, parts.demand
    first, stop = calendar.window(target.from_month, target.to_month)
    wait = target.value
    points = {*calendar.begins, *(a - wait for a in calendar.begins), calendar.end, calendar.end - wait}
    items = [target.item] if target.item else sorted({i for _, i in demand.BOOKS})
    for item in items:
        customers = sorted({c for c, i in demand.BOOKS if i == item})
        for place in _places(target, customers):
            books = [(c, item) for c in customers if place in ("", c)]
            for x in sorted(p for p in points if max(first, 0) <= p <= min(stop, calendar.end)):
                t = calendar.period_of_month[min(int(x), calendar.end - 1)]
                yield (target.target, place, item), x, t, *_wait_row(parts, books, x, wait)


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
