"""A caller's own model: what it adds holds, what differs is named, what cannot be asked of it is refused."""

from __future__ import annotations

import importlib
import pickle
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.gdp import Disjunction
from pyomo.mpec import Complementarity, complements

from optimizer import Plan, Scenario, build_model, solve
from optimizer.errors import ImpossibleError, InputError, SolverError
from optimizer.replies import plan_record
from optimizer.report.briefing import status_words
from optimizer.solve import problem
from optimizer.solve.changes import Change, Limits, broken, differences, summary
from optimizer.solve.matrix import Matrix, compile_matrix, limits
from optimizer.solve.refused import INSTEAD

Edit = Callable[[pyo.ConcreteModel], None]


@cache
def works() -> Scenario:
    """Return 10 shells a month for a need of 25, a second shift and a plant that may be built, over 4 months."""
    return Scenario.from_tables(
        {"title": "Works", "start": "2024-01", "periods": "4x1", "review_months": 1, "weekend_share": 0}
        | {"gap": 0, "slack": 0},
        members=[{"member": "A", "people_available": 100}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two", "people_per_crew": 10, "crew_cost": 100},
            {"line": "N", "site": "works", "opened_by": "plant"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10, "unit_cost": 3} for line in "LN"],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 0.5},
        ],
        projects=[{"project": "plant", "kind": "new line", "capex": 800, "lead_months": 1}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 25}],
        stocks=[{"place": "A", "item": "shell", "opening": 4, "reserve": 4}],
        funds=[{"fund": "common", "year": 2024, "amount": 5000}],
    )


@cache
def plain() -> Plan:
    """Return the plan of the works as they are: the second shift, and the plant at once."""
    return solve(works())


def solved(edit: Edit, **settings: Any) -> Plan:
    """Return the plan of the works with a changed model."""
    model = build_model(works())
    edit(model)
    return solve(works(), model=model, **settings)


def compared(model: pyo.ConcreteModel) -> tuple[Matrix, tuple[Change, ...]]:
    """Return the matrix of a model of the works, and all that differs in it."""
    was, limits_was = compiled()
    now = compile_matrix(model, ("shortfall", "cost"))
    return now, differences(was, now, limits_was, limits(model))


@cache
def compiled() -> tuple[Matrix, Limits]:
    """Return the matrix of the works, and the limits of their variables."""
    model = build_model(works())
    return compile_matrix(model, ("shortfall", "cost")), limits(model)


def make(model: pyo.ConcreteModel, month: int = 0) -> Any:
    """Return what the first line makes in a month."""
    return model.make["L", "shell", month]


# -- what cannot be handed over --------------------------------------------------------------------------
def sos(model: pyo.ConcreteModel) -> None:
    """Let one month at most make anything."""
    model.one = pyo.SOSConstraint(var=model.make, index=[("L", "shell", 0), ("L", "shell", 1)], sos=1)


def logical(model: pyo.ConcreteModel) -> None:
    """Ask for one of two, in a block."""
    model.inner = pyo.Block([1, 2])
    model.inner[2].choice = pyo.BooleanVar([1, 2])
    model.inner[2].rule = pyo.LogicalConstraint([1], rule=lambda b, _: b.choice[1].xor(b.choice[2]))


def either(model: pyo.ConcreteModel) -> None:
    """Make nothing, or 5 at least."""
    model.either = Disjunction(expr=[[make(model) <= 0], [make(model) >= 5]])


def complementary(model: pyo.ConcreteModel) -> None:
    """Make something in one of two months only."""
    model.only = Complementarity(expr=complements(make(model, 0) >= 0, make(model, 1) >= 0))


def curve(model: pyo.ConcreteModel) -> None:
    """Draw a curve with sets of which two neighbours count."""
    model.y, model.x = pyo.Var(bounds=(0, 9)), pyo.Var(bounds=(0, 9))
    model.curve = pyo.Piecewise(
        model.y, model.x, pw_pts=[0, 4, 9], f_rule=[0, 1, 9], pw_constr_type="EQ", pw_repn="SOS2"
    )


