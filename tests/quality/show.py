"""What was measured, as tables; what breaks a law is red, and has a `!` for where there are no colours."""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks.tables import Cell, Table
from tests.quality.found import BROKEN, Measured
from tests.quality.laws import MEASURES
from tests.quality.series import Series


def of_plan(name: str, measures: Mapping[str, Measured]) -> Table:
    """Return what was found in a plan, measure by measure."""
    rows = []
    for title, measured in measures.items():
        rows.append((Cell(title), _result(measured), *(Cell("") for _ in range(4))))
        for one in measured.found:
            mark = one.verdict if one.verdict == BROKEN else ""
            cells = (one.verdict, one.of, one.when, one.size, one.reason)
            rows.append((Cell(""), *(Cell(text, mark) for text in cells)))
    return Table(name, ("measure", "result", "of", "when", "size", "reason"), rows)


def summary(plans: Mapping[str, Mapping[str, Measured] | str]) -> Table:
    """Return one row for each plan, one column for each measure; where there is no plan, why."""
    rows = []
    for plan, found in plans.items():
        if isinstance(found, str):
            rows.append((Cell(plan), Cell(found, BROKEN), *(Cell("") for _ in range(len(MEASURES) - 1))))
        else:
            rows.append((Cell(plan), *map(_result, found.values())))
    return Table("Summary: what breaks a law is red and has a !", ("plan", *MEASURES), rows)


def _result(measured: Measured) -> Cell:
    return Cell(f"! {measured.result}", BROKEN) if measured.broken else Cell(measured.result)


def months(name: str, series: Series) -> Table:
    """Return the output of each final item by period, per month."""
    items = series.made_items
    rows = []
    for t in series.calendar.periods:
        begin = series.calendar.begins[t]
        window = (begin, series.calendar.ends(t))
        rows.append((Cell(series.months(window)), *(Cell(f"{series.output(item)[begin]:,.0f}") for item in items)))
    return Table(f"{name}: units a month", ("months", *items), rows)
