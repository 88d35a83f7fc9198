"""A small scenario that uses every table and breaks no rule, as records to make faults in."""

from __future__ import annotations

import copy
from typing import Any

from optimizer.errors import Finding, InputError
from optimizer.scenario.checks import check
from optimizer.scenario.scenario import Scenario

Records = list[dict[str, Any]]

SETTINGS: dict[str, Any] = {"start": "2023-01", "periods": "24x1, 4x3", "discount_rate": 0.03}

TABLES: dict[str, Records] = {
    "members": [
        {"member": "Germany", "labour_cost": 5000, "people_available": 400},
        {"member": "Norway", "labour_cost": 6000, "cost_key": 0.1},
        {"member": "Ukraine", "kind": "recipient"},
    ],
    "items": [
        {"item": "shell", "holding_cost": 1.5},
        {"item": "body", "kind": "component"},
        {"item": "powder", "unit": "kg", "kind": "material"},
    ],
    "recipes": [
        {"item": "shell", "input": "body", "quantity": 1},
        {"item": "shell", "input": "powder", "quantity": 10.5},
    ],
    "sites": [
        {"site": "Unterluess", "member": "Germany", "producer": "R"},
        {"site": "Raufoss", "member": "Norway", "producer": "N"},
    ],
    "lines": [
        {"line": "U1", "site": "Unterluess", "ladder": "standard", "people_per_crew": 40},
        {"line": "U2", "site": "Unterluess", "ladder": "standard", "opened_by": "plant"},
        {"line": "R1", "site": "Raufoss", "may_idle": "yes", "crew_cost": 1e5},
    ],
    "rates": [
        {"line": "U1", "item": "shell", "rate": 5000, "unit_cost": 300, "to_month": "2023-12"},
        {"line": "U1", "item": "shell", "from_month": "2024-01", "rate": 6000, "minimum": 100},
        {"line": "U2", "item": "shell", "rate": 8000, "yield_": 0.95},
        {"line": "R1", "item": "body", "rate": 9000},
    ],
    "shift_ladders": [
        {"ladder": "standard", "step": 1, "pattern": "1-8-5"},
        {
            "ladder": "standard",
            "step": 2,
            "pattern": "2-8-5",
            "added_share": 0.9,
            "ramp_up": "learn",
            "minimum_stay": 2,
        },
    ],
    "profiles": [
        {"profile": "half", "month": 0, "share": 0.5},
        {"profile": "half", "month": 6, "share": 0.5},
        {"profile": "learn", "month": 0, "share": 0.4},
        {"profile": "learn", "month": 1, "share": 0.8},
    ],
    "projects": [
        {
            "project": "plant",
            "kind": "new line",
            "capex": 1e8,
            "lead_months": 12,
            "payments": "half",
            "group": "big",
        },
        {"project": "robot", "kind": "expansion", "line": "U1", "added_share": 0.2, "lead_months": 6},
    ],
    "groups": [{"group": "big"}],
    "needs": [{"recipient": "Ukraine", "item": "shell", "per_month": 10000, "weight": 2}],
    "orders": [
        {
            "customer": "Germany",
            "item": "shell",
            "from_month": "2022-07",
            "to_month": "2022-12",
            "per_month": 900,
        },
        {"customer": "Germany", "item": "shell", "from_month": "2023-01", "per_month": 1000},
    ],
    "pledges": [{"member": "Norway", "item": "shell", "most_per_month": 500}],
    "stocks": [
        {"place": "Germany", "item": "shell", "opening": 1000, "storage_limit": 5000},
        {"place": "Norway", "item": "shell", "held_by": "member", "opening": 2000},
    ],
    "suppliers": [{"supplier": "Trader", "item": "powder", "price": 20, "lead_months": 2}],
    "lanes": [{"from_place": "Trader", "to_place": "Germany", "item": "powder", "cost": 0.5}],
    "cost_changes": [
        {"cost": "labour", "member": "Norway", "from_month": "2024-01", "factor": 1.03},
        {"cost": "holding", "factor": 1.1, "to_month": "2023-06"},
    ],
    "funds": [
        {"fund": "federal", "year": 2023, "amount": 1e9, "member": "Germany", "covers": "capex; crews"},
        {"fund": "federal", "year": 2024, "amount": 1e9, "member": "Germany", "covers": "capex; crews"},
    ],
    "targets": [
        {"target": "wait", "kind": "waiting time", "item": "shell", "value": 12, "strength": "asap"},
        {"target": "cover", "kind": "coverage", "place": "each", "value": 0.5, "strength": "soft"},
    ],
    "scenarios": [
        {
            "scenario": "late plant",
            "changed_sheet": "Projects",
            "changed_key": "plant",
            "changed_column": "lead months",
            "change": "add",
            "value": 6,
        }
    ],
    "uncertain": [
        {
            "changed_sheet": "Settings",
            "changed_key": "discount rate",
            "changed_column": "value",
            "low": 0.01,
            "high": 0.05,
        }
    ],
}


def tables() -> dict[str, Records]:
    """Return a copy of the records, to be changed at will."""
    return copy.deepcopy(TABLES)


def small(**settings: Any) -> Scenario:
    """Return the scenario itself."""
    return Scenario.from_tables(SETTINGS | settings, **TABLES)


def findings_of(settings: dict[str, Any], records: dict[str, Records]) -> list[Finding]:
    """Return all that is found in these records."""
    try:
        return check(Scenario.from_tables(settings, **records))
    except InputError as error:
        return list(error.findings)
