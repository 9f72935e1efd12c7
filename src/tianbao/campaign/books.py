"""The open books of a campaign: what it stands on, and the one way in which anything is written down.

    folder ──open──▶ Books: settings, form, events ──▶ state, versions, last year
                       └─ changing (nobody else does meanwhile) ─ recording (all of it, or nothing) ─▶ ledger, journal

In:   a campaign's folder.
Out:  what stands in it; what the steps write down.
Knows nothing of the steps: they ask here, and `campaign` offers them to whoever opens one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tianbao.campaign import prior_file
from tianbao.campaign.events import Event, EventKind, Facts, made
from tianbao.campaign.folder import (
    BACKUPS,
    FORM,
    LEDGER,
    ROSTER,
    SETTINGS,
    Folder,
    FolderWriteError,
    NoCampaignError,
    digest,
    now,
    user,
)
from tianbao.campaign.journal import Journal, append, catch_up
from tianbao.campaign.roster import RosterChange, RosterEntry, RosterError, changes, exempt_because, read_roster
from tianbao.campaign.settings import load_settings
from tianbao.campaign.state import State, stand
from tianbao.campaign.store import Ledger, LedgerDamagedError
from tianbao.campaign.versions import Versions, sort_out
from tianbao.errors import TianbaoError
from tianbao.form.load import load_form
from tianbao.form.model import Form
from tianbao.messages import Language
from tianbao.records.model import Submission
from tianbao.records.names import known_by_name

#: Writes an event down: what, and its facts.
Record = Callable[[EventKind, Facts], None]


class LedgerGoneError(TianbaoError):
    """The folder has no ledger."""

    code: ClassVar[str] = "U-LEDGER-GONE"


class ReadOnlyError(TianbaoError):
    """Nothing can be written into the folder."""

    code: ClassVar[str] = "U-CAMPAIGN-READONLY"


class FormFixedError(TianbaoError):
    """The settings name another form or year than the campaign was begun with."""

    code: ClassVar[str] = "U-SETTINGS-FIXED"


class Books:
    """The open books of a campaign.

    Attributes:
        folder: where it lies.
        settings: as they stand in `campaign.toml`.
        form: what is asked.
        state: where it stands.
        roster_fault: why the roster in the folder cannot be used; None where it can. The last one that could is used.
        roster_changes: what is different in it from the one that was taken over last.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a campaign.

        Args:
            path: its folder.

        Raises:
            NoCampaignError: there is none.
            SettingsError: its settings cannot be used.
            LedgerGoneError: its ledger is gone; `rebuild` makes it again.
            LedgerDamagedError: its ledger cannot be read.
            LedgerNewerError: a newer program wrote it.
        """
        self.folder = Folder(Path(path))
        if not self.folder.is_campaign:
            raise NoCampaignError(path=str(path))
        self.settings = load_settings(self.folder)
        if not (self.folder / LEDGER).is_file():
            raise LedgerGoneError(path=LEDGER)
        self.writable = os.access(self.folder.path, os.W_OK) and os.access(self.folder / LEDGER, os.W_OK)
        self.ledger = Ledger.open(self.folder / LEDGER, before_migration=self._back_up, writable=self.writable)
        self.form: Form = load_form(self.folder / FORM)
        self.roster_fault: TianbaoError | None = None
        self.roster_changes: tuple[RosterChange, ...] = ()
        self._events: tuple[Event, ...] = ()
        self._journal: Journal | None = None
        self.refresh()
        fixed = self.state.created
        if (fixed["form"], fixed["year"]) != (self.settings.form, self.settings.year):
            facts = {"form": self.settings.form, "year": self.settings.year}
            raise FormFixedError(path=SETTINGS, was_form=fixed["form"], was_year=fixed["year"], **facts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()

    # ── what it stands on ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, in order; what was taken back, too."""
        return self._events

    @property
    def next_number(self) -> int:
        """The number of the next event."""
        return len(self._events) + 1

    @property
    def entries(self) -> Mapping[str, RosterEntry]:
        """The units by code, in the office's order."""
        return self.state.entries

    @cached_property
    def versions(self) -> Versions:
        """Which workbook counts for each unit, and why."""
        return sort_out(self.state, self.ledger.returned())

    @cached_property
    def prior(self) -> Mapping[str, Submission]:
        """Last year's reports, by unit; a published one is known by its unit's name, which may have come on the roster since."""
        loaded = prior_file.load(self.folder, self.state.prior, self.form)
        units = [entry.unit for entry in self.state.roster]
        named = [known_by_name(one, units) for one in loaded.values()]
        return {one.unit.code: one for one in named if one.unit is not None} | {
            code: one for code, one in loaded.items() if code in self.entries
        }

    def exempt_because(self, entry: RosterEntry, lang: Language | None = None) -> str:
        """Say why a unit owes nothing, by the roster or by what the office said later; nothing where it does."""
        said = self.state.exemptions.get(entry.unit.code)
        by_roster = exempt_because(entry, {code: one.unit.name for code, one in self.entries.items()}, lang)
        return said.note if said and not entry.merged_into else by_roster

    def refresh(self) -> None:
        """Take over what has been written since, by whomever."""
        fresh = self.ledger.events(after=len(self._events))
        if fresh or not self._events:
            before = self.state.prior if self._events else None
            self._events += fresh
            self.state: State = self._stand()
            self.__dict__.pop("versions", None)
            if self.state.prior != before:
                self.__dict__.pop("prior", None)
            with suppress(TianbaoError):
                self._look_at_roster()

    def _stand(self) -> State:
        try:
            return stand(self._events)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise LedgerDamagedError(path=LEDGER, problem=f"{type(error).__name__}: {error}") from error

    def _back_up(self, version: int) -> None:
        """Keep the ledger of an older version before it is brought up to date."""
        name = f"{BACKUPS}/ledger-v{version}.sqlite"
        self.folder.write(name, (self.folder / LEDGER).read_bytes())

    # ── changing it ─────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def changing(self, doing: str, *, needs_roster: bool = True) -> Iterator[None]:
        """Hold the campaign for a change: nobody else changes it meanwhile, and all that was done before is there.

        Args:
            doing: what for.
            needs_roster: whether a roster that cannot be used is in the way.

        Raises:
            ReadOnlyError: nothing can be written into its folder.
            HeldError: somebody else is at it.
            RosterError: the roster in the folder has faults.
        """
        if not self.writable:
            raise ReadOnlyError(path=str(self.folder.path))
        with self.folder.held(doing):
            self.refresh()
            self._journal = catch_up(self.folder, self._events)
            self.folder.make()
            self.folder.sweep()
            self.folder.forget(self.state.written)
            with nullcontext() if needs_roster else suppress(RosterError):
                self._look_at_roster()
            if self.roster_changes:
                self._take_roster()
            yield

    @contextmanager
    def recording(self, *, batch: int | None = None) -> Iterator[Record]:
        """Write down events, all or none; what else is written into the ledger meanwhile goes with them.

        Args:
            batch: the number of the first event of this command; None for the first of these.
        """
        fresh: list[Event] = []

        def record(kind: EventKind, facts: Facts) -> None:
            number = len(self._events) + len(fresh) + 1
            before = (fresh or self._events)[-1].digest
            fresh.append(
                made(before, number=number, batch=batch or number, at=now(), by=user(), kind=kind, facts=facts)
            )

        with self.ledger.transaction():
            yield record
            self.ledger.add_events(fresh)
        if fresh:
            self.refresh()
            self._write_into_journal()
            with suppress(FolderWriteError):
                self.folder.forget(self.state.written)

    def _write_into_journal(self) -> None:
        """Add to the journal what the ledger has; what cannot be written now is written by whoever comes next.

        It is done, for it stands in the ledger: who were told that it failed would do it a second time.
        """
        assert self._journal is not None
        with suppress(FolderWriteError):
            self._journal = append(self.folder, self._journal, self._events[len(self._journal.events) :])

    def _look_at_roster(self) -> None:
        """Read the roster in the folder, where it is not the one that was taken over last.

        Raises:
            RosterError: it has faults.
        """
        self.roster_fault, self.roster_changes = None, ()
        path = self.folder / ROSTER
        if not path.is_file():
            return
        try:
            found = digest(path)
            if found == self._taken.get("sha256"):
                return
            roster = read_roster(path)
        except TianbaoError as fault:
            self.roster_fault = fault
            raise
        except OSError:
            return
        before = [RosterEntry.from_document(entry) for entry in self._taken.get("entries", ())]
        self.roster_changes = changes(before, roster)
        #: What is only looked at sees the list as it stands in the folder.
        self.state = replace(self.state, roster=roster)
        self._roster_found = found
        for known in ("versions", "prior"):
            self.__dict__.pop(known, None)

    @property
    def _taken(self) -> Facts:
        """The roster as it was taken over last, with the digest of its file."""
        taken = (event.facts for event in reversed(self._events) if event.kind is EventKind.ROSTER)
        return next(taken, {})

    @property
    def has_roster(self) -> bool:
        """Whether a roster was taken over before."""
        return bool(self._taken)

    def _take_roster(self) -> None:
        entries = [entry.as_document() for entry in self.state.roster]
        told = [
            {
                "unit": [change.unit.code, change.unit.name] if change.unit else None,
                "code": change.code,
                "params": dict(change.params),
            }
            for change in self.roster_changes
        ]
        with self.recording() as record:
            record(EventKind.ROSTER, {"sha256": self._roster_found, "entries": entries, "changes": told})
