"""Whose report it is, of which year, and where its parts begin and end.

In:   the paragraphs of a document, and a form.
Out:  unit, year, texts by key, the date it was signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tianbao.documents.alike import UNNUMBERED, WITHIN, aligned, likeness
from tianbao.documents.blocks import Block, Paragraph
from tianbao.form.model import Form
from tianbao.form.printed import Part, make_parts
from tianbao.workbook.labels import plain

#: A heading and a name are no longer than this, and end with no full stop.
_LONGEST_HEADING, _LONGEST_NAME = 40, 30
_STOPS = ("。", "；", ";", "：", ":", "，", "！")
#: So much must a paragraph be like a heading.
_LIKE = 0.62
#: So many paragraphs may stand before the title.
_BEFORE_TITLE = 40

_NARROW = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=\s*年)")
_YEAR = re.compile(r"(?P<before>.*?)(?P<year>(?:19|20)[0-9]{2})\s*年\s*度?(?P<between>.*)", re.DOTALL)
_PERIOD = re.compile(r"((?:19|20)[0-9]{2})年1月1日")
_DATE = re.compile(r"(?:\(?盖章\)?)?((?:19|20)[0-9]{2})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日")
#: Who and when, in one line or only when; a date may be left open to be filled in.
_SIGNED = re.compile(
    r"(?P<by>.*?)\s*(?P<day>(?:\(?盖章\)?)?"
    r"(?:(?:19|20)[0-9]{2}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日|(?:[0-9]{4})?\s*年\s*[0-9]{0,2}\s*月\s*[0-9]{0,2}\s*日))"
)
_ABOUT = re.compile(r"^(?:关于)?[《“]?|(?:关于)?[《》“”的]*$")
#: A heading with the text of its part behind it in the same paragraph.
_RUN_IN = re.compile(r"(?P<heading>[一二三四五六七八九十]、[^：:。\s]{2,36})[：:。\s]\s*(?P<text>\S.*)", re.DOTALL)
#: What stands behind the report and is no part of it; what is only a draft.
APPENDIX, DRAFT = "附：", "〔草稿〕"


@dataclass(frozen=True)
class Recognised:
    """What a document says of itself.

    Attributes:
        name: of the unit; empty where it does not say.
        year: None where it does not say.
        said: the year of the statistical period in the opening paragraph, where it is another one.
        texts: by key, its paragraphs.
        signed_on: the date below.
        lacking: the names of parts whose heading was not found.
    """

    name: str
    year: int | None
    said: int | None = None
    texts: Mapping[str, Sequence[Paragraph]] = field(default_factory=dict)
    signed_on: Paragraph | None = None
    lacking: tuple[str, ...] = ()


def recognise(form: Form, blocks: Sequence[Block]) -> Recognised:
    """Say whose report a document is, and share its paragraphs out to the texts of a form."""
    title, name, year = _title(form, blocks)
    parts = [part for part in make_parts(form) if part.heading]
    blocks = [one for block in blocks for one in _without_run_in(parts, block)]
    at = _headings(parts, blocks, title)
    end, signed_on, signed_by = _signature(blocks, at, name)
    texts = dict(_texts(form, parts, blocks[:end], at, title))
    lead = next((text for key, text in texts.items() if key not in {s.key for s in form.sections}), [])
    said = next((int(found[1]) for one in lead if (found := _PERIOD.search(_arabic(one.text)))), None)
    lacking = tuple(part.heading for n, part in enumerate(parts) if n not in at)
    year = year or said
    return Recognised(name or signed_by, year, said if said != year else None, texts, signed_on, lacking)


def day_of(text: str) -> date | None:
    """Return the day that is written; None where it is none.

    >>> day_of("2023年12月25日"), day_of("二〇二三年十二月")
    (datetime.date(2023, 12, 25), None)
    """
    found = _DATE.fullmatch(_arabic(text).replace(" ", "").replace("\u3000", ""))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _arabic(text: str) -> str:
    """Write the digits of days and years as ours: 二〇二三年, ２０２３年."""
    narrow = text.translate(_NARROW)
    return _CHINESE_YEAR.sub(lambda found: found[0].translate(_CHINESE_DIGITS), narrow)


def without_appendix(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return what stands before the appendix that we put behind a report: its tables compare figures of two years."""
    for n, block in enumerate(blocks):
        if isinstance(block, Paragraph) and block.is_heading and block.text.startswith(APPENDIX):
            return blocks[:n]
    return blocks


# ── title ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _title(form: Form, blocks: Sequence[Block]) -> tuple[int, str, int | None]:
    """Find the title: where it stands (-1 for nowhere), the unit in it or above it, its year."""
    called = plain(form.title)
    above = ""
    for n, block in enumerate(blocks[:_BEFORE_TITLE]):
        if not isinstance(block, Paragraph) or not block.text:
            continue
        written = plain(block.text)
        if len(written) <= len(called) + 2 * _LONGEST_NAME and _names_form(written, called):
            name, year = _parts_of_title(block.text, form.title)
            if name or not above:
                return n, name, year
            return n, above, year
        above = block.text if _is_name(block.text) else ""
    return -1, "", None


def _names_form(written: str, called: str) -> bool:
    return called in written or likeness(written[-len(called) :], called) >= WITHIN


