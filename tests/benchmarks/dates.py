"""A small group with little money and three promises to keep as soon as possible, two of them for each customer.

Two members make two products on seven lines, over 36 single months. Money for crews and plants comes late and in
small amounts, so the targets compete: which line adds a crew first, what is built, decides
which promise is kept when. About 800 integers.
"""

from __future__ import annotations

from random import Random

from optimizer.scenario.scenario import Scenario
from tests.benchmarks.draft import Draft, rounded

MEMBERS, MONTHS, LABOUR = ("Alder", "Birch", "Cedar"), 36, 4_000
SHELL, MINE, BODY = "Shell", "Mine", "Body"
PRICE = {SHELL: 1_800, MINE: 1_100, BODY: 600}
LINES = (
    ("Alder bodies", "Alder", BODY, 5_200),
    ("Birch bodies", "Birch", BODY, 3_400),
    ("Alder shells", "Alder", SHELL, 3_000),
    ("Birch shells", "Birch", SHELL, 2_000),
    ("Birch mines", "Birch", MINE, 2_200),
)
OPENED = (("Cedar shells", "Cedar", SHELL, 2_400), ("Alder mines", "Alder", MINE, 1_200))
"""Lines that projects open: a plant, and a restart."""


def generate(seed: int = 0) -> Scenario:
    """Draw an instance; the same seed gives the same scenario."""
    draft = Draft(Random(seed), len(MEMBERS), MONTHS)
    for add in (_add_members, _add_lines, _add_projects, _add_demand, _add_supply, _add_funds, _add_promises):
        add(draft)
    settings = {
        "title": f"A small group with dates to keep, seed {seed}",
        "start": draft.month(0),
        "periods": f"{MONTHS}x1",
        "discount_rate": 0.03,
        "review_months": 3,
        "weekend_share": 0.5,
        "weekend_efficiency": 0.9,
        "accepted_wait": 6,
    }
    return Scenario.from_tables(settings, **draft.tables)


def _add_members(draft: Draft) -> None:
    for name, size in zip(MEMBERS, (1.5, 1.0, 0.5), strict=True):
        draft.sizes[name] = size
        people = draft.vary(420 * size, 0.15) if name != "Cedar" else None
        row = {"cost_key": 100 * size, "labour_cost": draft.vary(LABOUR, 0.2), "weekend_premium": 0.5}
        draft.add("members", member=name, **row, people_available=people and round(people), starts_per_year=1)
        draft.add("sites", site=f"{name} works", member=name, producer=f"{name} ordnance")
    draft.add("members", member="Delta", kind="recipient")


def _add_lines(draft: Draft) -> None:
    draft.add("items", item=BODY, unit="pc", kind="component", holding_cost=3, transport_cost=8)
    for item in (SHELL, MINE):
        draft.add("items", item=item, unit="pc", kind="final", holding_cost=8, transport_cost=25)
        draft.add("recipes", item=item, input=BODY, quantity=1)
    for k, (pattern, share, pay, lead) in enumerate(
        (("1-8-5", 1, 1, 2), ("2-8-5", 0.9, 1.1, 3), ("3-8-5", 0.75, 1.25, 5)), 1
    ):
        step = {"step": k, "pattern": pattern, "added_share": share, "cost_factor": pay, "hiring_months": lead}
        draft.add("shift_ladders", ladder="Standard", **step, hiring_cost=1.5, ramp_up="Learning", minimum_stay=6)
    for name, shares in (
        ("Learning", {0: 0.5, 1: 0.75, 2: 0.9}),
        ("Ramp-up", {0: 0.4, 1: 0.6, 2: 0.8}),
        ("Payments", {0: 0.4, 6: 0.6}),
    ):
        for month, share in shares.items():
            draft.add("profiles", profile=name, month=month, share=share)
    for line in LINES:
        _add_line(draft, *line)


def _add_line(draft: Draft, line: str, member: str, item: str, rate: float, opened_by: str | None = None) -> None:
    rate = draft.vary(rate, 0.15)
    row = {"line": line, "site": f"{member} works", "ladder": "Standard", "opened_by": opened_by}
    people = round(0.022 * rate)
    weekends = None if item == SHELL and not opened_by else 0  # only shells are made on weekends
    draft.add("lines", **row, shifts_now=None if opened_by else 1, people_per_crew=people, weekend_share=weekends)
    cost = draft.vary(PRICE[item], 0.1)
    draft.add("rates", line=line, item=item, rate=rate, unit_cost=cost, minimum=rounded(0.3 * rate))
    if not opened_by:
        draft.output[item] = draft.output.get(item, 0.0) + rate


