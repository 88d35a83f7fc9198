"""What can be built: plants, reactivations and expansions, their groups and conditions."""

from __future__ import annotations

from tests.benchmarks.draft import Draft, Record, rounded, shared_out
from tests.benchmarks.industry import NEW, REACTIVATED, SHARED, add_line, body_of, products, stages

EXPANSIONS = 1.1
"""Expansions per member."""
CAPEX = {"new line": 70, "expansion": 50, "reactivation": 16}
"""Investment for a unit of 1-8-5 rate, as months of the value that the stage adds."""
LIFE = 240


def add_investments(draft: Draft) -> None:
    """Add projects with the lines they open, and groups."""
    existing = [row["line"] for row in draft.tables["lines"]]
    _add_plants(draft)
    _add_reactivations(draft)
    _add_expansions(draft, existing)
    _add_decided(draft)
    _add_groups(draft)


def _add_plants(draft: Draft) -> None:
    """Add plants for one item, and plants that make a product and its body."""
    total = round(NEW * draft.members)
    pairs = round(0.3 * total)
    names = products(draft)
    opened: list[tuple[str, ...]] = [(product, body_of(product)) for product in shared_out(pairs, names)]
    singles = [*(body_of(product) for product in names), *SHARED, *names, *SHARED]
    opened += [(item,) for item in shared_out(total - 2 * pairs, singles)]
    for number, items in enumerate(opened, 1):
        member = draft.member()
        name = f"Plant {number} {items[0]}"
        size, lead, units = draft.dice.uniform(1.0, 2.2), draft.dice.randint(14, 30), 2 if number % 5 == 1 else 1
        lines = {item: f"{item} new line {number}" for item in items}
        rates = [add_line(draft, line, item, member, size=size, opened_by=name) for item, line in lines.items()]
        _add_project(draft, name, "new line", rates, lead=lead, units=units)


def _add_reactivations(draft: Draft) -> None:
    names = products(draft)
    idle = [*names, *(body_of(product) for product in names)]
    for number, item in enumerate(shared_out(max(2, round(REACTIVATED * draft.members)), idle), 1):
        name = f"Restart {number} {item}"
        size = draft.dice.uniform(0.4, 1.0)
        rate = add_line(draft, f"{item} idle line {number}", item, draft.member(), size=size, opened_by=name)
        _add_project(draft, name, "reactivation", [rate], lead=draft.dice.randint(4, 9))


def _add_expansions(draft: Draft, existing: list[str]) -> None:
    """Add expansions of standing lines; some lines have two, of which the second requires the first."""
    rates = {row["line"]: row for row in draft.tables["rates"]}
    total = round(EXPANSIONS * draft.members)
    second = max(1, total // 8)
    chosen = draft.dice.sample(existing, min(len(existing), total - second))
    for line in chosen:
        _add_expansion(draft, f"Expand {line}", rates[line])
    for line in chosen[:second]:
        _add_expansion(draft, f"Expand {line} again", rates[line], requires=f"Expand {line}")


def _add_expansion(draft: Draft, name: str, rate: Record, requires: str | None = None) -> None:
    share = draft.dice.choice((0.3, 0.5, 0.8, 1.2))
    enlarged = rate | {"rate": rate["rate"] * share}
    row = _add_project(draft, name, "expansion", [enlarged], lead=draft.dice.randint(8, 18))
    row |= {"line": rate["line"], "added_share": share}
    if requires:
        row["requires"] = requires


def _add_project(draft: Draft, name: str, kind: str, rates: list[Record], *, lead: int, units: int = 1) -> Record:
    found = stages(draft)
    worth = sum(row["rate"] * found[row["item"]].value for row in rates)
    capex = draft.vary(CAPEX[kind] * worth)
    final = next((row for row in rates if kind == "new line" and found[row["item"]].kind == "final"), None)
    return draft.add(
        "projects",
        project=name,
        kind=kind,
        units=units,
        capex=capex,
        fixed_cost=rounded(0.02 * capex / 12),
        lead_months=max(1, round(lead * draft.pace)),
        payments="Plant payments" if kind == "new line" else "Quick payments",
        ramp_up="Expansion ramp-up" if kind == "expansion" else "Plant ramp-up",
        latest=draft.month(2 * draft.months // 3) if draft.chance(0.1) else None,
        life=LIFE,
        firm_quantity=rounded(24 * draft.pace * final["rate"]) if final else None,
        firm_item=final["item"] if final else None,
    )


def _add_decided(draft: Draft) -> None:
    """Commit one expansion that was decided before the start, and force the cheapest restart."""
    rows = draft.tables["projects"]
    expansion = next(row for row in rows if row["kind"] == "expansion" and "requires" not in row)
    expansion |= {"status": "committed", "start": draft.month(-2)}
    expansion.pop("latest", None)
    restart = min((row for row in rows if row["kind"] == "reactivation"), key=lambda row: row["capex"])
    restart["status"] = "forced"


def _add_groups(draft: Draft) -> None:
    """Let rival plants exclude each other, and ask for at least one of the restarts."""
    plants = [row for row in draft.tables["projects"] if row["kind"] == "new line"]
    for number in range(max(1, len(plants) // 8)):
        draft.add("groups", group=f"Rivals {number + 1}", at_most=1)
        for row in plants[2 * number : 2 * number + 2]:
            row["group"] = f"Rivals {number + 1}"
    restarts = [row for row in draft.tables["projects"] if row["kind"] == "reactivation"]
    draft.add("groups", group="Restarts", at_least=1, at_most=max(1, len(restarts) - 1))
    for row in restarts:
        row["group"] = "Restarts"
