"""The result tables of a plan: every column with header, unit and meaning.

The *decision tables* hold what the plan decides and nothing else; a plan is verified from them
alone. Everything else (`measures`) is computed from them. Months are the first day of a period;
quantities are per period, in the item's unit; money is in whole currency units, real, undiscounted.
All numbers are unrounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """A column of a result table."""

    name: str
    header: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A result table: its name in Python, its columns, what one row is."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [column.name for column in self.columns]


MONTH = Column("month", "month", "first day of the period", "month")
LINE = Column("line", "line", "line; ` #2` and so on are further units of the project that opens it")
ITEM = Column("item", "item", "item")
MEMBER = Column("member", "member", "member")
PLACE = Column("place", "place", "member, recipient, or (pool) for items in no lane row")
CUSTOMER = Column("customer", "customer", "member that ordered")
RECIPIENT = Column("recipient", "recipient", "recipient outside the group")
PROJECT = Column("project", "project", "project")
CATEGORY = Column(
    "category", "category", "capex, fixed, crews, weekends, production, purchases, transport, holding or disposal"
)
YEAR = Column("year", "year", "calendar year")
SIZE = Column(
    "size",
    "size",
    "times what the project's columns describe, 1 where no size is chosen; only in plans with a chosen size",
    "times",
)
ONE_UNLESS_TOLD = frozenset((("starts", SIZE.name),))
"""(table, column) that is there where it says something, and is 1 in other plans."""


def _quantity(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "units")


DECISIONS: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "starts",
            "one unit of a project that is started (committed ones included)",
            (
                PROJECT,
                Column("unit", "unit", "copy of the project: 1, 2, ..."),
                Column("start", "decided", "month of the decision; may lie before the horizon", "month"),
                Column("opens", "opens", "decision plus lead months", "month"),
                Column("status", "status", "option, forced or committed"),
                SIZE,
            ),
        ),
        Table(
            "shifts",
            "every line in every period",
            (LINE, MONTH, Column("shifts", "shifts", "crews at work: steps of the ladder that run", "shifts")),
        ),
        Table(
            "people",
            "a member and review block in which people are hired or leave (no row: nobody; no table: nobody may)",
            (
                MEMBER,
                Column("month", "month", "first day of the review block", "month"),
                Column("hired", "hired", "people hired for the pool of the member", "people"),
                Column("left", "left", "people who leave it", "people"),
            ),
        ),
        Table(
            "weekends",
            "a crew that works weekends in a period (no row: none)",
            (
                LINE,
                Column("step", "step", "step of the ladder: 1, 2, ..."),
                MONTH,
                Column("weekends", "weekends", "weekends on which the crew works in the period", "weekend runs"),
            ),
        ),
        Table(
            "output",
            "a line that can make an item in a period",
            (LINE, ITEM, MONTH, _quantity("made", "made", "good output in the period")),
        ),
        Table(
            "stock",
            "producer-held stock of an item at a place at the end of a period",
            (PLACE, ITEM, MONTH, _quantity("closing", "closing stock", "at the end of the period")),
        ),
        Table(
            "own_stock",
            "a member's own stockpile at the end of a period",
            (MEMBER, ITEM, MONTH, _quantity("closing", "closing stock", "at the end of the period")),
        ),
        Table(
            "shipments",
            "what is sent over a lane in a period (no row: none)",
            (
                Column("from_place", "from", "place it leaves"),
                Column("to_place", "to", "place it goes to"),
                ITEM,
                MONTH,
                _quantity("shipped", "shipped", "sent in the period; arrives after the lane's transit"),
            ),
        ),
        Table(
            "purchases",
            "what is bought from a supplier in a period (no row: none)",
            (
                Column("supplier", "supplier", "outside source"),
                PLACE,
                ITEM,
                MONTH,
                _quantity(
                    "bought", "bought", "bought in the period; arrives after the supplier's lead (and lane's transit)"
                ),
            ),
        ),
        Table(
            "pledges",
            "what a member adds to its orders in a period (no row: none)",
            (MEMBER, ITEM, MONTH, _quantity("pledged", "pledged", "ordered in addition in the period")),
        ),
        Table(
            "deliveries",
            "every order book (customer and item) in every period",
            (
                CUSTOMER,
                ITEM,
                MONTH,
                _quantity("delivered", "delivered", "delivered in the period"),
                _quantity("backlog", "order book", "ordered and pledged, not delivered, at the end of the period"),
            ),
        ),
        Table(
            "uses",
            "what a recipient gets of an item in a period from stock (gifts not included)",
            (RECIPIENT, ITEM, MONTH, _quantity("used", "supplied", "taken from stock for the need")),
        ),
        Table(
            "losses",
            "every band of a need in every period",
            (
                RECIPIENT,
                ITEM,
                Column("band", "band", "band of the need"),
                MONTH,
                _quantity("lost", "lost", "need not met in the period, lost for good"),
            ),
        ),
        Table(
            "gifts",
            "what a member gives a recipient from its own stockpile (no row: none)",
            (MEMBER, RECIPIENT, ITEM, MONTH, _quantity("given", "given", "leaves the stockpile in the period")),
        ),
        Table(
            "discards",
            "what producers throw away of an item at a place in a period (no row: nothing; no table: they may not)",
            (PLACE, ITEM, MONTH, _quantity("discarded", "thrown away", "thrown away in the period")),
        ),
        Table(
            "payments",
            "what a fund pays in a year for a project (capex) or a member's other costs (no row: nothing)",
            (
                Column("fund", "fund", "fund that pays"),
                MEMBER,
                CATEGORY,
                Column("project", "project", "project, for capex; else empty"),
                YEAR,
                Column("paid", "paid", "money paid in the year", "money"),
            ),
        ),
        Table(
            "promises",
            "every target, place and item it is about, in every period in which it is soft or asap",
            (
                Column("target", "target", "target"),
                Column("place", "place", "member, recipient or customer; empty: all together"),
                Column("item", "item", "item; empty for spending at home"),
                MONTH,
                Column("attained", "attained", "asap: 1 once it holds, else 0; soft: empty"),
                _quantity("short", "short by", "soft: units by which it is missed; asap: empty"),
            ),
        ),
    )
}
"""Decision tables by name."""


def columns_of(table: Table, frame: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns that a table of a plan has: those that are 1 unless told only where they are told."""
    return tuple(c for c in table.columns if (table.name, c.name) not in ONE_UNLESS_TOLD or c.name in frame)


