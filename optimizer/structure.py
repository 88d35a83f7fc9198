"""What a search may know of a formulation: what its variables and constraints are, whatever they are called.

The model says which of its variables and constraints are which (model/structure.py). The search asks for them by what
they are, and names none of the model. In the key of a variable or constraint the first part says of what it is, and
the last part is the period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Variables(Enum):
    """Kinds of variables.

    Whole numbers: `STARTS` happen once and last, `TARGETS` are 1 from the period on in which a target is kept, `CREWS`
    are at work or not, `WEEKENDS` are counted. Amounts: `ORDERS` are placed once and last, `STAFF` moves along with
    crews, `CAPACITY` is what crews and expansions could make, `OUTPUT` is what they make (the second part of its key is
    the item), `FLOWS` are all other amounts by period, `PAYMENTS` are money, `MISSED` measures what is missed.
    """

    STARTS = auto()
    TARGETS = auto()
    CREWS = auto()
    WEEKENDS = auto()
    ORDERS = auto()
    STAFF = auto()
    CAPACITY = auto()
    OUTPUT = auto()
    FLOWS = auto()
    PAYMENTS = auto()
    MISSED = auto()


class Constraints(Enum):
    """Kinds of constraints.

    `SELDOM` are many and hardly ever bind. In `BALANCES` what is made of an item meets what is used up of it to make
    others; the second part of their keys is the item. `SHARED` are other constraints in which items meet,
    `SHARED_BY_PERIOD` those of them of which there is one for each period.
    """

    SELDOM = auto()
    BALANCES = auto()
    SHARED = auto()
    SHARED_BY_PERIOD = auto()


@dataclass(frozen=True)
class Structure:
    """The names of variables and constraints of a formulation by kind; of a kind that is not there it has none."""

    variables: Mapping[Variables, tuple[str, ...]] = field(default_factory=dict)
    constraints: Mapping[Constraints, tuple[str, ...]] = field(default_factory=dict)

    def names(self, kind: Variables | Constraints) -> tuple[str, ...]:
        """Return the names of a kind."""
        return self.variables.get(kind, ()) if isinstance(kind, Variables) else self.constraints.get(kind, ())
