"""Programs of several scenarios joined to one: what is decided before the scenario is known is the same in all.

The extensive form of a two-stage program: columns of the first stage are joined by name, all else stands once for
each scenario. A mean-risk objective is (1 - risk) x expected value + risk x the mean of the worst `tail` of the
probability, which is linear with one column for each objective and one more for each scenario.
Source: Rockafellar and Uryasev, "Optimization of conditional value-at-risk" (2000).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.errors import Finding, ImpossibleError
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from optimizer.solve.scaling import geometric_scaling

THRESHOLD, BEYOND, OUTCOME = "tail_begins", "beyond_the_tail", "tail_is_what_lies_beyond"
"""Columns and rows of a tail: where it begins, and by how much a scenario lies beyond."""
MOST_TOLD = 5


@dataclass(frozen=True)
class Part:
    """The program of one scenario.

    Attributes
    ----------
    matrix
        With the same objectives in every part.
    probability
        Of the scenario; those of all parts add up to 1.
    first
        Names of the columns that are decided before the scenario is known.
    """

    matrix: Matrix
    probability: float
    first: Collection[Name]


@dataclass(frozen=True)
class Joined:
    """The program of all scenarios.

    Attributes
    ----------
    matrix
        With the objectives of the parts, weighed over the scenarios.
    places
        Scenario -> the column here of each of its columns.
    common
        Columns that are the same in all scenarios.
    closed
        Decisions that not every scenario knows, and that are not taken.
    """

    matrix: Matrix
    places: Mapping[str, NDArray[np.int64]]
    common: NDArray[np.int64]
    closed: tuple[Name, ...]

    def of(self, scenario: str, x: Floats) -> Floats:
        """Return the columns of one scenario out of a solution."""
        return x[self.places[scenario]]


def join(parts: Mapping[str, Part], *, risk: float = 0.0, tail: float = 1.0, once: Sequence[str] = ()) -> Joined:
    """Join the programs of scenarios.

    Parameters
    ----------
    parts
        By name of the scenario.
    risk, tail
        Weight of the tail in every objective, 0 to 1, and the probability of the tail.
    once
        Variables of which a decision for all must be one that every scenario knows. Of other variables, columns that
        not every scenario has belong to those that have them.

    Raises
    ------
    ImpossibleError
        When a common decision has no value that every scenario allows; it lists them.
    """
    names = list(parts)
    first = dict.fromkeys(name for part in parts.values() for name in part.matrix.columns if name in part.first)
    common = [name for name in first if all(name in part.matrix.position for part in parts.values())]
    closed = tuple(name for name in first if name[0] in once and name not in set(common))
    place = {name: j for j, name in enumerate(common)}
    places: dict[str, NDArray[np.int64]] = {}
    columns = list(common)
    for k, part in enumerate(parts.values()):
        found = []
        for name in part.matrix.columns:
            if name in place:
                found.append(place[name])
            else:
                found.append(len(columns))
                columns.append(_named(name, k))
        places[names[k]] = np.array(found, dtype=np.int64)
    lower, upper, integer = _bounds(parts, places, len(columns), set(closed))
    wrong = [columns[j] for j in np.flatnonzero(lower > upper)]
    if wrong:
        raise ImpossibleError(_impossible(wrong), conflict=[Finding("", "", _words(name)) for name in wrong])
    rows = sp.csr_array(
        sp.vstack([_spread(part.matrix.rows, places[name], len(columns)) for name, part in parts.items()])
    )
    row_names = [_named(name, k) for k, part in enumerate(parts.values()) for name in part.matrix.row_names]
    matrix = Matrix(
        rows=rows,
        row_lower=np.concatenate([part.matrix.row_lower for part in parts.values()]),
        row_upper=np.concatenate([part.matrix.row_upper for part in parts.values()]),
        lower=lower,
        upper=upper,
        integer=integer,
        objectives=tuple(_expected(parts, places, k, len(columns)) for k in range(_count(parts))),
        row_scale=np.ones(rows.shape[0]),
        column_scale=np.ones(len(columns)),
        row_names=tuple(row_names),
        columns=tuple(columns),
        groups=_groups(parts),
        structure=next(iter(parts.values())).matrix.structure,
    )
    if risk:
        matrix = _with_tails(matrix, parts, places, risk, tail)
    row_scale, column_scale = geometric_scaling(matrix.rows, matrix.integer)
    position = {name: j for j, name in enumerate(matrix.columns)}
    matrix = replace(matrix, row_scale=row_scale, column_scale=column_scale, position=position)
    return Joined(matrix, places, np.arange(len(common)), closed)


def measure(values: Sequence[float], probabilities: Sequence[float], *, risk: float = 0.0, tail: float = 1.0) -> float:
    """Return (1 - risk) x the expected value + risk x the mean of the worst `tail` of the probability.

    It never falls when a value rises, so that of bounds it is a bound.
    """
    expected = float(np.dot(values, probabilities)) if np.isfinite(values).all() else float(np.sum(values))
    if not risk or not np.isfinite(expected):
        return expected
    left, worst = tail, 0.0
    for value, probability in sorted(zip(values, probabilities, strict=True), reverse=True):
        share = min(left, probability)
        worst, left = worst + share * value, left - share
    return (1 - risk) * expected + risk * worst / (tail - max(left, 0.0))


# -- what it is put together from --------------------------------------------------------------------
def _named(name: Name, k: int) -> Name:
    """Return the name of a column or row of one scenario: the first part of its key says which, its time stays."""
    component, key = name
    if isinstance(key, tuple) and key:
        return component, (f"{key[0]} in scenario {k}", *key[1:])
    return component, (f"scenario {k}", key)


def _count(parts: Mapping[str, Part]) -> int:
    return len(next(iter(parts.values())).matrix.objectives)


def _bounds(
    parts: Mapping[str, Part], places: Mapping[str, NDArray[np.int64]], count: int, closed: Collection[Name]
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return bounds of all columns: of common ones those that every scenario allows, of closed ones their least."""
    lower, upper, integer = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count, dtype=bool)
    for name, part in parts.items():
        matrix, there = part.matrix, places[name]
        most = matrix.upper.copy()
        for shut in closed:
            if shut in matrix.position:
                most[matrix.position[shut]] = matrix.lower[matrix.position[shut]]
        lower[there] = np.maximum(lower[there], matrix.lower)
        upper[there] = np.minimum(upper[there], most)
        integer[there] |= matrix.integer
    return lower, upper, integer


