"""What clashes is told, minimal and with its cells, and the change proposed makes a plan possible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, count, islice

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer import ImpossibleError, InputError, Scenario, solve
from optimizer.analysis.conflicts import Explanation, explain_scenario, is_possible, wish, within_reach
from optimizer.scenario.schema import Target
from optimizer.solve.conflict import Conflict, Demand, smallest_change
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from tests.laws.profile import chosen, lengths


def clashes(scenario: Scenario) -> dict[str, Scenario]:
    """Return impossible changes of the example by what makes them so."""
    funds, targets, projects = scenario.funds, scenario.targets, scenario.projects
    poor = (funds["fund"] == "Northland budget") & (funds["year"] == 2023)
    waits, covers = targets["kind"] == "waiting time", targets["target"] == "A fifth for Eastland"
    forced = projects.assign(status=projects["status"].where(projects["project"] != "South plant", "forced"))
    return {
        "coverage": scenario.replace(targets=targets.assign(value=targets["value"].mask(covers, 0.9))),
        "wait": scenario.replace(
            targets=targets.assign(
                value=targets["value"].mask(waits, 3.0), strength=targets["strength"].mask(waits, "hard")
            )
        ),
        "budget": scenario.replace(funds=funds.assign(amount=funds["amount"].mask(poor, 1e6))),
        "forced": scenario.replace(projects=forced, funds=funds.assign(amount=funds["amount"] * 0.3)),
        "reserve": scenario.replace(
            stocks=[{"place": "Northland", "item": "Filled round", "reserve": 1e9, "held_by": "producer"}]
        ),
    }


@pytest.fixture(scope="module")
def short(quickstart: Scenario) -> Scenario:
    """Return a year and a half of the example."""
    return quickstart.replace(settings={"periods": "6x3"})


@pytest.fixture(scope="module")
def explained_clash(short: Scenario) -> Callable[[str], tuple[Scenario, Explanation]]:
    """Return a function that gives an impossible change of the example and why it is so, found once."""

    @cache
    def found(case: str) -> tuple[Scenario, Explanation]:
        scenario = clashes(short)[case]
        return scenario, explained(scenario)

    return found


def explained(scenario: Scenario) -> Explanation:
    """Return why a scenario is impossible."""
    found = explain_scenario(scenario, Clock(120))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("coverage", {("Targets", "value")}),
        pytest.param("wait", {("Targets", "value")}, marks=pytest.mark.slow),
        pytest.param("budget", {("Funds", "amount")}, marks=pytest.mark.slow),
        ("forced", {("Projects", "status"), ("Funds", "amount")}),
        ("reserve", {("Stocks", "reserve")}),
    ],
)
def test_the_conflict_is_told_and_the_proposal_mends_it(
    explained_clash: Callable[[str], tuple[Scenario, Explanation]], case: str, where: set[tuple[str, str]]
) -> None:
    """The conflict names the sheets that were spoilt; with the proposals applied the scenario is solved."""
    scenario, found = explained_clash(case)
    assert {(finding.sheet, finding.cell.rpartition(" ")[2]) for finding in found.conflict} == where
    assert found.minimal
    assert found.proposals
    assert solve(found.apply(scenario), time_limit=30, gap=0.5).verified


@pytest.mark.parametrize("case", chosen(("coverage", "wait", "budget", "forced"), often={"coverage", "forced"}))
def test_less_than_the_proposal_does_not_do(
    explained_clash: Callable[[str], tuple[Scenario, Explanation]], case: str
) -> None:
    """Each proposal is needed: with the others alone there is still no plan."""
    scenario, found = explained_clash(case)
    assert found.proposals
    for dropped in found.proposals:
        rest = tuple(proposal for proposal in found.proposals if proposal is not dropped)
        assert not is_possible(Explanation((), True, rest).apply(scenario), Clock(60))


def hard(name: str, kind: str, value: float, **more: object) -> dict[str, object]:
    """Return a hard target."""
    return {"target": name, "kind": kind, "value": value, "item": "Filled round", "strength": "hard", **more}


def with_targets(scenario: Scenario, *targets: dict[str, object]) -> Scenario:
    """Return a scenario with more targets."""
    return scenario.replace(targets=[*(row.model_dump() for row in scenario.rows(Target)), *targets])


@pytest.mark.slow
@pytest.mark.parametrize("waits", [pytest.param((0, 0), marks=pytest.mark.slow), (1, 1)])
def test_several_waits_are_raised_so_that_all_can_be_kept(short: Scenario, waits: tuple[int, int]) -> None:
    """Two customers are promised too much: each is raised beside the other, and both together can be kept."""
    asked = [
        hard(f"W{n}", "waiting time", wait, place=place, from_month="2023-02")
        for n, (wait, place) in enumerate(zip(waits, ("Northland", "Midland"), strict=True))
    ]
    scenario = with_targets(short, *asked)
    found = explained(scenario)
    assert is_possible(found.apply(scenario), Clock(60))


def test_shares_are_printed_as_they_are_proposed(quickstart: Scenario) -> None:
    """Of twenty times the need 1.67 % can be met, not 1.7 %: what is printed, typed in, is possible."""
    needs, targets = quickstart.needs, quickstart.targets
    covers = targets["target"] == "A fifth for Eastland"
    scenario = quickstart.replace(
        needs=needs.assign(per_month=needs["per_month"] * 20),
        targets=targets.assign(value=targets["value"].mask(covers, 0.0456)),
    )
    (proposal,) = explained(scenario).proposals
    shown = re.fullmatch(r"lower .* from 4\.56% to (.*)%", proposal.finding.message)
    assert shown
    typed = targets["value"].mask(covers, float(shown[1]) / 100)
    assert is_possible(scenario.replace(targets=targets.assign(value=typed)), Clock(60))


def test_a_supplier_that_sells_nothing_can_be_asked_for_more(quickstart: Scenario) -> None:
    """Far maker at 0 a month stands in the way of a wish, and is named with its cell."""
    suppliers = quickstart.suppliers
    far = suppliers["supplier"] == "Far maker"
    scenario = quickstart.replace(suppliers=suppliers.assign(most_per_month=suppliers["most_per_month"].mask(far, 0)))
    wished = with_targets(scenario, hard("wish", "coverage", 0.9, from_month="2023-05"))
    found = explain_scenario(wished, Clock(120), keep=["wish"])
    assert found is not None
    assert "Suppliers" in {finding.sheet for finding in found.conflict}
    assert is_possible(found.apply(wished), Clock(60))


def test_a_share_at_home_of_each_is_the_least_of_all(quickstart: Scenario) -> None:
    """Northland fills nothing, so what each can have made at home is nothing, though others make plenty."""
    wished = with_targets(
        quickstart,
        hard("W", "waiting time", 20, place="Northland"),
        hard("wish", "home share", 0.9, place="each"),
    )
    near = within_reach(wished, "wish", Clock(60))
    assert near[-1].message == "from the month wished for on, 0% can be had"


def test_what_is_not_needed_is_not_proposed(short: Scenario) -> None:
    """Each proposal of a scenario with many ways out is needed: without it there is no plan."""
    lanes = short.lanes
    scenario = with_targets(
        short.replace(lanes=lanes.assign(most_per_month=0)), hard("wish", "rate", 6000, from_month="2023-08")
    )
    found = explained(scenario)
    assert found.proposals
    for dropped in found.proposals:
        rest = tuple(proposal for proposal in found.proposals if proposal is not dropped)
        assert not rest or not is_possible(Explanation((), True, rest).apply(scenario), Clock(60))


def test_wishes_for_targets_that_there_are_not_are_told(quickstart: Scenario) -> None:
    """The nearest name is offered."""
    with pytest.raises(InputError, match="`need met` is not a target; did you mean `Need met`"):
        wish(quickstart, {"target": "need met", "from_month": "2023-06"})


def test_solving_tells_the_conflict(short: Scenario) -> None:
    """The error of a solve says what clashes, what to change and what else would do."""
    with pytest.raises(ImpossibleError, match=r"(?s)cannot be done\. This cannot hold:\n.*from 90% to ") as caught:
        solve(clashes(short)["coverage"])
    assert [finding.sheet for finding in caught.value.conflict] == ["Targets"]
    assert [finding.sheet for finding in caught.value.proposals] == ["Targets"]
    assert "move the start of `A fifth for Eastland` to 2023-08" in caught.value.instead[0].message


def test_a_conflict_is_told_with_its_cells(short: Scenario) -> None:
    """A workbook's statements are named by sheet and cell, also beside a wish that is in no cell yet."""
    asked = {"target": "wish", "kind": "waiting time", "value": 3, "item": "Filled round", "from_month": "2023-05"}
    wished = wish(short, asked)
    found = explain_scenario(wished, Clock(120), keep=["wish"])
    assert found is not None
    assert found.kept == ("wish",)
    assert {finding.where.rstrip("0123456789") for finding in found.conflict} == {"Targets!G", "Suppliers!D"}
    near = within_reach(wished, "wish", Clock(60))
    assert [finding.message for finding in near] == [
        "`wish` as it stands can be had from 2023-08 on",
        "from the month wished for on, 5 months can be had",
    ]


