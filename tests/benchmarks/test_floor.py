"""Traces are read as they were written, and ours is behind plain exactly where the rule says so."""

from __future__ import annotations

import pytest

from tests.benchmarks.cases import Case
from tests.benchmarks.floor import behind, refuted
from tests.benchmarks.goals import Goal
from tests.benchmarks.plain import read_log
from tests.benchmarks.results import Result, marks
from tests.benchmarks.run import Limits, Point, Run, Searched, limit
from tests.benchmarks.tables import objectives, summary
from tests.benchmarks.trace import gap, half_of_gain, known_at, seconds_to_gap, seconds_to_value

RANKED = ["shortfall", "speed", "cost"]
LOG = """
 S       0       0         0   0.00%   298476055.6517  inf                 inf        0      0      0         0     0.2s
         0       0         0   0.00%   2604440739.571  2662579942.822    2.18%        0      0      0       722    12.4s
Solving report
"""


def run(solver: str, trace: list[Point], *searched: Searched) -> Run:
    """Return a run with ranked objectives and a slack of 1 %."""
    return Run(solver, objectives=RANKED, slack=0.01, trace=trace, searched=list(searched))


@pytest.fixture
def plain() -> Run:
    """Return a run of plain: a shortfall of 100 after 10 s, then a speed of 7 after 70 s."""
    first = {"shortfall": 100.0, "speed": 20.0, "cost": 900.0}
    second = {"shortfall": 101.0, "speed": 7.0, "cost": 950.0}
    trace: list[Point] = [(10, "shortfall", 100, 90), (60, "shortfall", 100, 99), (70, "speed", 7, 1)]
    return run(
        "plain",
        trace,
        Searched("shortfall", 100, 99, 101, 60, first, verified=True),
        Searched("speed", 7, 7, 7, 80, second, verified=True),
    )


def test_a_trace_tells_what_was_known_when() -> None:
    """Values and bounds are those last known; a bound above a later one was not proven."""
    found = run("ours", [(1, "shortfall", None, 90), (5, "shortfall", 100, 99.9), (9, "shortfall", 100, 95)])
    assert known_at(found, "shortfall", 0.5) == (None, None)
    assert known_at(found, "shortfall", 2) == (None, 90)
    assert known_at(found, "shortfall", 6) == (100, 95)
    assert known_at(found, "speed", 6) == (None, None)
    assert seconds_to_gap(found, "shortfall", 0.05) == 5
    assert seconds_to_gap(found, "shortfall", 0.01) is None
    assert seconds_to_value(found, "shortfall", half_of_gain(300, 100) or 0) == 5
    assert (gap(0, 0), gap(7, 7 - 1e-7), gap(None, 1)) == (0, 0, float("inf"))


def test_the_log_of_highs_is_read() -> None:
    """Lines of the search are read, without a value while there is none; all others are passed over."""
    assert list(read_log(LOG)) == [(0.2, None, 298476055.6517), (12.4, 2662579942.822, 2604440739.571)]


def test_a_run_is_kept_as_it_was(plain: Run) -> None:
    """A run comes back from its text."""
    assert Run.from_json(plain.to_json()) == plain


@pytest.mark.parametrize(
    ("trace", "at", "expected"),
    [
        ([], 5, set()),  # plain has nothing yet
        ([], 15, {"shortfall"}),
        ([(1, "shortfall", 100.05, 90)], 15, set()),  # within 0.1 %
        ([(1, "shortfall", 100.2, 90)], 15, {"shortfall"}),
        ([(1, "shortfall", 100, 90)], 65, {"speed"}),  # its first plan has a speed; ours is unknown
        ([(1, "shortfall", 100, 90), (2, "speed", 20.5, 0), (3, "cost", 900, 0)], 65, set()),  # within a period
        (
            [(1, "shortfall", 100, 90), (2, "speed", 20, 0), (3, "cost", 900, 0)],
            75,
            {"speed"},
        ),  # 101 is within our slack
        ([(1, "shortfall", 99.5, 90), (2, "speed", 20, 0), (3, "cost", 900, 0)], 75, set()),  # 101 is not: 100.495
        ([(1, "shortfall", 100, 90), (2, "speed", 7, 0)], 90, {"cost"}),
        ([(1, "shortfall", 100, 90), (2, "speed", 7, 0), (3, "cost", 954, 0)], 90, set()),  # within 0.5 %
        ([(1, "shortfall", 100, 90), (2, "speed", 5, 0), (3, "cost", 999, 0)], 90, set()),
    ],
)
def test_behind_is_lexicographic(plain: Run, trace: list[Point], at: float, expected: set[str]) -> None:
    """A later objective counts only where the plan of plain keeps our limits on the earlier ones."""
    assert behind(run("ours", trace), plain, at, None) == expected


def test_a_plan_that_is_none_does_not_count(plain: Run) -> None:
    """What the verifier did not accept sets no floor."""
    for one in plain.searched:
        one.verified = False
    assert behind(run("ours", []), plain, 90, None) == set()


def test_a_bound_is_refuted_by_a_plan_below_it(plain: Run) -> None:
    """Of a later objective only where the plan keeps the limits that plain held."""
    better = Searched("cost", 1, 1, 1, 9, {"shortfall": 98.0, "speed": 6.0, "cost": 1.0}, verified=True)
    assert refuted(plain, run("ours", [], better), 0)
    assert refuted(plain, run("ours", [], better), 1)
    better.plan["shortfall"] = 102.0
    assert not refuted(plain, run("ours", [], better), 0)
    assert not refuted(plain, run("ours", [], better), 1)


def test_the_slack_is_a_share_of_the_smaller_of_value_and_gain() -> None:
    """Of a shortfall no more than of what the levers gain; of speed nothing."""
    assert limit("shortfall", 100, 110, 0.1) == pytest.approx(101, rel=1e-5)
    assert limit("shortfall", 100, None, 0.1) == pytest.approx(110, rel=1e-5)
    assert limit("speed", 10, None, 0.1) == pytest.approx(10, rel=1e-5)


def test_what_falls_short_is_marked(plain: Run) -> None:
    """It is told at each mark, and Markdown says it in words."""
    ours = run("ours", [(1, "shortfall", 100, 90), (2, "speed", 20, 0), (3, "cost", 900, 0)])
    result = Result(Case("8-ranked", 0), Limits(120), [plain, ours])
    assert marks(120) == [15, 30, 60, 120, float("inf")]
    assert result.falls_short([ours])
    assert Goal("speed", 300, None, 2) not in result.missed(ours)
    assert "behind" in objectives([result], 120).markdown().splitlines()[-2]
    assert "120 s: speed<br>end: speed **behind**" in summary([result]).markdown()
