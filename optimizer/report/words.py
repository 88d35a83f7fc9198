"""The words of the first page: what to do and what it brings in one sentence, how sure that is, what was aimed for."""

from __future__ import annotations

import pandas as pd

from optimizer.plan.figures import project_money
from optimizer.plan.plan import Plan
from optimizer.plan.verdict import checked_words, objective_words, proof_words, short
from optimizer.report.ways import reached, years
from optimizer.scenario.schema import LEVERS, Target
from optimizer.scenario.values import counted, listed

WARNINGS = "Warnings"
"""Sheet of what is odd in the input, and of what makes the plan less sure than it looks."""
MOST_TARGETS = 4
"""Targets told on the first page."""


def headline_words(plan: Plan) -> str:
    """Return in one sentence what to do, what it brings, by when, and at what cost."""
    head, settings = plan.measures.headline, plan.scenario.settings
    now, end = head["output_now_units_per_month"], head["output_end_units_per_month"]
    brings = []
    month = reached(plan)
    if end > 0 and month is not None:
        verb = "raises" if end > 1.005 * now else "lowers" if end < 0.995 * now else "keeps"
        change = f"from {now:,.0f} to {end:,.0f}" if verb != "keeps" else f"at {end:,.0f}"
        by = "" if verb == "keeps" else f" by {month:%Y-%m}"
        brings.append(f"{verb} output {change} {unit_of(plan)} a month{by}")
    need = _need(plan)
    brings += [need] if need else []
    waits = head["waiting_time_months"]
    if "now" in waits:
        before = plan.wait_without_levers if plan.wait_without_levers is not None else waits["now"]
        brings.append(f"takes the wait of an order from {months(before)} to {months(waits['at the end'])} months")
    until = plan.scenario.calendar.date(plan.scenario.calendar.end - 1)
    cost = f"{settings.currency} {short(head[f'total_cost_{settings.currency}'])}"
    capex = project_money(plan)
    of_it = f", {settings.currency} {short(capex)} of it for projects" if capex > 0 else ""
    doing = _doing(plan)
    told = listed(brings) or "nothing is made and nothing asked"
    sentence = f"{doing}: this {told}, for {cost} until {until:%Y-%m}{of_it}."
    return sentence if brings else f"{doing}: {told}."


def _doing(plan: Plan) -> str:
    """Return what to do, in the imperative."""
    levers = plan.measures.levers
    parts = []
    if levers["projects_started"]:
        parts.append(f"start {counted(levers['projects_started'], 'project', 'projects')}")
    if levers["shifts_added"]:
        parts.append(f"hire {counted(levers['shifts_added'], 'crew', 'crews')}")
    if levers["weekend_runs"]:
        parts.append("work weekends")
    if levers["units_pledged"] > 0.5:
        parts.append(f"order {levers['units_pledged']:,.0f} {unit_of(plan)} more")
    return capital(listed(parts)) or "Go on as today"


def _need(plan: Plan) -> str:
    """Return how much of the need is met, and from when all of it."""
    met = plan.measures.headline["needs_met_from"]
    if met["month"]:
        return f"meets every need from {met['month']}"
    table = years(plan)
    needed = table[table["needed"] > 0]
    if not len(needed):
        return ""
    share = needed["met"].sum() / needed["needed"].sum()
    whole, last = f"{share:.0%}", f"{needed['coverage'].iloc[-1]:.0%}"
    then = "" if whole == last else f" and {last} in {needed['year'].iloc[-1]}"
    return f"meets {whole} of the need over the whole time{then}"


def project_words(plan: Plan) -> str:
    """Return what is paid for projects that start and for committed ones, and what is due after the horizon."""
    costs, projects = plan.tables["costs"], plan.measures.projects
    started = set(projects.loc[projects["status"] != "committed", "project"])
    paid = costs[costs["category"] == "capex"]
    new = float(paid.loc[paid["project"].isin(started), "amount"].sum())
    old = float(paid["amount"].sum()) - new
    later = float(plan.measures.capex_by_year["amount"].sum()) - new - old
    parts = (
        (new, f"for the {counted(plan.measures.levers['projects_started'], 'project', 'projects')} to start"),
        (old, "for committed ones"),
    )
    currency = plan.scenario.settings.currency
    told = listed([f"{currency} {short(amount)} {words}" for amount, words in parts if amount > 0.5])
    due = f"; {currency} {short(later)} more is due after the last month" if later > 0.5 else ""
    return f"Paid for projects: {told}{due}." if told else ""


def status_words(plan: Plan) -> str:
    """Return the status of a plan in words: how good it is proven to be, and whether it was checked."""
    proof = capital(proof_words(plan))
    ends = {
        "time limit": " (the search ended at its time limit)",
        "interrupted": " (the search was interrupted)",
    }
    told = f"; {counted(len(plan.warnings), 'warning')} (sheet {WARNINGS})" if plan.warnings else ""
    return f"{proof}{ends.get(plan.status, '')}; {'; '.join(filter(None, (checked_words(plan), plan.changed)))}{told}"


def delivered_words(plan: Plan) -> str:
    """Return what the plan delivers of every objective, with the bound that is proven and the gap."""
    return ". ".join(capital(f"{name} {words}") for name, words in objective_words(plan).items())


def target_words(plan: Plan) -> str:
    """Return from when each target that was wanted as soon as possible is kept; of several places, by all of them."""
    asap = [target.target for target in plan.scenario.rows(Target) if target.strength == "asap"]
    table = plan.tables.get("promises", pd.DataFrame(columns=["target", "place", "item", "month", "attained"]))
    told = []
    for name in asap[:MOST_TARGETS]:
        rows = table[(table["target"] == name) & table["attained"].notna()]
        if not len(rows):
            continue
        first = rows[rows["attained"] == 1].groupby(["place", "item"])["month"].min()
        every = rows.groupby(["place", "item"]).ngroups
        if len(first) == every:
            told.append(f"{name} from {first.max():%Y-%m}")
        else:
            told.append(
                f"{name} not within the horizon" + (f" for {every - len(first)} of {every}" if every > 1 else "")
            )
    more = f"; and {len(asap) - MOST_TARGETS} more" if len(asap) > MOST_TARGETS else ""
    return f"Targets kept: {'; '.join(told)}{more}" if told else ""


def dates_words(plan: Plan) -> str:
    """Return of when the data are, the months planned, and the levers allowed where not all are."""
    settings, calendar = plan.scenario.settings, plan.scenario.calendar
    last = calendar.date(calendar.end - 1)
    data = f"Data of {settings.data_date:%Y-%m}. " if settings.data_date else ""
    allowed = "" if set(settings.levers) == set(LEVERS) else f" Levers allowed: {'; '.join(settings.levers) or 'none'}."
    return f"{data}Planned from {calendar.start:%Y-%m} to {last:%Y-%m}.{allowed}"


def unit_of(plan: Plan) -> str:
    """Return the unit in which final items are counted; `units` where they differ."""
    units = {str(row.unit) for row in plan.scenario.items.itertuples() if row.kind == "final"}
    return units.pop() if len(units) == 1 else "units"


def capital(words: str) -> str:
    """Return words that begin with a capital; names in them stay as they are."""
    return words[:1].upper() + words[1:]


def months(wait: float | None) -> str:
    """Return a wait in months; None is never."""
    return "never" if wait is None else f"{wait:.1f}"
