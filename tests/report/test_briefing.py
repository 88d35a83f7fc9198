"""The figures of the first page against the tables of the plan, its words, its greys, and what a report prints."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from optimizer.plan.figures import FIGURES, IMPOSSIBLE, NOT_FOUND, figures, project_money
from optimizer.plan.plan import Plan
from optimizer.report.agenda import agenda
from optimizer.report.charts import days_apart, spacing
from optimizer.report.exposed import LOST, OUTSIDE, SAVED, limits, members, risks, waits
from optimizer.report.printing import LAST_COLUMN, PAGES
from optimizer.report.styles import FILLS
from optimizer.report.ways import reached, ways, ways_note, years
from optimizer.report.words import headline_words, project_words
from optimizer.report.write import write_report
from optimizer.verify.book import Book
from optimizer.verify.objectives import cost, weighted
from tests.plan.fixture_plan import SHELL, alliance_plan

FIRST_CREW = 3000.0
"""Shells a month of the one line that is there, with the pattern of now."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return the small alliance's plan."""
    return alliance_plan()


def _months(plan: Plan, table: str) -> pd.DataFrame:
    """Return a decision table with the months of each period, and how many of them lie in each year."""
    calendar = plan.scenario.calendar
    dates = list(pd.to_datetime(calendar.period_dates()))
    frame = plan.tables[table].assign(month=pd.to_datetime(plan.tables[table]["month"]))
    return frame.assign(period=[dates.index(month) for month in frame["month"]])


def _scaled(plan: Plan, factor: float) -> Plan:
    """Return the plan with the output of the last period times a factor of that of the first."""
    made = _months(plan, "output")
    shells = made["item"] == SHELL
    calendar = plan.scenario.calendar
    last, first = made["period"].max(), FIRST_CREW * factor * calendar.lengths[-1]
    made.loc[shells & (made["period"] == last), "made"] = 0.0
    made.loc[shells & (made["period"] == last) & (made["line"] == "Filling A"), "made"] = first
    return replace(plan, tables={**plan.tables, "output": made.drop(columns="period")})


def _met(plan: Plan, share: float, last: float) -> Plan:
    """Return the plan with a share of the need met in every period, and another one in its last year; no gifts."""
    needed = 9000.0 * pd.Series(plan.scenario.calendar.lengths, dtype=float)
    late = pd.Series([date.year == 2028 for date in plan.scenario.calendar.period_dates()])
    used = needed * late.map({True: last, False: share})
    tables = plan.tables
    uses = tables["uses"].assign(used=used.to_numpy())
    losses = tables["losses"].assign(lost=0.0)
    losses.loc[losses["band"] == 2, "lost"] = (needed - used).to_numpy()
    return replace(plan, tables={**tables, "uses": uses, "losses": losses, "gifts": tables["gifts"].head(0)})


def test_the_ways_are_those_of_the_tables(plan: Plan) -> None:
    """Output with the plan, what is paid and what is missing are sums of the plan's own tables; parts are no larger."""
    told = {way.what: way for way in ways(plan)}
    made = _months(plan, "output")
    made = made[made["item"] == SHELL]
    assert told["Made until the end"].plan == pytest.approx(made["made"].sum())
    end = made.loc[made["period"] == made["period"].max(), "made"].sum() / plan.scenario.calendar.lengths[-1]
    assert told["Output a month, at the end"].plan == pytest.approx(end)
    for what in ("Made until the end", "Output a month, at the end"):
        assert 0 < float(told[what].today) < float(told[what].plan)
    assert {way.short_run for way in told.values()} == {"not planned"}
    assert told["What is missing, over time"].plan == pytest.approx(1.21e6 / 4.1e6)
    costs = plan.tables["costs"]
    assert told["Cost of everything"].plan == pytest.approx(costs["amount"].sum())
    capex = costs.loc[costs["category"] == "capex", "amount"].sum()
    assert told["Paid for projects"].plan == project_money(plan) == pytest.approx(capex)
    projects = plan.scenario.projects
    given = costs["project"].isin(projects.loc[projects["status"] == "committed", "project"])
    committed = costs.loc[given & (costs["category"] == "capex"), "amount"].sum()
    assert told["Paid for projects"].today == pytest.approx(committed)
    assert told["Wait of an order placed now"].plan == plan.measures.headline["waiting_time_months"]["now"]


