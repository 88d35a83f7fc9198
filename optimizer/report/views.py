"""The tables of the report that are put together for reading: one sheet, one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS, ITEM, MONTH, SIZE, YEAR, Column
from optimizer.report.agenda import AGENDA, agenda
from optimizer.report.styles import WIDEST
from optimizer.scenario.schema import CATEGORIES, Project

LONG = 100.0
"""Characters of what a plant has to decide in a month that stand on one line: a long list takes fewer pages."""


@dataclass(frozen=True)
class View:
    """A sheet with one table: its name, title, a sentence about it, columns and rows."""

    sheet: str
    title: str
    about: str
    columns: Sequence[Column]
    frame: pd.DataFrame
    longest: float = WIDEST
    """Characters from which its texts wrap."""

    @property
    def table(self) -> str:
        """Return the name of the Excel table."""
        return self.sheet.replace(" ", "")


def views(plan: Plan) -> Iterator[View]:
    """Yield the views in the order of the report; those without rows are left out by the writer."""
    yield View(
        "Decisions",
        "Decisions",
        "What must be decided, by month and plant, with its owner; one by one on sheet Decisions in detail",
        AGENDA,
        agenda(plan),
        LONG,
    )
    yield _projects(plan)
    yield _measure(
        plan,
        "Capex by year",
        "capex_by_year",
        "Payments of projects by calendar year, also those after the horizon",
    )
    yield _measure(
        plan,
        "Capacity",
        "capacity",
        "Patterns and capacity of each line; one month of 1-8-5 is what one full shift gives",
    )
    yield _measure(
        plan,
        "Output",
        "output_by_lever",
        "Output of each item by the lever that gives it, against what is asked",
    )
    yield _measure(plan, "Output by line", "production", "What each line makes")
    yield _needs_and_orders(plan)
    yield _measure(
        plan,
        "Waiting time",
        "placed_today",
        "How long an order placed at the beginning of a month waits, first in first out",
    )
    yield _measure(
        plan,
        "Waiting by cohort",
        "waiting_time",
        "When what was ordered in a month is delivered, first in first out",
    )
    yield _stocks_and_flows(plan)
    yield _money(plan)
    yield _measure(
        plan,
        "Money in detail",
        "spending",
        "Cost by member, category and calendar year, and what funds pay of it",
    )
    yield _measure(plan, "Money by fund", "fund_use", "What each fund has, pays and keeps in each calendar year")
    yield _measure(plan, "Money by member", "shares", "What each member pays, against its key and against what it gets")
    yield _bottlenecks(plan)
    yield _measure(
        plan, "Decisions in detail", "decisions", "Every decision, in order of the date by which it must be taken"
    )
    yield _measure(plan, "Producers", "producers", "What each producer makes, builds and hires in each calendar year")


def _measure(plan: Plan, sheet: str, name: str, about: str) -> View:
    return View(sheet, sheet, about, MEASURES[name].columns, getattr(plan.measures, name))


def _projects(plan: Plan) -> View:
    """Return what is started; sizes only where one is chosen."""
    about = "Projects from decision to full output; a row is a unit of a project"
    view = _measure(plan, "Investment plan", "projects", about)
    if any(project.sized for project in plan.scenario.rows(Project)):
        return view
    columns = [column for column in view.columns if column.name != SIZE.name]
    return replace(view, columns=columns, frame=view.frame.drop(columns=SIZE.name))


def _bottlenecks(plan: Plan) -> View:
    """Return what holds output back; what a unit more saves is told in the unit of the first objective."""
    view = _measure(plan, "Bottlenecks", "bottlenecks", "What holds back the output of each item in each month")
    first = plan.tables["objectives"].iloc[:1]
    if "worth" not in plan.tables or not len(first):
        return replace(
            view, columns=[c for c in view.columns if c.name != "worth"], frame=view.frame.drop(columns="worth")
        )
    name, unit = str(first["objective"].iloc[0]), str(first["unit"].iloc[0])
    told = Column("worth", "one more unit would save", "", f"{unit} of {name}")
    about = f"{view.about}; what one more unit would save is the word of the search, not checked"
    return replace(view, about=about, columns=[told if c.name == "worth" else c for c in view.columns])


def _units(name: str, header: str) -> Column:
    return Column(name, header, "", "units")


def _needs_and_orders(plan: Plan) -> View:
    """Put needs and order books into one table: asked, delivered, lost, waiting, late."""
    needs, orders = plan.measures.needs, plan.measures.orders
    asked = pd.DataFrame(
        {
            "kind": "need",
            "who": needs["recipient"],
            **{name: needs[name] for name in ("item", "month", "months")},
            "asked": needs["needed"],
            "delivered": needs["supplied"] + needs["given"],
            "given": needs["given"],
            "lost": needs["lost"],
            "coverage": needs["coverage"],
        }
    )
    ordered = pd.DataFrame(
        {
            "kind": "orders",
            "who": orders["customer"],
            **{name: orders[name] for name in ("item", "month", "months")},
            "asked": orders["ordered"] + orders["pledged"],
            "pledged": orders["pledged"],
            **{name: orders[name] for name in ("delivered", "backlog", "late")},
        }
    )
    columns = (
        Column("kind", "kind", ""),
        Column("who", "recipient or customer", ""),
        ITEM,
        MONTH,
        Column("months", "months", "", "months"),
        _units("asked", "asked"),
        _units("pledged", "of which pledged"),
        _units("delivered", "delivered"),
        _units("given", "of which from own stockpiles"),
        _units("lost", "lost"),
        Column("coverage", "coverage", "", "share"),
        _units("backlog", "order book"),
        _units("late", "of which late"),
    )
    return View(
        "Needs and orders",
        "Needs and orders",
        "What recipients and customers ask and get in each period; order book and late units at its end",
        columns,
        _together([asked, ordered], columns),
    )


def _stocks_and_flows(plan: Plan) -> View:
    """Put stocks, stockpiles, shipments, purchases and gifts into one table."""
    sources = (
        ("stock", "stock of producers", {"place": "place", "closing": "units"}),
        ("own_stock", "own stockpile", {"member": "place", "closing": "units"}),
        ("shipments", "shipment", {"from_place": "place", "to_place": "towards", "shipped": "units"}),
        ("purchases", "purchase", {"supplier": "place", "place": "towards", "bought": "units"}),
        ("gifts", "gift", {"member": "place", "recipient": "towards", "given": "units"}),
        ("discards", "thrown away", {"discarded": "units"}),
    )
    frames = []
    for name, kind, renamed in sources:
        table = plan.tables.get(name, pd.DataFrame()).reindex(columns=DECISIONS[name].names)
        frames.append(table.rename(columns=renamed).assign(kind=kind))
    columns = (
        Column("kind", "kind", ""),
        Column("place", "place, or from", ""),
        Column("towards", "to", ""),
        ITEM,
        MONTH,
        _units("units", "at the end of the period, or moved in it"),
    )
    frame = _together(frames, columns)
    frame["month"] = pd.to_datetime(frame["month"])
    return View(
        "Stocks and flows",
        "Stocks and flows",
        "Stocks at the end of each period; what is shipped, bought, given and thrown away during it",
        columns,
        frame,
    )


def _money(plan: Plan) -> View:
    """Return cost by calendar year and category, in all and per unit delivered."""
    spent = plan.measures.spending
    table = spent.pivot_table(index="year", columns="category", values="amount", aggfunc="sum", fill_value=0.0)
    found = [category for category in CATEGORIES if category in table.columns]
    frame = table.reindex(columns=found).reset_index()
    frame["total"] = frame[found].sum(axis=1)
    delivered = _delivered_by_year(plan)
    frame["delivered"] = [delivered.get(int(year), 0.0) for year in frame["year"]]
    frame["per_unit"] = np.where(
        frame["delivered"] > 0, frame["total"] / frame["delivered"].where(lambda d: d > 0), np.nan
    )
    columns = (
        YEAR,
        *(Column(category, category, "", "money") for category in found),
        Column("total", "total", "", "money"),
        _units("delivered", "delivered to needs and orders"),
        Column("per_unit", "cost per delivered unit", "", "money"),
    )
    about = "Cost by calendar year, undiscounted, within the horizon; delivered: final items"
    return View("Money", "Money", about, columns, frame)


def _delivered_by_year(plan: Plan) -> dict[int, float]:
    calendar = plan.scenario.calendar
    final = {str(row.item) for row in plan.scenario.items.itertuples() if row.kind == "final"}
    needs = plan.measures.needs[["item", "month", "supplied"]].rename(columns={"supplied": "delivered"})
    orders = plan.measures.orders[["item", "month", "delivered"]]
    years: dict[int, float] = {}
    for table in (needs, orders):
        for item, month, units in table.itertuples(index=False):
            if item in final:
                period = calendar.period_of_month[calendar.month(month.date())]
                for year, share in calendar.year_shares[period].items():
                    years[year] = years.get(year, 0.0) + units * share
    return years


def _together(frames: Sequence[pd.DataFrame], columns: Sequence[Column]) -> pd.DataFrame:
    names = [column.name for column in columns]
    filled = [frame.reindex(columns=names) for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=names)
    columnwise = {name: [value for frame in filled for value in frame[name].to_list()] for name in names}
    return pd.DataFrame(columnwise, columns=names)
