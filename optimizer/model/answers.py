"""What a solved model says beyond its columns: values no row uses."""

from __future__ import annotations

from collections.abc import Container, Mapping
from copy import copy
from typing import Any

import pandas as pd
import pyomo.environ as pyo

from optimizer.plan.extract import extract_tables, worth_table
from optimizer.scenario.network import Network

Values = dict[str, dict[Any, float]]
"""Variable -> key -> value."""


class Answers:
    """What turns solutions into tables, taken from a model that may go once it is handed over.

    Parameters
    ----------
    model
        From `build_model`.
    columns
        The variables (component, key) that a solution has values for.
    """

    def __init__(self, model: pyo.ConcreteModel, columns: Container[tuple[str, Any]]) -> None:
        index = model.optimizer_index.value
        self._network, self._spoken_for = index.network, index.targets.SPOKEN_FOR
        self._costs = model.optimizer_costs.value
        self._unused = _unused(model, columns)

    def of(self, network: Network) -> Answers:
        """Return the same for a variation of the scenario."""
        other = copy(self)
        other._network = network
        return other

    def tables(self, values: Values) -> dict[str, pd.DataFrame]:
        """Return the decision tables and the costs table of a solution."""
        found = self._complete(values)
        found |= {"attained": {key: found["attained"][of] for key, of in self._spoken_for.items()}}
        return extract_tables(self._network, found, self._costs)

    def order_tables(self, values: Values) -> dict[str, pd.DataFrame]:
        """Return the tables of a solution with pledges and deliveries filled in alone."""
        complete = self._complete(values)
        return extract_tables(self._network, {name: complete[name] for name in ("pledge", "deliver", "backlog")}, ())

    def worth(self, prices: Mapping[tuple[str, Any], float]) -> pd.DataFrame:
        """Return what one more unit of each item would bring, from the prices of all rows by (component, key)."""
        balances = {key: price for (name, key), price in prices.items() if name == "material_balances"}
        return worth_table(self._network, balances)

    def _complete(self, values: Values) -> Values:
        return {name: values.get(name, {}) | unused for name, unused in self._unused.items()}


def _unused(model: pyo.ConcreteModel, columns: Container[tuple[str, Any]]) -> Values:
    """Return every variable with the values that are no column's: fixed ones, and unused ones at their least."""
    found: Values = {}
    for variable in model.component_objects(pyo.Var):
        name = variable.name
        found[name] = {
            key: data.value if data.fixed else data.lb or 0.0
            for key, data in variable.items()
            if (name, key) not in columns
        }
    return found
