"""What is needed, ordered and pledged."""

from __future__ import annotations

from optimizer.scenario.schema.column import Count, Month, Name, Number, Row, column


class Need(Row):
    """What a recipient uses per month; what is not met is lost."""

    sheet = "Needs"
    table = "needs"
    key = ("recipient", "item", "from_month", "band")
    meaning = "Expenditure of recipients: what is not met in a month is lost."

    recipient: Name = column("recipient", "Who needs it.", refers_to="Members.member")
    item: Name = column("item", "What is needed.", refers_to="Items.item")
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

    customer: Name = column("customer", "Who ordered.", refers_to="Members.member")
    item: Name = column("item", "What is ordered.", refers_to="Items.item")
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

    member: Name = column("member", "Who would order.", refers_to="Members.member")
    item: Name = column("item", "What.", refers_to="Items.item")
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    most_per_month: Number = column("most per month", "Most units added.", unit="units per month", ge=0)
