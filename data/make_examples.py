"""Write the two example workbooks: ``python data/make_examples.py``."""

from __future__ import annotations

from pathlib import Path

import alliance
import quickstart

from optimizer.workbook.template import write_workbook

HERE = Path(__file__).parent
EXAMPLES = {"quickstart.xlsx": quickstart.make, "alliance_155mm.xlsx": alliance.make}


def main() -> None:
    """Make both scenarios and write them beside this script."""
    for name, make in EXAMPLES.items():
        scenario, sources, about = make()
        write_workbook(HERE / name, scenario, sources=sources, about=about)


if __name__ == "__main__":
    main()
