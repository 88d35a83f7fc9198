"""People as a pool, what crews cost to hire and to release, minimum rates of crews, wages by month: against counting.

Every pattern of crews of two lines is tried. What a line makes in a month is then its least or its most, since nothing
can be stored; who is hired and let go is one small linear program for each number of people that the crews take.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimizer import Scenario
from tests.laws.counted import costs
from tests.laws.profile import examples

MONTHS = 4


@dataclass(frozen=True)
class Bench:
    """A line: people, units and least units of a crew a month, crews at the start and at the least, units needed."""

    people: int
    rate: int
    minimum: int
    now: int
    idle: bool
    needs: tuple[int, ...]

    def cost(self, crews: tuple[int, ...]) -> float:
        """Return the cost of units made at 1 each and lost at 6 each; infinite where the minimum is not needed."""
        total = 0.0
        for count, need in zip(crews, self.needs, strict=True):
            made = min(count * self.rate, need)
            if made < count * self.minimum:
                return inf
            total += made + 6 * (need - made)
        return total


@dataclass(frozen=True)
class Works:
    """Two lines, a ladder of two steps, and a pool of people."""

    lines: tuple[Bench, Bench]
    review: int
    wage: tuple[float, ...]
    hiring: tuple[float, float]
    release: tuple[float, float]
    pool: dict[str, Any]

    def scenario(self) -> Scenario:
        """Return the tables."""
        (hiring, hiring_money), (release, release_money) = self.hiring, self.release
        months = [{"from_month": f"2024-0{m}", "to_month": f"2024-0{m}"} for m in range(1, MONTHS + 1)]
        step = {"hiring_cost": hiring, "hiring_money": hiring_money, "ladder": "S"}
        step |= {"release_cost": release, "release_money": release_money}
        names = range(len(self.lines))
        return Scenario.from_tables(
            {"start": "2024-01", "periods": f"{MONTHS}x1", "review_months": self.review, "objectives": "weighted"}
            | {"weekend_share": 0, "gap": 0, "threads": 1},
            members=[{"member": "A", "labour_cost": 2, **self.pool}, {"member": "R", "kind": "recipient"}],
            sites=[{"site": "works", "member": "A"}],
            items=[{"item": f"i{n}", "can_be_stored": False} for n in names],
            shift_ladders=[step | {"step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
            lines=[
                {"line": f"L{n}", "site": "works", "ladder": "S", "people_per_crew": line.people}
                | {"shifts_now": line.now, "may_idle": line.idle}
                for n, line in enumerate(self.lines)
            ],
            rates=[
                {"line": f"L{n}", "item": f"i{n}", "rate": line.rate, "crew_minimum": line.minimum, "unit_cost": 1}
                for n, line in enumerate(self.lines)
            ],
            needs=[
                {"recipient": "R", "item": f"i{n}", "per_month": need, "price": 6} | month
                for n, line in enumerate(self.lines)
                for need, month in zip(line.needs, months, strict=True)
            ],
            cost_changes=[
                {"cost": "labour", "factor": factor} | month for factor, month in zip(self.wage, months, strict=True)
            ],
        )

    @property
    def begins(self) -> range:
        """Return the months in which review blocks begin."""
        return range(0, MONTHS, self.review)

    def crews(self, line: Bench) -> dict[tuple[int, ...], float]:
        """Return every pattern of a line by block -> what its crews and its output cost."""
        found = {}
        for pattern in itertools.product(range(0 if line.idle else 1, 3), repeat=len(self.begins)):
            months = tuple(pattern[m // self.review] for m in range(MONTHS))
            cost = line.cost(months)
            cost += sum(2 * line.people * count * wage for count, wage in zip(months, self.wage, strict=True))
            for before, after, begin in zip((line.now, *pattern), pattern, self.begins, strict=False):
                joining, leaving = max(0, after - before), max(0, before - after)
                pay = 2 * line.people * self.wage[begin]
                cost += joining * (self.hiring[0] * pay + self.hiring[1])
                cost += leaving * (self.release[0] * pay + self.release[1])
            found[pattern] = cost
        return found

    def least(self) -> float:
        """Return the least cost over all patterns; infinite where none has the people it takes."""
        people = cache(self.people)
        both = [self.crews(line).items() for line in self.lines]
        best = inf
        for pair in sorted(itertools.product(*both), key=lambda pair: sum(cost for _, cost in pair)):
            cost = sum(cost for _, cost in pair)
            if cost >= best:
                break  # people cost no less than nothing
            taken = tuple(
                sum(line.people * pattern[b] for line, (pattern, _) in zip(self.lines, pair, strict=True))
                for b in range(len(self.begins))
            )
            best = min(best, cost + people(taken))
        return best

    def people(self, taken: tuple[int, ...]) -> float:
        """Return the least cost of hiring, letting go, training and waiting, for the people in crews by block.

        The columns are those hired and those let go by block, the last one is 1: people there and in training are rows.
        """
        pool, blocks = self.pool, len(self.begins)
        if pool.get("people_hired") is None:
            there = [pool["people_available"] + pool["people_added"] * begin for begin in self.begins]
            return 0.0 if all(t <= n for t, n in zip(taken, there, strict=True)) else inf
        unit, costs, above, free = np.eye(2 * blocks + 1), np.zeros(2 * blocks + 1), [], []
        costs[:blocks], costs[blocks:-1] = pool["hiring_cost"], pool["leaving_cost"]
        there, learning = pool["people_available"] * unit[-1], []
        for month in range(MONTHS):
            ready = [hired for hired, since in learning if month % self.review == 0 and month >= since]
            learning = [(hired, since) for hired, since in learning if not any(hired is done for done in ready)]
            there = there + sum(ready, np.zeros_like(costs))
            if month in self.begins:
                b = month // self.review
                if pool["training_months"]:
                    learning.append((unit[b], month + pool["training_months"]))
                else:
                    there = there + unit[b]
                there = there - unit[blocks + b]
                taught = sum((hired for hired, _ in learning), np.zeros_like(costs))
                above.append(pool["trainers"] * taught - there)
                free.append(-taken[b])
                waiting = there - taken[b] * unit[-1]
            taught = sum((hired for hired, _ in learning), np.zeros_like(costs))
            pay = pool["waiting_pay"] if pool["training_pay"] is None else pool["training_pay"]
            costs = costs + self.wage[month] * (pool["waiting_pay"] * waiting + pay * taught)
            there = there * (1 - pool["quitting"]) + pool["people_added"] * unit[-1]
        most = [
            None if limit is None else limit * self.review for limit in (pool["people_hired"], pool["people_let_go"])
        ]
        bounds = [(0, most[0])] * blocks + [(0, most[1])] * blocks + [(1, 1)]
        answer = linprog(costs, A_ub=np.array(above), b_ub=np.array(free), bounds=bounds)
        assert answer.status in (0, 2), answer.message
        return float(answer.fun) if answer.status == 0 else inf


@st.composite
def works(draw: Any) -> Works:
    """Draw two lines and a pool, now and then one that nobody is hired for."""

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def bench() -> Bench:
        rate, idle = of(2, 3), of(True, True, False)
        needs = tuple(draw(st.lists(st.integers(0, 6), min_size=MONTHS, max_size=MONTHS)))
        return Bench(of(1, 2), rate, of(0, 0, 1, rate), of(*range(0 if idle else 1, 3)), idle, needs)

    pool = {"people_available": of(1, 2, 4), "people_added": of(0, 0, 0.5)}
    if of(True, True, True, False):
        pool |= {"people_hired": of(0, 1, 3), "people_let_go": of(None, 0, 1), "training_months": of(0, 1, 2)}
        pool |= {"hiring_cost": of(0, 3), "leaving_cost": of(0, 2), "waiting_pay": of(0, 1, 2)}
        pool |= {"training_pay": of(None, 0, 1), "trainers": of(0, 0.5, 1), "quitting": of(0, 0, 0.1, 0.5)}
    wage = tuple(draw(st.lists(st.sampled_from((1, 1, 1.5, 0.5)), min_size=MONTHS, max_size=MONTHS)))
    return Works((bench(), bench()), of(1, 2), wage, (of(0, 0.5), of(0, 4)), (of(0, 0.5), of(0, 2)), pool)


@given(works())
@examples(4, 200)
def test_crews_and_people_cost_what_counting_says(drawn: Works) -> None:
    """The least cost is that of trying every pattern of crews with the best that a pool can do for it."""
    costs(drawn.scenario(), drawn.least())
