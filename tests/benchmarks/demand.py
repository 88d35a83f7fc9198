"""What is asked for: needs in bands, order books, pledges, and promises."""

from __future__ import annotations

from tests.benchmarks.draft import Draft, rounded
from tests.benchmarks.industry import FUZE, products

BANDS = ((0.5, 4.0, 10.0), (1.5, 2.4, 1.0), (2.5, 1.6, 0.5))
"""Per band of need: months of today's output, price of a lost unit against its value, weight."""
ORDERED = 0.5
"""Share of today's output that members order."""


def add_demand(draft: Draft) -> None:
    """Add needs, orders, pledges and targets."""
    _add_needs(draft)
    _add_orders(draft)
    _add_targets(draft)


def recipients(draft: Draft) -> list[str]:
    """Return who is supplied."""
    return [row["member"] for row in draft.tables["members"] if row.get("kind") == "recipient"]


def _add_needs(draft: Draft) -> None:
    """Add needs that begin at two thirds and are full after a sixth of the horizon."""
    grown = max(1, draft.months // 6)
    names = recipients(draft)
    for product in products(draft):
        for band, (share, price, weight) in enumerate(BANDS, 1):
            total, price = share * draft.output[product], draft.vary(price * draft.value[product], 0.2)
            for name in names:
                quantity = draft.vary(total / len(names), 0.3)
                both = {"recipient": name, "item": product, "band": band, "weight": weight}
                both["price"] = draft.vary(price, 0.1)
                first, last = rounded(0.66 * quantity), draft.month(grown - 1)
                draft.add("needs", **both, per_month=first, to_month=last)
                draft.add("needs", **both, per_month=quantity, from_month=draft.month(grown))


def _add_orders(draft: Draft) -> None:
    for product, customers in _customers(draft).items():
        whole = sum(draft.sizes[name] for name in customers)
        late = rounded(draft.dice.uniform(0.03, 0.06) * draft.value[product])
        months = draft.dice.uniform(10, 26)
        for name in customers:
            monthly = ORDERED * draft.output[product] * draft.sizes[name] / whole
            wait = draft.dice.choice((None, None, 0.5, 0.75, 1.5))
            row = {"customer": name, "item": product, "weight": 1, "price": draft.vary(late, 0.2)}
            row["accepted_wait"] = None if wait is None else round(wait * accepted_wait(draft))
            before = rounded(monthly * months / 12)
            draft.add("orders", **row, from_month=draft.month(-12), to_month=draft.month(-1), per_month=before)
            draft.add("orders", **row, from_month=draft.month(0), per_month=rounded(monthly))
            if draft.chance(0.6):
                last = min(36, draft.months - accepted_wait(draft) - 1)
                most = draft.vary(1.2 * monthly, 0.5)
                draft.add("pledges", member=name, item=product, to_month=draft.month(last), most_per_month=most)


def accepted_wait(draft: Draft) -> int:
    """Return the wait that is accepted, in months: a year, less where the horizon is short."""
    return min(12, draft.months // 4)


def _customers(draft: Draft) -> dict[str, list[str]]:
    """Return who orders what: every member one to three products, every product somebody."""
    names = products(draft)
    found: dict[str, list[str]] = {product: [] for product in names}
    for number, member in enumerate(draft.sizes):
        first = names[number % len(names)]
        others = draft.dice.sample(names, draft.dice.randint(0, 2))
        for product in dict.fromkeys([first, *others]):
            found[product].append(member)
    return found


def _add_targets(draft: Draft) -> None:
    """Add a target of every kind: two hard ones, soft ones, and some as soon as possible."""
    first, second = products(draft)[:2]
    later = draft.month(draft.months // 2)
    whole = sum(share for share, _, _ in BANDS)
    supplied = rounded(0.5 * BANDS[0][0] / whole, 2)
    home = next(row["customer"] for row in draft.tables["orders"] if row["item"] == first)
    payer = draft.tables["funds"][0]["member"][0]
    promises = (
        ("Go on supplying", "coverage", "each", first, supplied, "hard", None),
        ("Go on making", "rate", None, second, rounded(0.9 * draft.output[second]), "hard", later),
        ("Half of the need", "coverage", "each", None, 0.5, "soft", later),
        ("Fuzes in reserve", "stock", None, FUZE, rounded(0.5 * draft.output[FUZE]), "soft", later),
        ("Made at home", "home share", home, first, 0.3, "soft", None),
        ("Spent at home", "home share", payer, None, 0.6, "soft", None),
        ("Wait no longer", "waiting time", None, first, accepted_wait(draft), "asap", None),
        ("Twice the output", "rate", None, first, rounded(2 * draft.output[first]), "asap", None),
    )
    for name, kind, place, item, value, strength, start in promises:
        draft.add(
            "targets", target=name, kind=kind, place=place, item=item, value=value, strength=strength, from_month=start
        )
