"""Who pays: funds and what they hold; and costs that change by month."""

from __future__ import annotations

from typing import Literal

from optimizer.scenario.schema.column import (
    CATEGORIES,
    CategoryList,
    Count,
    Month,
    Name,
    Number,
    Row,
    TextList,
    YesNo,
    column,
)


class CostChange(Row):
    """A cost that is higher or lower for some months than the other sheets say: a wage round, a contract."""

    sheet = "Cost changes"
    table = "cost_changes"
    key = ("cost", "member", "item", "from_month")
    meaning = "Costs that change by month. Without this sheet they are the same in every month."

    cost: Literal["labour", "holding", "transport"] = column(
        "cost", "labour: crews and weekends; holding: of closing stock; transport: from the pool and over lanes."
    )
    member: Name | None = column(
        "member", "Whose labour; empty: of all members.", default=None, refers_to="Members.member"
    )
    item: Name | None = column(
        "item", "What is held or transported; empty: all items.", default=None, refers_to="Items.item"
    )
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    factor: Number = column(
        "factor",
        "Times what the other sheets say: 1.03 is 3 % more. Rows that meet in a month multiply.",
        ge=0,
        le=1000,
        hint="Pay of crews and weekends, and what hiring and release cost in months of crew cost, follow the factor of "
        "labour; hiring and release in money do not. A longer period takes the mean of its months.",
    )


class Fund(Row):
    """A budget of a year: a national one, or a common one that co-finances."""

    sheet = "Funds"
    table = "funds"
    key = ("fund", "year")
    meaning = "Budgets by calendar year. Without this sheet costs are only counted."

    fund: Name = column("fund", "Name of the fund.")
    year: Count = column("year", "Calendar year.", ge=1900, le=2200)
    amount: Number = column("amount", "Money available in the year.", unit="money", ge=0)
    member: TextList = column(
        "member",
        "Whose fund it is; empty: common to all; several: common to these.",
        default=(),
        refers_to="Members.member",
    )
    covers: CategoryList = column(
        "covers", "Categories of cost it pays: all, or a list of " + "; ".join(CATEGORIES) + ".", default=CATEGORIES
    )
    abroad: YesNo | None = column(
        "abroad", "yes: it may pay in other members; empty: no for a national fund, yes for a common one.", default=None
    )
    most_share: Number = column(
        "most share of a project's capex", "Most it pays of one project.", default=1.0, share=True, ge=0, le=1
    )
    carries_over: YesNo = column("carries over", "yes: what is left at year end is kept.", default=False)
