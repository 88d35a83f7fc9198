"""What a workbook shows whoever opens it: cells with the kind of their format, charts, and what else is drawn."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, fromstring, iterparse

from openpyxl import load_workbook

from optimizer.scenario.values import is_empty

DAY_ZERO = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar."""

PROPERTIES = "docProps/"
"""Parts that tell when and by what a file was written."""


@dataclass(frozen=True)
class Shown:
    """One value as it is shown: its number format reduced to what changes the meaning of a number."""

    value: Any
    form: str = ""


@dataclass(frozen=True)
class Drawn:
    """A chart: its titles in order, what is set of its axes (least, most, direction), and its series."""

    titles: tuple[str, ...]
    axes: frozenset[str]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Series:
    """A series of a chart: name, cells it is drawn from, and the values it keeps of them, None where it keeps none."""

    name: str
    cells: tuple[str, ...]
    kept: tuple[str, ...] | None


@dataclass(frozen=True)
class Page:
    """A sheet as it is shown.

    Attributes
    ----------
    cells
        (row, column) -> what is shown.
    formulas
        (row, column) of cells that a spreadsheet program would calculate again.
    charts
        In the order in which they lie on the sheet.
    others
        Pictures, shapes and text boxes.
    """

    cells: Mapping[tuple[int, int], Shown] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()
    charts: tuple[Drawn, ...] = ()
    others: int = 0


def same_parts(one: bytes, other: bytes) -> bool:
    """Tell whether two workbooks are the same to the byte, apart from when and by what they were written."""
    return _parts(one) == _parts(other)


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith(PROPERTIES)}


def pages(content: bytes) -> dict[str, Page]:
    """Return the sheets of a workbook as they are shown, by title."""
    found: dict[str, Page] = {}
    with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        warnings.simplefilter("ignore")  # styles that the library does not know
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        charts = {sheet.title for sheet in book.chartsheets}
        for title in book.sheetnames:
            if title in charts:
                found[title] = Page(others=1)
                continue
            sheet = book[title]
            sheet.reset_dimensions()  # some programs write wrong ones
            cells = {
                (int(cell.row or 0), int(cell.column or 0)): Shown(cell.value, _form(cell))
                for row in sheet.iter_rows()
                for cell in row
                if not is_empty(cell.value)
            }
            part = sheet._worksheet_path  # type: ignore[attr-defined]
            drawn, others = _drawings(archive, part)
            found[title] = Page(cells, frozenset(_formulas(archive, part)), drawn, others)
    return found


# -- cells -------------------------------------------------------------------------------------------
def _form(cell: Any) -> str:
    """Return what a number format does beyond its digits: words, per cent, thousands left out; a date as such."""
    if cell.is_date:
        return "date"
    code = str(cell.number_format)
    words = "".join(quoted + escaped for quoted, escaped in re.findall(r'"([^"]*)"|\\(.)', code))
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).split(";")[0]
    scale = len(bare) - len(bare.rstrip(",")) if re.search(r"[0#?]", bare) else 0
    return f"{words}{'%' * bare.count('%')}{',' * scale}"


def _formulas(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int]]:
    """Yield where a sheet holds formulas."""
    with archive.open(part) as xml:
        row = column = 0
        for event, element in iterparse(xml, events=("start", "end")):
            name = _name(element)
            if event == "start":
                if name == "row":
                    row, column = int(element.get("r", row + 1)), 0
                elif name == "c":
                    column = _column(element.get("r", "")) or column + 1
            elif name == "f":
                yield row, column
            elif name == "row":
                element.clear()


def _column(address: str) -> int:
    number = 0
    for letter in re.match(r"[A-Z]*", address)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number


# -- drawings ----------------------------------------------------------------------------------------
def _drawings(archive: zipfile.ZipFile, part: str) -> tuple[tuple[Drawn, ...], int]:
    """Return the charts of a sheet, and how many other things are drawn on it."""
    charts: list[Drawn] = []
    others = 0
    for kind, drawing in _related(archive, part).values():
        if kind != "drawing":
            continue
        parts = _related(archive, drawing)
        for anchor in fromstring(archive.read(drawing)):
            names = [found for found in anchor.iter() if _name(found) == "chart"]
            identities = [value for chart in names for key, value in chart.attrib.items() if key.endswith("}id")]
            if len(identities) == 1 and identities[0] in parts:
                charts.append(_chart(fromstring(archive.read(parts[identities[0]][1]))))
            else:
                others += 1
    return tuple(charts), others


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the parts that a part refers to: identity -> kind and path."""
    folder, name = posixpath.split(part)
    try:
        content = archive.read(f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    found = {}
    for relation in fromstring(content):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        found[relation.get("Id", "")] = relation.get("Type", "").rpartition("/")[2], target
    return found


def _chart(root: Element) -> Drawn:
    titles = [_text(found) for found in root.iter() if _name(found) == "title"]
    scales = [part for found in root.iter() if _name(found) == "scaling" for part in found]
    axes = frozenset(f"{_name(part)} {_number(part.get('val', ''))}" for part in scales)
    found = [element for element in root.iter() if _name(element) == "ser"]
    series = [_series(element, *(("cat", "xVal") if number == 0 else ())) for number, element in enumerate(found)]
    return Drawn(tuple(titles), axes, tuple(series))


def _series(root: Element, *categories: str) -> Series:
    """Return a series; its categories count for the first one only, whose are those of the chart."""
    parts = {_name(part): part for part in root}
    name = _text(parts["tx"]) if "tx" in parts else ""
    sources = [parts[key] for key in (*categories, "val", "yVal") if key in parts]
    cells = [found.text or "" for source in sources for found in source.iter() if _name(found) == "f"]
    points = [found for source in sources for found in source.iter() if _name(found) == "pt"]
    kept = tuple(f"{point.get('idx')}: {_number(_text(point))}" for point in points)
    return Series(name, tuple(re.sub(r"[$']", "", cell) for cell in cells), kept or None)


def _text(root: Element) -> str:
    return "".join(found.text or "" for found in root.iter() if _name(found) in ("t", "v"))


def _number(text: str) -> str:
    """Return a number as text with the digits that all programs keep, a month as its day; other text as it is."""
    try:
        if re.fullmatch(r"\d{4}-\d\d", text):
            return str((dt.date.fromisoformat(f"{text}-01") - DAY_ZERO).days)
        return f"{float(text):.9g}"
    except ValueError:
        return text


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
