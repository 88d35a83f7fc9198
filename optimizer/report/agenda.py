"""What must be decided, grouped by plant and month, with its owner."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import MEMBER, Column

KINDS = ("project", "shift", "pledge", "weekends", "gift", "release", "purchase")
"""Order in which decisions of one month are told to a decision maker."""
VERBS = {
    "shift": "More crews: ",
    "release": "Fewer crews: ",
    "weekends": "Weekends on ",
}
OTHERS = "(orders and supplies)"
"""Plant of decisions that belong to none."""
GROUP = "(the group)"
"""Owner of decisions that belong to no member: what is bought outside."""
MOST_NAMED = 3
"""Decisions of one kind that are told by name."""

AGENDA = (
    Column("decide_by", "decide by", "", "month"),
    Column("plant", "plant", ""),
    MEMBER,
    Column("owner", "owner", ""),
    Column("what", "what", ""),
    Column("count", "decisions", ""),
    Column("effective_from", "effect from", "", "month"),
    Column("one_off_cost", "one-off cost", "", "money"),
    Column("monthly_cost", "monthly cost", "", "money per month"),
)
"""Columns of `agenda`."""


Decision = Mapping[Hashable, Any]
"""A row of the table of decisions."""


def agenda(plan: Plan) -> pd.DataFrame:
    """Return the decisions of a plan, one row for each month and plant: in order of the date, the costly ones first.

    The owner is the company that runs the plant, else the member, else the group. Committed projects are decided
    already.
    """
    table = plan.measures.decisions
    table = table[table["status"] != "committed"]
    sites = _sites(plan)
    named = zip(table["where"], table["kind"], strict=True)
    plants = [sites.get(where, where if kind == "project" else OTHERS) for where, kind in named]
    together: dict[tuple[pd.Timestamp, str, str], list[Decision]] = {}
    for plant, row in zip(plants, table.to_dict("records"), strict=True):
        together.setdefault((row["decide_by"], plant, row["member"]), []).append(row)
    rows = [
        {
            "decide_by": decide_by,
            "plant": plant,
            "member": member,
            "owner": "; ".join(dict.fromkeys(row["producer"] for row in part if row["producer"])) or member or GROUP,
            "what": _what(part),
            "count": len(part),
            "effective_from": min(row["effective_from"] for row in part),
            "one_off_cost": float(sum(row["one_off_cost"] for row in part)),
            "monthly_cost": float(sum(row["monthly_cost"] for row in part)),
        }
        for (decide_by, plant, member), part in together.items()
    ]
    found = pd.DataFrame(rows, columns=[column.name for column in AGENDA])
    size = -(found["one_off_cost"] + 12 * found["monthly_cost"].abs())
    return (
        found.assign(size=size)
        .sort_values(["decide_by", "size"], kind="stable")
        .drop(columns="size")
        .reset_index(drop=True)
    )


def to_sign(plan: Plan) -> tuple[str, pd.DataFrame]:
    """Return the month in which the next decisions are due, and those of it; what is overdue is left to the sheet."""
    table = agenda(plan)
    table = table[table["decide_by"] >= pd.Timestamp(plan.scenario.calendar.start)]
    if not len(table):
        return "", table
    first = table["decide_by"].min()
    return f"{first:%Y-%m}", table[table["decide_by"] == first].reset_index(drop=True)


def _what(part: Sequence[Decision]) -> str:
    """Return the decisions of a plant in one month in words, kind by kind."""
    told = []
    for kind in KINDS:
        column = "where" if kind in VERBS else "what"
        names = list(dict.fromkeys(row[column] for row in part if row["kind"] == kind))
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            told.append(VERBS.get(kind, "") + ", ".join(names[:MOST_NAMED]) + more)
    return "; ".join(told)


def _sites(plan: Plan) -> Mapping[str, str]:
    """Return the plant of each line."""
    lines = plan.measures.capacity[["line", "site"]].drop_duplicates()
    return dict(zip(lines["line"], lines["site"], strict=True))
