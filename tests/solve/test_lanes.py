"""Lanes: what they find together, and that nothing is lost when one of them dies, or their parent does."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer import solve
from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.settings import RunSettings
from optimizer.solve import lanes as module
from optimizer.solve import problem as sizes
from optimizer.solve.incumbent import Incumbent
from optimizer.solve.lanes import Lanes
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import Leg, Problem
from optimizer.solve.progress import Clock, Progress
from optimizer.solve.search import Role
from optimizer.solve.solution import Solution
from tests.solve.plants import plants
from tests.solve.puzzles import market_split
from tests.solve.test_months import counted, kept_from
from tests.verify.worlds import WORLDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search in lanes, however small the problem."""
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(sizes, size, -1)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Lanes]:
    """Return where the lanes of every search that begins are found."""
    found: list[Lanes] = []
    original = Lanes.__init__

    def keep(self: Lanes, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        found.append(self)

    monkeypatch.setattr(Lanes, "__init__", keep)
    return found


def problem_of(matrix: Any, **settings: Any) -> Problem:
    """Return a problem that minimises cost."""
    return Problem(matrix, RunSettings(**{"objectives": ("cost",), "gap": 0.0, "slack": 0.0, "threads": 3, **settings}))


@pytest.mark.parametrize("cores", [2, 3])
def test_engines_and_lanes_find_what_counting_finds(cores: int) -> None:
    """The optimum of a set of plants, proven, and every stage told from the thread that asked.

    With two cores it is searched in one process, with two engines side by side.
    """
    puzzle, threads = plants(3, units=4, months=4), set[str]()

    def watch(_: Progress) -> None:
        threads.add(threading.current_thread().name)

    solution = Lexicographic(problem_of(puzzle.matrix, threads=cores), Clock(60), watch).solve()
    assert solution.status == "optimal"
    assert solution.objectives[0].value == pytest.approx(puzzle.optimum)
    assert solution.stages
    assert threads == {threading.current_thread().name}


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("seed", [24, 25, 27, 30])
def test_dates_are_those_that_counting_finds(seed: int, cores: int) -> None:
    """With the cost held, the promise is kept as early as any plan within it does, proven, however it is searched."""
    puzzle, threads = plants(seed, units=4, months=4), set[str]()
    matrix = replace(puzzle.matrix, objectives=(*puzzle.matrix.objectives, counted(puzzle)))
    problem = problem_of(matrix, threads=cores, objectives=("cost", "speed"), slack=0.02)
    solution = Lexicographic(problem, Clock(60), lambda _: threads.add(threading.current_thread().name)).solve()
    assert solution.status == "optimal"
    assert solution.objectives[1].value == pytest.approx(kept_from(puzzle, 1.02 * puzzle.optimum))
    assert threads == {threading.current_thread().name}


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("seed", [24, 25, 27, 30])
def test_the_cost_of_the_earliest_date_is_what_counting_finds(seed: int, cores: int) -> None:
    """With the date held, no plan is cheaper, proven: with two cores in stages beside the whole problem."""
    puzzle, threads = plants(seed, units=4, months=4), set[str]()
    matrix = replace(puzzle.matrix, objectives=(counted(puzzle), *puzzle.matrix.objectives))
    problem = problem_of(matrix, threads=cores, objectives=("speed", "cost"))
    solution = Lexicographic(problem, Clock(60), lambda _: threads.add(threading.current_thread().name)).solve()
    assert solution.status == "optimal"
    speed, earliest = matrix.objectives[0], kept_from(puzzle)
    costs = [puzzle.cost(starts) for starts in puzzle.all_starts if speed.value(puzzle.x(starts)) <= earliest]
    assert [found.value for found in solution.objectives] == pytest.approx([earliest, min(costs)])
    assert threads == {threading.current_thread().name}


def test_what_no_plan_can_hold_is_impossible_in_lanes_too() -> None:
    """Bounds that clash are found by a lane and told as ever."""
    matrix = plants(3, units=4, months=4).matrix
    upper = matrix.row_upper.copy()
    upper[np.isfinite(matrix.row_lower)] = -1e6
    lower = np.where(np.isfinite(matrix.row_lower), -1e7, matrix.row_lower)
    with pytest.raises(ImpossibleError):
        Lexicographic(problem_of(replace(matrix, row_lower=lower, row_upper=upper)), Clock(60)).solve()


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.NEIGHBOURS, signal.SIGABRT),
        pytest.param(Role.PROVER, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param(Role.WHOLE, signal.SIGKILL, marks=pytest.mark.slow),
    ],
)
def test_a_lane_that_dies_costs_its_lane_alone(role: Role, kind: signal.Signals, found: list[Lanes]) -> None:
    """Killed once there is a plan, a lane is told of, and the plan comes back whole, with an honest bound."""
    clock, killed = Clock(60), []

    def watch(progress: Progress) -> None:
        if progress.value is not None and not killed:
            (lane,) = [lane for lane in found[0]._lanes if lane.role is role]
            os.kill(lane.pid, kind)
            killed.append(clock.seconds)
        if killed and clock.seconds > killed[0] + 1:
            clock.stop()

    matrix = market_split()
    solution = Lexicographic(problem_of(matrix), clock, watch).solve()
    assert any(f"({role.value}) ended with signal {int(kind)}" in told for told in solution.failures)
    assert solution.objectives[0].bound <= solution.objectives[0].value
    check_whole(matrix, solution)


