"""Stages tell all that is known of an objective, also what a process found or proved that ended before it told them."""

from __future__ import annotations

from optimizer.solve.solution import UNTOLD, ObjectiveFound, Stage, untold

KNOWN = ObjectiveFound("speed", 24.0, 24.0, 17.0)


def test_what_stages_do_not_tell_is_a_stage_of_its_own() -> None:
    """A better plan or a better bound than any stage has was told by a process that ended."""
    told = Stage(KNOWN.name, "dates", 3.0, 24.0, 17.0)
    more = Stage(KNOWN.name, UNTOLD, 0.0, 24.0, 17.0)
    assert not list(untold([told], [KNOWN]))
    assert list(untold([Stage(KNOWN.name, "dates", 3.0, 24.0, 5.0)], [KNOWN])) == [more]
    assert list(untold([Stage(KNOWN.name, "dates", 3.0, 30.0, None)], [KNOWN])) == [more]


def test_stages_that_tell_nothing_are_left_as_they_are() -> None:
    """Without any plan or bound in them there is nothing to compare."""
    assert not list(untold([Stage("speed", "dates", 3.0, None, None), Stage("cost", "dates", 1.0, 9.0, 1.0)], [KNOWN]))
