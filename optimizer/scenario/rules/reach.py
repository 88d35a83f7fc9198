"""What no plan could reach: hard targets above everything that could ever be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.errors import IMPOSSIBLE, Finding
from optimizer.scenario.network import WORKING_DAYS
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import EACH, POOLED, LadderStep, Line, Project, Rate, Settings, Site, Target

MOST_WEEKENDS = 5
"""Saturdays of a month, at most."""
CLOSE = 1e-9


def hard_rates_are_within_reach(view: View) -> Iterator[Finding]:
    """A hard rate is no more than all lines make with every crew, weekend, expansion and plant at once."""
    able = _able(view)
    for index, target in view.numbered(Target):
        if target.kind == "rate" and target.strength == "hard" and target.item and target.place != EACH:
            places = {place for place, _ in able} if target.place in (None, POOLED) else {target.place}
            most = sum(m for (place, item), m in able.items() if item == target.item and place in places)
            if 0 < most * (1 + CLOSE) < target.value:  # that nobody makes it at all is told elsewhere
                message = (
                    f"{target.value:,.0f} a month are more than all lines of `{target.item}` could ever make with "
                    f"every shift, weekend, expansion and plant: {most:,.0f}; lower the value, or add lines or projects"
                )
                yield view.finding(Target, index, "value", message, IMPOSSIBLE)


def _able(view: View) -> dict[tuple[str, str], float]:
    """Return what could be made a month by member and item, if everything worked for it at once."""
    settings = view.settings
    crews: dict[str, float] = defaultdict(float)
    for step in view.rows(LadderStep):
        crews[step.ladder] += step.added_share
    projects = {row.project: row for row in view.rows(Project)}
    added: dict[str, float] = defaultdict(float)
    for row in view.rows(Project):
        if row.kind == "expansion" and row.line and row.status != "forbidden":
            added[row.line] += (row.added_share or 0.0) * row.units * row.largest
    able: dict[tuple[str, str], float] = defaultdict(float)
    lines = {line.line: line for line in view.rows(Line)}
    best: dict[tuple[str, str], float] = defaultdict(float)
    for rate in view.rows(Rate):
        best[rate.line, rate.item] = max(best[rate.line, rate.item], rate.rate)
    for (name, item), rate_ in best.items():
        line = lines.get(name)
        if line is None:
            continue
        opener = projects.get(line.opened_by or "")
        units = 0.0 if line.opened_by else 1.0
        if opener is not None and opener.status != "forbidden":
            units = opener.units * opener.largest
        share = settings.weekend_share if line.weekend_share is None else line.weekend_share
        weekends = 1 + MOST_WEEKENDS * share * 2 * settings.weekend_efficiency / WORKING_DAYS
        pattern = crews.get(line.ladder or "", 1.0)
        able[view.site_members.get(line.site, ""), item] += rate_ * units * pattern * weekends * (1 + added[name])
    return able


RULES = (Rule(hard_rates_are_within_reach, (Settings, Site, Line, Rate, LadderStep, Project)),)
