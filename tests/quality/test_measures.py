"""Every other measure: on the plan by hand it finds nothing, on one that is spoilt it finds what was spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.plan.tables import DECISIONS
from optimizer.scenario.network import POOL
from optimizer.scenario.scenario import Scenario
from tests.quality import __main__ as command
from tests.quality.world import MONTHS, STEADY, measured, payments, plan, scenario
from tests.verify import build

NONE = (None,) * MONTHS
OTHERS = "others pay while own money is left"


def at(month: int, *values: float) -> list[float | None]:
    """Return values by month that are given from one month on only."""
    return [*NONE[:month], *values, *NONE[month + len(values) :]]


def shifts(given: Scenario, new: list[int], old: list[int] | None = None) -> pd.DataFrame:
    """Return the crews of both lines."""
    return build.flows(given, "shifts", {"Old": old or [1] * 6 + [2] * 18, "New": new})


def test_a_crew_before_its_line_opens_counts() -> None:
    """The plant decided in month 0 opens in month 6: a crew from month 4 on is paid for two months too many."""
    given = scenario()
    tables: dict[str, Any] = {"starts": build.starts(given, [("plant", 1, 0)])}
    tables["output"] = build.flows(given, "output", {("Old", "shell"): STEADY, ("New", "shell"): [0] * 6 + [100] * 18})
    early = measured(plan(given, shifts=shifts(given, [0] * 4 + [1] * 20), **tables), "crews before their line opens")
    assert early.broken and early.result == "2 crew-months" and early.found[0].when == "2024-05 to 2024-06"
    on_time = plan(given, shifts=shifts(given, [0] * 6 + [1] * 18), **tables)
    assert not measured(on_time, "crews before their line opens").broken


def test_a_weekend_by_itself_counts() -> None:
    """One run between months without any counts; two in a month, or one in each of two months, do not."""
    given = scenario()
    for runs, count in ((at(3, 1), 1), (at(3, 2), 0), (at(3, 1, 1), 0), (at(MONTHS - 1, 1), 1)):
        weekends = build.flows(given, "weekends", {("Old", 1): runs})
        assert len(measured(plan(given, weekends=weekends), "single weekends").found) == count


def test_crews_that_leave_as_soon_as_they_may_are_told() -> None:
    """The second crew has to stay three months: it leaves after three, or after six."""
    given = scenario()
    for months, told in ((3, 1), (6, 0)):
        crews = [1] * 3 + [2] * months + [1] * (MONTHS - 3 - months)
        one = measured(plan(given, shifts=shifts(given, [0] * MONTHS, crews)), "crews at the minimum stay")
        assert len(one.found) == told and one.result == f"{told} of 1 that join" and not one.broken


def test_a_purchase_of_next_to_nothing_counts() -> None:
    """Of 1,000 that Mill sells a month, 9 are too few; of 350 that a month takes on average, 3 are, without a limit."""
    for limit, units, broken in ((1000, 9.0, True), (1000, 11.0, False), (None, 3.0, True), (None, 4.0, False)):
        given = scenario(suppliers=[{"supplier": "Mill", "item": "powder", "most_per_month": limit}])
        bought = build.flows(given, "purchases", {("Mill", POOL, "powder"): at(0, 400, units)})
        one = measured(plan(given, purchases=bought), "small purchases")
        assert one.broken is broken and len(one.found) == broken


def waiting(place: str | None, attained_from: int) -> Any:
    """Return how customers wait: A and B order 10 a month; A gets them at once, B nothing in the first half year."""
    orders = [{"customer": who, "item": "shell", "from_month": "2024-01", "per_month": 10} for who in ("A", "B")]
    target = {"target": "soon", "kind": "waiting time", "place": place, "item": "shell", "value": 3, "strength": "asap"}
    members = [{"member": "A"}, {"member": "B"}, {"member": "R", "kind": "recipient"}]
    given = scenario(members=members, orders=orders, targets=[target])
    got = {("A", "shell"): [10.0] * MONTHS, ("B", "shell"): [0.0] * 6 + [10.0] * 18}
    left = {("A", "shell"): [0.0] * MONTHS, ("B", "shell"): [10.0 * min(n, 6) for n in range(1, MONTHS + 1)]}
    rows = [
        ("soon", "", "shell", day, int(n >= attained_from), None) for n, day in enumerate(given.calendar.period_dates())
    ]
    promises = pd.DataFrame(rows, columns=DECISIONS["promises"].names)
    tables = {"deliveries": build.deliveries(given, got, left), "promises": promises}
    return measured(build.plan(given, {**plan(given).tables, **tables}), "waits against promises")


def test_a_promise_without_a_customer_is_one_to_each() -> None:
    """All pooled wait 3 months, B waits 6: a target of 3 to no one in particular is broken for B."""
    one = waiting(None, 0)
    assert one.broken and one.result == "B 6.0 of 3 months"
    waits = {found.of: (found.size, found.verdict) for found in one.found}
    assert waits["A: shell"] == ("0.0 of 3 months", "held")
    assert waits["(all): shell"] == ("3.0 of 3 months", "told")


def test_a_promise_to_one_customer_is_about_it_alone() -> None:
    """A gets what it orders at once; what B waits breaks no promise to A."""
    assert not waiting("A", 0).broken
    assert waiting("B", 0).broken


def test_a_promise_binds_from_when_it_is_kept() -> None:
    """A promise as soon as possible that is never kept is told, not broken."""
    assert not waiting(None, MONTHS).broken
    assert waiting(None, 12).broken


def funded(carries_over: bool = False, **own: Any) -> Scenario:
    """Return the input with 100 a year of A's own and of common money."""
    common: dict[str, Any] = {"fund": "common", "amount": 100}
    ours: dict[str, Any] = {"fund": "own", "amount": 100, "member": ["A"], "carries_over": carries_over, **own}
    return scenario(funds=[{**fund, "year": year} for fund in (ours, common) for year in (2024, 2025)])


