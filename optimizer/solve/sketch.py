"""A plan by way of longer periods, and the prices at which the problem itself can be split.

Shift patterns change only at the beginning of review blocks. So a model whose periods are the review blocks has every
pattern that the plan can have, and most months in which a plant can start, and is far smaller. Its plants and crews are
rounded, its crews are improved, and both are carried over. Output, stocks, deliveries and weekends are decided month by
month in the plan itself.

Nothing here needs a proof. A split is a bound at any prices (split.py), and a plan is checked against all rows. The
prices of this model are near the best, and nearer with cuts from funds (funds.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import CHAINED, Floats, Matrix, fixed
from optimizer.solve.cuts import Cut
from optimizer.solve.funds import Key, fund_cuts, fund_rows, with_cuts
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock
from optimizer.solve.rounding import CARRIED, CREWS, PLANTS, WEEKENDS, Step, nearest, round_off, split_columns

ROUGHLY = replace(CREWS, thresholds=CREWS.thresholds[:1])
"""Crews by one threshold alone: they are searched from there."""
CREWS_GAP = 2e-4
"""Relative gap at which crews are good enough."""
CREWS_SHARE = 0.3
"""Most of the time left that crews may take."""
FUND_ROUNDS = 2
"""Most times that cuts from funds are added to the sketch, for prices; there is time for two until it has a plan."""
TIMED = ("material_balances", "money_is_spent_at_home")
"""Shared rows of which there is one for each period, the last part of their keys."""


@dataclass(frozen=True)
class Sketch:
    """The same problem with review blocks for periods.

    Attributes
    ----------
    matrix
        The problem.
    middles
        Middle of each of its periods, in months from the start.
    periods
        Middle of each period of the plan itself.
    """

    matrix: Matrix
    middles: Floats
    periods: Floats

    def prices(self, found: Floats, matrix: Matrix, rows: NDArray[np.int64]) -> Floats:
        """Return prices for all rows of the problem itself, from those found for the rows of the sketch.

        Only those of `rows` are told, the others are 0. Between the middles of two long periods a price changes
        in proportion to time; a row that the sketch does not have gets none.
        """
        series: dict[Any, tuple[list[float], list[float]]] = {}
        for (name, key), price in zip(self.matrix.row_names, found.tolist(), strict=True):
            if name in TIMED:
                times, prices = series.setdefault((name, key[:-1]), ([], []))
                times.append(self.middles[key[-1]])
                prices.append(price)
        told = np.zeros(len(matrix.row_names))
        for row in rows:
            name, key = matrix.row_names[row]
            same = self.matrix.row_position.get((name, key))
            if name in TIMED and (name, key[:-1]) in series:
                told[row] = np.interp(self.periods[key[-1]], *series[name, key[:-1]])
            elif name not in TIMED and same is not None:
                told[row] = found[same]
        return told


@dataclass(frozen=True)
class Tight:
    """A sketch with cuts from funds as its last rows, its relaxation, and the names of the cuts."""

    sketch: Sketch
    relaxed: Outcome
    cuts: tuple[Key, ...]


def draw(sketch: Matrix, name: str, clock: Clock, seed: int, deadline: float) -> tuple[Engine, Outcome]:
    """Solve the relaxation of the sketch for an objective, by name."""
    engine = Engine(sketch, clock, seed=seed)
    engine.integrality(np.zeros_like(sketch.integer))
    engine.minimise(next(o for o in sketch.objectives if o.name == name))
    relaxed = engine.relax(seconds=clock.until(deadline), method=INTERIOR_POINT, chains=sketch.chains(*CHAINED))
    return engine, relaxed


def tightened(sketch: Sketch, relaxed: Outcome, name: str, clock: Clock, seed: int, deadline: float) -> Tight:
    """Add cuts from funds to the relaxation of a sketch, as found for an objective by name, and solve it again."""
    tight, funds, cuts = Tight(sketch, relaxed, ()), fund_rows(sketch.matrix), dict[Key, Cut]()
    for _ in range(FUND_ROUNDS):
        if tight.relaxed.x is None:
            break
        before = len(cuts)
        cuts |= fund_cuts(sketch.matrix, funds, tight.relaxed.x)
        if len(cuts) == before:
            break
        matrix = with_cuts(sketch.matrix, cuts)
        again = draw(matrix, name, clock, seed, deadline)[1]
        if again.x is None:
            break
        tight = Tight(replace(sketch, matrix=matrix), again, tuple(cuts))
    return tight


def by_sketch(drawn: Engine, relaxed: Outcome, engine: Engine, deadline: float) -> Step | None:
    """Return a plan found by way of longer periods; None where that leads nowhere or takes too long.

    Parameters
    ----------
    drawn, relaxed
        The sketch and its relaxation (`draw`).
    engine
        Of the plan itself, with the objective set, earlier ones held and everything continuous.
    deadline
        On the engine's clock.
    """
    crews = _crews(drawn, relaxed, deadline)
    if crews is None:
        return None
    bounds = carried(drawn.matrix, engine.matrix, crews, engine.clock, engine.seed, deadline)
    if bounds is None:
        return None
    engine.bounds(*bounds)
    outcome = engine.relax(
        seconds=engine.clock.until(deadline), method=INTERIOR_POINT, chains=engine.matrix.chains(*CHAINED)
    )
    if outcome.x is None:
        return None
    return round_off([engine], (WEEKENDS,), Step(*bounds, outcome), deadline)


def _crews(engine: Engine, relaxed: Outcome, deadline: float) -> Floats | None:
    """Return plants and crews of the sketch, whole, as bounds of its columns allow."""
    if relaxed.x is None:
        return None
    plants = round_off([engine], (PLANTS,), Step(engine.matrix.lower, engine.matrix.upper, relaxed), deadline)
    crews = round_off([engine], (ROUGHLY,), plants, deadline) if plants else None
    if plants is None or crews is None:
        return None
    return _better_crews(engine, plants, crews, deadline)


def _better_crews(engine: Engine, plants: Step, crews: Step, deadline: float) -> Floats:
    """Search the crews of the lines on which the relaxation splits one, from those found by rounding."""
    matrix, x = engine.matrix, crews.outcome.x
    assert x is not None and plants.outcome.x is not None
    split = split_columns(matrix, plants.outcome.x)
    engine.bounds(*fixed(plants.lower, plants.upper, x, matrix.mask("run") & ~split))
    engine.integrality(split)
    seconds = CREWS_SHARE * engine.clock.until(deadline)
    try:
        better = engine.run(seconds=seconds, gap=CREWS_GAP, start=x).x
    except SolverError:
        return x
    return x if better is None else better


def carried(
    sketch: Matrix, matrix: Matrix, x: Floats, clock: Clock, seed: int = 0, deadline: float = np.inf
) -> tuple[Floats, Floats] | None:
    """Return bounds of a matrix in which plants and crews are those of its sketch, or as near as its rows allow.

    A start in a block falls to its first month, where an order that the block counts may not be
    placed yet: then it moves. None where no move helps.
    """
    near = np.zeros(len(matrix.lower))
    for column in sketch.of(*CARRIED.decided):
        there = matrix.position.get(sketch.columns[column])
        if there is not None:
            near[there] = np.round(x[column])
    (half,) = CARRIED.thresholds
    moved = nearest(matrix, CARRIED, near, matrix.lower, matrix.upper, half, clock, seed, deadline)
    if moved is None:
        return None
    return fixed(matrix.lower, matrix.upper, moved, matrix.mask(*CARRIED.decided))
