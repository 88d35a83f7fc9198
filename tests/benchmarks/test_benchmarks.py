"""The benchmark runs from end to end on the smallest instance, and makes no run twice."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from optimizer.answers.odds import odds_of
from tests.benchmarks import __main__ as benchmark
from tests.benchmarks import ours, plain, tables, uncertain
from tests.benchmarks.alone import measure
from tests.benchmarks.busy import busy
from tests.benchmarks.cases import Case
from tests.benchmarks.keep import of_model
from tests.benchmarks.memory import PROC, Peak, tree
from tests.benchmarks.relaxation import relaxations, weaker
from tests.benchmarks.run import Limits

SOLVE = {"ours": ours.solve, "plain": plain.solve}


def test_plain_and_ours_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have a value and a bound for every objective, and plans that the verifier accepts; the second time, kept."""
    monkeypatch.setattr(benchmark, "measure", lambda solver, *asked: SOLVE[solver](*asked))  # in this process
    monkeypatch.setattr(benchmark, "fingerprint", of_model)
    table = tmp_path / "table.md"
    asked = [
        "--instances",
        "quickstart:gap=0.5",
        "--seconds",
        "3",
        "--keep",
        str(tmp_path / "kept"),
        "--markdown",
        str(table),
    ]
    benchmark.main(asked)
    text = table.read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| quickstart")]
    marked = [row for row in rows if row[2] in ("shortfall", "speed", "cost")]
    assert [row[1] for row in marked] == ["plain"] * 3 + ["ours"] * 3
    assert all(row[3].count("<br>") == 2 for row in marked)
    assert len(rows) == 8 and sum(" yes " in f" {' '.join(row)} " for row in rows) == 2
    monkeypatch.setattr(benchmark, "measure", None)  # nothing is run again
    benchmark.main(asked)
    assert table.read_text() == text
    assert "quickstart, gap 0.5: ours, kept" in capsys.readouterr().err


def test_the_relaxation_lies_below_what_is_proven(tmp_path: Path) -> None:
    """Of every objective there is one, and a bound below it is marked."""
    workbook = Case("quickstart", 0).workbook(tmp_path)
    found = ours.solve(workbook, Limits(20))
    found.relaxation = relaxations(workbook, {one.objective: one.limit for one in found.searched})
    assert list(found.relaxation) == found.objectives
    assert not any(weaker(found, one.objective, one.bound) for one in found.searched)
    assert weaker(found, "cost", 0.9 * found.relaxation["cost"]) and weaker(found, "cost", None)
    assert not weaker(found, "another", None)


def test_a_weighted_objective_is_measured(tmp_path: Path) -> None:
    """It stands alone, and nothing is known of it with every lever off."""
    found = ours.solve(Case("4x12", 0).workbook(tmp_path), Limits(20, gap=0.1))
    assert found.objectives == ["weighted"] and found.levers_off is None
    assert found.verified and found.searched[0].bound is not None


def test_sections_of_a_file_stay(tmp_path: Path) -> None:
    """A section is put in, put in again instead of itself, and stays where others are written."""
    file = tmp_path / "benchmarks.md"
    file.write_text("# Speed\n\n## Old\n\nold\n")
    for word in ("one", "two"):
        tables.put_section(file, "Uncertain", [word])
    assert file.read_text() == "# Speed\n\n## Old\n\nold\n\n## Uncertain\n\ntwo\n"
    assert tables.sections(file) == "\n## Old\n\nold\n\n## Uncertain\n\ntwo\n"


@pytest.mark.slow
def test_the_alliance_may_come_out_in_twelve_ways() -> None:
    """War, plants and budgets multiply to twelve, eleven of them written down; the odds are those of the three."""
    odds = odds_of(uncertain.alliance(12))
    assert len(odds.probability) == 12 and sum(odds.probability.values()) == pytest.approx(1)
    assert odds.probability["base"] == pytest.approx(0.6 * 0.6 * 0.5)


@pytest.mark.slow
def test_a_run_of_its_own_tells_how_it_ended(tmp_path: Path) -> None:
    """A run in a process of its own comes back with its memory; what cannot be run is told with its last words."""
    missing = measure("ours", tmp_path / "missing.xlsx", Limits(1))
    assert missing.status == "crashed" and "missing.xlsx" in missing.note
    run = measure("plain", Case("quickstart").workbook(tmp_path), Limits(1, gap=0.9))
    assert run.verified and [one.objective for one in run.searched] == ["shortfall", "speed", "cost"]
    assert run.memory is None or run.memory > 50


@pytest.mark.slow
def test_plain_ends_in_time_without_a_plan() -> None:
    """Where no time is left for a plan, the run says so and holds nothing."""
    run = plain.solve(Case("quickstart").workbook(Path()), Limits(0.0))
    assert run.verified is None or run.searched
    assert run.search is not None and run.search < 2


@pytest.mark.skipif(not PROC.exists(), reason="memory is read from /proc")
def test_memory_and_busy_processes() -> None:
    """Busy processes are children of this one, their memory is counted, and they are gone afterwards."""
    with busy(1) as (one,), Peak(os.getpid()) as peak:
        assert one.pid in tree(os.getpid())
    assert peak.megabytes is None or peak.megabytes > 10
    assert isinstance(one, subprocess.Popen) and one.returncode is not None
    assert one.pid not in tree(os.getpid())
