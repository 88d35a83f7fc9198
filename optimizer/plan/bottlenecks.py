"""What holds output back: for every item and period its lines, an input, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, Floats, measure, ratio
from optimizer.plan.capacity import Levers
from optimizer.plan.demand import due, needed
from optimizer.plan.limits import FULL, taken
from optimizer.scenario.network import POOL
from optimizer.scenario.schema import Order, Stock, Supplier

MET = "nothing: need met"
LINES = "its lines"
CHOICE = "the plan's choice: cost or timing"
ENOUGH = "nothing: enough is made"
WITHIN = "nothing yet: the order book grows within the accepted wait"


class Bottlenecks:
    """Finds what limits each item that lines make, in each period."""

    def __init__(self, basis: Basis, levers: Mapping[str, Levers], used: Mapping[str, Floats]) -> None:
        self.basis = basis
        self.levers = levers
        self.used = used

    @cached_property
    def makers(self) -> Mapping[str, tuple[str, ...]]:
        """Return the open lines that can make each item."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, facts in self.basis.lines.items():
            for line, item in self.basis.rates:
                if line == facts.base:
                    found[item].append(name)
        return {item: tuple(found[item]) for item in self.basis.network.items if item in found}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return the table of bottlenecks."""
        frames = [self._rows(item) for item in self.makers]
        return pd.concat(frames, ignore_index=True) if frames else measure("bottlenecks", {})

    def _rows(self, item: str) -> pd.DataFrame:
        basis = self.basis
        total, most = np.zeros(len(basis.lengths)), np.zeros(len(basis.lengths))
        for line in self.makers[item]:
            rate = basis.rates[basis.lines[line].base, item]
            total += basis.made.get((line, item), 0.0 * total)
            most += np.sum(list(self.levers[line].values()), axis=0) * rate / basis.lengths
        columns = {
            "item": item,
            "month": basis.dates,
            "made": total / basis.lengths,
            "available": most,
            "utilisation": self.utilisation(item),
            "limit": self._limits[item],
            "worth": self._worth.get(item, np.full(len(basis.lengths), np.nan)),
        }
        return measure("bottlenecks", columns)

    @cached_property
    def _worth(self) -> Mapping[str, Floats]:
        return self.basis.sums("worth", ("item",), "worth")

    def utilisation(self, item: str) -> Floats:
        """Return the share used, for all items, of the capacity of the lines that make an item."""
        lines = self.makers[item]
        none = np.zeros(len(self.basis.lengths))
        whole = sum((np.sum(list(self.levers[line].values()), axis=0) for line in lines), none)
        return ratio(sum((self.used[line] for line in lines), none), whole)

    def limits(self, item: str) -> list[str]:
        """Return what limits an item in each period, in words."""
        full = np.nan_to_num(self.utilisation(item), nan=1.0) >= FULL
        met, grows = self.met(item), self.grows(item)
        scarce = {name: self.scarce(name) for name in self._inputs(item)}
        worth = self._worth.get(item, np.zeros(len(full)))
        elsewhere = taken(self.basis, item, self.makers[item])
        words = []
        for t in range(len(full)):
            inputs = [name for name, tight in scarce.items() if tight[t]]
            if met[t] and not grows[t]:
                words.append(MET)
            elif full[t]:
                words.append(LINES)
            elif inputs:
                words.append("input: " + "; ".join(inputs))
            elif met[t]:
                words.append(elsewhere[t] or WITHIN)
            else:
                wanted = item in self.basis.final_items or bool(worth[t] > 0)
                words.append((elsewhere[t] or CHOICE) if wanted else ENOUGH)
        return words

    def met(self, item: str) -> Sequence[bool]:
        """Tell for each period whether nothing of a final item is lost or late."""
        if item not in self.basis.final_items:
            return [False] * len(self.basis.lengths)
        missing = np.zeros(len(self.basis.lengths))
        scale = np.ones(len(self.basis.lengths))
        for (_, name), units in self.basis.sums("losses", ("recipient", "item"), "lost").items():
            missing += units if name == item else 0.0
        for (_, name), units in needed(self.basis).items():
            scale += units if name == item else 0.0
        for customer in dict.fromkeys(row.customer for row in self.basis.scenario.rows(Order) if row.item == item):
            key = (customer, item)
            pledged = self.basis.sums("pledges", ("member", "item"), "pledged").get(key, 0.0 * scale)
            delivered = self._deliveries.get(key, 0.0 * scale)
            missing += np.maximum(0.0, due(self.basis, key, pledged) - np.cumsum(delivered))
        return [bool(found) for found in missing <= 1e-6 * scale + 1e-6]

    def grows(self, item: str) -> Sequence[bool]:
        """Tell for each period whether the order books of an item, all together, are longer at its end than before."""
        count = len(self.basis.lengths)
        books = self.basis.sums("deliveries", ("item",), "backlog").get(item, np.zeros(count))
        opening = sum(
            row.per_month * max(0, min(0, stop) - begin)
            for row in self.basis.scenario.rows(Order)
            if row.item == item
            for begin, stop in [self.basis.calendar.window(row.from_month, row.to_month)]
        )
        rise = np.diff(books, prepend=opening)
        return [bool(found) for found in rise > 1e-6 * (1.0 + np.abs(books))]

    @cached_property
    def _deliveries(self) -> dict[tuple[str, str], Floats]:
        return self.basis.sums("deliveries", ("customer", "item"), "delivered")

    def _inputs(self, item: str) -> list[str]:
        lines = [self.basis.lines[line].base for line in self.makers[item]]
        return list(dict.fromkeys(name for line in lines for name in self.basis.network.inputs(line, item)))

    def scarce(self, item: str) -> Sequence[bool]:
        """Tell for each period whether an input is used up: no free stock, its sources give all they can."""
        tight = self._stock_is_gone(item)
        if item in self.makers:
            tight &= np.nan_to_num(self.utilisation(item), nan=1.0) >= FULL
        return [bool(found) for found in tight & self._suppliers_are_full(item)]

    def _stock_is_gone(self, item: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        count = len(self.basis.lengths)
        reserves: dict[str, float] = defaultdict(float)
        for row in self.basis.scenario.rows(Stock):
            if row.item == item and row.held_by == "producer":
                reserves[self.basis.network.place(row.place, item)] += row.reserve or 0.0
        gone = np.ones(count, dtype=bool)
        made = sum((u for (_, name), u in self.basis.made.items() if name == item), np.zeros(count))
        for (place, name), closing in self.basis.sums("stock", ("place", "item"), "closing").items():
            if name == item and (place == POOL or closing.any()):
                gone &= closing - reserves[place] <= 1e-3 * np.maximum(1.0, made)
        return gone

    def _suppliers_are_full(self, item: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        full = np.ones(len(self.basis.lengths), dtype=bool)
        bought = self.basis.sums("purchases", ("supplier", "item"), "bought")
        for row in self.basis.scenario.rows(Supplier):
            if row.item == item:
                begin, stop = self.basis.calendar.window(row.from_month, row.to_month)
                months = self.basis.months_in(begin, stop)
                most = np.inf if row.most_per_month is None else row.most_per_month
                taken = bought.get((row.supplier, item), np.zeros(len(full)))
                full &= (months == 0) | (taken >= FULL * most * np.where(months > 0, months, 1.0))
        return full

    # -- in words --------------------------------------------------------------------------------
    def largest(self) -> str:
        """Return the bottleneck that holds final items back for the most months, in words.

        An input that lines make is followed to what limits that input.
        """
        months: dict[str, float] = defaultdict(float)
        for item in self.basis.final_items:
            if item in self.makers:
                met = self.met(item)
                for t, length in enumerate(self.basis.lengths.tolist()):
                    months[MET if met[t] else self._root(item, t)] += length
        months.pop(MET, None)
        if not months:
            return "none: all needs are met and no order is late"
        words, held = max(months.items(), key=lambda found: (found[1], found[0]))
        count = sum(item in self.makers for item in self.basis.final_items)
        return f"{words}, in {held / max(1, count):.0f} of {self.basis.calendar.end} months"

    def roots(self, item: str) -> list[str]:
        """Return what limits an item in each period at its root: an input that lines make is followed to its own."""
        if item not in self.makers:
            return [f"supply of {item}"] * len(self.basis.lengths)
        return [self._root(item, t) for t in range(len(self.basis.lengths))]

    @cached_property
    def _limits(self) -> Mapping[str, list[str]]:
        return {item: self.limits(item) for item in self.makers}

    def _root(self, item: str, t: int) -> str:
        limit, seen = self._limits[item][t], {item}
        while limit.startswith("input: "):
            name = limit.removeprefix("input: ").split("; ")[0]
            if name in seen or name not in self.makers:
                return f"supply of {name}"
            seen.add(name)
            item, limit = name, self._limits[name][t]
        return f"lines for {item}" if limit in (LINES, ENOUGH) else limit
