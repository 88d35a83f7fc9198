"""The quickstart: three members, two stages, one recipient; every lever appears and matters.

Every figure is made up (assumed), and chosen so that today's state can be followed by hand:

- filling makes 5,000 + 3,000 = 8,000 rounds a month; a fifth of Eastland's 30,000, 6,000, go there;
- 2,000 are left for an order book of 22 months x 2,550 = 56,100 rounds;
- so an order placed at the start waits 56,100 / 2,000 = 28.05 months.
"""

# ruff: noqa: E501

from __future__ import annotations

import pandas as pd
from sources import Book, assumed

from optimizer.scenario.scenario import Scenario

MADE_UP = assumed("made up, balanced so that every lever matters")

FILLED_PER_MONTH = {"Mid filling": 5_000, "South filling": 3_000}
NEED_PER_MONTH = 30_000
SHARE_FOR_EASTLAND = 0.2
BOOK_MONTHS = 22
ORDERS_PER_MONTH = {"Northland": 1_700, "Midland": 850}

ABOUT = (
    "Three members make rounds in two stages (shell bodies, filling) and supply a recipient. Every figure is made up.",
    "By hand: filling makes 5,000 + 3,000 = 8,000 rounds a month; 20 % of 30,000 = 6,000 go to Eastland; 2,000 "
    "are left for an order book of 22 x 2,550 = 56,100 rounds; an order placed at the start waits 56,100 / 2,000 "
    "= 28.05 months.",
    "Levers: added shifts and weekends on every line; an expansion (North bodies); a reactivation (an idle "
    "filling line in Midland); a new plant (South plant, two lines) that needs 25,000 rounds on order before it "
    "starts; pledges of Northland and Midland that bring those orders forward; rounds bought outside at a high "
    "price; rounds given from Southland's own stockpile.",
    "Southland orders nothing: what is delivered to a member with a stockpile of its own could be given away "
    "again above the reserve.",
)

SETTINGS = {
    "title": "Quickstart alliance",
    "data_date": "2023-02",
    "start": "2023-02",
    "periods": "10x3",
    "discount_rate": 0.03,
    "review_months": 3,
    "weekend_share": 0.5,
    "weekend_efficiency": 0.9,
    "transport_cost": 20,
    "accepted_wait": 12,
    "slack": 0,
    "gap": 0,
    "time_limit": 60,
    "reveal": "2023-08",
}

