"""What `accept` and `waive` say: which findings are settled now, or would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tianbao.cli.output import show, tell
from tianbao.cli.words import sign

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding


def decided(kind: str, name: str, findings: Sequence[Finding]) -> int:
    """Print the findings that a decision settles."""
    for finding in findings:
        show(f"{sign(finding)} {finding.code}  {finding.message()}")
    tell(f"cli.decided.{kind}", name=name, count=len(findings))
    return 0
