"""The folder of a study: one file for each answer, under the key of its task, whole or not there at all.

The folder is the truth: what is in it is not solved again, whoever put it there. A task that somebody works on is
claimed by a lock that goes when that process does, so that two studies share the work and none waits for the dead.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from optimizer.errors import PlanError
from optimizer.files import reason, whole
from optimizer.scenario.scenario import Scenario
from optimizer.study.archive import FINAL, Answer, packed, unpacked
from optimizer.verify.verify import verify

try:
    import fcntl
except ImportError:  # Windows: nothing is claimed there, and the same task may be solved twice
    fcntl = None  # type: ignore[assignment]

ENDING, LOCK = ".answer.zip", ".lock"


class Folder:
    """Answers kept in a folder, by the key of their task.

    Parameters
    ----------
    path
        Made where it is not there.

    Raises
    ------
    PlanError
        When it cannot be made.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._claims: dict[str, BinaryIO] = {}
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlanError(reason(error, self._path)) from error

    def answer(self, key: str, scenario: Scenario | None = None) -> Answer | None:
        """Return the answer to a task, its plan verified anew; None where there is none, or none that holds."""
        try:
            found = unpacked(self._file(key).read_bytes(), scenario)
        except (OSError, PlanError):
            return None
        if found.plan is None:
            return found if found.status in FINAL else None
        plan = found.plan.with_checks(verify(found.plan))
        return replace(found, plan=plan) if plan.verified else None

    def keep(self, key: str, answer: Answer) -> None:
        """Keep the answer to a task.

        Raises
        ------
        OSError
            When it cannot be written; what was there stays.
        """
        with whole(self._file(key)) as file:
            file.write(packed(answer))

    def claim(self, key: str) -> bool:
        """Take a task to work on; tell whether nobody else does."""
        if fcntl is None:
            return True
        place = self._path / f"{key}{LOCK}"
        while True:
            try:
                file = place.open("wb")
            except OSError:  # where nothing can be written, nothing can be kept either, which is told then
                return True
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            except OSError:  # a file system without locks
                file.close()
                return True
            if os.fstat(file.fileno()).st_nlink:
                self._claims[key] = file
                return True
            file.close()  # its last owner deleted it after it was opened

    def release(self, key: str) -> None:
        """Give a task up, done or not."""
        file = self._claims.pop(key, None)
        if file is not None:
            with contextlib.suppress(OSError):
                (self._path / f"{key}{LOCK}").unlink()
            file.close()

    def _file(self, key: str) -> Path:
        return self._path / f"{key}{ENDING}"
