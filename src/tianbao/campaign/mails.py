"""The mails of a campaign: what went out and what became of it, what came in and what it says of those.

    events ──Post──▶ every mail by number, with its fate · what came in by mail · how far the mailbox was read

In:   events, one after the other.
Out:  where each mail stands.
Knows nothing of servers and files. A mail of which it was not written down what the server said is uncertain: whoever was
ended in the middle leaves it so, and it is never sent again unless the office says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tianbao.campaign.events import Event, EventKind, Facts


class MailState(StrEnum):
    """Where a mail stands.

    STAGED: it is written, and waits to be sent.
    UNCERTAIN: it was being handed over when the connection, or the program, was lost.
    HANDED_OVER: the server took it.
    REFUSED: the server did not take it, and will not.
    BOUNCED: it was taken, and came back.
    WITHDRAWN: it will not be sent.
    """

    STAGED = "staged"
    UNCERTAIN = "uncertain"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


#: Address, folder, UIDVALIDITY.
Mailbox: TypeAlias = tuple[str, str, int]

#: Those that are with the unit, may be, or will be: a second one like it would be one too many.
ON_ITS_WAY = frozenset((MailState.STAGED, MailState.UNCERTAIN, MailState.HANDED_OVER))

#: What the events call the fates, and where the mail stands then; one that was put off waits for the next time.
_FATES = {
    "accepted": MailState.HANDED_OVER,
    "refused": MailState.REFUSED,
    "deferred": MailState.STAGED,
    "uncertain": MailState.UNCERTAIN,
    "withdrawn": MailState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to a unit.

    Attributes:
        number: among all mails, from 1.
        event: the number of the event with which it was written.
        at: when that was.
        purpose: what for: issue, reminder, correction, receipt.
        subject: with the code at its end.
        attached: the SHA-256 of the workbook in it; empty where there is none.
        file: that workbook, below the campaign's folder.
        kept: the mail as it goes out, below the campaign's folder.
        sha256: of the mail.
        host: the computer on which it was written.
        posted: when it was last tried; empty where it was not.
        tries: how often.
        answer: what the server said last, or whoever returned it, or the office.
    """

    number: int
    event: int
    at: str
    unit: str
    purpose: str
    to: str
    subject: str
    message_id: str
    attached: str
    file: str
    kept: str
    sha256: str
    host: str
    state: MailState = MailState.STAGED
    posted: str = ""
    tries: int = 0
    answer: str = ""

    @classmethod
    def staged(cls, event: Event, facts: Facts) -> Mail:
        """Read it from the facts of an event."""
        texts = {name: facts[name] for name in _STAGED}
        return cls(number=facts["mail"], event=event.number, at=event.at, **texts)

    def facts(self) -> Facts:
        """Write the facts of its event."""
        return {"mail": self.number, **{name: getattr(self, name) for name in _STAGED}}


_STAGED = ("unit", "purpose", "to", "subject", "message_id", "attached", "file", "kept", "sha256", "host")


class Came(NamedTuple):
    """A mail that came in.

    Attributes:
        event: the number of the event that brought it.
        original: the SHA-256 of the mail.
        facts: what it is: sender, subject, what it answers, its kind; see `receive`.
    """

    event: int
    at: str
    original: str
    facts: Facts

    @property
    def message_id(self) -> str:
        """What its sender's program called it."""
        return str(self.facts["message_id"])

    @property
    def kind(self) -> str:
        """What it is: a letter, a bounce, a notice of delay, an automatic reply."""
        return str(self.facts["kind"])

    @property
    def sender(self) -> str:
        """The address that it comes from."""
        return str(self.facts["sender"])

    @property
    def subject(self) -> str:
        """Its subject."""
        return str(self.facts["subject"])

    @property
    def answers(self) -> Sequence[str]:
        """The mails that it answers."""
        return tuple(self.facts["answers"])

    @property
    def names(self) -> Sequence[str]:
        """What is attached to it."""
        return tuple(self.facts["names"])

    @property
    def links(self) -> Sequence[str]:
        """Where its text says that a file can be fetched from."""
        return tuple(self.facts["links"])


