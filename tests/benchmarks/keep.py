"""Runs are kept in a folder, by what they depend on, so that none is made twice."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import optimizer
from tests.benchmarks.run import Run

FORMAT = 1
"""Raised when what is kept, or how a solver is called, changes its meaning."""
STAMPED = "docProps/core.xml"
"""The part of a workbook that holds the time it was written."""


@dataclass(frozen=True)
class Keep:
    """A folder of runs."""

    folder: Path

    def find(self, key: str) -> Run | None:
        """Return a run that was kept."""
        path = self.folder / f"{key}.json"
        return Run.from_json(path.read_text()) if path.exists() else None

    def put(self, key: str, run: Run) -> None:
        """Keep a run."""
        self._write(self.folder / f"{key}.json", run.to_json())

    def text(self, key: str) -> str | None:
        """Return a text that was kept."""
        path = self.folder / f"{key}.txt"
        return path.read_text() if path.exists() else None

    def put_text(self, key: str, text: str) -> None:
        """Keep a text."""
        self._write(self.folder / f"{key}.txt", text)

    def _write(self, path: Path, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ".gitignore").write_text("*\n")
        part = path.with_suffix(".part")
        part.write_text(text)
        part.replace(path)


def key(*parts: object) -> str:
    """Return a name for what a run depends on: any change of a part gives another one."""
    solvers = {name: version(name) for name in ("highspy", "pyomo")}
    return hashlib.sha256(json.dumps([FORMAT, solvers, *parts], default=str).encode()).hexdigest()[:24]


def of_workbook(path: Path) -> str:
    """Return a hash of what stands in a workbook, whenever it was written."""
    found = hashlib.sha256()
    with zipfile.ZipFile(path) as parts:
        for name in sorted(set(parts.namelist()) - {STAMPED}):
            found.update(name.encode() + parts.read(name))
    return found.hexdigest()


def of_code() -> str:
    """Return a hash of every source file of the package."""
    package = Path(optimizer.__file__).parent
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        found.update(str(path.relative_to(package)).encode() + path.read_bytes())
    return found.hexdigest()


def of_model(workbook: Path) -> str:
    """Return a hash of the model of a workbook, rows and columns in order, with all its objectives and its slack."""
    import pyomo.environ as pyo

    scenario = optimizer.read_workbook(workbook)
    model = optimizer.build_model(scenario)
    for objective in model.component_objects(pyo.Objective):
        objective.activate()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.nl"
        model.write(str(path), format="nl")
        told = f"{scenario.settings.objectives} {scenario.settings.slack}".encode()
        return hashlib.sha256(told + path.read_bytes()).hexdigest()
