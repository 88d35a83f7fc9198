"""What belongs to what: lines with their member, crews and costs, copies opened by projects, pools.

Facts that follow from the tables by look-up alone. The rules of the model are elsewhere: in `model`
for the solver and, again and independently, in `verify`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import (
    CostChange,
    Item,
    LadderStep,
    Lane,
    Line,
    Member,
    ProfilePoint,
    Project,
    Rate,
    Recipe,
    Site,
    Supplier,
)

POOL = "(pool)"
"""Place of items that are in no lane row: one stock shared by all."""

WORKING_DAYS = 21.75
"""Working days of an average month of five-day weeks: 52.2 weeks x 5 days / 12 months."""


@dataclass(frozen=True)
class LineFacts:
    """A line (one copy per unit of the project that opens it) with all that look-ups tell of it.

    Attributes
    ----------
    name
        Unique name: the line's own, with `` #2`` and so on for further units of its project.
    base
        The line's name in the workbook, as used by Rates and Recipes.
    project, unit
        What opens it; an empty project for a line that exists.
    steps
        Its ladder; a line without a ladder has one step without cost.
    crew_costs, weekend_costs
        Money per month of a crew, and per weekend run, by step (0 is the first).
    """

    name: str
    base: str
    site: str
    member: str
    producer: str
    project: str
    unit: int
    steps: tuple[LadderStep, ...]
    shifts_now: int
    may_idle: bool
    people: float
    weekend_share: float
    crew_costs: tuple[float, ...]
    weekend_costs: tuple[float, ...]


class Network:
    """Look-ups over a scenario, computed once when asked for."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Return members and recipients by name."""
        return {row.member: row for row in self.scenario.rows(Member)}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Return items by name."""
        return {row.item: row for row in self.scenario.rows(Item)}

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """Return projects by name."""
        return {row.project: row for row in self.scenario.rows(Project)}

    @cached_property
    def profiles(self) -> Mapping[str, tuple[float, ...]]:
        """Return profiles as shares by month; months that are not listed hold 0."""
        points: dict[str, dict[int, float]] = defaultdict(dict)
        for row in self.scenario.rows(ProfilePoint):
            points[row.profile][row.month] = row.share
        return {p: tuple(by.get(m, 0.0) for m in range(max(by) + 1)) for p, by in points.items()}

    def profile(self, name: str | None) -> tuple[float, ...]:
        """Return a ramp-up profile (empty: full at once), month by month."""
        return self.profiles[name] if name else ()

    def payments(self, project: Project) -> tuple[float, ...]:
        """Return the payment profile of a project (empty: all at once), month by month."""
        return self.profiles[project.payments] if project.payments else (1.0,)

    @cached_property
    def lines(self) -> Mapping[str, LineFacts]:
        """Return every line by its unique name, one copy per unit of the project that opens it."""
        sites = {row.site: row for row in self.scenario.rows(Site)}
        copies: dict[str, LineFacts] = {}
        for line in self.scenario.rows(Line):
            units = self.projects[line.opened_by].units if line.opened_by else 1
            for unit in range(1, units + 1):
                facts = self._line_facts(line, sites[line.site], unit)
                copies[facts.name] = facts
        return copies

    def _line_facts(self, line: Line, site: Site, unit: int) -> LineFacts:
        member = self.members[site.member]
        steps = self.ladders[line.ladder] if line.ladder else (LadderStep(ladder="(none)", step=1, pattern="1-8-5"),)
        crew = line.people_per_crew * member.labour_cost if line.crew_cost is None else line.crew_cost
        costs = tuple(crew * step.cost_factor for step in steps)
        weekend = self.scenario.settings.weekend_share if line.weekend_share is None else line.weekend_share
        if line.opened_by and self.projects[line.opened_by].sized:
            weekend = 0.0
        default_shifts = 0 if line.opened_by else 1
        return LineFacts(
            name=line.line if unit == 1 else f"{line.line} #{unit}",
            base=line.line,
            site=site.site,
            member=site.member,
            producer=site.producer,
            project=line.opened_by or "",
            unit=unit,
            steps=steps,
            shifts_now=default_shifts if line.shifts_now is None else line.shifts_now,
            may_idle=line.may_idle,
            people=line.people_per_crew,
            weekend_share=weekend,
            crew_costs=costs,
            weekend_costs=tuple(c / WORKING_DAYS * 2 * (1 + member.weekend_premium) for c in costs),
        )

    @cached_property
    def ladders(self) -> Mapping[str, tuple[LadderStep, ...]]:
        """Return the steps of each ladder in order."""
        steps: dict[str, list[LadderStep]] = defaultdict(list)
        for row in self.scenario.rows(LadderStep):
            steps[row.ladder].append(row)
        return {name: tuple(sorted(found, key=lambda row: row.step)) for name, found in steps.items()}

    @cached_property
    def rates(self) -> Mapping[tuple[str, str], tuple[Rate, ...]]:
        """Return the Rates rows of each (workbook line, item)."""
        rows: dict[tuple[str, str], list[Rate]] = defaultdict(list)
        for row in self.scenario.rows(Rate):
            rows[row.line, row.item].append(row)
        return {key: tuple(found) for key, found in rows.items()}

    def inputs(self, line: str, item: str) -> Mapping[str, float]:
        """Return what one started unit of an item uses on a (workbook) line: input -> quantity."""
        return self._recipe(line, item)[0]

    def by_products(self, line: str, item: str) -> Mapping[str, float]:
        """Return what comes out of one started unit of an item as well: by-product -> quantity, above 0."""
        return self._recipe(line, item)[1]

    def _recipe(self, line: str, item: str) -> tuple[Mapping[str, float], Mapping[str, float]]:
        return self._recipes.get((item, line)) or self._recipes.get((item, None)) or ({}, {})

    @cached_property
    def _recipes(self) -> Mapping[tuple[str, str | None], tuple[Mapping[str, float], Mapping[str, float]]]:
        recipes: dict[tuple[str, str | None], tuple[dict[str, float], dict[str, float]]] = defaultdict(lambda: ({}, {}))
        for row in self.scenario.rows(Recipe):
            inputs, by_products = recipes[row.item, row.line]
            if row.quantity > 0:
                inputs[row.input] = row.quantity
            else:
                by_products[row.input] = -row.quantity
        return dict(recipes)

    def project_lines(self, project: str) -> tuple[LineFacts, ...]:
        """Return the lines a project opens (all units) or expands."""
        return self._project_lines[project]

    @cached_property
    def _project_lines(self) -> Mapping[str, tuple[LineFacts, ...]]:
        return {
            name: tuple(f for f in self.lines.values() if f.project == name or f.base == project.line)
            for name, project in self.projects.items()
        }

    def project_member(self, project: str) -> str:
        """Return the member where a project stands: that of its lines."""
        return self.project_lines(project)[0].member

    def project_producer(self, project: str) -> str:
        """Return the company that runs the site of a project."""
        return self.project_lines(project)[0].producer

    # -- places ----------------------------------------------------------------------------------
    @cached_property
    def laned_items(self) -> frozenset[str]:
        """Return the items that move over lanes only; all others share one pool."""
        lanes = self.scenario.rows(Lane)
        if any(lane.item is None for lane in lanes):
            return frozenset(self.items)
        return frozenset(lane.item for lane in lanes if lane.item)

    def place(self, member: str, item: str) -> str:
        """Return where a member's stock of an item is kept: its own place, or the pool."""
        return member if item in self.laned_items else POOL

    @cached_property
    def lane_suppliers(self) -> frozenset[str]:
        """Return the suppliers that are the start of a lane and deliver over lanes only."""
        suppliers = {row.supplier for row in self.scenario.rows(Supplier)}
        return frozenset(row.from_place for row in self.scenario.rows(Lane) if row.from_place in suppliers)

    def transport_cost(self, item: str) -> float:
        """Return the money per unit taken from the pool."""
        own = self.items[item].transport_cost
        return self.scenario.settings.transport_cost if own is None else own

    # -- costs by month --------------------------------------------------------------------------
    def factors(self, cost: str, of: str) -> tuple[float, ...]:
        """Return by period what a cost is multiplied by: labour of a member, holding or transport of an item."""
        if (cost, of) not in self._factors:
            self._factors[cost, of] = self._mean_factors(cost, of)
        return self._factors[cost, of]

    @cached_property
    def _factors(self) -> dict[tuple[str, str], tuple[float, ...]]:
        return {}

    def _mean_factors(self, cost: str, of: str) -> tuple[float, ...]:
        calendar = self.scenario.calendar
        windows = [
            (row.factor, *calendar.window(row.from_month, row.to_month))
            for row in self.scenario.rows(CostChange)
            if row.cost == cost and (row.member if cost == "labour" else row.item) in (None, of)
        ]
        if not windows:
            return (1.0,) * len(calendar.lengths)
        months = [prod(f for f, first, stop in windows if first <= m < stop) for m in range(calendar.end)]
        return tuple(sum(months[b : b + h]) / h for b, h in zip(calendar.begins, calendar.lengths, strict=True))
