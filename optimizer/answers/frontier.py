"""What one aim costs in another: proven points of the best of one with the other held, knees, and the price between."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.asking import Asking, opened, require
from optimizer.answers.bracket import TOLERANCE, Bracket, of_objective
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.words import amount_words, bracket_words
from optimizer.errors import Finding, refuse
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.parse import closest
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import EACH, POOLED, Order, Pledge, Target
from optimizer.scenario.values import counted, parse_month
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

AIMS = {"shortfall": "shortfall", "cost": "cost", "date": "speed"}
"""Aim -> the objective it is."""
WAIT = "wait"
KNEE = 2.0
"""How many times as much a unit must cost before a point as after it, to be a knee."""
ROUNDS = 4
"""Rounds of halving between a wait that is impossible and the least that is possible."""
LAST_YEAR = 12
"""Months before the end from which on a wait is held unless it is said otherwise."""


def frontier(
    case: Scenario | Plan,
    *,
    of: str = "cost",
    against: str = "shortfall",
    points: int = 8,
    item: str | None = None,
    place: str | None = None,
    begin: dt.date | str | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Tell the best of one aim for every value of another, from its best to where it no longer counts.

    Parameters
    ----------
    case
        What is given, or a plan, whose scenario it is and with which searches begin. Hard targets hold at every point;
        objectives and slack do not count.
    of
        What is as small as can be: cost, shortfall, or date (months until targets hold, all of them added up).
    against
        What is held: shortfall, cost, date, or wait: the months that an order may wait, for an item (None: all) and a
        place (None: each customer), from a month on (`begin`; None: in the last year).
    points
        Most points: the two ends, and others evenly between.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`.

    Returns
    -------
    Reply
        Tables: `points` (each with plan found, proven bound and gap, the price of a unit up to the next one, and
        whether it is a knee). No point is worse than another in both aims.

    Raises
    ------
    InputError
        When there are no such aims, items, places or months, or too few points; it lists all.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan for an end.
    """
    scenario, start = opened(case)
    held, unheld = _held(scenario, item, place, begin)
    refuse([*_unaskable(scenario, of, against, points), *unheld])
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit, start=start)
    game = scenario.replace(settings={"slack": 0.0, "objectives": (AIMS[of],)}, scenarios=[])
    search = _Search(game, asking, AIMS[of])
    if against == WAIT:
        search.waits(held, points)
    else:
        search.held(AIMS[against], points)
    return _reply(scenario, search, of, against)


def _unaskable(scenario: Scenario, of: str, against: str, points: int) -> list[Finding]:
    """Return what is wrong with the aims and the number of points."""
    wrong = []
    if of not in AIMS:
        wrong.append(Finding("", "", f"`{of}` cannot be made small; choose of {', '.join(AIMS)}"))
    if against not in (*AIMS, WAIT) or against == of:
        others = [name for name in (*AIMS, WAIT) if name != of]
        wrong.append(Finding("", "", f"`{against}` cannot be held against {of}; choose of {', '.join(others)}"))
    if "date" in (of, against) and not any(row.strength == "asap" for row in scenario.rows(Target)):
        wrong.append(Finding(Target.sheet, "", "no target is wanted as soon as possible, so there is no date; set one"))
    if points < 2:
        wrong.append(Finding("", "", f"{points} points make no frontier; ask for 2 or more"))
    return wrong


def _held(
    scenario: Scenario, item: str | None, place: str | None, begin: dt.date | str | None
) -> tuple[dict[str, Any], list[Finding]]:
    """Return where a wait is held, and from when on; and what is wrong with it."""
    calendar, wrong = scenario.calendar, []
    waiting = {(row.customer, row.item) for row in scenario.rows(Order)}
    waiting |= {(row.member, row.item) for row in scenario.rows(Pledge)}
    places, items = ({pair[part] for pair in waiting} for part in (0, 1))
    for option, name, known in (("item", item, items), ("place", place, {*places, EACH, POOLED})):
        if name is not None and name not in known:
            told = f"`{name}` has no row in Orders or Pledges{closest(name, known)}"
            wrong.append(Finding(f"--{option}", "", told))
    month = calendar.date(max(0, calendar.end - LAST_YEAR))
    try:
        month = month if begin is None else parse_month(begin)
        if not 0 <= calendar.month(month) < calendar.end:
            first, last = calendar.date(0), calendar.date(calendar.end - 1)
            told = f"{month:%Y-%m} is not within the horizon; choose one of {first:%Y-%m} to {last:%Y-%m}"
            wrong.append(Finding("--from", "", told))
    except ValueError as error:
        wrong.append(Finding("--from", "", str(error)))
    return {"item": item, "place": place, "from_month": month}, wrong


