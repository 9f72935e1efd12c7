"""What the office knows beside the merged figures.

In:   whatever the caller knows.
Out:  the same, in one value that every sheet may ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tianbao.merge.doubles import Double
from tianbao.merge.rounding import Rounded
from tianbao.records.model import Submission, Unit


@dataclass(frozen=True, slots=True)
class Beside:
    """What the office knows beside the merged figures; nothing of it need be known.

    Attributes:
        issuer: the office that merges.
        exempt: those that owe nothing, and why.
        aside: those whose figures are not for the total, by the roster.
        late: by the unit's code, when its report came after it was due.
        versions: by the unit's code, which version of its report counts.
        prior: last year's reports, in the form of this year.
        files: by the unit's code, where its file lies, relative to the folder of this workbook.
        closed: the units whose file is a mail or a zip, in which no cell can be opened.
        doubles: what may be counted twice, or not at all.
        rounded: the totals in a larger measure, where that is wanted.
    """

    issuer: str = ""
    exempt: Sequence[tuple[Unit, str]] = ()
    aside: Sequence[Unit] = ()
    late: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    prior: Sequence[Submission] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    doubles: Sequence[Double] = ()
    rounded: Rounded | None = None