TABLES: dict[str, str] = {
    "members": """
        member    | kind      | cost_key | labour_cost | weekend_premium | people_available | people_added | starts_per_year
        Northland | member    | 4000     | 4800        | 0.5             | 400              | 2            | 2
        Midland   | member    | 1000     | 4800        | 0.5             | 330              | 2            | 2
        Southland | member    | 300      | 4800        | 0.3             | 400              | 2            | 1
        Eastland  | recipient |          |             |                 |                  |              |
    """,
    "items": """
        item         | unit | kind      | holding_cost | transport_cost
        Shell body   | pc   | component | 4            |
        Filled round | pc   | final     | 10           | 30
        Explosive    | kg   | material  | 0.1          | 0.5
    """,
    "recipes": """
        item         | input      | quantity
        Filled round | Shell body | 1
        Filled round | Explosive  | 11
    """,
    "sites": """
        site          | member    | producer
        North forge   | Northland | Nordstahl
        Mid works     | Midland   | Mitteltec
        South filling | Southland | Sudchem
        South plant   | Southland | Sudchem
    """,
    "lines": """
        line              | site          | ladder   | shifts_now | people_per_crew | weekend_share | opened_by
        North bodies      | North forge   | Short    | 1          | 150             | 0             |
        Mid filling       | Mid works     | Standard | 1          | 60              |               |
        South filling     | South filling | Standard | 1          | 40              | 0.25          |
        Mid old filling   | Mid works     | Short    |            | 25              | 0             | Mid old filling again
        South new bodies  | South plant   | Standard |            | 60              | 0             | South plant
        South new filling | South plant   | Standard |            | 60              | 0             | South plant
    """,
    "rates": """
        line              | item         | rate | unit_cost | yield_ | minimum
        North bodies      | Shell body   | 11500 | 850      | 0.98   | 4000
        Mid filling       | Filled round | 5000 | 1700      | 1      | 2000
        South filling     | Filled round | 3000 | 1750      | 1      | 1200
        Mid old filling   | Filled round | 1500 | 1900      | 1      | 600
        South new bodies  | Shell body   | 5000 | 800       | 0.98   | 2000
        South new filling | Filled round | 5000 | 1600      | 1      | 2000
    """,
    "shift_ladders": """
        ladder   | step | pattern | added_share | cost_factor | hiring_months | hiring_cost | release_cost | ramp_up  | minimum_stay
        Standard | 1    | 1-8-5   | 1           | 1           | 2             | 1.25        | 2            | Learning | 6
        Standard | 2    | 2-8-5   | 0.9         | 1.1         | 3             | 1.25        | 2            | Learning | 6
        Standard | 3    | 3-8-5   | 0.75        | 1.25        | 6             | 1.25        | 2            | Learning | 6
        Short    | 1    | 1-8-5   | 1           | 1           | 2             | 1.25        | 2            | Learning | 6
        Short    | 2    | 2-8-5   | 0.9         | 1.1         | 3             | 1.25        | 2            | Learning | 6
    """,
    "profiles": """
        profile            | month | share
        Learning           | 0     | 0.5
        Learning           | 1     | 0.75
        Learning           | 2     | 0.9
        Plant payments     | 0     | 0.3
        Plant payments     | 6     | 0.4
        Plant payments     | 12    | 0.3
        Plant ramp-up      | 0     | 0.4
        Plant ramp-up      | 1     | 0.6
        Plant ramp-up      | 2     | 0.8
        Expansion payments | 0     | 0.5
        Expansion payments | 9     | 0.5
    """,
    "projects": """
        project               | kind         | line         | added_share | capex     | fixed_cost | lead_months | payments           | ramp_up       | life | firm_quantity | firm_item
        South plant           | new line     |              |             | 180000000 | 500000     | 12          | Plant payments     | Plant ramp-up | 240  | 25000         | Filled round
        North expansion       | expansion    | North bodies | 0.4         | 25000000  | 50000      | 9           | Expansion payments |               | 180  |               |
        Mid old filling again | reactivation |              |             | 12000000  | 100000     | 5           |                    | Plant ramp-up | 120  |               |
    """,
    "needs": """
        recipient | item         | band | per_month | weight
        Eastland  | Filled round | 1    | {first}   | 10
        Eastland  | Filled round | 2    | {second}  | 2.5
    """,
    "orders": "",
    "pledges": """
        member    | item         | to_month | most_per_month
        Northland | Filled round | 2023-12  | 4000
        Midland   | Filled round | 2023-12  | 2000
    """,
    "stocks": """
        place     | item         | held_by  | opening | reserve | storage_limit
        Northland | Shell body   | producer | 1000    | 0       | 20000
        Midland   | Shell body   | producer | 2500    | 0       | 20000
        Southland | Shell body   | producer | 2000    | 0       | 20000
        Midland   | Explosive    | producer | 130000  | 20000   | 1500000
        Southland | Explosive    | producer | 80000   | 10000   | 1500000
        Midland   | Filled round | producer | 1500    | 1500    | 30000
        Southland | Filled round | member   | 4000    | 1000    |
    """,
    "suppliers": """
        supplier     | item         | price | most_per_month | lead_months
        World market | Explosive    | 24    | 450000         | 2
        Far maker    | Filled round | 6500  | 500            | 3
    """,
    "lanes": """
        from_place | to_place  | item       | cost | transit_months | most_per_month
        Northland  | Midland   | Shell body | 15   | 0.5            | 12000
        Northland  | Southland | Shell body | 25   | 0.5            | 12000
        Southland  | Midland   | Shell body | 15   | 0.5            | 12000
    """,
    "funds": """
        fund                 | year | amount    | member    | covers                                                       | abroad | most_share | carries_over
        Northland budget     | 2023 | 500000000 | Northland | production; crews; weekends; purchases; transport; holding; fixed | yes |            | no
        Northland budget     | 2024 | 800000000 | Northland | production; crews; weekends; purchases; transport; holding; fixed | yes |            | no
        Northland budget     | 2025 | 600000000 | Northland | production; crews; weekends; purchases; transport; holding; fixed | yes |            | no
        Northland investment | 2023 | 40000000  | Northland | capex                                                        | no     |            | yes
        Midland budget       | 2023 | 200000000 | Midland   |                                                              | no     |            | no
        Midland budget       | 2024 | 250000000 | Midland   |                                                              | no     |            | no
        Midland budget       | 2025 | 150000000 | Midland   |                                                              | no     |            | no
        Southland budget     | 2023 | 90000000  | Southland |                                                              | no     |            | no
        Southland budget     | 2024 | 90000000  | Southland |                                                              | no     |            | no
        Southland budget     | 2025 | 60000000  | Southland |                                                              | no     |            | no
        Common fund          | 2023 | 60000000  |           | capex                                                        | yes    | 0.4        | yes
        Common fund          | 2024 | 60000000  |           | capex                                                        | yes    | 0.4        | yes
        Common fund          | 2025 | 60000000  |           | capex                                                        | yes    | 0.4        | yes
    """,
    "targets": """
        target               | kind         | place    | item         | value | strength
        A fifth for Eastland | coverage     | Eastland | Filled round | 0.2   | hard
        Back to 12 months    | waiting time |          | Filled round | 12    | asap
        Need met             | coverage     | Eastland | Filled round | 1     | asap
    """,
    "scenarios": """
        scenario            | changed_sheet | changed_key          | changed_column | change   | value | probability
        Plant 3 months late | Projects      | South plant          | lead months    | add      | 3     | 0.3
        Need doubled        | Needs         | *                    | per month      | multiply | 2     | 0.2
        Need doubled        | Targets       | A fifth for Eastland | value          | multiply | 0.5   | 0.2
        Budget cut          | Funds         | *                    | amount         | multiply | 0.8   | 0.2
    """,
    "uncertain": """
        changed_sheet | changed_key | changed_column | change   | distribution | low | mode | high | probability | group
        Needs         | *           | per month      | multiply | triangular   | 0.7 | 1    | 1.5  |             | war
        Projects      | South plant | lead months    | add      | triangular   | 0   | 0    | 6    |             |
        Funds         | *           | amount         | multiply | event        | 0.9 |      | 1    | 0.8         | war
    """,
}


