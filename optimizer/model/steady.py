"""What a group keeps steady where it can: output of final items, crews, weekends; and what it does last of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.model.index import Index
from optimizer.plan.tables import COMMON

Name = tuple[str, Any]
"""(variable, key)"""


@dataclass(frozen=True)
class Steady:
    """What is tidied in a plan that is found, as names of variables.

    Attributes
    ----------
    months
        Length of each period.
    output
        Final item -> period -> what is made of it.
    missed
        Final item -> period -> what is lost or late of it: from where there is nothing, output may fall.
    changes
        Crews that join and leave.
    weekends
        Weekend runs of each crew in the order of time.
    bought
        Item -> purchase -> the most that is sold of it in the period, 0 without a limit.
    taken
        Item -> what takes of it -> how many units.
    small
        What is done only as far as it is needed, since nothing is asked for it: pledges and gifts.
    foreign
        Payments by funds that are not the payer's own, with what they weigh against each other.
    shares
        Payments of one common cost by funds of single members, each with its share by cost key.
    """

    months: tuple[float, ...]
    output: dict[str, list[list[Name]]]
    missed: dict[str, list[list[Name]]]
    changes: list[Name]
    weekends: list[list[Name]]
    bought: dict[str, dict[Name, float]]
    taken: dict[str, dict[Name, float]]
    small: list[Name]
    foreign: dict[Name, float]
    shares: list[dict[Name, float]]


def steady(index: Index) -> Steady:
    """Return what is tidied."""
    periods, network = index.calendar.periods, index.network
    final = [name for name, row in network.items.items() if row.kind == "final"]
    output: dict[str, list[list[Name]]] = {item: [[] for _ in periods] for item in final}
    for key in index.production.MAKE:
        if key[1] in output:
            output[key[1]][key[2]].append(("make", key))
    missed: dict[str, list[list[Name]]] = {item: [[] for _ in periods] for item in final}
    for need in index.demand.NEEDS:
        if need[1] in missed:
            missed[need[1]][need[3]].append(("lost", need))
    for late in index.demand.LATE:
        if late[1] in missed and late[3] == 0:
            missed[late[1]][late[2]].append(("late", late))
    runs: dict[tuple[str, int], list[Name]] = {}
    for run in index.weekends.WEEKENDS:
        runs.setdefault(run[:2], []).append(("weekend", run))
    return Steady(
        months=tuple(float(length) for length in index.calendar.lengths),
        output=output,
        missed=missed,
        changes=[("join", crew) for crew in index.shifts.JOINS] + [("leave", crew) for crew in index.shifts.CREWS],
        weekends=list(runs.values()),
        bought=_bought(index),
        taken=_taken(index),
        small=[("pledge", key) for key in index.demand.PLEDGES] + [("give", key) for key in index.stock.GIFTS],
        foreign=_foreign(index),
        shares=_shares(index),
    )


def _bought(index: Index) -> dict[str, dict[Name, float]]:
    """Return the purchases of every item."""
    found: dict[str, dict[Name, float]] = {}
    for supplier, place, item, t in index.supply.BUY:
        most = index.supply.LIMITS.get((supplier, item, t), 0.0)
        found.setdefault(item, {})["buy", (supplier, place, item, t)] = most
    return found


def _taken(index: Index) -> dict[str, dict[Name, float]]:
    """Return what lines take of every item, and what is used and delivered of it."""
    found: dict[str, dict[Name, float]] = {}
    for (_, item, _), inputs in index.stock.inputs.items():
        found.setdefault(item, {}).update({("make", key): units for units, key in inputs})
    for variable, keys in (("use", index.demand.NEEDED), ("deliver", index.demand.BOOK_PERIODS)):
        for key in keys:
            found.setdefault(key[1], {})[variable, key] = 1.0
    return found


def _foreign(index: Index) -> dict[Name, float]:
    """Return the payments of funds that are not the payer's own."""
    funding, network = index.funding, index.network
    found: dict[Name, float] = {}
    for pay in funding.PAY:
        found["pay", pay] = _rank(index, pay[0], pay[1])
    for paid in funding.PAY_CAPEX:
        found["pay_capex", paid] = _rank(index, paid[0], network.project_member(paid[1]))
    return {name: weight for name, weight in found.items() if weight}


def _rank(index: Index, fund: str, payer: str) -> float:
    """Return 0 where a fund is the payer's own, 1 where it is common, 2 where it is another member's."""
    owner = index.funding.member[fund]
    return 0.0 if owner == payer else 2.0 if owner and payer != COMMON else 1.0


def _shares(index: Index) -> list[dict[Name, float]]:
    """Return payments of what is common by funds of single members, each with its share by cost key."""
    funding, members = index.funding, index.network.members
    found = []
    for (payer, category), funds in funding.FUNDED.items():
        keys = {fund: members[owner].cost_key for fund in funds if (owner := funding.member[fund])}
        whole = sum(key or 0.0 for key in keys.values())
        if payer == COMMON and len(keys) > 1 and whole:
            found += [
                {("pay", (fund, payer, category, year)): (key or 0.0) / whole for fund, key in keys.items()}
                for year in index.calendar.years
            ]
    return found
