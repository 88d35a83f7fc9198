"""Every decision of a plan in words, in order of the date by which it must be taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, CrewChange, Floats, measure_rows
from optimizer.plan.investment import projects, size_words, unit_lines
from optimizer.scenario.network import POOL
from optimizer.scenario.schema import Supplier

KINDS = ("project", "shift", "weekends", "pledge", "purchase", "gift", "release")
"""Kinds of decision, in the order in which those of one month are told."""

Row = dict[str, Any]


def decisions(basis: Basis) -> pd.DataFrame:
    """Return every decision: what, where, by when, from when it has effect, what it costs.

    Weekends, pledges, purchases and gifts that go on without a break are one decision.
    """
    sources: tuple[Callable[[Basis], Iterator[Row]], ...] = (
        _projects,
        _crews,
        _people,
        _weekends,
        _pledges,
        _purchases,
        _gifts,
    )
    rows = [row for source in sources for row in source(basis)]
    rows.sort(key=lambda row: (row["decide_by"], KINDS.index(row["kind"]), row["effective_from"], row["what"]))
    short = basis.scenario.settings.short_run_months
    for row in rows:
        row["run"] = "short run" if row["effective_from"] <= short else "long run"
    table = measure_rows("decisions", rows)
    for column in ("decide_by", "effective_from"):
        table[column] = basis.days(table[column].to_numpy(dtype=float))
    for column in ("one_off_cost", "monthly_cost", "lead_months"):
        table[column] = table[column].astype(float)
    return table


def _row(kind: str, what: str, where: str, decide_by: int, effective_from: int, **more: Any) -> Row:
    row = {
        "decide_by": decide_by,
        "kind": kind,
        "what": what,
        "where": where,
        "member": "",
        "producer": "",
        "effective_from": effective_from,
        "one_off_cost": 0.0,
        "monthly_cost": 0.0,
        "lead_months": float(effective_from - decide_by),
        "status": "",
    }
    return {**row, **more}


def _projects(basis: Basis) -> Iterator[Row]:
    for row in projects(basis).to_dict("records"):
        project = basis.network.projects[row["project"]]
        verbs = {"new line": "Build", "expansion": f"Expand {project.line}:", "reactivation": "Reactivate"}
        unit = f" (unit {row['unit']} of {project.units})" if project.units > 1 else ""
        unit += f" of size {size_words(row['size'])}" if project.sized else ""
        sites = dict.fromkeys(facts.site for facts in unit_lines(basis, project, row["unit"]))
        start = basis.calendar.month(row["start"].date())
        yield _row(
            "project",
            f"{verbs[project.kind]} {project.project}{unit}",
            "; ".join(sites),
            start,
            basis.calendar.month(row["opens"].date()),
            member=row["member"],
            producer=row["producer"],
            one_off_cost=row["capex"],
            monthly_cost=row["fixed_cost"],
            status=row["status"],
        )


def _crews(basis: Basis) -> Iterator[Row]:
    """Tell the crews of a line that join, or leave, at the same time as one decision."""
    for (line, t, joins), group in groupby(basis.crew_changes, key=lambda c: (c.line, c.t, c.joins)):
        yield _crew_decision(basis, line, t, joins, list(group))


def _crew_decision(basis: Basis, line: str, t: int, joins: bool, changes: list[CrewChange]) -> Row:
    facts = basis.lines[line]
    steps = [c.step - 1 for c in changes]
    patterns = ["idle", *(step.pattern for step in facts.steps)]
    before = facts.shifts_now if t == 0 else int(basis.shifts[line][t - 1])
    after = int(basis.shifts[line][t])
    change = f"{patterns[min(before, len(facts.steps))]} to {patterns[min(after, len(facts.steps))]}"
    begin = basis.calendar.begins[t]
    common = {"member": facts.member, "producer": facts.producer}
    pay = basis.network.factors("labour", facts.member)[t]
    ladder = [(facts.steps[k], facts.crew_costs[k] * pay) for k in steps]
    monthly = sum(cost for _, cost in ladder)
    if not joins:
        one_off = sum(step.release_cost * cost + step.release_money for step, cost in ladder)
        what = f"Release {_crew_words(len(steps))}: {change}"
        return _row("release", what, line, begin, begin, one_off_cost=one_off, monthly_cost=-monthly, **common)
    hiring = max(step.hiring_months for step, _ in ladder)
    one_off = sum(step.hiring_cost * cost + step.hiring_money for step, cost in ladder)
    what = f"Hire {_crew_words(len(steps))}: {change}"
    decide_by = max(0, begin - hiring)
    return _row("shift", what, line, decide_by, begin, one_off_cost=one_off, monthly_cost=monthly, **common)


def _crew_words(count: int) -> str:
    return "one crew" if count == 1 else f"{count} crews"


def _people(basis: Basis) -> Iterator[Row]:
    """Tell who is hired for the pool of a member, and who leaves it."""
    for row in basis.table("people").to_dict("records"):
        member, begin = basis.network.members[row["member"]], int(row["month_number"])
        for kind, verb, count, cost, months in (
            ("shift", "Hire", row["hired"], member.hiring_cost, member.training_months),
            ("release", "Let go", row["left"], member.leaving_cost, 0),
        ):
            if count > 0:
                what, effect = f"{verb} {size_words(count)} people for the crews of {member.member}", begin + months
                yield _row(kind, what, member.member, begin, effect, member=member.member, one_off_cost=count * cost)


def _weekends(basis: Basis) -> Iterator[Row]:
    costs: dict[str, Floats] = {}
    for (line, step), runs in basis.weekends.items():
        if line in basis.lines:
            pay = np.array(basis.network.factors("labour", basis.lines[line].member))
            costs[line] = costs.get(line, 0.0) + runs * basis.lines[line].weekend_costs[step - 1] * pay
    for line, runs in basis.sums("weekends", ("line",), "weekends").items():
        for first, stop in _spells(runs) if line in basis.lines else ():
            begin, months = (
                basis.calendar.begins[first],
                basis.calendar.ends(stop - 1) - basis.calendar.begins[first],
            )
            yield _row(
                "weekends",
                f"Work {runs[first:stop].sum():,.0f} crew weekends, {_until(basis, first, stop)}",
                line,
                begin,
                begin,
                member=basis.lines[line].member,
                producer=basis.lines[line].producer,
                monthly_cost=float(costs[line][first:stop].sum()) / months,
            )


def _pledges(basis: Basis) -> Iterator[Row]:
    for (member, item), units in basis.sums("pledges", ("member", "item"), "pledged").items():
        for first, stop in _spells(units):
            begin = basis.calendar.begins[first]
            what = f"Order {_amount(basis, item, units[first:stop])} more, {_until(basis, first, stop)}"
            yield _row("pledge", what, item, begin, begin, member=member)


def _purchases(basis: Basis) -> Iterator[Row]:
    known: Mapping[tuple[str, str], Supplier] = {(r.supplier, r.item): r for r in basis.scenario.rows(Supplier)}
    for (supplier, place, item), units in basis.sums("purchases", ("supplier", "place", "item"), "bought").items():
        row = known.get((supplier, item))
        lead = (row.lead_months if row else 0.0) + basis.transit(supplier, place, item)
        for first, stop in _spells(units):
            begin, total = basis.calendar.begins[first], float(units[first:stop].sum())
            yield _row(
                "purchase",
                f"Buy {_amount(basis, item, units[first:stop])} from {supplier}, {_until(basis, first, stop)}",
                item,
                begin,
                begin + math.ceil(lead - 1e-9),
                member="" if place == POOL else place,
                one_off_cost=total * (row.price if row else 0.0),
                lead_months=lead,
            )


def _gifts(basis: Basis) -> Iterator[Row]:
    keys = ("member", "recipient", "item")
    for (member, recipient, item), units in basis.sums("gifts", keys, "given").items():
        delay = basis.transit(member, recipient, item)
        for first, stop in _spells(units):
            begin = basis.calendar.begins[first]
            what = f"Give {_amount(basis, item, units[first:stop])} to {recipient}, {_until(basis, first, stop)}"
            effective = begin + math.ceil(delay - 1e-9)
            yield _row("gift", what, item, begin, effective, member=member, lead_months=delay)


def _amount(basis: Basis, item: str, units: Floats) -> str:
    return f"{units.sum():,.0f} {basis.network.items[item].unit}"


def _spells(values: Floats) -> Iterator[tuple[int, int]]:
    """Return the stretches of periods without a break in which something is done: [first, stop)."""
    done = np.concatenate([[0], (values > 1e-6).astype(int), [0]])
    edges = np.flatnonzero(np.diff(done)).tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)


def _until(basis: Basis, first: int, stop: int) -> str:
    begin = basis.calendar.date(basis.calendar.begins[first])
    last = basis.calendar.date(basis.calendar.ends(stop - 1) - 1)
    return f"in {begin:%Y-%m}" if begin == last else f"{begin:%Y-%m} to {last:%Y-%m}"
