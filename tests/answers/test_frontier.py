"""What one aim costs in another: the points are those of all plans counted, and none is worse than another in both."""

from __future__ import annotations

from itertools import pairwise

import pytest

from optimizer import InputError, Scenario, frontier
from tests.levers.test_by_hand import scenario

EXPANSIONS = [
    {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6},
    {"project": "Q", "kind": "expansion", "line": "L", "added_share": 0.5, "lead_months": 0, "capex": 2},
]


def two_projects(**more: object) -> Scenario:
    """Return a line of 10 for a need of 30 in two months; P adds 10 in the second for 6, Q 5 from the first for 2."""
    settings = {"objectives": "shortfall; cost", "discount_rate": 0}
    return scenario(2, settings=settings, need=30, projects=EXPANSIONS, **more)


def test_points_are_those_of_all_plans_counted() -> None:
    """None: 20 + 40 missing for 0. Q: 15 + 30 for 2. P: 20 + 30 for 6, worse than Q in both. Both: 15 + 20 for 8."""
    reply = frontier(two_projects(), points=6)
    assert reply.complete
    assert reply.points["at"].tolist() == pytest.approx([35, 45, 60], rel=1e-5)
    assert reply.points["most"].tolist() == pytest.approx([8, 2, 0], rel=1e-5, abs=1e-5)
    assert reply.points["least"].tolist() == pytest.approx([8, 2, 0], rel=1e-5, abs=1e-5)
    assert reply.points["price_most"].tolist()[:2] == pytest.approx([6 / 10, 2 / 15], rel=1e-4)
    assert reply.points["knee"].tolist() == ["", "knee", ""]


@pytest.mark.slow
def test_the_other_way_round_it_is_the_same_curve() -> None:
    """The least shortfall for every cost: 60 for 0, 45 for 2, 35 for 8."""
    table = frontier(two_projects(), of="shortfall", against="cost", points=5).points
    assert table["at"].tolist() == pytest.approx([0, 2, 8], rel=1e-5, abs=1e-5)
    assert table["most"].tolist() == pytest.approx([60, 45, 35], rel=1e-5)
    assert all(a > b for a, b in pairwise(table["most"]))


def test_what_a_month_less_of_waiting_costs() -> None:
    """10 a month are ordered and made, 10 are on order before: orders wait a month, without end, unless Q adds 5."""
    given = scenario(
        4,
        need=0,
        settings={"objectives": "shortfall; cost", "discount_rate": 0},
        projects=EXPANSIONS[1:],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 10},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10},
        ],
    )
    reply = frontier(given, against="wait", begin="2024-03", points=4)
    assert reply.points["at"].tolist() == pytest.approx([0, 1])
    assert reply.points["most"].tolist() == pytest.approx([2, 0], rel=1e-5, abs=1e-5)


def test_waits_that_cannot_be_held_are_refused_before_anything_is_solved() -> None:
    """An item, a place and a month that there are not are told at once, by the names of the options."""
    given = scenario(4, orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10}])
    for begin, told in (("2023-13", "is not a month"), ("2030-01", "choose one of 2024-01 to")):
        with pytest.raises(InputError) as error:
            frontier(given, against="wait", item="shel", place="Z", begin=begin)
        wrong = {finding.where: finding.message for finding in error.value.findings}
        assert set(wrong) == {"--item", "--place", "--from"}
        assert "did you mean `shell`" in wrong["--item"] and told in wrong["--from"]


def test_aims_that_there_are_not_are_refused() -> None:
    """No such aim, one against itself, and a date where nothing is wanted as soon as possible: all told at once."""
    with pytest.raises(InputError) as error:
        frontier(two_projects(), of="date", against="date", points=1)
    assert len(error.value.findings) == 3
