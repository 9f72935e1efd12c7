"""Take in what came back: files of any kind, each kept as it came before it is read.

    paths ──▶ files ──keep──▶ 2-收件/原件 ──read──▶ workbooks ──▶ the ledger, so many files at a time

In:   paths of files, folders, zips and mails.
Out:  what was new, what had come before, what could not be opened.
A mail is known by what it is called and what it holds, by whatever way it came; in one that a machine wrote (a bounce, an
automatic reply) no return is looked for.
Whatever ends it, what was taken in is taken in, and the next run goes on with the rest: a file is known by its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind, Facts
from tianbao.campaign.folder import ORIGINALS, OWN, WRITERS, Folder, digest
from tianbao.campaign.store import Original
from tianbao.records.file_names import file_name
from tianbao.records.model import State, Submission
from tianbao.reports.receipt import digest_of
from tianbao.workbook.guard import find_files
from tianbao.workbook.read import Progress, read_each
from tianbao.workbook.sources import to_text

if TYPE_CHECKING:
    from tianbao.mail.incoming import Incoming

#: Of a file, what tells a mail from all else; and of answers, names, links, so many are written down.
_BEGINNING, _SO_MANY = 65_536, 100
#: So many files are committed at once: a run that is ended loses no more work than that.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import has brought.

    Attributes:
        batch: the number of its first event; None where nothing was new.
        new: the SHA-256 of each file that was new, in the order of receipt.
        known: names of the files that had come before.
        unreadable: names of the files that could not be opened, and why.
    """

    batch: int | None
    new: tuple[str, ...]
    known: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file that is to be taken in.

    Attributes:
        path: where it is read from.
        within: the folders that it is said to lie in.
        kept: as it is kept.
        is_new: the ledger does not know it yet.
        mail: what it is, where it is a mail.
    """

    path: Path
    within: tuple[str, ...]
    kept: Original
    is_new: bool
    mail: Facts | None


class _Sifted(NamedTuple):
    """What lies below some paths.

    Attributes:
        files: those that are to be taken in.
        known: names of the files that had come before.
        unreadable: names of the files that could not be opened, and why.
        digests: of all of them, the SHA-256.
    """

    files: Sequence[_File]
    known: Sequence[str]
    unreadable: Sequence[tuple[str, str]]
    digests: Collection[str]


def receive(
    books: Books, paths: Sequence[Path], *, passwords: Iterable[str], jobs: int | None, progress: Progress | None
) -> Taken:
    """Take in every file below some paths."""
    sifted = _sift(books, paths)
    files, left = sifted.files, len(sifted.files)
    batch = _begun(books, sifted.digests) or books.next_number
    read = read_each(
        [(books.folder / one.kept.path, one.within) for one in files if one.is_new and may_hold_returns(one.mail)],
        form=books.form,
        passwords=passwords,
        jobs=jobs,
    )
    waiting = iter(files)
    while several := list(islice(waiting, _AT_ONCE)):
        with books.recording(batch=batch) as record:
            for one in several:
                if one.is_new:
                    _add(books, one.kept, next(read) if may_hold_returns(one.mail) else ())
                left -= 1
                name = "/".join((*one.within, one.kept.name))
                facts = {"original": one.kept.sha256, "name": name, "size": one.kept.size, "left": left}
                record(EventKind.RECEIVED, facts if one.mail is None else {**facts, "mail": one.mail})
        for done, one in enumerate(several, start=len(files) - left - len(several) + 1):
            if progress:
                progress(done, len(files), one.kept.name)
    new = tuple(one.kept.sha256 for one in files)
    return Taken(batch if files else None, new, tuple(sifted.known), tuple(sifted.unreadable))


def _begun(books: Books, digests: Collection[str]) -> int | None:
    """Return the batch of the import that this one goes on with: the last thing that happened, and ended in the middle.

    They are one: what came together is weighed together, and taken back together.
    """
    last = books.events[-1]
    if last.kind is not EventKind.RECEIVED or not last.facts.get("left"):
        return None
    came = [event.facts["original"] for event in books.events if event.batch == last.batch]
    return last.batch if all(original in digests for original in came) else None


def _sift(books: Books, paths: Sequence[Path]) -> _Sifted:
    """Keep what is new, and tell it from what has come before."""
    come = {receipt.original for receipt in books.state.receipts}
    mails = {identity(one.facts) for one in books.state.post.came}
    originals, homes = books.ledger.originals(), books.folder.kept()
    number = max((one.number for one in originals.values()), default=0)
    keeping: list[tuple[Path, tuple[str, ...], Future[Original] | Original, Facts | None]] = []
    known: list[str] = []
    unreadable: list[tuple[str, str]] = []
    digests: set[str] = set()
    with ThreadPoolExecutor(WRITERS) as writers:
        for path, within in _find(books.folder, paths):
            try:
                sha256, mail = digest(path), mail_facts(path)
            except OSError as error:
                unreadable.append((path.name, error.strerror or str(error)))
                continue
            digests.add(sha256)
            if sha256 in come or (mail is not None and identity(mail) in mails):
                known.append(path.name)
                continue
            come.add(sha256)
            if mail is not None:
                mails.add(identity(mail))
            if sha256 in originals:
                keeping.append((path, within, originals[sha256], mail))
            else:
                number += 1
                kept = writers.submit(_keep, books.folder, path, sha256, number, homes.get(sha256))
                keeping.append((path, within, kept, mail))
    files = [
        _File(path, within, kept, is_new=False, mail=mail)
        if isinstance(kept, Original)
        else _File(path, within, kept.result(), is_new=True, mail=mail)
        for path, within, kept, mail in keeping
    ]
    return _Sifted(files, known, unreadable, digests)


def mail_facts(path: Path) -> Facts | None:
    """Say what a file is, where it is a mail; None for all else."""
    from tianbao.mail.incoming import is_mail, read_incoming

    with path.open("rb") as file:
        data = file.read(_BEGINNING)
        return facts_of(read_incoming(data + file.read())) if is_mail(data) else None


def facts_of(mail: Incoming) -> Facts:
    """Write down what a mail is; of what could be endless, so much as an honest one has."""
    return {
        "message_id": mail.message_id,
        "content": mail.content,
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "subject": mail.subject,
        "date": mail.date,
        "kind": mail.kind.value,
        "answers": list(mail.answers[:_SO_MANY]),
        "codes": list(mail.codes[:_SO_MANY]),
        "bounces": [
            {"recipient": one.recipient, "status": one.status, "text": one.text, "message_id": one.message_id}
            for one in mail.bounces[:_SO_MANY]
        ],
        "names": list(mail.names[:_SO_MANY]),
        "links": list(mail.links[:_SO_MANY]),
        "has_pictures": mail.has_pictures,
    }


def may_hold_returns(mail: Facts | None) -> bool:
    """Whether somebody may have sent a return in a file: not in a mail that a machine wrote, whatever it gives back."""
    return mail is None or mail["kind"] == "letter"


def identity(mail: Facts) -> tuple[str, str, str]:
    """Return what tells a mail from every other, by whatever way it came: not every program gives it a Message-ID."""
    return str(mail["message_id"]), str(mail["sender"]), str(mail["content"])


def sift_only(books: Books, paths: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Tell what is new from what has come before, and take in nothing."""
    come = {receipt.original for receipt in books.state.receipts}
    new: list[str] = []
    known: list[str] = []
    for path, _ in _find(books.folder, paths):
        sha256 = digest(path)
        (known if sha256 in come else new).append(path.name)
        come.add(sha256)
    return new, known


