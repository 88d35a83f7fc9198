"""A workbook file as the zip of parts that it is: of which kind, small enough to unpack, and what its parts say.

What is told here concerns the file, or a sheet as a whole; cells are read in `optimizer.workbook.cells`.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, fromstring

from optimizer.errors import Finding, InputError

MOST_BYTES = 250_000_000
"""Unpacked size of the parts of a workbook, each counted as often as sheets use it."""

MOST_SHEETS = 1000
"""Sheets of a workbook."""

_STRINGS, _FEW = (64_000_000, 4_000_000), (10_000_000, 400_000)
"""Most bytes and most tags of a part that is held in memory as a whole: of the texts of all cells, and of any other."""

_NEVER_READ = re.compile(
    r"media|drawing|comment|chart|pivot|embed|customxml|printer|externallink|vba|ctrlprops|activex"
)
"""In the names of parts of which only the size counts."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN = re.compile(rb"(?:sheet|template)(?:\.macroEnabled)?\.main\+xml", re.IGNORECASE)
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml"
_OTHERS = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "content.xml": "a workbook of another kind (.ods)",
    "index/document.iwa": "a workbook of another kind (.numbers)",
    "word/document.xml": "a text document",
}


def refusal(path: Path, message: str) -> InputError:
    """Return the error that a file as a whole cannot be read."""
    return InputError([Finding(path.name, "", message)])


def checked(path: Path, file: IO[bytes]) -> IO[bytes]:
    """Return a workbook file that is one and not too large, its parts named as they are referred to.

    Raises
    ------
    InputError
        When it is something else, is locked by a password, or unpacks to too much.
    """
    start = file.read(8)
    if not start:
        raise refusal(path, "is empty; save the workbook again")
    if start == _OLE:
        locked = _ENCRYPTED in start + file.read()
        advice = "is protected by a password; save a copy without one"
        raise refusal(path, advice if locked else "is an old workbook (.xls); save it as .xlsx")
    if not start.startswith(b"PK"):
        raise refusal(path, "is not a workbook; save it as .xlsx")
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        _refuse_other_kinds(path, archive)
        _refuse_too_much(path, archive)
        renamed = _renamed(archive)
    file.seek(0)
    return file if renamed is None else renamed


def _refuse_other_kinds(path: Path, archive: zipfile.ZipFile) -> None:
    names = {name.casefold(): name for name in archive.namelist()}
    for name, kind in _OTHERS.items():
        if name in names:
            raise refusal(path, f"is {kind}; save it as .xlsx")
    types = names.get("[content_types].xml")
    if types is None or archive.getinfo(types).file_size > 10_000_000 or not _MAIN.search(archive.read(types)):
        raise refusal(path, "is not a workbook; save it as .xlsx")
    if any(_STRICT in _head(archive, name) for name in names.values() if _is_book(name)):
        advice = "save it as `Excel Workbook (.xlsx)`, which stands above it in the list of kinds"
        raise refusal(path, f"is a Strict Open XML workbook, which is not read; {advice}")


def _is_book(name: str) -> bool:
    return bool(re.fullmatch(r"xl/[^/]*\.xml", name, re.IGNORECASE))


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(4096)


def _refuse_too_much(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse parts that unpack to too much, and sheets that are too many, before anything is unpacked as a whole."""
    advice = "delete what is not needed, also formatted empty cells"
    sheets = "worksheets/", "xl/worksheets/"  # by name, for now: relations are read once their sizes are known
    for entry in archive.infolist():
        name = entry.filename.casefold()
        if not name.endswith((".xml", ".rels")) or _NEVER_READ.search(name):
            continue
        if name.startswith(sheets) and name.endswith(".xml"):
            continue
        most_bytes, most_tags = _STRINGS if "sharedstrings" in name else _FEW
        if entry.file_size > most_bytes or _tags(archive, entry) > most_tags:
            told = f"its part {entry.filename} unpacks to more than is read ({most_bytes / 1e6:,.0f} MB"
            raise refusal(path, f"{told}, or {most_tags:,} tags); {advice}")
    book = Package(archive)
    uses = Counter(book.parts.values())
    if len(book.sheets) > MOST_SHEETS:
        raise refusal(path, f"has {len(book.sheets):,} sheets, more than {MOST_SHEETS:,}; {advice}")
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sum(size * max(1, uses[name]) for name, size in sizes.items()) > MOST_BYTES:
        raise refusal(path, f"unpacks to more than {MOST_BYTES / 1e6:,.0f} MB; {advice}")
    if max(uses.values(), default=0) > 1:
        raise refusal(path, "is damaged: several of its sheets are one and the same part; save it anew")


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    with archive.open(entry) as part:
        return sum(chunk.count(b"<") for chunk in iter(lambda: part.read(1 << 20), b""))


def _renamed(archive: zipfile.ZipFile) -> IO[bytes] | None:
    """Return the file with parts named as sheets refer to them; their case does not count, but openpyxl counts it."""
    names = set(archive.namelist())
    folded = {name.casefold(): name for name in names}
    new = {
        folded[part.casefold()]: part
        for part in Package(archive).targets
        if part not in names and part.casefold() in folded
    }
    if not new:
        return None
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            copy.writestr(new.get(entry.filename, entry.filename), archive.read(entry))
    file.seek(0)
    return file


@dataclass
class Package:
    """The parts of a workbook and how they refer to each other; what is not there is empty."""

    archive: zipfile.ZipFile

    def __post_init__(self) -> None:
        """Find the workbook's own part, and its sheets."""
        self._names = {name.casefold(): name for name in self.archive.namelist()}
        top = self._related("")
        self._book = next((to for kind, to in top.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")
        self._root = self._xml(self._book)
        related = self._related(self._book)
        self.targets = [to for _, to in (*top.values(), *related.values())]
        self.sheets = [e for e in self._root.iter() if _local(e) == "sheet"] if self._root is not None else []
        self.parts: Mapping[int, str] = {
            n: related[given][1] for n, e in enumerate(self.sheets) if (given := _attribute(e, "id")) in related
        }

    @property
    def asks_to_calculate(self) -> bool | None:
        """Tell whether stored results are to be replaced on opening; None where no calculator left its mark."""
        found = [e for e in (self._root if self._root is not None else ()) if _local(e) == "calcPr"]
        if not found:
            return None
        true, false = ("1", "true", "on"), ("0", "false", "off")
        return found[0].get("fullCalcOnLoad") in true or found[0].get("calcCompleted") in false

    def total_rows(self, part: str) -> frozenset[int]:
        """Return the rows of a sheet that are the total rows of its tables."""
        rows: set[int] = set()
        for kind, to in self._related(part).values():
            table = self._xml(to) if kind.endswith("/table") else None
            if table is not None and table.get("totalsRowCount", "0") != "0":
                rows.update(int(last) for last in re.findall(r"\d+$", table.get("ref", "")))
        return frozenset(rows)

    def _xml(self, part: str) -> Element | None:
        name = self._names.get(part.casefold())
        return None if name is None else fromstring(self.archive.read(name))

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part by their ids: kind and part each."""
        folder, name = posixpath.split(part)
        root = self._xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        return dict(_relations(root, folder)) if root is not None else {}


def _relations(root: Element, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for relation in root:
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            yield relation.get("Id", ""), (relation.get("Type", ""), target.lstrip("/"))


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """Return the attribute of this name in a namespace, such as ``r:id``."""
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")
