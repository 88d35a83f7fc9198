"""A scenario being drawn: its tables, its dice, and what later steps look up of earlier ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import floor, log10
from random import Random
from typing import Any

Record = dict[str, Any]
START_YEAR, START_MONTH = 2023, 2


@dataclass
class Draft:
    """Tables as records, filled step by step.

    Attributes
    ----------
    dice
        Every random choice comes from here, so a seed gives one scenario.
    members
        How many members take part.
    months
        Length of the horizon, in single months.
    sizes
        Member -> its size; the mean is about 1.
    output
        Item -> what is made a month today.
    scale
        Item -> size of its lines against the typical rate of its stage, once stages are balanced.
    value
        Item -> what a unit costs all stages together, crews included, investment aside.
    """

    dice: Random
    members: int
    months: int
    tables: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, float] = field(default_factory=dict)
    output: dict[str, float] = field(default_factory=dict)
    scale: dict[str, float] = field(default_factory=dict)
    value: dict[str, float] = field(default_factory=dict)

    @property
    def pace(self) -> float:
        """Return how much quicker than in reality things are built: short horizons need short leads."""
        return min(1.0, self.months / 60)

    @property
    def years(self) -> range:
        """Return the calendar years of the horizon."""
        return range(START_YEAR, START_YEAR + (START_MONTH - 1 + self.months - 1) // 12 + 1)

    def add(self, table: str, **record: Any) -> Record:
        """Add a record to a table; values that are None are left to their defaults."""
        kept = {name: value for name, value in record.items() if value is not None}
        self.tables[table].append(kept)
        return kept

    def month(self, number: int) -> str:
        """Return a month of the horizon as year and month; negative ones lie before the start."""
        year, month = divmod(START_YEAR * 12 + START_MONTH - 1 + number, 12)
        return f"{year}-{month + 1:02}"

    def vary(self, middle: float, spread: float = 0.25) -> float:
        """Return a number around a middle, rounded."""
        return rounded(middle * self.dice.uniform(1 - spread, 1 + spread))

    def chance(self, share: float) -> bool:
        """Return True with a probability."""
        return self.dice.random() < share

    def member(self, power: float = 0.7) -> str:
        """Return a member, large ones more often."""
        return self.dice.choices(list(self.sizes), [size**power for size in self.sizes.values()])[0]


def rounded(number: float, digits: int = 3) -> float:
    """Return a number to a few significant digits, as people write them."""
    return round(number, digits - 1 - floor(log10(abs(number)))) if number else 0.0


def shared_out(total: int, names: list[str]) -> list[str]:
    """Return `total` names, each as often as any other, give or take one."""
    return [names[n % len(names)] for n in range(total)]
