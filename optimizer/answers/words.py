"""Figures of answers in words: brackets, months, amounts."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from optimizer.answers.bracket import NOT_TOLD, TOLERANCE, Bracket
from optimizer.plan.verdict import short


def amount_words(value: float, unit: str, *, signed: bool = False) -> str:
    """Return an amount with its unit; large ones with about three digits, what the solver's tolerance leaves as 0."""
    if not math.isfinite(value):
        return "unknown"
    if abs(value) < TOLERANCE:
        value = 0.0
    plus = "+" if signed and value > 0 else ""
    figure = f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}" if abs(value) < 1e6 else short(value)
    return f"{plus}{figure} {unit}".strip()


def bracket_words(bracket: Bracket, unit: str, *, signed: bool = False) -> str:
    """Return a bracket in words: one figure where both ends look alike."""
    if not math.isfinite(bracket.least) and not math.isfinite(bracket.most):
        return "unknown"
    low, high = (amount_words(value, "", signed=signed) for value in (bracket.least, bracket.most))
    if low == high:
        return f"{low} {unit}".strip()
    if low == "unknown":
        return f"at most {high} {unit}".strip()
    if high == "unknown":
        return f"at least {low} {unit}".strip()
    return f"{low} to {high} {unit}".strip()


def difference_words(bracket: Bracket, unit: str) -> str:
    """Return a difference in words, or that it is none that can be told."""
    return bracket_words(bracket, unit, signed=True) if bracket.sign else NOT_TOLD


def month_words(value: Any) -> str:
    """Return a month as the workbook writes it; `never` where there is none."""
    return f"{value:%Y-%m}" if isinstance(value, dt.date) and value == value else "never"
