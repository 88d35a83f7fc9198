"""All measures of a plan."""

from __future__ import annotations

from optimizer.plan.plan import Plan
from tests.quality import output
from tests.quality.facts import Facts
from tests.quality.found import Measured
from tests.quality.series import Series


def measure(plan: Plan) -> list[Measured]:
    """Measure a plan by the laws of a plan that a group would carry out."""
    series = Series(plan)
    facts = Facts(series)
    return [*output.falls(series, facts), output.at_the_end(series, facts), output.releases(series)]
