"""Processes that do nothing but keep the cores busy, so that a solver has to share them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(1_000_000))"
"""Ends by itself when its parent is gone."""


@contextmanager
def busy(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keep some processes running, and end them."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        running += (subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count))
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()
