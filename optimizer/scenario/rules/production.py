"""Lines, ladders, profiles, rates and recipes; and that everything asked for can be made or bought."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from optimizer.errors import WARNING, Finding
from optimizer.scenario.rules.view import Rule, View, first_by
from optimizer.scenario.schema import (
    Item,
    LadderStep,
    Lane,
    Line,
    Member,
    Need,
    Order,
    Pledge,
    ProfilePoint,
    Project,
    Rate,
    Recipe,
    Stock,
    Supplier,
)

_LONG_AGO, _FAR_OFF = dt.date.min, dt.date.max


def something_is_made(view: View) -> Iterator[Finding]:
    """A group may buy everything, but a sheet of rates without rows is more likely one that was forgotten."""
    if not view.rows(Rate):
        place, _ = view.scenario.locate(Rate.table, 0, "")
        yield Finding(place, "", "has no rows: nothing is made; if something is, add its rates", WARNING)


def rates_do_not_overlap(view: View) -> Iterator[Finding]:
    """In a month a line makes an item at one rate."""
    rows: dict[tuple[str, str], list[tuple[dt.date, dt.date, int]]] = defaultdict(list)
    for index, rate in view.numbered(Rate):
        begin, stop = rate.from_month or _LONG_AGO, rate.to_month or _FAR_OFF
        rows[rate.line, rate.item].append((begin, stop, index))
    for (line, item), windows in rows.items():
        windows.sort()
        for (_, stop, first), (begin, _, index) in pairwise(windows):
            if begin <= stop:
                other = view.error(Rate, first, "line", "").cell
                message = f"the rates of `{line}` for `{item}` overlap with {other}"
                yield view.error(Rate, index, "from_month", f"{message}; end that row earlier, with `to`")


def minimum_is_no_more_than_the_rate(view: View) -> Iterator[Finding]:
    """A line can be kept going at its minimum, and at that of a crew, in one shift."""
    for index, rate in view.numbered(Rate):
        for attribute, whose in (("minimum", "the minimum {}"), ("crew_minimum", "the minimum of every crew, {},")):
            least = getattr(rate, attribute)
            if least > rate.rate:
                message = f"{whose.format(f'{least:g}')} is more than the 1-8-5 rate {rate.rate:g}; lower it"
                yield view.error(Rate, index, attribute, message)


def ladders_have_every_step(view: View) -> Iterator[Finding]:
    """The steps of a ladder are 1, 2, 3, ... without a hole."""
    doubt = view.in_doubt(LadderStep, "ladder")
    steps: dict[str, set[int]] = defaultdict(set)
    for row in view.rows(LadderStep):
        steps[row.ladder].add(row.step)
    for ladder, (index, _) in first_by(view.numbered(LadderStep), lambda row: row.ladder).items():
        missing = sorted(set(range(1, max(steps[ladder]) + 1)) - steps[ladder])
        if missing and doubt is not None and ladder not in doubt:
            listed = ", ".join(map(str, missing[:10]))
            message = f"the ladder `{ladder}` lacks step {listed}; add it, or number the steps anew"
            yield view.error(LadderStep, index, "step", message)


def crews_stay_through_their_ramp_up(view: View) -> Iterator[Finding]:
    """A crew stays at least as long as it ramps up."""
    doubt = view.in_doubt(ProfilePoint, "profile")
    for index, step in view.numbered(LadderStep):
        profile = view.profiles.get(step.ramp_up or "", {})
        months = max(profile, default=-1) + 1
        while months and profile.get(months - 1, 0.0) >= 1:
            months -= 1
        if step.minimum_stay < months and doubt is not None and step.ramp_up not in doubt:
            message = (
                f"the minimum stay of {step.minimum_stay} months is shorter than the ramp-up "
                f"`{step.ramp_up}` of {months}; raise it to {months}"
            )
            yield view.error(LadderStep, index, "minimum_stay", message)


def shifts_fit_the_ladder(view: View) -> Iterator[Finding]:
    """Shifts worked now are steps of the ladder; a line that exists works unless it may idle."""
    doubt = view.in_doubt(LadderStep, "ladder")
    steps: dict[str | None, int] = defaultdict(int)
    for row in view.rows(LadderStep):
        steps[row.ladder] += 1
    for index, line in view.numbered(Line):
        now = line.shifts_now
        most = steps.get(line.ladder, now or 0) if line.ladder else 1
        if now is None:
            continue
        if line.opened_by and now > 0:
            message = f"shifts now is {now}, but `{line.opened_by}` has yet to open the line; write 0"
            yield view.error(Line, index, "shifts_now", message)
        elif now > most and not (line.ladder and (doubt is None or line.ladder in doubt)):
            ladder = f"the ladder `{line.ladder}`" if line.ladder else "a line without a ladder"
            message = f"shifts now is {now}, but {ladder} has {most}; mend one of them"
            yield view.error(Line, index, "shifts_now", message)
        elif now == 0 and not line.opened_by and not line.may_idle:
            message = "shifts now is 0, but the line may not idle; write yes in `may idle`, or 1 here"
            yield view.error(Line, index, "shifts_now", message)


def payments_sum_to_all(view: View) -> Iterator[Finding]:
    """A profile that projects pay by sums to 100 %."""
    doubt = view.in_doubt(ProfilePoint, "profile")
    paid = {project.payments for project in view.rows(Project)}
    for profile, (index, _) in first_by(view.numbered(ProfilePoint), lambda row: row.profile).items():
        total = sum(view.profiles[profile].values())
        if profile in paid and abs(total - 1) > 1e-6 and doubt is not None and profile not in doubt:
            message = f"the payments of `{profile}` sum to {total * 100:.6g} %; make them 100 %"
            yield view.error(ProfilePoint, index, "share", message)


# -- recipes -------------------------------------------------------------------------------------
def recipes_use_other_items(view: View) -> Iterator[Finding]:
    """Nothing is made from itself, directly or by a chain of recipes, nor its own by-product."""
    inputs: dict[str, list[str]] = defaultdict(list)
    for index, recipe in view.numbered(Recipe):
        if recipe.quantity > 0:
            inputs[recipe.item].append(recipe.input)
        if recipe.item == recipe.input:
            message = f"`{recipe.item}` is made from itself; name another input"
            if recipe.quantity < 0:
                message = f"`{recipe.item}` is its own by-product; raise its rate or its yield in Rates instead"
            yield view.error(Recipe, index, "input", message)
    first = first_by(view.numbered(Recipe), lambda row: row.item)
    for circle in circles(inputs):
        index = first[circle[0]][0]
        message = f"the recipes go in a circle: {' > '.join(circle)}; delete one of them"
        yield view.error(Recipe, index, "input", message)


def recipes_say_how_much(view: View) -> Iterator[Finding]:
    """A recipe row uses some of an input, or gives some of a by-product."""
    for index, recipe in view.numbered(Recipe):
        if not recipe.quantity:
            message = "is 0; write how much is used, or below 0 what comes out as well, or delete the row"
            yield view.error(Recipe, index, "quantity", message)


def by_products_have_somewhere_to_go(view: View) -> Iterator[Finding]:
    """What comes out as well and can neither be used, kept, moved nor thrown away lets nothing be made."""
    items = {item.item: item for item in view.rows(Item)}
    wanted = {row.input for row in view.rows(Recipe) if row.quantity > 0 and row.item in view.made}
    wanted |= {row.item for row in view.rows(Need)} | {row.item for row in view.rows(Order)}
    wanted |= {row.item for row in view.rows(Pledge)}
    moved = {lane.item for lane in view.rows(Lane)}
    for index, recipe in view.numbered(Recipe):
        item = items.get(recipe.input)
        if recipe.quantity >= 0 or item is None or item.can_be_stored or item.may_be_discarded:
            continue
        if item.item not in wanted and not moved & {None, item.item} and recipe.item in view.made:
            where = f"on `{recipe.line}`" if recipe.line else "anywhere"
            message = (
                f"`{item.item}` comes out, but nothing uses it and it can neither be stored nor thrown away, so no "
                f"`{recipe.item}` can be made {where}; write yes in `may be discarded` of Items, or add what uses it"
            )
            yield view.warning(Recipe, index, "input", message)


def circles(follows: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield one circle (first name repeated at the end) for each knot; steps to itself are left out."""
    done: set[str] = set()
    for start in follows:
        path: list[str] = []
        stack = [(start, iter(follows.get(start, ())))]
        while stack and start not in done:
            name, rest = stack[-1]
            if len(path) < len(stack):
                path.append(name)
            successor = next(rest, None)
            if successor is None:
                stack.pop()
                done.add(path.pop())
            elif successor in path and successor != name:
                yield [*path[path.index(successor) :], successor]
                done.update(path)
                break
            elif successor not in done and successor != name:
                stack.append((successor, iter(follows.get(successor, ()))))


