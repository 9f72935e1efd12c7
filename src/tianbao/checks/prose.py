"""The narrative against the tables: figures in the texts that say another thing than the cells, and what texts must say.

    paragraph ──wordings──▶ figures with their places ──context──▶ those of this unit and year ──readings──▶ what differs

In:   a submission, and how its form says that texts speak of figures (`form.narrative`).
Out:  findings, each with the words that were found, both figures and both cells; and the figures that agree or not, as
      evidence when a wrong cell is sought.
Knows nothing of what a form is about: every word that is sought, or keeps a figure from being compared, is in the definition.

Precision comes before recall. A figure is compared only where its wording is one of those declared, and what stands before it
in the paragraph turns it to no other year, to nobody else's figures and to no other subject.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from tianbao import messages
from tianbao.checks.case import Case, Figure, figure
from tianbao.checks.finding import Finding, FindingCell
from tianbao.checks.sentence import at_cells, shown_cell
from tianbao.expr import Cell, Kind, evaluate
from tianbao.expr.semantics import DAY_ZERO
from tianbao.expr.sentence import plain, with_numbers
from tianbao.form.model import Amount, Check, Demand, Figured, Form, Mention, Narrative, Reading, Statement, Turn
from tianbao.form.numerals import Squeezed, number_of, squeeze
from tianbao.form.wording import Wording
from tianbao.messages import Language
from tianbao.records.model import Value

#: What a document is called is not what the report says.
_TITLE = re.compile(r"《[^《》]*》")
_FULL_STOP = re.compile(r"[。!?]")
_SENTENCE = re.compile(r"[。;!?]")
_CLAUSE = re.compile(r"[,。;:!?()]")
_DAY = re.compile(r"(?:(20[0-9]{2})年)?([0-9]{1,2})月([0-9]{1,2})日")
#: Of a clause so many characters are quoted, the figure at its end.
_QUOTED = 40
#: Of so many cells the sum is shown, of more its result.
_ADDENDS = 3


class Paragraph(NamedTuple):
    """A line of a text: the text's key, and the cell it was typed in."""

    text: str
    key: str
    said: Squeezed


class Spoken(NamedTuple):
    """A figure found in a paragraph.

    Attributes:
        amount: the number, the year or the serial number of the day; 0 where the words say that there was none.
        start: where the wording begins in the squeezed paragraph.
        end: where it ends.
        place: where the figure itself stands.
        digits: how precisely it was said: to tens of thousands -4, to hundredths 2.
    """

    mention: Mention
    figured: Figured
    wording: Wording
    paragraph: Paragraph
    amount: Amount
    start: int
    end: int
    place: int
    digits: int

    def agrees(self, amount: Amount | None) -> bool:
        """Tell whether a cell's figure is this one, as precisely as it was said."""
        if amount is None:
            return False
        if amount == self.amount:
            return True
        rough = self.digits < 0 or isinstance(amount, Decimal)
        return rough and Decimal(amount).quantize(Decimal(1).scaleb(-self.digits), ROUND_HALF_UP) == self.amount


@dataclass(frozen=True, eq=False, slots=True)
class Prose:
    """What was found in the texts of a submission.

    Attributes:
        claims: for each figure the ways in which it may be meant, whether this unit and year are spoken of or not.
    """

    case: Case
    paragraphs: tuple[Paragraph, ...]
    claims: tuple[tuple[Spoken, ...], ...]


def read_prose(case: Case) -> Prose:
    """Find all that the texts of a submission say in the wordings of its form."""
    narrative = case.form.narrative
    if case.submission.year is None or not (narrative.mentions or narrative.statements):
        return Prose(case, (), ())
    paragraphs = tuple(_paragraphs(case))
    index = _index(case.form)
    found = [(p, sought) for p in paragraphs if (sought := _sought(index[p.text], p.said.text))]
    return Prose(case, paragraphs, tuple(claims for p, sought in found for claims in _claims(case, p, sought)))


