"""What is told of findings: a block a file, and the sum of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.output import tell
from tianbao.cli.rounds import round_line
from tianbao.cli.words import file_line, located, settled, sign

if TYPE_CHECKING:
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding
    from tianbao.checks.rounds import Round
    from tianbao.records.model import Submission


def told(
    submissions: Sequence[Submission], found: Sequence[Sequence[Finding]], rounds: Sequence[Round | None] = ()
) -> Iterator[str]:
    """Write a block for each file: whose it is, what was done since its version before, and what was found in it.

    Args:
        submissions: the files.
        found: what was found in each.
        rounds: each held against its version before; empty where nobody asked.
    """
    from tianbao.records.repeats import COPIES

    for submission, own, since in zip_longest(submissions, found, rounds):
        yield file_line(submission, map(sign, own))
        if submission.reason is not None:
            yield f"  {submission.reason.code}  {submission.reason.message()}"
        elif rounds and COPIES.isdisjoint(finding.code for finding in own):
            yield f"  {round_line(since)}"
        settled_by: dict[str, tuple[str, Decision | None]] = {}
        suspected: dict[str, str] = {}
        for finding in own:
            yield from _told(finding, since, suspected)
            by = finding.explanation, finding.decision
            if by != settled_by.get(finding.follows or ""):
                yield from _explanation(finding, since)
                yield from _decision(finding)
            settled_by[finding.instance] = by


def _told(finding: Finding, since: Round | None, suspected: dict[str, str]) -> Iterator[str]:
    if finding.follows is not None:
        yield "    " + messages.say("cli.check.follows", code=finding.instance, message=finding.message())
        return
    #: A note of the reading says what stood there, and leaves it to us to say where.
    at = "" if finding.rule else next((cell.at for cell in finding.cells), "")
    standing = since.standing_of(finding) if since is not None and not since.is_same_file else ""
    is_new = messages.say(f"cli.round.is_{standing}") if standing else ""
    yield f"  {sign(finding)} {finding.code}  {is_new}{located(at, finding.message())}"
    if finding.suspects and finding.decision is None:
        yield "    " + _suspicion(finding, suspected)


def _explanation(finding: Finding, since: Round | None) -> Iterator[str]:
    """Write what the unit says of a finding, and that it is too little where it is."""
    if not finding.explanation:
        return
    if finding.is_explained or not finding.is_open or finding.severity.value == "error":
        is_earlier = since is not None and finding.instance in since.carried
        code = "cli.check.explained.before" if is_earlier else "cli.check.explained"
        yield "    " + messages.say(code, explanation=finding.explanation)
    else:
        facts = {"explanation": finding.explanation}
        yield f"    S-BRIEF  {messages.say('S-BRIEF', None, **facts)} {messages.hint('S-BRIEF', None, **facts)}"


def _decision(finding: Finding) -> Iterator[str]:
    """Write what the office decided, why, and who did."""
    if finding.decision is not None:
        by = messages.say("cli.check.by", by=finding.decision.by) if finding.decision.by else ""
        code = f"cli.check.{finding.decision.kind.value}"
        yield "    " + messages.say(code, note=finding.decision.note, by=by)


def _suspicion(finding: Finding, suspected: dict[str, str]) -> str:
    """Say which cell is probably wrong; of what was said under another finding already, under which.

    Args:
        finding: one with suspects.
        suspected: what was said so far of its file, and the code of the finding that it stands under; it is added to.
    """
    because = finding.suspects[0].because()
    if because in suspected:
        return messages.say("cli.check.suspected", code=suspected[because])
    suspected[because] = finding.code
    return because


def sum_up(submissions: Sequence[Submission], found: Sequence[Sequence[Finding]]) -> int:
    """Tell how many files are in which state, copies once, and what is settled; return the exit status."""
    from tianbao.records.repeats import COPIES

    counted = [own for own in found if COPIES.isdisjoint(finding.code for finding in own)]
    severities = [{finding.severity.value for finding in own if finding.is_open} for own in counted]
    total, again = len(counted), len(found) - len(counted)
    refused = sum(submission.reason is not None for submission in submissions)
    broken = sum("error" in own for own in severities)
    queried = sum("query" in own and "error" not in own for own in severities)
    clean = total - refused - broken - queried
    tell("cli.check.done", total=total, clean=clean, broken=broken, queried=queried, refused=refused)
    for code, facts in settled(chain.from_iterable(counted)):
        tell(code, **facts)
    if again:
        tell("cli.again", count=again)
    has_errors = any(finding.is_open and finding.severity.value == "error" for own in found for finding in own)
    return 1 if has_errors or refused else 0
