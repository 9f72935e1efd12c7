"""A check as every part of a definition declares it: of the tables, of the texts, of the sums.

In:   what it says, as written.
Out:  the same as a frozen value.
"""

from __future__ import annotations

from tianbao.form.model import Check, Severity, Words
from tianbao.form.schema import RawSaid


def make_check(raw: RawSaid, severity: str, *, each: str = "", rule: str = "", when: str = "") -> Check:
    """Make a check of what its definition says.

    Args:
        raw: its words.
        severity: `error` or `query`.
        each: the rows or columns that it is applied to; empty for once.
        rule: as written.
        when: the condition under which it is asked, as written.
    """
    return Check(
        code=raw.code,
        severity=Severity(severity),
        each=each,
        rule=rule,
        when=when,
        say=Words(raw.say, raw.say_en),
        fix=Words(raw.fix, raw.fix_en),
        source=raw.source,
    )
