"""The house keeps its rules: who may import whom, one owner per library, one way to print."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import optimizer
from optimizer.model.structure import STRUCTURE
from optimizer.solve.matrix import names_of
from optimizer.structure import Constraints, Variables

PACKAGE = Path(optimizer.__file__).parent
MIDDLE = ("workbook", "model", "solve", "verify", "report")
MAY_IMPORT = {
    "errors": set(),
    "settings": {"errors"},
    "files": set(),
    "structure": set(),
    "scenario": {"settings", "errors"},
    "plan": {"scenario", "settings", "errors"},
    **{name: {"plan", "scenario", "settings", "errors", "files"} for name in MIDDLE},
    "model": {"plan", "scenario", "settings", "errors", "files", "structure"},
    "solve": {"plan", "scenario", "settings", "errors", "files", "structure"},
    "analysis": {*MIDDLE, "plan", "scenario", "settings", "errors"},
    "reread": {"workbook", "verify", "report", "plan", "scenario", "settings", "errors"},
    "restrictions": {"solve", "plan", "scenario", "errors"},
    "prepared": {"restrictions", "model", "solve", "scenario", "settings"},
    "found": {"prepared", "model", "solve", "verify", "plan", "scenario"},
    "pipeline": {"found", "prepared", "restrictions", *MIDDLE, "plan", "scenario", "settings", "errors"},
    "study": {"pipeline", "prepared", "restrictions", "verify", "solve", "plan", "scenario", "errors", "files"},
    "answers": {
        "study",
        "pipeline",
        "found",
        "prepared",
        "restrictions",
        *MIDDLE,
        "plan",
        "scenario",
        "errors",
        "files",
    },
}
"""Room -> rooms it may import; the command line and the public names may import all."""

OWNERS = {
    "dask": ("study/cluster.py",),
    "distributed": ("study/cluster.py",),
    "openpyxl": ("workbook/",),
    "xlsxwriter": ("report/",),
    "highspy": ("solve/highs.py", "solve/interior.py", "solve/loaded.py", "solve/pool.py", "solve/program.py"),
    "pyomo": ("model/", "solve/matrix.py"),
    "rich": (
        "cli.py",
        "examining.py",
        "progress_view.py",
        "question.py",
        "replies.py",
        "sampling.py",
        "study_view.py",
        "terminal.py",
    ),
    "typer": (
        "cli.py",
        "examining.py",
        "followups.py",
        "options.py",
        "question.py",
        "questions.py",
        "replies.py",
        "sampling.py",
    ),
}
"""Library -> the only places that may import it."""

LATE = {("plan", "report"), ("plan", "pipeline"), ("pipeline", "analysis")}
"""`plan.to_excel` and `plan.evaluate` import what they call inside the method, `solve` what explains why nothing is
possible."""

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return what a file says, read once."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """Return (module, at the top of the file) of every import that runs."""
    tree = parsed(path)
    found = []
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        if id(node) not in typing_only:
            found += [(name, node in tree.body) for name in names]
    return found


def room(path: Path) -> str:
    """Return the folder or module of a file below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_below(path: Path) -> list[tuple[str, bool]]:
    """Return (room of the package, at the top of the file) of every import of the package's own."""
    own = [(module.split("."), at_top) for module, at_top in imports(path) if module.split(".")[0] == "optimizer"]
    return [(parts[1] if len(parts) > 1 else "public names", at_top) for parts, at_top in own]


def test_rooms_import_only_what_lies_below() -> None:
    """A room imports itself and the rooms below it; the five in the middle never import each other."""
    below = {path: room(path) for path in FILES if room(path) in MAY_IMPORT}
    assert set(below.values()) == set(MAY_IMPORT)
    assert not [
        f"{path.relative_to(PACKAGE)} imports {there}"
        for path, here in below.items()
        for there, at_top in imported_below(path)
        if there not in MAY_IMPORT[here] | {here} and (at_top or (here, there) not in LATE)
    ]


