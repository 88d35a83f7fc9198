"""Tasks on a dask cluster: a scheduler at an address, and workers on whatever machines have the same version.

dask.distributed is an extra: ``pip install 'optimizer[cluster]'``. A task that goes down with its worker is begun
again on another, as often as the scheduler is set to allow (`allowed-failures`). Where the study is ended, or goes
down itself, its tasks end on the workers, too.

A scheduler runs what anyone sends it who reaches it: it belongs in a network of one's own.
"""

from __future__ import annotations

import logging
import pickle
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from importlib.metadata import version
from typing import Any

from optimizer.errors import Finding, InputError
from optimizer.solve.progress import Progress
from optimizer.study.archive import Answer
from optimizer.study.child import LISTENERS, Listener, Run

CONNECT_SECONDS = 10.0
"""Longest wait for a scheduler to reply, and for the first worker to be there."""
LOOK_AGAIN = 1.0
"""Seconds after which workers are counted again."""
LARGE = "1GB"
"""Size of a task from which dask should warn: those of large groups are megabytes, and go where they run once."""
PACKAGE = "optimizer"


class Cluster(Executor):
    """An executor whose places are the threads of dask workers; a context that ends the connection.

    Parameters
    ----------
    address
        Of the scheduler, say ``tcp://host:8786``.
    most
        Most tasks at once; None: as many as the workers have threads, whatever comes and goes.

    Raises
    ------
    InputError
        When dask.distributed is not installed, no scheduler replies, it has no workers, or one of them has not this
        version of this package.
    """

    def __init__(self, address: str, *, most: int | None = None) -> None:
        try:
            from distributed import Client
        except ImportError:
            words = "dask.distributed is not installed; install it with pip install 'optimizer[cluster]'"
            raise _wrong(words) from None
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            words = f"no scheduler replies at {address} ({error})"
            raise _wrong(f"{words}; say the address that `dask scheduler` tells, like tcp://host:8786") from None
        self._most, self._places, self._counted = most, 0, -LOOK_AGAIN
        self._topic = f"{PACKAGE} {uuid.uuid4().hex}"
        try:
            self._refuse(address)
            self._client.subscribe_topic(self._topic, _told)
        except BaseException:
            self.shutdown()
            raise
        self._executor: Executor = self._client.get_executor(pure=False)

    def _refuse(self, address: str) -> None:
        """Refuse workers that are not there, or that have not what is installed here."""
        try:
            self._client.wait_for_workers(1, CONNECT_SECONDS)
        except TimeoutError:
            words = f"the scheduler at {address} has no workers; start some with dask worker {address} --nthreads 1"
            raise _wrong(words) from None
        ours = version(PACKAGE)
        others: dict[str, Any] = self._client.run(version, PACKAGE, on_error="return")
        for worker, theirs in others.items():
            if theirs != ours:
                found = f"version {theirs}" if isinstance(theirs, str) else f"none ({type(theirs).__name__})"
                raise _wrong(f"the worker {worker} has {found} of {PACKAGE}; install {ours} there, as here")

    def submit(self, fn: Callable[[Run], Answer], /, asked: Run) -> Future[Answer]:  # type: ignore[override]
        """Start a task on a worker."""
        import dask

        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
            content = pickle.dumps(asked, protocol=pickle.HIGHEST_PROTOCOL)
            return self._executor.submit(_run_far, fn, content, self._topic)

    def there_is(self, running: Sequence[object]) -> bool:
        """Tell whether another task may begin beside those that run; without workers one waits for the next."""
        if time.monotonic() >= self._counted + LOOK_AGAIN:
            self._counted = time.monotonic()
            try:
                self._places = sum(self._client.nthreads().values())
            except (OSError, RuntimeError, ValueError, AttributeError):  # no scheduler: tasks that are lost tell
                self._places = 0
        return len(running) < max(1, min(self._places, self._most or self._places))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the connection; what runs ends, too."""
        self._client.close()


def hush() -> None:
    """Let dask tell nothing of its own in a terminal: what of it matters is told with the tasks."""
    try:
        import distributed  # sets its levels
    except ImportError:
        return
    for name in (distributed.__name__, "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _wrong(words: str) -> InputError:
    return InputError([Finding("cluster", "", words)])


# -- on the way --------------------------------------------------------------------------------------
def _told(event: tuple[float, tuple[str, str, float, float, float | None, float | None]]) -> None:
    """Hand progress from afar to whoever listens here."""
    _, (token, stage, seconds, left, value, bound) = event
    listener = LISTENERS.get(token)
    if listener is not None:
        listener.progress(Progress(stage, seconds, left, value, bound))


# -- on a worker -------------------------------------------------------------------------------------
def _run_far(fn: Callable[[Run], Answer], content: bytes, topic: str) -> Answer:
    """Run a task on a worker, and tell how it goes."""
    from distributed import get_worker

    asked: Run = pickle.loads(content)
    if asked.token in LISTENERS:  # the study runs in this very process
        return fn(asked)
    worker = get_worker()

    def tell(p: Progress) -> None:
        worker.log_event(topic, (asked.token, p.stage, p.seconds, p.left, p.value, p.bound))

    LISTENERS[asked.token] = Listener(tell, lambda pid: None, _Unwanted(worker))
    try:
        return fn(asked)
    finally:
        del LISTENERS[asked.token]


class _Unwanted:
    """Whether the scheduler has taken back what this thread of a worker runs, as it does when its client is gone."""

    def __init__(self, worker: Any) -> None:
        from distributed.worker import thread_state

        self._tasks, self._key = worker.state.tasks, thread_state.key

    def is_set(self) -> bool:
        """Tell whether the task should end."""
        task = self._tasks.get(self._key)
        return task is None or task.state == "cancelled"
