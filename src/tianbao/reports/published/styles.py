"""The styles of a published report in Word, after GB/T 9704: what each part looks like unless the office says otherwise.

    Look ──▶ <w:style> of the default template
                └──▶ of an office's own template, where it lacks one

In:   the styles of a document.
Out:  the id of each style that a report needs, whatever the word processor has called it.
Knows nothing of reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from docx.oxml.ns import qn

from tianbao.reports.published.markup import Element, w

SONG, FANG_SONG, HEI, KAI = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
TITLE_FONT = "方正小标宋简体"

#: Points of the sizes of characters by their names in Chinese.
SIZE_2, SIZE_3, SIZE_4, SIZE_4_SMALL, SIZE_5, SIZE_5_SMALL = 22.0, 16.0, 14.0, 12.0, 10.5, 9.0

#: From one line to the next of running text, in points.
_LINE = 28.0


@dataclass(frozen=True, slots=True)
class Look:
    """A style.

    Attributes:
        id: in documents that we make.
        name: as it is shown; Word's own have English names in every file.
        size: in points; 0 for that of the paragraph.
        line: from line to line in points; 0 for as high as its characters.
        first: so many characters is the first line moved to the right.
        right: so many characters from the right margin.
        before: space above, in points; `after` below.
        outline: of a heading, from 0.
        together: it is kept with what follows.
        shade: a colour behind it.
        frame: the colour of a frame around it.
        colour: of its characters.
    """

    id: str
    name: str
    font: str = ""
    size: float = 0.0
    align: str = "both"
    line: float = 0.0
    first: int = 0
    right: int = 0
    before: float = 0.0
    after: float = 0.0
    outline: int | None = None
    together: bool = False
    shade: str = ""
    frame: str = ""
    colour: str = ""
    is_character: bool = False


NORMAL = Look("Normal", "Normal", FANG_SONG, SIZE_3)
TITLE = Look("Title", "Title", TITLE_FONT, SIZE_2, "center", 32, after=_LINE, together=True)
HEADING = Look("Heading1", "heading 1", HEI, SIZE_3, line=_LINE, first=2, outline=0, together=True)
FOOTER = Look("Footer", "footer", SONG, SIZE_4, "right", right=1)
BODY = Look("ReportBody", "报告正文", FANG_SONG, SIZE_3, line=_LINE, first=2)
SIGNATURE = Look("ReportSignature", "报告落款", FANG_SONG, SIZE_3, "right", _LINE, right=2)
CELL = Look("ReportCell", "报告表格", SONG, SIZE_5, "center")
CELL_GAP = Look("ReportGap", "报告表后", SONG, SIZE_5_SMALL, line=9)
NOTICE = Look(
    "ReportNotice", "报告提示", HEI, SIZE_4_SMALL, "left", 20, frame="C00000", shade="FDECEA", colour="C00000"
)
FIGURE_TITLE = Look("ReportFigureTitle", "报告图题", HEI, SIZE_4, "center", before=14, after=4, together=True)
FIGURE = Look("ReportFigure", "报告图", SONG, SIZE_5, "center", together=True)
FIGURE_NOTE = Look("ReportFigureNote", "报告图注", SONG, SIZE_5, "center", after=6)
REMARK = Look("ReportRemark", "报告附注", FANG_SONG, SIZE_4, line=24, first=2)
SUBHEADING = Look("ReportSubheading", "报告小标题", KAI, is_character=True)
DRAFT = Look("ReportDraft", "报告草稿", shade="FFE699", colour="7F6000", is_character=True)

LOOKS = (
    NORMAL, TITLE, HEADING, FOOTER, BODY, SIGNATURE, CELL, CELL_GAP, NOTICE,
    FIGURE_TITLE, FIGURE, FIGURE_NOTE, REMARK, SUBHEADING, DRAFT,
)  # fmt: skip

#: The size of characters, in points, where a document says none.
_UNSAID = 10.0

#: The style of the rules of tables.
GRID_ID, GRID_NAME = "ReportGrid", "报告框线"

#: The ids of the styles of a document, by their names.
Styles = Mapping[str, str]


def fonts(name: str) -> Element:
    """Name the font of all scripts: a word processor takes the one of the script that a character belongs to."""
    return w("rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def styles_element() -> Element:
    """Make all styles of the default template."""
    defaults = w(
        "docDefaults",
        w(
            "rPrDefault",
            w("rPr", fonts(FANG_SONG), w("sz", val=32), w("szCs", val=32), w("lang", val="zh-CN", eastAsia="zh-CN")),
        ),
        w("pPrDefault", w("pPr")),
    )
    return w("styles", defaults, *(_style(look) for look in LOOKS), _grid())


def ensure_styles(styles: Element) -> Styles:
    """Return the ids of the styles by their names, making those that are lacking."""
    known = dict(_named(styles))
    taken = {style.get(qn("w:styleId")) for style in styles.findall(qn("w:style"))}
    for name, make in _makers():
        if name.lower() not in known:
            style = make()
            id_ = style.get(qn("w:styleId"))
            while id_ in taken:
                id_ += "1"
            style.set(qn("w:styleId"), id_)
            styles.append(style)
            taken.add(id_)
            known[name.lower()] = id_
    return {name: known[name.lower()] for name, _ in _makers()}


def size_of(styles: Element, id_: str) -> float:
    """Return the size that a style gives its characters, in points: its own, or that of the style it is based on."""
    by_id = {style.get(qn("w:styleId")): style for style in styles.findall(qn("w:style"))}
    seen: set[str] = set()
    while id_ in by_id and id_ not in seen:
        seen.add(id_)
        own = _size(by_id[id_].find(qn("w:rPr")))
        if own is not None:
            return own
        based = by_id[id_].find(qn("w:basedOn"))
        id_ = "" if based is None else based.get(qn("w:val"))
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    return _size(defaults) or _UNSAID


def _size(properties: Element | None) -> float | None:
    size = properties.find(qn("w:sz")) if properties is not None else None
    return None if size is None else float(size.get(qn("w:val"))) / 2


def _makers() -> list[tuple[str, Callable[[], Element]]]:
    return [*((look.name, partial(_style, look)) for look in LOOKS), (GRID_NAME, _grid)]


def _named(styles: Element) -> Iterator[tuple[str, str]]:
    for style in styles.findall(qn("w:style")):
        name = style.find(qn("w:name"))
        if name is not None:
            yield name.get(qn("w:val"), "").lower(), style.get(qn("w:styleId"))


def _style(look: Look) -> Element:
    style = w(
        "style", w("name", val=look.name), type="character" if look.is_character else "paragraph", styleId=look.id
    )
    if look is NORMAL:
        style.set(qn("w:default"), "1")
    elif not look.is_character:
        style.append(w("basedOn", val=NORMAL.id))
    if look.outline is not None:
        style.append(w("next", val=BODY.id))
    style.append(w("qFormat"))
    if not look.is_character:
        style.append(w("pPr", *_paragraph_properties(look)))
    style.append(w("rPr", *_run_properties(look)))
    return style


def _paragraph_properties(look: Look) -> Iterator[Element]:
    """Yield them in the order that the schema asks for."""
    if look.together:
        yield w("keepNext")
        yield w("keepLines")
    if look.frame:
        sides = ("top", "left", "bottom", "right")
        yield w("pBdr", *(w(side, val="single", sz=8, space=4, color=look.frame) for side in sides))
    if look.shade:
        yield w("shd", val="clear", color="auto", fill=look.shade)
    spacing = {"before": round(look.before * 20), "after": round(look.after * 20)}
    if look.line:
        yield w("spacing", **spacing, line=round(look.line * 20), lineRule="exact")
    else:
        yield w("spacing", **spacing, line=240, lineRule="auto")
    yield w("ind", **_indent(look))
    yield w("jc", val=look.align)
    if look.outline is not None:
        yield w("outlineLvl", val=look.outline)


def _indent(look: Look) -> dict[str, int]:
    """Return indents in hundredths of a character, and in twips for programs that do not know these."""
    twips = round(look.size * 20)
    return {
        "firstLineChars": look.first * 100,
        "firstLine": look.first * twips,
        "rightChars": look.right * 100,
        "right": look.right * twips,
    }


def _run_properties(look: Look) -> Iterator[Element]:
    if look.font:
        yield fonts(look.font)
    if look.colour:
        yield w("color", val=look.colour)
    if look.size:
        yield w("sz", val=round(look.size * 2))
        yield w("szCs", val=round(look.size * 2))
    if look.shade and look.is_character:
        yield w("shd", val="clear", color="auto", fill=look.shade)
    if look is NORMAL:
        yield w("lang", val="zh-CN", eastAsia="zh-CN")


def _grid() -> Element:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = w("tblBorders", *(w(side, val="single", sz=4, space=0, color="000000") for side in sides))
    margins = w("tblCellMar", *(w(side, w=twips, type="dxa") for side, twips in (("left", 34), ("right", 34))))
    return w(
        "style", w("name", val=GRID_NAME), w("qFormat"), w("tblPr", borders, margins), type="table", styleId=GRID_ID
    )
