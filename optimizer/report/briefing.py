"""The first page: what we get, when, what it costs, what to decide by when, what holds us back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.plan.verdict import checked_words, objective_words, proof_words, short
from optimizer.report.book import ROW_PIXELS, Book
from optimizer.report.charts import draw, drawable
from optimizer.report.pictures import Pictures
from optimizer.report.styles import FONT, GREY, LINE, NAVY, PALE, width_of
from optimizer.scenario.schema import LEVERS, Target
from optimizer.scenario.values import counted

DECISIONS_TOLD = 10
WARNINGS = "Warnings"
"""Sheet of what is odd in the input, and of what makes the plan less sure than it looks."""
BOX_ROWS = 5
TOP = 6
"""Row at which figures and decisions begin."""

LEFT_WIDTHS = (25.0, 25.0, 25.0, 2.0)
"""Three columns of figures and a gap; the decisions stand to their right."""

MOST_PROMISES = 4
"""Promises told on the first page."""

KINDS = ("project", "shift", "pledge", "weekends", "gift", "release", "purchase")
"""Order in which decisions of one month are told to a decision maker."""


def write_briefing(book: Book, sheet: Any, plan: Plan, pictures: Pictures) -> None:
    """Fill the first sheet: one A4 page."""
    for column, width in enumerate(LEFT_WIDTHS):
        sheet.set_column(column, column, width)
    settings = plan.scenario.settings
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, settings.title, book.style(bold=True, font_size=20, font_color=NAVY))
    sheet.write_string(1, 0, _dates(plan), book.style(font_color=GREY))
    sheet.write_string(2, 0, ". ".join((status_words(plan), *map(_capital, plan.given_up))), book.style(bold=True))
    sheet.write_string(3, 0, delivered_words(plan), book.style(font_color=NAVY))
    sheet.write_string(4, 0, promise_words(plan), book.style(font_color=NAVY))
    for number, (label, target, value, note) in enumerate(figures(plan)):
        row = TOP + BOX_ROWS * (number // 3)
        _box(book, sheet, row, number % 3, (label, target), value, note)
    columns, frame = nearest_decisions(plan)
    widths = list(LEFT_WIDTHS)
    used = _decisions(book, sheet, plan, columns, frame, widths)
    _charts(book, sheet, plan, pictures, widths)
    _links(book, sheet, widths)
    sheet.print_area(0, 0, _last_row(), used)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.activate()


# -- words ---------------------------------------------------------------------------------------
def status_words(plan: Plan) -> str:
    """Return the status of a plan in words: how good it is proven to be, and whether it was checked."""
    proof = _capital(proof_words(plan))
    ends = {
        "time limit": " (the search ended at its time limit)",
        "interrupted": " (the search was interrupted)",
    }
    told = f"; {counted(len(plan.warnings), 'warning')} (sheet {WARNINGS})" if plan.warnings else ""
    return f"{proof}{ends.get(plan.status, '')}; {'; '.join(filter(None, (checked_words(plan), plan.changed)))}{told}"


def delivered_words(plan: Plan) -> str:
    """Return what the plan delivers of every objective, with the bound that is proven and the gap."""
    return ". ".join(_capital(f"{name} {words}") for name, words in objective_words(plan).items())


def promise_words(plan: Plan) -> str:
    """Return from when each target that was wanted as soon as possible is kept; of several places, by all of them."""
    asap = [target.target for target in plan.scenario.rows(Target) if target.strength == "asap"]
    table = plan.tables.get("promises", pd.DataFrame(columns=["target", "place", "item", "month", "attained"]))
    told = []
    for name in asap[:MOST_PROMISES]:
        rows = table[(table["target"] == name) & table["attained"].notna()]
        if not len(rows):
            continue
        first = rows[rows["attained"] == 1].groupby(["place", "item"])["month"].min()
        every = rows.groupby(["place", "item"]).ngroups
        if len(first) == every:
            told.append(f"{name} from {first.max():%Y-%m}")
        else:
            told.append(
                f"{name} not within the horizon" + (f" for {every - len(first)} of {every}" if every > 1 else "")
            )
    more = f"; and {len(asap) - MOST_PROMISES} more" if len(asap) > MOST_PROMISES else ""
    return f"Kept as promised: {'; '.join(told)}{more}" if told else ""


def _dates(plan: Plan) -> str:
    settings, calendar = plan.scenario.settings, plan.scenario.calendar
    last = calendar.date(calendar.end - 1)
    data = f"Data of {settings.data_date:%Y-%m}. " if settings.data_date else ""
    levers = plan.measures.levers
    pulled = ", ".join(
        (
            counted(levers["shifts_added"], "crew added", "crews added"),
            counted(levers["weekend_runs"], "weekend run"),
            counted(levers["projects_started"], "project started", "projects started"),
            counted(levers["units_pledged"], "unit pledged", "units pledged"),
        )
    )
    allowed = "" if set(settings.levers) == set(LEVERS) else f" Levers allowed: {'; '.join(settings.levers) or 'none'}."
    return f"{data}Planned from {calendar.start:%Y-%m} to {last:%Y-%m}. {pulled}.{allowed}"


def figures(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Return the six headline figures: label, sheet behind it, value and note in words."""
    head = plan.measures.headline
    currency = plan.scenario.settings.currency
    units = {str(row.unit) for row in plan.scenario.items.itertuples() if row.kind == "final"}
    unit = units.pop() if len(units) == 1 else "units"
    now, end = head["output_now_units_per_month"], head["output_end_units_per_month"]
    met = head["needs_met_from"]
    last = plan.scenario.calendar.date(plan.scenario.calendar.end - 1)
    cost = short(head[f"total_cost_{currency}"])
    rise = f"{end / now:.1f} times the output of now" if now > 0 else "final items made in the last period"
    met_note = "every need is covered to the end" if met["month"] else met["reason"]
    return [
        ("Output now", "Output", f"{now:,.0f} {unit} a month", "final items made with today's patterns"),
        ("Output at the end", "Output", f"{end:,.0f} {unit} a month", f"{rise} ({last:%Y-%m})"),
        ("Needs met in full from", "Needs and orders", met["month"] or "not met", met_note),
        ("Waiting time", "Waiting time", *_waiting(plan)),
        ("Total cost", "Money", f"{currency} {cost}", f"until {last:%Y-%m}, not discounted"),
        (
            "Largest bottleneck",
            "Bottlenecks",
            _capital(head["largest_bottleneck"].partition(",")[0]),
            _rest(head),
        ),
    ]


