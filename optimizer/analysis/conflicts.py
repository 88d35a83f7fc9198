"""What clashes when nothing is possible, and the smallest change that would do, in the workbook's terms."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimizer.analysis.proposal import Proposal, accepted, applied, as_stated, changed, rounded, shown, softened
from optimizer.errors import Finding, ImpossibleError, InputError, NoPlanError
from optimizer.model.build import build_model
from optimizer.model.index import Index
from optimizer.model.objectives import objective_names
from optimizer.model.statements import Statement, statements
from optimizer.scenario.parse import closest
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Fund, Project, Rate, Supplier, Target
from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.conflict import Conflict, Demand, smallest_change
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.progress import Clock

LEAST = 1e-7
"""Change, relative to the value, that does not count."""
MOST_WAIT = 120
"""Longest waiting time that is proposed, in months."""


@dataclass(frozen=True)
class Explanation:
    """Why a scenario is impossible.

    Attributes
    ----------
    conflict
        Statements of the user that cannot all hold, each with its cell; empty when the workbook is
        impossible even without all of them.
    minimal
        Whether any one of them could be kept if another was dropped: proven, not only tried in time.
    proposals
        Values to change, all of them together, so that it becomes possible; empty when none were found.
    instead
        Other ways out for some of the proposals, in words.
    kept
        Targets that were not to give way.
    """

    conflict: tuple[Finding, ...]
    minimal: bool
    proposals: tuple[Proposal, ...]
    instead: tuple[Finding, ...] = ()
    kept: tuple[str, ...] = ()

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with every proposal applied."""
        return applied(scenario, self.proposals)

    def error(self, before: str = "", near: Sequence[Finding] = ()) -> ImpossibleError:
        """Return the exception that tells this, after some words, with what could be had instead of a wish."""
        return ImpossibleError(
            "\n".join([f"{before}{self}", *(f"With nothing else changed: {finding.message}" for finding in near)]),
            conflict=self.conflict,
            proposals=[proposal.finding for proposal in self.proposals],
            instead=[*self.instead, *near],
        )

    def __str__(self) -> str:
        if not self.conflict:
            who, other = ("It", "other ") if self.kept else ("A plan", "")
            return (
                f"{who} is impossible even if every {other}target, budget, limit on people, starts, storage and "
                "supply, reserve and minimum rate gave way: look at the levers allowed, rates, lead times, earliest "
                "months, shelf lives, and what may be built or thrown away at all."
            )
        beside = f" beside {', '.join(f'`{name}`' for name in self.kept)}" if self.kept else ""
        lines = [f"These cannot all hold{beside}:" if len(self.conflict) > 1 else f"This cannot hold{beside}:"]
        if not self.minimal:
            lines = [f"Among these lies a clash{beside}; time ran out before it was narrowed down:"]
        lines += [f"  {finding}" for finding in self.conflict]
        if not self.proposals:
            lines.append("No small change of values was found that makes a plan possible.")
        if self.proposals:
            lines.append("The smallest change that makes a plan possible:")
            lines += [f"  {proposal.finding}" for proposal in self.proposals]
        lines += [f"  or: {finding}" for finding in self.instead]
        return "\n".join(lines)


def explain(index: Index, matrix: Matrix, clock: Clock, *, keep: Sequence[str] = ()) -> Explanation:
    """Say which statements of an impossible scenario clash, and what would make it possible.

    Parameters
    ----------
    index, matrix
        The model of the scenario.
    clock
        When to stop; what was found by then is told.
    keep
        Names of targets that are not to give way.
    """
    scenario = index.scenario
    stated = [s for s in statements(index) if s.model is not Target or scenario.rows(Target)[s.row].target not in keep]
    demands = [demand_of(statement, stated, matrix) for statement in stated]
    search = Conflict(matrix, demands, clock)
    positions = search.minimal()
    if positions is None:
        return Explanation((), search.complete, (), kept=tuple(keep))
    conflict = tuple(as_stated(scenario, stated[position]) for position in positions)
    proposals = _proposals(index, matrix, stated, demands, clock)
    instead = tuple(_instead(scenario, proposals, clock))
    return Explanation(conflict, search.complete, tuple(proposals), instead, tuple(keep))


