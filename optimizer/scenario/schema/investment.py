"""What can be built, and what excludes or needs what."""

from __future__ import annotations

from typing import Literal

from optimizer.scenario.schema.column import Count, Month, Name, Number, Row, YesNo, column


class Project(Row):
    """An investment: a new line, an expansion of a line, or a reactivation of idle lines."""

    sheet = "Projects"
    table = "projects"
    key = ("project",)
    meaning = "Investments the plan may choose, must make, or that are already decided."

    project: Name = column("project", "Name of the project.")
    kind: Literal["new line", "expansion", "reactivation"] = column(
        "kind", "new line and reactivation open the lines that name the project; expansion adds to a line."
    )
    line: Name | None = column("line", "Line that is expanded (expansions only).", default=None, refers_to="Lines.line")
    added_share: Number | None = column(
        "added share of its rate",
        "What an expansion adds to the line.",
        default=None,
        share=True,
        gt=0,
        le=20,
        odd_from=5,
    )
    units: Count = column("units", "Copies that may be built, opened in order.", default=1, ge=1, le=50)
    capex: Number = column("capex per unit", "Investment cost.", default=0.0, unit="money", ge=0)
    fixed_cost: Number = column(
        "fixed cost per month once open", "Per unit.", default=0.0, unit="money per month", ge=0
    )
    lead_months: Count = column("lead months", "Months from decision to opening.", unit="months", ge=0, le=600)
    payments: Name | None = column(
        "payments", "Payment profile; empty: all at once.", default=None, refers_to="Profiles.profile"
    )
    ramp_up: Name | None = column(
        "ramp-up", "Profile of output after opening; empty: full at once.", default=None, refers_to="Profiles.profile"
    )
    earliest: Month | None = column("earliest", "First month it may be decided.", default=None)
    latest: Month | None = column("latest", "Last month it may be decided.", default=None)
    late_until: Month | None = column(
        "opens too late until",
        "Last month in which it may be decided though it then opens after the horizon, is paid and gives nothing; "
        "empty: none.",
        default=None,
        hint="A decision that is taken before it is known how long it takes may come too late; `optimizer risk` fills "
        "this in where another scenario makes the start possible.",
    )
    life: Number | None = column(
        "life in months",
        "Capex counts by the share of life used within the horizon; empty: in full.",
        default=None,
        unit="months",
        gt=0,
        le=1200,
    )
    group: Name | None = column("group", "Group of projects it belongs to.", default=None, refers_to="Groups.group")
    requires: Name | None = column(
        "requires", "Project that must have been decided no later.", default=None, refers_to="Projects.project"
    )
    firm_quantity: Number | None = column(
        "firm orders quantity",
        "Units of the item below that must be on order before it starts.",
        default=None,
        unit="units",
        ge=0,
        hint="Orders placed within the horizon and pledges count; the opening order book does not, unless Settings say "
        "that opening orders are firm. Projects that ask for the same item need the sum. A committed project is asked "
        "like any other, unless it was decided before the horizon or its firm orders are waived.",
    )
    firm_item: Name | None = column(
        "firm orders item", "Item those orders are for.", default=None, refers_to="Items.item"
    )
    status: Literal["option", "committed", "forced", "forbidden"] = column(
        "status",
        "option: may be built; committed: decided; forced: must be built; forbidden: must not.",
        default="option",
        hint="A committed project opens as decided, and what was paid before the horizon is not counted. The starts of "
        "an earlier plan, given back as committed, are asked for firm orders as they were then.",
    )
    start: Month | None = column(
        "start", "Month of the decision of a committed project; may lie before the horizon.", default=None
    )
    firm_waived: YesNo = column(
        "firm orders waived", "yes: it starts without the firm orders it asks for.", default=False
    )
    least_size: Number = column(
        "least size",
        "Smallest size of a unit that is started, where its size is chosen.",
        default=0.0,
        unit="times what the other columns describe",
        ge=0,
        le=1e6,
    )
    most_size: Number | None = column(
        "most size",
        "Largest size; with it the size of each unit is chosen, any number between. Empty: the size is 1.",
        default=None,
        unit="times what the other columns describe",
        ge=0,
        le=1e6,
        hint="Size 1 is the project as the other columns describe it. An expansion of size 2 adds twice its added "
        "share; a line of size 2 has twice its rates and minimum rates, with the same crews. With a rate of 1 the size "
        "is the rate itself. What is of a chosen size works on working days, not on further weekends. Of a committed "
        "project the size is given: least size = most size.",
    )
    capex_per_size: Number = column(
        "capex per size", "Added to the capex for each unit of size.", default=0.0, unit="money", ge=0
    )
    fixed_cost_per_size: Number = column(
        "fixed cost per month and size",
        "Added to the fixed cost for each unit of size.",
        default=0.0,
        unit="money per month",
        ge=0,
    )

    @property
    def sized(self) -> bool:
        """Tell whether the size of its units is chosen."""
        return self.most_size is not None

    @property
    def largest(self) -> float:
        """Return the largest size that a unit may have: 1 where none is chosen."""
        return 1.0 if self.most_size is None else self.most_size


class Group(Row):
    """How many projects of a group are started."""

    sheet = "Groups"
    table = "groups"
    key = ("group",)
    meaning = "How many projects of a group are started, at least and at most."

    group: Name = column("group", "Name of the group.")
    at_least: Count = column("at least", "Projects started, at least.", default=0, ge=0, le=1000)
    at_most: Count = column("at most", "Projects started, at most.", default=1, ge=0, le=1000)
