"""The receipt for a report that passes: what was read, its totals, and a digest by which both sides know it again.

In:   a submission.
Out:  a text of a few lines for a mail, a chat or a printer.
Knows nothing of files and folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tianbao import messages
from tianbao.checks.suspicion import cell_label
from tianbao.expr.sentence import written
from tianbao.form.model import Amount, Cell, Kind
from tianbao.messages import Language
from tianbao.records.model import State, Submission
from tianbao.workbook.layout import sheet_title

#: So many characters of the digest are enough to compare by eye, in groups of four.
_DIGITS, _GROUP = 16, 4


def receipt(submission: Submission, lang: Language | None = None) -> str:
    """Write the receipt of a report."""
    words = messages.language() if lang is None else lang
    form, unit = submission.form, submission.unit
    assert form is not None
    assert unit is not None
    answers = [submission.answers[cell.key] for table in form.tables for cell in table.inputs()]
    facts = {
        "unit": unit.name,
        "code": unit.code,
        "title": sheet_title(form, submission.year or 0),
        "file": submission.file.rpartition("/")[2],
        "sha256": submission.sha256,
        "count": sum(answer.value is not None for answer in answers),
        "zeros": sum(answer.value == 0 for answer in answers),
        "declared": sum(answer.state is State.DECLARED_ZERO for answer in answers),
        "texts": sum(bool(text) for text in submission.texts.values()),
        "totals": "\n".join(totals(submission, words)),
        "digest": digest_of(submission),
    }
    return messages.say("receipt", words, **facts)


def digest_of(submission: Submission) -> str:
    """Digest what a unit reports: the same for the same answers, whatever file they come in."""
    assert submission.form is not None
    inputs = (cell for cell in submission.form.by_key.values() if cell.kind is Kind.INPUT)
    lines = [f"{cell.key}\t{_same(submission, cell)}" for cell in inputs]
    told = hashlib.sha256("\n".join([submission.form.id, str(submission.year), *lines]).encode()).hexdigest().upper()
    return "-".join(told[at : at + _GROUP] for at in range(0, _DIGITS, _GROUP))


def _same(submission: Submission, cell: Cell) -> str:
    value = submission.answers[cell.key].value
    return written(value) if isinstance(value, Amount) else str(value or "")


def totals(submission: Submission, lang: Language) -> Iterator[str]:
    """Name the totals that people know from their ledger, one a line; in a table without one, every total."""
    form = submission.form
    assert form is not None
    controls = frozenset(cell.key for cell in form.controls)
    ruled = (instance.cells for instance in form.instances if not controls.isdisjoint(instance.cells))
    known = {key for keys in ruled for key in keys if key not in controls}
    for table in form.tables:
        totals = [cell for cell in table.cells if cell.kind is Kind.COMPUTED]
        for cell in [cell for cell in totals if cell.key in known] or totals:
            value = submission.answers[cell.key].value
            if isinstance(value, Amount):
                yield f"  {table.short} {cell_label(form, cell, lang)}：{written(value)} {cell.measure}".rstrip()
