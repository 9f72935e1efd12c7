"""Real programs print what we write: LibreOffice the Word file, Chromium the page."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.office.office import Office
from tests.reports.published.reports import COMPARISON, report
from tianbao.form.load import load_form
from tianbao.reports.published.page import write_page
from tianbao.reports.published.report import Report
from tianbao.reports.published.word import write_word

#: Of 表三, the longest of all tables: the first thing of its first line, and of its last.
FIRST, LAST = "一、本年新收政府信息公开申请数量", "四、结转下年度继续办理"
A4 = "595.28 x 841.89 pts (A4)"


def asked() -> Report:
    """Make the report that needs most room: each number has eight digits."""
    form = load_form("zfxxgk-2021")
    values = {cell.key: 12345678 for cell in form.cells()}
    return replace(report(form, values=values, signed_on=date(2026, 1, 15)), comparison=COMPARISON)


def pages(pdf: Path) -> list[str]:
    """Return the text of each page of a PDF, without its spaces."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60)  # noqa: S607
    return ["".join(page.split()) for page in text.stdout.decode().split("\f")[:-1]]


def size(pdf: Path) -> str:
    about = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, timeout=60)  # noqa: S607
    (line,) = (line for line in about.stdout.decode().splitlines() if line.startswith("Page size"))
    return line.partition(":")[2].strip()


def chromium() -> str:
    """Return the browser; where it is missing the test is skipped, but on CI it fails."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or ""
    if not found:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and on CI it must judge")
        pytest.skip("Chromium is not installed")
    return found


@pytest.mark.office
def test_libreoffice_prints_the_word_file_on_a4_with_each_table_whole(tmp_path: Path, office: Office) -> None:
    write_word(asked(), tmp_path / "report.docx")
    with office.open(tmp_path / "report.docx") as opened:
        opened.save(tmp_path / "report.pdf")

    printed = pages(tmp_path / "report.pdf")

    assert size(tmp_path / "report.pdf") in (A4, "595.304 x 841.89 pts (A4)")
    assert len(printed) == 5
    assert [FIRST in page for page in printed[:-1]] == [LAST in page for page in printed[:-1]]
    assert [page.count("12345678") for page in printed[:-1] if FIRST in page] == [7 * 25 + 15]
    assert [n for n, page in enumerate(printed) if "2026年1月15日" in page] == [3]
    assert "六、其他需要报告的事项" in printed[3]
    assert [f"—{n}—" in page for n, page in enumerate(printed, start=1)] == [True] * 5


def test_chromium_prints_the_page_on_a4_with_each_table_whole(tmp_path: Path) -> None:
    write_page(asked(), tmp_path / "report.html")
    pdf = tmp_path / "report.pdf"
    arguments = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}")
    printing = ("--no-pdf-header-footer", f"--print-to-pdf={pdf}", (tmp_path / "report.html").as_uri())
    subprocess.run([chromium(), *arguments, *printing], check=True, capture_output=True, timeout=120)

    printed = pages(pdf)

    assert "(A4)" in size(pdf)
    assert [FIRST in page for page in printed[:-1]] == [LAST in page for page in printed[:-1]]
    assert [page.count("12345678") for page in printed[:-1] if FIRST in page] in ([7 * 25], [7 * 25 + 15])
    assert "附：图解和上年对比" in printed[-1]
    assert "六、其他需要报告的事项" in printed[-2]
    assert "2026年1月15日" in printed[-2]
    assert [f"—{n}—" in page for n, page in enumerate(printed, start=1)] == [True] * len(printed)
