"""A figure that is known within limits: what a search found and what it proved, and what follows by plus and minus."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.plan.plan import Plan

TOLERANCE = 1e-6
"""Relative size below which a difference is the solver's, and nothing is told apart."""
NOT_TOLD = "not told apart at this gap"


@dataclass(frozen=True)
class Bracket:
    """A figure between a least and a most.

    Attributes
    ----------
    least, most
        Limits that are proven; infinite where nothing is.
    size
        Of the numbers it came from: differences that are small beside it are the solver's.
    """

    least: float
    most: float
    size: float = 0.0

    def __add__(self, other: Bracket) -> Bracket:
        return Bracket(self.least + other.least, self.most + other.most, max(self.size, other.size))

    def __neg__(self) -> Bracket:
        return Bracket(-self.most, -self.least, self.size)

    def __sub__(self, other: Bracket) -> Bracket:
        return self + -other

    def times(self, factor: float) -> Bracket:
        """Return the bracket times a number."""
        ends = (self.least * factor, self.most * factor) if factor else (0.0, 0.0)
        return Bracket(min(ends), max(ends), self.size * abs(factor))

    @property
    def sign(self) -> int:
        """Return -1 or 1 where it is told from 0, else 0."""
        room = TOLERANCE * self.size
        return 1 if self.least > room else -1 if self.most < -room else 0

    @property
    def width(self) -> float:
        """Return the distance between least and most."""
        return self.most - self.least if math.isfinite(self.most - self.least) else math.inf

    def within(self, least: float, most: float) -> Bracket:
        """Return the part of the bracket within limits that are proven elsewhere."""
        low, high = (min(max(end, least), most) for end in (self.least, self.most))  # beyond them by tolerance at most
        return Bracket(low, high, self.size)


def total(brackets: Iterable[Bracket]) -> Bracket:
    """Return the sum of brackets."""
    return sum(brackets, Bracket(0.0, 0.0))


def of_objective(plan: Plan, name: str) -> Bracket | None:
    """Return the best that an objective can be, as far as a search has found and proven it; None if it was none.

    The most is the least that the search found, before later objectives took anything of it back; the least is the
    bound that is proven, for plans that hold the objectives before it.
    """
    rows = plan.tables["objectives"].set_index("objective")
    if name not in rows.index:
        return None
    value, found, bound = (float(rows[column][name]) for column in ("value", "found", "bound"))
    most = min(v for v in (value, found) if math.isfinite(v))
    least = min(bound, most) if bound >= -abs(most) else -math.inf  # farther off nothing is told by it
    return Bracket(max(least, 0.0) if name in ("shortfall", "speed") else least, most, abs(most))