@pytest.mark.parametrize(
    ("given", "paid", "avoidable"),
    [
        (funded(), (60.0, 100.0), 40),
        (funded(), (100.0, 100.0), 0),
        (funded(covers=["capex"]), (60.0, 100.0), 0),
        (funded(carries_over=True), (60.0, 140.0), 0),
    ],
)
def test_common_money_while_own_is_left_counts(given: Scenario, paid: tuple[float, float], avoidable: float) -> None:
    """Own funds pay some in each year, common ones 50 in the first: as much as own money was left counts."""
    rows = [("own", "A", "crews", "", year, money) for year, money in zip((2024, 2025), paid, strict=True)]
    one = measured(plan(given, payments=payments(*rows, ("common", "A", "crews", "", 2024, 50.0))), OTHERS)
    assert one.result == f"{avoidable} of 50" and one.broken is bool(avoidable)


def test_a_build_a_crew_and_weekends_without_use_count() -> None:
    """New is built, a third crew joins Old and it works weekends, but two crews on Old make all that is made."""
    ladder = [{"ladder": "two", "step": n, "pattern": f"{n}-8-5"} for n in (1, 2, 3)]
    given = scenario(shift_ladders=ladder)
    starts = build.starts(given, [("plant", 1, 0)])
    weekends = build.flows(given, "weekends", {("Old", 1): [None] * 6 + [2] * 18})
    crews = shifts(given, [0] * MONTHS, [1] * 6 + [3] * 18)
    idle = plan(given, starts=starts, weekends=weekends, shifts=crews)
    assert measured(idle, "builds without use").found[0].of == "plant"
    assert [found.size for found in measured(idle, "crews without use").found] == ["crew 3"]
    assert measured(idle, "weekends without use").result == "36 runs"
    full = [100.0] * 6 + [300 * (1 + 2 * 2 / 21.75 / 3)] * 18
    output = build.flows(given, "output", {("Old", "shell"): full, ("New", "shell"): [0] * 6 + [1] * 18})
    busy = plan(given, starts=starts, weekends=weekends, shifts=crews, made=full)
    assert not measured(busy, "crews without use").found and not measured(busy, "weekends without use").found
    used = build.plan(given, {**busy.tables, "output": output})
    assert not measured(used, "builds without use").found


def test_the_command_reads_reports_and_tells_by_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report of the plan by hand is measured with status 0; with a fall in it, with 1 and the months of output."""
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    plan().to_excel(good)
    plan(made=(*STEADY[:9], 100.0, *STEADY[10:])).to_excel(bad)
    assert command.main([str(good)]) == 0
    assert command.main([str(good), str(bad), "--months", "--markdown", str(tmp_path / "told.md")]) == 1
    told = capsys.readouterr().out
    assert "2024-10" in told and "! 50.0%" in told and "units a month" in told
    summary = (tmp_path / "told.md").read_text().splitlines()[-2:]
    assert [row.split(" | ")[:2] for row in summary] == [["| good", "0.0%"], ["| bad", "! 50.0% **broken**"]]
