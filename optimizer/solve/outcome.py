"""What comes of a run of HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.solve.arrays import Floats


@dataclass(frozen=True)
class Outcome:
    """Answer of one run.

    Attributes
    ----------
    status
        ``optimal`` (within the gap asked for), ``infeasible``, ``unbounded``, ``time limit``,
        ``interrupted``, ``node limit``, ...
    x
        Best solution in the user's units, or None.
    value, bound
        Of the objective in the user's units; bound is -inf when nothing is proven.
    basis
        From which to go on when more is decided, where it was kept; None: without one.
    prices
        Of a relaxation without a basis: rise of the value per unit of each row's right side, a little off.
    """

    status: str
    x: Floats | None
    value: float
    bound: float
    basis: Any = None
    prices: Floats | None = None
