"""Whether a run of the simplex method cycles: it asks again and again whether to go on, and has made no step since."""

from __future__ import annotations

from typing import Any

MOST = 50
"""Times that it may ask without a step. Runs that end well do so a few times (measured: see CONTRIBUTING.md)."""


class Cycling:
    """What one run has been seen to do."""

    def __init__(self) -> None:
        self._steps, self._asked = -1, 0

    @property
    def seen(self) -> bool:
        """Tell whether the run cycles."""
        return self._asked > MOST

    def asked(self, event: Any) -> bool:
        """Note that the run asks whether to go on, and tell whether it cycles; `event` is that of HiGHS."""
        steps = event.data_out.simplex_iteration_count
        self._asked = self._asked + 1 if steps == self._steps else 0
        self._steps = steps
        return self.seen