def test_libraries_have_one_owner() -> None:
    """Excel is read in workbook/, written in report/; Pyomo and HiGHS live where the formulation and the search do."""
    used = [
        (path.relative_to(PACKAGE).as_posix(), module.split(".")[0]) for path in FILES for module, _ in imports(path)
    ]
    assert {library for _, library in used} >= set(OWNERS)
    assert not [
        f"{below} imports {library}"
        for below, library in used
        if library in OWNERS and not below.startswith(OWNERS[library])
    ]


def test_the_search_names_nothing_of_the_model() -> None:
    """It asks for variables and constraints by what they are; those the model calls so are there, of every kind."""
    model = optimizer.build_model(optimizer.read_workbook(PACKAGE.parent / "data" / "quickstart.xlsx"))
    known = names_of(model)
    filled = {**STRUCTURE.variables, **STRUCTURE.constraints}
    assert {kind for kind, names in filled.items() if names} == {*Variables, *Constraints}
    assert {name for names in filled.values() for name in names} <= known
    assert not [
        f"{path.name} names {node.value}"
        for path in (PACKAGE / "solve").glob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in known
    ]


def test_only_the_terminal_prints() -> None:
    """Nothing prints past the terminal, which takes every text and survives every output."""
    printing = {
        path.relative_to(PACKAGE).as_posix()
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert not printing


def test_constraint_families_do_not_import_each_other() -> None:
    """Families meet in variables declared on the model and in balances, never by import."""
    families = {"shifts", "weekends", "projects", "production", "stock", "supply", "demand", "funding", "targets"}
    paths = [path for path in (PACKAGE / "model").glob("*.py") if path.stem in families]
    assert {path.stem for path in paths} == families
    for path in paths:
        for module, _ in imports(path):
            assert module.removeprefix("optimizer.model.") not in families - {path.stem}


@cache
def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh Python has loaded at its end."""
    told = f"import atexit, sys\natexit.register(lambda: print(*sys.modules))\n{code}"
    folder = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=folder)
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", ["--help", "solve --help", "check data/quickstart.xlsx"])
def test_commands_load_only_what_they_need(arguments: str) -> None:
    """Commands that search nothing do without what takes a second to load."""
    loaded = loaded_by(f"from optimizer.cli import main\nmain({arguments.split()})")
    unwanted = {"pandas", "pyomo", "highspy", "xlsxwriter"}
    assert "optimizer.cli" in loaded
    assert not loaded & (unwanted if "check" in arguments else unwanted | {"openpyxl", "optimizer.scenario.schema"})


SOLVING = "import optimizer.solve.progress, optimizer.verify.tally\nfrom optimizer import solve, verify\nsolve.__name__"
"""What loads the function, though the folder of its name was loaded before."""


def test_solving_loads_no_statistics() -> None:
    """Pyomo would load scipy.stats along with scipy; the folder of the model stops it."""
    loaded = loaded_by(SOLVING)
    assert "scipy.sparse" in loaded and "scipy.stats" not in loaded


def test_functions_hide_the_folders_of_their_names() -> None:
    """`optimizer.solve` is the function, also when something in the folder was imported before."""
    assert "optimizer.pipeline" in loaded_by(SOLVING)
    assert optimizer.solve.__name__ == "solve" and optimizer.verify.__name__ == "verify"


def test_the_reference_is_what_its_sources_say() -> None:
    """`reports/reference/` is that of the schema, commands and docstrings; `python data/make_reference.py` makes it."""
    made = runpy.run_path("data/make_reference.py")["pages"]()
    folder = Path("reports/reference")
    assert {path.name for path in folder.iterdir()} == set(made)
    old = [name for name, text in made.items() if (folder / name).read_text("utf-8") != text]
    assert not old, "run: python data/make_reference.py"


def test_public_names() -> None:
    """Everything in __all__ exists and has a docstring."""
    for name in optimizer.__all__:
        assert getattr(optimizer, name).__doc__
