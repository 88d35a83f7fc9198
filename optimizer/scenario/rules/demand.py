"""Needs, orders and pledges within the horizon; stocks that fit; funds whose rows agree."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import WARNING, Finding
from optimizer.scenario.rules.view import Rule, View, first_by
from optimizer.scenario.schema import Fund, Item, Member, Need, Order, Pledge, Row, Settings, Stock, Target, headers


def demand_lies_in_the_horizon(view: View) -> Iterator[Finding]:
    """Needs, orders and pledges outside the horizon have no effect."""
    calendar = view.calendar
    rows: tuple[tuple[type[Row], bool], ...] = ((Need, True), (Order, False), (Pledge, True))
    for model, past_is_outside in rows:
        for index, row in view.numbered(model):
            begin, stop = calendar.window(getattr(row, "from_month", None), getattr(row, "to_month", None))
            if begin >= calendar.end or (past_is_outside and stop <= 0):
                message = "lies outside the horizon and has no effect; mend the months, or the period plan"
                yield view.warning(model, index, "from_month", message)


def something_is_asked(view: View) -> Iterator[Finding]:
    """Where nothing is needed or ordered and there is no target, doing nothing is the best plan."""
    asked: tuple[type[Row], ...] = (Need, Order, Target)
    if not any(view.rows(model) for model in asked):
        message = "nothing is needed, ordered or a target: doing nothing is the best plan; add rows here or to Orders"
        yield Finding(Need.sheet, "", message, WARNING)


def order_book_has_an_end(view: View) -> Iterator[Finding]:
    """An order row that begins in the past and has no end is the opening book and all later orders."""
    for index, order in view.numbered(Order):
        if order.from_month < view.settings.start and order.to_month is None:
            message = "begins before the start and has no end, so orders go on through the horizon"
            advice = "fill in `to` if it is the opening book only"
            yield view.warning(Order, index, "to_month", f"{message}; {advice}")


def pledges_can_be_used(view: View) -> Iterator[Finding]:
    """Pledges end an accepted wait before the horizon does."""
    calendar, wait = view.calendar, view.settings.accepted_wait
    for index, pledge in view.numbered(Pledge):
        begin, stop = calendar.window(pledge.from_month, pledge.to_month)
        early = [t for t in calendar.periods if calendar.ends(t) <= calendar.end - wait]
        usable = any(calendar.overlap(t, begin, stop) for t in early)
        if not usable and stop > 0 and begin < calendar.end:
            message = f"can never be used: pledges end {wait:g} months (accepted wait) before the horizon"
            yield view.warning(Pledge, index, "from_month", f"{message}; lengthen the horizon")


def stocks_fit(view: View) -> Iterator[Finding]:
    """Opening stock and reserve fit into the storage; what cannot be stored has none."""
    fleeting = {item.item for item in view.rows(Item) if not item.can_be_stored}
    for index, stock in view.numbered(Stock):
        reserve, limit = stock.reserve or 0.0, stock.storage_limit
        for name, amount in (("opening", stock.opening), ("reserve", reserve)):
            if limit is not None and amount > limit:
                message = f"the {name} {amount:g} is more than the storage limit {limit:g}; mend one of them"
                yield view.error(Stock, index, name, message)
        if stock.item in fleeting and reserve > 0:
            message = f"`{stock.item}` cannot be stored, so no reserve can be kept; clear it, or mend Items"
            yield view.error(Stock, index, "reserve", message)
        elif stock.item in fleeting and stock.opening > 0:
            message = f"`{stock.item}` cannot be stored; its opening stock is of use in the first period only"
            yield view.warning(Stock, index, "opening", message)
        elif stock.held_by == "member" and reserve > stock.opening:
            message = f"the reserve {reserve:g} is more than the opening stock {stock.opening:g}"
            yield view.warning(Stock, index, "reserve", f"{message}; the first period must fill it")


def rooms_are_for_something(view: View) -> Iterator[Finding]:
    """A storage room limits something: items take some of it; and what takes room has a limit somewhere."""
    rooms = [index for index, member in view.numbered(Member) if member.room is not None]
    taking = [index for index, item in view.numbered(Item) if item.room]
    if rooms and not taking:
        message = "limits nothing, since no item takes room; fill in `room per unit` in Items"
        yield view.warning(Member, rooms[0], "room", message)
    if taking and not rooms:
        message = "limits nothing, since no member states its `storage room`; fill it in in Members"
        yield view.warning(Item, taking[0], "room", message)


def discards_cost_something_only_where_they_may_be(view: View) -> Iterator[Finding]:
    """A cost of throwing away counts where an item may be thrown away."""
    for index, item in view.numbered(Item):
        if item.discard_cost and not item.may_be_discarded:
            message = "counts for nothing, since the item may not be thrown away; write yes in `may be discarded`"
            yield view.warning(Item, index, "discard_cost", message)


def shelf_lives_are_of_what_is_stored(view: View) -> Iterator[Finding]:
    """A shelf life limits what can be stored."""
    for index, item in view.numbered(Item):
        if item.shelf_life is not None and not item.can_be_stored:
            message = "limits nothing, since the item cannot be stored; clear it, or mend `can be stored`"
            yield view.warning(Item, index, "shelf_life", message)


def stock_that_ages_can_go(view: View) -> Iterator[Finding]:
    """Opening stock with a shelf life may be thrown away: what is not used in time has nowhere else to go.

    Its age counts for what producers hold of items with a shelf life.
    """
    items = {item.item: item for item in view.rows(Item)}
    for index, stock in view.numbered(Stock):
        item = items.get(stock.item)
        life = item.shelf_life if item is not None and stock.held_by == "producer" else None
        if stock.age and item is not None and life is None:
            message = "counts for what producers hold of items with a shelf life only; clear it, or mend Items"
            yield view.warning(Stock, index, "age", message)
        if stock.opening and item is not None and life is not None and not item.may_be_discarded:
            message = (
                f"must all be used before it is older than its shelf life of {life:g} months: it may not be thrown "
                "away; else no plan is possible; write yes in `may be discarded` of Items if it may"
            )
            yield view.warning(Stock, index, "opening", message)


def funds_agree(view: View) -> Iterator[Finding]:
    """The rows of one fund differ in year and amount only."""
    first = first_by(view.numbered(Fund), lambda row: row.fund)
    for index, fund in view.numbered(Fund):
        head = first[fund.fund][1]
        for name in ("member", "covers", "abroad", "most_share", "carries_over"):
            if getattr(fund, name) != getattr(head, name):
                message = f"`{fund.fund}` has another {headers(Fund)[name]} in {head.year}"
                yield view.error(Fund, index, name, f"{message}; make its rows agree")


RULES = (
    Rule(demand_lies_in_the_horizon, (Settings,)),
    Rule(something_is_asked, (Need, Order, Target)),
    Rule(order_book_has_an_end, (Settings,)),
    Rule(pledges_can_be_used, (Settings,)),
    Rule(stocks_fit, ()),
    Rule(rooms_are_for_something, (Item, Member)),
    Rule(discards_cost_something_only_where_they_may_be, ()),
    Rule(shelf_lives_are_of_what_is_stored, ()),
    Rule(stock_that_ages_can_go, (Item,)),
    Rule(funds_agree, ()),
)
