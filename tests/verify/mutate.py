"""Wrong plans by the hundred, made from any right one, with rules of which at least one must object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS, OPTIONAL
from optimizer.scenario.network import LineFacts, Network
from optimizer.verify.verify import RULES
from tests.verify.edit import with_table

Mutation = tuple[str, Plan, frozenset[str]]

QUANTITIES = {
    ("output", "made"): {"material_balances"},
    ("stock", "closing"): {"material_balances"},
    ("own_stock", "closing"): {"own_stockpiles_balance"},
    ("shipments", "shipped"): {"material_balances"},
    ("purchases", "bought"): {"material_balances", "costs_add_up"},
    ("pledges", "pledged"): {"order_book_balances"},
    ("deliveries", "delivered"): {"order_book_balances"},
    ("deliveries", "backlog"): {"order_book_balances"},
    ("uses", "used"): {"needs_are_met_or_lost"},
    ("losses", "lost"): {"needs_are_met_or_lost"},
    ("gifts", "given"): {"own_stockpiles_balance"},
    ("discards", "discarded"): {"material_balances", "costs_add_up"},
}
TARGET_RULES = {rule for rule in RULES if rule.endswith(("_the_target", "_at_home", "_is_kept", "_stay_attained"))}


def mutations(plan: Plan, *, each: int = 8) -> Iterator[Mutation]:
    """Yield name, mutated plan, and the rules of which at least one must reject it.

    Parameters
    ----------
    plan
        A plan that holds every rule.
    each
        Most rows tried for each kind of mutation, spread evenly over the table.
    """
    yield from _structure(plan)
    yield from _starts(plan)
    yield from _shifts(plan, each)
    yield from _weekends(plan, each)
    yield from _quantities(plan, each)
    yield from _moved(plan, each)
    yield from _money(plan, each)
    yield from _promises(plan, each)


def _rows(table: pd.DataFrame, each: int) -> list[int]:
    return sorted(set(np.linspace(0, len(table) - 1, min(each, len(table))).astype(int).tolist()))


def _set(plan: Plan, name: str, row: int, column: str, value: Any) -> Plan:
    table = plan.tables[name].copy()
    table[column] = table[column].astype(object)
    table.iloc[row, table.columns.get_loc(column)] = value
    return with_table(plan, name, table)


def _without(plan: Plan, name: str, row: int) -> Plan:
    return with_table(plan, name, plan.tables[name].drop(plan.tables[name].index[row]))


def _sizes(plan: Plan) -> dict[str, float]:
    """Return the largest quantity of each item in any table: a visible change is a share of it."""
    sizes: dict[str, float] = {}
    for name, column in QUANTITIES:
        for item, values in plan.tables[name].groupby("item")[column]:
            sizes[str(item)] = max(sizes.get(str(item), 0.0), float(values.astype(float).abs().max()))
    return sizes


def _structure(plan: Plan) -> Iterator[Mutation]:
    """Spoil whole tables: missing, a column lost or turned to text, a row twice, a name unknown."""
    complete = frozenset({"tables_are_complete"})
    for name in (*DECISIONS, "costs"):
        table = plan.tables[name]
        kept = {key: value for key, value in plan.tables.items() if key != name}
        if name not in OPTIONAL or len(table):
            yield f"no table {name}", Plan(plan.scenario, kept, plan.status, plan.gap), complete
        for column in table.columns:
            yield f"{name} without {column}", with_table(plan, name, table.drop(columns=column)), complete
        if table.empty:
            continue
        twice = pd.concat([table, table.iloc[[0]]])
        rule = frozenset({"tables_are_complete", "units_start_at_most_once"})
        yield f"first row of {name} twice", with_table(plan, name, twice), rule
        yield f"unknown name in {name}", _set(plan, name, 0, table.columns[0], "nobody knows"), complete
        value = table.columns[-1]
        yield (
            f"text in {value} of {name}",
            _set(plan, name, 0, value, "some"),
            complete | {"starts_are_allowed"},
        )
        if "month" in table.columns:
            yield f"text for a month of {name}", _set(plan, name, 0, "month", "2024"), complete
        if name not in ("starts", "promises"):
            yield f"an empty {value} in {name}", _set(plan, name, 0, value, None), complete
            yield f"a negative {value} in {name}", _set(plan, name, 0, value, -1e12), complete
    for name in ("shifts", "output", "deliveries", "own_stock"):
        if len(plan.tables[name]):
            yield f"last row of {name} lost", _without(plan, name, len(plan.tables[name]) - 1), complete


def _starts(plan: Plan) -> Iterator[Mutation]:
    """Move, drop and double every start; forget that it takes its lead time."""
    table, calendar, network = plan.tables["starts"], plan.scenario.calendar, Network(plan.scenario)
    for row, (project, unit, decided, opens, status) in enumerate(table.itertuples(index=False)):
        facts, what = network.projects[project], f"unit {unit} of {project}"
        early = calendar.date(calendar.month(decided) - 1)
        yield (
            f"{what} decided a month early",
            _set(plan, "starts", row, "start", early),
            frozenset({"starts_are_allowed"}),
        )
        late = calendar.date(calendar.month(opens) + 1)
        yield (
            f"{what} opens a month late",
            _set(plan, "starts", row, "opens", late),
            frozenset({"starts_are_allowed"}),
        )
        other = "option" if status != "option" else "forced"
        yield (
            f"{what} as {other}",
            _set(plan, "starts", row, "status", other),
            frozenset({"starts_are_allowed"}),
        )
        if facts.sized:
            for factor, how in ((1.1, "larger"), (0.9, "smaller")):
                size = factor * table["size"].iloc[row]
                rules = frozenset({"costs_add_up", "sizes_are_allowed", "capacity_limits_production"})
                yield f"{what} {how} by a tenth", _set(plan, "starts", row, "size", size), rules
        spends = facts.capex > 0 or facts.fixed_cost > 0 or status != "option"
        if spends:
            rules = {"costs_add_up", "forced_projects_start", "starts_are_allowed", "units_start_in_order"}
            yield f"{what} not started", _without(plan, "starts", row), frozenset(rules)
        doubled = with_table(plan, "starts", pd.concat([table, table.iloc[[row]]]))
        yield f"{what} started twice", doubled, frozenset({"units_start_at_most_once"})
        beyond = _set(plan, "starts", row, "unit", facts.units + 1)
        yield f"{what} beyond its units", beyond, frozenset({"starts_are_allowed"})


def _shifts(plan: Plan, each: int) -> Iterator[Mutation]:
    """Add or take a crew in one period, where that breaks a block or costs money."""
    table, network, calendar = plan.tables["shifts"], Network(plan.scenario), plan.scenario.calendar
    blocks = {date: calendar.blocks[calendar.block_of[t]] for t, date in enumerate(calendar.period_dates())}
    rules = frozenset({"shifts_fit_the_ladder", "costs_add_up", "crews_need_an_open_line"})
    for row in _rows(table, 3 * each):
        line, month, shifts = (
            network.lines[table["line"].iloc[row]],
            table["month"].iloc[row],
            table["shifts"].iloc[row],
        )
        for step in (1, -1):
            new = shifts + step
            if new >= 0 and (len(blocks[_date(month)]) > 1 or _crew_cost(line, max(new, shifts)) != 0):
                yield (
                    f"{step:+d} shift on {line.name} in {month}",
                    _set(plan, "shifts", row, "shifts", new),
                    rules,
                )
        half = _set(plan, "shifts", row, "shifts", shifts + 0.5)
        yield f"half a shift on {line.name} in {month}", half, frozenset({"tables_are_complete"})


def _date(month: Any) -> Any:
    return month.date() if isinstance(month, pd.Timestamp) else month


def _crew_cost(line: LineFacts, step: int) -> float:
    """Return the cost of a crew; beyond the ladder any shift is wrong."""
    return line.crew_costs[step - 1] if 1 <= step <= len(line.crew_costs) else 1.0


def _weekends(plan: Plan, each: int) -> Iterator[Mutation]:
    """Work one weekend more or less, or let an unknown crew work it."""
    table, network = plan.tables["weekends"], Network(plan.scenario)
    rules = frozenset({"costs_add_up", "weekends_fit_the_calendar", "tables_are_complete"})
    for row in _rows(table, each):
        line, step = network.lines[table["line"].iloc[row]], int(table["step"].iloc[row])
        worked, what = table["weekends"].iloc[row], f"{table['line'].iloc[row]} in {table['month'].iloc[row]}"
        if line.weekend_costs[step - 1]:
            yield f"a weekend more on {what}", _set(plan, "weekends", row, "weekends", worked + 1), rules
            yield f"a weekend less on {what}", _set(plan, "weekends", row, "weekends", worked - 1), rules
        crowd = _set(plan, "weekends", row, "weekends", worked + 1000)
        yield f"a thousand weekends on {what}", crowd, frozenset({"weekends_fit_the_calendar"})
        beyond = _set(plan, "weekends", row, "step", len(line.steps) + 1)
        yield f"weekends of no crew on {what}", beyond, frozenset({"tables_are_complete"})


def _quantities(plan: Plan, each: int) -> Iterator[Mutation]:
    """Change one quantity by a ten-thousandth of its item's largest, up and down."""
    sizes = _sizes(plan)
    for (name, column), rules in QUANTITIES.items():
        table = plan.tables[name]
        for row in _rows(table, each):
            item, old = str(table["item"].iloc[row]), float(table[column].iloc[row])
            delta = max(1e-2, 1e-4 * sizes[item])
            what = f"{column} of {item} in {table['month'].iloc[row]} ({name}, row {row})"
            yield f"more {what}", _set(plan, name, row, column, old + delta), frozenset(rules)
            if old > delta:
                yield f"less {what}", _set(plan, name, row, column, old - delta), frozenset(rules)
            if old > delta and name not in ("output", "deliveries", "uses", "losses"):
                yield f"no {what}", _without(plan, name, row), frozenset(rules | {"tables_are_complete"})


