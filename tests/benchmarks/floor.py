"""The floor: at every mark ours is lexicographically not worse than the plain call.

The first objective within 0.1 %; a later one within 0.5 % or one period, where a plan of plain keeps our limits on
the earlier ones. Plans of plain count when the verifier accepts them. An objective that ours has not
begun has no value yet, and that is worse than any.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.run import Run, limit
from tests.benchmarks.trace import SAME, known_at

FIRST, LATER = 0.001, 0.005
"""Share of its value by which the first objective, and a later one, may be worse."""


def behind(ours: Run, plain: Run, seconds: float, levers_off: float | None) -> set[str]:
    """Return the objectives in which ours is behind a plan that plain had by then."""
    found = (_behind(ours, theirs, seconds, levers_off) for theirs in plans(plain, seconds))
    return {name for name in found if name is not None}


def plans(plain: Run, seconds: float) -> Iterator[dict[str, float]]:
    """Yield what is known of the accepted plans of plain at a time: objective -> value.

    While an objective is searched, its own value is the one of the log and later ones are unknown.
    """
    for number, one in enumerate(plain.searched):
        value, _ = known_at(plain, one.objective, seconds)
        if not one.verified or value is None:
            continue
        if one.ended <= seconds:
            yield one.plan
        else:
            yield {name: one.plan[name] for name in plain.objectives[:number]} | {one.objective: value}


def refuted(plain: Run, ours: Run, number: int) -> bool:
    """Tell whether a plan of ours that the verifier accepted lies below what plain claims as its bound.

    Of a later objective only a plan that keeps the limits of plain on the earlier ones tells that.
    """
    claimed = plain.searched[number]
    for one in ours.searched:
        if not one.verified or claimed.bound is None or claimed.objective not in one.plan:
            continue
        keeps = all(e.limit is not None and one.plan[e.objective] <= e.limit for e in plain.searched[:number])
        if keeps and one.plan[claimed.objective] < claimed.bound - SAME * max(1.0, abs(claimed.bound)):
            return True
    return False


def _behind(ours: Run, theirs: dict[str, float], seconds: float, levers_off: float | None) -> str | None:
    for rank, name in enumerate(ours.objectives):
        if name not in theirs:
            return None
        mine, _ = known_at(ours, name, seconds)
        if mine is None or mine > theirs[name] + _room(ours, rank, theirs[name]):
            return name
        if theirs[name] > limit(name, mine, levers_off, ours.slack):
            return None
    return None


def _room(ours: Run, rank: int, value: float) -> float:
    if rank == 0:
        return max(FIRST * abs(value), SAME * max(1.0, abs(value)))
    return max(LATER * abs(value), ours.period if ours.objectives[rank] == "speed" else SAME * max(1.0, abs(value)))