def _stocked(view: View, *holders: str) -> set[str]:
    return {row.item for row in view.rows(Stock) if row.opening > 0 and row.held_by in holders}


def everything_asked_for_has_a_source(view: View) -> Iterator[Finding]:
    """What is needed, ordered or used as input is made, bought or in stock."""
    made, sold, doubt = view.names(Rate, "item"), view.names(Supplier, "item"), view.in_doubt(Stock, "item")
    if made is None or sold is None or doubt is None:
        return
    sources = made | sold | doubt | view.by_products | _stocked(view, "producer")
    gifts = sources | _stocked(view, "member")
    needs = [(row.item, i) for i, row in view.numbered(Need) if row.per_month > 0]
    orders = [(row.item, i) for i, row in view.numbered(Order) if row.per_month > 0]
    inputs = [(row.input, i) for i, row in view.numbered(Recipe) if row.item in view.made and row.quantity > 0]
    for item, index in _first_without(needs, gifts):
        yield view.error(Need, index, "item", f"`{item}` is needed, but {_NO_SOURCE}")
    for item, index in _first_without(orders, sources):
        yield view.error(Order, index, "item", f"`{item}` is ordered, but {_NO_SOURCE}")
    for item, index in _first_without(inputs, sources):
        yield view.error(Recipe, index, "input", f"`{item}` is used, but {_NO_SOURCE}")


