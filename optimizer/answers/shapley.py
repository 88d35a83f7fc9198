"""The Shapley share of each player in what a set of players gains, where the value of some sets is known in part.

Sets are whole numbers, bit i for player i. The value falls, or stays, when a player joins: so a set has no less than
any that it is part of, and no more than any that is part of it, and a set that was never looked at has limits as well.
L. S. Shapley, A value for n-person games, 1953.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

from optimizer.answers.bracket import Bracket, total


def limits(players: int, known: Mapping[int, Bracket]) -> list[Bracket]:
    """Return the limits of every set, from those that are known; the empty set and the whole must be."""
    whole = (1 << players) - 1
    least = [known[whole].least] * (whole + 1)
    most = [known[0].most] * (whole + 1)
    for subset, found in known.items():
        least[subset], most[subset] = max(least[subset], found.least), min(most[subset], found.most)
    for player in range(players):  # from subsets up, from supersets down, one player after the other
        bit = 1 << player
        for subset in range(whole + 1):
            if subset & bit:
                most[subset] = min(most[subset], most[subset ^ bit])
                least[subset ^ bit] = max(least[subset ^ bit], least[subset])
    size = known[0].size
    return [Bracket(min(low, high), max(low, high), size) for low, high in zip(least, most, strict=True)]


def weight(players: int, player: int, subset: int) -> float:
    """Return by how much the share of a player rises with the value of a set: those without it raise it."""
    count, bit = subset.bit_count(), 1 << player
    if subset & bit:
        return -factorial(count - 1) * factorial(players - count) / factorial(players)
    return factorial(count) * factorial(players - count - 1) / factorial(players)


def shares(players: int, values: Sequence[float]) -> list[float]:
    """Return the share of each player in values[0] - values[all]."""
    return [
        sum(weight(players, player, subset) * value for subset, value in enumerate(values)) for player in range(players)
    ]


def share_limits(players: int, values: Sequence[Bracket]) -> list[Bracket]:
    """Return the limits of each share; none is below 0, or above the whole gain."""
    gain = max(0.0, (values[0] - values[-1]).most)
    return [
        total(value.times(weight(players, player, subset)) for subset, value in enumerate(values)).within(0.0, gain)
        for player in range(players)
    ]


def widest(players: int, values: Sequence[Bracket], among: Sequence[int]) -> list[int]:
    """Return sets in the order in which to know them would narrow the shares most."""
    largest = [max(abs(weight(players, player, subset)) for player in range(players)) for subset in among]
    widths = {subset: values[subset].width * w for subset, w in zip(among, largest, strict=True)}
    return sorted(among, key=lambda subset: (-widths[subset], subset))