def product(model: pyo.ConcreteModel) -> None:
    """Multiply two variables, in one row of several."""
    model.area = pyo.Constraint([0, 1], rule=lambda m, t: make(m, t) * (1 if t == 0 else make(m, 0)) <= 40)


def outside(model: pyo.ConcreteModel) -> None:
    """Call something that Pyomo cannot look into."""
    model.outside = pyo.ExternalFunction(lambda *numbers: numbers[0] ** 2)
    model.called = pyo.Constraint(expr=model.outside(make(model)) <= 40)


@cache
def other() -> pyo.ConcreteModel:
    """Return another model, which lives as long as the tests: variables of one that is gone have no model at all."""
    return build_model(works())


def strangers(model: pyo.ConcreteModel) -> None:
    """Use the variable of another model."""
    model.strange = pyo.Constraint(expr=make(other()) <= 3)


def no_value(model: pyo.ConcreteModel) -> None:
    """Fix a variable at nothing."""
    make(model).fix(None)


def gaps(model: pyo.ConcreteModel) -> None:
    """Allow odd numbers alone."""
    model.odd = pyo.Var(domain=pyo.Set(initialize=[1, 3, 5]))
    model.as_many = pyo.Constraint(expr=make(model) == model.odd)


def infinite(model: pyo.ConcreteModel) -> None:
    """Multiply by infinity."""
    model.endless = pyo.Constraint(expr=float("inf") * make(model) <= 3)


def endless(model: pyo.ConcreteModel) -> None:
    """Ask for more than HiGHS can count."""
    model.endless = pyo.Constraint(expr=make(model) >= 1e25)


def unknown(model: pyo.ConcreteModel) -> None:
    """Use a parameter without a value."""
    model.share = pyo.Param(mutable=True)
    model.shared = pyo.Constraint(expr=make(model) <= model.share)


def own_objective(model: pyo.ConcreteModel) -> None:
    """Ask for something else to be minimised."""
    model.mine = pyo.Objective(expr=make(model))


def other_objective(model: pyo.ConcreteModel) -> None:
    """Switch to an objective that the settings rank last."""
    model.shortfall.deactivate()
    model.cost.activate()


def maximised(model: pyo.ConcreteModel) -> None:
    """Turn an objective round."""
    model.cost.sense = pyo.maximize