def _spread(rows: sp.csr_array, places: NDArray[np.int64], count: int) -> sp.csr_array:
    """Return rows of one scenario over the columns of all."""
    return sp.csr_array((rows.data, places[rows.indices], rows.indptr), shape=(rows.shape[0], count))


def _expected(parts: Mapping[str, Part], places: Mapping[str, NDArray[np.int64]], k: int, count: int) -> Objective:
    """Return the expected value of an objective."""
    costs, constant, name = np.zeros(count), 0.0, ""
    for scenario, part in parts.items():
        objective = part.matrix.objectives[k]
        name = objective.name
        costs[places[scenario]] += part.probability * objective.costs
        constant += part.probability * objective.constant
    return Objective(name, costs, constant)


def _with_tails(
    matrix: Matrix, parts: Mapping[str, Part], places: Mapping[str, NDArray[np.int64]], risk: float, tail: float
) -> Matrix:
    """Return the matrix with tails in its objectives: begin + sum p beyond / tail, with beyond >= value - begin."""
    before, each = len(matrix.columns), 1 + len(parts)
    count = before + each * len(matrix.objectives)
    names: list[Name] = []
    row_names: list[Name] = []
    rows, limits, objectives = [], [], []
    lower = np.concatenate([matrix.lower, np.zeros(count - before)])
    for k, objective in enumerate(matrix.objectives):
        begin = before + each * k
        lower[begin] = -np.inf
        names += [(THRESHOLD, (objective.name, 0)), *((BEYOND, (objective.name, s)) for s in range(len(parts)))]
        costs = np.concatenate([(1 - risk) * objective.costs, np.zeros(count - before)])
        costs[begin] = risk
        for s, (scenario, part) in enumerate(parts.items()):
            own, row = part.matrix.objectives[k], np.zeros(count)
            row[places[scenario]] = own.costs
            row[[begin, begin + 1 + s]] = -1.0
            rows.append(sp.csr_array(row[None, :]))
            limits.append(-own.constant)
            row_names.append((OUTCOME, (objective.name, s)))
            costs[begin + 1 + s] = risk * part.probability / tail
        objectives.append(Objective(objective.name, costs, (1 - risk) * objective.constant))
    wider = sp.csr_array((matrix.rows.data, matrix.rows.indices, matrix.rows.indptr), (matrix.rows.shape[0], count))
    added = replace(
        matrix,
        rows=wider,
        lower=lower,
        upper=np.concatenate([matrix.upper, np.full(count - before, np.inf)]),
        integer=np.concatenate([matrix.integer, np.zeros(count - before, dtype=bool)]),
        column_scale=np.ones(count),
        columns=(*matrix.columns, *names),
        objectives=tuple(objectives),
    )
    return added.with_rows(row_names, sp.csr_array(sp.vstack(rows)), np.array(limits))


def _groups(parts: Mapping[str, Part]) -> dict[str, dict[Name, str]]:
    """Return what decisions belong to: those of one scenario to the same as the common ones."""
    found: dict[str, dict[Name, str]] = {}
    for k, part in enumerate(parts.values()):
        for kind, named in part.matrix.groups.items():
            of = found.setdefault(kind, {})
            for (component, first), label in named.items():
                of[component, first] = label
                of[component, f"{first} in scenario {k}"] = label
    return found


def _impossible(wrong: Sequence[Name]) -> str:
    lines = [f"  {_words(name)}" for name in wrong[:MOST_TOLD]]
    more = [f"  and {len(wrong) - MOST_TOLD} more"] if len(wrong) > MOST_TOLD else []
    head = "Decisions that are the same in all scenarios have no value that all of them allow:"
    return "\n".join([head, *lines, *more])


def _words(name: Name) -> str:
    component, key = name
    return f"{component} {' | '.join(map(str, key if isinstance(key, tuple) else (key,)))}"
