"""The 155 mm example: 32 members in February 2023, from the public figures in `facts.csv`.

Calibration, all in `Calibration` below: with every lever off, filling lines make what was reported for
early 2023; half of it (the French ratio) goes to Ukraine; the other half is left for an order book of 28
months of it, so an order placed in February 2023 waits 28 months.
"""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from alliance_lines import BODY, CHARGE, EXPLOSIVE, LINES, POWDER, ROUND
from alliance_plants import EXPANSIONS, NEW_LINES, PLANTS, SLIPS, USD, Plant
from sources import Book, Source, assumed, cited, cost_share, defence_share, derived, fact, gdp

from optimizer.scenario.scenario import Scenario

ABOUT = (
    "Production of 155 mm rounds by the 32 members and supply to Ukraine, seen from February 2023. An "
    "illustration at the level of public policy debate (rates, money, months), not an assessment of any state "
    "or firm.",
    "Every figure is on the sheet Sources: cited from a public page, derived from such figures (with the "
    "arithmetic), or assumed. Figures that lean on facts from memory only (shift factors, NATO cost shares, "
    "exchange rates) count as assumed. What is not reported anywhere (crew sizes, unit costs, most capacities "
    "by stage) is assumed.",
    "Stages: shell bodies, powder, propelling charges, explosive, filled and packed rounds. Fuzes, primers, "
    "packaging, shell steel, nitrocellulose and cotton are left out.",
    "Calibration: with every lever off, output is 39,500 rounds a month (Europe 22,500, the middle of the "
    "reported 20,000 to 25,000; United States 14,000; Canada 3,000). Half goes to Ukraine, as France reported "
    "of its own output in 2023; the other 19,750 go to the order book. The book of 28 x 19,750 = 553,000 rounds "
    "was placed in the twelve months before (the wait had been 12 months, so older orders are delivered): an "
    "order placed in February 2023 waits 28 months. From then on members order the 19,750 a month that today's "
    "output leaves, so without decisions the wait stays at 28 months; what they would add is on the sheet Pledges.",
    "Ukraine's need in bands: what came out of output in early 2023, then up to the 110,000 a month fired, then "
    "up to the minimum of 356,400 a month asked for in March 2023. Bands differ in weight only.",
    "Rounds released from members' stocks (330,000 in the year to January 2024) and the Czech initiative "
    "appear as suppliers: a stockpile that is also delivered to would give the same round away a second time.",
    "Plants enter with the capacity, cost and build time that were announced; how late they came, the sceptical "
    "view of European capacity, a doubled need and a budget cut are on the sheet Scenarios. Announcements later "
    "than February 2023 are options from the start: the plan tells what could have been decided, not what was.",
    "National funds pay investment only. Day-to-day costs are counted, and paid from budgets in Canada and "
    "Norway alone, to show how that is written.",
)

SHARES = (1.0, 0.9, 0.75, 0.8)
"""What each crew of the ladder adds to the 1-8-5 rate; the sum, 3.45, is just under the x3.5 observed."""

# -- members --------------------------------------------------------------------------------------
MEMBERS = (
    "Albania", "Belgium", "Bulgaria", "Canada", "Croatia", "Czechia", "Denmark", "Estonia", "Finland", "France",
    "Germany", "Greece", "Hungary", "Iceland", "Italy", "Latvia", "Lithuania", "Luxembourg", "Montenegro",
    "Netherlands", "North Macedonia", "Norway", "Poland", "Portugal", "Romania", "Slovakia", "Slovenia", "Spain",
    "Sweden", "Turkiye", "United Kingdom", "United States",
)  # fmt: skip
OUTSIDE_EU = {
    "Albania", "Canada", "Iceland", "Montenegro", "North Macedonia", "Norway", "Turkiye", "United Kingdom",
    "United States",
}  # fmt: skip
ASAP_MEMBERS = tuple(m for m in MEMBERS if m not in OUTSIDE_EU or m == "Norway")

