"""Small programs in which plants start once and a promise is kept from some month on, and their optimum by counting."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import pyomo.environ as pyo

from optimizer.model.structure import STRUCTURE
from optimizer.solve.matrix import Floats, Matrix, compile_matrix

Starts = tuple[int | None, ...]
"""Month in which each plant starts; None: never."""


@dataclass(frozen=True)
class Plants:
    """Plants with a rate and a price; what they do not make of the demand is bought dearly.

    Nothing is stored, so decided plants leave nothing to decide: they make what they can, and the
    promise is kept from the first month from which on they make four fifths of the demand.
    """

    matrix: Matrix
    rates: Floats
    prices: Floats
    demand: Floats
    base: float
    budget: float
    bonus: float
    committed: bool

    def x(self, starts: Starts) -> Floats:
        """Return the cheapest solution with these starts."""
        months = len(self.demand)
        open_ = [[start is not None and start <= t for start in starts] for t in range(months)]
        made = np.minimum(self.base + np.array(open_, dtype=float) @ self.rates, self.demand)
        short = np.flatnonzero(made < 0.8 * self.demand)
        kept = int(short[-1]) + 1 if len(short) else 0
        values: dict[tuple[str, object], float] = {}
        for t in range(months):
            values["make", t], values["lost", t] = made[t], self.demand[t] - made[t]
            values["attained", ("fast", t)] = float(t >= kept)
            values |= {("build", (f"P{u}", t)): float(start == t) for u, start in enumerate(starts)}
        return np.array([values[column] for column in self.matrix.columns])

    @cached_property
    def all_starts(self) -> list[Starts]:
        """Return every way to start the plants that the budget allows."""
        months = [*range(len(self.demand)), None]
        return [
            starts
            for starts in itertools.product(months, repeat=len(self.rates))
            if (starts[0] == 0 or not self.committed)
            and sum(p for p, start in zip(self.prices, starts, strict=True) if start is not None) <= self.budget
        ]

    def cost(self, starts: Starts) -> float:
        """Return the least cost with these starts."""
        return self.matrix.objectives[0].value(self.x(starts))

    @cached_property
    def optimum(self) -> float:
        """Return the least cost of all."""
        return min(self.cost(starts) for starts in self.all_starts)


@cache
def plants(seed: int, units: int = 3, months: int = 3) -> Plants:
    """Draw plants; of every fourth draw the first plant was decided before the start."""
    draw = np.random.default_rng(seed)
    rates, prices = draw.integers(3, 12, units) * 1.0, draw.integers(20, 90, units) * 1.0
    demand, base = np.sort(draw.integers(8, 25, months)) * 1.0, float(draw.integers(0, 8))
    bonus, committed = float(draw.integers(0, 30)), seed % 4 == 3
    budget = float(prices[0] + np.floor(draw.uniform(0.3, 1.0) * prices[1:].sum()))
    model = pyo.ConcreteModel()
    names = [f"P{u}" for u in range(units)]
    model.build = pyo.Var(names, range(months), domain=pyo.Binary)
    model.attained = pyo.Var(["fast"], range(months), domain=pyo.Binary)
    model.make = pyo.Var(range(months), domain=pyo.NonNegativeReals)
    model.lost = pyo.Var(range(months), domain=pyo.NonNegativeReals)
    if committed:
        model.build["P0", 0].setlb(1)
    build, kept = model.build, model.attained
    model.rows = pyo.ConstraintList()
    for name in names:
        model.rows.add(sum(build[name, t] for t in range(months)) <= 1)
    for t in range(months):
        opened = sum(rates[u] * build[name, s] for u, name in enumerate(names) for s in range(t + 1))
        model.rows.add(model.make[t] - opened <= base)
        model.rows.add(model.make[t] + model.lost[t] == demand[t])
        model.rows.add(model.make[t] - 0.8 * demand[t] * kept["fast", t] >= 0)
        if t:
            model.rows.add(kept["fast", t] - kept["fast", t - 1] >= 0)
    paid = [(prices[u], build[name, t], t) for u, name in enumerate(names) for t in range(months)]
    model.rows.add(sum(price * start for price, start, _ in paid) <= budget)
    model.cost = pyo.Objective(
        expr=sum(price * (1 - 0.05 * t) * start for price, start, t in paid)
        + sum(model.make[t] + 6 * model.lost[t] for t in range(months))
        + sum(bonus * (1 - kept["fast", t]) for t in range(months))
    )
    matrix = replace(compile_matrix(model, ("cost",)), structure=STRUCTURE)
    return Plants(matrix, rates, prices, demand, base, budget, bonus, committed)
