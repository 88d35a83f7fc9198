"""The whole story on one page: read, check, build, solve, extract, verify, report."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimizer.errors import Finding, ImpossibleError, OptimizerError, SolverError, odd, refuse_impossible
from optimizer.found import plan_of, planned, unless_it_fails, verdicts
from optimizer.model.build import build_model
from optimizer.model.index import Index
from optimizer.model.index.projects import LEVER_OF_KIND
from optimizer.model.kin import kin
from optimizer.model.own import refuse_foreign
from optimizer.model.steady import steady
from optimizer.model.today import rows_let_go, today
from optimizer.plan.assignment import COMMITMENTS, DECIDED, Until
from optimizer.plan.figures import FIGURES, IMPOSSIBLE, NOT_FOUND, figures
from optimizer.plan.plan import Plan
from optimizer.prepared import Modelled, Own, Prepared, compiled, modelled, timed, varied_model
from optimizer.restrictions import Restricted, Restrictions, missed, restrict, start_values
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.checks import check
from optimizer.scenario.scenario import Scenario
from optimizer.settings import RunSettings
from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.changes import broken, summary
from optimizer.solve.conflict import Conflict
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import COARSE, LARGE, TINY, Problem
from optimizer.solve.progress import Clock, Progress, Watcher
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import Solution
from optimizer.solve.tidiness import tidiness

if TYPE_CHECKING:
    from pyomo.environ import ConcreteModel

MOST_MISSED = 5
"""Changes of a model that are told when a plan does not hold them."""
EXPLAIN_SECONDS = 60.0
"""Longest time to find out why nothing is possible."""
NEAR = 0.05
"""Gap within which, or part of the shortfall of today by which, a plan for the short run is told."""
CREWS = ("run", "weekend")
"""Variables of crews by line."""
HEAVY = 50_000
"""Nonzeros from which the model that was built is let go of at once, for its memory. To look for it takes longer than
the search of a small one (measured: see CONTRIBUTING.md)."""
SHORT_RUN_SHARE, SHORT_RUN_LEAST = 0.05, 1.0
"""Share of the time that the short run may take, and the seconds that it may take in any case while time is left."""


def solve(
    scenario: Scenario,
    *,
    model: ConcreteModel | None = None,
    prepared: Prepared | None = None,
    start: Plan | None = None,
    fix: Sequence[str] = (),
    until: Until = None,
    hold: Mapping[str, float] | None = None,
    objectives: tuple[str, ...] | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int | None = None,
    relaxed: bool = False,
    short_run: bool = False,
    watcher: Watcher | None = None,
    clock: Clock | None = None,
) -> Plan:
    """Find a plan for a scenario, check it independently, and return it.

    Parameters
    ----------
    scenario
        What is given.
    model
        A model from `build_model(scenario)`, with variables and constraints of your own or changed; it is
        not altered. Every difference from the model of the scenario stands in `Plan.unverified`.
    prepared
        From `prepare`, of this scenario or of one that it is a variation of: nothing is built again. It is not used
        where it does not fit.
    start
        A plan to begin with, of this scenario or another. Where its plants, shifts, weekends and targets hold here,
        the plan that is returned is no worse: at every objective, as long as they keep the limits of those before
        it (with the slack that later ones may give back). Where they do not, they are repaired, and the warnings
        say so. It is not used for `relaxed`.
    fix, until
        Tables of decisions that stay as they are in `start`, say ``("starts", "shifts")``, and the last month of
        those that do, say ``"2024-06"``, for all tables or by table; None: all. What `start` does not know is decided.
        Bounds are those of what is left.
    hold
        Objective -> the most it may be, in its unit.
    objectives, gap, time_limit, threads, seed
        Instead of the scenario's settings.
    relaxed
        Solve the linear relaxation: crews, weekends and plants in fractions. Such a plan is not
        verified.
    short_run
        Plan beside it what can be done without any project that is a choice, in a small share of the time, for
        `Plan.short_run`. Not for `relaxed`, a changed model, or where something is kept or held.
    watcher
        Called with a `Progress` as the search goes on.
    clock
        Lets another thread or a signal stop the search: `clock.stop()`.

    Returns
    -------
    Plan
        With the verdicts of the verifier in `checks`.

    Raises
    ------
    InputError
        When the model was built from another scenario, or holds what cannot be handed to the solver; when `fix`,
        `until` or `hold` name what there is not.
    ImpossibleError
        When no plan can hold every hard target, budget and forced project, what a model adds, and what is fixed
        and held.
    NoPlanError
        When no plan was found in the time given.
    SolverError
        When the solver fails.
    """
    chosen = {"objectives": objectives, "gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    changes = {name: value for name, value in chosen.items() if value is not None}
    if changes:
        scenario = scenario.replace(settings=changes)
    asked = Restrictions(start, tuple(fix), until, dict(hold or {}))
    asked.refuse()
    findings = check(scenario)
    refuse_impossible(findings)
    if model is not None:
        refuse_foreign(model, scenario)
    seconds: dict[str, float] = {}
    varied = None if prepared is None or model is not None else prepared.varied(scenario)
    if varied is None:
        given = modelled(scenario, model, asked, seconds, relaxed=relaxed)
    else:
        given = varied_model(varied, asked, relaxed)
    del model, prepared, varied  # HiGHS wants their memory; what a caller holds stays
    index, run, own = given.index, given.run, given.own
    with timed(seconds, "hand over"):
        limited = restrict(given.matrix, scenario, asked)
        matrix = limited.matrix
        begin = None if start is None else start_values(matrix, scenario, start)
        if matrix.rows.nnz >= HEAVY:
            gc.collect()
    clock = clock or Clock(run.time_limit)
    short_run = short_run and not (relaxed or asked or (own is not None and own.changes))
    searching = _but_for_the_short_run(clock) if short_run else clock
    if searching is not clock:
        run = replace(run, time_limit=searching.limit)
    with timed(seconds, "search"):
        try:
            solution = _search(index, matrix, run, searching, watcher, own, begin)
        except ImpossibleError as error:
            if given.varied:  # what is stated stands in a model of its own
                given = modelled(scenario, None, asked, {}, relaxed=relaxed)
            raise _impossible(given.index, given.matrix, own, asked) from error
    with timed(seconds, "extract"):
        plan = plan_of(scenario, given.answers, matrix, solution)
        plan = replace(plan, unverified=() if own is None else summary(own.changes))
        plan = plan.with_warnings([*odd(findings), *_kept(plan, asked, limited)])
    if not relaxed:
        with timed(seconds, "verify"):
            plan = plan.with_checks(verdicts(plan))
    if short_run:
        lost: list[str] = []
        with timed(seconds, "short run"), unless_it_fails("the short run", lost):
            most = max(SHORT_RUN_LEAST, min(SHORT_RUN_SHARE * clock.limit, seconds["search"]))
            plan = replace(plan, short_run=_short_run(plan, given, solution, clock, most, watcher))
        plan = plan.with_warnings(lost)
    return replace(plan, seconds=seconds)


def _but_for_the_short_run(clock: Clock) -> Clock:
    """Return a clock of the time that a search has where the short run is planned after it."""
    kept = SHORT_RUN_SHARE * clock.limit
    return clock.part(max(0.0, round(clock.left - kept, 1))) if kept >= SHORT_RUN_LEAST else clock


def _short_run(
    plan: Plan, given: Modelled, solution: Solution, clock: Clock, most: float, watcher: Watcher | None
) -> Mapping[str, float | str]:
    """Return the figures of the best plan found that starts no project of choice, or in words why there is none.

    Parameters
    ----------
    plan, given, solution
        The plan with all levers, its model, and its solution: with its crews on lines that are there the search begins.
    clock, most
        Of the whole search, and the seconds of it that this one may take.
    watcher
        Told that the short run is searched, not of its values: they are those of other objectives.
    """
    if not (plan.tables["starts"]["status"] == "option").any():
        return figures(plan)
    levers = tuple(name for name in plan.scenario.settings.levers if name not in LEVER_OF_KIND.values())
    scenario = plan.scenario.replace(settings={"levers": levers})
    varied = Prepared(given.index, given.matrix, given.answers).varied(scenario)
    assert varied is not None  # only levers are off
    lines, begin = varied.index.network.lines, solution.x.copy()
    new = [c for (name, key), c in given.matrix.position.items() if name in CREWS and lines[key[0]].project]
    begin[new] = np.nan

    def told(progress: Progress) -> None:
        if watcher is not None:
            watcher(Progress("short run", clock.seconds, progress.left, None, None))

    part = clock.part(most)
    run = replace(given.run, time_limit=part.limit)
    large = int(varied.matrix.integer.sum()) > TINY
    try:
        found = _search(varied.index, varied.matrix, run, part, told, None, begin if large else None, brief=True)
    except ImpossibleError:
        return dict.fromkeys(FIGURES, IMPOSSIBLE)
    except OptimizerError:
        return dict.fromkeys(FIGURES, NOT_FOUND)
    checked = planned(varied, replace(found, without_levers=None, prices=None))  # of which nothing is told
    return figures(checked) if checked.verified and _telling(checked) else dict.fromkeys(FIGURES, NOT_FOUND)


def _telling(short: Plan) -> bool:
    """Tell whether a plan for the short run says what it can do: it is proven, or better than going on as today."""
    first = short.tables["objectives"].iloc[0]
    without = first["without_levers"]
    return bool(first["gap"] <= NEAR or (without is not None and first["value"] < (1 - NEAR) * without))


def evaluate(plan: Plan, scenario: Scenario, *, fix: Sequence[str] | None = None, **settings: Any) -> Plan:
    """Return what comes of a plan in another scenario.

    Parameters
    ----------
    plan
        Whose decisions are kept.
    scenario
        Where.
    fix
        Tables of decisions that are kept. None: every decision, where all of them are possible there, so that the
        figures of its own scenario are those of the plan; else starts, shifts, weekends and pledges, from which
        output, deliveries and payments follow, the best by the objectives in order. The warnings say which.
    **settings
        As for `solve`.

    Raises
    ------
    As `solve`: ImpossibleError where the decisions cannot be kept.
    """
    if fix is not None:
        return solve(scenario, start=plan, fix=fix, **settings)
    try:
        return solve(scenario, start=plan, fix=tuple(DECIDED), **settings)
    except ImpossibleError:
        return solve(scenario, start=plan, fix=COMMITMENTS, **settings)


def _search(
    index: Index,
    matrix: Matrix,
    run: RunSettings,
    clock: Clock,
    watcher: Watcher | None,
    own: Own | None,
    begin: Floats | None,
    *,
    brief: bool = False,
) -> Solution:
    """Search a plan; `brief`: neither by a sketch of review blocks nor with a plan that is tidied."""
    off = dict(_off(index, matrix))
    hard = rows_let_go(index)
    rows = np.array([r for r, name in enumerate(matrix.row_names) if name in hard], dtype=np.int64)

    blocks = None if run.relaxed or brief else coarsened(index.scenario, matrix.rows.nnz)

    def sketch() -> Sketch | None:
        if blocks is None:
            return None
        found = compiled(build_model(blocks), run)
        gc.collect()  # its model, too
        return Sketch(found, *middles(blocks.calendar, index.scenario.calendar))

    tidied = None if run.relaxed or brief else tidiness(steady(index), matrix.position)
    problem = Problem(replace(matrix, groups=kin(index)), run, off, rows, tidied, blocks is not None)
    try:
        solution = Lexicographic(problem, clock, watcher, sketch, begin).solve()
    except SolverError as error:
        if own is None or not own.changes:
            raise
        raise type(error)(f"{error}. What you changed in the model: {'; '.join(summary(own.changes))}") from error
    missed = () if own is None else broken(matrix, own.changes, solution.x, whole=not run.relaxed)
    if missed:
        words = "; ".join(missed[:MOST_MISSED])
        raise SolverError(f"the plan found does not hold what you changed in the model ({words}); try another seed")
    return solution


def _off(index: Index, matrix: Matrix) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield the bounds of columns that switch every lever off, within those that a caller may have set."""
    for name, (least, most) in today(index).items():
        if name in matrix.position:
            column = matrix.position[name]
            low, high = float(matrix.lower[column]), float(matrix.upper[column])
            yield column, (min(max(least, low), high), max(min(most, high), low))


