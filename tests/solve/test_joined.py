"""Scenarios joined to one program: the values that are published, and those of all plans counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.errors import ImpossibleError
from optimizer.settings import RunSettings
from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.joined import Joined, Part, join, measure
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock
from tests.laws.enumerate_plans import best

Terms = Mapping[str, float]
"""Column -> coefficient."""


def program(
    cost: Terms, rows: Sequence[tuple[Terms, float]], *, upper: Terms | None = None, whole: Sequence[str] = ()
) -> Matrix:
    """Return the program: least cost with columns of 0 or more, and every row at least its limit."""
    names = list(cost)
    dense = np.array([[terms.get(name, 0.0) for name in names] for terms, _ in rows])
    columns = tuple((name, (name, 0)) for name in names)
    return Matrix(
        rows=sp.csr_array(dense),
        row_lower=np.array([limit for _, limit in rows], dtype=float),
        row_upper=np.full(len(rows), np.inf),
        lower=np.zeros(len(names)),
        upper=np.array([(upper or {}).get(name, np.inf) for name in names]),
        integer=np.array([name in whole for name in names]),
        objectives=(Objective("cost", np.array([cost[name] for name in names], dtype=float), 0.0),),
        row_scale=np.ones(len(rows)),
        column_scale=np.ones(len(names)),
        row_names=tuple(("row", (k, 0)) for k in range(len(rows))),
        columns=columns,
        position={column: j for j, column in enumerate(columns)},
    )


def joined(programs: Mapping[str, Matrix], odds: Sequence[float], first: Sequence[str], **risk: float) -> Joined:
    """Return the programs joined over their first columns."""
    names = {(name, (name, 0)) for name in first}
    return join({s: Part(m, p, names) for (s, m), p in zip(programs.items(), odds, strict=True)}, **risk)


def least(matrix: Matrix) -> tuple[float, Floats]:
    """Return the least cost, proven, and where it is."""
    run = RunSettings(objectives=("cost",), gap=0, slack=0, threads=1)
    found = Lexicographic(Problem(matrix, run), Clock(30)).solve()
    assert found.objectives[0].bound == pytest.approx(found.objectives[0].found, rel=1e-6, abs=1e-6)
    return found.objectives[0].found, found.x


def fixed(matrix: Matrix, columns: Sequence[int], values: Floats) -> Matrix:
    """Return the program with some columns at these values."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[list(columns)] = upper[list(columns)] = values
    return replace(matrix, lower=lower, upper=upper)


LAND = ("wheat", "corn", "beets")


def farmer(factor: float) -> Matrix:
    """Return the farmer of Birge and Louveaux with yields times a factor: 500 acres, cattle to feed, a beet quota."""
    sold = {"wheat sold": -170, "corn sold": -150, "beets at 36": -36, "beets at 10": -10}
    yields = {name: factor * tons for name, tons in zip(LAND, (2.5, 3.0, 20.0), strict=True)}
    return program(
        {"wheat": 150, "corn": 230, "beets": 260, "wheat bought": 238, "corn bought": 210, **sold},
        [
            (dict.fromkeys(LAND, -1), -500),
            ({"wheat": yields["wheat"], "wheat bought": 1, "wheat sold": -1}, 200),
            ({"corn": yields["corn"], "corn bought": 1, "corn sold": -1}, 240),
            ({"beets": yields["beets"], "beets at 36": -1, "beets at 10": -1}, 0),
        ],
        upper={"beets at 36": 6000},
    )


def test_the_farmer_decides_as_published() -> None:
    """RP -108,390, EEV -107,240, VSS 1,150, WS -115,405.56 and EVPI 7,015.56 (Birge and Louveaux, chapter 1)."""
    scenarios = {"good": farmer(1.2), "fair": farmer(1.0), "bad": farmer(0.8)}
    together = joined(scenarios, [1 / 3] * 3, LAND)
    decided, x = least(together.matrix)
    assert x[together.common] == pytest.approx([170, 80, 250], abs=1e-4)
    mean = least(scenarios["fair"])[1][:3]
    kept = least(fixed(together.matrix, together.common.tolist(), mean))[0]
    known = sum(least(matrix)[0] for matrix in scenarios.values()) / 3
    assert (decided, kept, known) == pytest.approx((-108_390, -107_240, -115_405.5556), abs=1e-2)
    assert (kept - decided, decided - known) == pytest.approx((1150, 7015.5556), abs=1e-2)
    values = [m.objectives[0].value(together.of(s, x)) for s, m in scenarios.items()]
    assert measure(values, [1 / 3] * 3) == pytest.approx(decided)


def capacity(demand: float, whole: Sequence[str] = ()) -> Matrix:
    """Return LandS (Louveaux and Smeers 1988): four plants, three modes of 10, 6 and 1 hours, a demand of 3, 5 or 7."""
    build = {f"plant {i}": cost for i, cost in enumerate((10, 7, 16, 6))}
    run = {
        f"run {i} {j}": price * hours
        for i, price in enumerate((4.0, 4.5, 3.2, 5.5))
        for j, hours in enumerate((10.0, 6.0, 1.0))
    }
    return program(
        {**build, **run},
        [
            (dict.fromkeys(build, 1.0), 12),
            ({name: -cost for name, cost in build.items()}, -120),
            *(({f"plant {i}": 1.0} | {f"run {i} {j}": -1.0 for j in range(3)}, 0) for i in range(4)),
            *(({f"run {i} {j}": 1.0 for i in range(4)}, need) for j, need in enumerate((demand, 3.0, 2.0))),
        ],
        whole=whole,
        upper=dict.fromkeys(build, 12.0),
    )


