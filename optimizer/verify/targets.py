"""Targets: hard ones hold, soft ones hold but for their gap, asap ones hold from when they are attained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.plan.plan import Check
from optimizer.scenario.schema import Fund, Rate, Target
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.demand import cumulative, pledged_by
from optimizer.verify.facts import Facts
from optimizer.verify.tally import BoolArray, FloatArray, IntArray, Tally, beside, largest, number

EACH, POOLED = "each", "pooled"


@dataclass(frozen=True)
class Instance:
    """A target, the place and the item one instance is about (empty: all pooled, or spending), its periods.

    `dated` is the place under which it stands when it is attained: that of the instance, but empty for the
    customers of a waiting time without a place, who have one date for all.
    """

    target: Target
    place: str
    item: str
    periods: tuple[int, ...]
    dated: str


def instances(book: Book) -> tuple[Instance, ...]:
    """Return every instance of every target.

    ``pooled`` and an empty place pool all; ``each`` is one instance for every place the target can be
    about, and so is the empty place of a waiting time; an empty item is one instance for every item it
    can be about there.
    """
    found: list[Instance] = []
    for target in book.facts.scenario.rows(Target):
        alone = target.kind == "waiting time" and target.place is None
        for place, item in dict.fromkeys(_expanded(book.facts, target)):
            found.append(Instance(target, place, item, _periods(book.facts, target), "" if alone else place))
    return tuple(found)


def dates(book: Book) -> tuple[Instance, ...]:
    """Return the instances that are wanted as soon as possible, of those with one date the first."""
    asap = [instance for instance in instances(book) if instance.target.strength == "asap"]
    return tuple({(i.target.target, i.dated, i.item): i for i in reversed(asap)}.values())[::-1]


def _expanded(facts: Facts, target: Target) -> list[tuple[str, str]]:
    pairs = _subjects(facts, target)
    if target.kind == "home share" and target.item is None:
        places = [place for place, _ in pairs] if target.place == EACH else [target.place or ""]
        return [(place, "") for place in places]
    if target.place == EACH or (target.kind == "waiting time" and target.place is None):
        return [(place, item) for place, item in pairs if target.item in (None, item)]
    pooled = target.place in (None, POOLED)
    about = "" if pooled else str(target.place)
    if target.item is not None:
        return [(about, target.item)]
    return [(about, item) for place, item in pairs if pooled or target.place == place]


def _subjects(facts: Facts, target: Target) -> list[tuple[str, str]]:
    """Return the places and items that a kind of target can be about.

    Whatever rows name, at any amount and in any month. Rate: members with a line that has a rate for the
    item; coverage: recipients' needs; waiting time, share made at home: order books; share spent at home:
    members with a fund of their own; stock: own stockpiles and, at any place, laned items that can be
    stored (all places pooled: every such item). Only final items where none is named.
    """
    if target.kind == "home share" and target.item is None:
        return [(row.member[0], "") for row in facts.scenario.rows(Fund) if len(row.member) == 1]
    if target.kind == "coverage":
        pairs = [(recipient, item) for recipient, item, _ in facts.bands]
    elif target.kind in ("waiting time", "home share"):
        pairs = list(facts.books)
    elif target.kind == "rate":
        rated = facts.scenario.rows(Rate)
        pairs = [(line.member, row.item) for row in rated for line in facts.lines if line.base == row.line]
    else:
        kept = np.flatnonzero(facts.storable & facts.laned)
        pairs = list(facts.stockpiles)
        pairs += [(place, facts.items[i]) for place in facts.members for i in kept]
        if target.place in (None, POOLED):
            pairs += [("", facts.items[i]) for i in np.flatnonzero(facts.storable)]
    final = [(p, item) for p, item in pairs if facts.network.items[item].kind == "final"]
    return final if target.item is None else pairs


def _window(facts: Facts, target: Target) -> IntArray:
    """Return the periods that begin between `from` and `to`."""
    first, stop = facts.scenario.calendar.window(target.from_month, target.to_month)
    return np.flatnonzero((facts.begins >= first) & (facts.begins < stop)).astype(np.int64)


def _points(facts: Facts, target: Target, books: Sequence[int] = ()) -> FloatArray:
    """Return the months x at which a waiting time of W is checked: corners of both curves.

    Beginnings of periods, these less W, the horizon's end T and T - W, the months in which an Orders
    row of the books begins or ends, from `from` (or 0) to the end of `to` (or T), these two included.
    """
    window = facts.scenario.calendar.window
    first, stop = window(target.from_month, target.to_month)
    within = np.asarray([max(first, 0), min(stop, facts.horizon)], dtype=float)
    corners = np.append(facts.begins, facts.horizon).astype(float)
    rows = [window(row.from_month, row.to_month) for b in books for row in facts.orders[b]]
    placed = np.asarray(rows, dtype=float).reshape(-1)
    points = np.unique(np.concatenate([corners, corners - target.value, placed, within]))
    return np.asarray(points[(points >= within[0]) & (points <= within[1])], dtype=float)


def _period_of(facts: Facts, points: FloatArray) -> IntArray:
    position = np.searchsorted(facts.begins, points, side="right") - 1
    return np.asarray(position, dtype=np.int64)


def _periods(facts: Facts, target: Target) -> tuple[int, ...]:
    """Return the periods an instance has a row for.

    Waiting time: those of its points; home share: the last of its window; else its window.
    """
    if target.kind == "waiting time":
        return tuple(int(t) for t in np.unique(_period_of(facts, _points(facts, target))))
    window = tuple(int(t) for t in _window(facts, target))
    return window[-1:] if target.kind == "home share" else window


def reported(book: Book, instance: Instance, column: str) -> FloatArray:
    """Return `attained` or `short` of an instance by period; 0 where empty or without a row."""
    frame, found = book.frame("promises"), np.zeros(book.facts.count)
    place = instance.dated if column == "attained" else instance.place
    mine = (frame["target"] == instance.target.target) & (frame["place"] == place)
    rows = np.flatnonzero(mine & (frame["item"] == instance.item))
    periods, values = book.periods("promises")[rows], np.nan_to_num(frame[column][rows])
    np.add.at(found, periods[periods >= 0], values[periods >= 0])
    return found


def _binding(book: Book, instance: Instance) -> tuple[BoolArray, FloatArray]:
    """Return in which periods an instance binds (asap: once attained) and by how much it may be missed."""
    binds, short = np.zeros(book.facts.count, dtype=bool), np.zeros(book.facts.count)
    binds[list(instance.periods)] = True
    if instance.target.strength == "asap":
        binds &= reported(book, instance, "attained") > 0.5
    if instance.target.strength == "soft":
        short = reported(book, instance, "short")
    return binds, short


def _judge(book: Book, tally: Tally, instance: Instance, have: FloatArray, want: FloatArray) -> None:
    """Check have + short >= want in every period in which the instance binds."""
    binds, short = _binding(book, instance)
    name = _name(instance)
    tally.each(
        want - have - short,
        lambda t: (
            f"{name}: {number(have[t])} + short {number(short[t])} in {book.facts.label(t)}, not {number(want[t])}"
        ),
        size=beside(largest(have, want, short), book.quantity(instance.item)),
        where=binds,
    )


def _name(instance: Instance) -> str:
    about = " of ".join(part for part in (instance.item, instance.place) if part)
    return f"target {instance.target.target}{' for ' + about if about else ''}"


def _of_kind(book: Book, kind: str) -> Sequence[Instance]:
    return [instance for instance in instances(book) if instance.target.kind == kind]


def _made(book: Book, instance: Instance) -> FloatArray:
    """Return what lines of the instance's member (empty: all lines) make of its item, by period."""
    mine = np.asarray([instance.place in ("", line.member) for line in book.facts.lines], dtype=bool)
    return np.asarray(book.made[mine, book.facts.item[instance.item]].sum(axis=0), dtype=float)


