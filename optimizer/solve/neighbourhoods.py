"""Large neighbourhood search: most decisions of a plan are kept, a few are searched again by HiGHS, in turns.

A neighbourhood holds decisions that are near in time, that belong together (to an item, a member, a site), or in which
the plan differs from the relaxation; of a first plan also all crews. Weekends are relaxed meanwhile and rounded
afterwards, which hardly changes the objective. A neighbourhood grows after it was searched to the end, and shrinks
after it was not. Kinds that improve the plan more are tried more often.

Methods: Shaw, "Using constraint programming and local search methods to solve vehicle routing problems" (1998);
adaptive choice as in Ropke and Pisinger (2006); relaxation induced neighbourhoods by Danna, Rothberg and Le Pape
(2005).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.reserve import rounded_up
from optimizer.solve.rounding import WEEKENDS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.structure import Variables

RELAXATION = "relaxation"
"""The kind of neighbourhood in which the plan differs from the relaxation."""
CREWS = "crews"
"""The neighbourhood of all crews, with plants as they are."""
KEPT = (Variables.STARTS, Variables.TARGETS, Variables.CREWS)
"""What a neighbourhood keeps or searches again."""
NODES = 300
"""Most nodes of one search."""
PATIENCE = 6.0
"""Longest search of a neighbourhood, in runs of the linear program with every decision kept."""
LEAST_SECONDS, MOST_SECONDS = 2.0, 15.0
"""Bounds of that, in seconds of the processor, so that a busy machine does not cut every search short."""
AT_LENGTH = 4.0
"""Times as long, and as many nodes, for a search at length of where the plan differs from the relaxation: the root of
such a problem takes HiGHS longer than that, and brings most (measured: see CONTRIBUTING.md)."""
SETTLING = 2.0
"""Time that it takes to settle and round what is found, in runs of the linear program with every decision kept."""
VAIN = 4
"""Neighbourhoods without a better plan after which a process turns to its other work, if it has any."""
LITTLE = 1e-6
"""Relative improvement that counts."""
FIRST_SIZE, LEAST_SIZE = 0.15, 0.01
"""Share of the decisions that is searched at first, and at least."""


@dataclass
class Kind:
    """A way to choose what is searched again, how large, what it brought a second lately, and how patiently."""

    name: str
    size: float
    worth: float = 1.0
    patience: float = 1.0


class Neighbourhoods:
    """The neighbourhoods of the best plan so far, for one objective.

    Parameters
    ----------
    runs
        With one engine; earlier objectives held.
    objective
        What is minimised.
    bounds
        Of the columns: what may not be decided otherwise is fixed there.
    relaxed
        Answer of the relaxation, or of another model that leads the way, if one is known; NaN where it says nothing.
        Asked again and again.
    seed
        Of the choices.
    timed
        Whether a search may also end for its time; otherwise for its nodes alone, so that the same input gives the
        same plan.
    part
        Whether this is a part of a problem, that is searched all at once first, its weekends in fractions all along:
        they are rounded together with those of the others.

    Attributes
    ----------
    short
        Whether money was too short for the weekends of a plan to be rounded.
    """

    def __init__(
        self,
        runs: Runs,
        objective: Objective,
        bounds: tuple[Floats, Floats],
        relaxed: Callable[[], Floats | None] = lambda: None,
        *,
        seed: int = 0,
        timed: bool = True,
        part: bool = False,
    ) -> None:
        self._timed, self._part, self._searched_all = timed, part, False
        self._runs, self._objective, self._bounds, self._relaxed = runs, objective, bounds, relaxed
        self._dice = np.random.default_rng(seed)
        matrix = runs.matrix
        self._kept_mask = matrix.mask(*KEPT)
        self._columns = matrix.of(*KEPT)
        self._columns = self._columns[bounds[0][self._columns] < bounds[1][self._columns]]
        self._when = when(matrix, self._columns)
        self._labels = matrix.labels_of(self._columns)
        self._kinds = [Kind(name, 1.0 if part else FIRST_SIZE) for name in ("time", RELAXATION, *self._labels)]
        self._next: list[Kind] = []
        self.short = False
        self._base: Step | None = None
        self._of: bytes = b""
        self.seconds = 0.0

    @property
    def exhausted(self) -> bool:
        """Tell whether there is nothing left to search: every kind has searched all decisions to the end."""
        return not len(self._columns) or self._searched_all

    @property
    def settling(self) -> float:
        """Return about how many seconds it takes to settle and round what is found."""
        return 0.0 if self._part else SETTLING * self.seconds

    def keep(self, columns: NDArray[np.bool_]) -> None:
        """Keep these columns from now on as they are in a plan."""
        self._kept_mask = self._kept_mask | columns

    def follow(self) -> None:
        """Search where the plan differs from the relaxation next, then at length: its answer is new.

        Measured: see CONTRIBUTING.md.
        """
        soon = next(kind for kind in self._kinds if kind.name == RELAXATION)
        crews = [kind for kind in self._next if kind.name == CREWS]
        self._next = [*crews, soon, Kind(RELAXATION, FIRST_SIZE, patience=AT_LENGTH)]

    def staff(self) -> None:
        """Search all crews next, at length: those of the plan are rounded (measured: see CONTRIBUTING.md)."""
        self._next.append(Kind(CREWS, 1.0, patience=AT_LENGTH))

    def improve(self, x: Floats, deadline: float) -> Outcome | None:
        """Search one neighbourhood of a plan; return a better plan, if one is found.

        `deadline` is on the clock of the search; by then what is found is settled, too.
        """
        engine, base = self._runs.engine, self._base
        if not self._begun(x):
            base = self._begin(engine, x, deadline)
            polished = None if base is None or self._part else self._polished(engine, base, x, deadline)
            if polished is not None:
                return polished
        if base is None or self.exhausted:
            return None
        kind = self._chosen()
        mask = self._mask(kind, x)
        began, before = process_time(), base.outcome.value
        found = self._searched(engine, base, mask, kind.patience, deadline)
        spent = max(process_time() - began, 1e-3) if self._timed else 1.0
        better = found is not None and found.x is not None and found.value < before - LITTLE * max(1.0, abs(before))
        gain = max(0.0, before - found.value) if better and found is not None else 0.0
        kind.worth = 0.7 * kind.worth + 0.3 * gain / max(abs(before), 1e-9) / spent * 1e3
        if found is not None and found.status == "optimal":
            self._searched_all |= bool(mask[self._columns].all())
            kind.size = min(kind.size * 1.3, 1.0)
        elif not better:
            kind.size = max(LEAST_SIZE, kind.size * 0.8)
        if not better or found is None or found.x is None:
            return None
        if self._part:
            self._base, self._of = Step(*fixed(*self._bounds, found.x, self._kept_mask), found), self._mark(found.x)
            return found
        return self.whole(found.x, deadline)

    def polished(self, x: Floats, deadline: float) -> Outcome | None:
        """Return a better plan with the decisions of one, if there is one that was not sought before.

        The plan may be of another objective.
        """
        base = None if self._begun(x) else self._begin(self._runs.engine, x, deadline)
        return None if base is None else self._polished(self._runs.engine, base, x, deadline)

    def whole(self, x: Floats, deadline: float) -> Outcome | None:
        """Return a plan found with weekends in fractions, these rounded; what is not decided is settled again."""
        base = self._begin(self._runs.engine, x, deadline)
        return None if base is None else self._rounded(self._runs.engine, base, deadline)

    # -- inside ----------------------------------------------------------------------------------------
    def _begun(self, x: Floats) -> bool:
        """Tell whether neighbourhoods are those of a plan with these decisions already."""
        return self._base is not None and self._mark(x) == self._of

    def _mark(self, x: Floats) -> bytes:
        """Return what is the same for plans with the same decisions."""
        return np.round(x[self._kept_mask]).tobytes()

    def _begin(self, engine: Engine, x: Floats, deadline: float) -> Step | None:
        """Take a plan with its decisions kept and its weekends relaxed."""
        began = process_time()
        self._base, self._of = self._kept(engine, x, deadline), self._mark(x)
        self.seconds = process_time() - began
        return self._base

    def _polished(self, engine: Engine, base: Step, x: Floats, deadline: float) -> Outcome | None:
        """Return a better plan with the same decisions, if there is one (measured: see CONTRIBUTING.md).

        The plan may have been found for another objective.
        """
        value = self._objective.value(x)
        little = LITTLE * max(1.0, abs(value))
        if base.outcome.value >= value - little:
            return None
        found = self._rounded(engine, base, deadline)
        return found if found is not None and found.value < value - little else None

    def _kept(self, engine: Engine, x: Floats, deadline: float) -> Step | None:
        """Solve the rest when every decision is kept, weekends in fractions."""
        low, high = fixed(*self._bounds, x, self._kept_mask)
        engine.integrality(np.zeros_like(self._runs.matrix.integer))
        engine.bounds(low, high)
        outcome = engine.relax(seconds=self._runs.clock.until(deadline))
        return Step(low, high, outcome) if outcome.x is not None else None

    def _chosen(self) -> Kind:
        """Choose a kind, those that bring more more often."""
        if self._next:
            return self._next.pop(0)
        weights = np.array([0.05 + kind.worth for kind in self._kinds])
        return self._kinds[int(self._dice.choice(len(weights), p=weights / weights.sum()))]

    def _mask(self, kind: Kind, x: Floats) -> NDArray[np.bool_]:
        """Return which columns a neighbourhood searches again."""
        n = len(self._columns)
        count = min(max(1, round(kind.size * n)), n)
        relaxed = self._relaxed() if kind.name == RELAXATION else None
        if kind.name in self._labels:
            labels = self._labels[kind.name]
            picked = np.zeros(n, dtype=bool)
            for label in self._dice.permutation(np.unique(labels[labels >= 0])):
                picked |= labels == label
                if picked.sum() >= count:
                    break
        elif kind.name == CREWS:
            picked = self._runs.matrix.mask(Variables.CREWS)[self._columns]
        elif relaxed is not None:
            away = np.nan_to_num(np.abs(relaxed[self._columns] - x[self._columns])) + 1e-3 * self._dice.random(n)
            picked = np.zeros(n, dtype=bool)
            picked[np.argsort(-away)[:count]] = True
        else:
            distance = np.abs(self._when - self._dice.random())
            picked = distance <= np.partition(distance, count - 1)[count - 1]
        mask = np.zeros(len(x), dtype=bool)
        mask[self._columns[picked]] = True
        return mask

    def _searched(
        self, engine: Engine, base: Step, mask: NDArray[np.bool_], patience: float, deadline: float
    ) -> Outcome | None:
        """Search the masked decisions again, the others as in the plan."""
        engine.integrality(mask)
        engine.bounds(np.where(mask, self._bounds[0], base.lower), np.where(mask, self._bounds[1], base.upper))
        most = MOST_SECONDS if self._part else min(max(PATIENCE * self.seconds, LEAST_SECONDS), MOST_SECONDS)
        until = process_time() + patience * most if self._timed else np.inf
        gap = 0.1 * self._runs.problem.settings.gap
        try:
            return engine.run(
                seconds=self._runs.clock.until(deadline) - self.settling,
                gap=gap,
                start=base.outcome.x,
                ended=lambda: process_time() > until,
                mip_max_nodes=round(patience * NODES),
            )
        except SolverError:
            engine.forget()
            return None

    def _rounded(self, engine: Engine, base: Step, deadline: float) -> Outcome | None:
        """Round the weekends of a plan whose other decisions are kept."""
        step = round_off([engine], (WEEKENDS,), base, deadline)
        if step is None and not self._runs.clock.past(deadline):
            self.short = True
            step = rounded_up(engine, base, self._runs.record.best, deadline)
        if step is None or step.outcome.x is None:
            return None
        return replace(step.outcome, value=self._objective.value(step.outcome.x))


def when(matrix: Matrix, columns: NDArray[np.int64]) -> Floats:
    """Return when in the horizon each column is decided, from 0 to 1, by the last part of its key."""
    times = np.array([float(matrix.columns[j][1][-1]) for j in columns])
    components = np.array([matrix.columns[j][0] for j in columns])
    for component in np.unique(components):
        own = components == component
        times[own] /= max(1.0, times[own].max())
    return times
