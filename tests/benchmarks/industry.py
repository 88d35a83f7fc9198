"""What is made, from what, and by which lines today: products, stages, members, sites, lines."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.draft import Draft, Record, rounded, shared_out

PRODUCTS = {
    "Artillery 155 mm": 1.0,
    "Mortar 120 mm": 0.4,
    "Tank 120 mm": 0.8,
    "Artillery 105 mm": 0.45,
    "Rocket 122 mm": 1.8,
    "Mortar 81 mm": 0.2,
    "Naval 76 mm": 0.3,
    "Rocket 70 mm": 0.5,
}
"""Final item -> what a unit weighs against a 155 mm round; material and work go by it."""

FUZE, PROPELLANT, EXPLOSIVE, COTTON = "Fuze", "Propellant", "Explosive", "Nitrocellulose"
SHARED = (FUZE, PROPELLANT, EXPLOSIVE)
LABOUR = 3_500
"""Mean cost of a person and month; the values of items are reckoned with it."""
EXISTING, NEW, REACTIVATED = 4.7, 1.2, 0.35
"""Lines per member: those that stand, those that plants would open, those that lie idle."""
ADDED = (1.0, 0.9, 0.75, 0.8)
"""What each crew adds to the 1-8-5 rate."""


@dataclass(frozen=True)
class Stage:
    """What lines that make one item have in common.

    Attributes
    ----------
    rate
        Typical 1-8-5 rate per month.
    unit_cost
        Money per unit, without crews and inputs.
    people
        People in a crew per unit of the 1-8-5 rate.
    """

    item: str
    kind: str
    unit: str
    rate: float
    unit_cost: float
    people: float
    holding: float

    @property
    def value(self) -> float:
        """Return what the stage adds to a unit, in money: its cost and its first crew."""
        return self.unit_cost + self.people * LABOUR


def body_of(product: str) -> str:
    """Return the name of the component that only this product uses."""
    return f"Body {product}"


def products(draft: Draft) -> list[str]:
    """Return the final items: eight from 16 members up, two for 4."""
    return list(PRODUCTS)[: max(2, min(len(PRODUCTS), draft.members // 2))]


def recipe(product: str) -> dict[str, float]:
    """Return what a unit of a final item takes."""
    weight = PRODUCTS[product]
    return {body_of(product): 1.0, FUZE: 1.0, PROPELLANT: 0.0125 * weight, EXPLOSIVE: 0.01 * weight}


def stages(draft: Draft) -> dict[str, Stage]:
    """Return the stage of every item that lines make."""
    found = [
        Stage(FUZE, "component", "pc", 9_000, 70, 0.010, 1),
        Stage(PROPELLANT, "component", "t", 60, 7_500, 1.2, 60),
        Stage(EXPLOSIVE, "component", "t", 60, 8_000, 0.4, 50),
    ]
    for product in products(draft):
        weight = PRODUCTS[product]
        rate = 3_000 / weight**0.9
        found.append(Stage(product, "final", "pc", rate, 300 * weight, 0.08 * weight, 8 * weight))
        found.append(Stage(body_of(product), "component", "pc", rate, 450 * weight, 0.06 * weight, 3 * weight))
    return {stage.item: stage for stage in found}


def add_industry(draft: Draft) -> None:
    """Add members, items, recipes, ladders, profiles, sites, and the lines that stand today."""
    _add_members(draft)
    _add_items(draft)
    _add_ladders(draft)
    _add_profiles(draft)
    _add_lines(draft)
    _balance_stages(draft)
    _add_people(draft)


def _add_members(draft: Draft) -> None:
    for n in range(draft.members):
        name = f"Member {n + 1:02}"
        draft.sizes[name] = rounded(draft.dice.lognormvariate(-0.3, 0.8))
        draft.add(
            "members",
            member=name,
            cost_key=draft.sizes[name] * 100,
            labour_cost=draft.vary(LABOUR, 0.5),
            weekend_premium=draft.dice.choice((0.3, 0.5, 0.5, 0.75, 1.0)),
            starts_per_year=1 + round(1.5 * draft.sizes[name]),
        )
    for n in range(max(1, draft.members // 16)):
        draft.add("members", member=f"Recipient {n + 1}", kind="recipient")


def _add_items(draft: Draft) -> None:
    found = stages(draft)
    for stage in found.values():
        draft.add(
            "items",
            item=stage.item,
            unit=stage.unit,
            kind=stage.kind,
            holding_cost=rounded(stage.holding),
            transport_cost=rounded(0.02 * stage.value),
        )
    draft.add("items", item=COTTON, unit="t", kind="material", holding_cost=20, transport_cost=100)
    draft.add("recipes", item=PROPELLANT, input=COTTON, quantity=0.9)
    draft.value |= {item: found[item].value for item in SHARED}
    draft.value[PROPELLANT] += 0.9 * 4_000
    for product in products(draft):
        body = body_of(product)
        draft.value[body] = found[body].value
        inputs = recipe(product)
        draft.value[product] = found[product].value + sum(q * draft.value[i] for i, q in inputs.items())
        for item, quantity in inputs.items():
            draft.add("recipes", item=product, input=item, quantity=rounded(quantity))


def _add_ladders(draft: Draft) -> None:
    patterns, pay, leads = ("1-8-5", "2-8-5", "3-8-5", "4-8-7"), (1, 1.1, 1.25, 1.6), (3, 3, 4, 6)
    for ladder, steps in (("Two shifts", 2), ("Three shifts", 3), ("Continuous", 4)):
        for k in range(steps):
            draft.add(
                "shift_ladders",
                ladder=ladder,
                step=k + 1,
                pattern=patterns[k],
                added_share=ADDED[k],
                cost_factor=pay[k],
                hiring_months=round(leads[k] * draft.pace),
                hiring_cost=1.5,
                release_cost=2,
                ramp_up="Learning",
                minimum_stay=6,
                staffs_weekends=k == 3,
            )


def _add_profiles(draft: Draft) -> None:
    def stretched(months: int) -> int:
        return max(2, round(months * draft.pace))

    ramp, quick, instalment = stretched(9), stretched(5), stretched(6)
    for name, shares in (
        ("Learning", {0: 0.5, 1: 0.75, 2: 0.9}),
        ("Plant ramp-up", {m: rounded(0.2 + 0.7 * m / ramp) for m in range(ramp)}),
        ("Expansion ramp-up", dict.fromkeys(range(quick), 0.5)),
        ("Plant payments", {0: 0.2, instalment: 0.3, 2 * instalment: 0.3, 3 * instalment: 0.2}),
        ("Quick payments", {0: 0.4, instalment: 0.6}),
    ):
        for month, share in shares.items():
            draft.add("profiles", profile=name, month=month, share=share)


def _add_lines(draft: Draft) -> None:
    total = round(EXISTING * draft.members)
    finals, bodies = round(0.42 * total), round(0.3 * total)
    names = products(draft)
    made = shared_out(finals, names) + shared_out(bodies, [body_of(product) for product in names])
    made += shared_out(total - finals - bodies, list(SHARED))
    for number, item in enumerate(made, 1):
        add_line(draft, f"{item} line {number}", item, draft.member(), size=draft.dice.lognormvariate(0, 0.5))


def add_line(draft: Draft, name: str, item: str, member: str, *, size: float, opened_by: str | None = None) -> Record:
    """Add a line with its rate, at the member's site for the stage; return the record of the rate."""
    stage = stages(draft)[item]
    site = f"{member} {_trade(stage)}"
    if all(row["site"] != site for row in draft.tables["sites"]):
        draft.add("sites", site=site, member=member, producer=f"{site} works")
    ladder = draft.dice.choice(("Continuous", "Three shifts") if item in SHARED else ("Three shifts", "Two shifts"))
    rate = rounded(stage.rate * draft.scale.get(item, 1.0) * size)
    draft.add(
        "lines",
        line=name,
        site=site,
        ladder=ladder,
        shifts_now=None if opened_by else draft.dice.choice((1, 1, 1, 2)),
        may_idle=draft.chance(0.1),
        people_per_crew=max(5, round(draft.vary(stage.people * rate))),
        weekend_share=draft.dice.choice((None, None, 0.25, 0.75)),
        opened_by=opened_by,
    )
    return draft.add(
        "rates",
        line=name,
        item=item,
        rate=rate,
        unit_cost=draft.vary(stage.unit_cost * (0.85 if opened_by else 1), 0.15),
        yield_=draft.dice.choice((0.96, 0.98, 1)),
        minimum=rounded(0.3 * rate) if draft.chance(0.6) else None,
    )


