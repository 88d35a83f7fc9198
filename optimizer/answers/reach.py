"""How far good plans can go: the highest pattern of each line, and what each member pledges.

All good plans are one program, with the objectives held within their limits. What it proves holds for every one of
them; what it finds is a plan, which is verified. Where it tells nothing in time, the range stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.answers.bracket import TOLERANCE
from optimizer.answers.together import ONE_OF_SEVERAL, follows
from optimizer.errors import OptimizerError
from optimizer.plan.plan import Plan
from optimizer.prepared import prepare
from optimizer.restrictions import Restrictions, restrict
from optimizer.solve.arrays import Objective
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock

SECONDS = 10.0
"""Longest search for one of the ends."""
NEAR = 0.01
"""Part of the most that is pledged within which an end is told."""
ONE_OF_MANY = "it was searched as any good plan, for how far patterns and pledges go"
Columns = NDArray[np.int64]


@dataclass(frozen=True)
class Range:
    """What good plans have of something, from least to most.

    Attributes
    ----------
    least, most
        In good plans that are known.
    no_less, no_more
        Proven of all good plans.
    """

    least: float
    most: float
    no_less: float
    no_more: float

    @property
    def told(self) -> bool:
        """Tell whether what is known is all there is."""
        room = NEAR * max(abs(self.most), TOLERANCE)
        return self.least - self.no_less <= room and self.no_more - self.most <= room


class Reach:
    """All good plans of a scenario as one program.

    Parameters
    ----------
    base
        The best plan.
    limits
        Objective -> the most it may be.
    good
        Name -> good plan that is known; those that are found join them.
    clock
        For all that is asked.
    """

    def __init__(self, base: Plan, limits: Mapping[str, float], good: MutableMapping[str, Plan], clock: Clock) -> None:
        self.base, self.good = base, good
        scenario = base.scenario
        self._prepared = prepare(scenario)
        self._names = tuple(limits)
        self._matrix = restrict(self._prepared.matrix, scenario, Restrictions(hold=dict(limits))).matrix
        self._engine = Engine(self._matrix, clock, threads=scenario.settings.threads, seed=scenario.settings.seed)
        self.crews: dict[str, dict[int, Columns]] = defaultdict(dict)
        self.pledges: dict[str, Columns] = {}
        crews, pledges = defaultdict(list), defaultdict(list)
        for column, (name, key) in enumerate(self._matrix.columns):
            if name == "run":
                crews[key[0], key[1]].append(column)
            elif name == "pledge":
                pledges[key[0]].append(column)
        for (line, crew), columns in crews.items():
            self.crews[line][crew] = np.array(columns, dtype=np.int64)
        self.pledges = {member: np.array(columns, dtype=np.int64) for member, columns in pledges.items()}

    def works(self, line: str, crew: int) -> bool | None:
        """Tell whether a crew of a line works in any good plan, ever; None: not known."""
        row = self._engine.count(self.crews[line][crew])
        self._engine.at_least({row: 1.0})
        found = self._any(f"crew {crew} of {line} works")
        self._engine.at_least({row: 0.0})
        self._engine.drop([row])
        return found

    def rests(self, line: str, crew: int) -> bool | None:
        """Tell whether a crew of a line never works in some good plan; None: not known."""
        lower, upper = self._matrix.lower.copy(), self._matrix.upper.copy()
        columns = self.crews[line][crew]
        if lower[columns].any():
            return False
        upper[columns] = 0.0
        self._engine.bounds(lower, upper)
        found = self._any(f"crew {crew} of {line} never works")
        self._engine.bounds(lower, self._matrix.upper)
        return found

    def end(self, member: str, sign: float) -> float:
        """Return the proven least (sign 1) that a member pledges in good plans, or the most (sign -1)."""
        columns = self.pledges[member]
        costs = np.zeros(len(self._matrix.lower))
        costs[columns] = sign
        box = sign * float((self._matrix.lower if sign > 0 else self._matrix.upper)[columns].sum())
        words = f"{member} pledges as {'little' if sign > 0 else 'much'} as can be"
        found = self._run(Objective("pledged", costs, 0.0), words)
        self._keep(words, found)
        return sign * max(found.bound, box)

    # -- inside -----------------------------------------------------------------------------------------
    def _any(self, words: str) -> bool | None:
        """Tell whether there is any good plan as things stand, and keep it."""
        found = self._run(Objective("any", np.zeros(len(self._matrix.lower)), 0.0), words)
        if found.status == "infeasible":
            return False
        return True if self._keep(words, found) else None

    def _run(self, objective: Objective, words: str) -> Outcome:
        self._engine.minimise(objective)
        with suppress(OptimizerError):
            return self._engine.run(seconds=SECONDS, gap=NEAR)
        return Outcome("failed", None, np.inf, -np.inf)

    def _keep(self, words: str, found: Outcome) -> bool:
        """Keep what was found as a good plan, if it is one: its rules are verified."""
        if found.x is None:
            return False
        with suppress(OptimizerError):
            plan = follows(self._prepared, found.x, self._names, -np.inf, NEAR, found.status)
            told = (*(warning for warning in plan.warnings if warning != ONE_OF_SEVERAL), ONE_OF_MANY)
            self.good[words] = replace(plan, warnings=told)
            return True
        return False


def patterns(reach: Reach) -> dict[str, Range]:
    """Return the range of the highest pattern of each line: shifts at the most."""
    found = {}
    highest = {name: _highest(plan) for name, plan in reach.good.items()}

    def seen(line: str) -> tuple[int, int]:
        highest.update({name: _highest(plan) for name, plan in reach.good.items() if name not in highest})
        values = [table.get(line, 0) for table in highest.values()]
        return min(values), max(values)

    for line in sorted({line for table in highest.values() for line in table} | set(reach.crews)):
        crews = reach.crews.get(line, {})
        least, most = seen(line)
        no_less, no_more = least, most
        while most + 1 in crews and (works := reach.works(line, most + 1)) is not False:
            if works is None:
                no_more = max(crews)
                break
            most = no_more = max(most + 1, seen(line)[1])
        while least in crews and (rests := reach.rests(line, least)) is not False:
            if rests is None:
                no_less = min(crews) - 1
                break
            least = no_less = min(least - 1, seen(line)[0])
        found[line] = Range(least, most, no_less, no_more)
    return {line: replace(known, least=seen(line)[0], most=seen(line)[1]) for line, known in found.items()}


def pledges(reach: Reach) -> dict[str, Range]:
    """Return the range of what each member pledges, in units."""
    proven = {member: (reach.end(member, 1.0), reach.end(member, -1.0)) for member in sorted(reach.pledges)}
    pledged = [plan.tables["pledges"].groupby("member")["pledged"].sum() for plan in reach.good.values()]
    found = {}
    for member, (no_less, no_more) in proven.items():
        amounts = [float(table.get(member, 0.0)) for table in pledged]
        least, most = min(amounts), max(amounts)
        found[member] = Range(least, most, min(no_less, least), max(no_more, most))
    return found


def _highest(plan: Plan) -> dict[str, int]:
    table = plan.tables["shifts"].groupby("line")["shifts"].max()
    return {str(line): round(float(most)) for line, most in table.items()}