def coarsened(scenario: Scenario, size: int) -> Scenario | None:
    """Return the scenario with its review blocks for periods.

    None where a model of `size` nonzeros is not large, and where review blocks are nearly as many as periods.
    """
    calendar = scenario.calendar
    if size < LARGE or len(calendar.blocks) > COARSE * len(calendar.lengths):
        return None
    return in_blocks(scenario)


def in_blocks(scenario: Scenario) -> Scenario | None:
    """Return the scenario with its review blocks for periods.

    None where they are its periods already, and where a date of the scenario falls between them.
    """
    calendar = scenario.calendar
    if len(calendar.blocks) == len(calendar.lengths):
        return None
    lengths = (sum(calendar.lengths[t] for t in block) for block in calendar.blocks)
    try:
        coarse = scenario.replace(settings={"periods": ", ".join(f"1x{length}" for length in lengths)})
        refuse_impossible(check(coarse))
    except OptimizerError:
        return None
    return coarse


def middles(drawn: Calendar, calendar: Calendar) -> tuple[Floats, Floats]:
    """Return the middles of the periods of a sketch and of a calendar, in months."""
    first, own = (np.array(each.begins) + np.array(each.lengths) / 2 for each in (drawn, calendar))
    return first, own


def _kept(plan: Plan, asked: Restrictions, limited: Restricted) -> Iterator[str]:
    """Say what was kept and held, and what could not be, since it is no decision here.

    Raises
    ------
    SolverError
        When the plan does not keep what it should.
    """
    wrong = missed(plan, asked, limited)
    if wrong:
        words = "; ".join(wrong[:MOST_MISSED])
        raise SolverError(f"the plan found does not keep what was asked of it ({words}); try another seed")
    if asked:
        yield f"bounds and gap are those of plans with {'; '.join(asked.words)}"
    if limited.lost:
        words, more = ", ".join(limited.lost[:MOST_MISSED]), len(limited.lost) - MOST_MISSED
        yield f"what cannot be decided here was not kept: {words}{f' and {more} more' if more > 0 else ''}"


def _impossible(index: Index, matrix: Matrix, own: Own | None, asked: Restrictions) -> ImpossibleError:
    """Say what was asked that no plan can hold together, and what would make it possible."""
    from optimizer.analysis.changed import explain_changed  # here, since it is seldom needed
    from optimizer.analysis.conflicts import explain

    if asked and Conflict(matrix, [], Clock(EXPLAIN_SECONDS)).possible([]) is not False:
        words = (
            f"No plan for `{index.scenario.settings.title}` can have {' and '.join(asked.words)}; ask for less of it"
        )
        return ImpossibleError(words, conflict=[Finding("", "", each) for each in asked.words])
    if own is not None and own.changes:
        return explain_changed(index, own.plain, own.matrix, own.changes, Clock(EXPLAIN_SECONDS))
    found = explain(index, matrix, Clock(EXPLAIN_SECONDS))
    return found.error(f"What is asked in `{index.scenario.settings.title}` cannot be done. ")