def output_reaches_the_target(book: Book) -> Check:
    """Check made in the period >= value x months (rate targets)."""
    tally = Tally("output_reaches_the_target", "output")
    for instance in _of_kind(book, "rate"):
        _judge(book, tally, instance, _made(book, instance), instance.target.value * book.facts.lengths)
    return tally.check()


def inputs_sustain_the_target(book: Book) -> Check:
    """Check of every stored input of an attained asap rate: made + bought + opening stock's even share >= used.

    Of what is used, that for output above the rate is left out: it may come from stock. What a unit takes of an
    input, over all stages, is the least of the lines that make them.
    """
    facts, tally = book.facts, Tally("inputs_sustain_the_target", "output")
    there = (flows.made_at(book) + flows.by_products_at(book) + flows.purchases_arrived(book)).sum(axis=0)
    there += facts.held[0].sum(axis=0)[:, None] * facts.lengths / facts.horizon
    used = flows.inputs_at(book).sum(axis=0)
    for instance in _of_kind(book, "rate"):
        if instance.target.strength != "asap":
            continue
        binds, _ = _binding(book, instance)
        above = _made(book, instance) - instance.target.value * facts.lengths
        for name, units in _inputs_of(facts, instance.item).items():
            i = facts.item[name]
            if not facts.storable[i]:
                continue
            have, want = there[i] + units * above, used[i]
            tally.each(
                want - have,
                lambda t, instance=instance, name=name, have=have, want=want: (
                    f"{_name(instance)} lives on stock of {name} in {facts.label(t)}: {number(want[t])} used where "
                    f"{number(have[t])} flow in or are used for more than the rate"
                ),
                size=beside(largest(have, want), book.quantity(name)),
                where=binds,
            )
    return tally.check()


