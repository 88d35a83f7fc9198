"""By-products, what is thrown away and shelf lives, against counting: all output tried, every unit used, kept or not.

All amounts are whole multiples of what one unit gives. What has come in and what has left by the end of each month
differ by what is kept and, a shelf life apart, by what must have left: rows of differences only, of an item and of its
by-product, so the best plan is one in whole numbers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Scenario, build_model
from optimizer.scenario.network import POOL
from optimizer.verify.facts import Facts
from optimizer.verify.stock import opening_lots, too_old
from tests.laws.counted import costs
from tests.laws.profile import examples


@dataclass(frozen=True)
class Kept:
    """What happens to an item month by month; amounts count multiples of `each` units."""

    name: str
    each: float
    needs: tuple[int, ...]
    price: float
    holding: float
    limit: int | None
    opening: int
    waste: float | None
    life: int | None
    age: int

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return its rows."""
        waste, life = self.waste, self.life if self.limit != 0 else None
        item = {"item": self.name, "holding_cost": self.holding, "can_be_stored": self.limit != 0}
        stock = {"place": "A", "item": self.name, "opening": self.opening * self.each, "age": self.age}
        limit = {} if self.limit is None else {"storage_limit": self.limit * self.each}
        return {
            "items": [item | {"may_be_discarded": waste is not None, "discard_cost": waste or 0, "shelf_life": life}],
            "stocks": [stock | limit] if self.limit != 0 else [],
            "needs": [
                {"recipient": "R", "item": self.name, "per_month": need * self.each, "price": self.price}
                | {"from_month": f"2024-{month:02}", "to_month": f"2024-{month:02}"}
                for month, need in enumerate(self.needs, start=1)
            ],
        }

    def least(self, comes: tuple[int, ...]) -> float:
        """Return the least cost of what comes, in each unit; infinite where some has nowhere to go.

        What is held are lots by the month in which they came, the opening stock first; the oldest leaves first.
        """

        @cache
        def after(t: int, held: tuple[int, ...]) -> float:
            if t == len(comes):
                return 0.0
            lots = (*held, comes[t])
            best = inf
            for used in range(min(sum(lots), self.needs[t]) + 1):
                for wasted in range(sum(lots) - used + 1) if self.waste is not None else (0,):
                    left = without(lots, used + wasted)
                    old = 0 if self.life is None else sum(left[: max(0, t + 2 + self.age - self.life)])
                    if not old and (self.limit is None or sum(left) <= self.limit):
                        cost = self.price * (self.needs[t] - used) + self.holding * sum(left)
                        cost += (self.waste or 0) * wasted
                        best = min(best, cost * self.each + after(t + 1, left))
            return best

        return after(0, (self.opening,) + (0,) * self.age)


def without(lots: tuple[int, ...], units: int) -> tuple[int, ...]:
    """Return lots after some units of the oldest have left."""
    left = []
    for lot in lots:
        gone = min(lot, units)
        units -= gone
        left.append(lot - gone)
    return tuple(left)


@dataclass(frozen=True)
class Works:
    """A line that makes shells, `most` a month, at a cost that differs from month to month, and gives slag."""

    most: int
    costs: tuple[float, ...]
    shell: Kept
    slag: Kept

    def scenario(self) -> Scenario:
        """Return the tables."""
        both = [self.shell.tables(), self.slag.tables()]
        return Scenario.from_tables(
            {"start": "2024-01", "periods": f"{len(self.costs)}x1", "objectives": "weighted", "gap": 0, "threads": 1},
            members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
            sites=[{"site": "works", "member": "A"}],
            lines=[{"line": "L", "site": "works", "weekend_share": 0}],
            rates=[
                {"line": "L", "item": "shell", "rate": self.most, "unit_cost": cost}
                | {"from_month": f"2024-{month:02}", "to_month": f"2024-{month:02}"}
                for month, cost in enumerate(self.costs, start=1)
            ],
            recipes=[{"item": "shell", "input": "slag", "quantity": -self.slag.each}],
            **{name: [row for tables in both for row in tables[name]] for name in both[0]},
        )

    def least(self) -> float:
        """Return the least cost over everything that can be made."""
        return min(
            sum(cost * units for cost, units in zip(self.costs, made, strict=True))
            + self.shell.least(made)
            + self.slag.least(made)
            for made in itertools.product(range(self.most + 1), repeat=len(self.costs))
        )


@st.composite
def works(draw: Any) -> Works:
    """Draw a works of three or four months."""

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def kept(name: str, each: float, *, kept_limits: tuple[int | None, ...]) -> Kept:
        needs = tuple(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
        limit = of(*kept_limits)
        opening = 0 if limit == 0 else of(0, 1)
        return Kept(name, each, needs, of(9, 4), of(0, 1), limit, opening, of(None, 0, 2), of(None, 1, 2), of(0, 1))

    count = of(3, 4)
    costs = tuple(of(1, 3) for _ in range(count))
    shell = kept("shell", 1, kept_limits=(None, 2))
    return Works(of(2, 3), costs, shell, kept("slag", of(1, 0.5, 3), kept_limits=(None, 2, 0)))


@given(works())
@examples(8, 200)
def test_by_products_waste_and_age_cost_what_counting_says(drawn: Works) -> None:
    """The least cost is that of trying what is made, used, kept and thrown away in every month, unit by unit."""
    costs(drawn.scenario(), drawn.least())


@given(st.data())
@examples(25, 400)
def test_the_model_sees_as_old_what_lots_say(data: Any) -> None:
    """In periods of any length, any shelf life: stock above what came in within it is what of the lots is older."""
    lengths = data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=5))
    life = data.draw(st.sampled_from([0.5, 1, 1.5, 2, 3, 5]))
    opening, younger = data.draw(st.integers(0, 9)), data.draw(st.integers(0, 3))
    age = data.draw(st.sampled_from([0, 0.5, 1, 4]))
    made = data.draw(st.lists(st.integers(0, 9), min_size=len(lengths), max_size=len(lengths)))
    held = [float(opening + younger)]
    for units in made:
        held.append((held[-1] + units) * data.draw(st.sampled_from([0, 0.25, 0.5, 1])))
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": ", ".join(f"1x{length}" for length in lengths)},
        members=[{"member": "A"}, {"member": "B"}],
        items=[{"item": "shell", "shelf_life": life, "may_be_discarded": True}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        stocks=[
            {"place": "A", "item": "shell", "opening": younger},
            {"place": "B", "item": "shell", "opening": opening, "age": age},
        ],
    )
    model = build_model(scenario)
    for t, units in enumerate(made):
        model.make["L", "shell", t].value = units
        model.stock[POOL, "shell", t].value = held[t + 1]
    leaves = [before + units - after for before, units, after in zip(held, made, held[1:], strict=False)]
    facts = Facts(scenario)
    older = too_old(
        facts, opening_lots(facts)[facts.kept_at("A", "shell")], np.array(made, float), np.array(leaves), life
    )
    for t, units in enumerate(older):
        key = (POOL, "shell", t)
        rows = model.stock_stays_within_its_shelf_life
        excess = max(0.0, pyo.value(rows[key].body) - pyo.value(rows[key].upper)) if key in rows else 0.0
        assert units == pytest.approx(excess, abs=1e-9)
