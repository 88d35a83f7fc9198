"""What levers are worth: alone, taken away, one after the other, and the share of each in the fall of the shortfall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.asking import Asking, opened, require
from optimizer.answers.bracket import TOLERANCE, Bracket, of_objective
from optimizer.answers.compare import figures
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.shapley import limits, share_limits, shares, widest
from optimizer.answers.words import bracket_words, difference_words
from optimizer.errors import ImpossibleError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.prepared import prepare
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Target
from optimizer.study.archive import IMPOSSIBLE
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

SHORT_RUN = ("weekends", "shifts", "donations", "purchases", "reactivations", "expansions")
LONG_RUN = ("pledges", "new lines")
"""Shifts, weekends and what is there already come first; then new plants, and the pledges that they wait for."""
ROUND = 16
"""Subsets that are solved before it is looked anew which others tell most."""
WITHIN = 0.01
"""Part of the gain within which shares are told unless it is asked for more."""
UNIT = "unit-months"
NONE = "(none)"


def lever_worth(
    case: Scenario | Plan,
    *,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
    most_solves: int | None = None,
    within: float = WITHIN,
) -> Reply:
    """Tell what each lever is worth: by how much the shortfall falls with it, in unit-months.

    Hard targets are left out, as they may be out of reach with levers off; the more levers, the less the shortfall
    then, so that subsets of levers that were not solved are known within limits by their neighbours.

    Parameters
    ----------
    case
        What is given, or a plan, whose scenario it is and with which searches begin. Its levers are those that may be
        pulled.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`.
    most_solves
        Most subsets that are solved; None: all that neighbours do not decide. Where some are left, shares are
        estimates, and their limits say how good.
    within
        Part of the whole gain within which shares are told; 0: to the gap of the solves.

    Returns
    -------
    Reply
        Tables: `levers` (alone, taken away, share, each with least and most), `order` (one after the other, short run
        first, with months and money), `runs` (short run against long run), `subsets` (all that is known of each).

    Raises
    ------
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan with all levers, or none without any.
    """
    scenario, start = opened(case)
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit, start=start)
    study = _Study(_game(scenario), asking, within)
    study.solve([study.whole, 0], told=True)
    for name in (study.name(study.whole), study.name(0)):
        if name in asking.plans and asking.plans.status[name] == IMPOSSIBLE and name == study.name(0):
            raise ImpossibleError(f"without levers no plan is possible, so none can be measured: {asking.plans[name]}")
        require(asking.plans, name)
    study.solve(study.told_subsets(), told=True)
    study.narrow(most_solves)
    return _reply(scenario, study)


def _game(scenario: Scenario) -> Scenario:
    """Return the scenario in which levers are measured: shortfall first, hard targets left out."""
    order = [name for name in scenario.settings.objectives if name not in ("shortfall", "weighted")]
    kept = [row.model_dump() for row in scenario.rows(Target) if row.strength != "hard"]
    objectives = ("shortfall", *(order or ["cost"]))
    return scenario.replace(settings={"objectives": objectives}, targets=kept, scenarios=[])  # these name targets


@dataclass
class _Study:
    """What is known of the subsets of the levers that have a part in it."""

    game: Scenario
    asking: Asking
    within: float
    players: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    known: dict[int, Bracket] = field(default_factory=dict)
    plans: dict[int, Plan] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        on = self.game.settings.levers
        self.idle = _idle(self.game)
        order = [lever for lever in (*SHORT_RUN, *LONG_RUN) if lever in on]
        self.players = [lever for lever in order if lever not in self.idle]

    @property
    def whole(self) -> int:
        """Return the set of all levers."""
        return (1 << len(self.players)) - 1

    @property
    def long_run(self) -> int:
        """Return the set of the levers of the long run."""
        return self.subset(LONG_RUN)

    def subset(self, levers: Sequence[str]) -> int:
        """Return the set of levers."""
        return sum(1 << k for k, lever in enumerate(self.players) if lever in levers)

    def levers(self, subset: int) -> list[str]:
        """Return the levers of a set."""
        return [lever for k, lever in enumerate(self.players) if subset >> k & 1]

    def name(self, subset: int) -> str:
        """Return the name of the task of a set."""
        return "all levers" if subset == self.whole else "; ".join(self.levers(subset)) or "no lever"

    def told_subsets(self) -> list[int]:
        """Return the subsets that are told one by one: each lever alone, each taken away, the order, both runs."""
        bits = [1 << k for k in range(len(self.players))]
        order = [sum(bits[:k]) for k in range(len(bits))]
        found = [*bits, *(self.whole ^ bit for bit in bits), *order, self.long_run, self.whole ^ self.long_run]
        return list(dict.fromkeys(found))

    def solve(self, subsets: Sequence[int], *, told: bool = False) -> None:
        """Solve subsets that were not tried; those that are told with every objective, others for the shortfall."""
        tasks = {}
        for subset in subsets:
            if subset not in self.tried:
                self.tried.add(subset)
                off = [lever for lever in self.players if lever not in self.levers(subset)]
                tasks[self.name(subset)] = Task(self.game, off=off, objectives=None if told else ("shortfall",))
        named = {self.name(subset): subset for subset in subsets}
        for name, plan in self.asking.solve(tasks).plans.items():
            found = of_objective(plan, "shortfall")
            assert found is not None
            self.known[named[name]] = found
            if told:
                self.plans[named[name]] = plan

    def narrow(self, most: int | None) -> None:
        """Solve what narrows the shares most, until neighbours decide the rest, or enough was solved."""
        while not self.asking.over and (most is None or len(self.tried) < most):
            values = self.values
            room = self.room(values)
            if all(share.width <= room for share in share_limits(len(self.players), values)):
                return
            open_ = [s for s, value in enumerate(values) if s not in self.tried and value.width > room]
            if not open_:
                return
            count = ROUND if most is None else min(ROUND, most - len(self.tried))
            self.solve(widest(len(self.players), values, open_)[:count])

    def room(self, values: Sequence[Bracket]) -> float:
        """Return the width below which nothing is narrowed: a part of the gain, or what the gap leaves open of it."""
        gain = max(0.0, (values[0] - values[-1]).most)
        return max(self.within * gain, self.game.settings.gap * gain, TOLERANCE * values[0].size)

    @property
    def values(self) -> list[Bracket]:
        """Return the limits of the shortfall of every set."""
        return limits(len(self.players), self.known)


def _idle(game: Scenario) -> list[str]:
    """Return the levers without which the model is the same: nothing in the workbook could be pulled by them."""
    on, base = game.settings.levers, prepare(game)
    found = []
    for lever in on:
        varied = base.varied(game.replace(settings={"levers": tuple(other for other in on if other != lever)}))
        names = ("lower", "upper", "row_lower")
        if varied is not None and all(
            np.array_equal(getattr(base.matrix, name), getattr(varied.matrix, name)) for name in names
        ):
            found.append(lever)
    return found


# -- the answer --------------------------------------------------------------------------------------------
def _reply(scenario: Scenario, study: _Study) -> Reply:
    values, count = study.values, len(study.players)
    hard = [row.target for row in scenario.rows(Target) if row.strength == "hard"]
    table, runs, order = _lever_table(study, values), _run_table(study, values), _order_table(study, values)
    return Reply(
        question=f"{scenario.settings.title}: what each lever is worth",
        currency=scenario.settings.currency,
        lines=_lines(study, values, table, runs, hard),
        sheets={
            "levers": Sheet("Levers", ABOUT_LEVERS, LEVER_COLUMNS, table, BRIEF),
            "runs": Sheet("Short and long run", ABOUT_RUNS, RUN_COLUMNS, runs),
            "order": Sheet("One after the other", ABOUT_ORDER, ORDER_COLUMNS, order),
            "subsets": Sheet("Subsets", ABOUT_SUBSETS, SUBSET_COLUMNS, _subset_table(study, values)),
        },
        shown=("levers", "runs", "order"),
        pictures=[
            Picture("Share of each lever in the fall of the shortfall", "lever", UNIT, "levers", "lever", SHARE_SERIES),
            Picture("Shortfall, lever after lever", "with this and those before", UNIT, "order", "lever", LEFT_SERIES),
        ],
        plans=study.asking.plans,
        complete=study.asking.plans.complete and (len(study.tried) == 1 << count or not _open(study, values)),
    )


ABOUT_LEVERS = (
    "Fall of the shortfall by each lever: alone, by what is lost without it, and its Shapley share, the mean over all "
    "orders in which levers may come; between least and most"
)
ABOUT_RUNS = "Weekends, shifts and what is there already against new lines and the pledges they wait for"
ABOUT_ORDER = "Levers one after the other, the short run first: what is left of the shortfall, what it takes and costs"
ABOUT_SUBSETS = "Every subset of levers: between proven bound and plan found, or what its neighbours prove"
SHARE_SERIES = {"share": "share", "share_least": "least", "share_most": "most"}
LEFT_SERIES = {"left_most": "plan found", "left_least": "proven bound"}


def _figure(name: str, header: str, meaning: str = "") -> Column:
    return Column(name, header, meaning, UNIT)


LEVER_COLUMNS = [
    Column("lever", "lever", ""),
    Column("run", "run", "short run or long run"),
    _figure("alone_least", "alone, least", "shortfall without levers less that with this one"),
    _figure("alone_most", "alone, most"),
    _figure("without_least", "lost without it, least", "shortfall with all others less that with all"),
    _figure("without_most", "lost without it, most"),
    _figure("share", "share", "Shapley share; an estimate where subsets were not solved"),
    _figure("share_least", "share, least"),
    _figure("share_most", "share, most"),
    Column("part", "part of the gain", "share of the fall by all levers", "share"),
]
BRIEF = ("lever", "run", "alone_most", "without_most", "share", "part")
RUN_COLUMNS = [
    Column("run", "run", ""),
    Column("levers", "levers", ""),
    _figure("alone_least", "alone, least"),
    _figure("alone_most", "alone, most"),
    _figure("after_least", "after the other, least", "what it adds where the other run is there already"),
    _figure("after_most", "after the other, most"),
]
ORDER_COLUMNS = [
    Column("lever", "with this and those before", ""),
    _figure("left_least", "shortfall left, bound"),
    _figure("left_most", "shortfall left, plan"),
    _figure("gain_least", "gain, least", "by this lever after those before it"),
    _figure("gain_most", "gain, most"),
    Column("wait", "wait at the end", "of an order placed, in the plan found", "months"),
    Column("met", "needs met from", "in the plan found"),
    Column("cost", "cost within the horizon", "in the plan found", "money"),
]
SUBSET_COLUMNS = [
    Column("levers", "levers", ""),
    Column("known", "known by", "its own solve, or its neighbours"),
    _figure("least", "shortfall, least"),
    _figure("most", "shortfall, most"),
    Column("wait", "wait at the end", "of an order placed; where it was solved in full", "months"),
    Column("cost", "cost within the horizon", "where it was solved in full", "money"),
]


def _lever_table(study: _Study, values: Sequence[Bracket]) -> pd.DataFrame:
    whole, count = study.whole, len(study.players)
    middle = [found.most if s in study.known else (found.least + found.most) / 2 for s, found in enumerate(values)]
    estimates, between = shares(count, middle), share_limits(count, values)
    gain = middle[0] - middle[whole]
    rows = []
    for k, lever in enumerate(study.players):
        alone, without = _fall(values[0], values[1 << k]), _fall(values[whole ^ 1 << k], values[whole])
        share = min(max(estimates[k], between[k].least), between[k].most)
        row: dict[str, Any] = {"lever": lever, "run": _run(lever), "share": share}
        row |= _ends("alone", alone) | _ends("without", without) | _ends("share", between[k])
        rows.append(row | {"part": share / gain if gain > 0 else 0.0})
    rows += [
        {"lever": lever, "run": _run(lever), "share": 0.0, "part": 0.0}
        | dict.fromkeys([c.name for c in LEVER_COLUMNS if c.name.endswith(("least", "most"))], 0.0)
        for lever in study.idle
    ]
    rows.sort(key=lambda row: -float(row["share"]))
    return pd.DataFrame(rows, columns=[c.name for c in LEVER_COLUMNS])


def _run_table(study: _Study, values: Sequence[Bracket]) -> pd.DataFrame:
    rows = []
    for name, mine in (("short run", study.whole ^ study.long_run), ("long run", study.long_run)):
        other = study.whole ^ mine
        row: dict[str, Any] = {"run": name, "levers": "; ".join(study.levers(mine)) or "none"}
        row |= _ends("alone", _fall(values[0], values[mine])) | _ends(
            "after", _fall(values[other], values[study.whole])
        )
        rows.append(row)
    return pd.DataFrame(rows, columns=[c.name for c in RUN_COLUMNS])


def _order_table(study: _Study, values: Sequence[Bracket]) -> pd.DataFrame:
    rows, before = [], None
    for k in range(len(study.players) + 1):
        subset = (1 << k) - 1
        gain = Bracket(0.0, 0.0) if before is None else _fall(values[before], values[subset])
        row = {"lever": study.players[k - 1] if k else NONE} | _ends("left", values[subset]) | _ends("gain", gain)
        rows.append(row | _money_and_months(study.plans.get(subset)))
        before = subset
    return pd.DataFrame(rows, columns=[c.name for c in ORDER_COLUMNS])


def _subset_table(study: _Study, values: Sequence[Bracket]) -> pd.DataFrame:
    rows = []
    for subset in sorted(range(len(values)), key=lambda s: (s.bit_count(), s)):
        known = "its own solve" if subset in study.known else "its neighbours"
        row = {"levers": study.name(subset), "known": known} | _ends("", values[subset])
        rows.append(row | _money_and_months(study.plans.get(subset)))
    return pd.DataFrame(rows, columns=[c.name for c in SUBSET_COLUMNS])


def _money_and_months(plan: Plan | None) -> dict[str, Any]:
    """Return what is not monotone in levers, and so is known only of plans that were found."""
    if plan is None:
        return {"wait": None, "met": None, "cost": None}
    found = {name: value for (name, _), value in figures(plan).items()}
    return {
        "wait": found.get("wait of an order placed at the end"),
        "met": found["needs met in full from"],
        "cost": found["cost within the horizon"],
    }


def _fall(fewer: Bracket, more: Bracket) -> Bracket:
    """Return the fall of the shortfall with more levers: it does not rise."""
    return (fewer - more).within(0.0, math.inf)


def _ends(name: str, bracket: Bracket) -> dict[str, float]:
    prefix = f"{name}_" if name else ""
    return {f"{prefix}least": bracket.least, f"{prefix}most": bracket.most}


def _run(lever: str) -> str:
    return "long run" if lever in LONG_RUN else "short run"


def _open(study: _Study, values: Sequence[Bracket]) -> bool:
    """Tell whether limits of shares are wider than the gap."""
    room = study.room(values)
    return any(share.width > room for share in share_limits(len(study.players), values))


def _lines(
    study: _Study, values: Sequence[Bracket], table: pd.DataFrame, runs: pd.DataFrame, hard: Sequence[str]
) -> list[tuple[str, str]]:
    whole, solved, count = study.whole, len(study.known), len(values)
    lines = [
        ("Shortfall without levers", bracket_words(values[0], UNIT)),
        ("With all levers", bracket_words(values[whole], UNIT)),
        ("All levers together give", difference_words(values[0] - values[whole], UNIT)),
    ]
    for row in table[table["share"] > 0].head(3).to_dict("records"):
        share = Bracket(row["share_least"], row["share_most"], values[0].size)
        lines.append((f"Share of {row['lever']}", f"{row['part']:.0%} of it, {difference_words(share, UNIT)}"))
    for row in runs.to_dict("records"):
        alone, after = (Bracket(row[f"{n}_least"], row[f"{n}_most"], values[0].size) for n in ("alone", "after"))
        words = f"alone {difference_words(alone, UNIT)}; after the other {difference_words(after, UNIT)}"
        lines.append((str(row["run"]).capitalize(), words))
    if study.idle:
        lines.append(("Nothing to pull by", "; ".join(study.idle)))
    room = "the gap" if study.within == 0 else f"{study.within:.1%} of what all give"
    exact = f"shares are told within {room}" if not _open(study, values) else "shares are estimates within their limits"
    lines.append(("Subsets", f"{solved} of {count} solved, the others known by their neighbours; {exact}"))
    if hard:
        lines.append(("Hard targets left out", "; ".join(hard)))
    return lines
