"""The first sheet: what to do, what it brings, by when and at what cost; beside it what else could be; what to sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.verdict import short
from optimizer.report.agenda import to_sign
from optimizer.report.book import Book
from optimizer.report.charts import Chart, draw, drawable
from optimizer.report.exposed import LOST, OUTSIDE, SAVED, limits, members, risks, waits
from optimizer.report.grid import COLUMNS, WIDTH, Grid, Value
from optimizer.report.pictures import Pictures
from optimizer.report.styles import FONT, GREY, LINE, MONTH_FORMAT, NAVY, PALE
from optimizer.report.ways import ways, ways_note, years
from optimizer.report.words import (
    capital,
    dates_words,
    delivered_words,
    headline_words,
    months,
    project_words,
    status_words,
    target_words,
    unit_of,
)

HALF = COLUMNS // 2
NOT_PRICED = "not priced"
IN_MONEY_WORDS = {
    SAVED: "what a unit more in each of those months would save, crews and plants as planned",
    LOST: "what is lost and late in those months, at the prices of Needs and Orders",
    OUTSIDE: "what was not made, at the lowest price of Suppliers, whether or not so much can be had; "
    "Needs and Orders give no price",
    "": f"{NOT_PRICED} where nobody says what it costs: Needs, Orders and Suppliers give no price",
}
"""By what a limit is told in money -> in words."""
MOST_SIGNED = 8
"""Plants told with what is to be signed."""
MOST_YEARS = 9
CHART_HEIGHT = 260
CHART_ROWS = 13
PAGE_WIDTH, PAGE_HEIGHT = 784.0, 515.0
"""Points of A4 landscape within its margins."""
COLUMN_POINTS = 72.0
SPARE = 0.96
"""Part of the page that is filled: programs differ in the height of rows."""
FORMS = {"units": "#,##0", "months": "0.0", "share": "0%", "money": "#,##0"}


def write_briefing(book: Book, sheet: Any, plan: Plan, pictures: Pictures) -> None:
    """Fill the first sheet: two A4 pages."""
    grid = Grid(book, sheet)
    charts = _charts(plan, pictures)
    row = _opening(grid, plan)
    row = _boxes(book, sheet, row, plan)
    row = max(_ways(grid, row, plan), _years(grid, row, plan)) + 1
    row = _place(book, sheet, row, charts[:2]) + 1
    second = row = _risks(grid, row, plan)
    row = _signed(grid, row, plan) + 1
    row = max(_members(grid, row, plan), _waits_and_limits(grid, row, plan)) + 1
    row = _place(book, sheet, row, charts[2:4])
    row = _behind(book, grid, row, plan)
    sheet.print_area(0, 0, row, COLUMNS - 1)
    _two_pages(grid, second, row)
    sheet.center_horizontally()
    sheet.activate()


def _two_pages(grid: Grid, second: int, last: int) -> None:
    """Break the page before row `second`, and print as large as both pages allow.

    Where a sheet is fitted to pages its breaks do not count: it has a scale instead.
    """
    highest = max(grid.height(0, second), grid.height(second, last + 1))
    scale = min(PAGE_WIDTH / (COLUMNS * COLUMN_POINTS), PAGE_HEIGHT / highest)
    grid.sheet.fit_page = False
    grid.sheet.set_print_scale(max(10, int(100 * scale * SPARE)))
    grid.sheet.set_h_pagebreaks([second])


# -- first page ----------------------------------------------------------------------------------
def _opening(grid: Grid, plan: Plan) -> int:
    """Write title, the sentence that tells it all, and how sure that is; return the next row."""
    grid.cell(0, 0, COLUMNS, plan.scenario.settings.title, bold=True, font_size=20, font_color=NAVY)
    grid.cell(1, 0, COLUMNS, dates_words(plan), font_color=GREY)
    grid.cell(2, 0, COLUMNS, headline_words(plan), bold=True, font_size=13)
    grid.cell(3, 0, COLUMNS, f"How sure: {status_words(plan)}")
    grid.cell(4, 0, COLUMNS, target_words(plan), font_color=NAVY)
    return 6


def figures(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Return the six headline figures: label, sheet behind it, value and note in words."""
    head = plan.measures.headline
    currency = plan.scenario.settings.currency
    unit = unit_of(plan)
    now, end = head["output_now_units_per_month"], head["output_end_units_per_month"]
    met = head["needs_met_from"]
    last = plan.scenario.calendar.date(plan.scenario.calendar.end - 1)
    cost = short(head[f"total_cost_{currency}"])
    rise = f"{end / now:.1f} times the output of now" if now > 0 else "final items made in the last period"
    met_note = "every need is covered to the end" if met["month"] else met["reason"]
    limit, _, held = head["largest_bottleneck"].partition(",")
    return [
        ("Output now", "Output", f"{now:,.0f} {unit} a month", "final items made with today's patterns"),
        ("Output at the end", "Output", f"{end:,.0f} {unit} a month", f"{rise} ({last:%Y-%m})"),
        ("Needs met in full from", "Needs and orders", met["month"] or "not met", met_note),
        ("Waiting time", "Waiting time", *_waiting(plan)),
        ("Total cost", "Money", f"{currency} {cost}", f"until {last:%Y-%m}, not discounted"),
        ("Largest bottleneck", "Bottlenecks", capital(limit), f"holds output back {held.strip()}" if held else ""),
    ]


