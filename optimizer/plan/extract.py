"""Solution to tables: values of the model's variables become the decision tables of a plan.

Works on plain mappings (variable -> key -> value), so that it needs neither the model nor a solver.
Values smaller than `DUST` of the largest of their item in a table are solver noise and written as 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pandas as pd

from optimizer.plan.tables import COSTS, DECISIONS, SIZE, WORTH
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network

Values = Mapping[str, Mapping[Any, float]]
DUST = 1e-11


class CostTermLike(Protocol):
    """Money per unit of one variable, as the model lists it."""

    payer: str
    category: str
    project: str
    component: str
    key: tuple[Any, ...]
    amounts: dict[int, float]


def extract_tables(network: Network, values: Values, costs: Iterable[CostTermLike]) -> dict[str, pd.DataFrame]:
    """Return the decision tables and the costs table of a solution.

    Parameters
    ----------
    network
        Look-ups of the scenario that was solved.
    values
        Variable -> key -> value in the units of the workbook; integers already whole.
    costs
        The model's cost terms.
    """
    calendar = network.scenario.calendar
    dates = calendar.period_dates()
    plain = {name: _rows(values.get(name, {}), dates) for name in ("weekend", "make", "stock", "own", "ship", "buy")}
    plain |= {name: _rows(values.get(name, {}), dates) for name in ("pledge", "use", "give", "discard")}
    lost = [(r, i, band, dates[t], v) for (r, i, band, t), v in values.get("lost", {}).items()]
    backlog = values.get("backlog", {})
    rows: dict[str, list[tuple[Any, ...]]] = {
        "starts": _starts(network, calendar, values.get("build", {}), values.get("size", {})),
        "shifts": _shifts(network, calendar, values.get("run", {}), values.get("build", {})),
        "people": _people(calendar, values.get("hire", {}), values.get("dismiss", {})),
        "weekends": [(*key, round(v)) for *key, v in plain["weekend"] if round(v)],
        "output": _output(network, calendar, plain["make"]),
        "stock": plain["stock"],
        "own_stock": plain["own"],
        "shipments": _positive(plain["ship"]),
        "purchases": _positive(plain["buy"]),
        "pledges": _positive(plain["pledge"]),
        "deliveries": [(c, i, dates[t], v, backlog[c, i, t]) for (c, i, t), v in values.get("deliver", {}).items()],
        "uses": plain["use"],
        "losses": lost,
        "gifts": _positive(plain["give"]),
        "discards": _positive(plain["discard"]),
        "payments": _payments(network, values),
        "promises": _attainment(values, dates),
    }
    tables = {name: pd.DataFrame(rows[name], columns=table.names) for name, table in DECISIONS.items()}
    if not any(member.hires for member in network.members.values()):
        del tables["people"]
    if not any(item.may_be_discarded for item in network.items.values()):
        del tables["discards"]
    if not any(project.sized for project in network.projects.values()):
        del tables["starts"][SIZE.name]
    tables["costs"] = _costs(values, costs, dates)
    return tables


def worth_table(network: Network, prices: Mapping[tuple[str, str, int], float]) -> pd.DataFrame:
    """Return what one more unit of each item would bring in each period, at the place where it is worth most.

    Parameters
    ----------
    network
        Look-ups of the scenario that was solved.
    prices
        (place, item, period) -> fall of the first objective per unit more.
    """
    dates = network.scenario.calendar.period_dates()
    most: dict[tuple[str, int], float] = {}
    for (_, item, t), price in prices.items():
        most[item, t] = max(most.get((item, t), 0.0), price)
    rows = [(item, dates[t], value) for (item, t), value in sorted(most.items())]
    return pd.DataFrame(rows, columns=WORTH.names)


def _rows(values: Mapping[Any, float], dates: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return (key without period, month, value) rows, noise set to 0; the item stands before the period."""
    largest: dict[Any, float] = {}
    for key, v in values.items():
        largest[key[-2]] = max(largest.get(key[-2], 0.0), abs(v))
    return [(*key[:-1], dates[key[-1]], 0.0 if abs(v) <= DUST * largest[key[-2]] else v) for key, v in values.items()]


