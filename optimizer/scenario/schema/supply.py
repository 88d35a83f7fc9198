"""What is stored, bought outside, and moved between sites."""

from __future__ import annotations

from typing import Literal

from optimizer.scenario.schema.column import Month, Name, Number, Row, column


class Stock(Row):
    """What lies where at the start, and how much may or must."""

    sheet = "Stocks"
    table = "stocks"
    key = ("place", "item", "held_by")
    meaning = "Stocks at the start, reserves and limits, of producers and of members themselves."

    place: Name = column("place", "Member or recipient where it lies.", refers_to="Members.member")
    item: Name = column("item", "What lies there.", refers_to="Items.item")
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
    age: Number = column(
        "age of opening", "How old the opening stock of producers is at the start.", default=0.0, unit="months", ge=0
    )


class Supplier(Row):
    """An outside source of an item."""

    sheet = "Suppliers"
    table = "suppliers"
    key = ("supplier", "item")
    meaning = "Outside sources."

    supplier: Name = column("supplier", "Name.")
    item: Name = column("item", "What it sells.", refers_to="Items.item")
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

    from_place: Name = column("from", "Place or supplier it starts from.")
    to_place: Name = column("to", "Place it leads to.", refers_to="Members.member")
    item: Name | None = column("item", "Item it carries; empty: all.", default=None, refers_to="Items.item")
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
