"""Names: keys that are unique, references that exist, members where members belong."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.view import Rule, View, unknown
from optimizer.scenario.schema import (
    EACH,
    POOLED,
    SHEETS,
    TABLES,
    CostChange,
    Fund,
    Item,
    Lane,
    Line,
    Member,
    Need,
    Order,
    Pledge,
    Project,
    Rate,
    Row,
    Site,
    Stock,
    Supplier,
    extra,
    headers,
)
from optimizer.scenario.values import folded
from optimizer.scenario.variants import key_text

_SUMS = frozenset({"total", "totals", "grand total", "sum", "subtotal", "gesamt", "summe", "total general"})
RESERVED = ("(pool)", "(common)", EACH, POOLED)


def empty_tables(view: View) -> Iterator[tuple[type[Row], Finding]]:
    """Yield the tables that lack every row: there are members and items, and sites and lines where some are named.

    All else may be empty: a group may buy everything, with no line of its own.
    """
    named = {Site: bool(view.rows(Line)), Line: bool(view.rows(Rate)), Member: True, Item: True}
    for model in (Member, Item, Site, Line):
        if named[model] and not view.rows(model) and model.table not in view.broken:
            place, _ = view.scenario.locate(model.table, 0, "")
            yield model, Finding(place, "", "has no rows; add at least one")


def keys_are_unique(view: View) -> Iterator[Finding]:
    """Each key occurs once in its table; Rates have a rule of their own."""
    for model in TABLES:
        if model is Rate:
            continue
        seen: dict[tuple[object, ...], int] = {}
        for index, row in view.numbered(model):
            key = tuple(getattr(row, name) for name in model.key)
            if key in seen:
                first = view.error(model, seen[key], model.key[0], "").cell
                words = f"`{key_text(row)}` is there already ({first}); keep one of the two"
                yield view.error(model, index, model.key[0], words)
            seen.setdefault(key, index)


def names_are_distinct(view: View) -> Iterator[Finding]:
    """No two names of a sheet differ only by case, or by what cannot be seen: a reader takes them for one."""
    for model in TABLES:
        name = model.key[0]
        if extra(model, name, "refers_to") or model is Lane:
            continue
        first: dict[str, tuple[str, int]] = {}
        told: set[str] = set()
        for index, row in view.numbered(model):
            written = getattr(row, name)
            other, place = first.setdefault(folded(written), (written, index))
            if other != written and written not in told:
                told.add(written)
                cell = view.error(model, place, name, "").cell
                words = f"`{written}` and `{other}` ({cell}) are too much alike; write one name in one way"
                yield view.error(model, index, name, words)


def names_are_no_sums(view: View) -> Iterator[Finding]:
    """A row named like a total is more likely one than a thing of its own."""
    for model in (Member, Item, Site, Line, Project, Supplier, Fund):
        for index, row in view.numbered(model):
            written = str(getattr(row, model.key[0]))
            if folded(written) in _SUMS:
                message = (
                    f"`{written}` reads like a sum of other rows, and was read as a row of its own; delete it if so"
                )
                yield view.warning(model, index, model.key[0], message)


def references_exist(view: View) -> Iterator[Finding]:
    """Every name that refers to another sheet is there."""
    for model in TABLES:
        for name in model.model_fields:
            if reference := str(extra(model, name, "refers_to")):
                yield from _column_refers(view, model, name, reference)


def _column_refers(view: View, model: type[Row], name: str, reference: str) -> Iterator[Finding]:
    sheet, _, header = reference.partition(".")
    target = SHEETS[sheet]
    known = view.names(target, next(a for a, h in headers(target).items() if h == header))
    if known is None:
        return
    for record in view.unread.get(model.table, ()):
        for entry in record.texts(name):
            if entry not in known:
                yield Finding(record.origin.sheet, record.origin.cell(0, name), unknown(entry, sheet, known))
    for index, row in view.numbered(model):
        value = getattr(row, name)
        for entry in value if isinstance(value, tuple) else (value,):
            if entry is not None and entry not in known:
                yield view.error(model, index, name, unknown(entry, sheet, known))


def cost_changes_say_whose(view: View) -> Iterator[Finding]:
    """Labour is that of a member, what is held or transported an item."""
    for index, row in view.numbered(CostChange):
        whose, other = ("member", "item") if row.cost == "labour" else ("item", "member")
        if getattr(row, other) is not None:
            message = f"{row.cost} costs change by {whose}, not by {other}; clear this cell"
            yield view.error(CostChange, index, other, message)


def lanes_start_somewhere(view: View) -> Iterator[Finding]:
    """A lane starts at a place or a supplier and ends somewhere else."""
    places, suppliers = view.names(Member, "member"), view.names(Supplier, "supplier")
    for index, lane in view.numbered(Lane):
        if places is not None and suppliers is not None and lane.from_place not in places | suppliers:
            message = unknown(lane.from_place, "Members or Suppliers", places | suppliers)
            yield view.error(Lane, index, "from_place", message)
        if lane.from_place == lane.to_place:
            message = f"`{lane.to_place}` is where the lane starts; name another place"
            yield view.error(Lane, index, "to_place", message)


def names_are_clear(view: View) -> Iterator[Finding]:
    """No name stands for two things."""
    for index, member in view.numbered(Member):
        if member.member in RESERVED:
            message = f"`{member.member}` has a meaning of its own; choose another name"
            yield view.error(Member, index, "member", message)
    for index, supplier in view.numbered(Supplier):
        if supplier.supplier in view.kinds:
            message = f"`{supplier.supplier}` is in Members too; give the supplier another name"
            yield view.error(Supplier, index, "supplier", message)


def copies_have_free_names(view: View) -> Iterator[Finding]:
    """The names of further units of a line (`A #2`) are not those of other lines."""
    units = {project.project: project.units for project in view.rows(Project)}
    copies = {
        f"{line.line} #{unit}": line.line
        for line in view.rows(Line)
        for unit in range(2, units.get(line.opened_by or "", 1) + 1)
    }
    for index, line in view.numbered(Line):
        if line.line in copies:
            message = f"`{line.line}` will be the name of a copy of `{copies[line.line]}`"
            yield view.error(Line, index, "line", f"{message}; choose another name")


def kinds_fit(view: View) -> Iterator[Finding]:
    """Members own sites, order, pledge and pay; recipients have needs."""
    doings: tuple[tuple[type[Row], str, str], ...] = (
        (Site, "member", "sites stand at members"),
        (Order, "customer", "only members order"),
        (Pledge, "member", "only members pledge"),
        (Fund, "member", "funds belong to members"),
    )
    for model, name, rule in doings:
        for index, row in view.numbered(model):
            value = getattr(row, name)
            for entry in value if isinstance(value, tuple) else (value,):
                if view.kinds.get(entry) == "recipient":
                    message = f"`{entry}` is a recipient, but {rule}; name a member"
                    yield view.error(model, index, name, message)
    for index, need in view.numbered(Need):
        if view.kinds.get(need.recipient) == "member":
            message = f"`{need.recipient}` is a member, but needs are those of recipients"
            yield view.error(Need, index, "recipient", f"{message}; use Orders, or mend its kind")


def own_stockpiles_are_members(view: View) -> Iterator[Finding]:
    """Only members have stockpiles of their own."""
    for index, stock in view.numbered(Stock):
        if stock.held_by == "member" and view.kinds.get(stock.place) == "recipient":
            message = f"`{stock.place}` is a recipient and has no stockpile of its own; write producer"
            yield view.error(Stock, index, "held_by", message)


RULES = (
    Rule(keys_are_unique, ()),
    Rule(names_are_distinct, ()),
    Rule(names_are_no_sums, ()),
    Rule(references_exist, ()),
    Rule(cost_changes_say_whose, ()),
    Rule(lanes_start_somewhere, ()),
    Rule(names_are_clear, ()),
    Rule(copies_have_free_names, ()),
    Rule(kinds_fit, ()),
    Rule(own_stockpiles_are_members, ()),
)
