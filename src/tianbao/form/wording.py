"""Wordings: how a figure is spoken of in a running text, written as data and sought as a pattern.

    收到{申请}{n}              {申请} one of the words of that list, {n} a number with its measure
    [已]办结{n}               [ ] may be left out
    ^办结{n}                  ^ a clause begins here
    未收到{申请}$              $ a clause ends here
    自{any_day}起至{day}止     {day} a day that is compared, {any_day} one that is passed over
    编制{year}年的报告          {year} a year that is compared
    {last_year}年结转{n}       {last_year}, {next_year} the year before or after the report's

In:   such a line, and the lists of words it names.
Out:  a pattern, and the words without one of which it cannot be found; or what is wrong with the line.
Knows nothing of what the wordings of a form are about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tianbao.form.numerals import NUMBER, squeeze

#: What ends a clause. Behind `、` one of several parts begins, and none is complete before it.
CLAUSE = ',。;:!?()"'

_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]^$])|([^{}\[\]^$]+)|(.)", re.DOTALL)
_DAY = r"(?:20[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日"
#: What makes a rough number of an exact one, or counts something else: 16件以上, 16件次.
_ROUGH = r"(?!次|以上|以下|以内|之内|左右|上下|余|多|不等)"
_YEAR = "20[0-9]{2}"

SLOTS = ("n", "year", "day")
_SLOT_PATTERNS = {
    "year": rf"(?P<year>(?<![0-9]){_YEAR})",
    "day": rf"(?P<day>{_DAY})",
    "any_day": _DAY,
    "last_year": rf"(?P<last_year>(?<![0-9]){_YEAR})",
    "next_year": rf"(?P<next_year>(?<![0-9]){_YEAR})",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording, ready to be sought.

    Attributes:
        text: as written in the definition.
        pattern: for a squeezed text.
        keys: words one of which is in every text that has the wording.
        slot: what is compared, `n`, `year` or `day`; empty where the wording is a statement by itself.
    """

    text: str
    pattern: re.Pattern[str]
    keys: tuple[str, ...]
    slot: str


class WordingError(ValueError):
    """A wording cannot be read: `code` of the fault and its facts."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def make_wording(
    text: str, words: Mapping[str, Sequence[str]], *, before: Sequence[str] = (), measures: Sequence[str] = ()
) -> Wording:
    """Read one wording.

    Args:
        text: the line of the definition.
        words: the lists that it may name.
        before: words that may stand before a number and say nothing: 共, 总数为.
        measures: those that may stand behind a number.

    Raises:
        WordingError: a list that there is not, a bracket that is not closed, two slots, nothing that is certain.

    >>> received = make_wording("收到{申请}{n}", {"申请": ["申请", "公开申请"]}, before=["共"], measures=["件"])
    >>> received.pattern.search("全年收到公开申请共16件")["n"], received.keys, received.slot
    ('16', ('收到',), 'n')
    """
    parts: list[str] = []
    certain: list[tuple[str, ...]] = []
    slot, depth = "", 0
    for name, mark, plain, stray in _TOKEN.findall(text):
        if plain:
            piece = squeeze(plain).text
            parts.append(re.escape(piece))
            certain += [(piece,)] if piece and not depth else []
        elif mark in ("[", "]"):
            depth += 1 if mark == "[" else -1
            parts.append("(?:" if mark == "[" else ")?")
            if depth not in (0, 1):
                raise WordingError("D-WORDING", wording=text)
        elif mark:
            parts.append(f"(?<![^{CLAUSE}、])" if mark == "^" else f"(?![^{CLAUSE}])")
        elif stray:
            raise WordingError("D-WORDING", wording=text)
        elif name in SLOTS:
            if slot:
                raise WordingError("D-WORDING", wording=text)
            slot = name
            parts.append(_number(before, measures) if name == "n" else _SLOT_PATTERNS[name])
        elif name in _SLOT_PATTERNS:
            parts.append(_SLOT_PATTERNS[name])
        elif name in words:
            items = tuple(squeeze(word).text for word in words[name])
            parts.append(one_of(items))
            certain += [items] if not depth else []
        else:
            raise WordingError("D-WORDS", wording=text, name=name, known="、".join(words))
    if depth or not certain:
        raise WordingError("D-WORDING", wording=text)
    #: The longest word is the rarest; of a list the shortest counts.
    keys = max(certain, key=lambda words: min(map(len, words)))
    keys = tuple(word for word in keys if not any(other in word for other in keys if other != word))
    return Wording(text, re.compile("".join(parts)), keys, slot)


def one_of(words: Sequence[str]) -> str:
    """Write a pattern for one of several words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def _number(before: Sequence[str], measures: Sequence[str]) -> str:
    linked = f"{one_of([squeeze(word).text for word in before])}{{0,3}}" if before else ""
    measure = one_of(measures) if measures else ""
    return f"{linked}(?P<n>{NUMBER}){measure}{_ROUGH}"
