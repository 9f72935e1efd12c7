"""The correction workbook: a unit's own report, whole again, with what must be mended marked where it stands.

    submission ──as_laid_out──▶ the same answers in the cells of a fresh form ──checks──▶ findings ┐
                                                                                                  ▼
                       退回说明 (a letter) │ 逐条清单 (line by line) │ the form, filled in, faulty cells marked

In:   a submission, its findings, and for the letter who collects, until when, whom to call.
Out:  a locked workbook that comes back through the same door as the first one.
Knows nothing of files and folders. A figure that was read is never changed; what was not read stands there as typed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.checks.parts import Parts, parts_of
from tianbao.checks.sentence import Broken
from tianbao.checks.suspicion import Suspicion
from tianbao.expr.sentence import plain
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Amount, Cell, Form, Kind, Severity
from tianbao.records.model import Answer, State, Submission, Value
from tianbao.reports.as_unit import sources_page
from tianbao.workbook.explanations import EXPLAIN
from tianbao.workbook.layout import KEY_COLUMN, WHOLE_KEY, a1, make_layout, sheet_title, text_height
from tianbao.workbook.read import is_answer
from tianbao.workbook.sent_back import LETTER_SHEET, LIST_SHEET, LISTED, LOOKS, Look, Mark, Page, SentBack
from tianbao.workbook.tables import put, set_up_page
from tianbao.workbook.write import write_workbook

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tianbao.workbook.draft import Draft

#: The columns of the list: number, how grave, place, the link to it, what was written, what must hold, by how much, the
#: likeliest wrong cell, what to do, the unit's explanation; and how wide they are.
_COLUMNS = tuple(range(2, 12))
_WIDTHS = (5, 10, 18, 8, 18, 26, 7, 34, 26, 24)
_LINK, _SIZE, _EXPLANATION = _COLUMNS[3], _COLUMNS[6], _COLUMNS[-1]
#: The rows of the list: mark, title, unit, hidden keys, heads, then a line each.
_TITLE, _UNIT, _KEYS, _HEADS = 2, 3, 4, 5
#: So many cells of one finding are marked; more would hide which.
_MOST_MARKS = 4
#: Before what is no answer and would be taken for one.
_UNKNOWN = "？"
_SIGNS = {Severity.ERROR: "×", Severity.QUERY: "△", Severity.NOTE: "—"}
#: The letter's width in characters, and how many of them are left in its larger letters.
_LETTER_WIDTH, _LETTER_FONT = 84.0, 0.95


@dataclass(frozen=True, slots=True)
class Letter:
    """What the letter says beside the findings.

    Attributes:
        issuer: who collects.
        due: until when the report is to come back.
        contact: whom to call.
    """

    issuer: str = ""
    due: date | None = None
    contact: str = ""


def can_be_corrected(submission: Submission) -> bool:
    """Whether there is a workbook to send back: a refused file has none, nor one of which nobody knows whose it is."""
    return None not in (submission.form, submission.unit, submission.year) and submission.reason is None


def as_laid_out(submission: Submission) -> Submission:
    """Return a submission as if its answers stood where the form puts them; in the workbook that goes back they will.

    What was told of a cell is told of its new place, so that every sentence made of it fits that workbook. A submission whose
    answers stand there already is returned as it is.
    """
    assert submission.form is not None
    places = make_layout(submission.form).places

    def put_back(key: str, answer: Answer) -> Answer:
        place = places[key]
        return answer._replace(sheet=place.sheet, cell=a1(place.row, place.column))

    answers = {key: put_back(key, answer) for key, answer in submission.answers.items()}
    if answers == submission.answers:
        return submission
    notes = tuple(
        replace(note, at=f"{answers[note.key].sheet}!{answers[note.key].cell}") if note.key in answers else note
        for note in submission.notes
    )
    return replace(submission, answers=answers, notes=notes)


def write_correction(
    submission: Submission,
    findings: Sequence[Finding],
    target: str | os.PathLike[str] | BinaryIO,
    *,
    prior: Submission | Mapping[str, Value] | None = None,
    letter: Letter | None = None,
    password: str | None = None,
    issuance: str = "",
) -> None:
    """Write the workbook in which a unit mends its report.

    Args:
        submission: as `as_laid_out` gives it.
        findings: of that submission; those without an error or a query among them are left out.
        target: a path, written whole or not at all; or an open binary file.
        prior: last year's report; shown beside the cells that must agree with it.
        letter: what the letter says beside them.
        password: of the sheets' protection.
        issuance: what the office signs of this workbook.
    """
    assert submission.form is not None
    assert submission.unit is not None
    assert submission.year is not None
    correction = _Correction(submission, findings, letter or Letter())
    values, raw = _filled_in(submission)
    write_workbook(
        submission.form,
        target,
        unit=submission.unit,
        year=submission.year,
        prior=prior,
        values=values,
        issuer=correction.letter.issuer,
        password=password,
        sent_back=SentBack(
            marks=correction.marks(),
            raw=raw,
            explanations={name: str(answer.value) for name, answer in submission.explanations.items() if answer.value},
            pages=(Page(LETTER_SHEET, correction.draw_letter), Page(LIST_SHEET, correction.draw_list)),
            behind=(sources_page(submission.provenance, submission.form),) if submission.provenance else (),
        ),
        issuance=issuance,
    )


def _filled_in(submission: Submission) -> tuple[dict[str, Value], dict[str, str]]:
    """Return what the fresh form is filled with: answers, and what was typed that is none."""
    assert submission.form is not None
    values: dict[str, Value] = {}
    raw: dict[str, str] = {}
    #: Where all blanks are declared to be zero, a cell of which nothing is known must not be blank.
    declared = ZERO_REPORT in submission.answers and submission.answers[ZERO_REPORT].value == DECLARED
    for cell in submission.form.by_key.values():
        if cell.kind is Kind.COMPUTED:
            continue
        answer = submission.answers[cell.key]
        match answer.state:
            case State.FILLED:
                values[cell.key] = answer.value
            case State.NOT_APPLICABLE:
                raw[cell.key] = answer.raw
            case State.UNREADABLE if answer.raw or declared:
                raw[cell.key] = _no_answer(cell, answer.raw)
            case _:
                #: A blank too: where the form has a default, a unit may have cleared it.
                values[cell.key] = None
    return values, raw


def _no_answer(cell: Cell, raw: str) -> str:
    """Write what was typed so that it is none again: a truth value is a 1 in the file, and a day a number."""
    return raw if raw and not is_answer(cell, raw) else f"{_UNKNOWN}{raw}"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the list: a finding, which cell is probably wrong, what goes with it, and where its link leads."""

    number: int
    finding: Finding
    parts: Parts
    likeliest: str
    followers: tuple[Finding, ...]
    goal: str


