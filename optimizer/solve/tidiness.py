"""What is tidied in a plan, in columns: flows that should not fall, changes, and what should be as small as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats

Columns = NDArray[np.int64]
HUNDREDTH = 0.01
"""Nobody buys so small a part of what is sold or used in a month."""
NOISE = 1e-6
"""Share of that below which nothing is bought."""


@dataclass(frozen=True)
class Flow:
    """A final item: by period, the columns that make it, and those of what is missed of it."""

    made: tuple[Columns, ...]
    missed: tuple[Columns, ...]


@dataclass(frozen=True)
class Bought:
    """An item that is bought: its purchases, each with the most that is sold and the months; and what takes of it."""

    columns: Columns
    most: Floats
    months: Floats
    taken: tuple[Columns, Floats]

    def little(self, x: Floats, months: float) -> dict[int, float]:
        """Return purchases under a hundredth of what is sold in a period or taken in the mean -> that hundredth."""
        columns, units = self.taken
        hundredth = HUNDREDTH * np.maximum(self.most, self.months * float(units @ x[columns]) / months)
        little = (x[self.columns] > NOISE * hundredth) & (x[self.columns] < hundredth * (1 - NOISE))
        return dict(zip(self.columns[little].tolist(), hundredth[little].tolist(), strict=True))


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
    bought: tuple[Bought, ...]

    def little(self, x: Floats) -> dict[int, float]:
        """Return the columns of purchases that are next to nothing -> from how much on they would not be."""
        months = float(self.months.sum())
        return {column: least for item in self.bought for column, least in item.little(x, months).items()}

    def not_bought(self, x: Floats) -> Columns:
        """Return the columns of purchases that are not made."""
        return np.concatenate([item.columns[x[item.columns] <= 0] for item in self.bought])


def tidiness(steady: Any, position: Mapping[tuple[str, Any], int]) -> Tidiness:
    """Turn names into columns; what is no column is left out."""

    def columns(names: Sequence[tuple[str, Any]]) -> Columns:
        return np.array([position[name] for name in names if name in position], dtype=np.int64)

    def weighed(names: Mapping[tuple[str, Any], float]) -> tuple[Columns, Floats]:
        kept = [name for name in names if name in position]
        return columns(kept), np.array([names[name] for name in kept])

    def bought(item: str) -> Bought:
        buys = {name: most for name, most in steady.bought[item].items() if name in position}
        lengths = [steady.months[key[-1]] for _, key in buys]
        return Bought(
            columns(list(buys)), np.array(list(buys.values())), np.array(lengths), weighed(steady.taken[item])
        )

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
        bought=tuple(bought(item) for item in steady.bought if item in steady.taken),
    )
