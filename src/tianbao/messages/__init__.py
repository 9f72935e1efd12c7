"""Every sentence a person reads, by its code, in Chinese and in English.

    code + facts ──say──▶ a sentence        code ──hint──▶ the way out

In:   a code (`F-PDF`, or `cli.read.done` for words that are not findings) and the facts of the case.
Out:  text in one language: the one asked for, else the one in use, else Chinese.
Knows nothing of forms or files. The catalogues are `zh/<room>.toml` and `en/<room>.toml` beside this file.

A catalogue entry is a table: `text` (the sentence, with `{facts}` in braces) and, for every code, `hint` (what to do, or
why nothing need be done); `hint_note` stands in its place where the sentence is a note and the same sentence may also be
graver. Both languages hold the same codes and the same facts; a test compares them. When a code comes, how grave it is and
an example of it are in `explain/<room>.toml`, which only `explained` reads.
"""

from __future__ import annotations

import locale
import os
import sys
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_in_use: ContextVar[Language | None] = ContextVar("language", default=None)


def language() -> Language:
    """Return the language in use: set by `use_language`, else `TIANBAO_LANG`, else the locale (zh* → zh, else en)."""
    chosen = _in_use.get()
    if chosen:
        return chosen
    named = (os.environ.get(name) for name in ("TIANBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next(filter(None, named), "") or _of_the_system()
    #: A bare machine ("C", "POSIX") says nothing of its user, and the users of this tool read Chinese.
    if wanted.split(".")[0] in ("", "C", "POSIX"):
        return "zh"
    return "zh" if wanted.lower().startswith(("zh", "chinese")) else "en"


def _of_the_system() -> str:
    """Return Windows' own language; elsewhere Python makes one up where the environment names none."""
    return (locale.getlocale()[0] or "") if sys.platform == "win32" else ""


def use_language(wanted: Language | None) -> None:
    """Use this language from now on in this context; None returns to the environment's."""
    _in_use.set(wanted)


@cache
def catalogue(lang: Language) -> Mapping[str, Mapping[str, str]]:
    """Read all catalogues of one language: code → its entry."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted((Path(__file__).parent / lang).glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{path}: code {code} stands twice")
            entries[code] = entry
    return entries


def say(code: str, /, lang: Language | None = None, **facts: object) -> str:
    """Write the sentence of a code.

    Raises:
        KeyError: the code or a fact is missing: a mistake of ours, never of the data.
    """
    return catalogue(lang or language())[code]["text"].format_map(facts)


def hint(code: str, /, lang: Language | None = None, **facts: object) -> str:
    """Write what to do about a code; empty where it is no message but a word of ours."""
    return catalogue(lang or language())[code].get("hint", "").format_map(facts)


def hint_note(code: str, /, lang: Language | None = None, **facts: object) -> str:
    """Write what to do about a code that is told as a note only."""
    entry = catalogue(lang or language())[code]
    return entry.get("hint_note", entry.get("hint", "")).format_map(facts)
