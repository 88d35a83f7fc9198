"""Whether a run of the simplex method cycles: it asks again and again whether to go on, and has made no step since."""

from __future__ import annotations

from time import monotonic
from typing import Any

MOST, SECONDS = 50, 2.0
"""Times that it may ask without a step, and how long it may take none. Runs that end well ask now and then as often at
their end, but in no time (measured: see CONTRIBUTING.md)."""


class Cycling:
    """What one run has been seen to do.

    Attributes
    ----------
    seen
        Whether the run cycles.
    """

    def __init__(self) -> None:
        self._steps, self._asked, self._stepped = -1, 0, monotonic()
        self.seen = False

    def asked(self, event: Any) -> bool:
        """Note that the run asks whether to go on, and tell whether it cycles; `event` is that of HiGHS."""
        steps = event.data_out.simplex_iteration_count
        if steps != self._steps:
            self._steps, self._asked, self._stepped = steps, 0, monotonic()
        else:
            self._asked += 1
            self.seen |= self._asked > MOST and monotonic() - self._stepped > SECONDS
        return self.seen
