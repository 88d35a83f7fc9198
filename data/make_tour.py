"""Make `tour_quickstart.ipynb` and `tour_alliance.ipynb` in reports: every question of both examples, with its answer.

    pip install '.[tour]' && python data/make_tour.py [quickstart] [alliance_155mm] [--runs FOLDER] [--steps why share]

Each cell says the command, asks the same in Python, tells the seconds it took, and shows the first page of the
workbook with the answer as LibreOffice prints it (soffice and pdftoppm). The notebook is written cell after cell; with
`--runs`, which keeps every solve, the same command goes on where it was ended, and `--steps` asks only some again.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image, ImageChops

REPORTS = Path(__file__).parents[1] / "reports"


@dataclass(frozen=True)
class Tour:
    """A tour of an example.

    Attributes
    ----------
    file
        Name of the notebook.
    words
        What is said first of the figures.
    plan
        Code that gives `scenario` and `plan`.
    options
        More arguments of each question.
    without
        Questions that mean nothing here.
    against
        What costs are told against.
    late
        Whose order is late, or whose need is lost.
    project
        A project that is not built, or not for sure.
    """

    file: str
    words: str
    plan: str
    options: str
    without: tuple[str, ...]
    against: str
    late: str
    project: str


TOURS = {
    "quickstart": Tour(
        file="tour_quickstart.ipynb",
        words="Seconds are those of the machine that made this page, on two cores with other work on them.",
        plan="""scenario = optimizer.read_workbook(example_path("quickstart"))
plan = optimizer.solve(scenario)""",
        options="",
        without=(),
        against="wait",
        late='order="Northland"',
        project="South plant",
    ),
    "alliance_155mm": Tour(
        file="tour_alliance.ipynb",
        words="A plan of 32 members takes minutes, so each question has a time limit here, as `--time-limit` gives it, "
        "and begins with the plan of the example report: brackets are wide, and what was not solved by then is told. "
        "Seconds are those of the machine that made this page, on two cores with other work on them.",
        plan="""plan = optimizer.read_plan("reports/example_alliance_155mm.xlsx")
scenario = plan.scenario""",
        options=", time_limit={limit}",
        without=("risk",),  # its scenarios have no probabilities
        against="shortfall",
        late='need="Ukraine"',
        project="Glascoed plant",
    ),
}
INTRODUCTION = """# {name}: a plan, and the questions that follow

Every question below is a function of `optimizer` and a command of the same name. Figures that a search has not
settled come as brackets: least and most. {words}
"""
BEGINNING = """import time

import optimizer
from optimizer.examples import example_path


def told(reply, name, *tables, rows=8):
    \"\"\"Print an answer in words, show some of its tables, and write its workbook.\"\"\"
    print(reply)
    print(f"({{time.perf_counter() - began:.0f}} s)")
    reply.to_excel(f"{{name}}.xlsx")
    for table in tables:
        display(getattr(reply, table).head(rows))


began = time.perf_counter()
{plan}
print(plan)
print(f"({{time.perf_counter() - began:.0f}} s)")
plan.starts.head(8)"""

STEPS: dict[str, tuple[str, str, str]] = {
    "compare": (
        "What differs between scenarios, and what to decide when?",
        "optimizer compare {report} --scenarios all",
        """names = scenario.scenarios["scenario"].unique()
cases = {{"as it is": plan, **{{name: optimizer.variant(scenario, name) for name in names}}}}
told(optimizer.compare(cases{options}), "compare", "headline")""",
    ),
    "levers": (
        "What is each lever worth? Their Shapley shares add up to what all of them bring.",
        "optimizer levers {report}",
        """told(optimizer.lever_worth(plan{options}), "levers", "levers")""",
    ),
    "frontier": (
        "What does a shorter wait, or less of the shortfall, cost?",
        "optimizer frontier {report} --of cost --against {against} --points 4",
        """told(optimizer.frontier(plan, of="cost", against="{against}", points=4{options}), "frontier", "points")""",
    ),
    "alternatives": (
        "What must, may and need never be built?",
        "optimizer alternatives {report} --slack 2% --no-dates",
        """reply = optimizer.alternatives(plan, slack=0.02, dates=False{options})
told(reply, "alternatives", "projects", "patterns")""",
    ),
    "why": (
        "Why is an order late, and why is a project not built?",
        "optimizer why {report} --{flag} --project '{project}'",
        """told(optimizer.why(plan, {late}, project="{project}"{options}), "why")""",
    ),
    "bottlenecks": (
        "What would more of each bring?",
        "optimizer bottlenecks {report}",
        """told(optimizer.bottlenecks(plan{options}), "bottlenecks", "limits")""",
    ),
    "replan": (
        "Half a year later needs are a tenth higher: what stays and what changes?",
        "optimizer replan next.xlsx --from {report} --as-of 2023-08",
        """dearer = scenario.replace(needs=scenario.needs.assign(per_month=lambda rows: rows.per_month * 1.1))
