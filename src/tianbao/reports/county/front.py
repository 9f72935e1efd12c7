"""汇总表: the page that a leader reads: how complete it is, the main figures beside last year's, what to know, where to look.

In:   the draft.
Out:  one page of A4.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tianbao import expr, messages
from tianbao.form.model import Merge, Severity
from tianbao.reports.county.draft import (
    ABSENT_SHEET,
    BELOW_SHEET,
    CHARTS_SHEET,
    DATA_SHEET,
    FINDINGS_SHEET,
    FIRST_LINE,
    FRONT_SHEET,
    HEADS,
    OFFICE_SHEET,
    ROUNDING_SHEET,
    UNITS_SHEET,
    YEARS_SHEET,
    Draft,
    number,
)
from tianbao.reports.county.units import proof_column
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import a1, text_height
from tianbao.workbook.tables import Content, fill

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: What it is, this year, last year, the change, the measure, where it stands.
_WIDTHS = (30, 16, 16, 14, 9, 9)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
#: So many identities that do not hold are told; the first says enough.
_MOST_BROKEN = 3
#: So much larger than elsewhere are the letters of what is to be known.
_LARGE = 1.25
_WHAT, _NOW, _BEFORE, _CHANGE, _MEASURE, _WHERE = range(6)


class _Known(NamedTuple):
    """Something to know, in a sentence, and the sheet that says more."""

    text: str
    sheet: str
    style: str


def draw_front(draft: Draft, sheet: LinkedSheet, sheets: list[str]) -> None:
    """Draw the first page.

    Args:
        draft: of the workbook.
        sheet: to draw on.
        sheets: the names of all others, in order.
    """
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    title = messages.say("county.front", "zh", title=draft.title, issuer=draft.beside.issuer)
    draft.head(sheet, title, _LAST, room=_ROOM, landscape=False)
    sheet.set_row(1, max(30.0, text_height(draft.coverage, _ROOM * 0.75)))
    row = _figures(draft, sheet, HEADS + 1)
    row = _to_know(draft, sheet, row + 1, sheets)
    row = _contents(draft, sheet, row + 1, sheets)
    sheet.print_area(0, 0, row - 1, _LAST)
    sheet.fit_to_pages(1, 1)
    sheet.activate()


def _figures(draft: Draft, sheet: LinkedSheet, row: int) -> int:
    """Write the main figures, each a formula over the totals; return the row below them."""
    headline = draft.form.county.headline
    if not headline:
        return row
    styles, last = draft.styles, draft.last_year
    for column, head in enumerate(messages.say("county.front_heads", "zh").split("|")):
        sheet.write_string(row, column, head, styles["audit head"])
    sheet.set_row(row, 22)
    for figure in headline:
        row += 1
        sheet.set_row(row, 24)
        now = draft.total_of(figure, draft.merged)
        before = draft.total_of(figure, last) if last else None
        is_whole = not any(isinstance(value, Decimal) for value in (now, before))
        look = " whole" if is_whole else ""
        sheet.write_string(row, _WHAT, figure.label, styles["figure label"])
        formula = draft.formula(figure.value, FRONT_SHEET, _NOW + 1)
        fill(sheet, row, _NOW, Content(styles[f"figure{look}"], number(now), formula))
        fill(sheet, row, _BEFORE, Content(styles[f"figure last{look}"], "—" if before is None else number(before)))
        if before is None or now is None:
            sheet.write_string(row, _CHANGE, "—", styles["change"])
        else:
            change = f"{a1(row + 1, _NOW + 1)}-{a1(row + 1, _BEFORE + 1)}"
            fill(sheet, row, _CHANGE, Content(styles[f"change{look}"], number(now - before), change))
        sheet.write_string(row, _MEASURE, figure.measure, styles["audit centre"])
        sheet.write_string(row, _WHERE, messages.say("county.open", "zh"), styles["listed link"])
        for first in expr.cells(figure.value)[:1]:
            sheet.lead(row, _WHERE, Goal("", draft.address(first.key)))
    if last is not None:
        row += 1
        row = _line(draft, sheet, row, messages.say("county.front_last", "zh", **_compared(draft)), "small") - 1
    return row + 1


def _compared(draft: Draft) -> dict[str, object]:
    """Return of how many units last year's figures are known."""
    assert draft.last_year is not None
    return {"known": len(draft.last_year.units), "counted": len(draft.merged.units)}


def _to_know(draft: Draft, sheet: LinkedSheet, row: int, sheets: list[str]) -> int:
    """Write what makes the figures less than final, each in a line with the way to more."""
    row = draft.heading(sheet, row, messages.say("county.to_know", "zh"), _LAST)
    sheet.merge_range(row, 0, row, _LAST - 1, "", draft.styles["figure label"])
    fill(sheet, row, 0, Content(draft.styles["figure label"], _proof(draft), _proof_formula(draft)))
    sheet.set_row(row, 22)
    _more(draft, sheet, row, UNITS_SHEET)
    for known in _known(draft):
        row += 1
        sheet.merge_range(row, 0, row, _LAST - 1, known.text, draft.styles[known.style])
        sheet.set_row(row, max(22.0, _LARGE * text_height(known.text, (_ROOM - _WIDTHS[-1]) / _LARGE)))
        _more(draft, sheet, row, known.sheet if known.sheet in sheets else "")
    return row + 1


