"""A unit's name, as it is compared and as people write it.

In:   names of units.
Out:  the same name in one writing; the ways in which people shorten it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from tianbao.records.model import Submission, Unit

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


def find_by_name(name: str, units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units that people call so: those of this very name, else those that it may be short for, or the long of.

    >>> units = (Unit("1", "示例县清河镇"), Unit("2", "河口镇"))
    >>> find_by_name("清河镇人民政府", units)
    (Unit(code='1', name='示例县清河镇', kind=''),)
    """
    several = tuple(units)
    same = tuple(unit for unit in several if plain(unit.name) == plain(name))
    return same or tuple(unit for unit in several if not set(spellings(unit.name)).isdisjoint(spellings(name)))


def is_named_only(unit: Unit) -> bool:
    """Whether nothing but a unit's name is known: where a published report was read, it stands in the place of the code."""
    return unit.code == unit.name


def known_by_name(submission: Submission, units: Iterable[Unit]) -> Submission:
    """Give a published report the code of the one unit that it names; where none or several are called so, it stays as it is."""
    if submission.unit is None or not is_named_only(submission.unit):
        return submission
    found = find_by_name(submission.unit.name, units)
    return replace(submission, unit=found[0]) if len(found) == 1 else submission
