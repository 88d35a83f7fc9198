"""How single values are read: months, numbers, yes and no, lists. Shared by cells and DataFrames."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from optimizer.scenario.numerals import how_to_write

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T]00:00(?::00)?)?")
_NAMED = re.compile(r"([A-Za-z]{3})[- ](?:20)?(\d{2})")
_SERIAL_ZERO = dt.date(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets hold dates."""
_LAST_SERIAL = 2_958_466
"""Number of the first day that no spreadsheet knows: 10000-01-01."""
_LAST_YEAR = 2200
"""Of any month in a workbook, and of any year in Funds."""
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Characters that take no place on a screen: soft hyphens, zero-width spaces, marks of direction."""
_JOINERS = re.compile(r"[\u200c\u200d\ufe00-\ufe0f]")
"""Unseen by themselves, and needed to write Persian or to join pictures."""
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
    try:
        return bool(value != value)  # NaN and NaT are the values that differ from themselves
    except (TypeError, ValueError):  # an array, or a table, inside a cell
        return False


def shown(value: Any) -> str:
    """Return a value as a message shows it: text in quotes, dates as 2023-02-01."""
    return repr(value) if isinstance(value, str) else str(value)


def parse_text(value: Any) -> str:
    """Return text, its letters composed (NFC); whole numbers are accepted as names, other types are not.

    Text that no cell of a workbook can hold (control characters, more than 32,767 characters) is
    refused, so that every scenario can be written to a workbook and read back.
    """
    value = _plain(value)
    if isinstance(value, dt.date):
        raise ValueError(
            f"{value:%Y-%m-%d} is a date; a spreadsheet program makes one of what looks like it, such as 1-8-5: "
            "format the cell as text, then type it again"
        )
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
        if _CONTROL.search(text):
            raise ValueError(f"{text!r} holds a control character; delete it")
        if len(text) > 32_767:
            raise ValueError(f"{text[:20]!r}... is longer than 32,767 characters; shorten it")
        return text
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{shown(value)} is not text; put an apostrophe before it, or retype it as text")
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not text; put an apostrophe before it, or retype it as text")
    return str(int(value)) if float(value).is_integer() else str(value)


def parse_name(value: Any) -> str:
    """Return a name as it is seen: composed letters (NFC), single blanks, and no unseen characters.

    A name is one line, and has no semicolon: that separates the names of a list.
    """
    text = parse_text(value)
    if _BREAK.search(text):
        raise ValueError(f"{text!r} has a line break; a name is one line")
    if ";" in text:
        raise ValueError(f"{text!r} has a semicolon, which separates names in a list; choose another sign")
    if not (name := as_seen(text)):
        raise ValueError(f"{text!a} holds nothing that can be seen; type a name")
    return name


def as_seen(text: str) -> str:
    """Return text with composed letters (NFC), every run of blanks as one, and no unseen characters."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def folded(name: str) -> str:
    """Return what names have in common that a reader takes for the same: case and unseen characters do not count."""
    return unicodedata.normalize("NFC", _JOINERS.sub("", as_seen(name)).casefold())


def _plain(value: Any) -> Any:
    """Return a scalar of numpy, or a period of pandas, as one of Python."""
    kind = type(value).__name__
    if kind == "datetime64":
        return value.astype("datetime64[us]").item()  # of nanoseconds, item() returns a number
    if kind == "Period":
        if not str(value.freqstr).startswith("M"):
            raise ValueError(f"{value} is a period of another length than a month; write it like 2023-02")
        return dt.date(value.year, value.month, 1)
    if hasattr(value, "item") and getattr(value, "size", 1) == 1 and not isinstance(value, (int, float)):
        return value.item()
    return value


def parse_number(value: Any) -> float | int:
    """Return a finite number; text such as ``1,000`` or ``50 %`` is refused with what to write instead."""
    value = _plain(value)
    if isinstance(value, Decimal):
        value = float(value)  # as databases return numbers
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        raise ValueError(f"a number of {len(str(abs(value) // 10**290)) + 290:,} digits is no quantity; mend it")
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", value):
        raise ValueError(f"{shown(value)} is a number stored as text; convert the cell to a number, or retype it")
    if isinstance(value, str):
        raise ValueError(how_to_write(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{shown(value)} is not a number; type digits only")
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def parse_month(value: Any) -> dt.date:
    """Return the first of a month from a date, a timestamp, or text like ``2023-02`` or ``Feb-23``.

    The latter is what Excel makes of the former when it saves a CSV file.
    """
    value = _plain(value)
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
    if value.year > _LAST_YEAR:
        raise ValueError(f"{value.isoformat()} lies after {_LAST_YEAR}; mend it, or leave it empty for no end")
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
        entries = tuple(parse_name(entry) for entry in value)
        parse_text("; ".join(entries))
        return entries
    return tuple(parse_name(entry) for entry in parse_text(value).split(";") if entry.strip())


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
    value = _plain(value)
    if isinstance(value, (tuple, list)):
        return "; ".join(parse_list(value))
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float, Decimal)):
        return parse_number(value)
    return parse_text(value)


def counted(count: float, one: str, many: str = "") -> str:
    """Return a number of things in words: `1 crew`, `1,200 crews`."""
    return f"{count:,.0f} {one if round(count) == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """Return parts as one list in words."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
