"""The calendar against expectations worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from optimizer.scenario.calendar import Calendar, parse_periods


def calendar(lengths: tuple[int, ...], *, start: dt.date = dt.date(2023, 2, 1), review: int = 3) -> Calendar:
    """Return a calendar from February 2023 on."""
    return Calendar(start, lengths, review)


def test_a_period_plan_is_months_and_lengths() -> None:
    """Both signs, any blanks and both separators give the same periods."""
    assert parse_periods("3x1, 2x3") == (1, 1, 1, 3, 3)
    assert parse_periods(" 3 X 1;2*3 ") == (1, 1, 1, 3, 3)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("3", "'3' is not a period plan; write it like 24x1, 4x3 (24 months, 4 quarters)"),
        ("0x1", "'0x1' is not a period plan; write it like 24x1, 4x3 (24 months, 4 quarters)"),
        ("3x1,", "'3x1,' is not a period plan; write it like 24x1, 4x3 (24 months, 4 quarters)"),
        ("1201x1", "'1201x1' is longer than 1,200 months; shorten the horizon"),
    ],
)
def test_a_text_that_is_no_period_plan_is_refused(plan: str, message: str) -> None:
    """What is no period plan, or too long, is refused with advice."""
    with pytest.raises(ValueError) as caught:
        parse_periods(plan)
    assert str(caught.value) == message


def test_periods_begin_and_end_where_the_lengths_say() -> None:
    """Lengths 1, 1, 3, 6 begin in months 0, 1, 2, 5 and end in 11."""
    time = calendar((1, 1, 3, 6))
    assert time.begins == (0, 1, 2, 5)
    assert [time.ends(t) for t in time.periods] == [1, 2, 5, 11]
    assert time.end == 11
    assert time.period_of_month == (0, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3)


def test_dates_and_month_numbers_are_inverse() -> None:
    """Months count from February 2023, also before it."""
    time = calendar((1, 3))
    assert time.month(dt.date(2024, 1, 1)) == 11
    assert time.month(dt.date(2022, 12, 1)) == -2
    assert time.date(-2) == dt.date(2022, 12, 1)
    assert time.period_dates() == (dt.date(2023, 2, 1), dt.date(2023, 3, 1))


def test_a_block_starts_when_the_review_months_are_over() -> None:
    """With 3 review months, single months form threes and every quarter is a block of its own."""
    time = calendar((1,) * 7 + (3, 3))
    assert time.blocks == ((0, 1, 2), (3, 4, 5), (6, 7), (8,))
    assert time.block_of == (0, 0, 0, 1, 1, 1, 2, 2, 3)
    assert [time.block_begins(b) for b in range(4)] == [0, 3, 6, 10]
    assert [time.block_ends(b) for b in range(4)] == [3, 6, 10, 13]


def test_a_review_every_month_makes_every_period_a_block() -> None:
    """With 1 review month each period is its own block."""
    assert calendar((1, 1, 3), review=1).blocks == ((0,), (1,), (2,))


def test_weekends_are_saturdays() -> None:
    """February to April 2023 hold 4, 4 and 5 Saturdays; together 13."""
    assert calendar((1, 1, 1)).weekends == (4, 4, 5)
    assert calendar((3,)).weekends == (13,)


def test_arrivals_follow_the_flow_rule() -> None:
    """A delay of 2 months splits a quarter over the periods it meets; the rest comes after the horizon."""
    time = calendar((3, 1, 1, 3))
    assert time.arrivals(0, 0) == {0: 1.0}
    assert time.arrivals(0, 2) == pytest.approx({0: 1 / 3, 1: 1 / 3, 2: 1 / 3})
    assert time.arrivals(0, 3.5) == pytest.approx({1: 0.5 / 3, 2: 1 / 3, 3: 1.5 / 3})
    assert time.arrivals(3, 2) == pytest.approx({3: 1 / 3})
    assert time.arrivals(2, 5) == {}


def test_costs_fall_to_years_by_their_months() -> None:
    """A quarter from November on lies to two thirds in 2023 and to a third in 2024."""
    time = calendar((1, 3, 12), start=dt.date(2023, 10, 1))
    assert time.years == (2023, 2024, 2025)
    assert time.year_shares[0] == {2023: 1.0}
    assert time.year_shares[1] == pytest.approx({2023: 2 / 3, 2024: 1 / 3})
    assert time.year_shares[2] == pytest.approx({2024: 11 / 12, 2025: 1 / 12})


def test_discounts_are_the_mean_over_the_months() -> None:
    """At 21 % a year month 12 counts 1/1.21, month 6 1/1.1, and a period the mean of its months."""
    time = calendar((6, 1, 5, 1))
    factors = time.discounts(0.21)
    assert factors[1] == pytest.approx(1 / 1.1)
    assert factors[3] == pytest.approx(1 / 1.21)
    assert factors[0] == pytest.approx(sum(1.21 ** (-m / 12) for m in range(6)) / 6)
    assert time.discounts(0.0) == (1.0, 1.0, 1.0, 1.0)


def test_windows_are_inclusive_and_not_cut() -> None:
    """From and to are inclusive, empty means the horizon, and months outside stay outside."""
    time = calendar((1, 1, 3))
    assert time.window(None, None) == (0, 5)
    assert time.window(dt.date(2022, 12, 1), dt.date(2023, 2, 1)) == (-2, 1)
    assert time.window(dt.date(2023, 3, 1), dt.date(2024, 2, 1)) == (1, 13)


def test_overlap_counts_months_in_common() -> None:
    """The quarter from month 2 to 5 shares one month with [4, 9) and none with [5, 9)."""
    time = calendar((1, 1, 3))
    assert time.overlap(2, 4, 9) == 1
    assert time.overlap(2, 5, 9) == 0
    assert time.overlap(2, 2.5, 3) == 0.5


def test_periods_within_a_window() -> None:
    """Every period of which some part lies in the window, and no other, also beyond the horizon."""
    time = calendar((1, 1, 3, 1))
    for begin, stop in ((0, 6), (1, 3), (2.5, 4), (-4, 0), (-4, 0.5), (5.5, 99), (6, 9), (3, 3)):
        expected = [t for t in time.periods if time.overlap(t, begin, stop) > 0]
        assert list(time.within(begin, stop)) == expected, (begin, stop)