def test_the_short_run_stands_beside_the_plan(plan: Plan) -> None:
    """Its own figures are told as they are, what it misses as a share of today, and words where it has no figure."""
    own = figures(plan)
    one = replace(plan, short_run=own | {"Cost of everything": 7.0, "gap": 0.02})
    told = {way.what: way for way in ways(one)}
    assert set(told) == set(own) - {"gap"}
    for name, way in told.items():
        assert way.short_run == (7.0 if name == "Cost of everything" else way.plan), name
    assert told["What is missing, over time"].short_run == pytest.approx(1.21e6 / 4.1e6)
    assert "proven within 2.0 % of the best such plan" in ways_note(one)
    assert "proven the best such plan" in ways_note(replace(plan, short_run=own | {"gap": 0.0}))
    for words, note in ((NOT_FOUND, "no plan of its own was found"), (IMPOSSIBLE, "no plan can keep what must hold")):
        none = replace(plan, short_run=dict.fromkeys(FIGURES, words))
        assert {way.short_run for way in ways(none)} == {words} and note in ways_note(none)


def test_output_is_reached_from_where_it_never_falls_back(plan: Plan) -> None:
    """From that month all output is within a hundredth of the last; in the month before it is not."""
    made = _months(plan, "output")
    made = made[made["item"] == SHELL].groupby("month")["made"].sum()
    rates = made / list(plan.scenario.calendar.lengths)
    month = reached(plan)
    assert month is not None and (rates[rates.index >= month] >= 0.99 * rates.iloc[-1]).all()
    assert rates[rates.index < month].iloc[-1] < 0.99 * rates.iloc[-1]


def test_the_years_add_up_to_the_tables(plan: Plan) -> None:
    """Needs and units met over all years are those of the tables; the order book is the last one of each year."""
    table = years(plan).set_index("year")
    met = plan.tables["uses"]["used"].sum() + plan.tables["gifts"]["given"].sum()
    assert table["met"].sum() == pytest.approx(met)
    assert table["needed"].sum() == pytest.approx(9000 * sum(plan.scenario.calendar.lengths))
    assert table["needed"].loc[2023] == pytest.approx(9000 * 11)
    assert (table["coverage"] * table["needed"]).sum() == pytest.approx(met)
    books = _months(plan, "deliveries").groupby("month")["backlog"].sum()
    assert table["backlog"].loc[2023] == pytest.approx(books.loc[pd.Timestamp("2023-12-01")])
    assert table["backlog"].iloc[-1] == pytest.approx(books.iloc[-1])


def test_the_members_pay_and_get_what_the_tables_say(plan: Plan) -> None:
    """Payments are those of national funds, deliveries those to the member's orders."""
    table = members(plan).set_index("member")
    delivered = plan.tables["deliveries"].groupby("customer")["delivered"].sum()
    payments = plan.tables["payments"].groupby("fund")["paid"].sum()
    for member in ("Norway", "Germany"):
        assert table["delivered"].loc[member] == pytest.approx(delivered[member])
        assert table["paid"].loc[member] == pytest.approx(payments.get(f"{member} budget", 0.0))
    assert table["delivered_share"].sum() == pytest.approx(1)


def test_the_longest_waits_come_first(plan: Plan) -> None:
    """Each wait is the first and the last of its customer; the longest at the end is first."""
    table, source = waits(plan), plan.measures.placed_today
    assert set(table["customer"]) == {"Norway", "Germany"}
    for row in table.itertuples():
        own = source[(source["customer"] == row.customer) & (source["item"] == row.item)]["wait"]
        assert (row.now, row.end) == pytest.approx((own.iloc[0], own.iloc[-1]), nan_ok=True)
    assert table["end"].fillna(1e9).round(6).is_monotonic_decreasing


def test_those_that_wait_as_long_as_the_last_one_told_are_counted(plan: Plan) -> None:
    """Of seven that wait 12 months four are named, three others wait as long; one that waits less is not counted."""
    source = plan.measures.placed_today
    one = source[source["customer"] == "Norway"].assign(wait=12.0)
    many = [one.assign(customer=f"Member {number}", wait=12.0 - (number == 7)) for number in range(8)]
    other = alliance_plan()
    other.measures.__dict__["placed_today"] = pd.concat(many)
    table = waits(other)
    assert list(table["customer"]) == [*(f"Member {number}" for number in range(4)), "3 others wait as long"]
    assert (table["end"] == 12).all() and set(table["item"]) == {SHELL}


def test_the_limits_count_the_months_and_units_held_back(plan: Plan) -> None:
    """All months in which less is made than asked, and the units not made in them, are those of the output."""
    table = limits(plan)
    output = plan.measures.output_by_lever
    output = output[output["item"] == SHELL].reset_index(drop=True)
    words = [f"{limit[:1].upper()}{limit[1:]}" for limit in plan.measures.limiting(SHELL)]
    assert len(table)
    for row in table.itertuples():
        mine = output[[word == row.limit for word in words]]
        assert row.months == mine["months"].sum()
        assert row.missing == pytest.approx((mine["months"] * (mine["asked"] - mine["made"]).clip(lower=0)).sum())


