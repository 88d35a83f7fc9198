"""A plan on fresh draws that it was not made for: what comes of it on average and in the tail, and how sure that is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import of_objective
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.words import amount_words
from optimizer.errors import Finding, ImpossibleError, InputError, NoPlanError, refuse
from optimizer.plan.assignment import COMMITMENTS, month_of
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.sample import drawn, one_draw, refuse_draws
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Uncertain
from optimizer.scenario.values import counted
from optimizer.scenario.variants import key_text, variant
from optimizer.solve.arrays import Floats
from optimizer.study.archive import IMPOSSIBLE
from optimizer.study.planset import PlanSet, Unanswered
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

FIGURES = [
    Column("objective", "objective", ""),
    Column("unit", "unit", ""),
    Column("planned", "in the plan", "with the figures it was made for"),
    Column("least", "proven bound of the mean", "of plans that keep what is decided; of the first objective"),
    Column("mean", "mean", "over the draws that allow what is decided"),
    Column("error", "standard error of the mean", ""),
    Column("tail", "mean of the tail", ""),
    Column("tail_error", "standard error of the tail", ""),
    Column("best", "best", ""),
    Column("worst", "worst", ""),
    Column("worst_in", "in the draw", ""),
]


@dataclass(frozen=True)
class Estimate:
    """A mean of draws and its standard error."""

    mean: float
    error: float


def out_of_sample(
    plan: Plan,
    scenario: Scenario,
    *,
    n: int = 200,
    seed: int = 0,
    tail: float = 0.1,
    reveal: dt.date | str | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Test a plan on fresh draws from the Uncertain sheet: starts, crews, weekends and pledges stay, the rest adapts.

    Parameters
    ----------
    plan
        What is tested; its decisions are kept until it is known what comes.
    scenario
        With ranges in its Uncertain sheet.
    n, seed
        How many draws, and what they hang on; they are never those of `sample` with the same seed.
    tail
        Probability of the tail: the worst 0.1, say.
    reveal
        Month in which it is known what comes; None: that of the settings, and where that is empty, never: all starts,
        crews, weekends and pledges are kept.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`; each draw takes a solve.

    Returns
    -------
    Reply
        Tables: `figures` (one row for each objective: in the plan, mean and tail over the draws with their standard
        errors), `draws` (what was drawn and what came of it, best first).

    Raises
    ------
    InputError
        When there are no ranges, or a draw breaks a rule; it lists all.
    ImpossibleError, NoPlanError
        When in no draw there is a plan with what is decided.
    """
    refuse_draws(scenario, n)
    if not 0 < tail <= 1:
        refuse([Finding("tail", "", f"{tail:g} is no probability of a tail; choose more than 0, at most 1")])
    until = _last(reveal if reveal is not None else scenario.settings.reveal)
    numbers = drawn(scenario, n, seed, fresh=True)
    cases = _cases(scenario, numbers)
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    tasks = {name: Task(case, start=plan, fix=COMMITMENTS, until=until) for name, case in cases.items()}
    plans = asking.solve(tasks)
    found = plans.plans
    if not found:
        _refuse_none(plans)
    names = list(plan.tables["objectives"]["objective"])
    figures = _figures(plan, found, names, tail)
    draws = _draws(scenario, numbers, plans, list(cases), names)
    return Reply(
        question=f"{scenario.settings.title}: the plan on {_answered(len(plans.plans), n)}",
        currency=scenario.settings.currency,
        lines=_lines(figures, plans, n, tail, until),
        sheets={
            "figures": Sheet(
                "Out of sample",
                "What the plan comes to in draws it was not made for",
                FIGURES,
                figures,
                ("objective", "unit", "planned", "mean", "error", "tail", "tail_error"),
            ),
            "draws": Sheet(
                "Draws", "What was drawn, and what came of the plan, best first", _columns(scenario, names), draws
            ),
        },
        shown=("figures", "draws"),
        pictures=[_picture(names[0], str(figures["unit"][0]))],
        plans=asking.plans,
        complete=all(status in ("answered", IMPOSSIBLE) for status in plans.status.values()) and len(plans) == n,
    )


def tail_of(values: Sequence[float], tail: float) -> Estimate:
    """Return the mean of the worst `tail` of equally likely values, and its standard error; of one value there is none.

    The error is that of the mean of what lies beyond the quantile, divided by the tail.
    Source: Manistre and Hancock, "Variance of the CTE estimator" (2005).
    """
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    count = len(ordered)
    within = min(count, math.ceil(tail * count))
    begins = ordered[within - 1]
    beyond = np.maximum(ordered - begins, 0.0)
    mean = begins + float(beyond.mean()) / tail
    error = float(beyond.std(ddof=1)) / (tail * math.sqrt(count)) if within > 1 else math.nan
    return Estimate(float(mean), error)


def mean_of(values: Sequence[float]) -> Estimate:
    """Return the mean of equally likely values, and its standard error."""
    found = np.asarray(values, dtype=float)
    error = float(found.std(ddof=1)) / math.sqrt(len(found)) if len(found) > 1 else math.nan
    return Estimate(float(found.mean()), error)


