"""Objectives: shortfall, speed, cost and weighted recomputed from the tables, with bound and gap."""

from __future__ import annotations

import math

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify.book import Book, Frame
from optimizer.verify.demand import late_after, late_units
from optimizer.verify.money import capex_payments, recomputed
from optimizer.verify.tally import TOLERANCE, FloatArray, Tally, beside, number
from optimizer.verify.targets import dates, instances, reported


def shortfall(book: Book) -> float:
    """Return lost + late + soft gaps, in weighted unit-months.

    Lost: weight x lost x (months to the horizon's end + end months), the largest weight where rows of
    a band meet in a period, + weight x lost a month in the last year x end months squared / 2. Late: weight x
    units late in all four layers x months, + end months x the mean of the same at the end and end months later.
    Soft: weight x (short x months, + end months x short in the last period).
    """
    facts, end = book.facts, book.facts.settings.end_months
    counts = facts.horizon - facts.begins + end + _goes_on(book) * end**2 / 2
    lost = (facts.band_largest("weight") * book.lost * counts).sum()
    late = (_order(book, "weight")[:, None] * late_units(book).sum(axis=2)).sum(axis=0)
    after = float(_order(book, "weight") @ late_after(book).sum(axis=1))
    total = float(lost + (late * facts.lengths).sum() + end * (late[-1] + after) / 2)
    for instance in instances(book):
        if instance.target.strength == "soft":
            short = reported(book, instance, "short")
            last = short[instance.periods[-1]] if instance.periods else 0.0
            total += instance.target.weight * float((short * facts.lengths).sum() + end * last)
    return total


def _goes_on(book: Book) -> FloatArray:
    """Return what a unit of each period counts in the mean of a month of the last 12, or of a shorter horizon."""
    facts = book.facts
    recent = min(12, facts.horizon)
    return np.asarray(facts.months(facts.horizon - recent, facts.horizon) / facts.lengths / recent, dtype=float)


def speed(book: Book) -> float:
    """Return weighted months in which targets that should hold as soon as possible do not."""
    total = 0.0
    for instance in dates(book):
        periods = list(instance.periods)
        missed = 1 - reported(book, instance, "attained")[periods]
        total += instance.target.weight * float((book.facts.lengths[periods] * missed).sum())
    return total


def cost(book: Book) -> float:
    """Return discounted cost.

    Categories but capex: amount x mean of (1 + rate)^(-month / 12) over the months of its period.
    Capex: every payment at or after the start, also after the horizon, discounted by its month and
    counted by min(1, (horizon - month of decision) / life), at least 0, where a life is given.
    """
    facts, rate = book.facts, book.facts.settings.discount_rate
    monthly = (1 + rate) ** (-np.arange(facts.horizon) / 12)
    discounts = facts.mean(monthly)
    running = [amounts for (_, category, _), amounts in recomputed(book).items() if category != "capex"]
    total = float(sum((amounts @ discounts for amounts in running), start=0.0))
    for name, decided, month, amount in capex_payments(book):
        life = facts.network.projects[name].life
        share = 1.0 if life is None else float(np.clip((facts.horizon - decided) / life, 0, 1))
        total += amount * share * float((1 + rate) ** (-month / 12))
    return total


def weighted(book: Book) -> float:
    """Return cost + price of every lost unit + price of every late unit-month (late at all, layer 0)."""
    facts = book.facts
    lost = float((facts.band_largest("price") * book.lost).sum())
    late = float((_order(book, "price")[:, None] * late_units(book)[:, :, 0] * facts.lengths).sum())
    return cost(book) + lost + late


def _order(book: Book, attribute: str) -> FloatArray:
    """Return the weight or price of each order book: the largest of its rows; pledges alone: 1 and 0."""
    alone = {"weight": 1.0, "price": 0.0}[attribute]
    found = [max((getattr(row, attribute) for row in rows), default=alone) for rows in book.facts.orders]
    return np.asarray(found, dtype=float)


def whole(book: Book, name: str) -> float:
    """Return what the terms of an objective come to at most, so that its error is one of their size.

    Shortfall, and what is weighted beside the cost: with nothing delivered, every need lost, soft targets missed by
    all of their item. Speed: with no target kept. Cost: what it is.
    """
    facts, end = book.facts, book.facts.settings.end_months
    due = np.asarray([facts.ordered_by(b, facts.ends) for b in range(len(facts.books))], dtype=float)
    due = due.reshape(len(facts.books), facts.count) + np.cumsum(book.pledged, axis=1)
    if name == "weighted":
        late = (_order(book, "price")[:, None] * due * facts.lengths).sum()
        return float(late + (facts.band_largest("price") * facts.band_needs).sum())
    if name == "speed":
        return sum(i.target.weight * float(facts.lengths[list(i.periods)].sum()) for i in dates(book))
    if name == "shortfall":
        months = facts.lengths + np.where(np.arange(facts.count) == facts.count - 1, end, 0.0)
        after = np.asarray([facts.horizon + end], dtype=float)
        books = range(len(facts.books))
        later = np.asarray([facts.ordered_by(b, after, waited=True, going_on=True)[0] for b in books], dtype=float)
        weights = 4 * _order(book, "weight")
        late = (weights[:, None] * due * months).sum() + (weights * (later + book.pledged.sum(axis=1))).sum() * end / 2
        soft = [instance for instance in instances(book) if instance.target.strength == "soft"]
        missed = sum(i.target.weight * book.quantity(i.item) * float(months.sum()) for i in soft)
        counts = facts.horizon - facts.begins + end + _goes_on(book) * end**2 / 2
        lost = (facts.band_largest("weight") * facts.band_needs * counts).sum()
        return float(late + missed + lost)
    return 0.0


