"""Projects: which units start, when they may, in which order, how many, and with which orders behind them."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

import numpy as np

from optimizer.plan.plan import Check
from optimizer.scenario.schema import Group, Project
from optimizer.verify.book import Book
from optimizer.verify.tally import FloatArray, Tally, beside, largest, number

CHOSEN = ("option", "forced")


def _period(book: Book, month: int | None) -> float:
    """Return the period of a month; -1 before the horizon, infinity after it or if there is none."""
    facts = book.facts
    if month is None or month >= facts.horizon:
        return np.inf
    return float(np.searchsorted(facts.begins, month, side="right")) - 1


def starts_are_allowed(book: Book) -> Check:
    """Check that every start is one its project allows, and every committed unit is there.

    Option and forced: decided in the first month of a period, not before `earliest`, not after
    `latest`, opening before the end of the horizon or decided no later than `late_until`. Committed:
    every unit in exactly the month `start`. Forbidden: none. `opens` is the decision plus the lead
    months; units count from 1.
    """
    facts, tally, frame = book.facts, Tally("starts_are_allowed", "starts"), book.frame("starts")
    begins = {int(month) for month in facts.begins}
    for row, name in enumerate(frame["project"]):
        project = facts.network.projects.get(name)
        unit, start, opens = frame["unit"][row], int(frame["start"][row]), int(frame["opens"][row])
        why = ""
        if project is None:
            why = "which is no project"
        elif unit not in range(1, project.units + 1):
            why = f"but there are {project.units} units"
        elif project.status == "forbidden":
            why = "which is forbidden"
        elif frame["status"][row] != project.status:
            why = f"with the status {frame['status'][row]!r} where {project.status!r} is given"
        elif opens != start + project.lead_months:
            why = f"opening in {facts.date(opens)}, but it takes {project.lead_months} months"
        elif project.status in CHOSEN:
            why = _outside(book, project, start, begins)
        what = f"unit {unit:g} of {name} is decided in {facts.date(start)}"
        tally.must(not why, f"{what}, {why}")
    for name, project in facts.network.projects.items():
        if project.status != "committed" or project.start is None:
            continue
        month = facts.scenario.calendar.month(project.start)
        for unit in range(1, project.units + 1):
            found = book.started.get((name, unit))
            text = f"unit {unit} of {name} is committed for {facts.date(month)} but not decided then"
            tally.must(found == month, text)
    return tally.check()


def _outside(book: Book, project: Project, start: int, begins: set[int]) -> str:
    facts = book.facts
    first, stop = facts.scenario.calendar.window(project.earliest, project.latest)
    if start not in begins:
        return "which begins no period"
    if not first <= start < stop:
        return "which is not between its earliest and latest month"
    late = project.late_until is not None and start <= facts.scenario.calendar.month(project.late_until)
    if start + project.lead_months >= facts.horizon and not late:
        return "so it would open after the horizon"
    return ""


def units_start_at_most_once(book: Book) -> Check:
    """Check that a project and unit appear in one start at most."""
    tally = Tally("units_start_at_most_once", "starts")
    for (project, unit), times in Counter((p, u) for p, u, _ in book.starts).items():
        text = f"unit {unit} of {project} is started {times} times"
        tally.must(times <= 1, text)
    return tally.check()


def sizes_are_allowed(book: Book) -> Check:
    """Check least size <= size <= most size of every started unit, and 1 where no size is chosen."""
    tally = Tally("sizes_are_allowed", "starts")
    for (name, unit), size in book.sizes.items():
        project = book.facts.network.projects.get(name)
        if project is None:
            continue
        least, most = (project.least_size, project.largest) if project.sized else (1.0, 1.0)
        text = f"unit {unit} of {name} has a size of {number(size)}, it may be {number(least)} to {number(most)}"
        tally.row(max(least - size, size - most), text, max(most, size))
    return tally.check()


def forced_projects_start(book: Book) -> Check:
    """Check that every unit of a forced project is started."""
    tally = Tally("forced_projects_start", "starts")
    for name, project in book.facts.network.projects.items():
        for unit in range(1, project.units + 1) if project.status == "forced" else ():
            text = f"unit {unit} of {name} must be built but is not started"
            tally.must((name, unit) in book.started, text)
    return tally.check()


def units_start_in_order(book: Book) -> Check:
    """Check that unit u + 1 of a project starts only if unit u does, and not before it."""
    tally = Tally("units_start_in_order", "starts")
    for (project, unit), month in book.started.items():
        if unit > 1:
            before = book.started.get((project, unit - 1))
            text = f"unit {unit} of {project} is decided in {book.facts.date(month)}, before unit {unit - 1}"
            tally.must(before is not None and before <= month, text)
    return tally.check()


def _started_in(book: Book, group: str) -> int:
    projects = book.facts.network.projects.items()
    return sum((name, 1) in book.started for name, project in projects if project.group == group)


def groups_start_enough(book: Book) -> Check:
    """Check that a group's projects with unit 1 started (committed ones too) number at least so many."""
    tally = Tally("groups_start_enough", "starts")
    for group in book.facts.scenario.rows(Group):
        started = _started_in(book, group.group)
        text = f"{started} projects of {group.group} are started, at least {group.at_least} must be"
        tally.row(group.at_least - started, text)
    return tally.check()


