"""What of a report is printed: a dozen pages at most; all else is there, and not printed."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.report.book import HOME, Book

PAGES: Mapping[str, int] = {
    HOME: 2,
    "Decisions": 4,
    "Investment plan": 2,
    "Shifts and weekends": 2,
    "Money": 1,
    "Money by member": 1,
}
"""Sheets that are printed, and the pages that each may take; it is printed smaller where it would take more."""

LAST_COLUMN = 16_383
"""The last column of a sheet. It is hidden where nothing is to be printed, and the print area lies in it."""


def limit_printing(book: Book) -> None:
    """Let the sheets of `PAGES` take no more than their pages, and all others none.

    A page setup cannot say that a sheet is not printed; a print area in a hidden column comes to the same. Whoever
    wants such a sheet on paper clears its print area.
    """
    for sheet in book.excel.worksheets():
        pages = PAGES.get(sheet.get_name())
        if pages is None:
            sheet.set_column(LAST_COLUMN, LAST_COLUMN, None, None, {"hidden": True})
            sheet.print_area(0, LAST_COLUMN, 0, LAST_COLUMN)
        elif sheet.get_name() != HOME:  # its scale and its break make two pages
            sheet.fit_to_pages(1, pages)
