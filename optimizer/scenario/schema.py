"""One typed row model per sheet: every column with its header, type, unit, default, bounds, meaning.

This is the one source for the workbook reader, the template, the checks, the defaults, the report
headers and the documentation. A column's attribute is what Python and DataFrames call it, its
header is what the workbook shows. Months are `datetime.date` on the first of the month; shares are
fractions; money is in whole currency units; quantities are in the item's unit.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from optimizer.scenario.values import (
    parse_any,
    parse_list,
    parse_month,
    parse_number,
    parse_text,
    parse_words,
    parse_yes_no,
)

LEVERS = (
    "shifts",
    "weekends",
    "expansions",
    "reactivations",
    "new lines",
    "pledges",
    "purchases",
    "donations",
)
OBJECTIVES = ("shortfall", "speed", "cost", "weighted")
CATEGORIES = (
    "capex",
    "fixed",
    "crews",
    "weekends",
    "production",
    "purchases",
    "transport",
    "holding",
)

Text = Annotated[str, BeforeValidator(parse_text)]
Month = Annotated[dt.date, BeforeValidator(parse_month)]
Number = Annotated[float, BeforeValidator(parse_number)]
Count = Annotated[int, BeforeValidator(parse_number)]
YesNo = Annotated[bool, BeforeValidator(parse_yes_no)]
TextList = Annotated[tuple[str, ...], BeforeValidator(parse_list)]
ObjectiveList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=OBJECTIVES, empty=()))]
LeverList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=LEVERS, empty=()))]
CategoryList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=CATEGORIES, empty=CATEGORIES))]
Anything = Annotated[Any, BeforeValidator(parse_any)]


def column(
    header: str,
    meaning: str,
    *,
    default: Any = ...,
    unit: str = "",
    refers_to: str = "",
    share: bool = False,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
) -> Any:
    """Describe one column: what the workbook calls it, what it means, in which unit and bounds.

    `refers_to` names the column of another sheet, such as ``Members.member``, that must hold the
    value; `share` marks a fraction that is shown as a percentage.
    """
    extra: dict[str, Any] = {"unit": unit, "refers_to": refers_to, "share": share}
    return Field(default, title=header, description=meaning, ge=ge, gt=gt, le=le, json_schema_extra=extra)


class Row(BaseModel):
    """A record of a sheet. Frozen; unknown columns are refused; every row may carry a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sheet: ClassVar[str]
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    meaning: ClassVar[str]

    note: Text = column("note", "Free text; never used by the model.", default="")


SCHEMA_VERSION = 1
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
        "discount rate", "Discount rate of costs.", default=0.0, unit="a year", share=True, ge=0, le=1
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
        "What later objectives may give back of an earlier one: of the gain in shortfall, of the cost.",
        default=0.005,
        share=True,
        ge=0,
        le=1,
    )
    end_months: Number = column(
        "end months",
        "Months for which the closing shortfall goes on counting.",
        default=12.0,
        unit="months",
        ge=0,
        le=600,
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
    )
    time_limit: Number = column("time limit", "Longest search.", default=300.0, unit="seconds", gt=0)
    threads: Count | None = column("threads", "Threads of the solver; empty: all cores.", default=None, ge=1, le=256)
    seed: Count = column("seed", "Random seed of the solver.", default=0, ge=0, le=2_147_483_647)
    schema_version: Count = column(
        "schema version",
        "Version of these sheets and columns; leave it as it is.",
        default=SCHEMA_VERSION,
    )


class Member(Row):
    """A state or firm of the group, or a recipient outside it."""

    sheet = "Members"
    table = "members"
    key = ("member",)
    meaning = "Who belongs to the group, and whom it supplies."

    member: Text = column("member", "Name of the member or recipient.")
    kind: Literal["member", "recipient"] = column(
        "kind", "member: of the group; recipient: supplied by it.", default="member"
    )
    cost_key: Number | None = column("cost key", "Share in common costs, in any unit (say GDP).", default=None, ge=0)
    labour_cost: Number = column(
        "labour cost per person and month", "Cost of one person of a crew.", default=0.0, unit="money", ge=0
    )
    weekend_premium: Number = column(
        "weekend premium", "Extra pay on weekends: 50 % means 1.5 times.", default=0.0, share=True, ge=0, le=5
    )
    people_available: Number | None = column(
        "people available", "Most people in crews at the start; empty: no limit.", default=None, unit="people", ge=0
    )
    people_added: Number = column(
        "people added per month", "By how much that limit grows.", default=0.0, unit="people per month", ge=0
    )
    starts_per_year: Count | None = column(
        "starts per year", "Most project units decided in a calendar year; empty: no limit.", default=None, ge=0
    )


