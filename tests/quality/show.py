"""What was measured, as tables; what breaks a law is red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.tables import Cell, Table
from tests.quality.found import BROKEN, Measured
from tests.quality.series import Series


def of_plan(name: str, measures: Sequence[Measured]) -> Table:
    """Return what was found in a plan, measure by measure."""
    rows = []
    for measured in measures:
        rows.append(
            (Cell(measured.name), Cell(measured.result, BROKEN if measured.broken else ""), *map(Cell, [""] * 4))
        )
        for one in measured.found:
            mark = one.verdict if one.verdict == BROKEN else ""
            cells = (one.of, one.when, one.size, one.reason)
            rows.append((Cell(""), Cell(one.verdict, mark), *(Cell(text, mark) for text in cells)))
    return Table(name, ("measure", "result", "of", "when", "size", "reason"), rows)


def summary(plans: Mapping[str, Sequence[Measured] | str]) -> Table:
    """Return one row for each plan, one column for each measure; of a plan that was not found, why."""
    names = list(dict.fromkeys(one.name for found in plans.values() if not isinstance(found, str) for one in found))
    rows = []
    for plan, found in plans.items():
        if isinstance(found, str):
            rows.append((Cell(plan), Cell(found, BROKEN), *(Cell("") for _ in names[1:])))
            continue
        results = {one.name: Cell(one.result, BROKEN if one.broken else "") for one in found}
        rows.append((Cell(plan), *(results.get(name, Cell("-")) for name in names)))
    return Table("Summary: what breaks a law is red", ("plan", *names), rows)


def months(name: str, series: Series) -> Table:
    """Return the output of each final item by period, per month."""
    items = series.made_items
    rows = []
    for t in series.calendar.periods:
        begin = series.calendar.begins[t]
        window = (begin, series.calendar.ends(t))
        rows.append((Cell(series.months(window)), *(Cell(f"{series.output(item)[begin]:,.0f}") for item in items)))
    return Table(f"{name}: units a month", ("months", *items), rows)
