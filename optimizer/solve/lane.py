"""A lane: a process that searches what it is asked and tells of every plan and bound as it finds them.

HiGHS is native code, and one process has one scheduler of it: a lane that dies takes nothing with it, and lanes do
not disturb each other. A lane reads messages from its standard input and writes messages to its standard output.
It leaves Ctrl-C to its parent, and ends when that is gone.

Run as `python -m optimizer.solve.lane`, by lanes.py alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from optimizer.errors import ImpossibleError
from optimizer.solve.arrays import Floats
from optimizer.solve.messages import Answer, Bound, Done, Drawn, Finish, Hello, Plan, Stop, Telling, WithoutLevers
from optimizer.solve.problem import Leg, give_way
from optimizer.solve.progress import Clock, Progress
from optimizer.solve.record import Record
from optimizer.solve.search import Role, Search, failure
from optimizer.solve.sketch import Sketch


class _Outlet:
    """Where the record of a lane gives out what is found."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def plan(self, x: Floats) -> None:
        self._lane.send(Plan(self._lane.number, x))

    def bound(self, bound: float, *, relaxed: bool) -> None:
        self._lane.send(Bound(self._lane.number, bound, relaxed))

    def guide(self, x: Floats) -> None:
        self._lane.send(Answer(x))


class Lane:
    """The process itself."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._sending = threading.Lock()
        self._asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._drawn: queue.SimpleQueue[Sketch | None] = queue.SimpleQueue()
        self._stopped = -1
        self._told = ""
        self.number = -1
        hello: Hello = pickle.load(inbox)
        problem = hello.problem
        self._clock = Clock(hello.seconds)
        gap, outlet = problem.settings.gap, _Outlet(self)
        self._record = Record(problem.ranked[0], gap, self._clock, self._tell, outlet, problem.sound)
        try:
            self._search = Search(problem, self._clock, self._record, hello.role, sketch=self._drawn.get)
        except Exception as error:
            self.send(Done(-1, failures=(failure(error),)))
            raise
        if hello.role is Role.NEIGHBOURS and hello.problem.small:  # HiGHS on the whole problem can use every core
            give_way()

    def run(self) -> None:
        """Do what is asked until the parent is gone."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            asked = self._asked.get()
            failed = len(self._search.failures)
            try:
                done = self._do(asked)
            except ImpossibleError as error:
                done = Done(self.number, impossible=str(error))
            except Exception as error:
                done = Done(self.number, failures=(failure(error),))
            stages = tuple(self._record.stages.values())
            failures = (*done.failures, *self._search.failures[failed:])
            self.send(Done(done.number, done.answer, stages, failures, done.impossible))

    def send(self, message: Any) -> None:
        """Tell the parent."""
        with self._sending:
            pickle.dump(message, self._outbox, protocol=pickle.HIGHEST_PROTOCOL)
            self._outbox.flush()

    # -- inside ----------------------------------------------------------------------------------------
    def _do(self, asked: Any) -> Done:
        if isinstance(asked, Leg):
            self.number = asked.number
            self._clock.resume()
            if asked.number > self._stopped:
                self._search.search(asked)
            return Done(asked.number)
        self._clock.resume()
        if isinstance(asked, WithoutLevers):
            return Done(-1, self._search.without_levers())
        assert isinstance(asked, Finish)
        return Done(-1, self._search.finish(asked.x, asked.held, asked.tidied))

    def _listen(self) -> None:
        """Take in messages as they come; without a parent there is nothing left to do."""
        while True:
            try:
                message = pickle.load(self._inbox)
            except (EOFError, OSError, pickle.UnpicklingError):
                os._exit(0)
            if isinstance(message, Plan):
                if message.number == self.number:
                    self._record.offer(message.x)
            elif isinstance(message, Answer):
                self._search.relaxed = message.x
            elif isinstance(message, Stop):
                self._stopped = message.number
                self._clock.stop()
            elif isinstance(message, Drawn):
                self._drawn.put(message.sketch)
            else:
                self._asked.put(message)

    def _tell(self, progress: Progress) -> None:
        if progress.stage != self._told:
            self._told = progress.stage
            self.send(Telling(self.number, progress.stage.partition(": ")[2]))


def main() -> None:
    """Talk over standard input and output; what native code prints must not come in between."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Lane(sys.stdin.buffer, outbox).run()


if __name__ == "__main__":
    main()
