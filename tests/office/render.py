"""Pictures of a workbook's pages, to be looked at: `python -m tests.office.render FILE.xlsx FOLDER`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.office.office import Office


def render(workbook: Path, folder: Path, *, office: Office, dots_per_inch: int = 90) -> list[Path]:
    """Print a workbook to PDF and return a picture of each page, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    pdf = folder / f"{workbook.stem}.pdf"
    with office.open(workbook) as opened:
        opened.save(pdf)
    pages = folder / workbook.stem
    subprocess.run(["pdftoppm", "-png", "-r", str(dots_per_inch), str(pdf), str(pages)], check=True, timeout=300)  # noqa: S607
    return sorted(folder.glob(f"{workbook.stem}-*.png"))


def main(arguments: list[str]) -> None:
    """Render one workbook and name the pictures."""
    workbook, folder = map(Path, arguments)
    with Office() as office:
        for page in render(workbook, folder, office=office):
            print(page)  # noqa: T201 - this is the command's output


if __name__ == "__main__":
    main(sys.argv[1:])
