"""Which of the workbooks that came in counts for each unit, and why.

    state + workbooks ──sort_out──▶ a chain of versions a unit; what waits for the office's word; what could not be read

In:   where the campaign stands, and every workbook that came in, without its answers.
Out:  of each workbook what became of it, with the reason in words. The order is that of receipt: no clock is asked.
Knows nothing of figures and checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from tianbao import messages
from tianbao.campaign.issuance import turn_of
from tianbao.campaign.state import Claim, Receipt, State
from tianbao.campaign.store import Returned
from tianbao.messages import Language


class Standing(StrEnum):
    """What became of a workbook.

    COUNTS: it is the unit's report.
    REPLACED: it was, until a later one came.
    COPY: it says what another one says already.
    NOT_ADOPTED: it is older than the one that counts, or empty.
    WAITING: it is not certain whose it is; the office must say.
    OURS: it is the workbook that we sent, as we sent it.
    REFUSED: it could not be read.
    """

    COUNTS = "counts"
    REPLACED = "replaced"
    COPY = "copy"
    NOT_ADOPTED = "not_adopted"
    WAITING = "waiting"
    OURS = "ours"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Version:
    """A workbook that came in, and what became of it.

    Attributes:
        receipt: the file in which it came.
        unit: the code of the unit whose it is; of one that waits, whose it says it is; None where nobody's.
        number: which version of the unit's report it is, from 1; 0 where it is none.
        code: of the reason.
        asks: whether the office should look at it.
    """

    returned: Returned
    receipt: Receipt
    unit: str | None
    number: int
    standing: Standing
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    asks: bool = False

    def because(self, lang: Language | None = None) -> str:
        """Say why."""
        facts = {"file": self.returned.file, **self.params}
        if note := facts.get("note"):
            facts["note"] = messages.say("log.note", lang, note=note)
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}".strip()


@dataclass(frozen=True)
class Versions:
    """All workbooks that came in.

    Attributes:
        chains: by unit, its workbooks in the order of receipt.
        others: those of nobody, in the order of receipt: waiting, refused, or our own.
    """

    chains: Mapping[str, tuple[Version, ...]]
    others: tuple[Version, ...]

    @cached_property
    def _counting(self) -> Mapping[str, Version]:
        every = ((unit, one) for unit, chain in self.chains.items() for one in chain)
        return {unit: one for unit, one in every if one.standing is Standing.COUNTS}

    def counting(self, unit: str) -> Version | None:
        """Return the version that counts; None where a unit has none."""
        return self._counting.get(unit)

    def before(self, unit: str) -> Version | None:
        """Return the version before the one that counts."""
        now = self.counting(unit)
        earlier = [one for one in self.chains.get(unit, ()) if now is not None and 0 < one.number < now.number]
        return max(earlier, key=lambda one: one.number, default=None)

    def every(self) -> Iterator[Version]:
        """Yield every workbook, in the order of receipt."""
        yield from sorted((one for chain in (*self.chains.values(), self.others) for one in chain), key=_order)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A workbook of a unit.

    Attributes:
        turn: which time the unit got the workbook that came back.
        claim: the office's word that it counts.
        is_certain: it is the unit's without that word.
    """

    returned: Returned
    receipt: Receipt
    turn: int
    claim: Claim | None
    is_certain: bool


def sort_out(state: State, returned: Sequence[Returned]) -> Versions:
    """Say of every workbook what became of it; those of files that were taken back are not there.

    Args:
        state: where the campaign stands.
        returned: every workbook that was read.
    """
    receipts = {receipt.original: receipt for receipt in state.receipts}
    came = [(receipts[one.original], one) for one in returned if one.original in receipts]
    came.sort(key=lambda pair: (pair[0].event, pair[1].place))
    sorter = _Sorter(state)
    for receipt, one in came:
        sorter.take(receipt, one)
    chains = {unit: tuple(_chain(candidates)) for unit, candidates in sorter.candidates.items()}
    for aside in sorter.rest:
        if aside.unit is not None and aside.unit in state.entries:
            chains[aside.unit] = tuple(sorted((*chains.get(aside.unit, ()), aside), key=_order))
    ordered = {unit: chains[unit] for unit in state.entries if unit in chains}
    return Versions(ordered, tuple(one for one in sorter.rest if one.unit not in ordered))