def deleted(model: pyo.ConcreteModel) -> None:
    """Let something else have the name of an objective."""
    model.del_component("cost")
    model.cost = pyo.Var()


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (sos, "SOSConstraint `one`.*binary variables"),
        (logical, r"LogicalConstraint `inner\[2\].rule`.*core.logical_to_linear"),
        (either, "Disjunction `either`.*gdp.bigm"),
        (complementary, "Complementarity `only`.*mpec.simple_disjunction"),
        (curve, "SOSConstraint `curve.SOS2_sosconstraint`.*pw_repn"),
        (product, r"constraint `area\[1\]`.*not linear"),
        (outside, "constraint `called`.*not linear"),
        (strangers, "`make`.*not on this model"),
        (no_value, r"`make\[L,shell,0\]`.*fixed without a value"),
        (gaps, "`odd`.*gaps"),
        (infinite, "`endless`.*infinite"),
        (endless, "`endless`.*infinite"),
        (unknown, "`shared`.*invalid value"),
        (own_objective, "`mine` would not be minimised.*`objectives`"),
        (other_objective, "`cost` would not be minimised.*`shortfall`"),
        (maximised, "`cost`.*opposite sign"),
        (deleted, "`cost`.*no objective of this name"),
        (lambda model: model.del_component("lost"), "deleted from the model|not on this model"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_by_name(edit: Edit, named: str) -> None:
    """Nothing that is active on a model is left out in silence: it is refused, with what to do instead."""
    with pytest.raises(InputError, match=named):
        solved(edit)


def test_what_is_advised_exists() -> None:
    """Every transformation that a refusal names is known to Pyomo."""
    for module in ("gdp", "mpec", "dae", "network", "contrib.piecewise"):
        importlib.import_module(f"pyomo.{module}")
    named = {name for advice in INSTEAD.values() for name in re.findall(r"'(\w+(?:\.\w+)+)'", advice)}
    assert len(named) >= 7
    assert named <= set(pyo.TransformationFactory)


def test_all_that_cannot_be_handed_over_is_told_at_once() -> None:
    """Two kinds of component make two findings."""

    def both(model: pyo.ConcreteModel) -> None:
        sos(model)
        either(model)

    with pytest.raises(InputError) as refused:
        solved(both)
    assert len([f for f in refused.value.findings if "`one`" in f.message or "`either`" in f.message]) == 2


def test_what_is_switched_off_or_transformed_is_no_obstacle() -> None:
    """A deactivated set is not asked for, and a disjunction made linear holds and is named."""

    def edit(model: pyo.ConcreteModel) -> None:
        sos(model)
        model.one.deactivate()
        either(model)
        make(model).setub(7)
        pyo.TransformationFactory("gdp.bigm").apply_to(model)
        model.mirror = pyo.Reference(model.funds_hold)
        model.upper = pyo.Constraint(expr=make(model) <= 4)

    plan = solved(edit)
    assert plan.output[plan.output["line"] == "L"]["made"].iloc[0] == pytest.approx(0, abs=1e-6)
    assert {"upper", "make[L,shell,0]: 0 to 7 (was at least 0)"} <= set(plan.unverified)
    assert not any("mirror" in words for words in plan.unverified)


# -- what differs is named -------------------------------------------------------------------------------
def drop_row(model: pyo.ConcreteModel) -> None:
    """Switch a row off."""
    model.material_balances[("(pool)", "shell", 1)].deactivate()


def drop_rows(model: pyo.ConcreteModel) -> None:
    """Delete a constraint."""
    model.del_component("funds_hold")


def another_body(model: pyo.ConcreteModel) -> None:
    """Write a row anew with twice the coefficient."""
    row = model.capacity_limits_production["L", 0]
    row.set_value(row.body + make(model) * 0.5 <= 0)


def another_side(model: pyo.ConcreteModel) -> None:
    """Give a fund more than it has."""
    row = model.funds_hold["common", 2024]
    row.set_value(row.body <= 6000)


def another_cost(model: pyo.ConcreteModel) -> None:
    """Let the plant cost a thousand more."""
    model.cost.set_value(model.cost.expr + 1000 * model.build["plant", 1, 0] + 5)


def block(model: pyo.ConcreteModel) -> None:
    """Count batches of 4 in a nested block."""
    model.outer = pyo.Block()
    model.outer.inner = pyo.Block(["a"])
    inside = model.outer.inner["a"]
    inside.batches = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(0, 9))
    inside.whole = pyo.Constraint(expr=make(model) == 4 * inside.batches)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda m: m.build["plant", 1, 0].fix(0), ["build[plant,1,0]: exactly 0 (was 0 to 1)"]),
        (lambda m: make(m).setub(5), ["make[L,shell,0]: 0 to 5 (was at least 0)"]),
        (lambda m: make(m).setlb(2), ["make[L,shell,0]: at least 2 (was at least 0)"]),
        (lambda m: setattr(m.build["plant", 1, 1], "domain", pyo.UnitInterval), ["build[plant,1,1]: fractions (was"]),
        (lambda m: m.make.setub(9), ["make: bounds changed in 7 places, the first make[L,shell,0]: 0 to 9"]),
        (drop_row, ["material_balances[(pool),shell,1]: left out"]),
        (drop_rows, ["funds_hold[common,2024]: left out"]),
        (another_body, ["capacity_limits_production[L,0]: make[L,shell,0] counts"]),
        (another_side, ["funds_hold[common,2024]: its limit is at most 6000 (was at most 5000)"]),
        (another_cost, ["objective cost: build[plant,1,0] counts", "its constant is 5 (was 0)"]),
        (block, ["outer.inner[a].whole", "outer.inner[a].batches (variable)"]),
    ],
)
def test_every_difference_is_named(edit: Edit, named: list[str]) -> None:
    """What was added is told by name, what was changed with what it is and was, of many the first."""
    model = build_model(works())
    edit(model)
    _, found = compared(model)
    told = summary(found)
    assert all(any(words in line for line in told) for words in named)
    assert len(told) == (len(named) if edit is block else 1)


