"""The answer to a question: a few lines, tables, pictures of them, and the plans behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.plan.tables import Column
from optimizer.study.planset import PlanSet


@dataclass(frozen=True)
class Sheet:
    """A table of an answer: its title, what it tells, its columns and rows; `brief` names those that are printed."""

    title: str
    about: str
    columns: Sequence[Column]
    frame: pd.DataFrame
    brief: Sequence[str] = ()

    @property
    def printed(self) -> list[Column]:
        """Return the columns that are told where there is little room."""
        return [column for column in self.columns if not self.brief or column.name in self.brief]


@dataclass(frozen=True)
class Picture:
    """A chart of a table.

    Attributes
    ----------
    title, x, y
        Titles of the chart and its axes; y with its unit.
    table
        Whose columns are drawn.
    along
        Column along the x axis.
    series
        Columns drawn, and their names in the legend.
    kind
        ``columns`` side by side, ``lines`` over months, or ``points`` joined by lines.
    rows
        Column, and the value that the rows drawn have in it; they stand together. None: all rows.
    """

    title: str
    x: str
    y: str
    table: str
    along: str
    series: Mapping[str, str]
    kind: str = "columns"
    rows: tuple[str, str] | None = None


@dataclass(frozen=True, repr=False)
class Reply:
    """The answer to a question. Every table is a DataFrame by its name, say `reply.decisions`.

    Attributes
    ----------
    question
        In words.
    currency
        Of all money.
    lines
        The answer in a few lines: label and words.
    sheets
        Name -> table.
    shown
        Names of the tables that the answer is told by; the others are behind it.
    pictures
        Charts.
    plans
        The plans behind it, and why there is none where there is none.
    complete
        Whether all that was asked is answered.
    """

    question: str
    currency: str
    lines: Sequence[tuple[str, str]]
    sheets: Mapping[str, Sheet]
    shown: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    plans: PlanSet = field(default_factory=lambda: PlanSet({}))
    complete: bool = True

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name == "sheets" or name not in self.sheets:
            known = "" if name.startswith("_") or name == "sheets" else f"; the tables are {', '.join(self.sheets)}"
            raise AttributeError(f"an answer has no table {name!r}{known}")
        return self.sheets[name].frame.copy()

    def __dir__(self) -> list[str]:
        """Offer the tables to tab completion."""
        return [*super().__dir__(), *self.sheets]

    def __repr__(self) -> str:
        return "\n".join([f"<{self.question}>", *(f"  {label}: {words}" for label, words in self.lines)])

    def record(self) -> dict[str, Any]:
        """Return the answer as plain values: lines, and every table as a list of rows."""
        return {
            "question": self.question,
            "complete": self.complete,
            "answer": dict(self.lines),
            "tables": {name: sheet.frame.to_dict("records") for name, sheet in self.sheets.items()},
            "tasks": dict(self.plans.status),
        }

    def to_excel(self, path: str | Path) -> Path:
        """Write the answer to an Excel file: the first sheet holds it in one page, the others the tables.

        Raises
        ------
        ReportError
            When the file cannot be written; an earlier one stays as it was.
        """
        from optimizer.answers.book import write_reply

        return write_reply(self, Path(path))
