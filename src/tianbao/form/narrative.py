"""Turn the part of a definition about its texts into patterns, noting every fault on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tianbao import expr
from tianbao.form.faults import Fault
from tianbao.form.model import Demand, Figured, Mention, Narrative, Reading, Statement, Turn
from tianbao.form.names import GIVEN
from tianbao.form.numerals import squeeze
from tianbao.form.said import make_check
from tianbao.form.schema import RawCount, RawMention, RawNarrative, RawStatement, RawTurn
from tianbao.form.wording import Wording, WordingError, make_wording, one_of

#: Binds a rule that is written at a place and must be of a kind; None where it cannot be, which is told.
Bind = Callable[[str, str, expr.Kind], expr.Expr | None]

#: A year by its number, and whether it closes a span of years (2023—2025年); a month that is not all of the year.
_TO = "[-—–~至到]"
_YEAR = rf"(?P<span>(?<=[0-9年]){_TO})?(?P<year>(?<![0-9])20[0-9]{{2}})年"
_ALL_OF_IT = rf"12月(?:31日|底|末)|(?<=1{_TO})12月|(?<=1月{_TO})12月|1月(?:1日)?(?:起|{_TO})"
_CALENDAR = (_YEAR, rf"(?P<month>(?<![0-9])(?!{_ALL_OF_IT})[0-9]{{1,2}}月)")


def build_narrative(raw: RawNarrative, texts: Sequence[str], bind: Bind) -> tuple[Narrative, list[Fault]]:
    """Build what is checked in the texts, and tell what is wrong with it."""
    builder = _Builder(raw, texts, bind)
    narrative = Narrative(
        aside=_any_of(raw.aside),
        turns=tuple(builder.turn(turn) for turn in raw.turns),
        mentions=tuple(builder.mention(mention) for mention in raw.mentions),
        statements=tuple(builder.statement(statement) for statement in raw.statements),
    )
    return narrative, builder.faults


class _Builder:
    def __init__(self, raw: RawNarrative, texts: Sequence[str], bind: Bind) -> None:
        self.raw = raw
        self.texts = tuple(texts)
        self.bind = bind
        self.words = {words.key: tuple(words.items) for words in raw.words}
        self.faults: list[Fault] = []
        self.usual = self.known_texts(raw.texts, "texts") if raw.texts else self.texts

    def turn(self, raw: RawTurn) -> Turn:
        named = [("neither", raw.neither), ("away", raw.away), ("back", raw.back)]
        patterns = []
        for name, lines in named:
            wordings = [w for line in sorted(lines, key=len, reverse=True) if (w := self.wording(line, "turns"))]
            patterns += [f"(?P<{name}>{'|'.join(_unnamed(w) for w in wordings)})"] if wordings else []
        patterns += _CALENDAR if raw.calendar else ()
        return Turn(re.compile("|".join(patterns) or "(?!)"), raw.within_sentence)

    def mention(self, raw: RawMention) -> Mention:
        place = f"mentions.{raw.code}"
        own = [wording for line in raw.about if (wording := self.wording(line, f"{place}.about"))]
        mention = Mention(
            check=make_check(raw, raw.severity, rule="；".join(_rule(count) for count in raw.counts)),
            texts=self.known_texts(raw.texts, f"{place}.texts") if raw.texts else self.usual,
            about=self.about(own) if own else None,
            figures=tuple(self.figured(count, raw, place) for count in raw.counts),
            example=raw.example,
        )
        every = [wording for figured in mention.figures for wording in (*figured.says, *figured.none)]
        self.is_found(raw.example, every, place)
        return mention

    def about(self, own: Sequence[Wording]) -> re.Pattern[str]:
        """Write a pattern of all subjects, the longest first; the group `own` is the mention's."""
        own_words = sorted(own, key=lambda wording: len(wording.pattern.pattern), reverse=True)
        others = f"|{one_of([squeeze(word).text for word in self.raw.others])}" if self.raw.others else ""
        return re.compile(f"(?P<own>{'|'.join(_unnamed(wording) for wording in own_words)}){others}")

    def figured(self, raw: RawCount, mention: RawMention, place: str) -> Figured:
        readings = [
            Reading(rule, value, tuple(dict.fromkeys(c.key for c in expr.cells(value) if c.key not in GIVEN)))
            for rule in raw.means
            if (value := self.bind(rule, f"narrative.{place}.means", expr.Kind.NUMBER)) is not None
        ]
        return Figured(
            says=tuple(self.with_slot(raw.says, f"{place}.says", wanted=True)),
            none=tuple(self.with_slot(raw.none, f"{place}.none", wanted=False)),
            readings=tuple(readings),
            without=_any_of([*mention.without, *raw.without]),
        )

    def with_slot(self, lines: Sequence[str], place: str, *, wanted: bool) -> Iterator[Wording]:
        for line in lines:
            wording = self.wording(line, place)
            if wording is not None and bool(wording.slot) is not wanted:
                self.fault("D-SLOT" if wanted else "D-NO-SLOT", place, wording=line)
            elif wording is not None:
                yield wording

    def statement(self, raw: RawStatement) -> Statement:
        place = f"statements.{raw.code}"
        wordings = tuple(self.with_slot(raw.wordings, f"{place}.wordings", wanted=False))
        statement = Statement(
            check=make_check(raw, raw.severity, rule=" | ".join(raw.wordings), when=raw.when),
            texts=self.known_texts(raw.texts, f"{place}.texts"),
            demand=Demand(raw.demand),
            asked=self.bind(raw.when, f"narrative.{place}.when", expr.Kind.TRUTH) if raw.when else None,
            wordings=wordings,
            example=raw.example,
        )
        self.is_found(raw.example, wordings, place, wanted=statement.demand is not Demand.SAYS)
        return statement

    def known_texts(self, keys: Sequence[str], place: str) -> tuple[str, ...]:
        for key in keys:
            if key not in self.texts:
                self.fault("D-TEXT", place, text=key, known="、".join(self.texts))
        return tuple(key for key in keys if key in self.texts)

    def is_found(self, example: str, wordings: Sequence[Wording], place: str, *, wanted: bool = True) -> None:
        """A definition shows of each of its checks what it tells of; so it can be told that it does not."""
        text = squeeze(example).text
        is_sound = not any(fault.place.startswith(f"narrative.{place}.") for fault in self.faults)
        if is_sound and any(wording.pattern.search(text) for wording in wordings) is not wanted:
            self.fault("D-EXAMPLE", f"{place}.example", example=example)

    def wording(self, line: str, place: str) -> Wording | None:
        try:
            return make_wording(line, self.words, before=self.raw.before, measures=self.raw.measures)
        except WordingError as error:
            self.fault(error.code, place, **error.params)
            return None

    def fault(self, code: str, place: str, **params: object) -> None:
        self.faults.append(Fault(code, f"narrative.{place}", params))


def _rule(raw: RawCount) -> str:
    return f"{(*raw.says, *raw.none)[0] if raw.says or raw.none else ''} == {' | '.join(raw.means)}"


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(one_of([squeeze(word).text for word in words])) if words else None


def _unnamed(wording: Wording) -> str:
    """Return a wording's pattern without names, for there may be many in one."""
    return re.sub(r"\(\?P<[a-z_]+>", "(?:", wording.pattern.pattern)
