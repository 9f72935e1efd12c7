"""Last year's reports, as a campaign keeps them: one file in its own folder, with where every figure came from.

    a campaign, workbooks, JSON ──gather──▶ submissions ──keep──▶ .tianbao/prior.json ──load──▶ submissions

In:   what the office has of last year.
Out:  one submission a unit, for the workbooks that are issued and for the checks.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tianbao.campaign.folder import OWN, SETTINGS, Folder
from tianbao.campaign.store import typed, untyped
from tianbao.errors import TianbaoError
from tianbao.form.model import Form
from tianbao.merge.choose import LeftOut
from tianbao.records.migrate import migrate
from tianbao.records.model import Answer, State, Submission, Unit, Verdict

if TYPE_CHECKING:
    from tianbao.campaign import prior
    from tianbao.workbook.read import Progress

__all__ = ["LastYear", "LeftOut", "gather", "keep", "load"]

_SCHEMA = "tianbao.prior/1"


class PriorGoneError(TianbaoError):
    """Last year's figures are not in the folder any more, or not as they were put there."""

    code: ClassVar[str] = "U-PRIOR-GONE"


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's reports.

    Attributes:
        submissions: one a unit, in the terms of this year's form.
        left_out: what cannot be used, and why.
        sources: the names of what was given.
    """

    submissions: tuple[Submission, ...]
    left_out: tuple[LeftOut, ...]
    sources: tuple[str, ...]


def gather(
    paths: Iterable[str | os.PathLike[str]], form: Form, *, year: int, progress: Progress | None = None
) -> LastYear:  # fmt: skip
    """Gather last year's reports from last year's campaign, and from files of any kind."""
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.judge import counting

    given = [Path(path) for path in paths]
    campaigns = [path for path in given if (path / SETTINGS).is_file()]
    submissions: list[Submission] = []
    for path in campaigns:
        with Campaign(path) as before:
            submissions += [
                migrate(one, form) for one in counting(before)[1].values() if before.settings.year == year - 1
            ]
    files = [path for path in given if path not in campaigns]
    read = _read_files(files, form, year=year, progress=progress) if files else None
    known = {one.unit.code for one in submissions if one.unit is not None}
    more = [one for one in read.submissions if one.unit is not None and one.unit.code not in known] if read else []
    sources = tuple(path.absolute().name for path in given)
    return LastYear((*submissions, *more), read.left_out if read else (), sources)


def _read_files(paths: Sequence[Path], form: Form, *, year: int, progress: Progress | None) -> prior.LastYear:
    from tianbao.campaign.prior import read_last_year

    return read_last_year(paths, form, year=year, progress=progress)


def keep(folder: Folder, last: LastYear) -> tuple[str, str]:
    """Write them into the campaign's folder; return the file's name and its SHA-256."""
    document = {"schema": _SCHEMA, "submissions": [_document(one) for one in last.submissions]}
    data = json.dumps(document, ensure_ascii=False, indent=0).encode()
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"{OWN}/prior-{sha256[:12]}.json"
    folder.write(name, data)
    return name, sha256


def load(folder: Folder, kept: Sequence[str], form: Form) -> dict[str, Submission]:
    """Read them again, by unit.

    Args:
        folder: the campaign's.
        kept: the file's name and its SHA-256; empty where there are none.
        form: this year's.

    Raises:
        PriorGoneError: the file is gone, or altered.
    """
    if not kept:
        return {}
    name, sha256 = kept
    try:
        data = (folder / name).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PriorGoneError(path=name)
    submissions = [_submission(one, form) for one in json.loads(data)["submissions"]]
    return {one.unit.code: one for one in submissions if one.unit is not None}


def _document(one: Submission) -> dict[str, Any]:
    assert one.unit is not None
    return {
        "file": one.file,
        "sha256": one.sha256,
        "year": one.year,
        "unit": [one.unit.code, one.unit.name, one.unit.kind],
        "answers": {
            key: [*typed(a.value), a.state.value, a.raw, a.sheet, a.cell, *typed(a.stated)]
            for key, a in one.answers.items()
        },
    }


def _submission(document: Mapping[str, Any], form: Form) -> Submission:
    return Submission(
        file=document["file"],
        sha256=document["sha256"],
        verdict=Verdict.READ,
        form=form,
        year=document["year"],
        unit=Unit(*document["unit"]),
        answers={key: _answer(*parts) for key, parts in document["answers"].items()},
    )


def _answer(
    kind: str, value: str | None, state: str, raw: str, sheet: str, cell: str, stated_kind: str, stated: str | None
) -> Answer:  # fmt: skip
    return Answer(untyped(kind, value), State(state), raw, sheet, cell, untyped(stated_kind, stated))
