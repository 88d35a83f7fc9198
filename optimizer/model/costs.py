"""Every cost of the model in one list: who pays, for what, in which period, per unit of which variable.

The objective, the funds and the costs table all read this list, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.model.index import Index
from optimizer.plan.tables import COMMON
from optimizer.scenario.network import POOL


@dataclass(frozen=True, slots=True)
class CostTerm:
    """Money per unit of one variable.

    Attributes
    ----------
    payer, category, project
        Who pays for what; project only for capex and fixed.
    component, key
        The variable.
    amounts
        Period -> money per unit of the variable, real, undiscounted.
    """

    payer: str
    category: str
    project: str
    component: str
    key: tuple[Any, ...]
    amounts: dict[int, float]


def cost_terms(index: Index) -> Iterator[CostTerm]:
    """Yield every cost but capex after the horizon; categories as in the schema."""
    yield from _crews(index)
    yield from _crews_before_the_opening(index)
    yield from _people(index)
    yield from _weekends(index)
    yield from _projects(index)
    yield from _production(index)
    yield from _purchases(index)
    yield from _transport(index)
    yield from _holding(index)
    yield from _disposal(index)


def _crews(index: Index) -> Iterator[CostTerm]:
    calendar = index.calendar
    for crew in index.shifts.CREWS:
        name, k, b = crew
        line = index.network.lines[name]
        first, pay = calendar.blocks[b][0], index.network.factors("labour", line.member)
        if cost := line.crew_costs[k - 1]:
            opening = index.shifts.given_opening.get(name, 0)
            months = {t: calendar.overlap(t, opening, calendar.end) * pay[t] for t in calendar.blocks[b]}
            yield CostTerm(line.member, "crews", "", "run", crew, {t: cost * m for t, m in months.items()})
        step = line.steps[k - 1]
        hiring = step.hiring_cost * line.crew_costs[k - 1] * pay[first] + step.hiring_money
        release = step.release_cost * line.crew_costs[k - 1] * pay[first] + step.release_money
        if hiring and crew in index.shifts.JOINS:
            yield CostTerm(line.member, "crews", "", "join", crew, {first: hiring})
        if release:
            yield CostTerm(line.member, "crews", "", "leave", crew, {first: release})


def _crews_before_the_opening(index: Index) -> Iterator[CostTerm]:
    """Yield what the first crew of a line is not paid, in the block in which it opens, before it opens."""
    calendar = index.calendar
    for (name, b), starts in index.shifts.OPENED_INSIDE.items():
        line = index.network.lines[name]
        begin, lead = calendar.block_begins(b), index.network.projects[line.project].lead_months
        for start in starts if line.crew_costs[0] else ():
            months = {t: calendar.overlap(t, begin, start[2] + lead) for t in calendar.blocks[b]}
            pay = index.network.factors("labour", line.member)
            amounts = {t: -line.crew_costs[0] * m * pay[t] for t, m in months.items() if m}
            yield CostTerm(line.member, "crews", "", "build", start, amounts)


def _people(index: Index) -> Iterator[CostTerm]:
    """Yield what hiring and leaving cost, and the pay of people in training and without a crew."""
    calendar, shifts = index.calendar, index.shifts

    def paid(member: str, pay: float, blocks: Iterable[int]) -> dict[int, float]:
        factors = index.network.factors("labour", member)
        return {t: pay * calendar.lengths[t] * factors[t] for b in blocks for t in calendar.blocks[b] if pay}

    for member, b in shifts.HIRES:
        row, first = index.network.members[member], calendar.blocks[b][0]
        hiring = paid(member, row.pay_in_training, shifts.training[member, b])
        if row.hiring_cost:
            hiring[first] = hiring.get(first, 0.0) + row.hiring_cost
        if hiring:
            yield CostTerm(member, "crews", "", "hire", (member, b), hiring)
        if row.leaving_cost:
            yield CostTerm(member, "crews", "", "dismiss", (member, b), {first: row.leaving_cost})
    for member, b in shifts.WAITING:
        yield CostTerm(
            member, "crews", "", "waiting", (member, b), paid(member, index.network.members[member].waiting_pay, [b])
        )


def _weekends(index: Index) -> Iterator[CostTerm]:
    for run in index.weekends.WEEKENDS:
        line = index.network.lines[run[0]]
        if cost := line.weekend_costs[run[1] - 1]:
            pay = index.network.factors("labour", line.member)[run[2]]
            yield CostTerm(line.member, "weekends", "", "weekend", run, {run[2]: cost * pay})


def _projects(index: Index) -> Iterator[CostTerm]:
    projects, calendar = index.projects, index.calendar
    for start in projects.STARTS:
        p, _, m = start
        member = index.network.project_member(p)
        for variable in projects.priced[p]:
            amounts: dict[int, float] = {}
            for month, money in projects.payments[variable, p, m].items():
                t = calendar.period_of_month[month]
                amounts[t] = amounts.get(t, 0.0) + money
            if amounts:
                yield CostTerm(member, "capex", p, variable, start, amounts)
            if (variable, p, m) in projects.fixed_cost:
                yield CostTerm(member, "fixed", p, variable, start, projects.fixed_cost[variable, p, m])


def _production(index: Index) -> Iterator[CostTerm]:
    for key, cost in index.production.unit_cost.items():
        if cost:
            yield CostTerm(index.network.lines[key[0]].member, "production", "", "make", key, {key[2]: cost})


def _purchases(index: Index) -> Iterator[CostTerm]:
    for key, price in index.supply.price.items():
        if price:
            yield CostTerm(_payer(index, key[1]), "purchases", "", "buy", key, {key[3]: price})
        if lane_cost := index.supply.lane_cost[key]:
            yield _moved(index, _payer(index, key[1]), "buy", key, key[2], lane_cost)


def _transport(index: Index) -> Iterator[CostTerm]:
    stock = index.stock
    for (place, used, _), terms in stock.inputs.items():
        if place == POOL and (cost := stock.pool_cost[used]):
            for quantity, key in terms:
                yield _moved(index, COMMON, "make", key, used, cost * quantity)
    for component, by_node in (("use", stock.uses), ("deliver", stock.delivers)):
        for (place, item, _), keys in by_node.items():
            if place == POOL and (cost := stock.pool_cost[item]):
                for demand_key in keys:
                    yield _moved(index, COMMON, component, demand_key, item, cost)
    for ship, cost in stock.ship_cost.items():
        if cost:
            yield _moved(index, _lane_payer(index, ship[0], ship[1]), "ship", ship, ship[2], cost)
    for gift, cost in stock.gift_cost.items():
        if cost:
            payer = COMMON if gift[2] not in index.network.laned_items else _lane_payer(index, gift[0], gift[1])
            yield _moved(index, payer, "give", gift, gift[2], cost)


def _moved(index: Index, payer: str, component: str, key: tuple[Any, ...], item: str, cost: float) -> CostTerm:
    """Return the transport cost of an item in the period that the key of a variable ends with."""
    t = key[-1]
    return CostTerm(payer, "transport", "", component, key, {t: cost * index.network.factors("transport", item)[t]})


def _holding(index: Index) -> Iterator[CostTerm]:
    for node in index.stock.STOCK:
        if cost := index.network.items[node[1]].holding_cost:
            months = index.calendar.lengths[node[2]] * index.network.factors("holding", node[1])[node[2]]
            yield CostTerm(_payer(index, node[0]), "holding", "", "stock", node, {node[2]: cost * months})


def _disposal(index: Index) -> Iterator[CostTerm]:
    for node, cost in index.stock.DISCARD.items():
        if cost:
            yield CostTerm(_payer(index, node[0]), "disposal", "", "discard", node, {node[2]: cost})


def _payer(index: Index, place: str) -> str:
    member = index.network.members.get(place)
    return place if member is not None and member.kind == "member" else COMMON


def _lane_payer(index: Index, start: str, end: str) -> str:
    payer = _payer(index, end)
    return payer if payer != COMMON else _payer(index, start)
