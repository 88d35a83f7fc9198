"""The Scenarios sheet: named changes to rows of other sheets, applied to a scenario."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from typing import Any

from optimizer.errors import Finding, InputError, refuse
from optimizer.scenario.parse import Origin, closest, parse_rows
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import SHEETS, WHAT_IFS, Change, Row, Settings, Uncertain, headers
from optimizer.scenario.values import as_seen, is_empty, parse_month, shown

EVERY_ROW = "*"


def variant_names(scenario: Scenario) -> tuple[str, ...]:
    """Return the names on the Scenarios sheet, in their order."""
    return tuple(dict.fromkeys(change.scenario for change in scenario.rows(Change)))


def probabilities(scenario: Scenario) -> dict[str, float]:
    """Return the probability of every scenario on the Scenarios sheet that has one."""
    return {row.scenario: row.probability for row in scenario.rows(Change) if row.probability is not None}


def variant(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario with the changes of one name on the Scenarios sheet, checked anew.

    Changes apply one after the other. Those of every row (`*`) leave cells alone that are empty,
    unless they set them. What-ifs and ranges are those of the workbook and not of what it is changed to: it has none.

    Raises
    ------
    InputError
        When there is no such name, a change is impossible, or the changed scenario breaks a rule.
    """
    from optimizer.scenario.checks import check

    name = as_seen(name)
    if name not in variant_names(scenario):
        message = f"`{name}` is not a scenario{closest(name, variant_names(scenario))}"
        raise InputError([Finding(scenario.locate(Change.table, 0, "scenario")[0], "", message)])
    changed, findings = apply_changes(scenario, name)
    others = {model.table for model in WHAT_IFS}
    tables = {table: rows for table, rows in changed.tables.items() if table not in others}
    changed = Scenario(changed.settings, tables, changed.origins)
    refuse(findings or check(changed))
    return changed


def apply_changes(
    scenario: Scenario, name: str, among: Collection[Change] | None = None
) -> tuple[Scenario, list[Finding]]:
    """Return the changed scenario, not checked across rows, and what is impossible in its changes.

    Only changes that are `among` some are made; None: all of them.
    """
    findings: list[Finding] = []
    chosen = None if among is None else {id(change) for change in among}
    for index, change in enumerate(scenario.rows(Change)):
        if change.scenario == name and (chosen is None or id(change) in chosen):
            scenario, problems = applied(scenario, change)
            findings += [
                Finding(*scenario.locate(Change.table, index, attribute), message)
                for attribute, message in dict.fromkeys(problems)
            ]
    return scenario, findings


Problems = list[tuple[str, str]]
"""Column of the Scenarios sheet, and what is wrong there."""


def changeable(sheet: str) -> type[Row] | None:
    """Return the rows of a sheet that a what-if may change, by its name in any case."""
    sheets = {name.casefold(): model for name, model in SHEETS.items() if model not in WHAT_IFS}
    return sheets.get(sheet.casefold())


def applied(scenario: Scenario, change: Change) -> tuple[Scenario, Problems]:
    """Return the scenario with one change, not checked across rows, and what is impossible about it."""
    model = changeable(change.changed_sheet)
    if model is None:
        known = [m.sheet for m in SHEETS.values() if m not in WHAT_IFS]
        near = closest(change.changed_sheet, known) or "; name another sheet"
        return scenario, [("changed_sheet", f"`{change.changed_sheet}` cannot be changed{near}")]
    if model is Settings:
        return _apply_to_settings(scenario, change)
    name, problem = attribute(model, change.changed_column)
    if problem:
        return scenario, [("changed_column", problem)]
    rows = scenario.tables.get(model.table, ())
    chosen = rows if change.changed_key == EVERY_ROW else with_key(rows, change.changed_key)
    if not chosen:
        message = f"no row of {model.sheet} has the key `{change.changed_key}`"
        near = closest(change.changed_key, map(key_text, rows)) or "; mend the key"
        return scenario, [("changed_key", message + near)]
    if change.changed_key != EVERY_ROW and len(chosen) > 1:
        return scenario, [("changed_key", _of_several(model, chosen, change.changed_key))]
    news, problems = _change_rows(model, chosen, name, change)
    if problems:
        return scenario, problems
    replaced = {id(old): new for old, new in zip(chosen, news, strict=True)}
    table = tuple(replaced.get(id(row), row) for row in rows)
    return Scenario(scenario.settings, {**scenario.tables, model.table: table}, scenario.origins), []


def _apply_to_settings(scenario: Scenario, change: Change) -> tuple[Scenario, Problems]:
    """Change one setting: its name is the key, the column is `value`."""
    name = setting(change.changed_key)
    if name is None:
        near = closest(change.changed_key, headers(Settings).values())
        return scenario, [("changed_key", f"`{change.changed_key}` is not a setting{near}")]
    if change.changed_column.casefold() != "value":
        message = f"`{change.changed_column}` is not a column of Settings; write value"
        return scenario, [("changed_column", message)]
    news, problems = _change_rows(Settings, [scenario.settings], name, change)
    if problems or not isinstance(news[0], Settings):
        return scenario, problems
    return Scenario(news[0], scenario.tables, scenario.origins), []


def setting(key: str) -> str | None:
    """Return the setting of a name, or of a beginning that no other one has."""
    known = {header.casefold(): name for name, header in headers(Settings).items()}
    written = key.casefold()
    begun = [header for header in known if header.startswith(written)]
    return known.get(written) or (known[begun[0]] if len(begun) == 1 else None)


