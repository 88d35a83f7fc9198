"""Every difference between the model a caller hands in and the model of the scenario, by row and column name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, Name
from optimizer.solve.conflict import Held
from optimizer.solve.refused import shown

SAME = 1e-9
"""Relative difference between two numbers that is none."""
HELD = 1e-6
"""Largest violation of a change in a plan, relative to the numbers in it."""
NAMED = 3
"""Differences of one kind in one component that are told one by one; of more the first, and how many."""
OWN_CONSTRAINT, OWN_VARIABLE = "own constraint", "own variable"
Limits = Mapping[Name, tuple[float, float, bool]]
"""(variable, key) -> lower bound, upper bound, whether it is whole."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    component, kind, words
        Constraint, variable or objective; what of it is different; the difference in words, with what it was.
    rows
        Rows of the caller's matrix that are new or different.
    columns, lower, upper
        Columns whose bounds are different, and the bounds they would have without the change.
    """

    component: str
    kind: str
    words: str
    rows: NDArray[np.int64] = field(default_factory=lambda: np.array([], dtype=np.int64))
    columns: NDArray[np.int64] = field(default_factory=lambda: np.array([], dtype=np.int64))
    lower: float = -np.inf
    upper: float = np.inf

    def let_go(self, _: Matrix, held: Held) -> None:
        """Take the change back: rows hold nothing, columns have the bounds they had."""
        held.row_lower[self.rows], held.row_upper[self.rows] = -np.inf, np.inf
        held.lower[self.columns], held.upper[self.columns] = self.lower, self.upper


def summary(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the changes in words for a verdict.

    Own constraints and variables by name, differences one by one; of many of a kind in one component the first.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        groups.setdefault((change.component, change.kind), []).append(change.words)
    told: list[str] = []
    for (component, kind), words in groups.items():
        if kind == OWN_CONSTRAINT:
            told.append(component)
        elif kind == OWN_VARIABLE:
            told.append(f"{component} (variable)")
        elif len(words) > NAMED:
            told.append(f"{component}: {kind} in {len(words)} places, the first {words[0]}")
        else:
            told += words
    return tuple(told)


def differences(was: Matrix, now: Matrix, limits_was: Limits, limits_now: Limits) -> tuple[Change, ...]:
    """Return every difference of a caller's model from the model of the scenario.

    Parameters
    ----------
    was, now
        Matrix of the scenario's model, and of the caller's.
    limits_was, limits_now
        The same for the limits of their variables, also of those that no row uses.
    """
    return (*_rows(was, now), *_variables(now, limits_was, limits_now), *_objectives(was, now))


def broken(matrix: Matrix, changes: Sequence[Change], x: Floats, *, whole: bool) -> tuple[str, ...]:
    """Return the changes that a solution does not hold, in words; whole numbers, too, if they are asked for."""
    away = np.abs(x - np.round(x)) if whole else np.zeros(len(x))
    columns = (matrix.lower - x > _room(x, 1.0)) | (x - matrix.upper > _room(x, 1.0))
    columns |= matrix.integer & (away > HELD)
    sides = matrix.rows @ x
    room = _room(abs(matrix.rows) @ np.abs(x), matrix.row_scale)
    rows = (matrix.row_lower - sides > room) | (sides - matrix.row_upper > room)
    return tuple(change.words for change in changes if rows[change.rows].any() or columns[change.columns].any())


def _room(size: Floats, scale: Floats | float) -> Floats:
    """Return by how much numbers of a size may miss a bound, as a solver sees them."""
    return np.asarray(HELD * np.maximum(np.abs(size), 1.0 / np.asarray(scale)))


# -- constraints -----------------------------------------------------------------------------------------
def _rows(was: Matrix, now: Matrix) -> Iterator[Change]:
    known = {name for name, _ in was.row_names}
    for row, (name, key) in enumerate(now.row_names):
        if (name, key) not in was.row_position:
            kind = "added" if name in known else OWN_CONSTRAINT
            yield Change(name, kind, f"{shown(name, key)}: {kind}", rows=np.array([row]))
    for name, key in was.row_names:
        if (name, key) not in now.row_position:
            yield Change(name, "left out", f"{shown(name, key)}: left out")
    yield from _changed_rows(was, now)


def _changed_rows(was: Matrix, now: Matrix) -> Iterator[Change]:
    common = [name for name in was.row_names if name in now.row_position]
    before = np.array([was.row_position[name] for name in common], dtype=np.int64)
    after = np.array([now.row_position[name] for name in common], dtype=np.int64)
    columns, old, new = _side_by_side(was, now, was.rows[before], now.rows[after])
    different = _entries_that_differ(old, new)
    moved = ~(_same(was.row_lower[before], now.row_lower[after]) & _same(was.row_upper[before], now.row_upper[after]))
    for row in np.flatnonzero(moved | (np.diff(different.indptr) > 0)):
        name, key = common[row]
        i, j = before[row], after[row]
        words = []
        if moved[row]:
            limits = _range(now.row_lower[j], now.row_upper[j]), _range(was.row_lower[i], was.row_upper[i])
            words.append("its limit is {} (was {})".format(*limits))
        words += _entries(different[[row]], old[[row]], new[[row]], columns)
        yield Change(name, "changed", f"{shown(name, key)}: {'; '.join(words)}", rows=after[[row]])


# -- variables -------------------------------------------------------------------------------------------
def _variables(now: Matrix, limits_was: Limits, limits_now: Limits) -> Iterator[Change]:
    for column, name in enumerate(now.columns):
        if name not in limits_was:
            words = f"{shown(*name)}: {OWN_VARIABLE}, {_range(now.lower[column], now.upper[column])}"
            yield Change(name[0], OWN_VARIABLE, words, columns=np.array([column]))
    for name, (lower, upper, whole) in limits_was.items():
        if name not in limits_now:
            yield Change(name[0], "left out", f"{shown(*name)}: left out")
            continue
        low, high, integral = limits_now[name]
        where = np.array([now.position[name]] if name in now.position else [], dtype=np.int64)
        if not (_same_number(low, lower) and _same_number(high, upper)):
            words = f"{shown(*name)}: {_range(low, high)} (was {_range(lower, upper)})"
            yield Change(name[0], "bounds changed", words, columns=where, lower=lower, upper=upper)
        if integral != whole:
            words = f"{shown(*name)}: {_kind(integral)} (was {_kind(whole)})"
            yield Change(name[0], "domain changed", words, columns=where, lower=low, upper=high)


def _kind(whole: bool) -> str:
    return "whole numbers" if whole else "fractions"


# -- objectives ------------------------------------------------------------------------------------------
def _objectives(was: Matrix, now: Matrix) -> Iterator[Change]:
    for before, after in zip(was.objectives, now.objectives, strict=True):
        costs = sp.csr_array(before.costs.reshape(1, -1)), sp.csr_array(after.costs.reshape(1, -1))
        columns, old, new = _side_by_side(was, now, *costs)
        words = list(_entries(_entries_that_differ(old, new), old, new, columns))
        if not _same_number(before.constant, after.constant):
            words.append(f"its constant is {after.constant:.10g} (was {before.constant:.10g})")
        if words:
            yield Change(after.name, "objective", f"objective {after.name}: {'; '.join(words)}")


# -- numbers ---------------------------------------------------------------------------------------------
def _side_by_side(
    was: Matrix, now: Matrix, old: sp.csr_array, new: sp.csr_array
) -> tuple[Sequence[Name], sp.csr_array, sp.csr_array]:
    """Return the columns of both, and rows of each over all of them."""
    more = [name for name in now.columns if name not in was.position]
    columns = [*was.columns, *more]
    position = {**was.position, **{name: len(was.columns) + j for j, name in enumerate(more)}}
    place = np.array([position[name] for name in now.columns], dtype=np.int64)
    wide = sp.csr_array((old.data, old.indices, old.indptr), shape=(old.shape[0], len(columns)))
    moved = sp.csr_array((new.data, place[new.indices], new.indptr), shape=(new.shape[0], len(columns)))
    return columns, wide, moved


def _entries_that_differ(old: sp.csr_array, new: sp.csr_array) -> sp.csr_array:
    """Return new less old, without what is next to nothing."""
    difference = sp.csr_array(new - old)
    found = sp.csr_array(difference.multiply(abs(difference) > SAME * (abs(new) + abs(old))))
    found.eliminate_zeros()
    return found


def _entries(different: sp.csr_array, old: sp.csr_array, new: sp.csr_array, columns: Sequence[Name]) -> Iterator[str]:
    """Say which coefficients of one row differ: the first ones, and how many more."""
    for column in different.indices[:NAMED]:
        yield f"{shown(*columns[column])} counts {new[0, column]:.10g} (was {old[0, column]:.10g})"
    if len(different.indices) > NAMED:
        yield f"and {len(different.indices) - NAMED} more coefficients"


def _same(a: Floats, b: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isclose(a, b, rtol=SAME, atol=0.0))


def _same_number(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= SAME * min(abs(a), abs(b))


def _range(lower: float, upper: float) -> str:
    if lower == upper:
        return f"exactly {lower:.10g}"
    if np.isinf(lower):
        return "free" if np.isinf(upper) else f"at most {upper:.10g}"
    return f"at least {lower:.10g}" if np.isinf(upper) else f"{lower:.10g} to {upper:.10g}"
