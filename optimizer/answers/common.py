"""What all scenarios decide before it is known which of them comes: how far they lie apart, and prices on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.answers.piece import named
from optimizer.solve.arrays import Floats, Name

AGREE = 1e-5
"""Relative difference up to which a decision is the same in two plans: twice the room of one that is kept."""
TINY = 1e-9
"""Share of a price that is none, and what is nothing of a square."""


class Common:
    """The decisions that all scenarios know, in one order.

    Parameters
    ----------
    told
        Scenario -> what was told of a piece of it.
    likely
        The scenarios that may come; others are placed, too, but do not count.

    Attributes
    ----------
    names
        Of the decisions.
    closed
        Starts that not every scenario knows, and that are not made.
    binary
        Which decisions are 0 or 1 in every scenario.
    """

    def __init__(self, told: Mapping[str, Mapping[str, Any]], likely: Sequence[str]) -> None:
        columns = {scenario: named(t["columns"]) for scenario, t in told.items()}
        everywhere = set.intersection(*(set(columns[s]) for s in likely))
        union = dict.fromkeys(name for s in likely for name in columns[s])
        self.names: list[Name] = [name for name in union if name in everywhere]
        self.closed: tuple[Name, ...] = tuple(n for n in union if n[0] == "build" and n not in everywhere)
        place = {name: k for k, name in enumerate(self.names)}
        self._at: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for scenario, listed in columns.items():
            there = [(k, place[name]) for k, name in enumerate(listed) if name in place]
            own, common = np.array(there, dtype=np.int64).reshape(-1, 2).T
            self._at[scenario] = own, common
        whole, binary, cost = (np.array([self.of(s, told[s][kind]) for s in likely]) for kind in KINDS)
        self.binary: NDArray[np.bool_] = np.all(binary > 0, axis=0)
        self._whole: NDArray[np.bool_] = np.all(whole > 0, axis=0)
        self._cost: Floats = np.maximum(cost.mean(axis=0), cost[cost > 0].min(initial=1.0))
        self._peak: Floats = np.zeros(len(self.names))

    def of(self, scenario: str, values: Sequence[float]) -> Floats:
        """Return those values that all know, out of all that a scenario decides before it is known."""
        own, there = self._at[scenario]
        found = np.zeros(len(self.names))
        found[there] = np.array(values, dtype=float)[own]
        return found

    def seen(self, x: Floats) -> None:
        """Note what a scenario has decided: amounts are measured by the most that any has."""
        self._peak = np.maximum(self._peak, np.abs(x))

    def by_name(self, values: Floats) -> dict[Name, float]:
        """Return values by the name of the decision."""
        return dict(zip(self.names, values.tolist(), strict=True))

    # -- how far they lie apart --------------------------------------------------------------------------
    @property
    def scale(self) -> Floats:
        """Return what rho of each decision is in proportion to: its cost by the most that any scenario decided."""
        found: Floats = self._cost / (1.0 + self._peak)
        return found

    def mean(self, x: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
        """Return the weighed mean of decisions."""
        return sum((weight * x[s] for s, weight in weights.items()), np.zeros(len(self.names)))

    def apart(self, x: Mapping[str, Floats], weights: Mapping[str, float]) -> dict[str, Floats]:
        """Return how far decisions lie from their mean; amounts follow from whole ones, and count where these agree."""
        mean = self.mean(x, weights)
        found = {s: x[s] - mean for s in weights}
        whole = {s: np.where(self._whole, apart, 0.0) for s, apart in found.items()}
        return whole if any(np.abs(apart).max(initial=0.0) > AGREE for apart in whole.values()) else found

    def square(self, x: Mapping[str, Floats], weights: Mapping[str, float]) -> float:
        """Return the weighed sum of squares of how far they lie apart, each by its scale."""
        apart = self.apart(x, weights)
        return sum(weight * float(apart[s] @ (self.scale * apart[s])) for s, weight in weights.items())

    def far(self, x: Mapping[str, Floats], weights: Mapping[str, float]) -> dict[str, float]:
        """Return the square of how far each scenario lies from the mean."""
        mean, scale = self.mean(x, weights), self.scale
        return {s: float((x[s] - mean) @ (scale * (x[s] - mean))) for s in weights}

    # -- prices ------------------------------------------------------------------------------------------
    def centred(self, prices: Mapping[str, Floats], weights: Mapping[str, float]) -> dict[str, Floats]:
        """Return prices whose weighed sum is 0: only such prices bound a decision for all."""
        centre = self.mean(prices, weights)
        found = {s: prices[s] - centre for s in weights}
        size = max(float(np.abs(price).max(initial=0.0)) for price in found.values())
        left = np.abs(self.mean(found, weights)).max(initial=0.0)
        assert left <= TINY * max(1.0, size), "prices do not sum to zero"
        return found


KINDS = ("whole", "binary", "cost")
"""What is told of each decision."""
