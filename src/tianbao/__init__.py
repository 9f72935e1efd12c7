"""tianbao (填报): collect a statutory report by spreadsheet and e-mail, and get numbers one can sign.

    form ──write_workbook──▶ file ──(a person)──▶ file ──read_workbook──▶ Submission ──run_checks──▶ findings
                                                                              └──merge_submissions──▶ Merged

The names below are the whole public interface. Each is imported when it is first asked for, so that
`import tianbao` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.settings import Settings
    from tianbao.checks.decisions import Decision, DecisionKind
    from tianbao.checks.finding import Finding
    from tianbao.checks.run import run_checks
    from tianbao.documents import read_document
    from tianbao.errors import TianbaoError
    from tianbao.form.load import load_form
    from tianbao.form.model import Form, Severity
    from tianbao.mail.inbox import Inbox
    from tianbao.mail.outbox import Outbox
    from tianbao.mail.password import find_password
    from tianbao.merge.adjustment import Adjustment
    from tianbao.merge.merge import Merged, merge_submissions
    from tianbao.merge.rounding import round_balanced
    from tianbao.records.migrate import migrate
    from tianbao.records.model import Note, Origin, Record, State, Submission, Unit, Verdict
    from tianbao.reports.as_unit import write_as_unit
    from tianbao.reports.county import write_county
    from tianbao.reports.data import write_data
    from tianbao.reports.published import report_of_county, report_of_unit, write_page, write_word
    from tianbao.workbook.read import read_many, read_workbook
    from tianbao.workbook.write import write_workbook

_HOMES = {
    "Adjustment": "tianbao.merge.adjustment",
    "Campaign": "tianbao.campaign.campaign",
    "Decision": "tianbao.checks.decisions",
    "DecisionKind": "tianbao.checks.decisions",
    "Finding": "tianbao.checks.finding",
    "Form": "tianbao.form.model",
    "Inbox": "tianbao.mail.inbox",
    "Merged": "tianbao.merge.merge",
    "Note": "tianbao.records.model",
    "Origin": "tianbao.records.model",
    "Outbox": "tianbao.mail.outbox",
    "Record": "tianbao.records.model",
    "Settings": "tianbao.campaign.settings",
    "Severity": "tianbao.form.model",
    "State": "tianbao.records.model",
    "Submission": "tianbao.records.model",
    "TianbaoError": "tianbao.errors",
    "Unit": "tianbao.records.model",
    "Verdict": "tianbao.records.model",
    "find_password": "tianbao.mail.password",
    "load_form": "tianbao.form.load",
    "merge_submissions": "tianbao.merge.merge",
    "migrate": "tianbao.records.migrate",
    "read_document": "tianbao.documents",
    "read_many": "tianbao.workbook.read",
    "read_workbook": "tianbao.workbook.read",
    "report_of_county": "tianbao.reports.published",
    "report_of_unit": "tianbao.reports.published",
    "round_balanced": "tianbao.merge.rounding",
    "run_checks": "tianbao.checks.run",
    "write_as_unit": "tianbao.reports.as_unit",
    "write_county": "tianbao.reports.county",
    "write_data": "tianbao.reports.data",
    "write_page": "tianbao.reports.published",
    "write_word": "tianbao.reports.published",
    "write_workbook": "tianbao.workbook.write",
}

__all__ = [
    "Adjustment",
    "Campaign",
    "Decision",
    "DecisionKind",
    "Finding",
    "Form",
    "Inbox",
    "Merged",
    "Note",
    "Origin",
    "Outbox",
    "Record",
    "Settings",
    "Severity",
    "State",
    "Submission",
    "TianbaoError",
    "Unit",
    "Verdict",
    "find_password",
    "load_form",
    "merge_submissions",
    "migrate",
    "read_document",
    "read_many",
    "read_workbook",
    "report_of_county",
    "report_of_unit",
    "round_balanced",
    "run_checks",
    "write_as_unit",
    "write_county",
    "write_data",
    "write_page",
    "write_word",
    "write_workbook",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