def _moved(plan: Plan, each: int) -> Iterator[Mutation]:
    """Make two changes that agree with each other but not with the stock."""
    sizes = _sizes(plan)
    table = plan.tables["deliveries"]
    for row in _rows(table, each):
        item, delivered, backlog = (table[c].iloc[row] for c in ("item", "delivered", "backlog"))
        later = _next(plan, "deliveries", row, "customer")
        delta = max(1e-2, 1e-3 * sizes[str(item)])
        if later is not None and delivered > delta:
            moved = _set(plan, "deliveries", row, "delivered", delivered - delta)
            moved = _set(moved, "deliveries", row, "backlog", backlog + delta)
            moved = _set(moved, "deliveries", later, "delivered", table["delivered"].iloc[later] + delta)
            yield f"{item} delivered later (row {row})", moved, frozenset({"material_balances"})
    uses, losses = plan.tables["uses"], plan.tables["losses"]
    for row in _rows(losses, each):
        recipient, item, month, lost = (losses[c].iloc[row] for c in ("recipient", "item", "month", "lost"))
        same = (uses["recipient"] == recipient) & (uses["item"] == item) & (uses["month"] == month)
        delta = max(1e-2, 1e-3 * sizes[str(item)])
        if same.any() and lost > delta:
            at = int(np.flatnonzero(same)[0])
            moved = _set(plan, "losses", row, "lost", lost - delta)
            moved = _set(moved, "uses", at, "used", uses["used"].iloc[at] + delta)
            yield f"{item} used, not lost (row {row})", moved, frozenset({"material_balances"})


