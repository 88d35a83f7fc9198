"""Which charts the report shows, and from which cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.waiting import ALL
from optimizer.report.book import Book
from optimizer.report.chartdata import LEVERS, Numbers
from optimizer.report.charts import Chart, Series, money_format, timeline
from optimizer.report.styles import decimals
from optimizer.scenario.schema import CATEGORIES

MOST_ITEMS = 6
MOST_CUSTOMERS = 5
MONTH_AXIS = "month"


class Pictures:
    """Charts of one plan over the cells of its report.

    Parameters
    ----------
    numbers
        The tables behind the charts, and the sheets `Waiting time` and `Bottlenecks`, by name.
    """

    def __init__(self, book: Book, plan: Plan, numbers: Mapping[str, Numbers]) -> None:
        self.book = book
        self.plan = plan
        self.numbers = numbers
        self.months = plan.scenario.calendar.end
        self.currency = plan.scenario.settings.currency

    def unit_of(self, item: str) -> str:
        """Return the unit in which an item is counted."""
        units = {str(row.item): str(row.unit) for row in self.plan.scenario.items.itertuples()}
        return units.get(item, "units")

    # -- output ----------------------------------------------------------------------------------
    def items(self) -> list[str]:
        """Return the items whose output is charted: final ones first."""
        if "output" not in self.numbers:
            return []
        kinds = {str(row.item): row.kind for row in self.plan.scenario.items.itertuples()}
        there = list(dict.fromkeys(self.numbers["output"].frame["item"]))
        return sorted(there, key=lambda item: kinds.get(item) != "final")[:MOST_ITEMS]

    def output(self, item: str) -> Chart | None:
        """Return output by lever, stacked, against what is asked."""
        if item not in self.items():
            return None
        data = self.numbers["output"]
        first, last = data.rows_of(item=item)
        part = data.frame.iloc[first:last]
        place = data.placed
        months = place.values("month", first, last)
        levers = [name for name in LEVERS if name in part and float(part[name].abs().sum()) > 0]
        looks = {name: number for number, name in enumerate(LEVERS)}
        stacked = [Series(LEVERS[n], months, place.values(n, first, last), looks[n]) for n in levers]
        lines = []
        if float(part["asked"].sum()) > 0:
            lines = [Series("asked", months, place.values("asked", first, last), 0)]
        against = " against what is asked" if lines else ""
        return Chart(
            f"Output of {item} by lever{against}",
            MONTH_AXIS,
            f"{self.unit_of(item)} per month",
            stacked,
            lines,
            self.months,
            y_format=decimals(part[[*levers, "asked"]].sum(axis=1).to_numpy(dtype=float)),
        )

    # -- demand ----------------------------------------------------------------------------------
    def waiting(self, item: str, *, customers: bool = False) -> Chart | None:
        """Return the wait of an order by the month it is placed, and the accepted wait."""
        data = self.numbers.get("Waiting time")
        if data is None:
            return None
        books = [ALL, *self._slowest(data.frame, item)] if customers else [ALL]
        lines = []
        for look, customer in enumerate(books):
            first, last = data.rows_of(customer=customer, item=item)
            if last - first == self.months + 1:
                name = "all order books" if customer == ALL else customer
                cells = data.placed.values("month", first, last), data.placed.values("wait", first, last)
                lines.append(Series(name, *cells, 0 if look == 0 else look + 1))
        if not lines:
            return None
        first, last = data.rows_of(customer=ALL, item=item)
        cells = data.placed.values("month", first, last), data.placed.values("accepted_wait", first, last)
        lines.append(Series("accepted wait", *cells, 1))
        title = f"Waiting time for {item} by the month an order is placed"
        return Chart(title, "month placed", "months", lines=lines, months=self.months, y_format="0")

    def _slowest(self, frame: pd.DataFrame, item: str) -> list[str]:
        own = frame[(frame["item"] == item) & (frame["customer"] != ALL)]
        mean = own.groupby("customer")["wait"].mean().sort_values(ascending=False)
        return [str(name) for name in mean.index[:MOST_CUSTOMERS]]

    def order_book(self, item: str) -> Chart | None:
        """Return the order book at the end of each period, split into late and not late."""
        data = self.numbers.get("books")
        first, last = data.rows_of(item=item) if data else (0, 0)
        if data is None or first == last:
            return None
        place = data.placed
        months = place.values("month", first, last)
        stacked = [
            Series("late", months, place.values("late", first, last), 0),
            Series("not late", months, place.values("waiting", first, last), 1),
        ]
        title = f"Order book for {item} at the end of each period"
        return Chart(title, MONTH_AXIS, self.unit_of(item), stacked, areas=True, months=self.months)

    def needs(self, item: str) -> Chart | None:
        """Return the need of all recipients: supplied, given from stockpiles, lost."""
        data = self.numbers.get("needs")
        first, last = data.rows_of(item=item) if data else (0, 0)
        if data is None or first == last:
            return None
        place = data.placed
        months = place.values("month", first, last)
        names = {"supplied": "supplied", "given": "given from own stockpiles", "lost": "need not met"}
        part = data.frame.iloc[first:last]
        looks = {"supplied": 0, "given": 1, "lost": 3}
        stacked = [
            Series(words, months, place.values(name, first, last), looks[name])
            for name, words in names.items()
            if float(part[name].sum()) > 0
        ]
        title = f"Need of {item}: met and not met"
        return Chart(title, MONTH_AXIS, f"{self.unit_of(item)} per month", stacked, months=self.months)

    # -- money -----------------------------------------------------------------------------------
    def spending(self) -> Chart | None:
        """Return cost per calendar year by category, stacked."""
        data = self.numbers.get("years")
        if data is None:
            return None
        place = data.placed
        found = [category for category in CATEGORIES if category in place.columns]
        largest = float(data.frame[found].sum(axis=1).max())
        form, size = money_format(largest)
        years = place.values("year")
        looks = {name: number for number, name in enumerate(CATEGORIES)}
        stacked = [Series(name, years, place.values(name), looks[name]) for name in found]
        title = "Spending per year by category"
        return Chart(title, "calendar year", f"{self.currency} {size}".strip(), stacked, y_format=form)

    def funds(self) -> Chart | None:
        """Return what funds pay per calendar year, and what they have left."""
        data = self.numbers.get("funds")
        if data is None:
            return None
        place = data.placed
        form, size = money_format(float((data.frame["paid"] + data.frame["left"]).abs().max()))
        years = place.values("year")
        stacked = [
            Series("paid", years, place.values("paid"), 0),
            Series("left at year end", years, place.values("left"), 1),
        ]
        return Chart(
            "Funds: paid and left, all funds",
            "calendar year",
            f"{self.currency} {size}".strip(),
            stacked,
            y_format=form,
        )

    # -- lines and projects ----------------------------------------------------------------------
    def utilisation(self) -> Chart | None:
        """Return the share of line capacity used, item by item."""
        data = self.numbers.get("Bottlenecks")
        if data is None:
            return None
        lines = []
        for look, item in enumerate(dict.fromkeys(data.frame["item"])):
            first, last = data.rows_of(item=item)
            if look < MOST_ITEMS and last - first == len(self.plan.scenario.calendar.lengths):
                cells = (
                    data.placed.values("month", first, last),
                    data.placed.values("utilisation", first, last),
                )
                lines.append(Series(str(item), *cells, look))
        title = "Use of the lines that make each item"
        share = "% of capacity"
        return Chart(title, MONTH_AXIS, share, lines=lines, months=self.months, y_format="0%", y_most=1.0)

    def gantt(self, width: int) -> Any | None:
        """Return the projects over time, so many pixels wide: build, ramp-up, full output."""
        data = self.numbers.get("timeline")
        if data is None:
            return None
        place, frame = data.placed, data.frame
        names = place.values("project")
        bars = [Series(" ", names, place.values("decided"), 0)]
        for name, words, look in (
            ("build", "build", 3),
            ("ramp_up", "ramp-up", 1),
            ("full", "full output", 0),
        ):
            if float(np.abs(frame[name].to_numpy(dtype=float)).sum()) > 0:
                bars.append(Series(words, names, place.values(name), look))
        begin = min(frame["decided"].min(), pd.Timestamp(self.plan.scenario.calendar.start))
        end = pd.Timestamp(self.plan.scenario.calendar.date(self.months))
        title = "Projects from decision to full output"
        months = round((end - begin).days / 30.4)
        return timeline(self.book, title, len(frame), bars, (begin, end), months, width)
