"""What is told of a merge: who is counted, who is missing, what was left out, what makes one doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.output import joined
from tianbao.cli.words import mark, settled, sign

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Unit


def told_of_office(aside: Mapping[str, Unit], findings: Iterable[Finding]) -> Iterator[str]:
    """Write which units the roster leaves out of the totals, and what the office settled."""
    if aside:
        yield messages.say("cli.merge.aside", names=_names(tuple(aside.values())))
    for code, facts in settled(findings):
        yield messages.say(code, None, **facts)


def exit_status(merged: Merged, findings: Iterable[Finding]) -> int:
    """Return 1 where an error is open, or a file is not counted for one."""
    broken = any(finding.is_open and finding.severity.value == "error" for finding in findings)
    lost = any(left_out.severity.value == "error" for left_out in merged.left_out)
    return 1 if broken or lost else 0


def told(merged: Merged) -> Iterator[str]:
    """Write who is counted, who is missing, what was left out, and which totals are not complete."""
    form = merged.form
    yield messages.say("cli.merge.head", year=merged.year, title=form.title, form=form.id)
    yield messages.say("cli.merge.counted", count=len(merged.units), names=_names(merged.units))
    if merged.missing:
        yield messages.say("cli.merge.missing", count=len(merged.missing), names=_names(merged.missing))
    for left_out in merged.left_out:
        yield f"{mark(left_out.severity)} {left_out.file}  {left_out.code}  {left_out.message()}"
    if merged.incomplete:
        units = {unit.code: unit for without in merged.incomplete.values() for unit in without}
        yield messages.say("cli.merge.incomplete", count=len(merged.incomplete), names=_names(tuple(units.values())))


def told_of_files(findings: Iterable[Finding]) -> Iterator[str]:
    """Write what makes one doubt whose figures these are; all else that was found is for `check`."""
    for finding in findings:
        if finding.code.startswith("A-"):
            yield f"{sign(finding)} {finding.file}  {finding.code}  {finding.message()}"


def _names(units: tuple[Unit, ...]) -> str:
    return joined(unit.name for unit in units)
