"""What each line can make in each period, how fast, at which cost, and what it uses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from optimizer.model.index.projects import ProjectIndex
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.schema import Rate

Make = tuple[str, str, int]
"""(line, item, period)"""


@dataclass(frozen=True)
class ProductionIndex:
    """Index sets and coefficients of production.

    Attributes
    ----------
    MAKE
        (line, item, period) in which the line can make the item.
    LINES
        (line, period) with anything to make -> the items.
    MINIMUM
        (line, period) -> minimum share of the 1-8-5 rate while running, where positive.
    CREW_MINIMUM
        The same for every crew.
    rate, unit_cost
        Per month, and money per good unit.
    inputs, by_products
        (line, item, period) -> item -> units used, and that come out as well, per good unit made.
    """

    MAKE: tuple[Make, ...]
    LINES: dict[tuple[str, int], tuple[str, ...]]
    MINIMUM: dict[tuple[str, int], float]
    CREW_MINIMUM: dict[tuple[str, int], float]
    rate: dict[Make, float]
    unit_cost: dict[Make, float]
    inputs: dict[Make, dict[str, float]]
    by_products: dict[Make, dict[str, float]]


def index_production(network: Network, calendar: Calendar, projects: ProjectIndex) -> ProductionIndex:
    """Work out rates, costs and inputs of every line, item and period."""
    rate: dict[Make, float] = {}
    cost: dict[Make, float] = {}
    inputs: dict[Make, dict[str, float]] = {}
    by_products: dict[Make, dict[str, float]] = {}
    minimum: dict[tuple[str, int], float] = {}
    of_crews: dict[tuple[str, int], float] = {}
    lines: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, line in network.lines.items():
        ready = [t for t in calendar.periods if (line.project, line.unit, t) in projects.READY]
        for (base, item), rows in network.rates.items():
            if base != line.base:
                continue
            for t in ready if line.project else calendar.periods:
                mean = _mean_rates(rows, calendar, t)
                if mean is None:
                    continue
                key = (name, item, t)
                rate[key], cost[key] = mean.rate, mean.unit_cost
                inputs[key] = {i: q / mean.yield_ for i, q in network.inputs(base, item).items()}
                by_products[key] = {i: q / mean.yield_ for i, q in network.by_products(base, item).items()}
                for least, units in ((minimum, mean.minimum), (of_crews, mean.crew_minimum)):
                    least[name, t] = min(least.get((name, t), units / mean.rate), units / mean.rate)
                lines[name, t].append(item)
    return ProductionIndex(
        MAKE=tuple(rate),
        LINES={key: tuple(items) for key, items in lines.items()},
        MINIMUM={key: share for key, share in minimum.items() if share > 0},
        CREW_MINIMUM={key: share for key, share in of_crews.items() if share > 0},
        rate=rate,
        unit_cost=cost,
        inputs=inputs,
        by_products=by_products,
    )


@dataclass(frozen=True)
class _Mean:
    rate: float
    unit_cost: float
    yield_: float
    minimum: float
    crew_minimum: float


def _mean_rates(rows: tuple[Rate, ...], calendar: Calendar, t: int) -> _Mean | None:
    """Return the means over the months of a period; cost and yield over months with a row."""
    months = [(row, calendar.overlap(t, *calendar.window(row.from_month, row.to_month))) for row in rows]
    covered = sum(share for _, share in months)
    if covered <= 0:
        return None
    length = calendar.lengths[t]
    return _Mean(
        rate=sum(row.rate * share for row, share in months) / length,
        unit_cost=sum(row.unit_cost * share for row, share in months) / covered,
        yield_=sum(row.yield_ * share for row, share in months) / covered,
        minimum=sum(row.minimum * share for row, share in months) / length,
        crew_minimum=sum(row.crew_minimum * share for row, share in months) / length,
    )