PLANTS = [f"plant {i}" for i in range(4)]
ODDS = (0.3, 0.4, 0.3)


def test_plants_are_as_published() -> None:
    """LandS with sizes in fractions costs 381.8533."""
    together = joined({f"{d:g}": capacity(d) for d in (3.0, 5.0, 7.0)}, ODDS, PLANTS)
    assert least(together.matrix)[0] == pytest.approx(381.853333, abs=1e-4)


def test_plants_of_whole_sizes_are_those_of_all_counted() -> None:
    """Every plan of whole plants within the money, each with the least running cost of every demand by itself."""
    demands = (3.0, 5.0, 7.0)
    together = joined({f"{d:g}": capacity(d, PLANTS) for d in demands}, ODDS, PLANTS)
    cost, x = least(together.matrix)
    sizes = [
        np.array((a, b, c, d), dtype=float)
        for a in range(13)
        for b in range(13)
        for c in range(13)
        for d in range(13)
        if a + b + c + d >= 12 and 10 * a + 7 * b + 16 * c + 6 * d <= 120
    ]
    counted = min(_running(size, demands) + float(np.dot(size, (10, 7, 16, 6))) for size in sizes)
    assert cost == pytest.approx(counted, abs=1e-5)
    assert x[together.common] == pytest.approx(np.round(x[together.common]), abs=1e-6)


def _running(size: Floats, demands: Sequence[float]) -> float:
    """Return the expected least running cost: hours go to the cheapest plants first, the longest mode before others."""
    order = sorted(range(4), key=lambda i: (4.0, 4.5, 3.2, 5.5)[i])
    total = 0.0
    for probability, demand in zip(ODDS, demands, strict=True):
        left, cost = size.copy(), 0.0
        for hours, need in ((10.0, demand), (6.0, 3.0), (1.0, 2.0)):
            for i in order:
                used = min(left[i], need)
                left[i], need, cost = left[i] - used, need - used, cost + used * hours * (4.0, 4.5, 3.2, 5.5)[i]
            if need > 1e-9:
                return float("inf")
        total += probability * cost
    return total


def test_the_tail_is_as_published() -> None:
    """Of costs 10, 20, 30, 40 with equal odds the worst 40 % cost 36.25, in the measure and in the program."""
    costs = (10.0, 20.0, 30.0, 40.0)
    assert measure(costs, [0.25] * 4, risk=1, tail=0.4) == pytest.approx(36.25)
    programs = {f"{c:g}": program({"paid": 1.0}, [({"paid": 1.0}, c)]) for c in costs}
    assert least(joined(programs, [0.25] * 4, [], risk=1, tail=0.4).matrix)[0] == pytest.approx(36.25, abs=1e-6)
    mixed = 0.7 * 25 + 0.3 * 36.25
    assert least(joined(programs, [0.25] * 4, [], risk=0.3, tail=0.4).matrix)[0] == pytest.approx(mixed, abs=1e-6)


def _stock(need: float) -> Matrix:
    """Return what is bought before at 1, or after at 3, for a need; whole packs of 10 before."""
    return program(
        {"pack": 10.0, "after": 3.0}, [({"pack": 10.0, "after": 1.0}, need)], upper={"pack": 4}, whole=["pack"]
    )


@pytest.mark.parametrize(("risk", "tail"), [(0.0, 1.0), (0.5, 0.25), (1.0, 0.1)])
def test_insurance_is_that_of_all_plans_counted(risk: float, tail: float) -> None:
    """Packs of 10 for a need of 5 or 25: each number of packs is weighed by hand, whatever the weight of the tail."""
    together = joined({"low": _stock(5), "high": _stock(25)}, (0.8, 0.2), ["pack"], risk=risk, tail=tail)
    by_hand = [
        measure([10 * n + 3 * max(0, need - 10 * n) for need in (5, 25)], (0.8, 0.2), risk=risk, tail=tail)
        for n in range(5)
    ]
    assert least(together.matrix)[0] == pytest.approx(min(by_hand), abs=1e-6)
    if not risk:
        found = best(together.matrix)
        assert found is not None and found[0] == pytest.approx(min(by_hand), abs=1e-6)


def test_what_one_scenario_does_not_know_is_not_decided_for_all() -> None:
    """A start that a scenario lacks is not taken and told; a flow that it lacks stays with those that have it."""
    with_both = program({"start": 1.0, "flow": 1.0, "lost": 9.0}, [({"start": 5.0, "flow": 1.0, "lost": 1.0}, 4)])
    without = program({"lost": 9.0}, [({"lost": 1.0}, 4)])
    names = {(name, (name, 0)) for name in ("start", "flow")}
    together = join({"a": Part(with_both, 0.5, names), "b": Part(without, 0.5, names)}, once=("start",))
    assert together.closed == (("start", ("start", 0)),)
    assert least(together.matrix)[0] == pytest.approx(0.5 * 4 + 0.5 * 36)


def test_decisions_that_scenarios_bound_apart_are_impossible() -> None:
    """One must have at least 2 of what the other may have at most 1: the decision is named."""
    free = program({"start": 1.0}, [({"start": 1.0}, 0)])
    low, high = replace(free, upper=np.array([1.0])), replace(free, lower=np.array([2.0]))
    with pytest.raises(ImpossibleError, match="start") as error:
        joined({"a": low, "b": high}, (0.5, 0.5), ["start"])
    assert len(error.value.conflict) == 1