def _by_limit(plan: Plan, amounts: Sequence[float]) -> dict[str, float]:
    """Return the sums of amounts of each period by what limits shells in it."""
    sums: dict[str, float] = {}
    for limit, amount in zip(plan.measures.limiting(SHELL), amounts, strict=True):
        sums[f"{limit[:1].upper()}{limit[1:]}"] = sums.get(f"{limit[:1].upper()}{limit[1:]}", 0.0) + amount
    return sums


def test_limits_are_told_in_the_prices_of_the_workbook(plan: Plan) -> None:
    """What is lost and late comes to what the verifier counts; without prices for it, what is bought outside has one.

    Where nothing has a price, nothing is told. The minimum stay is what `replace` checks, unlike the fixture.
    """
    assert limits(plan)["money"].isna().all() and set(limits(plan)["by"]) == {""}
    scenario = plan.scenario.replace(shift_ladders=plan.scenario.shift_ladders.assign(minimum_stay=2))
    needs = scenario.needs.assign(price=[100.0 + 50 * number for number in range(len(scenario.needs))])
    orders = scenario.orders.assign(price=[3.0 + number for number in range(len(scenario.orders))])
    one = replace(plan, scenario=scenario.replace(needs=needs, orders=orders))
    money = one.measures.missing_money(SHELL)
    counted = Book(one)
    assert money is not None and money.sum() == pytest.approx(weighted(counted) - cost(counted)) and money.sum() > 0
    told = limits(one)
    assert dict(zip(told["limit"], told["money"], strict=True)) == pytest.approx(
        {limit: amount for limit, amount in _by_limit(one, money.tolist()).items() if limit in set(told["limit"])}
    )
    assert set(told["by"]) == {LOST}
    makers = [{"supplier": f"Maker {price}", "item": SHELL, "price": price} for price in (900, 700)]
    suppliers = [*scenario.suppliers.to_dict("records"), *makers]
    told = limits(replace(plan, scenario=scenario.replace(suppliers=suppliers)))
    assert set(told["by"]) == {OUTSIDE}
    assert told["money"].tolist() == pytest.approx((700 * told["missing"]).tolist()) and told["money"].sum() > 0


def test_limits_are_told_by_the_prices_of_the_plan_where_money_comes_first(plan: Plan) -> None:
    """A unit more in each month of a limit saves its months times what a unit is worth in them."""
    dates = plan.scenario.calendar.period_dates()
    worth = pd.DataFrame({"item": SHELL, "month": dates, "worth": [10.0 + t for t in range(len(dates))]})
    first = plan.tables["objectives"].replace({"objective": {"shortfall": "weighted"}})
    one = replace(plan, tables={**plan.tables, "worth": worth, "objectives": first})
    lengths = plan.scenario.calendar.lengths
    sums = _by_limit(one, [n * each for n, each in zip(lengths, worth["worth"], strict=True)])
    told = limits(one)
    assert set(told["by"]) == {SAVED}
    assert told["money"].tolist() == pytest.approx([sums[limit] for limit in told["limit"]])


def test_the_risks_tell_projects_supplies_and_funds(plan: Plan) -> None:
    """92 million for two projects that are options, all TNT bought, and funds by the year they have nothing left in."""
    projects, supplies, *_ = risks(plan)
    assert projects.startswith("EUR 92 million rests on 2 projects still to be decided; the last, Plant B,")
    tnt = plan.tables["purchases"]["bought"].sum() * 6000
    assert supplies.startswith("EUR ") and "from Eastern Chemicals" in supplies
    assert float(supplies.split()[1]) == pytest.approx(tnt / 1e6, rel=0.01)
    use = plan.measures.fund_use.assign(left=1e8)
    use.loc[use["fund"] == "Norway budget", "left"] = 0.0
    use.loc[(use["fund"] == "Common fund") & (use["year"] == 2024), "left"] = 0.0
    other = alliance_plan()
    other.measures.__dict__["fund_use"] = use
    assert risks(other)[-1] == "Funds used up: in every year Norway budget; in 2024 Common fund"
    other.measures.__dict__["fund_use"] = use.assign(left=1e8)
    assert not any("Funds used up" in words for words in risks(other))


def test_the_agenda_has_every_open_decision_once(plan: Plan) -> None:
    """Counts and money add up to the decisions that are not committed; owners are companies."""
    table, decisions = agenda(plan), plan.measures.decisions
    decisions = decisions[decisions["status"] != "committed"]
    assert table["count"].sum() == len(decisions)
    for name in ("one_off_cost", "monthly_cost"):
        assert table[name].sum() == pytest.approx(decisions[name].sum())
    assert table["decide_by"].is_monotonic_increasing
    assert set(table.loc[table["plant"] == "Raufoss", "owner"]) == {"Northern Arms"}
    assert set(table.loc[table["what"].str.startswith("Buy "), "owner"]) == {"(the group)"}
    assert (table["owner"] != "").all()


