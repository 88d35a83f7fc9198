"""Clocks that tell what a test wants to be told."""

from __future__ import annotations

from optimizer.solve.progress import Clock


class Jumping(Clock):
    """A clock on which time is up as soon as a stage begins."""

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.jumped = False

    @property
    def seconds(self) -> float:
        """Return the seconds, and a day more once time is up."""
        return super().seconds + (86_400 if self.jumped else 0)