def _keep(folder: Folder, path: Path, sha256: str, number: int, found: Path | None) -> Original:
    name = file_name(path.stem, path.suffix)
    kept = folder.keep(path, sha256, number, name, found=found)
    return Original(sha256, number, kept, path.name, (folder / kept).stat().st_size)


def _find(folder: Folder, paths: Sequence[Path]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield every file below some paths, but for what the campaign keeps itself."""
    own = [(folder / name).resolve() for name in (OWN, ORIGINALS)]
    for path in paths:
        for file, within in find_files(path):
            place = file.resolve()
            if not any(place.is_relative_to(home) for home in own):
                yield file, within


def _add(books: Books, kept: Original, submissions: Sequence[Submission]) -> None:
    """Add a file and the workbooks in it."""
    books.ledger.add_original(kept)
    for place, submission in enumerate(submissions):
        books.ledger.add_submission(
            kept.sha256, place, submission, answers=answers_digest(submission), filled=count_filled(submission)
        )


def answers_digest(submission: Submission) -> str:
    """Digest all that a unit wrote: answers, and what it wrote beside the findings; empty where nothing was read."""
    if submission.form is None or submission.reason is not None:
        return ""
    explained = "\n".join(f"{name}\t{answer.value}" for name, answer in sorted(submission.explanations.items()))
    unread = "\n".join(
        f"{key}\t{answer.raw}" for key, answer in submission.answers.items() if answer.state is State.UNREADABLE
    )
    stated = "\n".join(
        f"{key}\t{answer.stated}" for key, answer in submission.answers.items() if answer.stated is not None
    )
    parts = [digest_of(submission), explained, unread, stated]
    if submission.provenance is not None:
        parts.append(to_text(submission.provenance, submission.form))
    return hashlib.sha256("\f".join(parts).encode()).hexdigest()


def count_filled(submission: Submission) -> int:
    """Count the cells in which the unit wrote something; what we filled in for it is none of them."""
    if submission.form is None:
        return 0
    defaults = {cell.key: cell.default for cell in submission.form.cover if cell.default}
    computed = {cell.key for cell in submission.form.computed}
    return sum(
        bool(answer.raw) and key not in computed and answer.value != defaults.get(key)
        for key, answer in submission.answers.items()
    )
