"""The rules across rows and tables: all findings at once, errors and warnings."""

from __future__ import annotations

from collections.abc import Collection

from optimizer.errors import Finding
from optimizer.scenario.scenario import Scenario


def check(scenario: Scenario, *, broken: Collection[str] = ()) -> list[Finding]:
    """Return everything wrong or odd across the rows of a scenario; never raises."""
    return []
