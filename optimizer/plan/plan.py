"""A plan: frozen result tables with status, objectives, proven bounds and seconds."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.tables import DECISIONS, OPTIONAL
from optimizer.plan.verdict import LEAST_GIVEN, checked_words, given_up_words, percent, search_words
from optimizer.scenario.scenario import Scenario

if TYPE_CHECKING:
    from optimizer.plan.measures import Measures
    from optimizer.report.plot import Plots

CHANGES_TOLD, LONGEST_CHANGE = 5, 200
"""Most changes of the model that a verdict tells, and letters of each; `unverified` holds all of them."""
STATUSES = ("optimal", "gap reached", "time limit", "interrupted")


@dataclass(frozen=True)
class Check:
    """Verdict of one rule of the verifier.

    Attributes
    ----------
    rule
        Name of the constraint it recomputes, or of a check on costs or objectives.
    table
        Result table the violation lies in.
    rows
        Rows checked.
    largest
        Largest violation, relative to the size of the numbers in the row.
    worst
        The row with the largest violation, in words; empty when every row holds.
    """

    rule: str
    table: str
    rows: int
    largest: float
    worst: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether every row holds."""
        return not self.worst


@dataclass(frozen=True, repr=False)
class Plan:
    """What comes out of a solve.

    Every decision table of `optimizer.plan.tables` is a DataFrame attribute (`plan.starts`,
    `plan.shifts`, `plan.output`, ...), as are `plan.costs` and `plan.objectives`; measures computed
    from them are attributes too: `plan.waiting_time`, `plan.capacity`, `plan.decisions`, ...

    Attributes
    ----------
    scenario
        The input it answers.
    tables
        Table name -> DataFrame: the decision tables, `costs` and `objectives`.
    status
        ``optimal``, ``gap reached``, ``time limit`` or ``interrupted``: how the searches ended, each
        with the objectives before it held at what they may give back.
    gap
        Largest proven gap over the objectives, as a share, of what the plan delivers: with what was
        given back to later objectives, which `given_up` tells.
    seconds
        Stage -> seconds of wall time.
    size
        ``rows``, ``columns``, ``integers``, ``nonzeros`` of the model.
    stages
        One row per stage of the search: stage, seconds, value, bound, gap.
    checks
        Verdicts of the verifier; empty until it has run.
    unverified
        Every difference between the model solved and that of the scenario, which nobody checks: constraints
        and variables a caller added by name, what was changed in words; of many of a kind their number.
    wait_without_levers
        Months an order placed at the start would wait with every lever off; None if unknown.
    short_run
        Figures of the best plan found that starts no project of choice, by the names of `optimizer.plan.figures`, or
        words in their place; empty where it was not planned.
    versions
        Package -> version.
    warnings
        What makes the plan less sure than it looks, in words.
    """

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame]
    status: str
    gap: float
    seconds: Mapping[str, float] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)
    stages: pd.DataFrame = field(default_factory=pd.DataFrame)
    checks: tuple[Check, ...] = ()
    unverified: tuple[str, ...] = ()
    wait_without_levers: float | None = None
    short_run: Mapping[str, float | str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Tell whether the verifier ran and every rule holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def changed(self) -> str:
        """Return in words what of the model was changed and nobody checked; empty where nothing was."""
        if not self.unverified:
            return ""
        told = [words if len(words) <= LONGEST_CHANGE else f"{words[:LONGEST_CHANGE]}..." for words in self.unverified]
        more = f"; and {len(told) - CHANGES_TOLD} more" if len(told) > CHANGES_TOLD else ""
        return f"changes of the model that nobody checked: {'; '.join(told[:CHANGES_TOLD])}{more}"

    @cached_property
    def measures(self) -> Measures:
        """Return what follows from the plan: waiting times, capacity, decisions, spending, headline."""
        from optimizer.plan.measures import Measures

        return Measures(self.scenario, self.tables)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name in ("tables", "scenario", "measures"):
            raise AttributeError(name)
        if name in self.tables:
            return self.tables[name].copy()
        if name in DECISIONS and name in OPTIONAL:
            return pd.DataFrame(columns=DECISIONS[name].names)
        value = getattr(self.measures, name, None)
        if isinstance(value, pd.DataFrame):
            return value.copy()
        raise AttributeError(f"a plan has no table {name!r}; the decision tables are {', '.join(DECISIONS)}")

    def __dir__(self) -> list[str]:
        """Offer the tables to tab completion."""
        return [*super().__dir__(), *self.tables, *MEASURES]

    def to_excel(self, path: str | Path) -> Path:
        """Write the report of this plan to an Excel file and return its path.

        Raises
        ------
        ReportError
            When the file cannot be written; an earlier report stays as it was.
        """
        from optimizer.report.write import write_report

        return write_report(self, Path(path))

    def evaluate(self, scenario: Scenario, *, fix: Sequence[str] | None = None, **settings: Any) -> Plan:
        """Return what comes of this plan in another scenario: its decisions are kept, the rest follows.

        Parameters
        ----------
        scenario
            Where.
        fix
            Tables of decisions that are kept, say ``("starts", "shifts")``. None: all, where they are possible there;
            else starts, shifts, weekends and pledges. The warnings say which.
        **settings
            As for `optimizer.solve`.

        Raises
        ------
        ImpossibleError
            Where the decisions cannot be kept.
        """
        from optimizer.pipeline import evaluate

        return evaluate(self, scenario, fix=fix, **settings)

    @property
    def plot(self) -> Plots:
        """Return the charts of the report as pictures, drawn with matplotlib: `plan.plot.output()` and others."""
        from optimizer.report.plot import Plots

        return Plots(self)

    def with_checks(self, checks: tuple[Check, ...]) -> Plan:
        """Return the plan with the verdicts of the verifier."""
        return replace(self, checks=checks)

    def with_warnings(self, warnings: Iterable[str]) -> Plan:
        """Return the plan with warnings before its own, each one once."""
        return replace(self, warnings=tuple(dict.fromkeys([*warnings, *self.warnings])))

    @property
    def objective_values(self) -> dict[str, float]:
        """Return objective -> value in the plan, in the unit of its row of `objectives`."""
        return {row["objective"]: float(row["value"]) for row in self.tables["objectives"].to_dict("records")}

    @property
    def given_back(self) -> dict[str, float]:
        """Return objective -> share of its value given back to later ones; what is next to nothing is left out."""
        shares = {}
        for row in self.tables["objectives"].to_dict("records"):
            whole = abs(row["found"])
            if row["given_back"] > LEAST_GIVEN * whole > 0:
                shares[row["objective"]] = row["given_back"] / whole
        return shares

    @property
    def given_up(self) -> list[str]:
        """Return a sentence for every objective that gave something back: how much, and what the best found costs."""
        return given_up_words(self)

    def summary(self) -> dict[str, Any]:
        """Return the six headline figures, units in the key names, and what was given up for what."""
        headline = self.measures.headline | {"given_up": self.given_up}
        waits = {"without levers": self.wait_without_levers} if self.wait_without_levers is not None else {}
        return headline | {"waiting_time_months": waits | headline["waiting_time_months"]}

    def __repr__(self) -> str:
        verdict = checked_words(self) if self.verified else "not verified"
        status, but = search_words(self), ""
        if self.changed:
            status, but = f"{status} for the model as changed", f"; {self.changed}"
        gap = f"gap {percent(self.gap)}" if math.isfinite(self.gap) else "no gap proven"
        lines = [f"<Plan for {self.scenario.settings.title!r}: {status}, {verdict}, {gap}{but}>"]
        for row in self.tables["objectives"].to_dict("records"):
            bound = f"proven bound {row['bound']:,.0f}" if math.isfinite(row["bound"]) else "no bound proven"
            lines.append(f"  {row['objective']}: {row['value']:,.0f} {row['unit']} ({bound})")
        lines += [f"  given up: {words}" for words in self.given_up]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *_ = repr(self).splitlines()
        return f"<p>{html.escape(head.strip('<>'))}</p>" + str(self.tables["objectives"].to_html(index=False))
