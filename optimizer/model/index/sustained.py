"""What an asap rate asks of the inputs of its item, so that it can be sustained and not only reached.

Without it a rate is reached earlier by starving the months before, or another item: inputs are hoarded, and the
date is the month in which the hoard is large enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.model.index.production import ProductionIndex
from optimizer.model.index.stock import StockIndex
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import WORKING_DAYS, Network

Terms = dict[tuple[str, tuple[Any, ...]], float]
"""(variable, key) -> coefficient."""


def sustained(
    network: Network, calendar: Calendar, production: ProductionIndex, stock: StockIndex, rate: Terms, item: str
) -> Iterator[tuple[str, int, Terms, float, float, float]]:
    """Yield every input of an item and period with what is left of what flows in when all use of it is taken off.

    Parameters
    ----------
    rate
        What the rate is asked of: make of some lines, by (variable, key).
    item
        Their item.

    Yields
    ------
    tuple
        Input, period, terms; their constant: the opening stock, as if it were used evenly over the horizon; units of
        the input that a unit of the item takes, over all stages; the most that can be used in the period. What the
        lines make is given back in the terms: only what the rate itself takes has to flow in. Inputs that cannot be
        stored cannot be hoarded.
    """
    takes = _takes(production)
    opening: dict[str, float] = defaultdict(float)
    for (_, name), units in stock.opening.items():
        opening[name] += units
    flows = _flows(stock)
    for name, units in _explosion(takes, item).items():
        if not network.items[name].can_be_stored:
            continue
        for t in calendar.periods:
            terms: Terms = defaultdict(float)
            for variable, key, coefficient in flows.get((name, t), ()):
                terms[variable, key] += coefficient
            most = sum(-c * _most(network, calendar, production, key) for (_, key), c in terms.items() if c < 0)
            for variable, key in rate:
                if key[2] == t:
                    terms[variable, key] += units
            yield name, t, dict(terms), opening[name] * calendar.lengths[t] / calendar.end, units, most


def _flows(stock: StockIndex) -> Mapping[tuple[str, int], list[tuple[str, tuple[Any, ...], float]]]:
    """Return (item, period) -> what is made, comes out as well, arrives from suppliers and is used, over all places.

    What is used is negative.
    """
    found: dict[tuple[str, int], list[tuple[str, tuple[Any, ...], float]]] = defaultdict(list)
    for (_, item, t), keys in stock.makes.items():
        found[item, t] += [("make", key, 1.0) for key in keys]
    for (_, item, t), yielded in stock.by_products.items():
        found[item, t] += [("make", key, quantity) for quantity, key in yielded]
    for (_, item, t), bought in stock.buys.items():
        found[item, t] += [("buy", key, share) for share, key in bought]
    for (_, item, t), used in stock.inputs.items():
        found[item, t] += [("make", key, -quantity) for quantity, key in used]
    return found


def _takes(production: ProductionIndex) -> dict[str, dict[str, float]]:
    """Return item -> input -> least units per good unit, over the lines and periods that make the item."""
    found: dict[str, dict[str, float]] = {}
    for (_, item, _), inputs in production.inputs.items():
        before = found.get(item)
        kept = inputs if before is None else {i: min(q, inputs[i]) for i, q in before.items() if i in inputs}
        found[item] = dict(kept)
    return found


def _explosion(takes: Mapping[str, Mapping[str, float]], item: str) -> dict[str, float]:
    """Return what a unit of an item takes of every input, over all stages."""
    found: dict[str, float] = defaultdict(float)
    for used, quantity in takes.get(item, {}).items():
        found[used] += quantity
        for below, units in _explosion(takes, used).items():
            found[below] += quantity * units
    return dict(found)


def _most(network: Network, calendar: Calendar, production: ProductionIndex, key: tuple[Any, ...]) -> float:
    """Return more than a line can make of an item in a period: every crew, every weekend, every expansion at once."""
    line, t = network.lines[key[0]], key[2]
    expansions = [p for p in network.projects.values() if p.kind == "expansion" and p.line == line.base]
    added = 1 + sum((p.added_share or 0.0) * p.units * p.largest for p in expansions)
    added *= network.projects[line.project].largest if line.project else 1
    weekends = calendar.weekends[t] * network.scenario.settings.weekend_efficiency * 2 / WORKING_DAYS
    months = sum(step.added_share for step in line.steps) * (calendar.lengths[t] + line.weekend_share * weekends)
    return float(production.rate[key[0], key[1], t] * months * added)