told(optimizer.replan(dearer, plan, "2023-08"{options}), "replan", "changes")""",
    ),
    "share": (
        "Who pays and who gets, and what do national rules cost?",
        "optimizer share {report}",
        """told(optimizer.share(plan{options}), "share", "balance")""",
    ),
    "risk": (
        "What to decide before it is known which scenario comes?",
        "optimizer risk {workbook}",
        """told(optimizer.decide_under_uncertainty(scenario{options}), "risk", "now", "worth")""",
    ),
    "tasks": (
        "Underneath: many tasks, and plans taken apart. `solve_many` is what all questions are made of.",
        "",
        """dearer = scenario.replace(needs=scenario.needs.assign(per_month=lambda rows: rows.per_month * 1.1))
tasks = {{
    "as it is": scenario,
    "without weekends": optimizer.Task(scenario, off=("weekends",)),
    "without {project}": optimizer.Task(scenario, forbid=("{project}",)),
    "as planned, needs +10 %": optimizer.Task(dearer, start=plan, fix=("starts",)),
}}
plans = optimizer.solve_many(tasks, start=plan{options})
print({{name: answer.status for name, answer in plans.items()}}, f"({{time.perf_counter() - began:.0f}} s)")
plans.objectives[["case", "objective", "value", "bound"]]""",
    ),
}
"""Name -> question, command, code."""


def main() -> None:
    """Ask all questions of the examples named, or of both."""
    asked = _arguments()
    for name in asked.examples:
        make(name, asked.limit, asked.runs, asked.steps)


def _arguments() -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("examples", nargs="*", default=list(TOURS), help=f"default: {' '.join(TOURS)}")
    parser.add_argument("--runs", type=Path, help="folder that keeps every solve (default: nothing is kept)")
    parser.add_argument("--limit", type=float, default=600, help="seconds of a question of the alliance (default 600)")
    parser.add_argument("--steps", nargs="+", choices=list(STEPS), default=list(STEPS), help="default: all of them")
    return parser.parse_args()


def notebook(name: str, limit: float, runs: Path | None) -> nbformat.NotebookNode:
    """Return the tour of an example without its answers."""
    tour = TOURS[name]
    folder = "" if runs is None else ', folder=os.environ["RUNS"]'
    given = {
        "name": name,
        "words": tour.words,
        "late": tour.late,
        "flag": tour.late.replace("=", " ").replace('"', ""),
        "against": tour.against,
        "project": tour.project,
        "options": tour.options.format(limit=f"{limit:g}") + folder,
        "report": f"reports/{'example_' if name != 'quickstart' else ''}{name}.xlsx",
        "workbook": f"{name}.xlsx",
    }
    book = nbformat.v4.new_notebook()
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    book.cells = [markdown(INTRODUCTION.format(**given)), code(BEGINNING.format(plan=tour.plan))]
    for step, (words, command, asked) in STEPS.items():
        if step in tour.without:
            continue
        told = [f"## {step.capitalize()}", words, f"```sh\n{command.format(**given)}\n```" if command else ""]
        cell = code(f"began = time.perf_counter()\n{asked.format(**given)}")
        cell.metadata["step"] = step
        above = markdown("\n\n".join(filter(None, told)))
        above.metadata["step"] = step
        book.cells += [above, cell]
    for cell in book.cells:
        kind = "code" if cell.cell_type == "code" else "words"
        cell.id = f"{kind}-{cell.metadata.get('step', 'plan')}"
    return book


def make(name: str, limit: float, runs: Path | None, steps: Sequence[str]) -> None:
    """Ask questions of an example and write the page, cell after cell; the others stay as they are."""
    book, target = notebook(name, limit, runs), REPORTS / TOURS[name].file
    before = {cell.id: cell for cell in nbformat.read(target, 4).cells} if target.exists() else {}
    book.metadata = {"language_info": {"name": "python"}}
    if runs is not None:
        os.environ["RUNS"] = str(runs.resolve())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "reports").symlink_to(REPORTS)
        client = NotebookClient(
            book, timeout=None, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": folder}}
        )
        with client.setup_kernel():
            client.kc.execute("import os", silent=True)
            for number, cell in enumerate(book.cells):
                if cell.cell_type != "code":
                    continue
                if cell.metadata.get("step", steps[0]) not in steps:
                    cell.outputs = before[cell.id].outputs if cell.id in before else []
                else:
                    client.execute_cell(cell, number)
                    _finish(cell, Path(folder))
                    nbformat.write(book, target)
                    sys.stdout.write(f"{target.name}: {cell.metadata.get('step', 'plan')}\n")
                    sys.stdout.flush()


def _finish(cell: nbformat.NotebookNode, folder: Path) -> None:
    """Leave out when a cell ran and where what it read was kept, and show the page that it wrote."""
    cell.metadata.pop("execution", None)
    cell.source = cell.source.replace(', folder=os.environ["RUNS"]', "")
    written = folder / f"{cell.metadata.get('step', '')}.xlsx"
    if written.exists():
        image = base64.b64encode(page(written)).decode()
        cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": image}))


def page(workbook: Path) -> bytes:
    """Return the first page of a workbook, as a picture without its margins."""
    folder = workbook.parent
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(convert, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = workbook.with_suffix("")
    first = ["pdftoppm", "-f", "1", "-l", "1", "-r", "80", "-png", "-singlefile", f"{made}.pdf", str(made)]
    subprocess.run(first, check=True)
    image = Image.open(f"{made}.png").convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    content = io.BytesIO()
    image.crop(box).convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(content, "PNG", optimize=True)
    return content.getvalue()


if __name__ == "__main__":
    main()
