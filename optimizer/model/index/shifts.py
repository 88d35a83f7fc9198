"""Which crews can run, join and leave in which review block, and what a joining crew loses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from optimizer.model.index.projects import ProjectIndex, Start
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import LineFacts, Network
from optimizer.scenario.schema import Member

Crew = tuple[str, int, int]
"""(line, step, block)"""


@dataclass(frozen=True)
class ShiftIndex:
    """Index sets and coefficients of shifts.

    Attributes
    ----------
    CREWS
        (line, step, block) in which a crew can run.
    HIGHER_CREWS
        The same for steps above the first.
    JOINS
        Where a crew can join: hiring lead is over, or the line is opened by a project.
    ABSENT
        Joins whose crew has a ramp-up and may have been there a block earlier. Others could only
        pay for joining and leaving at once.
    run_bounds
        (least, most) of `run`: existing lines keep step 1 unless they may idle; with the lever
        off the pattern of today stays.
    before
        Crew -> the crew a block earlier, or None at the first block, where `opening` counts.
    OPENED_CREWS
        First-step crews of opened lines -> starts that open the line before the block ends.
    OPENED_INSIDE
        (opened line, block) -> starts that open the line after the block's beginning, before its end; where the
        opening is not given.
    SECOND_CREWS
        Second-step crews of lines that may open inside the block -> the starts that open the line by its beginning.
    given_opening
        Line of a committed project -> month in which it opens.
    stay
        Crew -> blocks of joining whose minimum stay is not yet over.
    crew_loss
        (line, step, period) -> ((months lost, block of joining), ...).
    PEOPLE, people
        (member, block) with a limit of people -> how many there are without hiring; the crews that take some.
    LIMITED
        Those of them in which crews could take them, or people leave.
    HIRES
        (member, block) in which people may be hired for a pool, and leave it -> the most that are hired.
    LEAVES
        The same keys -> the most that are let go.
    trained, gone
        (member, block) -> the hires whose people have been trained by its beginning; those who were let go by then;
        each with the share of them who would not have quit since.
    learning
        (member, block) -> (people who train one, hires whose people are in training), where that takes people.
    training
        Hire -> the blocks in which its people are in training.
    WAITING
        (member, block) in which people without a crew are paid.
    """

    CREWS: tuple[Crew, ...]
    HIGHER_CREWS: tuple[Crew, ...]
    JOINS: frozenset[Crew]
    ABSENT: frozenset[Crew]
    run_bounds: dict[Crew, tuple[int, int]]
    before: dict[Crew, Crew | None]
    opening: dict[tuple[str, int], int]
    OPENED_CREWS: dict[Crew, tuple[Start, ...]]
    OPENED_INSIDE: dict[tuple[str, int], tuple[Start, ...]]
    SECOND_CREWS: dict[Crew, tuple[Start, ...]]
    given_opening: dict[str, int]
    stay: dict[Crew, tuple[int, ...]]
    crew_loss: dict[tuple[str, int, int], tuple[tuple[float, int], ...]]
    PEOPLE: dict[tuple[str, int], float]
    people: dict[tuple[str, int], tuple[tuple[float, Crew], ...]]
    LIMITED: tuple[tuple[str, int], ...]
    HIRES: dict[tuple[str, int], float]
    LEAVES: dict[tuple[str, int], float | None]
    trained: dict[tuple[str, int], tuple[tuple[float, tuple[str, int]], ...]]
    gone: dict[tuple[str, int], tuple[tuple[float, tuple[str, int]], ...]]
    learning: dict[tuple[str, int], tuple[float, tuple[tuple[str, int], ...]]]
    training: dict[tuple[str, int], tuple[int, ...]]
    WAITING: tuple[tuple[str, int], ...]
    LINE_PERIODS: frozenset[tuple[str, int]]


def index_shifts(network: Network, calendar: Calendar, projects: ProjectIndex) -> ShiftIndex:
    """Work out the crews of every line."""
    crews: list[Crew] = []
    opened: dict[Crew, tuple[Start, ...]] = {}
    for line in network.lines.values():
        for b in range(len(calendar.blocks)):
            if line.project:
                openers = _openers(network, calendar, projects, line, b)
                if not openers:
                    continue
                opened[line.name, 1, b] = openers
            crews += [(line.name, k, b) for k in range(1, len(line.steps) + 1)]
    exists = set(crews)
    given = dict(_given_openings(network, projects))
    inside = dict(_opened_inside(network, calendar, opened))
    people = _people(network, calendar, crews)
    hires = _hires(network, calendar)
    training = {(m, b): tuple(range(b, _counts(network, calendar, m, b))) for m, b in hires}
    joins = frozenset(crew for crew in crews if _may_join(network.lines[crew[0]], crew, calendar))
    losses = _crew_losses(network, calendar, crews)
    losing = {(name, k, b) for (name, k, _), found in losses.items() for _, b in found}
    return ShiftIndex(
        CREWS=tuple(crews),
        HIGHER_CREWS=tuple(crew for crew in crews if crew[1] > 1),
        JOINS=joins,
        ABSENT=joins & losing,
        run_bounds={crew: bounds_of_run(network, crew) for crew in crews},
        before={(ln, k, b): (ln, k, b - 1) if (ln, k, b - 1) in exists else None for ln, k, b in crews},
        opening={
            (line.name, k): int(k <= line.shifts_now)
            for line in network.lines.values()
            for k in range(1, len(line.steps) + 1)
        },
        OPENED_CREWS=opened,
        OPENED_INSIDE={key: starts for key, starts in inside.items() if key[0] not in given},
        SECOND_CREWS={
            (name, 2, b): tuple(start for start in opened[name, 1, b] if start not in starts)
            for (name, b), starts in inside.items()
            if (name, 2, b) in exists
        },
        given_opening=given,
        stay={
            crew: blocks for crew in crews if (blocks := _recent_joins(network.lines[crew[0]], crew, calendar, exists))
        },
        crew_loss=losses,
        PEOPLE={(m, b): _there(network.members[m], calendar.block_begins(b)) for m, b in people},
        people=people,
        LIMITED=tuple(key for key, crews_there in people.items() if crews_there or key in hires),
        HIRES=hires,
        LEAVES={
            (m, b): None if (most := network.members[m].people_let_go) is None else most * calendar.block_months(b)
            for m, b in hires
        },
        trained={key: tuple(_trained(network, calendar, hires, *key)) for key in people},
        gone={key: tuple(_gone(network, calendar, hires, *key)) for key in people},
        learning={
            (m, b): (
                network.members[m].trainers,
                tuple((m, other) for other in range(b + 1) if b in training[m, other]),
            )
            for m, b in hires
            if network.members[m].trainers
        },
        training=training,
        WAITING=tuple((m, b) for m, b in people if network.members[m].waiting_pay),
        LINE_PERIODS=frozenset((ln, t) for ln, k, b in crews if k == 1 for t in calendar.blocks[b]),
    )


def _openers(
    network: Network, calendar: Calendar, projects: ProjectIndex, line: LineFacts, b: int
) -> tuple[Start, ...]:
    lead = network.projects[line.project].lead_months
    return tuple(s for s in projects.LINE_STARTS[line.name] if s[2] + lead < calendar.block_ends(b))


def _given_openings(network: Network, projects: ProjectIndex) -> Iterator[tuple[str, int]]:
    """Yield the lines of committed projects."""
    for name, starts in projects.LINE_STARTS.items():
        row = network.projects[network.lines[name].project]
        if row.status == "committed":
            yield name, starts[0][2] + row.lead_months


def _opened_inside(
    network: Network, calendar: Calendar, opened: dict[Crew, tuple[Start, ...]]
) -> Iterator[tuple[tuple[str, int], tuple[Start, ...]]]:
    for (name, _, b), openers in opened.items():
        lead = network.projects[network.lines[name].project].lead_months
        inside = tuple(start for start in openers if start[2] + lead > calendar.block_begins(b))
        if inside:
            yield (name, b), inside


def _may_join(line: LineFacts, crew: Crew, calendar: Calendar) -> bool:
    _, k, b = crew
    return bool(line.project) or calendar.block_begins(b) >= line.steps[k - 1].hiring_months


def bounds_of_run(network: Network, crew: Crew) -> tuple[int, int]:
    """Return how few and how many of a crew may run: 0 or 1."""
    line, k = network.lines[crew[0]], crew[1]
    if "shifts" not in network.scenario.settings.levers:
        if line.project:
            return 0, int(k <= max(1, line.shifts_now))
        return int(k <= line.shifts_now), int(k <= line.shifts_now)
    return int(k == 1 and not line.project and not line.may_idle), 1


def _recent_joins(line: LineFacts, crew: Crew, calendar: Calendar, exists: set[Crew]) -> tuple[int, ...]:
    """Return the blocks in which a crew that joined must still be there (its own block always)."""
    name, k, b = crew
    stay = max(line.steps[k - 1].minimum_stay, 1)
    first = calendar.block_of[calendar.within(calendar.block_begins(b) - stay + 1, calendar.end)[0]]
    return tuple(
        other
        for other in range(first, b + 1)
        if (name, k, other) in exists
        and _may_join(line, (name, k, other), calendar)
        and calendar.block_begins(b) < calendar.block_begins(other) + stay
    )


def _crew_losses(
    network: Network, calendar: Calendar, crews: list[Crew]
) -> dict[tuple[str, int, int], tuple[tuple[float, int], ...]]:
    losses: dict[tuple[str, int, int], list[tuple[float, int]]] = defaultdict(list)
    for name, k, b in crews:
        line = network.lines[name]
        if line.project or not _may_join(line, (name, k, b), calendar):
            continue  # crews of an opened line: the project's ramp-up includes it
        begin = calendar.block_begins(b)
        ramp = network.profile(line.steps[k - 1].ramp_up)
        for t in range(calendar.blocks[b][0], len(calendar.lengths)):
            if calendar.begins[t] >= begin + len(ramp):
                break
            lost = sum((1 - share) * calendar.overlap(t, begin + j, begin + j + 1) for j, share in enumerate(ramp))
            if lost > 0:
                losses[name, k, t].append((lost, b))
    return {key: tuple(found) for key, found in losses.items()}


def _hires(network: Network, calendar: Calendar) -> dict[tuple[str, int], float]:
    """Return how many people may be hired at the beginning of each block; none without the lever."""
    lever = "shifts" in network.scenario.settings.levers
    return {
        (name, b): row.people_hired * calendar.block_months(b)
        for name, row in network.members.items()
        if row.people_hired is not None and lever
        for b in range(len(calendar.blocks))
    }


def _there(row: Member, months: int) -> float:
    """Return the people of a member after some months without hiring: (1 - q)^m available + sum of added (1 - q)^j.

    q is the share who quit per month, j goes from 0 to m - 1.
    """
    grown = float(months) if not row.quitting else (1 - kept(row, months)) / row.quitting
    return (row.people_available or 0.0) * kept(row, months) + row.people_added * grown


def _counts(network: Network, calendar: Calendar, member: str, hired: int) -> int:
    """Return the block from which people hired in another count; the number of blocks where none is left."""
    ready = calendar.block_begins(hired) + network.members[member].training_months
    later = (b for b in range(hired, len(calendar.blocks)) if calendar.block_begins(b) >= ready)
    return next(later, len(calendar.blocks))


def _trained(
    network: Network, calendar: Calendar, hires: Collection[tuple[str, int]], member: str, b: int
) -> Iterator[tuple[float, tuple[str, int]]]:
    for other in range(b + 1):
        counts = _counts(network, calendar, member, other)
        if (member, other) in hires and counts <= b:
            yield (
                kept(network.members[member], calendar.block_begins(b) - calendar.block_begins(counts)),
                (member, other),
            )


def _gone(
    network: Network, calendar: Calendar, hires: Collection[tuple[str, int]], member: str, b: int
) -> Iterator[tuple[float, tuple[str, int]]]:
    for other in range(b + 1):
        if (member, other) in hires:
            yield (
                kept(network.members[member], calendar.block_begins(b) - calendar.block_begins(other)),
                (member, other),
            )


def kept(row: Member, months: int) -> float:
    """Return the share of the people of a member who have not quit after some months."""
    return float((1 - row.quitting) ** months)


def _people(
    network: Network, calendar: Calendar, crews: list[Crew]
) -> dict[tuple[str, int], tuple[tuple[float, Crew], ...]]:
    """Return the crews that take people, where there is a limit; in every block of a member who hires some."""
    people: dict[tuple[str, int], list[tuple[float, Crew]]] = defaultdict(list)
    for name, row in network.members.items():
        people |= {(name, b): [] for b in range(len(calendar.blocks)) if row.hires}
    for crew in crews:
        line = network.lines[crew[0]]
        if line.people and network.members[line.member].people_available is not None:
            people[line.member, crew[2]].append((line.people, crew))
    return {key: tuple(found) for key, found in people.items()}
