"""缺报与免报: who is missing, who owes nothing, who was late, which files and figures are not counted, and every unit.

In:   the draft.
Out:  the sheet: short lists under each other, those without a line left out but for the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.form.model import Kind, Severity
from tianbao.records.model import Unit
from tianbao.reports.county.draft import HEADS, Draft
from tianbao.workbook.book import LinkedSheet

_WIDTHS = (6, 16, 24, 12, 36, 44)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
#: So many characters of what could not be read are shown.
_SHOWN = 20

_Lines = Iterator[tuple[str, ...]]


def draw_absent(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw the lists."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.absent.title", "zh", title=draft.title), _LAST, room=_ROOM)
    row = HEADS
    for name, lines in (
        ("missing", list(_missing(draft))),
        ("exempt", list(_exempt(draft))),
        ("late", list(_late(draft))),
        ("left_out", list(_left_out(draft))),
        ("incomplete", list(_incomplete(draft))),
        ("every", list(_every(draft))),
    ):
        if lines:
            row = draft.heading(sheet, row, messages.say(f"county.absent.{name}", "zh", count=len(lines)), _LAST)
            heads = messages.say(f"county.absent.{name}_heads", "zh").split("|")
            row = draft.list(sheet, row, heads, lines, _WIDTHS) + 1
        elif name == "missing":
            row = draft.heading(sheet, row, messages.say("county.absent.none", "zh"), _LAST) + 1
    sheet.freeze_panes(HEADS, 0)
    sheet.print_area(0, 0, row - 1, _LAST)


def _missing(draft: Draft) -> _Lines:
    """Yield the units that are not in the totals, and why."""
    absent = {left.unit.code: left for left in draft.merged.left_out if left.unit is not None}
    for unit in draft.merged.missing:
        left = absent.get(unit.code)
        file, why = (left.file, left.message("zh")) if left else ("—", messages.say("county.no_file", "zh"))
        yield unit.code, unit.name, messages.say("county.not_counted", "zh"), file, why


def _exempt(draft: Draft) -> _Lines:
    """Yield the units that owe nothing, or whose figures are not for the total."""
    for unit, why in draft.beside.exempt:
        yield unit.code, unit.name, messages.say("county.exempt", "zh"), "—", why
    for unit in draft.beside.aside:
        yield unit.code, unit.name, messages.say("county.aside", "zh"), "—", messages.say("county.aside.why", "zh")


def _late(draft: Draft) -> _Lines:
    """Yield the units whose report came after it was due."""
    for unit, submission in zip(draft.merged.units, draft.merged.submissions, strict=True):
        if unit.code in draft.beside.late:
            yield unit.code, unit.name, messages.say("county.late", "zh"), submission.file, draft.beside.late[unit.code]


def _left_out(draft: Draft) -> _Lines:
    """Yield the files that are not counted, with the reason."""
    for left in draft.merged.left_out:
        unit = left.unit or Unit("—", "—")
        yield unit.code or "—", unit.name or "—", left.code, left.file, left.message("zh")


def _incomplete(draft: Draft) -> _Lines:
    """Yield the totals that are not whole, with the units whose figure is lacking."""
    for key in draft.merged.incomplete:
        table = draft.form.table_of(key)
        label = draft.form.short_label(key)
        yield key, label, table.short if table else "", draft.address(key), "、".join(_lacking(draft, key))


def _lacking(draft: Draft, key: str) -> list[str]:
    """Name the units whose figure is not known in full, with why: it is blank, or what stands there instead."""
    merged = draft.merged
    without = {unit.code for unit in merged.incomplete[key]}
    is_typed = merged.form.cell(key).kind is Kind.INPUT
    named = []
    for unit, submission in zip(merged.units, merged.submissions, strict=True):
        if unit.code in without:
            answer = submission.answers[key]
            raw = answer.raw if len(answer.raw) <= _SHOWN else answer.raw[:_SHOWN] + "……"
            why = messages.say(f"county.{answer.state.value}", "zh", raw=raw) if is_typed else ""
            named.append(unit.name + why)
    return named


def _every(draft: Draft) -> _Lines:
    """Yield of every unit that is counted which version it is, its file, and what is open or settled."""
    own: dict[str, list[Finding]] = {}
    for finding in draft.findings:
        if finding.unit is not None:
            own.setdefault(finding.unit.code, []).append(finding)
    for unit, submission in zip(draft.merged.units, draft.merged.submissions, strict=True):
        version = draft.beside.versions.get(unit.code)
        told = messages.say("county.version", "zh", number=version) if version else messages.say("county.counted", "zh")
        yield unit.code, unit.name, told, submission.file, _state(own.get(unit.code, ()))


def _state(own: Sequence[Finding]) -> str:
    """Say in one line what of a unit is still open, and what is settled how."""
    still = _still_open([finding.severity for finding in own if finding.is_open and finding.follows is None])
    return _and_settled(still, [finding for finding in own if finding.stands_alone])


def _still_open(severities: Sequence[Severity]) -> str:
    """Say what is still open; a unit with nothing to mend carries no ×."""
    match severities.count(Severity.ERROR), severities.count(Severity.QUERY):
        case (0, 0):
            return messages.say("county.passed", "zh")
        case (errors, 0):
            return messages.say("county.to_mend", "zh", errors=errors)
        case (0, queries):
            return messages.say("county.to_explain", "zh", queries=queries)
        case (errors, queries):
            return messages.say("county.to_mend_and_explain", "zh", errors=errors, queries=queries)


def _and_settled(state: str, findings: Sequence[Finding]) -> str:
    """Add to what is open what is settled: explained, accepted, waived, and how many of these had to be mended."""
    waived = [finding for finding in findings if finding.is_waived]
    counts = {
        "explained": sum(finding.is_explained and finding.decision is None for finding in findings),
        "accepted": sum(finding.decision is not None and not finding.is_waived for finding in findings),
        "waived": len(waived),
    }
    errors = sum(finding.severity is Severity.ERROR for finding in waived)
    for name, count in counts.items():
        code = f"county.settled.{name}.errors" if name == "waived" and errors else f"county.settled.{name}"
        state = messages.say(code, "zh", state=state, count=count, errors=errors) if count else state
    return state
