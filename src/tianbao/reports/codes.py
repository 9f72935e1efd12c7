"""Every code that a person can meet: the checks of the bundled forms, and all messages, by what they are.

    catalogues + definitions ──entries──▶ Entry of each code, group by group

In:   a language.
Out:  what a code means, how grave it is, what to do, and an example in the very words that a clerk reads.
Knows nothing of the command and of the page that show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from tianbao import expr, messages
from tianbao.expr.semantics import DAY_ZERO
from tianbao.expr.value import Value
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import CellType, Check, Form, Instance, Mention, Once, Statement
from tianbao.form.names import GIVEN, PRIOR, given
from tianbao.messages import Language
from tianbao.messages.explained import Explained, Sample, explained, is_code, pattern
from tianbao.records.model import Answer, State, Submission, Unit, Verdict
from tianbao.records.model import Value as Answered
from tianbao.workbook.layout import a1, make_layout

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.merge.doubles import Double

#: So many cells of a check are tried for an example.
_TRIED = 12
#: The report years that are tried: one of now, and two before the layouts of today.
_YEARS = (2025, 2020, 2000)
_UNIT = Unit("999901103", "柳溪镇")


class Group(StrEnum):
    """What a code is, in the order in which a clerk meets them."""

    REFUSED = "refused"
    READING = "reading"
    VALUES = "values"
    CHECKS = "checks"
    VERSIONS = "versions"
    MERGE = "merge"
    FOLDER = "folder"
    COMMANDS = "commands"
    DEFINITION = "definition"


_BY_LETTER = {
    "F": Group.READING,
    "P": Group.READING,
    "R": Group.READING,
    "V": Group.VALUES,
    "A": Group.CHECKS,
    "S": Group.CHECKS,
    "W": Group.VERSIONS,
    "M": Group.MERGE,
    "L": Group.FOLDER,
    "U": Group.COMMANDS,
    "D": Group.DEFINITION,
    "E": Group.DEFINITION,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a code, in one language.

    Attributes:
        severities: how grave it may be, the gravest first.
        cause: when a message comes; of a check nothing, its sentence says it.
        sentence: with dots in the place of its facts.
        way_out: what to do, likewise.
        way_out_note: what to do where it is a note only; empty where that is the same.
        forms: those that have the check.
        facts: of a check its rule, condition, rows or columns and source; those that there are.
    """

    code: str
    group: Group
    severities: tuple[str, ...]
    cause: str
    sentence: str
    way_out: str
    way_out_note: str
    forms: tuple[str, ...]
    facts: Mapping[str, str]
    lang: Language
    _known: Explained | tuple[Form, Instance | Mention | Statement | Once]

    def examples(self) -> tuple[Sample, ...]:
        """Write the sentence as a clerk reads it; twice where a note of it has another way out."""
        if isinstance(self._known, Explained):
            return self._known.samples(self.lang)
        form, check = self._known
        if isinstance(check, Once):
            return (Sample(self.severities, doubled(form, check).message(self.lang), self.way_out),)
        finding = broken(form, check) if isinstance(check, Instance) else contradicted(form, check)
        if finding is None:
            return ()
        sentence = finding.message(self.lang).removesuffix(self.way_out).strip()
        return (Sample(self.severities, sentence, self.way_out),)


def entries(lang: Language) -> tuple[Entry, ...]:
    """Return every code, group by group and in each by its name; the checks of all bundled forms among them."""
    checks = tuple(_checks(lang))
    known = {entry.code for entry in checks}
    codes = [code for code in messages.catalogue(lang) if is_code(code) and code not in known]
    every = (*checks, *(_message(code, lang) for code in codes))
    order = list(Group)
    return tuple(sorted(every, key=lambda entry: (order.index(entry.group), entry.code)))


def _message(code: str, lang: Language) -> Entry:
    known = explained()[code]
    return Entry(
        code=code,
        group=_group(known),
        severities=known.severities,
        cause=known.when[lang],
        sentence=pattern(code, "text", lang),
        way_out=pattern(code, "hint", lang),
        way_out_note=pattern(code, "hint_note", lang),
        forms=(),
        facts={},
        lang=lang,
        _known=known,
    )


def _group(known: Explained) -> Group:
    """Say what a message is: by how grave it is, else by its first letter."""
    group = _BY_LETTER[known.code[0]]
    if "refused" in known.severities:
        return Group.REFUSED
    return Group.COMMANDS if "stopped" in known.severities and group is not Group.DEFINITION else group