def _trade(stage: Stage) -> str:
    if stage.item in (PROPELLANT, EXPLOSIVE):
        return "chemistry"
    return "assembly" if stage.kind == "final" else "metal"


def _balance_stages(draft: Draft) -> None:
    """Scale the lines of every component to what final lines use today and a little more; note today's output."""
    lines = {row["line"]: row for row in draft.tables["lines"]}
    able = dict.fromkeys(stages(draft), 0.0)
    for row in draft.tables["rates"]:
        able[row["item"]] += row["rate"] * sum(ADDED[: lines[row["line"]]["shifts_now"]])
    used = dict.fromkeys(able, 0.0)
    for product in products(draft):
        for item, quantity in recipe(product).items():
            used[item] += quantity * able[product] / 0.96
    draft.scale |= {item: draft.dice.uniform(1.05, 1.3) * used[item] / able[item] for item in able if used[item]}
    for row in draft.tables["rates"]:
        factor = draft.scale.get(row["item"], 1.0)
        row |= {name: rounded(row[name] * factor) for name in ("rate", "minimum") if name in row}
        line = lines[row["line"]]
        line["people_per_crew"] = max(5, round(line["people_per_crew"] * factor))
    draft.output |= {item: used[item] or able[item] for item in able}


def _add_people(draft: Draft) -> None:
    """Limit the people of some members: today's crews and some more, growing."""
    homes = {row["site"]: row["member"] for row in draft.tables["sites"]}
    busy = dict.fromkeys(draft.sizes, 0.0)
    for line in draft.tables["lines"]:
        busy[homes[line["site"]]] += line["people_per_crew"] * line["shifts_now"]
    for row in draft.tables["members"]:
        name = row["member"]
        if name in busy and (draft.chance(0.25) or name == max(busy, key=lambda m: busy[m])):
            base = busy[name] + 200 * draft.sizes[name]
            row |= {
                "people_available": round(base * draft.dice.uniform(1.1, 1.8)),
                "people_added": round(base * draft.dice.uniform(0.005, 0.02), 1),
            }