def _waiting(plan: Plan) -> tuple[str, str]:
    found = plan.measures.headline["waiting_time_months"]
    if "now" not in found:
        return "no orders", ""
    value = f"{months(found['now'])} to {months(found['at the end'])} months"
    note = "for an order placed now, and at the end"
    if plan.wait_without_levers is not None:
        value = f"{months(plan.wait_without_levers)} to {months(found['at the end'])} months"
        note = f"today's output, and at the end; placed now: {months(found['now'])}"
    return value, note


def _boxes(book: Book, sheet: Any, row: int, plan: Plan) -> int:
    """Write the six figures side by side: label (a link to the sheet behind it), value, note; return the next row."""
    edge = {"bg_color": PALE, "left": 1, "right": 1, "left_color": LINE, "right_color": LINE, "indent": 1}
    text = {"text_wrap": True, "align": "left", "valign": "vcenter"}
    top = book.style(**edge, top=1, top_color=LINE, bold=True, font_color=NAVY)
    small = book.style(**edge, **text, bottom=1, bottom_color=LINE, font_size=9, font_color="#404040")
    for number, (label, target, value, note) in enumerate(figures(plan)):
        column = 2 * number
        size = 13 if len(value) <= 20 else 10 if len(value) <= 40 else 9
        big = book.style(**edge, **text, bold=True, font_size=size)
        for below, looks in enumerate((top, big, small)):
            sheet.merge_range(row + below, column, row + below, column + 1, "", looks)
        if target in book.excel.sheetnames:
            sheet.write_url(row, column, f"internal:'{target}'!A1", top, label)
        else:
            sheet.write_string(row, column, label, top)
        sheet.write_string(row + 1, column, value, big)
        sheet.write_string(row + 2, column, note, small)
    sheet.set_row(row + 1, 34)
    sheet.set_row(row + 2, 30)
    return row + 4


def _ways(grid: Grid, row: int, plan: Plan) -> int:
    """Write the plan beside today's pattern and the short run; return the first row below."""
    grid.heading(row, 0, HALF, "With the plan, and without")
    currency = plan.scenario.settings.currency
    units = {"units": unit_of(plan), "months": "months", "share": "% of today", "money": currency}
    found = ways(plan)
    rows = [(f"{way.what} ({units[way.unit]})", way.today, way.short_run, way.plan) for way in found]
    forms = [("@", *[FORMS[way.unit]] * 3) for way in found]
    heads = (
        "",
        "today's pattern goes on",
        "short run: nothing built",
        "with the plan",
    )
    below = grid.table(row + 1, 0, (3, 1, 1, 1), heads, rows, forms)
    below = max(below, row + 2 + min(MOST_YEARS, len(years(plan))))
    grid.cell(below, 0, COLUMNS, " ".join(filter(None, (project_words(plan), ways_note(plan)))), font_size=8)
    return below + 1


def _years(grid: Grid, row: int, plan: Plan) -> int:
    """Write the share of the need met by year, and the order book; return the first row below."""
    table = years(plan).head(MOST_YEARS)
    if not len(table):
        return row
    grid.heading(row, 7, 5, "Share of the need met, and orders waiting, by year")
    heads = ("year", f"need ({unit_of(plan)})", "met", "order book", "of it late")
    columns = ["year", "needed", "coverage", "backlog", "late"]
    rows = _lines(table[columns])
    return grid.table(row + 1, 7, (1,) * 5, heads, rows, ("0", "#,##0", "0%", "#,##0", "#,##0"))


# -- second page ---------------------------------------------------------------------------------
def _signed(grid: Grid, row: int, plan: Plan) -> int:
    """Write what must be signed first, plant by plant with its owner; return the first row below."""
    month, table = to_sign(plan)
    if not len(table):
        grid.heading(row, 0, COLUMNS, "Nothing is left to decide.")
        return row + 1
    more = len(table) - MOST_SIGNED
    told = f"; the {MOST_SIGNED} with most money of {len(table)} plants, all on sheet Decisions" if more > 0 else ""
    grid.heading(row, 0, COLUMNS, f"To be signed in {month}, by plant{told}")
    currency = plan.scenario.settings.currency
    heads = ("plant", "owner", "what", "effect from", f"one-off cost ({currency})", f"{currency} a month")
    columns = ["plant", "owner", "what", "effective_from", "one_off_cost", "monthly_cost"]
    rows = _lines(table.head(MOST_SIGNED)[columns])
    forms = ("@", "@", "@", MONTH_FORMAT, "#,##0", "#,##0")
    return grid.table(row + 1, 0, (2, 2, 5, 1, 1, 1), heads, rows, forms)


