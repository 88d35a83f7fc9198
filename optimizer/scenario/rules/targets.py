"""Targets: about places and items that exist, in units and months that make sense."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.view import Rule, View, unknown
from optimizer.scenario.schema import (
    EACH,
    POOLED,
    Fund,
    Item,
    Line,
    Member,
    Need,
    Order,
    Pledge,
    Rate,
    Settings,
    Site,
    Stock,
    Supplier,
    Target,
)

_PLACES = {
    "rate": "member",
    "home share": "member",
    "waiting time": "member",
    "coverage": "recipient",
}


def places_fit_the_kind(view: View) -> Iterator[Finding]:
    """Coverage is about recipients; rate, home share and waiting time are about members."""
    for index, target in view.numbered(Target):
        message = _place_problem(view, target)
        if message:
            yield view.error(Target, index, "place", message)


def _place_problem(view: View, target: Target) -> str:
    place, kind = target.place, _PLACES.get(target.kind)
    if place in (None, POOLED):
        advice = f"name one, or write {EACH}"
        return f"a home share is about a member; {advice}" if target.kind == "home share" else ""
    if place == EACH:
        advice = "name a place, or leave it empty"
        return "" if kind else f"a {target.kind} target cannot be about {EACH}; {advice}"
    if place not in view.kinds:
        return unknown(place, "Members", [*view.kinds, EACH, POOLED])
    if kind and view.kinds[place] != kind:
        return f"`{place}` is a {view.kinds[place]}, but a {target.kind} target is about a {kind}; name one"
    return ""


def values_fit_the_kind(view: View) -> Iterator[Finding]:
    """Shares are at most 100 %; a home share is never as soon as possible."""
    for index, target in view.numbered(Target):
        if target.kind in ("coverage", "home share") and target.value > 1:
            hint = "type a share such as 50 % or 0.5"
            if target.value <= 100:
                hint = f"did you mean {target.value:g} % = {target.value / 100:g}?"
            message = f"{target.value:g} must be at most 100 %"
            yield view.error(Target, index, "value", f"{message}; {hint}")
        if target.kind == "home share" and target.strength == "asap":
            message = "a home share holds over a window and cannot be asap; choose hard or soft"
            yield view.error(Target, index, "strength", message)


def windows_touch_the_horizon(view: View) -> Iterator[Finding]:
    """A target binds in at least one period."""
    calendar = view.calendar
    for index, target in view.numbered(Target):
        begin, stop = calendar.window(target.from_month, target.to_month)
        if target.kind == "waiting time" and target.to_month is None:
            stop += 1  # from the month after the horizon on, it binds at the end of the horizon
        if target.kind == "waiting time":
            binds = stop > 0 and begin < min(stop, calendar.end + 1)
        else:
            binds = any(begin <= month < stop for month in calendar.begins)
        if not binds and (target.to_month is None or begin < stop):
            message = "no period of the horizon begins between from and to; mend these"
            yield view.error(Target, index, "from_month", message)


def targets_begin_with_a_period(view: View) -> Iterator[Finding]:
    """A target about whole periods that begins inside one binds from the next on only."""
    calendar = view.calendar
    for index, target in view.numbered(Target):
        begin, _ = calendar.window(target.from_month, target.to_month)
        later = [t for t in calendar.periods if calendar.begins[t] > begin]
        if target.kind == "waiting time" or begin <= 0 or begin in calendar.begins or not later:
            continue
        first, before = (f"{calendar.date(calendar.begins[t]):%Y-%m}" for t in (later[0], later[0] - 1))
        message = f"lies inside the period that begins {before}, so the target binds from {first} on"
        yield view.warning(Target, index, "from_month", f"{message}; write {before} or {first} to be plain")


# -- about something that exists -----------------------------------------------------------------
def targets_are_about_something(view: View) -> Iterator[Finding]:
    """What a target asks for is made, needed, ordered or paid by somebody."""
    for index, target in view.numbered(Target):
        if _place_problem(view, target):
            continue
        subjects = _subjects(view, target)
        if subjects is None:
            continue
        if not any(_matches(target, place, item) for place, item in subjects[0]):
            about = " ".join(f"`{word}`" for word in (target.item, target.place) if word) or "anything"
            name = "item" if target.item else "place"
            yield view.error(Target, index, name, f"{subjects[1]} {about}; mend the target, or add rows")


def _matches(target: Target, place: str, item: str) -> bool:
    same_item = target.item is None or target.item == item
    return same_item and (target.place in (None, EACH, POOLED) or target.place == place)


def _subjects(view: View, target: Target) -> tuple[set[tuple[str, str]], str] | None:
    """Return the (place, item) pairs a target can be about, and what to say when it is about none."""
    orders = {(row.customer, row.item) for row in view.rows(Order)}
    if target.kind == "rate":
        return _made_at(view), "no line makes"
    if target.kind == "coverage":
        return {(row.recipient, row.item) for row in view.rows(Need)}, "Needs has no row for"
    if target.kind == "waiting time":
        pledges = {(row.member, row.item) for row in view.rows(Pledge)}
        return orders | pledges, "Orders and Pledges have no row for"
    if target.kind == "home share" and target.item:
        return orders, "Orders has no row for"
    if target.kind == "home share":
        owners = {row.member[0] for row in view.rows(Fund) if len(row.member) == 1}
        return {(owner, "") for owner in owners}, "no fund belongs to"
    return None


def _made_at(view: View) -> set[tuple[str, str]]:
    members = {line.line: view.site_members.get(line.site, "") for line in view.rows(Line)}
    return {(members.get(rate.line, ""), rate.item) for rate in view.rows(Rate)}


def stock_targets_can_be_met(view: View) -> Iterator[Finding]:
    """A stock is a target of items that have a source and can be stored."""
    sources = view.made | view.by_products | {row.item for row in view.rows(Supplier)}
    sources |= {row.item for row in view.rows(Stock)}
    fleeting = {item.item for item in view.rows(Item) if not item.can_be_stored}
    for index, target in view.numbered(Target):
        if target.kind == "stock" and target.item in fleeting:
            message = f"`{target.item}` cannot be stored; mend Items, or delete the target"
            yield view.error(Target, index, "item", message)
        elif target.kind == "stock" and target.item and target.item not in sources:
            message = f"nobody can make, buy or has `{target.item}`; mend the target, or add rows"
            yield view.error(Target, index, "item", message)


RULES = (
    Rule(places_fit_the_kind, (Member,)),
    Rule(values_fit_the_kind, ()),
    Rule(windows_touch_the_horizon, (Settings,)),
    Rule(targets_begin_with_a_period, (Settings,)),
    Rule(targets_are_about_something, (Member, Site, Line, Rate, Need, Order, Pledge, Fund)),
    Rule(stock_targets_can_be_met, (Item, Rate, Supplier, Stock)),
)