def check_prose(prose: Prose) -> Iterator[Finding]:
    """Tell what the texts of a submission say otherwise than its tables, and what they lack."""
    case = prose.case
    told: set[tuple[str, str, Amount]] = set()
    names: Counter[str] = Counter()
    for spoken in _differing(prose):
        code, key = spoken.mention.check.code, spoken.paragraph.key
        if (code, key, spoken.amount) not in told:
            told.add((code, key, spoken.amount))
            name = f"{code}.{key.removeprefix('text.')}"
            names[name] += 1
            yield _differs(case, spoken, name if names[name] == 1 else f"{name}.{names[name]}")
    for statement in case.form.narrative.statements if prose.paragraphs else ():
        if statement.asked is None or case.compute(statement.asked):
            yield from _stated(case, statement, prose.paragraphs)


def spoken_of(prose: Prose) -> Mapping[str, Amount]:
    """Return the figures in the texts that can mean one cell only, by that cell; not those of which texts differ."""
    found: dict[str, set[Amount]] = {}
    for claims in prose.claims:
        readings = [reading for spoken in claims for reading in spoken.figured.readings]
        means = readings[0].value
        if len(readings) == 1 and isinstance(means, Cell) and readings[0].cells and _are_own(prose.case, claims):
            found.setdefault(means.key, set()).add(claims[0].amount)
    return {key: amounts.pop() for key, amounts in found.items() if len(amounts) == 1}


def _paragraphs(case: Case) -> Iterator[Paragraph]:
    answers = case.submission.answers
    for text in case.form.texts if answers else ():
        for cell in text.cells:
            value = answers[cell.key].value
            if isinstance(value, str):
                yield from (Paragraph(text.key, cell.key, squeeze(line)) for line in value.splitlines() if line.strip())


# ── what is spoken of ────────────────────────────────────────────────────────────────────────────────────────────────


class _Sought(NamedTuple):
    """A wording with what it speaks of, and its place among all of the form."""

    order: int
    mention: Mention
    figured: Figured
    wording: Wording


#: Words, each with the wordings that are not found without it.
_Index = tuple[tuple[str, tuple[_Sought, ...]], ...]


@lru_cache(maxsize=16)
def _index(form: Form) -> Mapping[str, _Index]:
    """Return by text the words without one of which nothing can be found, each with the wordings that have it."""
    every = (
        (mention, figured, wording)
        for mention in form.narrative.mentions
        for figured in mention.figures
        for wording in (*figured.says, *figured.none)
    )
    by_text: dict[str, dict[str, list[_Sought]]] = {text.key: {} for text in form.texts}
    for order, one in enumerate(every):
        sought = _Sought(order, *one)
        for text in sought.mention.texts:
            for key in sought.wording.keys:
                by_text[text].setdefault(key, []).append(sought)
    return {text: tuple((key, tuple(found)) for key, found in words.items()) for text, words in by_text.items()}


def _sought(index: _Index, text: str) -> list[_Sought]:
    """Return the wordings that may be in a paragraph, in the order of the definition."""
    found = {one.order: one for key, wordings in index if key in text for one in wordings}
    return [found[order] for order in sorted(found)]


def _claims(case: Case, paragraph: Paragraph, sought: Sequence[_Sought]) -> Iterator[tuple[Spoken, ...]]:
    """Yield for each figure in a paragraph what it may be.

    Of two wordings that find the same figure the longer one counts (新收到…, not 收到…); of two as long either is enough.
    """
    found: dict[tuple[int, str], list[Spoken]] = {}
    for spoken in _found(case, paragraph, sought):
        #: One sentence may say that there was none of several things.
        thing = "" if spoken.wording.slot else spoken.mention.check.code
        found.setdefault((spoken.place, thing), []).append(spoken)
    for _, several in sorted(found.items()):
        start = min(spoken.start for spoken in several)
        yield tuple(spoken for spoken in several if spoken.start == start)


def _found(case: Case, paragraph: Paragraph, sought: Sequence[_Sought]) -> Iterator[Spoken]:
    text = paragraph.said.text
    titles = tuple(_TITLE.finditer(text)) if "《" in text else ()
    for one in sought:
        for match in one.wording.pattern.finditer(text):
            spoken = _spoken(case, one, paragraph, match)
            if spoken is not None and not any(title.start() < spoken.start < title.end() for title in titles):
                yield spoken


