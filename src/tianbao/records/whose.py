"""Whose file is it by its name, and whose by the roster? What does not fit what stands inside is told, and nothing more.

In:   submissions, and the units of the roster where there is one.
Out:  of each what makes one doubt whose it is, as notes. Whose it is, is what stands inside, always.
Knows nothing of checks and sums.

A name is looked at for codes and names of units: those on the roster, and those whose files came along. A name within
a longer one is not found (石桥镇 in 大石桥镇), and a file that names its own unit beside another's is in order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission, Unit
from tianbao.records.names import plain, spellings

#: A shorter number in a file's name is a date, a copy (2) or an extension, whosever code it may be.
_SHORTEST_CODE = 6
#: A shorter name stands in other words by chance.
_SHORTEST_NAME = 3
#: So many units are named.
_NAMED = 3


def doubts(submissions: Sequence[Submission], roster: Iterable[Unit] = ()) -> tuple[tuple[Note, ...], ...]:
    """Say of each submission what makes one doubt whose it is.

    Args:
        submissions: all that came together.
        roster: every unit that may answer; empty where that is not known.

    Returns:
        Notes a submission: `M-ROSTER` (not on the roster), `A-03` (the file is named after another unit), `A-04` (the
        folder, archive or mail it lay in is, and nothing else lay in that), `A-05` (another name under its code).
    """
    listed = {unit.code: unit for unit in roster}
    came = [one.unit for one in submissions if one.unit is not None and one.reason is None]
    known = _Known([*listed.values(), *came])
    owners = _owners(submissions)
    return tuple(
        (*_by_roster(one, one.unit, listed), *_by_names(one, one.unit, known, owners))
        if one.unit is not None and one.reason is None
        else ()
        for one in submissions
    )


def _by_roster(submission: Submission, unit: Unit, listed: Mapping[str, Unit]) -> Iterator[Note]:
    facts = {"file": submission.file, "code": unit.code, "name": unit.name}
    if not listed:
        return
    if unit.code not in listed:
        yield Note("M-ROSTER", Severity.ERROR, params=facts)
        return
    name = listed[unit.code].name
    if set(spellings(name)).isdisjoint(spellings(unit.name)):
        yield Note("A-05", Severity.QUERY, params={**facts, "listed": name})


def _by_names(
    submission: Submission, unit: Unit, known: _Known, owners: Mapping[tuple[str, ...], AbstractSet[str]]
) -> Iterator[Note]:
    facts = {"file": submission.file, "code": unit.code, "name": unit.name}
    *folders, name = submission.file.split("/")
    named = known.units_in(name, unit)
    if named is not None:
        if named:
            yield Note("A-03", Severity.QUERY, params={**facts, "said": "、".join(named)})
        return
    for depth in range(len(folders), 0, -1):
        if len(owners[tuple(folders[:depth])]) == 1:
            named = known.units_in(folders[depth - 1], unit)
            if named is not None:
                if named:
                    said = {"said": "、".join(named), "folder": folders[depth - 1]}
                    yield Note("A-04", Severity.QUERY, params={**facts, **said})
                return


def _owners(submissions: Iterable[Submission]) -> Mapping[tuple[str, ...], AbstractSet[str]]:
    """Return for each folder, archive and mail whose files lay in it: where several units', its name is not a unit's."""
    owners: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for submission in submissions:
        folders = submission.file.split("/")[:-1]
        if submission.unit is not None:
            for depth in range(1, len(folders) + 1):
                owners[tuple(folders[:depth])].add(submission.unit.code)
    return owners


class _Known:
    """The units that a name may speak of, to be looked for all at once."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: dict[str, Unit] = {}
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        for unit in units:
            self._units.setdefault(unit.code, unit)
            for name in spellings(unit.name):
                if len(name) >= _SHORTEST_NAME:
                    self._by_name[name].add(unit.code)
        codes = [code for code in self._units if len(code) >= _SHORTEST_CODE]
        self._codes = re.compile(_alone("|".join(map(re.escape, sorted(codes, key=len, reverse=True)))))
        self._names = re.compile("|".join(map(re.escape, sorted(self._by_name, key=len, reverse=True))))

    def units_in(self, text: str, own: Unit) -> list[str] | None:
        """Return which other units a name speaks of; none where it speaks of its own, None where it speaks of nobody."""
        wide = unicodedata.normalize("NFKC", text)
        by_code = {code: {code} for code in self._codes.findall(wide) if code}
        by_code |= {code: {code} for code in _of_the_same_shape(wide, own.code)}
        written = plain(text)
        by_name = {name: self._by_name[name] for name in self._names.findall(written) if name}
        if any(name in self._names.sub("/", written) for name in spellings(own.name)):
            by_name[own.name] = {own.code}
        if not by_code and not by_name:
            return None
        others = [found for found in (by_code, by_name) if found and not any(own.code in of for of in found.values())]
        codes = dict.fromkeys(min(of) for found in others for of in found.values())
        return [self._called(code) for code in codes][:_NAMED]

    def _called(self, code: str) -> str:
        unit = self._units.get(code)
        return f"“{unit.name}”（{code}）" if unit and unit.name else code


def _of_the_same_shape(text: str, own: str) -> list[str]:
    """Return codes that can only be meant as one like its own: as long, of the same kinds of characters, of the same area.

    >>> _of_the_same_shape("140922019年报20251231", "140922018")
    ['140922019']
    """
    if len(own) < _SHORTEST_CODE or not own.isascii() or not own.isalnum():
        return []
    area, rest = own[: len(own) // 2], own[len(own) // 2 :]
    shape = re.escape(area) + "".join("[0-9]" if character.isdigit() else "[A-Za-z]" for character in rest)
    return re.findall(_alone(shape), text)


def _alone(pattern: str) -> str:
    """Let a pattern match only what stands alone, not within a longer number or word."""
    return f"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])"