def _inputs_of(facts: Facts, item: str) -> dict[str, float]:
    """Return what a unit of an item takes of its inputs over all stages, at the least of the lines with a rate."""
    least: dict[str, dict[str, float]] = {}
    rated = facts.rates.rate > 0
    for position, line in enumerate(facts.lines):
        for i in np.flatnonzero(rated[position].any(axis=1)):
            best = float(facts.rates.yields[position, i, rated[position, i]].max())
            inputs = {n: q / best for n, q in facts.network.inputs(line.base, facts.items[i]).items()}
            known = least.setdefault(facts.items[i], inputs)
            least[facts.items[i]] = {n: min(q, inputs[n]) for n, q in known.items() if n in inputs}
    found: dict[str, float] = {}
    open_ = [(item, 1.0)]
    while open_:
        name, units = open_.pop()
        for below, quantity in least.get(name, {}).items():
            found[below] = found.get(below, 0.0) + units * quantity
            open_.append((below, units * quantity))
    return found


def coverage_reaches_the_target(book: Book) -> Check:
    """Check used + gifts arriving >= value x need (coverage targets)."""
    facts, tally = book.facts, Tally("coverage_reaches_the_target", "uses")
    met = book.used + flows.gifts_arrived(book)
    for instance in _of_kind(book, "coverage"):
        i = facts.item[instance.item]
        places = [facts.place[instance.place]] if instance.place else list(range(len(facts.places)))
        have, need = met[places, i].sum(axis=0), facts.needs[places, i].sum(axis=0)
        _judge(book, tally, instance, have, instance.target.value * need)
    return tally.check()


def stock_reaches_the_target(book: Book) -> Check:
    """Check closing stock >= value (stock targets).

    A place's: its own stockpile plus producer-held stock there if the item is laned; no place: all
    own stockpiles plus all producer-held stock, the pool included.
    """
    facts, tally = book.facts, Tally("stock_reaches_the_target", "stock")
    for instance in _of_kind(book, "stock"):
        i = facts.item[instance.item]
        places = [facts.place[instance.place]] if instance.place else list(range(len(facts.places)))
        have = book.own[places, i].sum(axis=0) + book.closing[places, i].sum(axis=0)
        _judge(book, tally, instance, have, np.full(facts.count, instance.target.value))
    return tally.check()


def output_is_made_at_home(book: Book) -> Check:
    """Check made at home over the window >= value x delivered to the member's orders over it."""
    facts, tally = book.facts, Tally("output_is_made_at_home", "output")
    for instance in _of_kind(book, "home share"):
        if not instance.item:
            continue
        window = _window(facts, instance.target)
        mine = [b for b, book_of in enumerate(facts.books) if book_of == (instance.place, instance.item)]
        made = _made(book, instance)[window].sum()
        delivered = book.delivered[mine][:, window].sum()
        _judge_sum(book, tally, instance, float(made), instance.target.value * float(delivered))
    return tally.check()


