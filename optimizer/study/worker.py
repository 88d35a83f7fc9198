"""A worker: a process that solves tasks, tells how it goes, and gives the answer to each.

It reads its tasks from its standard input and writes what it finds to its standard output. It leaves Ctrl-C to its
parent, and ends at once when that is gone.

Run as `python -m optimizer.study.worker`, by child.py alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
from typing import Any, BinaryIO

from optimizer.errors import ImpossibleError, NoPlanError, OptimizerError
from optimizer.solve.progress import Clock, Progress, Watcher
from optimizer.study.archive import ANSWERED, FAILED, IMPOSSIBLE, NO_PLAN, Answer
from optimizer.study.task import Task

TELL_SECONDS = 0.3
"""Seconds between two tellings of the same stage."""


class Worker:
    """The process itself."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox, self._outbox, self._told = inbox, outbox, ("", 0.0)
        self._asked: queue.SimpleQueue[tuple[Task, float, bytes | None]] = queue.SimpleQueue()

    def run(self) -> None:
        """Solve the tasks that are asked, one after the other, and give the answer to each."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            task, seconds, prepared = self._asked.get()
            self._send(answered(task, seconds, prepared, self._tell))

    def _listen(self) -> None:
        """Take in tasks; end the process when its parent is gone."""
        try:
            while True:
                self._asked.put(pickle.load(self._inbox))
        except EOFError:
            os._exit(0)
        except Exception as error:  # a task that cannot be read
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
            os._exit(1)

    def _tell(self, progress: Progress) -> None:
        stage, when = self._told
        if stage != progress.stage or time.monotonic() > when + TELL_SECONDS:
            self._told = progress.stage, time.monotonic()
            self._send(progress)

    def _send(self, message: Any) -> None:
        pickle.dump(message, self._outbox, protocol=pickle.HIGHEST_PROTOCOL)
        self._outbox.flush()


def answered(task: Task, seconds: float, prepared: bytes | None = None, watcher: Watcher | None = None) -> Answer:
    """Solve a task, searching no longer than so many seconds; whatever happens is an answer."""
    began = Clock(seconds)
    cut = seconds < task.given.settings.time_limit
    try:
        built = None if prepared is None else pickle.loads(prepared)
        plan, told = task.found(built, began if cut else None, watcher)
    except ImpossibleError as error:
        return Answer(IMPOSSIBLE, str(error), seconds=began.seconds)
    except NoPlanError as error:
        words = f"no plan was found in the {seconds:.0f} s that were left for it; allow more time"
        return Answer(NO_PLAN, words if cut else str(error), seconds=began.seconds)
    except Exception as error:  # memory that runs out, too
        words = str(error) if isinstance(error, OptimizerError) else f"{type(error).__name__}: {error}"
        return Answer(FAILED, words, seconds=began.seconds)
    if plan is not None and not plan.verified:
        rules = "; ".join(f"{check.rule}: {check.worst}" for check in plan.checks if not check.holds)
        return Answer(FAILED, f"the plan found does not pass the independent check: {rules}", seconds=began.seconds)
    return Answer(ANSWERED, "", plan, began.seconds, told)


def main() -> None:
    """Talk over standard input and output; what native code prints must not come in between."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Worker(sys.stdin.buffer, outbox).run()


if __name__ == "__main__":
    main()
