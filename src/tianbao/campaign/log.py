"""What happened, in plain words: who did what, when, from which file.

In:   events.
Out:  a line each, in either language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tianbao import messages
from tianbao.campaign.events import Event, EventKind
from tianbao.campaign.roster import RosterChange
from tianbao.campaign.state import State
from tianbao.messages import Language
from tianbao.records.model import Unit

#: So many names are written out.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class LogLine:
    """What one command did.

    Attributes:
        numbers: of the events.
        files: those that came in with it.
        changes: of the roster, one by one; none where it was the first.
        is_undone: it was taken back.
    """

    at: str
    by: str
    kind: EventKind
    numbers: tuple[int, ...]
    files: tuple[str, ...]
    params: dict[str, object]
    changes: tuple[RosterChange, ...]
    is_undone: bool

    def message(self, lang: Language | None = None) -> str:
        """Write what was done."""
        facts = {name: _joined(fact, lang) if isinstance(fact, tuple) else fact for name, fact in self.params.items()}
        return messages.say(f"log.{self.kind.value}", lang, **facts)


def read_log(events: Sequence[Event], state: State) -> tuple[LogLine, ...]:
    """Write a line for everything that was done; files that came in with one command are told together."""
    first = next((event.number for event in events if event.kind is EventKind.ROSTER), 0)
    return tuple(_line(several, state, first_roster=first) for several in _batches(events))


def _batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    several: list[Event] = []
    told = {event.facts["mail"] for event in events if event.kind is EventKind.POSTED}
    for event in events:
        #: What was written down before a mail was handed over is told only where nothing was after it.
        if event.kind is EventKind.POSTING and event.facts["mail"] in told:
            continue
        if several and (event.batch, event.kind) != (several[0].batch, several[0].kind):
            yield several
            several = []
        several.append(event)
    if several:
        yield several


def _line(several: Sequence[Event], state: State, *, first_roster: int) -> LogLine:
    first = several[0]
    return LogLine(
        at=first.at,
        by=first.by,
        kind=first.kind,
        numbers=tuple(event.number for event in several),
        files=tuple(event.facts["name"] for event in several if event.kind is EventKind.RECEIVED),
        params=_params(several, state, first_roster=first_roster),
        changes=tuple(_changes(first)) if first.kind is EventKind.ROSTER and first.number != first_roster else (),
        is_undone=all(event.number in state.undone for event in several),
    )


def _params(several: Sequence[Event], state: State, *, first_roster: int) -> dict[str, object]:
    facts = several[0].facts
    match several[0].kind:
        case EventKind.CREATED:
            return {"form": facts["form"], "year": facts["year"]}
        case EventKind.ROSTER:
            is_change = several[0].number != first_roster
            changes = messages.say("log.changes", count=len(facts["changes"])) if is_change else ""
            return {"units": len(facts["entries"]), "changes": changes}
        case EventKind.PRIOR:
            return {"units": facts["units"], "sources": tuple(facts["sources"])}
        case EventKind.ISSUED:
            made = [one for event in several for one in event.facts["workbooks"]]
            return {"count": len(made), "names": tuple(_name(state, one["unit"]) for one in made)}
        case EventKind.SENT_BACK:
            made = [one for event in several for one in event.facts["workbooks"]]
            names = tuple(f"{_name(state, one['unit'])}{_turn(one)}" for one in made)
            return {"count": len(made), "names": names}
        case EventKind.RECEIVED:
            return {"count": len(several), "names": tuple(event.facts["name"] for event in several)}
        case EventKind.CLAIMED:
            return {"file": facts["file"], "name": _name(state, facts["unit"]), "note": _note(facts["note"])}
        case EventKind.DECIDED:
            words = messages.say(f"log.{facts['kind']}")
            where = f" {facts['place']}" if facts["place"] else ""
            return {
                "name": _name(state, facts["unit"]),
                "check": f"{facts['check']}{where}",
                "what": words,
                "note": facts["note"],
            }
        case EventKind.EXEMPTED:
            return {"name": _name(state, facts["unit"]), "note": facts["note"]}
        case EventKind.ADJUSTED:
            return {"label": facts["label"], "amount": facts["amount"], "note": facts["note"]}
        case EventKind.MERGED:
            return {"file": facts["file"], "units": facts["units"], "missing": facts["missing"]}
        case EventKind.PUBLISHED:
            made = [one for event in several for one in event.facts["reports"]]
            whose = dict.fromkeys(_name(state, one["unit"]) if one["unit"] else one["file"] for one in made)
            return {"count": len(made), "names": tuple(whose)}
        case EventKind.STAGED:
            mails = [one for event in several for one in event.facts["mails"]]
            what = messages.say(f"outbox.purpose.{mails[0]['purpose']}")
            return {"count": len(mails), "what": what, "names": tuple(_name(state, one["unit"]) for one in mails)}
        case EventKind.POSTING | EventKind.POSTED:
            names = tuple(_of_mail(state, event.facts["mail"]) for event in several)
            fates = Counter(event.facts.get("fate", "uncertain") for event in several)
            comma = messages.say("cli.comma")
            what = comma.join(f"{messages.say(f'outbox.fate.{fate}')} {count}" for fate, count in fates.items())
            return {"count": len(several), "what": what, "names": names}
        case EventKind.SETTLED:
            names = tuple(_of_mail(state, event.facts["mail"]) for event in several)
            return {"what": messages.say(f"outbox.fate.{facts['fate']}"), "names": names, "note": _note(facts["text"])}
        case EventKind.FETCHED:
            left = sum(not original for _, original in facts["mails"])
            return {"count": len(facts["mails"]), "left": left, "address": facts["address"]}
        case EventKind.UNDONE:
            return {"numbers": tuple(f"#{number}" for number in facts["events"])}
        case EventKind.REBUILT:
            return {"events": facts["events"], "originals": facts["originals"]}


def _changes(event: Event) -> Iterator[RosterChange]:
    for one in event.facts["changes"]:
        yield RosterChange(one["code"], Unit(*one["unit"]) if one["unit"] else None, one["params"])


def _name(state: State, code: str) -> str:
    entry = state.entries.get(code)
    return entry.unit.name if entry else code


def _of_mail(state: State, number: int) -> str:
    mail = state.post.mails.get(number)
    return _name(state, mail.unit) if mail else f"#{number}"


def _turn(one: dict[str, Any]) -> str:
    return messages.say("log.receipt") if one["is_receipt"] else messages.say("log.turn", turn=one["turn"])


def _note(note: str) -> str:
    return messages.say("log.note", note=note) if note else ""


def _joined(names: tuple[str, ...], lang: Language | None) -> str:
    shown = messages.say("cli.comma", lang).join(names[:_NAMED])
    return shown + (messages.say("log.more", lang, count=len(names)) if len(names) > _NAMED else "")
