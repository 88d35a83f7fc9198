"""What the user states and the model holds as rows or bounds: who could be asked to give way.

A statement is one value of the workbook, with the rows of the model it stands in and by how much
each is relaxed when the value changes by one. Needs and orders are none: what is not met is lost or
late, so they make no plan impossible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.model.index import Index
from optimizer.model.index.shifts import kept
from optimizer.model.index.targets import TargetRow
from optimizer.model.today import target_row
from optimizer.scenario.network import POOL
from optimizer.scenario.schema import Fund, Group, Lane, Member, Project, Rate, Row, Stock, Supplier, Target

Relaxed = tuple[str, Any, float]
"""(constraint or variable, key, how much weaker it is when the value changes by one)."""

UNITS = {"rate": "units per month", "stock": "units", "waiting time": "months", "coverage": "%", "home share": "%"}
"""Kind of target -> unit of its value."""


@dataclass(frozen=True)
class Statement:
    """One value of the workbook that a plan must respect.

    Attributes
    ----------
    model, row, attribute
        Table, position of the row in it, and column of the value; row -1: a row that is not there yet.
    words
        What is stated, for a sentence.
    value
        The value, as a number; 1 for statements that hold or do not.
    raises
        Whether the value gives way by rising.
    most
        Most by which it can change; infinite where nothing limits it.
    rows, bounds
        Constraints (name, key, amount) and variables (name, key, amount) that it stands in.
    whole
        Whether the value is a whole number.
    per
        Where the value is a share of what is decided: for each of `rows` the variables (name, key)
        whose sum it multiplies.
    unit
        Of the value, where the column itself does not say.
    kind
        Values of the same column and kind can be compared: the item, or the kind of target.
    """

    model: type[Row]
    row: int
    attribute: str
    words: str
    value: float
    raises: bool
    most: float
    rows: tuple[Relaxed, ...] = ()
    bounds: tuple[Relaxed, ...] = ()
    whole: bool = False
    per: tuple[tuple[tuple[str, Any], ...], ...] = ()
    unit: str = ""
    kind: str = ""


def statements(index: Index) -> list[Statement]:
    """Return the statements of a scenario, those that a user gives up first at the front."""
    found = [
        *_targets(index),
        *_forced(index),
        *_firm_orders(index),
        *_groups(index),
        *_funds(index),
        *_people(index),
        *_rooms(index),
        *_starts_per_year(index),
        *_minimum_rates(index),
        *_stocks(index),
        *_suppliers(index),
        *_lanes(index),
    ]
    return [statement for statement in found if statement.rows or statement.bounds]


def _targets(index: Index) -> Iterator[Statement]:
    for number, target in enumerate(index.scenario.rows(Target)):
        if target.strength == "hard":
            held = index.targets.ROWS.get(target.kind, {})
            found = {key: row for key, row in held.items() if key[0] == target.target}
            waits = target.kind == "waiting time"
            yield Statement(
                Target,
                number,
                "value",
                f"the hard target `{target.target}`",
                target.value,
                raises=waits,
                most=1.0 if waits else target.value,
                rows=tuple((target_row(target.kind, key), key, _weaker(index, target, key)) for key in found),
                per=tuple(_per(key, row) for key, row in found.items()) if target.kind == "home share" else (),
                unit=UNITS[target.kind],
                kind=target.kind,
            )


def _weaker(index: Index, target: Target, key: tuple[str, str, str, float]) -> float:
    """Return by how much a row of a target is weaker when its value is lower by one.

    Of a share at home that depends on what is decided, so the most it can be is taken. A waiting
    time gives way by the share of orders that are late.
    """
    bound = index.targets.ROWS[target.kind][key].bound
    if target.kind not in ("home share", "waiting time"):
        return bound / target.value if target.value else 0.0
    books = [book for (who, item), book in index.demand.BOOKS.items() if item == key[2] and key[1] in ("", who)]
    ordered = sum(book.placed(index.calendar.end) for book in books)
    return max(1.0, ordered if key[2] else sum(index.funding.AMOUNTS.values()))


def _per(key: tuple[str, str, str, float], row: TargetRow) -> tuple[tuple[str, Any], ...]:
    """Return the variables whose sum a share at home multiplies: what is delivered, or all that is paid."""
    return tuple((variable, k) for variable, k, _ in row.terms if variable == "deliver" or not key[2])


def _forced(index: Index) -> Iterator[Statement]:
    for number, project in enumerate(index.scenario.rows(Project)):
        units = [(p, u) for p, u in index.projects.FORCED_UNITS if p == project.project]
        rows = tuple(("forced_projects_start", unit, 1.0) for unit in units)
        words = f"the forced project `{project.project}`"
        yield Statement(Project, number, "status", words, 1.0, raises=False, most=1.0, rows=rows, whole=True)


def _firm_orders(index: Index) -> Iterator[Statement]:
    """Yield what committed projects ask for: it must be on order, whereas others need not start."""
    for number, project in enumerate(index.scenario.rows(Project)):
        if project.status == "committed" and project.firm_quantity:
            rows = tuple(
                ("firm_orders_come_first", key, float(units))
                for key, starts in index.projects.firm_starts.items()
                if (units := sum(start[0] == project.project for _, start in starts))
            )
            words = f"the firm orders that the committed project `{project.project}` asks for"
            value, item = project.firm_quantity, project.firm_item or ""
            yield Statement(Project, number, "firm_quantity", words, value, False, value, rows, kind=item)


def _groups(index: Index) -> Iterator[Statement]:
    for number, group in enumerate(index.scenario.rows(Group)):
        for attribute, name, sets in (
            ("at_least", "groups_start_enough", index.projects.GROUPS_AT_LEAST),
            ("at_most", "groups_start_no_more", index.projects.GROUPS_AT_MOST),
        ):
            if group.group in sets:
                value, raises = float(getattr(group, attribute)), attribute == "at_most"
                words = f"{attribute.replace('_', ' ')} {value:g} of the group `{group.group}`"
                most = float("inf") if raises else value
                rows = ((name, group.group, 1.0),)
                yield Statement(Group, number, attribute, words, value, raises, most, rows, whole=True)


def _funds(index: Index) -> Iterator[Statement]:
    numbers = {(row.fund, row.year): number for number, row in enumerate(index.scenario.rows(Fund))}
    amounts = {(row.fund, row.year): row.amount for row in index.scenario.rows(Fund)}
    years = index.calendar.years
    for fund, year in index.funding.AMOUNTS:
        later = [y for y in years if y == year or (index.funding.carries_over[fund] and y > year)]
        rows = tuple(("funds_hold", (fund, y), 1.0) for y in later)
        words = f"the amount of `{fund}` in {year}"
        row, amount = numbers.get((fund, year), -1), amounts.get((fund, year), 0.0)
        yield Statement(Fund, row, "amount", words, amount, True, float("inf"), rows)


def _people(index: Index) -> Iterator[Statement]:
    blocks: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for key in index.shifts.LIMITED:
        blocks[key[0]].append(key)
    for number, member in enumerate(index.scenario.rows(Member)):
        if member.people_available is not None:
            rows = tuple(
                ("people_are_there", key, kept(member, index.calendar.block_begins(key[1])))
                for key in blocks[member.member]
            )
            words = f"the people available in {member.member}"
            value = member.people_available
            yield Statement(Member, number, "people_available", words, value, True, float("inf"), rows)
        if member.people_hired is not None:
            months = index.calendar.block_months
            hired = tuple(("hire", key, float(months(key[1]))) for key in index.shifts.HIRES if key[0] == member.member)
            words, value = f"the people hired per month in {member.member}", member.people_hired
            yield Statement(Member, number, "people_hired", words, value, True, float("inf"), (), hired)


def _rooms(index: Index) -> Iterator[Statement]:
    for number, member in enumerate(index.scenario.rows(Member)):
        if member.room is not None:
            keys = [key for key in index.stock.ROOMS if key[0] in (member.member, POOL)]
            rows = tuple(("stocks_fit_the_room", key, 1.0) for key in keys)
            words = f"the storage room of {member.member}"
            yield Statement(Member, number, "room", words, member.room, True, float("inf"), rows)


def _starts_per_year(index: Index) -> Iterator[Statement]:
    for number, member in enumerate(index.scenario.rows(Member)):
        if member.starts_per_year is not None:
            keys = [key for key in index.projects.STARTS_PER_YEAR if key[0] == member.member]
            rows = tuple(("starts_per_year_are_limited", key, 1.0) for key in keys)
            words, value = f"the starts per year of {member.member}", float(member.starts_per_year)
            yield Statement(Member, number, "starts_per_year", words, value, True, float("inf"), rows, whole=True)


def _minimum_rates(index: Index) -> Iterator[Statement]:
    held: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for attribute, found in (("minimum", index.capacity.minimum), ("crew_minimum", index.capacity.crew_minimum)):
        for key in found:
            held[attribute, index.network.lines[key[0]].base].append(key)
    for number, rate in enumerate(index.scenario.rows(Rate)):
        for attribute, name, whose, shares in (
            ("minimum", "running_lines_keep_the_minimum_rate", "", index.production.MINIMUM),
            ("crew_minimum", "running_crews_keep_their_minimum_rate", "every crew of ", index.production.CREW_MINIMUM),
        ):
            least = getattr(rate, attribute)
            rows = tuple(
                (name, key, weaker)
                for key in held[attribute, rate.line]
                if least and (weaker := _weaker_minimum(index, rate, least, shares[key[0], key[-1]], key))
            )
            words = f"the minimum rate of {whose}{rate.line}"
            yield Statement(Rate, number, attribute, words, least, False, least, rows, kind=rate.item)


def _weaker_minimum(index: Index, rate: Rate, least: float, share: float, key: tuple[Any, ...]) -> float:
    """Return by how much a line's minimum is weaker when that of an item is lower by one; 0 if another is lower still.

    What the line keeps to is the least minimum of its items, as a share of the rate. Of crews, for one at work.
    """
    months = index.calendar.overlap(key[-1], *index.calendar.window(rate.from_month, rate.to_month))
    if not months or least / rate.rate > share * (1 + 1e-9):
        return 0.0
    return months / index.production.rate[key[0], rate.item, key[-1]]


def _stocks(index: Index) -> Iterator[Statement]:
    for number, stock in enumerate(index.scenario.rows(Stock)):
        own = stock.held_by == "member"
        place = stock.place if own else index.network.place(stock.place, stock.item)
        variable, held = ("own", index.stock.OWN) if own else ("stock", index.stock.STOCK)
        keys = [key for key in held if key[:2] == (place, stock.item)]
        bounds = tuple((variable, key, 1.0) for key in keys)
        where = f"of {stock.item} at {stock.place}"
        reserve = (stock.opening if own else 0.0) if stock.reserve is None else stock.reserve
        if reserve:
            words = f"the reserve {where}"
            yield Statement(Stock, number, "reserve", words, reserve, False, reserve, (), bounds, kind=stock.item)
        if stock.storage_limit is not None:
            limit, words, most = stock.storage_limit, f"the storage limit {where}", float("inf")
            yield Statement(Stock, number, "storage_limit", words, limit, True, most, (), bounds, kind=stock.item)


def _suppliers(index: Index) -> Iterator[Statement]:
    for number, row in enumerate(index.scenario.rows(Supplier)):
        if row.most_per_month is not None:
            rows = tuple(
                ("suppliers_deliver_a_limited_amount", key, _selling_months(index, row, key[2]))
                for key in index.supply.LIMITS
                if key[:2] == (row.supplier, row.item)
            )
            words, value = f"what {row.supplier} sells of {row.item} a month", row.most_per_month
            yield Statement(Supplier, number, "most_per_month", words, value, True, float("inf"), rows, kind=row.item)


def _selling_months(index: Index, row: Supplier, period: int) -> float:
    """Return the months of a period in which a supplier takes orders."""
    begin = index.calendar.begins[period]
    first, stop = index.calendar.window(row.from_month, row.to_month)
    return float(max(0, min(stop, begin + index.calendar.lengths[period]) - max(first, begin)))


def _lanes(index: Index) -> Iterator[Statement]:
    for number, row in enumerate(index.scenario.rows(Lane)):
        if row.most_per_month is not None:
            rows = tuple(
                ("lanes_carry_a_limited_amount", key, index.calendar.lengths[key[1]])
                for key in index.stock.LANES
                if key[0] == number
            )
            words = f"what the lane from {row.from_place} to {row.to_place} carries a month"
            yield Statement(Lane, number, "most_per_month", words, row.most_per_month, True, float("inf"), rows)
