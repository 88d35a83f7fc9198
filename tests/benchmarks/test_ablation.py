"""Pieces of the search are left out in a copy, and every one of them is there to be left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import ablation
from tests.benchmarks.ablation import PIECES, Piece, left_out
from tests.benchmarks.run import Limits, Run


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
def test_what_is_left_out_is_there(piece: Piece) -> None:
    """Each name that is set behind a module is one of that module before."""
    source = (ablation.ROOT / "optimizer" / "solve" / f"{piece.module}.py").read_text("utf-8")
    for line in piece.lines.splitlines():
        for name in line.partition(" = lambda")[0].partition(" = property")[0].split(" = "):
            word = name.rpartition(".")[2]
            assert line.startswith("#") or f"def {word}(" in source, f"{piece.name}: {word}"


def test_a_copy_is_used_and_gone_afterwards() -> None:
    """Python started in the folder loads the copy, with the lines behind the module; then there is no folder."""
    with left_out(Piece("a test", "months", "LEFT_OUT = True")) as root:
        words = "from optimizer.solve import months; print(months.LEFT_OUT, months.__file__)"
        told = subprocess.run(
            [sys.executable, "-c", words], cwd=root, capture_output=True, text=True, check=True
        ).stdout
        assert told.split() == ["True", str(root / "optimizer" / "solve" / "months.py")]
    assert not root.exists()


def test_each_piece_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pieces on one instance: two rows with gap, value and bound; made once, and kept."""
    asked = list[str]()

    def measured(solver: str, _: Path, __: Limits, root: Path) -> Run:
        asked.append((root / "optimizer" / "solve" / "months.py").read_text("utf-8").rstrip().splitlines()[-1])
        trace = [(1.0, "shortfall", 200.0, 100.0), (2.0, "speed", 30.0, 20.0)]
        return Run(solver, objectives=["shortfall", "speed"], trace=trace)

    monkeypatch.setattr(ablation, "measure", measured)
    table = tmp_path / "table.md"
    pieces = ["nothing", "bisection on months"]
    for _ in range(2):
        ablation.main(
            ["--instances", "quickstart", "--pieces", *pieces, "--keep", str(tmp_path), "--markdown", str(table)]
        )
    rows = [line for line in table.read_text("utf-8").splitlines() if "50.00%; 30 (20)" in line]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == pieces
    assert len(asked) == 2 and asked[1].startswith("Months.bisect = ")


def test_an_unknown_piece_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The names that there are stand in the message."""
    with pytest.raises(SystemExit):
        ablation.main(["--pieces", "luck"])
    assert "no piece is called luck; they are: nothing" in capsys.readouterr().err
