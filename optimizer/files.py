"""Files to disk, whole or not at all: a draft beside the target takes its place when it is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: there nobody can delete a file that a program has open
    fcntl = None  # type: ignore[assignment]

DRAFT, ENDING = ".optimizer-draft-", ".tmp"
"""How the name of a draft begins and ends."""
TRIES = 10
"""Times that a draft is marked, hundredths of a second apart, where another program may be looking at it."""
SPARE = 1 << 20
"""Bytes that are tried before anything long begins: a report of the example and some more."""


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Yield a file whose content takes the place of the target when the block ends, and only then.

    The permissions of an earlier file stay, new files get those that the user's mask allows. Of a link, what it points
    to is replaced. Drafts of programs that were killed are swept.

    Raises
    ------
    OSError
        When the file cannot be written; the earlier one is as it was.
    """
    place = _place(target)
    _sweep(place.parent)
    with _draft(place) as (file, draft):
        yield file
        file.flush()
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()  # where an open file cannot be moved
        draft.replace(place)  # while it is held: others sweep what nobody holds


def try_to_write(target: Path) -> None:
    """Do everything that writing a file takes, short of replacing it; leave nothing behind.

    Raises
    ------
    OSError, ValueError
        What writing would meet: no folder, a name that the system refuses, no permission, no space.
    """
    place = _place(target)
    made: list[Path] = []
    try:
        for folder in reversed([folder for folder in place.parents if not folder.exists()]):
            folder.mkdir()
            made.append(folder)
        if place.exists():
            with place.open("r+b"):
                pass
        else:
            place.open("xb").close()
            place.unlink()
        with _draft(place) as (file, _):
            file.write(bytes(SPARE))
            file.flush()
            os.fsync(file.fileno())
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def free_name(folder: Path, stem: str, mark: str, suffix: str = ".xlsx") -> Path:
    """Return a path that is not taken: `plan.kept.xlsx`, `plan.kept 2.xlsx` and so on."""
    stem = stem.encode("utf-8", "replace")[:80].decode("utf-8", "ignore")  # the name may be what was too long
    number = 1
    while True:
        path = folder / f"{stem}.{mark}{'' if number == 1 else f' {number}'}{suffix}"
        if not os.path.lexists(path):
            return path
        number += 1


def reason(error: Exception, target: Path) -> str:
    """Return in one clear sentence why a file could not be written."""
    number = error.errno if isinstance(error, OSError) else None
    words = str(error)
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        words = "the disk is full"
    elif number == errno.ENAMETOOLONG:
        words = "the name is too long"
    elif number == errno.EROFS:
        words = f"{target.parent} is on a disk that may only be read"
    elif isinstance(error, NotADirectoryError | FileExistsError):
        words = f"{target.parent} is no folder"
    elif isinstance(error, FileNotFoundError) and not target.parent.is_dir():
        words = f"there is no folder {target.parent}"
    elif isinstance(error, IsADirectoryError):
        words = "it is a folder; name a file in it"
    elif isinstance(error, PermissionError):
        words = "it is open in another program, or may not be changed there"
    elif isinstance(error, OSError):
        words = error.strerror or words
    return f"{target} could not be written: {words}"


def _place(target: Path) -> Path:
    """Return where the content goes: of a link, what it points to; devices and the like are refused."""
    place = Path(os.path.realpath(target))
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(target))
    if place.exists() and not place.is_file():
        raise OSError(errno.EINVAL, "it is no plain file", str(target))
    return place


@contextmanager
def _draft(place: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a new file beside a place and its path; it is deleted unless it was moved."""
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
    draft = place.with_name(f"{DRAFT}{secrets.token_hex(8)}{ENDING}")
    try:
        with _opened(draft, 0o666 if mode is None else mode & 0o666) as file:
            if mode is not None:
                draft.chmod(mode)
            yield file, draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _opened(draft: Path, mode: int) -> BinaryIO:
    """Return a new file that is marked as that of a living program."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        file = os.fdopen(os.open(draft, flags, mode), "wb")
        for _ in range(TRIES):
            if _hold(file):
                break
            time.sleep(0.01)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # another program swept it before it was marked


def _hold(file: BinaryIO) -> bool:
    """Mark a draft as that of a living program; tell whether no other one holds it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or a file system without locks
        return False
    return True


def _sweep(folder: Path) -> None:
    """Delete the drafts of programs that are gone."""
    with contextlib.suppress(OSError):
        for draft in folder.glob(f"{DRAFT}*{ENDING}"):
            with contextlib.suppress(OSError), draft.open("r+b") as file:
                if _hold(file):
                    draft.unlink()
