"""What stands beside the code: one version everywhere, and files that are named exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]


def test_the_version_is_the_same_everywhere() -> None:
    """The package, the changelog's newest entry and the citation give one version."""
    newest = re.search(r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", Path("CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    cited = re.search(r"^version: (\S+)$", Path("CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert newest and cited
    assert newest[1] == cited[1] == PROJECT["version"]


def test_the_license_is_the_same_everywhere() -> None:
    """The package, the citation and the text of the license agree."""
    assert PROJECT["license"] == "MIT" and PROJECT["license-files"] == ["LICENSE"]
    assert "license: MIT\n" in Path("CITATION.cff").read_text("utf-8")
    assert Path("LICENSE").read_text("utf-8").startswith("MIT License\n")


def test_files_that_contributing_names_are_there() -> None:
    """Every file and folder that CONTRIBUTING.md names exists, by its full path or below the package."""
    named = set(re.findall(r"`([\w./]+(?:/|\.py|\.md))`", Path("CONTRIBUTING.md").read_text("utf-8")))
    assert len(named) > 20
    assert [name for name in named if not Path(name).exists() and not Path("optimizer", name).exists()] == []


def test_what_was_measured_is_in_the_table() -> None:
    """Every module of the search that refers to the table of measurements has a row there; rows are of modules."""
    told = Path("CONTRIBUTING.md").read_text("utf-8").partition("### What was measured")[2].partition("\n## ")[0]
    modules = Path("optimizer/solve").glob("*.py")
    referring = {f"solve/{path.name}" for path in modules if "measured: see CONTRIBUTING.md" in path.read_text("utf-8")}
    rows = set(re.findall(r"`(solve/\w+\.py)`", told))
    assert referring <= rows and len(referring) > 5
    assert all(Path("optimizer", row).exists() for row in rows)
