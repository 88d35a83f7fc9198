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


def run(highs: highspy.Highs) -> highspy.HighsStatus:
    """Run HiGHS with the threads that its options ask for; 0: with those that the pool has."""
    threads = highs.getOptionValue("threads")[1]
    if threads and getattr(_POOL, "threads", None) != threads:
        highspy.Highs.resetGlobalScheduler(True)
        _POOL.threads = threads
    status: highspy.HighsStatus = highs.run()
    return status