def money_is_spent_at_home(book: Book) -> Check:
    """Check paid at home >= value x paid in all, by funds of that member alone, in years of the window's periods."""
    facts, tally, frame = book.facts, Tally("money_is_spent_at_home", "payments"), book.frame("payments")
    calendar = facts.scenario.calendar
    for instance in _of_kind(book, "home share"):
        if instance.item:
            continue
        funds = {row.fund for row in facts.scenario.rows(Fund) if row.member == (instance.place,)}
        theirs = np.asarray([fund in funds for fund in frame["fund"]], dtype=bool)
        window = _window(facts, instance.target)
        first, stop = facts.begins[window].min(initial=facts.horizon), facts.ends[window].max(initial=0)
        theirs &= frame["year"] >= calendar.date(int(first)).year
        theirs &= frame["year"] <= calendar.date(int(stop) - 1).year
        home = float(frame["paid"][theirs & (frame["member"] == instance.place)].sum())
        _judge_sum(book, tally, instance, home, instance.target.value * float(frame["paid"][theirs].sum()))
    return tally.check()


def _judge_sum(book: Book, tally: Tally, instance: Instance, have: float, want: float) -> None:
    """Check have + short >= want for an instance that has one row only."""
    if not instance.periods:
        return
    _, short = _binding(book, instance)
    missed = float(short[list(instance.periods)].sum())
    text = f"{_name(instance)}: {number(have)} + short {number(missed)} in all, not {number(want)}"
    whole = book.quantity(instance.item) if instance.item else book.money
    tally.row(want - have - missed, text, float(beside(max(abs(have), abs(want)), whole)))


def waiting_time_is_kept(book: Book) -> Check:
    """Check delivered by x + W >= ordered by x, at every corner of both curves (waiting time targets).

    Ordered: the opening book, orders linear inside months, pledges linear inside periods, so it bends
    where an Orders row begins or ends and where a period begins. Delivered is linear inside periods
    and goes on after the horizon at the rate of its last 12 months.
    """
    facts, tally = book.facts, Tally("waiting_time_is_kept", "deliveries")
    for instance in _of_kind(book, "waiting time"):
        about = enumerate(facts.books)
        books = [b for b, (who, item) in about if item == instance.item and instance.place in ("", who)]
        points = _points(facts, instance.target, books)
        ordered = np.zeros(points.shape)
        for b in books:
            ordered += facts.ordered_by(b, points) + pledged_by(book, b, points)
        delivered = _delivered_by(book, book.delivered[books].sum(axis=0), points + instance.target.value)
        binds, short = _binding(book, instance)
        period = _period_of(facts, points)
        name = _name(instance)
        tally.each(
            ordered - delivered - short[period],
            lambda x, name=name, points=points, ordered=ordered, delivered=delivered: (
                f"{name}: {number(ordered[x])} ordered by month {points[x]:g}, "
                f"only {number(delivered[x])} delivered within the wait that is the target"
            ),
            size=beside(largest(ordered, delivered), book.quantity(instance.item)),
            where=binds[period],
        )
    return tally.check()


def _delivered_by(book: Book, delivered: FloatArray, x: FloatArray) -> FloatArray:
    """Return deliveries before each x; after the horizon at the mean rate of its last 12 months (or all)."""
    horizon = book.facts.horizon
    recent = min(12, horizon)
    at = cumulative(book, delivered, np.asarray([horizon - recent, horizon], dtype=float))
    rate = (at[1] - at[0]) / recent
    return np.asarray(cumulative(book, delivered, x) + np.maximum(x - horizon, 0.0) * rate, dtype=float)


def attained_targets_stay_attained(book: Book) -> Check:
    """Check that an asap target attained in a period is attained in every later one of its window, and lasts.

    It is attained in none of the last 12 months of the window (or quarter, if that is less) alone.
    """
    tally = Tally("attained_targets_stay_attained", "promises")
    for instance in dates(book):
        attained = reported(book, instance, "attained")[list(instance.periods)]
        name = _name(instance)
        tally.each(
            attained[:-1] - attained[1:],
            lambda t, name=name, instance=instance: (
                f"{name} is attained in {book.facts.label(instance.periods[t])} but not thereafter"
            ),
        )
        tally.each(
            np.diff(attained),
            lambda t, name=name, instance=instance: (
                f"{name} is attained in {book.facts.label(instance.periods[t + 1])} first, too late to last"
            ),
            where=_too_late(book.facts, instance)[1:],
        )
    return tally.check()


def _too_late(facts: Facts, instance: Instance) -> BoolArray:
    """Tell of each period of an instance whether it begins in the last 12 months, or quarter, of them all."""
    periods = list(instance.periods)
    stop = facts.ends[periods].max(initial=0)
    months = stop - facts.begins[periods].min(initial=stop)
    return np.asarray(facts.begins[periods] > stop - np.minimum(12, months / 4), dtype=bool)
