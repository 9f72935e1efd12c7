"""What is known of a code besides its sentence: when it comes, how grave it is, an example with every fact filled in.

    zh/<room>.toml, en/<room>.toml (the sentences) + explain/<room>.toml ──explained──▶ Explained

Read only where somebody asks: `tianbao explain` and the manual. Whoever says a sentence does not wait for it.

An entry of `explain/<room>.toml` is a table: `severity` (a list, the gravest first), `zh` and `en` (when the code comes),
`example` (the facts of one case); where they are others in English, `example_en`, and where the sentence is a note only,
`example_note`. A test holds that every code which the source can raise has all of it, and that no entry is of no use.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from tianbao import messages
from tianbao.messages import LANGUAGES, Language

#: How grave a message is, the gravest first: nothing was done, a file was not read, and the severities of a finding.
SEVERITIES = ("stopped", "refused", "error", "query", "note")

_CODE = re.compile(r"[A-Z]+[0-9]*-[A-Z0-9-]+")

Facts = Mapping[str, object]


class Sample(NamedTuple):
    """A sentence as somebody would read it, and what to do about it.

    Attributes:
        severities: the graveness it is told with.
    """

    severities: tuple[str, ...]
    sentence: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What is known of a code.

    Attributes:
        severities: how grave it may be, the gravest first.
        when: when it comes, by language.
        example: the facts of a case, by language.
        example_note: those of a case in which it is a note only; None where the way out is the same.
    """

    code: str
    severities: tuple[str, ...]
    when: Mapping[Language, str]
    example: Mapping[Language, Facts]
    example_note: Mapping[Language, Facts] | None

    def samples(self, lang: Language) -> tuple[Sample, ...]:
        """Write the sentence with the facts of the example; a second time where a note of it has another way out."""

        def sample(severities: tuple[str, ...], facts: Facts, *, is_note: bool) -> Sample:
            way_out = messages.hint_note if is_note else messages.hint
            sentence = messages.say(spoken(self.code), lang, **facts, fix="").strip()
            return Sample(severities, sentence, way_out(self.code, lang, **facts))

        if self.example_note is None:
            return (sample(self.severities, self.example[lang], is_note=False),)
        graver = tuple(severity for severity in self.severities if severity != "note")
        return (
            sample(graver, self.example[lang], is_note=False),
            sample(("note",), self.example_note[lang], is_note=True),
        )


def spoken(code: str) -> str:
    """Return the entry of the catalogues whose sentence is said of a code.

    What reports have in common is a finding of a rule: the rule stands under the code, as a form's would, and the
    sentence, which ends with the way out (`fix`), under a name of its own.

    >>> spoken("A-01"), spoken("A-03")
    ('check.A-01', 'A-03')
    """
    own = f"check.{code}"
    return own if own in messages.catalogue("zh") else code


def is_code(name: str) -> bool:
    """Tell the code of a message from the name of a word of ours.

    >>> is_code("F-PDF"), is_code("T3-01"), is_code("cli.usage"), is_code("C-01.rule")
    (True, True, False, False)
    """
    return _CODE.fullmatch(name) is not None


@cache
def explained() -> Mapping[str, Explained]:
    """Read what is known of every code."""
    entries: dict[str, Explained] = {}
    for path in sorted((Path(__file__).parent / "explain").glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{path}: code {code} stands twice")
            entries[code] = Explained(
                code=code,
                severities=tuple(entry["severity"]),
                when={lang: entry[lang] for lang in LANGUAGES},
                example=_by_language(entry, "example"),
                example_note=_by_language(entry, "example_note") if "example_note" in entry else None,
            )
    return entries


def pattern(code: str, part: str, lang: Language) -> str:
    """Write a part of the catalogue's entry with dots in the place of its facts; empty where there is no such part.

    >>> pattern("F-PDF", "text", "en")
    'This is a PDF ("…"), not a spreadsheet.'
    """
    template = messages.catalogue(lang)[code].get(part, "")
    return "".join(literal + ("…" if fact is not None else "") for literal, fact, _, _ in Formatter().parse(template))


def _by_language(entry: Mapping[str, Facts], part: str) -> dict[Language, Facts]:
    """Return the facts of an example; those that are words of a language are put in their place."""
    return {lang: {**entry[part], **entry.get(f"{part}_{lang}", {})} for lang in LANGUAGES}