def demand_of(statement: Statement, among: Sequence[Statement], matrix: Matrix) -> Demand:
    """Return a statement as the matrix holds it, weighed against others of its kind."""
    rows = matrix.row_position
    held = [(rows[name, key], amount) for name, key, amount in statement.rows if (name, key) in rows]
    bounds = [(matrix.position[n, key], amount) for n, key, amount in statement.bounds if (n, key) in matrix.position]
    return Demand(
        rows=np.array([row for row, _ in held], dtype=np.int64),
        row_amounts=np.array([amount for _, amount in held]),
        columns=np.array([column for column, _ in bounds], dtype=np.int64),
        column_amounts=np.array([amount for _, amount in bounds]),
        column_parts=np.array([amount * statement.value for _, amount in bounds]),
        raises=statement.raises,
        most=statement.most,
        weight=1.0 if _is_wait(statement) else 1.0 / _typical(statement, among),
        whole=statement.whole,
    )


def _typical(statement: Statement, among: Sequence[Statement]) -> float:
    """Return the size of a value against which its change is measured: its own, or that of its like."""
    like = [
        s.value
        for s in among
        if (s.model, s.attribute, s.kind) == (statement.model, statement.attribute, statement.kind)
    ]
    known = [value for value in like if value > 0]
    if known:
        return max(statement.value, float(np.median(known)))
    alike = [s.value for s in among if s.model in (Fund, Rate, Supplier) and s.value > 0]  # nothing but zeros
    return float(np.median(alike)) if alike and not statement.whole else 1.0


def _modelled(scenario: Scenario) -> tuple[Index, Matrix]:
    """Return index and matrix of a scenario, with the first of its objectives."""
    model = build_model(scenario)
    index: Index = model.optimizer_index.value
    return index, compile_matrix(model, (objective_names(index)[0],))


def explain_scenario(scenario: Scenario, clock: Clock, *, keep: Sequence[str] = ()) -> Explanation | None:
    """Say why a scenario is impossible; None when it is found to be possible.

    Parameters
    ----------
    scenario
        What is given.
    clock
        When to stop.
    keep
        Names of targets that are not to give way.

    Raises
    ------
    NoPlanError
        When it was not clear in time whether it is possible.
    """
    index, matrix = _modelled(scenario)
    possible = Conflict(matrix, [], clock).possible([])
    if possible is None:
        raise NoPlanError("it was not clear in time whether a plan is possible; allow more time (--time-limit)")
    return None if possible else explain(index, matrix, clock, keep=keep)


def wish(scenario: Scenario, target: Mapping[str, Any]) -> Scenario:
    """Return the scenario with a target that must hold: a new one, or one of its own with other values.

    Parameters
    ----------
    scenario
        What is given.
    target
        Columns of Targets; `target` names one that is there, whose other columns stay.

    Raises
    ------
    InputError
        When the target does not fit the scenario.
    """
    rows = [row.model_dump() for row in scenario.rows(Target)]
    names = [row["target"] for row in rows]
    if "kind" not in target and target["target"] not in names:
        message = f"`{target['target']}` is not a target{closest(target['target'], names) or '; name a kind'}"
        raise InputError([Finding(Target.sheet, "", message)])
    wanted = {**target, "strength": "hard"}
    for row in rows:
        if row["target"] == wanted["target"]:
            row |= wanted
            break
    else:
        rows.append(wanted)
    changed = scenario.replace(targets=rows)
    origin = scenario.origins.get(Target.table)
    if origin is None or not origin.numbers:
        return changed
    numbers = [*origin.numbers, max(origin.numbers) + 1][: len(rows)]
    origins = {**changed.origins, Target.table: replace(origin, numbers=numbers)}
    return Scenario(changed.settings, changed.tables, origins)


