"""Spoilt workbooks of every kind: an answer or an InputError, never a traceback, a hang, or memory without bound.

`OPTIMIZER_EXAMPLES=3000 pytest tests/workbook/test_fuzz.py` spoils so many files in each way, drawn anew.
"""

from __future__ import annotations

import io
import random
import re
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from optimizer.errors import InputError
from optimizer.scenario.scenario import Scenario
from optimizer.workbook import package
from optimizer.workbook.read import read_workbook
from tests.laws.profile import ASKED, lengths

QUICKSTART = Path("data/quickstart.xlsx")
SECONDS = 20.0
"""Far more than reading a spoilt file takes; a hang would take for ever."""
ODD = (
    *("-1", "0", "1e400", "-1e400", "NaN", "inf", "99999999999999999999", "1.5", "2958466", "-693594", "0.1"),
    *("TRUE", "#REF!", "=1+1", "+1", "@x", "'", "", " ", "\u0000"[:0], "\u00e4\u6f22", "x" * 40_000),
    *("2023-02", "2023-13", "31.02.2023", "1/2/3", "50 %", "yes;no", ";", "&amp;lt;", "]]&gt;"),
)
"""Contents for cells that were not meant for them."""
Parts = dict[str, bytes]
Spoil = Callable[[Parts, random.Random], bytes]


@cache
def parts_of(path: Path) -> Parts:
    """Return the files inside a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    """Return files as a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_of(parts: Parts, draw: random.Random) -> str:
    """Return the name of one of the sheets."""
    return draw.choice(sorted(name for name in parts if name.startswith("xl/worksheets/sheet")))


def cells_changed(parts: Parts, draw: random.Random) -> bytes:
    """Put odd contents of odd types into some cells of some sheets."""
    for _ in range(draw.randint(1, 4)):
        name = sheet_of(parts, draw)
        text = parts[name].decode()
        found = list(re.finditer(r'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', text))
        for match in draw.sample(found, min(len(found), draw.randint(1, 6))):
            kind = draw.choice(["n", "s", "str", "inlineStr", "b", "e", "d", "x", ""])
            odd = draw.choice(ODD).replace("&", "&amp;").replace("<", "&lt;")
            inside = f"<is><t>{odd}</t></is>" if kind == "inlineStr" else f"<v>{odd}</v>"
            inside = draw.choice([inside, f"<f>SUM({odd[:9]})</f>{inside}", "<f>1+1</f>", ""])
            text = text.replace(match[0], f'<c r="{match[1]}" t="{kind}">{inside}</c>', 1)
        parts[name] = text.encode()
    return packed(parts)


def addresses_changed(parts: Parts, draw: random.Random) -> bytes:
    """Move cells and rows to places that are far away, doubled, or none."""
    name = sheet_of(parts, draw)
    text = parts[name].decode()
    new = draw.choice(["XFD1048576", "ZZZZ9", "A0", "A-1", "", "1A", "A1", "AAA99999999999"])
    found = re.findall(r'<c r="[A-Z]+\d+"', text)
    if draw.random() < 0.5 and found:
        text = text.replace(draw.choice(found), f'<c r="{new}"', 1)
    else:
        rows = re.findall(r'<row r="\d+"', text) or ['<row r="1"']
        text = text.replace(
            draw.choice(rows), f'<row r="{draw.choice(["0", "-5", "x", "1048577", "999999999", "2"])}"', 1
        )
    parts[name] = text.encode()
    return packed(parts)


def markup_changed(parts: Parts, draw: random.Random) -> bytes:
    """Cut, double or swap pieces of the files inside."""
    name = draw.choice(sorted(parts))
    content = parts[name]
    first, last = sorted(draw.randint(0, len(content)) for _ in range(2))
    last = min(last, first + draw.choice([1, 5, 50, 5000]))
    piece = content[first:last]
    parts[name] = draw.choice(
        [content[:first] + content[last:], content[:last] + piece + content[last:], content[:first], piece, b""]
    )
    return packed(parts)


