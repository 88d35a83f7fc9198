"""What there is: members, items, sites, lines, and how fast and at what cost they work."""

from __future__ import annotations

from typing import Literal

from optimizer.scenario.schema.column import MOST, Count, Month, Name, Number, Row, Text, YesNo, column


class Member(Row):
    """A state or firm of the group, or a recipient outside it."""

    sheet = "Members"
    table = "members"
    key = ("member",)
    meaning = "Who belongs to the group, and whom it supplies."

    member: Name = column("member", "Name of the member or recipient.")
    kind: Literal["member", "recipient"] = column(
        "kind", "member: of the group; recipient: supplied by it.", default="member"
    )
    cost_key: Number | None = column("cost key", "Share in common costs, in any unit (say GDP).", default=None, ge=0)
    labour_cost: Number = column(
        "labour cost per person and month", "Cost of one person of a crew.", default=0.0, unit="money", ge=0
    )
    weekend_premium: Number = column(
        "weekend premium",
        "Extra pay on weekends: 50 % means 1.5 times.",
        default=0.0,
        share=True,
        ge=0,
        le=5,
        odd_from=3,
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
    room: Number | None = column(
        "storage room",
        "Room for the stock that producers hold there, all items together; empty: no limit.",
        default=None,
        unit="as the room per unit of Items, say kg of net explosive quantity",
        ge=0,
        hint="Items in no lane row lie in one pool: where all members state their room, the pool may take what is left "
        "of it. Own stockpiles of members take none of it.",
    )
    people_hired: Number | None = column(
        "people hired per month",
        "Most people hired for the pool of the member, on average over a review block; empty: nobody.",
        default=None,
        unit="people per month",
        ge=0,
        hint="Hired people add to the people available, and people may leave. All crews of the member draw from the "
        "pool, and move between its lines.",
    )
    training_months: Count = column(
        "training months",
        "Hired people count in the first review block that begins so long after they are hired.",
        default=0,
        unit="months",
        ge=0,
        le=120,
    )
    hiring_cost: Number = column("hiring cost per person", "Once for the pool.", default=0.0, unit="money", ge=0)
    leaving_cost: Number = column("leaving cost per person", "Once for the pool.", default=0.0, unit="money", ge=0)
    waiting_pay: Number = column(
        "pay per month without a crew",
        "Pay of people of the pool without a crew, and of those who train others; those of a crew are paid by crew.",
        default=0.0,
        unit="money per month",
        ge=0,
    )
    training_pay: Number | None = column(
        "pay per month in training",
        "Pay of people in training; empty: the pay per month without a crew.",
        default=None,
        unit="money per month",
        ge=0,
    )
    trainers: Number = column(
        "trainers per trainee",
        "People of the pool that one in training takes: 0.25 means that one trains four. Meanwhile they have no crew.",
        default=0.0,
        unit="people",
        ge=0,
    )
    people_let_go: Number | None = column(
        "people let go per month",
        "Most people who leave the pool because the plan says so, on average over a review block; empty: any number.",
        default=None,
        unit="people per month",
        ge=0,
    )
    quitting: Number = column(
        "share who quit per month",
        "Share of the pool that leaves by itself: of 100 people 95 are left after a month at 5 %.",
        default=0.0,
        share=True,
        unit="of the people",
        ge=0,
        le=1,
        hint="The people available and those who are trained quit alike, at no cost, whether they have a crew or not; "
        "those in training do not. Who works in crews must be there at the beginning of each review block.",
    )

    @property
    def hires(self) -> bool:
        """Tell whether people are hired for a pool of the member."""
        return self.people_hired is not None

    @property
    def pay_in_training(self) -> float:
        """Return the pay of a month in training: that of people without a crew where none is stated."""
        return self.waiting_pay if self.training_pay is None else self.training_pay


class Item(Row):
    """A final product, component or material."""

    sheet = "Items"
    table = "items"
    key = ("item",)
    meaning = "What is made, bought, stored and delivered."

    item: Name = column("item", "Name of the item.")
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
    room: Number = column(
        "room per unit",
        "Room that a unit in stock takes; Members says how much there is.",
        default=0.0,
        unit="as the storage room of Members",
        ge=0,
    )
    may_be_discarded: YesNo = column(
        "may be discarded", "yes: what producers hold of it may be thrown away.", default=False
    )
    discard_cost: Number = column(
        "discard cost per unit", "Cost of throwing away a unit, with its transport.", default=0.0, unit="money", ge=0
    )
    shelf_life: Number | None = column(
        "shelf life",
        "Time within which what producers hold of it must be used, or thrown away; empty: no limit.",
        default=None,
        unit="months",
        gt=0,
        hint="The oldest is used first. A unit is new when it is made, or arrives at the place; Stocks says how old "
        "opening stock is. Judged at the end of each period; members' own stockpiles do not age.",
    )


class Recipe(Row):
    """One input of an item, or one by-product."""

    sheet = "Recipes"
    table = "recipes"
    key = ("item", "input", "line")
    meaning = "What it takes to make one unit, and by-products. Rows with a line replace the general rows on that line."

    item: Name = column("item", "Item that is made.", refers_to="Items.item")
    input: Name = column("input", "Item that is used, or that comes out as well.", refers_to="Items.item")
    line: Name | None = column("line", "Only on this line; empty: every line.", default=None, refers_to="Lines.line")
    quantity: Number = column(
        "quantity per unit",
        "Units of the input per unit started; below 0: units of a by-product that come out.",
        ge=-MOST,
        hint="A by-product comes out where and when the item is made. Targets for a rate or a share made at home count "
        "what lines have a rate for, not by-products.",
    )


class Site(Row):
    """A plant: where lines stand."""

    sheet = "Sites"
    table = "sites"
    key = ("site",)
    meaning = "Plants: where lines stand and who runs them."

    site: Name = column("site", "Name of the plant.")
    member: Name = column("member", "Where it is.", refers_to="Members.member")
    producer: Text = column("producer", "Company that runs it.", default="")


class Line(Row):
    """A production line: the unit that has a rate and works shifts."""

    sheet = "Lines"
    table = "lines"
    key = ("line",)
    meaning = "Production lines, those that exist and those that projects open."

    line: Name = column("line", "Name of the line.")
    site: Name = column("site", "Where it stands.", refers_to="Sites.site")
    ladder: Name | None = column(
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
    opened_by: Name | None = column(
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

    line: Name = column("line", "The line.", refers_to="Lines.line")
    item: Name = column("item", "What it makes.", refers_to="Items.item")
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
    crew_minimum: Number = column(
        "minimum rate per month of every crew",
        "Lowest output for which a crew is kept at work: two crews make at least twice as much.",
        default=0.0,
        unit="units per month",
        ge=0,
        hint="Of several items of a line the one with the smallest share of its 1-8-5 rate counts, as for the minimum "
        "rate of the line. A crew that ramps up owes its share of it.",
    )


class LadderStep(Row):
    """One step of a shift ladder: what one more crew adds and costs."""

    sheet = "Shift ladders"
    table = "shift_ladders"
    key = ("ladder", "step")
    meaning = "Shift patterns a line can climb, one crew per step."

    ladder: Name = column("ladder", "Name of the ladder.")
    step: Count = column("step", "1, 2, 3, ... without a hole.", ge=1, le=1000)
    pattern: Text = column("pattern", "Pattern in force with this step: shifts-hours-days, say 2-8-5.")
    added_share: Number = column(
        "added share of the 1-8-5 rate",
        "What this crew adds to output.",
        default=1.0,
        share=True,
        gt=0,
        le=5,
        odd_from=2,
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
    hiring_money: Number = column(
        "hiring cost in money",
        "For each crew that joins, beside months of crew cost.",
        default=0.0,
        unit="money",
        ge=0,
    )
    release_money: Number = column(
        "release cost in money",
        "For each crew that leaves, beside months of crew cost.",
        default=0.0,
        unit="money",
        ge=0,
    )
    ramp_up: Name | None = column(
        "ramp-up", "Profile of output after joining; empty: full at once.", default=None, refers_to="Profiles.profile"
    )
    minimum_stay: Count = column(
        "minimum stay months", "A crew that joins stays at least this long.", default=0, unit="months", ge=0, le=240
    )
    staffs_weekends: YesNo = column(
        "staffs weekends",
        "yes: a continuous pattern, weekends are part of it.",
        default=False,
        hint="Output and pay of its weekends are in its added share and cost factor: while it runs, no crew of the "
        "line works further weekends.",
    )


class ProfilePoint(Row):
    """One month of a payment or ramp-up profile."""

    sheet = "Profiles"
    table = "profiles"
    key = ("profile", "month")
    meaning = "Payment profiles (sum to 100 %) and ramp-up profiles (100 % after their last month)."

    profile: Name = column("profile", "Name of the profile.")
    month: Count = column(
        "month",
        "0 is the month of the decision (payments) or the first month of output (ramp-up).",
        unit="months",
        ge=0,
        le=600,
        hint="Months without a row hold 0 %: a ramp-up whose first row is month 1 makes nothing in month 0. "
        "After its last month a ramp-up is at 100 %.",
    )
    share: Number = column("share", "Share paid, or share of full output, in that month.", share=True, ge=0, le=1)
