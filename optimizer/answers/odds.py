"""What may come, and how likely it is: the scenarios of a workbook, and what is decided before one is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optimizer.errors import Finding, InputError, refuse
from optimizer.model.index.projects import start_months
from optimizer.plan.assignment import DECIDED, month_of
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Change, Line, Project, Settings, headers
from optimizer.scenario.variants import apply_changes, key_text, probabilities, variant, variant_names
from optimizer.solve.arrays import Name

BASE = "base"
"""Name of the workbook as it is."""
SAME = ("start", "periods", "review_months", "objectives", "currency", "reveal")
"""Settings that all scenarios share."""
FIRST = tuple(name for table, names in DECIDED.items() if table != "payments" for name in names)
"""Variables that are decided month by month; payments follow from them."""
ROOM = 1e-9


@dataclass(frozen=True)
class Odds:
    """The scenarios and their probabilities.

    Attributes
    ----------
    cases
        Name -> scenario; the base is the first of them, even where nothing is left of 1 for it.
    joint
        The same, where starts that another scenario makes possible before it is known may be taken, though they open
        too late.
    probability
        Of each, adding up to 1.
    reveal
        Month in which it is known which of them comes.
    """

    cases: Mapping[str, Scenario]
    joint: Mapping[str, Scenario]
    probability: Mapping[str, float]
    reveal: dt.date

    def first(self, name: str, columns: tuple[Name, ...]) -> set[Name]:
        """Return the columns of a scenario that are decided before it is known."""
        return decided_before(self.cases[name], self.reveal, columns)


def decided_before(scenario: Scenario, month: dt.date, columns: tuple[Name, ...]) -> set[Name]:
    """Return the columns of a scenario that are decided before a month."""
    calendar = scenario.calendar
    reveal = calendar.month(month)
    hiring = {
        (line.name, step.step): step.hiring_months for line in Network(scenario).lines.values() for step in line.steps
    }

    def decided(name: Name) -> int:
        """Return the month in which a decision is taken at the latest."""
        variable, key = name
        if variable in ("build", "size"):
            return int(key[2])
        if variable in ("hire", "dismiss"):
            return int(calendar.block_begins(key[1]))
        if variable == "run":
            return calendar.block_begins(key[2]) - hiring.get(key[:2], 0)
        return int(calendar.begins[key[-1]])

    return {column for column in columns if column[0] in FIRST and decided(column) < reveal}


def odds_of(scenario: Scenario, reveal: dt.date | str | None = None) -> Odds:
    """Return the scenarios of a workbook with their probabilities; the base has what is left of 1.

    Raises
    ------
    InputError
        When there are no scenarios or no probabilities, the month in which all is known is missing or outside the
        horizon, a scenario changes what was decided already or what all must share, or breaks a rule; it lists all.
    """
    names, given = variant_names(scenario), probabilities(scenario)
    sheet = Change.sheet
    if BASE in names:
        cell = next(index for index, row in enumerate(scenario.rows(Change)) if row.scenario == BASE)
        where = scenario.locate(Change.table, cell, "scenario")
        raise InputError([Finding(*where, f"`{BASE}` is the workbook as it is; give the scenario another name")])
    if not names:
        raise InputError([Finding(sheet, "", "there are no scenarios; write what may come, each with a probability")])
    month, wrong = _reveal(scenario, reveal)
    if not given:
        where = scenario.locate(Change.table, 0, "probability")
        wrong.append(Finding(*where, "no scenario has a probability; write one in a row of each"))
    cases = {BASE: scenario}
    for name in names:
        wrong += _decided_already(scenario, name, month)
        try:
            title = f"{scenario.settings.title}: {name}"
            changed = variant(scenario, name)
            settings = changed.settings.model_copy(update={"title": title})
            cases[name] = Scenario(settings, changed.tables, changed.origins)
        except InputError as error:
            wrong += [Finding(f.sheet, f.cell, f"in `{name}`: {f.message}", f.severity) for f in error.findings]
    refuse(wrong)
    assert month is not None
    left = 1.0 - sum(given.values())
    return Odds(cases, _with_late_starts(cases, month), {BASE: left if left > ROOM else 0.0} | given, month)


def _with_late_starts(cases: Mapping[str, Scenario], reveal: dt.date) -> dict[str, Scenario]:
    """Return the scenarios with the starts of each other that come before it is known, though they open too late."""
    last: dict[str, int] = {}
    known: dict[str, dict[str, int]] = {}
    for name, case in cases.items():
        before = case.calendar.month(reveal)
        known[name] = {
            row.project: max((month for month in start_months(case, row) if month < before), default=-1)
            for row in case.rows(Project)
        }
        last |= {project: max(month, last.get(project, -1)) for project, month in known[name].items()}
    found = {}
    for name, case in cases.items():
        late = {p: month for p, month in last.items() if month > known[name].get(p, month)}
        rows = [
            row.model_copy(update={"late_until": case.calendar.date(late[row.project])})
            if row.project in late and row.status in ("option", "forced")
            else row
            for row in case.rows(Project)
        ]
        changed = {**case.tables, Project.table: tuple(rows)}
        found[name] = Scenario(case.settings, changed, case.origins) if late else case
    return found


def _reveal(scenario: Scenario, asked: dt.date | str | None) -> tuple[dt.date | None, list[Finding]]:
    """Return the month in which the scenario is known, or what is wrong with it."""
    where = (Settings.sheet, "reveal") if asked is None and scenario.settings.reveal is None else ("reveal", "")
    if asked is None and scenario.settings.reveal is not None:
        where = scenario.locate("settings", 0, "reveal")
    asked = scenario.settings.reveal if asked is None else asked
    if asked is None:
        words = "there is no month in which it is known which scenario comes; write it as the setting `reveal`"
        return None, [Finding(where[0], "", words)]
    try:
        month = month_of(asked)
    except InputError as error:
        return None, [Finding(*where, finding.message) for finding in error.findings]
    calendar = scenario.calendar
    if not 0 < calendar.month(month) < calendar.end:
        first, last = calendar.date(1), calendar.date(calendar.end - 1)
        words = f"{month:%Y-%m} is no month in which it can become known; choose one of {first:%Y-%m} to {last:%Y-%m}"
        return None, [Finding(*where, words)]
    return month, []


def _decided_already(scenario: Scenario, name: str, reveal: dt.date | None) -> Iterator[Finding]:
    """Yield the changes of a scenario that change what all share, or what is decided before the scenario is known."""
    for index, change in enumerate(scenario.rows(Change)):
        if change.scenario != name:
            continue
        changed, problems = apply_changes(scenario, name, [change])
        if problems:
            continue  # told by the rules
        where = scenario.locate(Change.table, index, "value")
        for setting in SAME:
            if getattr(changed.settings, setting) != getattr(scenario.settings, setting):
                words = f"the setting `{headers(Settings)[setting]}` is the same in all scenarios; take the row out"
                yield Finding(*where, words)
        for was, now in zip(scenario.rows(Project), changed.rows(Project), strict=True):
            past = [row.start for row in (was, now) if row.status == "committed" and row.start is not None]
            moved = (was.status, was.start) != (now.status, now.start)
            if moved and past and reveal is not None and min(past) < reveal:
                words = f"`{was.project}` is decided before {reveal:%Y-%m} and cannot hang on what is known then"
                yield Finding(*where, f"{words}; change its lead months instead, or `reveal`")
        for line, other in zip(scenario.rows(Line), changed.rows(Line), strict=True):
            if line.shifts_now != other.shifts_now:
                words = f"the shifts of {key_text(line)} now are what they are; a scenario cannot change them"
                yield Finding(*where, f"{words}; take the row out")
