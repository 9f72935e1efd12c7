"""The progress of a round as a workbook: what the status says, and every finding that is open.

In:   a campaign and its status.
Out:  the bytes of `审核情况.xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.judge import judge
from tianbao.campaign.status import Status
from tianbao.campaign.status_table import Table, counts_line, deadline_line, reminder, short_table, whole_table
from tianbao.campaign.versions import Standing

if TYPE_CHECKING:
    from tianbao.reports.progress import Column, Listing

#: How wide the columns are, by what stands in them; the parts of the report all have one width.
_PART = 7
_SHORT_WIDTHS, _SHORT_MORE = (5, 28, 16), (6, 16, 6)
_WIDTHS, _MORE_WIDTHS = (5, 12, 24, 8, 12, 6), (6, 16, 26, 26, 16, 6, 16, 8, 9, 14, 24, 36)


def status_book(books: Books, status: Status) -> bytes:
    """Write the workbook."""
    from tianbao.reports.progress import write_progress

    return write_progress([_matrix(status), _owing(status), _to_do(status), _findings(books), _details(status)])


def _title(status: Status, what: str) -> str:
    settings = status.settings
    facts = {"county": settings.county, "year": settings.year, "title": status.form.title}
    return messages.say(f"progress.{what}.title", "zh", **facts)


def _matrix(status: Status) -> Listing:
    """What fits a page: the state of each unit, and of each part of its report."""
    outdated = messages.say("status.outdated", "zh", file=status.outdated) if status.outdated else ""
    above = tuple(filter(None, (counts_line(status, "zh"), deadline_line(status, "zh"), outdated)))
    table = short_table(status, "zh")
    return _of_units("审核情况", _title(status, "units"), table, above, (_SHORT_WIDTHS, _SHORT_MORE))


def _details(status: Status) -> Listing:
    """All that is known of each unit: to be filtered rather than printed."""
    return _of_units("明细", _title(status, "details"), whole_table(status, "zh"), (), (_WIDTHS, _MORE_WIDTHS))


def _of_units(
    sheet: str, title: str, table: Table, above: tuple[str, ...], widths: tuple[Sequence[int], Sequence[int]]
) -> Listing:
    """Make a sheet with a line a unit.

    Args:
        sheet: its name.
        title: above the list.
        table: what stands in it; its columns before and behind the parts of the report have the widths given.
        above: sentences below the title.
        widths: of the columns before the parts, and of those behind them.
    """
    from tianbao.reports.progress import Column, Listing

    before, behind = widths
    parts = range(len(before), len(table.heads) - len(behind))
    state = table.heads.index(messages.say("status.head.state", "zh"))
    every = (*before, *(_PART for _ in parts), *behind)
    columns = tuple(
        Column(head, width, by_sign=n == state or n in parts)
        for n, (head, width) in enumerate(zip(table.heads, every, strict=True))
    )
    return Listing(sheet, title, above, columns, table.lines, messages.say("progress.empty", "zh"))


def _owing(status: Status) -> Listing:
    """Whom to call, with the text for the group above."""
    from tianbao.reports.progress import Listing

    lines = [
        (
            str(n),
            unit.entry.unit.name,
            f"{unit.state.sign} {unit.state.words('zh')}".strip(),
            messages.say("status.late", "zh") if unit.is_late else "",
            unit.entry.contact,
            unit.entry.telephone,
            unit.entry.email,
            "",
        )
        for n, unit in enumerate(status.owing, start=1)
    ]
    columns = _columns("owing", (5, 26, 14, 6, 10, 16, 28, 24), signed=2)
    above = tuple(reminder(status).split("\n"))
    return Listing("催报名单", _title(status, "owing"), above, columns, lines, messages.say("progress.nobody", "zh"))


def _to_do(status: Status) -> Listing:
    """What the office must say: whose a workbook is, which of several counts; and what could not be read."""
    from tianbao.reports.progress import Listing

    lines = [
        (
            f"● {messages.say('progress.waiting', 'zh')}",
            f"#{one.version.returned.id}",
            one.version.returned.file,
            one.version.because("zh"),
            f"{one.guess.entry.unit.name}：{one.guess.because('zh')}" if one.guess else "",
        )
        for one in status.waiting
    ]
    lines += [
        (
            f"△ {unit.entry.unit.name}",
            f"#{version.returned.id}",
            version.returned.file,
            version.because("zh"),
            "",
        )
        for unit in status.units
        for version in unit.asking
        if version.standing is not Standing.WAITING
    ]
    lines += [
        (f"× {messages.say('progress.refused', 'zh')}", f"#{one.returned.id}", one.returned.file, one.because("zh"), "")
        for one in status.refused
    ]
    columns = _columns("to_do", (16, 7, 32, 60, 40), signed=0)
    return Listing("待办", _title(status, "to_do"), (), columns, lines, messages.say("progress.nothing", "zh"))


def _findings(books: Books) -> Listing:
    """Every finding that is open, and what was settled by whom."""
    from tianbao.reports.progress import Listing

    status_title = messages.say("progress.findings.title", "zh", county=books.settings.county, year=books.settings.year)
    columns = _columns("findings", (24, 12, 14, 70, 50, 24), signed=1)
    lines = list(_finding_lines(books))
    return Listing("审核意见", status_title, (), columns, lines, messages.say("progress.no_findings", "zh"))


def _finding_lines(books: Books) -> Iterator[Sequence[str]]:
    for code, findings in judge(books).findings.items():
        for finding in findings:
            if finding.severity.value == "note" or not finding.stands_alone:
                continue
            sign = messages.say(f"progress.{finding.severity.value}", "zh")
            if not finding.is_open:
                sign = messages.say("progress.settled", "zh")
            suspect = finding.suspects[0].because("zh") if finding.suspects and finding.is_open else ""
            said = f"{finding.decision.note}（{finding.decision.by}）" if finding.decision else finding.explanation
            yield books.entries[code].unit.name, sign, finding.code, finding.message("zh"), suspect, said


def _columns(name: str, widths: Sequence[int], *, signed: int) -> tuple[Column, ...]:
    from tianbao.reports.progress import Column

    heads = messages.say(f"progress.{name}.heads", "zh").split("|")
    return tuple(
        Column(head, width, by_sign=n == signed) for n, (head, width) in enumerate(zip(heads, widths, strict=True))
    )
