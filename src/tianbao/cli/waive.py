"""`waive`: the office waives a check for a unit."""

from __future__ import annotations

from tianbao.cli.decisions import decision_command

command = decision_command("waived")
