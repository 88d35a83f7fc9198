"""What a caller asks of a plan beyond its scenario, on the model in arrays: decisions kept, objectives held.

Decisions that are kept are bounds of columns, an objective that is held is a row: no plan is possible that the
scenario forbids, so every rule that a plan is checked by holds as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp

from optimizer.errors import Finding, ImpossibleError, InputError, refuse
from optimizer.plan.assignment import DECIDED, WHOLE, Assignment, Until, month_of, unknown_tables
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import OBJECTIVES
from optimizer.solve.arrays import Floats, Matrix

ROOM = 1e-6
"""Room of an amount that is kept, for the solver's tolerances: relative, and of the size of its column near 0."""
OFF = 1e-5
"""Relative difference from what was kept above which a plan does not keep it."""
MOST_TOLD = 5
"""Decisions that are told one by one."""


@dataclass(frozen=True)
class Restrictions:
    """What is asked of a plan beyond its scenario.

    Attributes
    ----------
    plan
        Whose decisions are kept.
    fix
        Tables of decisions that are kept.
    until
        Last month whose decisions are kept, for all tables or by table; None: all.
    hold
        Objective -> the most it may be.
    """

    plan: Plan | None = None
    fix: tuple[str, ...] = ()
    until: Until = None
    hold: Mapping[str, float] = field(default_factory=dict)

    def refuse(self) -> None:
        """Refuse what cannot be meant.

        Raises
        ------
        InputError
            For tables that hold no decisions, decisions of no plan, no month, objectives that there are not.
        """
        wrong = unknown_tables(self.fix)
        if self.fix and self.plan is None:
            wrong.append(Finding("fix", "", "needs a plan whose decisions are kept: give it as `start`"))
        if self.until is not None:
            by_table = self.until if isinstance(self.until, Mapping) else {"": self.until}
            wrong += unknown_tables([table for table in by_table if table])
            for month in by_table.values():
                try:
                    month_of(month)
                except InputError as error:
                    wrong += error.findings
            if not self.fix:
                words = "says until when decisions are kept, and needs `fix`, say fix=('starts', 'shifts')"
                wrong.append(Finding("until", "", words))
        known = ", ".join(OBJECTIVES)
        for name in self.hold:
            if name not in OBJECTIVES:
                wrong.append(Finding("hold", "", f"`{name}` is no objective; these are: {known}"))
        refuse(wrong)

    def __bool__(self) -> bool:
        return bool(self.fix or self.hold)

    @property
    def words(self) -> tuple[str, ...]:
        """Say what is kept and held."""
        told = []
        if self.fix and self.plan is not None:
            told.append(f"{self._kept} kept as in the plan for `{self.plan.scenario.settings.title}`")
        return (*told, *(f"{name} held at {limit:,.10g} or less" for name, limit in self.hold.items()))

    @property
    def _kept(self) -> str:
        if not isinstance(self.until, Mapping):
            return ", ".join(self.fix) + ("" if self.until is None else f" until {month_of(self.until):%Y-%m}")
        ends = {table: month_of(month) for table, month in self.until.items()}
        return ", ".join(f"{table} until {ends[table]:%Y-%m}" if table in ends else table for table in self.fix)


@dataclass(frozen=True)
class Restricted:
    """A matrix with what is asked of a plan in it.

    Attributes
    ----------
    matrix
        With narrower bounds and further rows.
    kept
        Columns of decisions that are kept, and their values.
    lost
        Decisions that cannot be kept since there is no such decision here, in words.
    """

    matrix: Matrix
    kept: tuple[np.ndarray, Floats]
    lost: tuple[str, ...]


