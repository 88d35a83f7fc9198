"""Write the example report anew from its plan, and draw the pictures of the pages in `reports/`.

    python data/make_pictures.py

Needs LibreOffice and poppler (`soffice`, `pdftotext`, `pdftoppm`). The plan in the report is checked and kept: nothing
is solved. `optimizer solve data/alliance_155mm.xlsx --report reports/example_alliance_155mm.xlsx` makes a new plan.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from optimizer import read_workbook, write_template
from optimizer.reread import reread

HERE = Path(__file__).parent
REPORTS = HERE.parent / "reports"
EXAMPLE = REPORTS / "example_alliance_155mm.xlsx"
DOTS = 110
"""Dots per inch: A4 landscape is 1,286 dots wide."""
PAGES = {
    "briefing": "155 mm, 32 members",
    "investment_plan": "Projects from decision to full output",
    "shifts_and_weekends": "Shifts and weekends\n",
}
"""Picture -> how the first page begins on which it is found."""
TEMPLATE = "line", 0.3
"""How the page of a template begins that is shown, and which part of its height."""


def anew() -> None:
    """Write the example report again from its plan, with the sheets and charts of today."""
    found = reread(EXAMPLE)
    broken = [check.rule for check in found.plan.checks if not check.holds]
    if broken:
        sys.exit(f"the plan of {EXAMPLE.name} does not hold {', '.join(broken)}: solve it again")
    found.plan.to_excel(EXAMPLE)


def printed(workbook: Path, folder: Path) -> Path:
    """Print a workbook to a PDF."""
    home = f"-env:UserInstallation=file://{folder / 'office'}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"{workbook.stem}.pdf"


def draw(pdf: Path, begins: str, picture: str, part: float = 1.0) -> None:
    """Draw the first page that begins so, or a part of its height from the top."""
    words = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    number = next(number for number, page in enumerate(words.split("\f"), start=1) if page.startswith(begins))
    width, height = round(11.69 * DOTS), round(8.27 * DOTS * part)
    crop = ["-x", "0", "-y", "0", "-W", str(width), "-H", str(height)]
    page = ["-f", str(number), "-l", str(number), "-r", str(DOTS), "-png", "-singlefile"]
    subprocess.run(["pdftoppm", *page, *crop, str(pdf), str(REPORTS / picture)], check=True)


if __name__ == "__main__":
    anew()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = printed(EXAMPLE, folder)
        for picture, begins in PAGES.items():
            draw(report, begins, picture)
        write_template(folder / "template.xlsx", example=read_workbook(HERE / "quickstart.xlsx"))
        draw(printed(folder / "template.xlsx", folder), TEMPLATE[0], "template", TEMPLATE[1])
