"""What the office has decided about single findings: it accepts an explanation, or waives a check for a unit.

Here are the decisions themselves; `settled` says which of them settles which finding. Knows nothing of the file in which
the office keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tianbao.records.model import Submission


class DecisionKind(StrEnum):
    """What the office does about a finding.

    ACCEPTED: what the unit says of a query is accepted.
    WAIVED: the unit need not satisfy the check; of an error, too, and then it is named wherever figures are given out.
    """

    ACCEPTED = "accepted"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the office.

    Attributes:
        unit: the unit's code.
        check: the code of the check, `T3-01`, or of one finding of it, `T3-01.natural`.
        place: where, as people see it or as programs do: `三、依申请公开!E10`, `E10`, `natural`, `requests.new.natural`,
            `T3-01.natural`; empty for all that the check finds at this unit.
        note: why.
        by: who decided.
        year: of the report; None for every year.
        at: the cell of the office's list in which it stands; empty where it stands in none.
    """

    unit: str
    check: str
    place: str
    kind: DecisionKind
    note: str
    by: str = ""
    year: int | None = None
    at: str = ""

    def is_for(self, submission: Submission) -> bool:
        """Whether it is about a submission of this unit and year."""
        return (
            submission.unit is not None
            and submission.unit.code == self.unit
            and self.year in (None, submission.year)
        )  # fmt: skip
