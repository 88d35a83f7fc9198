"""Too much is asked: what is named clashes, nothing that is named could be left out, and what is proposed does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import ImpossibleError, Scenario, build_model, solve
from optimizer.analysis.conflicts import Explanation, demand_of, explain_scenario, is_possible
from optimizer.errors import InputError
from optimizer.model.objectives import objective_names
from optimizer.model.statements import Statement, statements
from optimizer.scenario.schema import Fund
from optimizer.solve.conflict import Conflict
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.progress import Clock
from tests.laws.generate import Draft, Draw, drafts
from tests.laws.profile import examples


def scenario(**tables: Any) -> Scenario:
    """Return a line of 10 a month in A for a need of 20 in R, and more tables as given."""
    base: dict[str, Any] = {
        "members": [{"member": "A"}, {"member": "R", "kind": "recipient"}],
        "items": [{"item": "shell", "kind": "final"}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [{"line": "L", "site": "works", "may_idle": True}],
        "rates": [{"line": "L", "item": "shell", "rate": 10}],
        "needs": [{"recipient": "R", "item": "shell", "per_month": 20}],
    }
    settings = {"start": "2024-01", "periods": "2x1", "weekend_share": 0, "threads": 1}
    return Scenario.from_tables(settings, **(base | tables))


def explained(asked: Scenario) -> Explanation:
    """Return why a scenario is impossible, as solving it tells: with proposals that make it possible."""
    found = explain_scenario(asked, Clock(60))
    assert found is not None
    assert found.minimal
    assert is_possible(found.apply(asked), Clock(60))
    return found


def told(found: Explanation) -> tuple[list[tuple[str, str]], list[tuple[str, str, Any]]]:
    """Return the cells of a conflict, and those to be changed with their values."""
    conflict = [(finding.where.partition("!")[2], finding.message) for finding in found.conflict]
    return conflict, [(p.finding.where.partition("!")[2], p.attribute, p.value) for p in found.proposals]


@pytest.mark.parametrize("opening", [15, 0])
def test_of_reserves_that_add_up_the_one_too_many_is_named(opening: float) -> None:
    """Two places hold 130,000 and 8 in one pool, with 15 or none there and 10 made in the first month."""
    rows = [{"place": "A", "reserve": 130_000, "opening": opening}, {"place": "R", "reserve": 8}]
    conflict, changes = told(explained(scenario(stocks=[{"item": "shell", **row} for row in rows])))
    assert conflict == [("row 1, column reserve", "the reserve of shell at A: 130,000 units")]
    assert changes == [("row 1, column reserve", "reserve", 17 if opening else 2)]


def test_reserves_that_are_too_many_together_are_named_together() -> None:
    """Either 6 or 7 could be kept of the 10 made in the first month, not both: one is lowered."""
    rows = [{"place": "A", "item": "shell", "reserve": 6}, {"place": "R", "item": "shell", "reserve": 7}]
    conflict, changes = told(explained(scenario(stocks=rows)))
    assert [cell for cell, _ in conflict] == ["row 1, column reserve", "row 2, column reserve"]
    assert changes == [("row 2, column reserve", "reserve", 4)]


def test_storage_limits_add_up_too() -> None:
    """A stock of 8 in a pool that stores 2 and 3: one of the limits is raised, or the stock is lowered."""
    rows = [{"place": "A", "item": "shell", "storage_limit": 2}, {"place": "R", "item": "shell", "storage_limit": 3}]
    target = {"target": "T", "kind": "stock", "item": "shell", "value": 8, "strength": "hard"}
    conflict, changes = told(explained(scenario(stocks=rows, targets=[target])))
    assert len(conflict) == 3
    assert changes == [("row 1, column value", "value", 5)]


@pytest.mark.parametrize("opening", [1000, 5])
def test_a_reserve_of_what_cannot_be_stored_is_lowered_to_nothing_or_not_at_all(opening: float) -> None:
    """A little less than 1,000 would do for 90 % of the need, but no reserve is allowed; of 5 not even all would do."""
    asked = scenario(
        items=[{"item": "shell", "kind": "final", "can_be_stored": False}],
        stocks=[{"place": "A", "item": "shell", "held_by": "member", "opening": opening}],
        targets=[{"target": "T", "kind": "coverage", "value": 0.9, "strength": "hard"}],
    )
    with pytest.raises(ImpossibleError):
        solve(asked)
    conflict, changes = told(explained(asked))
    reserve, value = "row 1, column reserve", "row 1, column value"
    assert [cell for cell, _ in conflict] == ([value, reserve] if opening > 5 else [value])
    assert changes == [(reserve, "reserve", 0.0)] if opening > 5 else [(value, "value", 0.625)]


def test_what_the_rules_refuse_at_any_value_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """If no other reserve is accepted, not even none, the target gives way instead."""
    from optimizer.analysis import conflicts

    real = conflicts.accepted

    def strict(asked: Scenario, proposals: Sequence[conflicts.Proposal]) -> Scenario | None:
        return None if any(p.attribute == "reserve" for p in proposals) else real(asked, proposals)

    monkeypatch.setattr(conflicts, "accepted", strict)
    asked = scenario(
        stocks=[{"place": "A", "item": "shell", "held_by": "member", "opening": 1000}],
        targets=[{"target": "T", "kind": "coverage", "value": 0.9, "strength": "hard"}],
    )
    assert told(explained(asked))[1] == [("row 1, column value", "value", 0.5)]


def test_of_two_minimum_rates_the_one_that_holds_is_lowered() -> None:
    """A line keeps to the lesser of 8 and 9 a month; what it makes cannot go anywhere."""
    rates = [{"line": "L", "item": i, "rate": 10, "minimum": m} for i, m in (("shell", 8), ("fuze", 9))]
    asked = scenario(
        items=[{"item": i, "kind": "final", "can_be_stored": False} for i in ("shell", "fuze")],
        lines=[{"line": "L", "site": "works"}],
        rates=rates,
        needs=[{"recipient": "R", "item": i, "per_month": 2} for i in ("shell", "fuze")],
    )
    assert told(explained(asked))[1] == [("row 1, column minimum", "minimum", 4)]


# -- at random ---------------------------------------------------------------------------------------
def _each(table: str, column: str, *values: float | None, where: str = "") -> Callable[[Draw, Draft], None]:
    """Return what changes a column of a table's rows (those of a kind alone) to one of some values each."""

    def change(draw: Draw, draft: Draft) -> None:
        for row in draft.rows(table):
            if not where or row.get("kind", "member") == where or row.get("status") == where:
                row[column] = draw(st.sampled_from(values))

    return change


