"""What of the findings is settled: by what the unit wrote beside them, and by what the office decided.

    findings ──▶ with the unit's words ──▶ with the office's decision ──▶ what follows from a settled query is settled too

In:   all findings of one submission, whichever check or reading they come from, and the decisions of the office.
Out:  the same findings, each with the explanation and the decision that belong to it; and which decision settles none,
      with the reason.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tianbao import messages
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.checks.finding import Finding
from tianbao.checks.sentence import at_cells
from tianbao.form.model import Form, Severity
from tianbao.messages import Language
from tianbao.messages.explained import explained
from tianbao.records.model import Submission

_GRAVEST_FIRST = (Severity.ERROR, Severity.QUERY, Severity.NOTE)
#: Codes that say which file of a unit counts: nothing that could be waived.
_OF_COUNTING = "M-"


def settle(
    submission: Submission, findings: Sequence[Finding], decisions: Iterable[Decision] = ()
) -> tuple[Finding, ...]:
    """Put beside every finding what the unit wrote about it and the office decided, and see what is thereby settled.

    A query that follows from a settled one is settled by the same words. What is still open, though the finding that it
    follows from is not, stands by itself: an error is never settled by what was decided about another.
    """
    own = [decision for decision in decisions if decision.is_for(submission)]
    told = (_explained(submission, finding) for finding in findings)
    return _with_consequences(replace(finding, decision=_decided(finding, own)) for finding in told)


def _explained(submission: Submission, finding: Finding) -> Finding:
    answer = submission.explanations.get(finding.instance)
    return finding if answer is None or answer.value is None else replace(finding, explanation=str(answer.value))


def _with_consequences(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Settle what follows from what is settled; causes stand before their consequences."""
    causes: dict[str, Finding] = {}
    told = []
    for finding in findings:
        cause = causes.get(finding.follows) if finding.follows else None
        if cause is not None and not cause.is_open and finding.is_open:
            told.append(_without_cause(finding, cause))
        else:
            told.append(finding)
        if finding.follows is None:
            causes[finding.instance] = finding
    return tuple(_in_order(told))


def _without_cause(finding: Finding, cause: Finding) -> Finding:
    if cause.severity is finding.severity is Severity.QUERY:
        return replace(finding, explanation=cause.explanation or finding.explanation, decision=cause.decision)
    return replace(finding, follows=None)


def _in_order(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Put what stands by itself now among the others: errors first, and every consequence right after its cause."""
    names = {finding.instance for finding in findings}
    consequences: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        consequences[finding.follows if finding.follows in names else None].append(finding)
    for cause in sorted(consequences.pop(None, []), key=lambda finding: _GRAVEST_FIRST.index(finding.severity)):
        yield cause
        yield from consequences.pop(cause.instance, [])


# ── which decision is about which finding ────────────────────────────────────────────────────────────────────────────


def _decided(finding: Finding, decisions: Iterable[Decision]) -> Decision | None:
    """Return the decision that settles a finding; of several the one that names the place, then the first."""
    settling = [decision for decision in decisions if _settles(decision, finding)]
    return min(settling, key=lambda decision: not decision.place, default=None)


def _settles(decision: Decision, finding: Finding) -> bool:
    """Whether a finding is done with by a decision: an error is not, where only an explanation was accepted."""
    is_possible = decision.kind is DecisionKind.WAIVED or finding.severity is not Severity.ERROR
    return is_possible and _concerns(decision, finding) and not finding.code.startswith(_OF_COUNTING)


def _concerns(decision: Decision, finding: Finding) -> bool:
    """Whether a decision names a finding of its unit."""
    if decision.check not in (finding.code, finding.instance):
        return False
    return not decision.place or _plain(decision.place) in map(_plain, _places(finding))


def _places(finding: Finding) -> Iterator[str]:
    """Yield the names of where a finding stands: its instance, each of its cells, all of them as the sentence names them."""
    yield finding.instance
    yield finding.instance.removeprefix(f"{finding.code}.")
    for cell in finding.cells:
        yield from (cell.key, cell.at, cell.at.rpartition("!")[2])
    yield at_cells(finding.cells, "zh")


def _plain(place: str) -> str:
    """Write a place as one compares it: in one width, without blanks, quotes and the brackets around it.

    >>> _plain("（三、依申请公开!E10:E11、E33:E34）") == _plain("三、依申请公开！e10：e11、 E33:E34")
    True
    """
    said = "".join(unicodedata.normalize("NFKC", place).split()).replace("'", "").casefold()
    return said.removeprefix("(").removesuffix(")")


# ── decisions that settle nothing ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unfit:
    """A decision that settles nothing, and why.

    Attributes:
        code: of the sentence.
    """

    decision: Decision
    code: str
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        return f"{messages.say(self.code, lang, **self.params)} {messages.hint(self.code, lang, **self.params)}"


def find_unfit(
    decisions: Iterable[Decision], submissions: Sequence[Submission], found: Sequence[Sequence[Finding]]
) -> tuple[Unfit, ...]:
    """Tell of every decision that settles nothing why: the unit, the check or the place is not there, or it may not.

    Args:
        decisions: all of them.
        submissions: those that were checked.
        found: what was found in each.
    """
    known = frozenset(_codes(submission.form for submission in submissions))
    unfit = []
    for decision in decisions:
        own = [n for n, submission in enumerate(submissions) if decision.is_for(submission)]
        findings = [finding for n in own for finding in found[n]]
        if not any(_settles(decision, finding) for finding in findings):
            name = next((unit.name for n in own if (unit := submissions[n].unit) is not None), "")
            facts = {"unit_code": decision.unit, "name": name, "check": decision.check, "place": decision.place}
            code = _why(decision, findings, is_sent=bool(own), is_known=decision.check.partition(".")[0] in known)
            unfit.append(Unfit(decision, code, facts))
    return tuple(unfit)


def _why(decision: Decision, findings: Sequence[Finding], *, is_sent: bool, is_known: bool) -> str:
    """Return the code of the reason for which a decision settles nothing."""
    if not is_known:
        return "S-NO-CHECK"
    if decision.check.startswith(_OF_COUNTING):
        return "S-COUNTING"
    if not is_sent:
        return "S-NO-UNIT"
    if any(_concerns(decision, finding) for finding in findings):
        return "S-ERROR"
    return "S-NO-PLACE" if decision.place else "S-NO-FINDING"


def _codes(forms: Iterable[Form | None]) -> Iterator[str]:
    """Yield the codes that a finding may have."""
    yield from explained()
    for form in dict.fromkeys(forms):
        yield from (check.code for check in form.checks) if form is not None else ()
