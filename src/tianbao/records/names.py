"""A unit's name, as it is compared and as people write it.

In:   names of units.
Out:  the same name in one writing; the ways in which people shorten it.
"""

from __future__ import annotations

import re
import unicodedata

#: What stands behind a name and is not part of it: （示例）, 人民政府. The county before it says whose it is, but
#: there are townships that are called 旧县镇.
_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_OFFICE = re.compile("(?:人民政府|办事处)$")
_COUNTY = re.compile("^[^县]{0,6}县(?![镇乡街委办]|人民)")

#: Shorter than this, what is left of a name is any unit's: 街道, 林场.
_SHORTEST = 3


def plain(text: str) -> str:
    """Write a text as one compares it: brackets, letters and digits of one width, and no blanks.

    >>> plain("清河镇 （示例）")
    '清河镇(示例)'
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


def spellings(name: str) -> tuple[str, ...]:
    """Return a unit's name in the ways in which people write it, the longest first.

    >>> spellings("五台县档案馆（示例）")
    ('五台县档案馆(示例)', '档案馆(示例)', '五台县档案馆', '档案馆')
    >>> spellings("旧县镇人民政府")
    ('旧县镇人民政府', '旧县镇')
    """
    whole = plain(name)
    found = {whole: None} if whole else {}
    for shorten in (_IN_BRACKETS, _OFFICE, _COUNTY):
        for written in list(found):
            shortened = shorten.sub("", written)
            if len(shortened) >= _SHORTEST:
                found[shortened] = None
    return tuple(sorted(found, key=len, reverse=True))