def test_differences_qualify_the_verdict() -> None:
    """The plan, its briefing and its words say for which model it is proven, and what nobody checked."""
    plan = solved(lambda model: model.build["plant", 1, 0].fix(0))
    assert plan.unverified == ("build[plant,1,0]: exactly 0 (was 0 to 1)",)
    assert plan.verified and plan.starts["start"].iloc[0].month == 2
    for words in (status_words(plan), repr(plan)):
        assert "for the model as changed" in words
        assert "roven " not in words.partition("\n")[0] and "independently checked" not in words
        assert f"changes of the model that nobody checked: {plan.unverified[0]}" in words


def test_differences_stand_in_json() -> None:
    """The record of a plan lists every difference."""
    plan = replace(plain(), unverified=("no_rush", "build[plant,1,0]: exactly 0 (was 0 to 1)"))
    assert plan_record(plan, __file__, ())["unverified"] == list(plan.unverified)


def test_variables_that_no_row_uses_are_compared_too() -> None:
    """A crew that is fixed is told though every row that it stands in is switched off."""
    model = build_model(works())
    model.run["L", 2, 0].fix(1)
    for constraint in model.component_objects(pyo.Constraint):
        constraint.deactivate()
    model.shortfall.set_value(0.0)
    model.cost.set_value(0.0)
    told = summary(compared(model)[1])
    assert "run[L,2,0]: exactly 1 (was 0 to 1)" in told
    assert any("material_balances: left out in" in words for words in told)


@pytest.mark.parametrize("copied", ["same", "cloned", "pickled", "solved"])
def test_an_unchanged_model_gives_the_plan_of_the_scenario(copied: str) -> None:
    """The model, a clone, a pickled one, one that another solver solved: the same plan, nothing unverified."""
    model = build_model(works())
    if copied == "cloned":
        model = model.clone()
    elif copied == "pickled":
        model = pickle.loads(pickle.dumps(model))
    elif copied == "solved":
        pyo.SolverFactory("appsi_highs").solve(model)
    for _ in range(2 if copied == "same" else 1):
        plan = solve(works(), model=model)
        assert plan.unverified == () and plan.verified
        for name in ("starts", "shifts", "output", "losses", "payments"):
            assert plan.tables[name].equals(plain().tables[name])
        assert "as changed" not in status_words(plan)


def test_solving_leaves_the_model_as_it_was() -> None:
    """Bounds, fixed variables, active parts and objectives are those of before."""

    def state(model: pyo.ConcreteModel) -> list[Any]:
        variables = [(v.name, v.bounds, v.fixed, v.value) for v in model.component_data_objects(pyo.Var)]
        rows = [(c.name, c.active, str(c.expr)) for c in model.component_data_objects(pyo.Constraint)]
        return variables + rows + [(o.name, o.active, str(o.expr)) for o in model.component_objects(pyo.Objective)]

    model = build_model(works())
    block(model)
    before = state(model)
    solve(works(), model=model, objectives=("cost",))
    solve(works(), model=model, relaxed=True)
    assert state(model) == before


