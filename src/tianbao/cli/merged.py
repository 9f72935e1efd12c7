"""What is told of a merge: who is counted, who is missing, what was left out, what makes one doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.output import joined
from tianbao.cli.words import mark, settled, sign

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.merge.doubles import Double
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Unit


def told_of_office(aside: Mapping[str, Unit], findings: Iterable[Finding]) -> Iterator[str]:
    """Write which units the roster leaves out of the totals, and what the office settled."""
    if aside:
        yield messages.say("cli.merge.aside", names=_names(tuple(aside.values())))
    for code, facts in settled(findings):
        yield messages.say(code, None, **facts)


def exit_status(merged: Merged, findings: Iterable[Finding]) -> int:
    """Return 1 where an error is open, a file is not counted for one, or a booking has put the totals out of balance.

    Totals that do not hold for a unit's error are as good as that is: waived, or open and counted already.
    """
    from tianbao.reports.county import check_totals

    broken = any(finding.is_open and finding.severity.value == "error" for finding in findings)
    unbalanced = bool(merged.adjustments) and bool(check_totals(merged))
    lost = any(left_out.severity.value == "error" for left_out in merged.left_out)
    return 1 if broken or unbalanced or lost else 0


def told_of_totals(merged: Merged, doubles: Iterable[Double]) -> Iterator[str]:
    """Write what the office booked, where the totals themselves do not hold, and what may be in them twice."""
    from tianbao.reports.county import check_totals

    if merged.adjustments:
        yield messages.say("cli.merge.adjusted", count=len(merged.adjustments))
    for finding in check_totals(merged):
        if finding.stands_alone:
            yield f"{sign(finding)} {messages.say('cli.merge.broken')}  {finding.code}  {finding.message()}"
    for double in doubles:
        #: What to do about a joint document is in the workbook, and `explain` tells it: it would be the same line each time.
        way_out = "" if double.once else f" {double.hint()}"
        yield f"△ {double.code}  {double.message()}{way_out}"


def told(merged: Merged, versions: Mapping[str, int] | None = None) -> Iterator[str]:
    """Write who is counted, in which version, who is missing, what was left out, and which totals are not complete."""
    form = merged.form
    yield messages.say("cli.merge.head", year=merged.year, title=form.title, form=form.id)
    yield messages.say("cli.merge.counted", count=len(merged.units), names=_names(merged.units))
    later = sum(number > 1 for number in (versions or {}).values())
    if later:
        yield messages.say("cli.merge.later", count=later)
    if merged.missing:
        yield messages.say("cli.merge.missing", count=len(merged.missing), names=_names(merged.missing))
    for left_out in merged.left_out:
        yield f"{mark(left_out.severity)} {left_out.file}  {left_out.code}  {left_out.message()}"
    if merged.incomplete:
        units = {unit.code: unit for without in merged.incomplete.values() for unit in without}
        yield messages.say("cli.merge.incomplete", count=len(merged.incomplete), names=_names(tuple(units.values())))


def told_of_files(findings: Iterable[Finding]) -> Iterator[str]:
    """Write what makes one doubt whose figures these are, or what they were made of; all else is for `check`."""
    for finding in findings:
        if finding.code.startswith(("A-", "M-PARTS")):
            yield f"{sign(finding)} {finding.file}  {finding.code}  {finding.message()}"


def _names(units: tuple[Unit, ...]) -> str:
    return joined(unit.name for unit in units)
