"""Measures of a plan: everything that follows from its decision tables and the scenario.

One property per table of `optimizer.plan.measure_tables`, the six headline figures and the levers
pulled. All numbers are unrounded; dates are timestamps; what does not exist is NaN, NaT or empty
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.plan import capacity, decisions, demand, investment, money, waiting
from optimizer.plan.basis import Basis, Floats, Pair
from optimizer.plan.bottlenecks import Bottlenecks
from optimizer.plan.capacity import Levers
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Need

CHECKPOINTS = (12, 24, 36)
"""Months from the start at which the headline tells the waiting time, besides now and the end."""


class Measures:
    """Measures of one plan, each computed when first asked for.

    Parameters
    ----------
    scenario
        What is given.
    tables
        Decision tables of `optimizer.plan.tables` by name, and `costs`; missing ones count as empty.
    """

    def __init__(self, scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> None:
        self._scenario = scenario
        self._basis = Basis(scenario, tables)

    # -- tables ----------------------------------------------------------------------------------
    @cached_property
    def waiting_time(self) -> pd.DataFrame:
        """Return the cohorts of every order book and, as customer (all), of each item pooled; months."""
        return waiting.waiting_time(self._basis, self._curves)

    @cached_property
    def placed_today(self) -> pd.DataFrame:
        """Return the wait in months of an order placed at the beginning of each month, and at the end."""
        return waiting.placed_today(self._basis, self._curves)

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Return pattern, weekends and capacity by lever of each line and period; months of 1-8-5."""
        return capacity.capacity(self._basis, self._levers, self._used)

    @cached_property
    def output_by_lever(self) -> pd.DataFrame:
        """Return the output of each item by lever against what is asked; units per month."""
        return capacity.output_by_lever(self._basis, self._levers)

    @cached_property
    def production(self) -> pd.DataFrame:
        """Return what each line makes of each item; units in the period and per month."""
        return capacity.production(self._basis)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """Return every decision in order of its decide-by date."""
        return decisions.decisions(self._basis)

    @cached_property
    def projects(self) -> pd.DataFrame:
        """Return the started units of projects in order of their decision."""
        return investment.projects(self._basis)

    @cached_property
    def capex_by_year(self) -> pd.DataFrame:
        """Return the payments of each project by calendar year; money."""
        return investment.capex_by_year(self._basis, self._due)

    @cached_property
    def needs(self) -> pd.DataFrame:
        """Return every need in every period; units in the period."""
        return demand.needs(self._basis)

    @cached_property
    def orders(self) -> pd.DataFrame:
        """Return every order book in every period; units in the period, and at its end."""
        return demand.orders(self._basis)

    @cached_property
    def spending(self) -> pd.DataFrame:
        """Return costs by payer, category and calendar year; money, undiscounted, within the horizon."""
        return money.spending(self._basis, self._due)

    @cached_property
    def fund_use(self) -> pd.DataFrame:
        """Return each fund in each calendar year of the horizon; money."""
        return money.fund_use(self._basis)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return what each member pays against its key and what it gets; money, units, shares."""
        return money.shares(self._basis, self.spending)

    @cached_property
    def producers(self) -> pd.DataFrame:
        """Return what each producer makes, builds and hires in each calendar year."""
        return investment.producers(self._basis)

    @cached_property
    def bottlenecks(self) -> pd.DataFrame:
        """Return what limits each item that lines make in each period."""
        return self._bottlenecks.table

    # -- in a few figures ------------------------------------------------------------------------
    @cached_property
    def headline(self) -> dict[str, Any]:
        """Return the six headline figures, units in their names, as plain Python values.

        - output now: final items made per month in the first period, without what added shifts and
          weekends give; so by the patterns worked at the start and by what is open already;
        - output at the end: final items made per month in the last period;
        - needs met from: the first month from which on every need is covered in full;
        - waiting time: of an order placed at the beginning of the horizon, 12, 24 and 36 months
          later and at its end, for the `main_item` with all its order books pooled; beside each the
          customer that waits longest, where there are several; and of all items the customer that
          waits longest at the end;
        - total cost: of all categories within the horizon, undiscounted;
        - largest bottleneck: what holds final items back in the most months.
        """
        final = self.output_by_lever[self.output_by_lever["item"].isin(self._basis.final_items)]
        by_month = final.groupby("month")[["made", "added_shifts", "weekend_output"]].sum()
        made, added, weekends = (by_month[name].to_numpy(dtype=float) for name in by_month)
        currency = self._scenario.settings.currency
        cost = self._basis.table("costs")["amount"].sum()
        return {
            "output_now_units_per_month": float(made[0] - added[0] - weekends[0]) if len(made) else 0.0,
            "output_end_units_per_month": float(made[-1]) if len(made) else 0.0,
            "needs_met_from": self._needs_met_from(),
            "waiting_time_months": self.waiting_headline,
            f"total_cost_{currency}": float(cost),
            "largest_bottleneck": self._bottlenecks.largest(),
        }

    @cached_property
    def waiting_headline(self) -> dict[str, Any]:
        """Return the waiting times of the headline; they need pledges and deliveries only."""
        found: dict[str, Any] = {"item": self.main_item}
        pooled = self._waits(waiting.ALL, self.main_item)
        if not len(pooled):
            return found
        end = self._basis.calendar.end
        months = {"now": 0} | {f"after {m} months": m for m in CHECKPOINTS if m < end} | {"at the end": end}
        found |= {name: _plain(pooled[month]) for name, month in months.items()}
        names, longest = (self._waits(waiting.ALL, self.main_item, column) for column in ("longest", "longest_wait"))
        if sum(item == self.main_item for _, item in self._curves) > 2:
            found["longest"] = {
                name: {"customer": names[month], "wait": _plain(longest[month])} for name, month in months.items()
            }
        waits = {key: self._waits(*key) for key in self._curves if key[0] != waiting.ALL}
        slowest = max(waits, key=lambda key: tuple(np.nan_to_num(waits[key][[-1, 0]], nan=np.inf)))
        wait = waits[slowest]
        found["slowest customer"] = {
            "customer": slowest[0],
            "item": slowest[1],
            "now": _plain(wait[0]),
            "at the end": _plain(wait[-1]),
        }
        return found

    @cached_property
    def levers(self) -> dict[str, float | int]:
        """Return how often each lever is pulled."""
        starts = self._basis.table("starts")
        return {
            "shifts_added": sum(change.joins for change in self._basis.crew_changes),
            "weekend_runs": round(float(self._basis.table("weekends")["weekends"].sum())),
            "projects_started": int((starts["status"] != "committed").sum()),
            "units_pledged": float(self._basis.table("pledges")["pledged"].sum()),
        }

    @cached_property
    def main_item(self) -> str:
        """Return the final item with the largest order books, opening book included; or empty text."""
        pooled = {item: float(book.placed[-1]) for (name, item), book in self._curves.items() if name == waiting.ALL}
        return max(pooled, key=lambda item: (item in self._basis.final_items, pooled[item]), default="")

    def _needs_met_from(self) -> dict[str, str | None]:
        if not self._scenario.rows(Need):
            return {"month": None, "reason": "no needs are given"}
        missed = np.zeros(len(self._basis.lengths), dtype=bool)
        covered: dict[Pair, Floats] = {}
        for table in (
            self._basis.sums("uses", ("recipient", "item"), "used"),
            demand.arriving_gifts(self._basis),
        ):
            for key, units in table.items():
                covered[key] = covered.get(key, 0.0) + units
        for key, units in demand.needed(self._basis).items():
            missed |= covered.get(key, 0.0 * units) < units - 1e-6 * np.maximum(1.0, units)
        first = int(np.flatnonzero(missed)[-1]) + 1 if missed.any() else 0
        if first == len(missed):
            return {"month": None, "reason": "not within the horizon"}
        return {"month": f"{self._basis.dates[first]:%Y-%m}", "reason": ""}

    def _waits(self, customer: str, item: str, column: str = "wait") -> NDArray[Any]:
        table = self.placed_today
        chosen = (table["customer"] == customer) & (table["item"] == item)
        return table.loc[chosen, column].to_numpy()

    def limiting(self, item: str) -> list[str]:
        """Return what limits an item in each period, in words, followed through inputs to its root."""
        return self._bottlenecks.roots(item)

    def missing_money(self, item: str) -> Floats | None:
        """Return what is lost and late of an item in each period at the workbook's prices; None where it has none."""
        return demand.missing_money(self._basis, item) if demand.priced(self._basis, item) else None

    # -- shared by several -----------------------------------------------------------------------
    @cached_property
    def _curves(self) -> dict[Pair, waiting.Curves]:
        return waiting.curves(self._basis)

    @cached_property
    def _levers(self) -> dict[str, Levers]:
        return capacity.line_levers(self._basis)

    @cached_property
    def _used(self) -> dict[str, Floats]:
        return capacity.used_months(self._basis)

    @cached_property
    def _due(self) -> dict[tuple[str, str, int], float]:
        return investment.payments_due(self._basis)

    @cached_property
    def _bottlenecks(self) -> Bottlenecks:
        return Bottlenecks(self._basis, self._levers, self._used)


def _plain(value: float) -> float | None:
    """Return a number that JSON knows: None for never."""
    return None if np.isnan(value) else float(value)