HOURS_PER_MONTH = 140
LABOUR = {  # EUR per hour -> source
    "Belgium": (47.1, 333), "Bulgaria": (9.3, 328), "Denmark": (48.1, 332), "France": (42.2, 334),
    "Germany": (41.3, 335), "Hungary": (12.8, 330), "Norway": (51.9, 336), "Romania": (11.0, 329),
    "Canada": (36.0, None), "Czechia": (18.0, None), "Finland": (40.0, None), "Greece": (17.0, None),
    "Italy": (30.0, None), "Latvia": (13.0, None), "Lithuania": (14.0, None), "Poland": (14.5, None),
    "Slovakia": (17.0, None), "Spain": (25.0, None), "Sweden": (40.0, None), "Turkiye": (9.0, None),
    "United Kingdom": (34.0, None), "United States": (40.0, None),
}  # fmt: skip
PREMIUM = {"Finland": (1.0, 318), "Germany": (0.5, 313), "Norway": (1.0, 319), "United States": (0.5, 321)}
PEOPLE = {  # member -> most people in crews, added per month, reason
    "Germany": (
        750,
        20,
        assumed("about today's crews + 249 vacancies; hires of a few hundred a year", 223, 264),
    ),
    "Norway": (150, 3, assumed("about twice today's crews; a small labour market", 274)),
    "Slovakia": (
        900,
        15,
        assumed("today's crews + a site's yearly hires as at Snina (75 to 180 staff)", 195),
    ),
}
STARTS = {"United States": 6, "Germany": 4, "France": 4, "Poland": 3, "Spain": 3, "United Kingdom": 3}
STARTS_ELSEWHERE = 2
FULL_BUDGETS = {"Canada": 0.03, "Norway": 0.03}
CAPEX_SHARE = 0.01
YEARS = tuple(range(2023, 2029))

# -- items and stages -----------------------------------------------------------------------------
POWDER_PER_CHARGE = 0.0125
EXPLOSIVE_PER_ROUND = 0.010


@dataclass(frozen=True)
class Stage:
    """What lines of one stage have in common.

    Attributes
    ----------
    unit_cost
        Money per unit, without crews and inputs.
    people
        People in a crew per unit of the 1-8-5 rate.
    holding, transport
        Money per unit and month; money per unit taken from the pool.
    opening, limit
        Stock at the start in months of today's output; most that fits, in units.
    """

    unit: str
    kind: str
    unit_cost: float
    people: float
    people_reason: Source
    holding: float
    transport: float
    opening: float
    limit: float


STAGES = {
    ROUND: Stage(
        "pc", "final", 520, 0.030, assumed("30 people per 1,000 rounds a month; ZVS had 300 staff in all at 50,000 a year", 89),
        8, 30, 0, 100_000,
    ),
    BODY: Stage(
        "pc", "component", 650, 0.024,
        derived("300 workers / 3 crews / (11,040 / 2.65 = 4,166 bodies a month at 1-8-5) = 24 per 1,000", 224),
        3, 20, 0.5, 200_000,
    ),
    CHARGE: Stage(
        "pc", "component", 330, 0.010, assumed("10 people per 1,000 sets a month; Strazske plans 300 jobs", 197),
        2, 10, 0.5, 200_000,
    ),
    POWDER: Stage(
        "t", "component", 15_000, 0.69, derived("80 staff / 4 crews / (1,200 t / 12 / 3.45 = 29 t a month at 1-8-5)", 186, 184),
        60, 300, 0.5, 2_500,
    ),
    EXPLOSIVE: Stage(
        "t", "component", 11_000, 0.115, derived("50 staff / 4 crews / (4,500 t / 12 / 3.45 = 109 t a month at 1-8-5)", 178),
        50, 300, 0.5, 2_000,
    ),
}  # fmt: skip
MINIMUM_SHARE = 0.35
SMALLEST_CREW = 8