AGREES = 2.5e-6
"""Relative difference of value when found and bound that is no gap: what holding an objective allows, twice."""
UNITS = {"shortfall": "unit-months", "speed": "months"}
"""Units of objectives; all others are in the currency."""
RECOMPUTED = {"shortfall": shortfall, "speed": speed, "cost": cost, "weighted": weighted}


def ranked(book: Book) -> tuple[str, ...]:
    """Return the objectives in the order of the settings; speed only where a target is wanted as soon as possible."""
    asap = any(instance.periods for instance in dates(book))
    names = tuple(name for name in book.facts.settings.objectives if name != "speed" or asap)
    return names or ("cost",)


def objectives_add_up(book: Book) -> Check:
    """Check every objective of the plan: value recomputed, bound <= value when found, gaps and differences right.

    Gap = (value - bound) / |value|, of the value when found where that is larger; given back = value - value when
    found; gap of the gain = (value - bound) / (without levers - bound). The objectives are those of the settings, in
    their order and units; what the shortfall would be without levers is no more than with nothing delivered. A cost of
    the plan with the value when found is told of the objectives before cost.
    """
    tally, frame = Tally("objectives_add_up", "objectives"), book.frame("objectives")
    stated, asked = tuple(frame["objective"]), ranked(book)
    text = f"the plan states the objectives {', '.join(stated) or 'none'} where the settings ask for {', '.join(asked)}"
    tally.must(stated == asked, text)
    for row, name in enumerate(frame["objective"]):
        if name not in RECOMPUTED:
            continue
        value, bound, found = (float(frame[column][row]) for column in ("value", "bound", "found"))
        again, size = RECOMPUTED[name](book), whole(book, name)
        tally.row(
            abs(again - value),
            f"{name} is {number(again)} by the decisions but the plan states {number(value)}",
            float(beside(max(abs(again), abs(value)), size)),
        )
        text = f"the bound {number(bound)} of {name} is above its value when found, {number(found)}"
        tally.row(-math.inf if math.isnan(bound) else bound - found, text, float(beside(abs(found), size)))
        unit = UNITS.get(name, book.facts.settings.currency)
        tally.must(frame["unit"][row] == unit, f"the unit of {name} is {unit}, not {frame['unit'][row] or 'nothing'}")
        base = float(frame["without_levers"][row])
        text = f"{name} would be {number(base)} without levers, but with nothing delivered {number(size)}"
        known = name == "shortfall" and -TOLERANCE * size <= base <= (1 + AGREES) * size
        tally.must(math.isnan(base) or known, text)
        _arithmetic(tally, name, frame, row)
        before, spent = "cost" in stated[row + 1 :], float(frame["found_cost"][row])
        text = f"the plan with the value when found of {name} is said to cost {spent:g}"
        tally.must(0 <= spent < math.inf if before else math.isnan(spent), text)
    return tally.check()


def _arithmetic(tally: Tally, name: str, frame: Frame, row: int) -> None:
    value, bound, gap, found, back, base, of_gain = (
        float(frame[column][row])
        for column in ("value", "bound", "gap", "found", "given_back", "without_levers", "gap_of_gain")
    )
    larger = max(value, found) if math.isfinite(found) else value
    text = f"the gap of {name} is stated as {gap:g} for {number(larger)} and the bound {number(bound)}"
    tally.must(_is_gap(gap, larger - bound, abs(larger)), text)
    if not math.isnan(found) and not math.isnan(back):
        text = f"{name} gave back {number(back)} by the plan, not {number(value)} - {number(found)}"
        tally.row(abs(value - found - back), text, max(abs(value), abs(found)))
    if not math.isnan(base) and not math.isnan(of_gain):
        text = f"the gap of the gain of {name} is stated as {of_gain:g} for {number(base)} without levers"
        tally.must(_is_gap(of_gain, value - bound, base - bound), text)


def _is_gap(stated: float, difference: float, base: float) -> bool:
    """Tell whether a stated gap is difference / base; rounding noise of the difference counts as 0.

    Without a proven bound there is no gap (empty, or infinite). Where the base is nothing, the gap
    is 0 if the difference is, and otherwise anything but 0.
    """
    if not math.isfinite(difference):
        return not math.isfinite(stated)
    if abs(base) <= TOLERANCE:
        return abs(difference) > TOLERANCE or not math.isfinite(stated) or abs(stated) <= 1.0
    gap = difference / base
    noise = TOLERANCE * max(1.0, abs(gap)) + TOLERANCE / abs(base)
    agree = abs(difference) <= 2 * AGREES * max(1.0, abs(base))
    return abs(stated - gap) <= noise or (stated == 0 and (agree or abs(gap) <= noise))
