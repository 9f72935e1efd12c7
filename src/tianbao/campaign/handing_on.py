"""Hand the totals on to the next level: the office's own workbook as one of that level's units.

In:   a campaign, and as whom the office reports there.
Out:  a workbook in 4-汇总, with all that its totals were made of.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tianbao.campaign import merging
from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import MERGED
from tianbao.records.file_names import file_name
from tianbao.records.model import Unit

if TYPE_CHECKING:
    from tianbao.reports.as_unit import AsUnit


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What was handed on.

    Attributes:
        result: the merge.
        unit: as whom.
        file: the workbook, below the campaign's folder.
        told: what must be told of it.
    """

    result: merging.Result
    unit: Unit
    file: str
    told: AsUnit


def named(books: Books, unit: Unit) -> Unit:
    """Return as whom the office reports: where no name was given, its own."""
    return Unit(unit.code, unit.name or books.settings.issuer or unit.code, unit.kind)


def handed_on_file(books: Books, unit: Unit) -> str:
    """Return where the workbook lies, below the campaign's folder."""
    return f"{MERGED}/{file_name(f'上报_{books.settings.year}_{unit.name}', '.xlsx')}"


def hand_on(books: Books, unit: Unit, *, force: bool = False) -> HandedOn:
    """Merge, and write the totals as the report of one unit."""
    from tianbao.reports.as_unit import write_as_unit

    result, unit = merging.merge(books, write=False), named(books, unit)
    data = io.BytesIO()
    told = write_as_unit(result.merged, data, unit=unit)
    file = handed_on_file(books, unit)
    known = books.state.written.get(file, "")
    books.folder.write(file, data.getvalue(), known=known, force=force)
    sha256 = hashlib.sha256(data.getvalue()).hexdigest()
    if sha256 != known:
        merged = result.merged
        facts = {"file": file, "sha256": sha256, "units": len(merged.units), "missing": len(merged.missing)}
        with books.recording() as record:
            record(EventKind.MERGED, {**facts, "unit": unit.code})
    return HandedOn(result, unit, file, told)
