"""Plans that differ most from each other, and what each of them does otherwise than the best one."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from optimizer.answers.bracket import TOLERANCE
from optimizer.answers.decided import decided
from optimizer.answers.good import BEST, GoodPlans, built, starts
from optimizer.plan.plan import Plan
from optimizer.scenario.network import Network
from optimizer.scenario.schema import Line
from optimizer.scenario.values import counted

MOST_PLANS = 5


def differing(plans: Mapping[str, Plan], count: int = MOST_PLANS) -> list[str]:
    """Return the best plan and those that differ most from each other: each next one is farthest from those before."""
    told = {name: decided(plan) for name, plan in plans.items()}

    def distance(a: str, b: str) -> int:
        subjects = {*told[a], *told[b]}
        weights = ((10 if s.kind == "project" else 1, told[a].get(s), told[b].get(s)) for s in subjects)
        return sum(w for w, one, other in weights if one is None or not one.same(other))

    chosen = [BEST]
    while len(chosen) < count + 1:
        far = {name: min(distance(name, other) for other in chosen) for name in plans if name not in chosen}
        best = max(far, key=lambda name: far[name], default=None)
        if best is None or far[best] == 0:
            break
        chosen.append(best)
    return chosen


def _properties(plan: Plan) -> dict[str, float]:
    """Return what plans are told apart by."""
    network = Network(plan.scenario)
    output = plan.tables["output"]
    lines = {str(line).partition(" #")[0] for line in output.loc[output["made"] > TOLERANCE, "line"]}
    sites = {row.site for row in plan.scenario.rows(Line) if row.line in lines}
    costs = plan.tables["costs"].groupby("member")["amount"].sum()
    share = float(costs.max() / costs.sum()) if len(costs) and costs.sum() > 0 else 0.0
    return {
        "projects": float(len(built(plan) & set(network.projects))),
        "sites": float(len(sites)),
        "changes": float(len(plan.measures.decisions)),
        "largest_share": share,
    }


NAMES = {
    "projects": "fewest projects",
    "sites": "fewest sites",
    "changes": "fewest changes",
    "largest_share": "most even over members",
}


def table_of(search: GoodPlans) -> pd.DataFrame:
    """Return the plans that were chosen: how each differs, what it comes to, whether it is verified."""
    facts = {name: _properties(plan) for name, plan in search.chosen.items()}
    rows = []
    for number, (name, plan) in enumerate(search.chosen.items()):
        mine = facts[name]
        others = [facts[other] for other in facts if other != name]
        best = [words for key, words in NAMES.items() if others and all(mine[key] < other[key] for other in others)]
        row = {"number": number, "name": name, "difference": "; ".join([*best, _against(plan, search.base)])}
        row |= {f"o {name}": plan.objective_values.get(name, math.nan) for name in search.limits} | mine
        rows.append(row | {"verified": "yes" if plan.verified else "NO", "total": _total(plan)})
    return pd.DataFrame(rows)


def _total(plan: Plan) -> float:
    return float(plan.tables["costs"]["amount"].sum())


def _against(plan: Plan, base: Plan) -> str:
    """Say in a few words how a plan differs from the best one."""
    if plan is base:
        return "the best plan itself"
    mine, theirs = built(plan), built(base)
    told = [f"without {name}" for name in sorted(theirs - mine)] + [f"with {name}" for name in sorted(mine - theirs)]
    for name in sorted(mine & theirs):
        here, there = min(starts(plan, name)), min(starts(base, name))
        months = (here.year - there.year) * 12 + here.month - there.month
        if months:
            told.append(f"{name} {abs(months)} months {'later' if months > 0 else 'sooner'}")
    one, other = decided(plan), decided(base)
    rest = [s for s in {*one, *other} if s.kind != "project" and (s not in one or not one[s].same(other.get(s)))]
    if rest:
        told.append(f"{counted(len(rest), 'other decision differs', 'other decisions differ')}")
    return "; ".join(told) or "the same decisions"
