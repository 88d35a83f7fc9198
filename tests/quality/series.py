"""A plan month by month: output, what is asked, what is met, stock; and the recipe tree of an item.

A window is a pair of months (begin, stop), counted from the start of the horizon. What a period holds is spread
evenly over its months, so that windows of any length compare as rates per month.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from optimizer.plan import demand
from optimizer.plan.basis import Basis, Floats
from optimizer.plan.plan import Plan
from optimizer.scenario.schema import Recipe, Stock

Window = tuple[int, int]
MET = 1e-3
"""Share of what is asked that may be lost or late and what is asked still counts as met."""


def mean(series: Floats, window: Window) -> float:
    """Return the mean of a series by month over a window."""
    return float(series[window[0] : window[1]].mean())


class Series:
    """What is looked up of a plan by month.

    Parameters
    ----------
    plan
        With its scenario.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.basis = Basis(plan.scenario, plan.tables)
        self.calendar = self.basis.calendar
        self.end = self.calendar.end
        self._trees: dict[str, dict[str, float]] = {}

    def months(self, window: Window) -> str:
        """Return a window in words."""
        first, last = self.calendar.date(window[0]), self.calendar.date(window[1] - 1)
        return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"

    @cached_property
    def zero(self) -> Floats:
        """Return nothing in every month."""
        return np.zeros(self.end)

    # -- output ----------------------------------------------------------------------------------
    @cached_property
    def made(self) -> dict[tuple[str, str], Floats]:
        """Return what each line makes of each item; units per month."""
        return {key: self.basis.by_month(units) for key, units in self.basis.made.items()}

    def output(self, item: str) -> Floats:
        """Return what all lines make of an item; units per month."""
        return sum((units for (_, made), units in self.made.items() if made == item), self.zero)

    @property
    def made_items(self) -> list[str]:
        """Return the final items that some line can make."""
        makeable = {item for _, item in self.basis.rates}
        return [item for item in self.basis.final_items if item in makeable]

    def tree(self, item: str) -> dict[str, float]:
        """Return the least units of everything that goes into an item, itself included, per unit of it."""
        if item not in self._trees:
            self._trees[item] = {item: 1.0}  # set before its inputs: a circle of recipes ends here
            found = {item: 1.0}
            for row in self.plan.scenario.rows(Recipe):
                if row.item == item and row.quantity > 0:
                    for name, units in self.tree(row.input).items():
                        found[name] = min(found.get(name, np.inf), units * row.quantity)
            self._trees[item] = {**found, item: 1.0}
        return self._trees[item]

    def use(self, item: str) -> float:
        """Return what lines take of an item, and what is supplied and delivered of it; units per month, in the mean."""
        total = 0.0
        for (line, made), units in self.basis.made.items():
            base = self.basis.lines[line].base
            each = self.basis.network.inputs(base, made).get(item, 0.0)
            good = max((row.yield_ for row in self.basis.network.rates.get((base, made), ())), default=1.0)
            total += each / good * float(units.sum())
        for table, value in (("uses", "used"), ("deliveries", "delivered")):
            total += float(np.sum(self.basis.sums(table, ("item",), value).get(item, 0.0)))
        return total / self.end

    # -- demand ----------------------------------------------------------------------------------
    @cached_property
    def asked(self) -> dict[str, Floats]:
        """Return what needs and orders ask of each item; units per month, the opening order book not counted."""
        found: dict[str, Floats] = {}
        for table in (demand.needed(self.basis), demand.ordered(self.basis)):
            for (_, item), units in table.items():
                found[item] = found.get(item, self.zero) + self.basis.by_month(units)
        return found

    def missed(self, item: str, begin: int) -> float:
        """Return the units of an item lost from a month on, and late at the end of its worst period since."""
        first = self.calendar.period_of_month[begin]
        needs, orders = (self.plan.measures.needs, self.plan.measures.orders)
        since = self.basis.dates[first]
        lost = needs[(needs["item"] == item) & (needs["month"] >= since)]["lost"].sum()
        waiting = orders[(orders["item"] == item) & (orders["month"] >= since)]
        late = waiting.groupby("month")["late"].sum().max() if len(waiting) else 0.0
        return float(lost + late)

    def is_met(self, item: str, begin: int) -> bool:
        """Tell whether from a month on to the end no need of an item is lost and no order is late."""
        asked = float(self.asked.get(item, self.zero)[begin:].sum())
        return self.missed(item, begin) <= MET * max(asked, 1.0)

    # -- stock -----------------------------------------------------------------------------------
    def opening(self, item: str) -> float:
        """Return what lies with producers at the start."""
        rows = self.plan.scenario.rows(Stock)
        return sum(row.opening for row in rows if row.item == item and row.held_by == "producer")

    def reserve(self, item: str) -> float:
        """Return what must stay of it."""
        rows = self.plan.scenario.rows(Stock)
        return sum(row.reserve or 0.0 for row in rows if row.item == item and row.held_by == "producer")

    def stock(self, item: str) -> Floats:
        """Return what lies with producers at the months 0, 1, ..., T, linear inside periods."""
        closing = self.basis.sums("stock", ("item",), "closing").get(item, np.zeros(len(self.basis.lengths)))
        ends = [0.0, *(float(self.calendar.ends(t)) for t in self.calendar.periods)]
        levels: Floats = np.interp(np.arange(self.end + 1), ends, [self.opening(item), *closing])
        return levels
