"""Where commands speak: texts go out as they are, whatever they hold, and an output that is gone stops nothing."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing them."""


class Outlet:
    """Standard output or error, looked up when something is written.

    What its encoding does not know is written as an escape. Once it fails, as a pipe that nobody reads any more or a
    full disk does, the rest is dropped.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _stream(self) -> TextIO | None:
        stream: TextIO | None = getattr(sys, self._name)
        return getattr(stream, "rich_proxied_file", stream)

    @property
    def encoding(self) -> str:
        """Return the encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether somebody looks at it."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the file behind it."""
        if self._stream is None:
            raise OSError("there is no such stream")
        return self._stream.fileno()

    def holds(self, text: str) -> bool:
        """Tell whether the encoding knows every character of a text."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def write(self, text: str) -> int:
        """Write a text; never fails."""
        if self._stream is not None:
            known = text if self.holds(text) else text.encode(self.encoding, "backslashreplace").decode(self.encoding)
            try:
                self._stream.write(known)
            except (OSError, ValueError):
                self._give_up()
            except RuntimeError:  # a signal came while something was being written: this word is lost
                pass
        return len(text)

    def flush(self) -> None:
        """Write what was kept back; never fails."""
        if self._stream is not None:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self._give_up()
            except RuntimeError:
                pass

    def _give_up(self) -> None:
        """Let the rest, also what Python writes at its end, go nowhere."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class Voice(Console):
    """A console on which names are printed as they are: no markup, no emoji, no characters that a terminal obeys."""

    def __init__(self, name: str) -> None:
        self.outlet = Outlet(name)
        to: Any = self.outlet
        super().__init__(file=to, stderr=name == "stderr", markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **looks: Any) -> Text:
        """Return a string to be printed; it is measured as it will be seen."""
        return super().render_str(seen(text), **looks)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is printed, with characters that are not seen as escapes."""
        for segment in super().render(renderable, options):
            if segment.control or not _UNSEEN.search(segment.text):
                yield segment
            else:
                yield Segment(seen(segment.text), segment.style)


def seen(text: str) -> str:
    """Return a text in which characters that a terminal would obey are escapes."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
