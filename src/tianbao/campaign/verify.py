"""Is everything as it was left? And if the ledger is not: made again from the journal and the originals.

    originals re-read · events held against their digests · journal held against ledger ──verify──▶ damages
    journal + originals ──rebuild──▶ a new ledger; the old one is kept

In:   a folder.
Out:  every damage, with its place and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.events import Event, EventKind, first_broken, made
from tianbao.campaign.folder import BACKUPS, FORM, LEDGER, ORIGINALS, OWN, Folder, digest, now, told, user
from tianbao.campaign.issuance import new_secret
from tianbao.campaign.journal import Journal, catch_up, differs_at, read_journal
from tianbao.campaign.receive import answers_digest, count_filled, mail_facts, may_hold_returns
from tianbao.campaign.settings import Settings
from tianbao.campaign.store import Ledger, Original
from tianbao.errors import TianbaoError
from tianbao.form.load import load_form
from tianbao.form.model import Form, Severity
from tianbao.messages import Language
from tianbao.records.model import Submission
from tianbao.workbook.read import Progress, read_each
from tianbao.workbook.write import DRAFT

_HOME = re.compile(r"(?P<number>[0-9]{4,})-(?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was left.

    Attributes:
        severity: an error where something is lost or wrong; a query where a person must look; a note else.
    """

    code: str
    severity: Severity
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        return f"{messages.say(self.code, lang, **self.params)} {messages.hint(self.code, lang, **self.params)}".strip()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A ledger that was made again.

    Attributes:
        events: how many were taken over from the journal.
        originals: how many files were read again.
        damages: what could not be made again.
        kept: where the old ledger lies now; empty where there was none.
    """

    events: int
    originals: int
    damages: tuple[Damage, ...]
    kept: str


def verify(
    folder: Folder, books: Books, journal: Journal, *, progress: Progress | None = None
) -> tuple[Damage, ...]:  # fmt: skip
    """Look through everything: the ledger, its history, every original, every figure read in them, every file made.

    Args:
        folder: the campaign's.
        books: as it stands now.
        journal: as it was before that: whoever is at work meanwhile writes into the ledger first.
        progress: is told of each original.
    """
    return (
        *_of_ledger(books),
        *_of_history(books, journal),
        *_of_definitions(folder, books),
        *_of_originals(folder, books, progress),
        *_of_outputs(folder, books),
    )


def _of_ledger(books: Books) -> Iterator[Damage]:
    for problem in books.ledger.problems():
        yield Damage("L-LEDGER", Severity.ERROR, {"problem": problem})


def _of_history(books: Books, journal: Journal) -> Iterator[Damage]:
    number = first_broken(books.events)
    if number is not None:
        yield Damage("L-CHAIN", Severity.ERROR, {"number": number})
    lacking = len(books.events) - len(journal.events)
    number = differs_at(journal.events, books.events)
    if number is not None:
        yield Damage("L-JOURNAL-DIFFERS", Severity.ERROR, {"number": number})
    elif lacking > 0 or journal.torn:
        yield Damage("L-JOURNAL-BEHIND", Severity.NOTE, {"count": max(lacking, 0)})
    elif lacking < 0:
        yield Damage("L-LEDGER-BEHIND", Severity.ERROR, {"count": -lacking})


def _of_definitions(folder: Folder, books: Books) -> Iterator[Damage]:
    if books.form.digest != books.state.created["digest"]:
        yield Damage("L-FORM", Severity.ERROR, {"file": FORM})
    if books.state.prior:
        name, sha256 = books.state.prior
        if not (folder / name).is_file() or digest(folder / name) != sha256:
            yield Damage("L-PRIOR", Severity.ERROR, {"file": name})


def _of_originals(folder: Folder, books: Books, progress: Progress | None) -> Iterator[Damage]:
    """Hold every original against its digest, and what is in the ledger against what it says when it is read again."""
    originals = books.ledger.originals()
    yield from _lost(books, originals)
    whole: list[Original] = []
    for original in originals.values():
        path = folder / original.path
        if not path.is_file():
            yield Damage("L-ORIGINAL-GONE", Severity.ERROR, {"file": original.path, "name": original.name})
        elif digest(path) != original.sha256:
            yield Damage("L-ORIGINAL-ALTERED", Severity.ERROR, {"file": original.path, "name": original.name})
        else:
            whole.append(original)
    homes = {(folder / original.path).parent.name for original in originals.values()}
    for home in _homes(folder):
        if home.name not in homes:
            yield Damage("L-ORIGINAL-STRAY", Severity.NOTE, {"file": f"{ORIGINALS}/{home.name}"})
    ids = {(one.original, one.place): one.id for one in books.ledger.returned()}
    names = {receipt.original: receipt.name for receipt in books.state.receipts}
    files = [(folder / one.path, tuple(names.get(one.sha256, one.name).split("/")[:-1])) for one in whole]
    for done, (original, read) in enumerate(zip(whole, _read(files, books.form), strict=True), start=1):
        numbers = [ids[original.sha256, place] for place in range(len(read)) if (original.sha256, place) in ids]
        kept = books.ledger.submissions(numbers, books.form)
        if len(numbers) != len(read) or not all(map(_is_same, kept.values(), read)):
            yield Damage("L-REREAD", Severity.QUERY, {"file": original.path, "name": original.name})
        if progress:
            progress(done, len(whole), original.name)


def _read(
    files: Sequence[tuple[Path, tuple[str, ...]]], form: Form, passwords: Iterable[str] = ()
) -> Iterator[Sequence[Submission]]:
    """Read the originals again, as they were read when they came in."""
    held = [may_hold_returns(mail_facts(path)) for path, _ in files]
    read = read_each([file for file, holds in zip(files, held, strict=True) if holds], form=form, passwords=passwords)
    for holds in held:
        yield next(read) if holds else ()


def _lost(books: Books, originals: Mapping[str, Original]) -> Iterator[Damage]:
    for receipt in books.state.receipts:
        if receipt.original not in originals:
            yield Damage("L-ORIGINAL-GONE", Severity.ERROR, {"file": receipt.original[:12], "name": receipt.name})


def _is_same(kept: Submission, read: Submission) -> bool:
    """Whether the figures in the ledger are those in the file; one that needs a password cannot be asked."""
    if kept.reason is None and read.reason is not None and read.reason.code in ("F-ENCRYPTED", "F-PASSWORD"):
        return True
    return (
        kept.sha256 == read.sha256
        and (kept.reason.code if kept.reason else None) == (read.reason.code if read.reason else None)
        and kept.answers == read.answers
        and kept.explanations == read.explanations
        and (kept.unit, kept.year, kept.issuance) == (read.unit, read.year, read.issuance)
    )


def _of_outputs(folder: Folder, books: Books) -> Iterator[Damage]:
    """Tell of what was made and is gone or changed: nothing is lost by it, for it can be made again."""
    for name, sha256 in books.state.written.items():
        if not (folder / name).is_file():
            yield Damage("L-OUTPUT-GONE", Severity.NOTE, {"file": name})
        elif digest(folder / name) != sha256:
            yield Damage("L-OUTPUT-CHANGED", Severity.NOTE, {"file": name})


def _homes(folder: Folder) -> list[Path]:
    """Return the folders of originals, in the order of receipt."""
    place = folder / ORIGINALS
    found = [home for home in place.iterdir() if _HOME.fullmatch(home.name)] if place.is_dir() else []
    return sorted(found, key=lambda home: (int(home.name.partition("-")[0]), home.name))


def _file_in(home: Path) -> Path | None:
    """Return the original in its folder; what is not whole yet is none."""
    return next((file for file in sorted(home.iterdir()) if file.is_file() and not file.name.startswith(DRAFT)), None)


# ── a lost ledger ────────────────────────────────────────────────────────────────────────────────────────────────────


def rebuild(
    folder: Folder, settings: Settings, *, passwords: Iterable[str] = (), progress: Progress | None = None
) -> Rebuilt:  # fmt: skip
    """Make the ledger again: what happened from the journal, every figure from the originals.

    Where the journal is gone too, the order of the originals is left, and the office's word is lost; that is told.

    Raises:
        HeldError: somebody is at work in the folder.
        FolderWriteError, LedgerWriteError: it cannot be written.
    """
    with folder.held("verify --rebuild"):
        form = load_form(folder / FORM)
        events, damages = _history(folder, settings, form)
        draft = folder / f"{OWN}/ledger.rebuilt.sqlite"
        with told(draft):
            draft.unlink(missing_ok=True)
            draft.with_name(f"{draft.name}-journal").unlink(missing_ok=True)
        ledger = Ledger.create(draft)
        with ledger.transaction():
            read = _read_again(folder, ledger, events, form, passwords, progress)
            damages += read[1]
            number = len(events) + 1
            told_of = {"events": len(events), "originals": read[0]}
            rebuilt = made(
                events[-1].digest,
                number=number,
                batch=number,
                at=now(),
                by=user(),
                kind=EventKind.REBUILT,
                facts=told_of,
            )
            events = (*events, rebuilt)
            ledger.add_events(events)
        ledger.close()
        kept = _put_aside(folder)
        with told(draft):
            draft.replace(folder / LEDGER)
        if any(damage.code in ("L-JOURNAL-GONE", "L-JOURNAL-DIFFERS") for damage in damages):
            _put_aside_journal(folder)
        catch_up(folder, events)
        return Rebuilt(len(events) - 1, read[0], tuple(damages), kept)


def _history(folder: Folder, settings: Settings, form: Form) -> tuple[tuple[Event, ...], list[Damage]]:
    """Return the longest history that holds: of the journal, or of the ledger where it can still be read."""
    journal = read_journal(folder)
    found: list[Sequence[Event]] = [journal.events]
    with suppress(TianbaoError):
        ledger = Ledger.open(folder / LEDGER, before_migration=lambda _: None, writable=False)
        found.append(ledger.events())
        ledger.close()
    whole = [events[: number - 1] if (number := first_broken(events)) is not None else events for events in found]
    best = max(whole, key=len)
    damages = []
    if len(best) < max(map(len, found)):
        damages.append(Damage("L-CHAIN", Severity.ERROR, {"number": len(best) + 1}))
    if best and (number := differs_at(journal.events, best)) is not None:
        damages.append(Damage("L-JOURNAL-DIFFERS", Severity.ERROR, {"number": number}))
    if best:
        return tuple(best), damages
    return tuple(_begin_again(folder, settings, form)), [Damage("L-JOURNAL-GONE", Severity.ERROR)]


def _begin_again(folder: Folder, settings: Settings, form: Form) -> Iterator[Event]:
    """Make the history that can still be known: what came in, in its order."""
    secret = {"form": form.id, "digest": form.digest, "year": settings.year, "secret": new_secret()}
    lines = [(EventKind.CREATED, secret)]
    for home in _homes(folder):
        found = _HOME.fullmatch(home.name)
        file = _file_in(home)
        if found and file:
            facts = {"original": found["sha256"], "name": file.name, "size": file.stat().st_size}
            mail = mail_facts(file)
            lines.append((EventKind.RECEIVED, facts if mail is None else {**facts, "mail": mail}))
    before = ""
    for number, (kind, facts) in enumerate(lines, start=1):
        event = made(before, number=number, batch=number, at=now(), by=user(), kind=kind, facts=facts)
        before = event.digest
        yield event


def _read_again(
    folder: Folder,
    ledger: Ledger,
    events: Sequence[Event],
    form: Form,
    passwords: Iterable[str],
    progress: Progress | None,
) -> tuple[int, list[Damage]]:
    """Read every original again, into a new ledger."""
    names: dict[str, str] = {}
    for event in events:
        if event.kind is EventKind.RECEIVED:
            names.setdefault(event.facts["original"], event.facts["name"])
    damages: list[Damage] = []
    originals: list[Original] = []
    for home in _homes(folder):
        number, _, sha256 = home.name.partition("-")
        file = _file_in(home)
        if sha256 not in names or file is None:
            continue
        path = file.relative_to(folder.path).as_posix()
        if digest(file) != sha256:
            damages.append(Damage("L-ORIGINAL-ALTERED", Severity.ERROR, {"file": path, "name": names[sha256]}))
            continue
        name = names[sha256].rpartition("/")[2]
        free = max(int(number), originals[-1].number + 1 if originals else 1)
        originals.append(Original(sha256, free, path, name, file.stat().st_size))
    there = {original.sha256 for original in originals}
    altered = {str(damage.params["name"]) for damage in damages}
    for sha256, name in names.items():
        if sha256 not in there and name not in altered:
            damages.append(Damage("L-ORIGINAL-GONE", Severity.ERROR, {"file": sha256[:12], "name": name}))
    files = [(folder / one.path, tuple(names[one.sha256].split("/")[:-1])) for one in originals]
    read = _read(files, form, passwords)
    for done, (original, submissions) in enumerate(zip(originals, read, strict=True), start=1):
        ledger.add_original(original)
        for place, submission in enumerate(submissions):
            answers, filled = answers_digest(submission), count_filled(submission)
            ledger.add_submission(original.sha256, place, submission, answers=answers, filled=filled)
        if progress:
            progress(done, len(originals), original.name)
    return len(originals), damages


def _put_aside(folder: Folder) -> str:
    """Keep the old ledger, with what SQLite left beside it, under a name that is free."""
    if not (folder / LEDGER).exists():
        return ""
    with told(folder / LEDGER):
        name = _free(folder, "ledger-damaged", ".sqlite")
        (folder / BACKUPS).mkdir(parents=True, exist_ok=True)
        (folder / LEDGER).replace(folder / name)
        leftover = folder / f"{LEDGER}-journal"
        if leftover.exists():
            leftover.replace(folder / f"{name}-journal")
    return name


def _put_aside_journal(folder: Folder) -> None:
    """Keep a journal of which not a line can be used, so that a new one can begin."""
    from tianbao.campaign.folder import JOURNAL

    with told(folder / JOURNAL):
        if (folder / JOURNAL).exists():
            (folder / JOURNAL).replace(folder / _free(folder, "journal-damaged", ".jsonl"))


def _free(folder: Folder, stem: str, suffix: str) -> str:
    number = 1
    while (folder / f"{BACKUPS}/{stem}-{number}{suffix}").exists():
        number += 1
    return f"{BACKUPS}/{stem}-{number}{suffix}"
