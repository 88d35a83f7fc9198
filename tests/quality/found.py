"""What a measure finds in a plan."""

from __future__ import annotations

from dataclasses import dataclass

HELD, TOLD, BROKEN = "held", "told", "broken"
"""Of a finding: the law holds; it is only told, there is no law about it alone; a law is broken."""


@dataclass(frozen=True)
class Found:
    """One thing that a measure found.

    Attributes
    ----------
    of
        Item, line, customer or member.
    when
        Month or months.
    size
        How much, with its unit.
    reason
        Facts of the input that explain it, or what else must be known to judge it.
    verdict
        `HELD`, `TOLD` or `BROKEN`.
    """

    of: str
    when: str
    size: str
    reason: str = ""
    verdict: str = TOLD


@dataclass(frozen=True)
class Measured:
    """One measure of a plan: its result in a few words, and what was found one by one."""

    result: str
    found: tuple[Found, ...] = ()

    @property
    def broken(self) -> bool:
        """Tell whether a law is broken."""
        return any(one.verdict == BROKEN for one in self.found)
