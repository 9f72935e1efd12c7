"""A stand-in for how pictures are drawn, so that what is tested here is where they stand."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tianbao.reports.pictures.drawing import Drawing

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def draw_inline(drawing: Drawing, *, number: int, width: float) -> Any:
    drawn = etree.Element(f"{{{W}}}drawing")
    drawn.set("about", f"{number} {width:g} {drawing.description}")
    return drawn


def draw_svg(drawing: Drawing, *, name: str) -> str:
    return f'<svg id="{name}"><desc>{drawing.description}</desc></svg>'


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function in (("drawingml", draw_inline), ("svg", draw_svg)):
        module = ModuleType(name)
        setattr(module, function.__name__, function)
        monkeypatch.setitem(sys.modules, f"tianbao.reports.pictures.{name}", module)
