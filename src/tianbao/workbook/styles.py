"""How things look, by name; the same in every workbook we make.

Pale yellow is typed, grey is computed, white is printed, pale blue is last year's. Nothing is told by colour alone:
a wrong cell also shows a sign before its number, and every sheet has a legend in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

_Properties = dict[str, str | int | float | bool]

_BODY = "宋体"
_HEADING = "黑体"

INPUT = "#FFF8D6"
COMPUTED = "#EBEBEB"
PRIOR = "#E1EEF9"
_RED = "#C00000"
_ORANGE = "#B45F06"
_GREEN = "#2E7D32"
_LINE = "#7F7F7F"

_BASE: _Properties = {"font_name": _BODY, "font_size": 10, "valign": "vcenter"}
_BOX: _Properties = {**_BASE, "border": 1, "border_color": _LINE, "text_wrap": True}

_COUNT = "#,##0;-#,##0;0"


def _number(digits: int) -> str:
    #: `0.######` shows what was typed and nothing more, but leaves a bare point behind a whole number in some programs.
    return "#,##0" + ("." + "0" * min(digits, 2) + "#" * (digits - 2) if digits else "")


_STYLES: dict[str, _Properties] = {
    "hidden": {**_BASE, "font_color": "#FFFFFF", "font_size": 8},
    "plain": {**_BASE, "text_wrap": True},
    "small": {**_BASE, "font_size": 9, "font_color": "#595959", "text_wrap": True},
    "title": {**_BASE, "font_name": _HEADING, "font_size": 16, "align": "center"},
    "heading": {**_BASE, "font_name": _HEADING, "font_size": 12},
    "unit line": {**_BASE, "font_size": 10, "bottom": 2, "bottom_color": _LINE},
    "strip": {**_BASE, "bold": True, "font_color": "#1F4E79", "bg_color": "#F2F2F2", "underline": 1},
    "strip plain": {**_BASE, "bold": True, "font_color": "#1F4E79", "bg_color": "#F2F2F2"},
    "link": {**_BASE, "font_color": "#1F4E79", "underline": 1},
    "link box": {**_BOX, "font_color": "#1F4E79", "underline": 1},
    "block title": {**_BOX, "font_name": _HEADING, "align": "center"},
    "corner": {**_BOX, "align": "center"},
    "head": {**_BOX, "align": "center"},
    "row label": {**_BOX, "align": "left"},
    "row label tall": {**_BOX, "align": "center"},
    "prior label": {**_BOX, "bg_color": PRIOR, "font_size": 9},
    "signature": {**_BASE, "font_size": 10},
    "label": {**_BOX, "align": "left"},
    "fixed": {**_BOX, "bg_color": COMPUTED, "align": "left"},
    "note": {**_BOX, "font_size": 9, "font_color": "#595959"},
    "legend input": {**_BOX, "bg_color": INPUT, "font_size": 9, "align": "center"},
    "legend computed": {**_BOX, "bg_color": COMPUTED, "font_size": 9, "align": "center"},
    "legend prior": {**_BOX, "bg_color": PRIOR, "font_size": 9, "align": "center"},
    "legend": {**_BASE, "font_size": 9},
    "paragraph": {**_BOX, "bg_color": INPUT, "align": "left", "valign": "top", "locked": False, "indent": 1},
    "text cell": {**_BOX, "bg_color": INPUT, "align": "left", "locked": False},
    "date cell": {**_BOX, "bg_color": INPUT, "align": "left", "locked": False, "num_format": "yyyy-mm-dd"},
    "audit head": {**_BOX, "font_name": _HEADING, "align": "center", "bg_color": "#F2F2F2"},
    "needed head": {**_BOX, "font_name": _HEADING, "align": "center", "bg_color": INPUT},
    "listed text": {**_BOX, "align": "left", "num_format": "@"},
    "audit": {**_BOX, "align": "left"},
    "audit centre": {**_BOX, "align": "center"},
    "audit number": {**_BOX, "align": "right", "num_format": "General"},
    "audit date": {**_BOX, "align": "right", "num_format": "yyyy-mm-dd"},
    "audit verdict": {**_BOX, "align": "center", "bold": True},
    "broken error": {"bg_color": "#FBD5D5", "font_color": _RED, "bold": True, "num_format": '"× "General'},
    "broken query": {"bg_color": "#FCE4CC", "font_color": _ORANGE, "bold": True, "num_format": '"△ "General'},
    "marked suspect": {
        "bg_color": "#F4B183",
        "font_color": _RED,
        "bold": True,
        "num_format": '"▲ "General;"▲ "-General',
    },
    "marked error": {"bg_color": "#FBD5D5", "font_color": _RED, "bold": True, "num_format": '"× "General'},
    "marked query": {"bg_color": "#FCE4CC", "font_color": _ORANGE, "bold": True, "num_format": '"△ "General'},
    "legend suspect": {**_BOX, "bg_color": "#F4B183", "font_color": _RED, "bold": True, "align": "center"},
    "legend error": {**_BOX, "bg_color": "#FBD5D5", "font_color": _RED, "bold": True, "align": "center"},
    "legend query": {**_BOX, "bg_color": "#FCE4CC", "font_color": _ORANGE, "bold": True, "align": "center"},
    "listed error": {**_BOX, "font_color": _RED, "bold": True, "align": "center"},
    "listed query": {**_BOX, "font_color": _ORANGE, "bold": True, "align": "center"},
    "listed explained": {**_BOX, "font_color": _GREEN, "align": "center"},
    "letter": {**_BASE, "font_size": 12, "text_wrap": True, "valign": "top"},
    "letter end": {**_BASE, "font_size": 12, "align": "right"},
    "sign ×": {"font_color": _RED},
    "sign △": {"font_color": _ORANGE},
    "sign √": {"font_color": _GREEN},
    "done": {"font_color": _GREEN},
    "incomplete total": {**_BOX, "align": "center", "bg_color": "#FCE4CC", "num_format": '"△ "#,##0.######'},
    "declared zero": {**_BOX, "align": "center", "num_format": '"零报告 "0'},
    "coverage": {**_BASE, "font_name": _HEADING, "font_size": 12, "text_wrap": True},
    "coverage partial": {**_BASE, "font_name": _HEADING, "font_size": 12, "text_wrap": True, "font_color": _RED},
    "figure label": {**_BOX, "font_size": 12, "align": "left", "indent": 1},
    "figure": {**_BOX, "font_size": 14, "bold": True, "align": "right", "num_format": "#,##0.######;-#,##0.######;0"},
    "figure last": {**_BOX, "font_size": 12, "align": "right", "num_format": "#,##0.######;-#,##0.######;0"},
    "figure whole": {**_BOX, "font_size": 14, "bold": True, "align": "right", "num_format": _COUNT},
    "figure last whole": {**_BOX, "font_size": 12, "align": "right", "num_format": _COUNT},
    "change": {**_BOX, "align": "right", "num_format": "+#,##0.######;-#,##0.######;0"},
    "change whole": {**_BOX, "align": "right", "num_format": "+#,##0;-#,##0;0"},
    "change share": {**_BOX, "align": "right", "num_format": "+0.0%;-0.0%;0.0%"},
    "data": {**_BOX, "align": "left", "locked": False},
    "data centre": {**_BOX, "align": "center", "locked": False},
    "data number": {**_BOX, "align": "right", "num_format": "General", "locked": False},
    "data link": {**_BOX, "font_color": "#1F4E79", "underline": 1, "locked": False},
    "listed link": {**_BOX, "font_color": "#1F4E79", "underline": 1, "align": "center"},
    "data date": {**_BOX, "align": "right", "num_format": "yyyy-mm-dd", "locked": False},
    "figure small": {**_BOX, "align": "right", "num_format": "#,##0.######;-#,##0.######;0"},
    "listed note ×": {**_BOX, "font_size": 12, "font_color": _RED, "align": "left", "indent": 1},
    "listed note △": {**_BOX, "font_size": 12, "font_color": _ORANGE, "align": "left", "indent": 1},
    "proof": {**_BOX, "align": "center", "font_color": _GREEN},
    "unknown": {**_BOX, "align": "center", "bg_color": "#FCE4CC", "font_color": _ORANGE},
}


class Styles:
    """The formats of one workbook, each made when it is first used."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def __getitem__(self, name: str) -> Format:
        """Return the format of this name."""
        if name not in self._made:
            self._made[name] = self._book.add_format(dict(_STYLES[name]))
        return self._made[name]

    def number(self, role: str, digits: int) -> Format:
        """Return the format of a number cell: `input`, `computed`, `prior` or `plain`, with so many decimals."""
        name = f"{role} {digits}"
        if name not in self._made:
            fill = {"input": INPUT, "computed": COMPUTED, "prior": PRIOR, "plain": "#FFFFFF"}[role]
            properties: _Properties = {
                **_BOX,
                "align": "center",
                "bg_color": fill,
                "num_format": _number(digits) if digits else _COUNT,
            }
            if role == "input":
                properties["locked"] = False
            if role == "prior":
                properties["font_color"] = "#1F4E79"
            self._made[name] = self._book.add_format(properties)
        return self._made[name]
