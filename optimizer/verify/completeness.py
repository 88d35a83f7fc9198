"""The tables themselves: columns, types, names, months, no row twice, none missing, nothing below zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from optimizer.plan.plan import Check
from optimizer.plan.tables import COMMON, OPTIONAL
from optimizer.scenario.network import POOL
from optimizer.scenario.schema import CATEGORIES, Fund, Supplier, Target
from optimizer.verify.book import MONTHS, TABLES, TEXT, Book, Frame
from optimizer.verify.tally import BoolArray, FloatArray, MalformedError, Tally, number
from optimizer.verify.targets import instances

COUNTED = {
    "starts": ("unit",),
    "shifts": ("shifts",),
    "weekends": ("step", "weekends"),
    "losses": ("band",),
    "payments": ("year",),
    "promises": ("attained",),
}
"""Columns of whole numbers."""

QUANTITY = frozenset(
    (
        *("made", "closing", "shipped", "bought", "pledged", "delivered", "backlog", "used", "lost", "given"),
        *("discarded", "paid", "short", "amount", "shifts", "weekends", "worth", "hired", "left"),
    )
)
"""Columns that are never negative."""


def tables_are_complete(book: Book) -> Check:
    """Check that every table can be read and holds each row once, with known names and no number below 0.

    Whole numbers are whole; months begin periods; stocks are at the place that keeps the item. Every
    expected row is there: each line and period (shifts), each line, item and period with a rate
    (output), each own stockpile and order book and period, each need and band in periods with a
    need, each soft or asap target and period with its figure; a place and item that has stock in
    one period, or in the Stocks sheet if it can be stored, has a row in all. What is thrown away has a table
    where something may be.
    """
    tally = Tally("tables_are_complete", "")
    for name in TABLES:
        if name in OPTIONAL and name not in book.plan.tables and not _used(book, name):
            continue
        try:
            book.frame(name)
        except MalformedError as wrong:
            tally.must(False, str(wrong))
            continue
        if name != "objectives":
            _known(book, tally, name)
            _unique(book, tally, name)
            _numbers(book, tally, name)
            _expected(book, tally, name)
    if not tally.sentence:
        _steps(book, tally)
    return tally.check()


def _used(book: Book, name: str) -> bool:
    """Tell whether the scenario asks for a table that not every plan has."""
    used = {
        "discards": bool(book.facts.waste.any()),
        "people": any(m.hires for m in book.facts.network.members.values()),
    }
    return used.get(name, False)


def _domains(book: Book) -> dict[str, Collection[str]]:
    facts = book.facts
    return {
        "line": facts.line_names,
        "item": facts.items,
        "member": facts.members,
        "customer": facts.members,
        "recipient": facts.members,
        "place": facts.places,
        "from_place": facts.members,
        "to_place": facts.members,
        "project": tuple(facts.network.projects),
        "supplier": {row.supplier for row in facts.scenario.rows(Supplier)},
        "fund": {row.fund for row in facts.scenario.rows(Fund)},
        "category": CATEGORIES,
        "target": {row.target for row in facts.scenario.rows(Target)},
        "status": ("option", "committed", "forced"),
    }


EXTRA: dict[tuple[str, str], tuple[str, ...]] = {
    ("payments", "member"): (COMMON,),
    ("costs", "member"): (COMMON,),
    ("payments", "project"): ("",),
    ("costs", "project"): ("",),
    ("promises", "place"): ("",),
    ("promises", "item"): ("",),
}
"""Names a column may hold besides those of its kind."""


def _known(book: Book, tally: Tally, name: str) -> None:
    """Check names against the scenario, months against its periods, stocks against where items are kept."""
    frame, domains = book.frame(name), _domains(book)
    for column in frame:
        if column in TEXT:
            known = {*domains[column], *EXTRA.get((name, column), ())}
            strange = pd.unique(frame[column])
            unknown = [value for value in strange if value not in known]
            tally.must(not unknown, f"{name} has the unknown {column} {unknown[:1]}")
    if "month" in frame:
        outside = np.flatnonzero(book.periods(name) < 0)
        month = book.facts.date(int(frame["month"][outside[0]])) if len(outside) else ""
        tally.must(not len(outside), f"{name} has a row in {month}, which begins no period")
    if name in ("stock", "discards"):
        laned = np.isin(frame["item"], list(book.facts.network.laned_items))
        wrong = np.flatnonzero(laned == (frame["place"] == POOL))
        text = f"{frame['item'][wrong[0]]} is kept at {frame['place'][wrong[0]]}" if len(wrong) else ""
        tally.must(not len(wrong), f"{name}: {text}, but items of lanes are kept at places, others in {POOL}")


def _unique(book: Book, tally: Tally, name: str) -> None:
    """Check that no row of a table is there twice: its names, months and counts identify it."""
    keys = _keys(book, name)
    twice = next((key for key, count in Counter(keys).items() if count > 1), None)
    tally.must(twice is None, f"{name} has a row twice: {', '.join(str(value) for value in twice or ())}")
    tally.rows += len(keys)


def _keys(book: Book, name: str) -> list[tuple[object, ...]]:
    frame = book.frame(name)
    identifying = TEXT | MONTHS | {"unit", "step", "band", "year"}
    columns = [column for column in frame if column in identifying]
    if name == "starts":
        columns = ["project", "unit", "start"]
    return list(zip(*(frame[column].tolist() for column in columns), strict=True))


def _numbers(book: Book, tally: Tally, name: str) -> None:
    """Check that counts are whole and quantities not negative, by the size of their item's numbers."""
    frame = book.frame(name)
    for column in COUNTED.get(name, ()):
        values = np.nan_to_num(frame[column])
        tally.each(np.abs(values - np.rint(values)), _say(name, column, values, "is not whole"))
    for column in QUANTITY & set(frame):
        values = np.nan_to_num(frame[column])
        tally.each(-values, _say(name, column, values, "is below 0"), size=_sizes(book, frame, column))
    if name == "promises":
        values = np.nan_to_num(frame["attained"])
        tally.each(values - 1, _say(name, "attained", values, "is neither 0 nor 1"))


