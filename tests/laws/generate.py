"""Small random scenarios, every one of them valid: what the laws are tried on.

A `Draft` is settings and tables as records, so that a law can change it before it becomes a
scenario. Numbers are drawn from short lists: what matters is which features meet.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

from optimizer.scenario.scenario import Scenario

Record = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
V = TypeVar("V")

PERIODS = ("4x1", "6x1", "2x1, 2x2", "1x1, 1x3", "2x2", "1x3, 1x2", "2x1, 2x3", "1x2, 4x1, 1x2")
VALUES = {"rate": (25, 10), "stock": (30, 5), "coverage": (0.8, 0.3), "waiting time": (1, 2), "home share": (0.5,)}
PLACES = ((None, "pooled", "each"), (None, "pooled"))
"""How a target that is about no one place is spelled; a stock cannot be about each."""
STARTS = ("2024-01", "2024-06", "2024-09", "2023-11")


@dataclass
class Draft:
    """Settings and tables to be changed at will."""

    settings: Record
    tables: dict[str, list[Record]] = field(default_factory=dict)

    def scenario(self, **settings: Any) -> Scenario:
        """Return the scenario, checked."""
        return Scenario.from_tables(self.settings | settings, **copy.deepcopy(self.tables))

    def copy(self) -> Draft:
        """Return a copy to change."""
        return copy.deepcopy(self)

    def rows(self, table: str) -> list[Record]:
        """Return the records of a table, to be changed or added to."""
        return self.tables.setdefault(table, [])

    def __repr__(self) -> str:
        tables = "\n".join(f"    {name}={rows}," for name, rows in self.tables.items() if rows)
        return f"Scenario.from_tables(\n    {self.settings},\n{tables}\n)"


def _of(draw: Draw, *values: V) -> V:
    found: V = draw(st.sampled_from(values))
    return found


def _later(draft: Draft, months: int) -> str:
    year, month = map(int, draft.settings["start"].split("-"))
    count = year * 12 + month - 1 + months
    return f"{count // 12}-{count % 12 + 1:02}"


def _maybe(draw: Draw) -> bool:
    return bool(draw(st.booleans()))


@st.composite
def drafts(draw: Draw, *, tiny: bool = False, objectives: Sequence[str] | None = None) -> Draft:
    """Draw a scenario of one or two members with any of the features; `tiny` has few integers."""
    names = objectives or _of(draw, ("shortfall", "speed", "cost"), ("weighted",))
    draft = Draft(
        {
            "start": _of(draw, *STARTS),
            "periods": _of(draw, "3x1", "2x2", "1x1, 1x3") if tiny else _of(draw, *PERIODS),
            "review_months": _of(draw, 1, 2, 3),
            "weekend_share": 0.25 if tiny else _of(draw, 0, 0.25, 0.5, 1),
            "weekend_efficiency": _of(draw, 1.0, 0.87),
            "transport_cost": _of(draw, 0, 1),
            "accepted_wait": _of(draw, 0, 1, 2),
            "discount_rate": _of(draw, 0, 0.05),
            "end_months": _of(draw, 12, 0),
            "opening_firm": _of(draw, False, False, True),
            "objectives": list(names),
            "gap": 0,
            "slack": 0,
        }
    )
    two = not tiny and _maybe(draw)
    members = ["A", "B"] if two else ["A"]
    _add_members(draw, draft, members)
    _add_lines(draw, draft, members, tiny=tiny)
    _add_demand(draw, draft, members)
    _add_projects(draw, draft, tiny=tiny)
    _add_materials(draw, draft, members)
    _add_stocks(draw, draft, members)
    _add_by_product(draw, draft)
    for row in draft.rows("items") if _maybe(draw) else ():
        row |= {"shelf_life": _of(draw, 1, 2, 1.5, None)}
    for row in draft.rows("stocks"):
        row |= {"age": _of(draw, 0, 1)}
    _add_cost_changes(draw, draft, members)
    _add_funds(draw, draft, members)
    _add_targets(draw, draft, members, tiny=tiny)
    return draft


def _add_members(draw: Draw, draft: Draft, members: list[str]) -> None:
    for name in members:
        row: Record = {"member": name, "labour_cost": 2, "weekend_premium": _of(draw, 0, 0.5)}
        if _maybe(draw):
            row |= {"people_available": _of(draw, 15, 30), "people_added": _of(draw, 0, 5)}
            if _maybe(draw):
                row |= {"people_hired": _of(draw, 0, 4, 10), "training_months": _of(draw, 0, 1, 2)}
                row |= {"hiring_cost": _of(draw, 0, 3), "leaving_cost": _of(draw, 0, 1), "waiting_pay": _of(draw, 0, 1)}
                row |= {"training_pay": _of(draw, None, 2), "trainers": _of(draw, 0, 0.5)}
                row |= {"people_let_go": _of(draw, None, 1), "quitting": _of(draw, 0, 0, 0.1)}
        if _maybe(draw):
            row |= {"starts_per_year": _of(draw, 1, 2)}
        if _maybe(draw):
            row |= {"room": _of(draw, 40, 90)}
        draft.rows("members").append(row)
    draft.rows("sites").extend({"site": f"works {name}", "member": name} for name in members)
    holding = _of(draw, 0, 0.5)
    draft.rows("items").append(
        {"item": "shell", "holding_cost": holding, "can_be_stored": _of(draw, True, True, False)}
        | {"room": _of(draw, 0, 1)}
    )


def _add_lines(draw: Draw, draft: Draft, members: list[str], *, tiny: bool) -> None:
    steps = _of(draw, 1, 2) if tiny else _of(draw, 1, 2, 3)
    continuous = steps == 3 and _maybe(draw)
    for k in range(1, steps + 1):
        ramped = k > 1 and _maybe(draw)
        draft.rows("shift_ladders").append(
            {
                "ladder": "ladder",
                "step": k,
                "pattern": f"{k}-8-5",
                "added_share": (1.0, 0.8, 0.5)[k - 1],
                "cost_factor": (1.0, 1.2, 1.5)[k - 1],
                "hiring_months": _of(draw, 0, 1) if k > 1 else 0,
                "hiring_cost": _of(draw, 0, 0.5),
                "release_cost": _of(draw, 0, 0.5),
                "hiring_money": _of(draw, 0, 0, 7),
                "release_money": _of(draw, 0, 0, 3),
                "ramp_up": "learn" if ramped else None,
                "minimum_stay": _of(draw, 1, 3) if ramped else 0,
                "staffs_weekends": continuous and k == steps,
            }
        )
        if ramped:
            _add_profile(draft, "learn", 0.5)
    for n, member in enumerate(members if tiny or len(members) > 1 else members * _of(draw, 1, 2)):
        name = f"L{n + 1}"
        idle = _maybe(draw)
        line: Record = {"line": name, "site": f"works {member}", "may_idle": idle}
        if _maybe(draw):
            line |= {"ladder": "ladder", "people_per_crew": 10, "shifts_now": _of(draw, int(not idle), 1, steps)}
        draft.rows("lines").append(line)
        _add_rate(draw, draft, name, "shell")


def _add_rate(draw: Draw, draft: Draft, line: str, item: str, *, minimum: bool = True) -> None:
    row: Record = {"line": line, "item": item, "rate": _of(draw, 20, 12), "unit_cost": _of(draw, 1, 3)}
    row["yield_"] = _of(draw, 1.0, 0.8)
    if minimum and draft.settings["end_months"]:
        row |= {"minimum": _of(draw, 0, 2), "crew_minimum": _of(draw, 0, 0, 4)}
    draft.rows("rates").append(row)


def _add_profile(draft: Draft, name: str, *shares: float) -> None:
    if all(row["profile"] != name for row in draft.rows("profiles")):
        draft.rows("profiles").extend(
            {"profile": name, "month": month, "share": share} for month, share in enumerate(shares)
        )


def _add_demand(draw: Draw, draft: Draft, members: list[str]) -> None:
    needs = _maybe(draw)
    if needs:
        draft.rows("members").append({"member": "R", "kind": "recipient"})
        for band in range(1, _of(draw, 1, 2) + 1):
            draft.rows("needs").append(
                {"recipient": "R", "item": "shell", "band": band, "per_month": _of(draw, 20, 8)}
                | {"weight": _of(draw, 1, 3), "price": _of(draw, 40, 15)}
            )
    start = draft.settings["start"]
    for member in members if not needs or _maybe(draw) else []:
        row = {"customer": member, "item": "shell", "weight": _of(draw, 1, 2), "price": _of(draw, 10, 4)}
        draft.rows("orders").append(row | {"from_month": start, "per_month": _of(draw, 15, 6)} | _brief(draw, draft, 0))
        if _maybe(draw):  # begins, and may end, inside a period
            later = _of(draw, 1, 2)
            brief = {"from_month": _later(draft, later), "per_month": _of(draw, 20, 9)}
            draft.rows("orders").append(row | brief | _brief(draw, draft, later))
        if _maybe(draw):
            wait = {"accepted_wait": _of(draw, 0, 1)}
            book = {"from_month": "2023-10", "to_month": "2023-10", "per_month": _of(draw, 30, 10)}
            draft.rows("orders").append(row | wait | book)
    if _maybe(draw):
        draft.rows("pledges").append({"member": "A", "item": "shell", "most_per_month": _of(draw, 5, 20)})


def _brief(draw: Draw, draft: Draft, begin: int) -> Record:
    """Return an end a month or two after a beginning, or none."""
    return _of(draw, {}, {"to_month": _later(draft, begin)}, {"to_month": _later(draft, begin + 1)})


def _add_projects(draw: Draw, draft: Draft, *, tiny: bool) -> None:
    kinds = ("new line", "expansion", "reactivation")
    chosen = [_of(draw, *kinds)] if tiny else [kind for kind in kinds if _maybe(draw)]
    for kind in chosen:
        name = {"new line": "plant", "expansion": "wider", "reactivation": "restart"}[kind]
        row: Record = {"project": name, "kind": kind, "capex": _of(draw, 40, 200), "lead_months": _of(draw, 0, 1, 2)}
        row |= {"fixed_cost": _of(draw, 0, 3), "life": _of(draw, None, 24)}
        if kind == "expansion":
            row |= {"line": "L1", "added_share": _of(draw, 0.5, 1.0)}
        else:
            line: Record = {"line": f"of {name}", "site": "works A", "opened_by": name}
            if _maybe(draw):
                line |= {"ladder": "ladder", "people_per_crew": 10}
            draft.rows("lines").append(line)
            _add_rate(draw, draft, f"of {name}", "shell", minimum=not row["lead_months"])
        if not tiny and _maybe(draw):
            row["units"] = 2
        if _maybe(draw):
            row["ramp_up"] = "slow"
            _add_profile(draft, "slow", 0.25, 0.5)
        if _maybe(draw):
            row["payments"] = "halves"
            _add_profile(draft, "halves", 0.5, 0.0, 0.5)
        status = _of(draw, "option", "option", "committed", "forced")
        row["status"] = status
        if status == "committed":
            row["start"] = _of(draw, draft.settings["start"], "2023-10")
        elif _maybe(draw):
            row["late_until"] = _later(draft, _of(draw, 1, 2))
        if _maybe(draw):
            row |= {"least_size": _of(draw, 0, 1), "most_size": _of(draw, 2, 3)}
            row |= {"capex_per_size": _of(draw, 0, 30), "fixed_cost_per_size": _of(draw, 0, 1)}
            if status == "committed":
                row |= dict.fromkeys(("least_size", "most_size"), _of(draw, 0.5, 2))
        if status != "forced" and draft.rows("orders") and _maybe(draw):
            row |= {"firm_quantity": _of(draw, 10, 40), "firm_item": "shell"}
            row |= {"firm_waived": _of(draw, False, False, True)}
        draft.rows("projects").append(row)
    _link_projects(draw, draft)


def _link_projects(draw: Draw, draft: Draft) -> None:
    projects = draft.rows("projects")
    if len(projects) > 1 and _maybe(draw):
        if _maybe(draw):
            projects[0]["requires"] = projects[1]["project"]
        else:
            draft.rows("groups").append({"group": "some", "at_least": 0, "at_most": len(projects)})
            for project in projects:
                project["group"] = "some"
            if all(project["status"] == "option" for project in projects):
                draft.rows("groups")[0]["at_most"] = 1


def _add_materials(draw: Draw, draft: Draft, members: list[str]) -> None:
    if _maybe(draw):
        draft.rows("items").append(
            {"item": "powder", "kind": "material", "holding_cost": _of(draw, 0, 0.1)} | {"room": _of(draw, 0, 0.5)}
        )
        draft.rows("recipes").append({"item": "shell", "input": "powder", "quantity": _of(draw, 1, 2)})
        row: Record = {"supplier": "mill", "item": "powder", "price": 1, "lead_months": _of(draw, 0, 0.5, 1, 12)}
        row["most_per_month"] = _of(draw, None, 25, 60)
        draft.rows("suppliers").append(row)
        draft.rows("stocks").append({"place": "A", "item": "powder", "opening": _of(draw, 60, 20)})
    if _maybe(draw):
        draft.rows("suppliers").append(
            {"supplier": "dealer", "item": "shell", "price": _of(draw, 12, 6), "most_per_month": _of(draw, 10, 4)}
            | {"lead_months": _of(draw, 0, 1)}
        )
    if _maybe(draw) and any(row["member"] == "R" for row in draft.rows("members")):
        for member in members:
            draft.rows("lanes").append(
                {"from_place": member, "to_place": "R", "item": "shell", "cost": _of(draw, 1, 2)}
                | {"transit_months": _of(draw, 0, 0.5, 1, 12), "most_per_month": _of(draw, None, 25)}
            )
        if len(members) > 1:
            back = {"from_place": "B", "to_place": "A", "item": "shell", "cost": 1}
            draft.rows("lanes").append(back | {"transit_months": _of(draw, 0, 1, 12)})


def _add_stocks(draw: Draw, draft: Draft, members: list[str]) -> None:
    stored = draft.rows("items")[0]["can_be_stored"]
    if stored and _maybe(draw):
        row: Record = {"place": "A", "item": "shell", "opening": _of(draw, 10, 40)}
        draft.rows("stocks").append(row | {"storage_limit": _of(draw, None, 60, 40)})
    if stored and _maybe(draw):
        draft.rows("stocks").append(
            {"place": members[-1], "item": "shell", "held_by": "member", "opening": 20, "reserve": _of(draw, 0, 10)}
            | {"storage_limit": _of(draw, None, 25)}
        )


def _add_by_product(draw: Draw, draft: Draft) -> None:
    if not _maybe(draw):
        return
    row: Record = {"item": "slag", "kind": "component", "can_be_stored": _of(draw, True, False)}
    row |= {"may_be_discarded": _of(draw, True, True, False), "discard_cost": _of(draw, 0, 2), "room": _of(draw, 0, 1)}
    draft.rows("items").append(row)
    draft.rows("recipes").append({"item": "shell", "input": "slag", "quantity": _of(draw, -0.5, -2)})
    if draft.rows("needs") and _maybe(draw):
        draft.rows("needs").append({"recipient": "R", "item": "slag", "per_month": _of(draw, 5, 20), "price": 3})


def _add_cost_changes(draw: Draw, draft: Draft, members: list[str]) -> None:
    for cost in ("labour", "holding", "transport") if _maybe(draw) else ():
        row: Record = {"cost": cost, "factor": _of(draw, 1.5, 0.5, 0)}
        row |= _of(draw, {"from_month": _later(draft, 1)}, {"to_month": _later(draft, 1)}, {})
        if _maybe(draw):
            row |= {"member": members[-1]} if cost == "labour" else {"item": "shell"}
        draft.rows("cost_changes").append(row)
        if _maybe(draw):
            draft.rows("cost_changes").append({"cost": cost, "from_month": _later(draft, 2), "factor": 1.2})


def _add_funds(draw: Draw, draft: Draft, members: list[str]) -> None:
    if not _maybe(draw):
        return
    common, carries = _maybe(draw), _maybe(draw)
    options: Record = {"carries_over": carries}
    if common:
        options |= {"fund": "common", "covers": ["capex"], "most_share": _of(draw, 1.0, 0.5)}
    else:
        covers = _of(draw, ["capex"], ["capex", "fixed"], ["capex", "crews", "weekends"])
        options |= {"fund": "budget", "member": ["A"], "covers": covers}
    for year in (2023, 2024, 2025):
        draft.rows("funds").append(options | {"year": year, "amount": _of(draw, 150, 600)})


def _add_targets(draw: Draw, draft: Draft, members: list[str], *, tiny: bool) -> None:
    kinds = ["rate", "stock"] if draft.rows("items")[0]["can_be_stored"] else ["rate"]
    kinds += ["coverage"] if draft.rows("needs") else []
    kinds += ["waiting time", "home share"] if draft.rows("orders") else []
    for n in range(_of(draw, 0, 1) if tiny else _of(draw, 0, 1, 2)):
        kind = _of(draw, *kinds)
        values = {
            "rate": (25, 10),
            "stock": (30, 5),
            "coverage": (0.8, 0.3),
            "waiting time": (1, 2),
            "home share": (0.5,),
        }
        row: Record = {"target": f"target {n + 1}", "kind": kind, "value": _of(draw, *values[kind])}
        row["strength"] = _of(draw, "soft", "hard") if kind == "home share" else _of(draw, "soft", "asap", "hard")
        row["weight"] = _of(draw, 1, 2)
        if kind != "coverage":
            row["item"] = "shell"
        if _maybe(draw):
            row |= _of(draw, {"from_month": _later(draft, 1)}, {"to_month": _later(draft, 1)})
        if kind == "home share":
            row["place"] = "A"
        elif place := _of(draw, *PLACES[kind == "stock"]):
            row["place"] = place
        draft.rows("targets").append(row)
