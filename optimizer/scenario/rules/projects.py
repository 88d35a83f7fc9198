"""Projects: fields by kind, starts that are possible, groups, and what requires what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.production import circles
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import Group, Line, Project, Settings, Site


def fields_fit_the_kind(view: View) -> Iterator[Finding]:
    """An expansion names its line and share; other kinds do not."""
    for index, project in view.numbered(Project):
        for name, header in (("line", "line"), ("added_share", "added share of its rate")):
            given = getattr(project, name) is not None
            if project.kind == "expansion" and not given:
                message = f"`{project.project}` is an expansion; fill in `{header}`"
                yield view.error(Project, index, name, message)
            elif project.kind != "expansion" and given:
                message = f"`{project.project}` is no expansion; leave `{header}` empty"
                yield view.error(Project, index, name, message)


OF_SIZE = {
    "least_size": "least size",
    "capex_per_size": "capex per size",
    "fixed_cost_per_size": "fixed cost per month and size",
}
"""What is said of a size where one is chosen: attribute -> header."""


def sizes_fit_the_project(view: View) -> Iterator[Finding]:
    """Sizes have a most, no less than the least; of a committed project there is one."""
    for index, project in view.numbered(Project):
        name, least, most = project.project, project.least_size, project.largest
        if not project.sized:
            for attribute, header in OF_SIZE.items():
                if getattr(project, attribute):
                    message = f"`{name}` has a {header}, but no size is chosen; fill in `most size`, or leave it empty"
                    yield view.error(Project, index, attribute, message)
        elif least > most:
            message = f"the least size {least:g} of `{name}` is more than the most, {most:g}; mend one of them"
            yield view.error(Project, index, "least_size", message)
        elif project.status == "committed" and least < most:
            message = f"`{name}` is committed, and its size given; write it as the least size and as the most size"
            yield view.error(Project, index, "least_size", message)


def one_size_for_one_line(view: View) -> Iterator[Finding]:
    """A line that is opened in a chosen size is not expanded as well: its size says how much it can make."""
    sized = {project.project for project in view.rows(Project) if project.sized}
    openers = {line.line: line.opened_by or "" for line in view.rows(Line)}
    for index, project in view.numbered(Project):
        opener = openers.get(project.line or "", "")
        if opener in sized:
            message = (
                f"`{project.line}` is opened by `{opener}` in a size that is chosen, so it cannot be expanded, too; "
                f"give `{opener}` a larger most size instead, or none"
            )
            yield view.error(Project, index, "line", message)


def sizes_work_on_working_days(view: View) -> Iterator[Finding]:
    """What is of a chosen size does nothing on weekends, so a share of weekends that may be worked is told.

    The output of a weekend would be a product of two decisions, how many are worked and how large the project is.
    """
    if "weekends" not in view.settings.levers:
        return
    sized = {project.project for project in view.rows(Project) if project.sized}
    shares = {line.line: line.weekend_share for line in view.rows(Line)}
    usual = view.settings.weekend_share
    for index, line in view.numbered(Line):
        if line.opened_by in sized and line.weekend_share:
            message = (
                f"`{line.line}` is opened by `{line.opened_by}` in a size that is chosen, so it works no weekends; "
                f"write 0, or leave `most size` of `{line.opened_by}` empty"
            )
            yield view.warning(Line, index, "weekend_share", message)
    for index, project in view.numbered(Project):
        lines = (
            [project.line] if project.line else [ln.line for ln in view.rows(Line) if ln.opened_by == project.project]
        )
        stated = [shares.get(name) for name in lines]
        idle = [usual if share is None else share for share in stated]
        if project.sized and any(idle) and (project.line or None in stated):
            does = "adds nothing on weekends" if project.line else "works no weekends"
            where = f"write 0 as the weekend share of `{lines[0]}`, or leave `most size` empty"
            yield view.warning(
                Project, index, "most_size", f"`{project.project}` is of a chosen size and {does}; {where}"
            )


def projects_open_lines(view: View) -> Iterator[Finding]:
    """New lines and reactivations are named by the lines they open, at sites of one member."""
    members: dict[str, set[str]] = defaultdict(set)
    for line in view.rows(Line):
        members[line.opened_by or ""].add(view.site_members.get(line.site, ""))
    for index, project in view.numbered(Project):
        if project.kind != "expansion" and project.project not in members:
            message = f"no line is opened by `{project.project}`; name it in `opened by` of Lines"
            yield view.error(Project, index, "project", message)
        places = sorted(members[project.project] - {""})
        if len(places) > 1:
            message = f"`{project.project}` opens lines in {', '.join(places)}; make it one project for each"
            yield view.error(Project, index, "project", message)


def expansions_open_nothing(view: View) -> Iterator[Finding]:
    """A line is opened by a new line or a reactivation."""
    kinds = {project.project: project.kind for project in view.rows(Project)}
    for index, line in view.numbered(Line):
        if kinds.get(line.opened_by or "") == "expansion":
            message = f"`{line.opened_by}` is an expansion and opens no line; leave `opened by` empty"
            yield view.error(Line, index, "opened_by", message)


def committed_projects_have_a_start(view: View) -> Iterator[Finding]:
    """Committed projects have a start, within their months; others have none."""
    for index, project in view.numbered(Project):
        start, name = project.start, project.project
        if project.status != "committed" and start is not None:
            message = f"`{name}` has a start but is not committed; use `earliest`, or mend its status"
            yield view.error(Project, index, "start", message)
        elif project.status == "committed" and start is None:
            message = f"`{name}` is committed; fill in the month of its decision"
            yield view.error(Project, index, "start", message)
        elif start and not (project.earliest or start) <= start <= (project.latest or start):
            message = f"the start {start:%Y-%m} of `{name}` is not within earliest and latest; clear these"
            yield view.error(Project, index, "start", message)


def firm_orders_are_complete(view: View) -> Iterator[Finding]:
    """Firm orders have a quantity and an item."""
    for index, project in view.numbered(Project):
        if (project.firm_quantity is None) != (project.firm_item is None):
            name = "firm_quantity" if project.firm_quantity is None else "firm_item"
            message = "firm orders need a quantity and an item; fill in both or neither"
            yield view.error(Project, index, name, message)


def starts_are_possible(view: View) -> Iterator[Finding]:
    """A forced project can open within the horizon; an option that cannot is worth a warning."""
    calendar = view.calendar
    for index, project in view.numbered(Project):
        first, stop = calendar.window(project.earliest, project.latest)
        late = 0 if project.late_until is None else calendar.month(project.late_until) + 1
        stop = min(stop, max(calendar.end - project.lead_months, late))
        possible = any(first <= month < stop for month in calendar.begins)
        lead = f"its lead time is {project.lead_months} of {calendar.end} months"
        advice = f"{lead}; mend it, earliest or latest"
        if project.status == "forced" and not possible:
            message = f"`{project.project}` is forced but cannot open within the horizon; {advice}"
            yield view.error(Project, index, "status", message)
        elif project.status == "option" and not possible:
            message = f"`{project.project}` can never open within the horizon; {advice}"
            yield view.warning(Project, index, "lead_months", message)
        elif project.status == "committed" and project.start is not None:
            opening = calendar.month(project.start) + project.lead_months
            if opening >= calendar.end:
                message = f"`{project.project}` opens after the horizon; only its payments count"
                yield view.warning(Project, index, "start", message)


# -- what requires what --------------------------------------------------------------------------
def requirements_can_be_met(view: View) -> Iterator[Finding]:
    """No project requires itself, in a circle, or one that is forbidden while it must be built."""
    status = {project.project: project.status for project in view.rows(Project)}
    for index, project in view.numbered(Project):
        needed = project.requires or ""
        if needed == project.project:
            yield view.error(Project, index, "requires", f"`{needed}` requires itself; leave this empty")
        elif project.status == "forced" and status.get(needed) == "forbidden":
            message = f"`{project.project}` is forced but requires `{needed}`, which is forbidden"
            yield view.error(Project, index, "requires", f"{message}; mend one status")
    follows = {project.project: [project.requires] for project in view.rows(Project) if project.requires}
    index_of = {project.project: index for index, project in view.numbered(Project)}
    for circle in circles(follows):
        message = f"the projects require each other: {' > '.join(circle)}; delete one requirement"
        yield view.error(Project, index_of[circle[0]], "requires", message)


def groups_can_be_met(view: View) -> Iterator[Finding]:
    """At least is no more than at most, nor than the projects there are; forced ones fit in."""
    projects: dict[str, list[Project]] = defaultdict(list)
    for project in view.rows(Project):
        projects[project.group or ""].append(project)
    for index, group in view.numbered(Group):
        possible = [p for p in projects[group.group] if p.status != "forbidden"]
        sure = [p for p in possible if p.status in ("committed", "forced")]
        if group.at_least > group.at_most:
            message = f"at least {group.at_least} is more than at most {group.at_most}; mend one of them"
            yield view.error(Group, index, "at_least", message)
        elif group.at_least > len(possible):
            message = f"at least {group.at_least} of `{group.group}`, which has {len(possible)} projects"
            yield view.error(Group, index, "at_least", f"{message}; lower it")
        if len(sure) > group.at_most:
            message = f"at most {group.at_most} of `{group.group}`, but {len(sure)} are committed or forced"
            yield view.error(Group, index, "at_most", f"{message}; raise it")


RULES = (
    Rule(fields_fit_the_kind, ()),
    Rule(sizes_fit_the_project, ()),
    Rule(one_size_for_one_line, (Line,)),
    Rule(sizes_work_on_working_days, (Line, Settings)),
    Rule(projects_open_lines, (Line, Site)),
    Rule(expansions_open_nothing, ()),
    Rule(committed_projects_have_a_start, ()),
    Rule(firm_orders_are_complete, ()),
    Rule(starts_are_possible, (Settings,)),
    Rule(requirements_can_be_met, ()),
    Rule(groups_can_be_met, (Project,)),
)