def _spoken(case: Case, sought: _Sought, paragraph: Paragraph, match: re.Match[str]) -> Spoken | None:
    wording = sought.wording
    year = case.submission.year
    assert year is not None
    if not _is_year_meant(match, year):
        return None
    amount: Amount | None = 0  # of what there was none
    digits = 0
    if wording.slot == "n":
        amount, digits = number_of(match["n"]), _digits(match["n"])
    elif wording.slot == "year":
        amount = int(match["year"])
    elif wording.slot == "day":
        amount = _serial(match["day"], year)
    if amount is None:
        return None
    place = match.start(wording.slot) if wording.slot else match.start()
    return Spoken(sought.mention, sought.figured, wording, paragraph, amount, match.start(), match.end(), place, digits)


def _is_year_meant(match: re.Match[str], year: int) -> bool:
    """Tell whether a year that a wording calls the last or the next is that."""
    groups = match.re.groupindex
    if "last_year" in groups and match["last_year"] not in (None, str(year - 1)):
        return False
    return "next_year" not in groups or match["next_year"] in (None, str(year + 1))


def _digits(number: str) -> int:
    """Tell how precisely a number was said.

    >>> _digits("16"), _digits("1.2万"), _digits("312.5")
    (0, -3, 1)
    """
    if number.isdecimal():
        return 0
    decimals = len(number.rstrip("万亿").partition(".")[2])
    powers = {"万": 4, "亿": 8}.get(number[-1], 0) if number[0].isdecimal() else 0
    return decimals - powers


def _serial(written: str, year: int) -> int | None:
    parts = _DAY.fullmatch(written)
    assert parts is not None
    try:
        day = date(int(parts[1] or year), int(parts[2]), int(parts[3]))
    except ValueError:
        return None
    known = figure(day)
    return known if isinstance(known, int) else None


def _differing(prose: Prose) -> Iterator[Spoken]:
    """Yield the figures of this unit and year that agree with nothing they may mean."""
    case = prose.case
    for claims in prose.claims:
        if any(_agrees(case, spoken) for spoken in claims) or not _are_own(case, claims):
            continue
        readings = [reading for spoken in claims for reading in spoken.figured.readings]
        cells = {key for reading in readings for key in reading.cells}
        #: Of a table that is not filled completeness tells; one that may be left out says nothing.
        is_known = all(_result(case, reading) is not None for reading in readings)
        if is_known and case.submission.incomplete.isdisjoint(cells):
            yield claims[0]


def _agrees(case: Case, spoken: Spoken) -> bool:
    return any(spoken.agrees(_result(case, reading)) for reading in spoken.figured.readings)


def _result(case: Case, reading: Reading) -> Amount | None:
    """Compute what a figure may mean; None where it is not known."""
    if isinstance(reading.value, Cell):
        result: Figure | bool = _known(case, reading.value.key)
    else:
        result = evaluate(reading.value, partial(_known, case))
    return result if isinstance(result, int | Decimal) else None


def _known(case: Case, key: str) -> Figure:
    """Return a figure by which the unit stands: a blank that was declared to be zero is one."""
    known = case.figures.get(key)
    return figure(case.submission.answers[key].value) if known is None and key in case.submission.answers else known


# ── whether it is this unit's and this year's ────────────────────────────────────────────────────────────────────────


def _are_own(case: Case, claims: Sequence[Spoken]) -> bool:
    return all(_is_own(case, case.form.narrative, spoken) for spoken in claims)


def _is_own(case: Case, narrative: Narrative, spoken: Spoken) -> bool:
    """Tell whether nothing around a figure turns it to something else."""
    text = spoken.paragraph.said.text
    if narrative.aside and narrative.aside.search(_clause(text, spoken.start, spoken.end)):
        return False
    if spoken.figured.without and spoken.figured.without.search(text, *_sentence_before(text, spoken)):
        return False
    if spoken.mention.about and not _speaks_of(spoken.mention.about, text, spoken.end):
        return False
    by_itself = spoken.wording.slot in ("year", "day")
    return by_itself or not any(_turned(turn, text, spoken, case.submission.year) for turn in narrative.turns)


