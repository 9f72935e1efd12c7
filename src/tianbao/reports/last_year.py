"""Last year's figures, as far as they are known: of the units that a merge counts, and of one.

In:   a merge or a unit's report, and last year's reports in the same form.
Out:  figures by cell key. A sum of which a part is not known is not known either, unless the unit has stated it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import localcontext

from tianbao.expr.semantics import EXACT
from tianbao.form.model import Amount
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.records.model import Submission, Value


def merge_last_year(merged: Merged, prior: Iterable[Submission]) -> Merged | None:
    """Merge last year's reports of the units that are counted; what others reported then is no measure of these.

    Where a report was taken over from another layout, a total may lack what has no cell in this one: then it is what the
    unit had printed, or not known.
    """
    counted = {unit.code for unit in merged.units}
    known = [one for one in prior if one.unit is not None and one.unit.code in counted]
    fit = [one for one in known if one.form is not None and one.form.id == merged.form.id]
    return _as_far_as_known(merge_submissions(fit, form=merged.form)) if fit else None


def known_values(submission: Submission) -> Mapping[str, Value]:
    """Return the figures of a report that are known: what the unit stands by, and no sum that lacks a part."""
    lacking = submission.incomplete
    return {
        key: None if key in lacking and submission.answers[key].stated is None else submission.stated(key)
        for key in submission.values
    }


def _as_far_as_known(last: Merged) -> Merged:
    """Leave out the totals that lack a part of some unit's figure."""
    if not last.incomplete:
        return last
    each = [known_values(one) for one in last.submissions]
    totals: dict[str, Amount | None] = dict(last.totals)
    with localcontext(EXACT):
        for key in last.incomplete:
            values = [values.get(key) for values in each]
            amounts = [value for value in values if isinstance(value, Amount)]
            totals[key] = sum(amounts) if len(amounts) == len(values) else None
    return replace(last, totals=totals)
