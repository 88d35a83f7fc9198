"""Capacity of lines by lever, output by lever, production: what the lines could make and do make.

Capacity is in months of one shift on five days (1-8-5) of a line: 2 means twice what one fully
ramped shift gives in a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, Floats, measure, ratio
from optimizer.plan.demand import asked
from optimizer.scenario.network import WORKING_DAYS, LineFacts
from optimizer.scenario.schema import Supplier

LEVERS = ("base", "added_shifts", "weekend_output", "expansions", "new_lines", "reactivations")
"""Columns of capacity and output by lever, in the order in which they are stacked."""

Levers = Mapping[str, Floats]


def line_levers(basis: Basis) -> dict[str, Levers]:
    """Return what each lever gives a line in each period, in months of 1-8-5."""
    return {name: _levers(basis, facts) for name, facts in basis.lines.items()}


def _levers(basis: Basis, facts: LineFacts) -> Levers:
    given = {lever: np.zeros(len(basis.lengths)) for lever in LEVERS}
    growth = _expansions(basis, facts)
    efficiency = basis.scenario.settings.weekend_efficiency
    for step, ladder in enumerate(facts.steps, start=1):
        effective = _effective(basis, facts, step)
        runs = basis.weekends.get((facts.name, step))
        weekend = 0.0 * effective if runs is None else ladder.added_share * 2 * efficiency / WORKING_DAYS * runs
        given["base" if step <= facts.shifts_now else "added_shifts"] += effective
        given["weekend_output"] += weekend
        for share, ready, on_weekends in growth:
            ramped = np.minimum(effective, ladder.added_share * basis.lengths * ready)
            given["expansions"] += share * (ramped + weekend * on_weekends)
    if not facts.project:
        return given
    whole = np.sum(list(given.values()), axis=0)
    kind = "new_lines" if basis.network.projects[facts.project].kind == "new line" else "reactivations"
    return {lever: whole if lever == kind else 0.0 * whole for lever in LEVERS}


def _effective(basis: Basis, facts: LineFacts, step: int) -> Floats:
    """Return the months of full output of a crew: less while it, or its new line, ramps up."""
    ladder = facts.steps[step - 1]
    months = basis.lengths * (basis.shifts[facts.name] >= step)
    if facts.project:
        size = basis.sizes.get((facts.project, facts.unit), 1.0)
        months = size * np.minimum(months, basis.lengths * basis.ready(facts.project, facts.unit))
    else:
        months = np.clip(months - _ramp_loss(basis, facts, step), 0.0, None)
    found: Floats = ladder.added_share * months
    return found


def _ramp_loss(basis: Basis, facts: LineFacts, step: int) -> Floats:
    """Return the months of output lost in each period because a crew has just joined."""
    ramp = basis.network.profile(facts.steps[step - 1].ramp_up)
    monthly = np.zeros(basis.calendar.end)
    for change in basis.crew_changes:
        if ramp and change.joins and (change.line, change.step) == (facts.name, step):
            begin = basis.calendar.begins[change.t]
            span = slice(begin, begin + len(ramp))
            monthly[span] += 1 - np.array(ramp)[: len(monthly[span])]
    return basis.by_period(monthly)


def _expansions(basis: Basis, facts: LineFacts) -> list[tuple[float, Floats, Floats]]:
    """Return the added share, by size, and the ramp-up, by month and by weekend, of every started expansion of a line.

    What is of a chosen size is not worked on weekends.
    """
    found = []
    for name, unit in basis.opened:
        project = basis.network.projects[name]
        if project.kind == "expansion" and project.line == facts.base:
            ready, on_weekends = basis.ready(name, unit), basis.ready(name, unit, on_weekends=True)
            share = (project.added_share or 0.0) * basis.sizes[name, unit]
            found.append((share, ready, 0.0 * on_weekends if project.sized else on_weekends))
    return found


def used_months(basis: Basis) -> dict[str, Floats]:
    """Return the capacity each line uses in each period: sum of made / 1-8-5 rate."""
    used = {name: np.zeros(len(basis.lengths)) for name in basis.lines}
    for (line, item), made in basis.made.items():
        rate = basis.rates.get((basis.lines[line].base, item), np.zeros(len(made)))
        used[line] += np.divide(made, rate, out=np.zeros(len(made)), where=rate > 0)
    return used


def capacity(basis: Basis, levers: Mapping[str, Levers], used: Mapping[str, Floats]) -> pd.DataFrame:
    """Return every line in every period: its pattern, weekends, capacity by lever and use."""
    count = len(basis.lengths)
    weekends = basis.sums("weekends", ("line",), "weekends")
    columns = _line_columns(basis, list(basis.lines))
    columns["shifts"] = _stack([basis.shifts[name] for name in basis.lines])
    columns["pattern"] = [word for facts in basis.lines.values() for word in _patterns(basis, facts)]
    columns["weekends"] = _stack([weekends.get(name, np.zeros(count)) for name in basis.lines])
    for lever in LEVERS:
        columns[lever] = _stack([levers[name][lever] for name in basis.lines])
    columns["available"] = np.sum([columns[lever] for lever in LEVERS], axis=0)
    columns["used"] = _stack([used[name] for name in basis.lines])
    columns["utilisation"] = ratio(columns["used"], columns["available"])
    return measure("capacity", columns)


def _patterns(basis: Basis, facts: LineFacts) -> list[str]:
    opens = basis.opened.get((facts.project, facts.unit), 0)
    idle = ["idle" if basis.calendar.ends(t) > opens else "not open" for t in basis.calendar.periods]
    names = [step.pattern for step in facts.steps]
    return [
        names[min(crews, len(names)) - 1] if crews > 0 else word
        for crews, word in zip(basis.shifts[facts.name].tolist(), idle, strict=True)
    ]


def production(basis: Basis) -> pd.DataFrame:
    """Return what each line makes of each item in the periods in which it can make it."""
    lines = [line for line, _ in basis.made]
    columns = _line_columns(basis, lines)
    columns["item"] = np.repeat(np.array([item for _, item in basis.made], dtype=object), len(basis.lengths))
    columns["made"] = _stack(list(basis.made.values()))
    columns["per_month"] = columns["made"] / columns["months"]
    none = np.zeros(len(basis.lengths))
    columns["rate"] = _stack([basis.rates.get((basis.lines[line].base, item), none) for line, item in basis.made])
    table = measure("production", columns)
    return table[(table["rate"] > 0) | (table["made"] > 1e-9)].reset_index(drop=True)


def _line_columns(basis: Basis, lines: list[str]) -> dict[str, Any]:
    facts = [basis.lines[name] for name in lines]
    count = len(basis.lengths)
    words = {
        "line": [f.name for f in facts],
        "site": [f.site for f in facts],
        "member": [f.member for f in facts],
        "producer": [f.producer for f in facts],
    }
    columns: dict[str, Any] = {name: np.repeat(np.array(found, dtype=object), count) for name, found in words.items()}
    columns["month"] = basis.dates[np.tile(np.arange(count), len(lines))]
    columns["months"] = np.tile(basis.lengths, len(lines))
    return columns


def output_by_lever(basis: Basis, levers: Mapping[str, Levers]) -> pd.DataFrame:
    """Return the output of each item per month, by-products too, split by the levers that give lines their capacity."""
    count = len(basis.lengths)
    makeable = {item for _, item in basis.rates} | {item for _, item, _ in basis.output}
    items = [name for name in basis.network.items if name in makeable or name in basis.final_items]
    split = {item: {lever: np.zeros(count) for lever in LEVERS} for item in items}
    for line, item, made in basis.output:
        whole = np.sum(list(levers[line].values()), axis=0)
        for lever in LEVERS:
            alone = 1.0 if lever == "base" else 0.0
            share = np.divide(levers[line][lever], whole, out=np.full(count, alone), where=whole > 1e-12)
            split[item][lever] += made * share
    bought, wanted = _bought(basis), asked(basis)
    none = np.zeros(count)
    columns: dict[str, Any] = {
        "item": np.repeat(np.array(items, dtype=object), count),
        "month": basis.dates[np.tile(np.arange(count), len(items))],
        "months": np.tile(basis.lengths, len(items)),
    }
    for lever in LEVERS:
        columns[lever] = _stack([split[item][lever] / basis.lengths for item in items])
    columns["bought"] = _stack([bought.get(item, none) / basis.lengths for item in items])
    columns["made"] = np.sum([columns[lever] for lever in LEVERS], axis=0)
    columns["asked"] = _stack([wanted.get(item, none) / basis.lengths for item in items])
    return measure("output_by_lever", columns)


def _bought(basis: Basis) -> dict[str, Floats]:
    """Return final items that arrive from suppliers in each period."""
    leads = {(row.supplier, row.item): row.lead_months for row in basis.scenario.rows(Supplier)}
    found: dict[str, Floats] = {}
    keys = ("supplier", "place", "item")
    for (supplier, place, item), units in basis.sums("purchases", keys, "bought").items():
        if item in basis.final_items:
            delay = leads.get((supplier, item), 0.0) + basis.transit(supplier, place, item)
            found[item] = found.get(item, 0.0) + basis.arrive(units, delay)
    return found


def _stack(arrays: list[Any]) -> Any:
    return np.concatenate(arrays) if arrays else np.zeros(0)