def _clause(text: str, start: int, end: int) -> str:
    """Return the clause around a wording."""
    begin = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    close = _CLAUSE.search(text, end)
    return text[begin : close.start() if close else len(text)]


def _sentence_before(text: str, spoken: Spoken) -> tuple[int, int]:
    """Return where a sentence begins, and where in it the figure stands."""
    begin = max((m.end() for m in _SENTENCE.finditer(text, 0, spoken.start)), default=0)
    return begin, spoken.place


def _speaks_of(about: re.Pattern[str], text: str, end: int) -> bool:
    """Tell whether the last subject named is the mention's own: in the same sentence, or as a heading of the paragraph."""
    own = False
    begin = max((m.end() for m in _FULL_STOP.finditer(text, 0, end)), default=0)
    for subject in about.finditer(text, 0, end):
        is_heading = subject.group().endswith((":", "。"))
        own = subject["own"] is not None and (own or is_heading or subject.start() >= begin)
    return own


def _turned(turn: Turn, text: str, spoken: Spoken, year: int | None) -> bool:
    """Tell whether the last word that turns a paragraph turned it away."""
    begin = _sentence_before(text, spoken)[0] if turn.within_sentence else 0
    away = False
    for word in turn.words.finditer(text, begin, spoken.end):
        named = word.groupdict()
        if named.get("year"):
            away = named["year"] != str(year) or named.get("span") is not None
        elif named.get("away") or named.get("month"):
            away = True
        elif named.get("back"):
            away = False
    return away


# ── findings of figures ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class FiguredOtherwise:
    """Says what a text says, and what the tables do.

    Attributes:
        amounts: what the figure may mean, in the order of its readings.
    """

    case: Case
    spoken: Spoken
    quote: str
    cell: FindingCell
    amounts: tuple[Amount, ...]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        words = messages.language() if lang is None else lang
        check, readings = self.spoken.mention.check, self.spoken.figured.readings
        facts: dict[str, str] = {
            "where": _where(self.case.form, self.cell.key, words),
            "at": at_cells([self.cell], words),
            "quote": self.quote,
            "must": check.say.in_language(words),
            "fix": check.fix.in_language(words),
            "left": _shown(self.spoken.amount, readings[0]),
        }
        if not any(reading.cells for reading in readings):
            return messages.say("check.told.known", words, right=_shown(self.amounts[0], readings[0]), **facts)
        results = tuple(self._readings(words))
        right = messages.say("check.told.or", words).join(results)
        if len(results) > 1:
            return messages.say("check.told.neither", words, right=right, **facts)
        difference: Amount = self.spoken.amount - self.amounts[0]
        return messages.say("check.told", words, right=right, size=plain(max(difference, -difference)), **facts)

    def says_otherwise(self, lang: Language) -> str:
        """Say what must hold, and what the tables have."""
        right = messages.say("check.told.or", lang).join(self._readings(lang))
        return messages.say("parts.tables", lang, must=self.spoken.mention.check.say.in_language(lang), right=right)

    def _readings(self, lang: Language) -> Iterator[str]:
        """Write what each reading comes to, each result once; a short sum with its addends."""
        results: set[Amount] = set()
        for reading, amount in zip(self.spoken.figured.readings, self.amounts, strict=True):
            if amount not in results:
                results.add(amount)
                at = at_cells([shown_cell(self.case, key) for key in reading.cells], lang)
                numbers = _shown(amount, reading)
                if 1 < len(reading.cells) <= _ADDENDS:
                    parts = with_numbers(reading.value, partial(_known, self.case), evaluate=evaluate, lang=lang)
                    numbers = f"{parts} = {numbers}"
                yield f"{numbers}{at}"


