"""Measure what each piece of the search brings, by leaving it out.

    python -m tests.benchmarks.ablation --instances 4x60-ranked 8-ranked --seeds 0 --seconds 120 --markdown FILE

Every piece is left out once, in a copy of the package in which it does nothing. Cells hold the gap of the first
objective, then value and bound of each other one. The first two rows leave out nothing: what differs there is noise.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks import tables
from tests.benchmarks.alone import ROOT, measure
from tests.benchmarks.cases import Case, cases
from tests.benchmarks.keep import Keep, key, of_code, of_workbook
from tests.benchmarks.run import Limits, Run
from tests.benchmarks.tables import Cell, Table
from tests.benchmarks.trace import gap, known_at

NOTHING = "lambda *asked, **named: None"


@dataclass(frozen=True)
class Piece:
    """A piece of the search: what it is, the module of `optimizer/solve/` it is in, and lines without which it works.

    The lines are put behind the module.
    """

    name: str
    module: str
    lines: str


PIECES = (
    Piece("nothing", "months", ""),
    Piece("nothing, once more", "months", "# once more"),
    Piece("bisection on months", "months", f"Months.bisect = {NOTHING}"),
    Piece("what the plants of a plan allow", "dates", f"Dates.adapt = {NOTHING}"),
    Piece("the whole problem", "whole", f"search_whole = {NOTHING}"),
    Piece("the tree over plants", "plants", f"branch = {NOTHING}"),
    Piece("crews of the best starts searched", "plants", f"_Plans.perfect = {NOTHING}"),
    Piece("a plan of the relaxation before its cuts", "plants", f"early = {NOTHING}"),
    Piece("cuts at the root", "relaxation", "cut_relaxation = lambda runs, root: (root, [])"),
    Piece("cuts of several rows", "proving", f"Proof.sharpen = {NOTHING}"),
    Piece("neighbourhoods, of blocks too", "local", f"LocalSearch.search = {NOTHING}"),
    Piece("neighbourhoods of blocks", "blocks", "Blocks.promising = property(lambda self: False)"),
    Piece("answers of the relaxation followed at once", "neighbourhoods", f"Neighbourhoods.follow = {NOTHING}"),
    Piece("a plan polished before its neighbourhoods", "neighbourhoods", f"Neighbourhoods._polished = {NOTHING}"),
    Piece(
        "review blocks",
        "review",
        f"Review.begin = Review.search = Review.keep = {NOTHING}\nReview.useful = property(lambda self: False)",
    ),
    Piece("a basis from blocks split by item", "review", f"Review.begin = {NOTHING}"),
    Piece("plans measured anew", "measured", "as_measured = lambda matrix, x: x"),
)


@contextmanager
def left_out(piece: Piece) -> Iterator[Path]:
    """Give a folder with a copy of the package in which a piece does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "optimizer", root / "optimizer", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("tests", "data", "pyproject.toml"):
            (root / name).symlink_to(ROOT / name)
        with (root / "optimizer" / "solve" / f"{piece.module}.py").open("a", encoding="utf-8") as module:
            module.write(f"\n\n{piece.lines}\n")
        yield root


def main(arguments: list[str] | None = None) -> None:
    """Run what is asked and print the table."""
    asked = _arguments(arguments)
    found: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        books = [(case, case.workbook(Path(folder))) for case in asked.cases]
        for piece in [piece for piece in PIECES if not asked.pieces or piece.name in asked.pieces]:
            with left_out(piece) as root:
                found[piece.name] = [_run(piece, root, case, book, asked) for case, book in books]
    table = _table(asked.cases, found, asked.seconds)
    table.show()
    if asked.markdown:
        asked.markdown.write_text(table.markdown())


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m tests.benchmarks.ablation", description=__doc__, formatter_class=plain)
    add = parser.add_argument
    add("--instances", nargs="+", default=["4x60-ranked", "8-ranked"], help="as of tests.benchmarks")
    add("--seeds", nargs="+", type=int, default=[0], help="seeds of generated instances (default 0)")
    add("--seconds", type=float, default=120.0, help="longest search (default 120)")
    add("--pieces", nargs="+", metavar="NAME", help="the pieces that are left out, by their names (default: each)")
    add("--keep", type=Path, default=ROOT / ".benchmarks", metavar="FOLDER", help="where runs are kept (.benchmarks)")
    add("--markdown", type=Path, metavar="FILE", help="also write the table to a file, as Markdown")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.pieces or ()) - {piece.name for piece in PIECES}:
        parser.error(f"no piece is called {', '.join(sorted(unknown))}; they are: {', '.join(p.name for p in PIECES)}")
    try:
        asked.cases = [case for word in asked.instances for case in cases(word, asked.seeds)]
    except ValueError as error:
        parser.error(str(error))
    return asked


def _run(piece: Piece, root: Path, case: Case, book: Path, asked: argparse.Namespace) -> Run:
    kept, limits = Keep(asked.keep), Limits(asked.seconds)
    name = key("without", piece.module, piece.lines, of_workbook(book), of_code(), asdict(limits))
    run = kept.find(name)
    if run is None:
        run = measure("ours", book, limits, root)
        kept.put(name, run)
    print(f"without {piece.name}: {case}: {tables.line(run)}", file=sys.stderr, flush=True)
    return run


def _table(of: Sequence[Case], found: dict[str, list[Run]], seconds: float) -> Table:
    rows = [(Cell(name), *(Cell(_told(run)) for run in runs)) for name, runs in found.items()]
    return Table(f"Left out, {seconds:g} s", ("left out", *map(str, of)), rows)


def _told(run: Run) -> str:
    """Return the gap of the first objective, then value and bound of the others."""
    known = [known_at(run, name, float("inf")) for name in run.objectives]
    words = [
        "-" if value is None else f"{value:.5g} ({'-' if bound is None else f'{bound:.5g}'})" for value, bound in known
    ]
    return "; ".join([f"{100 * gap(*known[0]):.2f}%", *words[1:]]) if known else run.status


if __name__ == "__main__":
    main()
