"""What the office writes to a unit: templates that it may change with Notepad, filled in with the facts of the case.

    templates/mail/zh/reminder.txt ─┐
    the office's own 催报.txt ───────┴─ + facts ──write_letter──▶ subject and text

In:   the purpose of a letter, and its facts as they are to be read; "" is a fact of which there is nothing to say.
Out:  a letter; or every fault of the office's own template at once.
Knows nothing of mails: their form, their attachments and the code in the subject are `compose`'s.

A template is a text: `主题：` (or `Subject:`) and the subject, a blank line, the letter. `{unit}` is the unit's name. A line
of which a fact has nothing to say is left out, and so are the brackets around one in the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from tianbao import messages
from tianbao.assets import templates_folder
from tianbao.errors import TianbaoError
from tianbao.mail.compose import one_line
from tianbao.messages import LANGUAGES, Language


class Purpose(StrEnum):
    """What a letter is for; CHECK is the one to oneself that shows that mail works."""

    ISSUE = "issue"
    REMINDER = "reminder"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    CHECK = "check"


_OF_A_CAMPAIGN = ("year", "form", "issuer", "county", "contact", "file")
_OF_A_UNIT = ("unit", "code", "due", "late", *_OF_A_CAMPAIGN)
_OF_A_PURPOSE: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.ISSUE: _OF_A_UNIT,
    Purpose.REMINDER: (*_OF_A_UNIT, "owes", "overdue"),
    Purpose.CORRECTION: (*_OF_A_UNIT, "turn", "errors", "queries", "mend"),
    Purpose.RECEIPT: (*_OF_A_UNIT, "received", "total", "digest"),
    Purpose.CHECK: (*_OF_A_CAMPAIGN, "address"),
}

#: The facts of every purpose that a template may name: `meanings` says what each is.
FACTS: Mapping[Purpose, frozenset[str]] = MappingProxyType(
    {purpose: frozenset(names) for purpose, names in _OF_A_PURPOSE.items()}
)

#: How the office's own copies are called.
OWN_NAMES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.ISSUE: "下发.txt",
        Purpose.REMINDER: "催报.txt",
        Purpose.CORRECTION: "退回.txt",
        Purpose.RECEIPT: "回执.txt",
        Purpose.CHECK: "测试.txt",
    }
)

#: A letter of this many bytes is a book that was saved under the wrong name.
_MOST_BYTES = 65_536
#: So much of a line is enough to find it by.
_SHOWN = 30

_SUBJECT = re.compile(r"\s*(?:主题|主旨|题目|subject)\s*[:：]\s*(.*?)\s*", re.IGNORECASE)
#: An input method in Chinese types the full-width braces: nobody wants these in a letter for their own sake.
_PLACEHOLDER = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_BRACE = re.compile(r"[{}｛｝]")
_BRACKETED = re.compile(r"（[^（）]*）|\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")

Fault = tuple[str, Mapping[str, object]]


class LetterError(TianbaoError):
    """The office's own template cannot be used. `faults` holds every reason: a code and its facts."""

    code: ClassVar[str] = "U-LETTER"

    def __init__(self, file: str, purpose: Purpose, faults: Sequence[Fault]) -> None:
        super().__init__(file=file, count=len(faults))
        self.purpose = purpose
        self.faults = tuple(faults)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [
            f"  × {code}  {messages.say(code, lang, **facts)} {messages.hint(code, lang, **facts)}"
            for code, facts in self.faults
        ]
        return "\n".join([super().message(lang), *lines])

    def way_out(self, lang: Language | None = None) -> str:
        """Write what to do, and once for all faults what a template of this purpose may name."""
        known = (f"{{{name}}} {meaning}" for name, meaning in meanings(self.purpose, lang).items())
        return messages.hint(self.code, lang, **self.params, known=messages.say("letters.and", lang).join(known))


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it will be read; the subject is one line."""

    subject: str
    text: str


class _Line(NamedTuple):
    number: int
    text: str


class _Template(NamedTuple):
    subject: str
    body: tuple[_Line, ...]


def write_letter(
    purpose: Purpose, facts: Mapping[str, str], *, own: Path | None = None, lang: Language = "zh"
) -> Letter:
    """Write a letter.

    Args:
        purpose: whose template is taken.
        facts: those of `FACTS`, as they are to be read; what is missing is nothing to say. They are never read as a
            template again.
        own: the folder of the office's own templates (`OWN_NAMES`); one that is there counts before the bundled one.
        lang: the language of the bundled template.

    Raises:
        LetterError: there are faults in the office's own template.
        KeyError: the purpose has no such fact: a mistake of the caller.
    """
    if unknown := facts.keys() - FACTS[purpose]:
        raise KeyError(*sorted(unknown))
    known = {name: _line_ends(facts.get(name, "")).strip("\n") for name in FACTS[purpose]}
    path = own / OWN_NAMES[purpose] if own else None
    template = _own(path, purpose) if path and path.exists() else _parsed(template_of(purpose, lang), purpose, purpose)
    return Letter(_subject(template.subject, known), "\n".join(_body(template.body, known)) + "\n")


def template_of(purpose: Purpose, lang: Language) -> str:
    """Return the bundled template, as the office may copy and change it."""
    path = templates_folder() / "mail" / lang / f"{purpose}.txt"
    return _line_ends(path.read_text(encoding="utf-8"))


def meanings(purpose: Purpose, lang: Language | None = None) -> Mapping[str, str]:
    """Say what each fact is that a template of a purpose may name, in the order in which one thinks of them."""
    return {name: messages.say(f"letters.fact.{name}", lang) for name in _OF_A_PURPOSE[purpose]}


# ── reading a template ───────────────────────────────────────────────────────────────────────────────────────────────


def _own(path: Path, purpose: Purpose) -> _Template:
    """Read the office's own template as Notepad saves it: UTF-8 with a mark or without, "ANSI", or "Unicode"."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise LetterError(path.name, purpose, [("U-LETTER-READ", {"problem": error.strerror or str(error)})]) from error
    if len(data) > _MOST_BYTES:
        raise LetterError(path.name, purpose, [("U-LETTER-LONG", {"most": _MOST_BYTES // 1024})])
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return _parsed(_line_ends(text), purpose, path.name)
    raise LetterError(path.name, purpose, [("U-LETTER-ENCODING", {})])


def _parsed(text: str, purpose: Purpose, file: str) -> _Template:
    """Take a template apart.

    Raises:
        LetterError: there are faults in it.
    """
    lines = [_Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    written = [line for line in lines if line.text.strip()]
    first = written[0] if written else _Line(1, "")
    subject = _SUBJECT.fullmatch(first.text)
    body = tuple(line for line in lines if line.number > first.number)
    faults = list(_shape_faults(first, subject, written))
    faults += (fault for line in written for fault in _line_faults(line, purpose))
    if faults or not subject:
        raise LetterError(file, purpose, faults)
    return _Template(subject.group(1), body)


def _shape_faults(first: _Line, subject: re.Match[str] | None, written: Sequence[_Line]) -> Iterator[Fault]:
    if written and not subject:
        yield "U-LETTER-SUBJECT", {"line": first.number, "said": _shortened(first.text)}
    if subject and not subject.group(1):
        yield "U-LETTER-NO-SUBJECT", {"line": first.number}
    if len(written) <= bool(subject):
        yield "U-LETTER-EMPTY", {}


def _line_faults(line: _Line, purpose: Purpose) -> Iterator[Fault]:
    for found in _PLACEHOLDER.finditer(line.text):
        if (name := _name(found)) not in FACTS[purpose]:
            near = f"{{{_nearest(name, purpose)}}}"
            yield "U-LETTER-NAME", {"line": line.number, "name": _shortened(found.group()), "near": near}
    if alone := _BRACE.search(_PLACEHOLDER.sub("", line.text)):
        yield "U-LETTER-BRACE", {"line": line.number, "brace": alone.group(), "said": _shortened(line.text)}


def _nearest(word: str, purpose: Purpose) -> str:
    """Return the name that looks most like what was written, or whose meaning does in some language."""
    import difflib

    def likeness(name: str) -> float:
        known = (name, *(meanings(purpose, lang)[name] for lang in LANGUAGES))
        return max(difflib.SequenceMatcher(None, word, one).ratio() for one in known)

    return max(meanings(purpose, "zh"), key=likeness)


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


# ── filling it in ────────────────────────────────────────────────────────────────────────────────────────────────────


def _subject(template: str, facts: Mapping[str, str]) -> str:
    """Fill in the subject. It cannot be left out: brackets go with what there is nothing to say of."""
    spoken = _BRACKETED.sub(lambda found: found.group() if _can_be_said(found.group(), facts) else "", template)
    return one_line(_PLACEHOLDER.sub(partial(_fact, facts), spoken))


def _body(template: Sequence[_Line], facts: Mapping[str, str]) -> Sequence[str]:
    """Fill in the letter; of the blank lines around one that is left out, one remains."""
    lines: list[str] = []
    is_gap = True
    for _, text in template:
        is_blank = not text.strip()
        if not _can_be_said(text, facts):
            is_gap = not lines or not lines[-1].strip()
        elif not (is_blank and is_gap):
            lines.append(_filled(text, facts).rstrip())
            is_gap = False
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _filled(line: str, facts: Mapping[str, str]) -> str:
    """Fill in a line; what has several lines stands in all of them as far in as in the first."""
    indent = line[: len(line) - len(line.lstrip())]
    return _PLACEHOLDER.sub(lambda found: _fact(facts, found).replace("\n", f"\n{indent}"), line)


def _can_be_said(text: str, facts: Mapping[str, str]) -> bool:
    return all(_fact(facts, found).strip() for found in _PLACEHOLDER.finditer(text))


def _fact(facts: Mapping[str, str], found: re.Match[str]) -> str:
    return facts[_name(found)]


def _name(found: re.Match[str]) -> str:
    return found.group(1).strip().lower()