def _more(table: str, *rows: dict[str, Any]) -> Callable[[Draw, Draft], None]:
    """Return what adds a row to a table."""

    def change(draw: Draw, draft: Draft) -> None:
        draft.rows(table).append({"item": "shell", **draw(st.sampled_from(rows))})

    return change


def _forced(_: Draw, draft: Draft) -> None:
    for row in draft.rows("projects"):
        row["status"] = "forced" if row["status"] == "option" else row["status"]


def _pooled(draw: Draw, draft: Draft) -> None:
    rows = draft.rows("stocks")
    rows[:] = [row for row in rows if row["item"] != "shell" or row.get("held_by") == "member"]
    rows += [
        {"place": row["member"], "item": "shell", "reserve": draw(st.integers(0, 60))} for row in draft.rows("members")
    ]


TOO_MUCH: dict[str, Callable[[Draw, Draft], None]] = {
    "targets": _more(
        "targets", *({"target": "much", "kind": "rate", "value": v, "strength": "hard"} for v in (25, 60))
    ),
    "reserves": _pooled,
    "own stock": _more("stocks", {"place": "A", "held_by": "member", "opening": 9, "reserve": 50}),
    "storage": _each("stocks", "storage_limit", 0, 5),
    "funds": _each("funds", "amount", 0, 1, 30),
    "forced projects": _forced,
    "groups": _each("groups", "at_least", 1, 2),
    "people": _each("members", "people_available", 0, 5, 10, where="member"),
    "starts": _each("members", "starts_per_year", 0, 1, where="member"),
    "minimum rates": _each("rates", "minimum", 5, 10),
    "suppliers": _each("suppliers", "most_per_month", 0, 1),
    "lanes": _each("lanes", "most_per_month", 0, 1),
}


@st.composite
def greedy(draw: Draw) -> Draft:
    """Draw a scenario of which too much is asked in one to three ways."""
    draft: Draft = draw(drafts(tiny=True))
    for way in draw(st.lists(st.sampled_from(sorted(TOO_MUCH)), min_size=1, max_size=3, unique=True)):
        TOO_MUCH[way](draw, draft)
    return draft


WITHOUT: dict[str, Any] = {"status": "option", "amount": 1e7, "at_least": 0, "at_most": 99, "reserve": 0, "minimum": 0}
"""Values with which a statement asks for nothing; None for the others."""


def without(asked: Scenario, dropped: Sequence[Statement]) -> Scenario:
    """Return a scenario with some statements asking for nothing."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for statement in dropped:
        table = statement.model.table
        rows = tables.setdefault(table, [row.model_dump() for row in asked.tables.get(table, ())])
        if statement.row < 0:  # a fund's year without a row
            fund, year = statement.rows[0][1]
            like = next(row.model_dump() for row in asked.rows(Fund) if row.fund == fund)
            rows.append(like | {"year": year, "amount": 1e7})
        elif table == "targets":
            rows[statement.row]["strength"] = "soft"
        else:
            rows[statement.row][statement.attribute] = WITHOUT.get(statement.attribute)
            if statement.attribute == "firm_quantity":  # quantity and item are filled in together
                rows[statement.row]["firm_item"] = None
    return asked.replace(**tables)  # type: ignore[arg-type]


@given(greedy())
@examples(6, 40)
def test_conflicts_are_minimal_and_proposals_do(draft: Draft) -> None:
    """In the workbook's terms: what is named clashes alone, without any one of it there is a plan; changes make one."""
    try:
        asked = draft.scenario(threads=1)
    except InputError:
        assume(False)
    found = explain_scenario(asked, Clock(60))
    assume(found is not None and found.conflict)
    assert found is not None
    model = build_model(asked)
    index = model.optimizer_index.value
    stated = statements(index)
    matrix = compile_matrix(model, (objective_names(index)[0],))
    named = Conflict(matrix, [demand_of(s, stated, matrix) for s in stated], Clock(60)).minimal()
    assert named
    others = [s for position, s in enumerate(stated) if position not in named]
    assert not is_possible(without(asked, others), Clock(60))
    for position in named:
        assert is_possible(without(asked, [*others, stated[position]]), Clock(60))
    assert found.proposals
    assert is_possible(found.apply(asked), Clock(60))
