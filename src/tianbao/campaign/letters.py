"""What the letters to units say: who owes what, and what there is to tell each.

    units + how they stand ──▶ wishes: to whom, what for, with which workbook, and the facts of the letter

In:   a campaign.
Out:  a wish for each letter that there is reason to write.
Knows nothing of headers and servers; whether a letter was written already is asked by `staging`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.give_back import due_day
from tianbao.campaign.mails import Came, MailState
from tianbao.campaign.senders import holds, is_workbook, letters_by_unit
from tianbao.campaign.status import UnitState, UnitStatus, look
from tianbao.campaign.status_table import day
from tianbao.campaign.versions import Standing
from tianbao.mail.letters import Purpose
from tianbao.messages import Language
from tianbao.reports.receipt import totals

if TYPE_CHECKING:
    from tianbao.campaign.judge import Found
    from tianbao.campaign.roster import RosterEntry
    from tianbao.campaign.state import Made
    from tianbao.checks.finding import Finding

#: So many findings stand in the letter itself; all are in the workbook.
_NAMED = 5
#: Of a digest, enough to compare by eye.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """A letter that there is reason to write.

    Attributes:
        attached: the file to go with it, below the campaign's folder; empty where none does.
        sha256: of that file, as it was made.
        facts: for the template.
        answers: the Message-ID of the mail that it answers; empty where it answers none.
    """

    purpose: Purpose
    entry: RosterEntry
    attached: str
    sha256: str
    facts: Mapping[str, str]
    answers: str = ""


def of_issue(books: Books, units: Sequence[str], *, today: date, lang: Language) -> Iterator[Wish]:
    """Wish to send each unit the workbook that was issued to it."""
    for entry in _owing(books, units):
        made = _issued(books, entry.unit.code)
        yield _wish(books, Purpose.ISSUE, entry, made, {}, today=today, lang=lang)


def of_reminder(books: Books, units: Sequence[str], *, today: date, lang: Language) -> Iterator[Wish]:
    """Wish to remind each unit that owes something, and say what."""
    status, letters = look(books, today), letters_by_unit(books.state)
    for unit in status.owing:
        code = unit.entry.unit.code
        if (units and code not in units) or unit.state is UnitState.NOT_ISSUED:
            continue
        back = unit.sent_back[-1] if unit.sent_back else None
        made = back if back is not None and unit.state is UnitState.TO_MEND else _issued(books, code)
        came = letters.get(code, ())
        due = status.settings.due
        facts = {
            "owes": "\n".join(_owes(unit, came, today, lang)),
            "due": day(due, lang) if due else "",
            "overdue": str((today - due).days) if due and today > due else "",
        }
        answers = came[-1].message_id if came else _last_out(books, code)
        yield _wish(books, Purpose.REMINDER, unit.entry, made, facts, today=today, lang=lang, answers=answers)


def of_correction(
    books: Books, units: Sequence[str], found: Found, *, receipts: bool, today: date, lang: Language
) -> Iterator[Wish]:
    """Wish to send each unit back what was made for the version that counts: what is to be mended, or a receipt."""
    for code, findings in found.findings.items():
        version = books.versions.counting(code)
        if (units and code not in units) or version is None:
            continue
        made = next(
            (one for one in reversed(books.state.made.get(code, ())) if one.of == version.returned.sha256), None
        )
        if made is None or (made.is_receipt and not receipts):
            continue
        came = next((one for one in books.state.post.came if one.original == version.returned.original), None)
        answers = came.message_id if came else _last_out(books, code)
        open_ones = [one for one in findings if one.is_open and one.stands_alone]
        if made.is_receipt and not open_ones:
            submission = found.submissions[code]
            facts = {
                "received": _day(version.receipt.at, lang),
                "file": version.returned.file.rpartition("/")[2],
                "digest": version.returned.sha256[:_DIGITS],
                "total": "\n".join(totals(submission, lang)),
            }
            entry, purpose = books.entries[code], Purpose.RECEIPT
        elif open_ones and not made.is_receipt:
            errors = sum(one.severity.value == "error" for one in open_ones)
            facts = {
                "turn": str(made.turn),
                "errors": str(errors or ""),
                "queries": str(len(open_ones) - errors or ""),
                "mend": "\n".join(_mend(open_ones, lang)),
            }
            entry, purpose = books.entries[code], Purpose.CORRECTION
        else:
            continue
        yield _wish(books, purpose, entry, made, facts, today=today, lang=lang, answers=answers)


def _wish(
    books: Books,
    purpose: Purpose,
    entry: RosterEntry,
    made: Made | None,
    facts: Mapping[str, str],
    *,
    today: date,
    lang: Language,
    answers: str = "",
) -> Wish:
    settings = books.settings
    due = due_day(settings, today)
    file = made.file if made else ""
    common = {
        "unit": entry.unit.name,
        "code": entry.unit.code,
        "year": str(settings.year),
        "form": books.form.title,
        "issuer": settings.issuer,
        "county": settings.county,
        "contact": settings.contact,
        "due": day(due, lang) if due else "",
        "late": day(settings.late, lang) if settings.late and settings.late != due and today <= settings.late else "",
        "file": file.rpartition("/")[2],
    }
    return Wish(purpose, entry, file, made.sha256 if made else "", {**common, **facts}, answers)


def _owing(books: Books, units: Sequence[str]) -> Iterator[RosterEntry]:
    for entry in books.state.roster:
        if (not units or entry.unit.code in units) and not books.state.owes_nothing(entry):
            yield entry


def _issued(books: Books, unit: str) -> Made | None:
    """Return the workbook that was issued to a unit last."""
    made = books.state.made.get(unit, ())
    return next((one for one in reversed(made) if one.turn == 0 and not one.is_receipt), None)


def _owes(unit: UnitStatus, came: Sequence[Came], today: date, lang: Language) -> Iterator[str]:
    """Say what a unit owes, and what became of what it sent."""
    if unit.state is UnitState.TO_MEND:
        back = unit.sent_back[-1] if unit.sent_back else None
        facts = {"errors": unit.errors, "received": _day(unit.version.receipt.at, lang) if unit.version else ""}
        if back is None:
            yield messages.say("owes.to_mend", lang, **facts)
        else:
            yield messages.say("owes.sent_back", lang, at=_day(back.at, lang), turn=back.turn, **facts)
        return
    if unit.state is UnitState.RECEIVED:
        yield messages.say("owes.unclear", lang)
        return
    yield messages.say("owes.nothing", lang, today=day(today, lang))
    refused = [one for one in unit.arrivals if one.standing is Standing.REFUSED]
    empty = [one for one in came if not any(map(is_workbook, one.names))]
    for one in empty[-1:]:
        yield messages.say("owes.no_workbook", lang, at=_day(one.at, lang), found=holds(one, lang))
    for version in refused:
        if version.returned.original not in {one.original for one in empty}:
            facts = {"file": version.returned.file.rpartition("/")[2], "because": version.because(lang)}
            yield messages.say("owes.refused", lang, **facts)


def _mend(findings: Sequence[Finding], lang: Language) -> Iterator[str]:
    ordered = sorted(findings, key=lambda one: one.severity.value != "error")
    for number, one in enumerate(ordered[:_NAMED], start=1):
        sign = "×" if one.severity.value == "error" else "△"
        yield f"{number}. {sign} {one.code}  {one.message(lang)}"
    if len(ordered) > _NAMED:
        yield messages.say("owes.more", lang, count=len(ordered) - _NAMED)


def _last_out(books: Books, unit: str) -> str:
    mails = [one for one in books.state.post.of(unit) if one.state in (MailState.HANDED_OVER, MailState.UNCERTAIN)]
    return mails[-1].message_id if mails else ""


def _day(at: str, lang: Language) -> str:
    return day(date.fromisoformat(at[:10]), lang)
