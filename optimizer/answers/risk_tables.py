"""The answer to a decision under uncertainty in lines, tables and a chart."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.bracket import Bracket
from optimizer.answers.compare import ORDER, decision_words, decisions
from optimizer.answers.decided import Choice, Subject, decided
from optimizer.answers.odds import BASE
from optimizer.answers.reply import Picture, Sheet
from optimizer.answers.words import amount_words, bracket_words
from optimizer.model.objectives import UNITS
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.values import counted
from optimizer.solve.arrays import Name
from optimizer.study.planset import Unanswered

AMOUNTS = ("weekends", "people", "pledges", "purchases", "gifts")
"""Tables of decisions that are told by their amounts, month by month."""
MOST_CLOSED = 3

NOW = [
    Column("decide_by", "decide by", "", "month"),
    Column("kind", "kind", ""),
    Column("what", "what", ""),
    Column("where", "where", ""),
    Column("choice", "when and how much", "until it is known which scenario comes"),
    Column("always", "right in every scenario", "whether each scenario, known from the start, decides the same"),
]


@dataclass(frozen=True)
class Outcome:
    """What an objective comes to: its value in each scenario, what is minimised of it, its mean and its tail."""

    values: Mapping[str, float]
    best: Bracket
    expected: float = 0.0
    in_tail: float = 0.0

    @property
    def worst(self) -> str:
        """Return the scenario with the worst value."""
        return max(self.values, key=lambda name: self.values[name])


@dataclass(frozen=True)
class Told:
    """What is told.

    Attributes
    ----------
    plans, known
        Scenario -> the plan that follows in it; the plan where it is known from the start.
    alone
        Scenario -> the best of the first objective where it is known from the start.
    kept, kept_words
        Scenario -> the first objective with the plan for the base, and what was kept of it; None: not found out.
    gone
        Scenarios without a plan of their own, and why.
    status
        How the search ended, as in `Settled`.
    closed
        Decisions that not every scenario knows.
    """

    scenario: Scenario
    reveal: dt.date
    risk: float
    tail: float
    probability: Mapping[str, float]
    outcomes: Mapping[str, Outcome]
    plans: Mapping[str, Plan]
    known: Mapping[str, Plan]
    alone: Mapping[str, Bracket]
    kept: Mapping[str, float] | None
    kept_words: str
    vss: Bracket | None
    evpi: Bracket
    status: str = "optimal"
    gone: Mapping[str, Unanswered] = field(default_factory=dict)
    closed: Sequence[Name] = ()

    @property
    def first(self) -> str:
        """Return the first objective."""
        return next(iter(self.outcomes))

    def unit(self, objective: str) -> str:
        """Return the unit of an objective."""
        return self.scenario.settings.currency if UNITS[objective] == "money" else UNITS[objective]


def sheets_of(told: Told) -> dict[str, Any]:
    """Return question, lines, tables and chart."""
    same, _ = decisions([decided(plan) for plan in told.known.values()])
    now = _now(told)
    shared, different = decisions([_between(plan, told.reveal, None) for plan in told.plans.values()])
    shared = shared.assign(**{f"case {k}": shared["case 0"] for k in range(len(told.plans))})
    later = pd.DataFrame(
        [*different.to_dict("records"), *shared.to_dict("records")], columns=list(shared), dtype=object
    )
    names = [Column(f"case {k}", name, "") for k, name in enumerate(told.plans)]
    table = _by_scenario(told)
    sheets = {
        "now": Sheet(
            "Decide now",
            f"What is decided before {told.reveal:%Y-%m}, the same in every scenario",
            NOW,
            now,
            ("decide_by", "what", "where", "choice"),
        ),
        "scenarios": Sheet(
            "Scenarios",
            f"The {told.first} of each scenario: with what is decided now, with the plan for the base, and where the "
            "scenario were known from the start",
            _scenario_columns(told),
            table,
        ),
        "outcomes": Sheet("Outcomes", "What each objective comes to over all scenarios", OUTCOMES, _outcomes(told)),
        "worth": Sheet("Worth", "What deciding so is worth, and what knowing would be", WORTH, _worth(told)),
        "later": Sheet(
            "Decide later",
            f"What is decided in each scenario from {told.reveal:%Y-%m} on, when it is known: first what differs",
            [*NOW[:4], *names],
            later,
        ),
        "always": Sheet(
            "Right in every scenario",
            "Decided the same, by the same date, whichever scenario is known from the start",
            [*NOW[:4], Column("case 0", "choice", "")],
            same,
        ),
    }
    series = {"decided": "decided now", "base_plan": "with the plan for the base", "known": "known from the start"}
    if not told.kept:
        del series["base_plan"]
    title = f"{told.first.capitalize()} by scenario"
    return {
        "question": f"{told.scenario.settings.title}: decided before it is known, in {told.reveal:%Y-%m}, what comes",
        "currency": told.scenario.settings.currency,
        "lines": _lines(told, now, shared, different, same),
        "sheets": sheets,
        "shown": ("now", "scenarios", "outcomes", "later"),
        "pictures": [Picture(title, "scenario", told.unit(told.first), "scenarios", "scenario", series)],
    }


OUTCOMES = [
    Column("objective", "objective", ""),
    Column("unit", "unit", ""),
    Column("expected", "expected", ""),
    Column("worst", "worst", ""),
    Column("worst_in", "in the scenario", ""),
    Column("in_tail", "mean of the tail", ""),
    Column("least", "proven bound", "of what is minimised"),
    Column("most", "found", "of what is minimised"),
]
WORTH = [
    Column("figure", "figure", ""),
    Column("unit", "unit", ""),
    Column("least", "least", ""),
    Column("most", "most", ""),
    Column("meaning", "meaning", ""),
]


# -- decisions ---------------------------------------------------------------------------------------------
def _now(told: Told) -> pd.DataFrame:
    """Return what is decided before it is known which scenario comes.

    What only some scenarios make possible, say crews of a plant that opens sooner in one, is decided in those alone.
    """
    found = [_between(plan, None, told.reveal) for plan in told.plans.values()]
    alone = [_between(plan, None, told.reveal) for plan in told.known.values()]
    rows = [
        {"decide_by": choice.month, **vars(subject), "choice": str(choice)}
        | {"always": "yes" if alone and all(choice.same(other.get(subject)) for other in alone) else ""}
        for subject, choice in found[0].items()
        if all(choice.same(other.get(subject)) for other in found[1:])
    ]
    rows.sort(key=lambda row: (row["decide_by"], ORDER.index(row["kind"])))
    return pd.DataFrame(rows, columns=[column.name for column in NOW], dtype=object)


def _between(plan: Plan, begin: dt.date | None, end: dt.date | None) -> dict[Subject, Choice]:
    """Return what a plan decides from a month on, or before one; of amounts those of these months."""

    def counts(month: dt.date) -> bool:
        return (begin is None or month >= begin) and (end is None or month < end)

    part = {name: plan.tables[name] for name in AMOUNTS if name in plan.tables}
    part = {
        name: table[np.array([counts(_date(m)) for m in table["month"]], dtype=bool)] for name, table in part.items()
    }
    within = decided(replace(plan, tables={**plan.tables, **part}))
    return {subject: choice for subject, choice in within.items() if counts(choice.month)}


def _date(month: Any) -> dt.date:
    return dt.date(month.year, month.month, month.day)


# -- figures -----------------------------------------------------------------------------------------------
def _scenario_columns(told: Told) -> list[Column]:
    unit, kept = told.unit(told.first), told.kept_words
    others = [Column(name, name, told.unit(name)) for name in told.outcomes if name != told.first]
    return [
        Column("scenario", "scenario", ""),
        Column("probability", "probability", "", "share"),
        Column("decided", "decided now", f"{told.first}, {unit}"),
        Column("base_plan", "with the plan for the base", f"{told.first}; kept: {kept}" if kept else ""),
        Column("known", "known from the start", f"{told.first}, plan found"),
        *others,
    ]


def _by_scenario(told: Told) -> pd.DataFrame:
    first = told.outcomes[told.first].values
    rows = []
    for name, probability in told.probability.items():
        row = {"scenario": name, "probability": probability, "decided": first[name]}
        row["base_plan"] = math.nan if told.kept is None else told.kept.get(name, math.nan)
        row["known"] = told.alone[name].most if math.isfinite(told.alone[name].most) else math.nan
        rows.append(row | {n: outcome.values[name] for n, outcome in told.outcomes.items() if n != told.first})
    return pd.DataFrame(rows, columns=[column.name for column in _scenario_columns(told)])


def _outcomes(told: Told) -> pd.DataFrame:
    rows = [
        {
            "objective": name,
            "unit": told.unit(name),
            "expected": outcome.expected,
            "worst": outcome.values[outcome.worst],
            "worst_in": outcome.worst,
            "in_tail": outcome.in_tail,
            "least": outcome.best.least,
            "most": outcome.best.most,
        }
        for name, outcome in told.outcomes.items()
    ]
    return pd.DataFrame(rows, columns=[column.name for column in OUTCOMES])


def _worth(told: Told) -> pd.DataFrame:
    unit = told.unit(told.first)
    rows = [
        ("value of deciding so (VSS)", told.vss, f"{told.first} that the plan for the base loses over all scenarios")
    ]
    rows.append(("value of knowing (EVPI)", told.evpi, f"{told.first} that knowing the scenario from the start saves"))
    premium = _premium(told)
    if premium is not None:
        rows.append(("price where the base comes", premium, f"{told.first} above the best plan for the base alone"))
    found = [
        {"figure": figure, "unit": unit, "least": bracket.least, "most": bracket.most, "meaning": meaning}
        for figure, bracket, meaning in rows
        if bracket is not None and math.isfinite(bracket.least)
    ]
    return pd.DataFrame(found, columns=[column.name for column in WORTH])


def _premium(told: Told) -> Bracket | None:
    """Return what the decision costs where the base comes after all; None where the base cannot come."""
    if BASE not in told.probability or not math.isfinite(told.alone[BASE].least):
        return None
    value = told.outcomes[told.first].values[BASE]
    return (Bracket(value, value, abs(value)) - told.alone[BASE]).within(0.0, math.inf)


CUT_SHORT = {"interrupted": "Interrupted", "time limit": "Time was up"}
"""What is said of a search that ended before it was done, by its status."""


# -- words -------------------------------------------------------------------------------------------------
def _lines(
    told: Told, now: pd.DataFrame, shared: pd.DataFrame, different: pd.DataFrame, same: pd.DataFrame
) -> list[tuple[str, str]]:
    """Return the answer in lines; `shared` and `different` are the decisions that come later."""
    unit, outcome = told.unit(told.first), told.outcomes[told.first]
    aim = "the expected value"
    if told.risk:
        aim = f"{1 - told.risk:.0%} of the expected value and {told.risk:.0%} of the mean of the worst {told.tail:.0%}"
    chances = "; ".join(f"{name} {probability:.0%}" for name, probability in told.probability.items())
    lines = [
        ("May come", f"{chances}; known in {told.reveal:%Y-%m}"),
        ("As small as can be", f"{aim} of each objective"),
    ]
    lines += [("Now", decision_words(now)), ("Later, in all the same", decision_words(shared))]
    lines += [("Later, as it comes", decision_words(different))]
    expected = amount_words(outcome.expected, unit)
    worst = f"{amount_words(outcome.values[outcome.worst], unit)} in `{outcome.worst}`"
    tail = f"mean of the worst {told.tail:.0%} {amount_words(outcome.in_tail, unit)}"
    lines += [(told.first.capitalize(), f"expected {expected}; worst {worst}; {tail}")]
    lines += [("Insured against", _insured(told, unit)), ("What that costs", _cost(told, unit))]
    lines += [("Worth of deciding so", _deciding(told, unit))]
    lines += [("Worth of knowing now", f"{bracket_words(told.evpi, unit)} of {told.first}, expected")]
    lines += [("Right in every scenario", decision_words(same))]
    for name, found in told.gone.items():
        lines.append((f"{name}: {found.status}", str(found.reason).replace("\n", " ").strip()))
    if told.status in CUT_SHORT:
        better = "this is the best decision found by then; a longer search (--time-limit) may find a better one"
        lines.append((CUT_SHORT[told.status], better))
    if told.closed:
        listed = list(dict.fromkeys(f"{key[0]}" for _, key in told.closed))
        more = f" and {len(listed) - MOST_CLOSED} more" if len(listed) > MOST_CLOSED else ""
        starts = ", ".join(listed[:MOST_CLOSED]) + more
        lines.append(("Not considered", f"{counted(len(told.closed), 'start')} that a scenario has not: of {starts}"))
    return lines


def _insured(told: Told, unit: str) -> str:
    """Say in which scenario the decision saves most against the plan for the base."""
    if told.kept is None:
        return "not found out: there was no time left"
    if not told.kept:
        return told.kept_words
    ours = told.outcomes[told.first].values
    saved = {name: told.kept[name] - ours[name] for name in ours}
    name = max(saved, key=lambda scenario: saved[scenario])
    if saved[name] <= 1e-6 * max(1.0, abs(ours[name])):
        return "nothing: the plan for the base does as well in every scenario"
    return (
        f"`{name}`: {told.first} {amount_words(ours[name], unit)}, with the plan for the base "
        f"{amount_words(told.kept[name], unit)}"
    )


def _cost(told: Told, unit: str) -> str:
    premium = _premium(told)
    if premium is None:
        return "unknown: there is no plan for the base alone, or it cannot come"
    return f"{bracket_words(premium, unit)} more of {told.first} where the base comes after all"


def _deciding(told: Told, unit: str) -> str:
    if told.vss is None:
        return "not found out: no plan for the base in all scenarios was found in time"
    if math.isinf(told.vss.least):
        return f"beyond measure: {told.kept_words}"
    if not told.kept:
        least = f"at least {amount_words(told.vss.least, unit)} of {told.first}, expected" if told.vss.least else ""
        return f"{least or 'not found out'}: of the plan for the base, {told.kept_words}"
    kept = "" if told.kept_words == "all of it" else f"; of the plan for the base kept: {told.kept_words}"
    return f"{bracket_words(told.vss, unit)} of {told.first}, expected, against planning for the base{kept}"
