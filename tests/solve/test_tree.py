"""The tree over starts: its parts cover all plans, its bounds hold for all, and its plans have whole starts."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from optimizer.solve.highs import Engine
from optimizer.solve.progress import Clock
from optimizer.solve.tree import WHOLE, Node, Tree, Unit, root_of
from tests.laws.profile import at_length, seeds
from tests.solve.plants import Plants, plants

SEEDS = seeds(range(15), range(40))
LONG = 60.0
NEAR = 1e-6


def tree_of(puzzle: Plants, engines: int = 1) -> tuple[Tree, Node]:
    """Return a tree over the starts and the promise of a puzzle, and its root with the relaxation solved."""
    matrix = puzzle.matrix
    made = [Engine(matrix, Clock(LONG), threads=1) for _ in range(engines)]
    units = []
    for engine in made:
        engine.integrality(np.zeros_like(matrix.integer))
        engine.minimise(matrix.objectives[0])
        units = []
        for u in range(len(puzzle.rates)):
            columns = np.array([matrix.position["build", (f"P{u}", t)] for t in range(len(puzzle.demand))])
            units.append(Unit(columns, engine.count(columns), float(puzzle.prices[u])))
        promise = np.array([matrix.position["attained", ("fast", t)] for t in range(len(puzzle.demand))])
        units.append(Unit(promise, None, 1.0))
    outcome = made[0].run()
    assert outcome.status == "optimal"
    return Tree(made, units), root_of(units, outcome, made[0].basis())


def holds(tree: Tree, node: Node, x: np.ndarray, room: float = 1e-9) -> np.ndarray:
    """Tell of solutions, one a row, whether a part holds them, by its bounds and by the starts it asks for."""
    low, high = tree.columns(node)
    held: np.ndarray = ((x >= low - room) & (x <= high + room)).all(axis=-1)
    for unit, must in zip(tree.units, node.must, strict=True):
        if unit.row is not None:
            held &= x[..., unit.columns].sum(axis=-1) >= must - room
    return held


def solved(tree: Tree, node: Node) -> Node | None:
    """Return a part with its relaxation, whatever the cutoff."""
    kept, tree.cutoff = tree.cutoff, np.inf
    found = tree.relax([replace(node, bound=-np.inf, x=None)], LONG)[0]
    tree.cutoff = kept
    return found


@at_length
def test_parts_leave_nothing_out_and_shut_out_the_relaxation() -> None:
    """Every plan of a part is in exactly one half of its split, and the relaxation's answer in neither."""
    kinds = set()
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        plans = np.array([puzzle.x(starts) for starts in puzzle.all_starts])
        waiting = [root]
        while waiting:
            node = waiting.pop()
            assert node.x is not None
            for unit in tree.undecided(node):
                halves = tree._parts(node, unit)
                kinds.add((tree._sum(node, unit) < 1 - WHOLE, tree.units[unit].row is None))
                assert not any(holds(tree, half, node.x, WHOLE / 2) for half in halves)
                assert np.array_equal(sum(holds(tree, half, plans) for half in halves), holds(tree, node, plans))
                if tree.nodes < 20:
                    waiting += [half for half in tree.relax(halves, LONG) if half is not None]
    assert len(kinds) == 4  # in part or in full, plants and promises


@at_length
@pytest.mark.parametrize("share", [1e-3, 0.02])
def test_relaxations_ended_early_go_on_when_it_is_their_turn(share: float) -> None:
    """Where a bound may rise by no more than a share in one go, it is never false, and the optimum in the end."""
    early = 0
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        tree.rise = share * root.bound
        tree.add(root)
        while tree.best is not None:
            leaf = tree.step(LONG)
            if leaf is not None:
                tree.close(leaf.bound)
            early += any(part.x is None for _, _, part in tree._open)
            assert tree.bound <= puzzle.optimum * (1 + NEAR)
        assert tree.bound == pytest.approx(puzzle.optimum, rel=NEAR)
    assert early > len(SEEDS)


@at_length
@pytest.mark.parametrize("plunging", [False, True])
def test_bounds_are_never_above_the_optimum_and_close_in_on_it(plunging: bool) -> None:
    """After every step, also of plunges, the bound is at most the counted optimum, and in the end it is the optimum."""
    steps = 0
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        tree.add(root)
        best, least = puzzle.optimum, np.inf
        while tree.best is not None:
            steps += 1
            leaf = tree.step(LONG, tree.fresh if plunging else None)
            if leaf is not None:
                least = min(least, leaf.bound)
                tree.close(leaf.bound)
            assert tree.bound <= best + NEAR * best
        assert tree.bound == pytest.approx(best, rel=NEAR)
        assert least == pytest.approx(best, rel=NEAR)
    assert steps > 2 * len(SEEDS)


