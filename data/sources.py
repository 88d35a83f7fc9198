"""Figures with their sources: a book of table rows in which every figure says where it comes from.

`data/facts.csv` holds the public figures, one per row, each with the page it was read from. A figure of
an example workbook is *cited* (a fact as it stands), *derived* (arithmetic on facts) or *assumed*. A
figure that leans on a fact graded [M] (memory only) counts as assumed, whatever it claims to be.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import BY_TABLE, Row, Settings, headers

FACTS = Path(__file__).with_name("facts.csv")
COLUMNS = [
    "sheet",
    "key",
    "column",
    "value",
    "kind",
    "arithmetic or reason",
    "source title",
    "source address",
    "source date",
]
NAMES = {
    "title", "data_date", "currency", "objectives", "levers", "gap", "time_limit", "threads", "seed",
    "slack", "group", "requires", "line", "site", "opened_by", "firm_item", "profile", "payments", "ramp_up",
    "pattern", "value_of", "note",
}  # fmt: skip
"""Columns that hold names, or say how to search; they are no figures and need no source."""


@dataclass(frozen=True)
class Fact:
    """A row of `facts.csv`."""

    id: str
    text: str
    low: float
    high: float
    title: str
    address: str
    date: str
    grade: str

    @property
    def middle(self) -> float:
        """Return the middle of the range that was read."""
        return (self.low + self.high) / 2


@cache
def facts() -> Mapping[str, Fact]:
    """Return the facts by id."""
    with FACTS.open(encoding="utf-8", newline="") as file:
        return {row["id"]: _fact(row) for row in csv.DictReader(file)}


def _fact(row: Mapping[str, str]) -> Fact:
    words = [row["member"], row["producer"], row["item"], row["quantity"], row["period"]]
    low, high = (float(row[name] or "nan") for name in ("value_low", "value_high"))
    return Fact(
        id=row["id"],
        text=", ".join(dict.fromkeys(word for word in words if word)) + f" [{row['unit']}]",
        low=low,
        high=high,
        title=row["source_title"],
        address=row["source_address"],
        date=row["source_date"],
        grade=row["note"][:3],
    )


def fact(number: int) -> Fact:
    """Return a fact by its number: ``fact(16)`` is F016."""
    return facts()[f"F{number:03d}"]


def gdp(member: str, year: int = 2022) -> tuple[float, int]:
    """Return the GDP of a member in billions of dollars, and the number of the fact."""
    return _found(member, "GDP", f"{year}")


def defence_share(member: str, period: str = "2023 (est.)") -> tuple[float, int]:
    """Return defence spending as a share of GDP, and the number of the fact."""
    share, number = _found(member, "share of GDP", period)
    return share / 100, number


def cost_share(member: str) -> tuple[float, int]:
    """Return a member's share in the common budgets (remembered, so assumed), and the fact's number."""
    share, number = _found(member, "NATO common funding cost share", "2024-2025")
    return share / 100, number


def _found(member: str, quantity: str, period: str) -> tuple[float, int]:
    found = [
        f
        for f in facts().values()
        if f.text.startswith(f"{member}, ") and f", {quantity}, " in f.text and period in f.text
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} facts for {member}, {quantity}, {period}; exactly one is wanted")
    return found[0].low, int(found[0].id[1:])


@dataclass(frozen=True)
class Source:
    """Where a figure comes from."""

    kind: str
    reason: str
    facts: tuple[int, ...] = ()

    @property
    def honest_kind(self) -> str:
        """Return the kind, or `assumed` when a fact behind it is memory only."""
        return "assumed" if any(fact(n).grade == "[M]" for n in self.facts) else self.kind


def cited(*numbers: int, reason: str = "") -> Source:
    """Return the source of a figure that a page states."""
    return Source("cited", reason, numbers)


def derived(arithmetic: str, *numbers: int) -> Source:
    """Return the source of a figure computed from stated ones."""
    return Source("derived", arithmetic, numbers)


def assumed(reason: str, *numbers: int) -> Source:
    """Return the source of a figure nobody stated; facts may lean on its size."""
    return Source("assumed", reason, numbers)


class Book:
    """Rows of a scenario, entered together with the source of every figure."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.settings: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []

    def set(self, name: str, value: Any, source: Source | None = None) -> None:
        """Enter a setting; names and search settings need no source."""
        self.settings[name] = value
        if name not in NAMES:
            self._record(Settings, headers(Settings)[name], "value", value, source)

    def add(self, table: str, values: Mapping[str, Any], source: Source | None = None, /, **sources: Source) -> None:
        """Enter a row; `source` goes with every figure of it that has no source of its own."""
        model = BY_TABLE[table]
        row = {name: value for name, value in values.items() if value is not None}
        self.tables[table].append(row)
        key = row_key(model, row)
        for name, value in row.items():
            if is_figure(model, name, value):
                self._record(model, key, headers(model)[name], value, sources.get(name, source))

    def _record(self, model: type[Row], key: str, column: str, value: Any, source: Source | None) -> None:
        if source is None:
            raise ValueError(f"{model.sheet}, {key}, {column} has no source")
        behind = [fact(n) for n in source.facts]
        stated = "; ".join(f"{f.id}: {f.text} {_range(f)}" for f in behind)
        texts = [source.reason, stated]
        self.records.append(
            dict(
                zip(
                    COLUMNS,
                    (
                        model.sheet,
                        key,
                        column,
                        value,
                        source.honest_kind,
                        ". ".join(t for t in texts if t),
                        _joined(f.title for f in behind),
                        _joined(f.address for f in behind),
                        _joined(f.date for f in behind),
                    ),
                    strict=True,
                )
            )
        )

    def scenario(self) -> Scenario:
        """Return the rows as a checked scenario."""
        return Scenario.from_tables(self.settings, **self.tables)

    def sources(self) -> pd.DataFrame:
        """Return the Sources sheet: one row per figure."""
        return pd.DataFrame(self.records, columns=COLUMNS)


def row_key(model: type[Row], row: Mapping[str, Any]) -> str:
    """Return the key values of a row joined by `` | ``, empty ones left empty."""
    return " | ".join(_text(row.get(name)) for name in model.key).strip(" |") or "*"


def is_figure(model: type[Row], name: str, value: Any) -> bool:
    """Tell whether a value is a figure that needs a source: a number or a month outside the key."""
    if name in NAMES or name in model.key or isinstance(value, (bool, tuple)):
        return False
    return isinstance(value, (int, float, dt.date)) or (
        name.endswith("month") or name in ("start", "earliest", "latest")
    )


def _text(value: Any) -> str:
    return "" if value is None else f"{value:%Y-%m}" if isinstance(value, dt.date) else str(value)


def _range(found: Fact) -> str:
    if found.low != found.low:
        return "".join(f"up to {found.high:,.10g}" if found.high == found.high else "(text)")
    return f"{found.low:,.10g}" if found.low == found.high else f"{found.low:,.10g} to {found.high:,.10g}"


def _joined(texts: Any) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
