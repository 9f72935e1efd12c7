"""Renew the manual page of all codes and the page of each form's rules: `python -m tests.renew_manual`, then read the diff."""

from __future__ import annotations

from pathlib import Path

from tianbao import messages
from tianbao.assets import templates_folder
from tianbao.form.load import bundled_forms, load_form
from tianbao.reports.manual import write_manual
from tianbao.reports.rules import write_rules

#: What a forge shows beside the catalogues.
PAGE = Path(messages.__file__).with_name("README.md")


def rules_page(form: str) -> Path:
    """Return what a forge shows beside the definition of a form."""
    return templates_folder() / "forms" / form / "README.md"


def renew() -> None:
    """Write the pages as the catalogues and the bundled forms make them now."""
    PAGE.write_text(write_manual(), encoding="utf-8", newline="\n")
    for form in bundled_forms():
        rules_page(form).write_text(write_rules(load_form(form)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    renew()
