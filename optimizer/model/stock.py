"""Where items lie and move: material balances, own stockpiles, lanes.

``stock`` is producer-held closing stock, ``own`` a member's own stockpile, ``ship`` what leaves
over a lane, ``give`` what leaves an own stockpile for a recipient's need, ``discard`` what is thrown
away of what producers hold; all in units.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from optimizer.model.index import Index
from optimizer.model.index.stock import Node


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare stock, own, ship, give and discard, in units; reserves and storage limits are bounds."""
    stock = index.stock
    model.stock = pyo.Var(list(stock.STOCK), bounds=stock.STOCK)
    model.own = pyo.Var(list(stock.OWN), bounds=stock.OWN)
    model.ship = pyo.Var(list(stock.SHIP), domain=pyo.NonNegativeReals)
    model.give = pyo.Var(list(stock.GIFTS), domain=pyo.NonNegativeReals)
    model.discard = pyo.Var(list(stock.DISCARD), domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of stocks and flows, all in units."""
    stock = index.stock

    def comes_in(m: pyo.ConcreteModel, node: Node) -> Any:
        return (
            sum(m.make[key] for key in stock.makes.get(node, ()))
            + sum(quantity * m.make[key] for quantity, key in stock.by_products.get(node, ()))
            + sum(share * m.buy[key] for share, key in stock.buys.get(node, ()))
            + sum(share * m.ship[key] for share, key in stock.ships_in.get(node, ()))
        )

    def material_balances(m: pyo.ConcreteModel, place: str, item: str, t: int) -> object:
        r"""previous + made + by-products + bought + arrived = inputs + needs + delivered + sent + discarded + closing.

        What is bought or shipped arrives by the flow rule: the share of period tau that falls into
        t after the delay. Items in no lane row have one balance for everybody, the pool.
        """
        node, earlier = (place, item, t), (place, item, t - 1)
        previous = (
            stock.opening.get((place, item), 0.0) if t == 0 else (m.stock[earlier] if earlier in stock.STOCK else 0.0)
        )
        outflow = (
            sum(quantity * m.make[key] for quantity, key in stock.inputs.get(node, ()))
            + sum(m.use[key] for key in stock.uses.get(node, ()))
            + sum(m.deliver[key] for key in stock.delivers.get(node, ()))
            + sum(m.ship[key] for key in stock.ships_out.get(node, ()))
            + (m.discard[node] if node in stock.DISCARD else 0.0)
            + (m.stock[node] if node in stock.STOCK else 0.0)
        )
        balance = previous + comes_in(m, node) - outflow
        return balance == 0 if not isinstance(balance, (int, float)) else pyo.Constraint.Feasible

    def stock_stays_within_its_shelf_life(m: pyo.ConcreteModel, place: str, item: str, t: int) -> object:
        r"""closing stock <= sum over tau of |(end_t - shelf life, end_t) n tau| / h_tau x what comes in in tau.

        Comes in: made + by-products + bought + arrived; beside it stands the opening stock that is not too old. First
        in, first out: what leaves, also to be thrown away, is the oldest there is, so what is left at the end of t is
        what came in last, and none of it is too old where it is no more than what came in within the shelf life. No
        lot has to be followed. Within a period flows are even. Age counts from arrival at the place.
        """
        opening, fresh = stock.FRESH[place, item, t]
        return m.stock[place, item, t] <= opening + sum(
            share * comes_in(m, (place, item, tau)) for tau, share in fresh.items()
        )

    def own_stockpiles_balance(m: pyo.ConcreteModel, member: str, item: str, t: int) -> object:
        r"""own[m,i,t] = own[m,i,t-1] + delivered to the member's orders - given to recipients.

        A delivered unit that is given on serves an order and then a need: that is what a donation
        does. A reserve keeps it at home.
        """
        key = (member, item, t)
        previous = m.own[member, item, t - 1] if t else stock.own_opening[member, item]
        delivered = m.deliver[key] if (member, item) in index.demand.BOOKS else 0.0
        return m.own[key] == previous + delivered - sum(m.give[gift] for gift in stock.gifts_from.get(key, ()))

    def lanes_carry_a_limited_amount(m: pyo.ConcreteModel, lane: int, t: int) -> object:
        r"""shipped + given + bought over the lane, all its items, <= most per month x h_t."""
        key = (lane, t)
        flow = (
            sum(m.ship[ship] for ship in stock.lane_ships.get(key, ()))
            + sum(m.give[gift] for gift in stock.lane_gifts.get(key, ()))
            + sum(m.buy[buy] for buy in stock.lane_buys.get(key, ()))
        )
        return m.nothing + flow <= stock.LANES[key]

    def stocks_fit_the_room(m: pyo.ConcreteModel, place: str, t: int) -> object:
        r"""sum over items of room per unit x closing stock at a place <= its room.

        Of the pool: at all places that state their room and in the pool <= all their rooms together.
        """
        return sum(room * m.stock[node] for room, node in stock.stored[place, t]) <= stock.ROOMS[place, t]

    model.material_balances = pyo.Constraint(stock.NODES, rule=material_balances)
    model.stock_stays_within_its_shelf_life = pyo.Constraint(list(stock.FRESH), rule=stock_stays_within_its_shelf_life)
    model.own_stockpiles_balance = pyo.Constraint(list(stock.OWN), rule=own_stockpiles_balance)
    model.lanes_carry_a_limited_amount = pyo.Constraint(list(stock.LANES), rule=lanes_carry_a_limited_amount)
    model.stocks_fit_the_room = pyo.Constraint(list(stock.ROOMS), rule=stocks_fit_the_room)
