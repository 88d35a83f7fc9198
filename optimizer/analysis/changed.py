"""Which change a caller made to the model is to blame when nothing is possible with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.conflicts import demand_of, explain
from optimizer.analysis.proposal import as_stated
from optimizer.errors import MODEL, Finding, ImpossibleError
from optimizer.model.index import Index
from optimizer.model.statements import statements
from optimizer.solve.arrays import Matrix
from optimizer.solve.changes import Change, summary
from optimizer.solve.conflict import Claim, Conflict, Demand
from optimizer.solve.progress import Clock


def explain_changed(
    index: Index, plain: Matrix, matrix: Matrix, changes: Sequence[Change], clock: Clock
) -> ImpossibleError:
    """Say what of a model that a caller changed cannot hold together.

    Parameters
    ----------
    index, plain
        The scenario, and the model it makes.
    matrix, changes
        The caller's model, which has no plan, and all that is different in it.
    clock
        When to stop; what was found by then is told.
    """
    if Conflict(plain, [], clock).possible([]) is False:
        return explain(index, plain, clock).error("Your changes to the model are not the reason. ")
    stated = statements(index)
    rows = np.unique(np.concatenate([change.rows for change in changes]))
    columns = np.unique(np.concatenate([change.columns for change in changes]))
    claims: list[Claim] = [*changes, *(_without(demand_of(s, stated, matrix), rows, columns) for s in stated)]
    search = Conflict(matrix, claims, clock)
    positions = search.minimal()
    if positions is None:  # domains and rows left out are not among what can give way
        conflict = [Finding(MODEL, "", words) for words in summary(changes)]
    else:
        conflict = [
            Finding(MODEL, "", changes[position].words)
            if position < len(changes)
            else as_stated(index.scenario, stated[position - len(changes)])
            for position in positions
        ]
    first = "These cannot all hold:" if len(conflict) > 1 else "This cannot hold:"
    if not search.complete or positions is None:
        first = "Among these lies a clash:"
    advice = Finding(MODEL, "", "take back or weaken what you changed in the model", "advice")
    lines = [
        "The model was changed, and has no plan any more.",
        first,
        *(f"  {f}" for f in conflict),
        f"  to mend it: {advice.message}",
    ]
    return ImpossibleError("\n".join(lines), conflict=conflict, instead=[advice])


def _without(demand: Demand, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Demand:
    """Return a statement without rows and columns that were changed: these give way by themselves."""
    held, bounded = (
        np.isin(mine, changed, invert=True) for mine, changed in ((demand.rows, rows), (demand.columns, columns))
    )
    return replace(
        demand,
        rows=demand.rows[held],
        row_amounts=demand.row_amounts[held],
        columns=demand.columns[bounded],
        column_amounts=demand.column_amounts[bounded],
        column_parts=demand.column_parts[bounded],
    )
