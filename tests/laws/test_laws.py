"""Laws that every plan keeps, whatever the scenario: nothing here knows the right answer, only its shape."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import build_model, solve
from optimizer.errors import ImpossibleError
from optimizer.plan.plan import Plan
from optimizer.scenario.network import Network
from optimizer.solve import problem
from optimizer.solve.matrix import compile_matrix
from tests.laws.enumerate_plans import best, count
from tests.laws.generate import Draft, drafts
from tests.laws.more import WAYS
from tests.laws.profile import ASKED, chosen, examples

FIRST = 1e-5
"""Relative difference of a first objective that counts; the search and its last pass hold it to 1e-6 each."""
LATER = 1e-3
"""The same for later objectives, which may use the 1e-6 that earlier ones are held to."""
MOST_POINTS = 4096 if ASKED else 600
OFTEN = {
    *("a_larger_budget", "one_more_project", "a_longer_ladder", "larger_pledges"),
    *("more_to_buy", "more_storage", "more_people", "a_place_for_waste"),
}
"""Ways to give more that are tried always; all of them at length."""


def plan_of(draft: Draft) -> Plan | None:
    """Return the plan of a draft, or None when what it asks is impossible."""
    try:
        return solve(draft.scenario(threads=1, time_limit=60))
    except ImpossibleError:
        return None


def values(plan: Plan) -> list[float]:
    """Return the objectives of a plan in order."""
    return [float(value) for value in plan.objectives["value"]]


def room(value: float, rank: int) -> float:
    """Return the difference that does not count."""
    return (FIRST if rank == 0 else LATER) * max(1.0, abs(value))


def no_worse(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Tell whether one objective vector is lexicographically no worse than another."""
    for rank, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        if mine > other + room(other, rank):
            return False
        if mine < other - room(other, rank):
            return True
    return True


@pytest.mark.parametrize("way", chosen(WAYS, OFTEN))
@given(drafts())
@examples(2, 12)
def test_more_is_never_worse(way: str, draft: Draft) -> None:
    """Giving the plan more never makes the objectives lexicographically worse, `weighted` included."""
    changed = draft.copy()
    WAYS[way](changed)
    assume(changed != draft)
    plan = plan_of(draft)
    assume(plan is not None)
    with_more = plan_of(changed)
    assert plan is not None
    assert with_more is not None
    assert no_worse(values(with_more), values(plan)), f"{values(with_more)} is worse than {values(plan)}"


@given(drafts())
@examples(6, 60)
def test_the_verifier_accepts_every_plan(draft: Draft) -> None:
    """Every plan holds every rule of the verifier, is proven optimal, and no bound lies above its value."""
    plan = plan_of(draft)
    assume(plan is not None)
    assert plan is not None
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert plan.status == "optimal"
    assert (plan.objectives["bound"] <= plan.objectives["value"]).all()


@given(drafts())
@examples(4, 24)
def test_the_relaxation_is_a_bound(draft: Draft) -> None:
    """Plans in fractions are never worse than plans in whole numbers."""
    plan = plan_of(draft)
    assume(plan is not None)
    assert plan is not None
    relaxed = solve(draft.scenario(threads=1), relaxed=True)
    ours, theirs = values(relaxed)[0], values(plan)[0]
    assert ours <= theirs + room(theirs, 0)


@given(drafts())
@examples(4, 24)
def test_stages_find_the_same_optimum(draft: Draft) -> None:
    """The steps meant for large plans end at the same values, with bounds that are no higher."""
    plan = plan_of(draft)
    with pytest.MonkeyPatch.context() as patch:
        for size in ("TINY", "SMALL"):
            patch.setattr(problem, size, -1)
        staged = plan_of(draft)
    assert (plan is None) == (staged is None)
    if plan is not None and staged is not None:
        assert staged.verified, [check for check in staged.checks if not check.holds]
        for rank, (ours, theirs) in enumerate(zip(values(staged), values(plan), strict=True)):
            assert ours == pytest.approx(theirs, rel=room(1, rank), abs=room(1, rank))
        assert (staged.objectives["bound"] <= staged.objectives["value"]).all()