class Calibration:
    """Output, supply and order book of February 2023."""

    europe = fact(35).middle  # 22,500 of 20,000 to 25,000 a month
    united_states = fact(105).low  # 14,000 a month, in February 2023 as a year before
    canada = fact(103).low
    supply_share = fact(119).low / fact(79).low  # France: 1,000 of 2,000 a month
    wait = fact(1).low  # 28 months
    earlier_wait = int(fact(0).low)  # 12 months
    output = europe + united_states + canada
    supply = supply_share * output
    left = output - supply
    book = wait * left
    book_per_month = book / earlier_wait


FIRED = fact(18).low
MINIMUM_NEED = fact(20).low


def make() -> tuple[Scenario, pd.DataFrame, tuple[str, ...]]:
    """Return the scenario, its sources, and what to tell on the Read me sheet."""
    found = book()
    return found.scenario(), found.sources(), ABOUT


def book() -> Book:
    """Return the rows of the alliance example with the source of every figure."""
    found = Book()
    for enter in (
        _settings, _members, _items, _ladders, _profiles, _lines, _plants, _expansions, _needs, _orders, _pledges,
        _stocks, _suppliers, _funds, _targets, _what_ifs,
    ):  # fmt: skip
        enter(found)
    return found


# -- how to plan ----------------------------------------------------------------------------------
def _settings(to: Book) -> None:
    choice = assumed("a choice of how to plan")
    to.set("title", "155 mm, 32 members, February 2023")
    to.set("data_date", "2023-02")
    to.set("start", "2023-02", cited(1, reason="month of the statement"))
    to.set("periods", "23x1, 13x3", assumed("23 months, then quarters of the calendar year, to March 2028"))
    to.set("discount_rate", 0.03, choice)
    to.set("review_months", 3, choice)
    to.set("weekend_share", 0.5, assumed("half of the weekends: weekly rest, at least 15 Sundays off", 306, 315))
    to.set("weekend_efficiency", 0.9, assumed("long weeks lose 10 to 15 % per hour", 324))
    to.set("transport_cost", 30, assumed("per unit, unless the item says otherwise"))
    to.set("accepted_wait", Calibration.earlier_wait, cited(0))
    to.set("end_months", 12, choice)
    to.set("short_run_months", 12, choice)
    to.set("gap", 0.01)
    to.set("slack", 0.01)
    to.set("time_limit", 300)


def _members(to: Book) -> None:
    with_lines = {row.member for row in (*LINES, *(line for plant in PLANTS for line in NEW_LINES[plant.name]))}
    for name in MEMBERS:
        size, number = gdp(name)
        row: dict[str, object] = {"member": name, "kind": "member", "cost_key": size}
        why = {"cost_key": cited(number, reason="GDP of 2022, billions of dollars")}
        if name in with_lines:
            hourly, stated = LABOUR[name]
            row["labour_cost"] = hourly * HOURS_PER_MONTH
            why["labour_cost"] = (
                derived(f"{hourly} EUR an hour x {HOURS_PER_MONTH} paid hours a month (hours assumed)", stated)
                if stated
                else assumed(f"{hourly} EUR an hour x {HOURS_PER_MONTH} paid hours a month")
            )
            premium, stated = PREMIUM.get(name, (0.5, None))
            row["weekend_premium"] = premium
            why["weekend_premium"] = cited(stated) if stated else assumed("as in Germany", 313)
            row["starts_per_year"] = STARTS.get(name, STARTS_ELSEWHERE)
            why["starts_per_year"] = assumed("what authorities and builders can take on in a year")
        if name in PEOPLE:
            row["people_available"], row["people_added"], reason = PEOPLE[name]
            why |= {"people_available": reason, "people_added": reason}
        to.add("members", row, **why)
    to.add("members", {"member": "Ukraine", "kind": "recipient"})


