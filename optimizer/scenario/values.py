"""How single values are read: months, numbers, yes and no, lists. Shared by cells and DataFrames."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T]00:00(?::00)?)?")
_NAMED = re.compile(r"([A-Za-z]{3})[- ](?:20)?(\d{2})")
_SERIAL_ZERO = dt.date(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets hold dates."""
_LAST_SERIAL = 2_958_466
"""Number of the first day that no spreadsheet knows: 10000-01-01."""
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def is_empty(value: Any) -> bool:
    """Tell whether a cell counts as empty: None, NaN, NaT, NA, or blank text.

    An empty list is a value: levers may be none at all.
    """
    if value is None or type(value).__name__ == "NAType":
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (tuple, list)):
        return False
    return bool(value != value)  # NaN and NaT are the values that differ from themselves


def shown(value: Any) -> str:
    """Return a value as a message shows it: text in quotes, dates as 2023-02-01."""
    return repr(value) if isinstance(value, str) else str(value)


def parse_text(value: Any) -> str:
    """Return text; whole numbers are accepted as names, other types are not.

    Text that no cell of a workbook can hold (control characters, more than 32,767 characters) is
    refused, so that every scenario can be written to a workbook and read back.
    """
    if hasattr(value, "item"):
        value = value.item()  # numpy scalars from DataFrames
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if _CONTROL.search(text):
            raise ValueError(f"{text!r} holds a control character; delete it")
        if len(text) > 32_767:
            raise ValueError(f"{text[:20]!r}... is longer than 32,767 characters; shorten it")
        return text
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{shown(value)} is not text; put an apostrophe before it, or retype it as text")
    return str(int(value)) if float(value).is_integer() else str(value)


def parse_number(value: Any) -> float | int:
    """Return a finite number; text such as ``1,000`` or ``50 %`` is refused with advice."""
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()  # numpy scalars from DataFrames
    if isinstance(value, Decimal):
        value = float(value)  # as databases return numbers
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", value):
        raise ValueError(f"{shown(value)} is a number stored as text; convert the cell to a number, or retype it")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{shown(value)} is not a number; type digits only")
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def parse_month(value: Any) -> dt.date:
    """Return the first of a month from a date, a timestamp, or text like ``2023-02`` or ``Feb-23``.

    The latter is what Excel makes of the former when it saves a CSV file.
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str) and (named := _NAMED.fullmatch(value.strip())) and named[1].lower() in _NAMES:
        value = dt.date(2000 + int(named[2]), 1 + _NAMES.index(named[1].lower()), 1)
    if isinstance(value, str):
        match = _MONTH.fullmatch(value.strip())
        if not match:
            raise ValueError(f"{value!r} is not a month; write it like 2023-02")
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        try:
            value = dt.date(year, month, day)
        except ValueError:
            raise ValueError(f"{value!r} is not a month; write it like 2023-02") from None
    if value == dt.time():
        raise ValueError("is 0 shown as a date, as a formula gives that refers to an empty cell; write it like 2023-02")
    if isinstance(value, (int, float)) and 2200 <= value < _LAST_SERIAL:
        date = _SERIAL_ZERO + dt.timedelta(days=int(value))
        raise ValueError(f"{value} is the number of a date; format it as a date, or write it like {date:%Y-%m}")
    if not isinstance(value, dt.date):
        raise ValueError(f"{shown(value)} is not a month; write it like 2023-02")
    if value.year < 1900:
        raise ValueError(f"{value.isoformat()} lies before 1900; a workbook holds no such dates")
    serial = (value - _SERIAL_ZERO).days
    if value.day != 1 and 1900 < serial < 2200:  # a year, typed where a program shows numbers as dates
        raise ValueError(f"{serial} is a year, not a month; write it like {serial}-01")
    if value.day != 1:
        raise ValueError(f"{value.isoformat()} is not the first of a month; write it like {value:%Y-%m}")
    return dt.date(value.year, value.month, 1)


def parse_yes_no(value: Any) -> bool:
    """Return True for yes and False for no, also as spreadsheets write them into text files: TRUE, FALSE."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return bool(value)
    if isinstance(value, str) and (word := value.strip().lower()) in ("yes", "no", "true", "false"):
        return word in ("yes", "true")
    raise ValueError(f"{shown(value)} is neither yes nor no")


def parse_list(value: Any) -> tuple[str, ...]:
    """Return the entries of a list; inside a cell they are separated by semicolons, and must fit into it."""
    if isinstance(value, (tuple, list)):
        entries = tuple(parse_text(entry) for entry in value)
        parse_text("; ".join(entries))
        return entries
    return tuple(entry.strip() for entry in parse_text(value).split(";") if entry.strip())


def parse_words(value: Any, words: tuple[str, ...], *, empty: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list of fixed words: ``all`` stands for every word, ``none`` for none.

    An empty list means `empty`; ``none`` is understood only where an empty list is one. Words are
    spelled as in the fixed list whatever their case; unknown ones are kept for the checks.
    """
    entries = parse_list(value)
    folded = [entry.casefold() for entry in entries]
    if folded == ["all"]:
        return words
    if folded == ["none"] and not empty:
        return ()
    spelled = {word.casefold(): word for word in words}
    return tuple(spelled.get(fold, entry) for fold, entry in zip(folded, entries, strict=True)) or empty


def parse_any(value: Any) -> Any:
    """Return a value of any kind as a cell holds it: text, a number, or a date; yes and no are text."""
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()
    if isinstance(value, (tuple, list)):
        return "; ".join(parse_list(value))
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, dt.date)):
        return value
    if isinstance(value, (float, Decimal)):
        return parse_number(value)
    return parse_text(value)


def counted(count: float, one: str, many: str = "") -> str:
    """Return a number of things in words: `1 crew`, `1,200 crews`."""
    return f"{count:,.0f} {one if round(count) == 1 else many or one + 's'}"
