"""Last year's reports in a campaign's own folder: one file, with where every figure came from.

    submissions ──keep──▶ .tianbao/prior-….json ──load──▶ submissions

In:   one submission a unit, in the terms of this year's form.
Out:  the same, again; the file is known by its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tianbao.campaign.folder import OWN, Folder
from tianbao.campaign.store import typed, untyped
from tianbao.errors import TianbaoError
from tianbao.form.model import Form
from tianbao.records.model import Answer, State, Submission, Unit, Verdict

_SCHEMA = "tianbao.prior/1"


class PriorGoneError(TianbaoError):
    """Last year's figures are not in the folder any more, or not as they were put there."""

    code: ClassVar[str] = "U-PRIOR-GONE"


def keep(folder: Folder, submissions: Sequence[Submission]) -> tuple[str, str]:
    """Write them into the campaign's folder; return the file's name and its SHA-256."""
    document = {"schema": _SCHEMA, "submissions": [_document(one) for one in submissions]}
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
