"""The report as the law wants it published: as a Word file to sign, and as a page for the portal and the notice board.

    records, findings ──compose──▶ Report ──┬─ word ─▶ .docx, in the office's own template
                                            └─ page ─▶ one .html with everything in it

In:   a submission, or a merge; what was found; the office's template and its own texts.
Out:  bytes, the same for the same report.
Knows nothing of campaigns. Figures and texts are those of the records: nothing is typed again, nothing is rounded.
"""

from __future__ import annotations

import io
from enum import Enum
from pathlib import Path

from tianbao.reports.published.compose import report_of_county, report_of_unit
from tianbao.reports.published.page import write_page
from tianbao.reports.published.report import Report
from tianbao.reports.published.word import write_word

__all__ = ["Format", "Report", "draw", "report_of_county", "report_of_unit", "write_page", "write_word"]


class Format(Enum):
    """What a report is written as; the name of the folder too."""

    WORD = "word"
    HTML = "html"

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return ".docx" if self is Format.WORD else ".html"


def draw(report: Report, kind: Format, *, template: Path | None = None) -> bytes:
    """Write a report.

    Args:
        report: what it says.
        kind: as what.
        template: the office's own, for Word.

    Raises:
        TemplateError: the template cannot be used.
    """
    target = io.BytesIO()
    match kind:
        case Format.WORD:
            write_word(report, target, template=template)
        case Format.HTML:
            write_page(report, target)
    return target.getvalue()