def attribute(model: type[Row], header: str) -> tuple[str, str]:
    """Return the attribute of a column that may be changed, or what is wrong with it."""
    known = {written.casefold(): name for name, written in headers(model).items()}
    name = known.get(header.casefold(), "")
    if not name:
        return "", f"`{header}` is not a column of {model.sheet}{closest(header, headers(model).values())}"
    if name in model.key:
        return "", f"`{header}` is part of the key of {model.sheet} and stays; choose another column"
    return name, ""


# -- ranges --------------------------------------------------------------------------------------
def drawn_as(row: Uncertain, scenario: str, value: float) -> Change:
    """Return the change that a scenario makes where a number is drawn from a range."""
    return Change(
        scenario=scenario,
        changed_sheet=row.changed_sheet,
        changed_key=row.changed_key,
        changed_column=row.changed_column,
        change=row.change,
        value=value,
    )


def holds_whole(row: Uncertain) -> bool | None:
    """Tell whether whole numbers, or months, are held where a range is drawn for; None where there are no numbers."""
    model = changeable(row.changed_sheet)
    if model is None:
        return None
    name = setting(row.changed_key) if model is Settings else attribute(model, row.changed_column)[0]
    kind = str(model.model_fields[name].annotation) if name else ""
    return True if "int" in kind or "date" in kind else False if "float" in kind else None


# -- rows by key ---------------------------------------------------------------------------------
def key_text(row: Row) -> str:
    """Return the key of a row as the Scenarios sheet writes it: values joined by `` | ``."""
    values = (getattr(row, name) for name in row.key)
    return " | ".join("" if v is None else f"{v:%Y-%m}" if isinstance(v, dt.date) else str(v) for v in values)


def with_key(rows: Sequence[Row], key: str) -> list[Row]:
    """Return the rows that have a key, else those whose keys begin with it.

    Blanks around values and empty values at the end do not count.
    """
    asked = _parts(key)
    keys = [_parts(key_text(row)) for row in rows]
    return [row for row, parts in zip(rows, keys, strict=True) if parts == asked] or [
        row for row, parts in zip(rows, keys, strict=True) if _begins(parts, asked)
    ]


def _begins(parts: Sequence[str], asked: Sequence[str]) -> bool:
    """Tell whether a key begins with what is asked: whole values, of the last one a beginning; case does not count."""
    if not asked or len(asked) > len(parts):
        return False
    *whole, last = (part.casefold() for part in asked)
    first = [part.casefold() for part in parts[: len(asked)]]
    return first[:-1] == whole and first[-1].startswith(last)


def _of_several(model: type[Row], chosen: Sequence[Row], key: str) -> str:
    """Return what is told of a key that several rows have, or begin with."""
    if all(_parts(key_text(row)) == _parts(key) for row in chosen):
        words = f"`{key}` is the key of {len(chosen)} rows of {model.sheet}"
        return f"{words}, since ` | ` stands in names, too; rename one"
    some = ", ".join(f"`{key_text(row).rstrip(' |')}`" for row in chosen[:3])
    more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
    return f"the keys of {len(chosen)} rows of {model.sheet} begin with `{key}`: {some}{more}; write more of it"


def _parts(key: str) -> list[str]:
    parts = [_month_or_text(as_seen(part)) for part in key.split("|")]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _month_or_text(part: str) -> str:
    try:
        return f"{parse_month(part):%Y-%m}"
    except ValueError:
        return part


# -- values --------------------------------------------------------------------------------------
def _change_rows(model: type[Row], rows: Sequence[Row], name: str, change: Change) -> tuple[list[Row], Problems]:
    """Return the rows with one value changed in each, or what is impossible about it."""
    news: list[Row] = []
    problems: Problems = []
    lenient = change.changed_key == EVERY_ROW and change.change != "set"
    lenient = lenient and not all(is_empty(getattr(row, name)) for row in rows)
    for row in rows:
        if lenient and is_empty(getattr(row, name)):
            news.append(row)
            continue
        try:
            value = _new_value(getattr(row, name), change)
        except ValueError as error:
            problems.append(("value", str(error)))
            continue
        new, findings = parse_rows(model, [{**row.model_dump(), name: value}], Origin(model.sheet))
        news += new
        problems += [("value", finding.message) for finding in findings]
    return news, problems


def _new_value(old: Any, change: Change) -> Any:
    if change.change == "set":
        return change.value
    factor = change.value
    if isinstance(factor, bool) or not isinstance(factor, (int, float)):
        raise ValueError(f"{shown(factor)} is not a number; to {change.change}, type one")
    if is_empty(old):
        raise ValueError(f"there is no value to {change.change}; choose `set`")
    if isinstance(old, dt.date):
        return _later(old, factor, change)
    if isinstance(old, bool) or not isinstance(old, (int, float)):
        raise ValueError(f"{shown(old)} is not a number; choose `set`")
    return _rounded(float(old) * factor if change.change == "multiply" else old + factor)


def _rounded(value: float) -> float:
    """Return a result without the dust of binary fractions where it is meant to be whole."""
    if not math.isfinite(value):
        raise ValueError("the result is too large to be a number; choose a smaller one")
    return round(value) if abs(value - round(value)) <= 1e-9 * max(1.0, abs(value)) else value


def _later(old: dt.date, months: float, change: Change) -> dt.date:
    if change.change == "multiply" or not float(months).is_integer():
        raise ValueError(f"to a month, whole months can be added; not {change.change} {months:g}")
    count = old.year * 12 + old.month - 1 + int(months)
    if not 12 <= count < 120_000:
        raise ValueError(f"{old:%Y-%m} and {months:g} months make no date; add fewer")
    return dt.date(count // 12, count % 12 + 1, 1)