def _members(grid: Grid, row: int, plan: Plan) -> int:
    """Write what members pay and get; return the first row below."""
    table = members(plan)
    if not len(table):
        return row
    grid.heading(row, 0, HALF - 1, "Members: what they pay, what they get")
    currency = plan.scenario.settings.currency
    heads = ("member", f"pays from its funds ({currency})", "of all", f"gets ({unit_of(plan)})", "of all")
    columns = ["member", "paid", "paid_share", "delivered", "delivered_share"]
    rows = _lines(table[columns])
    return grid.table(row + 1, 0, (1,) * 5, heads, rows, ("@", "#,##0", "0%", "#,##0", "0%"))


def _waits_and_limits(grid: Grid, row: int, plan: Plan) -> int:
    """Write who waits longest, and below what holds output back; return the first row below."""
    waiting = waits(plan)
    if len(waiting):
        grid.heading(row, HALF, HALF, "Who waits longest for an order (months)")
        rows = [[*line[:2], *map(_wait, line[2:])] for line in _lines(waiting)]
        heads = ("customer", "item", "placed now", "at the end")
        row = grid.table(row + 1, HALF, (2, 2, 1, 1), heads, rows, ("@", "@", "0.0", "0.0")) + 1
    held = limits(plan)
    if len(held):
        grid.heading(row, HALF, HALF, "What holds output back, in months and money")
        money = f"in money ({plan.scenario.settings.currency})"
        limit_heads = ("limit", "item", "months", f"not made ({unit_of(plan)})", money)
        rows = [[*line[:-2], line[-2] if line[-1] else NOT_PRICED] for line in _lines(held)]
        row = grid.table(row + 1, HALF, (2, 1, 1, 1, 1), limit_heads, rows, ("@", "@", "0", "#,##0", "#,##0"))
        told = [words for by, words in IN_MONEY_WORDS.items() if (held["by"] == by).any()]
        grid.cell(row, HALF, HALF, f"In money: {'; '.join(told)}.", font_size=8)
        row += 1
    return row


def _lines(table: pd.DataFrame) -> list[list[Any]]:
    """Return the rows of a table as lists of values."""
    return [list(line) for line in table.itertuples(index=False)]


def _wait(wait: float) -> Value:
    return "never" if math.isnan(wait) else wait


def _risks(grid: Grid, row: int, plan: Plan) -> int:
    found = risks(plan)
    if not found:
        return row
    grid.heading(row, 0, COLUMNS, "Risks: what the plan rests on")
    for number, words in enumerate(found, start=1):
        grid.cell(row + number, 0, COLUMNS, f"{number}. {words}", font_size=9)
    return row + len(found) + 2


# -- charts, links -------------------------------------------------------------------------------
def _charts(plan: Plan, pictures: Pictures) -> list[Chart]:
    """Return the charts that there is something to draw of, the most telling first."""
    item = plan.measures.main_item or next(iter(pictures.items()), "")
    return drawable(
        (
            pictures.output(item),
            pictures.waiting(item),
            pictures.spending(),
            pictures.order_book(item),
            pictures.needs(item),
            pictures.utilisation(),
        )
    )


def _place(book: Book, sheet: Any, row: int, charts: Sequence[Chart]) -> int:
    """Place charts side by side, each as wide as half the page, or the page if it is alone; return the next row."""
    share = COLUMNS // max(1, len(charts))
    width = share * int(WIDTH * 7 + 5)
    for number, chart in enumerate(charts):
        drawn = draw(book, chart, (width, CHART_HEIGHT))
        sheet.insert_chart(row, number * share, drawn, {"object_position": 3})
    return row + (CHART_ROWS if charts else 0)


def _behind(book: Book, grid: Grid, row: int, plan: Plan) -> int:
    """Write links to the sheets behind, and what engineers ask: values, bounds, gaps; return the next row."""
    grid.heading(row, 0, COLUMNS, "Behind this page")
    link = book.style(font_color=NAVY, underline=1, font_size=9, font_name=FONT)
    for number, name in enumerate(book.report_sheets):
        line, place = divmod(number, HALF)
        grid.sheet.write_url(row + 1 + line, 2 * place, f"internal:'{name}'!A1", link, name)
    row += 2 + (len(book.report_sheets) - 1) // HALF
    small = {"font_color": GREY, "font_size": 8}
    for words in filter(None, (delivered_words(plan), *map(capital, plan.given_up))):
        grid.cell(row, 0, COLUMNS, f"Of the search: {words}", **small)
        row += 1
    return row