def _more(draft: Draft, sheet: LinkedSheet, row: int, name: str) -> None:
    sheet.write_string(row, _LAST, messages.say("county.open", "zh") if name else "", draft.styles["listed link"])
    if name:
        sheet.lead(row, _LAST, Goal("", f"'{name}'!A1"))


def _known(draft: Draft) -> Iterator[_Known]:
    merged, findings = draft.merged, [one for one in draft.findings if one.stands_alone]
    if merged.missing:
        yield _Known(
            messages.say("county.know.missing", "zh", count=len(merged.missing)), ABSENT_SHEET, "listed note ×"
        )
    if merged.lost:
        yield _Known(messages.say("county.know.lost", "zh", count=len(merged.lost)), ABSENT_SHEET, "listed note ×")
    for finding in [one for one in draft.broken if one.stands_alone][:_MOST_BROKEN]:
        place = finding.cells[0].at.rpartition("!")[0]
        text = messages.say("county.know.broken", "zh", code=finding.code, message=finding.message("zh"))
        yield _Known(text, draft.sheet_name(place), "listed note ×")
    if merged.incomplete:
        yield _Known(
            messages.say("county.know.incomplete", "zh", count=len(merged.incomplete)), ABSENT_SHEET, "listed note ×"
        )
    for severity, code, style in (
        (Severity.ERROR, "county.know.errors", "listed note ×"),
        (Severity.QUERY, "county.know.queries", "listed note △"),
    ):
        still = [one for one in findings if one.is_open and one.severity is severity]
        if still:
            units = {one.unit.code for one in still if one.unit}
            yield _Known(messages.say(code, "zh", count=len(still), units=len(units)), FINDINGS_SHEET, style)
    waived = [one for one in findings if one.is_waived and one.severity is Severity.ERROR]
    if waived:
        yield _Known(messages.say("county.know.waived", "zh", count=len(waived)), OFFICE_SHEET, "listed note △")
    if draft.beside.doubles:
        count = len(draft.beside.doubles)
        yield _Known(messages.say("county.know.doubles", "zh", count=count), OFFICE_SHEET, "listed note △")
    if merged.adjustments:
        yield _Known(
            messages.say("county.know.adjusted", "zh", count=len(merged.adjustments)), OFFICE_SHEET, "listed note △"
        )


def _proof_formula(draft: Draft) -> str:
    column = proof_column(draft)
    first, last = FIRST_LINE, FIRST_LINE + len(draft.lines) - 1
    proofs = f"'{UNITS_SHEET}'!{a1(first, column)}:{a1(last, column)}"
    good, bad = _proof(draft), messages.say("county.proof.broken", "zh")
    return f'IF(COUNTIF({proofs},"√")={_proved(draft)},"{good}","{bad}")'


def _proof(draft: Draft) -> str:
    return messages.say("county.proof", "zh", count=_proved(draft))


def _proved(draft: Draft) -> int:
    return sum(cell.merge is not Merge.NONE for cell in draft.numbers())


def _contents(draft: Draft, sheet: LinkedSheet, row: int, sheets: list[str]) -> int:
    """Write what the other sheets hold, each with a link."""
    row = draft.heading(sheet, row, messages.say("county.contents", "zh"), _LAST)
    own = {
        UNITS_SHEET: "county.holds.units",
        ABSENT_SHEET: "county.holds.absent",
        FINDINGS_SHEET: "county.holds.findings",
        OFFICE_SHEET: "county.holds.office",
        YEARS_SHEET: "county.holds.years",
        ROUNDING_SHEET: "county.holds.rounding",
        CHARTS_SHEET: "county.holds.charts",
        DATA_SHEET: "county.holds.data",
        BELOW_SHEET: "county.holds.below",
    }
    for name in sheets:
        sheet.write_string(row, 0, f"→ {name}", draft.styles["link box"])
        sheet.lead(row, 0, Goal("", f"'{name}'!A1"))
        what = messages.say(own.get(name, "county.holds.table"), "zh")
        sheet.merge_range(row, 1, row, _LAST, what, draft.styles["audit"])
        sheet.set_row(row, 18)
        row += 1
    return row


def _line(draft: Draft, sheet: Worksheet, row: int, text: str, style: str) -> int:
    sheet.merge_range(row, 0, row, _LAST, text, draft.styles[style])
    sheet.set_row(row, text_height(text, _ROOM))
    return row + 1
