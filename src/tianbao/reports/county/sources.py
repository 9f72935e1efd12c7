"""Where the units' own workbooks lie, as seen from the county's: what every figure of it leads to.

    submissions, their files ──find_sources──▶ Sources: a relative path a unit, and copies of what lies in a mail or a zip

In:   the submissions that are counted, and the file in which each came.
Out:  relative paths for links; for a workbook that nobody can open at a cell where it lies, its bytes and a place for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tianbao.merge.merge import Merged
from tianbao.records.file_names import file_name
from tianbao.records.model import Submission
from tianbao.workbook.guard import candidates


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the workbooks lie.

    Attributes:
        files: by the unit's code, the path from the county workbook's folder, with `/`.
        copies: by such a path, the bytes of a workbook that came in a mail or a zip.
        closed: codes of units whose workbook lies in a container that cannot be opened here; the link leads to that.
    """

    files: Mapping[str, str]
    copies: Mapping[str, bytes]
    closed: frozenset[str]


def find_sources(merged: Merged, originals: Mapping[str, Path], folder: Path, *, copies: str) -> Sources:
    """Find the workbook of every unit that is counted.

    Args:
        merged: whose.
        originals: by the unit's code, the file in which its workbook came.
        folder: in which the county's workbook will lie.
        copies: the folder below it for what came in a mail or a zip.
    """
    files: dict[str, str] = {}
    copied: dict[str, bytes] = {}
    closed: set[str] = set()
    for unit, submission in zip(merged.units, merged.submissions, strict=True):
        original = originals.get(unit.code)
        if original is None or not original.is_file():
            continue
        if _digest(original.read_bytes()) == submission.sha256:
            files[unit.code] = _relative(original, folder)
            continue
        data = _inside(original, submission)
        if data is None:
            files[unit.code] = _relative(original, folder)
            closed.add(unit.code)
        else:
            name = f"{copies}/{file_name(f'{unit.code}_{unit.name}', Path(submission.file).suffix.lower() or '.xlsx')}"
            files[unit.code], copied[name] = name, data
    return Sources(files, copied, frozenset(closed))


def _inside(container: Path, submission: Submission) -> bytes | None:
    """Return the bytes of a workbook in a mail or a zip; None where it lies behind a password."""
    return next(
        (one.data for one in candidates(container) if _digest(one.data) == submission.sha256), None
    )  # fmt: skip


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_uri()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