@at_length
def test_a_brief_try_proves_nothing_and_goes_on_from_where_it_ended() -> None:
    """A try that ends early keeps the bound of its part and no answer; solved on, the part has its own bound."""
    tried = 0
    for seed in SEEDS:
        tree, root = tree_of(plants(seed))
        for part in (root.part(0, must=True), root.part(1, first=3), root.part(3, last=0, must=True)):
            (brief,), whole = tree.relax([part], LONG, 1), solved(tree, part)
            if brief is None or brief.x is not None:
                continue
            tried += 1
            assert brief.bound == root.bound
            assert np.isfinite(brief.guess)
            (found,) = tree.relax([brief], LONG)
            assert (found is None) == (whole is None)
            if found is not None and whole is not None:
                assert found.bound == pytest.approx(whole.bound)
    assert tried > len(SEEDS) // 2


@at_length
def test_a_plunge_goes_down_and_leaves_the_other_part_open() -> None:
    """Every step of a plunge splits the better part of the last split; its other part stays open."""
    deep = 0
    for seed in SEEDS:
        tree, root = tree_of(plants(seed))
        tree.add(root)
        leaf = tree.step(LONG)
        while leaf is None and (node := tree.fresh) is not None:
            deep += 1
            fresh = [part for _, _, part in tree._open if any(part is other for other in tree._fresh)]
            assert len(fresh) == len(tree._fresh)
            assert node.bound == min(part.bound for part in fresh)
            leaf = tree.step(LONG, node)
            assert all(part is not node for _, _, part in tree._open)
            assert sum(any(part is other for other in fresh) for _, _, part in tree._open) == len(fresh) - 1
        assert leaf is None or tree.undecided(leaf) == []
    assert deep > len(SEEDS)


