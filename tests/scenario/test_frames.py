"""Tables that come from Python: what their index, their labels and their kind say."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.errors import InputError
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES
from optimizer.scenario.variants import variant
from tests.scenario.small import SETTINGS, small, tables


def columns(*kinds: Any) -> list[tuple[str, str]]:
    """Return table and column of the values of these kinds: how they are read, or their type."""
    return [
        (model.table, name)
        for model in TABLES
        for name, field in model.model_fields.items()
        if any(kind in str(field) for kind in kinds)
    ]


NAMES = columns("parse_name")
NUMBERS = columns("parse_number")


def test_what_stands_in_the_index_is_a_column() -> None:
    """Lines indexed by site and name are the same lines; an index without the name of a column means nothing."""
    scenario = small()
    lines = scenario.lines
    assert scenario.replace(lines=lines.set_index(["site", "line"])) == scenario
    assert scenario.replace(lines=lines.rename_axis("row")) == scenario


def test_labels_that_are_no_text_are_no_columns() -> None:
    """A frame without headers is told what it lacks, and that its numbers name no columns."""
    with pytest.raises(InputError) as caught:
        small().replace(groups=pd.DataFrame([["big"]]))
    assert [str(finding) for finding in caught.value.findings] == [
        "groups!row 1, column group: group: is empty; this column is required",
        "groups!row 1, column 0: 0: is not a column of Groups; use one of at_least, at_most, group, note",
    ]


@pytest.mark.parametrize("table", [None, "big", 3, [["big"]], {"group": "big"}])
def test_what_is_no_table_is_refused(table: Any) -> None:
    """A frame or a list of dicts is asked for, by the name of the table."""
    with pytest.raises(TypeError, match=r"groups is a .*; give a DataFrame, or a list of dicts"):
        small().replace(groups=table)


def test_columns_of_one_name_are_refused() -> None:
    """Of two columns `amount` none is dropped in silence, whether they come from `replace` or at the start."""
    scenario = small()
    twice = pd.concat([scenario.funds, scenario.funds[["amount"]] * 2], axis=1)
    with pytest.raises(InputError, match="funds: the column `amount` is there 2 times; delete all but one"):
        scenario.replace(funds=twice)
    with pytest.raises(InputError, match="funds: the column `amount` is there 2 times"):
        Scenario.from_tables(SETTINGS, **{**tables(), "funds": twice})


def test_a_column_that_is_there_by_attribute_and_header_is_refused() -> None:
    """`per_month` is the column; `Per month` beside it is none, and is told by its name."""
    scenario = small()
    with pytest.raises(InputError, match=r"Per month: is not a column of Orders; did you mean `per_month`\?"):
        scenario.replace(orders=scenario.orders.assign(**{"Per month": 1}))


@pytest.mark.parametrize(
    "month",
    [
        pd.Period("2023-05", "M"),
        pd.Timestamp("2023-05-01"),
        pd.Timestamp("2023-05-01", tz="Europe/Berlin"),
        np.datetime64("2023-05"),
        np.datetime64("2023-05-01T00:00:00.000000000"),
        dt.date(2023, 5, 1),
        dt.datetime(2023, 5, 1),
        "2023-05",
        "2023-05-01",
    ],
    ids=repr,
)
def test_months_of_every_kind_are_read(month: Any) -> None:
    """What pandas, numpy and Python call a month is one, as a column and as the value of a what-if."""
    scenario = small()
    assert (
        scenario.replace(projects=scenario.projects.assign(earliest=month)).projects["earliest"].tolist()
        == [dt.date(2023, 5, 1)] * 2
    )
    what_if = scenario.scenarios.assign(changed_column="earliest", change="set", value=[month])
    assert scenario.replace(scenarios=what_if).scenarios["value"].tolist() in ([dt.date(2023, 5, 1)], [month])


def test_a_quarter_is_no_month() -> None:
    """A period of another length is refused by name."""
    with pytest.raises(InputError, match="2023Q1 is a period of another length than a month; write it like 2023-02"):
        small(start=pd.Period("2023Q1", "Q"))


@pytest.mark.parametrize("sign", [";", "\n", "\r", "\v", "\u2028", "\x85", "\x01", "\x1e"], ids=ascii)
@pytest.mark.parametrize(("table", "column"), NAMES)
def test_names_that_could_not_be_read_back_are_refused(table: str, column: str, sign: str) -> None:
    """A semicolon, a line break or a control character in any column of names stops at the door."""
    records = tables()
    records[table][0][column] = f"a{sign}b"
    with pytest.raises(InputError, match=rf"{table}!row 1, column {column}: .*(semicolon|line break|control)"):
        Scenario.from_tables(SETTINGS, **records)


@pytest.mark.parametrize(
    "written", ["Ger\u200bmany", "\ufeffGermany", "Germany\u00a0", "\tGermany", "Ger\u00admany"], ids=ascii
)
def test_what_cannot_be_seen_in_a_name_does_not_count(written: str) -> None:
    """Blanks of any kind around a name and characters without a place on the screen make no other name."""
    records = tables()
    records["sites"][0]["member"] = written
    assert Scenario.from_tables(SETTINGS, **records) == small()


def test_letters_composed_and_decomposed_are_one() -> None:
    """`Türkiye` is one name however its letters are stored, also in lists, keys of what-ifs and their names."""
    composed, decomposed = "T\u00fcrkiye", "Tu\u0308rkiye"

    def named(one: str, other: str) -> Scenario:
        text = json.dumps(tables(), ensure_ascii=False).replace("Germany", one)
        records = json.loads(text)
        records["sites"][0]["member"] = other
        records["funds"][1]["member"] = f"Norway; {other}"
        records["funds"][0]["member"] = f"Norway;{one}"
        records["scenarios"][0] |= {
            "scenario": other,
            "changed_sheet": "Members",
            "changed_key": other,
            "changed_column": "labour cost per person and month",
        }
        return Scenario.from_tables(SETTINGS, **records)

    one, other = named(composed, decomposed), named(decomposed, composed)
    assert one == other
    assert variant(one, decomposed) == variant(other, composed)
    assert variant(one, composed).members["labour_cost"][0] == 5006


@pytest.mark.parametrize("number", [1e308, 1.1e15, 10**16, 10**400, np.float32(1e30)], ids=lambda n: str(n)[:9])
@pytest.mark.parametrize(("table", "column"), NUMBERS)
def test_numbers_beyond_any_quantity_are_refused(table: str, column: str, number: Any) -> None:
    """Every column of numbers has an upper bound, and says at which value it was passed."""
    records = tables()
    records[table][0][column] = number
    with pytest.raises(InputError, match=rf"{table}!row 1, column {column}: "):
        Scenario.from_tables(SETTINGS, **records)


@pytest.mark.parametrize(
    ("sheet", "key", "column", "change", "value"),
    [
        ("Projects", "plant", "capex per unit", "multiply", 1e308),
        ("Projects", "plant", "capex per unit", "multiply", 1e8),
        ("Projects", "plant", "lead months", "add", 10**400),
        ("Rates", "*", "1-8-5 rate per month", "multiply", -1e308),
        ("Orders", "Germany | shell | 2022-07", "to", "add", 1e6),
        ("Orders", "Germany | shell | 2022-07", "to", "add", -(10**9)),
        ("Settings", "time limit", "value", "multiply", 1e300),
        ("Settings", "start", "value", "add", 12 * 7000),
    ],
)
def test_what_ifs_that_leave_every_bound_are_refused(
    sheet: str, key: str, column: str, change: str, value: Any
) -> None:
    """A factor or an addition that makes no quantity, or no date, is told at the row of the what-if."""
    names = ("changed_sheet", "changed_key", "changed_column", "change", "value")
    records = {**tables(), "scenarios": [dict(zip(names, (sheet, key, column, change, value), strict=True))]}
    records["scenarios"][0]["scenario"] = "absurd"
    with pytest.raises(InputError, match=r"[Ss]cenarios!row 1, column value: "):
        Scenario.from_tables(SETTINGS, **records)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("start", "9999-06"), ("start", "2201-01"), ("time_limit", 1e308), ("periods", "9" * 5000 + "x1")],
)
def test_times_beyond_every_horizon_are_refused(setting: str, value: Any) -> None:
    """No horizon starts after 2200, lasts for ever, or is searched for ever."""
    with pytest.raises(InputError, match=rf"(?i)settings!row 1, column {setting}: "):
        small(**{setting: value})


def test_scenarios_are_counted_by_name() -> None:
    """One that changes two cells is one."""
    cost = {"scenario": "dear", "changed_sheet": "Members", "changed_column": "labour cost per person and month"}
    changes = [cost | {"changed_key": member, "value": 9} for member in ("Germany", "Norway")]
    assert "1 scenarios" in repr(small().replace(scenarios=changes))
