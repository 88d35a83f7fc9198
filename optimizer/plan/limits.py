"""Which limits of the workbook a plan takes in full: people, lanes, rooms, funds, by-products that bear on an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from optimizer.plan.basis import Basis, Floats
from optimizer.plan.money import fund_use
from optimizer.scenario.schema import Fund, Lane, Stock

FULL = 0.995
"""Share of a limit from which it counts as taken in full."""

NAMED = 2
"""Limits that are named where there are more."""

Mask = npt.NDArray[np.bool_]


def taken(basis: Basis, item: str, lines: Sequence[str]) -> list[str]:
    """Return for each period, in words, the limits that are taken in full; empty where there are none.

    Parameters
    ----------
    basis
        The plan.
    item
        What is held back.
    lines
        The open lines that make it.
    """
    found = [*_people(basis, lines), *_funds(basis, lines), *_lanes(basis, item), *_rooms(basis, item)]
    found += _by_products(basis, item)
    return [_listed([words for words, tight in found if tight[t]]) for t in range(len(basis.lengths))]


def _listed(words: Sequence[str]) -> str:
    more = [f"and {len(words) - NAMED} more"] if len(words) > NAMED + 1 else words[NAMED : NAMED + 1]
    return "; ".join([*words[:NAMED], *more])


def _people(basis: Basis, lines: Sequence[str]) -> Iterator[tuple[str, Mask]]:
    """Tell where a member has too few people left for one more crew on a line that could take one."""
    for name in dict.fromkeys(basis.lines[line].member for line in lines):
        member = basis.network.members[name]
        if member.people_available is None:
            continue
        busy = sum(
            (facts.people * basis.shifts[line] for line, facts in basis.lines.items() if facts.member == name),
            np.zeros(len(basis.lengths)),
        )
        left = _there(basis, name) - busy
        mine = [basis.lines[line] for line in lines if basis.lines[line].member == name]
        crews = [np.where(basis.shifts[one.name] < len(one.steps), one.people or np.inf, np.inf) for one in mine]
        least: Floats = np.min(crews, axis=0)
        yield f"people in {name}", np.isfinite(least) & (least > left * (1 + 1e-9))


def _there(basis: Basis, name: str) -> Floats:
    """Return how many people a member has for crews in each period: those who neither train, nor learn, nor left."""
    calendar, member = basis.calendar, basis.network.members[name]
    begins = [calendar.block_begins(b) for b in range(len(calendar.blocks))]
    free, joins = np.zeros(len(begins)), np.zeros(len(begins) + 1)
    for row in basis.table("people").to_dict("records"):
        if row["member"] == name:
            hired = begins.index(int(row["month_number"]))
            counts = int(np.searchsorted(begins, begins[hired] + member.training_months))
            free[hired:counts] -= member.trainers * row["hired"]
            joins[hired] -= row["left"]
            joins[counts] += row["hired"]
    pool, month = member.people_available or 0.0, 0
    for b, begin in enumerate(begins):
        for _ in range(month, begin):
            pool = pool * (1 - member.quitting) + member.people_added
        pool, month = pool + joins[b], begin
        free[b] += pool
    return np.asarray(free[np.array(calendar.block_of)], dtype=np.float64)


def _lanes(basis: Basis, item: str) -> Iterator[tuple[str, Mask]]:
    """Tell which lanes carry all they can of an item or of what goes into it."""
    wanted = _with_inputs(basis, item)
    shipped = basis.sums("shipments", ("from_place", "to_place", "item"), "shipped")
    limits = {(row.from_place, row.to_place, row.item): row.most_per_month for row in basis.scenario.rows(Lane)}
    for (start, stop, name), units in shipped.items():
        most = limits.get((start, stop, name), limits.get((start, stop, None)))
        if name in wanted and most is not None:
            yield f"lane {start} to {stop} for {name}", units >= FULL * most * basis.lengths


def _rooms(basis: Basis, item: str) -> Iterator[tuple[str, Mask]]:
    """Tell which places have no room left for an item, or for what goes into it."""
    wanted = {name for name in _with_inputs(basis, item) if basis.network.items[name].room}
    held = basis.sums("stock", ("place", "item"), "closing")
    for name, member in basis.network.members.items():
        lies_there = wanted & basis.network.laned_items
        if member.room is not None and lies_there:
            room = sum(
                (basis.network.items[what].room * units for (place, what), units in held.items() if place == name),
                np.zeros(len(basis.lengths)),
            )
            yield f"room in {name}", room >= FULL * member.room


def _by_products(basis: Basis, item: str) -> Iterator[tuple[str, Mask]]:
    """Tell which by-products of an item, or of what goes into it, have no place: not thrown away, all that fits stored.

    Where nothing ever leaves, a place that is full in the end holds back all that was made before.
    """
    wanted, held = _with_inputs(basis, item), basis.sums("stock", ("item",), "closing")
    of = {name for line, made in basis.rates if made in wanted for name in basis.network.by_products(line, made)}
    for name in sorted(of):
        row, kept = basis.network.items[name], held.get(name, np.zeros(len(basis.lengths)))
        limits = [s.storage_limit for s in basis.scenario.rows(Stock) if s.item == name and s.held_by == "producer"]
        if row.may_be_discarded or (row.can_be_stored and (not limits or None in limits)):
            continue
        most = sum(limit or 0.0 for limit in limits) if row.can_be_stored else 0.0
        full = kept >= FULL * most
        if (np.diff(kept) >= 0).all():
            full = np.logical_or.accumulate(full[::-1])[::-1]
        yield f"no place for more {name}", full


def _with_inputs(basis: Basis, item: str) -> set[str]:
    """Return an item and all that goes into it."""
    wanted, waiting = {item}, [item]
    while waiting:
        name = waiting.pop()
        new = {used for line, made in basis.rates if made == name for used in basis.network.inputs(line, name)} - wanted
        wanted |= new
        waiting += new
    return wanted


def _funds(basis: Basis, lines: Sequence[str]) -> Iterator[tuple[str, Mask]]:
    """Tell which funds that could pay for more crews or plants are used up, in their years."""
    members = {basis.lines[line].member for line in lines}
    use = fund_use(basis)
    years = np.array([basis.calendar.date(month).year for month in basis.calendar.begins])
    covers = {row.fund: set(row.covers) for row in basis.scenario.rows(Fund)}
    for name, rows in use.groupby("fund", sort=False):
        owners = set(str(rows["member"].iloc[0]).split("; ")) - {""}
        if covers[str(name)] & {"capex", "crews", "weekends"} and (not owners or owners & members):
            had = rows["amount"] + rows["carried"]
            gone = rows.loc[(had > 0) & (rows["left"] <= (1 - FULL) * had), "year"]
            yield f"money of {name}", np.isin(years, gone.to_numpy())
