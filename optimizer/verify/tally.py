"""How a rule is judged: violations of its rows, measured against the size of their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizer.plan.plan import Check

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

TOLERANCE = 1e-6
"""Largest violation that still holds, as a share of the size of a row.

The size of a row is the largest magnitude of any term in the rows of the same kind: the same rule
and the same item (quantities), the same line (months of output) or the same category of cost
(money). The whole kind is taken, not the single row, because a solver works on scaled numbers: its
error of about 1e-7 is one of the item's scale, and it is as large in a month in which nothing flows
as in one in which a hundred thousand units do. A wrong number that matters is larger by orders of
magnitude.
"""

SMALL = 1e-2
"""Least size of a row, as a share of the largest quantity of its item, or amount of money, anywhere in the plan.

Small costs are paid by the funds that pay large ones, small stocks are what large flows leave: what is
added up has the error of the large ones, a hundred-millionth.
"""


LEAST = 1e-9
"""Size of what is nothing: all that is added up is 0, and only 0 is right."""


class MalformedError(Exception):
    """A table of the plan cannot be read, so rules that need it cannot be checked."""

    def __init__(self, table: str, message: str) -> None:
        self.table = table
        super().__init__(message)


class Tally:
    """Collects the rows of one rule and keeps the worst.

    Parameters
    ----------
    rule
        Name of the rule.
    table
        Result table in which a violation lies.
    """

    def __init__(self, rule: str, table: str) -> None:
        self.rule = rule
        self.table = table
        self.rows = 0
        self.largest = 0.0
        self.sentence = ""

    def must(self, holds: bool, sentence: str) -> None:
        """Count a row that either holds or is wrong altogether (a violation of 1)."""
        self.row(0.0 if holds else 1.0, sentence)

    def row(self, excess: float, sentence: str, size: float = 1.0) -> None:
        """Count one row; `excess` above 0 is a violation, in the unit of `size`."""
        self.rows += 1
        self._keep(float(_relative(np.asarray([excess], dtype=float), size)[0]), lambda: sentence)

    def each(
        self,
        excess: FloatArray,
        say: Callable[..., str],
        *,
        size: FloatArray | float = 1.0,
        where: BoolArray | None = None,
    ) -> None:
        """Count the rows of an array of violations.

        Parameters
        ----------
        excess
            Violation of every row, any shape; at most 0 where a row holds.
        say
            Makes the sentence for a row from its indices.
        size
            Size of the rows, broadcast to `excess`; where it is nothing, 1.
        where
            Rows that exist; all by default.
        """
        exists = np.ones(excess.shape, dtype=bool) if where is None else np.broadcast_to(where, excess.shape)
        count = int(exists.sum())
        if not count:
            return
        self.rows += count
        relative = np.where(exists, _relative(excess, size), -np.inf)
        position = np.unravel_index(int(np.argmax(relative)), relative.shape)
        self._keep(float(relative[position]), lambda: say(*(int(i) for i in position)))

    def check(self) -> Check:
        """Return the verdict."""
        return Check(self.rule, self.table, self.rows, self.largest, self.sentence)

    def _keep(self, relative: float, sentence: Callable[[], str]) -> None:
        if relative > self.largest:
            self.largest = float(relative)
            if relative > TOLERANCE:
                self.sentence = sentence()


def _relative(excess: FloatArray, size: FloatArray | float) -> FloatArray:
    relative = excess / np.where(np.asarray(size) > LEAST, size, 1.0)
    return np.where(np.isnan(relative), np.inf, relative)


def beside(size: FloatArray | float, whole: FloatArray | float) -> FloatArray:
    """Return sizes that are at least a small share of the whole they are part of."""
    return np.asarray(np.maximum(size, SMALL * np.asarray(whole)), dtype=float)


def largest(*terms: FloatArray, axis: int | tuple[int, ...] | None = None) -> FloatArray:
    """Return the largest magnitude in the arrays; over `axis`, kept for broadcasting, or over all."""
    equal, keep = np.broadcast_arrays(*terms), axis is not None
    sizes = [np.max(np.abs(term), axis=axis, keepdims=keep, initial=0.0) for term in equal]
    return np.asarray(np.maximum.reduce(sizes), dtype=float)


def number(value: Any) -> str:
    """Return a number as a sentence shows it."""
    return f"{float(value):,.8g}"
