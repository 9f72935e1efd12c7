"""The report as a Word file: written into a template, the office's own or the one made of the form.

    Report ─┐
    template┴─write_word──▶ A4 after GB/T 9704, the statutory tables as printed, signed and dated

In:   a report; a template with a placeholder a part.
Out:  a docx, the same bytes for the same report and template.
Knows nothing of campaigns and pages.
"""

from __future__ import annotations

from tianbao.form.model import Form
from tianbao.reports.published.default import default_template
from tianbao.reports.published.printing import clean
from tianbao.reports.published.report import Report
from tianbao.reports.published.target import Target, store


def write_word(report: Report, target: Target, *, template: Target | None = None) -> None:
    """Write a report as a Word file.

    Args:
        report: what it says.
        target: a path, or a file opened for writing.
        template: the office's own; None for the one made of the form.

    Raises:
        TemplateError: the template cannot be used; `faults` says why.
    """
    from tianbao.reports.published.filling import fill
    from tianbao.reports.published.package import open_package, package_bytes
    from tianbao.reports.published.template import open_template

    own = open_template(template, report.form) if template is not None else None
    document = own or open_package(default_template(report.form))
    fill(document, report)
    issuer = clean(report.issuer)
    store(target, package_bytes(document, title=f"{issuer}{report.title}", author=issuer))


def write_template(form: Form, target: Target) -> None:
    """Write the template of a form, for the office to restyle."""
    store(target, default_template(form))
