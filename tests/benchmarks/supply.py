"""Where items lie and move: opening stocks, own stockpiles, suppliers, lanes."""

from __future__ import annotations

from tests.benchmarks.demand import recipients
from tests.benchmarks.draft import Draft, rounded
from tests.benchmarks.industry import COTTON, EXPLOSIVE, FUZE, PROPELLANT, body_of, products, recipe

COTTON_PRICE = 4_000


def add_supply(draft: Draft) -> None:
    """Add stocks, suppliers and lanes; explosive and the last product move over lanes, the rest is pooled."""
    _add_stocks(draft)
    _add_stockpiles(draft)
    _add_suppliers(draft)
    _add_lanes(draft)


def _hubs(draft: Draft) -> list[str]:
    """Return the largest members: goods in lanes pass through them."""
    return sorted(draft.sizes, key=lambda name: -draft.sizes[name])[: 1 + draft.members // 10]


def _makers(draft: Draft, *items: str) -> dict[str, float]:
    """Return where lines make some items: member -> sum of 1-8-5 rates, idle and new lines included."""
    homes = {row["site"]: row["member"] for row in draft.tables["sites"]}
    members = {row["line"]: homes[row["site"]] for row in draft.tables["lines"]}
    found: dict[str, float] = {}
    for row in draft.tables["rates"]:
        if row["item"] in items:
            member = members[row["line"]]
            found[member] = found.get(member, 0.0) + row["rate"]
    return found


def _explosive_used(draft: Draft) -> dict[str, float]:
    """Return member -> explosive that its final lines use a month in two shifts."""
    found: dict[str, float] = {}
    for product in products(draft):
        for member, rate in _makers(draft, product).items():
            found[member] = found.get(member, 0.0) + 2 * rate * recipe(product)[EXPLOSIVE]
    return found


def _add_stocks(draft: Draft) -> None:
    """Add a month or two of today's use, in the pool of two members, and explosive where it is used."""
    first, second = sorted(draft.sizes, key=lambda name: -draft.sizes[name])[:2]
    months = {FUZE: 1.0, PROPELLANT: 1.0, COTTON: 3.0} | {body_of(product): 0.75 for product in products(draft)}
    use = draft.output | {COTTON: 0.9 * draft.output[PROPELLANT]}
    for item, opening in months.items():
        for place, share in ((first, 0.6), (second, 0.4)):
            amount = share * use[item]
            limit = rounded(amount * draft.dice.choice((8, 12, 20)))
            row = {"place": place, "item": item, "opening": rounded(opening * amount)}
            draft.add("stocks", **row, reserve=0, storage_limit=limit)
    for place, used in _explosive_used(draft).items():
        draft.add("stocks", place=place, item=EXPLOSIVE, opening=rounded(2.5 * used), reserve=rounded(0.1 * used))


def _add_stockpiles(draft: Draft) -> None:
    """Give some members a stockpile of what they do not order: above the reserve it can be given."""
    ordered = {(row["customer"], row["item"]) for row in draft.tables["orders"]}
    for product in products(draft):
        free = [name for name in draft.sizes if (name, product) not in ordered]
        for name in free[: 1 + len(free) // 8]:
            opening = draft.vary(3 * draft.output[product] * draft.sizes[name] / draft.members, 0.5)
            row = {"place": name, "item": product, "held_by": "member"}
            draft.add("stocks", **row, opening=opening, reserve=rounded(opening / 4))


def _add_suppliers(draft: Draft) -> None:
    """Add outside sources: dear finished goods, some components, and the material nobody makes."""
    lead = max(1, round(3 * draft.pace))
    for product in products(draft):
        price = draft.vary(1.9 * draft.value[product], 0.25)
        most = draft.vary(0.25 * draft.output[product])
        row = {"supplier": f"Market {product}", "item": product, "price": price, "most_per_month": most}
        draft.add("suppliers", **row, lead_months=lead)
    for item, share in ((FUZE, 0.2), (EXPLOSIVE, 0.3)):
        price = draft.vary(1.6 * draft.value[item], 0.1)
        most = rounded(share * draft.output[item])
        draft.add("suppliers", supplier=f"Market {item}", item=item, price=price, most_per_month=most, lead_months=lead)
    use = 0.9 * draft.output[PROPELLANT]
    for name, price, months in (("Cotton near", COTTON_PRICE, 1.5), ("Cotton far", 1.4 * COTTON_PRICE, 4.0)):
        most = rounded(months * use)
        draft.add("suppliers", supplier=name, item=COTTON, price=price, most_per_month=most, lead_months=2)


def _add_lanes(draft: Draft) -> None:
    product, hubs, names = products(draft)[-1], _hubs(draft), recipients(draft)
    customers = [row["customer"] for row in draft.tables["orders"] if row["item"] == product]
    _add_network(draft, EXPLOSIVE, hubs, list(_makers(draft, EXPLOSIVE)), list(_explosive_used(draft)))
    _add_network(draft, product, hubs, list(_makers(draft, product)), [*dict.fromkeys(customers), *names])
    for name in [row["place"] for row in draft.tables["stocks"] if row["item"] == product]:
        for recipient in names:
            _add_lane(draft, name, recipient, product)
    _add_lane(draft, f"Market {EXPLOSIVE}", hubs[0], EXPLOSIVE)
    for recipient in names:
        _add_lane(draft, f"Market {product}", recipient, product)


def _add_network(draft: Draft, item: str, hubs: list[str], sources: list[str], ends: list[str]) -> None:
    """Lead sources to a hub, hubs to each other, and hubs to ends."""
    for number, name in enumerate(sources):
        _add_lane(draft, name, hubs[number % len(hubs)], item)
    for hub in hubs[1:]:
        _add_lane(draft, hubs[0], hub, item)
        _add_lane(draft, hub, hubs[0], item)
    for number, name in enumerate(ends):
        _add_lane(draft, hubs[number % len(hubs)], name, item)


def _add_lane(draft: Draft, start: str, end: str, item: str) -> None:
    taken = {(row["from_place"], row["to_place"], row["item"]) for row in draft.tables["lanes"]}
    if start == end or (start, end, item) in taken:
        return
    draft.add(
        "lanes",
        from_place=start,
        to_place=end,
        item=item,
        cost=draft.vary(0.02 * draft.value[item]),
        transit_months=draft.dice.choice((0, 0.25, 0.5, 1)),
        most_per_month=draft.vary(2.5 * draft.output[item], 0.2) if draft.chance(0.5) else None,
    )
