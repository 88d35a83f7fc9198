"""A small plan written by hand, with every law kept, and what tests change of it.

Shells are made of powder, two units each, on the line Old (two crews: 100 a month each) and, from month 6 on, on
New. 24 months from 2024-01 in which 300 a month are needed and the rest is lost. Powder comes from Mill at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS
from optimizer.scenario.network import POOL
from optimizer.scenario.scenario import Scenario
from tests.quality.found import Measured
from tests.quality.laws import MEASURES
from tests.quality.series import Series
from tests.verify import build

MONTHS = 24
NEED = 300.0
STEADY = (100.0,) * 6 + (200.0,) * 18


def scenario(*, settings: Mapping[str, Any] | None = None, **tables: list[dict[str, Any]]) -> Scenario:
    """Return the input, with some tables in place of its own."""
    given: dict[str, list[dict[str, Any]]] = {
        "members": [{"member": "A"}, {"member": "R", "kind": "recipient"}],
        "items": [{"item": "shell"}, {"item": "powder", "kind": "material"}],
        "recipes": [{"item": "shell", "input": "powder", "quantity": 2}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [
            {"line": "Old", "site": "works", "ladder": "two", "weekend_share": 1},
            {"line": "New", "site": "works", "ladder": "two", "opened_by": "plant"},
        ],
        "rates": [{"line": "Old", "item": "shell", "rate": 100}, {"line": "New", "item": "shell", "rate": 100}],
        "shift_ladders": [
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "minimum_stay": 3},
        ],
        "projects": [{"project": "plant", "kind": "new line", "lead_months": 6}],
        "needs": [{"recipient": "R", "item": "shell", "per_month": NEED}],
        "suppliers": [{"supplier": "Mill", "item": "powder", "most_per_month": 1000}],
    }
    return Scenario.from_tables({"start": "2024-01", "periods": f"{MONTHS}x1", **(settings or {})}, **(given | tables))


def plan(
    given: Scenario | None = None,
    *,
    made: Sequence[float] = STEADY,
    need: Sequence[float] = (NEED,) * MONTHS,
    **tables: Any,
) -> Plan:
    """Return the plan: what Old makes, what is lost of the need, and some tables in place of its own."""
    given = given or scenario()
    lost = [max(0.0, asked - units) for asked, units in zip(need, made, strict=True)]
    own = {
        "shifts": build.flows(given, "shifts", {"Old": [1 if month < 6 else 2 for month in given.calendar.begins]}),
        "output": build.flows(given, "output", {("Old", "shell"): made}),
        "purchases": build.flows(given, "purchases", {("Mill", POOL, "powder"): [2 * units for units in made]}),
        "losses": build.flows(given, "losses", {("R", "shell", 1): lost}),
    }
    return build.plan(given, own | tables)


def payments(*rows: tuple[str, str, str, str, int, float]) -> pd.DataFrame:
    """Return the payments: fund, member, category, project, year, money."""
    return pd.DataFrame(list(rows), columns=DECISIONS["payments"].names)


def measured(a_plan: Plan, name: str) -> Measured:
    """Return one measure of a plan."""
    return MEASURES[name](Series(a_plan))
