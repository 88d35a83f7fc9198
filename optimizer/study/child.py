"""A task in another process, as whoever wants it solved sees it: a death, or no end, is an answer like others.

A process of a module of its own, and not one of multiprocessing: so scripts need no main guard, and threads and
daemonic workers of any executor may start it. One that is soon done with a task takes the next one of the study: to
begin a process takes longer than to solve a small task. One that took long, and so much memory, ends with its task.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from optimizer.solve.progress import Clock, Progress
from optimizer.study.archive import KILLED, NOT_DONE, Answer
from optimizer.study.task import Task

MARGIN = 120.0
"""Seconds that a task gets beyond its search, to build, to say why nothing is possible, to verify; then it hangs."""
SOON = 10.0
"""Seconds within which a task must be done for its process to take another."""
LONGEST = 300
"""Letters of the last words of a process that are told."""
TICK = 0.2
"""Seconds after which it is looked whether a task should end while it tells nothing."""


@dataclass(frozen=True)
class Run:
    """A task to be run.

    Attributes
    ----------
    task
        What.
    seconds
        Longest search.
    prepared
        The model of what the task is a variation of, pickled by the study; None: it builds its own.
    token
        By which a listener in this process is known; in others there is none.
    """

    task: Task
    seconds: float
    prepared: bytes | None = None
    token: str = ""


class Flag(Protocol):
    """What is set or not, such as an event of threading."""

    def is_set(self) -> bool:
        """Tell whether it is set."""


@dataclass
class Listener:
    """What a study in this process hears of a run, and how it ends it.

    Attributes
    ----------
    progress
        Called with every `Progress`, from a thread of the run.
    began
        Called with the number of the process.
    stop
        Set: the run ends, without an answer.
    """

    progress: Callable[[Progress], None]
    began: Callable[[int], None]
    stop: Flag


LISTENERS: dict[str, Listener] = {}
"""Token -> listener, of the studies in this process."""


@dataclass
class _Process:
    """A process that solves one task after the other.

    Attributes
    ----------
    popen
        The process itself.
    errors
        What it writes to its standard error.
    inbox
        What it tells: progress and answers; None once it is gone.
    """

    popen: subprocess.Popen[bytes]
    errors: IO[bytes]
    inbox: queue.SimpleQueue[Any]

    def end(self) -> None:
        """End it, whatever it does."""
        self.popen.kill()
        self.popen.wait()
        self.errors.close()
        with suppress(OSError):
            assert self.popen.stdin is not None
            self.popen.stdin.close()


IDLE: list[_Process] = []
"""Processes that wait for a task; only studies in this process leave some, and end them with `leave`."""


def leave() -> None:
    """End the processes that wait for a task."""
    with suppress(IndexError):
        while True:
            IDLE.pop().end()


def run(asked: Run) -> Answer:
    """Solve a task in another process and return its answer; called wherever an executor has a place for it."""
    listener = LISTENERS.get(asked.token)
    clock = Clock(asked.seconds + MARGIN)
    try:
        process = _waiting() or _begun()
    except OSError as error:
        return Answer(KILLED, f"its process could not be started ({error})")
    done = False
    try:
        _send(process, asked)
        if listener is not None:
            listener.began(process.popen.pid)
        while True:
            if listener is not None and listener.stop.is_set():
                return Answer(NOT_DONE, "it was interrupted", seconds=clock.seconds)
            if clock.over:
                words = f"it went on for {clock.seconds:.0f} s, of {asked.seconds:.0f} s for its search, and was ended"
                return Answer(KILLED, words, seconds=clock.seconds)
            with suppress(queue.Empty):
                message = process.inbox.get(timeout=TICK)
                if isinstance(message, Answer):
                    done = listener is not None and message.seconds < SOON
                    return message
                if message is None:
                    words = f"its process ended with {_ended(process)} before it had an answer{_last_words(process)}"
                    return Answer(KILLED, words, seconds=clock.seconds)
                if listener is not None:
                    listener.progress(message)
    finally:
        if done:
            IDLE.append(process)
        else:
            process.end()
        if listener is not None and listener.stop.is_set():
            leave()


def _waiting() -> _Process | None:
    """Return a process that waits for a task, if there is one."""
    with suppress(IndexError):
        while True:
            process = IDLE.pop()
            if process.popen.poll() is None:
                return process
            process.end()
    return None


def _begun() -> _Process:
    """Begin a process, and hear what it tells."""
    errors = tempfile.TemporaryFile()  # noqa: SIM115, it is there as long as the process
    try:
        popen = _spawned(errors)
    except OSError:
        errors.close()
        raise
    process = _Process(popen, errors, queue.SimpleQueue())
    threading.Thread(target=_read, args=(popen.stdout, process.inbox), daemon=True).start()
    return process


def _send(process: _Process, asked: Run) -> None:
    """Give a process its task; meanwhile it is heard."""
    message = (asked.task, asked.seconds, asked.prepared)
    threading.Thread(target=_write, args=(process.popen.stdin, message), daemon=True).start()


def _spawned(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "optimizer.study.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def _write(pipe: IO[bytes], message: Any) -> None:
    with suppress(OSError, ValueError):  # it died: its reader tells
        pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
        pipe.flush()


def _read(pipe: IO[bytes], inbox: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            inbox.put(pickle.load(pipe))
    except Exception:
        pass  # whatever it left half told
    finally:
        pipe.close()
        inbox.put(None)


def _ended(process: _Process) -> str:
    """Say how a process ended."""
    try:
        code = process.popen.wait(MARGIN)
    except subprocess.TimeoutExpired:
        return "no word"
    if code >= 0:
        return f"status {code}"
    with suppress(ValueError):
        name = signal.Signals(-code).name
        more = ", as systems end what takes too much memory" if name == "SIGKILL" else ""
        return f"signal {-code} ({name}{more})"
    return f"signal {-code}"


def _last_words(process: _Process) -> str:
    """Return the last line that a process wrote about its end, if there is one."""
    process.errors.seek(0)
    lines = process.errors.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {last[:LONGEST]}" if last else ""
