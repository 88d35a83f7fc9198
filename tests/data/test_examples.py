"""The example workbooks: made by the scripts in `data`, sourced figure by figure, and calibrated."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from optimizer.reread import reread
from optimizer.scenario.checks import check
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import SHEETS, TABLES, Line, Member, Need, Order, Rate, Settings, headers
from optimizer.scenario.variants import variant, variant_names
from optimizer.workbook.read import read_workbook

DATA = Path(__file__).parents[2] / "data"
FILES = {"quickstart": "quickstart.xlsx", "alliance": "alliance_155mm.xlsx"}


@pytest.mark.slow
def test_the_example_report_is_of_today() -> None:
    """It carries the example as it ships, its plan holds every rule, and every cell and chart is as written today."""
    found = reread(DATA.parent / "reports" / "example_alliance_155mm.xlsx")
    assert found.plan.scenario == read_workbook(DATA / FILES["alliance"])
    assert found.plan.verified and not found.differences


def _module(name: str) -> ModuleType:
    sys.path.insert(0, str(DATA))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(DATA))


@pytest.fixture(scope="module", params=FILES)
def example(request: pytest.FixtureRequest) -> tuple[str, Scenario, pd.DataFrame]:
    """Make one example with its sources."""
    scenario, sources, _ = _module(request.param).make()
    return request.param, scenario, sources


@pytest.fixture(scope="module")
def alliance() -> Scenario:
    """Make the alliance example."""
    return _module("alliance").make()[0]


def test_the_checks_find_nothing(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """An example that ships has neither errors nor warnings."""
    assert check(example[1]) == []


def test_every_what_if_applies(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """Each name on the Scenarios sheet gives another scenario without errors."""
    for name in variant_names(example[1]):
        assert variant(example[1], name) != example[1]


def test_the_workbook_is_what_the_script_makes(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """The committed workbook, read back, equals the scenario of the script."""
    name, scenario, _ = example
    assert read_workbook(DATA / FILES[name]) == scenario


def test_the_committed_sources_are_those_of_the_script(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """The Sources sheet of the committed workbook holds the script's sources, row by row."""
    name, _, sources = example
    written = pd.read_excel(DATA / FILES[name], sheet_name="Sources", keep_default_na=False)
    kept = ["sheet", "key", "column", "kind", "arithmetic or reason", "source address"]
    assert written[kept].astype(str).to_numpy().tolist() == sources[kept].astype(str).to_numpy().tolist()


