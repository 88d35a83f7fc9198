"""Which crews run, join and leave: the shift ladder of every line.

``run[l,k,b]`` is 1 if crew k of line l works in review block b; ``join`` and ``leave`` are its
changes. The minimum stay is written as in Rajan and Takriti, "Minimum up/down polytopes of the
unit commitment problem with start-up costs" (2005).
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare run (binary), join and leave (between 0 and 1), by line, step and review block.

    And people of a member by review block: hire, dismiss, and those waiting without a crew.
    """
    shifts = index.shifts
    model.run = pyo.Var(shifts.CREWS, domain=pyo.Binary, bounds=shifts.run_bounds)
    model.join = pyo.Var(sorted(shifts.JOINS), bounds=(0, 1))
    model.leave = pyo.Var(shifts.CREWS, bounds=(0, 1))
    model.hire = pyo.Var(list(shifts.HIRES), bounds={key: (0, most) for key, most in shifts.HIRES.items()})
    model.dismiss = pyo.Var(list(shifts.LEAVES), bounds={key: (0, most) for key, most in shifts.LEAVES.items()})
    model.waiting = pyo.Var(shifts.WAITING, domain=pyo.Reals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of shifts."""
    shifts = index.shifts

    def steps_are_climbed_in_order(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""run[l,k,b] <= run[l,k-1,b]: a higher crew works only if the one below does."""
        return m.run[line, k, b] <= m.run[line, k - 1, b]

    def crew_changes_balance(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""run[l,k,b] - run[l,k,b-1] = join[l,k,b] - leave[l,k,b].

        Before the first block stands the pattern worked today; join exists only where the hiring
        lead is over.
        """
        crew = (line, k, b)
        earlier = shifts.before[crew]
        was = m.run[earlier] if earlier else (shifts.opening[line, k] if b == 0 else 0)
        joined = m.join[crew] if crew in shifts.JOINS else 0
        return m.run[crew] - was == joined - m.leave[crew]

    def joining_crews_were_absent(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""join[l,k,b] <= 1 - run[l,k,b-1]: a crew that is there cannot join and leave to lower its minimum."""
        earlier = shifts.before[line, k, b]
        was = m.run[earlier] if earlier else (shifts.opening[line, k] if b == 0 else 0)
        return m.join[line, k, b] <= 1 - was

    def crews_stay(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""sum over b' within the minimum stay before b of join[l,k,b'] <= run[l,k,b]."""
        return sum(m.join[line, k, other] for other in shifts.stay[line, k, b]) <= m.run[line, k, b]

    def busy(m: pyo.ConcreteModel, member: str, b: int) -> Any:
        return sum(people * m.run[crew] for people, crew in shifts.people[member, b])

    def moved(m: pyo.ConcreteModel, member: str, b: int) -> Any:
        came = sum(kept * m.hire[key] for kept, key in shifts.trained[member, b])
        return came - sum(kept * m.dismiss[key] for kept, key in shifts.gone[member, b])

    def training(m: pyo.ConcreteModel, member: str, b: int) -> Any:
        trainers, learning = shifts.learning.get((member, b), (0.0, ()))
        return sum(trainers * m.hire[key] for key in learning)

    def people_are_there(m: pyo.ConcreteModel, member: str, b: int) -> object:
        r"""crews + trainers x in training <= people available + added x months + hired - left, less those who quit.

        Crews: sum of people x run[l,k,b] over the member's lines. Hired: those whose training is over; left: those who
        were let go so far. A share q of all of them quits each month: what came or left n months ago counts (1 - q)^n.
        """
        return busy(m, member, b) + training(m, member, b) <= shifts.PEOPLE[member, b] + moved(m, member, b)

    def people_wait_without_a_crew(m: pyo.ConcreteModel, member: str, b: int) -> object:
        r"""waiting[m,b] = people of the pool, as above, - sum of people x run[l,k,b], where paid; some train others."""
        return m.waiting[member, b] + busy(m, member, b) == shifts.PEOPLE[member, b] + moved(m, member, b)

    def crews_need_an_open_line(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""run[l,1,b] <= sum of build over starts that open the line before block b ends.

        A crew is paid from the opening on, not from the beginning of the block.
        """
        return m.run[line, k, b] <= sum(m.build[start] for start in shifts.OPENED_CREWS[line, k, b])

    def opened_lines_are_staffed(m: pyo.ConcreteModel, line: str, b: int) -> object:
        r"""run[l,1,b] >= sum of build over starts that open the line inside block b.

        So the first crew is there from the opening, and what it is not paid before it is an amount of the start. Of
        a committed project the opening is given, and so are the months that its crew is paid, if it has one.
        """
        return m.run[line, 1, b] >= sum(m.build[start] for start in shifts.OPENED_INSIDE[line, b])

    def one_crew_opens_a_line(m: pyo.ConcreteModel, line: str, k: int, b: int) -> object:
        r"""run[l,2,b] <= sum of build over starts that open the line by the beginning of block b: others come later."""
        return m.run[line, k, b] <= m.nothing + sum(m.build[start] for start in shifts.SECOND_CREWS[line, k, b])

    model.steps_are_climbed_in_order = pyo.Constraint(shifts.HIGHER_CREWS, rule=steps_are_climbed_in_order)
    model.crew_changes_balance = pyo.Constraint(shifts.CREWS, rule=crew_changes_balance)
    model.joining_crews_were_absent = pyo.Constraint(sorted(shifts.ABSENT), rule=joining_crews_were_absent)
    model.crews_stay = pyo.Constraint(list(shifts.stay), rule=crews_stay)
    model.people_are_there = pyo.Constraint(shifts.LIMITED, rule=people_are_there)
    model.people_wait_without_a_crew = pyo.Constraint(shifts.WAITING, rule=people_wait_without_a_crew)
    model.opened_lines_are_staffed = pyo.Constraint(list(shifts.OPENED_INSIDE), rule=opened_lines_are_staffed)
    model.one_crew_opens_a_line = pyo.Constraint(list(shifts.SECOND_CREWS), rule=one_crew_opens_a_line)
    model.crews_need_an_open_line = pyo.Constraint(list(shifts.OPENED_CREWS), rule=crews_need_an_open_line)