def test_what_no_statement_can_mend_is_said(quickstart: Scenario) -> None:
    """30,000 rounds a month by August are too soon for any plant, whatever gives way."""
    asked = {"target": "wish", "kind": "rate", "value": 30_000, "item": "Filled round", "from_month": "2023-08"}
    found = explain_scenario(wish(quickstart, asked), Clock(60), keep=["wish"])
    assert found is not None
    assert not found.conflict
    assert "impossible even if every other target" in str(found)


def test_what_is_possible_needs_no_explanation(quickstart: Scenario) -> None:
    """There is nothing to tell of a workbook that has a plan, nor of a wish that it can grant."""
    assert explain_scenario(quickstart, Clock(60)) is None
    granted = wish(quickstart, {"target": "Back to 12 months", "from_month": "2024-02"})
    assert explain_scenario(granted, Clock(60)) is None


# -- the method ------------------------------------------------------------------------------------
def puzzle(seed: int) -> tuple[Matrix, list[Demand]]:
    """Return two whole numbers from 0 to 3 and six rows about them, each a statement of its own."""
    draw = np.random.default_rng(seed)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), domain=pyo.NonNegativeIntegers, bounds=(0, 3))
    sums = draw.integers(-3, 4, (6, 2))
    sides = draw.integers(-4, 8, 6)
    model.rows = pyo.ConstraintList()
    for (a, b), side in zip(sums.tolist(), sides.tolist(), strict=True):
        model.rows.add(a * model.x[0] + b * model.x[1] + 0 * model.x[0] >= side if (a or b) else model.x[0] >= side - 9)
    model.cost = pyo.Objective(expr=model.x[0] + model.x[1])
    matrix = compile_matrix(model, ("cost",))
    nothing = np.array([], dtype=np.int64)
    return matrix, [
        Demand(np.array([row]), np.ones(1), nothing, np.ones(0), np.ones(0), False, np.inf, 1.0, False)
        for row in range(6)
    ]