@pytest.mark.parametrize(
    ("factor", "told"), [(0.5, "lowers output from "), (1.0, "keeps output at 3,0"), (2.0, "raises output from ")]
)
def test_the_headline_says_whether_output_rises(plan: Plan, factor: float, told: str) -> None:
    """Output at the end of a half, as much and twice of what it is now is lowered, kept and raised."""
    now = plan.measures.headline["output_now_units_per_month"]
    words = headline_words(_scaled(plan, factor * now / FIRST_CREW))
    assert told.replace("3,0", f"{now:,.0f}"[:3]) in words


def test_the_headline_tells_the_need_the_wait_and_the_cost(plan: Plan) -> None:
    """The share of the whole time and that of the last year are told apart, and once where they are equal."""
    words = headline_words(_met(plan, 0.3, 0.6))
    table = years(_met(plan, 0.3, 0.6))
    whole = f"{table['met'].sum() / table['needed'].sum():.0%}"
    assert f"meets {whole} of the need over the whole time and 60% in 2028" in words
    assert whole not in ("30%", "60%") and words.startswith("Start 2 projects, ")
    cost = plan.tables["costs"]["amount"].sum() / 1e9
    assert f"for EUR {cost:.2f} billion until 2028-03" in words
    assert re.search(r"meets 30% of the need over the whole time(,| and takes)", headline_words(_met(plan, 0.3, 0.3)))


def test_what_projects_cost_is_told_with_committed_ones(plan: Plan) -> None:
    """The parts of projects to start and of committed ones are those of the costs."""
    costs = plan.tables["costs"]
    paid = costs[costs["category"] == "capex"].groupby("project")["amount"].sum()
    found = re.findall(r"EUR ([\d.]+) million (for the 2 projects|for committed)", project_words(plan))
    told = {words: float(amount) for amount, words in found}
    assert told["for the 2 projects"] == pytest.approx((paid["Plant B"] + paid["Press A"]) / 1e6, rel=0.01)
    assert told["for committed"] == pytest.approx(paid["Powder hall 2"] / 1e6, rel=0.01)


def test_plain_fills_next_to_each_other_differ_in_grey() -> None:
    """The brightness of neighbours differs by a tenth of that from black to white, or one of them is hatched."""
    greys = [
        sum(
            weight * int(str(look["fill"]["color"])[at : at + 2], 16)
            for weight, at in ((0.299, 1), (0.587, 3), (0.114, 5))
        )
        if "fill" in look
        else None
        for look in FILLS
    ]
    assert sum(grey is not None for grey in greys) > 3
    for one, other in itertools.pairwise(greys):
        assert one is None or other is None or abs(one - other) >= 25.5


@pytest.mark.parametrize("months", [5, 12, 24, 40, 62, 120])
def test_labels_of_the_timeline_say_their_months(months: int) -> None:
    """Steps are in days, of which months and years have not the same: no label falls into the month before its own."""
    step = spacing(months)
    for begin in pd.date_range("2023-01-01", periods=48, freq="MS"):
        for number in range(months // step + 1):
            label = begin + pd.Timedelta(days=number * days_apart(step))
            assert label.to_period("M") == (begin + pd.DateOffset(months=number * step)).to_period("M")


def test_charts_below_a_table_are_as_wide_as_it(plan: Plan, tmp_path: Path) -> None:
    """No chart leaves half of a printed page empty: it ends where the table above it ends."""
    book = load_workbook(write_report(plan, tmp_path / "plan.xlsx"))
    for name in ("Investment plan", "Money"):
        (chart,), (table,) = book[name]._charts, book[name].tables.values()
        last = range_boundaries(table.ref)[2]
        assert chart.anchor._from.col == 0 and abs(chart.anchor.to.col + 1 - last) <= 1, name


def test_a_report_prints_a_dozen_pages_at_most(plan: Plan, tmp_path: Path) -> None:
    """Pages to which sheets are fitted, and the two of the first sheet, add up to twelve; the others print nothing."""
    book = load_workbook(write_report(plan, tmp_path / "plan.xlsx"))
    pages = 0
    for sheet in book:
        if sheet.title == "Briefing":
            pages += 1 + len(sheet.row_breaks.brk)
        elif sheet.title in PAGES:
            setup = sheet.page_setup
            assert sheet.sheet_properties.pageSetUpPr.fitToPage and setup.fitToWidth in (1, None)
            pages += int(1 if setup.fitToHeight is None else setup.fitToHeight)
            assert setup.fitToHeight != 0, sheet.title
        else:
            column = sheet.print_area.split("!")[-1].replace("$", "").rstrip("1234567890:")
            assert column.startswith("XFD") and LAST_COLUMN == 16_383, sheet.title
            assert sheet.column_dimensions["XFD"].hidden, sheet.title
    assert 2 <= pages <= 12
    assert sum(PAGES.values()) <= 12
