"""Who pays: national budgets for investment, budgets for crews and weekends, common funds."""

from __future__ import annotations

from tests.benchmarks.draft import Draft, rounded

NATIONAL, COMMON = 0.5, 0.25
"""What national and common funds hold over the horizon, against all that could be invested."""


def add_money(draft: Draft) -> None:
    """Add the funds, year by year."""
    capex, decided = _capex_by_member(draft), _capex_by_member(draft, "committed", "forced")
    for member, total in capex.items():
        least = 1.2 * decided.get(member, 0.0)
        yearly = draft.dice.uniform(0.6, 1.6) * NATIONAL * total / len(draft.years)
        abroad, carries = draft.chance(0.3), draft.chance(0.5)
        for year in draft.years:
            amount = max(draft.vary(yearly), rounded(least))
            _add_fund(draft, f"{member} investment", year, amount, member=[member], abroad=abroad, carries_over=carries)
    _add_crew_budgets(draft)
    total = COMMON * sum(capex.values()) / len(draft.years)
    half = sorted(capex)[: max(2, len(capex) // 2)]
    for year in draft.years:
        _add_fund(draft, "Common fund", year, rounded(0.6 * total), most_share=0.4, carries_over=True)
        _add_fund(draft, "Regional fund", year, rounded(0.4 * total), member=half, most_share=0.3, carries_over=False)


def _add_fund(draft: Draft, name: str, year: int, amount: float, **columns: object) -> None:
    draft.add("funds", **({"fund": name, "year": year, "amount": amount, "covers": ["capex"]} | columns))


def _homes(draft: Draft) -> dict[str, str]:
    """Return the member of every line."""
    sites = {row["site"]: row["member"] for row in draft.tables["sites"]}
    return {row["line"]: sites[row["site"]] for row in draft.tables["lines"]}


def _capex_by_member(draft: Draft, *status: str) -> dict[str, float]:
    """Return what each member could invest at home, or must by status, largest member first."""
    homes = _homes(draft)
    opens = {row["opened_by"]: row["line"] for row in draft.tables["lines"] if "opened_by" in row}
    found: dict[str, float] = {}
    for row in draft.tables["projects"]:
        if status and row.get("status") not in status:
            continue
        member = homes[row.get("line") or opens[row["project"]]]
        found[member] = found.get(member, 0.0) + row["capex"] * row["units"]
    return dict(sorted(found.items(), key=lambda pair: -draft.sizes[pair[0]]))


def _add_crew_budgets(draft: Draft) -> None:
    """Let a fifth of the members pay crews and weekends from a budget that grows from today's crews."""
    homes = _homes(draft)
    labour = {row["member"]: row.get("labour_cost", 0) for row in draft.tables["members"]}
    today: dict[str, float] = {}
    for row in draft.tables["lines"]:
        member = homes[row["line"]]
        today[member] = today.get(member, 0.0) + row["people_per_crew"] * row.get("shifts_now", 0) * labour[member]
    busy = [member for member, monthly in today.items() if monthly]
    for member in draft.dice.sample(sorted(busy), max(1, len(busy) // 5)):
        most = draft.dice.uniform(1.5, 2.2)
        for number, year in enumerate(draft.years):
            amount = rounded(12 * today[member] * most * (1 + 0.15 * number))
            _add_fund(draft, f"{member} crews", year, amount, member=[member], covers=["crews", "weekends"])