# -- inside ----------------------------------------------------------------------------------------
def _last(reveal: dt.date | str | None) -> dt.date | None:
    """Return the month before it is known what comes."""
    if reveal is None:
        return None
    month = month_of(reveal)
    return dt.date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _cases(scenario: Scenario, numbers: Floats) -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    wrong: list[Finding] = []
    for k, row in enumerate(numbers):
        name = f"fresh {k + 1}"
        try:
            found[name] = variant(one_draw(scenario, name, row), name)
        except InputError as error:
            wrong += error.findings
    refuse(wrong)
    return found


def _refuse_none(plans: PlanSet) -> None:
    """Raise why there is no plan in any draw."""
    for found in plans.values():
        if isinstance(found, Unanswered) and found.status == IMPOSSIBLE:
            raise ImpossibleError(f"What the plan decides is impossible in every draw, say in one:\n{found.reason}")
    reason = next((str(found) for found in plans.values()), "there was no time for any draw")
    raise NoPlanError(f"no draw was answered: {reason}")


def _answered(found: int, n: int) -> str:
    return counted(n, "fresh draw") if found == n else f"{found} of {counted(n, 'fresh draw')}"


def _figures(plan: Plan, found: Mapping[str, Plan], names: Sequence[str], tail: float) -> pd.DataFrame:
    objectives = plan.tables["objectives"].set_index("objective")
    rows = []
    for name in names:
        values = {case: other.objective_values[name] for case, other in found.items()}
        ends = [bracket.least if (bracket := of_objective(other, name)) else math.nan for other in found.values()]
        mean, worst = mean_of(list(values.values())), tail_of(list(values.values()), tail)
        rows.append(
            {
                "objective": name,
                "unit": objectives["unit"][name],
                "planned": float(objectives["value"][name]),
                "least": float(np.mean(ends)) if name == names[0] else math.nan,
                "mean": mean.mean,
                "error": mean.error,
                "tail": worst.mean,
                "tail_error": worst.error,
                "best": min(values.values()),
                "worst": max(values.values()),
                "worst_in": max(values, key=lambda case: values[case]),
            }
        )
    return pd.DataFrame(rows, columns=[column.name for column in FIGURES])


def _columns(scenario: Scenario, names: Sequence[str]) -> list[Column]:
    ranges = [Column(f"range {k}", key_text(row), "drawn") for k, row in enumerate(scenario.rows(Uncertain))]
    objectives = [Column(name, name, "") for name in names]
    return [
        Column("share", "share of draws", "that are no worse", "share"),
        Column("draw", "draw", ""),
        Column("status", "status", ""),
        *objectives,
        *ranges,
    ]


def _draws(
    scenario: Scenario, numbers: Floats, plans: PlanSet, cases: Sequence[str], names: Sequence[str]
) -> pd.DataFrame:
    rows = []
    for case, row in zip(cases, numbers, strict=True):
        found = plans.get(case)
        told: dict[str, Any] = {"draw": case, "status": plans.status.get(case, "not done")}
        told |= found.objective_values if isinstance(found, Plan) else dict.fromkeys(names, math.nan)
        rows.append(told | {f"range {k}": value for k, value in enumerate(row.tolist())})
    frame = pd.DataFrame(rows).sort_values(names[0], kind="stable", ignore_index=True)
    answered = int(frame[names[0]].notna().sum())
    frame["share"] = [(k + 1) / answered if k < answered else math.nan for k in range(len(frame))]
    return frame[[column.name for column in _columns(scenario, names)]]


def _picture(first: str, unit: str) -> Picture:
    title = f"{first.capitalize()} by draw, best first"
    return Picture(title, "share of draws", unit, "draws", "share", {first: first}, "points")


def _lines(figures: pd.DataFrame, plans: PlanSet, n: int, tail: float, until: dt.date | None) -> list[tuple[str, str]]:
    kept = "all that it starts, hires and pledges" if until is None else f"what it decides up to {until:%Y-%m}"
    answered = len(plans.plans)
    lines = [("Kept", f"{kept}; the rest adapts to each draw")]
    for row in figures.to_dict("records"):
        unit = row["unit"]
        mean, worst = _sure(row["mean"], row["error"], unit), _sure(row["tail"], row["tail_error"], unit)
        planned = amount_words(row["planned"], unit)
        lines.append((str(row["objective"]).capitalize(), f"mean {mean}; worst {tail:.0%} {worst}; planned {planned}"))
    gone = sum(status == IMPOSSIBLE for status in plans.status.values())
    share = gone / max(1, gone + answered)
    words = (
        f"in {gone} of {counted(gone + answered, 'draw')} ({share:.1%}); they are in no mean" if gone else "in no draw"
    )
    lines.append(("Impossible", words))
    if answered + gone < n:
        lines.append(("Not answered", f"{n - answered - gone} of {n}; the same command with --runs goes on"))
    return lines


def _sure(mean: float, error: float, unit: str) -> str:
    """Return an estimate and its standard error in words."""
    return f"{amount_words(mean, '')} ± {amount_words(error, unit)}"