def _parts_of_title(text: str, title: str) -> tuple[str, int | None]:
    """Part a title into the unit's name and the year; the name stands before the year, or behind it."""
    found = _YEAR.fullmatch(_arabic(text).strip())
    if found is None:
        return _name(text.replace(title, "")), None
    between = found["between"]
    for ending in (title, title.removeprefix("政府")):
        between = between.split(ending)[0]
    #: What is left of a title that is written otherwise is no name.
    behind = _name(between) if between != found["between"] else ""
    return _name(found["before"]) or behind, int(found["year"])


def _name(text: str) -> str:
    return _ABOUT.sub("", text.strip()).strip(" \u3000\n")


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and not text.endswith(_STOPS) and not _DATE.search(text)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _headings(parts: Sequence[Part], blocks: Sequence[Block], title: int) -> dict[int, int]:
    """Find where each part's heading stands: by what it says, in their order; where headings are styled, only there."""
    places = [
        n
        for n, block in enumerate(blocks)
        if n > title and isinstance(block, Paragraph) and len(block.text) <= _LONGEST_HEADING and block.text
        and not block.text.endswith(_STOPS)
    ]  # fmt: skip
    styled = [n for n in places if isinstance(one := blocks[n], Paragraph) and one.is_heading]
    for among in (styled, places):
        #: From the end, so that of a heading that stands twice the last is taken: the first is in a table of contents.
        backwards = aligned(parts[::-1], among[::-1], lambda part, n: _like_heading(part.heading, blocks[n]))
        if 2 * len(backwards) >= len(parts) or among is places:
            return {len(parts) - 1 - part: among[len(among) - 1 - n] for part, n in backwards}
    return {}


def _without_run_in(parts: Sequence[Part], block: Block) -> Iterator[Block]:
    """Part a paragraph that begins with a heading into the two."""
    found = _RUN_IN.fullmatch(block.text) if isinstance(block, Paragraph) and not block.is_heading else None
    if not isinstance(block, Paragraph) or found is None:
        yield block
    elif any(likeness(part.heading, found["heading"]) >= UNNUMBERED for part in parts):
        yield Paragraph(found["heading"], block.place)
        yield Paragraph(found["text"], block.place)
    else:
        yield block


def _like_heading(heading: str, block: Block) -> float:
    assert isinstance(block, Paragraph)
    found = likeness(heading, block.text)
    if found >= UNNUMBERED:
        return 1.0
    #: What stands under one numeral may be shortened or reworded further.
    same_numeral = heading[:2] == block.text[:2] and heading[1:2] == "、"
    if same_numeral and _shares(heading, block.text):
        return max(found, _LIKE)
    return found if found >= _LIKE else 0.0


def _shares(heading: str, text: str) -> bool:
    letters = set(plain(heading[2:]))
    return len(letters & set(plain(text[2:]))) >= len(letters) * 0.6


def _signature(blocks: Sequence[Block], at: Mapping[int, int], name: str) -> tuple[int, Paragraph | None, str]:
    """Find who has signed and when: the last date that stands by itself; return where the report ends before the two.

    What stands below, such as the foot of a portal's page, is no part of the report.
    """
    last_heading = max(at.values(), default=-1)
    written = [n for n, block in enumerate(blocks) if isinstance(block, Paragraph) and block.text and n > last_heading]
    for place in range(len(written) - 1, -1, -1):
        line = blocks[written[place]]
        assert isinstance(line, Paragraph)
        by, day = _by_and_day(line.text)
        if day is None or (by and not _has_signed(by, name, 0)):
            continue
        above = blocks[written[place - 1]] if place and not by else None
        is_last = place == len(written) - 1
        signer = above.text if isinstance(above, Paragraph) and _has_signed(above.text, name, place) else ""
        if not (by or signer or is_last):
            continue
        signed_on = Paragraph(day, line.place) if day_of(day) else None
        return written[place - 1 if signer else place], signed_on, by or signer
    last = blocks[written[-1]] if written else None
    if isinstance(last, Paragraph) and name and name in last.text and _is_name(last.text):
        return written[-1], None, last.text
    return len(blocks), None, ""


def _by_and_day(text: str) -> tuple[str, str | None]:
    """Part the line of a signature into who and when; None where it ends with no date, or with one left open."""
    found = _SIGNED.fullmatch(_arabic(text).strip())
    return (found["by"].strip(" \u3000\t"), found["day"]) if found else ("", None)


def _has_signed(text: str, name: str, above: int) -> bool:
    """Whether the line above a date is a signature: it names the unit, or is short and not all there is of the part."""
    if not _is_name(text):
        return False
    return bool(name and (name in text or text in name)) or above > 1


def _texts(
    form: Form, parts: Sequence[Part], blocks: Sequence[Block], at: Mapping[int, int], title: int
) -> Iterator[tuple[str, list[Paragraph]]]:
    """Share the paragraphs out: what stands below a heading is that part's, what stands above all of them the opening."""
    begins = sorted((place, n) for n, place in at.items())
    ends = [place for place, _ in begins[1:]] + [len(blocks)]
    for (place, n), end in zip(begins, ends, strict=True):
        text = parts[n].text
        if text is not None:
            yield text.key, list(_written(blocks[place + 1 : end]))
    sections = {section.key for section in form.sections}
    opening = [text for text in form.texts if text.key not in sections]
    if opening:
        first = begins[0][0] if begins else len(blocks)
        yield opening[0].key, list(_written(blocks[title + 1 : first]))


def _written(blocks: Sequence[Block]) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph) and block.text and not block.text.startswith(DRAFT):
            yield block