def groups_start_no_more(book: Book) -> Check:
    """Check that a group's projects with unit 1 started (committed ones too) number at most so many."""
    tally = Tally("groups_start_no_more", "starts")
    for group in book.facts.scenario.rows(Group):
        started = _started_in(book, group.group)
        text = f"{started} projects of {group.group} are started, at most {group.at_most} may be"
        tally.row(started - group.at_most, text)
    return tally.check()


def required_projects_start_first(book: Book) -> Check:
    """Check that unit 1 of a project starts no earlier than the period in which its required one starts.

    A committed project is given, not chosen: it is not asked.
    """
    tally = Tally("required_projects_start_first", "starts")
    for name, project in book.facts.network.projects.items():
        if project.requires is None or project.status not in CHOSEN or (name, 1) not in book.started:
            continue
        started = _period(book, book.started[name, 1])
        needed = _period(book, book.started.get((project.requires, 1)))
        text = f"{name} is decided in {book.facts.date(book.started[name, 1])}, before {project.requires}"
        tally.must(needed <= started, text)
    return tally.check()


def starts_per_year_are_limited(book: Book) -> Check:
    """Check units started at a member's sites per calendar year <= its starts per year.

    Committed ones within the horizon count, too, and where they are more than that, no other may start.
    """
    facts, tally = book.facts, Tally("starts_per_year_are_limited", "starts")
    chosen: Counter[tuple[str, int]] = Counter()
    given: Counter[tuple[str, int]] = Counter()
    for name, _, month in book.starts:
        key = facts.network.project_member(name), facts.scenario.calendar.date(month).year
        if facts.network.projects[name].status in CHOSEN:
            chosen[key] += 1
        elif month >= 0:
            given[key] += 1
    for (member, year), started in chosen.items():
        most = facts.network.members[member].starts_per_year
        if most is not None:
            there = given[member, year]
            text = f"{started + there} project units are started in {member} in {year}, at most {most} may be"
            tally.row(started - max(0, most - there), text)
    return tally.check()


def firm_orders_come_first(book: Book) -> Check:
    """Check firm quantities of units started so far <= orders so far, by item and period.

    Orders: those dated within the horizon and placed before the end of the period, of all customers,
    plus pledges up to the period, and the opening book where it counts as firm. Units decided before the
    horizon and projects whose firm orders are waived need none.
    """
    facts, tally = book.facts, Tally("firm_orders_come_first", "starts")
    needed: dict[str, FloatArray] = {}
    for name, _, month in book.starts:
        project = facts.network.projects[name]
        if project.firm_quantity and project.firm_item and not project.firm_waived and month >= 0:
            quantity = needed.setdefault(project.firm_item, np.zeros(facts.count))
            quantity += project.firm_quantity * (facts.ends > month)
    since = -math.inf if facts.settings.opening_firm else 0.0
    for item, quantity in needed.items():
        there = np.zeros(facts.count)
        for b, (_, ordered) in enumerate(facts.books):
            if ordered == item:
                there += facts.ordered_by(b, facts.ends, since=since) + np.cumsum(book.pledged[b])
        size = beside(largest(quantity, there), book.quantity(item))
        tally.each(quantity - there, partial(_say_orders, book, item, quantity, there), size=size)
    return tally.check()


def _say_orders(book: Book, item: str, quantity: FloatArray, there: FloatArray, t: int) -> str:
    month = book.facts.label(t)
    return f"projects started by {month} need {number(quantity[t])} {item} on order but {number(there[t])} are"