def restrict(matrix: Matrix, scenario: Scenario, asked: Restrictions) -> Restricted:
    """Return a matrix with decisions kept and objectives held.

    Raises
    ------
    ImpossibleError
        When a decision cannot be kept since a bound of the scenario forbids it; it lists them.
    """
    columns, values = np.array([], dtype=np.int64), np.array([])
    lost: list[str] = []
    if asked.plan is not None and asked.fix:
        assignment = Assignment(asked.plan, scenario, asked.until)
        variables = [name for table in asked.fix for name in DECIDED[table]]
        named = assignment.values(matrix.columns, variables)
        columns = np.array([matrix.position[name] for name in named], dtype=np.int64)
        values = np.array(list(named.values()), dtype=float)
        open_still = matrix.lower[columns] < matrix.upper[columns]  # what is given stays as it is given
        columns, values = columns[open_still], values[open_still]
        matrix = kept_at(matrix, columns, values)
        lost = assignment.left_out(matrix.columns, variables)
    for name, limit in asked.hold.items():
        matrix = _held(matrix, name, limit)
    return Restricted(matrix, (columns, values), tuple(lost))


def start_values(matrix: Matrix, scenario: Scenario, plan: Plan) -> Floats:
    """Return the whole numbers of a plan as values of columns; NaN where it says nothing."""
    values = np.full(len(matrix.lower), np.nan)
    for name, value in Assignment(plan, scenario).values(matrix.columns, WHOLE).items():
        values[matrix.position[name]] = value
    return values


def missed(plan: Plan, asked: Restrictions, restricted: Restricted) -> list[str]:
    """Return what a plan does not keep of what was asked, read from its tables, in words."""
    matrix, (columns, values) = restricted.matrix, restricted.kept
    assignment, told = Assignment(plan, plan.scenario), []
    for column, value in zip(columns.tolist(), values.tolist(), strict=True):
        name, key = matrix.columns[column]
        found = assignment.value(name, key)
        if found is not None and abs(found - value) > OFF * max(abs(value), float(matrix.column_scale[column])):
            told.append(f"{name} {key}: {found:g} instead of {value:g}")
    reached = plan.objective_values
    for name, limit in asked.hold.items():
        if name in reached and reached[name] > limit + OFF * max(1.0, abs(limit)):
            told.append(f"{name} of {reached[name]:,.10g} instead of {limit:,.10g} or less")
    return told


def kept_at(matrix: Matrix, columns: np.ndarray, values: Floats) -> Matrix:
    """Return the matrix with columns at their values: whole numbers exactly, amounts with room for tolerances."""
    whole = matrix.integer[columns]
    room = np.where(whole, 0.0, ROOM * np.maximum(np.abs(values), matrix.column_scale[columns]))
    low, high = matrix.lower[columns], matrix.upper[columns]
    beyond = np.flatnonzero((values + room < low) | (values - room > high))
    if len(beyond):
        told = [Finding("", "", _words(matrix.columns[columns[k]], values[k], low[k], high[k])) for k in beyond]
        lines = [f"  {finding.message}" for finding in told[:MOST_TOLD]]
        more = [f"  and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
        raise ImpossibleError("\n".join(["What is to be kept cannot be here:", *lines, *more]), conflict=told)
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[columns], upper[columns] = np.maximum(low, values - room), np.minimum(high, values + room)
    return replace(matrix, lower=lower, upper=upper)


def _words(name: tuple[str, object], value: float, low: float, high: float) -> str:
    component, key = name
    table = next(table for table, variables in DECIDED.items() if component in variables)
    parts = key if isinstance(key, tuple) else (key,)
    return f"{table}, {' | '.join(map(str, parts))}: {value:,.10g}, and it can be {low:,.10g} to {high:,.10g}"


def _held(matrix: Matrix, name: str, limit: float) -> Matrix:
    """Return the matrix with one row more: an objective is no more than a limit."""
    objective = next(o for o in matrix.objectives if o.name == name)
    return replace(
        matrix,
        rows=sp.csr_array(sp.vstack([matrix.rows, sp.csr_array(objective.costs[None, :])])),
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, limit - objective.constant),
        row_scale=np.append(matrix.row_scale, matrix.objective_scale(objective)),
        row_names=(*matrix.row_names, ("objective_is_held", name)),
    )
