"""Money: every cost recomputed from the decisions, and compared with the costs table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from optimizer.plan.plan import Check
from optimizer.plan.tables import COMMON
from optimizer.scenario.network import POOL
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.shifts import crews_at_work, joinings, people_in_training, people_needed, people_there
from optimizer.verify.tally import FloatArray, Tally, beside, number

Key = tuple[str, str, str]
"""Payer, category, and project (capex and fixed cost only)."""


def recomputed(book: Book) -> Mapping[Key, FloatArray]:
    """Return the cost of every payer, category and project by period: within the horizon, undiscounted."""
    costs: dict[Key, FloatArray] = defaultdict(lambda: np.zeros(book.facts.count))
    for member, category, project, amount in _entries(book):
        costs[member, category, project] += amount
    return costs


def _entries(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    yield from _lines(book)
    yield from _people(book)
    yield from _projects(book)
    yield from _purchases(book)
    yield from _transport(book)
    yield from _holding(book)
    yield from _disposal(book)


def _lines(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give crews, weekends and production of every line.

    Crews: cost x months run, of a new line from its opening, + hiring months x cost and hiring money in the first
    period of the block of joining, + release months x cost and release money in the first period of the block from
    which the crew is gone.
    """
    facts, run, made = book.facts, crews_at_work(book), book.made
    joins, leaves = joinings(book)
    for position, line in enumerate(facts.lines):
        crews, weekends = np.zeros(facts.count), np.zeros(facts.count)
        months = facts.months(min(book.opens[position], facts.horizon), facts.horizon)
        pay = facts.dearer("labour", line.member)
        for k, step in enumerate(line.steps):
            cost = facts.crew_costs[position, k]
            crews += cost * months * pay * run[position, k]
            then = cost * pay[facts.block_first]
            crews[facts.block_first] += (step.hiring_cost * then + step.hiring_money) * joins[position, k]
            crews[facts.block_first] += (step.release_cost * then + step.release_money) * leaves[position, k]
            weekends += facts.weekend_costs[position, k] * pay * book.weekends[position, k]
        yield line.member, "crews", "", crews
        yield line.member, "weekends", "", weekends
        yield line.member, "production", "", (facts.rates.unit_cost[position] * made[position]).sum(axis=0)


