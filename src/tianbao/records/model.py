"""What came back: a submission, its records, and where each stood.

A submission is never altered and a bad file is one too: refused, with a reason and no values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from tianbao import expr, messages
from tianbao.form.model import Form, Severity, Shape, Words
from tianbao.messages import Language, language

if TYPE_CHECKING:
    from tianbao.records.provenance import Provenance

Value = int | Decimal | str | date | None

#: What stands between two labels of a cell's path.
PATH = " → "


class State(StrEnum):
    """How an answer stands: five states that never become one another.

    FILLED: a value was typed, or computed from what was typed.
    BLANK: nothing was typed; it is not zero.
    DECLARED_ZERO: blank under a declared zero report (零报告); it is zero.
    NOT_APPLICABLE: the form does not ask this unit.
    UNREADABLE: something was typed that is not an answer; see the note.
    """

    FILLED = "filled"
    BLANK = "blank"
    DECLARED_ZERO = "declared_zero"
    NOT_APPLICABLE = "not_applicable"
    UNREADABLE = "unreadable"


class Verdict(StrEnum):
    """What became of a file."""

    READ = "read"
    READ_WITH_NOTES = "read_with_notes"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (填报单位)."""

    code: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer stood: file, its SHA-256, sheet and cell."""

    file: str
    sha256: str
    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.sheet else ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file was refused: a code and the facts of its sentence."""

    code: str
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        sentence = messages.say(self.code, lang, **self.params)
        way_out = messages.hint(self.code, lang, **self.params)
        return f"{sentence} {way_out}".strip()


