"""Two things at once: both are done, and what fails in either is told once both have ended."""

from __future__ import annotations

import threading

import pytest

from optimizer.errors import SolverError
from optimizer.solve.parallel import beside


def test_both_are_done_at_once() -> None:
    """Each waits for the other: in turns neither would end."""
    meet, done = threading.Barrier(2, timeout=10), []

    def thing(name: str) -> None:
        meet.wait()
        done.append(name)

    beside(lambda: thing("aside"), lambda: thing("here"))
    assert sorted(done) == ["aside", "here"]


@pytest.mark.parametrize("failing", ["aside", "here"])
def test_what_fails_waits_for_the_other(failing: str) -> None:
    """The other one has ended when the error comes."""
    ended = []

    def thing(name: str) -> None:
        if name == failing:
            raise SolverError(f"{name} failed")
        ended.append(name)

    with pytest.raises(SolverError, match=failing):
        beside(lambda: thing("aside"), lambda: thing("here"))
    assert len(ended) == 1
