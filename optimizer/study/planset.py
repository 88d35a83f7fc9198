"""A set of plans: the answer to every task by its name, and frames over all of them with a column `case`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS, KEPT
from optimizer.study.archive import ANSWERED, Answer

CASE = "case"
"""Column with the name of the task."""


@dataclass(frozen=True)
class Unanswered:
    """Why a task has no plan; it counts as false.

    Attributes
    ----------
    status
        ``impossible``, ``no plan``, ``failed``, ``killed`` or ``not done``.
    reason
        In words.
    """

    status: str
    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else self.status


class PlanSet(Mapping[str, "Plan | Unanswered"]):
    """The answers of a study: name -> plan, or the reason why there is none.

    Every table of a plan is an attribute here, too, over all plans and with the column `case` in front:
    `plans.starts`, `plans.output`, `plans.objectives`, `plans.waiting_time`, ...

    Parameters
    ----------
    answers
        Name -> what came of the task, in the order they were asked.
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = dict(answers)

    def __getitem__(self, name: str) -> Plan | Unanswered:
        answer = self._answers[name]
        return Unanswered(answer.status, answer.reason) if answer.plan is None else answer.plan

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __or__(self, other: PlanSet) -> PlanSet:
        """Return the answers of both; where both have one of a name, the later."""
        return PlanSet(self._answers | other._answers)

    def ordered(self, names: Iterable[str]) -> PlanSet:
        """Return the answers of these names, in this order."""
        return PlanSet({name: self._answers[name] for name in names})

    @property
    def plans(self) -> dict[str, Plan]:
        """Return name -> plan of the tasks that were answered."""
        return {name: answer.plan for name, answer in self._answers.items() if answer.plan is not None}

    @property
    def told(self) -> dict[str, Mapping[str, Any]]:
        """Return name -> what the tasks tell beside their plans, or instead of them; of those that do."""
        return {name: answer.told for name, answer in self._answers.items() if answer.told}

    @property
    def status(self) -> dict[str, str]:
        """Return name -> ``answered``, ``impossible``, ``no plan``, ``failed``, ``killed`` or ``not done``."""
        return {name: answer.status for name, answer in self._answers.items()}

    @property
    def complete(self) -> bool:
        """Tell whether every task was answered."""
        return all(status == ANSWERED for status in self.status.values())

    def summary(self) -> pd.DataFrame:
        """Return one row per task: case, status, reason, gap, seconds, and value and bound of every objective.

        Values and bounds are those of the final plan, as in `Plan.objectives`; empty where there is no plan.
        """
        rows = []
        for name, answer in self._answers.items():
            row: dict[str, Any] = {CASE: name, "status": answer.status, "reason": answer.reason}
            row |= {"search": "", "gap": float("nan"), "seconds": answer.seconds}
            if answer.plan is not None:
                row |= {"search": answer.plan.status, "gap": answer.plan.gap}
                for found in answer.plan.tables["objectives"].to_dict("records"):
                    objective = found["objective"]
                    row |= {str(objective): found["value"], f"{objective} bound": found["bound"]}
            rows.append(row)
        columns = [CASE, "status", "reason", "search", "gap", "seconds"]
        return pd.DataFrame(rows, columns=list(dict.fromkeys([*columns, *(name for row in rows for name in row)])))

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in {*KEPT, *MEASURES}:
            known = ", ".join(DECISIONS)
            raise AttributeError(f"a set of plans has no table {name!r}; the decision tables are {known}")
        frames = []
        for case, plan in self.plans.items():
            if name in KEPT and name not in plan.tables:  # not every plan knows what a unit more is worth
                continue
            frame: pd.DataFrame = getattr(plan, name)
            frame.insert(0, CASE, case)
            frames.append(frame)
        filled = [frame.astype(object) for frame in frames if len(frame)]
        columns = [CASE, *((KEPT | MEASURES)[name].names)]
        if not filled:
            return frames[0] if frames else pd.DataFrame(columns=columns)
        return pd.concat(filled, ignore_index=True).infer_objects()

    def __dir__(self) -> list[str]:
        """Offer the tables to tab completion."""
        return [*super().__dir__(), *KEPT, *MEASURES]

    def __repr__(self) -> str:
        lines = [f"<PlanSet of {len(self)}: {len(self.plans)} answered>"]
        for name in self:
            found = self[name]
            if isinstance(found, Unanswered):
                lines.append(f"  {name}: {found}")
            else:
                values = found.tables["objectives"].to_dict("records")
                told = ", ".join(f"{row['objective']} {row['value']:,.0f} {row['unit']}" for row in values)
                lines.append(f"  {name}: {told} ({found.status})")
        return "\n".join(lines)
