"""The status as a table of words, for a terminal, a CSV and a workbook alike; and the text that reminds who is late.

In:   a status.
Out:  heads and lines; a text to paste into a chat group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tianbao import messages
from tianbao.campaign.judge import PRIOR
from tianbao.campaign.senders import holds
from tianbao.campaign.status import Status, UnitState, UnitStatus
from tianbao.messages import Language

#: Stands where nothing is to be said.
NOTHING = "·"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words.

    Attributes:
        heads: of its columns.
        lines: of each a field a column.
    """

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def whole_table(status: Status, lang: Language | None = None) -> Table:
    """Write everything that is known of each unit."""
    parts = status.parts(lang)
    names = ("order", "code", "name", "kind", "state", "late")
    more = (
        "version",
        "received",
        "source",
        "reason",
        "issued",
        "times",
        "sent_back",
        "prior",
        "contact",
        "telephone",
        "email",
        "remark",
    )
    heads = (*_heads(names, lang), *(title for _, title in parts), *_heads(more, lang))
    lines = tuple(
        _whole_line(number, unit, [key for key, _ in parts], lang) for number, unit in enumerate(status.units, 1)
    )
    return Table(heads, lines)


def _whole_line(number: int, unit: UnitStatus, parts: Sequence[str], lang: Language | None) -> tuple[str, ...]:
    entry, version = unit.entry, unit.version
    return (
        str(number),
        entry.unit.code,
        entry.unit.name,
        entry.unit.kind,
        f"{unit.state.sign} {unit.state.words(lang)}".strip(),
        messages.say("status.late", lang) if unit.is_late else "",
        *(_part(unit, key, "") for key in parts),
        str(version.number) if version else "",
        minute(version.receipt.at) if version else "",
        version.returned.file if version else "",
        version.because(lang) if version else "",
        minute(unit.issued),
        str(len({made.turn for made in unit.sent_back})) if unit.sent_back else "",
        minute(unit.sent_back[-1].at) if unit.sent_back else "",
        messages.say("status.has_prior" if unit.has_prior else "status.no_prior", lang),
        entry.contact,
        entry.telephone,
        entry.email,
        "；".join(_remarks(unit, lang)),
    )


def _remarks(unit: UnitStatus, lang: Language | None) -> Iterator[str]:
    if unit.exempt_because:
        yield unit.exempt_because
    if not unit.entry.counts:
        yield messages.say("status.not_counted", lang)
    if unit.is_unreached:
        yield unreached(unit, lang)
    for came in unit.empty:
        yield messages.say("status.empty", lang, subject=came.subject, found=holds(came, lang))
    for version in unit.asking:
        yield f"{version.returned.file}：{version.because(lang)}"


def unreached(unit: UnitStatus, lang: Language | None = None) -> str:
    """Say what became of the last mail to a unit."""
    mail = unit.mail
    assert mail is not None
    facts = {"mail": mail.number, "to": mail.to, "state": messages.say(f"outbox.state.{mail.state.value}", lang)}
    return messages.say("status.unreached", lang, answer=mail.answer, **facts).rstrip()


def short_table(status: Status, lang: Language | None = None) -> Table:
    """Write what fits a terminal: state, each part of the report, version, when it came."""
    shown = [(key, title) for key, title in status.parts(lang) if key in _shown(status)]
    heads = (*_heads(("order", "name", "state"), lang), *(title for _, title in shown))
    heads = (*heads, *_heads(("version", "received", "times"), lang))
    lines = tuple(
        (
            f"{number:02d}",
            unit.entry.unit.name,
            _state(unit, lang),
            *(_part(unit, key, NOTHING) for key, _ in shown),
            f"{unit.version.number}" if unit.version else NOTHING,
            minute(unit.version.receipt.at)[5:] if unit.version else NOTHING,
            str(len({made.turn for made in unit.sent_back}) or NOTHING),
        )
        for number, unit in enumerate(status.units, start=1)
    )
    return Table(heads, lines)


def _shown(status: Status) -> frozenset[str]:
    """Return the parts worth a column: all of the form, and the file where something is told of it."""
    told = {key for unit in status.units for key, part in unit.parts.items() if part.errors or part.queries}
    return frozenset(key for key, _ in status.parts() if key != "file" or key in told)


def _part(unit: UnitStatus, key: str, nothing: str) -> str:
    """Write the sign of a part; nothing where there is no report, or no last year to hold it against."""
    if key not in unit.parts or (key == PRIOR and not unit.has_prior):
        return nothing
    return unit.parts[key].sign


def _state(unit: UnitStatus, lang: Language | None) -> str:
    late = f" {messages.say('status.late', lang)}" if unit.is_late else ""
    return f"{unit.state.sign} {unit.state.words(lang)}{late}"


def counts_line(status: Status, lang: Language | None = None) -> str:
    """Write how many owe a report, how many are in, and how many stand in each state."""
    head = messages.say("status.counts", lang, expected=status.expected, received=status.received)
    states = "  ".join(
        f"{state.sign} {state.words(lang)} {count}".strip() for state, count in status.counts.items() if count
    )  # fmt: skip
    return f"{head}  {states}"


def deadline_line(status: Status, lang: Language | None = None) -> str:
    """Say how far off the deadline is; nothing where none is set."""
    due, late = status.settings.due, status.settings.late
    if due is None:
        return ""
    left = (due - status.today).days
    code = "status.due" if left > 0 else "status.due_today" if left == 0 else "status.overdue"
    line = messages.say(code, lang, due=day(due, lang), days=abs(left))
    return line + (messages.say("status.late_until", lang, late=day(late, lang)) if late else "")


def reminder(status: Status) -> str:
    """Write the text that reminds who has not reported, and who has not mended: to be pasted into a chat group.

    It names nobody's telephone: everybody reads it.
    """
    settings = status.settings
    silent = [unit for unit in status.owing if unit.state in (UnitState.NOT_ISSUED, UnitState.ISSUED)]
    mending = [unit for unit in status.owing if unit.state is UnitState.TO_MEND]
    if not silent and not mending:
        return messages.say("reminder.nobody", "zh", received=status.received, expected=status.expected)
    facts = {"title": status.form.title, "year": settings.year, "issuer": settings.issuer}
    due = day(settings.due, "zh") if settings.due is not None else ""
    lines = [messages.say("reminder.head" if due else "reminder.head_without_day", "zh", due=due, **facts)]
    lines.append(messages.say("reminder.counts", "zh", received=status.received, expected=status.expected))
    for code, units in (("silent", silent), ("mending", mending)):
        if units:
            names = "、".join(unit.entry.unit.name for unit in units)
            lines.append(messages.say(f"reminder.{code}", "zh", count=len(units), names=names))
    lines.append(messages.say("reminder.how", "zh"))
    if settings.contact:
        lines.append(messages.say("reminder.contact", "zh", contact=settings.contact))
    return "\n".join(lines)


def minute(at: str) -> str:
    """Write a time as people read it; nothing where there is none."""
    return at[:16].replace("T", " ")


def day(when: date, lang: Language | None = None) -> str:
    """Write a day as people read it."""
    return messages.say("status.day", lang, year=when.year, month=when.month, day=when.day)


def _heads(names: Sequence[str], lang: Language | None) -> tuple[str, ...]:
    return tuple(messages.say(f"status.head.{name}", lang) for name in names)