def within_reach(scenario: Scenario, name: str, clock: Clock) -> tuple[Finding, ...]:
    """Return how near a hard target can be had when nothing else changes: a later start, another value."""
    row = next(number for number, target in enumerate(scenario.rows(Target)) if target.target == name)
    index, matrix = _modelled(scenario)
    statement = next(s for s in statements(index) if s.model is Target and s.row == row)
    found = []
    month = _later_start(scenario, row, [], clock)
    if month is not None:
        found.append(Finding("", "", f"`{name}` as it stands can be had from {month:%Y-%m} on", "advice"))
    if _is_wait(statement):
        longer = _longer_wait(scenario, statement, [], clock)
        value = None if longer is None else longer.value
    else:
        change = smallest_change(matrix, [demand_of(statement, [statement], matrix)], clock, seconds=clock.left / 2)
        value = None if change is None else _proposal(index, matrix, statement, float(change[0][0]), change[1]).value
    if value is not None:
        found.append(Finding("", "", f"from the month wished for on, {shown(statement, value)} can be had", "advice"))
    return tuple(found)


# -- proposals ---------------------------------------------------------------------------------------
def _proposals(
    index: Index, matrix: Matrix, stated: Sequence[Statement], demands: Sequence[Demand], clock: Clock
) -> list[Proposal]:
    """Return what to change, rounded to the safe side: enough for a plan, and nothing that is not needed."""
    scenario = index.scenario
    needed = _needed(index, matrix, stated, demands, clock)
    plain = [proposal for statement, proposal in needed if not _is_wait(statement)]
    waits = [statement for statement, _ in needed if _is_wait(statement)]
    proposals = plain
    if waits:
        alone = _longer_waits(scenario, waits, [], clock)
        proposals = (
            alone if all(p.attribute == "value" for p in alone) else _longer_waits(scenario, waits, plain, clock)
        )
    if not _do(scenario, proposals, clock):
        return []
    for proposal in proposals[::-1]:
        rest = [other for other in proposals if other is not proposal]
        if rest and _do(scenario, rest, clock):
            proposals = rest
    return proposals


def _needed(
    index: Index, matrix: Matrix, stated: Sequence[Statement], demands: Sequence[Demand], clock: Clock
) -> list[tuple[Statement, Proposal]]:
    """Return the statements that give way in the smallest change, and to what.

    A value that the rules of the workbook refuse gives way altogether; where they refuse that, too, it does not,
    and others are asked.
    """
    givers = list(demands)
    while True:
        found = smallest_change(matrix, givers, clock, seconds=max(1.0, clock.left / 2))
        if found is None:
            return []
        changes, x = found
        needed, refused = [], False
        for number, (statement, change) in enumerate(zip(stated, changes.tolist(), strict=True)):
            if change <= LEAST * max(1.0, abs(statement.value)):
                continue
            proposal = _accepted(index, matrix, statement, change, x)
            if proposal is None:
                givers[number] = replace(givers[number], most=0.0)
                refused = True
            else:
                needed.append((statement, proposal))
        if not refused:
            return needed


def _accepted(index: Index, matrix: Matrix, statement: Statement, change: float, x: Floats) -> Proposal | None:
    """Return the proposal to change a value by this much, or else by all of it, that the rules accept; None if none."""
    proposals = [_proposal(index, matrix, statement, change, x)]
    if math.isfinite(statement.most):
        proposals.append(_proposal(index, matrix, statement, statement.most, x))
    return next((p for p in proposals if _is_wait(statement) or accepted(index.scenario, [p]) is not None), None)


def _do(scenario: Scenario, proposals: Sequence[Proposal], clock: Clock) -> bool:
    """Tell whether the rules accept these proposals, and a plan is found with them."""
    changed_so = accepted(scenario, proposals)
    return changed_so is not None and is_possible(changed_so, clock)


def _longer_waits(
    scenario: Scenario, waits: Sequence[Statement], others: Sequence[Proposal], clock: Clock
) -> list[Proposal]:
    """Return others and the shortest waits that can be kept beside them, one after the other.

    A target that cannot be kept at any wait is to become a soft one.
    """
    proposals = list(others)
    for number, statement in enumerate(waits):
        later = [softened(scenario, other) for other in waits[number + 1 :]]
        found = _longer_wait(scenario, statement, [*proposals, *later], clock)
        proposals.append(found or softened(scenario, statement))
    return proposals


def _is_wait(statement: Statement) -> bool:
    return statement.model is Target and statement.kind == "waiting time"


