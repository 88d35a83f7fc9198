"""The generated instances are what the benchmark says they are: deterministic, whole, of full size."""

from __future__ import annotations

from collections import Counter

import pyomo.environ as pyo
import pytest

from optimizer.model.build import build_model
from optimizer.model.index.projects import index_projects
from optimizer.scenario.checks import check
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import LEVERS
from tests.benchmarks.instances import generate
from tests.benchmarks.run import Run, gap
from tests.benchmarks.tables import fitted

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
    """Every constraint and every variable of the model occurs, already in the smallest instance."""
    model = build_model(generate(4, months=24, objectives=objectives))
    assert [c.name for c in model.component_objects(pyo.Constraint) if not len(c)] == []
    assert [v.name for v in model.component_objects(pyo.Var) if not len(v)] == []
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


def test_a_run_tells_its_gaps() -> None:
    """Gaps are read at times, infinite without a plan, unknown after a run that was cut off."""
    run = Run("ours", trace=[(1, None, 90), (10, 200, 90), (20, 100, 99.5), (40, 100, 99.5)])
    assert run.gap_at(5) == float("inf")
    assert run.gap_at(15) == pytest.approx(0.55)
    assert run.gap_at(30) == pytest.approx(0.005)
    assert run.gap_at(60) is None
    assert run.seconds_to(0.01) == 20
    assert run.seconds_to(0.001) is None
    assert gap(0, 0) == 0


def test_a_bound_taken_back_was_not_proven() -> None:
    """A bound above a later one counts as that later one."""
    run = Run("ours", trace=[(1, 100, 99.9), (2, 100, 95), (3, 100, 96)])
    assert run.gap_at(1) == pytest.approx(0.05)
    assert run.seconds_to(0.04) == 3


def test_growth_is_a_power() -> None:
    """The fit finds the power it is given."""
    assert fitted([(4, 16), (8, 64), (32, 1024)]) == "seconds = 1 x members^2.00 over 3 sizes"