def _items(to: Book) -> None:
    why = assumed("order of magnitude; with crews and inputs a round costs about the EUR 2,000 of before 2022", 139)
    for item, stage in STAGES.items():
        row = {"item": item, "unit": stage.unit, "kind": stage.kind}
        to.add("items", row | {"holding_cost": stage.holding, "transport_cost": stage.transport}, why)
    one = derived("one to a round")
    to.add("recipes", {"item": ROUND, "input": BODY, "quantity": 1}, one)
    to.add("recipes", {"item": ROUND, "input": CHARGE, "quantity": 1}, one)
    to.add(
        "recipes",
        {"item": ROUND, "input": EXPLOSIVE, "quantity": EXPLOSIVE_PER_ROUND},
        derived("50,000 t for about 5m shells: 10 kg a shell", 269),
    )
    to.add(
        "recipes",
        {"item": CHARGE, "input": POWDER, "quantity": POWDER_PER_CHARGE},
        derived("middle of up to 12 kg and 1,200 t / 90,000 rounds = 13 kg", 266, 184, 186),
    )


def _ladders(to: Book) -> None:
    share = assumed("x1.9, x2.65 and, around the clock on seven days, x3.45; observed x3.5", 300, 301, 302, 65)
    pay = {
        1: assumed("the first crew"),
        2: assumed("late premium of 7 to 10 %", 322),
        3: assumed("night premium of 25 %", 312),
        4: assumed("nights and weekends of the whole rota fall on the crew that makes it continuous", 312, 313),
    }
    hiring = assumed("3 to 9 months to hire and train a further shift", 303)
    money = assumed("recruiting and training, severance")
    stay = assumed("longer than the crew's ramp-up")
    patterns, costs, leads = ("1-8-5", "2-8-5", "3-8-5", "4-8-7"), (1, 1.1, 1.25, 1.6), (3, 3, 4, 6)
    for step, (added, pattern, cost, months) in enumerate(zip(SHARES, patterns, costs, leads, strict=True), start=1):
        row = {
            "ladder": "Standard", "step": step, "pattern": pattern, "added_share": added, "cost_factor": cost,
            "hiring_months": months, "hiring_cost": 1.5, "release_cost": 2, "ramp_up": "Learning",
            "minimum_stay": 6, "staffs_weekends": step == 4,
        }  # fmt: skip
        to.add(
            "shift_ladders", row, added_share=share, cost_factor=pay[step], hiring_months=hiring,
            hiring_cost=money, release_cost=money, minimum_stay=stay,
        )  # fmt: skip