def _capital(words: str) -> str:
    """Return words that begin with a capital; names in them stay as they are."""
    return words[:1].upper() + words[1:]


def _rest(head: dict[str, Any]) -> str:
    rest: str = head["largest_bottleneck"].partition(",")[2].strip()
    return f"holds output back {rest}" if rest else ""


def _waiting(plan: Plan) -> tuple[str, str]:
    waits = plan.measures.headline["waiting_time_months"]
    if "now" not in waits:
        return "no orders", ""
    value = f"{_months(waits['now'])} to {_months(waits['at the end'])} months"
    note = "for an order placed now, and at the end"
    if plan.wait_without_levers is not None:
        value = f"{_months(plan.wait_without_levers)} to {_months(waits['at the end'])} months"
        note = f"today's output, and at the end; placed now: {_months(waits['now'])}"
    longest = waits.get("longest", {})
    told = [
        f"{longest[name]['customer']} {_months(longest[name]['wait'])}"
        for name in ("now", "at the end")
        if name in longest
    ]
    return value, note + (f"; longest wait: {', then '.join(told)}" if told else "")


def _months(wait: float | None) -> str:
    return "never" if wait is None else f"{wait:.1f}"


# -- decisions -----------------------------------------------------------------------------------
def nearest_decisions(plan: Plan) -> tuple[Sequence[Column], pd.DataFrame]:
    """Return the decisions still to be taken with the nearest dates: projects and hires before routine."""
    table = plan.measures.decisions
    start = pd.Timestamp(plan.scenario.calendar.start)
    table = table[(table["decide_by"] >= start) & (table["status"] != "committed")]
    rank = table["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    order = table.assign(rank=rank, size=-(table["one_off_cost"] + 12 * table["monthly_cost"]))
    frame = order.sort_values(["decide_by", "rank", "size"], kind="stable").head(DECISIONS_TOLD)
    columns = (
        Column("decide_by", "decide by", "", "month"),
        Column("what", "what", ""),
        Column("where", "where", ""),
        Column("member", "member", ""),
        Column("effective_from", "effect from", "", "month"),
        Column("one_off_cost", "one-off cost", "", "money"),
        Column("monthly_cost", "monthly cost", "", "money per month"),
    )
    return columns, frame


def _decisions(
    book: Book, sheet: Any, plan: Plan, columns: Sequence[Column], frame: pd.DataFrame, widths: list[float]
) -> int:
    """Write the nearest decisions as a table; return its last column, and append its column widths."""
    right = len(widths)
    for row in range(TOP, TOP + 1 + max(2 * BOX_ROWS, DECISIONS_TOLD)):
        sheet.set_row(row, 22)
    if not len(frame):
        sheet.write_string(TOP, right, "Nothing is left to decide.", book.style(italic=True))
        for place in range(len(columns)):
            sheet.set_column(right + place, right + place, 15)
            widths.append(15.0)
        return right + len(columns) - 1
    total = len(plan.measures.decisions)
    words = f"The next {len(frame)} decisions of {total:,} (all: sheet Decisions)"
    sheet.write_string(TOP - 1, right, words, book.style(bold=True, font_color=NAVY))
    placed = book.table(sheet, columns, frame, "NextDecisions", row=TOP, column=right)
    sheet.set_row(TOP, 44)
    for place, column in enumerate(columns, start=right):
        widths.append(_decision_width(column, frame))
        sheet.set_column(place, place, widths[-1])
    return placed.right - 1


def _decision_width(column: Column, frame: pd.DataFrame) -> float:
    least = {"what": 36.0, "where": 15.0, "member": 11.0}.get(column.name, 11.0)
    text = width_of("", "@", frame[column.name].to_list()) if column.unit == "" else 0.0
    return min(48.0, max(least, text))


# -- boxes, charts, links ------------------------------------------------------------------------
def _box(book: Book, sheet: Any, row: int, column: int, head: tuple[str, str], value: str, note: str) -> None:
    """Write one figure: label (a link to the sheet behind it), value, note."""
    edge = {"bg_color": PALE, "left": 1, "right": 1, "left_color": LINE, "right_color": LINE}
    label, target = head
    top = book.style(**edge, top=1, top_color=LINE, bold=True, font_color=NAVY, indent=1, valign="vcenter")
    if _has_sheet(book, target):
        sheet.write_url(row, column, f"internal:'{target}'!A1", top, label)
    else:
        sheet.write_string(row, column, label, top)
    size = 14 if len(value) <= 21 else 11 if len(value) <= 44 else 9
    big = book.style(**edge, bold=True, font_size=size, text_wrap=True, align="left", indent=1, valign="vcenter")
    sheet.merge_range(row + 1, column, row + 2, column, "", big)
    sheet.write_string(row + 1, column, value, big)
    small = book.style(
        **edge,
        bottom=1,
        bottom_color=LINE,
        font_size=9,
        font_color="#404040",
        text_wrap=True,
        align="left",
        indent=1,
    )
    sheet.merge_range(row + 3, column, row + 4, column, "", small)
    sheet.write_string(row + 3, column, note, small)


def _has_sheet(book: Book, name: str) -> bool:
    return name in book.excel.sheetnames


CHART_HEIGHT = 275
CHART_ROWS = 2 * (CHART_HEIGHT // ROW_PIXELS + 1)
CHARTS_FROM = TOP + 2 * BOX_ROWS + 2
LINKS_FROM = CHARTS_FROM + CHART_ROWS + 1
LINK_ROWS = 4


def _charts(book: Book, sheet: Any, plan: Plan, pictures: Pictures, widths: Sequence[float]) -> None:
    """Place up to four charts below figures and decisions, two by two, as wide as what is above."""
    item = plan.measures.main_item or next(iter(pictures.items()), "")
    asked = (
        pictures.output(item),
        pictures.waiting(item),
        pictures.spending(),
        pictures.order_book(item),
        pictures.needs(item),
        pictures.utilisation(),
    )
    right = len(LEFT_WIDTHS)
    for place, chart in enumerate(drawable(asked)[:4]):
        column, below = (0, right)[place % 2], place // 2
        span = widths[: right - 1] if column == 0 else widths[right:]
        drawn = draw(book, chart)
        drawn.set_size({"width": sum(int(width * 7 + 5) for width in span), "height": CHART_HEIGHT})
        sheet.insert_chart(CHARTS_FROM + below * CHART_ROWS // 2, column, drawn, {"object_position": 3})


def _last_row() -> int:
    return LINKS_FROM + LINK_ROWS


def _links(book: Book, sheet: Any, widths: Sequence[float]) -> None:
    """Write the names of the sheets that follow as links, into the columns that are wide enough."""
    sheet.write_string(LINKS_FROM, 0, "Behind this page", book.style(bold=True, font_color=NAVY, font_size=9))
    link = book.style(font_color=NAVY, underline=1, font_size=9, font_name=FONT)
    places = [place for place, width in enumerate(widths) if width >= 15]
    for number, name in enumerate(book.report_sheets):
        row, place = LINKS_FROM + 1 + number // len(places), places[number % len(places)]
        sheet.write_url(row, place, f"internal:'{name}'!A1", link, name)
