"""Bounds of parts of all plans raised by cuts of several rows.

Cuts hold for all plans, wherever they are found; they are looked for at the part with the least bound, and
the other parts are solved with them when it is their turn.

They are added once there are whole starts, and dropped when the objective is done: rounded with them in
the relaxation, plants leave no room for what is held and aimed for, and no plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.solve.cuts import Cut
from optimizer.solve.pairs import paired_cuts
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree

ENOUGH = 5e-5
"""Relative rise of the bound below which no more cuts are sought."""


class Proof:
    """The cuts of one objective.

    Parameters
    ----------
    runs
        With the objective set.
    tree
        The parts of all plans; its engines get the cuts.
    """

    def __init__(self, runs: Runs, tree: Tree) -> None:
        self._runs, self._tree = runs, tree
        self._first = runs.engine.row_count
        self._added: list[Cut] = []
        self._useful = True

    def sharpen(self, deadline: float) -> None:
        """Raise the least bound by cuts until they raise the part that has it no more.

        As many parts with the least bounds as there are engines are raised side by side. Where the first cuts
        are of no use, none are sought again. `deadline` is on the clock of the search.
        """
        tree, record = self._tree, self._runs.record
        tree.cutoff = record.cutoff
        while parts := self._due(deadline):
            first = not self._added
            with record.timed("cuts"):
                found = self._raised(parts, deadline)
            for part, raised in zip(parts, found, strict=True):
                tree.exchange(part, raised)
            record.prove(min(tree.bound, record.value))
            if first and not any(part is None or part.sharp < 0 for part in found):
                self._useful = False

    def drop(self) -> None:
        """Take the cuts out of the engines."""
        for engine in self._tree.engines:
            engine.drop(range(self._first, engine.row_count))

    # -- inside ----------------------------------------------------------------------------------------
    def _due(self, deadline: float) -> list[Node]:
        """Return the parts with the least bounds, where cuts may raise the least of them and that is of interest."""
        runs = self._runs
        if not self._useful or runs.record.close_enough or runs.clock.past(deadline):
            return []
        least = self._tree.least(len(self._tree.engines))
        dull = [part.x is None or part.sharp == runs.engine.row_count for part in least]
        return [] if not least or dull[0] else [part for part, known in zip(least, dull, strict=True) if not known]

    def _raised(self, parts: Sequence[Node], deadline: float) -> list[Node | None]:
        """Return parts solved with cuts that their answers violate; None for those that hold no plan."""
        runs = self._runs
        for part in parts:
            assert part.x is not None
            cuts = paired_cuts(runs.matrix, part.x, [*runs.cuts, *self._added])
            for engine in self._tree.engines:
                engine.add_cuts(cuts)
            self._added += cuts
        found = self._tree.relax(parts, runs.clock.until(deadline))
        return [raised and self._marked(part, raised) for part, raised in zip(parts, found, strict=True)]

    def _marked(self, part: Node, raised: Node) -> Node:
        """Return a part as solved with cuts, marked where these raised it no more."""
        rose = raised.bound - part.bound > ENOUGH * abs(part.bound)
        return raised if rose else replace(raised, sharp=self._runs.engine.row_count)
