"""By-products and what is thrown away, against counting: every month's output tried, every unit used, kept or not.

All amounts are whole multiples of what one unit gives, and the balances of an item and of its by-product, the latter
with signs changed, are those of a network, so the best plan is one in whole numbers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Scenario, solve
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

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return its rows."""
        item = {"item": self.name, "holding_cost": self.holding, "can_be_stored": self.limit != 0}
        stock = {"place": "A", "item": self.name, "opening": self.opening * self.each}
        limit = {} if self.limit is None else {"storage_limit": self.limit * self.each}
        return {
            "items": [item | {"may_be_discarded": self.waste is not None, "discard_cost": self.waste or 0}],
            "stocks": [stock | limit] if self.limit != 0 else [],
            "needs": [
                {"recipient": "R", "item": self.name, "per_month": need * self.each, "price": self.price}
                | {"from_month": f"2024-{month:02}", "to_month": f"2024-{month:02}"}
                for month, need in enumerate(self.needs, start=1)
            ],
        }

    def least(self, comes: tuple[int, ...]) -> float:
        """Return the least cost of what comes, in each unit; infinite where some has nowhere to go."""

        @cache
        def after(t: int, held: int) -> float:
            if t == len(comes):
                return 0.0
            there = held + comes[t]
            best = inf
            for used in range(min(there, self.needs[t]) + 1):
                for wasted in range(there - used + 1) if self.waste is not None else (0,):
                    left = there - used - wasted
                    if self.limit is None or left <= self.limit:
                        cost = self.price * (self.needs[t] - used) + self.holding * left + (self.waste or 0) * wasted
                        best = min(best, cost * self.each + after(t + 1, left))
            return best

        return after(0, self.opening)


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
        return Kept(name, each, needs, of(9, 4), of(0, 1), limit, opening, of(None, 0, 2))

    count = of(3, 4)
    costs = tuple(of(1, 3) for _ in range(count))
    shell = kept("shell", 1, kept_limits=(None, 2))
    return Works(of(2, 3), costs, shell, kept("slag", of(1, 0.5, 3), kept_limits=(None, 2, 0)))


@given(works())
@examples(8, 200)
def test_by_products_and_waste_cost_what_counting_says(drawn: Works) -> None:
    """The least cost is that of trying what is made, used, kept and thrown away in every month, unit by unit."""
    plan = solve(drawn.scenario())
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert plan.objectives["value"].iloc[0] == pytest.approx(drawn.least(), rel=1e-6, abs=1e-5)
