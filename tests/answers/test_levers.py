"""What levers are worth, in cases that are worked out by hand, and shares against all orders one by one."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import pytest

from optimizer import ImpossibleError, Scenario, lever_worth
from optimizer.answers.bracket import Bracket
from optimizer.answers.shapley import limits, share_limits, shares
from tests.levers.test_by_hand import opened, scenario

VALUES = [60.0, 50, 48, 30, 60, 41, 48, 20]
"""Of three players: what is left with each set of them, never more with one more player."""
ONES = [{"ladder": "S", "added_share": 1, "hiring_months": 1, "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)]


def two_levers(**more: object) -> Scenario:
    """Return a line of 10 for a need of 20; a second crew may come after a month, and 4 bought, too."""
    sold = [{"supplier": "dealer", "item": "shell", "most_per_month": 4, "lead_months": 1}]
    lines = [{"line": "L", "site": "works", "ladder": "S"}]
    return scenario(3, lines=lines, shift_ladders=ONES, suppliers=sold, **more)


def test_shares_are_the_means_over_all_orders() -> None:
    """Each player adds what it adds when it comes, in each of the six orders; the shares sum to what all give."""
    means = [0.0] * 3
    for order in permutations(range(3)):
        there = 0
        for player in order:
            means[player] += (VALUES[there] - VALUES[there | 1 << player]) / factorial(3)
            there |= 1 << player
    assert shares(3, VALUES) == pytest.approx(means)
    assert sum(shares(3, VALUES)) == pytest.approx(VALUES[0] - VALUES[-1])


def test_neighbours_bound_what_is_not_known() -> None:
    """A set has no more than its parts and no less than what it is part of, and shares lie within their limits."""
    known = {s: Bracket(VALUES[s], VALUES[s]) for s in (0, 1, 6, 7)}
    found = limits(3, known)
    assert [(b.least, b.most) for b in found] == [
        (60, 60),
        (50, 50),
        (48, 60),
        (20, 50),
        (48, 60),
        (20, 50),
        (48, 48),
        (20, 20),
    ]
    for share, between in zip(shares(3, VALUES), share_limits(3, found), strict=True):
        assert between.least <= share <= between.most
    exact = share_limits(3, [Bracket(value, value) for value in VALUES])
    assert [b.least for b in exact] == pytest.approx(shares(3, VALUES))


def test_two_levers_by_hand() -> None:
    """Without: 10 + 20 + 30 = 60. A crew alone: 10 lost in January, 30. Bought alone: 10, 16, 22, so 48. Both: 30.

    The crew gives (30 + 18) / 2 = 24, what is bought (12 + 0) / 2 = 6; a hard target is left out.
    """
    far = [{"target": "all", "kind": "coverage", "value": 0.5, "strength": "hard"}]
    reply = lever_worth(two_levers(targets=far), within=0)
    table = reply.levers.set_index("lever")
    assert table["share"]["shifts"] == pytest.approx(24, rel=1e-5)
    assert table["share"]["purchases"] == pytest.approx(6, rel=1e-5)
    assert table["share"].sum() == pytest.approx(60 - 30, rel=1e-5)
    assert table["alone_most"]["purchases"] == pytest.approx(12, rel=1e-5)
    assert table["without_most"]["purchases"] == pytest.approx(0, abs=1e-4)
    assert set(table.index[table["share"] == 0]) == {
        "weekends",
        "expansions",
        "reactivations",
        "new lines",
        "pledges",
        "donations",
    }
    told = dict(reply.lines)
    assert reply.complete and told["Hard targets left out"] == "all" and "within the gap" in told["Subsets"]
    assert reply.order["left_most"].tolist() == pytest.approx([60, 30, 30], rel=1e-5)


def test_short_run_against_long_run() -> None:
    """A new line that opens after two months takes 100 to 70: all by the long run, alone as after the other."""
    reply = lever_worth(scenario(4, **opened("new line", 2)))
    runs = reply.runs.set_index("run")
    assert runs["alone_most"].to_dict() == pytest.approx({"short run": 0, "long run": 30}, rel=1e-5, abs=1e-4)


def test_few_solves_leave_limits_that_hold_the_truth(asked: list[str]) -> None:
    """With all levers and none solved, each share is told to lie within what they give together."""
    reply = lever_worth(two_levers(), most_solves=2)
    assert len(asked) == len(set(asked)) <= 4
    table = reply.levers.set_index("lever")
    for lever, share in (("shifts", 24), ("purchases", 6)):
        assert table["share_least"][lever] - 1e-4 <= share <= table["share_most"][lever] + 1e-4


def test_without_levers_nothing_is_possible() -> None:
    """A project that must be built waits for orders that only pledges bring: there is nothing to measure from."""
    firm = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "status": "forced"}
    given = scenario(
        3,
        projects=[firm | {"firm_quantity": 50, "firm_item": "shell"}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5}],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 40}],
    )
    with pytest.raises(ImpossibleError, match="without levers"):
        lever_worth(given)
