"""The manual page of all codes: what a forge shows beside the catalogues, in Chinese with the English below.

    entries of both languages ──write_manual──▶ Markdown

In:   nothing; the catalogues and the bundled forms are all that it is made of.
Out:  one page: how to find a sentence, what the signs mean, a table of contents, then every code with its example.
Knows nothing of where the page is put.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tianbao import messages
from tianbao.messages import LANGUAGES, Language
from tianbao.reports.codes import Entry, entries

_TIPS = ("code", "words", "command", "place", "forward")
_SIGNS = ("refused", "error", "query", "note", "stopped", "fine")
_LEGEND = ("input", "computed", "prior", "error", "query")
#: What Markdown would take for marks of its own.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "*<`"})

#: One code in each language, Chinese first.
_Both = tuple[Entry, ...]


def write_manual() -> str:
    """Write the page."""
    every: Sequence[_Both] = tuple(zip(*(entries(lang) for lang in LANGUAGES), strict=True))
    groups = [(group.value, list(codes)) for group, codes in groupby(every, lambda both: both[0].group)]
    lines = [*_head(), *_contents(groups)]
    for group, codes in groups:
        lines += [f"## {_zh(f'codes.{group}')}", "", messages.hint(f"codes.{group}", "zh"), ""]
        lines += [f"**{messages.say(f'codes.{group}', 'en')}.** {messages.hint(f'codes.{group}', 'en')}", ""]
        for code, variants in groupby(codes, lambda both: both[0].code):
            lines += [f"### {code}", ""]
            for both in variants:
                for entry in both:
                    lines += _entry(entry)
    return "\n".join(lines).rstrip("\n") + "\n"


def _zh(code: str) -> str:
    return messages.say(code, "zh")


def _head() -> Iterator[str]:
    """Write what the page is, how to find a sentence, and what signs and colours mean."""
    yield from (f"# {_zh('manual.title')}", "")
    yield from (line for lang in LANGUAGES for line in (messages.say("manual.about", lang), ""))
    yield from (f"## {_zh('manual.search')}", "")
    for tip in _TIPS:
        yield from (f"- {_zh(f'manual.search.{tip}')}  ", f"  {messages.say(f'manual.search.{tip}', 'en')}")
    yield from ("", f"## {_zh('manual.signs')}", "")
    for lang in LANGUAGES:
        heads = messages.say("manual.sign.heads", lang)
        yield from (_row(heads), _row("|".join(["---"] * len(heads.split("|")))))
        yield from (_row(messages.say(f"manual.sign.{sign}", lang)) for sign in _SIGNS)
        legend = {name: messages.say(f"legend.{name}", lang) for name in _LEGEND}
        yield from ("", *(f"- {line}" for line in messages.say("manual.colours", lang, **legend).split("|")), "")


def _row(cells: str) -> str:
    return f"| {cells.replace('|', ' | ')} |"


def _contents(groups: Iterable[tuple[str, Sequence[_Both]]]) -> Iterator[str]:
    """Write the table of contents: each group, and below it a link to each of its codes."""
    yield from (f"## {_zh('manual.contents')}", "")
    for group, codes in groups:
        names = list(dict.fromkeys(chinese.code for chinese, *_ in codes))
        title = _zh(f"codes.{group}")
        yield f"- **[{title}](#{title})** · {messages.say(f'codes.{group}', 'en')} ({len(names)})  "
        yield "  " + " · ".join(f"[{name}](#{name.lower()})" for name in names)
    yield ""


def _entry(entry: Entry) -> Iterator[str]:
    """Write one code in one language: how grave it is, when it comes, and what it looks like."""
    lang = entry.lang
    for n, example in enumerate(entry.examples()):
        parts = [f"**{severities_in_words(example.severities, lang)}**"]
        if n == 0:
            parts += [part for part in (plain(entry.cause or entry.sentence), _where(entry)) if part]
        yield from (" ".join(parts), "")
        yield from (f"> {plain(example.sentence)}", ">", f"> → {plain(example.way_out)}", "")


def _where(entry: Entry) -> str:
    """Say of a check which forms have it, and where it is written."""
    if not entry.forms:
        return ""
    parts = [messages.say("manual.forms", entry.lang, forms=" ".join(entry.forms))]
    if "source" in entry.facts:
        parts.append(messages.say("manual.source", entry.lang, source=entry.facts["source"]))
    return f"（{'；'.join(parts)}）" if entry.lang == "zh" else f"({'; '.join(parts)})"


def severities_in_words(severities: Sequence[str], lang: Language) -> str:
    """Say how grave something is, or may be.

    >>> severities_in_words(("query", "note"), "en")
    '△ please confirm / ○ note'
    """
    return " / ".join(messages.say(f"cli.severity.{severity}", lang) for severity in severities)


def plain(text: str) -> str:
    r"""Write a text so that Markdown shows it as it is.

    >>> print(plain("a * b < c"))
    a \* b \< c
    """
    return text.translate(_MARKS)
