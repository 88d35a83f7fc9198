"""The instances to run, by name, each as a workbook: the examples that ship, and generated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.scenario.scenario import Scenario
from optimizer.workbook.read import read_workbook
from optimizer.workbook.template import write_workbook
from tests.benchmarks import dates
from tests.benchmarks.instances import generate

DATA = Path(__file__).parents[2] / "data"
EXAMPLES = {"quickstart": "quickstart.xlsx", "alliance": "alliance_155mm.xlsx"}
FULL = 32
RANKED = ("shortfall", "speed", "cost")


@dataclass(frozen=True)
class Case:
    """An instance: a name, a seed (of generated ones), a slack in place of its own, and a gap to ask for.

    ``quickstart``, ``alliance``; ``dates`` (a small group with dates to keep and little money); ``full`` or ``32``
    (members), ``8x24`` (members x months). The last have one weighted objective, or ranked objectives with
    ``-ranked`` behind the name.
    """

    base: str
    seed: int | None = None
    slack: float | None = None
    gap: float | None = None

    def __str__(self) -> str:
        given = {"seed": self.seed, "slack": self.slack, "gap": self.gap}
        return ", ".join([self.base, *(f"{name} {value:g}" for name, value in given.items() if value is not None)])

    def workbook(self, folder: Path) -> Path:
        """Return the workbook of the instance, written to the folder unless it ships."""
        if self.base in EXAMPLES and self.slack is None:
            return DATA / EXAMPLES[self.base]
        scenario = self._scenario()
        if self.slack is not None:
            scenario = scenario.replace(settings={"slack": self.slack})
        path = folder / f"{self}.xlsx"
        write_workbook(path, scenario)
        return path

    def _scenario(self) -> Scenario:
        if self.base in EXAMPLES:
            return read_workbook(DATA / EXAMPLES[self.base])
        if self.base == "dates":
            return dates.generate(self.seed or 0)
        members, months = _size(self.base)
        objectives = RANKED if self.base.endswith("-ranked") else ("weighted",)
        return generate(members, seed=self.seed or 0, months=months, objectives=objectives)


def cases(text: str, seeds: Sequence[int]) -> list[Case]:
    """Return the instances of a word like ``alliance:slack=0.01`` or ``8-ranked:seed=2,gap=0.005``.

    A generated one without a seed of its own is taken with each of the seeds.
    """
    base, _, rest = text.partition(":")
    given = dict(part.partition("=")[::2] for part in rest.split(",") if part)
    if unknown := set(given) - {"seed", "slack", "gap"}:
        raise ValueError(f"{text!r}: an instance has a seed, a slack and a gap, not {', '.join(sorted(unknown))}")
    slack, gap = (float(given[name]) if name in given else None for name in ("slack", "gap"))
    if base in EXAMPLES:
        return [Case(base, None, slack, gap)]
    if base != "dates":
        _size(base)
    return [Case(base, seed, slack, gap) for seed in ([int(given["seed"])] if "seed" in given else seeds)]


def _size(base: str) -> tuple[int, int]:
    words = base.removesuffix("-ranked").replace("full", str(FULL)).split("x")
    if len(words) > 2 or not all(word.isdigit() for word in words):
        listed = ", ".join([*EXAMPLES, "dates", "full", "full-ranked", "<members>", "<members>x<months>"])
        raise ValueError(f"there is no instance {base!r}; name one of {listed}")
    return int(words[0]), int(words[1]) if len(words) == 2 else 84