def _checks(lang: Language) -> Iterator[Entry]:
    """Yield each check once, with the forms that have it in the same words."""
    users: dict[Check, list[Form]] = {}
    for form in map(load_form, bundled_forms()):
        for check in (*form.checks, *form.narrative.checks, *(once.check for once in form.county.once)):
            users.setdefault(check, []).append(form)
    for check, forms in users.items():
        form = forms[-1]
        asked: tuple[Instance | Mention | Statement | Once, ...] = (
            *form.instances,
            *form.narrative.mentions,
            *form.narrative.statements,
            *form.county.once,
        )
        facts = {"rule": check.rule, "when": check.when, "each": check.each, "source": check.source}
        yield Entry(
            code=check.code,
            group=Group.CHECKS,
            severities=(check.severity.value,),
            cause="",
            sentence=check.say.in_language(lang),
            way_out=check.fix.in_language(lang),
            way_out_note="",
            forms=tuple(form.id for form in forms),
            facts={name: fact for name, fact in facts.items() if fact},
            lang=lang,
            _known=(form, next(one for one in asked if one.check == check)),
        )


# ── a check that does not hold ───────────────────────────────────────────────────────────────────────────────────────


@cache
def broken(form: Form, instance: Instance) -> Finding | None:
    """Make up a return in which a check does not hold, and find it; None where one or two cells cannot break it."""
    from tianbao.checks.run import run_checks

    for year in _YEARS:
        answers = _breaking(form, instance, year)
        if answers is not None:
            prior = _returned(form, year - 1, {k.removeprefix(PRIOR): v for k, v in answers.items() if _is_prior(k)})
            this = _returned(form, year, {k: v for k, v in answers.items() if not _is_prior(k)})
            return next(finding for finding in run_checks(this, prior=prior) if finding.instance == instance.id)
    return None


@cache
def contradicted(form: Form, check: Mention | Statement) -> Finding | None:
    """Make up a return whose tables are all zero and whose text is the check's own example, and find it."""
    from tianbao.checks.run import run_checks

    numbers: dict[str, Value] = {cell.key: 0 for table in form.tables for cell in table.cells if cell.is_number}
    said = {f"text.{check.texts[0]}.1": check.example}
    returned = (_returned(form, year, numbers | said) for year in _YEARS)
    findings = (finding for submission in returned for finding in run_checks(submission))
    return next((finding for finding in findings if finding.code == check.check.code), None)


@cache
def doubled(form: Form, once: Once) -> Double:
    """Make up the returns of two departments that may both have counted the same, and ask about it."""
    from tianbao.merge.doubles import find_doubles
    from tianbao.merge.merge import merge_submissions

    values: dict[str, Value] = dict.fromkeys(once.cells, 1)
    units = (Unit("999901201", "示例县教育局"), Unit("999901202", "示例县公安局"))
    returns = [replace(_returned(form, _YEARS[0], values), unit=unit, file=f"{unit.code}.xlsx") for unit in units]
    found = find_doubles(merge_submissions(returns))
    return next(double for double in found if double.code == once.check.code)


def _is_prior(key: str) -> bool:
    return key.startswith(PRIOR)


def _breaking(form: Form, instance: Instance, year: int) -> dict[str, Value] | None:
    """Find answers by which a check is asked and does not hold: all zero but for one or two of its cells."""
    rule, asked = instance.rule, instance.asked
    used = [cell for part in (asked, rule) if part is not None for cell in expr.cells(part) if cell.key not in GIVEN]
    usual = {expr.Kind.NUMBER: 0, expr.Kind.DATE: given(year)["year_start"]}
    plain: dict[str, Value] = {cell.key: usual.get(cell.kind) for cell in used}
    single = [(key, answer) for key in list(plain)[:_TRIED] for answer in _answers(form, key, year)]
    for changed in ((), *((one,) for one in single), *combinations(single, 2)):
        answers = plain | dict(changed)
        known = (answers | given(year)).get
        if (asked is None or expr.evaluate(asked, known)) and not expr.evaluate(rule, known):
            return answers
    return None


def _answers(form: Form, key: str, year: int) -> tuple[Value, ...]:
    """Return what somebody could write into a cell."""
    cell = form.by_key[key.removeprefix(PRIOR)]
    if cell.codes:
        return cell.codes
    if cell.type is CellType.DATE:
        return (given(year)["year_end"],)
    return (1, 1000, 20000, None) if cell.is_number else (cell.label[-1],)


def _returned(form: Form, year: int, values: Mapping[str, Value]) -> Submission:
    """Return a submission with these answers in their cells, and nothing else in it."""
    places = make_layout(form).places
    answers = {}
    for key, cell in form.by_key.items():
        value: Answered = values.get(key)
        if cell.type is CellType.DATE and isinstance(value, int):
            value = DAY_ZERO + timedelta(days=value)
        state = State.BLANK if value is None else State.FILLED
        answers[key] = Answer(value, state, "", places[key].sheet, a1(places[key].row, places[key].column))
    return Submission("", "", Verdict.READ, form=form, year=year, unit=_UNIT, answers=answers)
