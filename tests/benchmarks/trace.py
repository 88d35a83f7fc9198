"""Traces are read: value, bound and gap of an objective at a time, and when a gap was reached."""

from __future__ import annotations

from math import inf, isfinite

from tests.benchmarks.run import Point, Run

SAME = 2e-6
"""Relative difference within which value and bound are equal, as the tool itself reckons."""


def points(run: Run, objective: str) -> list[Point]:
    """Return the points of an objective with no bound above a later one: one that was taken back was not proven."""
    lowest, found = inf, []
    for seconds, name, value, bound in reversed(run.trace):
        if name == objective:
            lowest = lowest if bound is None else min(lowest, bound)
            found.append((seconds, name, value, None if bound is None else lowest))
    return found[::-1]


def known_at(run: Run, objective: str, seconds: float) -> tuple[float | None, float | None]:
    """Return value and bound of an objective as last known at a time; None before there is any."""
    value = bound = None
    for when, _, found, proven in points(run, objective):
        if when > seconds:
            break
        value = value if found is None else found
        bound = bound if proven is None else proven
    return value, bound


def gap(value: float | None, bound: float | None) -> float:
    """Return (value - bound) / |value|; 0 when both agree; infinite without a plan or a bound."""
    if value is None or bound is None:
        return inf
    difference = max(0.0, value - bound)
    if difference <= SAME * max(1.0, abs(value)):
        return 0.0
    return difference / abs(value) if value else inf


def seconds_to_gap(run: Run, objective: str, close: float) -> float | None:
    """Return when the gap of an objective first was this small; None if never."""
    times = sorted({point[0] for point in points(run, objective)})
    return next((when for when in times if gap(*known_at(run, objective, when)) <= close), None)


def seconds_to_value(run: Run, objective: str, most: float) -> float | None:
    """Return when the value of an objective first was this small; None if never."""
    return next((p[0] for p in points(run, objective) if p[2] is not None and p[2] <= most), None)


def half_of_gain(levers_off: float | None, best: float | None) -> float | None:
    """Return the value half way from every lever off to the best known; None where there is nothing to gain."""
    if levers_off is None or best is None or not isfinite(levers_off) or best >= levers_off:
        return None
    return (levers_off + best) / 2
