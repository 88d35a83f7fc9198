from __future__ import annotations

from collections.abc import Callable

import pytest

from optimizer.plan.plan import Plan
from optimizer.verify.book import Book
from optimizer.verify.verify import RULES, judged, verify
from tests.verify.edit import change, failing
from tests.verify.worlds import WORLDS, factory, investment, weighted
from tests.verify.wrong import WRONG


@pytest.mark.parametrize("world", [*WORLDS.values(), weighted])
def test_a_consistent_plan_is_accepted(world: Callable[[], Plan]) -> None:
    """Every rule holds on a plan whose numbers were worked out by hand."""
    assert failing(world()) == {}


@pytest.mark.parametrize(("rule", "wrong"), [pytest.param(r, w, id=f"{r}: {n}") for r, n, w in WRONG])
def test_a_wrong_plan_is_rejected_by_its_rule(rule: str, wrong: Callable[[], Plan]) -> None:
    """A plan with one thing wrong is rejected by the rule for that thing, with a sentence."""
    check = judged(rule, Book(wrong()))
    assert not check.holds
    assert check.worst
    assert not check.worst.startswith("cannot be checked")


def test_every_rule_rejects_some_plan() -> None:
    """There is a wrong plan for every rule in the registry."""
    assert {rule for rule, _, _ in WRONG} == set(RULES)


def test_every_rule_gives_one_verdict() -> None:
    """The verdicts come in the order of the registry, one for each rule."""
    assert [check.rule for check in verify(factory())] == list(RULES)


def test_every_rule_checks_rows_of_some_plan() -> None:
    """No rule passes because it never looks at anything."""
    rows = dict.fromkeys(RULES, 0)
    for world in WORLDS.values():
        for check in verify(world()):
            rows[check.rule] += check.rows
    tried = {rule for rule, count in rows.items() if count}
    levers = {"levers_are_respected"}  # every lever is on
    assert set(RULES) - tried <= levers


def test_the_worst_row_is_told_in_words() -> None:
    """The sentence names line, month and both amounts."""
    worst = failing(change(factory(), "output", "made", 150, t=2))["capacity_limits_production"]
    assert worst == ("L makes 1.5 months of 1-8-5 in 2024-03 but its crews, weekends and expansions give 1.4")


def test_committed_starts_may_be_in_any_month() -> None:
    """A committed start before the horizon is accepted, and only its payments from month 0 on count."""
    plan = investment()
    assert "starts_are_allowed" not in failing(plan)
    assert "costs_add_up" in failing(change(plan, "costs", "amount", 900, t=0, project="restart"))
