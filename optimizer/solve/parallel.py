"""The same question asked of several engines at once, each on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from optimizer.solve.highs import Engine

Given = TypeVar("Given")
Answer = TypeVar("Answer")


def side_by_side(
    engines: Sequence[Engine], solve: Callable[[Engine, Given], Answer], given: Sequence[Given]
) -> list[Answer]:
    """Solve what is given on as many threads as there are engines, in turn; answers in the order given."""
    found: list[Answer] = []
    for begin in range(0, len(given), len(engines)):
        batch = given[begin : begin + len(engines)]
        if len(batch) == 1:
            found.append(solve(engines[0], batch[0]))
        else:
            with ThreadPoolExecutor(len(batch)) as threads:
                found += threads.map(solve, engines, batch)
    return found


def beside(aside: Callable[[], None], here: Callable[[], None]) -> None:
    """Do one thing in a thread of its own, another one here meanwhile; what fails in either is raised once both end."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(aside)
        here()
    running.result()