@at_length
def test_relaxations_cut_off_in_iterations_leave_bounds_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where relaxations end before their optimum the bound is lower, and never false."""
    monkeypatch.setattr(import_module("optimizer.solve.tree"), "LEAST_ITERATIONS", 0)
    cut = 0
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        for engine in tree.engines:
            monkeypatch.setattr(engine.highs, "getNumRow", lambda: 8, raising=False)
        tree.add(root)
        while tree.best is not None:
            leaf = tree.step(LONG)
            if leaf is not None:
                tree.close(leaf.bound)
            assert tree.bound <= puzzle.optimum * (1 + NEAR)
        cut += tree.bound < puzzle.optimum * (1 - NEAR)
    assert cut > 0


@at_length
@pytest.mark.parametrize("share", [0.9, 1.0, 1.05, 1.3])
def test_a_cutoff_is_a_bound_only_below_the_optimum(share: float) -> None:
    """With a cutoff the bound ends at the lower of the cutoff and the optimum, or between the two."""
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        best = puzzle.optimum
        tree.cutoff = share * best
        tree.add(root)
        while tree.best is not None:
            leaf = tree.step(LONG)
            if leaf is not None:
                tree.close(leaf.bound)
            assert tree.bound <= best + NEAR * best
        assert tree.bound >= min(share, 1.0) * best - NEAR * best


def test_two_engines_find_what_one_finds() -> None:
    """Parts solved side by side have the bounds that they have one after the other."""
    for seed in range(8):
        (one, root), (two, same) = tree_of(plants(seed)), tree_of(plants(seed), engines=2)
        parts = [root.part(unit, must=True) for unit in range(4)] + [root.part(unit, last=0) for unit in range(3)]
        parts.append(root.part(1, first=3, must=True))
        alone = [part and part.bound for part in one.relax(parts, LONG)]
        beside = [part and part.bound for part in two.relax([replace(p, basis=same.basis) for p in parts], LONG)]
        assert alone[-1] is None
        assert alone[:-1] == pytest.approx(beside[:-1])
        assert beside[-1] is None


@at_length
def test_a_dive_gives_whole_starts() -> None:
    """A dive ends with every start whole, at the cost of a plan that counting finds as well."""
    split = 0
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        split += bool(tree.undecided(root))
        leaf = tree.dive(root, LONG)
        assert leaf is not None
        assert leaf.x is not None
        assert tree.undecided(leaf) == []
        costs = [puzzle.cost(starts) for starts in puzzle.all_starts]
        starts = np.round(leaf.x[puzzle.matrix.of("build")])
        same = [
            cost
            for cost, plan in zip(costs, puzzle.all_starts, strict=True)
            if np.array_equal(puzzle.x(plan)[puzzle.matrix.of("build")], starts)
        ]
        assert len(same) == 1
        assert leaf.bound >= same[0] - NEAR * same[0]
    assert split > len(SEEDS) // 2


def test_a_part_is_split_or_exchanged_once() -> None:
    """Split a second time its parts would be searched twice, and the bound could stand still."""
    tree, root = tree_of(plants(0))
    tree.add(root)
    tree.step(LONG, root)
    with pytest.raises(ValueError, match="open part"):
        tree.step(LONG, root)
    with pytest.raises(ValueError, match="open part"):
        tree.exchange(root, None)


def test_a_dive_into_a_part_without_relaxation_fails() -> None:
    """A part whose relaxation is not solved has nothing to round."""
    tree, root = tree_of(plants(0))
    assert tree.dive(replace(root, x=None), LONG) is None


def test_promises_are_pinned_from_their_month_on() -> None:
    """A promise due in month 2 at the latest is kept from then on; one not before month 2 is not kept earlier."""
    tree, root = tree_of(plants(0, months=4))
    promise = tree.units[-1].columns
    low, high = tree.columns(root.part(3, last=2, must=True))
    assert low[promise].tolist() == [0, 0, 1, 1]
    assert high[promise].tolist() == [1, 1, 1, 1]
    low, high = tree.columns(root.part(3, first=2))
    assert low[promise].tolist() == [0, 0, 0, 0]
    assert high[promise].tolist() == [0, 0, 1, 1]
    low, high = tree.columns(root.part(3, first=1, last=1, must=True))
    assert low[promise].tolist() == high[promise].tolist() == [0, 1, 1, 1]
    low, high = tree.columns(root.part(3, first=4))
    assert low[promise].tolist() == high[promise].tolist() == [0, 0, 0, 0]
    low, high = tree.columns(root.part(3, must=True))
    assert low[promise].tolist() == [0, 0, 0, 1]


def test_plants_start_between_their_months() -> None:
    """A plant that starts in months 1 to 2 has its other starts shut, and one decided before keeps its own."""
    puzzle = plants(3, months=4)
    assert puzzle.committed
    tree, root = tree_of(puzzle)
    low, high = tree.columns(root.part(1, first=1, last=2))
    assert low[tree.units[1].columns].tolist() == [0, 0, 0, 0]
    assert high[tree.units[1].columns].tolist() == [0, 1, 1, 0]
    low, high = tree.columns(root.part(0, first=4))
    assert low[tree.units[0].columns].tolist() == high[tree.units[0].columns].tolist() == [1, 0, 0, 0]


@at_length
def test_only_what_is_proven_is_refuted() -> None:
    """A part is refuted exactly when its relaxation reaches the cutoff or has no answer, and never without time."""
    both = set()
    for seed in SEEDS:
        puzzle = plants(seed)
        tree, root = tree_of(puzzle)
        for month in range(3):
            part = root.part(3, last=month, must=True)
            alone = solved(tree, part)
            least = np.inf if alone is None else alone.bound
            for cutoff in (0.97 * puzzle.optimum, puzzle.optimum, 1.1 * puzzle.optimum, least - 0.01, least + 0.01):
                tree.cutoff = cutoff
                if np.isfinite(cutoff):
                    both.add(least >= cutoff)
                    assert tree.refuted(*tree.relax([part], LONG)) == (least >= cutoff)
                    assert not tree.refuted(*tree.relax([replace(part, bound=-np.inf)], 0.0))
        tree.cutoff = np.inf
        assert tree.refuted(solved(tree, root.part(1, first=3, must=True)))
        assert not tree.refuted(solved(tree, root))
    assert both == {False, True}


def test_no_units_at_all_work() -> None:
    """With nothing to decide the root is a leaf, a dive is the root, and its relaxation is the bound."""
    engine = Engine(plants(0).matrix, Clock(LONG), threads=1)
    engine.integrality(np.zeros_like(engine.matrix.integer))
    engine.minimise(engine.matrix.objectives[0])
    outcome = engine.run()
    tree, root = Tree([engine], []), root_of([], outcome, engine.basis())
    assert tree.undecided(root) == []
    assert tree.dive(root, LONG) is root
    solved_again = tree.relax([root], LONG)[0]
    assert solved_again is not None
    assert solved_again.bound == pytest.approx(outcome.bound)
    assert tree.bound == np.inf
    tree.add(root)
    assert tree.bound == outcome.bound
    assert tree.step(LONG) is root
    assert tree.best is None
