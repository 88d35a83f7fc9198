"""Scenarios drawn from ranges, and few that stand for many.

Values of one correlation group share a normal variable: each is its correlation times that one, and the rest its own
(a Gaussian copula with one factor); its distribution is met at the quantile that comes out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from optimizer.errors import Finding, InputError, refuse
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Change, Uncertain
from optimizer.scenario.variants import drawn_as, holds_whole, variant

Floats = NDArray[np.float64]

MOST_DRAWS = 2_000
"""Draws that can be compared with each other."""
DIGITS = 5
"""Digits that are drawn of what is between low and high."""


@dataclass(frozen=True)
class Sample:
    """Scenarios drawn from the ranges of a workbook.

    Attributes
    ----------
    scenario
        The workbook with them in its Scenarios sheet, instead of those that were there; their probabilities add up
        to 1, so that nothing is left for the workbook as it is.
    draws
        One row for each: scenario, probability, and the number drawn for each row of Uncertain.
    distance
        How far those that are kept are from all draws, as a share of how far the one that is nearest to all is: 0 where
        all are kept.
    """

    scenario: Scenario
    draws: pd.DataFrame
    distance: float


def sample(scenario: Scenario, *, n: int = 200, seed: int = 0, keep: int | None = None) -> Sample:
    """Draw scenarios from the Uncertain sheet, and keep all of them, or a few with the probabilities of all.

    Parameters
    ----------
    scenario
        With ranges in its Uncertain sheet.
    n, seed
        How many are drawn, and what the draws hang on: the same seed draws the same.
    keep
        How many are kept; None: all of them, each as likely as another.

    Returns
    -------
    Sample

    Raises
    ------
    InputError
        When there are no ranges, numbers are out of bounds, or a scenario that is kept breaks a rule; it lists all.
    """
    refuse_draws(scenario, n, keep)
    values = drawn(scenario, n, seed)
    chosen, probability, distance = reduced(values, n if keep is None else min(keep, n))
    names = [f"draw {k + 1}" for k in chosen]
    rows: list[Change] = []
    wrong: list[Finding] = []
    for name, numbers, share in zip(names, values[chosen], probability.tolist(), strict=True):
        try:
            rows += one_draw(scenario, name, numbers, share).rows(Change)
        except InputError as error:
            wrong += error.findings
    refuse(wrong)
    columns = [f"{row.changed_sheet}: {row.changed_key}: {row.changed_column}" for row in scenario.rows(Uncertain)]
    table = pd.DataFrame(values[chosen], columns=columns)
    table.insert(0, "probability", probability)
    table.insert(0, "scenario", names)
    return Sample(_with(scenario, rows), table, distance)


def drawn(scenario: Scenario, n: int, seed: int, *, fresh: bool = False) -> Floats:
    """Return numbers drawn for each row of Uncertain: (draws, rows); fresh ones are never those of another sample."""
    random = np.random.default_rng([seed, int(fresh)])
    rows = scenario.rows(Uncertain)
    groups = list(dict.fromkeys(row.group for row in rows if row.group is not None))
    shared, own = random.standard_normal((n, len(groups))), random.standard_normal((n, len(rows)))
    found = np.empty((n, len(rows)))
    for k, row in enumerate(rows):
        normal = own[:, k]
        if row.group is not None:
            part = row.correlation
            normal = part * shared[:, groups.index(row.group)] + math.sqrt(1 - part**2) * normal
        found[:, k] = _at(row, ndtr(normal))
    return found


def one_draw(scenario: Scenario, name: str, numbers: Floats, probability: float | None = None) -> Scenario:
    """Return the scenario with one draw in its Scenarios sheet, instead of what was there.

    Raises
    ------
    InputError
        When what is drawn breaks a rule; its findings tell the numbers.
    """
    ranges = scenario.rows(Uncertain)
    rows = [drawn_as(row, name, value) for row, value in zip(ranges, numbers.tolist(), strict=True)]
    found = _with(scenario, [row.model_copy(update={"probability": probability}) for row in rows])
    try:
        variant(found, name)
    except InputError as error:
        words = ", ".join(f"{row.changed_key} {row.changed_column} {row.value:g}" for row in rows)
        told = [Finding(f.sheet, f.cell, f"in `{name}` ({words}): {f.message}", f.severity) for f in error.findings]
        raise InputError(told) from error
    return found


def reduced(values: Floats, keep: int) -> tuple[list[int], Floats, float]:
    """Return the draws that stand for all, in their order, their probabilities, and how far they are from all.

    Fast forward selection: one after the other, that draw is kept with which the kept ones are nearest to all
    (Kantorovich distance, of draws measured in standard deviations); each other one gives its probability to the kept
    one it is nearest to.
    Sources: Dupacova, Groewe-Kuska, Roemisch, "Scenario reduction in stochastic programming" (2003); Heitsch, Roemisch,
    "Scenario reduction algorithms in stochastic programming" (2003), algorithm 2.4.
    """
    count = len(values)
    if keep >= count:
        return list(range(count)), np.full(count, 1 / count), 0.0
    spread = values.std(axis=0)
    scaled = values / np.where(spread > 0, spread, 1.0)
    squares = (scaled**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * scaled @ scaled.T, 0.0))
    np.fill_diagonal(apart, 0.0)
    nearest, far = np.full(count, np.inf), [0.0] * keep
    chosen: list[int] = []
    for k in range(keep):
        left = np.minimum(apart, nearest[:, None]).mean(axis=0)
        left[chosen] = np.inf
        chosen.append(int(left.argmin()))
        far[k] = float(left[chosen[-1]])
        nearest = np.minimum(nearest, apart[:, chosen[-1]])
    chosen.sort()
    stands = apart[:, chosen].argmin(axis=1)
    return chosen, np.bincount(stands, minlength=keep) / count, far[-1] / far[0] if far[0] else 0.0


# -- inside ----------------------------------------------------------------------------------------
def _at(row: Uncertain, quantile: Floats) -> Floats:
    """Return the quantiles of a range; of whole numbers each has its share."""
    low, high = row.low, row.high
    if row.distribution == "event":
        return np.where(quantile > 1 - (row.probability or 0.0), high, low)
    if low == high:
        return np.full(len(quantile), low)
    held = bool(holds_whole(row))
    least, most = (low - 0.5, high + 0.5) if held else (low, high)
    if row.distribution == "uniform":
        found = least + quantile * (most - least)
    else:
        mode = row.mode if row.mode is not None else (low + high) / 2
        turn = (mode - least) / (most - least)
        rising = least + np.sqrt(quantile * (most - least) * (mode - least))
        falling = most - np.sqrt((1 - quantile) * (most - least) * (most - mode))
        found = np.where(quantile < turn, rising, falling)
    decimals = 0 if held else DIGITS - 1 - math.floor(math.log10(high - low))
    return np.clip(np.round(found, decimals), low, high) + 0.0  # no -0


def _with(scenario: Scenario, rows: Sequence[Change]) -> Scenario:
    """Return the scenario with other what-ifs, which are judged one by one elsewhere."""
    origins = {name: origin for name, origin in scenario.origins.items() if name != Change.table}
    return Scenario(scenario.settings, {**scenario.tables, Change.table: tuple(rows)}, origins)


def refuse_draws(scenario: Scenario, n: int, keep: int | None = None) -> None:
    """Refuse a scenario without ranges, and numbers of draws that are none.

    Raises
    ------
    InputError
    """
    wrong = []
    if not scenario.rows(Uncertain):
        words = "there are no ranges; write in the sheet which values are uncertain, from low to high"
        wrong.append(Finding(Uncertain.sheet, "", words))
    if not 1 <= n <= MOST_DRAWS:
        wrong.append(Finding("n", "", f"{n} draws are out of bounds; choose 1 to {MOST_DRAWS:,}"))
    if keep is not None and keep < 1:
        wrong.append(Finding("keep", "", f"{keep} scenarios are none; keep 1 or more"))
    refuse(wrong)
