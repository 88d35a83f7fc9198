"""What is tidied in a plan, in columns: flows that should not fall, changes, and what should be as small as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats

Columns = NDArray[np.int64]


@dataclass(frozen=True)
class Flow:
    """A final item: by period, the columns that make it, and those of what is missed of it."""

    made: tuple[Columns, ...]
    missed: tuple[Columns, ...]


@dataclass(frozen=True)
class Tidiness:
    """What is tidied, in columns; `Steady` of the model says what each is.

    Attributes
    ----------
    months
        Length of each period.
    shares
        Columns of payments of one cost, with their shares.
    """

    months: Floats
    flows: tuple[Flow, ...]
    changes: Columns
    weekends: tuple[Columns, ...]
    small: Columns
    foreign: tuple[Columns, Floats]
    shares: tuple[tuple[Columns, Floats], ...]


def tidiness(steady: Any, position: Mapping[tuple[str, Any], int]) -> Tidiness:
    """Turn names into columns; what is no column is left out."""

    def columns(names: Sequence[tuple[str, Any]]) -> Columns:
        return np.array([position[name] for name in names if name in position], dtype=np.int64)

    def weighed(names: Mapping[tuple[str, Any], float]) -> tuple[Columns, Floats]:
        kept = [name for name in names if name in position]
        return columns(kept), np.array([names[name] for name in kept])

    flows = (
        Flow(tuple(columns(names) for names in made), tuple(columns(names) for names in steady.missed[item]))
        for item, made in steady.output.items()
    )
    return Tidiness(
        months=np.array(steady.months),
        flows=tuple(flows),
        changes=columns(steady.changes),
        weekends=tuple(columns(names) for names in steady.weekends),
        small=columns(steady.small),
        foreign=weighed(steady.foreign),
        shares=tuple(weighed(one) for one in steady.shares),
    )
