"""Falls of output: found, explained by facts of the input only, and not counted once all is met."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.scenario.network import POOL
from tests.quality.found import Measured
from tests.quality.laws import measure
from tests.quality.world import MONTHS, NEED, STEADY, measured, payments, plan, scenario
from tests.verify import build


def step(month: int, before: float = 200.0, after: float = 100.0) -> tuple[float, ...]:
    """Return an output that changes once."""
    return (before,) * month + (after,) * (MONTHS - month)


def test_a_plan_that_only_grows_breaks_no_law() -> None:
    """The plan by hand keeps every law."""
    assert not [name for name, one in measure(plan()).items() if one.broken]


def test_a_fall_before_a_date_is_found_with_its_month_and_size() -> None:
    """One month of half the output among steady ones is a fall of 50 % in that month, by both measures."""
    starved = (*STEADY[:9], 100.0, *STEADY[10:])
    for name in ("fall from month to month", "fall against the three months before"):
        one = measured(plan(made=starved), name)
        assert one.broken and one.result == "50.0%"
        assert [found.when for found in one.found] == ["2024-10"]


def test_a_slow_fall_is_one_against_the_mean_of_three_months() -> None:
    """Falls of 8 % a month are each within what is allowed, together they are not."""
    slow = plan(made=(*STEADY[:9], 184.0, 169.0, 156.0, *STEADY[12:]))
    assert not measured(slow, "fall from month to month").broken
    assert measured(slow, "fall against the three months before").broken


ENDS = {"to_month": "2024-12"}
FUND = {"fund": "ours", "member": ["A"]}


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"rates": [{"line": "Old", "item": "shell", "rate": 100, **ENDS}]}, "Rates: Old makes 0"),
        ({"suppliers": [{"supplier": "Mill", "item": "powder", **ENDS}]}, "Suppliers: Mill takes no more"),
        (
            {
                "needs": [
                    {"recipient": "R", "item": "shell", "per_month": 300, **ENDS},
                    {"recipient": "R", "item": "shell", "per_month": 200, "from_month": "2025-01"},
                ]
            },
            "Needs, Orders: 200 instead of 300 shell",
        ),
        (
            {"orders": [{"customer": "A", "item": "powder", "per_month": 200, "from_month": "2025-01"}]},
            "Needs, Orders: 200 instead of 0 powder",
        ),
        (
            {"funds": [{**FUND, "year": 2024, "amount": 100}, {**FUND, "year": 2025, "amount": 50}]},
            "Funds: ours holds 50 instead of 100",
        ),
    ],
)
def test_a_row_that_changes_is_a_reason(tables: dict[str, Any], words: str) -> None:
    """Half the output is lost in the month in which half of what it takes ends; a month later it is no reason."""
    given = scenario(**tables)
    paid = payments(
        *[("ours", "A", "crews", "", 2024, 100.0), ("ours", "A", "crews", "", 2025, 50.0)][: 2 * ("funds" in tables)]
    )
    on_time = measured(plan(given, made=step(12), payments=paid), "fall from month to month")
    assert not on_time.broken and words in on_time.found[0].reason
    late = measured(plan(given, made=step(13), payments=paid), "fall from month to month")
    assert late.broken


def test_a_fact_explains_no_more_than_it_takes_away() -> None:
    """A supplier of a tenth of the powder ends: of a fall by half, 40 % is without a reason."""
    mills = [{"supplier": "Mill", "item": "powder"}, {"supplier": "Small", "item": "powder", **ENDS}]
    given = scenario(suppliers=mills)
    bought = {("Mill", POOL, "powder"): step(12, 360.0, 200.0), ("Small", POOL, "powder"): step(12, 40.0, 0.0)}
    found = measured(
        plan(given, made=step(12), purchases=build.flows(given, "purchases", bought)), "fall from month to month"
    )
    assert found.broken and found.result == "40.0%"


def test_money_that_is_left_is_no_reason() -> None:
    """A fund falls by half, but is not spent."""
    given = scenario(funds=[{**FUND, "year": 2024, "amount": 100}, {**FUND, "year": 2025, "amount": 50}])
    assert measured(plan(given, made=step(12)), "fall from month to month").broken


def test_fewer_saturdays_explain_what_weekends_make_and_no_more() -> None:
    """March 2024 has five Saturdays, April four: one run less of 2 / 21.75 of a month; and only if it is not worked."""
    with_five, with_four = 100 * (1 + 5 * 2 / 21.75), 100 * (1 + 4 * 2 / 21.75)
    output = (100.0, 100.0, with_five, with_four, *(200.0,) * 20)
    given = scenario()
    runs = build.flows(given, "weekends", {("Old", 1): [None, None, 5, 4, *[4] * 20]})
    worked = measured(plan(given, made=output, weekends=runs), "fall from month to month")
    assert worked.result == "0.0%" and "Saturdays" in worked.found[0].reason
    assert measured(plan(given, made=output), "fall from month to month").result == f"{1 - with_four / with_five:.1%}"


def test_opening_stock_that_is_used_up_is_a_reason_unless_the_plan_adds_to_it() -> None:
    """1,200 of powder feed half the output for six months; powder put by, or kept for later, is hoarded."""
    given = scenario(stocks=[{"place": "A", "item": "powder", "opening": 1200}])
    left = [1200.0 - 200 * month for month in range(1, 7)] + [0.0] * 18
    stock = build.flows(given, "stock", {(POOL, "powder"): left})
    one = measured(plan(given, made=step(6), stock=stock), "fall from month to month")
    assert not one.broken and "opening stock of powder" in one.found[0].reason
    for kept in ([1300.0, *left[1:]], [1200.0] * 3 + [800.0, 400.0, 0.0] + [0.0] * 18):
        stock = build.flows(given, "stock", {(POOL, "powder"): kept})
        assert measured(plan(given, made=step(6), stock=stock), "fall from month to month").broken


def test_output_may_fall_once_all_is_met() -> None:
    """A fall is told, not counted, where nothing is lost or late from then on; a need lost a year later counts."""
    need = (*(NEED,) * 12, *(100.0,) * 12)
    assert not measured(plan(made=step(12), need=need), "fall from month to month").broken
    later = (*need[:-1], NEED)
    assert measured(plan(made=step(12), need=later), "fall from month to month").broken


def test_periods_of_several_months_compare_as_rates() -> None:
    """Quarters after single months hold three times as much at the same rate: no fall, nor back."""
    given = scenario(settings={"periods": "12x1, 4x3"})
    output = (200.0,) * 12 + (600.0,) * 4
    need = (300.0,) * 12 + (900.0,) * 4
    assert measured(plan(given, made=output, need=need), "fall from month to month").result == "0.0%"
    output = (200.0,) * 12 + (300.0,) * 4
    broken = measured(plan(given, made=output, need=need), "fall from month to month")
    assert broken.result == "50.0%" and broken.found[0].when == "2025-01 to 2025-03"


def test_a_fall_of_more_than_two_per_cent_at_the_end_counts_while_something_is_not_met() -> None:
    """190 a month in the last quarter after 200 is 5 % below the best; 199 is not too much; nor 190 if all is met."""
    assert measured(plan(made=(*STEADY[:-3], *(190.0,) * 3)), "fall at the end").result == "5.0%"
    assert measured(plan(made=(*STEADY[:-3], *(190.0,) * 3)), "fall at the end").broken
    assert not measured(plan(made=(*STEADY[:-3], *(199.0,) * 3)), "fall at the end").broken
    met = plan(made=(*STEADY[:-3], *(190.0,) * 3), need=(*(NEED,) * 21, *(190.0,) * 3))
    assert not measured(met, "fall at the end").broken


def test_months_from_which_all_is_met_are_no_fall_at_the_end() -> None:
    """200 a month, then 100 in the last one: all that is asked then; the two before stand, and count when they fall."""
    need = (*(NEED,) * 23, 100.0)
    assert measured(plan(made=(*STEADY[:-1], 100.0), need=need), "fall at the end").result == "0.0%"
    assert measured(plan(made=(*STEADY[:-3], 190.0, 190.0, 100.0), need=need), "fall at the end").result == "5.0%"


def test_a_crew_released_in_the_last_year_counts_where_less_is_made_while_something_is_not_met() -> None:
    """The second crew leaves Old in month 15 with its output; not of the last year, met, or no less is made: told."""
    given = scenario()

    def released(month: int, output: tuple[float, ...], need: tuple[float, ...] = (NEED,) * MONTHS) -> Measured:
        shifts = build.flows(given, "shifts", {"Old": [2] * month + [1] * (MONTHS - month)})
        return measured(plan(given, shifts=shifts, made=output, need=need), "releases in the last year")

    less = released(15, step(15))
    assert less.broken and less.found[0].when == "2025-04" and "50.0% less shell" in less.found[0].reason
    assert not released(9, step(9)).found
    assert not released(15, STEADY).broken and released(15, STEADY).found
    assert not released(15, step(15), need=step(15)).broken