def _profiles(to: Book) -> None:
    learning, payments = assumed("learning of a new crew"), assumed("usual instalments")
    ramp = assumed("a year to full output")
    unterluess = derived(
        "25,000 in 5 months of 2025, 140,000 in 2026, 350,000 in 2027, as shares of 350,000 a year",
        66,
        67,
        68,
    )
    for name, source, shares in (
        ("Learning", learning, {0: 0.5, 1: 0.75, 2: 0.9}),
        ("Plant payments", payments, {0: 0.2, 6: 0.3, 12: 0.3, 18: 0.2}),
        ("Quick payments", payments, {0: 0.4, 6: 0.6}),
        ("Plant ramp-up", ramp, {m: 0.25 * (m // 3 + 1) for m in range(9)}),
        ("Unterluess ramp-up", unterluess, {m: 0.17 if m < 5 else 0.4 for m in range(17)}),
        ("Expansion ramp-up", assumed("half a year to full output"), dict.fromkeys(range(6), 0.5)),
    ):
        for month, share in shares.items():
            to.add("profiles", {"profile": name, "month": month, "share": share}, source)


# -- lines and investments ------------------------------------------------------------------------
def _lines(to: Book) -> None:
    for line in LINES:
        at_185 = line.now / sum(SHARES[: line.shifts])
        arithmetic = f"{line.now:,.6g} a month now / {sum(SHARES[: line.shifts]):g} for {line.shifts} crews. "
        why = Source(line.source.kind, arithmetic + line.source.reason, line.source.facts)
        _site(to, line.site, line.member, line.producer)
        _line(to, line.name, line.site, line.item, at_185, why, shifts=line.shifts, pattern=line.pattern)


def _line(
    to: Book,
    name: str,
    site: str,
    item: str,
    rate: float,
    why: Source,
    *,
    shifts: int | None = None,
    pattern: Source | None = None,
    opened_by: str | None = None,
) -> None:
    stage, rate = STAGES[item], round(rate, 3)
    crew = max(SMALLEST_CREW, round(stage.people * rate))
    row = {"line": name, "site": site, "ladder": "Standard", "people_per_crew": crew, "opened_by": opened_by}
    to.add("lines", row | {"shifts_now": shifts}, people_per_crew=stage.people_reason, shifts_now=pattern or why)
    to.add(
        "rates",
        {"line": name, "item": item, "rate": rate, "unit_cost": stage.unit_cost, "minimum": round(MINIMUM_SHARE * rate, 2)},
        rate=why,
        unit_cost=assumed("order of magnitude; with crews and inputs a round costs about EUR 2,000", 139),
        minimum=assumed(f"{MINIMUM_SHARE:.0%} of the 1-8-5 rate"),
    )  # fmt: skip


def _site(to: Book, site: str, member: str, producer: str) -> None:
    if site not in {row["site"] for row in to.tables["sites"]}:
        to.add("sites", {"site": site, "member": member, "producer": producer})


def _plants(to: Book) -> None:
    to.add(
        "groups",
        {"group": "German powder", "at_least": 0, "at_most": 1},
        assumed("the dropped plant or the later expansion", 207, 206),
    )
    to.add(
        "groups",
        {"group": "Polish private plant", "at_least": 0, "at_most": 1},
        assumed("two bidders for one programme", 97, 98),
    )
    for plant in PLANTS:
        _project(to, plant, {"kind": plant.kind})
        for new in NEW_LINES[plant.name]:
            at_185 = new.per_year / 12 / sum(SHARES[: new.shifts])
            arithmetic = f"{new.per_year:,.6g} a year / 12 / {sum(SHARES[: new.shifts]):g} for {new.shifts} crews. "
            why = Source(new.source.kind, arithmetic + new.source.reason, new.source.facts)
            _site(to, new.site, new.member, new.producer)
            _line(to, new.name, new.site, new.item, at_185, why, opened_by=plant.name)


def _expansions(to: Book) -> None:
    for plant, line, share, why in EXPANSIONS:
        _project(to, plant, {"kind": "expansion", "line": line, "added_share": share}, added_share=why)


def _project(to: Book, plant: Plant, row: dict[str, object], **sources: Source) -> None:
    capex = round(plant.capex * 1e6, -5)
    row |= {
        "project": plant.name, "capex": capex, "fixed_cost": round(capex * 0.02 / 12, -2), "lead_months": plant.lead,
        "payments": "Plant payments" if plant.lead >= 15 else "Quick payments", "ramp_up": plant.ramp_up, "life": 240,
        "group": plant.group, "requires": plant.requires, "firm_quantity": plant.firm,
        "firm_item": ROUND if plant.firm else None, "status": plant.status, "start": plant.start,
    }  # fmt: skip
    to.add(
        "projects", row, capex=plant.capex_source, lead_months=plant.lead_source,
        fixed_cost=assumed("2 % of the investment a year"), life=assumed("20 years"), firm_quantity=plant.firm_source,
        start=plant.start_source, **sources,
    )  # fmt: skip


# -- demand ---------------------------------------------------------------------------------------
def _needs(to: Book) -> None:
    c = Calibration
    supply = derived(
        f"{c.supply_share:.0%} (France: 1,000 of 2,000 a month) x output of {c.output:,.0f}; the split is assumed to hold "
        "for all", 119, 79, 35, 106, 103,
    )  # fmt: skip
    for band, (quantity, weight, why) in enumerate(
        (
            (c.supply, 10, Source("assumed", supply.reason, supply.facts)),
            (FIRED - c.supply, 0.75, derived(f"{FIRED:,.0f} fired a month - {c.supply:,.0f} in band 1", 18)),
            (
                MINIMUM_NEED - FIRED,
                0.5,
                derived(f"{MINIMUM_NEED:,.0f} minimum need a month - {FIRED:,.0f} fired", 20, 18),
            ),
        ),
        start=1,
    ):
        row = {
            "recipient": "Ukraine",
            "item": ROUND,
            "band": band,
            "per_month": round(quantity, 3),
            "weight": weight,
        }
        rank = assumed(
            "the rank: what is supplied now, then orders beyond 12 months (1 a layer), then the fired, then the minimum"
        )
        to.add("needs", row, per_month=why, weight=rank)


def order_shares() -> dict[str, float]:
    """Return each member's share in the order book: the NATO cost shares, without Iceland."""
    shares = {m: cost_share(m)[0] for m in MEMBERS if m != "Iceland"}
    return {m: share / sum(shares.values()) for m, share in shares.items()}


def _orders(to: Book) -> None:
    c = Calibration
    placed = (
        f"the opening book of {c.wait:g} x ({c.output:,.0f} - {c.supply:,.0f}) = {c.book:,.0f} was placed in the "
        f"{c.earlier_wait} months before the start, because an order of a year ago waited that long"
    )
    goes_on = "what today's output leaves, so that without new decisions the wait stays; more is pledged"
    alike = assumed("all customers alike")
    for member, share in order_shares().items():
        number = cost_share(member)[1]
        text = f"share {share:.4%} (NATO cost share)"
        row = {"customer": member, "item": ROUND, "weight": 1}
        before, after = round(share * c.book_per_month, 3), round(share * c.left, 3)
        to.add(
            "orders",
            row | {"from_month": "2022-02", "to_month": "2023-01", "per_month": before},
            alike,
            per_month=assumed(f"{text} x {c.book_per_month:,.1f} a month: {placed}", number, 0, 1),
        )
        to.add(
            "orders",
            row | {"from_month": "2023-02", "per_month": after},
            alike,
            per_month=assumed(f"{text} x {c.left:,.0f} a month, {goes_on}", number),
        )


def _pledges(to: Book) -> None:
    shares = order_shares()
    of_europe = sum(shares[m] for m in ASAP_MEMBERS)
    total = fact(231).low
    for member, share in shares.items():
        if member in ASAP_MEMBERS:
            window, quantity = ("2023-03", "2024-02"), total / 12 * share / of_europe
            why = assumed(
                f"{total:,.0f} rounds pledged in 12 months / 12 x share {share / of_europe:.4%} by NATO cost share",
                231, cost_share(member)[1],
            )  # fmt: skip
        else:
            window, quantity = ("2023-03", "2025-02"), share * Calibration.book_per_month
            why = assumed("the pace of the year before the start, for two years", cost_share(member)[1])
        row = {"member": member, "item": ROUND, "from_month": window[0], "to_month": window[1]}
        to.add("pledges", row | {"most_per_month": round(quantity, 3)}, why)


def _stocks(to: Book) -> None:
    inputs = {BODY: 1, CHARGE: 1, POWDER: POWDER_PER_CHARGE, EXPLOSIVE: EXPLOSIVE_PER_ROUND, ROUND: 1}
    for place, share in (("Germany", 0.6), ("United States", 0.4)):
        for item, per_round in inputs.items():
            stage = STAGES[item]
            row = {"place": place, "item": item, "held_by": "producer"}
            row["opening"] = round(share * stage.opening * per_round * Calibration.output, 2)
            row["reserve"] = 0
            row["storage_limit"] = share * stage.limit
            to.add(
                "stocks", row, assumed("room for a few months; no reserve"),
                opening=assumed(f"{share:.0%} of {stage.opening:g} months of today's use (one pool, kept in two places)"),
            )  # fmt: skip


def _suppliers(to: Book) -> None:
    to.add(
        "suppliers",
        {
            "supplier": "Members' released stocks", "item": ROUND, "price": 3_030, "most_per_month": 330_000 / 11,
            "from_month": "2023-03", "to_month": "2024-01",
        },
        derived("330,000 by the end of January 2024, from stock, over the 11 months of the pledge", 232, 231),
        price=derived("EUR 1,000m to reimburse / 330,000 rounds = 3,030", 229, 232),
    )  # fmt: skip
    to.add(
        "suppliers",
        {
            "supplier": "Czech initiative", "item": ROUND, "price": 3_200, "most_per_month": 40_000, "lead_months": 3,
            "from_month": "2024-03", "to_month": "2025-02",
        },
        derived("500,000 rounds funded, over a year: about 40,000 a month; months assumed", 260),
        price=derived("EUR 576m / 180,000 = 3,200", 137),
        lead_months=assumed("bought abroad, overhauled, shipped"),
        from_month=assumed("first half of 2024", 260),
        to_month=assumed("a year", 260),
    )  # fmt: skip
    to.add(
        "suppliers",
        {"supplier": "Explosive from outside", "item": EXPLOSIVE, "price": round(310e6 / fact(270).low / USD, -2), "most_per_month": 120, "lead_months": 3},
        price=assumed(f"USD 17,200 a tonne (USD 310m / 18,000 t) / {USD}", 270),
        most_per_month=assumed("under a third of today's use"),
        lead_months=assumed("shipping"),
    )  # fmt: skip
    to.add(
        "suppliers",
        {"supplier": "Powder from Switzerland", "item": POWDER, "price": 20_000, "most_per_month": 60, "lead_months": 2},
        assumed("the Swiss half of the Nitrochemie group sells some of the group's 6,000 t a year", 206, 262),
    )  # fmt: skip


# -- money ----------------------------------------------------------------------------------------
def _funds(to: Book) -> None:
    for member in MEMBERS:
        _national(to, member)
    reason = "EUR 513m of grants less missiles (50), testing (2) and conversion to the 155 mm chain: powder 248 + explosives 112 + shells 90"
    for year in YEARS:
        amount = 450e6 if year == 2024 else 0
        row = {
            "fund": "ASAP", "year": year, "amount": amount, "member": ASAP_MEMBERS, "covers": ("capex",), "abroad": True,
            "most_share": 0.4, "carries_over": True,
        }  # fmt: skip
        to.add(
            "funds", row, amount=derived(reason, 235, 236, 237, 238),
            most_share=derived("middle of 35 to 45 % of project cost", 243),
        )  # fmt: skip
    for year in YEARS:
        row = {
            "fund": "Producers' own money", "year": year, "amount": 1_500e6 if year < 2028 else 375e6, "covers": ("capex",),
            "abroad": True, "most_share": 0.6, "carries_over": False,
        }  # fmt: skip
        to.add("funds", row, assumed("firms invest on firm orders, as at Unterluess; 2028 counts a quarter", 144))
    for year in (2026, 2027, 2028):
        row = {
            "fund": "EU defence loans", "year": year, "amount": 1_000e6 if year < 2028 else 250e6,
            "member": tuple(m for m in ASAP_MEMBERS if m != "Norway"), "covers": ("capex",), "abroad": True,
            "most_share": 0.8, "carries_over": True,
        }  # fmt: skip
        to.add("funds", row, assumed("EUR 120m of such loans are reported for one plant alone", 160))


def _national(to: Book, member: str) -> None:
    size, gdp_fact = gdp(member, 2023)
    full = FULL_BUDGETS.get(member)
    in_industry = any(row["member"] == member for row in to.tables["sites"])
    part = CAPEX_SHARE if full is None else full
    for year in YEARS:
        if member == "Iceland":
            spending, text, behind = 0.2, "assumed EUR 200m of civil contributions", (gdp_fact,)
        else:
            spending, text, behind = _spending(member, year, size, gdp_fact)
        months = 3 if year == 2028 else 11 if year == 2023 else 12
        amount = round(spending * 1e9 * part * months / 12, -3)
        row = {
            "fund": f"{member} investment" if full is None else f"{member} budget", "year": year, "amount": amount,
            "member": (member,), "covers": ("capex",) if full is None else None, "abroad": not in_industry,
            "most_share": 1, "carries_over": full is None,
        }  # fmt: skip
        why = assumed(f"{text} x {part:.0%} earmarked x {months} of 12 months in the horizon", *behind)
        to.add("funds", row, amount=why, most_share=assumed("no limit"))


def _spending(member: str, year: int, size: float, gdp_fact: int) -> tuple[float, str, tuple[int, ...]]:
    period = "2023 (est.)" if year == 2023 and member != "Sweden" else "2024 (est."
    share, share_fact = defence_share(member, period)
    spending = size * share / USD
    return spending, f"GDP of 2023, USD {size:,.2f}bn x {share:.2%} / {USD}", (gdp_fact, share_fact)


# -- promises and what-ifs ------------------------------------------------------------------------
def _targets(to: Book) -> None:
    share = int(1000 * Calibration.supply / MINIMUM_NEED) / 1000
    to.add(
        "targets",
        {"target": "Ukraine as in early 2023", "kind": "coverage", "place": "Ukraine", "item": ROUND, "value": share, "strength": "hard"},
        derived(f"{Calibration.supply:,.0f} / {MINIMUM_NEED:,.0f}, rounded down", 119, 20),
    )  # fmt: skip
    to.add(
        "targets",
        {"target": "Back to 12 months", "kind": "waiting time", "item": ROUND, "value": Calibration.earlier_wait, "strength": "asap", "weight": 1},
        cited(0), weight=assumed("both promises alike"),
    )  # fmt: skip
    to.add(
        "targets",
        {"target": "1.2 million a year", "kind": "rate", "item": ROUND, "value": fact(49).low / 12, "strength": "asap", "weight": 1},
        derived("about 1.2m a year by the United States and Europe, reported for 2024, / 12", 49),
        weight=assumed("both promises alike"),
    )  # fmt: skip


def _what_ifs(to: Book) -> None:
    def change(scenario: str, sheet: str, key: str, column: str, how: str, value: float, why: Source) -> None:
        row = {
            "scenario": scenario, "changed_sheet": sheet, "changed_key": key, "changed_column": column, "change": how,
            "value": value,
        }  # fmt: skip
        to.add("scenarios", row, value=why)

    for project, months, why in SLIPS:
        change("Plants late as observed", "Projects", project, "lead months", "add", months, why)
    half = derived(
        "567,000 or under 500,000 a year against a claimed 1.7m or 1m: a third to a half; half taken",
        40,
        41,
        45,
    )
    lines = [n for p in PLANTS for n in NEW_LINES[p.name] if n.member not in ("United States", "Canada")]
    for new in lines:
        change(
            "Sceptical Europe",
            "Rates",
            f"{new.name} | {new.item}",
            "1-8-5 rate per month",
            "multiply",
            0.5,
            half,
        )
        change(
            "Sceptical Europe", "Rates", f"{new.name} | {new.item}", "minimum rate per month while running",
            "multiply", 0.5, half,
        )  # fmt: skip
    for plant, line, _, _ in EXPANSIONS:
        if not any(start.name == line and start.member in ("United States", "Canada") for start in LINES):
            change("Sceptical Europe", "Projects", plant.name, "added share of its rate", "multiply", 0.5, half)
    change(
        "Need doubled",
        "Needs",
        "*",
        "per month",
        "multiply",
        2,
        assumed("twice the need; the full allowance is 1.67 times", 20),
    )
    change(
        "Need doubled",
        "Targets",
        "Ukraine as in early 2023",
        "value",
        "multiply",
        0.5,
        assumed("the promise stays what it is in rounds"),
    )
    change(
        "Need of early 2024",
        "Needs",
        f"Ukraine | {ROUND} |  | 3",
        "per month",
        "set",
        fact(24).low - FIRED,
        derived("200,000 a month - 110,000 fired", 24, 18),
    )
    change("Budget cut", "Funds", "*", "amount", "multiply", 0.8, assumed("a fifth less"))
