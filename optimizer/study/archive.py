"""An answer to bytes and back: a zip of JSON, which holds data and nothing that runs.

Tables are kept column by column and unrounded, so that a plan that is read back is the plan that was found.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from optimizer.errors import PlanError
from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import KEPT
from optimizer.scenario.scenario import Scenario
from optimizer.study.task import FORMAT

ANSWERED, IMPOSSIBLE, NO_PLAN = "answered", "impossible", "no plan"
FAILED, KILLED, NOT_DONE = "failed", "killed", "not done"
FINAL = (ANSWERED, IMPOSSIBLE, NO_PLAN)
"""Statuses that another run of the same task would only find again."""
MOST_BYTES = 1 << 31
"""Size to which one part of an answer may unfold."""


@dataclass(frozen=True)
class Answer:
    """What came of a task.

    Attributes
    ----------
    status
        ``answered``, ``impossible``, ``no plan``, ``failed``, ``killed`` or ``not done``.
    reason
        Why there is no plan, in words.
    plan
        Where it was answered by one.
    seconds
        Of the task.
    told
        What it tells beside its plan, or instead of one: plain values.
    """

    status: str
    reason: str = ""
    plan: Plan | None = None
    seconds: float = 0.0
    told: Mapping[str, Any] = field(default_factory=dict)


def packed(answer: Answer) -> bytes:
    """Return an answer as the content of a file."""
    parts: dict[str, Any] = {
        "answer": {"format": FORMAT, "status": answer.status, "reason": answer.reason, "seconds": answer.seconds}
    }
    if answer.told:
        parts["told"] = answer.told
    plan = answer.plan
    if plan is not None:
        parts["scenario"] = {
            "settings": plan.scenario.settings.model_dump(mode="json"),
            "tables": {
                name: [row.model_dump(mode="json") for row in rows] for name, rows in plan.scenario.tables.items()
            },
        }
        parts["run"] = {
            "status": plan.status,
            "gap": plan.gap,
            "seconds": dict(plan.seconds),
            "size": dict(plan.size),
            "checks": [asdict(check) for check in plan.checks],
            "unverified": list(plan.unverified),
            "wait_without_levers": plan.wait_without_levers,
            "short_run": dict(plan.short_run),
            "versions": dict(plan.versions),
            "warnings": list(plan.warnings),
            "stages": _columns(plan.stages),
        }
        parts |= {f"tables/{name}": _columns(plan.tables[name]) for name in KEPT if name in plan.tables}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(f"{name}.json", json.dumps(part, default=_plain, ensure_ascii=False))
    return content.getvalue()


def unpacked(content: bytes, scenario: Scenario | None = None) -> Answer:
    """Return the answer in the content of a file.

    Parameters
    ----------
    scenario
        What was asked, where it is known; else it is read, and checked.

    Raises
    ------
    PlanError
        When the content is no whole answer, or one of another format.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = {name.removesuffix(".json"): _part(file, name) for name in file.namelist()}
        told = parts["answer"]
        if told["format"] != FORMAT:
            raise PlanError("it is an answer of another version of this program")
        plan = None
        if "run" in parts:
            given = scenario or Scenario.from_tables(parts["scenario"]["settings"], **parts["scenario"]["tables"])
            plan = _plan(parts, given)
        if told["status"] == ANSWERED and plan is None and "told" not in parts:
            raise PlanError("its plan is missing")
        return Answer(str(told["status"]), str(told["reason"]), plan, float(told["seconds"]), parts.get("told", {}))
    except PlanError:
        raise
    except Exception as error:  # whatever a broken file makes the libraries raise
        raise PlanError(f"it is no answer of a study ({type(error).__name__}: {error})") from error


def _plan(parts: Mapping[str, Any], scenario: Scenario) -> Plan:
    run = parts["run"]
    return Plan(
        scenario=scenario,
        tables={name: _table(name, parts[f"tables/{name}"]) for name in KEPT if f"tables/{name}" in parts},
        status=run["status"],
        gap=run["gap"],
        seconds=run["seconds"],
        size=run["size"],
        stages=pd.DataFrame(run["stages"]),
        checks=tuple(Check(**check) for check in run["checks"]),
        unverified=tuple(run["unverified"]),
        wait_without_levers=run["wait_without_levers"],
        short_run=run.get("short_run", {}),
        versions=run["versions"],
        warnings=tuple(run["warnings"]),
    )


def _part(file: zipfile.ZipFile, name: str) -> Any:
    if file.getinfo(name).file_size > MOST_BYTES:
        raise PlanError(f"its part {name} is too large")
    return json.loads(file.read(name))


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(name): frame[name].tolist() for name in frame}


def _table(name: str, columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Return a table; its months are dates again."""
    months = {column.name for column in KEPT[name].columns if column.unit == "month"}
    return pd.DataFrame(
        {
            column: [dt.date.fromisoformat(v) if isinstance(v, str) else v for v in values]
            if column in months
            else values
            for column, values in columns.items()
        },
        columns=list(columns),
    )


def _plain(value: Any) -> Any:
    """Return what JSON has no word for as one that it has."""
    if isinstance(value, dt.date):  # also a timestamp
        return f"{value:%Y-%m-%d}"
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept")