def book() -> Book:
    """Return the rows of the quickstart with the source of every figure."""
    found = Book()
    for name, value in SETTINGS.items():
        found.set(name, value, MADE_UP)
    needs = {
        "first": SHARE_FOR_EASTLAND * NEED_PER_MONTH,
        "second": (1 - SHARE_FOR_EASTLAND) * NEED_PER_MONTH,
    }
    for table, text in TABLES.items():
        for row in read(text.format(**needs) if table == "needs" else text):
            found.add(table, row, MADE_UP)
    for customer, quantity in ORDERS_PER_MONTH.items():
        row = {"customer": customer, "item": "Filled round", "per_month": quantity}
        found.add("orders", row | {"from_month": "2021-04", "to_month": "2023-01"}, MADE_UP)  # opening book
        found.add("orders", row | {"from_month": "2023-02"}, MADE_UP)
    return found


def read(text: str) -> list[dict[str, object]]:
    """Return the records of a table written with bars; empty cells are left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    names, records = (lines[0], lines[1:]) if lines else ([], [])
    return [{n: _value(c) for n, c in zip(names, cells, strict=True) if c} for cells in records]


def _value(cell: str) -> object:
    try:
        number = float(cell)
    except ValueError:
        return cell
    return int(number) if number.is_integer() else number


def make() -> tuple[Scenario, pd.DataFrame, tuple[str, ...]]:
    """Return the scenario, its sources, and what to tell on the Read me sheet."""
    found = book()
    return found.scenario(), found.sources(), ABOUT
