"""The instances to run, by name, each as a workbook: the examples that ship, and generated ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from optimizer.workbook.template import write_workbook
from tests.benchmarks.instances import generate

DATA = Path(__file__).parents[2] / "data"
EXAMPLES = {"quickstart": "quickstart.xlsx", "alliance": "alliance_155mm.xlsx"}
FULL = 32
RANKED = ("shortfall", "speed", "cost")


@dataclass(frozen=True)
class Case:
    """An instance: ``quickstart``, ``alliance``, ``full`` or ``32`` (members), ``8x24`` (members x months).

    A generated one has one weighted objective, or ranked objectives with ``-ranked`` behind its name.
    """

    name: str
    seed: int = 0

    @property
    def _size(self) -> tuple[int, int]:
        words = self.name.removesuffix("-ranked").replace("full", str(FULL)).split("x")
        if len(words) > 2 or not all(word.isdigit() for word in words):
            known = ", ".join([*EXAMPLES, "full", "full-ranked", "<members>", "<members>x<months>"])
            raise ValueError(f"there is no instance {self.name!r}; name one of {known}")
        return int(words[0]), int(words[1]) if len(words) == 2 else 84

    def workbook(self, folder: Path) -> Path:
        """Return the workbook of the instance; a generated one is written to the folder."""
        if self.name in EXAMPLES:
            return DATA / EXAMPLES[self.name]
        members, months = self._size
        objectives = RANKED if self.name.endswith("-ranked") else ("weighted",)
        path = folder / f"{self.name}-{self.seed}.xlsx"
        write_workbook(path, generate(members, seed=self.seed, months=months, objectives=objectives))
        return path
