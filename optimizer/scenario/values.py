"""How single values are read: months, numbers, yes and no, lists. Shared by cells and DataFrames."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T]00:00(?::00)?)?")


def is_empty(value: Any) -> bool:
    """Tell whether a cell counts as empty: None, NaN, NaT, an empty list, or blank text."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (tuple, list)):
        return not value
    return bool(value != value)  # NaN and NaT are the values that differ from themselves


def parse_text(value: Any) -> str:
    """Return text; whole numbers are accepted as names, other types are not."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not text")
    return str(int(value)) if float(value).is_integer() else str(value)


def parse_number(value: Any) -> float | int:
    """Return a finite number; text such as ``1,000`` or ``50 %`` is refused with advice."""
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()  # numpy scalars from DataFrames
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number; type digits only")
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def parse_month(value: Any) -> dt.date:
    """Return the first of a month from a date, a timestamp, or text like ``2023-02``."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str):
        match = _MONTH.fullmatch(value.strip())
        if not match:
            raise ValueError(f"{value!r} is not a month; write it like 2023-02")
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        try:
            value = dt.date(year, month, day)
        except ValueError:
            raise ValueError(f"{value!r} is not a month; write it like 2023-02") from None
    if not isinstance(value, dt.date):
        raise ValueError(f"{value!r} is not a month; write it like 2023-02")
    if value.day != 1:
        raise ValueError(f"{value.isoformat()} is not the first of a month; write it like {value:%Y-%m}")
    return dt.date(value.year, value.month, 1)


def parse_yes_no(value: Any) -> bool:
    """Return True for yes and False for no."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("yes", "no"):
        return value.strip().lower() == "yes"
    raise ValueError(f"{value!r} is neither yes nor no")


def parse_list(value: Any) -> tuple[str, ...]:
    """Return the entries of a list; inside a cell they are separated by semicolons."""
    if isinstance(value, (tuple, list)):
        return tuple(parse_text(entry) for entry in value)
    return tuple(entry.strip() for entry in parse_text(value).split(";") if entry.strip())
