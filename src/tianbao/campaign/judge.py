"""What is found in the reports that count, asked anew only where something has changed that it hangs on.

    versions that count ──checks──▶ findings by unit ──keep──▶ the ledger ──▶ what the status shows

In:   a campaign.
Out:  the findings of each unit; a summary of them, for each part of the form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tianbao import __version__
from tianbao.campaign.books import Books
from tianbao.campaign.store import Judged, LedgerWriteError
from tianbao.form.model import Form, Severity
from tianbao.records.model import Submission

if TYPE_CHECKING:
    from tianbao.campaign.state import Decided
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding

#: The parts of a report beside its tables, by which the status sums up what was found.
COVER, TEXTS, PRIOR, FILE = "cover", "texts", "prior", "file"
_PRIOR_KEY = "prior."
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Found:
    """What is found in the reports that count.

    Attributes:
        submissions: by unit, as they were checked: with what was explained in the version before.
        findings: by unit, in the office's order.
        ids: by unit, the number of the submission in the ledger.
        outdated: decisions of the office about figures that have changed since; they settle nothing any more.
    """

    submissions: Mapping[str, Submission]
    findings: Mapping[str, tuple[Finding, ...]]
    ids: Mapping[str, int]
    outdated: tuple[Decision, ...]


def judge(books: Books, *, also: Sequence[Decision] = ()) -> Found:
    """Check the report of every unit that has one.

    Args:
        books: whose.
        also: decisions beside those that the office has made.
    """
    from tianbao.checks.rounds import carry_explanations, versions
    from tianbao.checks.run import check_each

    ids, submissions = counting(books)
    earlier_ids = {
        unit: before.returned.id for unit in ids if (before := books.versions.before(unit)) is not None
    }  # fmt: skip
    earlier = versions(_load(books, earlier_ids).values())
    carried = [carry_explanations(one, earlier) for one in submissions.values()]
    ask = partial(
        check_each,
        carried,
        prior=books.prior.values(),
        roster=[entry.unit for entry in books.state.roster],
    )
    decisions = {decision: digest for one in books.state.decided for decision, digest in _with_digests(one)}
    found = ask(decisions=(*also, *decisions))
    outdated = tuple(
        finding.decision
        for own in found
        for finding in own
        if finding.decision in decisions and figures(finding) != decisions[finding.decision]
    )
    if outdated:
        found = ask(decisions=(*also, *(one for one in decisions if one not in outdated)))
    return Found(dict(zip(ids, carried, strict=True)), dict(zip(ids, found, strict=True)), ids, outdated)


def _with_digests(decided: Decided) -> Iterator[tuple[Decision, str]]:
    return zip(decided.decisions(), decided.settles.values(), strict=True)


def figures(finding: Finding) -> str:
    """Digest the figures that a finding is about: what was decided about others does not hold for them."""
    said = [f"{cell.key} {cell.value}" for cell in finding.cells]
    return hashlib.sha256("\n".join([*said, f"{finding.left} {finding.right}"]).encode()).hexdigest()[:_DIGITS]


def counting(books: Books) -> tuple[dict[str, int], dict[str, Submission]]:
    """Return the report of every unit that has one, and its number in the ledger, in the office's order."""
    ids = {
        unit: now.returned.id for unit in books.entries if (now := books.versions.counting(unit)) is not None
    }  # fmt: skip
    return ids, _load(books, ids)


def _load(books: Books, ids: Mapping[str, int]) -> dict[str, Submission]:
    """Load submissions as those of the units whose they are, whatever stands in the file."""
    loaded = books.ledger.submissions(list(ids.values()), books.form)
    return {unit: _as_of(books, unit, loaded[number]) for unit, number in ids.items()}


def _as_of(books: Books, code: str, submission: Submission) -> Submission:
    if submission.unit is not None and submission.unit.code == code and submission.year == books.settings.year:
        return submission
    return replace(submission, unit=books.entries[code].unit, year=books.settings.year)


def keep(books: Books) -> None:
    """Keep in the ledger what is found now; where it cannot be written, whoever asks has it found anew.

    What it was kept for is done by then: who were told that it failed would do it a second time.
    """
    if is_known(books):
        return
    found, hangs_on = judge(books), basis(books)
    judged = []
    for unit, findings in found.findings.items():
        summary = sum_up(books.form, findings)
        documents = [
            {**one.as_dict("zh"), "is_open": one.is_open, "sha256": found.submissions[unit].sha256} for one in findings
        ]
        judged.append((Judged(found.ids[unit], hangs_on, summary), documents))
    with suppress(LedgerWriteError), books.recording():
        books.ledger.keep_findings(judged)


def summaries(books: Books) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """Return what is found in the report of each unit, summed up: as it was kept, or found anew."""
    ids = {unit: now.returned.id for unit in books.entries if (now := books.versions.counting(unit))}
    kept = books.ledger.judged()
    if is_known(books, kept):
        return {unit: kept[number].summary for unit, number in ids.items()}
    return {unit: sum_up(books.form, own) for unit, own in judge(books).findings.items()}


def is_known(books: Books, kept: Mapping[int, Judged] | None = None) -> bool:
    """Whether what was found last is what would be found now."""
    kept = books.ledger.judged() if kept is None else kept
    hangs_on = basis(books)
    counted = {now.returned.id for unit in books.entries if (now := books.versions.counting(unit)) is not None}
    return set(kept) == counted and all(one.basis == hangs_on for one in kept.values())


def basis(books: Books) -> str:
    """Digest everything that the findings hang on."""
    versions = books.versions
    parts = [
        __version__,
        books.form.digest,
        str(books.state.prior),
        *(f"{entry.unit.code} {entry.unit.name}" for entry in books.state.roster),
        *(f"{one.event} {one.settles}" for one in books.state.decided),
    ]
    for unit in books.entries:
        several = (versions.counting(unit), versions.before(unit))
        parts.append(" ".join(f"{one.returned.id}:{one.unit}" if one else "-" for one in several))
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def sum_up(form: Form, findings: Iterable[Finding]) -> dict[str, list[int]]:
    """Count what is open, errors and queries, in each part of the form; what is settled counts nowhere.

    A finding that follows from another one is counted with that.
    """
    counts: dict[str, list[int]] = {}
    for finding in findings:
        if finding.is_open and finding.stands_alone:
            line = counts.setdefault(part_of(form, finding), [0, 0])
            line[0 if finding.severity is Severity.ERROR else 1] += 1
    return counts


def part_of(form: Form, finding: Finding) -> str:
    """Return the part of the form that a finding is about: a section of tables, or one of the others."""
    keys = [cell.key for cell in finding.cells]
    if any(key.startswith(_PRIOR_KEY) for key in keys):
        return PRIOR
    texts = {cell.key for text in form.texts for cell in text.cells} | {text.key for text in form.texts}
    if finding.code.startswith("N-") or any(key in texts for key in keys):
        return TEXTS
    table = next((table for key in keys if (table := form.table_of(key)) is not None), None)
    if table is not None:
        return table.section
    return COVER if keys else FILE
