"""The JSON documents: what `--json` prints, as written down for programs to rely on.

A whole number is an integer, an amount a string, a blank null, a day `2025-12-31`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.checks.rounds import Round
    from tianbao.checks.settled import Unfit
    from tianbao.form.model import Cell
    from tianbao.merge.doubles import Double
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Note, Reason, Submission, Unit, Value


def read_document(submissions: Iterable[Submission]) -> dict[str, object]:
    """Describe what was read."""
    return {"schema": "tianbao.read/1", "submissions": [_submission(submission) for submission in submissions]}


def check_document(
    submissions: Sequence[Submission],
    findings: Iterable[Finding],
    unfit: Iterable[Unfit] = (),
    rounds: Iterable[Round | None] = (),
) -> dict[str, object]:
    """Describe what was found, which files could not be looked at, which decisions settle nothing, and what was changed."""
    return {
        "schema": "tianbao.check/1",
        "findings": [finding.as_dict() for finding in findings],
        "refused": [
            {"file": submission.file, "reason": _reason(submission.reason)}
            for submission in submissions
            if submission.reason is not None
        ],
        "unfit_decisions": [_unfit(one) for one in unfit],
        "rounds": [
            _round(submission, since)
            for submission, since in zip(submissions, rounds, strict=False)
            if since is not None
        ],
    }


def _round(submission: Submission, since: Round) -> dict[str, object]:
    """Describe what was done since the version before; what words were changed is not repeated."""
    assert submission.form is not None
    cells = submission.form.by_key
    return {
        "file": submission.file,
        "unit": submission.unit.code if submission.unit else None,
        "before": since.before,
        "same_file": since.is_same_file,
        **{
            name: [finding.instance for finding in getattr(since, name)]
            for name in ("mended", "settled", "open", "new")
        },
        "changed": [
            {"key": changed.key, "at": changed.at, "text": True}
            if changed.is_text
            else {
                "key": changed.key,
                "at": changed.at,
                "before": plain(changed.before, cells[changed.key]),
                "now": plain(changed.now, cells[changed.key]),
            }
            for changed in since.changed
        ],
    }


def _unfit(unfit: Unfit) -> dict[str, object]:
    decision = unfit.decision
    return {
        "at": decision.at,
        "unit": decision.unit,
        "check": decision.check,
        "place": decision.place,
        "code": unfit.code,
        "message": unfit.message(),
    }


def _submission(submission: Submission) -> dict[str, object]:
    head: dict[str, object] = {
        "file": submission.file,
        "sha256": submission.sha256,
        "verdict": submission.verdict.value,
        "reason": _reason(submission.reason),
        "form": submission.form.id if submission.form else None,
        "year": submission.year,
        "unit": _unit(submission.unit),
    }
    if submission.reason is not None or submission.form is None:
        return head
    form = submission.form
    fields = [cell for cell in (*form.cover, *form.controls) if cell.key in submission.answers]
    origins = {key: f"{answer.sheet}!{answer.cell}" for key, answer in submission.answers.items() if answer.sheet}
    return {
        **head,
        "values": {key: plain(value, form.by_key[key]) for key, value in submission.values.items()},
        "fields": {cell.key: plain(submission[cell.key], cell) for cell in fields},
        "texts": dict(submission.texts),
        "states": _states(submission, [*submission.values, *(cell.key for cell in fields)]),
        "incomplete": [key for key in submission.answers if key in submission.incomplete],
        "explanations": {name: answer.value for name, answer in submission.explanations.items() if answer.value},
        "origins": origins,
        "notes": [_note(note) for note in submission.notes],
    }


def _states(submission: Submission, keys: Iterable[str]) -> dict[str, str]:
    """Say how each answer stands that is not filled: why it is null, or that its zero was declared."""
    states = ((key, submission.answers[key].state.value) for key in keys)
    return {key: state for key, state in states if state != "filled"}


def _reason(reason: Reason | None) -> dict[str, str] | None:
    return None if reason is None else {"code": reason.code, "message": reason.message()}


def _unit(unit: Unit | None) -> dict[str, str] | None:
    return None if unit is None else {"code": unit.code, "name": unit.name}


def _note(note: Note) -> dict[str, str]:
    return {
        "code": note.code,
        "severity": note.severity.value,
        "at": note.at,
        "key": note.key,
        "raw": note.raw,
        "message": note.message(),
    }


def plain(value: Value, cell: Cell) -> int | str | None:
    """Write a value for JSON: an amount is a string even where it is whole."""
    match value:
        case None:
            return None
        case Decimal() | int() if cell.digits:
            return f"{Decimal(value):f}"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return value


def merge_document(
    merged: Merged, findings: Iterable[Finding], unfit: Iterable[Unfit] = (), doubles: Iterable[Double] = ()
) -> dict[str, object]:
    """Describe a merge: the totals, the units counted and missing, where each total came from, and what was found."""
    from tianbao.reports.county import check_totals

    cells = merged.form.by_key
    return {
        "schema": "tianbao.merge/1",
        "form": merged.form.id,
        "year": merged.year,
        "totals": {key: plain(total, cells[key]) for key, total in merged.totals.items()},
        "sums": {key: plain(total, cells[key]) for key, total in merged.sums.items()},
        "adjustments": [one.as_document() for one in merged.adjustments],
        "broken": [finding.as_dict() for finding in check_totals(merged)],
        "doubles": [
            {"code": one.code, "key": one.key, "units": [unit.code for unit, _ in one.parts], "message": one.message()}
            for one in doubles
        ],
        "units": [_unit(unit) for unit in merged.units],
        "missing": [_unit(unit) for unit in merged.missing],
        "left_out": [
            {
                "file": left_out.file,
                "unit": _unit(left_out.unit),
                "code": left_out.code,
                "severity": left_out.severity.value,
                "message": left_out.message(),
            }
            for left_out in merged.left_out
        ],
        "incomplete": {key: [unit.code for unit in units] for key, units in merged.incomplete.items()},
        "states": {
            key: states
            for key in merged.totals
            if (states := {unit.code: state.value for unit, state in merged.states(key) if state.value != "filled"})
        },
        "sources": {
            key: [[unit.code, plain(value, cells[key])] for unit, value, _ in merged.sources(key)]
            for key in merged.totals
        },
        "findings": [finding.as_dict() for finding in findings],
        "unfit_decisions": [_unfit(one) for one in unfit],
    }
