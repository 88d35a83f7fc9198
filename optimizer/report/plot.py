"""The charts of the report as pictures, for notebooks and slides: `plan.plot.output()` and others.

Matplotlib is an extra: ``pip install 'optimizer[plot]'``. Every chart is drawn into axes of its own or
into given ones, and they are returned, to be changed or saved: ``plan.plot.waiting().figure.savefig(...)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimizer.errors import OptimizerError
from optimizer.plan.plan import Plan
from optimizer.plan.waiting import ALL
from optimizer.report.chartdata import LEVERS, books_by_period, cost_by_year, output_by_month, project_timeline
from optimizer.report.styles import FILLS, NAVY
from optimizer.scenario.schema import CATEGORIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, HIGH = 9.0, 4.5
"""Size of a picture, in inches."""
ROW = 0.25
"""Height of a row that has a name, in inches."""
MOST_TICKS = 7
HATCHES = {3: "////", 6: "...."}
"""Fills that the report draws as patterns."""
MILLION = 1e6


class Plots:
    """Charts of a plan.

    Parameters
    ----------
    plan
        What is drawn.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def output(self, item: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw output of an item per month by lever, stacked, against what is asked (units per month).

        Parameters
        ----------
        item
            Item; None: the first final one.
        ax
            Axes to draw into; None: new ones.
        """
        item, ax = self._item(item), _axes(ax)
        frame = output_by_month(self._plan)[1]
        part = frame[frame["item"] == item]
        below = np.zeros(len(part))
        for look, (name, words) in enumerate(LEVERS.items()):
            if name in part and float(part[name].abs().sum()) > 0:
                values = part[name].to_numpy(dtype=float)
                _band(ax, part["month"], below, below + values, words, look)
                below = below + values
        if float(part["asked"].sum()) > 0:
            ends = _ends(part["month"])
            ax.step(ends, np.append(part["asked"], part["asked"].iloc[-1]), where="post", color="black", label="asked")
        return _dressed(ax, f"Output of {item} by lever", "month", f"{self._unit(item)} per month")

    def waiting(self, item: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how long an order waits by the month it is placed, and the accepted wait (months)."""
        item, ax = self._item(item), _axes(ax)
        frame = self._plan.measures.placed_today
        for customer, part in frame[frame["item"] == item].groupby("customer", sort=False):
            if customer == ALL:
                ax.plot(part["month"], part["wait"], color="black", linewidth=2.5, label="all order books")
                ax.plot(part["month"], part["accepted_wait"], "--", color=NAVY, label="accepted wait")
            else:
                ax.plot(part["month"], part["wait"], color="0.6", linewidth=0.8)
        return _dressed(ax, f"Waiting time for {item} by the month an order is placed", "month placed", "months")

    def order_book(self, item: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the order book at the end of each period, late and not late (units)."""
        item, ax = self._item(item), _axes(ax)
        frame = books_by_period(self._plan)[1]
        part = frame[frame["item"] == item]
        ax.stackplot(
            part["month"], part["late"], part["waiting"], labels=["late", "not late"], colors=[_fill(0), _fill(1)]
        )
        return _dressed(ax, f"Order book for {item} at the end of each period", "month", self._unit(item))

    def spending(self, ax: Axes | None = None) -> Axes:
        """Draw cost per calendar year by category, stacked (millions of the currency)."""
        ax = _axes(ax)
        frame = cost_by_year(self._plan)[1]
        below = np.zeros(len(frame))
        for look, category in enumerate(CATEGORIES):
            if category in frame:
                values = frame[category].to_numpy(dtype=float) / MILLION
                years = frame["year"].astype(int).astype(str)
                ax.bar(
                    years, values, bottom=below, label=category, color=_fill(look), hatch=HATCHES.get(look), ec="black"
                )
                below = below + values
        currency = self._plan.scenario.settings.currency
        return _dressed(ax, "Spending per year by category", "calendar year", f"{currency} million")

    def projects(self, ax: Axes | None = None) -> Axes:
        """Draw projects over time: building, ramp-up, full output."""
        frame = project_timeline(self._plan)[1]
        ax = _axes(ax, len(frame))
        left = frame["decided"]
        for name, words, look in (("build", "build", 3), ("ramp_up", "ramp-up", 1), ("full", "full output", 0)):
            days = pd.to_timedelta(frame[name].astype(float), unit="D")
            ax.barh(
                frame["project"].map(plain),
                days,
                left=left,
                label=words,
                color=_fill(look),
                hatch=HATCHES.get(look),
                ec="black",
            )
            left = left + days
        return _dressed(ax, "Projects from decision to full output", "month", "project")

    def shifts(self, ax: Axes | None = None) -> Axes:
        """Draw the crews at work, line by month, as a heat map."""
        ax = _axes(ax, self._plan.tables["shifts"]["line"].nunique())
        calendar = self._plan.scenario.calendar
        table = self._plan.tables["shifts"].pivot_table(index="line", columns="month", values="shifts", sort=False)
        begins = [calendar.date(month) for month in (*calendar.begins, calendar.end)]
        edges: Any = np.array(begins, dtype="datetime64[D]")
        rows = np.arange(len(table) + 1)
        mesh = ax.pcolormesh(edges, rows, table.to_numpy(dtype=float), cmap="Blues", edgecolors="white", linewidth=0.3)
        ax.set_yticks(rows[:-1] + 0.5, table.index.map(plain))
        ax.invert_yaxis()
        ax.figure.colorbar(mesh, ax=ax, label="crews at work")
        return _dressed(ax, "Shifts by line", "month", "line", legend=False)

    def _item(self, item: str | None) -> str:
        items = self._plan.scenario.items
        names = [str(name) for name in items["item"]]
        if item is None:
            finals = [str(name) for name in items.loc[items["kind"] == "final", "item"]]
            return (finals or names)[0]
        if item not in names:
            raise OptimizerError(f"`{item}` is not an item of the plan; the items are {', '.join(names)}")
        return item

    def _unit(self, item: str) -> str:
        items = self._plan.scenario.items.set_index("item")["unit"]
        return str(items.get(item) or "units")


def _axes(ax: Axes | None, rows: int = 0) -> Axes:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise OptimizerError("pictures need matplotlib; install it with pip install 'optimizer[plot]'") from None
    return pyplot.subplots(figsize=(WIDE, max(HIGH, ROW * rows)), layout="constrained")[1]


def _fill(look: int) -> str:
    return str(FILLS[look].get("fill", {"color": "#FFFFFF"})["color"])


def plain(text: str) -> str:
    """Return a text that Matplotlib shows as it is: what stands between dollar signs would be a formula."""
    return text.replace("$", r"\$")


def _ends(months: pd.Series[Any]) -> Any:
    """Return the begins of months and the end of the last one."""
    found = list(months)
    return np.array([*found, found[-1] + pd.DateOffset(months=1)], dtype="datetime64[D]")


def _band(ax: Axes, months: pd.Series[Any], low: Any, high: Any, words: str, look: int) -> None:
    """Fill between two steps over months."""
    look_of = {"facecolor": _fill(look), "hatch": HATCHES.get(look), "edgecolor": "0.3", "linewidth": 0.5}
    low, high = np.append(low, low[-1]), np.append(high, high[-1])
    ax.fill_between(_ends(months), low, high, step="post", label=words, **look_of)  # type: ignore[arg-type]


def _dressed(ax: Axes, title: str, x: str, y: str, *, legend: bool = True) -> Axes:
    ax.set_title(plain(title), fontweight="bold", loc="left")
    ax.set_xlabel(plain(x))
    ax.set_ylabel(plain(y))
    if ax.get_ylim()[1] >= 1000:
        ax.yaxis.set_major_formatter("{x:,.0f}")
    if y not in ("line", "project"):
        ax.set_ylim(bottom=0)
    _spread_months(ax)
    ax.spines[["top", "right"]].set_visible(False)
    if legend and ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _spread_months(ax: Axes) -> None:
    """Let no more months stand on a date axis than can be read."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    if isinstance(ax.xaxis.get_major_locator(), AutoDateLocator):
        ticks = AutoDateLocator(maxticks=MOST_TICKS)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(ticks)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(ticks))  # type: ignore[no-untyped-call]
