"""The peer for decisions under uncertainty: the same scenarios handed to mpi-sppy, with HiGHS as its solver.

Each scenario is the Pyomo model of `build_model`, with its first objective; the root node holds what is decided before
the scenario is known. `pip install '.[peers]'`; MPI is not needed.
"""

from __future__ import annotations

import contextlib
import io
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer import Scenario, build_model
from optimizer.answers.odds import Odds, decided_before, odds_of

SOLVER = "appsi_highs"
RHO, ITERATIONS, CONVERGED = 1.0, 100, 1e-4
"""Of progressive hedging: the factor by which rho is the cost of a decision, most iterations, distance to end at."""


@dataclass(frozen=True)
class Found:
    """What a way of solving came to: value of a decision for all, proven bound, seconds, and what is to be said."""

    value: float
    bound: float
    seconds: float
    note: str = ""


def extensive_form(scenario: Scenario, seconds: float, gap: float) -> Found:
    """Let mpi-sppy put all scenarios into one model, and HiGHS solve it."""
    from mpisppy.opt.ef import ExtensiveForm

    given = _Given(scenario)
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        form = ExtensiveForm({"solver": SOLVER}, given.names, given.create, suppress_warnings=True)
        results = form.solve_extensive_form({"time_limit": seconds, "mip_rel_gap": gap})
    problem = results.problem[0]
    return Found(float(problem.upper_bound), float(problem.lower_bound), time.perf_counter() - began)


def progressive_hedging(scenario: Scenario, seconds: float, gap: float) -> Found:
    """Let mpi-sppy hedge: squared distances made linear, its own first bound, and each mean tried as a decision."""
    from mpisppy.opt.ph import PH

    given = _Given(scenario)
    each = {"time_limit": seconds / 10, "mip_rel_gap": gap}
    options = {
        "solver_name": SOLVER,
        "PHIterLimit": ITERATIONS,
        "defaultPHrho": RHO,
        "convthresh": CONVERGED,
        "time_limit": seconds,
        "verbose": False,
        "display_progress": False,
        "display_timing": False,
        "iter0_solver_options": each,
        "iterk_solver_options": each,
        "linearize_proximal_terms": True,
        "proximal_linearization_tolerance": 1e-1,
        "toc": False,
    }
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        hedging = PH(options, given.names, given.create, rho_setter=given.rho)
        distance, _, bound = hedging.ph_main(finalize=True)
    taken = time.perf_counter() - began
    value, note = given.tried(hedging, each)
    rounds = hedging._PHIter
    return Found(value, float(bound), taken, f"{rounds} iterations, distance {distance:.1e}{note}")


class _Given:
    """The scenarios of a workbook as mpi-sppy wants them."""

    def __init__(self, scenario: Scenario) -> None:
        self.odds: Odds = odds_of(scenario)
        self.names = [name for name, p in self.odds.probability.items() if p > 0]
        self.models = {name: build_model(self.odds.joint[name]) for name in self.names}
        first = {name: self._first(name) for name in self.names}
        everywhere = set.intersection(*map(set, first.values()))
        self.common = [key for key in first[self.names[0]] if key in everywhere]
        for name, found in first.items():
            for key, variable in found.items():
                if key[0] == "build" and key not in everywhere:
                    self.models[name].component(key[0])[key[1]].fix(variable.lb or 0.0)

    def _first(self, name: str) -> Mapping[Any, Any]:
        model = self.models[name]
        named = {(v.parent_component().local_name, v.index()): v for v in model.component_data_objects(pyo.Var)}
        chosen = decided_before(self.odds.joint[name], self.odds.reveal, tuple(named))
        return {key: variable for key, variable in named.items() if key in chosen}

    def create(self, name: str, **_: Any) -> Any:
        """Return the model of a scenario with its root node."""
        from mpisppy.utils.sputils import attach_root_node

        model = self.models[name]
        objective = next(model.component_data_objects(pyo.Objective, active=True))
        attach_root_node(model, objective, self._variables(model))
        model._mpisppy_probability = self.odds.probability[name]
        return model

    def _variables(self, model: Any) -> list[Any]:
        return [model.component(name)[key] for name, key in self.common]

    def rho(self, model: Any, **_: Any) -> list[tuple[int, float]]:
        """Return rho of each decision: as dear as what its largest value costs, by the size of the first objective."""
        from pyomo.repn import generate_standard_repn

        repn = generate_standard_repn(model.component("cost").expr)
        cost = {id(v): abs(c) for v, c in zip(repn.linear_vars, repn.linear_coefs, strict=True)}
        return [
            (id(v), RHO * max(1e-3, cost.get(id(v), 0.0)) / (1.0 + abs(v.value or 0.0))) for v in self._variables(model)
        ]

    def tried(self, hedging: Any, options: Mapping[str, Any]) -> tuple[float, str]:
        """Return the value of the mean, whole numbers rounded, kept in every scenario; infinite where impossible."""
        solver = pyo.SolverFactory(SOLVER)
        total = 0.0
        for name, model in hedging.local_scenarios.items():
            hedging.disable_W_and_prox()
            for k, variable in enumerate(self._variables(model)):
                mean = pyo.value(model._mpisppy_model.xbars[("ROOT", k)])
                variable.fix(round(mean) if variable.is_integer() or variable.is_binary() else mean)
            try:
                solver.highs_options = {"time_limit": options["time_limit"], "mip_rel_gap": options["mip_rel_gap"]}
                results = solver.solve(model, load_solutions=False)
                value = float(results.problem[0].upper_bound or math.inf)
            except RuntimeError:
                value = math.inf
            if not math.isfinite(value):
                return math.inf, "; its mean is impossible in a scenario"
            total += self.odds.probability[name] * value
        return total, ""