COSTS = Table(
    "costs",
    "cost of a member (or `(common)` for pooled items) by category and period, undiscounted",
    (
        MEMBER,
        CATEGORY,
        Column("project", "project", "project, for capex and fixed; else empty"),
        MONTH,
        Column("amount", "amount", "money spent in the period (capex: payments due in it)", "money"),
    ),
)

OBJECTIVES = Table(
    "objectives",
    "one objective in order of rank",
    (
        Column("objective", "objective", "shortfall, speed, cost or weighted"),
        Column("value", "value", "of the final plan: what is delivered"),
        Column("bound", "proven bound", "no plan within the limits of its search can be below"),
        Column(
            "gap",
            "gap",
            "(value - bound) / |value|: how far it is proven; of the value when found where that is larger",
            "share",
        ),
        Column("unit", "unit", "unit of value and bound"),
        Column("found", "value when found", "value before later objectives gave anything back"),
        Column(
            "given_back",
            "given back",
            "value - value when found: the slack that later objectives took; below 0 where more slack saved cost",
        ),
        Column("without_levers", "without levers", "shortfall only: value with every lever off; else empty"),
        Column(
            "gap_of_gain",
            "gap of the gain",
            "shortfall only: (value - bound) / (without levers - bound)",
            "share",
        ),
        Column(
            "found_cost",
            "cost when found",
            "before cost only: cost of the plan with the value when found",
            "money",
        ),
    ),
)

WORTH = Table(
    "worth",
    "an item in a period",
    (
        ITEM,
        MONTH,
        Column(
            "worth",
            "worth",
            "fall of the first objective per unit more, where it is worth most; plants, crews and weekends as planned",
            "per unit",
        ),
    ),
)

CHECKS = Table(
    "checks",
    "one rule of the verifier",
    (
        Column("rule", "rule", "name of the rule"),
        Column("table", "table", "result table it is about"),
        Column("rows", "rows checked", "rows checked", "rows"),
        Column(
            "largest",
            "largest violation",
            "relative to the size of the numbers in the row",
            "share of the row",
        ),
        Column("worst", "worst row", "row with the largest violation; empty: every row holds"),
    ),
)

KEPT: dict[str, Table] = {table.name: table for table in (*DECISIONS.values(), COSTS, OBJECTIVES, WORTH)}
"""Tables that a plan carries and a report keeps, by name; all others are worked out from them."""

OPTIONAL = frozenset((WORTH.name, "discards", "people"))
"""Those that not every plan has: the search may not know what a unit is worth, or nothing may be thrown away."""

NOT_CHECKED = (
    "how near the plan is to the best possible (bounds, gaps)",
    "what one more unit would save",
    "shortfall and waiting time without levers",
    "figures of the short run, a plan of its own that was checked when it was found",
    "what the plan costs from which an objective gave something back",
    "size and seconds of the search",
)
"""What no rule can work out again from the plan without a search of its own."""

PLAN_SHEETS = "plan "
"""Beginning of the names of the sheets of a report that hold the plan itself."""

WAIT_WITHOUT_LEVERS = "wait without levers, months"
"""Name on the sheet of the run."""

SHORT_RUN = "short run"
"""Begins the names of its figures there."""

RUN_SHEET = PLAN_SHEETS + "run"
"""Sheet that makes an Excel file a report: status, gap, seconds and versions of the run."""

COMMON = "(common)"
"""Payer of costs that belong to no single member: purchases, transport and holding of pooled items."""
