"""The county's workbook of a campaign: the merge, with all that the campaign knows beside.

In:   a campaign, its merge, and the folder for which the workbook is meant.
Out:  the bytes of the workbook, and the copies to which its links lead.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.versions import Version

#: The folder of the copies, beside the county's workbook.
COPIES = "来源"

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.merge.doubles import Double
    from tianbao.merge.merge import Merged
    from tianbao.merge.rounding import Rounded
    from tianbao.workbook.read import Progress


class Drawn(NamedTuple):
    """A county's workbook, and by their names below its folder the copies of what came in mails and zips."""

    data: bytes
    copies: Mapping[str, bytes]


def draw_county(
    books: Books,
    merged: Merged,
    findings: Sequence[Finding],
    folder: Path,
    *,
    doubles: Sequence[Double] = (),
    rounded: Rounded | None = None,
    copies: str = COPIES,
    progress: Progress | None = None,
) -> Drawn:
    """Draw the county's workbook.

    Args:
        books: whose.
        merged: what is in it.
        findings: in all reports that are counted.
        folder: in which it will lie.
        doubles: what may be counted twice, or not at all.
        rounded: the totals in a larger measure, where that is wanted.
        copies: the folder below it for what came in mails and zips.
        progress: is told of each unit.
    """
    from tianbao.reports.county import Beside, find_sources, write_county

    versions = {unit.code: now for unit in merged.units if (now := books.versions.counting(unit.code)) is not None}
    lying = books.ledger.originals()
    originals = {code: books.folder / lying[now.returned.original].path for code, now in versions.items()}
    sources = find_sources(merged, originals, folder, copies=copies)
    beside = Beside(
        issuer=books.settings.issuer,
        exempt=tuple((one.unit, why) for one in books.state.roster if (why := books.exempt_because(one, "zh"))),
        aside=tuple(
            entry.unit for entry in books.state.roster if not entry.counts and not books.state.owes_nothing(entry)
        ),
        late=dict(_late(books, versions)),
        versions={code: now.number for code, now in versions.items()},
        prior=tuple(books.prior.values()),
        files=sources.files,
        closed=sources.closed,
        doubles=doubles,
        rounded=rounded,
    )
    target = io.BytesIO()
    write_county(merged, findings, target, beside=beside, progress=progress)
    return Drawn(target.getvalue(), sources.copies)


def _late(books: Books, versions: Mapping[str, Version]) -> Iterator[tuple[str, str]]:
    """Yield whose first report came after the day on which it was due, and when that was."""
    due = books.settings.due
    for code in versions if due is not None else ():
        first = next(one for one in books.versions.chains[code] if one.number)
        came = datetime.fromisoformat(first.receipt.at).date()
        if due is not None and came > due:
            yield code, messages.say("county.late.when", "zh", came=came.isoformat(), due=due.isoformat())
