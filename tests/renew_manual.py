"""Renew the manual page of all codes: `python -m tests.renew_manual`, then read the diff."""

from __future__ import annotations

from pathlib import Path

from tianbao import messages
from tianbao.reports.manual import write_manual

#: What a forge shows beside the catalogues.
PAGE = Path(messages.__file__).with_name("README.md")


def renew() -> None:
    """Write the page as the catalogues and the bundled forms make it now."""
    PAGE.write_text(write_manual(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    renew()