class _Correction:
    """One workbook that goes back."""

    def __init__(self, submission: Submission, findings: Sequence[Finding], letter: Letter) -> None:
        self.submission = submission
        self.letter = letter
        self.form: Form = submission.form  # type: ignore[assignment]
        self.places = make_layout(self.form).places
        self.lines = tuple(self._lines(findings))

    def _lines(self, findings: Sequence[Finding]) -> Iterator[_Line]:
        followers: defaultdict[str, list[Finding]] = defaultdict(list)
        suspected: dict[object, int] = {}
        for finding in findings:
            if finding.follows is not None:
                followers[finding.follows].append(finding)
        causes = [one for one in findings if one.follows is None and (one.is_open or one.is_explained)]
        causes.sort(key=lambda finding: not finding.is_open)
        for number, finding in enumerate(causes, start=1):
            own, likeliest = tuple(followers[finding.instance]), self._likeliest(finding)
            first = suspected.setdefault(_changes(finding), number) if finding.suspects else number
            if first != number:
                likeliest = messages.say("correction.same", "zh", number=first)
            yield _Line(number, finding, parts_of(finding, self.form, "zh"), likeliest, own, self._goal(finding))

    def _goal(self, finding: Finding) -> str:
        """Return the key of the cell to go to: the likeliest wrong one, else the first of the finding's that is typed."""
        keys = [*(suspect.key for suspect in finding.suspects[:1]), *(cell.key for cell in finding.cells)]
        known = [key for key in keys if key in self.form.by_key]
        return next(iter([*filter(self._is_typed, known), *known]), "")

    def _likeliest(self, finding: Finding) -> str:
        """Say which cell is probably wrong, or that figures that should agree do not tell which."""
        if finding.suspects:
            return finding.suspects[0].because("zh")
        amounts = isinstance(finding.left, Amount) and isinstance(finding.told, Broken)
        several = sum(cell.key in self.form.by_key for cell in finding.cells) > 1
        is_open = amounts and several and not finding.code.startswith("C-")
        return messages.say("correction.no_suspect", "zh") if is_open else ""

    def _is_typed(self, key: str) -> bool:
        return self.form.by_key[key].kind is Kind.INPUT

    @cached_property
    def counts(self) -> Mapping[Severity, int]:
        """How many lines must be mended, and how many explained; what is explained already is neither."""
        severities = [line.finding.severity for line in self.lines if line.finding.is_open]
        return {severity: severities.count(severity) for severity in Severity}

    # ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def marks(self) -> Mapping[str, Mark]:
        """Mark the cells that are probably wrong, and those that a finding is about where they are few."""
        notes: defaultdict[str, list[str]] = defaultdict(list)
        looks: dict[str, list[int]] = defaultdict(list)
        for line in (line for line in self.lines if line.finding.is_open):
            for key, look, note in self._marked(line):
                notes[key].append(note)
                looks[key].append(LOOKS.index(look))
        return {key: Mark(LOOKS[min(looks[key])], "\n".join(notes[key])) for key in notes}

    def _marked(self, line: _Line) -> Iterator[tuple[str, Look, str]]:
        finding, sign = line.finding, _SIGNS[line.finding.severity]
        facts = {"number": line.number, "sign": sign, "must": line.parts.must}
        suspected = {s.key: s for s in finding.suspects if s.key in self.form.by_key and self._is_typed(s.key)}
        for n, (key, suspect) in enumerate(suspected.items()):
            said = messages.say("correction.note.suspect", "zh", suggested=_shown(suspect.suggested), **facts)
            yield key, "suspect" if n == 0 else "query", said
        cells = [cell.key for cell in finding.cells if cell.key in self.form.by_key and cell.key not in suspected]
        typed = [key for key in cells if self._is_typed(key)]
        if not suspected and len(typed) <= _MOST_MARKS:
            look: Look = "error" if finding.severity is Severity.ERROR else "query"
            for key in typed:
                yield key, look, messages.say("correction.note", "zh", **facts)

    # ── 退回说明 ────────────────────────────────────────────────────────────────────────────────────────────────

    def draw_letter(self, sheet: Worksheet, draft: Draft) -> None:
        """Write the letter: what came, how much is to be done, how, until when, whom to call."""
        styles = draft.styles
        set_up_page(sheet)
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 10)
        sheet.set_column(2, 2, _LETTER_WIDTH - 10)
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, draft.identity.marker(LETTER_SHEET), styles["hidden"])
        sheet.merge_range(1, 1, 1, 2, messages.say("correction.letter.title", "zh"), styles["title"])
        sheet.set_row(1, 36)
        sheet.merge_range(2, 1, 2, 2, draft.unit_line(), styles["unit line"])
        row = 4
        for text in self._letter(draft):
            sheet.merge_range(row, 1, row, 2, text, styles["letter"])
            sheet.set_row(row, text_height(text, _LETTER_WIDTH * _LETTER_FONT) + 4)
            row += 1
        sheet.merge_range(row, 1, row, 2, self.letter.issuer, styles["letter end"])
        row += 1
        row += 1
        for look, sign in (("suspect", "▲ 7"), ("error", "× 7"), ("query", "△ 7")):
            put(sheet, row + 1, 2, sign, styles[f"legend {look}"])
            put(sheet, row + 1, 3, messages.say(f"correction.legend.{look}", "zh"), styles["note"])
            row += 1
        row += 1
        sheet.merge_range(row, 1, row, 2, "", styles["link box"])
        go = messages.say("correction.letter.go", "zh", count=len(self.lines))
        sheet.write_url(row, 1, f"internal:'{LIST_SHEET}'!B{_HEADS + 1}", styles["link box"], go)
        sheet.set_row(row, 26)
        sheet.print_area(1, 1, row, 2)

    def _letter(self, draft: Draft) -> Iterator[str]:
        facts = {
            "unit": draft.unit.name,
            "title": sheet_title(self.form, draft.year),
            "file": self.submission.file.rpartition("/")[2],
            "errors": self.counts[Severity.ERROR],
            "queries": self.counts[Severity.QUERY],
            "due": self.letter.due and _chinese_day(self.letter.due),
            "contact": self.letter.contact,
        }
        wanted = {
            "unit": True,
            "received": facts["file"],
            "received_unnamed": not facts["file"],
            "errors": facts["errors"],
            "queries": facts["queries"],
            "due": facts["due"],
            "no_due": not facts["due"],
            "how": True,
            "kept": True,
            "contact": facts["contact"],
        }
        return (messages.say(f"correction.letter.{name}", "zh", **facts) for name, is_said in wanted.items() if is_said)

    # ── 逐条清单 ────────────────────────────────────────────────────────────────────────────────────────────────

    def draw_list(self, sheet: Worksheet, draft: Draft) -> None:
        """Write a line for each finding, strongest suspicion and way out beside it, and room for an explanation."""
        styles = draft.styles
        set_up_page(sheet, landscape=True)
        sheet.set_column(0, 0, None, None, {"hidden": True})
        for column, width in zip(_COLUMNS, _WIDTHS, strict=True):
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, draft.identity.marker(LIST_SHEET), styles["hidden"])
        sheet.merge_range(_TITLE - 1, 1, _TITLE - 1, _EXPLANATION - 1, LIST_SHEET, styles["title"])
        sheet.set_row(_TITLE - 1, 30)
        sheet.merge_range(_UNIT - 1, 1, _UNIT - 1, _EXPLANATION - 1, draft.unit_line(), styles["unit line"])
        put(sheet, _KEYS, KEY_COLUMN, LISTED, styles["hidden"])
        put(sheet, _KEYS, _EXPLANATION, WHOLE_KEY, styles["hidden"])
        sheet.set_row(_KEYS - 1, None, None, {"hidden": True})
        for column, head in zip(_COLUMNS, messages.say("correction.heads", "zh").split("|"), strict=True):
            put(sheet, _HEADS, column, head, styles["audit head"])
        sheet.set_row(_HEADS - 1, 24)
        for row, line in enumerate(self.lines, start=_HEADS + 1):
            self._draw_line(sheet, draft, row, line)
        sheet.freeze_panes(_HEADS, 0)
        sheet.repeat_rows(_HEADS - 1)
        sheet.print_area(_TITLE - 1, 1, _HEADS + len(self.lines) - 1, _EXPLANATION - 1)

    def _draw_line(self, sheet: Worksheet, draft: Draft, row: int, line: _Line) -> None:
        styles, finding = draft.styles, line.finding
        is_query = finding.severity is Severity.QUERY
        explanation = finding.explanation if is_query else messages.say("correction.no_explanation", "zh")
        where = line.parts.where or messages.say("correction.whole", "zh")
        parts, fix = line.parts, line.parts.fix + self._also(line) + _too_brief(finding)
        texts = (where, self._link(line), parts.wrote, parts.must, parts.size, line.likeliest, fix, explanation)
        put(sheet, row, _COLUMNS[0], str(line.number), styles["audit centre"])
        grave = finding.severity.value if finding.is_open else "explained"
        put(sheet, row, _COLUMNS[1], messages.say(f"correction.{grave}", "zh"), styles[f"listed {grave}"])
        for column, text in zip(_COLUMNS[2:], texts, strict=True):
            put(sheet, row, column, text, styles["audit centre" if column == _SIZE else "audit"])
        if line.goal:
            target = self.places[line.goal]
            goal = f"internal:'{target.sheet}'!{a1(target.row, target.column)}"
            sheet.write_url(row - 1, _LINK - 1, goal, styles["link box"], self._link(line))
        if is_query:
            put(sheet, row, KEY_COLUMN, f"{EXPLAIN}{finding.instance}", styles["hidden"])
            put(sheet, row, _EXPLANATION, explanation, styles["text cell"])
        heights = (text_height(text, float(width)) for text, width in zip(texts, _WIDTHS[2:], strict=True))
        sheet.set_row(row - 1, max(heights))

    def _link(self, line: _Line) -> str:
        """Name the cell that the link leads to."""
        place = self.places[line.goal] if line.goal else None
        return f"→ {a1(place.row, place.column)}" if place else ""

    def _also(self, line: _Line) -> str:
        """Say what goes with a finding, so that nobody mends it twice."""
        names = list(dict.fromkeys(follower.code for follower in line.followers))
        if not names:
            return ""
        return messages.say("correction.also", "zh", count=len(line.followers), codes="、".join(names))


def _changes(finding: Finding) -> object:
    """Return what is suspected of all that must be changed together, to say it once."""
    told = finding.suspects[0].told
    return frozenset(told.changes) if isinstance(told, Suspicion) else told


def _too_brief(finding: Finding) -> str:
    """Say that what a unit wrote beside a query explains nothing."""
    if finding.severity is not Severity.QUERY or not finding.explanation or finding.is_explained:
        return ""
    facts = {"explanation": finding.explanation}
    return f" {messages.say('S-BRIEF', 'zh', **facts)}{messages.hint('S-BRIEF', 'zh', **facts)}"


def _shown(value: Value) -> str:
    return plain(value) if isinstance(value, Amount) else str(value or "")


def _chinese_day(day: date) -> str:
    return messages.say("correction.day", "zh", year=day.year, month=day.month, day=day.day)
