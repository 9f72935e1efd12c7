"""From one version of a unit's report to the next: what was mended, what is still open, what is new, what was changed.

    the version before ─┬─ carry_explanations ▶ the version now, with what was explained before ──checks──▶ findings
                        └──────────────────────── compare_each ◀── findings of both ──▶ Round

In:   two submissions of one unit, and what was found in each.
Out:  a `Round`. What a unit explained once it need not explain again, as long as the figures are the same.
Knows nothing of where the version before was kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tianbao.checks.finding import Finding
from tianbao.form.model import CellType, Form, Kind, Severity
from tianbao.records.model import Answer, State, Submission, Value
from tianbao.records.repeats import COPIES

#: Codes that say which of several files counts: nothing that a unit mends from version to version.
_OF_COUNTING = "M-"

#: Unit and year: what two versions of a report have in common.
Whose = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that holds something else than before.

    Attributes:
        at: `sheet!cell` in the file of now.
        before: what it held; where that could not be read, as it was typed; of a text nothing.
        now: what it holds, likewise.
        is_text: it holds words, which are not repeated here.
    """

    key: str
    at: str
    before: Value
    now: Value
    is_text: bool


@dataclass(frozen=True, slots=True)
class Round:
    """A version of a unit's report, held against the one before.

    Attributes:
        before: the file of the version before.
        is_same_file: it is that very file.
        mended: what was found in the version before, and is found no more.
        settled: what is found in both and is explained or decided now.
        open: what is found in both and is still to be mended, explained or decided.
        new: what is found only now.
        changed: the cells that people filled otherwise; computed ones where a number was typed over their formula.
        carried: the instances whose explanation stands in the version before alone.
    """

    before: str
    is_same_file: bool
    mended: tuple[Finding, ...]
    settled: tuple[Finding, ...]
    open: tuple[Finding, ...]
    new: tuple[Finding, ...]
    changed: tuple[Changed, ...]
    carried: frozenset[str]

    def standing_of(self, finding: Finding) -> str:
        """Say whether a finding of now is `new` or still `open`; nothing of one that is settled or not compared."""
        if not finding.is_open:
            return ""
        return next((name for name in ("new", "open") if finding in getattr(self, name)), "")


def versions(before: Iterable[Submission]) -> Mapping[Whose, Submission]:
    """Return earlier versions by unit and year; of several of one unit the last given counts."""
    return {_whose(one): one for one in before if one.reason is None and one.unit is not None}


def _whose(submission: Submission) -> Whose:
    return submission.unit.code if submission.unit is not None else "", submission.year


def carry_explanations(now: Submission, earlier: Mapping[Whose, Submission]) -> Submission:
    """Give a version what the unit explained in the one before, and not anew, where the figures are the same."""
    before = earlier.get(_whose(now))
    if before is None or now.reason is not None or now.form is None:
        return now
    is_changed = any(True for _ in _changed(before, now))
    carried = {
        instance: answer
        for instance, answer in before.explanations.items()
        if instance not in now.explanations and _is_about_the_same(instance, before, now, is_changed=is_changed)
    }
    return replace(now, explanations={**carried, **now.explanations}) if carried else now


def compare_each(
    submissions: Sequence[Submission],
    found: Sequence[Sequence[Finding]],
    earlier: Mapping[Whose, Submission],
    found_before: Sequence[Sequence[Finding]],
) -> tuple[Round | None, ...]:
    """Hold every submission against its version before.

    Args:
        submissions: the versions of now, with the explanations that were carried over to them.
        found: what is found in each.
        earlier: the versions before.
        found_before: what is found in each of these, in their order.

    Returns:
        None where there is no version before, and of a copy, which is told once only.
    """
    known = dict(zip(earlier, found_before, strict=True))
    rounds: list[Round | None] = []
    for now, own in zip(submissions, found, strict=True):
        whose = _whose(now)
        is_compared = whose in earlier and now.reason is None and COPIES.isdisjoint(finding.code for finding in own)
        rounds.append(compare(earlier[whose], now, known[whose], own) if is_compared else None)
    return tuple(rounds)


