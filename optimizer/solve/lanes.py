"""Lanes: processes that search the same problem in different ways, and share what they find.

One proves bounds and makes plans of relaxations, one searches neighbourhoods of the best plan, one leaves the whole
problem to HiGHS; of a small problem, on every core, and the other gives way to it. Plans are judged and kept here, so
nothing is lost when a lane dies: the others go on, and it is told.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from optimizer.solve.arrays import Floats
from optimizer.solve.incumbent import Incumbent
from optimizer.solve.messages import Answer, Bound, Done, Drawn, Finish, Hello, Plan, Stop, Telling, WithoutLevers
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import Leg, Problem
from optimizer.solve.progress import Clock
from optimizer.solve.search import Role
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import Stage

TICK = 0.2
"""Seconds after which the clock is looked at again while nothing is told."""
PATIENCE = 3.0
"""Seconds that lanes get to end a leg once it is over; what they find later does not count."""
REVIVALS = 2
"""Most times that a lane is started again because none is left."""


def roles_of(problem: Problem) -> tuple[Role, ...]:
    """Return what the lanes do."""
    if problem.small:
        return Role.WHOLE, Role.NEIGHBOURS
    if problem.threads < 3:
        return Role.PROVER, Role.NEIGHBOURS
    return Role.PROVER, Role.NEIGHBOURS, Role.WHOLE


class _Process:
    """A lane as its parent sees it: messages are written and read by threads of their own, so that nothing waits."""

    def __init__(self, role: Role, inbox: queue.SimpleQueue[tuple[_Process, Any]]) -> None:
        self.role, self.busy, self.alive = role, False, True
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "optimizer.solve.lane"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._inbox = inbox
        threading.Thread(target=self._write, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def send(self, message: Any) -> None:
        """Send a message, in its turn; as it is now, for the sender may change what it holds."""
        self._outbox.put(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))

    def kill(self) -> None:
        """End the process at once."""
        self.alive = self.busy = False
        self._outbox.put(None)
        self._process.kill()
        self._process.wait()

    def ended(self) -> str:
        """Say how the process ended."""
        self._outbox.put(None)
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"status {code}"

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            while (message := self._outbox.get()) is not None:
                pipe.write(message)
                pipe.flush()
        except OSError:
            pass  # it died: its reader tells
        finally:
            with suppress(OSError):
                pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            while True:
                self._inbox.put((self, pickle.load(pipe)))
        except Exception:
            pass  # whatever it left half told
        finally:
            pipe.close()
            self._inbox.put((self, None))


class Lanes:
    """The lanes of one search.

    Parameters
    ----------
    problem
        What is searched.
    clock
        When to stop.
    incumbent
        Where plans and bounds are kept.
    tell
        Called with the stage that a lane has come to, and when anything better is known.

    Attributes
    ----------
    failures
        What failed, in sentences.
    stages
        By objective and stage, as far as lanes told.
    """

    def __init__(
        self,
        problem: Problem,
        clock: Clock,
        incumbent: Incumbent,
        tell: Callable[[str | None], None],
        roles: Sequence[Role] | None = None,
    ) -> None:
        self._problem, self._revivals = problem, 0
        self._clock, self._incumbent, self._tell = clock, incumbent, tell
        self.failures: list[str] = []
        self.stages: dict[tuple[Role, str, str], Stage] = {}
        self.impossible = ""
        self._inbox: queue.SimpleQueue[tuple[_Process, Any]] = queue.SimpleQueue()
        self._number = -1
        self._answers: dict[_Process, Any] = {}
        self._asked: _Process | None = None
        self._drawn: Drawn | None = None
        self._lanes: list[_Process] = []
        for role in roles or roles_of(problem):
            self._start(role)

    def drawn(self, sketch: Sketch | None) -> None:
        """Give the lanes the problem with review blocks for periods."""
        self._drawn = Drawn(sketch)
        for lane in self._alive():
            lane.send(self._drawn)

    def begin_without_levers(self) -> None:
        """Let the lane that has least to do at first find the plan with every lever off, before its first leg."""
        for lane in self._alive():
            if lane.role is Role.NEIGHBOURS:
                lane.send(WithoutLevers())
                self._asked = lane

    def without_levers(self) -> Outcome | None:
        """Return the plan with every lever off, once it is found."""
        lane = self._asked
        while lane is not None and lane.alive and lane not in self._answers and not self._clock.over:
            self._take(TICK)
        found = self._answers.pop(lane, None) if lane is not None else None
        if found is None and (lane is None or not lane.alive) and not self._clock.over:
            found = self._ask(WithoutLevers(), self._clock.left)
        return found if isinstance(found, Outcome) else None

    def search(self, leg: Leg, over: Callable[[], bool]) -> None:
        """Search a leg until it is over, its time is up, or no lane has anything left to do."""
        self._number, deadline = leg.number, self._clock.seconds + leg.seconds
        for lane in self._revived():
            lane.busy = True
            lane.send(leg)
        while self._busy() and not over() and not self._clock.past(deadline) and not self.impossible:
            self._take(TICK)
        for lane in self._alive():
            lane.send(Stop(leg.number))
        patience = self._clock.seconds + PATIENCE
        while self._busy() and self._clock.seconds < patience:
            self._take(TICK)

    def finish(self, asked: Finish, clock: Clock) -> tuple[Floats, Floats | None] | None:
        """Return a plan polished and what more would bring; None where every lane fails at that, or none in time."""
        busy = [lane for lane in self._alive() if lane.busy]
        if len(busy) < len(self._alive()):  # what they are at is over: they would only take the cores
            for lane in busy:
                lane.kill()
        for _ in range(2):
            found = None if clock.over else self._ask(asked, clock.left + PATIENCE)
            if found is not None:
                return found  # type: ignore[no-any-return]
        return None

    def close(self) -> None:
        """End every lane."""
        for lane in self._lanes:
            lane.kill()

    # -- inside ----------------------------------------------------------------------------------------
    def _start(self, role: Role) -> None:
        lane = _Process(role, self._inbox)
        lane.send(Hello(self._problem, role, self._clock.left))
        if self._drawn is not None:  # a lane that begins late
            lane.send(self._drawn)
        self._lanes.append(lane)

    def _revived(self) -> list[_Process]:
        """Return the lanes that are alive; where none is left, start one again."""
        if not self._alive() and self._revivals < REVIVALS:
            self._revivals += 1
            self._start(Role.NEIGHBOURS if self._incumbent.best is not None else roles_of(self._problem)[0])
        return self._alive()

    def _alive(self) -> list[_Process]:
        return [lane for lane in self._lanes if lane.alive]

    def _busy(self) -> bool:
        return any(lane.busy for lane in self._alive())

    def _ask(self, question: Any, seconds: float) -> Any:
        """Ask the first lane that is not busy, else the first; return its answer, None when there is none in time."""
        lanes = sorted(self._revived(), key=lambda lane: lane.busy)
        if not lanes:
            return None
        lane, until = lanes[0], self._clock.seconds + seconds
        self._answers.pop(lane, None)
        lane.send(question)
        while lane.alive and lane not in self._answers and self._clock.seconds < until:
            self._take(TICK)
        if lane.alive and lane not in self._answers:
            lane.kill()
        return self._answers.pop(lane, None)

    def _take(self, seconds: float) -> None:
        """Take in a message, if one comes in time."""
        try:
            lane, message = self._inbox.get(timeout=seconds)
        except queue.Empty:
            self._tell(None)
            return
        if message is None:
            self._buried(lane)
        elif isinstance(message, Plan):
            self._plan(lane, message)
        elif isinstance(message, Bound):
            source = f"{lane.role.value}, relaxation" if message.relaxed else lane.role.value
            if message.number == self._number and self._incumbent.prove(message.bound, source):
                self._tell(None)
        elif isinstance(message, Answer):
            for other in self._alive():
                if other.role is Role.NEIGHBOURS and other is not lane:
                    other.send(message)
        elif isinstance(message, Telling):
            if message.number == self._number and lane.role is not Role.WHOLE:
                self._tell(message.stage)
        elif isinstance(message, Done):
            self._done(lane, message)

    def _plan(self, lane: _Process, plan: Plan) -> None:
        if plan.number == self._number and self._incumbent.offer(plan.x):
            for other in self._alive():
                if other is not lane:
                    other.send(plan)
            self._tell(None)

    def _done(self, lane: _Process, done: Done) -> None:
        self.failures += done.failures
        self.stages |= {(lane.role, stage.objective, stage.stage): stage for stage in done.stages}
        if done.number < 0:
            self._answers[lane] = done.answer
        elif done.number == self._number:
            lane.busy = False
            if done.impossible and self._incumbent.best is None:
                self.impossible = done.impossible

    def _buried(self, lane: _Process) -> None:
        """Go on without a lane that died."""
        if lane.alive:
            lane.alive = lane.busy = False
            words = f"a process of the search ({lane.role.value}) ended with {lane.ended()}; the others went on"
            self.failures.append(words)
