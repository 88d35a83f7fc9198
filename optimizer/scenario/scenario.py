"""What is given: the settings and tables of one planning problem, frozen, with DataFrames on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from optimizer.errors import Finding, InputError, refuse
from optimizer.scenario.calendar import Calendar, parse_periods
from optimizer.scenario.parse import Origin, parse_rows
from optimizer.scenario.schema import BY_TABLE, REQUIRED_SHEETS, TABLES, Change, Row, Settings, headers

if TYPE_CHECKING:
    import pandas as pd

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, repr=False)
class Scenario:
    """One planning problem: settings and tables, all frozen.

    Every table is also a DataFrame by its name (`scenario.funds`, `scenario.lines`, ...), one
    column per attribute of its row model in `optimizer.scenario.schema`, units as stated there.
    Change a table with `replace`; the original stays as it is.

    Parameters
    ----------
    settings
        The Settings sheet.
    tables
        Table name -> rows.
    origins
        Table name -> where its rows came from, for messages. Not part of equality.
    """

    settings: Settings
    tables: Mapping[str, tuple[Row, ...]]
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Leave out tables without rows: no table and an empty one are the same."""
        object.__setattr__(self, "tables", {name: rows for name, rows in self.tables.items() if rows})

    @classmethod
    def from_tables(cls, settings: Mapping[str, Any], **tables: pd.DataFrame | Sequence[Mapping[str, Any]]) -> Scenario:
        """Build a scenario from Python: settings by name, tables as DataFrames or lists of dicts.

        Raises
        ------
        InputError
            When a value does not fit its column or a rule across rows is broken; it lists all findings.
        TypeError
            When there is no such table, or it is neither a DataFrame nor a list of dicts.
        """
        return _checked(_brought_up(cls(*_parsed(settings, tables))))

    def replace(
        self, *, settings: Mapping[str, Any] | None = None, **tables: pd.DataFrame | Sequence[Mapping[str, Any]]
    ) -> Scenario:
        """Return a copy with some tables replaced, and some settings changed.

        Parameters
        ----------
        settings
            Settings to change, by attribute name, say ``{"gap": 0.001}``.
        **tables
            New tables by name, as DataFrames or lists of dicts with the attributes as columns.

        Raises
        ------
        InputError
            When a value does not fit its column or a rule across rows is broken; it lists all findings.
        TypeError
            When there is no such table, or it is neither a DataFrame nor a list of dicts.
        """
        changed, rows = _parsed({**self.settings.model_dump(), **(settings or {})}, tables)
        origins = {name: origin for name, origin in self.origins.items() if name not in tables}
        return _checked(Scenario(changed, {**self.tables, **rows}, origins))

    def rows(self, model: type[R]) -> tuple[R, ...]:
        """Return the typed rows of a table: ``scenario.rows(Line)``."""
        return cast("tuple[R, ...]", self.tables.get(model.table, ()))

    def sheets(self) -> Iterator[tuple[type[Row], tuple[Row, ...]]]:
        """Yield the tables that have a sheet or file wherever the scenario is written, with their rows.

        Some sheets must be there even without rows; a reader takes them for forgotten otherwise.
        """
        for model in TABLES:
            rows = self.tables.get(model.table, ())
            if rows or model.sheet in REQUIRED_SHEETS:
                yield model, rows

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in BY_TABLE:
            raise AttributeError(f"a scenario has no table {name!r}; the tables are {', '.join(BY_TABLE)}")
        import pandas as pd  # here, since a workbook is read and checked without it

        columns = list(headers(BY_TABLE[name]))
        records = [row.model_dump() for row in self.tables.get(name, ())]
        return pd.DataFrame(records, columns=columns)

    def locate(self, table: str, index: int, attribute: str) -> tuple[str, str]:
        """Return sheet and cell of one value, for a message."""
        sheet = Settings.sheet if table == "settings" else BY_TABLE[table].sheet
        origin = self.origins.get(table, Origin(sheet))
        return origin.sheet, origin.cell(index, attribute)

    @cached_property
    def calendar(self) -> Calendar:
        """Return the periods of the horizon."""
        settings = self.settings
        return Calendar(settings.start, parse_periods(settings.periods), settings.review_months)

    def __repr__(self) -> str:
        sizes = {m.table: len(self.tables.get(m.table, ())) for m in TABLES}
        sizes[Change.table] = len({row.scenario for row in self.rows(Change)})  # a scenario may change several cells
        counts = ", ".join(f"{size} {table}" for table, size in sizes.items() if size)
        return (
            f"<Scenario {self.settings.title!r}: {self.calendar.end} months from {self.settings.start:%Y-%m}; {counts}>"
        )


def _parsed(
    settings: Mapping[str, Any], tables: Mapping[str, pd.DataFrame | Sequence[Mapping[str, Any]]]
) -> tuple[Settings, dict[str, tuple[Row, ...]]]:
    """Return settings and tables from Python as typed rows; raise InputError with all that does not fit its column."""
    found, findings = parse_rows(Settings, [settings], Origin("settings"))
    rows, more = _parse_tables(tables)
    if findings + more:
        raise InputError(findings + more)
    return found[0], rows


def _parse_tables(
    tables: Mapping[str, pd.DataFrame | Sequence[Mapping[str, Any]]],
) -> tuple[dict[str, tuple[Row, ...]], list[Finding]]:
    parsed: dict[str, tuple[Row, ...]] = {}
    findings: list[Finding] = []
    for name, table in tables.items():
        if name not in BY_TABLE:
            raise TypeError(f"a scenario has no table {name!r}; the tables are {', '.join(BY_TABLE)}")
        records = _records(name, table)
        if lost := _lost(table):
            findings += [Finding(name, "", words) for words in lost]
            continue
        parsed[name], more = parse_rows(BY_TABLE[name], records, Origin(name))
        findings += more
    return parsed, findings


def _lost(table: pd.DataFrame | Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what records cannot hold of a DataFrame: all but one of the columns of one name."""
    counts = Counter(() if isinstance(table, Sequence) else table.columns)
    return [f"the column `{name}` is there {n} times; delete all but one" for name, n in counts.items() if n > 1]


def _records(name: str, table: pd.DataFrame | Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the records of a table; what stands in the named index of a DataFrame is a column like others."""
    if isinstance(table, Sequence) and all(isinstance(record, Mapping) for record in table):
        return table
    if isinstance(table, Sequence) or not hasattr(table, "to_dict"):
        raise TypeError(f"{name} is a {type(table).__name__}; give a DataFrame, or a list of dicts, one for each row")
    if not table.columns.is_unique:
        return []  # told as lost
    columns = headers(BY_TABLE[name])
    named = [level for level in table.index.names if level in columns and level not in table.columns]
    return cast("Sequence[Mapping[str, Any]]", table.reset_index(named).to_dict("records"))


def _brought_up(scenario: Scenario) -> Scenario:
    from optimizer.scenario.versions import brought_up

    return brought_up(scenario)[0]


def _checked(scenario: Scenario) -> Scenario:
    from optimizer.scenario.checks import check

    refuse(check(scenario))
    return scenario
