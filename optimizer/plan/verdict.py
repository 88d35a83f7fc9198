"""How good a plan is, in words: what it delivers, how far that is proven, and what was given up for what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optimizer.scenario.values import listed

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

LEAST_GIVEN = 1e-4
"""Share of a value from which it is told that something was given back."""


def proof_words(plan: Plan) -> str:
    """Return how far what is delivered is proven, by objective; the best possible only where nothing was given back.

    Of a model that a caller changed nothing is proven: nobody checked that it says what it should.
    """
    gaps = {str(row["objective"]): float(row["gap"]) for row in plan.tables["objectives"].to_dict("records")}
    if len(gaps) == 1 or set(gaps.values()) in ({0.0}, {math.inf}):  # nothing to tell apart
        gaps = {"": next(iter(gaps.values()))}
    best = [name for name, gap in gaps.items() if gap == 0]
    near = [f"{percent(gap)} of {name}" for name, gap in gaps.items() if gap and math.isfinite(gap)]
    unproven = [name for name, gap in gaps.items() if not math.isfinite(gap)]
    far = "not proven how far from the best possible"
    if not best and not near:
        words = far
    else:
        parts = [f"the best possible {listed(best)}".rstrip()] if best else []
        parts += [f"within {listed(near)}".replace(" of ", " of the best possible ", 1).rstrip()] if near else []
        words = f"{'by the word of the search' if plan.changed else 'proven'} {', '.join(parts)}"
        words += f"; {listed(unproven)} {far}" if unproven else ""
    return f"{words} for the model as changed" if plan.changed else words


def checked_words(plan: Plan) -> str:
    """Return what the verifier says; what a caller changed in the model it does not know, so that is told instead."""
    broken = [check.rule for check in plan.checks if not check.holds]
    if not plan.checks:
        return "NOT independently checked"
    if broken:
        return f"the independent check FAILED for {len(broken)} of {len(plan.checks)} rules (see Checks)"
    return "the rules of the scenario hold" if plan.changed else "independently checked"


def search_words(plan: Plan) -> str:
    """Return how the searches ended, each with the objectives before it held at what they may give back to it."""
    return "each search optimal" if plan.status == "optimal" and plan.gap else plan.status


def objective_words(plan: Plan) -> dict[str, str]:
    """Return objective -> what the plan delivers of it, what is proven, and the gap between the two."""
    told = {}
    for row in plan.tables["objectives"].to_dict("records"):
        proven = "no bound proven"
        if math.isfinite(row["bound"]) and math.isfinite(row["gap"]):
            proven = f"proven bound {_figure(row['bound'])}, gap {percent(row['gap'])}"
        told[str(row["objective"])] = f"{_figure(row['value'])} {row['unit']}; {proven}"
    return told


def given_up_words(plan: Plan) -> list[str]:
    """Return a sentence for every objective that gave something back to later ones: how much, and for what."""
    table = plan.tables["objectives"]
    rows = table.to_dict("records")
    spent = next((row["value"] for row in rows if row["objective"] == "cost"), math.nan)
    told = []
    for number, row in enumerate(rows):
        share = plan.given_back.get(row["objective"])
        if share is None:
            continue
        more = f"{_figure(row['given_back'])} {row['unit']} ({percent(share)}) more than the best found"
        saved = row.get("found_cost", math.nan) - spent
        if saved > 0:
            more += f", whose plan costs {short(saved)} {plan.scenario.settings.currency} more"
        else:
            later = " and ".join(one["objective"] for one in rows[number + 1 :])
            more += f", for {later or 'a steadier plan'}"
        told.append(f"{row['objective']}: {more}")
    return told


def percent(share: float) -> str:
    """Return a share in per cent; what is not nothing is not told as nothing."""
    if 0 < share < 5e-5:
        return "less than 0.01 %"
    if share == 0:
        return "0 %"
    return f"{share * 100:.2f} %" if share < 0.001 else f"{share * 100:.1f} %"


def short(amount: float) -> str:
    """Return an amount of money with about three digits: 1.98 billion, 250 million."""
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if abs(amount) >= size:
            digits = 2 if abs(amount) < 10 * size else 0
            return f"{amount / size:,.{digits}f} {word}"
    return f"{amount:,.0f}"


def _figure(value: Any) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"
