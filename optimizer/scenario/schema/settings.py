"""The Settings sheet: one name and value per row."""

from __future__ import annotations

from optimizer.scenario.schema.column import (
    LEVERS,
    Count,
    LeverList,
    Month,
    Number,
    ObjectiveList,
    Row,
    Text,
    YesNo,
    column,
)

SCHEMA_VERSION = 2
"""Version of the sheets and columns; it rises when a workbook of before would be read otherwise."""


class Settings(Row):
    """The Settings sheet, one name and value per row, as one record."""

    sheet = "Settings"
    table = "settings"
    key = ()
    meaning = "How to plan: the horizon, conventions, objectives and how long to search."

    title: Text = column("title", "Title of the plan, shown on the report.", default="Production plan")
    data_date: Month | None = column("data date", "Month in which the data were true.", default=None)
    start: Month = column("start", "First month planned.", unit="month")
    periods: Text = column("periods", "Period plan: 24x1, 4x3 means 24 single months, then 4 quarters.", unit="months")
    currency: Text = column("currency", "Currency of all money in the workbook.", default="EUR")
    discount_rate: Number = column(
        "discount rate", "Discount rate of costs.", default=0.0, unit="a year", share=True, ge=0, le=1, odd_from=0.5
    )
    review_months: Count = column(
        "review months", "Shift patterns change at most this often.", default=3, unit="months", ge=1, le=60
    )
    weekend_share: Number = column(
        "weekend share",
        "Most weekends a line may work, of all weekends (rest rules).",
        default=0.5,
        unit="of weekends",
        share=True,
        ge=0,
        le=1,
    )
    weekend_efficiency: Number = column(
        "weekend efficiency",
        "Output of a weekend day against a weekday.",
        default=1.0,
        unit="of a weekday",
        share=True,
        ge=0,
        le=2,
    )
    transport_cost: Number = column(
        "transport cost per unit",
        "Cost of a unit taken from the common pool, unless the item says otherwise.",
        default=0.0,
        unit="money per unit",
        ge=0,
    )
    accepted_wait: Number = column(
        "accepted wait", "Months an order may wait before it is late.", default=12.0, unit="months", ge=0, le=600
    )
    objectives: ObjectiveList = column(
        "objectives",
        "Objectives in order of rank: shortfall; speed; cost, or weighted.",
        default=("shortfall", "speed", "cost"),
    )
    slack: Number = column(
        "slack",
        "What later objectives, and a steadier plan, may give back: a share of the value, of a shortfall at most of "
        "what the levers gain.",
        default=0.005,
        share=True,
        ge=0,
        le=1,
        odd_from=0.5,
    )
    end_months: Number = column(
        "end months",
        "Months after the horizon for which its last year goes on counting in the shortfall.",
        default=12.0,
        unit="months",
        ge=0,
        le=600,
    )
    opening_firm: YesNo = column(
        "opening orders are firm",
        "yes: the opening order book counts as firm orders, which projects ask for; no: orders within the horizon do.",
        default=False,
    )
    levers: LeverList = column(
        "levers", "Levers the plan may pull: all, none, or a list of " + "; ".join(LEVERS) + ".", default=LEVERS
    )
    short_run_months: Count = column(
        "short run months",
        "A decision with effect within these months counts as short run.",
        default=12,
        unit="months",
        ge=0,
        le=600,
    )
    gap: Number = column(
        "gap",
        "The search ends when the plan is proven this close to the best possible.",
        default=0.01,
        share=True,
        ge=0,
        le=1,
        odd_from=0.5,
    )
    time_limit: Number = column("time limit", "Longest search.", default=300.0, unit="seconds", gt=0, le=31_536_000)
    threads: Count | None = column("threads", "Threads of the solver; empty: all cores.", default=None, ge=1, le=256)
    seed: Count = column("seed", "Random seed of the solver.", default=0, ge=0, le=2_147_483_647)
    reveal: Month | None = column(
        "reveal",
        "Month in which it is known which scenario comes: what is decided before is the same in all of them.",
        default=None,
        unit="month",
    )
    schema_version: Count = column(
        "schema version",
        "Version of these sheets and columns; leave it as it is.",
        default=SCHEMA_VERSION,
        ge=0,
        le=1_000_000,
    )
