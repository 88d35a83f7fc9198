"""The charts as pictures: titles, axis titles with units, and the numbers of the plan."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from optimizer import OptimizerError
from optimizer.plan.plan import Plan
from optimizer.scenario.schema import Item
from tests.plan.fixture_plan import SHELL, alliance_plan

pytestmark = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is installed with the extra `plot` only"
)
NAMES = ("output", "waiting", "order_book", "spending", "projects", "shifts")


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    """Return the small alliance's plan, drawn without a screen."""
    from matplotlib import pyplot

    pyplot.switch_backend("Agg")
    yield alliance_plan()
    pyplot.close("all")


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_titles_and_something_to_see(plan: Plan, name: str) -> None:
    """Title, both axis titles, and lines, bars, areas or cells."""
    ax = getattr(plan.plot, name)()
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.lines or ax.patches or ax.collections
    ax.figure.canvas.draw()


def test_pictures_go_into_given_axes(plan: Plan) -> None:
    """Two charts side by side on one sheet."""
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2)
    assert plan.plot.output(SHELL, ax=left) is left
    assert plan.plot.waiting(SHELL, ax=right) is right
    assert left.figure is figure


def test_bars_add_up_to_the_spending(plan: Plan) -> None:
    """The heights of all bars are the plan's costs, in millions."""
    bars = plan.plot.spending().patches
    assert sum(bar.get_height() for bar in bars) == pytest.approx(plan.spending["amount"].sum() / 1e6)


def test_the_line_is_the_wait_of_all_order_books(plan: Plan) -> None:
    """The thick line shows `placed_today` of the pooled book, month by month."""
    ax = plan.plot.waiting(SHELL)
    drawn = next(line for line in ax.lines if line.get_label() == "all order books").get_ydata()
    table = plan.placed_today
    pooled = table[(table["customer"] == "(all)") & (table["item"] == SHELL)]["wait"]
    assert np.allclose(np.asarray(drawn, dtype=float), pooled.to_numpy(dtype=float), equal_nan=True)


def test_unknown_items_and_missing_libraries_are_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message lists the items there are, or says what to install."""
    with pytest.raises(OptimizerError, match="`Shelll` is not an item of the plan; the items are"):
        plan.plot.output("Shelll")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(OptimizerError, match=r"pip install 'optimizer\[plot\]'"):
        plan.plot.output()


def test_dollar_signs_in_names_are_no_formulas(plan: Plan) -> None:
    """A name such as `$x_$` is shown as it is, where Matplotlib would read mathematics and fail."""
    items = tuple(row.model_copy(update={"item": "$x_$"}) for row in plan.scenario.rows(Item) if row.item == SHELL)
    renamed = replace(plan.scenario, tables={**plan.scenario.tables, "items": items})
    odd = replace(plan, scenario=renamed, tables={n: t.replace(SHELL, "$x_$") for n, t in plan.tables.items()})
    drawn = odd.plot.order_book("$x_$")
    drawn.figure.canvas.draw()
    assert drawn.get_title(loc="left").replace("\\", "") == "Order book for $x_$ at the end of each period"