class Item(Row):
    """A final product, component or material."""

    sheet = "Items"
    table = "items"
    key = ("item",)
    meaning = "What is made, bought, stored and delivered."

    item: Text = column("item", "Name of the item.")
    unit: Text = column("unit", "Unit in which it is counted.", default="pc")
    kind: Literal["final", "component", "material"] = column(
        "kind", "final: needed or ordered; component: made; material: bought.", default="final"
    )
    holding_cost: Number = column(
        "holding cost per unit and month", "Cost of closing stock.", default=0.0, unit="money", ge=0
    )
    transport_cost: Number | None = column(
        "transport cost per unit",
        "Cost of a unit taken from the common pool; empty: the setting.",
        default=None,
        unit="money",
        ge=0,
    )
    can_be_stored: YesNo = column("can be stored", "no: it must be used in the period it is made.", default=True)


class Recipe(Row):
    """One input of an item."""

    sheet = "Recipes"
    table = "recipes"
    key = ("item", "input", "line")
    meaning = "What it takes to make one unit. Rows with a line replace the general rows on that line."

    item: Text = column("item", "Item that is made.", refers_to="Items.item")
    input: Text = column("input", "Item that is used.", refers_to="Items.item")
    line: Text | None = column("line", "Only on this line; empty: every line.", default=None, refers_to="Lines.line")
    quantity: Number = column("quantity per unit", "Units of the input per unit started.", gt=0)


class Site(Row):
    """A plant: where lines stand."""

    sheet = "Sites"
    table = "sites"
    key = ("site",)
    meaning = "Plants: where lines stand and who runs them."

    site: Text = column("site", "Name of the plant.")
    member: Text = column("member", "Where it is.", refers_to="Members.member")
    producer: Text = column("producer", "Company that runs it.", default="")


class Line(Row):
    """A production line: the unit that has a rate and works shifts."""

    sheet = "Lines"
    table = "lines"
    key = ("line",)
    meaning = "Production lines, those that exist and those that projects open."

    line: Text = column("line", "Name of the line.")
    site: Text = column("site", "Where it stands.", refers_to="Sites.site")
    ladder: Text | None = column(
        "ladder",
        "Shift ladder it can climb; empty: one shift without crew cost.",
        default=None,
        refers_to="Shift ladders.ladder",
    )
    shifts_now: Count | None = column(
        "shifts now",
        "Shifts worked before the start; empty: 1, or 0 for lines a project opens.",
        default=None,
        ge=0,
        le=1000,
    )
    may_idle: YesNo = column("may idle", "yes: the last shift may be stopped too.", default=False)
    people_per_crew: Number = column("people per crew", "People in one crew.", default=0.0, unit="people", ge=0)
    crew_cost: Number | None = column(
        "crew cost per month",
        "Cost of a crew before the step's cost factor; empty: people x labour cost.",
        default=None,
        unit="money per month",
        ge=0,
    )
    weekend_share: Number | None = column(
        "weekend share", "Most weekends it may work; empty: the setting.", default=None, share=True, ge=0, le=1
    )
    opened_by: Text | None = column(
        "opened by",
        "Project that opens or reactivates it; empty: it exists.",
        default=None,
        refers_to="Projects.project",
    )


class Rate(Row):
    """What a line can make, how fast, at which cost."""

    sheet = "Rates"
    table = "rates"
    key = ("line", "item", "from_month")
    meaning = "What each line can make. In a month without a row the line cannot make the item."

    line: Text = column("line", "The line.", refers_to="Lines.line")
    item: Text = column("item", "What it makes.", refers_to="Items.item")
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    rate: Number = column(
        "1-8-5 rate per month", "Good output of one shift of 8 hours on 5 days.", unit="units per month", gt=0
    )
    unit_cost: Number = column(
        "unit cost", "Cost per good unit, without crews and inputs.", default=0.0, unit="money", ge=0
    )
    yield_: Number = column("yield", "Good units per unit started.", default=1.0, share=True, gt=0, le=1)
    minimum: Number = column(
        "minimum rate per month while running",
        "Lowest output at which a running line is kept going.",
        default=0.0,
        unit="units per month",
        ge=0,
    )


