"""Numbers as people write them: by country with a comma or with a point before the decimals, in per cent, in groups."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_GROUPED = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
"""What stands between groups of three digits beside commas and points."""
_NUMERAL = re.compile(r"([-+]?)([0-9.,]*[0-9][0-9.,]*)([eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True)
class Ambiguous:
    """A numeral with two readings: its only mark may stand before thousands, or before decimals."""

    thousands: int
    decimals: float

    def told(self, written: str) -> str:
        """Return both readings of what is written, and how to write either."""
        words = f"{written} is {self.thousands} or {self.decimals:.10g}, by the country of its writer"
        return f"{words}; write {self.thousands} or {self.decimals:.4f}"


def read_numeral(text: str, *, point: bool) -> int | float | Ambiguous | None:
    """Return the number that a text stands for; None where it is no number.

    Parameters
    ----------
    text
        Such as ``1500``, ``1,5``, ``1.234,5`` or ``1.234.567``.
    point
        Whether a point is sure to stand before decimals, so that ``1.700`` has one reading.
    """
    match = _NUMERAL.fullmatch(text.strip())
    if not match or len(match[2]) > 300:
        return None
    sign, body, exponent = match[1], match[2], match[3] or ""
    marks = "".join(re.findall("[.,]", body))
    if not marks:
        return _number(sign, body, "", exponent)
    whole, _, decimals = body.rpartition(marks[-1])
    if len(marks) == 1:
        grouped = re.fullmatch("[1-9][0-9]{0,2}", whole) and len(decimals) == 3 and not exponent
        number = _number(sign, whole, decimals, exponent)
        if not grouped or (point and marks == ".") or number is None:
            return number
        return Ambiguous(int(f"{sign}{whole}{decimals}"), float(number))
    if marks[-1] in marks[:-1]:  # the last mark is none of decimals
        whole, decimals = body, ""
    if len(set(marks)) > 1 and marks[-1] in marks[:-1]:
        return None
    mark = marks[0]
    if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+", whole):
        return None
    return _number(sign, whole.replace(mark, ""), decimals, exponent)


def read_percentage(text: str, *, point: bool) -> float | Ambiguous | None:
    """Return the share that a text such as ``50%`` or ``12,5 %`` stands for; None where it is no percentage."""
    if not text.rstrip().endswith("%"):
        return None
    number = read_numeral(text.strip()[:-1], point=point)
    return number if number is None or isinstance(number, Ambiguous) else number / 100


def how_to_write(text: str) -> str:
    """Return how to mend a text that is no number: what to write, where it can only stand for one."""
    bare = _GROUPED.sub("", text.strip())
    number = read_percentage(bare, point=False)
    if number is None:
        number = read_numeral(bare, point=False)
    if isinstance(number, Ambiguous):
        return number.told(repr(text))
    if number is None:
        return f"{text!r} is not a number; type digits only"
    return f"{text!r} is not a number but text; write {number:.15g}"


def has_decimal_comma(text: str) -> bool:
    """Tell whether a text is a number with a comma before decimals, beyond doubt."""
    number = read_numeral(text, point=True)
    return isinstance(number, float) and "," in text and text.rfind(",") > text.rfind(".")


def _number(sign: str, whole: str, decimals: str, exponent: str) -> int | float | None:
    """Return a whole number where only digits are written; None where it is too large for any."""
    if not decimals and not exponent:
        return int(f"{sign}{whole or 0}")
    number = float(f"{sign}{whole or 0}.{decimals or 0}{exponent}")
    return number if math.isfinite(number) else None
