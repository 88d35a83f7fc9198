"""The log of cases and the files beside it agree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import tests.public_reports

FOLDER = Path(__file__).parent
FILES = {path.stem.removeprefix("test_"): path for path in FOLDER.glob("test_*.py") if path != Path(__file__)}
PROGRAMS = (
    *("frepple", "PyPSA", "calliope", "temoa", "project-pareto", "SpineOpt.jl", "Spine-Toolbox"),
    *("pyomo", "HiGHS", "openpyxl", "XlsxWriter", "pandas"),
)


def rows() -> list[list[str]]:
    """Return the rows of the log: case, source, what came."""
    lines = (tests.public_reports.__doc__ or "").partition("---\n")[2].splitlines()
    return [line.split(" | ") for line in lines]


def test_every_case_is_one_file_and_one_row() -> None:
    """No row without a file, no file without a row, none told twice."""
    assert sorted(case for case, _, _ in rows()) == sorted(FILES)


def test_sources_and_outcomes_are_those_of_the_files() -> None:
    """A source is a repository and a number, the same in the log as in the file; a case passed or was mended."""
    for case, source, came in rows():
        told = ast.get_docstring(ast.parse(FILES[case].read_text("utf-8"))) or ""
        assert told.endswith(f"\n\nSource: {source}."), case
        assert re.search(r"[\w.-]+/[\w.-]+#\d+", source), case
        assert came in ("passed at once", "mended"), case


def test_cases_are_small_and_from_many_programs() -> None:
    """Fewer than sixty lines each, from users of every program that plans as ours does, or that ours stands on."""
    assert all(len(path.read_text("utf-8").splitlines()) < 60 for path in FILES.values())
    sources = " ".join(source for _, source, _ in rows())
    assert all(f"/{program}#" in sources for program in PROGRAMS)
