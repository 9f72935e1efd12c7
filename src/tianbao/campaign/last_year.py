"""Last year's reports, gathered from wherever they are: last year's campaign, workbooks, documents.

In:   what the office has of last year.
Out:  one submission a unit, for the workbooks that are issued and for the checks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tianbao.campaign.books import Books
from tianbao.campaign.folder import SETTINGS
from tianbao.campaign.judge import counting
from tianbao.form.model import Form
from tianbao.merge.choose import LeftOut
from tianbao.records.migrate import migrate
from tianbao.records.model import Note, Submission, Unit

if TYPE_CHECKING:
    from tianbao.campaign import prior
    from tianbao.workbook.read import Progress

__all__ = ["LastYear", "LeftOut", "gather"]


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's reports.

    Attributes:
        submissions: one a unit, in the terms of this year's form.
        left_out: what cannot be used, and why.
        sources: the names of what was given.
        unread: by unit, the cells of files that could not be read, and those that this year's form does not have.
    """

    submissions: tuple[Submission, ...]
    left_out: tuple[LeftOut, ...]
    sources: tuple[str, ...]
    unread: tuple[tuple[Unit, Note], ...] = ()


def gather(
    paths: Iterable[str | os.PathLike[str]],
    form: Form,
    *,
    year: int,
    units: Iterable[Unit] = (),
    progress: Progress | None = None,
) -> LastYear:
    """Gather last year's reports from last year's campaign, and from files of any kind.

    Args:
        paths: of the campaign, and of files.
        form: this year's.
        year: this year, not the last.
        units: of the roster, by whose names a published report is known.
        progress: is told of each file that is done.
    """
    given = [Path(path) for path in paths]
    campaigns = [path for path in given if (path / SETTINGS).is_file()]
    submissions: list[Submission] = []
    for path in campaigns:
        with Books(path) as before:
            submissions += [
                migrate(one, form) for one in counting(before)[1].values() if before.settings.year == year - 1
            ]
    files = [path for path in given if path not in campaigns]
    read = _read_files(files, form, year=year, units=units, progress=progress) if files else None
    known = {one.unit.code for one in submissions if one.unit is not None}
    more = [one for one in read.submissions if one.unit is not None and one.unit.code not in known] if read else []
    sources = tuple(path.absolute().name for path in given)
    taken = {one.unit for one in more}
    unread = tuple(one for one in read.unread if one[0] in taken) if read else ()
    return LastYear((*submissions, *more), read.left_out if read else (), sources, unread)


def _read_files(
    paths: Sequence[Path], form: Form, *, year: int, units: Iterable[Unit], progress: Progress | None
) -> prior.LastYear:
    from tianbao.campaign.prior import read_last_year

    return read_last_year(paths, form, year=year, units=units, progress=progress)
