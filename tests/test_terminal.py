"""What commands say: names as they are, on every terminal and in every encoding, and an output that is gone."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.text import Text

from optimizer.errors import Finding
from optimizer.progress_view import ProgressView
from optimizer.replies import out, print_findings, tell_json, verdict_table
from optimizer.solve.progress import Progress
from optimizer.verify.verify import Check
from tests.verify.worlds import factory

NAMES = ("Filled round [/HE]", "[bold]x", "[link=http://a]b[/link]", ":smile:", "Łódź 二", "a\\[b]")


def encoded(monkeypatch: pytest.MonkeyPatch, encoding: str) -> io.BytesIO:
    """Let standard output have an encoding of its own, and return what it becomes."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True))
    return raw


@pytest.mark.parametrize("name", NAMES)
def test_names_are_printed_as_they_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup, links, emoji and backslashes in names are letters: in sentences, findings, tables and progress."""
    out.print(name)
    out.print(Text.assemble((name, "bold")))
    print_findings(out, [Finding(name, "", name), Finding(name, "B2", name, "warning")])
    out.print(verdict_table([Check(name, "", 1, 0.0, "")]))
    view = ProgressView(out, quiet=False)
    with view:
        view.watch(Progress(name, 1.0, 2.0, None, None))
    assert capsys.readouterr().out.count(name) == 8


@pytest.mark.parametrize("unseen", ["\x1b[31m", "\x9b31m", "\x07", "\r", "\u202e", "\x00"])
def test_what_a_terminal_would_obey_does_not_reach_it(unseen: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences, bells, returns and turned writing come out as escapes, in tables, too, and JSON holds them."""
    out.print(f"a{unseen}b")
    print_findings(out, [Finding(f"a{unseen}b", "", f"a{unseen}b")])
    said = capsys.readouterr().out
    assert unseen[0] not in said and said.count("b") >= 3
    tell_json({"name": f"a{unseen}b"})
    said = capsys.readouterr().out
    assert unseen[0] not in said
    assert json.loads(said) == {"name": f"a{unseen}b"}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_encoding_will_do(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters outside the encoding are escapes in words; JSON stays JSON and says the same. So do broken letters."""
    name = "Łódź \ud800 二"
    raw = encoded(monkeypatch, encoding)
    out.print(name)
    assert b"d" in raw.getvalue()
    raw = encoded(monkeypatch, encoding)
    tell_json({name: name})
    assert json.loads(raw.getvalue().decode(encoding)) == {name: name}


def test_json_knows_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not a finite number is null, at any depth and of any kind of number; paths are texts."""
    import numpy as np

    values = [float("nan"), float("-inf"), np.float64("inf"), np.int64(3), np.bool_(True), Path("a"), 2.5]
    tell_json({"values": values, "deep": {"er": (float("inf"),)}})
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == {
        "values": [None, None, None, 3, True, "a", 2.5],
        "deep": {"er": [None]},
    }


class Broken(io.TextIOBase):
    """A stream that nobody reads any more."""

    encoding = "utf-8"

    def write(self, _: str) -> int:
        """Fail as a closed pipe does."""
        raise BrokenPipeError(32, "Broken pipe")

    def flush(self) -> None:
        """Fail as well."""
        self.write("")


@pytest.mark.parametrize("stream", [Broken(), None])
def test_an_output_that_is_gone_stops_nothing(stream: io.TextIOBase | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe, or no standard output at all: what is said is dropped."""
    monkeypatch.setattr(sys, "stdout", stream)
    out.print("a")
    tell_json({"a": 1})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_behind_the_output_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is dropped, also what Python keeps back until the end; the file is another one then."""
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        out.print("a")
        assert os.fstat(full.fileno()).st_rdev == Path(os.devnull).stat().st_rdev


def test_a_gap_that_is_not_known_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a table of progress nor a plan in words holds `inf`."""
    view = ProgressView(out, quiet=False)
    with view:
        view.watch(Progress("shortfall: relaxation", 1.0, 2.0, 0.0, -5.0))
        view.watch(Progress("cost: relaxation", 1.0, 2.0, 3.0, float("-inf")))
    assert "inf" not in capsys.readouterr().out
    plan = factory()
    objectives = plan.objectives.assign(bound=float("-inf"), gap=float("inf"))
    words = repr(replace(plan, gap=float("inf"), tables={**plan.tables, "objectives": objectives}))
    assert "inf" not in words
    assert "no gap proven" in words and "no bound proven" in words
