"""What else could be done as well: must, may, never and the dates are those of all plans counted."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from itertools import product

import pytest

from optimizer import InputError, Scenario, alternatives, solve
from optimizer.answers import good
from optimizer.answers.differing import differing
from tests.answers.test_frontier import EXPANSIONS
from tests.levers.test_by_hand import objective_of, scenario

DEAR = {"project": "R", "kind": "expansion", "line": "L", "added_share": 0.1, "lead_months": 0, "capex": 90}
PROJECTS = [*EXPANSIONS, DEAR]
MONTHS = ("2024-01", "2024-02")
NAMES = [str(row["project"]) for row in PROJECTS]


def three_projects() -> Scenario:
    """Return a line of 10 for a need of 30 in two months, and three projects that add to it; the last one is dear."""
    settings = {"objectives": "shortfall; cost", "discount_rate": 0}
    return scenario(2, settings=settings, need=30, projects=PROJECTS)


@cache
def every_plan() -> dict[tuple[str | None, ...], tuple[float, float]]:
    """Return (month of the start of each project, or None) -> shortfall and cost, each solved on its own."""
    found = {}
    for starts in product((None, *MONTHS), repeat=len(PROJECTS)):
        rows = [
            row | ({"status": "forced", "earliest": month, "latest": month} if month else {"status": "forbidden"})
            for row, month in zip(PROJECTS, starts, strict=True)
        ]
        with suppress(InputError):  # it cannot open within the horizon
            plan = solve(three_projects().replace(projects=rows))
            found[starts] = objective_of(plan, "shortfall"), objective_of(plan, "cost")
    return found


def good_plans(slack: float) -> list[tuple[str | None, ...]]:
    """Return the starts of all plans within the slack of the best in both objectives."""
    found = every_plan()
    best = min((round(shortfall, 3), round(cost, 3)) for shortfall, cost in found.values())
    most = [value * (1 + slack) + 1e-3 for value in best]
    return [starts for starts, values in found.items() if all(v <= m for v, m in zip(values, most, strict=True))]


@pytest.mark.parametrize(
    "slack", [pytest.param(0.0, marks=pytest.mark.slow), pytest.param(0.3, marks=pytest.mark.slow), 0.8]
)
def test_must_may_never_and_dates_are_those_of_all_plans(slack: float) -> None:
    """Projects that all good plans build must be, those that none builds are never, and the dates are the extremes."""
    reply, good = alternatives(three_projects(), slack=slack), good_plans(slack)
    table = reply.projects.set_index("project")
    assert reply.complete
    for k, name in enumerate(NAMES):
        starts = [plan[k] for plan in good]
        built = [month for month in starts if month]
        expected = "never" if not built else "must" if len(built) == len(starts) else "may"
        assert table["verdict"][name] == expected, name
        if built:
            for column, month in (("no_earlier", min(built)), ("no_later", max(built))):
                assert f"{table[column][name]:%Y-%m}" == month, (name, column)
            assert f"{table['earliest'][name]:%Y-%m}" == min(built)


def test_plans_that_differ_are_good_verified_and_not_alike() -> None:
    """Each is within the slack, verified, and told by what it does otherwise."""
    reply = alternatives(three_projects(), slack=0.8, dates=False)
    table = reply.alternatives
    assert 2 <= len(table) <= 6 and set(table["verified"]) == {"yes"}
    assert (table["o cost"] <= 1.8 * table["o cost"][0] + 1e-4).all()
    assert (table["o shortfall"] <= 1.8 * table["o shortfall"][0] + 1e-4).all()
    assert len(set(table["difference"])) == len(table)
    assert differing(reply.plans.plans | {"again": reply.plans.plans["best plan"]}, 9).count("again") == 0


def test_a_slack_that_is_no_share_is_refused() -> None:
    """A slack of 200% is none."""
    with pytest.raises(InputError):
        alternatives(three_projects(), slack=2)


def crews() -> Scenario:
    """Return a line for a need of 20 with up to three crews of 10, of which a third is hired for 12."""
    crew = {"ladder": "S", "added_share": 1, "hiring_months": 1}
    return scenario(
        4,
        settings={"objectives": "shortfall; cost", "discount_rate": 0},
        lines=[{"line": "L", "site": "works", "ladder": "S", "crew_cost": 10}],
        shift_ladders=[crew | {"step": k, "pattern": f"{k}-8-5", "hiring_money": 12 * (k == 3)} for k in (1, 2, 3)],
    )


@pytest.mark.parametrize(("slack", "most"), [(0.1, 2), (0.3, 3)])
def test_how_far_patterns_go_is_worked_out_by_hand(slack: float, most: int) -> None:
    """Two crews must work, or 100 are missing instead of 40; they cost 70, and a third would be hired for 12."""
    reply = alternatives(crews(), slack=slack, dates=False)
    told = reply.patterns.set_index("line").loc["L"]
    assert reply.complete
    assert (told["least"], told["most"], told["no_less"], told["no_more"], told["told"]) == (2, most, 2, most, "yes")
    assert all(plan.verified for plan in reply.plans.plans.values())


def test_how_much_is_pledged_is_worked_out_by_hand() -> None:
    """Doubling the line takes firm orders for 12, of which 5 are there: 7 must be pledged for it to begin at once."""
    firm = {"project": "P", "kind": "expansion", "lead_months": 0, "line": "L", "added_share": 1}
    case = scenario(
        4,
        settings={"accepted_wait": 1},
        projects=[firm | {"firm_quantity": 12, "firm_item": "shell"}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5, "accepted_wait": 12}],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 7}],
    )
    reply = alternatives(case, slack=0, dates=False)
    told = reply.members.set_index("member").loc["A"]
    assert told["least"] == pytest.approx(7, abs=0.01) and told["no_less"] == pytest.approx(7, abs=0.01)
    assert told["told"] == "yes" and told["most"] >= 7 and "proven of 1 of 1 member" in dict(reply.lines)["Pledges"]


def test_what_no_time_is_left_for_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges stay open as far as nothing is proven, and the answer says of how many."""
    monkeypatch.setattr(good, "REACH_SECONDS", 0.0)
    reply = alternatives(crews(), slack=0.1, dates=False)
    assert not reply.complete and "not told of 1: L" in dict(reply.lines)["Highest patterns"]
