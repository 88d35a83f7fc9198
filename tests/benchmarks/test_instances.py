"""The generated instances are what the benchmark says they are: deterministic, whole, of full size."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyomo.environ as pyo
import pytest

from optimizer.model.build import build_model
from optimizer.model.index.projects import index_projects
from optimizer.scenario.checks import check
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import LEVERS
from optimizer.workbook.read import read_workbook
from tests.benchmarks import dates
from tests.benchmarks.cases import Case, cases
from tests.benchmarks.instances import generate
from tests.benchmarks.plain import describe
from tests.benchmarks.run import Run

SIZES = (4, 8, 16, 32, 64)


@pytest.fixture(scope="module")
def full() -> Scenario:
    """Return the full-size instance."""
    return generate(32)


def test_a_seed_gives_one_instance() -> None:
    """The same seed gives the same scenario, another seed another one."""
    assert generate(4, seed=1, months=12) == generate(4, seed=1, months=12)
    assert generate(4, seed=1, months=12) != generate(4, seed=2, months=12)


@pytest.mark.parametrize("objectives", [("weighted",), ("shortfall", "speed", "cost")])
def test_every_family_is_in_use(objectives: tuple[str, ...]) -> None:
    """Every constraint and every variable of the model occurs, already in the smallest instance.

    But for what few workbooks state: minimum rates of every crew, room that items share, sizes that are chosen,
    people as a pool, and shelf lives.
    """
    model = build_model(generate(4, months=24, objectives=objectives))
    seldom = {
        *("running_crews_keep_their_minimum_rate", "stocks_fit_the_room", "stock_stays_within_its_shelf_life"),
        *("sizes_reach_the_least", "sizes_stay_below_the_most", "gains_follow_the_size"),
        *("people_wait_without_a_crew", "size", "hire", "dismiss", "waiting", "discard"),
    }
    assert {c.name for c in model.component_objects(pyo.Constraint) if not len(c)} <= seldom
    assert {v.name for v in model.component_objects(pyo.Var) if not len(v)} <= seldom
    assert [o.name for o in model.component_objects(pyo.Objective, active=True)] == [objectives[0]]


@pytest.mark.parametrize("members", SIZES)
def test_no_size_has_findings(members: int) -> None:
    """The checks have nothing to say, neither errors nor warnings."""
    assert check(generate(members)) == []
    assert check(generate(members, seed=7)) == []


def test_full_size(full: Scenario) -> None:
    """32 members, 200 lines, eight final items, 84 single months, 5,000 starts to choose from, every lever."""
    starts = index_projects(Network(full), full.calendar).STARTS
    assert (full.members.kind == "member").sum() == 32
    assert (full.items.kind == "final").sum() == 8
    assert set(full.calendar.lengths) == {1} and full.calendar.end == 84
    assert len(full.lines) == pytest.approx(200, abs=10)
    assert len(starts) >= 5_000
    assert set(full.settings.levers) == set(LEVERS)


def test_members_differ(full: Scenario) -> None:
    """Size, wages, industry and people differ from member to member."""
    members = full.members[full.members.kind == "member"]
    homes = dict(zip(full.sites.site, full.sites.member, strict=True))
    lines = Counter(homes[site] for site in full.lines.site)
    assert members.cost_key.max() > 5 * members.cost_key.min()
    assert members.labour_cost.max() > 1.5 * members.labour_cost.min()
    assert 0 < members.people_available.notna().sum() < 32
    assert max(lines.values()) >= 4 * min(lines[name] for name in members.member if lines[name])


def test_instances_grow_with_members() -> None:
    """Lines, projects and what is needed grow in proportion to the members."""
    small, large = generate(16), generate(64)
    for table in ("lines", "projects"):
        assert len(getattr(large, table)) == pytest.approx(4 * len(getattr(small, table)), rel=0.05)
    assert large.needs.per_month.sum() == pytest.approx(4 * small.needs.per_month.sum(), rel=0.3)


def test_dates_are_a_small_group_with_promises() -> None:
    """About 7 lines, 36 months, 800 integers, three promises as soon as possible, two of them for each customer."""
    scenario = dates.generate(1)
    run = Run("plain")
    describe(run, build_model(scenario))
    assert (len(scenario.lines), scenario.calendar.end) == (7, 36)
    assert run.integers == pytest.approx(800, abs=50)
    assert list(scenario.targets.strength) == ["asap"] * 3
    assert (scenario.targets.place == "each").sum() == 2
    assert scenario == dates.generate(1) != dates.generate(2)


@pytest.mark.parametrize("seed", range(10))
def test_dates_have_no_findings(seed: int) -> None:
    """The checks have nothing to say of any seed."""
    assert check(dates.generate(seed)) == []


def test_a_word_names_instances() -> None:
    """Seeds are taken in turn, unless the word has its own; examples have none; what is unknown is refused."""
    assert cases("dates", [0, 1]) == [Case("dates", 0), Case("dates", 1)]
    assert cases("8-ranked:seed=3,gap=0.005", [0, 1]) == [Case("8-ranked", 3, None, 0.005)]
    assert cases("alliance:slack=0.1", [0, 1]) == [Case("alliance", None, 0.1)]
    for wrong in ("eight", "8-ranked:size=3"):
        with pytest.raises(ValueError, match="instance"):
            cases(wrong, [0])


def test_a_slack_of_its_own_stands_in_the_workbook(tmp_path: Path) -> None:
    """The workbook of a case has the slack that was asked for; nothing else is different."""
    (case,) = cases("quickstart:slack=0.1", [0])
    changed, shipped = (read_workbook(one.workbook(tmp_path)) for one in (case, Case("quickstart")))
    assert changed.settings.slack == 0.1
    assert changed.replace(settings={"slack": shipped.settings.slack}) == shipped
