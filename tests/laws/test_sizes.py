"""Chosen sizes, room shared by items, holding and transport by month: against every choice of starts, by hand.

For each choice of what is started when, the rest is one small linear program, written here once more from the words of
the workbook: sizes, what is made, kept and used.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimizer import Scenario
from tests.laws.counted import costs
from tests.laws.profile import examples

LOST, RATE = 8, {"shell": 4, "fuse": 1}
"""Price of a lost unit; units of the lines that are there."""


@dataclass(frozen=True)
class Project:
    """A plant that makes fuses, or an expansion by half of the line that makes shells; its most size may be none."""

    kind: str
    capex: tuple[float, float]
    fixed: tuple[float, float]
    lead: int
    ramp: tuple[float, ...]
    life: int | None
    sizes: tuple[float, float] | None

    def ready(self, month: int, started: int | None) -> float:
        """Return the share of full output in a month, 0 before the opening."""
        if started is None or month < started + self.lead:
            return 0.0
        since = month - started - self.lead
        return self.ramp[since] if since < len(self.ramp) else 1.0


@dataclass(frozen=True)
class Works:
    """Two items with what they need and cost by month, two projects, and a room for both items."""

    needs: dict[str, tuple[int, ...]]
    room: float | None
    rooms: dict[str, float]
    opening: int
    holding: tuple[float, ...]
    transport: tuple[float, ...]
    projects: tuple[Project, ...]
    at_most: int

    @property
    def months(self) -> range:
        """Return the months of the horizon."""
        return range(len(self.holding))

    def scenario(self) -> Scenario:
        """Return the tables."""
        months = [{"from_month": f"2024-0{m + 1}", "to_month": f"2024-0{m + 1}"} for m in self.months]
        lines = [{"line": item, "site": "works"} for item in RATE]
        rates = [{"line": item, "item": item, "rate": rate, "unit_cost": 1} for item, rate in RATE.items()]
        projects, profiles = [], []
        for n, project in enumerate(self.projects):
            row: dict[str, Any] = {"project": f"P{n}", "kind": project.kind, "lead_months": project.lead, "group": "G"}
            row |= {"capex": project.capex[0], "fixed_cost": project.fixed[0], "life": project.life}
            if project.sizes:
                row |= dict(zip(("least_size", "most_size"), project.sizes, strict=True))
                row |= {"capex_per_size": project.capex[1], "fixed_cost_per_size": project.fixed[1]}
            if project.kind == "expansion":
                row |= {"line": "shell", "added_share": 0.5}
            else:
                lines.append({"line": f"N{n}", "site": "works", "opened_by": f"P{n}"})
                rates.append({"line": f"N{n}", "item": "fuse", "rate": 2, "unit_cost": 1})
            if project.ramp:
                row |= {"ramp_up": f"slow {n}"}
                profiles += [{"profile": f"slow {n}", "month": j, "share": s} for j, s in enumerate(project.ramp)]
            projects.append(row)
        changes = (("holding", self.holding), ("transport", self.transport))
        return Scenario.from_tables(
            {"start": "2024-01", "periods": f"{len(months)}x1", "objectives": "weighted", "weekend_share": 0}
            | {"gap": 0, "threads": 1, "transport_cost": 1},
            members=[{"member": "A", "room": self.room}, {"member": "R", "kind": "recipient"}],
            sites=[{"site": "works", "member": "A"}],
            items=[{"item": item, "holding_cost": 1, "room": room} for item, room in self.rooms.items()],
            lines=lines,
            rates=rates,
            projects=projects,
            profiles=profiles,
            groups=[{"group": "G", "at_most": self.at_most}],
            stocks=[{"place": "A", "item": "shell", "opening": self.opening}],
            needs=[
                {"recipient": "R", "item": item, "per_month": need, "price": LOST} | month
                for item, needs in self.needs.items()
                for need, month in zip(needs, months, strict=True)
            ],
            cost_changes=[
                {"cost": cost, "factor": factor} | month
                for cost, factors in changes
                for factor, month in zip(factors, months, strict=True)
            ],
        )

    def least(self) -> float:
        """Return the least cost over every choice of starts."""
        return min((self.cost(starts) for starts in self.choices()), default=inf)

    def choices(self) -> Iterator[tuple[int | None, ...]]:
        """Yield the month in which each project is started, or None, as the group allows."""
        ends = len(self.months)
        each = [[None, *range(ends - project.lead)] for project in self.projects]
        for starts in itertools.product(*each):
            if sum(start is not None for start in starts) <= self.at_most:
                yield starts

    def cost(self, starts: tuple[int | None, ...]) -> float:
        """Return the least cost of sizes, output and stock; infinite where the room does not hold what is there."""
        names = [("size", n) for n in range(len(self.projects))]
        names += [(what, item, t) for what in ("make", "use", "stock") for item in self.needs for t in self.months]
        at = {name: j for j, name in enumerate(names)}
        costs, constant = np.zeros(len(names)), float(LOST * sum(map(sum, self.needs.values())))
        bounds: list[tuple[float, float]] = [(0, inf)] * len(names)
        equal: list[tuple[dict[Any, float], float]] = []
        below: list[tuple[dict[Any, float], float]] = []
        for n, (project, started) in enumerate(zip(self.projects, starts, strict=True)):
            bounds[n] = (0, 0) if started is None else (project.sizes or (1, 1))
            if started is not None:
                share = min(1.0, (len(self.months) - started) / project.life) if project.life else 1.0
                open_for = len(self.months) - started - project.lead
                (capex, per_size), (fixed, fixed_per_size) = project.capex, project.fixed
                constant += share * capex + open_for * fixed
                costs[n] += (share * per_size + open_for * fixed_per_size) if project.sizes else 0
        for item, t in itertools.product(self.needs, self.months):
            costs[at["make", item, t]] = 1
            costs[at["use", item, t]] = self.transport[t] - LOST
            costs[at["stock", item, t]] = self.holding[t]
            bounds[at["use", item, t]] = (0, self.needs[item][t])
            balance = {("make", item, t): 1, ("use", item, t): -1, ("stock", item, t): -1}
            opening = self.opening if item == "shell" and t == 0 else 0
            equal.append((balance | ({("stock", item, t - 1): 1} if t else {}), -opening))
            kind, grown = ("expansion", 0.5 * RATE["shell"]) if item == "shell" else ("new line", 2)
            grows = {
                ("size", n): -grown * project.ready(t, started)
                for n, (project, started) in enumerate(zip(self.projects, starts, strict=True))
                if project.kind == kind
            }
            below.append(({("make", item, t): 1} | grows, RATE[item]))
        if self.room is not None:
            below += [({("stock", i, t): room for i, room in self.rooms.items()}, self.room) for t in self.months]

        def rows(stated: list[tuple[dict[Any, float], float]]) -> tuple[Any, Any]:
            matrix = np.zeros((len(stated), len(names)))
            for row, (terms, _) in zip(matrix, stated, strict=True):
                for name, coefficient in terms.items():
                    row[at[name]] = coefficient
            return matrix, np.array([right for _, right in stated])

        answer = linprog(costs, *rows(below), *rows(equal), bounds=bounds)
        assert answer.status in (0, 2), answer.message
        return float(answer.fun) + constant if answer.status == 0 else inf


@st.composite
def works(draw: Any) -> Works:
    """Draw three or four months with a project or two."""

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    months = of(3, 4)

    def by_month(*values: float) -> tuple[Any, ...]:
        return tuple(draw(st.lists(st.sampled_from(values), min_size=months, max_size=months)))

    def project() -> Project:
        sizes = of((0, 3), (1, 2), (0.5, 4), None)
        costs = (of(0, 6, 20), of(0, 2, 5)), (of(0, 2), of(0, 0.5))
        return Project(of("new line", "expansion"), *costs, of(0, 1), of((), (0.5,), (0, 0.4)), of(None, 6), sizes)

    projects = tuple(project() for _ in range(of(1, 2, 2)))
    needs = {item: by_month(0, 2, 5, 9) for item in ("shell", "fuse")}
    rooms = {item: of(1, 2, 0.5) for item in needs}
    holding, transport = by_month(1, 0, 0.5, 2), by_month(1, 0, 3)
    return Works(needs, of(None, 3, 6, 6), rooms, of(0, 2, 4), holding, transport, projects, of(1, 2))


@given(works())
@examples(6, 200)
def test_sizes_and_rooms_cost_what_every_choice_of_starts_says(drawn: Works) -> None:
    """The least cost is that of the best choice of starts, with the rest as a program written by hand."""
    costs(drawn.scenario(), drawn.least())
