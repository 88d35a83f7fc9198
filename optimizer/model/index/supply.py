"""What can be bought from whom, where it arrives and when; where items can be at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import POOL, Network
from optimizer.scenario.schema import Lane, Need, Order, Pledge, Rate, Stock, Supplier

Buy = tuple[str, str, str, int]
"""(supplier, place, item, period)"""
Way = tuple[str, str, str]
"""(from, to, item)"""


@dataclass(frozen=True)
class SupplyIndex:
    """Index sets and coefficients of purchases.

    Attributes
    ----------
    BUY
        (supplier, place, item, period) that can be bought.
    LIMITS
        (supplier, item, period) -> most units over all places.
    limited
        (supplier, item, period) -> its purchases.
    price, lane_cost
        Money per unit, for the purchase and for the supplier's lane.
    arrivals
        Purchase -> period -> share that arrives; what is missing to 1 arrives after the horizon.
    PLACES
        Item -> where it can be: the pool, or the places of a laned item.
    WAYS
        (from, to, item) -> the lane row that carries it; a row naming the item wins.
    """

    BUY: tuple[Buy, ...]
    LIMITS: dict[tuple[str, str, int], float]
    limited: dict[tuple[str, str, int], tuple[Buy, ...]]
    price: dict[Buy, float]
    lane_cost: dict[Buy, float]
    arrivals: dict[Buy, dict[int, float]]
    PLACES: dict[str, tuple[str, ...]]
    WAYS: dict[Way, Lane]


def index_supply(network: Network, calendar: Calendar) -> SupplyIndex:
    """Work out purchases and the places they go to."""
    ways = _ways(network)
    places = _places(network, ways)
    made = {item for _, item in network.rates}
    price: dict[Buy, float] = {}
    lane_cost: dict[Buy, float] = {}
    arrivals: dict[Buy, dict[int, float]] = {}
    limits: dict[tuple[str, str, int], float] = {}
    limited: dict[tuple[str, str, int], list[Buy]] = defaultdict(list)
    for row in network.scenario.rows(Supplier):
        if row.item in made and "purchases" not in network.scenario.settings.levers:
            continue
        window = calendar.window(row.from_month, row.to_month)
        for t in calendar.within(*window):
            months = calendar.overlap(t, *window)
            for place, delay, extra_cost in _destinations(network, ways, places, row):
                key = (row.supplier, place, row.item, t)
                price[key], lane_cost[key] = row.price, extra_cost
                arrivals[key] = calendar.arrivals(t, delay)
                limited[row.supplier, row.item, t].append(key)
            if row.most_per_month is not None and (row.supplier, row.item, t) in limited:
                limits[row.supplier, row.item, t] = row.most_per_month * months
    return SupplyIndex(
        BUY=tuple(price),
        LIMITS=limits,
        limited={key: tuple(found) for key, found in limited.items()},
        price=price,
        lane_cost=lane_cost,
        arrivals=arrivals,
        PLACES=places,
        WAYS=ways,
    )


def _ways(network: Network) -> dict[Way, Lane]:
    ways: dict[Way, Lane] = {}
    for lane in sorted(network.scenario.rows(Lane), key=lambda lane: lane.item is not None):
        for item in (lane.item,) if lane.item else network.items:
            ways[lane.from_place, lane.to_place, item] = lane  # rows that name the item come last and win
    return ways


def _places(network: Network, ways: dict[Way, Lane]) -> dict[str, tuple[str, ...]]:
    """Return where each item can be: made, used, kept, needed, ordered, or at an end of a lane."""
    found: dict[str, set[str]] = defaultdict(set)
    scenario = network.scenario
    members = {line.base: line.member for line in network.lines.values()}
    for rate in scenario.rows(Rate):
        found[rate.item].add(members[rate.line])
        for item in (*network.inputs(rate.line, rate.item), *network.by_products(rate.line, rate.item)):
            found[item].add(members[rate.line])
    for start, end, item in ways:
        found[item].update({start, end} - network.lane_suppliers)
    for stock in scenario.rows(Stock):
        if stock.held_by == "producer":
            found[stock.item].add(stock.place)
    for need in scenario.rows(Need):
        found[need.item].add(need.recipient)
    for order in scenario.rows(Order):
        found[order.item].add(order.customer)
    for pledge in scenario.rows(Pledge):
        found[pledge.item].add(pledge.member)
    return {item: tuple(sorted(places)) if item in network.laned_items else (POOL,) for item, places in found.items()}


def _destinations(
    network: Network, ways: dict[Way, Lane], places: dict[str, tuple[str, ...]], row: Supplier
) -> list[tuple[str, float, float]]:
    """Return (place, delay, lane cost) of everywhere a supplier delivers an item to."""
    if row.item not in network.laned_items or row.supplier not in network.lane_suppliers:
        return [(place, row.lead_months, 0.0) for place in places.get(row.item, ())]
    return [
        (end, row.lead_months + lane.transit_months, lane.cost)
        for (start, end, item), lane in ways.items()
        if start == row.supplier and item == row.item
    ]
