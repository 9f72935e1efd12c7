"""Reports that are equal but for whose they are, or for the year: copied from a neighbour, or from last year.

    submissions ──▶ what stands in all tables, in each, in each longer paragraph ──▶ who has the same ──▶ findings

In:   submissions of many units, and last year's.
Out:  for each unit a query for what is equal, naming the others: A-01 of tables, A-02 of texts; A-06 and A-07 of what it
      reported last year.
Each submission is looked up once, never held against every other, so the work grows as their number does.

Equal is not yet copied. Most townships have no applications and write 0 everywhere, all write the same opening
paragraph, and "no applications were received" has only so many wordings. What is told has more in it than that.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from tianbao import messages
from tianbao.checks.finding import Finding, FindingCell
from tianbao.checks.sentence import at_cells
from tianbao.form.model import Form, Severity, Table
from tianbao.messages import Language
from tianbao.records.model import PATH, Answer, Submission, Unit, Value
from tianbao.records.names import plain, spellings

#: So many answers that differ from one another, and are not zero, no two units have by chance in the same cells: a
#: township with a few applications has 1, 2 and 3 among its numbers, and so has its neighbour.
_DISTINCT = 4
#: Characters of a paragraph that is looked at: what is shorter is a heading or "收取信息处理费 0 元".
_LONG = 30
#: Characters that two units must have in common. The standing phrases of such reports (no applications, no lawsuits, no
#: fees) are of 30 to 40 each, and two units may well have two of them in the same words.
_MUCH = 100
#: Wording that more than half of the units use, or more than twenty of a large county, comes from the office that asked
#: for the report and not from a neighbour; among a handful of units nothing can be said of that.
_A_HANDFUL, _MANY = 4, 20

#: So many of the others are named; the rest is counted.
_NAMED = 3

#: Stand where a unit names itself, and where it names the year.
_ITSELF, _THE_YEAR = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Alike:
    """Says what a report has in common with those of other units, or with the unit's own of last year.

    Attributes:
        code: A-01 or A-02; A-06 or A-07 of last year.
        table: the one that is the same; None for all of them, and for texts.
        others: the first few of the units.
        in_all: how many they are.
        facts: what is counted.
    """

    code: str
    table: Table | None
    others: tuple[Unit, ...]
    in_all: int
    cells: tuple[FindingCell, ...]
    facts: Mapping[str, int]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        words = messages.language() if lang is None else lang
        names = messages.say("check.where.and", words).join(f"“{unit.name}”" for unit in self.others)
        if self.in_all > len(self.others):
            names = messages.say("check.others.more", words, names=names, count=self.in_all)
        return messages.say(
            f"check.{self.code}",
            words,
            where=self.table.short if self.table else messages.say("check.where.tables", words),
            others=names,
            at=at_cells(self.cells, words),
            fix=messages.hint(self.code, words),
            **self.facts,
        )


def find_alike(submissions: Sequence[Submission]) -> tuple[tuple[Finding, ...], ...]:
    """Tell of each submission what it has in common with those of other units, of its form and year."""
    comparable: defaultdict[tuple[Form, int | None], list[int]] = defaultdict(list)
    for n, submission in enumerate(submissions):
        if submission.form is not None and submission.unit is not None and submission.reason is None:
            comparable[submission.form, submission.year].append(n)
    found: list[tuple[Finding, ...]] = [()] * len(submissions)
    for (form, _), places in comparable.items():
        for n, findings in zip(places, _of_one_form(form, [submissions[n] for n in places]), strict=True):
            found[n] = findings
    return tuple(found)


def find_unchanged(submission: Submission, prior: Submission) -> Iterator[Finding]:
    """Tell what is the same in a report as in the unit's own of last year."""
    assert submission.form is not None
    assert prior.form is not None
    known = {(table.keys, table.said) for table in _tables(prior.form, prior)}
    for table in _tables(submission.form, submission):
        if (table.keys, table.said) in known:
            yield _of_table(submission, table, "A-06")
            if table.table is None:
                break
    written = {digest for part in _paragraphs(prior.form, prior) for digest in part.digests}
    same = [part for part in _paragraphs(submission.form, submission) if not written.isdisjoint(part.digests)]
    facts = {"count": len(same), "length": sum(part.length for part in same)}
    if facts["length"] >= _MUCH:
        cells = _cells(submission, dict.fromkeys(part.key for part in same))
        yield _finding(submission, Alike("A-07", None, (), 0, cells, facts))


