"""`accept`: the office accepts what a unit says of a query."""

from __future__ import annotations

from tianbao.cli.decisions import decision_command

command = decision_command("accepted")
