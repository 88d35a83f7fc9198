"""Hand-built scenarios and plans, so that measures and reports are tested without a solver."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import COSTS, DECISIONS, OBJECTIVES, SIZE
from optimizer.scenario.parse import Origin, parse_rows
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import BY_TABLE, Settings

SHELL = "155 mm shell"


def scenario_of(settings: dict[str, Any], **tables: list[dict[str, Any]]) -> Scenario:
    """Build a scenario from records without the checks across tables."""
    found, findings = parse_rows(Settings, [settings], Origin("settings"))
    parsed = {}
    for name, records in tables.items():
        parsed[name], more = parse_rows(BY_TABLE[name], records, Origin(name))
        findings += more
    assert not findings, findings
    return Scenario(found[0], parsed)


def table_of(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build a decision table from records."""
    told = {column for row in rows for column in row}
    return pd.DataFrame(rows, columns=[c for c in DECISIONS[name].names if c != SIZE.name or c in told])


def tables_of(**rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Build all decision tables; those not given are empty."""
    tables = {name: table_of(name, rows.get(name, [])) for name in DECISIONS}
    tables["costs"] = pd.DataFrame(rows.get("costs", []), columns=COSTS.names)
    tables["objectives"] = pd.DataFrame(rows.get("objectives", []), columns=OBJECTIVES.names)
    return tables


def alliance_scenario() -> Scenario:
    """Two members, a recipient, five lines of which projects open three, funds, pledges and targets."""
    month = dt.date
    funds = [
        {
            "fund": fund,
            "year": year,
            "amount": amount,
            "member": member,
            "covers": "",
            "most_share": share,
            "carries_over": "yes",
        }
        for fund, member, amount, share in (
            ("Norway budget", "Norway", 300e6, 1.0),
            ("Germany budget", "Germany", 260e6, 1.0),
            ("Common fund", "", 45e6, 0.4),
        )
        for year in range(2023, 2029)
    ]
    return scenario_of(
        {
            "title": "Shells for the alliance: a small example",
            "data_date": month(2023, 1, 1),
            "start": month(2023, 2, 1),
            "periods": "23x1, 13x3",
            "transport_cost": 20,
        },
        members=[
            {"member": "Norway", "cost_key": 500, "labour_cost": 6000, "weekend_premium": 0.5},
            {"member": "Germany", "cost_key": 4000, "labour_cost": 5500, "weekend_premium": 0.5},
            {"member": "Ukraine", "kind": "recipient"},
        ],
        items=[
            {"item": SHELL, "holding_cost": 1},
            {"item": "powder", "kind": "component", "unit": "t"},
            {"item": "TNT", "kind": "material", "unit": "t"},
        ],
        recipes=[
            {"item": SHELL, "input": "powder", "quantity": 0.01},
            {"item": SHELL, "input": "TNT", "quantity": 0.01},
        ],
        sites=[
            {"site": "Raufoss", "member": "Norway", "producer": "Northern Arms"},
            {"site": "Unterluess", "member": "Germany", "producer": "Rhine Works"},
            {"site": "Aschau", "member": "Germany", "producer": "Rhine Works"},
        ],
        lines=[
            {"line": "Filling A", "site": "Raufoss", "ladder": "three shifts", "people_per_crew": 60},
            {
                "line": "Filling B",
                "site": "Unterluess",
                "ladder": "three shifts",
                "people_per_crew": 80,
                "opened_by": "Plant B",
            },
            {"line": "Powder 1", "site": "Aschau", "ladder": "three shifts", "people_per_crew": 40},
            {
                "line": "Powder 2",
                "site": "Aschau",
                "ladder": "three shifts",
                "people_per_crew": 40,
                "opened_by": "Powder hall 2",
            },
        ],
        rates=[
            {"line": "Filling A", "item": SHELL, "rate": 3000, "unit_cost": 1800},
            {"line": "Filling B", "item": SHELL, "rate": 4000, "unit_cost": 1700},
            {"line": "Powder 1", "item": "powder", "rate": 45, "unit_cost": 9000},
            {"line": "Powder 2", "item": "powder", "rate": 60, "unit_cost": 9000},
        ],
        shift_ladders=[
            {"ladder": "three shifts", "step": 1, "pattern": "1-8-5"},
            {
                "ladder": "three shifts",
                "step": 2,
                "pattern": "2-8-5",
                "added_share": 0.9,
                "cost_factor": 1.1,
                "hiring_months": 3,
                "hiring_cost": 1,
                "release_cost": 2,
                "ramp_up": "crew",
            },
            {
                "ladder": "three shifts",
                "step": 3,
                "pattern": "3-8-5",
                "added_share": 0.8,
                "cost_factor": 1.25,
                "hiring_months": 3,
                "hiring_cost": 1,
                "release_cost": 2,
                "ramp_up": "crew",
            },
        ],
        profiles=[
            {"profile": "crew", "month": 0, "share": 0.5},
            {"profile": "crew", "month": 1, "share": 0.75},
            *({"profile": "plant", "month": m, "share": s} for m, s in enumerate((0.25, 0.5, 0.75))),
            *({"profile": "milestones", "month": m, "share": s} for m, s in ((0, 0.3), (9, 0.4), (18, 0.3))),
        ],
        projects=[
            {
                "project": "Plant B",
                "kind": "new line",
                "units": 2,
                "capex": 80e6,
                "fixed_cost": 150e3,
                "lead_months": 18,
                "payments": "milestones",
                "ramp_up": "plant",
            },
            {
                "project": "Press A",
                "kind": "expansion",
                "line": "Filling A",
                "added_share": 0.3,
                "capex": 12e6,
                "fixed_cost": 20e3,
                "lead_months": 9,
            },
            {
                "project": "Powder hall 2",
                "kind": "new line",
                "capex": 30e6,
                "fixed_cost": 50e3,
                "lead_months": 12,
                "payments": "milestones",
                "ramp_up": "plant",
                "status": "committed",
                "start": month(2022, 9, 1),
            },
        ],
        needs=[
            {"recipient": "Ukraine", "item": SHELL, "band": 1, "per_month": 1000, "weight": 5},
            {"recipient": "Ukraine", "item": SHELL, "band": 2, "per_month": 8000},
        ],
        orders=[
            {
                "customer": "Norway",
                "item": SHELL,
                "from_month": month(2021, 2, 1),
                "to_month": month(2023, 1, 1),
                "per_month": 1000,
            },
            {
                "customer": "Germany",
                "item": SHELL,
                "from_month": month(2021, 10, 1),
                "to_month": month(2023, 1, 1),
                "per_month": 2000,
            },
            {"customer": "Norway", "item": SHELL, "from_month": month(2023, 2, 1), "per_month": 600},
            {"customer": "Germany", "item": SHELL, "from_month": month(2023, 2, 1), "per_month": 1400},
        ],
        pledges=[
            {
                "member": "Germany",
                "item": SHELL,
                "from_month": month(2024, 1, 1),
                "to_month": month(2025, 12, 1),
                "most_per_month": 500,
            }
        ],
        stocks=[
            {"place": "Germany", "item": "powder", "opening": 20},
            {"place": "Norway", "item": SHELL, "held_by": "member", "opening": 3000, "reserve": 1500},
        ],
        suppliers=[
            {
                "supplier": "Eastern Chemicals",
                "item": "TNT",
                "price": 6000,
                "most_per_month": 200,
                "lead_months": 1,
            }
        ],
        funds=funds,
        targets=[
            {
                "target": "Wait of a year",
                "kind": "waiting time",
                "item": SHELL,
                "value": 12,
                "strength": "asap",
            },
            {
                "target": "Ten thousand a month",
                "kind": "rate",
                "item": SHELL,
                "value": 10000,
                "strength": "soft",
                "from_month": month(2026, 1, 1),
            },
        ],
    )


def alliance_plan(*, verified: bool = True) -> Plan:
    """Simulate a plan for the small alliance forward in time: every lever is pulled once."""
    scenario = alliance_scenario()
    return Plan(
        scenario=scenario,
        tables=_Simulation(scenario).tables(),
        status="gap reached",
        gap=0.008,
        seconds={"read": 0.4, "build": 0.9, "shortfall": 3.2, "speed": 1.1, "cost": 5.3, "verify": 0.2},
        size={"rows": 5210, "columns": 4888, "integers": 412, "nonzeros": 15310},
        stages=pd.DataFrame(
            [
                {"stage": "shortfall", "seconds": 3.2, "value": 1.21e6, "bound": 1.205e6, "gap": 0.004},
                {"stage": "speed", "seconds": 1.1, "value": 20.0, "bound": 20.0, "gap": 0.0},
                {"stage": "cost", "seconds": 5.3, "value": 1.1e9, "bound": 1.0912e9, "gap": 0.008},
            ]
        ),
        checks=(
            Check("material_balances", "stock", 108, 2e-9),
            Check("capacity_limits_production", "output", 144, 1e-9),
            Check("funds_hold", "payments", 18, 0.0),
        )
        if verified
        else (),
        versions={"optimizer": "0.1.0", "highspy": "1.15.1"},
    )


class _Simulation:
    """Shifts, weekends and projects are given; output, stock, deliveries and money follow month by month."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.calendar = scenario.calendar
        self.h = np.array(self.calendar.lengths, dtype=float)
        self.a = np.array(self.calendar.begins)
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.dates = self.calendar.period_dates()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the decision tables, costs and objectives."""
        for project, start, opens, status in (
            ("Plant B", 0, 18, "option"),
            ("Press A", 3, 12, "option"),
            ("Powder hall 2", -5, 7, "committed"),
        ):
            dates = {"start": self.calendar.date(start), "opens": self.calendar.date(opens)}
            self.rows["starts"].append({"project": project, "unit": 1, **dates, "status": status})
        shells = self._make()
        self._deliver(shells)
        self._pay()
        self._promise(shells)
        self.rows["objectives"] = [
            {
                "objective": "shortfall",
                "value": 1.21e6,
                "bound": 1.205e6,
                "gap": 0.00413,
                "unit": "unit-months",
                "found": 1.205e6,
                "given_back": 5e3,
                "without_levers": 4.1e6,
                "gap_of_gain": 0.0017,
                "found_cost": 2.3e9,
            },
            {
                "objective": "speed",
                "value": 20.0,
                "bound": 20.0,
                "gap": 0.0,
                "unit": "months",
                "found": 20.0,
                "given_back": 0.0,
                "found_cost": 2.3e9,
            },
            {
                "objective": "cost",
                "value": 1.1e9,
                "bound": 1.0912e9,
                "gap": 0.008,
                "unit": "EUR",
                "found": 1.1e9,
                "given_back": 0.0,
            },
        ]
        return tables_of(**self.rows)

    def _crews(self, line: str, t: int) -> int:
        joins = {"Filling A": (0, 6, 12), "Filling B": (18, 26), "Powder 1": (0, 6), "Powder 2": (9, 18)}
        return sum(self.a[t] >= month for month in joins[line])

    def _capacity(self, line: str, t: int) -> float:
        shares = (1.0, 0.9, 0.8)
        months = sum(shares[: self._crews(line, t)]) * self.h[t]
        if line == "Filling A" and self.a[t] in (6, 12):
            months -= shares[self._crews(line, t) - 1] * 0.5
        if line == "Filling A" and self.a[t] in (7, 13):
            months -= shares[self._crews(line, t) - 1] * 0.25
        if line == "Filling B":
            ramp = {18: 0.25, 19: 0.5, 20: 0.75}
            months *= ramp.get(int(self.a[t]), 1.0)
        if line == "Filling A" and self.a[t] < 18:
            months += 2 * 2 / 21.75
        return float(months * (1.3 if line == "Filling A" and self.a[t] >= 12 else 1.0))

    def _make(self) -> np.ndarray:
        shells = np.zeros(len(self.h))
        powder_stock = 20.0
        for t, date in enumerate(self.dates):
            made = {line: rate * self._capacity(line, t) for line, rate in (("Filling A", 3000), ("Filling B", 4000))}
            powder = {line: rate * self._capacity(line, t) for line, rate in (("Powder 1", 45), ("Powder 2", 60))}
            enough = min(1.0, (sum(powder.values()) + powder_stock) / 0.01 / max(1.0, sum(made.values())))
            made = {line: units * enough for line, units in made.items()}
            shells[t] = sum(made.values())
            wanted = min(sum(powder.values()), max(0.0, shells[t] * 0.01 - powder_stock + 20.0))
            share = wanted / sum(powder.values())
            powder = {line: tons * share for line, tons in powder.items()}
            powder_stock += sum(powder.values()) - shells[t] * 0.01
            for line, units in {**made, **powder}.items():
                item = SHELL if line.startswith("Filling") else "powder"
                self.rows["output"].append({"line": line, "item": item, "month": date, "made": units})
                self.rows["shifts"].append({"line": line, "month": date, "shifts": self._crews(line, t)})
            self.rows["shifts"].append({"line": "Filling B #2", "month": date, "shifts": 0})
            if self.a[t] < 18:
                self.rows["weekends"].append({"line": "Filling A", "step": 1, "month": date, "weekends": 2})
            self.rows["stock"].append({"place": "(pool)", "item": "powder", "month": date, "closing": powder_stock})
            self.rows["stock"].append({"place": "(pool)", "item": "TNT", "month": date, "closing": 0.0})
            self.rows["stock"].append({"place": "(pool)", "item": SHELL, "month": date, "closing": 0.0})
            bought = {"supplier": "Eastern Chemicals", "place": "(pool)", "item": "TNT", "month": date}
            self.rows["purchases"].append({**bought, "bought": shells[t] * 0.01})
        return shells

    def _deliver(self, shells: np.ndarray) -> None:
        backlog = {"Norway": 24000.0, "Germany": 32000.0}
        own = 3000.0
        for t, date in enumerate(self.dates):
            needed = 9000 * self.h[t]
            pledged = 400.0 * self.h[t] if 11 <= self.a[t] < 35 else 0.0
            if pledged:
                self.rows["pledges"].append({"member": "Germany", "item": SHELL, "month": date, "pledged": pledged})
            backlog["Norway"] += 600 * self.h[t]
            backlog["Germany"] += 1400 * self.h[t] + pledged
            given = 500.0 if t in (2, 3, 4) else 0.0
            used = min(needed - given, max(1000 * self.h[t], shells[t] - sum(backlog.values()), 0.45 * shells[t]))
            if given:
                self.rows["gifts"].append(
                    {"member": "Norway", "recipient": "Ukraine", "item": SHELL, "month": date, "given": given}
                )
            left = min(shells[t] - used, sum(backlog.values()))
            shares = {name: units / sum(backlog.values()) for name, units in backlog.items()}
            for name in backlog:
                delivered = left * shares[name]
                backlog[name] -= delivered
                own += delivered - given if name == "Norway" else 0.0
                self.rows["deliveries"].append(
                    {
                        "customer": name,
                        "item": SHELL,
                        "month": date,
                        "delivered": delivered,
                        "backlog": backlog[name],
                    }
                )
            self.rows["own_stock"].append({"member": "Norway", "item": SHELL, "month": date, "closing": own})
            self.rows["uses"].append({"recipient": "Ukraine", "item": SHELL, "month": date, "used": used})
            lost = needed - used - given
            self.rows["losses"] += [
                {"recipient": "Ukraine", "item": SHELL, "band": 1, "month": date, "lost": 0.0},
                {"recipient": "Ukraine", "item": SHELL, "band": 2, "month": date, "lost": lost},
            ]

    def _pay(self) -> None:
        def cost(member: str, category: str, t: int, amount: float, project: str = "") -> None:
            if amount:
                row = {
                    "member": member,
                    "category": category,
                    "project": project,
                    "month": self.dates[t],
                    "amount": amount,
                }
                self.rows["costs"].append(row)

        crews = {
            "Filling A": ("Norway", 360e3),
            "Filling B": ("Germany", 440e3),
            "Powder 1": ("Germany", 220e3),
            "Powder 2": ("Germany", 220e3),
        }
        unit_cost = {"Filling A": 1800, "Filling B": 1700, "Powder 1": 9000, "Powder 2": 9000}
        for t in range(len(self.h)):
            for line, (member, crew) in crews.items():
                count = self._crews(line, t)
                cost(member, "crews", t, crew * sum((1, 1.1, 1.25)[:count]) * self.h[t])
            if self.a[t] < 18:
                cost("Norway", "weekends", t, 2 * 360e3 / 21.75 * 2 * 1.5)
            for project, member, opens, fixed in (
                ("Plant B", "Germany", 18, 150e3),
                ("Press A", "Norway", 12, 20e3),
                ("Powder hall 2", "Germany", 7, 50e3),
            ):
                cost(member, "fixed", t, fixed * self.h[t] * (self.a[t] >= opens), project)
        for row in self.rows["output"]:
            t = self.dates.index(row["month"])
            cost(crews[row["line"]][0], "production", t, row["made"] * unit_cost[row["line"]])
        for row in self.rows["purchases"]:
            cost("(common)", "purchases", self.dates.index(row["month"]), row["bought"] * 6000)
        for row in self.rows["uses"]:
            cost("(common)", "transport", self.dates.index(row["month"]), row["used"] * 20)
        capex = {
            ("Plant B", "Germany"): {0: 24e6, 9: 32e6, 18: 24e6},
            ("Press A", "Norway"): {3: 12e6},
            ("Powder hall 2", "Germany"): {4: 12e6, 13: 9e6},
        }
        for (project, member), months in capex.items():
            for month, amount in months.items():
                cost(member, "capex", self.calendar.period_of_month[month], amount, project)
        paid: dict[tuple[str, str, str, int], float] = defaultdict(float)
        for row in self.rows["costs"]:
            t = self.dates.index(row["month"])
            shares = self.calendar.year_shares[t]
            project = row["project"] if row["category"] == "capex" else ""
            for year, share in shares.items():
                paid[row["member"], row["category"], project, year] += row["amount"] * share
        for (member, category, project, year), amount in paid.items():
            common = 1.0 if member == "(common)" else 0.4 if category == "capex" else 0.0
            for fund, share in (("Common fund", common), (f"{member} budget", 1 - common)):
                if share:
                    row = {
                        "fund": fund,
                        "member": member,
                        "category": category,
                        "project": project,
                        "year": year,
                    }
                    self.rows["payments"].append({**row, "paid": amount * share})

    def _promise(self, shells: np.ndarray) -> None:
        for t, date in enumerate(self.dates):
            attained = float(self.a[t] >= 20)
            self.rows["promises"].append(
                {"target": "Wait of a year", "place": "", "item": SHELL, "month": date, "attained": attained}
            )
            if self.a[t] >= 35:
                short = max(0.0, 10000 - shells[t] / self.h[t])
                self.rows["promises"].append(
                    {
                        "target": "Ten thousand a month",
                        "place": "",
                        "item": SHELL,
                        "month": date,
                        "short": short,
                    }
                )
