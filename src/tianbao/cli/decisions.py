"""What `accept` and `waive` do: the office decides about findings, and is told which are settled now, or would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.round import campaign_here, dry_run_option, note_option
from tianbao.cli.words import sign

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding


def decision_command(kind: Literal["accepted", "waived"]) -> click.Command:
    """Make the command that writes a decision of this kind down."""

    @click.command(cls=Command)
    @click.argument("unit", metavar="UNIT")
    @click.argument("code", metavar="CODE")
    @click.option("--place", metavar="TEXT", default="")
    @note_option
    @dry_run_option
    def command(*, unit: str, code: str, place: str, note: str, dry_run: bool) -> int:
        """Write it down."""
        is_waiver = kind == "waived"
        with campaign_here() as campaign:
            name = campaign.unit(unit).unit.name
            if dry_run:
                would = campaign.would_settle(unit, code, note=note, place=place, waive=is_waiver)
                return _told(f"would_{kind}", name, would)
            decide = campaign.waive if is_waiver else campaign.accept
            return _told(kind, name, decide(unit, code, note=note, place=place))

    return command


def _told(kind: str, name: str, findings: Sequence[Finding]) -> int:
    """Print the findings that a decision settles."""
    for finding in findings:
        show(f"{sign(finding)} {finding.code}  {finding.message()}")
    tell(f"cli.decided.{kind}", name=name, count=len(findings))
    return 0