class _Sorter:
    """What comes in, one after the other."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.entries = state.entries
        self.ours = {made.sha256: made.file for several in state.made.values() for made in several}
        self.claims: dict[str, Claim] = {claim.workbook: claim for claim in state.claims}
        self.seen: dict[str, str] = {}
        self.candidates: dict[str, list[_Candidate]] = {}
        self.rest: list[Version] = []

    def take(self, receipt: Receipt, one: Returned) -> None:
        """Put a workbook where it belongs."""
        claim, turn = self.claims.get(one.sha256), self.turn(one)
        doubt = "" if one.reason else self.doubt(one, turn)
        unit = claim.unit if claim else one.unit.code if one.unit else None
        if one.reason is not None:
            self.put(receipt, one, unit, Standing.REFUSED, one.reason.code, one.reason.params)
        elif one.sha256 in self.seen:
            self.put(receipt, one, unit, Standing.COPY, "W-SAME", {"other": self.seen[one.sha256]})
        elif claim is None and one.sha256 in self.ours:
            self.put(receipt, one, unit, Standing.OURS, "W-OURS", {"sent": self.ours[one.sha256]})
        else:
            self.seen[one.sha256] = one.file
            if claim is None and doubt:
                self.put(receipt, one, unit, Standing.WAITING, doubt, self.facts(one), asks=True)
            elif unit is None or unit not in self.entries:
                self.put(receipt, one, unit, Standing.WAITING, "W-ROSTER", self.facts(one), asks=True)
            elif into := self.entries[unit].merged_into:
                into = self.entries[into].unit.name if into in self.entries else into
                facts = {**self.facts(one), "into": into}
                self.put(receipt, one, unit, Standing.NOT_ADOPTED, "W-MERGED", facts, asks=True)
            else:
                is_certain = not doubt and one.unit is not None and one.unit.code == unit
                candidate = _Candidate(one, receipt, turn or 0, claim, is_certain)
                self.candidates.setdefault(unit, []).append(candidate)

    def doubt(self, one: Returned, turn: int | None) -> str:
        """Return the code of why it is not certain whose a workbook is; nothing where it is."""
        if one.unit is None:
            return "W-NOBODY"
        if one.year != self.state.created["year"]:
            return "W-YEAR"
        if one.unit.code not in self.entries:
            return "W-ROSTER"
        if not one.issuance:
            return "W-UNSIGNED"
        return "W-FORGED" if turn is None else ""

    def turn(self, one: Returned) -> int | None:
        """Return which time its unit got this workbook; None where we did not sign it for that unit."""
        if one.unit is None or one.year is None or one.form is None:
            return None
        return turn_of(self.state.secret, one.issuance, form=one.form, year=one.year, unit=one.unit.code)

    def facts(self, one: Returned) -> dict[str, object]:
        unit = one.unit
        return {
            "code": unit.code if unit else "",
            "name": unit.name if unit else "",
            "year": one.year or "",
            "wanted": self.state.created["year"],
        }

    def put(
        self,
        receipt: Receipt,
        one: Returned,
        unit: str | None,
        standing: Standing,
        code: str,
        facts: Mapping[str, object],
        *,
        asks: bool = False,
    ) -> None:
        self.rest.append(Version(one, receipt, unit, 0, standing, code, facts, asks))


def _chain(candidates: Sequence[_Candidate]) -> Iterator[Version]:
    """Say which workbook of a unit counts: they are taken one after the other, and the office's word comes when it comes."""
    chain = _Chain()
    moments = [(one.receipt.event, one.returned.place, one, False) for one in candidates]
    moments += [(one.claim.event, 0, one, True) for one in candidates if one.claim]
    for _, _, one, is_word in sorted(moments, key=lambda moment: moment[:2]):
        if is_word:
            chain.choose(one)
        elif one.is_certain or (one.claim is not None and one.claim.event < one.receipt.event):
            chain.add(one)
    for one in candidates:
        yield chain.version_of(one)


class _Chain:
    """The versions of one unit, as they come."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.told: dict[int, tuple[Standing, str, Mapping[str, object], bool]] = {}
        self.current: _Candidate | None = None
        self.by_answers: dict[str, _Candidate] = {}

    def add(self, one: _Candidate) -> None:
        """Take what has just come in."""
        now = self.current
        known = self.by_answers.get(one.returned.answers)
        if now is None:
            self.adopt(one, "W-FIRST", {})
        elif one.returned.answers == now.returned.answers:
            self.tell(one, Standing.COPY, "W-AGAIN", {"other": now.returned.file})
        elif known is not None:
            self.tell(
                one, Standing.NOT_ADOPTED, "W-OLD", {"other": known.returned.file, "number": self.number_of(known)}
            )
        elif not one.returned.filled:
            self.tell(one, Standing.NOT_ADOPTED, "W-EMPTY", {"other": now.returned.file})
        elif one.turn < now.turn:
            facts = {"other": now.returned.file, "turn": now.turn}
            self.tell(one, Standing.NOT_ADOPTED, "W-OLDER", facts, asks=True)
        elif one.receipt.batch == now.receipt.batch and one.turn == now.turn and now.returned.filled:
            self.adopt(one, "W-SEVERAL", {"other": now.returned.file}, asks=True)
        else:
            self.adopt(one, "W-LATEST", {})

    def choose(self, one: _Candidate) -> None:
        """Take the one that the office means."""
        assert one.claim is not None
        facts = {"by": one.claim.by, "note": one.claim.note}
        if self.current is one:
            self.tell(one, Standing.COUNTS, "W-CLAIMED", facts)
        else:
            self.adopt(one, "W-CLAIMED", facts)

    def adopt(self, one: _Candidate, code: str, facts: Mapping[str, object], *, asks: bool = False) -> None:
        #: What the office should have looked at is out of date now.
        self.told = {number: (*told[:3], False) for number, told in self.told.items()}
        if self.current is not None:
            self.tell(self.current, Standing.REPLACED, "W-REPLACED", {"other": one.returned.file})
        self.current = one
        self.numbers.setdefault(one.returned.id, len(self.numbers) + 1)
        self.by_answers[one.returned.answers] = one
        self.tell(one, Standing.COUNTS, code, facts, asks=asks)

    def tell(
        self, one: _Candidate, standing: Standing, code: str, facts: Mapping[str, object], *, asks: bool = False
    ) -> None:
        self.told[one.returned.id] = (standing, code, facts, asks)

    def number_of(self, one: _Candidate) -> int:
        return self.numbers.get(one.returned.id, 0)

    def version_of(self, one: _Candidate) -> Version:
        standing, code, facts, asks = self.told[one.returned.id]
        unit = one.claim.unit if one.claim else one.returned.unit.code if one.returned.unit else None
        return Version(one.returned, one.receipt, unit, self.number_of(one), standing, code, facts, asks)


def _order(one: Version) -> tuple[int, int]:
    return one.receipt.event, one.returned.place