def _next(plan: Plan, name: str, row: int, who: str) -> int | None:
    table, dates = plan.tables[name], plan.scenario.calendar.period_dates()
    position = dates.index(_date(table["month"].iloc[row]))
    if position + 1 == len(dates):
        return None
    same = (table[who] == table[who].iloc[row]) & (table["item"] == table["item"].iloc[row])
    later = same & (table["month"].map(_date) == dates[position + 1])
    return int(np.flatnonzero(later)[0]) if later.any() else None


def _money(plan: Plan, each: int) -> Iterator[Mutation]:
    """Misstate costs, payments, objective values, bounds and gaps."""
    costs = plan.tables["costs"]
    largest = costs.groupby("category")["amount"].max() if len(costs) else {}
    for row in _rows(costs, 3 * each):
        amount, delta = (
            float(costs["amount"].iloc[row]),
            max(1.0, 1e-4 * largest[costs["category"].iloc[row]]),
        )
        what = f"{costs['category'].iloc[row]} of {costs['member'].iloc[row]} (row {row})"
        yield f"more {what}", _set(plan, "costs", row, "amount", amount + delta), frozenset({"costs_add_up"})
        if amount > delta:
            yield f"{what} dropped", _without(plan, "costs", row), frozenset({"costs_add_up"})
    payments, unpaid = plan.tables["payments"], {"capex_is_paid", "costs_are_paid", "payments_are_allowed"}
    delta = max(1.0, 1e-3 * float(payments["paid"].max())) if len(payments) else 0.0
    for row in _rows(payments, each):
        paid, what = float(payments["paid"].iloc[row]), f"payment of {payments['fund'].iloc[row]} (row {row})"
        yield f"more {what}", _set(plan, "payments", row, "paid", paid + delta), frozenset(unpaid)
        if paid > delta:
            yield f"{what} dropped", _without(plan, "payments", row), frozenset(unpaid)
            yield (
                f"{what} in 1999",
                _set(plan, "payments", row, "year", 1999),
                frozenset({"payments_are_allowed"}),
            )
    wrong = frozenset({"objectives_add_up"})
    table = plan.tables["objectives"]
    for row, (name, value) in enumerate(zip(table["objective"], table["value"], strict=True)):
        delta = max(1.0, 1e-4 * abs(value))
        yield f"better {name}", _set(plan, "objectives", row, "value", value - delta), wrong
        yield f"worse {name}", _set(plan, "objectives", row, "value", value + delta), wrong
        yield f"bound of {name} above it", _set(plan, "objectives", row, "bound", value + delta), wrong
        yield f"{name} twice", with_table(plan, "objectives", pd.concat([table, table.iloc[[row]]])), wrong


def _promises(plan: Plan, each: int) -> Iterator[Mutation]:
    """Claim or deny that a target is attained, misstate gaps, lose rows."""
    table = plan.tables["promises"]
    targets = {row.target: row for row in plan.scenario.tables.get("targets", ())}
    ranked = set(plan.tables["objectives"]["objective"])
    for row in _rows(table, 2 * each):
        target, attained, short = (
            targets[table["target"].iloc[row]],
            table["attained"].iloc[row],
            table["short"].iloc[row],
        )
        what = f"{target.target} in {table['month'].iloc[row]}"
        yield f"no promise {what}", _without(plan, "promises", row), frozenset({"tables_are_complete"})
        if target.strength == "asap" and "speed" in ranked and target.weight:
            flipped = _set(plan, "promises", row, "attained", 1 - attained)
            yield f"{what} the other way", flipped, frozenset(TARGET_RULES | {"objectives_add_up"})
        if target.strength == "soft" and short > 1e-2 and "shortfall" in ranked and target.weight:
            less = _set(plan, "promises", row, "short", short / 2)
            yield f"{what} half as short", less, frozenset(TARGET_RULES | {"objectives_add_up"})
