"""Named what-ifs: what they change, what they leave alone, what is impossible."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from optimizer.errors import InputError
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.variants import key_text, variant, variant_names, with_key
from tests.scenario.small import SETTINGS, tables


def with_changes(*changes: tuple[str, str, str, str, Any]) -> Scenario:
    """Return the small scenario with a what-if: sheet, key, column, change, value."""
    names = ("changed_sheet", "changed_key", "changed_column", "change", "value")
    records = tables()
    records["scenarios"] = [{"scenario": "s", **dict(zip(names, c, strict=True))} for c in changes]
    return Scenario.from_tables(SETTINGS, **records)


def test_names_are_told_once_and_in_order() -> None:
    """Every scenario of the sheet is named once."""
    records = tables()
    first = records["scenarios"][0]
    records["scenarios"] = [first | {"scenario": "b"}, first | {"scenario": "a"}]
    records["scenarios"].append(first | {"scenario": "b", "changed_column": "units", "value": 1})
    assert variant_names(Scenario.from_tables(SETTINGS, **records)) == ("b", "a")


CHANGES: dict[str, tuple[tuple[str, str, str, str, Any], str, list[Any]]] = {
    "add to one row": (("Projects", "plant", "lead months", "add", 6), "projects.lead_months", [18, 6]),
    "multiply every row": (("Funds", "*", "amount", "multiply", 0.8), "funds.amount", [8e8, 8e8]),
    "set by a key of several columns": (
        ("Rates", "U1 | shell | 2024-01", "1-8-5 rate per month", "set", 7000),
        "rates.rate",
        [5000, 7000, 8000, 9000],
    ),
    "a key with an empty month": (
        ("Rates", "U1|shell", "1-8-5 rate per month", "multiply", 2),
        "rates.rate",
        [10000, 6000, 8000, 9000],
    ),
    "empty cells stay empty": (
        ("Members", "*", "people available", "multiply", 2),
        "members.people_available",
        [800],
    ),
    "add months to a date": (
        ("Rates", "U1 | shell", "to", "add", -1),
        "rates.to_month",
        [dt.date(2023, 11, 1)],
    ),
    "names in any case": (
        ("members", "Germany", "Labour Cost per person and month", "set", 1),
        "members.labour_cost",
        [1, 6000, 0],
    ),
    "yes and no": (("Lines", "U1", "may idle", "set", "yes"), "lines.may_idle", [True, False, True]),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_reaches_its_rows_and_no_others(case: str) -> None:
    """The column holds the changed values where the key matches, and the old ones elsewhere."""
    change, column, expected = CHANGES[case]
    table, attribute = column.split(".")
    changed = variant(with_changes(change), "s")
    assert getattr(changed, table)[attribute].dropna().tolist() == expected


def test_settings_are_changed_by_name() -> None:
    """The key is the name of the setting, the column is value."""
    changed = variant(with_changes(("Settings", "Discount rate", "value", "multiply", 2)), "s")
    assert changed.settings.discount_rate == 0.06


def test_changes_apply_one_after_the_other() -> None:
    """A factor for all rows and a value for one of them give both."""
    changed = variant(
        with_changes(("Funds", "*", "amount", "multiply", 0.5), ("Funds", "federal | 2024", "amount", "add", 1)),
        "s",
    )
    assert changed.funds["amount"].tolist() == [5e8, 5e8 + 1]


def test_the_original_stays_as_it_is() -> None:
    """A variant is a new scenario."""
    scenario = with_changes(("Funds", "*", "amount", "multiply", 0.5))
    variant(scenario, "s")
    assert scenario.funds["amount"].tolist() == [1e9, 1e9]


@pytest.mark.parametrize("key", ["U1 | shell", "U1 | shell | 2024", "r", "R1 | bo"])
def test_a_key_may_be_a_beginning_that_no_other_row_has(key: str) -> None:
    """As much of a key as tells a row from the others is enough, its last value cut short; case does not count."""
    changed = variant(with_changes(("Rates", key, "unit cost", "set", 7)), "s")
    assert (changed.rates["unit_cost"] == 7).tolist().count(True) == 1


def test_a_setting_may_be_begun() -> None:
    """As much of the name of a setting as tells it from the others is enough."""
    assert variant(with_changes(("Settings", "disc", "value", "set", 0.06)), "s").settings.discount_rate == 0.06


IMPOSSIBLE: dict[str, tuple[tuple[str, str, str, str, Any], str]] = {
    "text for a number": (
        ("Funds", "*", "amount", "set", "much"),
        "Scenarios!row 1, column value: amount: 'much' is not a number; type digits only",
    ),
    "out of bounds": (
        ("Members", "Germany", "weekend premium", "set", 50),
        "Scenarios!row 1, column value: weekend premium: 50 must be at most 500%; did you mean 50 % = 0.5?",
    ),
    "half a unit": (
        ("Projects", "plant", "units", "multiply", 1.5),
        "Scenarios!row 1, column value: units: 1.5 is not a whole number; type one",
    ),
    "beginning of several keys": (
        ("Rates", "U", "unit cost", "set", 1),
        "Scenarios!row 1, column changed_key: the keys of 3 rows of Rates begin with `U`: `U1 | shell`, "
        "`U1 | shell | 2024-01`, `U2 | shell`; write more of it",
    ),
    "factor that is text": (
        ("Funds", "*", "amount", "multiply", "twice"),
        "Scenarios!row 1, column value: 'twice' is not a number; to multiply, type one",
    ),
    "nothing to multiply": (
        ("Projects", "plant", "life in months", "multiply", 2),
        "Scenarios!row 1, column value: there is no value to multiply; choose `set`",
    ),
    "text to multiply": (
        ("Items", "shell", "unit", "multiply", 2),
        "Scenarios!row 1, column value: 'pc' is not a number; choose `set`",
    ),
    "half a month": (
        ("Rates", "U1 | shell", "to", "add", 0.5),
        "Scenarios!row 1, column value: to a month, whole months can be added; not add 0.5",
    ),
    "a key": (
        ("Items", "shell", "item", "set", "x"),
        "Scenarios!row 1, column changed_column: `item` is part of the key of Items and stays; choose another column",
    ),
    "the sheet itself": (
        ("Scenarios", "*", "value", "set", 1),
        "Scenarios!row 1, column changed_sheet: `Scenarios` cannot be changed; name another sheet",
    ),
    "unknown setting": (
        ("Settings", "gop", "value", "set", 1),
        "Scenarios!row 1, column changed_key: `gop` is not a setting; did you mean `gap`?",
    ),
    "setting by another column": (
        ("Settings", "gap", "gap", "set", 1),
        "Scenarios!row 1, column changed_column: `gap` is not a column of Settings; write value",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_change_is_an_error_of_its_cell(case: str) -> None:
    """What cannot be changed so is told when the scenario is built."""
    change, expected = IMPOSSIBLE[case]
    with pytest.raises(InputError) as caught:
        with_changes(change)
    assert str(caught.value) == expected


def test_a_change_that_breaks_a_rule_is_told_when_it_is_used() -> None:
    """The changed scenario is checked anew."""
    scenario = with_changes(("Profiles", "half | 0", "share", "set", 0.9))
    with pytest.raises(InputError) as caught:
        variant(scenario, "s")
    message = "Profiles!row 1, column share: the payments of `half` sum to 140 %; make them 100 %"
    assert str(caught.value) == message


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """A name that is not on the sheet is refused."""
    records = tables()
    with pytest.raises(InputError) as caught:
        variant(Scenario.from_tables(SETTINGS, **records), "late plnt")
    assert str(caught.value) == "Scenarios: `late plnt` is not a scenario; did you mean `late plant`?"


def test_keys_are_written_as_values_joined_by_bars() -> None:
    """The key of a row is its values, months as 2023-01, empty values blank; blanks do not count."""
    order = Scenario.from_tables(SETTINGS, **tables()).tables["orders"][0]
    assert key_text(order) == "Germany | shell | 2022-07"
    assert with_key([order], "Germany|shell |2022-07-01") == [order]
    assert with_key([order], "Germany | body") == []
