"""Where items lie and move: material balances, lanes, members' own stockpiles and gifts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from optimizer.model.index.demand import BookPeriod, DemandIndex
from optimizer.model.index.production import Make, ProductionIndex
from optimizer.model.index.supply import Buy, SupplyIndex
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import POOL, Network
from optimizer.scenario.schema import Lane, Stock

K = TypeVar("K")
V = TypeVar("V")
Node = tuple[str, str, int]
"""(place, item, period)"""
Ship = tuple[str, str, str, int]
"""(from, to, item, period)"""
Gift = tuple[str, str, str, int]
"""(member, recipient, item, period)"""
Own = tuple[str, str, int]
"""(member, item, period)"""


@dataclass(frozen=True)
class StockIndex:
    """Index sets and coefficients of stocks and flows.

    Attributes
    ----------
    NODES
        (place, item, period) with a material balance.
    STOCK
        Nodes at which the item can be kept -> (reserve, limit or None).
    SHIP
        (from, to, item, period) -> period -> share that arrives; what is missing to 1 is still on its
        way at the end of the horizon. What arrives wholly after it can be sent too: it leaves.
    GIFTS
        The same for (member, recipient, item, period).
    OWN
        (member, item, period) of own stockpiles -> (reserve, limit or None).
    makes, by_products, inputs, buys, ships_in, ships_out, uses, delivers
        Node -> the variables in its balance, with coefficients where they are not 1.
    DISCARD
        Nodes at which what is there may be thrown away -> money per unit.
    FRESH
        Nodes by whose end something could be older than its shelf life -> of what is not: opening stock, and period ->
        share of what comes in in it.
    pool_cost
        Pooled item -> money per unit taken from the pool.
    LANES
        (lane number, period) -> most units.
    ROOMS
        (place, period) with limited room -> all of it; of the pool, that of all places together.
    stored
        The same -> (room per unit, node) of what takes it.
    """

    NODES: tuple[Node, ...]
    STOCK: dict[Node, tuple[float, float | None]]
    opening: dict[tuple[str, str], float]
    SHIP: dict[Ship, dict[int, float]]
    ship_cost: dict[Ship, float]
    GIFTS: dict[Gift, dict[int, float]]
    gift_cost: dict[Gift, float]
    gifts_to: dict[tuple[str, str, int], tuple[tuple[float, Gift], ...]]
    gifts_from: dict[Own, tuple[Gift, ...]]
    OWN: dict[Own, tuple[float, float | None]]
    own_opening: dict[tuple[str, str], float]
    makes: dict[Node, tuple[Make, ...]]
    by_products: dict[Node, tuple[tuple[float, Make], ...]]
    inputs: dict[Node, tuple[tuple[float, Make], ...]]
    buys: dict[Node, tuple[tuple[float, Buy], ...]]
    ships_in: dict[Node, tuple[tuple[float, Ship], ...]]
    ships_out: dict[Node, tuple[Ship, ...]]
    uses: dict[Node, tuple[tuple[str, str, int], ...]]
    delivers: dict[Node, tuple[BookPeriod, ...]]
    DISCARD: dict[Node, float]
    FRESH: dict[Node, tuple[float, dict[int, float]]]
    pool_cost: dict[str, float]
    LANES: dict[tuple[int, int], float]
    lane_ships: dict[tuple[int, int], tuple[Ship, ...]]
    lane_gifts: dict[tuple[int, int], tuple[Gift, ...]]
    lane_buys: dict[tuple[int, int], tuple[Buy, ...]]
    ROOMS: dict[tuple[str, int], float]
    stored: dict[tuple[str, int], tuple[tuple[float, Node], ...]]


def index_stock(
    network: Network, calendar: Calendar, production: ProductionIndex, supply: SupplyIndex, demand: DemandIndex
) -> StockIndex:
    """Work out every material balance and what can flow into and out of it."""
    nodes = tuple((n, i, t) for i, places in supply.PLACES.items() for n in places for t in calendar.periods)
    ships = {
        (*way, t): calendar.arrivals(t, lane.transit_months)
        for way, lane in supply.WAYS.items()
        if way[0] not in network.lane_suppliers
        for t in calendar.periods
    }
    own = _own(network, calendar)
    gifts = _gifts(network, calendar, supply, demand, own)
    opening, bounds = _producer_stock(network, supply)
    kept = [node for node in nodes if network.items[node[1]].can_be_stored]
    stored = _stored(network, kept)
    lanes = {row: number for number, row in enumerate(network.scenario.rows(Lane)) if row.most_per_month is not None}
    return StockIndex(
        NODES=nodes,
        STOCK={(n, i, t): bounds.get((n, i), (0.0, None)) for n, i, t in kept},
        opening=opening,
        SHIP=ships,
        ship_cost={key: supply.WAYS[key[:3]].cost for key in ships},
        GIFTS=gifts,
        gift_cost={
            (m, r, i, t): supply.WAYS[m, r, i].cost if i in network.laned_items else network.transport_cost(i)
            for m, r, i, t in gifts
        },
        gifts_to=_grouped(
            ((r, i, t), (share, (m, r, i, tau))) for (m, r, i, tau), to in gifts.items() for t, share in to.items()
        ),
        gifts_from=_grouped(((m, i, t), (m, r, i, t)) for m, r, i, t in gifts),
        OWN=own,
        own_opening={
            (row.place, row.item): row.opening for row in network.scenario.rows(Stock) if row.held_by == "member"
        },
        makes=_grouped(
            ((network.place(network.lines[name].member, i), i, t), (name, i, t)) for name, i, t in production.MAKE
        ),
        by_products=_beside(network, production.by_products),
        inputs=_beside(network, production.inputs),
        buys=_grouped(
            ((n, i, t), (share, (s, n, i, tau)))
            for (s, n, i, tau), to in supply.arrivals.items()
            for t, share in to.items()
        ),
        ships_in=_grouped(
            ((b, i, t), (share, (a, b, i, tau))) for (a, b, i, tau), to in ships.items() for t, share in to.items()
        ),
        ships_out=_grouped(((a, i, t), (a, b, i, t)) for a, b, i, t in ships),
        uses=_grouped(((network.place(r, i), i, t), (r, i, t)) for r, i, t in demand.NEEDED),
        delivers=_grouped(((network.place(c, i), i, t), (c, i, t)) for c, i, t in demand.BOOK_PERIODS),
        DISCARD={
            node: network.items[node[1]].discard_cost for node in nodes if network.items[node[1]].may_be_discarded
        },
        FRESH=dict(_fresh(network, calendar, kept)),
        pool_cost={i: network.transport_cost(i) for i, places in supply.PLACES.items() if places == (POOL,)},
        LANES={
            (number, t): row.most_per_month * calendar.lengths[t]
            for row, number in lanes.items()
            if row.most_per_month is not None
            for t in calendar.periods
        },
        lane_ships=_grouped(((lanes[row], key[3]), key) for key in ships if (row := supply.WAYS[key[:3]]) in lanes),
        lane_gifts=_grouped(
            ((lanes[way], t), (m, r, i, t))
            for m, r, i, t in gifts
            if (way := supply.WAYS.get((m, r, i))) is not None and way in lanes
        ),
        lane_buys=_grouped(
            ((lanes[path], t), (s, n, i, t))
            for s, n, i, t in supply.BUY
            if (path := supply.WAYS.get((s, n, i))) is not None and path in lanes
        ),
        ROOMS={key: _room(network, key[0]) for key in stored},
        stored=stored,
    )


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(found) for key, found in groups.items()}


def _beside(network: Network, quantities: dict[Make, dict[str, float]]) -> dict[Node, tuple[tuple[float, Make], ...]]:
    """Return by node what is used, or comes out as well, where something is made: (units per good unit, make)."""
    return _grouped(
        ((network.place(network.lines[key[0]].member, item), item, key[2]), (quantity, key))
        for key, of in quantities.items()
        for item, quantity in of.items()
    )


def _producer_stock(
    network: Network, supply: SupplyIndex
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], tuple[float, float | None]]]:
    """Return opening stock and (reserve, limit) by place and item; the pool adds up its rows."""
    rows: dict[tuple[str, str], list[Stock]] = defaultdict(list)
    for row in network.scenario.rows(Stock):
        if row.held_by == "producer":
            rows[network.place(row.place, row.item), row.item].append(row)
    opening = {key: sum(row.opening for row in found) for key, found in rows.items()}
    bounds = {}
    for key, found in rows.items():
        limits = [row.storage_limit for row in found if row.storage_limit is not None]
        limit = sum(limits) if len(limits) == len(found) else None
        bounds[key] = (sum(row.reserve or 0.0 for row in found), limit)
    return opening, bounds


def _stored(network: Network, kept: list[Node]) -> dict[tuple[str, int], tuple[tuple[float, Node], ...]]:
    """Return what takes room at every place that states it, and in all of them where the pool lies there, too.

    What is pooled can lie at any place: it fits where it and what lies at the places take no more than all rooms.
    """
    rooms = {name for name, row in network.members.items() if row.room is not None}
    taking = [(network.items[node[1]].room, node) for node in kept if network.items[node[1]].room]
    pooled = any(node[0] == POOL for _, node in taking)
    told = all(name in rooms for name, row in network.members.items() if row.kind == "member")
    inside = [((node[0], node[2]), (room, node)) for room, node in taking if node[0] in rooms]
    everywhere = [((POOL, node[2]), (room, node)) for room, node in taking if node[0] == POOL or node[0] in rooms]
    return _grouped([*inside, *(everywhere if pooled and told else ())])


def _fresh(
    network: Network, calendar: Calendar, kept: list[Node]
) -> Iterator[tuple[Node, tuple[float, dict[int, float]]]]:
    producers = [row for row in network.scenario.rows(Stock) if row.held_by == "producer"]
    lots = _grouped(((network.place(row.place, row.item), row.item), (row.age, row.opening)) for row in producers)
    for place, item, t in kept:
        life, end, opening = network.items[item].shelf_life, calendar.ends(t), lots.get((place, item), ())
        if life is not None and end + max((age for age, _ in opening), default=0.0) >= life:
            fresh = sum(units for age, units in opening if end + age < life)
            shares = {
                tau: calendar.overlap(tau, end - life, end) / calendar.lengths[tau]
                for tau in calendar.within(end - life, end)
            }
            yield (place, item, t), (fresh, shares)


def _room(network: Network, place: str) -> float:
    rows = network.members.values() if place == POOL else (network.members[place],)
    return sum(row.room or 0.0 for row in rows)


def _own(network: Network, calendar: Calendar) -> dict[Own, tuple[float, float | None]]:
    return {
        (row.place, row.item, t): (row.opening if row.reserve is None else row.reserve, row.storage_limit)
        for row in network.scenario.rows(Stock)
        if row.held_by == "member"
        for t in calendar.periods
    }


def _gifts(
    network: Network,
    calendar: Calendar,
    supply: SupplyIndex,
    demand: DemandIndex,
    own: dict[Own, tuple[float, float | None]],
) -> dict[Gift, dict[int, float]]:
    """Return the gifts that can be: from an own stockpile, over the pool or a lane, into a need.

    Every part that arrives within the horizon meets a need of its period; what is needed when the
    rest arrives is not known.
    """
    if "donations" not in network.scenario.settings.levers:
        return {}
    needed = sorted({(r, i) for r, i, _ in demand.NEEDED})
    gifts: dict[Gift, dict[int, float]] = {}
    for m, i, t in own:
        for r, item in needed:
            way = supply.WAYS.get((m, r, i))
            if item != i or (i in network.laned_items and way is None):
                continue
            arrivals = calendar.arrivals(t, way.transit_months if way else 0.0)
            if all((r, i, to) in demand.NEEDED for to in arrivals):
                gifts[m, r, i, t] = arrivals
    return gifts
