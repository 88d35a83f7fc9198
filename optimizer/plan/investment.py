"""Started projects, the payments they bring, and what each producer contracts, builds and hires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, measure_rows
from optimizer.scenario.network import LineFacts
from optimizer.scenario.schema import Project


def unit_lines(basis: Basis, project: Project, unit: int) -> tuple[LineFacts, ...]:
    """Return the lines that one unit of a project opens, or that it expands."""
    lines = basis.network.project_lines(project.project)
    return lines if project.kind == "expansion" else tuple(f for f in lines if f.unit == unit)


def capex_of(project: Project, size: float) -> float:
    """Return all payments of a unit of a size, undiscounted."""
    return project.capex + (project.capex_per_size * size if project.sized else 0.0)


def size_words(size: float) -> str:
    """Return a size as a sentence shows it."""
    return f"{size:,.0f}" if size >= 1000 else f"{size:.3g}"


def projects(basis: Basis) -> pd.DataFrame:
    """Return the started units of projects, from decision to full output."""
    rows = []
    for start in basis.table("starts").to_dict("records"):
        project = basis.network.projects[start["project"]]
        unit, size = int(start["unit"]), float(start["size"])
        lines = unit_lines(basis, project, unit)
        opens = start["opens_number"]
        rows.append(
            {
                "project": project.project,
                "unit": unit,
                "kind": project.kind,
                "member": lines[0].member if lines else "",
                "producer": lines[0].producer if lines else "",
                "lines": "; ".join(facts.name for facts in lines),
                "status": start["status"] or project.status,
                "start": start["start_number"],
                "opens": opens,
                "full_output": opens + len(basis.network.profile(project.ramp_up)),
                "size": size,
                "capex": capex_of(project, size),
                "fixed_cost": project.fixed_cost + (project.fixed_cost_per_size * size if project.sized else 0.0),
            }
        )
    rows.sort(key=lambda row: (row["start"], row["project"], row["unit"]))
    table = measure_rows("projects", rows)
    for column in ("start", "opens", "full_output"):
        table[column] = basis.days(table[column].to_numpy(dtype=float))
    return table


def payments_due(basis: Basis) -> dict[tuple[str, str, int], float]:
    """Return the payments of each project by its member and month of the horizon or later."""
    due: dict[tuple[str, str, int], float] = defaultdict(float)
    starts = basis.table("starts")
    for name, start, size in zip(starts["project"], starts["start_number"], starts["size"], strict=True):
        project = basis.network.projects[name]
        lines, capex = basis.network.project_lines(name), capex_of(project, size)
        for month, share in enumerate(basis.network.payments(project), start=int(start)):
            if month >= 0 and share * capex:
                due[name, lines[0].member if lines else "", month] += share * capex
    return dict(due)


def capex_by_year(basis: Basis, due: Mapping[tuple[str, str, int], float]) -> pd.DataFrame:
    """Return the payments of each project by calendar year, also after the horizon, sunk ones left out."""
    found: dict[tuple[str, str, int], float] = defaultdict(float)
    for (project, member, month), amount in due.items():
        found[project, member, basis.calendar.date(month).year] += amount
    rows = [{"project": p, "member": m, "year": y, "amount": found[p, m, y]} for p, m, y in sorted(found)]
    return measure_rows("capex_by_year", rows)


def producers(basis: Basis) -> pd.DataFrame:
    """Return what each producer makes in each calendar year, and what it builds and hires for it.

    Projects, crews and people belong to the producer and year: they stand on the first of its rows
    and are empty on the others, so that sums are right.
    """
    made: dict[tuple[str, int, str], float] = defaultdict(float)
    for line, item, units in basis.output:
        for t, amount in enumerate(units.tolist()):
            for year, share in basis.calendar.year_shares[t].items():
                made[basis.lines[line].producer, year, item] += amount * share
    crews: dict[tuple[str, int], int] = defaultdict(int)
    people: dict[tuple[str, int], float] = defaultdict(float)
    for change in basis.crew_changes:
        facts = basis.lines[change.line]
        key = (facts.producer, basis.calendar.date(basis.calendar.begins[change.t]).year)
        crews[key] += 1 if change.joins else -1
        people[key] += facts.people if change.joins else -facts.people
    decided: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in projects(basis).to_dict("records"):
        decided[row["producer"], row["start"].year].append(
            row["project"] + (f" #{row['unit']}" if row["unit"] > 1 else "")
        )
    years = {(producer, year) for producer, year, _ in made}
    for producer, year in {*crews, *decided} - years:
        made[producer, year, ""] = 0.0
    rows = []
    told: set[tuple[str, int]] = set()
    for producer, year, item in sorted(made):
        first = (producer, year) not in told
        told.add((producer, year))
        rows.append(
            {
                "producer": producer,
                "year": year,
                "item": item,
                "made": made[producer, year, item],
                "projects": "; ".join(decided.get((producer, year), [])) if first else "",
                "crews": float(crews.get((producer, year), 0)) if first else np.nan,
                "people": people.get((producer, year), 0.0) if first else np.nan,
            }
        )
    return measure_rows("producers", rows)
