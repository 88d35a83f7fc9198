"""How to search: frozen settings of one run, apart from what the workbook says is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """Settings of one search.

    Attributes
    ----------
    objectives
        In order of rank: ``shortfall``, ``speed``, ``cost``, or ``weighted``.
    gap
        The search of an objective ends when it is proven this close, as a share.
    slack
        What later objectives may give back of an earlier one, as a share.
    time_limit
        Longest search over all objectives, in seconds.
    threads
        Of the solver; None: all cores.
    seed
        Random seed of the solver.
    relaxed
        Solve the linear relaxation only: crews, weekends and plants in fractions. For analysts.
    """

    objectives: tuple[str, ...] = ("shortfall", "speed", "cost")
    gap: float = 0.01
    slack: float = 0.005
    time_limit: float = 300.0
    threads: int | None = None
    seed: int = 0
    relaxed: bool = False