def _add_projects(draft: Draft) -> None:
    """Add a plant, a restart, and expansions of three lines."""
    both = {"life": 180, "payments": "Payments", "ramp_up": "Ramp-up"}
    for line, (kind, capex, lead) in zip(OPENED, (("new line", 60e6, 12), ("reactivation", 9e6, 5)), strict=True):
        name = f"Open {line[0]}"
        _add_line(draft, *line, opened_by=name)
        draft.add("projects", project=name, kind=kind, capex=draft.vary(capex, 0.2), lead_months=lead, **both)
    for line, capex in (("Alder bodies", 16e6), ("Birch bodies", 12e6), ("Alder shells", 20e6)):
        row = {"project": f"Expand {line}", "kind": "expansion", "line": line, "added_share": 0.5}
        draft.add("projects", **row, capex=draft.vary(capex, 0.2), lead_months=draft.dice.randint(6, 10), **both)


def _add_demand(draft: Draft) -> None:
    """Add a need of the recipient, and an order book of each member, that today's output does not serve in time."""
    for item, share in ((SHELL, 1.0), (MINE, 0.7)):
        need = draft.vary(share * draft.output[item], 0.1)
        draft.add("needs", recipient="Delta", item=item, band=1, per_month=need, weight=4)
    for name in MEMBERS:
        for item in (SHELL, MINE):
            monthly = draft.vary(0.45 * draft.output[item] * draft.sizes[name] / sum(draft.sizes.values()), 0.2)
            row = {"customer": name, "item": item, "weight": 1}
            before = rounded(monthly * draft.dice.uniform(0.8, 1.6))
            draft.add("orders", **row, from_month=draft.month(-12), to_month=draft.month(-1), per_month=before)
            draft.add("orders", **row, from_month=draft.month(0), per_month=monthly)


def _add_supply(draft: Draft) -> None:
    for item in (SHELL, MINE, BODY):
        draft.add("stocks", place="Alder", item=item, opening=rounded(0.5 * draft.output.get(item, 0)), reserve=0)
    most = rounded(0.1 * draft.output[SHELL])
    draft.add("suppliers", supplier="Far maker", item=SHELL, price=7_500, most_per_month=most, lead_months=3)


def _add_funds(draft: Draft) -> None:
    """Add money for plants, of which a third can be built, and for crews: one or two more at a time."""
    capex = sum(row["capex"] for row in draft.tables["projects"])
    for year, share in zip(draft.years, (0.12, 0.14, 0.1, 0.0), strict=True):
        amount = draft.vary(share * capex, 0.2)
        draft.add("funds", fund="Common fund", year=year, amount=amount, covers=["capex"], carries_over=True)
    homes = {row["line"]: row["site"].partition(" ")[0] for row in draft.tables["lines"]}
    labour = {row["member"]: row.get("labour_cost", 0) for row in draft.tables["members"]}
    for name in ("Alder", "Birch"):
        crews = sum(row["people_per_crew"] for row in draft.tables["lines"] if homes[row["line"]] == name)
        for number, year in enumerate(draft.years):
            amount = rounded(12 * crews * labour[name] * draft.dice.uniform(1.2, 1.4) * (1 + 0.2 * number))
            row = {"fund": f"{name} crews", "year": year, "amount": amount, "member": [name]}
            draft.add("funds", **row, covers=["crews", "weekends"], carries_over=False)


def _add_promises(draft: Draft) -> None:
    """Add the targets: waits and deliveries of each customer, and the output of all."""
    rate = rounded(draft.dice.uniform(1.15, 1.4) * draft.output[SHELL])
    for name, kind, place, item, value in (
        ("Wait half a year", "waiting time", "each", SHELL, draft.dice.choice((5, 6, 7))),
        ("Wait for mines", "waiting time", "each", MINE, draft.dice.choice((6, 7, 8))),
        ("More shells", "rate", None, SHELL, rate),
    ):
        draft.add("targets", target=name, kind=kind, place=place, item=item, value=value, strength="asap")
