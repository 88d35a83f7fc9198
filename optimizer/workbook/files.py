"""Workbooks to disk, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from optimizer.errors import Finding, InputError
from optimizer.files import whole


def save(book: Workbook, path: Path) -> Path:
    """Save beside the target, then take its place, so that a failure leaves the earlier file.

    Raises
    ------
    InputError
        When the name is not that of such a workbook: spreadsheet programs refuse what an ending belies.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError([Finding(path.name, "", "is not the name of a workbook; let it end with .xlsx")])
    with whole(path) as file:
        book.save(file)
    return path
