"""Merge the reports that count into the county's.

In:   a campaign.
Out:  the merged report, what was found in its parts, and the county's workbook in 4-汇总.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tianbao.campaign import judge
from tianbao.campaign.books import Books
from tianbao.campaign.county import draw_county
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import MERGED, digest
from tianbao.campaign.roster import expected

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.merge.doubles import Double
    from tianbao.merge.merge import Merged
    from tianbao.merge.rounding import Rounded
    from tianbao.records.model import Unit
    from tianbao.workbook.read import Progress


#: Tells the totals in another measure; None where they are not to be.
Rounding: TypeAlias = "Callable[[Merged], Rounded | None]"


@dataclass(frozen=True, slots=True)
class Result:
    """A merge.

    Attributes:
        findings: in all reports that are counted.
        aside: the units that the roster leaves out of the county's totals.
        file: the workbook, below the campaign's folder; empty where none was asked for.
        doubles: what may be counted twice, or not at all.
        versions: by the unit's code, which version of its report counts.
        rounded: the totals in a larger measure; None where that was not asked for.
        is_new: the workbook was written; nothing has changed since the last one where it was not.
    """

    merged: Merged
    findings: Sequence[Finding]
    aside: tuple[Unit, ...]
    file: str
    doubles: tuple[Double, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    is_new: bool = False
    rounded: Rounded | None = None


def merge(
    books: Books,
    *,
    write: bool,
    force: bool = False,
    rounding: Rounding | None = None,
    progress: Progress | None = None,
) -> Result:
    """Merge; and write the county's workbook where that is wanted, and where anything in it would be different.

    No file is read: what came in was read when it did.

    Args:
        books: whose.
        write: the county's workbook.
        force: write over what is there.
        rounding: tells the totals in a larger measure, on a sheet of their own.
        progress: is told of each unit that is written.
    """
    from tianbao.merge.doubles import find_doubles
    from tianbao.merge.merge import merge_submissions

    found = judge.judge(books)
    state = books.state
    entries = [replace(entry, exempt=state.owes_nothing(entry)) for entry in state.roster]
    units = expected(entries, reported=found.submissions)
    codes = {unit.code for unit in units}
    merged = merge_submissions(
        [one for code, one in found.submissions.items() if code in codes],
        roster=units,
        form=books.form,
        year=books.settings.year,
        adjustments=state.adjustments,
    )
    findings = [finding for code, own in found.findings.items() if code in codes for finding in own]
    aside = tuple(entry.unit for entry in entries if not entry.counts)
    doubles = find_doubles(
        merged,
        parents={entry.unit.code: entry.parent for entry in entries if entry.parent},
        aside=[found.submissions[unit.code] for unit in aside if unit.code in found.submissions],
    )
    versions = {unit.code: now.number for unit in merged.units if (now := books.versions.counting(unit.code))}
    file = merged_file(books) if write else ""
    rounded = rounding(merged) if rounding else None
    is_new = write and (force or rounded is not None or not _is_as_it_was(books, file))
    if is_new:
        drawn = draw_county(
            books, merged, findings, books.folder / MERGED, doubles=doubles, rounded=rounded, progress=progress
        )
        for name, data in drawn.copies.items():
            books.folder.write(f"{MERGED}/{name}", data)
        _write(books, file, drawn.data, merged, force=force, rounded=rounded.measure if rounded else "")
    return Result(merged, findings, aside, file, doubles, versions, is_new, rounded)


def _is_as_it_was(books: Books, file: str) -> bool:
    """Whether the workbook that was made last lies there, and would be made again as it is."""
    path = books.folder / file
    return (
        books.state.merged == (file, basis(books))
        and not books.state.rounded
        and path.is_file()
        and digest(path) == books.state.written.get(file, "")
    )


def merged_file(books: Books) -> str:
    """Return where the county's workbook lies, below the campaign's folder."""
    return f"{MERGED}/{books.settings.year}年汇总表.xlsx"


def was_changed(books: Books, *, file: str) -> bool:
    """Whether a file that was made is another one now, so that it is not written over."""
    path = books.folder / file
    return path.is_file() and digest(path) != books.state.written.get(file, "")


def basis(books: Books) -> str:
    """Digest everything that the county's workbook hangs on."""
    state = books.state
    who = [f"{entry.as_document()} {state.owes_nothing(entry)}" for entry in state.roster]
    who += [f"{one.unit} {one.note}" for one in state.exemptions.values()]
    booked = [f"{one.key} {one.amount} {one.note} {one.by}" for one in state.adjustments]
    office = f"{books.settings.issuer} {books.settings.due} {books.form.county}"
    return hashlib.sha256("\n".join([judge.basis(books), office, *who, *booked]).encode()).hexdigest()


def _write(books: Books, file: str, data: bytes, merged: Merged, *, force: bool, rounded: str) -> None:
    known = books.state.written.get(file, "")
    books.folder.write(file, data, known=known, force=force)
    sha256 = hashlib.sha256(data).hexdigest()
    hangs_on = basis(books)
    if (sha256, (file, hangs_on)) != (known, books.state.merged):
        facts = {"file": file, "sha256": sha256, "units": len(merged.units), "missing": len(merged.missing)}
        facts |= {"rounded": rounded} if rounded else {}
        with books.recording() as record:
            record(EventKind.MERGED, {**facts, "basis": hangs_on})