@dataclass(frozen=True, slots=True)
class Note:
    """One thing told about how a file or a cell was read.

    Attributes:
        at: `sheet!cell`; empty for the file as a whole.
        key: the cell's key; empty for the file as a whole.
        raw: what stood there, as typed.
        params: the facts of the sentence.
    """

    code: str
    severity: Severity
    at: str = ""
    key: str = ""
    raw: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do, or why nothing need be done."""
        said = {
            name: fact.in_language(lang or language()) for name, fact in self.params.items() if isinstance(fact, Words)
        }
        facts = {"at": self.at, "raw": self.raw, **self.params, **said}
        way_out = messages.hint_note if self.severity is Severity.NOTE else messages.hint
        return f"{messages.say(self.code, lang, **facts)} {way_out(self.code, lang, **facts)}".strip()


class Answer(NamedTuple):
    """One cell as read, in the compact form that a submission holds.

    Attributes:
        value: typed; a computed cell's is computed anew from the inputs.
        stated: what a person typed over a computed cell's formula; None where the formula stood.
    """

    value: Value
    state: State
    raw: str = ""
    sheet: str = ""
    cell: str = ""
    stated: Value = None


@dataclass(frozen=True, slots=True)
class Record:
    """One typed answer with its origin.

    Attributes:
        raw: what stood in the cell, as typed.
        stated: what a person typed over a computed cell's formula, else None.
    """

    key: str
    value: Value
    state: State
    raw: str
    origin: Origin
    stated: Value
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Submission:
    """One workbook received.

    Attributes:
        file: its name as it came.
        sha256: of its bytes.
        reason: why it was refused; None where it was read.
        form: the definition it was read by; None where refused before it was recognised.
        answers: by cell key: tables, cover, control totals, text paragraphs.
        explanations: by check instance (`T3-01.natural`): what the unit wrote beside a query.
        notes: all that is told about the reading, of the file first, then cell by cell.
        issuance: what the office that issued it signed; empty where it carries none.
        provenance: what it was made of, where it is a merge of others; None where the unit counted itself.
    """

    file: str
    sha256: str
    verdict: Verdict
    reason: Reason | None = None
    form: Form | None = None
    year: int | None = None
    unit: Unit | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    explanations: Mapping[str, Answer] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    issuance: str = ""
    provenance: Provenance | None = None

    def __reduce__(self) -> tuple[Callable[..., Submission], tuple[object, ...]]:
        """Send it to another process as a few flat lists, which is ten times faster than answer by answer."""
        about = (self.file, self.sha256, self.verdict, self.reason, self.form, self.year, self.unit)
        answers, explanations = _flat(self.answers, self.form), _flat(self.explanations, None)
        return _sent, (about, answers, explanations, self.notes, self.issuance, self.provenance)

    def __getitem__(self, key: str) -> Value:
        """Return the value of a cell key; None for a blank.

        Raises:
            KeyError: the form has no such cell, or the file was refused.
        """
        return self.answers[key].value

    def cell(self, key: str) -> Record:
        """Return the record of a cell key, with origin and notes."""
        answer = self.answers[key]
        return Record(
            key=key,
            value=answer.value,
            state=answer.state,
            raw=answer.raw,
            origin=Origin(self.file, self.sha256, answer.sheet, answer.cell),
            stated=answer.stated,
            notes=tuple(note for note in self.notes if note.key == key),
        )

    def records(self) -> Iterator[Record]:
        """Yield every record, in the form's order."""
        return (self.cell(key) for key in self.answers)

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """The value of every table cell, inputs and computed ones; blank is None."""
        cells = self.form.cells() if self.form else ()
        return {cell.key: self.answers[cell.key].value for cell in cells if cell.key in self.answers}

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The narrative sections by key, paragraphs joined by line feeds."""
        texts = self.form.texts if self.form else ()
        return {
            text.key: "\n".join(
                str(value) for cell in text.cells if (value := self.answers[cell.key].value) is not None
            )
            for text in texts
        }

    @cached_property
    def incomplete(self) -> frozenset[str]:
        """The keys of tables whose figure is not known in full: blank, not readable, or computed from such ones.

        A declared zero is known, and what does not apply is not lacking; nor is a table that may be left out and is,
        nor a spare line of a detail list. A merge of others lacks what one of them lacks.
        """
        lacking: set[str] = set(self.provenance.lacking if self.provenance else ())
        for table in self.form.tables if self.form and self.answers else ():
            states = {cell.key: self.answers[cell.key].state for cell in table.inputs()}
            if table.shape is Shape.LIST or (table.optional and set(states.values()) == {State.BLANK}):
                lacking |= {key for key, state in states.items() if state is State.UNREADABLE}
            else:
                numbers = (cell.key for cell in table.inputs() if cell.is_number)
                lacking |= {key for key in numbers if states[key] in (State.BLANK, State.UNREADABLE)}
        for cell in self.form.computed if self.form and lacking else ():
            if cell.formula is not None and any(part.key in lacking for part in expr.cells(cell.formula)):
                lacking.add(cell.key)
        return frozenset(lacking)

    def stated(self, key: str) -> Value:
        """Return the figure that the unit stands by: what it typed over a formula, else the value."""
        answer = self.answers[key]
        return answer.value if answer.stated is None else answer.stated


#: What a submission says before its answers.
_About = tuple[str, str, Verdict, Reason | None, Form | None, int | None, Unit | None]
#: The keys of some answers, None where they are all those of the form, and then each part of all of them.
_Flat = tuple[Sequence[str] | None, Sequence[Sequence[object]]]


def _flat(answers: Mapping[str, Answer], form: Form | None) -> _Flat:
    keys = tuple(answers)
    is_whole = form is not None and keys == tuple(form.by_key)
    return None if is_whole else keys, tuple(zip(*answers.values(), strict=True))


def _unflat(flat: _Flat, form: Form | None) -> dict[str, Answer]:
    keys, parts = flat
    if keys is None:
        keys = tuple(form.by_key) if form else ()
    #: `Answer._make` does this too, with a call of Python for each.
    made: Iterator[Answer] = map(tuple.__new__, repeat(Answer), zip(*parts, strict=True))
    return dict(zip(keys, made, strict=True))


def _sent(
    about: _About,
    answers: _Flat,
    explanations: _Flat,
    notes: tuple[Note, ...],
    issuance: str,
    provenance: Provenance | None,
) -> Submission:
    """Make the submission that another process has sent."""
    form = about[4]
    return Submission(*about, _unflat(answers, form), _unflat(explanations, None), notes, issuance, provenance)
