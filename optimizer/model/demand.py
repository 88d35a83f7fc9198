"""Needs that are met or lost, orders that wait in a book until delivered; all in units.

``use`` is taken from stock for a need, ``lost`` is not met; ``deliver`` reduces the order book
``backlog``, ``pledge`` adds to it, ``late`` is the part of it that waits longer than accepted, and
``late_after`` that part when the last year has gone on for the end months.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index
from optimizer.model.index.demand import LAST_YEAR


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare use, lost, deliver, backlog, pledge, late and late_after, in units."""
    demand = index.demand
    model.use = pyo.Var(list(demand.NEEDED), domain=pyo.NonNegativeReals)
    model.lost = pyo.Var(list(demand.NEEDS), bounds={key: (0, most) for key, most in demand.NEEDS.items()})
    model.deliver = pyo.Var(demand.BOOK_PERIODS, domain=pyo.NonNegativeReals)
    model.backlog = pyo.Var(demand.BOOK_PERIODS, domain=pyo.NonNegativeReals)
    model.pledge = pyo.Var(list(demand.PLEDGES), bounds={key: (0, most) for key, most in demand.PLEDGES.items()})
    model.late = pyo.Var(demand.LATE, domain=pyo.NonNegativeReals)
    model.late_after = pyo.Var(list(demand.LATE_AFTER), domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of demand."""
    demand, stock = index.demand, index.stock

    def needs_are_met_or_lost(m: pyo.ConcreteModel, recipient: str, item: str, t: int) -> object:
        r"""use + gifts that arrive + sum over bands of lost = need."""
        key = (recipient, item, t)
        given = sum(share * m.give[gift] for share, gift in stock.gifts_to.get(key, ()))
        lost = sum(m.lost[recipient, item, band, t] for band in demand.bands[key])
        return m.use[key] + given + lost == demand.NEEDED[key]

    def order_book_balances(m: pyo.ConcreteModel, customer: str, item: str, t: int) -> object:
        r"""backlog[t] = backlog[t-1] + ordered + pledge - deliver >= 0; before the start: the opening book."""
        key = (customer, item, t)
        previous = m.backlog[customer, item, t - 1] if t else demand.BOOKS[customer, item].placed(0)
        pledged = m.pledge[key] if key in demand.PLEDGES else 0
        return m.backlog[key] == previous + demand.ordered[key] + pledged - m.deliver[key]

    def late_orders_are_counted(m: pyo.ConcreteModel, customer: str, item: str, t: int, layer: int) -> object:
        r"""late[c,i,t,s] >= Due(end of t - 6 s months) - delivered so far, for s = 0..3.

        Due(x) is what was placed by x minus its own accepted wait. Written with the book: delivered
        so far = placed so far - backlog, so late >= backlog - (placed by the end of t, not yet due).
        The layers spread waiting over customers fairly.
        """
        key = (customer, item, t, layer)
        pledged = sum(share * m.pledge[customer, item, tau] for share, tau in demand.pledges_not_due[key])
        return m.late[key] >= m.backlog[customer, item, t] - demand.not_due[key] - pledged

    def late_orders_go_on(m: pyo.ConcreteModel, customer: str, item: str, layer: int) -> object:
        r"""late_after[c,i,s] >= Due(T + E - 6s) - delivered by T - E x deliveries a month in the last year.

        Due goes on after the horizon's end T with the order rows that reach it; E are the end months. Written
        with the book at T, as in `late_orders_are_counted`.
        """
        key, closing = (customer, item, layer), index.scenario.settings.end_months
        recent = sum(share * m.deliver[customer, item, t] for t, share in demand.last_year.items())
        months = min(LAST_YEAR, index.calendar.end)
        pledged = sum(share * m.pledge[customer, item, tau] for share, tau in demand.pledges_not_due_after[key])
        book = m.backlog[customer, item, index.calendar.periods[-1]]
        return m.late_after[key] >= book - demand.LATE_AFTER[key] - pledged - closing / months * recent

    model.needs_are_met_or_lost = pyo.Constraint(list(demand.NEEDED), rule=needs_are_met_or_lost)
    model.order_book_balances = pyo.Constraint(demand.BOOK_PERIODS, rule=order_book_balances)
    model.late_orders_are_counted = pyo.Constraint(demand.LATE, rule=late_orders_are_counted)
    model.late_orders_go_on = pyo.Constraint(list(demand.LATE_AFTER), rule=late_orders_go_on)
