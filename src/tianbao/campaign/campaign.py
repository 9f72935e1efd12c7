"""A campaign: one form, one year, one roster, one folder; what the commands call.

    Campaign.create ▶ issue ▶ import_files ▶ claim ▶ status ▶ give_back ▶ accept … ▶ merge
                              every change is one transaction, and stands in the log

In:   the folder.
Out:  the folder, changed as a whole or not at all; what stands in it, as values.
Whoever opens a campaign may read it at any time; whoever changes it holds it alone while he does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

from tianbao.campaign import decide, give_back, issue, judge, last_year, merging, receive, verify
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
from tianbao.campaign.issuance import new_secret
from tianbao.campaign.journal import Journal, append, catch_up, read_journal
from tianbao.campaign.roster import RosterChange, RosterEntry, RosterError, changes, read_roster
from tianbao.campaign.settings import Settings, SettingsError, judge_settings, read_settings, write_settings
from tianbao.campaign.state import State, last_undoable, stand
from tianbao.campaign.status import Status, look
from tianbao.campaign.store import Ledger, LedgerDamagedError
from tianbao.campaign.versions import Version, Versions, sort_out
from tianbao.errors import TianbaoError
from tianbao.form.load import load_form
from tianbao.form.model import Form
from tianbao.records.model import Submission

if TYPE_CHECKING:
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding
    from tianbao.workbook.read import Progress

#: Writes an event down: what, and its facts.
Record = Callable[[EventKind, Facts], None]


class CampaignExistsError(TianbaoError):
    """There is a campaign in the folder already."""

    code: ClassVar[str] = "U-CAMPAIGN-EXISTS"


class LedgerGoneError(TianbaoError):
    """The folder has no ledger."""

    code: ClassVar[str] = "U-LEDGER-GONE"


class ReadOnlyError(TianbaoError):
    """Nothing can be written into the folder."""

    code: ClassVar[str] = "U-CAMPAIGN-READONLY"


class FormFixedError(TianbaoError):
    """The settings name another form or year than the campaign was begun with."""

    code: ClassVar[str] = "U-SETTINGS-FIXED"


class NothingToUndoError(TianbaoError):
    """Nothing was done that could be taken back."""

    code: ClassVar[str] = "U-UNDO-NOTHING"


class Campaign:
    """An open campaign.

    Attributes:
        folder: where it lies.
        settings: as they stand in `campaign.toml`.
        form: what is asked.
        state: where it stands.
        left_out_of_prior: what of last year could not be used, where the campaign was just begun.
        roster_fault: why the roster in the folder cannot be used; None where it can. The last one that could is used.
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
        self.settings = _settings(self.folder)
        if not (self.folder / LEDGER).is_file():
            raise LedgerGoneError(path=LEDGER)
        self.writable = os.access(self.folder.path, os.W_OK) and os.access(self.folder / LEDGER, os.W_OK)
        self.ledger = Ledger.open(self.folder / LEDGER, before_migration=self._back_up, writable=self.writable)
        self.form: Form = load_form(self.folder / FORM)
        self.roster_fault: TianbaoError | None = None
        self.roster_changes: tuple[RosterChange, ...] = ()
        self.left_out_of_prior: Sequence[last_year.LeftOut] = ()
        self._events: tuple[Event, ...] = ()
        self._journal: Journal | None = None
        self._refresh()
        fixed = self.state.created
        if (fixed["form"], fixed["year"]) != (self.settings.form, self.settings.year):
            facts = {"form": self.settings.form, "year": self.settings.year}
            raise FormFixedError(path=SETTINGS, was_form=fixed["form"], was_year=fixed["year"], **facts)
        with suppress(TianbaoError):
            self._look_at_roster()

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        settings: Settings,
        *,
        roster: str | os.PathLike[str] | None = None,
        prior: Iterable[str | os.PathLike[str]] = (),
        progress: Progress | None = None,
    ) -> Self:
        """Begin a campaign in a folder, and open it.

        Args:
            path: a folder that is empty, or is made.
            settings: form (a bundled name, or the path of a definition), year, issuer, deadlines.
            roster: the office's list; without one there is an empty one to be filled in.
            prior: last year's reports: a campaign, or workbooks, folders, zips, JSON documents.
            progress: is told how far the reading of last year's reports is.

        Raises:
            CampaignExistsError: there is one.
            UnknownFormError, FormDefinitionError: the form cannot be used.
            RosterError: the roster has faults.
        """
        judge_new(path)
        folder = Folder(Path(path))
        form = load_form(settings.form)
        settings = judge_settings(replace(settings, form=form.id))
        entries = read_roster(Path(roster)) if roster is not None else ()
        last = last_year.gather(prior, form, year=settings.year, progress=progress)
        folder.make()
        folder.write(FORM, form.path.read_bytes())
        folder.write(
            ROSTER, issue.roster_file(entries, settings) if roster is None else _as_workbook(roster, entries, settings)
        )
        facts = {"form": form.id, "digest": form.digest, "year": settings.year, "secret": new_secret()}
        Ledger.create(folder / LEDGER).close()
        ledger = Ledger.open(folder / LEDGER, before_migration=_no_backup)
        first = made("", number=1, batch=1, at=now(), by=user(), kind=EventKind.CREATED, facts=facts)
        with ledger.transaction():
            ledger.add_events([first])
        ledger.close()
        #: The last file to be written: only with it is the folder a campaign.
        folder.write(SETTINGS, write_settings(settings).encode())
        campaign = cls(path)
        with campaign.changing("init", needs_roster=False):
            if last.submissions:
                campaign.take_prior(last)
        campaign.left_out_of_prior = last.left_out
        return campaign

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
        """Last year's reports, by unit."""
        return last_year.load(self.folder, self.state.prior, self.form)

    def _refresh(self) -> None:
        """Take over what has been written since, by whomever."""
        fresh = self.ledger.events(after=len(self._events))
        if fresh or not self._events:
            self._events += fresh
            self.state: State = self._stand()
            for name in ("versions", "prior"):
                self.__dict__.pop(name, None)

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
            self._refresh()
            self._journal = catch_up(self.folder, self._events)
            self.folder.make()
            self.folder.sweep()
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
            self._refresh()
            self._write_into_journal()

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
        self.__dict__.pop("versions", None)

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

    def take_prior(self, last: last_year.LastYear) -> None:
        """Take over last year's reports; they are shown in the workbooks, and held against what comes in."""
        name, sha256 = last_year.keep(self.folder, last)
        with self.recording() as record:
            facts = {"file": name, "sha256": sha256, "units": len(last.submissions), "sources": list(last.sources)}
            record(EventKind.PRIOR, facts)

    # ── the steps of the round ──────────────────────────────────────────────────────────────────────────────────

    def issue(
        self, units: Iterable[str] = (), *, again: bool = False, progress: Progress | None = None
    ) -> issue.Issued:  # fmt: skip
        """Make the workbook of each unit that has none; of all, or of those that are named by code or name.

        Args:
            units: codes or names; none for all.
            again: make those anew whose name, or last year's figures, have changed since.
            progress: is told of each workbook.
        """
        with self.changing("issue"):
            return issue.issue(self, [self.unit(name).unit.code for name in units], again=again, progress=progress)

    def import_files(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        passwords: Iterable[str] = (),
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> receive.Taken:
        """Take in whatever came back: files, folders, zips, mails. What has come before changes nothing.

        Args:
            paths: where they lie.
            passwords: to try on each that has one to open.
            jobs: processes to read in; None for as many as so many files are worth.
            progress: is told of each file.
        """
        with self.changing("import"):
            taken = receive.receive(
                self, [Path(path) for path in paths], passwords=passwords, jobs=jobs, progress=progress
            )
            judge.keep(self)
            return taken

    def would_import(self, paths: Iterable[str | os.PathLike[str]]) -> tuple[list[str], list[str]]:
        """Return the names of the files that an import would take in, and of those that have come before."""
        return receive.sift_only(self, [Path(path) for path in paths])

    def claim(self, workbook: str, unit: str, *, note: str = "") -> Version:
        """Say whose a workbook is, and that it is the one that counts.

        Args:
            workbook: its number in the list of what came in, the beginning of its SHA-256, or its name.
            unit: a code or a name.
            note: why.
        """
        with self.changing("claim"):
            found = decide.claim(self, workbook, self.unit(unit).unit.code, note)
            judge.keep(self)
            return found

    def would_claim(self, workbook: str, unit: str) -> tuple[Version, RosterEntry, Version | None]:
        """Return the workbook that a claim would mean, whose it would be, and which counts for that unit now."""
        entry = self.unit(unit)
        return decide.claimable(self, workbook), entry, self.versions.counting(entry.unit.code)

    def accept(self, unit: str, check: str, *, note: str, place: str = "") -> tuple[Finding, ...]:
        """Accept what a unit says of a query; return the findings that are settled by it.

        Args:
            unit: a code or a name.
            check: the code of the check, `T3-01`, or of one finding, `T3-01.natural`.
            note: why.
            place: where; empty for all that the check finds.
        """
        with self.changing("accept"):
            settled = decide.decide(self, self._decision(unit, check, note, place, waive=False))
            judge.keep(self)
            return settled

    def waive(self, unit: str, check: str, *, note: str, place: str = "") -> tuple[Finding, ...]:
        """Waive a check for a unit, an error too; it is named wherever figures are given out."""
        with self.changing("waive"):
            settled = decide.decide(self, self._decision(unit, check, note, place, waive=True))
            judge.keep(self)
            return settled

    def would_settle(
        self, unit: str, check: str, *, note: str, place: str = "", waive: bool
    ) -> tuple[Finding, ...]:  # fmt: skip
        """Return the findings that `accept`, or `waive`, would settle; nothing is written down."""
        return decide.settled_by(self, self._decision(unit, check, note, place, waive=waive))

    def _decision(self, unit: str, check: str, note: str, place: str, *, waive: bool) -> Decision:
        return decide.decision_of(self.unit(unit).unit.code, check, place, note, waive=waive)

    def exempt(self, unit: str, *, note: str) -> RosterEntry:
        """Exempt a unit: it owes nothing any more."""
        with self.changing("exempt"):
            return decide.exempt(self, self.unit(unit), note)

    def would_exempt(self, unit: str, *, note: str) -> RosterEntry:
        """Return the unit that `exempt` would mean; nothing is written down."""
        decide.needed(note)
        return self.unit(unit)

    def status(self, *, today: date | None = None) -> Status:
        """Say how each unit stands.

        Args:
            today: the day by which somebody is late; None for this machine's.
        """
        self._refresh()
        return look(self, today or date.today())  # noqa: DTZ011  a deadline is a day where the office is

    def check(self) -> Mapping[str, tuple[Finding, ...]]:
        """Return what is found in the report of each unit, by code, in the office's order."""
        self._refresh()
        return judge.judge(self).findings

    def give_back(
        self, units: Iterable[str] = (), *, receipts: bool = False, progress: Progress | None = None
    ) -> tuple[give_back.Sent, ...]:
        """Make the correction workbook of each unit that has something to mend, once for each version.

        Args:
            units: codes or names; none for all.
            receipts: make a receipt, too, for each unit that has nothing to mend.
            progress: is told of each.
        """
        with self.changing("return"):
            codes = [self.unit(name).unit.code for name in units]
            return give_back.give_back(self, codes, receipts=receipts, progress=progress)

    def merge(self, *, write: bool = True, force: bool = False) -> merging.Result:
        """Merge the reports that count, and write the county's workbook.

        Args:
            write: whether to write it; else it is only computed.
            force: write over it, though somebody has changed it.
        """
        if not write:
            self._refresh()
            return merging.merge(self, write=False)
        with self.changing("merge"):
            return merging.merge(self, write=True, force=force)

    def undo(self) -> tuple[Event, ...]:
        """Take back what the last command did that can be taken back, and return it; once more goes one further back.

        Raises:
            NothingToUndoError: there is no such.
        """
        with self.changing("undo"):
            events = last_undoable(self._events)
            if not events:
                raise NothingToUndoError
            with self.recording() as record:
                record(EventKind.UNDONE, {"events": [event.number for event in events]})
            judge.keep(self)
            return events

    def verify(self, *, progress: Progress | None = None) -> tuple[verify.Damage, ...]:
        """Look through the whole folder, and tell everything that is not as it was left."""
        journal = read_journal(self.folder)
        self._refresh()
        with suppress(TianbaoError):
            self._look_at_roster()
        return verify.verify(self.folder, self, journal, progress=progress)

    # ── whom people mean ────────────────────────────────────────────────────────────────────────────────────────

    def unit(self, name: str) -> RosterEntry:
        """Return the unit that people call so: by its code, its name, or a part of it that no other has.

        Raises:
            UnknownUnitError: there is none.
            SeveralUnitsError: there are several.
        """
        return decide.find_unit(self.state.roster, name)


def judge_new(path: str | os.PathLike[str]) -> None:
    """Make sure that a campaign can be begun in a folder.

    Raises:
        CampaignExistsError: there is one.
    """
    folder = Folder(Path(path))
    if folder.is_campaign or (folder / LEDGER).exists():
        raise CampaignExistsError(path=str(path))


def rebuild(
    path: str | os.PathLike[str], *, passwords: Iterable[str] = (), progress: Progress | None = None
) -> verify.Rebuilt:  # fmt: skip
    """Make the ledger of a campaign again, from the journal and the originals; the old one is kept.

    Args:
        path: the campaign's folder.
        passwords: to try on each original that has one to open.
        progress: is told of each original.
    """
    folder = Folder(Path(path))
    if not folder.is_campaign:
        raise NoCampaignError(path=str(path))
    return verify.rebuild(folder, _settings(folder), passwords=passwords, progress=progress)


def _settings(folder: Folder) -> Settings:
    try:
        return read_settings((folder / SETTINGS).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([("U-SETTINGS-TOML", {"problem": str(error)})]) from error


def _as_workbook(path: str | os.PathLike[str], entries: Sequence[RosterEntry], settings: Settings) -> bytes:
    """Take the office's own workbook as it is; of a text make one."""
    data = Path(path).read_bytes()
    return data if data.startswith(b"PK") else issue.roster_file(entries, settings)


def _no_backup(_version: int) -> None:
    """Nothing stands in a ledger that was just made."""
