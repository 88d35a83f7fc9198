"""All measures of a plan, by name."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.plan.plan import Plan
from tests.quality import buying, crews, idle, output, payers, waits
from tests.quality.found import Measured
from tests.quality.series import Series

MEASURES: dict[str, Callable[[Series], Measured]] = {
    "fall from month to month": output.from_month_to_month,
    "fall against the three months before": output.against_three_months,
    "fall at the end": output.at_the_end,
    "releases in the last year": output.releases,
    "crews before their line opens": crews.before_opening,
    "single weekends": crews.single_weekends,
    "crews at the minimum stay": crews.shortest_stays,
    "small purchases": buying.small_purchases,
    "waits against promises": waits.waits,
    "others pay while own money is left": payers.payers,
    "builds without use": idle.builds_without_use,
    "crews without use": idle.crews_without_use,
    "weekends without use": idle.weekends_without_use,
}


def measure(plan: Plan) -> dict[str, Measured]:
    """Measure a plan by the laws of a plan that a group would carry out."""
    series = Series(plan)
    return {name: measured(series) for name, measured in MEASURES.items()}
