"""Answers to bytes and back: the same plan, and nothing believed that was spoilt."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import Plan, solve
from optimizer.errors import PlanError
from optimizer.study.archive import ANSWERED, FAILED, IMPOSSIBLE, Answer, packed, unpacked
from optimizer.study.folder import Folder
from tests.test_pipeline import workshop


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan with promises, lost needs, plants and money."""
    target: dict[str, Any] = {"target": "fast", "kind": "rate", "item": "shell", "value": 12}
    return solve(
        workshop(
            {"accepted_wait": 0},
            members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
            needs=[{"recipient": "R", "item": "shell", "per_month": 9}],
            funds=[{"fund": "purse", "year": 2024, "amount": 1e6}],
            projects=[
                {"project": "wider", "kind": "expansion", "line": "L", "added_share": 1, "capex": 9, "lead_months": 1}
            ],
            targets=[target | {"strength": "asap"}, target | {"target": "more", "value": 40, "strength": "soft"}],
        )
    )


def test_a_plan_that_is_read_back_is_the_plan_that_was_kept(plan: Plan) -> None:
    """Every table to the last digit, verdicts, figures and the scenario, which the file holds, too."""
    again = unpacked(packed(Answer(ANSWERED, "", plan, 1.5)))
    assert (again.status, again.seconds) == (ANSWERED, 1.5)
    assert again.plan is not None
    assert again.plan.scenario == plan.scenario
    assert set(again.plan.tables) == set(plan.tables)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(again.plan.tables[name], table, check_dtype=False, rtol=0, atol=0)
    pd.testing.assert_frame_equal(again.plan.stages, plan.stages, check_dtype=False, rtol=0, atol=0)
    names = ("status", "gap", "seconds", "size", "checks", "versions", "warnings", "wait_without_levers", "short_run")
    for name in names:
        assert getattr(again.plan, name) == getattr(plan, name), name
    assert again.plan.summary() == plan.summary()


def spoilt(content: bytes, change: Callable[[dict[str, Any]], None], part: str) -> bytes:
    """Return the content of an answer with one part changed."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            data = json.loads(old.read(name))
            if name == f"{part}.json":
                change(data)
            new.writestr(name, json.dumps(data))
    return found.getvalue()


def test_what_is_no_answer_is_none(plan: Plan, tmp_path: Path) -> None:
    """Bytes, half a file, another format, a plan that breaks a rule, and a failure: each is solved again."""
    whole, folder = packed(Answer(ANSWERED, "", plan)), Folder(tmp_path / "runs")

    def more(table: dict[str, Any]) -> None:
        table["made"] = [value + 5 for value in table["made"]]

    contents = {
        "bytes": b"x",
        "half": whole[: len(whole) // 2],
        "format": spoilt(whole, lambda told: told.update(format=0), "answer"),
        "rule": spoilt(whole, more, "tables/output"),
        "failed": packed(Answer(FAILED, "why")),
    }
    for key, content in contents.items():
        (tmp_path / "runs" / f"{key}.answer.zip").write_bytes(content)
        assert folder.answer(key, plan.scenario) is None, key
    for content in (contents["bytes"], contents["half"], contents["format"]):
        with pytest.raises(PlanError):
            unpacked(content)
    (tmp_path / "runs" / "whole.answer.zip").write_bytes(whole)
    found = folder.answer("whole")
    assert found is not None and found.plan is not None and found.plan.verified


def test_why_there_is_no_plan_is_kept(tmp_path: Path) -> None:
    """What is impossible stays so, with its reason."""
    folder = Folder(tmp_path)
    folder.keep("key", Answer(IMPOSSIBLE, "too much is asked", seconds=2.0))
    assert folder.answer("key") == Answer(IMPOSSIBLE, "too much is asked", seconds=2.0)


def test_a_claim_excludes_others_until_it_is_released(tmp_path: Path) -> None:
    """The second to claim a task gets it once the first is done, and no lock is left behind."""
    mine, other = Folder(tmp_path), Folder(tmp_path)
    assert mine.claim("key")
    assert not other.claim("key")
    mine.release("key")
    assert other.claim("key")
    other.release("key")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """A file in its place is no folder."""
    (tmp_path / "runs").write_text("")
    with pytest.raises(PlanError, match="runs"):
        Folder(tmp_path / "runs")
