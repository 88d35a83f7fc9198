"""Plans of another solver, turned into plans of ours and judged by our verifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyomo.environ as pyo

from optimizer.model.answers import Answers
from optimizer.model.objectives import UNITS
from optimizer.plan.plan import Plan
from optimizer.plan.tables import OBJECTIVES
from optimizer.verify.verify import verify
from tests.benchmarks.run import Run, Searched
from tests.benchmarks.trace import gap


class Accept:
    """Takes the values of a model for a plan and says whether the verifier accepts it.

    Parameters
    ----------
    scenario, model
        The model was built from the scenario.
    run
        Its note tells which rules a plan broke.
    """

    def __init__(self, scenario: Any, model: Any, run: Run) -> None:
        self._scenario, self._run = scenario, run
        self._columns = {
            (variable.name, key): data
            for variable in model.component_objects(pyo.Var)
            for key, data in variable.items()
            if not data.fixed
        }
        self._answers = Answers(model, self._columns)

    def __call__(self, searched: Sequence[Searched]) -> bool:
        """Judge the plan that the model holds, with what is known of the objectives searched so far."""
        values: dict[str, dict[Any, float]] = {}
        for (name, key), data in self._columns.items():
            values.setdefault(name, {})[key] = data.value
        tables = self._answers.tables(values)
        tables["objectives"] = objectives = self._objectives(searched)
        plan = Plan(self._scenario, tables, status="interrupted", gap=float(objectives["gap"].max()))
        broken = [check.rule for check in verify(plan) if not check.holds]
        if broken:
            words = f"{searched[-1].objective}: not a plan by {', '.join(broken)}"
            self._run.note = "; ".join(filter(None, (self._run.note, words)))
        return not broken

    def _objectives(self, searched: Sequence[Searched]) -> pd.DataFrame:
        """Return the table of objectives; a bound above the value is false, and told elsewhere."""
        known = {one.objective: one for one in searched}
        rows: list[tuple[Any, ...]] = []
        for name, value in searched[-1].plan.items():
            one = known.get(name)
            found = value if one is None or one.value is None else min(value, one.value)
            bound = float("-inf") if one is None or one.bound is None else min(found, one.bound)
            unit = self._scenario.settings.currency if UNITS[name] == "money" else UNITS[name]
            off = self._run.levers_off if name == "shortfall" else None
            share = (value - bound) / (off - bound) if off is not None and off > bound > float("-inf") else None
            later = list(searched[-1].plan)[len(rows) + 1 :]
            spent = (searched[-1] if one is None else one).plan["cost"] if "cost" in later else None
            rows.append((name, value, bound, gap(value, bound), unit, found, value - found, off, share, spent))
        return pd.DataFrame(rows, columns=OBJECTIVES.names)