@pytest.mark.parametrize(("strength", "objective"), [("asap", "speed"), ("soft", "shortfall")])
@given(drafts())
@examples(2, 16)
def test_all_books_as_one_are_the_easiest_promise(strength: str, objective: str, draft: Draft) -> None:
    """A wait is kept for all books as one if it is for every customer, and for all by the latest date of each."""
    assume(draft.rows("orders"))
    target = {"target": "wait", "kind": "waiting time", "item": "shell", "value": 1, "strength": strength}
    plans = []
    for place in ("pooled", None, "each"):
        asked = draft.copy()
        asked.settings["objectives"] = [objective]
        asked.rows("targets").append(target | {"place": place})
        plans.append(plan_of(asked))
    assume(all(plans))
    found = [values(plan)[0] for plan in plans if plan is not None]
    assert found[0] <= found[1] + room(found[1], 0) and found[1] <= found[2] + room(found[2], 0)
    assert strength != "soft" or found[1] == pytest.approx(found[2], abs=room(found[2], 0))


@given(drafts())
@examples(4, 24)
def test_what_is_started_and_given_back_as_committed_is_as_good(draft: Draft) -> None:
    """Of a plan whose starts can all be written as committed, these starts have the same optimum, no better.

    But of a crew that a line is opened with, and that a committed line may open without: nobody chose its month.
    """
    assume(draft.rows("projects"))
    plan = plan_of(draft)
    assume(plan is not None)
    assert plan is not None
    starts = plan.starts.assign(size=plan.starts.get("size", 1.0)).groupby("project")
    decided = draft.copy()
    for row in decided.rows("projects"):
        if row["project"] in starts.groups:
            mine = starts.get_group(row["project"])
            size, month = mine["size"].iloc[0], mine["start"].iloc[0]
            assume(len(mine) == row.get("units", 1) and (mine["start"] == month).all() and (mine["size"] == size).all())
            row |= {"status": "committed", "start": f"{month:%Y-%m}"}
            if row.get("most_size") is not None:
                row |= {"least_size": size, "most_size": size}
    again = plan_of(decided)
    assert again is not None and again.verified, "what can be done can be done again"
    assert no_worse(values(again), values(plan))
    if _staffed(plan) <= _staffed(again):
        assert no_worse(values(plan), values(again))


def _staffed(plan: Plan) -> set[tuple[str, object]]:
    """Return where and when a line that a project opens has a crew."""
    opened = [line.name for line in Network(plan.scenario).lines.values() if line.project]
    rows = plan.shifts[plan.shifts["line"].isin(opened) & (plan.shifts["shifts"] > 0)]
    return set(zip(rows["line"], rows["month"], strict=True))


@given(drafts(objectives=("shortfall", "cost")))
@examples(4, 24)
def test_no_levers_is_todays_output(draft: Draft) -> None:
    """Without levers nobody changes shifts, starts, buys, pledges or gives, and lines make what they do today."""
    draft.settings["levers"] = "none"
    plan = plan_of(draft)
    assume(plan is not None)
    assert plan is not None
    scenario = plan.scenario
    lines = Network(scenario).lines
    for line, shifts in plan.shifts.groupby("line")["shifts"]:
        if not lines[line].project:
            assert set(shifts) == {lines[line].shifts_now}
        else:
            assert shifts.max() <= 1
    assert len(plan.weekends) == len(plan.pledges) == len(plan.gifts) == 0
    assert "option" not in set(plan.starts["status"])
    assert "shell" not in set(plan.purchases["item"])
    months = dict(zip(scenario.calendar.period_dates(), scenario.calendar.lengths, strict=True))
    expanded = {row.line for row in scenario.projects.itertuples() if row.status in ("committed", "forced")}
    for row in plan.output.itertuples():
        facts = lines[row.line]
        if not facts.project and facts.base not in expanded:
            shares = sum(step.added_share for step in facts.steps[: facts.shifts_now])
            rate = scenario.rates.set_index("line")["rate"][facts.base]
            assert row.made <= shares * rate * months[row.month] * (1 + 1e-6)


@given(drafts(objectives=("shortfall", "cost")))
@examples(4, 24)
def test_the_yardstick_is_the_plan_without_levers(draft: Draft) -> None:
    """The value without levers is the shortfall of a plan that may pull none."""
    for target in draft.rows("targets"):
        target["strength"] = "soft"
    plan = plan_of(draft)
    draft.settings["levers"] = "none"
    today = plan_of(draft)
    assume(plan is not None and today is not None)
    assert plan is not None
    assert today is not None
    yardstick, shortfall = plan.objectives["without_levers"].iloc[0], values(today)[0]
    assume(yardstick is not None and not pd.isna(yardstick))
    assert yardstick == pytest.approx(shortfall, rel=FIRST, abs=FIRST)