@dataclass(frozen=True, slots=True)
class Post:
    """All mails of a campaign.

    Attributes:
        mails: those to units, by number.
        numbers: of each mail, by its Message-ID.
        by_unit: the numbers of the mails to each unit, the first first.
        came: those that came in, in order; those that were taken back are not there.
        taken: by mailbox (address, folder, UIDVALIDITY) the mails in it that came in and were not taken back.
        passed_over: those that had nothing to do with the campaign when they were looked at.
    """

    mails: Mapping[int, Mail] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    by_unit: Mapping[str, Sequence[int]] = field(default_factory=dict)
    came: tuple[Came, ...] = ()
    taken: Mapping[Mailbox, frozenset[int]] = field(default_factory=dict)
    passed_over: Mapping[Mailbox, frozenset[int]] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        """The number of the next mail."""
        return max(self.mails, default=0) + 1

    def of(self, unit: str, purpose: str = "") -> Sequence[Mail]:
        """Return the mails to a unit, the first first."""
        mails = (self.mails[number] for number in self.by_unit.get(unit, ()))
        return [one for one in mails if purpose in ("", one.purpose)]

    def by_id(self, message_ids: Iterable[str]) -> Mail | None:
        """Return the mail that is called so; of several the one that was written last."""
        numbers = [self.numbers[called] for called in message_ids if called in self.numbers]
        return self.mails[max(numbers)] if numbers else None


def posts(events: Sequence[Event], undone: frozenset[int]) -> Post:
    """Say where each mail stands after these events.

    Args:
        events: all of them.
        undone: the numbers of those that were taken back.
    """
    mails: dict[int, Mail] = {}
    numbers: dict[str, int] = {}
    by_unit: defaultdict[str, list[int]] = defaultdict(list)
    came: dict[str, Came] = {}
    fetched: list[Facts] = []
    for event in events:
        facts = event.facts
        if event.number in undone:
            continue
        match event.kind:
            case EventKind.STAGED:
                for staged in facts["mails"]:
                    mail = Mail.staged(event, staged)
                    mails[mail.number] = mail
                    numbers[mail.message_id] = mail.number
                    by_unit[mail.unit].append(mail.number)
            case EventKind.POSTING:
                mail = mails[facts["mail"]]
                mails[mail.number] = _tried(mail, event, MailState.UNCERTAIN, "")
            case EventKind.POSTED:
                mail = mails[facts["mail"]]
                was_begun = mail.state is MailState.UNCERTAIN
                state, text = _FATES[facts["fate"]], facts["text"]
                mails[mail.number] = (
                    replace(mail, state=state, answer=text) if was_begun else _tried(mail, event, state, text)
                )
            case EventKind.SETTLED:
                mail = mails[facts["mail"]]
                mails[mail.number] = replace(mail, state=_FATES[facts["fate"]], answer=facts["text"])
            case EventKind.RECEIVED if "mail" in facts:
                one = Came(event.number, event.at, facts["original"], facts["mail"])
                if came.setdefault(one.original, one) is one:
                    _learn(mails, numbers, one)
            case EventKind.FETCHED:
                fetched.append(facts)
            case _:
                pass
    return Post(
        mails,
        numbers,
        by_unit,
        tuple(came.values()),
        taken=_boxes(fetched, came.__contains__),
        passed_over=_boxes(fetched, lambda original: not original),
    )


def _tried(mail: Mail, event: Event, state: MailState, answer: str) -> Mail:
    return replace(mail, state=state, posted=event.at, tries=mail.tries + 1, answer=answer)


def _learn(mails: dict[int, Mail], numbers: Mapping[str, int], one: Came) -> None:
    """Take over what a mail that came in says of those that went out: it came back, or it was answered, so it arrived."""
    for bounce in one.facts["bounces"]:
        number = numbers.get(bounce["message_id"]) or _last_to(mails, bounce["recipient"])
        if number is not None and mails[number].state in (MailState.HANDED_OVER, MailState.UNCERTAIN):
            mails[number] = replace(mails[number], state=MailState.BOUNCED, answer=bounce["text"])
    if one.kind != "letter":
        return
    for number in (numbers[called] for called in one.answers if called in numbers):
        if mails[number].state is MailState.UNCERTAIN:
            mails[number] = replace(mails[number], state=MailState.HANDED_OVER)


def _last_to(mails: Mapping[int, Mail], address: str) -> int | None:
    """Return the last mail that was handed over for an address."""
    to = [one.number for one in mails.values() if address and one.to.lower() == address.lower() and one.tries]
    return to[-1] if to else None


def _boxes(fetched: Iterable[Facts], is_meant: Callable[[str], bool]) -> Mapping[Mailbox, frozenset[int]]:
    """Return the mails that were looked at, by mailbox, of those whose original is meant (empty: it was left there)."""
    boxes: dict[Mailbox, set[int]] = {}
    for facts in fetched:
        box = boxes.setdefault((facts["address"], facts["folder"], facts["uidvalidity"]), set())
        box.update(uid for uid, original in facts["mails"] if is_meant(original))
    return {box: frozenset(uids) for box, uids in boxes.items()}
