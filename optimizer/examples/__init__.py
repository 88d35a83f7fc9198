"""The example workbooks that come with the package: ``optimizer example quickstart``.

They are kept once, in the folder `data` of the source tree; a build puts them beside this file (pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

EXAMPLES = {
    "quickstart": "three members, two stages, 30 months; solved in a second",
    "alliance_155mm": "the 155 mm ramp-up of 32 members; solved in minutes",
}
"""Name -> what it is."""

_HERE = Path(__file__).parent
_FOLDERS = (_HERE, _HERE.parent.parent / "data")


def example_path(name: str) -> Path | None:
    """Return where the workbook of an example lies; None for other names."""
    if name not in EXAMPLES:
        return None
    return next((folder / f"{name}.xlsx" for folder in _FOLDERS if (folder / f"{name}.xlsx").is_file()), None)
