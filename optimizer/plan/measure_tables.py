"""The tables computed from a plan's decisions: columns with header, unit and meaning.

What one row is and what each column means is stated here once; `optimizer.plan.measures` computes
them and the report takes its headers from here.
"""

from __future__ import annotations

from optimizer.plan.tables import (
    CATEGORY,
    CUSTOMER,
    ITEM,
    LINE,
    MEMBER,
    MONTH,
    PROJECT,
    RECIPIENT,
    SIZE,
    YEAR,
    Column,
    Table,
)

PRODUCER = Column("producer", "producer", "company that runs the site")
SITE = Column("site", "site", "plant")
WAITER = Column("customer", "customer", "member that ordered; (all): every order book pooled")

AT_CLOSING_RATE = Column(
    "at_closing_rate", "at the closing rate", "yes: delivery ends after the horizon; never: not in 100 years"
)


def _units(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "units")


def _money(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "money")


def _months(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "months")


def _rate(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "units per month")


def _monthly(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "money per month")


def _capacity(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "months of 1-8-5")


def _share(name: str, header: str, meaning: str) -> Column:
    return Column(name, header, meaning, "share")


MEASURES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "waiting_time",
            "a cohort: what a customer ordered (or pledged) of an item in one month, first in first out",
            (
                WAITER,
                ITEM,
                Column("placed", "placed", "month of the order; before the start: opening book", "month"),
                _units("units", "units", "size of the cohort"),
                Column("first_delivered", "delivered from", "date of its first unit", "date"),
                Column("last_delivered", "delivered to", "date of its last unit", "date"),
                _months("wait", "mean wait", "unit-weighted mean months from order to delivery"),
                _months("longest_wait", "longest wait", "of the cohort's slowest unit"),
                AT_CLOSING_RATE,
            ),
        ),
        Table(
            "placed_today",
            "an order placed at the beginning of a month, behind all orders placed before it",
            (
                WAITER,
                ITEM,
                Column("month", "placed", "month at whose beginning it is placed", "month"),
                Column("delivered_on", "delivered on", "date of delivery; empty: never", "date"),
                _months("wait", "wait", "months from order to delivery; empty: never"),
                _months("accepted_wait", "accepted wait", "the longest that is not late"),
                Column("longest", "waits longest", "of pooled order books: the customer that waits longest"),
                _months("longest_wait", "its wait", "months that this customer waits; empty: never, or not pooled"),
                AT_CLOSING_RATE,
            ),
        ),
        Table(
            "capacity",
            "a line that is there or will be opened, in a period",
            (
                LINE,
                SITE,
                MEMBER,
                PRODUCER,
                MONTH,
                _months("months", "months", "length of the period"),
                Column("shifts", "shifts", "crews at work", "shifts"),
                Column("pattern", "pattern", "shift pattern in force; or idle, or not open"),
                Column("weekends", "weekends", "weekend runs of all crews", "weekend runs"),
                _capacity("base", "base pattern", "from the pattern worked at the start"),
                Column(
                    "added_shifts",
                    "added shifts",
                    "from shifts beyond those worked at the start",
                    "months of 1-8-5",
                ),
                _capacity("weekend_output", "weekends", "from weekend runs"),
                _capacity("expansions", "expansions", "from expansions of the line"),
                Column(
                    "new_lines",
                    "new lines",
                    "all of a line that a new-line project opened",
                    "months of 1-8-5",
                ),
                Column("reactivations", "reactivations", "all of a line that was reactivated", "months of 1-8-5"),
                _capacity("available", "available", "sum of the above"),
                _capacity("used", "used", "sum of made / 1-8-5 rate"),
                _share("utilisation", "utilisation", "used / available"),
            ),
        ),
        Table(
            "output_by_lever",
            "output of an item in a period, split in proportion to the capacity each lever gives its lines",
            (
                ITEM,
                MONTH,
                _months("months", "months", "length of the period"),
                _rate("base", "base pattern", "by the patterns worked at the start"),
                _rate("added_shifts", "added shifts", "by shifts beyond those"),
                _rate("weekend_output", "weekends", "by weekend runs"),
                _rate("expansions", "expansions", "by expansions of lines"),
                _rate("new_lines", "new lines", "on lines that projects opened"),
                _rate("reactivations", "reactivations", "on lines that were reactivated"),
                _rate("bought", "bought outside", "arriving from suppliers (final items only)"),
                _rate("made", "made", "by all levers"),
                _rate("asked", "asked", "needs, orders and pledges placed (final items; else 0)"),
            ),
        ),
        Table(
            "production",
            "a line and item in a period in which the line can make it",
            (
                LINE,
                SITE,
                MEMBER,
                PRODUCER,
                ITEM,
                MONTH,
                _months("months", "months", "length of the period"),
                _units("made", "made", "good output in the period"),
                _rate("per_month", "made per month", "good output"),
                _rate("rate", "1-8-5 rate", "good output of one shift"),
            ),
        ),
        Table(
            "decisions",
            "one decision, in order of its decide-by date",
            (
                Column("decide_by", "decide by", "month in which the plan takes the decision", "month"),
                Column("kind", "kind", "project, shift, release, weekends, pledge, purchase or gift"),
                Column("what", "what", "the decision in words"),
                Column("where", "where", "site, line or item"),
                MEMBER,
                PRODUCER,
                Column("effective_from", "effective from", "first month with its effect", "month"),
                _money("one_off_cost", "one-off cost", "capex, hiring or release, purchase"),
                _monthly("monthly_cost", "monthly cost", "crews, weekends or fixed cost once in effect"),
                _months("lead_months", "lead time", "from decision to effect"),
                Column("run", "run", "short run or long run, by the setting short run months"),
                Column("status", "status", "option, forced, committed; empty for what is no project"),
            ),
        ),
        Table(
            "projects",
            "a started unit of a project",
            (
                PROJECT,
                Column("unit", "unit", "copy of the project"),
                Column("kind", "kind", "new line, expansion or reactivation"),
                MEMBER,
                PRODUCER,
                Column("lines", "lines", "lines it opens or expands"),
                Column("status", "status", "option, forced or committed"),
                Column("start", "decided", "month of the decision", "month"),
                Column("opens", "opens", "first month of output", "month"),
                Column("full_output", "full output", "first month without ramp-up", "month"),
                SIZE,
                _money("capex", "capex", "all payments, undiscounted"),
                _monthly("fixed_cost", "fixed cost", "per month once open"),
            ),
        ),
        Table(
            "capex_by_year",
            "payments of a project due in a calendar year, also after the horizon; sunk ones not",
            (PROJECT, MEMBER, YEAR, _money("amount", "capex", "payments due in the year, all units")),
        ),
        Table(
            "needs",
            "a recipient's need of an item in a period",
            (
                RECIPIENT,
                ITEM,
                MONTH,
                _months("months", "months", "length of the period"),
                _units("needed", "needed", "in the period"),
                _units("supplied", "supplied", "from stock"),
                _units("given", "given", "arriving from members' own stockpiles"),
                _units("lost", "lost", "not met, lost for good"),
                _share("coverage", "coverage", "(supplied + given) / needed"),
            ),
        ),
        Table(
            "orders",
            "the order book of a customer and item in a period",
            (
                CUSTOMER,
                ITEM,
                MONTH,
                _months("months", "months", "length of the period"),
                _units("ordered", "ordered", "placed in the period"),
                _units("pledged", "pledged", "added by pledges in the period"),
                _units("delivered", "delivered", "in the period"),
                _units("backlog", "order book", "not delivered at the end of the period"),
                _units("late", "late", "waiting longer than accepted at the end of the period"),
            ),
        ),
        Table(
            "spending",
            "cost of a payer in a category and calendar year, undiscounted",
            (
                MEMBER,
                CATEGORY,
                YEAR,
                _money("amount", "cost", "within the horizon"),
                _money("funded", "paid from funds", "within the horizon"),
            ),
        ),
        Table(
            "fund_use",
            "a fund in a calendar year",
            (
                Column("fund", "fund", "fund"),
                Column("member", "member", "whose fund; empty: common"),
                YEAR,
                _money("amount", "amount", "of the year"),
                _money("carried", "carried over", "left from earlier years, if it carries over"),
                _money("paid", "paid", "in the year"),
                _money("left", "left", "amount + carried over - paid"),
            ),
        ),
        Table(
            "shares",
            "a member: what it pays against its key and against what it gets",
            (
                MEMBER,
                _share("key_share", "share by cost key", "of all members with a cost key; empty without"),
                _money("cost", "cost", "at its place, within the horizon, undiscounted"),
                _share("cost_share", "share of cost", "of all members' cost"),
                _money("paid", "paid", "from its own funds"),
                _share("paid_share", "share of payments", "of payments from national funds"),
                _units("delivered", "delivered", "to its orders, all final items"),
                _share("delivered_share", "share of deliveries", "of all deliveries to orders"),
                _units("made", "made", "final items made at its lines"),
                _money("common", "its part of common funds", "of what they pay, by cost key; empty without"),
                _money("bears", "bears", "its own funds' payments and its part of common ones"),
                _share("above_key", "above its key", "share of all that is borne, less its share by cost key"),
                Column("jobs_now", "jobs now", "people in the crews at its lines, first period", "people"),
                Column("jobs_end", "jobs at the end", "people in the crews at its lines, last period", "people"),
            ),
        ),
        Table(
            "producers",
            "a producer, year and item",
            (
                PRODUCER,
                YEAR,
                ITEM,
                _units("made", "volume to contract", "good output in the year"),
                Column(
                    "projects",
                    "projects",
                    "decided in the year (once per producer and year)",
                ),
                Column("crews", "crews joining less leaving", "in the year (once per producer and year)", "crews"),
                Column("people", "hires less releases", "in the year (once per producer and year)", "people"),
            ),
        ),
        Table(
            "bottlenecks",
            "an item that lines make, in a period: what holds its output back",
            (
                ITEM,
                MONTH,
                _rate("made", "made", "good output"),
                _rate("available", "line capacity", "if its lines made nothing else"),
                _share("utilisation", "utilisation", "of the lines that make it, by all they make"),
                Column(
                    "limit",
                    "what limits it",
                    "its lines, an input, people, a lane, money, the plan's choice, or nothing",
                ),
                Column(
                    "worth",
                    "one more unit would save",
                    "shortfall: unit-months; with plants, crews and weekends as planned",
                    "of the first objective",
                ),
            ),
        ),
    )
}
"""Measure tables by name."""