def _positive(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row for row in rows if row[-1] > 0]


def _starts(
    network: Network, calendar: Calendar, build: Mapping[Any, float], sizes: Mapping[Any, float]
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for (p, u, m), value in build.items():
        project = network.projects[p]
        if value > 0.5:
            size = sizes.get((p, u, m), 1.0)
            rows.append((p, u, calendar.date(m), calendar.date(m + project.lead_months), project.status, size))
    return sorted(rows, key=lambda row: (row[2], row[0], row[1]))


def _shifts(
    network: Network, calendar: Calendar, run: Mapping[Any, float], build: Mapping[Any, float]
) -> list[tuple[Any, ...]]:
    """Return the crews of every line in every period: of a new line none before it opens."""
    crews: dict[tuple[str, int], int] = {}
    for (line, _, b), value in run.items():
        crews[line, b] = crews.get((line, b), 0) + round(value)
    dates = calendar.period_dates()
    opens = {(p, u): m + network.projects[p].lead_months for (p, u, m), value in build.items() if value > 0.5}
    return [
        (line, dates[t], crews.get((line, calendar.block_of[t]), 0) if opens.get(opener, 0) < calendar.ends(t) else 0)
        for line, facts in network.lines.items()
        for opener in [(facts.project, facts.unit)]
        for t in calendar.periods
    ]


def _people(calendar: Calendar, hired: Mapping[Any, float], left: Mapping[Any, float]) -> list[tuple[Any, ...]]:
    """Return who is hired and who leaves, by member and block."""
    least = DUST * max((0.0, *hired.values(), *left.values()))
    rows = []
    for key, came in hired.items():
        counts = [count if count > least else 0.0 for count in (came, left[key])]
        if any(counts):
            rows.append((key[0], calendar.date(calendar.block_begins(key[1])), *counts))
    return rows


def _output(network: Network, calendar: Calendar, made: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return a row for every period in which a line has a rate for an item; lines not yet open make 0."""
    units = {(line, item, month): v for line, item, month, v in made}
    dates = calendar.period_dates()
    rated: dict[str, list[tuple[str, list[int]]]] = {}
    for (base, item), rates in network.rates.items():
        windows = [calendar.within(*calendar.window(row.from_month, row.to_month)) for row in rates]
        rated.setdefault(base, []).append((item, sorted(set().union(*windows))))
    return [
        (line.name, item, dates[t], units.get((line.name, item, dates[t]), 0.0))
        for line in network.lines.values()
        for item, periods in rated.get(line.base, ())
        for t in periods
    ]


def _payments(network: Network, values: Values) -> list[tuple[Any, ...]]:
    pay, pay_capex = values.get("pay", {}), values.get("pay_capex", {})
    least = DUST * max((*pay.values(), *pay_capex.values(), 0.0))
    rows: list[tuple[Any, ...]] = []
    for (fund, payer, category, year), paid in pay.items():
        if paid > least:
            rows.append((fund, payer, category, "", year, paid))
    for (fund, project, year), paid in pay_capex.items():
        if paid > least:
            rows.append((fund, network.project_member(project), "capex", project, year, paid))
    return rows


def _attainment(values: Values, dates: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (g, place, item, dates[t], round(v), None) for (g, place, item, t), v in values.get("attained", {}).items()
    ]
    rows += [(g, place, item, dates[t], None, v) for (g, place, item, t), v in values.get("short", {}).items()]
    return rows


def _costs(values: Values, costs: Iterable[CostTermLike], dates: tuple[Any, ...]) -> pd.DataFrame:
    spent: dict[tuple[str, str, str, int], float] = {}
    for term in costs:
        amount = values[term.component].get(term.key, 0.0)
        if amount:
            for t, money in term.amounts.items():
                key = (term.payer, term.category, term.project, t)
                spent[key] = spent.get(key, 0.0) + money * amount
    rows = [(payer, category, project, dates[t], v) for (payer, category, project, t), v in sorted(spent.items())]
    return pd.DataFrame(rows, columns=COSTS.names)
