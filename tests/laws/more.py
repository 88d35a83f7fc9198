"""Ways to give a plan more: each can only help, whatever else the scenario says.

Why some are narrower than their names: a shorter lead time makes an open line cost its fixed cost
earlier, so it helps for sure only where there is none; the minimum rate of an opened line would
begin to bind earlier too, so the generator gives such lines none where there is a lead time.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.laws.generate import Draft

TRAINING = ("training_months", "training_pay", "trainers")
POOL = (*TRAINING, "hiring_cost", "leaving_cost", "waiting_pay", "people_let_go", "quitting")
"""What it takes to hire people."""


def more_to_hire(draft: Draft) -> None:
    """Let members hire twice as many, who need no training where none quit, and let go as many as they like."""
    for row in draft.rows("members"):
        if row.get("people_hired") is not None:
            row |= {"people_hired": 2 * row["people_hired"], "people_let_go": None}
            for name in () if row.get("quitting") else TRAINING:  # who is trained sooner quits sooner
                row.pop(name, None)


def a_larger_budget(draft: Draft) -> None:
    """Add half to every amount of every fund."""
    for row in draft.rows("funds"):
        row["amount"] *= 1.5


def one_more_project(draft: Draft) -> None:
    """Offer one more expansion of the first line."""
    draft.rows("projects").append(
        {"project": "one more", "kind": "expansion", "line": "L1", "added_share": 0.4, "capex": 30, "lead_months": 1}
    )


def freer_sizes(draft: Draft) -> None:
    """Let the size of every project be chosen, where one is, from nothing up to twice the most."""
    for row in draft.rows("projects"):
        if row.get("most_size") is not None and row["status"] != "committed":
            row |= {"least_size": 0, "most_size": 2 * row["most_size"]}


def shorter_lead_times(draft: Draft) -> None:
    """Take a month off the lead time of every project without fixed cost."""
    for row in draft.rows("projects"):
        if not row.get("fixed_cost") and not row.get("fixed_cost_per_size"):
            row["lead_months"] = max(0, row["lead_months"] - 1)


def more_weekends(draft: Draft) -> None:
    """Allow one more weekend in four."""
    draft.settings["weekend_share"] = min(1, draft.settings["weekend_share"] + 0.25)


def a_longer_ladder(draft: Draft) -> None:
    """Add one step to the ladder, at the price of the last."""
    last = draft.rows("shift_ladders")[-1]
    step = last["step"] + 1
    draft.rows("shift_ladders").append(last | {"step": step, "pattern": f"{step}-8-5", "staffs_weekends": False})


def larger_pledges(draft: Draft) -> None:
    """Let members pledge twice as much."""
    for row in draft.rows("pledges"):
        row["most_per_month"] *= 2


def more_to_buy(draft: Draft) -> None:
    """Let suppliers deliver twice as much and lanes carry anything."""
    for row in draft.rows("suppliers"):
        if row["most_per_month"] is not None:
            row["most_per_month"] *= 2
    for row in draft.rows("lanes"):
        row["most_per_month"] = None


def more_storage(draft: Draft) -> None:
    """Lift every storage limit, and give all the room there may be."""
    for row in draft.rows("stocks"):
        row["storage_limit"] = None
    for row in draft.rows("members"):
        row.pop("room", None)


def more_people(draft: Draft) -> None:
    """Let members have any number of people and projects a year."""
    for row in draft.rows("members"):
        for name in ("people_available", "people_hired", *POOL):
            row.pop(name, None)
        row.pop("starts_per_year", None)


def lower_minimum_rates(draft: Draft) -> None:
    """Ask no minimum of any line or crew."""
    for row in draft.rows("rates"):
        row |= {"minimum": 0, "crew_minimum": 0}


def a_place_for_waste(draft: Draft) -> None:
    """Let everything be thrown away, for nothing."""
    for row in draft.rows("items"):
        row |= {"may_be_discarded": True, "discard_cost": 0}


def what_lasts(draft: Draft) -> None:
    """Let everything be kept for twice as long."""
    for row in draft.rows("items"):
        if row.get("shelf_life"):
            row["shelf_life"] *= 2


def cheaper_months(draft: Draft) -> None:
    """Let no cost rise."""
    for row in draft.rows("cost_changes"):
        row["factor"] = min(1, row["factor"])


WAYS: dict[str, Callable[[Draft], None]] = {
    way.__name__: way
    for way in (
        a_larger_budget,
        one_more_project,
        freer_sizes,
        shorter_lead_times,
        more_weekends,
        a_longer_ladder,
        larger_pledges,
        more_to_buy,
        more_storage,
        more_people,
        more_to_hire,
        lower_minimum_rates,
        a_place_for_waste,
        what_lasts,
        cheaper_months,
    )
}
