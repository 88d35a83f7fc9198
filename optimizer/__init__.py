"""Plan production investment across a group of members.

Which line adds which shift when, which weekends are worked, which plants are built where and when,
who orders and who pays, so that needs are met and waiting times fall as soon as possible at the
least cost.

>>> import optimizer
>>> scenario = optimizer.read_workbook("quickstart.xlsx")
>>> plan = optimizer.solve(scenario)
>>> plan.waiting_time
>>> plan.to_excel("reports/plan.xlsx")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.errors import (
    Finding,
    ImpossibleError,
    InputError,
    NoPlanError,
    OptimizerError,
    PlanError,
    ReportError,
    SolverError,
)

if TYPE_CHECKING:
    from optimizer.answers.alternatives import alternatives
    from optimizer.answers.compare import compare
    from optimizer.answers.fresh import out_of_sample
    from optimizer.answers.frontier import frontier
    from optimizer.answers.levers import lever_worth
    from optimizer.answers.more import bottlenecks
    from optimizer.answers.replan import replan
    from optimizer.answers.risk import Decision, decide_under_uncertainty
    from optimizer.answers.share import member_balance, share
    from optimizer.answers.why import why
    from optimizer.model.build import build_model
    from optimizer.pipeline import solve
    from optimizer.plan.assignment import Assignment
    from optimizer.plan.plan import Check, Plan
    from optimizer.prepared import Prepared, prepare
    from optimizer.reread import read_plan
    from optimizer.scenario.checks import check
    from optimizer.scenario.sample import Sample, sample
    from optimizer.scenario.scenario import Scenario
    from optimizer.scenario.variants import variant
    from optimizer.solve.progress import Clock, Progress
    from optimizer.study.cluster import Cluster
    from optimizer.study.planset import PlanSet, Unanswered
    from optimizer.study.progress import StudyProgress, TaskProgress
    from optimizer.study.study import solve_many
    from optimizer.study.task import Task
    from optimizer.verify.verify import verify
    from optimizer.workbook.annotate import annotate
    from optimizer.workbook.folder import read_folder, write_folder
    from optimizer.workbook.read import read_workbook
    from optimizer.workbook.template import write_template, write_workbook

__version__: str

_HOMES = {
    "Assignment": "plan.assignment",
    "Check": "plan.plan",
    "Clock": "solve.progress",
    "Cluster": "study.cluster",
    "Decision": "answers.risk",
    "Plan": "plan.plan",
    "PlanSet": "study.planset",
    "Prepared": "prepared",
    "Progress": "solve.progress",
    "Sample": "scenario.sample",
    "Scenario": "scenario.scenario",
    "StudyProgress": "study.progress",
    "Task": "study.task",
    "TaskProgress": "study.progress",
    "Unanswered": "study.planset",
    "alternatives": "answers.alternatives",
    "annotate": "workbook.annotate",
    "bottlenecks": "answers.more",
    "build_model": "model.build",
    "check": "scenario.checks",
    "compare": "answers.compare",
    "decide_under_uncertainty": "answers.risk",
    "frontier": "answers.frontier",
    "lever_worth": "answers.levers",
    "member_balance": "answers.share",
    "out_of_sample": "answers.fresh",
    "prepare": "prepared",
    "read_folder": "workbook.folder",
    "read_plan": "reread",
    "read_workbook": "workbook.read",
    "replan": "answers.replan",
    "sample": "scenario.sample",
    "share": "answers.share",
    "solve": "pipeline",
    "solve_many": "study.study",
    "variant": "scenario.variants",
    "verify": "verify.verify",
    "why": "answers.why",
    "write_folder": "workbook.folder",
    "write_template": "workbook.template",
    "write_workbook": "workbook.template",
}
"""Public name -> its module, imported when the name is first used: Pyomo, HiGHS and pandas take a second."""

for _folder in ("solve", "verify"):  # import the folder now, so that its name is free for the function
    import_module(f"optimizer.{_folder}")
    del globals()[_folder]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = import_module("importlib.metadata").version("optimizer")
    elif name in _HOMES:
        value = getattr(import_module(f"optimizer.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'optimizer' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "Assignment",
    "Check",
    "Clock",
    "Cluster",
    "Decision",
    "Finding",
    "ImpossibleError",
    "InputError",
    "NoPlanError",
    "OptimizerError",
    "Plan",
    "PlanError",
    "PlanSet",
    "Prepared",
    "Progress",
    "ReportError",
    "Sample",
    "Scenario",
    "SolverError",
    "StudyProgress",
    "Task",
    "TaskProgress",
    "Unanswered",
    "__version__",
    "alternatives",
    "annotate",
    "bottlenecks",
    "build_model",
    "check",
    "compare",
    "decide_under_uncertainty",
    "frontier",
    "lever_worth",
    "member_balance",
    "out_of_sample",
    "prepare",
    "read_folder",
    "read_plan",
    "read_workbook",
    "replan",
    "sample",
    "share",
    "solve",
    "solve_many",
    "variant",
    "verify",
    "why",
    "write_folder",
    "write_template",
    "write_workbook",
]
