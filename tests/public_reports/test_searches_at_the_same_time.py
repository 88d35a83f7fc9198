"""A server plans several things at once in threads of one process; results differ from call to call, or a run hangs.

Source: ERGO-Code/HiGHS#1838.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


def objectives(threads: int | None) -> list[float]:
    """Return the values of the objectives of the shop with a plant."""
    plan = solve(shop_with_plant({"periods": "6x1"}, plant={}), threads=threads)
    assert plan.verified
    return [float(value) for value in plan.objectives.value]


def test_searches_do_not_meet() -> None:
    """Three at once, with one thread each or with all there are, find what one finds alone."""
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(objectives, [1, None, 1]))
    assert found == [objectives(None)] * 3