def _of_one_form(form: Form, submissions: Sequence[Submission]) -> Iterator[tuple[Finding, ...]]:
    tables = [tuple(_tables(form, submission)) for submission in submissions]
    texts = [tuple(_paragraphs(form, submission)) for submission in submissions]
    filled = _who_has(submissions, [[table.said for table in each] for each in tables])
    written = _who_has(submissions, [[digest for part in each for digest in part.digests] for each in texts])
    units = len({submission.unit.code for submission in submissions if submission.unit})
    many = max(_A_HANDFUL, min(units // 2, _MANY))
    for submission, own_tables, own_texts in zip(submissions, tables, texts, strict=True):
        yield (*_same_tables(submission, own_tables, filled), *_same_texts(submission, own_texts, written, many))


#: What a unit said: the values of a table, or the digest of a paragraph.
_Said = tuple[Value, ...] | bytes
#: What was said → the units that said it, by their codes.
_Owners = Mapping[_Said, Mapping[str, Unit]]


def _who_has(submissions: Sequence[Submission], said: Sequence[Iterable[_Said]]) -> _Owners:
    owners: defaultdict[_Said, dict[str, Unit]] = defaultdict(dict)
    for submission, each in zip(submissions, said, strict=True):
        assert submission.unit is not None
        for one in each:
            owners[one].setdefault(submission.unit.code, submission.unit)
    return owners


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Filled:
    """What one unit typed into one table, or into all.

    Attributes:
        table: which; None for all.
        keys: its cells, in order.
        said: the values, and where there is none its state; amounts are equal however many zeros they are written with.
    """

    table: Table | None
    keys: tuple[str, ...]
    said: _Said


@lru_cache(maxsize=16)
def _typed(form: Form) -> tuple[tuple[Table | None, tuple[str, ...]], ...]:
    """Return the cells that people fill, of all tables as one, then of each by itself."""
    each = tuple((table, tuple(cell.key for cell in table.inputs())) for table in form.tables)
    return ((None, tuple(key for _, keys in each for key in keys)), *each)


def _tables(form: Form, submission: Submission) -> Iterator[_Filled]:
    """Yield all tables as one, then each by itself; only where there is enough in it."""
    for table, keys in _typed(form):
        answers = [submission.answers[key] for key in keys]
        if len({answer.value for answer in answers if answer.value}) >= _DISTINCT:
            yield _Filled(table, keys, (table.key if table else "", *map(_said, answers)))


def _said(answer: Answer) -> Value:
    value = answer.value
    return answer.state if value is None else plain(value) if isinstance(value, str) else value


def _same_tables(submission: Submission, own: Sequence[_Filled], filled: _Owners) -> Iterator[Finding]:
    assert submission.unit is not None
    for part in own:
        units = filled[part.said]
        if len(units) > 1:
            others = islice((unit for code, unit in units.items() if code != submission.unit.code), _NAMED)
            yield _of_table(submission, part, "A-01", tuple(others), len(units) - 1)
            if part.table is None:
                return


def _of_table(
    submission: Submission, part: _Filled, code: str, others: tuple[Unit, ...] = (), in_all: int = 0
) -> Finding:
    something = [key for key in part.keys if submission.answers[key].value]
    filled = sum(submission.answers[key].value is not None for key in part.keys)
    facts = {"count": filled, "filled": len(something)}
    return _finding(submission, Alike(code, part.table, others, in_all, _cells(submission, something), facts))


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A longer paragraph as it stands, and as it would stand in any unit's report of any year; of each its digest."""

    key: str
    digests: tuple[bytes, bytes]
    length: int


def _paragraphs(form: Form, submission: Submission) -> Iterator[_Paragraph]:
    """Yield the paragraphs that are a unit's own to write, and long enough to be known by."""
    assert submission.unit is not None
    names = spellings(submission.unit.name)
    for text in form.texts if submission.answers else ():
        for cell in text.cells if not text.prescribed else ():
            for line in str(submission.answers[cell.key].value or "").splitlines():
                as_written = plain(line)
                anybodys = as_written.replace(str(submission.year), _THE_YEAR)
                for name in names:
                    anybodys = anybodys.replace(name, _ITSELF)
                if len(anybodys) >= _LONG:
                    yield _Paragraph(cell.key, (_digest(as_written), _digest(anybodys)), len(anybodys))


def _same_texts(submission: Submission, own: Sequence[_Paragraph], written: _Owners, many: int) -> Iterator[Finding]:
    assert submission.unit is not None
    #: A copy may still call itself by the neighbour's name, or by its own.
    shared = [
        (part, {code: unit for digest in part.digests for code, unit in written[digest].items()})
        for part in own
        if all(len(written[digest]) <= many for digest in part.digests)
    ]
    in_common: Counter[str] = Counter()
    for part, units in shared:
        in_common.update({code: part.length for code in units if code != submission.unit.code})
    alike = [code for code, length in in_common.most_common() if length >= _MUCH]
    if alike:
        known = {code: unit for _, units in shared for code, unit in units.items()}
        same = [part for part, units in shared if not units.keys().isdisjoint(alike)]
        facts = {"count": len(same), "length": sum(part.length for part in same)}
        others = tuple(known[code] for code in alike[:_NAMED])
        cells = _cells(submission, dict.fromkeys(part.key for part in same))
        yield _finding(submission, Alike("A-02", None, others, len(alike), cells, facts))


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _finding(submission: Submission, alike: Alike) -> Finding:
    return Finding(
        code=alike.code,
        severity=Severity.QUERY,
        instance=f"{alike.code}.{alike.table.key}" if alike.table else alike.code,
        file=submission.file,
        unit=submission.unit,
        cells=alike.cells,
        left=None,
        right=None,
        imbalance=None,
        rule=messages.say(f"{alike.code}.rule", "en"),
        told=alike,
    )


def _cells(submission: Submission, keys: Iterable[str]) -> tuple[FindingCell, ...]:
    assert submission.form is not None
    return tuple(
        FindingCell(
            key,
            f"{answer.sheet}!{answer.cell}" if (answer := submission.answers[key]).sheet else "",
            answer.value,
            PATH.join(submission.form.cell(key).label),
        )
        for key in keys
    )