UNITS = {
    "rates": ("rate", "minimum", "crew_minimum"),
    "needs": ("per_month",),
    "orders": ("per_month",),
    "pledges": ("most_per_month",),
    "stocks": ("opening", "reserve", "storage_limit"),
    "suppliers": ("most_per_month",),
    "lanes": ("most_per_month",),
    "projects": ("firm_quantity",),
}
MONEY_PER_UNIT = {
    "items": ("holding_cost", "transport_cost", "room", "discard_cost"),
    "rates": ("unit_cost",),
    "needs": ("price",),
    "orders": ("price",),
    "suppliers": ("price",),
    "lanes": ("cost",),
}
MONEY = {
    "members": ("labour_cost", "hiring_cost", "leaving_cost", "waiting_pay", "training_pay"),
    "lines": ("crew_cost",),
    "shift_ladders": ("hiring_money", "release_money"),
    "projects": ("capex", "fixed_cost", "capex_per_size", "fixed_cost_per_size"),
    "funds": ("amount",),
}


def _times(draft: Draft, columns: dict[str, tuple[str, ...]], factor: float) -> None:
    for table, names in columns.items():
        for row in draft.rows(table):
            for name in names:
                if row.get(name):
                    row[name] *= factor


@given(drafts(), st.sampled_from([1000.0, 0.01]))
@examples(4, 24)
def test_the_size_of_units_does_not_matter(draft: Draft, factor: float) -> None:
    """Counting in dozens or in thousands changes unit-months by that factor, and money and months not at all."""
    scaled = draft.copy()
    _times(scaled, UNITS, factor)
    _times(scaled, MONEY_PER_UNIT, 1 / factor)
    scaled.settings["transport_cost"] /= factor
    for target in scaled.rows("targets"):
        if target["kind"] in ("rate", "stock"):
            target["value"] *= factor
    _same(draft, scaled, {"shortfall": factor})


@given(drafts(), st.sampled_from([1e6, 0.01]))
@examples(4, 24)
def test_the_currency_does_not_matter(draft: Draft, factor: float) -> None:
    """Another currency changes money by its rate, and nothing else."""
    scaled = draft.copy()
    _times(scaled, MONEY, factor)
    _times(scaled, MONEY_PER_UNIT, factor)
    scaled.settings["transport_cost"] *= factor
    _same(draft, scaled, {"cost": factor, "weighted": factor})


def _same(draft: Draft, scaled: Draft, factors: dict[str, float]) -> None:
    plan, other = plan_of(draft), plan_of(scaled)
    assert (plan is None) == (other is None)
    assume(plan is not None)
    assert plan is not None
    assert other is not None
    assert other.verified, [check for check in other.checks if not check.holds]
    names = list(plan.objectives["objective"])
    for rank, (name, ours, theirs) in enumerate(zip(names, values(plan), values(other), strict=True)):
        factor = factors.get(name, 1.0)
        relative, absolute = (FIRST, 1e-5 * max(1.0, factor)) if rank == 0 else (LATER, LATER * max(1.0, factor))
        assert theirs == pytest.approx(ours * factor, rel=relative, abs=absolute), name


@given(drafts(tiny=True))
@examples(4, 18)
def test_enumerated_integers_have_the_same_optimum(draft: Draft) -> None:
    """Trying every combination of crews, weekends and plants finds no better plan, and the same best one."""
    scenario = draft.scenario(threads=1)
    model = build_model(scenario)
    names = [name for name in scenario.settings.objectives if model.component(name) is not None]
    matrix = compile_matrix(model, names)
    assume(count(matrix) <= MOST_POINTS)
    found = best(matrix)
    plan = plan_of(draft)
    assert (plan is None) == (found is None)
    if plan is not None and found is not None:
        for rank, (ours, theirs) in enumerate(zip(values(plan), found, strict=True)):
            assert ours == pytest.approx(theirs, rel=room(1, rank), abs=room(1, rank))
