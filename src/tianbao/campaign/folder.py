"""Where everything of a campaign lies, and who holds the folder.

    名录.xlsx  campaign.toml     what people edit
    1-下发 … 5-发布              what people open; 2-收件/原件 holds every file that came in, as it came
    .tianbao                     the ledger, its journal, the definition of the form, who is at work

In:   a folder.
Out:  the paths in it; files written whole or not at all; the folder held by one process at a time.
Knows nothing of what the files mean. No path is kept but below the folder, so that it can be copied, zipped and renamed.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from tianbao.errors import TianbaoError
from tianbao.workbook.write import DRAFT, write_whole

SETTINGS, ROSTER = "campaign.toml", "名录.xlsx"
ISSUED, RECEIVED, SENT_BACK, MERGED, PUBLISHED = "1-下发", "2-收件", "3-退回", "4-汇总", "5-发布"
ORIGINALS = f"{RECEIVED}/原件"
OWN = ".tianbao"
LEDGER, JOURNAL, FORM = f"{OWN}/ledger.sqlite", f"{OWN}/journal.jsonl", f"{OWN}/form.toml"
BACKUPS = f"{OWN}/backup"
#: Every mail that was written, as it goes out.
MAILS = f"{OWN}/mails"
#: The office's own wording of the letters.
LETTERS = "信件"
_LOCK, _HOLDER = f"{OWN}/lock", f"{OWN}/holder.json"
#: What was begun to be written and is not yet an event: a line each, the name and the SHA-256.
_BEGUN = f"{OWN}/begun.jsonl"

FOLDERS = (ISSUED, ORIGINALS, SENT_BACK, MERGED, PUBLISHED, BACKUPS, MAILS)

#: Seconds for which a second process waits: long enough for a small command to be done.
_PATIENCE = 3.0
_BLOCK = 1 << 20
#: So many files are written at once: a disk that is asked to make sure of several does so sooner than one by one.
WRITERS = 8


class NoCampaignError(TianbaoError):
    """There is no campaign in this folder."""

    code: ClassVar[str] = "U-CAMPAIGN"


class HeldError(TianbaoError):
    """Another process is at work in this folder."""

    code: ClassVar[str] = "U-CAMPAIGN-HELD"


class FolderWriteError(TianbaoError):
    """Something cannot be written into the folder."""

    code: ClassVar[str] = "U-CAMPAIGN-WRITE"


class ChangedOutputError(TianbaoError):
    """A file that is to be written anew was changed by somebody."""

    code: ClassVar[str] = "U-CAMPAIGN-CHANGED"


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of a campaign."""

    path: Path

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @property
    def is_campaign(self) -> bool:
        """Whether a campaign lies in it."""
        return (self / SETTINGS).is_file() and (self / OWN).is_dir()

    def make(self) -> None:
        """Make all folders that are not there."""
        with told(self.path):
            for name in FOLDERS:
                (self / name).mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove what a process that was ended has left behind before it had its name; only for whoever holds the folder."""
        with told(self.path):
            for name in ("", OWN, *FOLDERS):
                for draft in (self / name).glob(f"{DRAFT}*"):
                    draft.unlink()
            for draft in (self / ORIGINALS).glob(f"*/{DRAFT}*"):
                draft.unlink()

    def write(self, name: str, data: bytes, *, known: str | None = None, force: bool = False) -> None:
        """Write a file whole or not at all.

        Args:
            name: below the folder, with `/`.
            data: its content.
            known: the SHA-256 of what we wrote there last; another file is not written over. Empty: we wrote none
                there. None: whatever is there is ours.
            force: write over it, whoever has changed it.

        Raises:
            ChangedOutputError: somebody has changed it.
            FolderWriteError: it cannot be written.
        """
        target = self / name
        with told(target):
            if known is not None:
                sha256, there = hashlib.sha256(data).hexdigest(), digest(target) if target.exists() else known
                if there == sha256 and target.exists():
                    return
                if not force and there != known and (name, there) not in self._begun():
                    raise ChangedOutputError(path=name)
                with (self / _BEGUN).open("a", encoding="utf-8") as begun:
                    begun.write(f"{json.dumps([name, sha256], ensure_ascii=False)}\n")
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data)

    def forget(self, written: Mapping[str, str]) -> None:
        """Forget what was begun to be written, where it is an event by now.

        Args:
            written: by name, the SHA-256 of what was written there last.
        """
        with told(self / _BEGUN):
            left = [(name, sha256) for name, sha256 in self._begun() if written.get(name) != sha256]
            if left:
                lines = [f"{json.dumps(one, ensure_ascii=False)}\n" for one in left]
                write_whole(self / _BEGUN, "".join(lines).encode())
            else:
                (self / _BEGUN).unlink(missing_ok=True)

    def _begun(self) -> list[tuple[str, str]]:
        begun: list[tuple[str, str]] = []
        if (self / _BEGUN).exists():
            for line in (self / _BEGUN).read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError):
                    name, sha256 = json.loads(line)
                    begun.append((name, sha256))
        return begun

    def kept(self) -> dict[str, Path]:
        """Return the folder of each file that came in, by its SHA-256."""
        place = self / ORIGINALS
        return {home.name.rpartition("-")[2]: home for home in place.iterdir()} if place.is_dir() else {}

    def keep(self, source: Path, sha256: str, number: int, name: str, *, found: Path | None) -> str:
        """Keep a file that came in, byte for byte and never to be changed; return where.

        Args:
            source: the file.
            sha256: of it.
            number: in the order of receipt.
            name: as it is to be called.
            found: where a file of the same content is kept already, from a run that was interrupted; it is the same one,
                and gets the number that it has now.
        """
        home = self / ORIGINALS / f"{number:04d}-{sha256}"
        with told(home):
            if found is not None and found != home:
                found.rename(home)
            home.mkdir(parents=True, exist_ok=True)
            kept = next((file for file in home.iterdir() if file.is_file()), None)
            if kept is None or digest(kept) != sha256:
                kept = home / name
                _copy_whole(source, kept)
        return kept.relative_to(self.path).as_posix()

    def append(self, name: str, text: str, *, at: int) -> None:
        """Put a text behind the first so many bytes of a file; what stands there was not written whole."""
        with told(self / name), (self / name).open("r+b" if (self / name).exists() else "w+b") as file:
            file.truncate(at)
            file.seek(at)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def held(self, doing: str) -> Iterator[None]:
        """Hold the folder, so that no other process changes it; a process that dies lets go of it.

        Args:
            doing: what for; whoever comes second is told.

        Raises:
            HeldError: another process holds it.
        """
        from filelock import FileLock, Timeout

        with told(self.path):
            lock = FileLock(self / _LOCK, timeout=_PATIENCE)
            try:
                lock.acquire()
            except Timeout:
                raise HeldError(**self._holder()) from None
        try:
            with told(self.path):
                holder = {
                    "who": user(),
                    "host": socket.gethostname(),
                    "pid": os.getpid(),
                    "doing": doing,
                    "since": now(),
                }
                (self / _HOLDER).write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")
            yield
        finally:
            with suppress(OSError):
                (self / _HOLDER).unlink()
            lock.release()

    def _holder(self) -> dict[str, object]:
        holder: dict[str, object] = dict.fromkeys(("who", "host", "pid", "doing", "since"), "？")
        with suppress(OSError, ValueError):
            holder |= json.loads((self / _HOLDER).read_text(encoding="utf-8"))
        return holder


def find_folder(path: Path) -> Folder:
    """Return the campaign that lies in a folder or around it.

    Raises:
        NoCampaignError: there is none.
    """
    for place in (path, *path.absolute().parents):
        if Folder(place).is_campaign:
            return Folder(place)
    raise NoCampaignError(path=str(path))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def user() -> str:
    """Return the name of whoever works at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "？"


def now() -> str:
    """Return the time of this machine's clock, with its zone, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in our own words that something cannot be written.

    Raises:
        FolderWriteError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise FolderWriteError(path=Path(error.filename or path).name, problem=error.strerror or str(error)) from error


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a file under another name first, then rename it; nobody is to write in it after that."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=DRAFT, delete=False) as file:
        draft = Path(file.name)
    try:
        with source.open("rb") as data, draft.open("wb") as file:
            shutil.copyfileobj(data, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o444)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