def parts_gone(parts: Parts, draw: random.Random) -> bytes:
    """Leave out some of the files inside, swap two of them, or add links to other workbooks."""
    names = sorted(parts)
    for name in draw.sample(names, draw.randint(1, 3)):
        del parts[name]
    if draw.random() < 0.3 and len(parts) > 1:
        one, other = draw.sample(sorted(parts), 2)
        parts[one], parts[other] = parts[other], parts[one]
    if draw.random() < 0.3:
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    return packed(parts)


def bytes_changed(parts: Parts, draw: random.Random) -> bytes:
    """Flip bytes of the file itself, or end it early."""
    content = bytearray(packed(parts))
    for _ in range(draw.choice([1, 10, 200])):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content[: draw.randint(1, len(content))] if draw.random() < 0.3 else content)


WAYS: tuple[Spoil, ...] = (cells_changed, addresses_changed, markup_changed, parts_gone, bytes_changed)


@pytest.mark.parametrize("files", lengths(6, 60))
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_spoilt_workbooks_are_read_or_refused(way: Spoil, files: int, tmp_path: Path) -> None:
    """Each file is a scenario or an InputError with a message, within seconds."""
    path, refused = tmp_path / "spoilt.xlsx", 0
    first = random.SystemRandom().randrange(10**9) if ASKED else 0
    for seed in range(first, first + (ASKED or files)):
        path.write_bytes(way(dict(parts_of(QUICKSTART)), random.Random(seed)))
        began = time.monotonic()
        try:
            assert isinstance(read_workbook(path), Scenario)
        except InputError as error:
            refused += 1
            assert str(error).strip()
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        assert time.monotonic() - began < SECONDS, f"seed {seed}"
    assert refused


# -- bombs -----------------------------------------------------------------------------------------
def bomb(part: str, piece: bytes, times: int, head: bytes = b"", tail: bytes = b"") -> Iterator[bytes]:
    """Yield a workbook of which one part is a piece many times over."""
    parts = parts_of(QUICKSTART)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            if name != part:
                archive.writestr(name, content)
        with archive.open(part, "w", force_zip64=True) as out:
            out.write(head)
            for _ in range(times):
                out.write(piece)
            out.write(tail)
    yield file.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
BOMBS = {
    "a gigabyte of zeros": ("xl/worksheets/sheet2.xml", bytes(2**20), 1000, b"", b""),
    "strings": ("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 60_000, 200, b"<sst>", b"</sst>"),
    "empty rows": ("xl/worksheets/sheet2.xml", b"<row/>" * 50_000, 40, SHEET, b"</sheetData></worksheet>"),
    "one long row": (
        "xl/worksheets/sheet2.xml",
        b"<c><v>1</v></c>" * 50_000,
        8,
        SHEET + b"<row>",
        b"</row></sheetData></worksheet>",
    ),
}

SLOW = dict.fromkeys(("a gigabyte of zeros", "empty rows", "one long row"), pytest.mark.slow)
"""Those that take long to be written, or to be read to their end."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=SLOW.get(name, ())) for name in BOMBS])
def test_bombs_are_refused_in_bounded_memory(name: str, tmp_path: Path) -> None:
    """What unpacks to far more than it weighs is refused or read, within 1.5 GB and a minute."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(next(bomb(*BOMBS[name])))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    try:
        read_workbook(path)
    except InputError as error:
        assert str(error).strip()
    assert time.monotonic() - began < 3 * SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000


def test_entities_do_not_multiply(tmp_path: Path) -> None:
    """A sheet that defines text by itself, ten times each over nine levels, is refused as damaged."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    parts = dict(parts_of(QUICKSTART))
    inside = (
        SHEET.decode() + '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    )
    parts["xl/worksheets/sheet2.xml"] = f'<!DOCTYPE x [<!ENTITY e0 "boom">{levels}]>{inside}'.encode()
    path = tmp_path / "laughs.xlsx"
    path.write_bytes(packed(parts))
    with pytest.raises(InputError, match="is damaged"):
        read_workbook(path)


def test_what_unpacks_to_too_much_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how much is read, and what to delete."""
    monkeypatch.setattr(package, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"unpacks to more than .*; delete what is not needed"):
        read_workbook(QUICKSTART)
