"""What the plan says of itself: what was given back, how far it is proven, how the search went."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from optimizer.plan.plan import STATUSES, Check
from optimizer.verify.book import Book, Frame
from optimizer.verify.objectives import AGREES, whole
from optimizer.verify.tally import TOLERANCE, FloatArray, MalformedError, Tally, beside, number

COUNTS = ("rows", "columns", "integers", "nonzeros")
"""Sizes of the model that a plan may tell."""


def given_back_stays_within_slack(book: Book) -> Check:
    """Check value - value when found <= slack x what slack is a share of, for every objective.

    That is the value when found; of the shortfall no more than without levers - value when found.
    Months until targets are kept give nothing back; the last objective no more than the gap asked for, to a plan
    that is tidier. No value is below the value when found, unless an objective before it gave something back.
    """
    tally, frame = Tally("given_back_stays_within_slack", "objectives"), book.frame("objectives")
    settings, last, given = book.facts.settings, len(frame["objective"]) - 1, False
    for row, name in enumerate(frame["objective"]):
        value, found, base = (float(frame[column][row]) for column in ("value", "found", "without_levers"))
        slack = min(settings.slack, settings.gap) if row == last else settings.slack
        share = 0.0 if name == "speed" else abs(found)
        if name == "shortfall" and not math.isnan(base):
            share = min(share, max(0.0, base - found))
        size = float(beside(max(abs(value), abs(found)), whole(book, name)))
        most = slack * share + AGREES * max(1.0, abs(found))
        text = f"{name} is {number(value)} where {number(found)} was found, and the slack allows {number(most)} more"
        tally.row(math.inf if math.isnan(found) else value - found - most, text, size)
        if not given:
            tally.row(found - value, f"{name} was found at {number(found)}, above its value {number(value)}", size)
        given |= value > found
    return tally.check()


def verdict_follows_from_the_objectives(book: Book) -> Check:
    """Check status, gap, stages and sizes of the run against the objectives and each other.

    Gap = the largest of the objectives, of what is delivered. The status speaks of the searches, so of the
    gaps when found. Optimal: no gap; gap reached: none above the setting; time limit: one is. The stages
    of an objective come to the value when found (or below it, while later objectives were prepared) but
    not below its bound, and the best of their bounds is the proven one.
    Sizes are whole and seconds not below 0.
    """
    tally, plan, frame = Tally("verdict_follows_from_the_objectives", "run"), book.plan, book.frame("objectives")
    gaps = np.where(np.isfinite(frame["gap"]), frame["gap"], np.inf)
    largest, asked = float(gaps.max(initial=0.0)), book.facts.settings.gap
    searched = [_searched(frame, row) for row in range(len(frame["objective"]))]
    widest = max((gap for gap, _ in searched), default=0.0)
    text = f"the gap of the plan is stated as {plan.gap:g}, the largest of its objectives is {largest:g}"
    tally.must(plan.gap == largest or abs(plan.gap - largest) <= 1e-12, text)
    rightly = {
        "optimal": all(closed for _, closed in searched),
        "gap reached": all(closed or gap <= asked + 1e-9 for gap, closed in searched),
        "time limit": widest > asked + 1e-9,
        "interrupted": True,
    }
    tally.must(
        plan.status in STATUSES and rightly[plan.status],
        f"the status is `{plan.status}` where the largest gap of a search is {widest:g} and {asked:g} was asked for",
    )
    if len(plan.stages):
        strange = sorted(set(plan.stages["objective"].astype(str)) - set(frame["objective"]))
        tally.must(not strange, f"the stages name the objective {strange[:1]}")
        for row, name in enumerate(frame["objective"]):
            _stages(book, tally, row, str(name))
    odd = [f"{count} {name}" for name, count in plan.size.items() if name not in COUNTS or count < 0 or count % 1]
    tally.must(not odd, f"the model has {', '.join(odd)}")
    tally.must(plan.size.get("integers", 0) <= plan.size.get("columns", math.inf), "integers are columns, too")
    odd = [f"{name} took {seconds:g}" for name, seconds in plan.seconds.items() if not 0 <= seconds < math.inf]
    tally.must(not odd, f"{', '.join(odd)} seconds")
    wait = plan.wait_without_levers
    tally.must(wait is None or (math.isfinite(wait) and wait >= 0), f"an order waits {wait} months without levers")
    return tally.check()


def _searched(frame: Frame, row: int) -> tuple[float, bool]:
    """Return the gap of the search for an objective, and whether it is none: of the value when found.

    Infinite where nothing is proven.
    """
    found, bound = (float(frame[column][row]) for column in ("found", "bound"))
    if not math.isfinite(found - bound):
        return math.inf, False
    difference = max(0.0, found - bound)
    return difference / max(abs(found), TOLERANCE), difference <= AGREES * max(1.0, abs(found))


def _stages(book: Book, tally: Tally, row: int, name: str) -> None:
    stages, frame = book.plan.stages, book.frame("objectives")
    mine = (stages["objective"] == name).to_numpy()
    value, found, bound = (float(frame[column][row]) for column in ("value", "found", "bound"))
    values, bounds, seconds = (_numbers(stages, column)[mine] for column in ("value", "bound", "seconds"))
    size = float(beside(abs(found), whole(book, name)))
    if np.isfinite(values).any():
        best = float(np.nanmin(values))
        text = f"the stages of {name} come to {number(best)}, the value when found is {number(found)}"
        tally.row(min(best, value) - found - AGREES * abs(found), text, size)
        text = f"the stages of {name} come to {number(best)}, below the bound {number(bound)}"
        tally.row(-math.inf if math.isnan(bound) else bound - best - AGREES * abs(bound), text, size)
    if np.isfinite(bounds).any():
        best = float(np.nanmax(bounds))
        text = f"the stages of {name} prove {number(best)}, the bound is {number(bound)}"
        tally.row(abs(best - bound) - AGREES * abs(bound), text, size)
    tally.must(bool((seconds >= 0).all()), f"a stage of {name} took less than no time")


def _numbers(stages: pd.DataFrame, column: str) -> FloatArray:
    """Return a column of the stages; empty cells are NaN."""
    if column not in stages:
        raise MalformedError("run", f"the stages lack the column {column}")
    found = pd.to_numeric(stages[column], errors="coerce").to_numpy(dtype=float)
    if (np.isnan(found) & stages[column].notna().to_numpy()).any():
        raise MalformedError("run", f"the stages have something that is no number in the column {column}")
    return np.asarray(found, dtype=float)
