"""Tables that come from Python: what their index, their labels and their kind say."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from optimizer.errors import InputError
from tests.scenario.small import small


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