class _say:  # noqa: N801
    """The sentence about one number of a table, made when it is the worst."""

    def __init__(self, name: str, column: str, values: FloatArray, why: str) -> None:
        self.parts = (name, column, values, why)

    def __call__(self, row: int) -> str:
        name, column, values, why = self.parts
        return f"{name}: {column} {number(values[row])} in row {row + 1} {why}"


def _sizes(book: Book, frame: Frame, column: str) -> FloatArray:
    """Return the size of the numbers of a column: of the item, of money, or 1 of what is counted."""
    if "item" in frame and column != "worth":
        return np.append(book.quantities, 0.0)[book.codes(frame["item"], book.facts.items)]
    return np.full(frame[column].shape, book.money if column in ("paid", "amount") else 1.0)


def _rows_there(book: Book, name: str, columns: Mapping[str, Sequence[object]]) -> FloatArray:
    frame = book.frame(name)
    codes = [book.codes(frame[column], known) for column, known in columns.items()]
    shape = (*(len(known) for known in columns.values()), book.facts.count)
    return book.summed(shape, [*codes, book.periods(name)], np.ones(len(codes[0])))


def _expected(book: Book, tally: Tally, name: str) -> None:
    """Check that every expected row of a table is there."""
    facts = book.facts
    every = np.ones(facts.count, dtype=bool)
    if name == "shifts":
        _missing(tally, name, _rows_there(book, name, {"line": facts.line_names}), (facts.line_names,), every)
    elif name == "output":
        axes = {"line": facts.line_names, "item": facts.items}
        _missing(tally, name, _rows_there(book, name, axes), tuple(axes.values()), facts.rates.rate > 0)
    elif name == "stock":
        there = _rows_there(book, name, {"place": facts.places, "item": facts.items})
        opening, reserve, _ = facts.held
        series = there.any(axis=2) | (((opening > 0) | (reserve > 0)) & facts.storable)
        _missing(tally, name, there, (facts.places, facts.items), series[:, :, None] & every)
    elif name == "own_stock":
        there = _rows_there(book, name, {"member": facts.places, "item": facts.items})
        series = np.zeros(there.shape[:2], dtype=bool)
        for member, item in facts.stockpiles:
            series[facts.place[member], facts.item[item]] = True
        _missing(tally, name, there, (facts.places, facts.items), series[:, :, None] & every)
    elif name == "deliveries":
        there = _rows_there(book, name, {"customer": facts.places, "item": facts.items})
        series = np.zeros(there.shape[:2], dtype=bool)
        for customer, item in facts.books:
            series[facts.place[customer], facts.item[item]] = True
        _missing(tally, name, there, (facts.places, facts.items), series[:, :, None] & every)
        strange = np.where(series[:, :, None], 0.0, there)
        tally.each(strange, lambda n, i, t: f"deliveries: {facts.places[n]} has not ordered {facts.items[i]}")
    elif name == "uses":
        there = _rows_there(book, name, {"recipient": facts.places, "item": facts.items})
        _missing(tally, name, there, (facts.places, facts.items), facts.needs > 0)
    elif name == "losses":
        _missing_bands(book, tally)
    elif name == "pledges":
        frame = book.frame(name)
        unknown = sorted(set(zip(frame["member"], frame["item"], strict=True)) - set(facts.books))
        tally.must(not unknown, f"pledges: no Pledges row for {unknown[:1]}")
    elif name == "promises":
        _missing_targets(book, tally)