def _differs(case: Case, spoken: Spoken, name: str) -> Finding:
    check, readings = spoken.mention.check, spoken.figured.readings
    amounts = tuple(_result(case, reading) or 0 for reading in readings)
    cell = shown_cell(case, spoken.paragraph.key)
    keys = dict.fromkeys(key for reading in readings for key in reading.cells)
    is_year = spoken.wording.slot == "year"
    return Finding(
        code=check.code,
        severity=check.severity,
        instance=name,
        file=case.submission.file,
        unit=case.submission.unit,
        cells=(cell, *(shown_cell(case, key) for key in keys)),
        left=_value(spoken.amount, readings[0]),
        right=_value(amounts[0], readings[0]),
        imbalance=None if is_year else spoken.amount - amounts[0],
        rule=f"{spoken.wording.text} == {' | '.join(reading.rule for reading in readings)}",
        told=FiguredOtherwise(case, spoken, _quote(spoken), cell, amounts),
    )


def _quote(spoken: Spoken) -> str:
    """Return the clause up to where the wording ends, as written; of a long one its end."""
    said = spoken.paragraph.said
    begin = max((m.end() for m in _CLAUSE.finditer(said.text, 0, spoken.start)), default=0)
    return ("…" if spoken.end - begin > _QUOTED else "") + said.written(max(begin, spoken.end - _QUOTED), spoken.end)


def _is_day(reading: Reading) -> bool:
    return isinstance(reading.value, Cell) and reading.value.kind is Kind.DATE


def _value(amount: Amount, reading: Reading) -> Value:
    return date.fromordinal(DAY_ZERO.toordinal() + int(amount)) if _is_day(reading) else amount


def _shown(amount: Amount, reading: Reading) -> str:
    value = _value(amount, reading)
    return value.isoformat() if isinstance(value, date) else plain(amount)


# ── what texts must say ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class Unsaid:
    """Says what a text lacks, or has and should not.

    Attributes:
        quote: what was found, where something was.
    """

    form: Form
    check: Check
    demand: Demand
    cells: tuple[FindingCell, ...]
    quote: str

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        words = messages.language() if lang is None else lang
        return messages.say(
            f"check.text.{self.demand}",
            words,
            where=_where(self.form, self.cells[0].key, words),
            at=at_cells(self.cells, words),
            quote=self.quote,
            must=self.check.say.in_language(words),
            fix=self.check.fix.in_language(words),
        )


def _stated(case: Case, statement: Statement, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Hold each text against one statement; a blank one is told of by completeness."""
    for text in statement.texts:
        own = [paragraph for paragraph in paragraphs if paragraph.text == text]
        failing = _failing(statement, own) if own else None
        if failing is not None:
            said, quote = failing
            cells = tuple(shown_cell(case, key) for key in dict.fromkeys(p.key for p in said))
            yield Finding(
                code=statement.check.code,
                severity=statement.check.severity,
                instance=f"{statement.check.code}.{text}",
                file=case.submission.file,
                unit=case.submission.unit,
                cells=cells,
                left=None,
                right=None,
                imbalance=None,
                rule=f"{text}: {statement.demand.value} {statement.check.rule}",
                told=Unsaid(case.form, statement.check, statement.demand, cells, quote),
            )


def _failing(statement: Statement, own: Sequence[Paragraph]) -> tuple[Sequence[Paragraph], str] | None:
    """Return the paragraphs by which a text does not do what is asked, and the words; None where it does."""
    found = [(p, match) for p in own for w in statement.wordings if (match := w.pattern.search(p.said.text))]
    match statement.demand:
        case Demand.SAYS:
            return None if found else (own, "")
        case Demand.NEVER:
            return ([found[0][0]], found[0][0].said.written(*found[0][1].span())) if found else None
        case Demand.MORE_THAN:
            whole = {p.key for p, match in found if match.group().strip("。.") == p.said.text.strip("。.;,!")}
            quote = own[0].said.original.strip()
            return (own, quote) if len(own) == 1 and own[0].key in whole else None


def _where(form: Form, key: str, lang: Language) -> str:
    """Name a text by its heading."""
    text = key.split(".")[1]
    return messages.say("check.where.text", lang, heading=next(t.heading for t in form.texts if t.key == text))
