"""Make `reports/tour.ipynb`: every question asked of the quickstart in Python, with its answer and the seconds it took.

pip install '.[tour]' && python data/make_tour.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).parents[1] / "reports" / "tour.ipynb"

INTRODUCTION = """# A plan, and the questions that follow

Every question below is a function of `optimizer` and a command of the same name. Figures that a search has not
settled come as brackets: least and most. Seconds are those of the machine that made this page; two cores were used.
"""
BEGINNING = """import time

import optimizer
from optimizer.examples import example_path


def told(reply, *tables, rows=8):
    \"\"\"Print an answer in words and show some of its tables.\"\"\"
    for label, words in reply.lines:
        print(f"{label}: {words}")
    print(f"({time.perf_counter() - began:.0f} s)")
    for name in tables:
        display(getattr(reply, name).head(rows))


began = time.perf_counter()
scenario = optimizer.read_workbook(example_path("quickstart"))
plan = optimizer.solve(scenario)
print(plan)
print(f"({time.perf_counter() - began:.0f} s)")
plan.starts"""

STEPS: tuple[tuple[str, str], ...] = (
    (
        "## Compare: what differs between scenarios, and what to decide when?",
        """began = time.perf_counter()
names = scenario.scenarios["scenario"].unique()
cases = {"as it is": plan, **{name: optimizer.variant(scenario, name) for name in names}}
told(optimizer.compare(cases), "headline")""",
    ),
    (
        "## Levers: what is each one worth?\n\nThe Shapley value of each lever: they add up to what all levers bring.",
        """began = time.perf_counter()
told(optimizer.lever_worth(scenario, within=0.05), "levers")""",
    ),
    (
        "## Frontier: what does a shorter wait cost?",
        """began = time.perf_counter()
told(optimizer.frontier(scenario, of="cost", against="wait", points=4), "points")""",
    ),
    (
        "## Alternatives: what must, may and need never be built?",
        """began = time.perf_counter()
told(optimizer.alternatives(scenario, slack=0.02, dates=False), "projects")""",
    ),
    (
        "## Why is an order late?",
        """began = time.perf_counter()
told(optimizer.why(plan, order="Northland"))""",
    ),
    (
        "## Replan: half a year later, what stays and what changes?",
        """began = time.perf_counter()
dearer = scenario.replace(needs=scenario.needs.assign(per_month=lambda rows: rows.per_month * 1.1))
told(optimizer.replan(dearer, plan, "2023-08"), "changes")""",
    ),
    (
        "## Share: who pays and who gets?",
        """began = time.perf_counter()
told(optimizer.share(plan), "balance")""",
    ),
    (
        "## Bottlenecks: what would more of each bring?",
        """began = time.perf_counter()
told(optimizer.bottlenecks(plan), "limits")""",
    ),
    (
        "## Risk: what to decide before it is known which scenario comes?",
        """began = time.perf_counter()
told(optimizer.decide_under_uncertainty(scenario), "now", "worth")""",
    ),
    (
        "## Underneath: many tasks, and plans taken apart\n\n`solve_many` is what all questions are made of.",
        """began = time.perf_counter()
tasks = {
    "as it is": scenario,
    "without weekends": optimizer.Task(scenario, off=("weekends",)),
    "without South plant": optimizer.Task(scenario, forbid=("South plant",)),
    "as planned, needs +10 %": optimizer.Task(dearer, start=plan, fix=("starts",)),
}
plans = optimizer.solve_many(tasks, start=plan)
print({name: answer.status for name, answer in plans.items()}, f"({time.perf_counter() - began:.0f} s)")
plans.objectives[["case", "objective", "value", "bound"]]""",
    ),
)


def notebook() -> nbformat.NotebookNode:
    """Return the tour without its answers."""
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_markdown_cell(INTRODUCTION), nbformat.v4.new_code_cell(BEGINNING)]
    for words, code in STEPS:
        book.cells += [nbformat.v4.new_markdown_cell(words), nbformat.v4.new_code_cell(code)]
    for number, cell in enumerate(book.cells):
        cell.id = f"cell-{number}"
    return book


def main() -> None:
    """Ask all questions and write the page."""
    book = notebook()
    NotebookClient(book, timeout=3600, kernel_name="python3").execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)
    book.metadata = {"language_info": {"name": "python"}}
    nbformat.write(book, TOUR)
    sys.stdout.write(f"{TOUR.name} is written\n")


if __name__ == "__main__":
    main()