def _missing(
    tally: Tally, name: str, there: FloatArray, axes: tuple[tuple[str, ...], ...], expected: BoolArray
) -> None:
    def say(*at: int) -> str:
        names = ", ".join(axis[n] for axis, n in zip(axes, at, strict=False))
        return f"{name} lacks the row {names} of period {at[-1] + 1}"

    lacking = np.logical_and(expected, there == 0)
    tally.each(lacking.astype(float), say, where=np.broadcast_to(expected, there.shape))


def _missing_bands(book: Book, tally: Tally) -> None:
    frame, facts = book.frame("losses"), book.facts
    bands = frame["band"].astype(int)
    there = set(zip(frame["recipient"], frame["item"], bands, book.periods("losses"), strict=True))
    lacking = np.asarray(
        [[(*band, t) not in there for t in range(facts.count)] for band in facts.bands], dtype=float
    ).reshape(len(facts.bands), facts.count)
    tally.each(
        lacking,
        lambda b, t: f"losses lacks the row {', '.join(map(str, facts.bands[b]))} of {facts.label(t)}",
        where=facts.band_needs > 0,
    )
    strange = sorted({row[:3] for row in there} - set(facts.bands))
    tally.must(not strange, f"losses: no need {strange[:1]}")


def _missing_targets(book: Book, tally: Tally) -> None:
    frame, facts = book.frame("promises"), book.facts
    keys = zip(frame["target"], frame["place"], frame["item"], book.periods("promises"), strict=True)
    figures = dict(zip(keys, zip(frame["attained"], frame["short"], strict=True), strict=True))
    expected = set()
    for instance in instances(book):
        target = instance.target
        for t in instance.periods if target.strength != "hard" else ():
            place = instance.dated if target.strength == "asap" else instance.place
            key = (target.target, place, instance.item, t)
            expected.add(key)
            attained, short = figures.get(key, (np.nan, np.nan))
            figure = attained if target.strength == "asap" else short
            what = ", ".join(part for part in key[:3] if part)
            tally.must(not np.isnan(figure), f"the table promises lacks {target.strength} {what} in {facts.label(t)}")
    strange = [key for key in figures if key not in expected]
    tally.must(not strange, f"the table promises has a row that no target asks for: {strange[:1]}")


def _steps(book: Book, tally: Tally) -> None:
    """Check that weekends are of steps that the line's ladder has."""
    frame = book.frame("weekends")
    steps = np.append(book.facts.steps, 0)[book.codes(frame["line"], book.facts.line_names)]
    wrong = np.flatnonzero((frame["step"] < 1) | (frame["step"] > steps))
    row = f"{frame['line'][wrong[0]]} has no step {frame['step'][wrong[0]]:g}" if len(wrong) else ""
    tally.must(not len(wrong), f"weekends: {row}")
