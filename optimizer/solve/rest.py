"""What is left when decisions are fixed, solved again: its answer is a plan, so that every row has to hold.

After presolve has merged parallel rows and columns, HiGHS may call values optimal that violate rows. Then they are
solved again without that rule of presolve.
"""

from __future__ import annotations

import numpy as np

from optimizer.solve.highs import PARALLEL_RULE, Engine
from optimizer.solve.outcome import Outcome

HELD = 1e-6
"""Largest violation of a scaled row in a finished plan."""


def settled(engine: Engine, seconds: float, violation: float = HELD) -> Outcome:
    """Solve what is left without a basis (measured: see CONTRIBUTING.md), once more where a row is violated by more.

    Each of the two may take so many seconds.
    """
    outcome = engine.relax(seconds=seconds)
    if outcome.x is None or engine.matrix.violation(outcome.x) <= violation:
        return outcome
    return _otherwise(engine, seconds)


def rest(engine: Engine, seconds: float = np.inf) -> Outcome:
    """Solve what is left when every integer is fixed, once more where that fails or a row is violated.

    Each of the two may take so many seconds.
    """
    outcome = settled(engine, seconds)
    return _otherwise(engine, seconds) if outcome.x is None else outcome


def _otherwise(engine: Engine, seconds: float) -> Outcome:
    engine.forget()
    return engine.run(seconds=seconds, presolve_rule_off=PARALLEL_RULE)