def test_one_model_is_solved_in_two_threads() -> None:
    """Both threads find the plan that one finds alone."""
    model, plans = build_model(works()), []
    threads = [threading.Thread(target=lambda: plans.append(solve(works(), model=model))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [list(plan.objectives["value"]) for plan in plans] == [list(plain().objectives["value"])] * 2


def limited(model: pyo.ConcreteModel) -> None:
    """Let the first line run in two months of four."""
    model.on = pyo.Var(range(4), domain=pyo.Binary)
    model.runs = pyo.Constraint(range(4), rule=lambda m, t: make(m, t) <= 10 * m.on[t])
    model.twice = pyo.Constraint(expr=pyo.quicksum(model.on.values()) <= 2)


def late(model: pyo.ConcreteModel) -> None:
    """Start the plant late, which the plan with every lever off would not."""
    model.build["plant", 1, 2].fix(1)


@pytest.mark.parametrize("edit", [block, limited, late])
def test_searches_of_large_models_hold_what_is_added(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers and fixed starts of a caller's own hold when plans are rounded stage by stage, too."""
    at_once = solved(edit)
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, -1)
    rounded = solved(edit)
    assert list(rounded.objectives["value"]) == pytest.approx(list(at_once.objectives["value"]), rel=1e-5)


def test_a_plan_that_misses_what_was_added_is_not_told() -> None:
    """5.5 batches are no whole number, 12 more than a limit of 10, 3 not what was fixed."""
    model = build_model(works())
    block(model)
    model.most = pyo.Constraint(expr=make(model, 1) <= 10)
    model.build["plant", 1, 0].fix(1)
    now, found = compared(model)
    x = np.zeros(len(now.columns))
    x[now.position["build", ("plant", 1, 0)]] = 1
    assert broken(now, found, x, whole=True) == ()
    x[now.position["make", ("L", "shell", 0)]] = 22
    x[now.position["outer.inner[a].batches", None]] = 5.5
    assert broken(now, found, x, whole=True) == ("outer.inner[a].batches: own variable, 0 to 9",)
    assert broken(now, found, x, whole=False) == ()
    x[now.position["make", ("L", "shell", 1)]] = 12
    assert "most: own constraint" in broken(now, found, x, whole=False)
    x[now.position["build", ("plant", 1, 0)]] = 0
    assert "build[plant,1,0]: exactly 1 (was 0 to 1)" in broken(now, found, x, whole=False)


# -- the scenario and the settings beside a model -------------------------------------------------------
def test_a_model_of_another_scenario_is_refused() -> None:
    """Every table and setting that differs is told; notes and titles are no difference."""
    model = build_model(works())
    funds = works().funds.assign(amount=100.0)
    other = works().replace(funds=funds, settings={"levers": ("shifts",), "accepted_wait": 3})
    with pytest.raises(InputError) as refused:
        solve(other, model=model)
    assert {f.sheet for f in refused.value.findings} == {"Settings", "Funds"}
    assert all("build it again" in f.message for f in refused.value.findings)
    named = works().replace(funds=works().funds.assign(note="as agreed"), settings={"title": "Other"})
    assert solve(named, model=model).scenario.settings.title == "Other"


@pytest.mark.parametrize("model", [pyo.ConcreteModel(), "model"])
def test_a_model_from_elsewhere_is_refused(model: Any) -> None:
    """Only models of `build_model` are solved."""
    with pytest.raises(InputError, match="build_model"):
        solve(works(), model=model)


def test_settings_given_beside_a_model_hold() -> None:
    """Objectives, gap, time limit, threads and seed of the call count, not those the model was built with."""
    given = {"gap": 0.125, "time_limit": 33.0, "threads": 1, "seed": 5}
    plan = solved(lambda model: make(model).setub(5), objectives=("weighted",), **given)
    assert list(plan.objectives["objective"]) == ["weighted"]
    assert {name: getattr(plan.scenario.settings, name) for name in given} == given
    assert plan.output[plan.output["line"] == "L"]["made"].iloc[0] <= 5 + 1e-6


def test_what_is_added_to_the_cost_counts_in_what_is_weighted() -> None:
    """Another objective that holds the cost is asked for with the cost as changed, and the change is named."""

    def dearer(model: pyo.ConcreteModel) -> None:
        model.cost.set_value(model.cost.expr + 5 * make(model))

    plan = solved(dearer, objectives=("weighted",))
    assert [words for words in plan.unverified if words.startswith("objective weighted: make[L,shell,0] counts ")]
    assert solved(lambda model: None, objectives=("weighted",)).unverified == ()


# -- what no plan can hold ------------------------------------------------------------------------------
def too_much(model: pyo.ConcreteModel) -> None:
    """Ask for more than a line can make, beside what can be."""
    model.much = pyo.Constraint([0, 1], rule=lambda m, t: make(m, t) >= (1 if t else 500))
    model.fine = pyo.Constraint(expr=make(model, 2) >= 1)


def no_body(model: pyo.ConcreteModel) -> None:
    """State what has no variable and is not true."""
    model.five = pyo.Param(initialize=5, mutable=True)
    model.false = pyo.Constraint(expr=model.five <= 3)


def crossed(model: pyo.ConcreteModel) -> None:
    """Give an own variable bounds that cross."""
    model.mine = pyo.Var(bounds=(0, 5))
    model.mine.setlb(7)
    model.used = pyo.Constraint(expr=model.mine >= make(model) - 100)


def costly(model: pyo.ConcreteModel) -> None:
    """Ask for a plant that must be had for less than it costs."""
    model.build["plant", 1, 0].fix(1)
    row = model.funds_hold["common", 2024]
    row.set_value(row.body <= 10)


@pytest.mark.parametrize(
    ("edit", "named", "innocent"),
    [
        (too_much, {"much[0]"}, "fine"),
        (lambda m: make(m).fix(-5), {"make[L,shell,0]: exactly -5"}, ""),
        (lambda m: m.run["L", 2, 0].fix(0.5), {"run[L,2,0]: exactly 0.5"}, ""),
        (no_body, {"false"}, ""),
        (crossed, {"mine: own variable, 7 to 5"}, "used"),
        (costly, {"funds_hold[common,2024]: its limit is at most 10"}, ""),
        (
            lambda m: m.stock["(pool)", "shell", 0].setub(1),
            {"stock[(pool),shell,0]: 4 to 1 (was at least 4)"},
            "reserve",
        ),
    ],
)
def test_what_a_change_makes_impossible_is_named(edit: Edit, named: set[str], innocent: str) -> None:
    """The change that clashes is told, not every change, and not the workbook."""
    with pytest.raises(ImpossibleError, match="The model was changed") as impossible:
        solved(edit)
    told = [finding.message for finding in impossible.value.conflict]
    for words in named:
        assert any(message.startswith(words) for message in told)
    assert not innocent or not any(innocent in message for message in told)


def test_what_is_impossible_without_the_changes_is_told_as_ever() -> None:
    """A rate before the plant is open is the workbook's; a harmless limit beside it is not blamed."""
    target = {"target": "much", "kind": "rate", "item": "shell", "value": 20, "strength": "hard"}
    scenario = works().replace(targets=[target])
    model = build_model(scenario)
    model.fine = pyo.Constraint(expr=make(model) >= 1)
    with pytest.raises(ImpossibleError, match="not the reason") as impossible:
        solve(scenario, model=model)
    assert [f.where for f in impossible.value.conflict] == ["Targets!row 1, column value"]


def test_a_gain_without_limit_is_named() -> None:
    """An own variable that an objective gains from for ever is told, with the coefficient."""

    def gain(model: pyo.ConcreteModel) -> None:
        model.free = pyo.Var(domain=pyo.NonNegativeReals)
        model.least = pyo.Constraint(expr=model.free >= 1)
        model.cost.set_value(model.cost.expr - 2 * model.free)

    with pytest.raises(SolverError, match="objective cost: free counts -2"):
        solved(gain)
