"""Scenarios drawn from ranges: what is drawn, how it hangs together, few that stand for many, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from optimizer import InputError, Scenario, read_workbook, sample, variant, write_workbook
from optimizer.cli import app
from optimizer.scenario.sample import drawn, reduced
from optimizer.scenario.variants import probabilities, variant_names
from tests.levers.test_by_hand import scenario

EXPANSION = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6}


def uncertain(sheet: str, key: str, column: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    """Return a row of the Uncertain sheet."""
    row = {"changed_sheet": sheet, "changed_key": key, "changed_column": column, "low": low, "high": high}
    return row | {"change": "multiply"} | more


NEED = uncertain("Needs", "*", "per month", 0.5, 2)
LATE = uncertain("Projects", "P", "lead months", 0, 2, change="add")


def given(*rows: dict[str, Any]) -> Scenario:
    """Return a small scenario with ranges."""
    return scenario(3, need=10, projects=[EXPANSION], uncertain=list(rows or (NEED, LATE)))


@pytest.mark.parametrize(
    ("row", "mean", "spread"),
    [
        (NEED, 1.25, 1.5 / 12**0.5),
        (NEED | {"distribution": "triangular", "mode": 0.8}, 1.1, (1.89 / 18) ** 0.5),
        (NEED | {"distribution": "event", "probability": 0.2}, 0.8, 0.6),
        (LATE, 1.0, (2 / 3) ** 0.5),
        (LATE | {"distribution": "triangular", "mode": 0}, 2 / 3, 0.7),
        (NEED | {"low": 1.5, "high": 1.5}, 1.5, 0.0),
    ],
)
def test_draws_have_the_mean_and_spread_of_their_range(row: Any, mean: float, spread: float) -> None:
    """Of 4,000 draws both lie within four standard errors, all are between low and high, whole where they must be."""
    found = drawn(given(row), 4000, 7)[:, 0]
    assert row["low"] <= found.min() and found.max() <= row["high"]
    assert not np.signbit(found).any()  # no -0 either
    if row["change"] == "add":
        assert set(found) == {0.0, 1.0, 2.0}
    assert found.mean() == pytest.approx(mean, abs=4 * spread / 4000**0.5 + 1e-12)
    assert found.std() == pytest.approx(spread, rel=0.1)


def test_values_of_a_group_rise_and_fall_together() -> None:
    """With 1 and -1 as one and against it, with 0.6 and 0.5 correlated by 0.3; without a group by nothing."""
    rows = [
        NEED | {"group": "g"},
        uncertain("Projects", "P", "capex per unit", 0.5, 2, group="g"),
        uncertain("Rates", "L", "1-8-5 rate per month", 0.5, 2, group="g", correlation=-1),
        uncertain("Rates", "L", "unit cost", 0.5, 2, group="h", correlation=0.6),
        uncertain("Settings", "discount rate", "value", 0, 0.1, change="set", group="h", correlation=0.5),
        LATE,
    ]
    found = np.corrcoef(drawn(given(*rows), 4000, 3).T)
    assert found[0, 1] == pytest.approx(1) and found[0, 2] == pytest.approx(-1)
    assert found[3, 4] == pytest.approx(0.29, abs=0.06)  # 0.3 of the normals behind them: 6 / pi asin(0.3 / 2)
    rest = [found[0, 3], found[0, 5], found[3, 5]]
    assert np.abs(rest).max() < 0.07


def test_the_same_seed_draws_the_same_and_fresh_draws_are_others() -> None:
    """Twice the same sample; another seed, and draws for a test, have no number in common with it."""
    one, two = (sample(given(), n=50, seed=4, keep=5) for _ in range(2))
    assert one.scenario == two.scenario and one.draws.equals(two.draws)
    numbers = drawn(given(), 50, 4)[:, 0]
    for others in (drawn(given(), 50, 5), drawn(given(), 50, 4, fresh=True)):
        assert not set(numbers) & set(others[:, 0])


def test_kept_scenarios_are_nearest_to_all_draws() -> None:
    """One after the other, the next one kept leaves the least distance; probabilities go to the nearest.

    Of 0, 1, 2, 10 and 11 the first is 2, 24 / 5 away in the mean (of 1: 26 / 5, of 10: 39 / 5); with 10 it is
    4 / 5 away, with 11 the same, with less none. 0, 1 and 2 are nearest to 2, 11 to 10.
    """
    chosen, probability, distance = reduced(np.array([[0.0], [1], [2], [10], [11]]), 2)
    assert chosen == [2, 3] and probability.tolist() == pytest.approx([0.6, 0.4])
    assert distance == pytest.approx(4 / 20)
    random = np.random.default_rng(1)
    values = random.normal(size=(9, 2))
    scaled = values / values.std(axis=0)

    def left(kept: tuple[int, ...]) -> float:
        apart = np.linalg.norm(scaled[:, None] - scaled[list(kept)][None], axis=2)
        return float(apart.min(axis=1).mean())

    (first,), _, _ = reduced(values, 1)
    assert left((first,)) == pytest.approx(min(left((k,)) for k in range(9)))
    pair, _, distance = reduced(values, 2)
    assert distance == pytest.approx(min(left((first, k)) for k in range(9)) / left((first,)))
    assert min(left(two) for two in itertools.combinations(range(9), 2)) <= left(tuple(pair))
    assert reduced(values, 9)[0] == list(range(9)) and reduced(values, 20)[2] == 0.0
    assert reduced(np.ones((4, 1)), 2)[1].sum() == 1.0


def test_scenarios_stand_in_the_sheet_with_their_probabilities() -> None:
    """Each kept draw is a what-if that does what was drawn; together they have all of the probability."""
    found = sample(given(), n=60, seed=2, keep=4)
    names = variant_names(found.scenario)
    assert list(names) == found.draws["scenario"].tolist() and len(names) == 4
    assert sum(probabilities(found.scenario).values()) == pytest.approx(1)
    assert found.scenario.uncertain.equals(given().uncertain)
    for name, (_, _, factor, months) in zip(names, found.draws.itertuples(index=False), strict=True):
        changed = variant(found.scenario, name)
        assert changed.needs["per_month"].tolist() == pytest.approx([10 * factor])
        assert changed.projects["lead_months"].tolist() == [1 + months]
    assert sample(given(), n=3).draws["probability"].tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (NEED | {"low": 3}, "high", "2 is less than low, 3"),
        (NEED | {"mode": 3}, "mode", "3 is not between low and high"),
        (NEED | {"distribution": "triangular"}, "mode", "is empty"),
        (NEED | {"distribution": "event"}, "probability", "is empty"),
        (NEED | {"changed_sheet": "Need"}, "changed_sheet", "`Need` cannot be changed; did you mean `Needs`"),
        (NEED | {"changed_sheet": "Uncertain"}, "changed_sheet", "cannot be changed"),
        (NEED | {"changed_key": "X"}, "changed_key", "no row of Needs has the key `X`"),
        (NEED | {"changed_column": "per year"}, "changed_column", "`per year` is not a column of Needs"),
        (NEED | {"change": "add", "low": -20}, "low", "at least 0"),
        (uncertain("Projects", "P", "status", 0, 1, change="set"), "low", ""),
        (uncertain("Lines", "L", "site", 0, 1, change="set"), "changed_column", "holds no numbers"),
        (LATE | {"change": "multiply", "low": 1}, "change", "holds whole numbers; choose add, or set"),
        (LATE | {"low": 0.5}, "low", "whole"),
    ],
)
def test_ranges_that_are_none_are_told_with_their_cell(row: Any, column: str, words: str) -> None:
    """Order, what a distribution lacks, sheets, rows and columns that are not there, values that do not fit."""
    with pytest.raises(InputError) as error:
        given(row)
    told = [(finding.cell, finding.message) for finding in error.value.findings if words in finding.message]
    assert told and told[0][0] == f"row 1, column {column}", error.value


def test_draws_that_break_a_rule_are_told_with_their_numbers() -> None:
    """A plant that opens before its latest start where months are many; without ranges, or draws, nothing is drawn."""
    months = uncertain("Projects", "P", "earliest", 0, 3, change="add")
    project = EXPANSION | {"earliest": "2024-01", "latest": "2024-02"}
    broken = scenario(3, need=10, projects=[project], uncertain=[months])
    with pytest.raises(InputError) as error:
        sample(broken, n=20, seed=1)
    assert "P earliest 2" in str(error.value) and "lies before" in str(error.value)
    for wrong in ({"n": 0}, {"n": 2001}, {"keep": 0}):
        with pytest.raises(InputError, match=r"draws|keep"):
            sample(given(), **wrong)
    with pytest.raises(InputError, match="there are no ranges"):
        sample(scenario(2))


def test_the_command_writes_a_workbook_that_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the scenario of Python; the same command writes the same; what is there is not replaced unasked."""
    monkeypatch.chdir(tmp_path)
    write_workbook(Path("case.xlsx"), given())
    command = ["sample", "case.xlsx", "--n", "40", "--seed", "3", "--keep", "4"]
    ran = CliRunner().invoke(app, [*command, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    found = sample(read_workbook("case.xlsx"), n=40, seed=3, keep=4)
    assert read_workbook(told["workbook"]) == found.scenario
    assert [row["scenario"] for row in told["scenarios"]] == found.draws["scenario"].tolist()
    assert CliRunner().invoke(app, command).exit_code == 1
    ran = CliRunner().invoke(app, [*command, "--force"])
    assert ran.exit_code == 0 and "4 kept" in ran.output and "case (sample).xlsx" in ran.output
    assert CliRunner().invoke(app, [*command, "--test", "case.xlsx"]).exit_code == 2
