"""How the placeholders of a template are called, as the clerk knows the parts: `{{标题}}`, `{{一、总体情况}}`, `{{落款}}`.

In:   a form.
Out:  names.
Knows nothing of files.
"""

from __future__ import annotations

import re
import unicodedata

from tianbao.form.model import Form
from tianbao.form.printed import make_parts

TITLE, ISSUER, YEAR, SIGNATURE, APPENDIX, WARNINGS = "标题", "单位", "年度", "落款", "附录", "提示"

#: These stand anywhere, within a line, in a head or a foot of the page too, and as often as one likes.
INLINE = (ISSUER, YEAR)

#: An input method in Chinese types the full-width braces: nobody wants these for their own sake.
PLACEHOLDER = re.compile(r"[{｛]\s*[{｛]([^{}｛｝]*)[}｝]\s*[}｝]")
DOUBLE_BRACE = re.compile(r"[{｛]\s*[{｛]|[}｝]\s*[}｝]")


def placeholder(name: str) -> str:
    """Write a placeholder.

    >>> placeholder("标题")
    '{{标题}}'
    """
    return "{{" + name + "}}"


def part_names(form: Form) -> tuple[str, ...]:
    """Return the names of the parts of a report, in order."""
    return tuple(part.name for part in make_parts(form))


def known_names(form: Form) -> dict[str, str]:
    """Return every name that a template of a form may use, by what is the same about its spellings."""
    names = (TITLE, *INLINE, *part_names(form), SIGNATURE, APPENDIX, WARNINGS)
    return {same(name): name for name in names}


def same(name: str) -> str:
    """Return what is the same about two spellings of a name: width of characters and spaces do not matter.

    >>> same("一、 总体情况") == same("一、总体情况")
    True
    """
    return "".join(unicodedata.normalize("NFKC", name).split())
