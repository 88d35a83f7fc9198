"""The pool of threads that all runs of HiGHS in one thread of Python share.

HiGHS refuses a run, with status `Not Set`, that asks for another number of threads than the one before it.
"""

from __future__ import annotations

import threading

import highspy

_POOL = threading.local()


def ask_anew() -> None:
    """Forget how many threads the pool has: others may have used HiGHS since."""
    _POOL.threads = None


def share(threads: int) -> None:
    """Let the next run of HiGHS in this thread of Python have so many threads; 0: as many as the pool has."""
    if threads and getattr(_POOL, "threads", None) != threads:
        highspy.Highs.resetGlobalScheduler(True)
        _POOL.threads = threads