class LadderStep(Row):
    """One step of a shift ladder: what one more crew adds and costs."""

    sheet = "Shift ladders"
    table = "shift_ladders"
    key = ("ladder", "step")
    meaning = "Shift patterns a line can climb, one crew per step."

    ladder: Text = column("ladder", "Name of the ladder.")
    step: Count = column("step", "1, 2, 3, ... without a hole.", ge=1, le=1000)
    pattern: Text = column("pattern", "Pattern in force with this step: shifts-hours-days, say 2-8-5.")
    added_share: Number = column(
        "added share of the 1-8-5 rate", "What this crew adds to output.", default=1.0, share=True, gt=0, le=5
    )
    cost_factor: Number = column(
        "cost factor", "Cost of this crew against the first (night pay).", default=1.0, ge=0, le=10
    )
    hiring_months: Count = column(
        "hiring months", "Months from the decision to the crew's first day.", default=0, unit="months", ge=0, le=120
    )
    hiring_cost: Number = column(
        "hiring cost", "In months of crew cost.", default=0.0, unit="months of crew cost", ge=0, le=120
    )
    release_cost: Number = column(
        "release cost", "In months of crew cost.", default=0.0, unit="months of crew cost", ge=0, le=120
    )
    ramp_up: Text | None = column(
        "ramp-up", "Profile of output after joining; empty: full at once.", default=None, refers_to="Profiles.profile"
    )
    minimum_stay: Count = column(
        "minimum stay months", "A crew that joins stays at least this long.", default=0, unit="months", ge=0, le=240
    )
    staffs_weekends: YesNo = column(
        "staffs weekends", "yes: a continuous pattern, weekends are part of it.", default=False
    )


class ProfilePoint(Row):
    """One month of a payment or ramp-up profile."""

    sheet = "Profiles"
    table = "profiles"
    key = ("profile", "month")
    meaning = "Payment profiles (sum to 100 %) and ramp-up profiles (100 % after their last month)."

    profile: Text = column("profile", "Name of the profile.")
    month: Count = column(
        "month",
        "0 is the month of the decision (payments) or the first month of output (ramp-up).",
        unit="months",
        ge=0,
        le=600,
    )
    share: Number = column("share", "Share paid, or share of full output, in that month.", share=True, ge=0, le=1)


class Project(Row):
    """An investment: a new line, an expansion of a line, or a reactivation of idle lines."""

    sheet = "Projects"
    table = "projects"
    key = ("project",)
    meaning = "Investments the plan may choose, must make, or that are already decided."

    project: Text = column("project", "Name of the project.")
    kind: Literal["new line", "expansion", "reactivation"] = column(
        "kind", "new line and reactivation open the lines that name the project; expansion adds to a line."
    )
    line: Text | None = column("line", "Line that is expanded (expansions only).", default=None, refers_to="Lines.line")
    added_share: Number | None = column(
        "added share of its rate", "What an expansion adds to the line.", default=None, share=True, gt=0, le=20
    )
    units: Count = column("units", "Copies that may be built, opened in order.", default=1, ge=1, le=50)
    capex: Number = column("capex per unit", "Investment cost.", default=0.0, unit="money", ge=0)
    fixed_cost: Number = column(
        "fixed cost per month once open", "Per unit.", default=0.0, unit="money per month", ge=0
    )
    lead_months: Count = column("lead months", "Months from decision to opening.", unit="months", ge=0, le=600)
    payments: Text | None = column(
        "payments", "Payment profile; empty: all at once.", default=None, refers_to="Profiles.profile"
    )
    ramp_up: Text | None = column(
        "ramp-up", "Profile of output after opening; empty: full at once.", default=None, refers_to="Profiles.profile"
    )
    earliest: Month | None = column("earliest", "First month it may be decided.", default=None)
    latest: Month | None = column("latest", "Last month it may be decided.", default=None)
    life: Number | None = column(
        "life in months",
        "Capex counts by the share of life used within the horizon; empty: in full.",
        default=None,
        unit="months",
        gt=0,
        le=1200,
    )
    group: Text | None = column("group", "Group of projects it belongs to.", default=None, refers_to="Groups.group")
    requires: Text | None = column(
        "requires", "Project that must have been decided no later.", default=None, refers_to="Projects.project"
    )
    firm_quantity: Number | None = column(
        "firm orders quantity",
        "Units of the item below that must be on order before it starts.",
        default=None,
        unit="units",
        ge=0,
    )
    firm_item: Text | None = column(
        "firm orders item", "Item those orders are for.", default=None, refers_to="Items.item"
    )
    status: Literal["option", "committed", "forced", "forbidden"] = column(
        "status",
        "option: may be built; committed: decided; forced: must be built; forbidden: must not.",
        default="option",
    )
    start: Month | None = column(
        "start", "Month of the decision of a committed project; may lie before the horizon.", default=None
    )


