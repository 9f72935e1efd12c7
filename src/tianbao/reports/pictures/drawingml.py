"""A drawing as a group of shapes in a Word file: vectors with real text, which can be edited and searched.

In:   a drawing.
Out:  the element that stands in a run; programs that know no groups of shapes show its description as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from tianbao.reports.pictures.drawing import Anchor, Band, Bar, Drawing, Label, Shape

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: Word measures in this part of a point.
_EMU = 12_700
#: A text box is as high as this many times its letters, and its base line lies at this part of them from the top.
_LINE, _BASE = 1.5, 1.12
#: As wide as the longest text may be: a box that is too narrow would break it.
_BOX = 400.0

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_JUSTIFIED = {Anchor.START: "left", Anchor.MIDDLE: "center", Anchor.END: "right"}


def draw_inline(drawing: Drawing, *, number: int, width: float) -> Element:
    """Write a drawing as the content of a run.

    Args:
        drawing: the picture.
        number: of the picture in its document, from 1: its id.
        width: in points, to which it is brought.
    """
    scale = width / drawing.width
    size = f'cx="{_emu(width)}" cy="{_emu(drawing.height * scale)}"'
    inner = f'cx="{_emu(drawing.width)}" cy="{_emu(drawing.height)}"'
    shapes = "".join(_shape(shape, n, drawing, scale) for n, shape in enumerate(drawing.shapes, start=1))
    xml = (
        f"<mc:AlternateContent {_NAMESPACES}>"
        f'<mc:Choice Requires="wpg"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{number}" name={quoteattr(drawing.title)} descr={quoteattr(drawing.description)}/>'
        "<wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/><a:chOff x="0" y="0"/><a:chExt {inner}/></a:xfrm></wpg:grpSpPr>'
        f"{shapes}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:t>{escape(drawing.description)}</w:t></mc:Fallback></mc:AlternateContent>"
    )
    return etree.fromstring(xml)


def _shape(shape: Shape, number: int, drawing: Drawing, scale: float) -> str:
    match shape:
        case Bar(x, y, width, height, tone):
            geometry = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            return _framed(number, (x, y, width, height), f"{geometry}{_fill(tone.value)}")
        case Band():
            top = min(shape.y, shape.to_y)
            frame = (shape.x, top, shape.to_x - shape.x, abs(shape.to_y - shape.y) + shape.width)
            return _framed(number, frame, f"{_geometry(shape, top)}{_fill(shape.tone.value)}")
        case Label():
            return _text(shape, number, drawing, scale)


def _framed(number: int, frame: tuple[float, float, float, float], looks: str, text: str = "") -> str:
    x, y, width, height = map(_emu, frame)
    kind = '<wps:cNvSpPr txBox="1"/>' if text else "<wps:cNvSpPr/>"
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name="{number}"/>{kind}<wps:spPr><a:xfrm><a:off x="{x}" y="{y}"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm>{looks}<a:ln><a:noFill/></a:ln></wps:spPr>{text or "<wps:bodyPr/>"}'
        "</wps:wsp>"
    )


def _fill(tone: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{tone}"/></a:solidFill>'


def _geometry(band: Band, top: float) -> str:
    """Write the outline of a band within its own frame."""
    wide, middle = _emu(band.to_x - band.x), _emu((band.to_x - band.x) / 2)
    start, end, width = _emu(band.y - top), _emu(band.to_y - top), _emu(band.width)
    high = max(start, end) + width

    def point(x: int, y: int) -> str:
        return f'<a:pt x="{x}" y="{y}"/>'

    def curve(*points: str) -> str:
        return f"<a:cubicBezTo>{''.join(points)}</a:cubicBezTo>"

    return (
        f'<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{wide}" h="{high}"><a:moveTo>{point(0, start)}</a:moveTo>'
        f"{curve(point(middle, start), point(middle, end), point(wide, end))}"
        f"<a:lnTo>{point(wide, end + width)}</a:lnTo>"
        f"{curve(point(middle, end + width), point(middle, start + width), point(0, start + width))}"
        "<a:close/></a:path></a:pathLst></a:custGeom>"
    )


def _text(label: Label, number: int, drawing: Drawing, scale: float) -> str:
    """Write a text in a box of its own that has no border, no filling and no margins."""
    left = {Anchor.START: label.x, Anchor.MIDDLE: label.x - _BOX / 2, Anchor.END: label.x - _BOX}[label.anchor]
    right = min(left + _BOX, drawing.width) if label.anchor is Anchor.START else left + _BOX
    left = max(left, 0.0) if label.anchor is Anchor.END else left
    if label.anchor is Anchor.MIDDLE:
        reach = min(label.x, drawing.width - label.x, _BOX / 2)
        left, right = label.x - reach, label.x + reach
    frame = (left, label.y - label.size * _BASE, right - left, label.size * _LINE)
    #: A group brings its shapes to its own size, and leaves letters as they are.
    half_points = round(label.size * 2 * scale)
    bold = "<w:b/>" if label.bold else ""
    run = (
        f'<w:rPr><w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体" w:cs="黑体"/>{bold}'
        f'<w:color w:val="{label.tone.value}"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    )
    paragraph = (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>'
        f'<w:jc w:val="{_JUSTIFIED[label.anchor]}"/></w:pPr><w:r>{run}<w:t xml:space="preserve">{escape(label.text)}</w:t>'
        "</w:r></w:p>"
    )
    body = '<wps:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></wps:bodyPr>'
    looks = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
    return _framed(number, frame, looks, f"<wps:txbx><w:txbxContent>{paragraph}</w:txbxContent></wps:txbx>{body}")


def _emu(points: float) -> int:
    return round(points * _EMU)