def check_whole(matrix: Any, solution: Solution) -> None:
    """Assert that a plan holds every row, in whole numbers."""
    assert np.array_equal(solution.x[matrix.integer], np.round(solution.x[matrix.integer]))
    activity = matrix.rows @ solution.x
    assert (activity >= matrix.row_lower - 1e-6).all() and (activity <= matrix.row_upper + 1e-6).all()


def test_a_plan_survives_the_death_of_every_lane(found: list[Lanes], monkeypatch: pytest.MonkeyPatch) -> None:
    """With every lane killed, again and again, the best plan is what comes back, and the deaths are told."""
    monkeypatch.setattr(module, "REVIVALS", 0)
    matrix = market_split()

    def watch(progress: Progress) -> None:
        if progress.value is not None:
            for lane in found[0]._alive():
                os.kill(lane.pid, signal.SIGKILL)

    solution = Lexicographic(problem_of(matrix), Clock(60), watch).solve()
    assert len(solution.failures) == 3
    check_whole(matrix, solution)


def test_lanes_that_cannot_begin_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a lane that lives there is no plan, and the error says what happened."""
    monkeypatch.setattr(module.sys, "executable", "/bin/false")
    with pytest.raises(SolverError, match="ended with status 1"):
        Lexicographic(problem_of(market_split()), Clock(20)).solve()


SCRIPT = textwrap.dedent(
    """
    import sys, time
    from optimizer.settings import RunSettings
    from optimizer.solve import lanes, problem
    from optimizer.solve.lexicographic import Lexicographic
    from optimizer.solve.progress import Clock
    from tests.solve.puzzles import market_split

    problem.TINY = problem.SMALL = -1
    began = []
    original = lanes._Process.__init__
    def keep(self, *arguments):
        original(self, *arguments)
        print(self.pid, flush=True)
    lanes._Process.__init__ = keep
    settings = RunSettings(objectives=("cost",), gap=0.0, threads=3)
    clock = Clock(60.0)
    def watch(progress):
        if progress.value is not None and sys.argv[1] == "stop":
            clock.stop()
    solution = Lexicographic(problem.Problem(market_split(), settings), clock, watch).solve()
    print("found", solution.status, flush=True)
    """
)
"""A script without a main guard."""


@pytest.mark.slow
def test_a_script_without_a_main_guard_is_no_trouble(tmp_path: Path) -> None:
    """It searches once, in three lanes, and ends."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    told = subprocess.run(
        [sys.executable, str(script), "stop"],
        cwd=ROOT,
        env=_env(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    *lanes, end = told.stdout.split("\n")[:-1]
    assert end == "found interrupted"
    assert len(lanes) == 3


@pytest.mark.slow
def test_lanes_are_gone_when_their_parent_is(tmp_path: Path) -> None:
    """Killed without a chance to say anything, a search leaves no process behind for longer than five seconds."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    parent = subprocess.Popen(
        [sys.executable, str(script), "go on"], cwd=ROOT, env=_env(), stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    lanes = [int(parent.stdout.readline()) for _ in range(3)]
    time.sleep(2.0)  # they are at work
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 5.0
    while (left := [pid for pid in lanes if _alive(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# -- the incumbent ---------------------------------------------------------------------------------------
def incumbent_of(seed: int) -> tuple[Incumbent, Any]:
    """Return the incumbent of a puzzle, and the puzzle."""
    puzzle = plants(seed, units=4, months=4)
    incumbent = Incumbent(problem_of(puzzle.matrix))
    incumbent.begin(Leg(1, 0, (), 60.0, None, -np.inf))
    return incumbent, puzzle


@pytest.mark.slow
def test_a_search_in_lanes_that_is_stopped_in_any_stage_ends_well(found: list[Lanes]) -> None:
    """Stopped when a stage is first told of, the search has a checked plan, or none and says so, and no lane lives."""
    scenario = WORLDS["factory"]().scenario.replace(settings={"threads": 3})
    stages: list[str] = []
    solve(scenario, watcher=lambda progress: stages.append(progress.stage))
    assert len(set(stages)) > 5
    for stage in dict.fromkeys(stages):
        clock = Clock(60)

        def watch(progress: Progress, stage: str = stage, clock: Clock = clock) -> None:
            if progress.stage == stage:
                clock.stop()

        try:
            plan = solve(scenario, watcher=watch, clock=clock)
        except NoPlanError as error:
            assert "stopped" in str(error)
        else:
            assert plan.verified, stage
            assert plan.status in ("interrupted", "optimal", "gap reached")
        assert not found[-1]._alive()


def test_what_is_proven_within_closer_limits_is_dropped() -> None:
    """A bound holds within the same limits and closer ones; where one of them is wider, less may be possible."""
    incumbent, _ = incumbent_of(3)
    assert incumbent.proven_within(0, (5.0, 3.0)) == -np.inf
    incumbent.prove(-100.0, "prover")
    assert incumbent.proven_within(0, (5.0, 3.0)) == -100.0
    assert incumbent.proven_within(0, (4.0, 3.0)) == -100.0
    assert incumbent.proven_within(0, (4.5, 2.0)) == -np.inf


def test_a_plan_that_breaks_a_row_is_not_taken() -> None:
    """Half a start, a value outside its bounds, a row that does not hold: none is a plan, and it is told of once."""
    incumbent, puzzle = incumbent_of(3)
    x = np.array(puzzle.x(puzzle.all_starts[0]))
    for spoilt in (x + 0.5, x - 10.0, x * 3.0):
        assert not incumbent.offer(spoilt)
    assert incumbent.best is None
    assert incumbent.notes == ["a plan of less cost was not taken: it does not hold every rule"]


def test_a_bound_that_a_plan_refutes_is_believed_no_more() -> None:
    """Nothing its prover says of the objective counts after that; what others say does."""
    incumbent, puzzle = incumbent_of(3)
    assert incumbent.prove(puzzle.optimum / 2, "relaxation")
    assert incumbent.prove(puzzle.optimum * 5, "whole")
    best = Lexicographic(problem_of(puzzle.matrix, threads=1), Clock(60)).solve().x
    assert incumbent.offer(best)
    assert incumbent.bound == puzzle.optimum / 2
    assert not incumbent.prove(puzzle.optimum * 0.9, "whole")
    assert "refuted" in incumbent.notes[0]


def test_a_worse_plan_never_takes_the_place_of_a_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plans at once: the worse one is still being judged when the better one comes from another thread."""
    incumbent, puzzle = incumbent_of(3)
    better, worse = (
        puzzle.x(starts) for starts in sorted(puzzle.all_starts, key=puzzle.cost)[:: len(puzzle.all_starts) - 1]
    )
    judging, judged, sound = threading.Event(), threading.Event(), Problem.sound

    def slowly(problem: Problem, x: Any) -> bool:
        if x is worse:
            judging.set()
            judged.wait(0.5)
        return sound(problem, x)

    monkeypatch.setattr(Problem, "sound", slowly)
    thread = threading.Thread(target=incumbent.offer, args=(worse,))
    thread.start()
    judging.wait(10)
    assert incumbent.offer(better)
    judged.set()
    thread.join()
    assert incumbent.best is better


def test_a_lane_is_told_what_was_known_when_it_was_told() -> None:
    """What a message holds may change once it is sent: a matrix works out more of itself while it is searched."""
    lane, message = object.__new__(module._Process), {"known": 1}
    lane._outbox = queue.SimpleQueue()
    lane.send(message)
    message["later"] = 2
    assert pickle.loads(lane._outbox.get()) == {"known": 1}


def test_a_lane_that_begins_late_is_told_of_the_sketch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane waits for the review blocks: one that takes the place of a dead one is sent what is drawn already."""

    class Recorded:
        def __init__(self, role: Role, _: Any) -> None:
            self.role, self.alive, self.busy = role, True, False
            self.sent: list[str] = []

        def send(self, message: object) -> None:
            self.sent.append(type(message).__name__)

    monkeypatch.setattr(module, "_Process", Recorded)
    problem = problem_of(plants(3, units=2, months=2).matrix)
    lanes = Lanes(problem, Clock(60), Incumbent(problem), lambda _: None, roles=(Role.PROVER,))
    lanes.drawn(None)
    lanes._lanes[0].alive = False
    (late,) = lanes._revived()
    assert late.sent == ["Hello", "Drawn"]  # type: ignore[attr-defined]
