"""The county's workbook where plain files are merged: written with links to the files that were given."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tianbao.cli.output import progress, write_output

if TYPE_CHECKING:
    from tianbao.cli.merge_files import FilesMerged


def write_county_of_files(done: FilesMerged, path: Path, *, files: Sequence[str], force: bool) -> None:
    """Write the county's workbook, and beside it copies of the workbooks that came in mails and zips.

    Args:
        done: the merge, and what is known beside.
        path: of the workbook.
        files: that were given.
        force: write over what is there.
    """
    from tianbao.campaign.roster import exempt_because
    from tianbao.reports.county import Beside, find_sources, write_county
    from tianbao.workbook.read import name_files

    merged, named = done.merged, name_files(files)
    names = {entry.unit.code: entry.unit.name for entry in done.entries}
    originals = {
        unit.code: named[name]
        for unit, submission in zip(merged.units, merged.submissions, strict=True)
        if (name := _container(submission.file, named))
    }
    sources = find_sources(merged, originals, path.parent, copies=copies_beside(path))
    beside = Beside(
        exempt=tuple((one.unit, why) for one in done.entries if (why := exempt_because(one, names, "zh"))),
        aside=tuple(done.aside.values()),
        prior=done.last_year,
        files=sources.files,
        closed=sources.closed,
        doubles=done.doubles,
        rounded=done.rounded,
    )
    data = io.BytesIO()
    with progress(each=False) as told:
        write_county(merged, done.findings, data, beside=beside, progress=told)
    write_output(path, data.getvalue(), force=force)
    write_copies(path.parent, sources.copies)


def _container(file: str, named: Mapping[str, Path]) -> str:
    """Return under which name the file was given in which a workbook lies: its own, or that of the zip or mail."""
    parts = file.split("/")
    names = ("/".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((name for name in names if name in named), "")


def copies_beside(path: Path) -> str:
    """Name the folder of the copies of what came in mails and zips."""
    return f"{path.stem}_来源"


def write_copies(folder: Path, copies: Mapping[str, bytes]) -> None:
    """Write the copies; they are ours, and made anew each time."""
    for name, data in copies.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or target.read_bytes() != data:
            write_output(target, data, force=True)
