"""Nothing is bought by the litre: purchases that are next to nothing."""

from __future__ import annotations

import numpy as np

from optimizer.scenario.schema import Supplier
from tests.quality.found import BROKEN, Found, Measured
from tests.quality.series import Series

HUNDREDTH = 0.01


def small_purchases(series: Series) -> Measured:
    """Measure the purchases under a hundredth of what the supplier sells a month, or of what a month takes."""
    basis, found = series.basis, []
    limits = {(row.supplier, row.item): row.most_per_month for row in basis.scenario.rows(Supplier)}
    for (supplier, place, item), units in basis.sums("purchases", ("supplier", "place", "item"), "bought").items():
        monthly = units / basis.lengths
        limit, used = limits.get((supplier, item)), series.use(item)
        for t in np.flatnonzero(monthly > 1e-9).tolist():
            of_limit = limit is not None and monthly[t] < HUNDREDTH * limit
            if of_limit or monthly[t] < HUNDREDTH * used:
                when = series.months((basis.calendar.begins[t], basis.calendar.ends(t)))
                of = f"of {limit:,.0f} that are sold" if of_limit else f"of {used:,.0f} that are used"
                found.append(Found(supplier, when, f"{monthly[t]:,.4g} {item} a month for {place}", of, BROKEN))
    return Measured(str(len(found)), tuple(found))
