"""Reports of two units that are equal but for whose they are: copied from a neighbour, or filled into its workbook.

    submissions ──▶ a digest of all tables, of each table, of each longer paragraph ──▶ who has the same ──▶ findings

In:   submissions of many units.
Out:  for each unit a query for what is equal, naming the others: A-01 of tables, A-02 of texts.
Each submission is digested once and looked up, never held against every other, so the work grows as their number does.

Equal is not yet copied. Most townships have no applications and write 0 everywhere, all write the same opening
paragraph, and "no applications were received" has only so many wordings. What is told has more in it than that.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from tianbao import messages
from tianbao.checks.finding import Finding, FindingCell
from tianbao.checks.prose import at_cells
from tianbao.form.model import Form, Severity, Table
from tianbao.messages import Language
from tianbao.records.frame import PATH
from tianbao.records.model import Submission, Unit, Value
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

#: Stands where a unit names itself.
_ITSELF = "\ue000"


@dataclass(frozen=True, slots=True)
class Alike:
    """Says what a report has in common with those of other units.

    Attributes:
        code: A-01 or A-02.
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


def _of_one_form(form: Form, submissions: Sequence[Submission]) -> Iterator[tuple[Finding, ...]]:
    tables = [tuple(_tables(form, submission)) for submission in submissions]
    texts = [tuple(_paragraphs(form, submission)) for submission in submissions]
    filled = _who_has(submissions, [[table.digest for table in each] for each in tables])
    written = _who_has(submissions, [[digest for part in each for digest in part.digests] for each in texts])
    units = len({submission.unit.code for submission in submissions if submission.unit})
    many = max(_A_HANDFUL, min(units // 2, _MANY))
    for submission, own_tables, own_texts in zip(submissions, tables, texts, strict=True):
        yield (*_same_tables(submission, own_tables, filled), *_same_texts(submission, own_texts, written, many))


#: Digest → the units that have it, by their codes.
_Owners = Mapping[bytes, Mapping[str, Unit]]


def _who_has(submissions: Sequence[Submission], digests: Sequence[Iterable[bytes]]) -> _Owners:
    owners: defaultdict[bytes, dict[str, Unit]] = defaultdict(dict)
    for submission, each in zip(submissions, digests, strict=True):
        assert submission.unit is not None
        for digest in each:
            owners[digest].setdefault(submission.unit.code, submission.unit)
    return owners


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Filled:
    """What one unit typed into one table, or into all.

    Attributes:
        table: which; None for all.
        keys: the cells in which there is something other than 0.
        count: how many cells are filled.
    """

    table: Table | None
    digest: bytes
    keys: tuple[str, ...]
    count: int


def _tables(form: Form, submission: Submission) -> Iterator[_Filled]:
    """Yield all tables as one, then each by itself; only where there is enough in it."""
    for one in (None, *form.tables):
        tables = form.tables if one is None else (one,)
        typed = {cell.key: submission.answers[cell.key] for table in tables for cell in table.inputs()}
        something = {key: _plain(answer.value) for key, answer in typed.items() if answer.value}
        if len(set(something.values())) >= _DISTINCT:
            said = (f"{key}\t{_plain(answer.value) or answer.state}" for key, answer in typed.items())
            filled = sum(answer.value is not None for answer in typed.values())
            yield _Filled(one, _digest(said), tuple(something), filled)


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return plain(value)
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)


def _same_tables(submission: Submission, own: Sequence[_Filled], filled: _Owners) -> Iterator[Finding]:
    assert submission.unit is not None
    for part in own:
        units = filled[part.digest]
        if len(units) > 1:
            others = islice((unit for code, unit in units.items() if code != submission.unit.code), _NAMED)
            facts = {"count": part.count, "filled": len(part.keys)}
            cells = _cells(submission, part.keys)
            yield _finding(submission, Alike("A-01", part.table, tuple(others), len(units) - 1, cells, facts))
            if part.table is None:
                return


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A longer paragraph as it stands, and as it would stand in any unit's report; of each its digest."""

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
                anybodys = as_written
                for name in names:
                    anybodys = anybodys.replace(name, _ITSELF)
                if len(anybodys) >= _LONG:
                    yield _Paragraph(cell.key, (_digest([as_written]), _digest([anybodys])), len(anybodys))


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


def _digest(parts: Iterable[str]) -> bytes:
    return hashlib.blake2b("\n".join(parts).encode(errors="surrogatepass"), digest_size=16).digest()


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
