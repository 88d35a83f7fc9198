"""The capacity balance: what crews, openings and expansions let a line do in a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.model.index.production import ProductionIndex
from optimizer.model.index.projects import ProjectIndex
from optimizer.model.index.shifts import ShiftIndex
from optimizer.model.index.weekends import WeekendIndex
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network

LineStep = tuple[str, int, int]
"""(line, step, period)"""
Gain = tuple[str, int, str, int, int]
"""(project, unit, line, step, period)"""
Terms = tuple[tuple[float, str, tuple[Any, ...]], ...]
"""((coefficient, variable, key), ...)"""


@dataclass(frozen=True)
class CapacityIndex:
    """Index sets and coefficients of capacity, all in months of 1-8-5.

    Attributes
    ----------
    EFFECTIVE
        (line, step, period) of opened lines -> (project, unit, period) of what opens them.
    effective
        (line, step, period) of every line -> what its crew gives, as terms.
    weekend_output
        The same for weekend runs.
    full
        (line, step, period) of opened lines -> output of a whole period.
    GAINS
        (project, unit, line, step, period) in which an expansion can be open -> its gain at full output.
    WEEKEND_GAINS
        The same where the step can work weekends -> its gain on one weekend at full output.
    WEEKEND_SHARES
        Gain and number of a share -> that share of full output: of no start yet, and of every start.
    SIZED_GAINS
        Gain of an expansion whose size is chosen and number of a level -> that level and what of the crew is above it,
        as terms: of what the crew may give, every amount but nothing and all.
    available
        (line, period) -> capacity, as terms.
    minimum
        (line, period) with a minimum rate -> terms and constant of its right-hand side.
    crew_minimum
        (line, step, period) with a minimum rate of every crew -> the same, for the crews up to the step.
    """

    EFFECTIVE: dict[LineStep, tuple[str, int, int]]
    full: dict[LineStep, float]
    effective: dict[LineStep, Terms]
    weekend_output: dict[LineStep, Terms]
    GAINS: dict[Gain, float]
    WEEKEND_GAINS: dict[Gain, float]
    WEEKEND_SHARES: dict[tuple[str, int, str, int, int, int], float]
    SIZED_GAINS: dict[tuple[str, int, str, int, int, int], tuple[float, Terms]]
    available: dict[tuple[str, int], Terms]
    minimum: dict[tuple[str, int], tuple[Terms, float]]
    crew_minimum: dict[LineStep, tuple[Terms, float]]


def index_capacity(
    network: Network,
    calendar: Calendar,
    projects: ProjectIndex,
    shifts: ShiftIndex,
    weekends: WeekendIndex,
    production: ProductionIndex,
) -> CapacityIndex:
    """Work out the capacity of every line that can make something in a period."""
    openings: dict[LineStep, tuple[str, int, int]] = {}
    full: dict[LineStep, float] = {}
    effective: dict[LineStep, Terms] = {}
    weekend_output: dict[LineStep, Terms] = {}
    available: dict[tuple[str, int], list[tuple[float, str, tuple[Any, ...]]]] = {}
    for name, t in production.LINES:
        available[name, t] = []
        if (name, t) not in shifts.LINE_PERIODS:
            continue
        line, b, months = network.lines[name], calendar.block_of[t], calendar.lengths[t]
        for k, step in enumerate(line.steps, 1):
            key = (name, k, t)
            full[key] = step.added_share * months
            if line.project:
                openings[key] = (line.project, line.unit, t)
                effective[key] = ((1.0, "effective", key),)
            else:
                losses = shifts.crew_loss.get(key, ())
                effective[key] = (
                    (full[key], "run", (name, k, b)),
                    *((-step.added_share * lost, "join", (name, k, other)) for lost, other in losses),
                )
            runs = k in weekends.at.get((name, t), ())
            weekend_output[key] = ((weekends.months[name, k], "weekend", key),) if runs else ()
            available[name, t] += [*effective[key], *weekend_output[key]]
    gains, weekend_gains = _gains(network, projects, full, weekend_output)
    for variable, found in (("gain", gains), ("weekend_gain", weekend_gains)):
        for gain in found:
            available[gain[2], gain[4]].append((1.0, variable, gain))
    return CapacityIndex(
        EFFECTIVE=openings,
        full=full,
        effective=effective,
        weekend_output=weekend_output,
        GAINS=gains,
        WEEKEND_GAINS=weekend_gains,
        WEEKEND_SHARES={
            (*gain, number): share
            for gain in weekend_gains
            for number, share in enumerate(_shares(projects, gain[0], gain[1], gain[4]))
        },
        SIZED_GAINS={
            (*gain, number): level
            for gain in gains
            if network.projects[gain[0]].sized
            for number, level in enumerate(_levels(network, calendar, projects, shifts, gain[2:]))
        },
        available={key: tuple(terms) for key, terms in available.items()},
        minimum={
            key: _minimum(network, calendar, projects, shifts, *key, 1)
            for key in production.MINIMUM
            if key in shifts.LINE_PERIODS
        },
        crew_minimum={
            (name, k, t): _minimum(network, calendar, projects, shifts, name, t, k)
            for name, t in production.CREW_MINIMUM
            if (name, t) in shifts.LINE_PERIODS
            for k in _crews_that_owe(network, name)
        },
    )


def _gains(
    network: Network, projects: ProjectIndex, full: dict[LineStep, float], weekend_output: dict[LineStep, Terms]
) -> tuple[dict[Gain, float], dict[Gain, float]]:
    """Return what expansions add at full output and size 1, and on weekends; of a chosen size nothing on these."""
    gains: dict[Gain, float] = {}
    on_weekends: dict[Gain, float] = {}
    steps: dict[str, list[LineStep]] = defaultdict(list)
    for key in full:
        steps[key[0]].append(key)
    for p, u, name in projects.EXPANDED:
        delta = projects.added_share[p]
        for step in steps[name]:
            _, k, t = step
            if (p, u, t) in projects.READY:
                gains[p, u, name, k, t] = delta * full[step]
                for months, _, _ in weekend_output[step] if not network.projects[p].sized else ():
                    on_weekends[p, u, name, k, t] = delta * months
    return gains, on_weekends


def _levels(
    network: Network, calendar: Calendar, projects: ProjectIndex, shifts: ShiftIndex, key: LineStep
) -> Iterator[tuple[float, Terms]]:
    """Yield the amounts that a crew may give beside nothing and all, with what it gives above each, as terms.

    In months of full output: of an existing line less what a joining crew loses, of an opened one while it ramps up.
    """
    name, k, t = key
    line, months = network.lines[name], calendar.lengths[t]
    if line.project:
        ready = projects.READY[line.project, line.unit, t]
        for share in sorted({share for share, _ in ready if share < 1}):
            above = ((months * (other - share), "build", start) for other, start in ready if other > share)
            yield months * share, tuple(above)
        return
    losses = shifts.crew_loss.get(key, ())
    for loss in sorted({lost for lost, _ in losses if lost < months}):
        joined = ((-min(lost, loss), "join", (name, k, b)) for lost, b in losses)
        yield months - loss, ((loss, "run", (name, k, calendar.block_of[t])), *joined)


def _shares(projects: ProjectIndex, p: str, u: int, t: int) -> list[float]:
    """Return the shares of full output on weekends at which a unit can be in a period, 0 while closed."""
    return sorted({0.0, *(share for share, _ in projects.weekend_ready[p, u, t])})


def _crews_that_owe(network: Network, name: str) -> range:
    """Return the steps with a row of their own: of a line that exists the last, whose row holds all its crews.

    Of an opened line each, for as many crews as run owe as much as the plant is ready, and the least is linear for a
    given number of crews only.
    """
    steps = len(network.lines[name].steps)
    return range(1 if network.lines[name].project else steps, steps + 1)


def _minimum(
    network: Network, calendar: Calendar, projects: ProjectIndex, shifts: ShiftIndex, name: str, t: int, upto: int
) -> tuple[Terms, float]:
    """Return terms and constant of sum up to k of (h run - losses) (existing), or k h (run[k] + ready - 1) (opened).

    Where the size is chosen: k h (most run[k] + ready size - most), which asks for nothing but while the crew runs.
    """
    line, months, b = network.lines[name], calendar.lengths[t], calendar.block_of[t]
    if line.project:
        whole, most = float(upto * months), projects.most_size[line.project]
        ready = projects.READY.get((line.project, line.unit, t), ())
        starts = ((whole * share, projects.grown[line.project], start) for share, start in ready)
        return ((whole * most, "run", (name, upto, b)), *starts), -whole * most
    terms: list[tuple[float, str, tuple[Any, ...]]] = []
    for k in range(1, upto + 1):
        losses = shifts.crew_loss.get((name, k, t), ())
        terms += [(float(months), "run", (name, k, b)), *((-lost, "join", (name, k, o)) for lost, o in losses)]
    return tuple(terms), 0.0
