"""Who pays: funds and what they hold."""

from __future__ import annotations

from optimizer.scenario.schema.column import CATEGORIES, CategoryList, Count, Name, Number, Row, TextList, YesNo, column


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
