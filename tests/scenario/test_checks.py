"""The rules across rows: one fault each, found where it is, in these words and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.errors import ImpossibleError, refuse_impossible
from optimizer.scenario.checks import RULES, check
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import BY_TABLE, Settings
from tests.scenario.small import SETTINGS, TABLES, Records, findings_of, small, tables

Change = Callable[[dict[str, Records]], Any]


def add(table: str, **record: Any) -> Change:
    """Return a change that appends a record."""
    return lambda records: records[table].append(record)


def put(table: str, index: int, **values: Any) -> Change:
    """Return a change that overwrites values of a record."""
    return lambda records: records[table][index].update(values)


def both(*changes: Change) -> Change:
    """Return several changes as one."""
    return lambda records: [change(records) for change in changes]


def test_a_sound_scenario_has_no_findings() -> None:
    """The small scenario uses every table and has neither errors nor warnings."""
    assert set(TABLES) == set(BY_TABLE)
    assert check(small()) == []


ERRORS: dict[str, tuple[Change, str]] = {
    "names that differ by case": (
        add("members", member="germany"),
        "Members!row 4, column member: `germany` and `Germany` (row 1, column member) are too much alike; "
        "write one name in one way",
    ),
    "names that differ by a joiner": (
        add("suppliers", supplier="Trad\u200cer", item="shell"),
        "Suppliers!row 2, column supplier: `Trad\u200cer` and `Trader` (row 1, column supplier) are too much alike; "
        "write one name in one way",
    ),
    "a ladder in two ways": (
        put("shift_ladders", 1, ladder="Standard"),
        "Shift ladders!row 2, column ladder: `Standard` and `standard` (row 1, column ladder) are too much alike; "
        "write one name in one way\n"
        "Shift ladders!row 2, column step: the ladder `Standard` lacks step 1; add it, or number the steps anew",
    ),
    "duplicate key": (
        add("items", item="shell"),
        "Items!row 4, column item: `shell` is there already (row 1, column item); keep one of the two",
    ),
    "duplicate key of several columns": (
        add("orders", customer="Germany", item="shell", from_month="2023-01", per_month=1),
        "Orders!row 3, column customer: `Germany | shell | 2023-01` is there already (row 2, column "
        "customer); "
        "keep one of the two",
    ),
    "unknown member": (
        put("sites", 0, member="Germny"),
        "Sites!row 1, column member: `Germny` is not in Members; did you mean `Germany`?",
    ),
    "unknown name far from any": (
        put("recipes", 1, line="xyz"),
        "Recipes!row 2, column line: `xyz` is not in Lines; use one of R1, U1, U2",
    ),
    "unknown member in a list": (
        lambda r: [row.update(member="Germany; Norwy") for row in r["funds"]],
        "Funds!row 1, column member: `Norwy` is not in Members; did you mean `Norway`?\n"
        "Funds!row 2, column member: `Norwy` is not in Members; did you mean `Norway`?",
    ),
    "lane from nowhere": (
        put("lanes", 0, from_place="Tradr"),
        "Lanes!row 1, column from_place: `Tradr` is not in Members or Suppliers; did you mean `Trader`?",
    ),
    "lane to its own start": (
        add("lanes", from_place="Norway", to_place="Norway"),
        "Lanes!row 2, column to_place: `Norway` is where the lane starts; name another place",
    ),
    "supplier named like a member": (
        add("suppliers", supplier="Norway", item="powder"),
        "Suppliers!row 2, column supplier: `Norway` is in Members too; give the supplier another name",
    ),
    "reserved name": (
        add("members", member="each"),
        "Members!row 4, column member: `each` has a meaning of its own; choose another name",
    ),
    "line named like a copy": (
        both(put("projects", 0, units=2), add("lines", line="U2 #2", site="Raufoss")),
        "Lines!row 4, column line: `U2 #2` will be the name of a copy of `U2`; choose another name",
    ),
    "site at a recipient": (
        add("sites", site="Kyiv", member="Ukraine"),
        "Sites!row 3, column member: `Ukraine` is a recipient, but sites stand at members; name a member",
    ),
    "need of a member": (
        add("needs", recipient="Norway", item="shell", per_month=1),
        "Needs!row 2, column recipient: `Norway` is a member, but needs are those of recipients; "
        "use Orders, or mend its kind",
    ),
    "own stockpile of a recipient": (
        add("stocks", place="Ukraine", item="shell", held_by="member"),
        "Stocks!row 3, column held_by: `Ukraine` is a recipient and has no stockpile of its own; write producer",
    ),
    "rates overlap": (
        put("rates", 0, to_month="2024-01"),
        "Rates!row 2, column from_month: the rates of `U1` for `shell` overlap with row 1, column line; "
        "end that row earlier, with `to`",
    ),
    "minimum above the rate": (
        put("rates", 1, minimum=7000),
        "Rates!row 2, column minimum: the minimum 7000 is more than the 1-8-5 rate 6000; lower it",
    ),
    "labour of an item": (
        put("cost_changes", 0, item="shell"),
        "Cost changes!row 1, column item: labour costs change by member, not by item; clear this cell",
    ),
    "holding of a member": (
        put("cost_changes", 1, member="Norway"),
        "Cost changes!row 2, column member: holding costs change by item, not by member; clear this cell",
    ),
    "minimum of a crew above the rate": (
        put("rates", 3, crew_minimum=9001),
        "Rates!row 4, column crew_minimum: the minimum of every crew, 9001, is more than the 1-8-5 rate 9000; lower it",
    ),
    "window the wrong way round": (
        put("needs", 0, from_month="2024-05", to_month="2024-02"),
        "Needs!row 1, column to_month: to 2024-02 lies before from 2024-05; mend one of them",
    ),
    "project months the wrong way round": (
        put("projects", 1, earliest="2023-05", latest="2023-02", status="forbidden"),
        "Projects!row 2, column latest: latest 2023-02 lies before earliest 2023-05; mend one of them",
    ),
    "payments that do not sum up": (
        put("profiles", 1, share=0.4),
        "Profiles!row 1, column share: the payments of `half` sum to 90 %; make them 100 %",
    ),
    "ladder with a hole": (
        put("shift_ladders", 1, step=3),
        "Shift ladders!row 1, column step: the ladder `standard` lacks step 2; add it, or number the steps anew",
    ),
    "stay shorter than the ramp-up": (
        put("shift_ladders", 1, minimum_stay=1),
        "Shift ladders!row 2, column minimum_stay: the minimum stay of 1 months is shorter than the ramp-up "
        "`learn` of 2; raise it to 2",
    ),
    "more shifts than steps": (
        put("lines", 0, shifts_now=3),
        "Lines!row 1, column shifts_now: shifts now is 3, but the ladder `standard` has 2; mend one of them",
    ),
    "more shifts than one without a ladder": (
        put("lines", 2, shifts_now=2),
        "Lines!row 3, column shifts_now: shifts now is 2, but a line without a ladder has 1; mend one of them",
    ),
    "shifts on a line to be opened": (
        put("lines", 1, shifts_now=1),
        "Lines!row 2, column shifts_now: shifts now is 1, but `plant` has yet to open the line; write 0",
    ),
    "idle line that may not idle": (
        put("lines", 0, shifts_now=0),
        "Lines!row 1, column shifts_now: shifts now is 0, but the line may not idle; "
        "write yes in `may idle`, or 1 here",
    ),
    "item made from itself": (
        add("recipes", item="body", input="body", quantity=1),
        "Recipes!row 3, column input: `body` is made from itself; name another input",
    ),
    "item that is its own by-product": (
        add("recipes", item="body", input="body", quantity=-1),
        "Recipes!row 3, column input: `body` is its own by-product; raise its rate or its yield in Rates instead",
    ),
    "recipe of nothing": (
        put("recipes", 1, quantity=0),
        "Recipes!row 2, column quantity: is 0; write how much is used, or below 0 what comes out as well, or delete "
        "the row",
    ),
    "circular recipes": (
        add("recipes", item="body", input="shell", quantity=1),
        "Recipes!row 1, column input: the recipes go in a circle: shell > body > shell; delete one of them",
    ),
    "input nobody supplies": (
        lambda r: [r["suppliers"].clear(), r["lanes"].clear()],
        "Recipes!row 2, column input: `powder` is used, but nobody can make or buy it; add a row to Rates or Suppliers",
    ),
    "need nobody can meet": (
        both(add("items", item="drone"), add("needs", recipient="Ukraine", item="drone", per_month=1)),
        "Needs!row 2, column item: `drone` is needed, but nobody can make or buy it; add a row to Rates or Suppliers",
    ),
    "order nobody can meet": (
        both(
            add("items", item="drone"),
            add("orders", customer="Norway", item="drone", from_month="2023-01", per_month=1),
        ),
        "Orders!row 3, column item: `drone` is ordered, but nobody can make or buy it; add a row to Rates or Suppliers",
    ),
    "expansion without a line": (
        put("projects", 1, line=None),
        "Projects!row 2, column line: `robot` is an expansion; fill in `line`",
    ),
    "expansion without a share": (
        put("projects", 1, added_share=None),
        "Projects!row 2, column added_share: `robot` is an expansion; fill in `added share of its rate`",
    ),
    "new line with a share": (
        put("projects", 0, added_share=0.1),
        "Projects!row 1, column added_share: `plant` is no expansion; leave `added share of its rate` empty",
    ),
    "hiring without a limit of people": (
        put("members", 1, people_hired=5),
        "Members!row 2, column people_available: `Norway` hires people, but has no limit of them; "
        "fill in `people available`",
    ),
    "trainers of nobody": (
        put("members", 0, trainers=0.2),
        "Members!row 1, column trainers: `Germany` has trainers per trainee, but nobody is hired; "
        "fill in `people hired per month`, 0 for nobody, or leave it empty",
    ),
    "training of nobody": (
        put("members", 0, training_months=2),
        "Members!row 1, column training_months: `Germany` has training months, but nobody is hired; "
        "fill in `people hired per month`, 0 for nobody, or leave it empty",
    ),
    "price of a size that nobody chooses": (
        put("projects", 0, capex_per_size=5),
        "Projects!row 1, column capex_per_size: `plant` has a capex per size, but no size is chosen; "
        "fill in `most size`, or leave it empty",
    ),
    "least size above the most": (
        both(put("projects", 0, least_size=3, most_size=2), put("lines", 1, weekend_share=0)),
        "Projects!row 1, column least_size: the least size 3 of `plant` is more than the most, 2; mend one of them",
    ),
    "committed in a size that is open": (
        both(put("projects", 0, status="committed", start="2023-02", most_size=2), put("lines", 1, weekend_share=0)),
        "Projects!row 1, column least_size: `plant` is committed, and its size given; "
        "write it as the least size and as the most size",
    ),
    "expansion of a line of a chosen size": (
        both(put("projects", 0, most_size=2), put("projects", 1, line="U2"), put("lines", 1, weekend_share=0)),
        "Projects!row 2, column line: `U2` is opened by `plant` in a size that is chosen, so it cannot be expanded, "
        "too; give `plant` a larger most size instead, or none",
    ),
    "project that opens nothing": (
        add("projects", project="hall", kind="reactivation", lead_months=3),
        "Projects!row 3, column project: no line is opened by `hall`; name it in `opened by` of Lines",
    ),
    "project with lines in two members": (
        put("lines", 2, opened_by="plant"),
        "Projects!row 1, column project: `plant` opens lines in Germany, Norway; make it one project for each",
    ),
    "line opened by an expansion": (
        put("lines", 2, opened_by="robot"),
        "Lines!row 3, column opened_by: `robot` is an expansion and opens no line; leave `opened by` empty",
    ),
    "committed without a start": (
        put("projects", 0, status="committed"),
        "Projects!row 1, column start: `plant` is committed; fill in the month of its decision",
    ),
    "start of an option": (
        put("projects", 0, start="2023-02"),
        "Projects!row 1, column start: `plant` has a start but is not committed; use `earliest`, or mend its status",
    ),
    "committed outside its months": (
        put("projects", 0, status="committed", start="2023-02", earliest="2023-03"),
        "Projects!row 1, column start: the start 2023-02 of `plant` is not within earliest and latest; clear these",
    ),
    "firm quantity without an item": (
        put("projects", 0, firm_quantity=100),
        "Projects!row 1, column firm_item: firm orders need a quantity and an item; fill in both or neither",
    ),
    "firm item without a quantity": (
        put("projects", 0, firm_item="shell"),
        "Projects!row 1, column firm_quantity: firm orders need a quantity and an item; fill in both or neither",
    ),
    "project that requires itself": (
        put("projects", 0, requires="plant"),
        "Projects!row 1, column requires: `plant` requires itself; leave this empty",
    ),
    "projects that require each other": (
        both(put("projects", 0, requires="robot"), put("projects", 1, requires="plant")),
        "Projects!row 1, column requires: the projects require each other: plant > robot > plant; "
        "delete one requirement",
    ),
    "forced requires forbidden": (
        both(put("projects", 0, requires="robot", status="forced"), put("projects", 1, status="forbidden")),
        "Projects!row 1, column requires: `plant` is forced but requires `robot`, which is forbidden; mend one status",
    ),
    "group at least above at most": (
        put("groups", 0, at_least=2),
        "Groups!row 1, column at_least: at least 2 is more than at most 1; mend one of them",
    ),
    "group asks for more than it has": (
        put("groups", 0, at_least=2, at_most=3),
        "Groups!row 1, column at_least: at least 2 of `big`, which has 1 projects; lower it",
    ),
    "group with too many forced": (
        both(put("projects", 0, status="forced"), put("groups", 0, at_most=0)),
        "Groups!row 1, column at_most: at most 0 of `big`, but 1 are committed or forced; raise it",
    ),
    "forced too late": (
        put("projects", 0, status="forced", earliest="2025-01"),
        "Projects!row 1, column status: `plant` is forced but cannot open within the horizon; "
        "its lead time is 12 of 36 months; mend it, earliest or latest",
    ),
    "funds that differ": (
        put("funds", 1, most_share=0.5),
        "Funds!row 2, column most_share: `federal` has another most share of a project's capex in 2023; "
        "make its rows agree",
    ),
    "unknown category": (
        lambda r: [row.update(covers="capex; crew") for row in r["funds"][:1]] and r["funds"].pop(),
        "Funds!row 1, column covers: `crew` is not one of capex, fixed, crews, weekends, production, "
        "purchases, "
        "transport, holding, disposal; did you mean `crews`?",
    ),
    "opening above the storage": (
        put("stocks", 0, opening=6000),
        "Stocks!row 1, column opening: the opening 6000 is more than the storage limit 5000; mend one of them",
    ),
    "reserve above the storage": (
        put("stocks", 0, reserve=6000),
        "Stocks!row 1, column reserve: the reserve 6000 is more than the storage limit 5000; mend one of them",
    ),
    "reserve that cannot be stored": (
        both(
            add("items", item="gas", can_be_stored="no"),
            add("stocks", place="Norway", item="gas", reserve=5),
        ),
        "Stocks!row 3, column reserve: `gas` cannot be stored, so no reserve can be kept; clear it, or mend Items",
    ),
    "coverage of a member": (
        put("targets", 1, place="Norway"),
        "Targets!row 2, column place: `Norway` is a member, but a coverage target is about a recipient; name one",
    ),
    "target at an unknown place": (
        put("targets", 1, place="Ukrain"),
        "Targets!row 2, column place: `Ukrain` is not in Members; did you mean `Ukraine`?",
    ),
    "coverage of 50": (
        put("targets", 1, value=50),
        "Targets!row 2, column value: 50 must be at most 100 %; did you mean 50 % = 0.5?",
    ),
    "coverage of something not needed": (
        put("targets", 1, item="body"),
        "Targets!row 2, column item: Needs has no row for `body` `each`; mend the target, or add rows",
    ),
    "waiting time of a member without orders": (
        lambda r: r["pledges"].clear() or r["targets"][0].update(place="Norway"),
        "Targets!row 1, column item: Orders and Pledges have no row for `shell` `Norway`; mend the target, or add rows",
    ),
    "rate nobody can make": (
        add("targets", target="t", kind="rate", place="Norway", item="shell", value=1),
        "Targets!row 3, column item: no line makes `shell` `Norway`; mend the target, or add rows",
    ),
    "home share without a fund": (
        add("targets", target="t", kind="home share", place="Norway", value=0.5),
        "Targets!row 3, column place: no fund belongs to `Norway`; mend the target, or add rows",
    ),
    "home share of nobody": (
        add("targets", target="t", kind="home share", value=0.5),
        "Targets!row 3, column place: a home share is about a member; name one, or write each",
    ),
    "home share as soon as possible": (
        add("targets", target="t", kind="home share", place="Germany", value=0.5, strength="asap"),
        "Targets!row 3, column strength: a home share holds over a window and cannot be asap; choose hard or soft",
    ),
    "stock of each": (
        add("targets", target="t", kind="stock", place="each", item="shell", value=5),
        "Targets!row 3, column place: a stock target cannot be about each; name a place, or leave it empty",
    ),
    "target after the horizon": (
        put("targets", 1, from_month="2026-01"),
        "Targets!row 2, column from_month: no period of the horizon begins between from and to; mend these",
    ),
    "change of an unknown sheet": (
        put("scenarios", 0, changed_sheet="Project"),
        "Scenarios!row 1, column changed_sheet: `Project` cannot be changed; did you mean `Projects`?",
    ),
    "change of an unknown column": (
        put("scenarios", 0, changed_column="lead month"),
        "Scenarios!row 1, column changed_column: `lead month` is not a column of Projects; did you mean `lead months`?",
    ),
    "change of an unknown row": (
        put("scenarios", 0, changed_key="plnt"),
        "Scenarios!row 1, column changed_key: no row of Projects has the key `plnt`; did you mean `plant`?",
    ),
}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_is_found_where_it_is(fault: str) -> None:
    """A fault in the tables gives exactly the findings told."""
    change, expected = ERRORS[fault]
    records = tables()
    change(records)
    found = findings_of(SETTINGS, records)
    assert "\n".join(map(str, found)) == expected
    assert all(finding.severity == "error" for finding in found)


def nothing_asked(records: dict[str, Records]) -> None:
    """Take away all needs, orders and promises."""
    for table in ("needs", "orders", "targets"):
        records[table].clear()


WARNINGS: dict[str, tuple[Change, str]] = {
    "a row that reads like a sum": (
        add("members", member="Total"),
        "Members!row 4, column member: `Total` reads like a sum of other rows, and was read as a row of its own; "
        "delete it if so",
    ),
    "a room that nothing takes": (
        put("members", 0, room=5),
        "Members!row 1, column room: limits nothing, since no item takes room; fill in `room per unit` in Items",
    ),
    "a plant of a chosen size where weekends may be worked": (
        put("projects", 0, most_size=2),
        "Projects!row 1, column most_size: `plant` is of a chosen size and works no weekends; write 0 as the weekend "
        "share of `U2`, or leave `most size` empty",
    ),
    "an expansion of a chosen size where weekends may be worked": (
        put("projects", 1, most_size=2),
        "Projects!row 2, column most_size: `robot` is of a chosen size and adds nothing on weekends; write 0 as the "
        "weekend share of `U1`, or leave `most size` empty",
    ),
    "weekends of a line of a chosen size": (
        both(put("projects", 0, most_size=2), put("lines", 1, weekend_share=0.3)),
        "Lines!row 2, column weekend_share: `U2` is opened by `plant` in a size that is chosen, so it works no "
        "weekends; write 0, or leave `most size` of `plant` empty",
    ),
    "an item that takes room nobody states": (
        put("items", 2, room=5),
        "Items!row 3, column room: limits nothing, since no member states its `storage room`; fill it in in Members",
    ),
    "a by-product with nowhere to go": (
        both(add("items", item="slag", can_be_stored="no"), add("recipes", item="body", input="slag", quantity=-1)),
        "Recipes!row 3, column input: `slag` comes out, but nothing uses it and it can neither be stored nor thrown "
        "away, so no `body` can be made anywhere; write yes in `may be discarded` of Items, or add what uses it",
    ),
    "a shelf life of what is not stored": (
        put("items", 1, shelf_life=5, can_be_stored="no"),
        "Items!row 2, column shelf_life: limits nothing, since the item cannot be stored; clear it, or mend `can be "
        "stored`",
    ),
    "stock that ages and may not be thrown away": (
        put("items", 0, shelf_life=6),
        "Stocks!row 1, column opening: must all be used before it is older than its shelf life of 6 months: it may "
        "not be thrown away; else no plan is possible; write yes in `may be discarded` of Items if it may",
    ),
    "an age of what does not age": (
        put("stocks", 1, age=2),
        "Stocks!row 2, column age: counts for what producers hold of items with a shelf life only; clear it, or mend "
        "Items",
    ),
    "a cost of throwing away what may not be": (
        put("items", 0, discard_cost=5),
        "Items!row 1, column discard_cost: counts for nothing, since the item may not be thrown away; write yes in "
        "`may be discarded`",
    ),
    "5 for 5 %": (
        put("projects", 1, added_share=5),
        "Projects!row 2, column added_share: added share of its rate: 5 is 500%; if 5 % is meant, write 0.05",
    ),
    "target from inside a quarter": (
        put("targets", 1, from_month="2025-02"),
        "Targets!row 2, column from_month: lies inside the period that begins 2025-01, so the target binds from "
        "2025-04 on; write 2025-01 or 2025-04 to be plain",
    ),
    "nothing asked": (
        nothing_asked,
        "Needs: nothing is needed, ordered or a target: doing nothing is the best plan; add rows here or to Orders",
    ),
    "need after the horizon": (
        add("needs", recipient="Ukraine", item="shell", from_month="2026-01", per_month=1),
        "Needs!row 2, column from_month: lies outside the horizon and has no effect; "
        "mend the months, or the period plan",
    ),
    "need before the horizon": (
        add("needs", recipient="Ukraine", item="shell", from_month="2022-01", to_month="2022-12", per_month=1),
        "Needs!row 2, column from_month: lies outside the horizon and has no effect; "
        "mend the months, or the period plan",
    ),
    "opening book without an end": (
        add("orders", customer="Norway", item="shell", from_month="2022-01", per_month=1),
        "Orders!row 3, column to_month: begins before the start and has no end, so orders go on through the "
        "horizon; fill in `to` if it is the opening book only",
    ),
    "pledge too late to be used": (
        put("pledges", 0, from_month="2025-01"),
        "Pledges!row 1, column from_month: can never be used: pledges end 12 months (accepted wait) "
        "before the "
        "horizon; lengthen the horizon",
    ),
    "option that can never open": (
        put("projects", 0, lead_months=36),
        "Projects!row 1, column lead_months: `plant` can never open within the horizon; "
        "its lead time is 36 of 36 months; mend it, earliest or latest",
    ),
    "committed project that opens too late": (
        put("projects", 0, status="committed", start="2025-06"),
        "Projects!row 1, column start: `plant` opens after the horizon; only its payments count",
    ),
    "stock of what cannot be stored": (
        both(
            add("items", item="gas", can_be_stored="no"),
            add("stocks", place="Norway", item="gas", opening=5),
        ),
        "Stocks!row 3, column opening: `gas` cannot be stored; its opening stock is of use in the first period only",
    ),
    "own reserve above the opening": (
        put("stocks", 1, reserve=3000),
        "Stocks!row 2, column reserve: the reserve 3000 is more than the opening stock 2000; "
        "the first period must fill it",
    ),
}


@pytest.mark.parametrize("oddity", WARNINGS)
def test_an_oddity_warns_and_does_not_stop(oddity: str) -> None:
    """What is odd but possible gives a warning, and the scenario is built."""
    change, expected = WARNINGS[oddity]
    records = tables()
    change(records)
    found = check(Scenario.from_tables(SETTINGS, **records))
    assert "\n".join(map(str, found)) == expected
    assert [finding.severity for finding in found] == ["warning"]


@pytest.mark.parametrize("setting", ["gap", "slack", "discount_rate"])
def test_one_for_one_per_cent_warns(setting: str) -> None:
    """100 % in a setting that is hardly ever so large is told, also of what replaces it; 5 % is not."""
    assert check(small().replace(settings={setting: 0.05})) == []
    (found,) = check(small().replace(settings={setting: 1}))
    assert found.severity == "warning"
    assert found.message.endswith(": 1 is 100%; if 1 % is meant, write 0.01")


SETTING_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "period plan": (
        {"periods": "24 months"},
        "Settings!row 1, column periods: '24 months' is not a period plan; "
        "write it like 24x1, 4x3 (24 months, 4 quarters)",
    ),
    "unknown objective": (
        {"objectives": "shortfal; cost"},
        "Settings!row 1, column objectives: `shortfal` is not one of shortfall, speed, cost, weighted; "
        "did you mean `shortfall`?",
    ),
    "objective twice": (
        {"objectives": "cost; cost"},
        "Settings!row 1, column objectives: `cost` is there 2 times; keep one",
    ),
    "weighted with others": (
        {"objectives": "weighted; cost"},
        "Settings!row 1, column objectives: `weighted` puts everything into money and stands alone; delete the others",
    ),
    "no objective": (
        {"objectives": ()},
        "Settings!row 1, column objectives: no objective; name at least one, say cost",
    ),
    "unknown lever": (
        {"levers": ("shifts", "weekend")},
        "Settings!row 1, column levers: `weekend` is not one of all, none, shifts, weekends, expansions, "
        "reactivations, new lines, pledges, purchases, donations; did you mean `weekends`?",
    ),
}


@pytest.mark.parametrize("fault", SETTING_FAULTS)
def test_a_faulty_setting_is_told(fault: str) -> None:
    """A setting that is no plan, objective or lever gives exactly the finding told."""
    changed, expected = SETTING_FAULTS[fault]
    assert "\n".join(map(str, findings_of(SETTINGS | changed, tables()))) == expected


def test_words_for_lists_are_understood() -> None:
    """The words all and none, spelled in any case, stand for every lever and for no lever."""
    assert small(levers="None").settings.levers == ()
    assert small(levers="ALL").settings.levers == Settings.model_fields["levers"].default
    assert small(levers=()).replace(settings={"gap": 0.1}).settings.levers == ()
    assert small(levers="Shifts; New lines").settings.levers == ("shifts", "new lines")


def test_a_waiting_time_from_the_month_after_the_horizon_binds_at_its_end() -> None:
    """A waiting time may be promised from the end of the horizon on, other targets not."""
    records = tables()
    records["targets"][0]["from_month"] = "2026-01"
    assert findings_of(SETTINGS, records) == []
    records["targets"][0]["from_month"] = "2026-02"
    assert len(findings_of(SETTINGS, records)) == 1


def test_all_findings_come_at_once_and_in_order() -> None:
    """Faults in several tables are told together, in the order of sheets and rows."""
    records = tables()
    records["funds"][0]["member"] = "Germny"
    records["lines"][0]["shifts_now"] = 9
    records["sites"][1]["member"] = "Norwy"
    found = findings_of(SETTINGS, records)
    assert [finding.sheet for finding in found] == ["Sites", "Lines", "Funds", "Funds"]


def test_tables_that_could_not_be_read_are_not_judged() -> None:
    """References to a table with unreadable rows are no findings; other faults still are."""
    scenario = replace(small(), tables={**small().tables, "groups": (), "profiles": ()})
    assert {f.message.split("; ")[0] for f in check(scenario)} >= {"`big` is not in Groups"}
    assert check(scenario, broken={"groups", "profiles"}) == []


NAMES = [
    "shell",
    "body",
    "Germany",
    "Ukraine",
    "U1",
    "U2",
    "plant",
    "robot",
    "each",
    "nowhere",
    "half",
    "2023-05",
]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_checks_never_raise(data: st.DataObject) -> None:
    """Whatever names, numbers and months stand in the tables, the checks answer with findings."""
    rows = dict(small().tables)
    for _ in range(data.draw(st.integers(1, 6))):
        table = data.draw(st.sampled_from(sorted(rows)))
        index = data.draw(st.integers(0, len(rows[table]) - 1))
        name = data.draw(st.sampled_from(sorted(type(rows[table][index]).model_fields)))
        value = data.draw(st.sampled_from([None, 0, 1, 3, 50, *NAMES]))
        raw = {k: v for k, v in {**rows[table][index].model_dump(), name: value}.items() if v is not None}
        try:
            row = type(rows[table][index]).model_validate(raw)
        except ValueError:
            continue
        rows[table] = (*rows[table][:index], row, *rows[table][index + 1 :])
    assert isinstance(check(replace(small(), tables=rows)), list)


def test_every_rule_says_what_it_holds() -> None:
    """Every rule is used once and has a sentence."""
    assert len({rule.find for rule in RULES}) == len(RULES)
    assert all(rule.find.__doc__ for rule in RULES)


def test_a_rate_beyond_everything_is_impossible() -> None:
    """A hard rate above all lines with all crews, weekends, expansions and plants is refused, just below it is not.

    One line of 10 a month, three crews of 1 + 0.9 + 0.75, five weekends of two days at half of them,
    an expansion by half, twice: 10 x 2.65 x (1 + 5 x 0.5 x 2 / 21.75) x 2 = 65.18.
    """
    tables: dict[str, Any] = {
        "members": [{"member": "A"}],
        "items": [{"item": "shell", "kind": "final"}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [{"line": "L", "site": "works", "ladder": "S"}],
        "rates": [{"line": "L", "item": "shell", "rate": 10}],
        "shift_ladders": [
            {"ladder": "S", "step": k + 1, "pattern": f"{k + 1}-8-5", "added_share": share}
            for k, share in enumerate((1, 0.9, 0.75))
        ],
        "projects": [
            {"project": "wider", "kind": "expansion", "line": "L", "added_share": 0.5, "units": 2, "lead_months": 1}
        ],
        "needs": [{"recipient": "B", "item": "shell", "per_month": 5}],
    }
    tables["members"].append({"member": "B", "kind": "recipient"})

    def asking(value: float, strength: str = "hard") -> Scenario:
        target = {"target": "more", "kind": "rate", "item": "shell", "value": value, "strength": strength}
        settings = {"start": "2024-01", "periods": "6x1", "weekend_share": 0.5}
        return Scenario.from_tables(settings, **tables, targets=[target])

    with pytest.raises(ImpossibleError, match=r"(?s)No plan could ever do this.*could ever make .*: 65; lower"):
        refuse_impossible(check(asking(65.3)))
    assert not check(asking(65.1))
    assert not check(asking(1000, "soft"))


@pytest.mark.parametrize(("version", "advice"), [(3, "update optimizer"), (0, "fill in a template of this version")])
def test_another_version_of_the_workbook_is_told(version: int, advice: str) -> None:
    """A workbook from a later program, or an earlier one, is refused with what to do."""
    found = findings_of({**SETTINGS, "schema_version": version}, tables())
    message = f"version {version} of the workbook is not known; this program reads versions 1 to 2: {advice}"
    assert [finding.message for finding in found] == [message]


@pytest.mark.parametrize(
    "way",
    [
        put("items", 3, may_be_discarded="yes"),
        put("items", 3, can_be_stored="yes"),
        add("orders", customer="Norway", item="slag", from_month="2023-01", to_month="2023-02", per_month=1),
        add("recipes", item="shell", input="slag", quantity=1),
        add("recipes", item="slag", input="body", quantity=1),
    ],
)
def test_by_products_that_go_somewhere_are_no_oddity(way: Change) -> None:
    """What is thrown away, kept, ordered or used is fine, and so is one of which it could be made: no circle."""
    records = tables()
    add("items", item="slag", can_be_stored="no")(records)
    add("recipes", item="body", input="slag", quantity=-1)(records)
    way(records)
    found = [str(finding) for finding in findings_of(SETTINGS, records)]
    used = "slag" in str(records["recipes"][3:]) and records["recipes"][-1]["item"] == "slag"
    assert len(found) == used and all("comes out" in words for words in found)