class Group(Row):
    """How many projects of a group are started."""

    sheet = "Groups"
    table = "groups"
    key = ("group",)
    meaning = "How many projects of a group are started, at least and at most."

    group: Text = column("group", "Name of the group.")
    at_least: Count = column("at least", "Projects started, at least.", default=0, ge=0, le=1000)
    at_most: Count = column("at most", "Projects started, at most.", default=1, ge=0, le=1000)


class Need(Row):
    """What a recipient uses per month; what is not met is lost."""

    sheet = "Needs"
    table = "needs"
    key = ("recipient", "item", "from_month", "band")
    meaning = "Expenditure of recipients: what is not met in a month is lost."

    recipient: Text = column("recipient", "Who needs it.", refers_to="Members.member")
    item: Text = column("item", "What is needed.", refers_to="Items.item")
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    band: Count = column("band", "Bands of one need carry their own weights.", default=1, ge=1, le=1000)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    per_month: Number = column("per month", "Units needed.", unit="units per month", ge=0)
    weight: Number = column("weight", "Weight of a lost unit in the shortfall.", default=1.0, ge=0)
    price: Number = column("price of a lost unit", "For the objective weighted.", default=0.0, unit="money", ge=0)


class Order(Row):
    """What a customer has asked for; it waits in the order book until delivered."""

    sheet = "Orders"
    table = "orders"
    key = ("customer", "item", "from_month")
    meaning = "Orders of members. Months before the start are the undelivered opening order book."

    customer: Text = column("customer", "Who ordered.", refers_to="Members.member")
    item: Text = column("item", "What is ordered.", refers_to="Items.item")
    from_month: Month = column("from", "First month in which it is placed.")
    to_month: Month | None = column("to", "Last month in which it is placed; empty: to the end.", default=None)
    per_month: Number = column("per month", "Units ordered.", unit="units per month", ge=0)
    accepted_wait: Number | None = column(
        "accepted wait",
        "Months it may wait before it is late; empty: the setting.",
        default=None,
        unit="months",
        ge=0,
        le=600,
    )
    weight: Number = column("weight", "Weight of a late unit in the shortfall.", default=1.0, ge=0)
    price: Number = column("price of a late unit-month", "For the objective weighted.", default=0.0, unit="money", ge=0)


class Pledge(Row):
    """Purchases a member would add to its orders if the plan calls for it."""

    sheet = "Pledges"
    table = "pledges"
    key = ("member", "item", "from_month")
    meaning = "Purchases that members would add to their orders if the plan calls for them."

    member: Text = column("member", "Who would order.", refers_to="Members.member")
    item: Text = column("item", "What.", refers_to="Items.item")
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    most_per_month: Number = column("most per month", "Most units added.", unit="units per month", ge=0)


class Stock(Row):
    """What lies where at the start, and how much may or must."""

    sheet = "Stocks"
    table = "stocks"
    key = ("place", "item", "held_by")
    meaning = "Stocks at the start, reserves and limits, of producers and of members themselves."

    place: Text = column("place", "Member or recipient where it lies.", refers_to="Members.member")
    item: Text = column("item", "What lies there.", refers_to="Items.item")
    held_by: Literal["producer", "member"] = column(
        "held by", "producer: feeds lines and deliveries; member: its own stockpile.", default="producer"
    )
    opening: Number = column("opening", "At the start.", default=0.0, unit="units", ge=0)
    reserve: Number | None = column(
        "reserve",
        "Least that must stay; empty: 0, or the opening for a member's own.",
        default=None,
        unit="units",
        ge=0,
    )
    storage_limit: Number | None = column(
        "storage limit", "Most that fits; empty: no limit.", default=None, unit="units", ge=0
    )


class Supplier(Row):
    """An outside source of an item."""

    sheet = "Suppliers"
    table = "suppliers"
    key = ("supplier", "item")
    meaning = "Outside sources."

    supplier: Text = column("supplier", "Name.")
    item: Text = column("item", "What it sells.", refers_to="Items.item")
    price: Number = column("price", "Per unit.", default=0.0, unit="money", ge=0)
    most_per_month: Number | None = column(
        "most per month", "Most it delivers; empty: no limit.", default=None, unit="units per month", ge=0
    )
    lead_months: Number = column(
        "lead months", "Months from purchase to arrival.", default=0.0, unit="months", ge=0, le=240
    )
    from_month: Month | None = column("from", "First month it takes orders.", default=None)
    to_month: Month | None = column("to", "Last month it takes orders.", default=None)