def test_every_figure_has_a_source(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """Each number and month that differs from its default is on the Sources sheet, with that value."""
    _, scenario, sources = example
    known = {(r["sheet"], r["key"], r["column"]): r["value"] for r in sources.to_dict("records")}
    missing = [place for place, _ in _figures(scenario) if place not in known]
    assert missing == []
    wrong = [place for place, value in _figures(scenario) if str(known[place]) != value and known[place] != value]
    assert wrong == []


def test_cited_sources_name_a_page_and_assumptions_a_reason(example: tuple[str, Scenario, pd.DataFrame]) -> None:
    """Cited figures have title and address; every figure has a kind and a reason or the fact in words."""
    sources = example[2]
    assert set(sources["kind"]) <= {"cited", "derived", "assumed"}
    cited = sources[sources["kind"] == "cited"]
    assert (cited["source address"].str.len() > 0).all() and (cited["source title"].str.len() > 0).all()
    assert (sources["arithmetic or reason"].str.len() > 0).all()


def test_figures_that_lean_on_memory_count_as_assumed() -> None:
    """Facts graded [M] make a figure assumed, whatever it is entered as."""
    sources = _module("sources")
    assert sources.cited(300).honest_kind == "assumed"
    assert sources.derived("anything", 343).honest_kind == "assumed"
    assert sources.cited(1).honest_kind == "cited"


def test_a_cited_number_of_the_alliance_is_the_number_of_its_fact() -> None:
    """A single fact that is cited as it stands gives a number within the range that was read."""
    sources = _module("sources")
    records = _module("alliance").book().records
    wrong = []
    for record in records:
        ids = [
            word.strip(":")
            for word in record["arithmetic or reason"].split()
            if word[:1] == "F" and word[1:4].isdigit()
        ]
        number = isinstance(record["value"], (int, float))
        if record["kind"] == "cited" and record["sheet"] in ("Members", "Targets") and len(ids) == 1 and number:
            fact = sources.fact(int(ids[0][1:4]))
            value, low, high = record["value"], fact.low, fact.high
            fits = low <= value <= high or low / 100 <= value <= high / 100
            wrong += [] if fits else [record]
    assert wrong == []


def test_quickstart_by_hand() -> None:
    """8,000 rounds less 6,000 for Eastland leave 2,000 for 56,100 on order: 28.05 months."""
    quickstart = _module("quickstart")
    filled = sum(quickstart.FILLED_PER_MONTH.values())
    supplied = quickstart.SHARE_FOR_EASTLAND * quickstart.NEED_PER_MONTH
    book = quickstart.BOOK_MONTHS * sum(quickstart.ORDERS_PER_MONTH.values())
    assert (filled, supplied, book) == (8_000, 6_000, 56_100)
    assert book / (filled - supplied) == pytest.approx(28.05)


def test_quickstart_tables_hold_the_hand_check() -> None:
    """The figures of the hand check are those of the tables."""
    quickstart = _module("quickstart")
    scenario = quickstart.make()[0]
    assert _output(scenario, "Filled round") == pytest.approx(sum(quickstart.FILLED_PER_MONTH.values()))
    assert sum(row.per_month for row in scenario.rows(Need)) == quickstart.NEED_PER_MONTH
    assert _opening_book(scenario) == pytest.approx(56_100)


def test_alliance_has_every_member(alliance: Scenario) -> None:
    """32 members and one recipient."""
    kinds = [row.kind for row in alliance.rows(Member)]
    assert (kinds.count("member"), kinds.count("recipient")) == (32, 1)


def test_alliance_output_is_what_was_reported(alliance: Scenario) -> None:
    """Today's pattern makes 22,500 rounds in Europe, 14,000 in the United States, 3,000 in Canada."""
    by_member = _output_by_member(alliance, "Round")
    overseas = {"United States": 14_000, "Canada": 3_000}
    assert {m: by_member[m] for m in overseas} == pytest.approx(overseas, abs=0.01)
    europe = sum(v for m, v in by_member.items() if m not in overseas)
    assert europe == pytest.approx(22_500, abs=0.01)


def test_alliance_order_of_february_2023_waits_28_months(alliance: Scenario) -> None:
    """The opening book is 28 times what output leaves after the supply to Ukraine."""
    supply = next(row.per_month for row in alliance.rows(Need) if row.band == 1)
    left = _output(alliance, "Round") - supply
    assert _opening_book(alliance) / left == pytest.approx(28, abs=0.01)


@pytest.mark.parametrize(
    ("made", "used", "per_unit"),
    [("Shell body", "Round", 1), ("Charge", "Round", 1), ("Powder", "Charge", 0.0125), ("Explosive", "Round", 0.010)],
)
def test_alliance_inputs_suffice_for_the_reported_output(
    alliance: Scenario, made: str, used: str, per_unit: float
) -> None:
    """Each stage covers today's rounds, with at most 15 % to spare, so that no stage is the limit today."""
    rounds = _output(alliance, "Round")
    assert 1.0 <= _output(alliance, made) / (rounds * per_unit) <= 1.15, used


def test_alliance_minimum_rates_can_be_met(alliance: Scenario) -> None:
    """Filling at its minimum uses less of every input than its lines make with today's pattern."""
    least = sum(row.minimum for row in _existing(alliance, "Round"))
    assert least * 0.010 < _output(alliance, "Explosive")
    assert least < min(_output(alliance, "Shell body"), _output(alliance, "Charge"))


# -- helpers --------------------------------------------------------------------------------------
def _figures(scenario: Scenario) -> Iterator[tuple[tuple[str, str, str], Any]]:
    """Give (sheet, key, column) and value of every figure that differs from its default."""
    sources = _module("sources")
    for model in (Settings, *TABLES):
        rows = (scenario.settings,) if model is Settings else scenario.rows(model)
        for row in rows:
            values = {name: value for name, value in row.model_dump().items() if value is not None}
            for name, value in values.items():
                if value == model.model_fields[name].default or not sources.is_figure(model, name, value):
                    continue
                value = f"{value:%Y-%m}" if hasattr(value, "strftime") else value
                header = headers(model)[name]
                place = (header, "value") if model is Settings else (sources.row_key(model, values), header)
                yield (SHEETS[model.sheet].sheet, *place), value


def _existing(scenario: Scenario, item: str) -> list[Rate]:
    opened = {row.line for row in scenario.rows(Line) if row.opened_by}
    return [row for row in scenario.rows(Rate) if row.item == item and row.line not in opened]


def _output_by_member(scenario: Scenario, item: str) -> dict[str, float]:
    network = Network(scenario)
    made: dict[str, float] = {}
    for row in _existing(scenario, item):
        line = network.lines[row.line]
        output = row.rate * sum(step.added_share for step in line.steps[: line.shifts_now])
        made[line.member] = made.get(line.member, 0.0) + output
    return made


def _output(scenario: Scenario, item: str) -> float:
    return sum(_output_by_member(scenario, item).values())


def _opening_book(scenario: Scenario) -> float:
    calendar = scenario.calendar
    months = {row: calendar.window(row.from_month, row.to_month) for row in scenario.rows(Order)}
    return sum(row.per_month * (min(stop, 0) - begin) for row, (begin, stop) in months.items() if begin < 0)