@dataclass(frozen=True)
class Point:
    """A point: the value that is held, the best of the aim between bound and plan, the name of its task."""

    at: float
    best: Bracket
    task: str


@dataclass
class _Search:
    """The points that are found."""

    game: Scenario
    asking: Asking
    of: str

    def __post_init__(self) -> None:
        self.found: list[Point] = []

    def held(self, against: str, count: int) -> None:
        """Find points with an objective held between its own best and where the aim is best."""
        first, last = f"least {against}", f"least {self.of}"
        ends = {
            first: Task(self.game, objectives=(against, self.of)),
            last: Task(self.game, objectives=(self.of, against)),
        }
        plans = self.asking.solve(ends)
        tight, loose = require(plans, first), require(plans, last)
        low, high = tight.objective_values[against], loose.objective_values[against]
        self._add(first, tight, low)
        self._add(last, loose, high)
        inner: Any = np.linspace(low, high, count)[1:-1] if high - low > TOLERANCE * max(1.0, abs(high)) else []
        tasks = {
            f"{against} at most {limit:,.10g}": Task(
                self.game, objectives=(self.of, against), hold={against: float(limit)}, start=tight
            )
            for limit in inner
        }
        for name, plan in self.asking.solve(tasks).plans.items():
            self._add(name, plan, plan.objective_values[against])

    def waits(self, wish: Mapping[str, Any], count: int) -> None:
        """Find points with a waiting time as a target, down to the least that is possible."""
        name = f"least {self.of}"
        free = self.asking.base(Task(self.game), name)
        longest = _longest(free, wish)
        self._add(name, free, longest)
        open_ = sorted({int(w) for w in np.linspace(0, math.ceil(longest), count)[:-1]}, reverse=True)
        best, out = math.ceil(longest), -1
        for _ in range(ROUNDS):
            tasks = {f"wait of at most {months} months": self._waiting(wish, months) for months in open_}
            solved = self.asking.solve(tasks, start=free)
            for name, months in zip(tasks, open_, strict=True):
                found = solved.get(name)
                if isinstance(found, Plan):
                    self._add(name, found, float(months))
                    best = min(best, months)
                else:
                    out = max(out, months) if months < best else out
            if best - out < 2 or self.asking.over:
                return
            open_ = [(best + out) // 2]

    def _waiting(self, wish: Mapping[str, Any], months: int) -> Task:
        kept = [row.model_dump() for row in self.game.rows(Target)]
        names = {row["target"] for row in kept}
        name = next(name for k in range(len(names) + 1) if (name := f"wait held{' ' * bool(k)}{k or ''}") not in names)
        row = {"target": name, "kind": "waiting time", "value": float(months), "strength": "hard"}
        row |= {key: value for key, value in wish.items() if value is not None}
        return Task(self.game.replace(targets=[*kept, row]))

    def _add(self, name: str, plan: Plan, at: float) -> None:
        best = of_objective(plan, self.of)
        assert best is not None
        self.found.append(Point(at, best, name))

    @property
    def points(self) -> list[Point]:
        """Return the points that no other is as good as in both aims, from the tightest to the loosest.

        What is proven of a loose point holds for the tighter ones, whose plans it has as well.
        """
        ordered = sorted(self.found, key=lambda point: (point.at, point.best.most))
        kept: list[Point] = []
        for point in ordered:
            if not kept or point.best.most < kept[-1].best.most - TOLERANCE * max(1.0, abs(kept[-1].best.most)):
                kept.append(point)
        return [
            replace(point, best=point.best.within(max(p.best.least for p in ordered if p.at >= point.at), math.inf))
            for point in kept
        ]


def _longest(plan: Plan, wish: Mapping[str, Any]) -> float:
    """Return the longest wait that a plan has where one is to be held; where somebody waits for ever, the horizon."""
    table = plan.measures.placed_today
    table = table[table["month"] >= pd.Timestamp(wish["from_month"])]
    if wish["item"] is not None:
        table = table[table["item"] == wish["item"]]
    waits = table["wait"].to_numpy(dtype=float)
    end = float(plan.scenario.calendar.end)
    return end if not len(waits) or np.isnan(waits).any() else max(1.0, float(waits.max()))


# -- the answer ----------------------------------------------------------------------------------------------
def _reply(scenario: Scenario, search: _Search, of: str, against: str) -> Reply:
    currency = scenario.settings.currency
    unit = {"cost": currency, "shortfall": "unit-months"}
    here, there = unit.get(of, "months"), unit.get(against, "months")
    table = _table(search.points)
    columns = [
        Column("at", against, "of the plan, or held", _kind(against)),
        Column("least", f"{of}, proven bound", "", _kind(of)),
        Column("most", f"{of}, plan found", "", _kind(of)),
        Column("gap", "gap", "", "share"),
        Column("price_least", f"price of 1 {_one(there)} less, least", f"{here} up from the next point", ""),
        Column("price_most", f"price of 1 {_one(there)} less, most", "", ""),
        Column("knee", "knee", "from here on it costs at least twice as much", ""),
        Column("task", "solve", ""),
    ]
    series = {"most": "plan found", "least": "proven bound"}
    return Reply(
        question=f"{scenario.settings.title}: {of} against {against}",
        currency=currency,
        lines=_lines(table, of, against, here, there, search),
        sheets={
            "points": Sheet(
                "Points",
                f"The least {of} for every {against}, and what a unit less costs",
                columns,
                table,
                ("at", "least", "most", "price_most", "knee"),
            )
        },
        shown=("points",),
        pictures=[
            Picture(f"Least {of} against {against}", _axis(against, there), here, "points", "at", series, "points")
        ],
        plans=search.asking.plans,
        complete=all(status in ("answered", "impossible") for status in search.asking.plans.status.values()),
    )


def _kind(aim: str) -> str:
    return {"cost": "money", "shortfall": "unit-months"}.get(aim, "months")


def _one(unit: str) -> str:
    return unit.removesuffix("s")


def _axis(aim: str, unit: str) -> str:
    return f"{unit} of {aim}" if aim != "cost" else unit


def _table(points: list[Point]) -> pd.DataFrame:
    prices: list[Bracket | None] = [
        (point.best - after.best).times(1 / (after.at - point.at)) for point, after in pairwise(points)
    ]
    prices.append(None)
    rows = []
    for k, (point, price) in enumerate(zip(points, prices, strict=True)):
        before = prices[k - 1] if k else None
        knee = before is not None and price is not None and before.least >= KNEE * max(price.most, 0.0)
        size = abs(point.best.most)
        rows.append(
            {
                "at": point.at,
                "least": point.best.least,
                "most": point.best.most,
                "gap": point.best.width / size if size else 0.0,
                "price_least": math.nan if price is None else max(0.0, price.least),
                "price_most": math.nan if price is None else price.most,
                "knee": "knee" if knee else "",
                "task": point.task,
            }
        )
    names = ("at", "least", "most", "gap", "price_least", "price_most", "knee", "task")
    return pd.DataFrame(rows, columns=list(names))


def _lines(table: pd.DataFrame, of: str, against: str, here: str, there: str, search: _Search) -> list[tuple[str, str]]:
    rows = table.to_dict("records")
    ends = [(f"Least {against}", rows[0]), (f"Least {of}", rows[-1])]
    lines = []
    for label, row in ends:
        of_words = bracket_words(Bracket(row["least"], row["most"]), here)
        lines.append((label, f"{against} {amount_words(row['at'], there)} with {of} {of_words}"))
    for row, after in pairwise(rows):
        price = bracket_words(Bracket(row["price_least"], row["price_most"]), f"{here} a {_one(there)}")
        knee = "; then a knee" if after["knee"] else ""
        lines.append((f"{amount_words(after['at'], '')} to {amount_words(row['at'], there)}", f"{price}{knee}"))
    gone = [name for name, status in search.asking.plans.status.items() if status == "impossible"]
    if gone:
        lines.append(("Impossible", "; ".join(gone)))
    lines.append(("Points", f"{counted(len(rows), 'point')} of {counted(len(search.asking.plans), 'solve')}"))
    return lines