def _people(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give what hiring and leaving cost when a block begins, and the pay of people in training or without a crew."""
    facts = book.facts
    for name, (hired, left) in book.people.items():
        row, costs = facts.network.members[name], np.zeros(facts.count)
        costs[facts.block_first] += row.hiring_cost * hired + row.leaving_cost * left
        waiting, learning = people_there(book, name) - people_needed(book, name), people_in_training(book, name)
        pay = row.waiting_pay * waiting + row.pay_in_training * learning
        costs += facts.dearer("labour", name) * facts.lengths * pay[facts.blocks]
        yield name, "crews", "", costs


def capex_payments(book: Book) -> Iterator[tuple[str, int, int, float]]:
    """Give project, month of decision, month and amount of every payment due at or after the start."""
    network = book.facts.network
    for name, unit, month in book.starts:
        project = network.projects[name]
        capex = project.capex + project.capex_per_size * book.sizes[name, unit] * project.sized
        for j, share in enumerate(network.payments(project)):
            if month + j >= 0 and share:
                yield name, month, month + j, capex * share


def _projects(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give capex in the period of each payment, and fixed cost x months open within the horizon, by size, too."""
    facts = book.facts
    for name, _, month, amount in capex_payments(book):
        yield facts.network.project_member(name), "capex", name, amount * facts.months(month, month + 1)
    for name, unit, month in book.starts:
        project = facts.network.projects[name]
        opened = facts.months(month + project.lead_months, facts.horizon)
        fixed = project.fixed_cost + project.fixed_cost_per_size * book.sizes[name, unit] * project.sized
        yield facts.network.project_member(name), "fixed", name, fixed * opened


def _payer(book: Book, place: str) -> str:
    """Return who pays for what is bought or held at a place: its member; of pool and recipients: common."""
    member = book.facts.network.members.get(place)
    return place if member is not None and member.kind == "member" else COMMON


def _purchases(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give price x bought, in the period of purchase; transport over a supplier's lane."""
    facts, known = book.facts, flows.suppliers(book)
    for (supplier, place, item), t, quantity in flows.rows(book, "purchases", "supplier", "place", "item"):
        if (supplier, item) not in known:
            continue
        yield _payer(book, place), "purchases", "", _at(book, t, known[supplier, item].price * quantity)
        lane = None if place == POOL else facts.lane(supplier, place, item)
        if lane is not None:
            yield _payer(book, place), "transport", "", _moved(book, item, t, facts.lanes[lane].cost * quantity)


def _transport(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give transport from the pool (inputs, needs, deliveries, gifts of pooled items) and over lanes.

    Over a lane the destination pays if it is a member, else the origin if it is one, else it is
    common. Transport of pooled items is common.
    """
    facts = book.facts
    taken = flows.inputs_at(book)[-1] + flows.used_at(book)[-1] + flows.delivered_at(book)[-1]
    taken += np.where(facts.laned[:, None], 0.0, flows.gifts_given(book).sum(axis=0))
    costs = [facts.network.transport_cost(item) * facts.dearer("transport", item) for item in facts.items]
    yield COMMON, "transport", "", (np.asarray(costs) * np.where(facts.laned[:, None], 0.0, taken)).sum(axis=0)
    for table, names in (("shipments", ("from_place", "to_place")), ("gifts", ("member", "recipient"))):
        for (start, stop, item), t, quantity in flows.rows(book, table, *names, "item"):
            lane = facts.lane(start, stop, item) if item in facts.network.laned_items else None
            if lane is not None:
                destination = _payer(book, stop)
                payer = _payer(book, start) if destination == COMMON else destination
                yield payer, "transport", "", _moved(book, item, t, facts.lanes[lane].cost * quantity)


def _holding(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give holding cost x closing producer-held stock x months."""
    facts = book.facts
    costs = np.asarray([row.holding_cost * facts.dearer("holding", name) for name, row in facts.network.items.items()])
    for n, place in enumerate(facts.places):
        yield (
            _payer(book, place),
            "holding",
            "",
            (costs * book.closing[n]).sum(axis=0) * facts.lengths,
        )


def _disposal(book: Book) -> Iterator[tuple[str, str, str, FloatArray]]:
    """Give discard cost x thrown away."""
    costs = np.asarray([row.discard_cost for row in book.facts.network.items.values()], dtype=float)
    for n, place in enumerate(book.facts.places):
        yield _payer(book, place), "disposal", "", costs @ book.discarded[n]


def _moved(book: Book, item: str, t: int, amount: float) -> FloatArray:
    return _at(book, t, amount * float(book.facts.dearer("transport", item)[t]))


def _at(book: Book, t: int, amount: float) -> FloatArray:
    found = np.zeros(book.facts.count)
    found[t] = amount
    return found


def costs_add_up(book: Book) -> Check:
    """Check that the costs table holds, by member, category, project and month, what the decisions cost."""
    facts, tally, frame = book.facts, Tally("costs_add_up", "costs"), book.frame("costs")
    costs = recomputed(book)
    stated: dict[Key, FloatArray] = defaultdict(lambda: np.zeros(facts.count))
    keys = zip(
        frame["member"],
        frame["category"],
        frame["project"],
        book.periods("costs"),
        frame["amount"],
        strict=True,
    )
    for member, category, project, t, amount in keys:
        if t >= 0:
            stated[member, category, project][t] += amount
    sizes: dict[str, float] = defaultdict(lambda: float(beside(0.0, book.money)))
    for key, amounts in [*costs.items(), *stated.items()]:
        sizes[key[1]] = max(sizes[key[1]], float(np.abs(amounts).max()))
    for key in sorted({*costs, *stated}):
        found, told = costs.get(key, np.zeros(facts.count)), stated.get(key, np.zeros(facts.count))
        t = int(np.argmax(np.abs(found - told)))
        what = f"{key[1]} of {key[0]}{' for ' + key[2] if key[2] else ''} in {facts.label(t)}"
        text = f"{what} cost {number(found[t])} by the decisions but the table has {number(told[t])}"
        tally.row(float(abs(found[t] - told[t])), text, sizes[key[1]])
        tally.rows += facts.count - 1
    return tally.check()
