"""Plan production investment across a group of members.

Which line adds which shift when, which weekends are worked, which plants are built where and when,
who orders and who pays, so that needs are met and waiting times fall as soon as possible at the
least cost.

>>> import optimizer
>>> scenario = optimizer.read_workbook("data/quickstart.xlsx")
>>> plan = optimizer.solve(scenario)
>>> plan.waiting_time
>>> plan.to_excel("reports/plan.xlsx")
"""

from importlib.metadata import version

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
from optimizer.model.build import build_model
from optimizer.pipeline import solve
from optimizer.plan.plan import Check, Plan
from optimizer.scenario.checks import check
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.variants import variant
from optimizer.solve.progress import Clock, Progress
from optimizer.verify.verify import verify
from optimizer.workbook.read import read_workbook
from optimizer.workbook.template import write_template, write_workbook

__version__ = version("optimizer")

__all__ = [
    "Check",
    "Clock",
    "Finding",
    "ImpossibleError",
    "InputError",
    "NoPlanError",
    "OptimizerError",
    "Plan",
    "PlanError",
    "Progress",
    "ReportError",
    "Scenario",
    "SolverError",
    "__version__",
    "build_model",
    "check",
    "read_workbook",
    "solve",
    "variant",
    "verify",
    "write_template",
    "write_workbook",
]