class Lane(Row):
    """A way from a place, or a supplier, to a place."""

    sheet = "Lanes"
    table = "lanes"
    key = ("from_place", "to_place", "item")
    meaning = "Ways between places. Items in no row share one pool."

    from_place: Text = column("from", "Place or supplier it starts from.")
    to_place: Text = column("to", "Place it leads to.", refers_to="Members.member")
    item: Text | None = column("item", "Item it carries; empty: all.", default=None, refers_to="Items.item")
    cost: Number = column("cost per unit", "Of transport.", default=0.0, unit="money", ge=0)
    transit_months: Number = column(
        "transit months", "From sending to arrival.", default=0.0, unit="months", ge=0, le=240
    )
    most_per_month: Number | None = column(
        "most per month",
        "Most it carries, all its items together; empty: no limit.",
        default=None,
        unit="units per month",
        ge=0,
    )


class Fund(Row):
    """A budget of a year: a national one, or a common one that co-finances."""

    sheet = "Funds"
    table = "funds"
    key = ("fund", "year")
    meaning = "Budgets by calendar year. Without this sheet costs are only counted."

    fund: Text = column("fund", "Name of the fund.")
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


class Target(Row):
    """A promise: hard, soft or as soon as possible."""

    sheet = "Targets"
    table = "targets"
    key = ("target",)
    meaning = "What must hold (hard), should hold (soft), or should hold as soon as possible (asap)."

    target: Text = column("target", "Name of the target.")
    kind: Literal["rate", "coverage", "stock", "home share", "waiting time"] = column(
        "kind",
        "rate: units made per month; coverage: share of a need met; stock: closing stock; home share: share "
        "made (with an item) or spent (without) at home; waiting time: months from order to delivery.",
    )
    place: Text | None = column(
        "member, recipient or customer",
        "Whom it is about; empty: all pooled; each: one promise for each.",
        default=None,
    )
    item: Text | None = column(
        "item", "Item; empty: each one that it can be about.", default=None, refers_to="Items.item"
    )
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    value: Number = column("value", "Units per month, share, units, share, months: as the kind says.", ge=0)
    strength: Literal["hard", "soft", "asap"] = column(
        "strength",
        "hard: must hold; soft: gaps count as shortfall; asap: as soon as possible, then always.",
        default="hard",
    )
    weight: Number = column("weight", "Weight of a soft gap, or of a month of an asap target.", default=1.0, ge=0)


class Change(Row):
    """One change of a named scenario against the workbook."""

    sheet = "Scenarios"
    table = "scenarios"
    key = ("scenario", "changed_sheet", "changed_key", "changed_column")
    meaning = "What-ifs: changes to rows of other sheets, used by name."

    scenario: Text = column("scenario", "Name of the scenario.")
    changed_sheet: Text = column("sheet", "Sheet that is changed.")
    changed_key: Text = column("key", "Key values of the row joined by ' | '; * for all rows.")
    changed_column: Text = column("column", "Header of the column that is changed.")
    change: Literal["set", "multiply", "add"] = column("change", "What is done with the value.", default="set")
    value: Anything = column("value", "New value, factor or addition.")
    probability: Number | None = column(
        "probability", "For what-ifs over several scenarios.", default=None, share=True, ge=0, le=1
    )


TABLES: tuple[type[Row], ...] = (
    Member,
    Item,
    Recipe,
    Site,
    Line,
    Rate,
    LadderStep,
    ProfilePoint,
    Project,
    Group,
    Need,
    Order,
    Pledge,
    Stock,
    Supplier,
    Lane,
    Fund,
    Target,
    Change,
)
MODELS: tuple[type[Row], ...] = (Settings, *TABLES)
SHEETS: dict[str, type[Row]] = {row.sheet: row for row in MODELS}
BY_TABLE: dict[str, type[Row]] = {row.table: row for row in TABLES}
REQUIRED_SHEETS = ("Settings", "Members", "Items", "Sites", "Lines", "Rates")


def headers(row: type[Row]) -> dict[str, str]:
    """Return the columns of a row model as attribute -> header, in order, `note` last."""
    names = [name for name in row.model_fields if name != "note"] + ["note"]
    return {name: str(row.model_fields[name].title or name) for name in names}


def extra(row: type[Row], name: str, what: str) -> Any:
    """Return the `unit`, `refers_to` or `share` mark of a column."""
    marks = row.model_fields[name].json_schema_extra
    return marks.get(what, "") if isinstance(marks, dict) else ""


_WORD_LISTS = {"levers": LEVERS, "covers": CATEGORIES}


def as_cell(name: str, value: Any) -> Any:
    """Return a value as the input workbook writes it: yes and no, lists with semicolons, all, none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, tuple):
        return value
    if name in _WORD_LISTS:
        return "all" if value == _WORD_LISTS[name] else "; ".join(value) or "none"
    return "; ".join(value)
