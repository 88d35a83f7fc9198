"""Targets: what must hold, should hold, or should hold as soon as possible.

Every row reads `sum of coefficient x variable >= bound`. Soft rows have ``short`` on the left, in
units. Rows to be attained as soon as possible bind through ``attained[g,t]``, which once 1 stays 1 and
lasts: the last months of a window have one ``attained``, so that no target is attained in them alone.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index
from optimizer.model.index.targets import TargetRow


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare attained (binary) and short (units), by target, place, item and period."""
    model.attained = pyo.Var(list(index.targets.ATTAINED), domain=pyo.Binary)
    model.short = pyo.Var(list(index.targets.SHORT), domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of targets; point is the period, or the month x of a waiting time."""
    targets = index.targets

    def holds(m: pyo.ConcreteModel, row: TargetRow) -> object:
        return m.nothing + sum(c * m.component(variable)[key] for variable, key, c in row.terms) >= row.bound

    def output_reaches_the_target(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""sum of make over the place's lines >= value x h_t."""
        return holds(m, targets.ROWS["rate"][g, place, item, point])

    def inputs_sustain_the_target(m: pyo.ConcreteModel, g: str, place: str, item: str, used: str, t: int) -> object:
        r"""made + bought + opening h_t / T + f (make - value h_t attained) >= used - most used (1 - attained).

        For asap rates and every input that can be stored, over all stages: f is what a unit of the item takes of
        it, make that of the rate, used that of all lines. So an attained rate lives on what flows in: it is not
        brought forward by starving the months before it, or another item, for a hoard. A hard rate from a month
        on may live on one: somebody chose the month.
        """
        return holds(m, targets.SUSTAINED[g, place, item, used, t])

    def coverage_reaches_the_target(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""use + gifts that arrive >= value x need."""
        return holds(m, targets.ROWS["coverage"][g, place, item, point])

    def stock_reaches_the_target(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""producer-held stock + own stockpile of the place >= value."""
        return holds(m, targets.ROWS["stock"][g, place, item, point])

    def output_is_made_at_home(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""sum over the window of make at home >= value x delivered to the member's orders."""
        return holds(m, targets.ROWS["home share"][g, place, item, point])

    def money_is_spent_at_home(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""payments of the member's own funds at home >= value x all they pay, over the window's years."""
        return holds(m, targets.ROWS["home share"][g, place, item, point])

    def waiting_time_is_kept(m: pyo.ConcreteModel, g: str, place: str, item: str, point: float) -> object:
        r"""D(x + W) >= O(x) at every x in {a_t} u {a_t - W} u {T, T - W} u {order rows begin, end} in the window.

        O are cumulative orders, linear between the months in which an order row begins or ends (and
        pledges inside a period), D cumulative deliveries, linear inside a period; after T deliveries
        go on at the rate of the last 12 months. D(x + W) - O(x) bends at these points only, and the
        window's own ends are points, too, so the target holds everywhere between. As soon as possible:
        D(x + W) >= O_fixed(x) attained + pledged(x) - most pledged(x) (1 - attained).

        O and D are of one customer, or of all their books as one where the target says `pooled`. Without a
        place there are rows, and gaps, for every customer, and one attained for all of them.
        """
        return holds(m, targets.ROWS["waiting time"][g, place, item, point])

    def attained_targets_stay_attained(m: pyo.ConcreteModel, g: str, place: str, item: str, t: int) -> object:
        r"""attained[g,t] >= attained[g,t-1].

        The last t is the last period that begins 12 months (or a quarter of a window of less than 48) before the
        window ends; its attained stands in the rows of all later periods.
        """
        return m.attained[g, place, item, t] >= m.attained[g, place, item, t - 1]

    def rows(kind: str) -> list[tuple[str, str, str, float]]:
        return list(targets.ROWS.get(kind, ()))

    later = [key for key in targets.ATTAINED if (*key[:3], key[3] - 1) in targets.ATTAINED]
    model.output_reaches_the_target = pyo.Constraint(rows("rate"), rule=output_reaches_the_target)
    model.inputs_sustain_the_target = pyo.Constraint(list(targets.SUSTAINED), rule=inputs_sustain_the_target)
    model.coverage_reaches_the_target = pyo.Constraint(rows("coverage"), rule=coverage_reaches_the_target)
    model.stock_reaches_the_target = pyo.Constraint(rows("stock"), rule=stock_reaches_the_target)
    model.output_is_made_at_home = pyo.Constraint(
        [key for key in rows("home share") if key[2]], rule=output_is_made_at_home
    )
    model.money_is_spent_at_home = pyo.Constraint(
        [key for key in rows("home share") if not key[2]], rule=money_is_spent_at_home
    )
    model.waiting_time_is_kept = pyo.Constraint(rows("waiting time"), rule=waiting_time_is_kept)
    model.attained_targets_stay_attained = pyo.Constraint(later, rule=attained_targets_stay_attained)