def compare(before: Submission, now: Submission, found_before: Sequence[Finding], found: Sequence[Finding]) -> Round:
    """Hold a version against the one before.

    Args:
        before: the version before.
        now: the version now, with the explanations that were carried over to it.
        found_before: what is found in the one before.
        found: what is found in the one now.
    """
    still, new = _parted(found, found_before)
    _, mended = _parted(found_before, found)
    return Round(
        before=before.file,
        is_same_file=before.sha256 == now.sha256,
        mended=tuple(mended),
        settled=tuple(finding for finding in still if not finding.is_open),
        open=tuple(finding for finding in still if finding.is_open),
        new=tuple(new),
        changed=tuple(_changed(before, now)),
        carried=frozenset(_carried(before, now)),
    )


def count(findings: Iterable[Finding]) -> int:
    """Count findings as people do: what follows from another one is mended with it."""
    return sum(finding.follows is None for finding in findings)


def _parted(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Part findings in those that are among the others, and those that are not; of several alike each has its own."""
    left = Counter(finding.instance for finding in others if _is_compared(finding))
    among: list[Finding] = []
    alone: list[Finding] = []
    for finding in filter(_is_compared, findings):
        (among if left[finding.instance] > 0 else alone).append(finding)
        left[finding.instance] -= 1
    return among, alone


def _is_compared(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE and not finding.code.startswith(_OF_COUNTING)


# ── what was changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _changed(before: Submission, now: Submission) -> Iterator[Changed]:
    """Yield the cells that hold something else, of those that both versions ask for."""
    assert now.form is not None
    for key, cell in now.form.by_key.items():
        if key in now.answers and key in before.answers:
            old, new = before.answers[key], now.answers[key]
            is_same = old.stated == new.stated if cell.kind is Kind.COMPUTED else _says_the_same(old, new)
            if not is_same:
                at = f"{new.sheet}!{new.cell}" if new.sheet else key
                if cell.type is CellType.TEXT:
                    yield Changed(key, at, None, None, is_text=True)
                else:
                    yield Changed(key, at, _shown(old), _shown(new), is_text=False)


def _says_the_same(old: Answer, new: Answer) -> bool:
    """Whether a person left a cell as it was; where zero is declared on the cover, neither a blank nor a 0 was touched."""
    if State.DECLARED_ZERO in (old.state, new.state):
        return not old.value and not new.value and State.UNREADABLE not in (old.state, new.state)
    if old.value is None and new.value is None:
        return old.state is new.state and old.raw == new.raw
    return old.value == new.value


def _shown(answer: Answer) -> Value:
    """Return what stands in a cell: the number typed over a formula, the value, else what is no answer as it was typed."""
    if answer.stated is not None:
        return answer.stated
    is_typed = answer.value is None and answer.state is not State.BLANK
    return answer.raw if is_typed else answer.value


# ── what was explained before ────────────────────────────────────────────────────────────────────────────────────────


def _is_about_the_same(instance: str, before: Submission, now: Submission, *, is_changed: bool) -> bool:
    """Whether the cells of a finding hold what they held; where it has none of its own, whether all cells do."""
    assert now.form is not None
    keys = _cells(instance, now.form)
    if not keys:
        return not is_changed
    both = [(before.answers.get(key), now.answers.get(key)) for key in keys]
    return all(old is not None and new is not None and _shown(old) == _shown(new) for old, new in both)


def _cells(instance: str, form: Form) -> tuple[str, ...]:
    """Return the cells that a finding is about: those of the check, or the one behind the code of a note."""
    check = next((each for each in form.instances if each.id == instance), None)
    if check is not None:
        return check.cells
    key = instance.partition(".")[2]
    return (key,) if key in form.by_key else ()


def _carried(before: Submission, now: Submission) -> Iterator[str]:
    """Yield what was carried over: it is the very answer of the version before, and not one that reads the same."""
    for instance, answer in now.explanations.items():
        if before.explanations.get(instance) is answer:
            yield instance