_NO_SOURCE = "nobody can make or buy it; add a row to Rates or Suppliers"


def _first_without(rows: list[tuple[str, int]], sources: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield each item without a source, with the first row that asks for it."""
    first = dict(reversed(rows))
    yield from ((item, index) for item, index in reversed(first.items()) if item not in sources)


OF_A_POOL = {
    "training_months": "training months",
    "hiring_cost": "hiring cost per person",
    "leaving_cost": "leaving cost per person",
    "waiting_pay": "pay per month without a crew",
    "training_pay": "pay per month in training",
    "trainers": "trainers per trainee",
    "people_let_go": "people let go per month",
    "quitting": "share who quit per month",
}
"""What is said of people who are hired: attribute -> header."""


def pools_begin_with_people(view: View) -> Iterator[Finding]:
    """Who hires says how many people there are, and only who hires says what that takes."""
    for index, member in view.numbered(Member):
        if member.hires and member.people_available is None:
            message = f"`{member.member}` hires people, but has no limit of them; fill in `people available`"
            yield view.error(Member, index, "people_available", message)
        for attribute, header in OF_A_POOL.items():
            if getattr(member, attribute) and not member.hires:
                message = f"`{member.member}` has {header}, but nobody is hired; fill in `people hired per month`"
                yield view.error(Member, index, attribute, f"{message}, 0 for nobody, or leave it empty")


RULES = (
    Rule(pools_begin_with_people, ()),
    Rule(something_is_made, (Rate,)),
    Rule(rates_do_not_overlap, ()),
    Rule(minimum_is_no_more_than_the_rate, ()),
    Rule(ladders_have_every_step, ()),
    Rule(crews_stay_through_their_ramp_up, ()),
    Rule(shifts_fit_the_ladder, ()),
    Rule(payments_sum_to_all, ()),
    Rule(recipes_use_other_items, ()),
    Rule(recipes_say_how_much, ()),
    Rule(by_products_have_somewhere_to_go, (Item, Recipe, Rate, Need, Order, Pledge, Lane)),
    Rule(everything_asked_for_has_a_source, ()),
)
