"""Which projects can start when, when they are ready, what they cost.

A start is `(project, unit, month)`: the decision is taken at the beginning of that month, which is
the first of a period, or any month (also before the horizon) for a committed project.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Group, Order, Project

Unit = tuple[str, int]
Start = tuple[str, int, int]
Priced = tuple[str, str, int]
"""(variable, project, month of the decision): `build` is priced, and `size` where the size is chosen."""
LEVER_OF_KIND = {"new line": "new lines", "expansion": "expansions", "reactivation": "reactivations"}


@dataclass(frozen=True)
class ProjectIndex:
    """Index sets and coefficients of projects.

    Attributes
    ----------
    STARTS
        (project, unit, month) that exist.
    COMMITTED
        The starts that are given.
    UNITS_OF_CHOICE, FORCED_UNITS
        Units that may start at most once, and those that must start once.
    UNIT_ORDER
        (project, unit, period): unit after the first, at periods in which it may start.
    REQUIREMENTS
        (project, required project, period).
    STARTS_PER_YEAR
        (member, year) -> starts that may be chosen: what the limit leaves beside those committed within the horizon.
    FIRM_PERIODS, firm_starts, firm_orders
        (item, period) in which a start may ask for firm orders -> the starts up to it and their quantities; the orders.
    starts_of
        (project, unit) -> its start months, in order.
    READY
        (project, unit, period) -> the starts that give output in it, with the mean share of full output.
    weekend_ready
        The same with the mean over the weekends of the period instead of its months.
    LINE_STARTS
        Opened line -> its starts.
    EXPANDED
        (project, unit, line) of expansions.
    SIZES
        Starts of projects whose size is chosen -> the least and the most it may be.
    most_size
        By project: the most, 1 where none is chosen.
    grown, priced
        By project: the variable that says how large a start is (`size`, or `build` where none is chosen), and those
        that cost.
    capex_counted, payments, payments_after, fixed_cost
        (variable, project, month of the decision) -> money per unit of the variable: all that is counted; what is due
        in a month; after the horizon; in a period while it is open.
    """

    STARTS: tuple[Start, ...]
    COMMITTED: frozenset[Start]
    UNITS_OF_CHOICE: tuple[Unit, ...]
    FORCED_UNITS: tuple[Unit, ...]
    UNIT_ORDER: tuple[tuple[str, int, int], ...]
    REQUIREMENTS: tuple[tuple[str, str, int], ...]
    GROUPS_AT_LEAST: dict[str, int]
    GROUPS_AT_MOST: dict[str, int]
    group_starts: dict[str, tuple[Start, ...]]
    STARTS_PER_YEAR: dict[tuple[str, int], int]
    year_starts: dict[tuple[str, int], tuple[Start, ...]]
    FIRM_PERIODS: tuple[tuple[str, int], ...]
    firm_starts: dict[tuple[str, int], tuple[tuple[float, Start], ...]]
    firm_orders: dict[tuple[str, int], float]
    starts_of: dict[Unit, tuple[int, ...]]
    READY: dict[tuple[str, int, int], tuple[tuple[float, Start], ...]]
    weekend_ready: dict[tuple[str, int, int], tuple[tuple[float, Start], ...]]
    LINE_STARTS: dict[str, tuple[Start, ...]]
    EXPANDED: tuple[tuple[str, int, str], ...]
    added_share: dict[str, float]
    capex_counted: dict[Priced, float]
    payments: dict[Priced, dict[int, float]]
    payments_after: dict[Priced, float]
    fixed_cost: dict[Priced, dict[int, float]]
    SIZES: dict[Start, tuple[float, float]]
    most_size: dict[str, float]
    priced: dict[str, tuple[str, ...]]
    grown: dict[str, str]


def index_projects(network: Network, calendar: Calendar) -> ProjectIndex:
    """Work out starts, readiness and payments of every project."""
    scenario = network.scenario
    projects = list(network.projects.values())
    months = {row.project: tuple(start_months(scenario, row)) for row in projects}
    starts = tuple(
        (row.project, u, m) for row in projects for u in range(1, row.units + 1) for m in months[row.project]
    )
    committed = frozenset(s for s in starts if network.projects[s[0]].status == "committed")
    starts_of = {
        (row.project, u): months[row.project]
        for row in projects
        for u in range(1, row.units + 1)
        if months[row.project]
    }
    free = tuple(unit for unit in starts_of if network.projects[unit[0]].status == "option")
    forced = tuple((row.project, u) for row in projects if row.status == "forced" for u in range(1, row.units + 1))
    group_starts = _group_starts(network, starts)
    firm_starts = _firm_starts(network, calendar, starts)
    year_starts = _year_starts(network, calendar, starts, committed)
    ready, weekend_ready = _ready(network, calendar, starts)
    capex, fixed = dict(_priced(projects, months, "capex")), dict(_priced(projects, months, "fixed_cost"))
    return ProjectIndex(
        STARTS=starts,
        COMMITTED=committed,
        UNITS_OF_CHOICE=free,
        FORCED_UNITS=forced,
        UNIT_ORDER=tuple(
            (p, u, calendar.period_of_month[m]) for p, u, m in starts if u > 1 and (p, u, m) not in committed
        ),
        REQUIREMENTS=tuple(
            (row.project, row.requires, calendar.period_of_month[m])
            for row in projects
            if row.requires and row.status != "committed"
            for m in months[row.project]
        ),
        GROUPS_AT_LEAST={g.group: g.at_least for g in scenario.rows(Group) if g.at_least and g.group in group_starts},
        GROUPS_AT_MOST={g.group: g.at_most for g in scenario.rows(Group) if g.group in group_starts},
        group_starts=group_starts,
        STARTS_PER_YEAR=_starts_left(network, calendar, year_starts, committed),
        year_starts=year_starts,
        FIRM_PERIODS=tuple(firm_starts),
        firm_starts=firm_starts,
        firm_orders={(i, t): _orders_placed(scenario, calendar, i, t) for i, t in firm_starts},
        starts_of=starts_of,
        READY=ready,
        weekend_ready=weekend_ready,
        LINE_STARTS={
            line.name: tuple((line.project, line.unit, m) for m in months[line.project])
            for line in network.lines.values()
            if line.project
        },
        EXPANDED=tuple(
            (row.project, u, line.name)
            for row in projects
            if row.kind == "expansion" and months[row.project]
            for line in network.project_lines(row.project)
            for u in range(1, row.units + 1)
        ),
        added_share={row.project: row.added_share or 0.0 for row in projects},
        capex_counted={key: _counted(network, calendar, *key[1:], money) for key, money in capex.items()},
        payments={key: dict(_payments_due(network, calendar, *key[1:], money)) for key, money in capex.items()},
        payments_after={key: _due_after(network, calendar, *key[1:], money) for key, money in capex.items()},
        fixed_cost={key: _while_open(network, calendar, *key[1:], money) for key, money in fixed.items() if money},
        SIZES={(p, u, m): (row.least_size, row.largest) for p, u, m in starts if (row := network.projects[p]).sized},
        most_size={row.project: row.largest for row in projects},
        priced={row.project: ("build", "size") if row.sized else ("build",) for row in projects},
        grown={row.project: "size" if row.sized else "build" for row in projects},
    )


def start_months(scenario: Scenario, row: Project) -> Iterator[int]:
    """Yield the months in which a project may be decided: those that open it within the horizon, and those given."""
    calendar = scenario.calendar
    late = 0 if row.late_until is None else calendar.month(row.late_until) + 1
    if row.status == "committed":
        assert row.start is not None  # held by the checks
        yield calendar.month(row.start)
    elif row.status == "forced" or (row.status == "option" and LEVER_OF_KIND[row.kind] in scenario.settings.levers):
        first, stop = calendar.window(row.earliest, row.latest)
        for begin in calendar.begins:
            if first <= begin < stop and (begin + row.lead_months < calendar.end or begin < late):
                yield begin


_Ready = dict[tuple[str, int, int], tuple[tuple[float, Start], ...]]


def _ready(network: Network, calendar: Calendar, starts: tuple[Start, ...]) -> tuple[_Ready, _Ready]:
    """Return the shares of full output that starts give in a period: of its months, and of its weekends."""
    ready: dict[tuple[str, int, int], list[tuple[float, Start]]] = defaultdict(list)
    weekends: dict[tuple[str, int, int], list[tuple[float, Start]]] = defaultdict(list)
    shares: dict[tuple[str | None, int], list[tuple[int, float, float]]] = {}  # many plants ramp up and open alike
    for start in starts:
        project, unit, month = start
        row = network.projects[project]
        ramp = row.ramp_up, month + row.lead_months
        if ramp not in shares:
            shares[ramp] = list(_ramp_up(calendar, network.profile(row.ramp_up), ramp[1]))
        for t, share, on_weekends in shares[ramp]:
            ready[project, unit, t].append((share, start))
            weekends[project, unit, t].append((on_weekends, start))
    return (
        {key: tuple(found) for key, found in ready.items()},
        {key: tuple(found) for key, found in weekends.items()},
    )


def _ramp_up(calendar: Calendar, profile: tuple[float, ...], opening: int) -> Iterator[tuple[int, float, float]]:
    """Yield period and mean share of full output, by month and by weekend, of what opens in a month, where positive."""
    for t in calendar.within(opening, calendar.end):
        months = range(max(calendar.begins[t], opening), calendar.ends(t))
        ramped = [profile[m - opening] if m - opening < len(profile) else 1.0 for m in months]
        on_weekends = sum(share * calendar.saturdays[m] for m, share in zip(months, ramped, strict=True))
        share = sum(ramped) / calendar.lengths[t]
        if share > 0:
            yield t, share, on_weekends / calendar.weekends[t]


def _priced(projects: list[Project], months: dict[str, tuple[int, ...]], cost: str) -> Iterator[tuple[Priced, float]]:
    """Yield what a start of a project costs, and what each unit of its size does where that is chosen."""
    for row in projects:
        for m in months[row.project]:
            yield ("build", row.project, m), getattr(row, cost)
            if row.sized:
                yield ("size", row.project, m), getattr(row, f"{cost}_per_size")


def _payments_due(
    network: Network, calendar: Calendar, project: str, m: int, capex: float
) -> Iterator[tuple[int, float]]:
    """Yield (month, money) of the payments due within the horizon."""
    for j, share in enumerate(network.payments(network.projects[project])):
        if share and 0 <= m + j < calendar.end:
            yield m + j, capex * share


def _due_after(network: Network, calendar: Calendar, project: str, m: int, capex: float) -> float:
    """Return the payments due after the horizon."""
    shares = enumerate(network.payments(network.projects[project]))
    return sum(capex * share for j, share in shares if m + j >= calendar.end)


def _counted(network: Network, calendar: Calendar, project: str, m: int, capex: float) -> float:
    """Return all payments from the start on, discounted, times the share of life used."""
    row, rate = network.projects[project], network.scenario.settings.discount_rate
    paid = sum(
        capex * share * (1 + rate) ** (-(m + j) / 12) for j, share in enumerate(network.payments(row)) if m + j >= 0
    )
    used = min(1.0, max(0.0, calendar.end - m) / row.life) if row.life else 1.0
    return float(paid * used)


def _while_open(network: Network, calendar: Calendar, project: str, m: int, cost: float) -> dict[int, float]:
    """Return period -> a monthly cost from the opening on."""
    opens = m + network.projects[project].lead_months
    return {
        t: cost * open_months
        for t in calendar.within(opens, calendar.end)
        if (open_months := calendar.overlap(t, opens, calendar.end))
    }


def _group_starts(network: Network, starts: tuple[Start, ...]) -> dict[str, tuple[Start, ...]]:
    groups: dict[str, list[Start]] = {row.group: [] for row in network.projects.values() if row.group}
    for p, u, m in starts:
        group = network.projects[p].group
        if group and u == 1:
            groups[group].append((p, u, m))
    return {group: tuple(found) for group, found in groups.items()}


def _year_starts(
    network: Network, calendar: Calendar, starts: tuple[Start, ...], committed: frozenset[Start]
) -> dict[tuple[str, int], tuple[Start, ...]]:
    years: dict[tuple[str, int], list[Start]] = defaultdict(list)
    members = {project: network.project_member(project) for project in network.projects}
    for start in starts:
        if start not in committed:
            years[members[start[0]], calendar.date(start[2]).year].append(start)
    return {key: tuple(found) for key, found in years.items()}


def _starts_left(
    network: Network, calendar: Calendar, years: dict[tuple[str, int], tuple[Start, ...]], committed: frozenset[Start]
) -> dict[tuple[str, int], int]:
    """Return how many starts of each year may be chosen; what is committed is never too much."""
    taken = Counter((network.project_member(p), calendar.date(m).year) for p, _, m in committed if m >= 0)
    return {
        key: max(0, limit - taken[key])
        for key in years
        if (limit := network.members[key[0]].starts_per_year) is not None
    }


def _firm_starts(
    network: Network, calendar: Calendar, starts: tuple[Start, ...]
) -> dict[tuple[str, int], tuple[tuple[float, Start], ...]]:
    """Return per (item, period) the starts up to it that need firm orders, with the quantity.

    What was decided before the horizon had its orders then, and they lie in the opening book.
    """
    by_item: dict[str, list[tuple[float, Start]]] = defaultdict(list)
    for start in starts:
        row = network.projects[start[0]]
        if row.firm_quantity and row.firm_item and not row.firm_waived and 0 <= start[2] < calendar.end:
            by_item[row.firm_item].append((row.firm_quantity, start))
    return {
        (item, t): tuple((q, start) for q, start in found if start[2] < calendar.ends(t))
        for item, found in by_item.items()
        for t in calendar.periods
        if any(calendar.period_of_month[start[2]] == t for _, start in found)
    }


def _orders_placed(scenario: Scenario, calendar: Calendar, item: str, t: int) -> float:
    """Return the orders of an item dated within the horizon, up to the end of period t; if firm, earlier ones, too."""
    since = -math.inf if scenario.settings.opening_firm else 0
    return sum(
        row.per_month * max(0, min(stop, calendar.ends(t)) - max(first, since))
        for row in scenario.rows(Order)
        if row.item == item
        for first, stop in (calendar.window(row.from_month, row.to_month),)
    )
