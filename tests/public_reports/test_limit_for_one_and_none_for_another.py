"""One unit has a limit, another has none; the empty cell of the other was taken for a limit of zero.

A can staff one crew, B as many as it likes; B's second crew must join.

Source: PyPSA/PyPSA#1493.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer import solve
from tests.public_reports.shop import shop


def test_an_empty_limit_is_no_limit() -> None:
    """A makes 100 a month with its one crew, B 200 with two, though its limit stands as NaN beside A's."""
    scenario = shop(
        {"periods": "1x1", "review_months": 1},
        members=pd.DataFrame(
            {
                "member": ["A", "B", "R"],
                "kind": ["member", "member", "recipient"],
                "people_available": [10, np.nan, np.nan],
            }
        ),
        sites=[{"site": f"works {member}", "member": member} for member in "AB"],
        lines=[{"line": member, "site": f"works {member}", "ladder": "two", "people_per_crew": 10} for member in "AB"],
        shift_ladders=[{"ladder": "two", "step": step, "pattern": f"{step}-8-5"} for step in (1, 2)],
        rates=[{"line": line, "item": "shell", "rate": 100} for line in "AB"],
        needs=[{"recipient": "R", "item": "shell", "per_month": 400}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.shifts.set_index("line").shifts.to_dict() == {"A": 1, "B": 2}
