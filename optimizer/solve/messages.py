"""What a search and its lanes tell each other; legs (problem.py) are asked as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.solve.arrays import Floats
from optimizer.solve.problem import Problem
from optimizer.solve.search import Role
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import Stage


# -- what a lane is asked, beside legs ---------------------------------------------------------------
@dataclass(frozen=True)
class Hello:
    """The first message: what is searched, which part of it, and for how long at most."""

    problem: Problem
    role: Role
    seconds: float


@dataclass(frozen=True)
class Drawn:
    """The problem with review blocks for periods, or None."""

    sketch: Sketch | None


@dataclass(frozen=True)
class WithoutLevers:
    """Asks for the plan with every lever off."""


@dataclass(frozen=True)
class Finish:
    """Asks to polish a plan that keeps limits of the objectives, and to tidy it within wider ones."""

    x: Floats
    held: tuple[float, ...]
    tidied: tuple[float, ...]


@dataclass(frozen=True)
class Stop:
    """Asks to end legs up to a number."""

    number: int


# -- both ways ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Plan:
    """A plan that is the best of its lane in a leg."""

    number: int
    x: Floats


@dataclass(frozen=True)
class Answer:
    """An answer of the relaxation, as a guide."""

    x: Floats


# -- what a lane tells -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bound:
    """A bound of the objective of a leg, by its relaxation alone or by more."""

    number: int
    bound: float
    relaxed: bool


@dataclass(frozen=True)
class Telling:
    """What a lane is at."""

    number: int
    stage: str


@dataclass(frozen=True)
class Done:
    """The end of what was asked: of a leg, or an answer."""

    number: int
    answer: Any = None
    stages: tuple[Stage, ...] = ()
    failures: tuple[str, ...] = ()
    impossible: str = ""
