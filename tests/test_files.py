"""Files to disk: whole or not at all, with the permissions they had, and no drafts left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimizer.files import _sweep, free_name, try_to_write, whole


def write(path: Path, content: bytes) -> None:
    """Write a file whole."""
    with whole(path) as file:
        file.write(content)


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def private() -> Iterator[None]:
    """Let new files be the owner's alone."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("private")
def test_new_files_follow_the_mask_and_old_ones_keep_their_permissions(tmp_path: Path) -> None:
    """With a mask of 077 a new file is 0600; files of 0640 and 0600 stay so, whatever the mask."""
    write(tmp_path / "new", b"1")
    assert mode(tmp_path / "new") == 0o600
    for old in (0o640, 0o604, 0o600):
        (tmp_path / "old").write_bytes(b"before")
        (tmp_path / "old").chmod(old)
        write(tmp_path / "old", b"after")
        assert (mode(tmp_path / "old"), (tmp_path / "old").read_bytes()) == (old, b"after")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["new", "old"]


def test_of_a_link_the_target_is_replaced(tmp_path: Path) -> None:
    """A link into another folder stays a link, a link to nothing yet gets its file."""
    (tmp_path / "there").mkdir()
    for name in ("old", "new"):
        (tmp_path / name).symlink_to(tmp_path / "there" / name)
    (tmp_path / "there" / "old").write_bytes(b"before")
    for name in ("old", "new"):
        write(tmp_path / name, b"after")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "there" / name).read_bytes() == b"after"


def test_what_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    """An exception inside the block, also that of a second Ctrl-C, leaves all as it was."""
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "file") as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("file", b"before")]


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path: Path) -> None:
    """A program killed with a draft open leaves it; the next one deletes it, but not the draft of one that lives."""
    code = (
        "import os, sys; from pathlib import Path; from optimizer.files import whole\n"
        "with whole(Path(sys.argv[1])) as file:\n    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "dead")], check=False)
    (left,) = tmp_path.iterdir()
    with whole(tmp_path / "first") as file:
        file.write(b"1")
        (alive,) = tmp_path.iterdir()
        assert alive != left
        write(tmp_path / "second", b"2")
        assert alive.exists()
    assert sorted(found.name for found in tmp_path.iterdir()) == ["first", "second"]


def test_a_draft_is_held_until_it_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sweeps the folder in the moment of the change finds nothing there that nobody holds."""
    replace = Path.replace

    def swept_before(draft: Path, place: Path) -> Path:
        _sweep(tmp_path)
        return replace(draft, place)

    monkeypatch.setattr(Path, "replace", swept_before)
    with whole(tmp_path / "plan.txt") as file:
        file.write(b"plan")
    assert (tmp_path / "plan.txt").read_bytes() == b"plan"


def test_writing_is_tried_without_a_trace(tmp_path: Path) -> None:
    """What can be written is not written yet: old files stay, and folders made for the trial go."""
    (tmp_path / "old").write_bytes(b"before")
    for path in ("old", "new", "deep/er/new"):
        try_to_write(tmp_path / path)
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("old", b"before")]


@pytest.mark.parametrize("name", ["file/plan", "folder", "x" * 260, "a\0b", "loop", "pipe"])
def test_what_cannot_be_written_is_known_before(tmp_path: Path, name: str) -> None:
    """Below a file, a folder, too long a name, one that the system refuses, a link to itself, a pipe: an error."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises((OSError, ValueError)):
        try_to_write(tmp_path / name)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["file", "folder", "loop", "pipe"]


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    """The second plan that is kept stands beside the first; of too long a name the beginning is enough."""
    assert free_name(tmp_path, "plan", "kept").name == "plan.kept.xlsx"
    (tmp_path / "plan.kept.xlsx").touch()
    assert free_name(tmp_path, "plan", "kept").name == "plan.kept 2.xlsx"
    assert len(free_name(tmp_path, "ä" * 300, "kept").name) < 100