def _proposal(index: Index, matrix: Matrix, statement: Statement, change: float, x: Floats) -> Proposal:
    scenario = index.scenario
    if statement.attribute == "firm_quantity":
        return changed(scenario, statement, True, f"waive {statement.words}", attribute="firm_waived")
    if statement.model is Project:
        return changed(scenario, statement, "option", f"make {statement.words} an option")
    if statement.per:
        change = statement.value - _share_reached(matrix, statement, x)
    value = statement.value + change if statement.raises else max(0.0, statement.value - change)
    new: float | int = round(value) if statement.whole else rounded(value, up=statement.raises)
    verb = "raise" if statement.raises else "lower"
    words = f"{verb} {statement.words} from {shown(statement, statement.value)} to {shown(statement, new)}"
    if statement.row < 0:
        words = f"add a row for {statement.words} with {shown(statement, new)}"
    return changed(scenario, statement, new, words)


def _share_reached(matrix: Matrix, statement: Statement, x: Floats) -> float:
    """Return the share of what is decided that a plan reaches in every row of a statement."""
    rows = matrix.row_position
    reached = [statement.value]
    for (name, key, _), pairs in zip(statement.rows, statement.per, strict=True):
        total = float(sum(x[matrix.position[pair]] for pair in pairs if pair in matrix.position))
        if (name, key) in rows and total > 0:
            above = float((matrix.rows[[rows[name, key]]] @ x)[0])
            reached.append(statement.value + above / total)
    return max(0.0, min(reached))


def _longer_wait(scenario: Scenario, statement: Statement, others: Sequence[Proposal], clock: Clock) -> Proposal | None:
    """Return the shortest waiting time in whole months that can be kept, by bisection."""

    def proposal(months: int) -> Proposal:
        words = f"raise {statement.words} from {shown(statement, statement.value)} to {months} months"
        return changed(scenario, statement, float(months), words)

    def possible(months: int) -> bool:
        return _do(scenario, [*others, proposal(months)], clock)

    low, high = math.floor(statement.value) + 1, max(math.floor(statement.value) + 1, MOST_WAIT)
    if not possible(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(middle) else (middle + 1, high)
    return proposal(low)


def _instead(scenario: Scenario, proposals: Sequence[Proposal], clock: Clock) -> list[Finding]:
    """Return other ways out for hard targets: to begin later, or to hold as soon as possible."""
    found = []
    for proposal in proposals:
        if proposal.table == Target.table and proposal.attribute == "value":
            target = scenario.rows(Target)[proposal.row]
            others = [other for other in proposals if other is not proposal]
            month = _later_start(scenario, proposal.row, others, clock)
            if month is not None:
                sheet, cell = scenario.locate(Target.table, proposal.row, "from_month")
                was = f" from {target.from_month:%Y-%m}" if target.from_month else ""
                found.append(
                    Finding(sheet, cell, f"move the start of `{target.target}`{was} to {month:%Y-%m}", "advice")
                )
            sheet, cell = scenario.locate(Target.table, proposal.row, "strength")
            other = "soft" if target.kind == "home share" else "asap or soft"
            found.append(Finding(sheet, cell, f"make `{target.target}` {other} instead of hard", "advice"))
    return found


def _later_start(scenario: Scenario, row: int, others: Sequence[Proposal], clock: Clock) -> dt.date | None:
    """Return the first period from which on a target can hold as it is, by bisection; None if there is none."""
    target, calendar = scenario.rows(Target)[row], scenario.calendar
    begin = calendar.window(target.from_month, target.to_month)[0]
    months = [calendar.date(month) for month in calendar.begins if month > begin]
    months = [month for month in months if target.to_month is None or month <= target.to_month]

    def possible(month: dt.date) -> bool:
        later = Proposal(Finding("", "", ""), Target.table, row, "from_month", month, {})
        return _do(scenario, [*others, later], clock)

    if not months or not possible(months[-1]):
        return None
    first, last = 0, len(months) - 1
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if possible(months[middle]) else (middle + 1, last)
    return months[first]


def is_possible(scenario: Scenario, clock: Clock) -> bool:
    """Tell whether a scenario is found to have a plan, in time."""
    return Conflict(_modelled(scenario)[1], [], clock).possible([]) is True
