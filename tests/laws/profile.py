"""How many scenarios the laws are tried on: always the same few, more behind the marker `slow`, or new ones when asked.

`pytest` draws few, `pytest -m slow` many, both the same on every run. `OPTIMIZER_EXAMPLES=300 pytest tests/laws` tries
every law on 300 scenarios drawn anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ASKED = int(os.environ.get("OPTIMIZER_EXAMPLES", "0"))
LONG = False
"""Whether the run asks for what is slow (`-m slow`); tests/conftest.py says so before a test is imported."""


def examples(few: int, many: int) -> Callable[[Any], Any]:
    """Return a decorator of a law: `few` scenarios, `many` in a run of slow tests, or as many as are asked for."""
    drawn = settings(
        max_examples=ASKED or (many if LONG else few),
        derandomize=not ASKED,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        print_blob=False,
    )
    return lambda law: pytest.mark.slow(drawn(law)) if LONG else drawn(law)


def at_length(test: Any) -> Any:
    """Return a test that draws inside itself and counts: in a run of slow tests it is one of them."""
    return pytest.mark.slow(test) if LONG else test


def lengths(few: int, many: int) -> list[Any]:
    """Return how much a test draws that goes through seeds itself: `few`, and `many` behind the marker `slow`."""
    return [few, pytest.param(many, marks=pytest.mark.slow)]


def seeds(few: range, many: range) -> range:
    """Return the seeds that tests `at_length` go through: `few`, or `many` in a run of slow tests."""
    return many if LONG else few


def chosen(members: Iterable[Any], often: Collection[Any]) -> list[Any]:
    """Return the members of a family that a test goes through: some always, the others behind the marker `slow`."""
    return [member if member in often else pytest.param(member, marks=pytest.mark.slow) for member in members]