def held(matrix: Matrix, rows: tuple[int, ...]) -> bool:
    """Tell by counting whether some point holds these rows."""
    points = np.array([(a, b) for a in range(4) for b in range(4)])[:, : len(matrix.lower)]
    return bool((matrix.rows[list(rows)] @ points.T >= matrix.row_lower[list(rows), None]).all(axis=0).any())


def clashing() -> Iterator[tuple[Matrix, list[Demand]]]:
    """Draw puzzles without end, and yield those of two columns that no point holds."""
    for seed in count():
        matrix, demands = puzzle(seed)
        if len(matrix.lower) == 2 and not held(matrix, tuple(range(6))):
            yield matrix, demands


@pytest.mark.parametrize("many", lengths(20, 400))
def test_conflicts_are_minimal_and_changes_the_smallest(many: int) -> None:
    """As counted: a conflict holds nowhere, without any of its rows it does; the change is the least sum of misses."""
    points = np.array([(a, b) for a in range(4) for b in range(4)])
    compared = 0
    for matrix, demands in islice(clashing(), many):
        found = Conflict(matrix, demands, Clock(60)).minimal()
        assert found
        assert not held(matrix, tuple(found))
        assert all(held(matrix, part) for part in combinations(found, len(found) - 1) if part)
        changed = smallest_change(matrix, demands, Clock(60), seconds=30)
        assert changed is not None
        misses = np.maximum(matrix.row_lower[:, None] - matrix.rows @ points.T, 0).sum(axis=0)
        assert changed[0].sum() == pytest.approx(misses.min(), rel=0.011)
        compared += 1
    assert compared == many


def test_committed_projects_without_their_firm_orders_may_be_let_off() -> None:
    """40 that nobody has ordered are asked for in the first month: the cell is told, and where to waive them."""
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "3x1"},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        projects=[
            {"project": "wider", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 0}
            | {"firm_quantity": 40, "firm_item": "shell", "status": "committed", "start": "2024-01"}
        ],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10}],
    )
    found = explain_scenario(scenario, Clock(20))
    assert found is not None
    words = "the firm orders that the committed project `wider` asks for"
    assert [(finding.cell, finding.message) for finding in found.conflict] == [("row 1, column firm_quantity", words)]
    assert [(p.finding.cell, p.finding.message) for p in found.proposals] == [
        ("row 1, column firm_waived", f"waive {words}")
    ]


def test_people_who_may_be_hired_stand_in_the_way() -> None:
    """A second crew takes 20 people: 15 are there and 1 may be hired; the target, both figures and no more clash."""
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "2x1", "review_months": 1, "weekend_share": 0},
        members=[
            {"member": "A", "people_available": 15, "people_hired": 1},
            {"member": "R", "kind": "recipient"},
        ],
        items=[{"item": "shell", "can_be_stored": False}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "two", "people_per_crew": 10}],
        shift_ladders=[{"ladder": "two", "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 20}],
        targets=[{"target": "all", "kind": "coverage", "value": 1}],
    )
    with pytest.raises(ImpossibleError) as caught:
        solve(scenario)
    told = str(caught.value)
    assert "the people available in A: 15 people" in told
    assert "the people hired per month in A: 1 people per month" in told
