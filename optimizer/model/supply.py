"""What is bought from outside suppliers: ``buy[s,n,i,t]``, units bought in a period."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare buy: units bought per supplier, place, item and period."""
    model.buy = pyo.Var(index.supply.BUY, domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of supply."""
    supply = index.supply

    def suppliers_deliver_a_limited_amount(m: pyo.ConcreteModel, supplier: str, item: str, t: int) -> object:
        r"""sum over places of buy[s,n,i,t] <= most per month x months in which the supplier sells."""
        key = (supplier, item, t)
        return sum(m.buy[buy] for buy in supply.limited[key]) <= supply.LIMITS[key]

    model.suppliers_deliver_a_limited_amount = pyo.Constraint(
        list(supply.LIMITS), rule=suppliers_deliver_a_limited_amount
    )
