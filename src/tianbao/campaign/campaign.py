"""A campaign: one form, one year, one roster, one folder; what the commands call.

    Campaign.create ▶ issue ▶ import_files ▶ claim ▶ status ▶ give_back ▶ accept … ▶ merge
                              every change is one transaction, and stands in the log

In:   the folder.
Out:  the folder, changed as a whole or not at all; what stands in it, as values.
Whoever opens a campaign may read it at any time; whoever changes it holds it alone while he does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from tianbao.campaign import (
    adjusting,
    decide,
    fetching,
    give_back,
    issue,
    judge,
    last_year,
    letters,
    merging,
    posting,
    prior_file,
    publishing,
    receive,
    staging,
    verify,
)
from tianbao.campaign.books import Books
from tianbao.campaign.events import Event, EventKind, made
from tianbao.campaign.folder import (
    FORM,
    LEDGER,
    LETTERS,
    ROSTER,
    SETTINGS,
    Folder,
    NoCampaignError,
    now,
    told,
    user,
)
from tianbao.campaign.issuance import new_secret
from tianbao.campaign.journal import read_journal
from tianbao.campaign.roster import RosterEntry, read_roster
from tianbao.campaign.settings import Settings, judge_settings, load_settings, write_settings
from tianbao.campaign.state import last_undoable
from tianbao.campaign.status import Status, look
from tianbao.campaign.store import Ledger, LedgerDamagedError
from tianbao.campaign.versions import Version
from tianbao.errors import TianbaoError
from tianbao.form.load import load_form
from tianbao.messages import Language

if TYPE_CHECKING:
    from tianbao.campaign import handing_on
    from tianbao.campaign.mails import Mail
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding
    from tianbao.mail.account import Account
    from tianbao.records.model import Note, Unit
    from tianbao.reports.published import Format, Report
    from tianbao.workbook.read import Progress


#: Says what there is reason to write to some units; to all where none are named.
_Wishes = Callable[..., Iterable[letters.Wish]]


class CampaignExistsError(TianbaoError):
    """There is a campaign in the folder already."""

    code: ClassVar[str] = "U-CAMPAIGN-EXISTS"


class NothingToUndoError(TianbaoError):
    """Nothing was done that could be taken back."""

    code: ClassVar[str] = "U-UNDO-NOTHING"


class Campaign(Books):
    """An open campaign, with all that can be done in it.

    Attributes:
        left_out_of_prior: what of last year could not be used, where the campaign was just begun.
        unread_of_prior: the cells of what could, of which nothing is known: not readable, or not in this year's form.
    """

    left_out_of_prior: Sequence[last_year.LeftOut] = ()
    unread_of_prior: Sequence[tuple[Unit, Note]] = ()

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
        units = [entry.unit for entry in entries]
        last = last_year.gather(prior, form, year=settings.year, units=units, progress=progress)
        folder.make()
        folder.write(FORM, form.path.read_bytes())
        folder.write(
            ROSTER, issue.roster_file(entries, settings) if roster is None else _as_workbook(roster, entries, settings)
        )
        facts = {"form": form.id, "digest": form.digest, "year": settings.year, "secret": new_secret()}
        with told(folder / LEDGER):
            (folder / LEDGER).unlink(missing_ok=True)
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
        campaign.left_out_of_prior, campaign.unread_of_prior = last.left_out, last.unread
        return campaign

    def take_prior(self, last: last_year.LastYear) -> None:
        """Take over last year's reports; they are shown in the workbooks, and held against what comes in."""
        name, sha256 = prior_file.keep(self.folder, last.submissions)
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

    def adjust(self, cell: str, amount: str, *, note: str) -> adjusting.Adjusted:
        """Book a correction to a total of the county; no unit's figure is changed.

        Args:
            cell: a key, a place (`三、依申请公开!E10`), or the words that lead to the cell.
            amount: what is added; negative where something was counted twice.
            note: why.
        """
        with self.changing("adjust"):
            return adjusting.adjust(self, adjusting.adjustment_of(self, cell, amount, note))

    def would_adjust(self, cell: str, amount: str, *, note: str) -> adjusting.Adjusted:
        """Return what a booking would do; nothing is written down."""
        return adjusting.weigh(self, adjusting.adjustment_of(self, cell, amount, note))

    def status(self, *, today: date | None = None) -> Status:
        """Say how each unit stands.

        Args:
            today: the day by which somebody is late; None for this machine's.
        """
        self.refresh()
        return look(self, today or date.today())  # noqa: DTZ011  a deadline is a day where the office is

    def check(self) -> Mapping[str, tuple[Finding, ...]]:
        """Return what is found in the report of each unit, by code, in the office's order."""
        self.refresh()
        return judge.judge(self).findings

    def give_back(
        self,
        units: Iterable[str] = (),
        *,
        receipts: bool = False,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> tuple[give_back.Sent, ...]:
        """Make the correction workbook of each unit that has something to mend, once for each version.

        Args:
            units: codes or names; none for all.
            receipts: make a receipt, too, for each unit that has nothing to mend.
            today: the letters name no deadline that is over by this day; None for this machine's.
            progress: is told of each.
        """
        with self.changing("return"):
            codes = [self.unit(name).unit.code for name in units]
            day = today or date.today()  # noqa: DTZ011  a deadline is a day where the office is
            return give_back.give_back(self, codes, receipts=receipts, today=day, progress=progress)

    # ── mail ────────────────────────────────────────────────────────────────────────────────────────────────────

    def account(self) -> Account:
        """Return the mail account of the office, as it stands in the settings.

        Raises:
            NoAccountError: there is none.
            MailSettingsError: there are faults in it.
        """
        from tianbao.mail.account import NoAccountError, read_account

        if not self.settings.mail:
            raise NoAccountError
        return read_account(self.settings.mail, name=self.settings.issuer, home=self.folder.path)

    def send(
        self,
        units: Iterable[str] = (),
        *,
        again: bool = False,
        write: bool = True,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> staging.Staged:
        """Write the mail with which each unit gets the workbook that was issued to it; it waits in the outbox.

        Args:
            units: codes or names; none for all.
            again: write to those, too, to whom it has gone out.
            write: keep them in the outbox; else it is only said what would be written.
            today: the letters name no deadline that is over by this day; None for this machine's.
            progress: is told of each.
        """
        return self._stage("send", letters.of_issue, units, again, write, today, progress)

    def remind(
        self,
        units: Iterable[str] = (),
        *,
        again: bool = False,
        write: bool = True,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> staging.Staged:
        """Write to each unit that owes something what it owes, at most once a day; it waits in the outbox."""
        return self._stage("remind", letters.of_reminder, units, again, write, today, progress)

    def answer(
        self,
        units: Iterable[str] = (),
        *,
        receipts: bool = False,
        again: bool = False,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> staging.Staged:
        """Write the mail with which what `give_back` made goes to each unit; it waits in the outbox."""

        def wishes(
            books: Books, codes: Sequence[str], *, today: date, lang: Language
        ) -> Iterable[letters.Wish]:  # fmt: skip
            return letters.of_correction(
                books, codes, judge.judge(books), receipts=receipts, today=today, lang=lang
            )  # fmt: skip

        return self._stage("return", wishes, units, again, True, today, progress)  # noqa: FBT003

    def _stage(
        self,
        doing: str,
        wishes: _Wishes,
        units: Iterable[str],
        again: bool,  # noqa: FBT001  passed on as it came
        write: bool,  # noqa: FBT001
        today: date | None,
        progress: Progress | None,
    ) -> staging.Staged:
        account = self.account()
        day = today or date.today()  # noqa: DTZ011  a deadline is a day where the office is
        with self.changing(doing) if write else nullcontext():
            codes = [self.unit(name).unit.code for name in units]
            wished = wishes(self, codes, today=day, lang=account.language)
            return staging.stage(
                self,
                wished,
                account,
                named=codes,
                again=again,
                write=write,
                lang=account.language,
                progress=progress,
            )

    @property
    def mails(self) -> Sequence[Mail]:
        """Every mail to a unit, the first first."""
        return tuple(self.state.post.mails.values())

    def post(
        self,
        courier: posting.Courier,
        *,
        here: bool = False,
        limit: int | None = None,
        every: float | None = None,
        pause: Callable[[float], None] = time.sleep,
        progress: Progress | None = None,
    ) -> posting.Sending:
        """Send what waits in the outbox: each mail once, or it is known that nobody knows.

        Args:
            courier: carries them to the server: `mail.outbox.Outbox`.
            here: the office knows that the computer on which they were written has not sent them.
            limit: at most so many.
            every: seconds from one to the next; None for what the settings say.
            pause: waits between two.
            progress: is told of each.
        """
        account = self.account()
        return posting.send_staged(
            self,
            courier,
            account,
            here=here,
            limit=limit,
            every=account.every if every is None else every,
            pause=pause,
            progress=progress,
        )

    def settle(self, number: int, fate: str, *, note: str = "") -> Mail:
        """Say what became of a mail of which nobody knows, or take one that waits out of the outbox.

        Args:
            number: of the mail.
            fate: `accepted`: it arrived; `deferred`: it did not, and is to be sent; `withdrawn`: it is not to be sent.
            note: how the office knows.
        """
        with self.changing("outbox", needs_roster=False):
            return posting.settle(self, number, fate, note)

    def fetch(
        self,
        mailbox: fetching.Mailbox,
        *,
        since: date | None = None,
        everything: bool = False,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> fetching.Fetched:
        """Take in what came into the mailbox and has to do with the campaign; nothing in the mailbox is changed.

        Args:
            mailbox: `mail.inbox.Inbox`.
            since: from which day on; None for the day before the campaign was begun.
            everything: take in what has nothing to do with the campaign, too.
            jobs: processes to read in.
            progress: is told of each mail.
        """
        from tianbao.mail.inbox import MailDroppedError

        self.refresh()
        with fetching.Spool(self, self.account(), everything=everything) as spool:
            lost: MailDroppedError | None = None
            try:
                spool.fetch(mailbox, since=since or self._begun(), progress=progress)
            except MailDroppedError as error:
                if spool.listing is None:
                    raise
                lost = error
            with self.changing("fetch"):
                fetched = fetching.take_in(self, spool, jobs=jobs, progress=None)
                judge.keep(self)
            if lost is not None:
                lost.params = {**lost.params, "came": len(fetched.came)}
                raise lost
            return fetched

    def would_fetch(self, mailbox: fetching.Mailbox, *, since: date | None = None, everything: bool = False) -> int:
        """Return how many mails `fetch` would look at."""
        with fetching.Spool(self, self.account(), everything=everything) as spool:
            return len(spool.wanted(mailbox, since=since or self._begun()))

    def _begun(self) -> date:
        """Return the day before the campaign was begun: no mail that came earlier answers it."""
        return datetime.fromisoformat(self.events[0].at).date() - timedelta(days=1)

    def write_letters(self, *, write: bool = True) -> tuple[str, ...]:
        """Put the wording of each letter where the office can change it, and return which there were none of yet."""
        from tianbao.mail.letters import OWN_NAMES, template_of

        # Letters may be reworded before there is a mailbox.
        lang = self.account().language if self.settings.mail else "zh"
        lacking = {f"{LETTERS}/{name}": purpose for purpose, name in OWN_NAMES.items()}
        lacking = {file: purpose for file, purpose in lacking.items() if not (self.folder / file).exists()}
        if write and lacking:
            with self.changing("mail letters", needs_roster=False):
                for file, purpose in lacking.items():
                    self.folder.write(file, template_of(purpose, lang).encode("utf-8-sig"))
        return tuple(lacking)

    # ── the result ──────────────────────────────────────────────────────────────────────────────────────────────

    def merge(
        self,
        *,
        write: bool = True,
        force: bool = False,
        rounding: merging.Rounding | None = None,
        progress: Progress | None = None,
    ) -> merging.Result:
        """Merge the reports that count, and write the county's workbook.

        Args:
            write: whether to write it; else it is only computed.
            force: write over it, though somebody has changed it.
            rounding: tells the totals in a larger measure, on a sheet of their own.
            progress: is told of each unit that is written.
        """
        if not write:
            self.refresh()
            return merging.merge(self, write=False, rounding=rounding)
        with self.changing("merge"):
            return merging.merge(self, write=True, force=force, rounding=rounding, progress=progress)

    def hand_on(self, unit: Unit, *, force: bool = False) -> handing_on.HandedOn:
        """Merge the reports that count, and write the totals as the report of one unit of the next level.

        Args:
            unit: as whom; its name may be left empty for the one of the office.
            force: write over it, though somebody has changed it.
        """
        from tianbao.campaign import handing_on

        with self.changing("merge"):
            return handing_on.hand_on(self, unit, force=force)

    def reports(
        self,
        units: Sequence[str] = (),
        *,
        county: bool = False,
        issuer: str = "",
        texts: Mapping[str, str] | None = None,
        signed_on: date | None = None,
    ) -> list[publishing.Composed]:
        """Compose the reports to be published: of some units, of all where none are named, or the county's.

        Args:
            units: their names or codes.
            county: the county's, and no unit's.
            issuer: who publishes the county's; empty for the one in the settings.
            texts: the office's own for the county's, by key.
            signed_on: the date below the county's.
        """
        self.refresh()
        codes = [self.unit(name).unit.code for name in units]
        return publishing.compose(self, codes, county=county, issuer=issuer, texts=texts, signed_on=signed_on)

    def publish(
        self,
        reports: Sequence[publishing.Composed],
        formats: Sequence[Format],
        draw: Callable[[Report, Format], bytes],
        *,
        force: bool = False,
        progress: Progress | None = None,
    ) -> list[publishing.Written]:
        """Write reports into 5-发布; one that somebody has changed since is left as it is.

        Args:
            reports: composed by `reports`.
            formats: what each is written as.
            draw: makes the bytes of a report.
            force: write over what somebody has changed.
            progress: is told of each report.
        """
        with self.changing("report"):
            return publishing.publish(self, reports, formats, draw, force=force, progress=progress)

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
        self.refresh()
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
    if folder.is_campaign or not _is_bare(folder):
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
    return verify.rebuild(folder, load_settings(folder), passwords=passwords, progress=progress)


def _as_workbook(path: str | os.PathLike[str], entries: Sequence[RosterEntry], settings: Settings) -> bytes:
    """Take the office's own workbook as it is; of a text make one."""
    data = Path(path).read_bytes()
    return data if data.startswith(b"PK") else issue.roster_file(entries, settings)


def _is_bare(folder: Folder) -> bool:
    """Whether there is no ledger, or one in which nothing has happened: somebody was ended while he began a campaign."""
    if not (folder / LEDGER).exists():
        return True
    with suppress(LedgerDamagedError):
        ledger = Ledger.open(folder / LEDGER, before_migration=_no_backup)
        events = ledger.events()
        ledger.close()
        return len(events) <= 1
    return (folder / LEDGER).stat().st_size == 0


def _no_backup(_version: int) -> None:
    """Nothing stands in a ledger that was just made."""
