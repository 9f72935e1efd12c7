"""What every test can ask for: `office`, a running LibreOffice, and mail servers; and what holds in every test, whatever it tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings

from tianbao.messages import LANGUAGES
from tianbao.messages.explained import explained
from tianbao.records.model import Note, Submission

_HERE = Path(__file__).parent
#: Of the tests of a module that share nothing.
_LOTS = 6

pytest_plugins = ["tests.mail.plugin", "tests.office.plugin"]


@pytest.fixture(scope="session", autouse=True)
def _whatever_is_told_can_be_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """See to it that every note and refusal of any test is as grave as `explain` says, and has the facts of its sentence."""
    make_note, make_submission = Note.__init__, Submission.__init__

    def note_told(note: Note, /, *parts: object, **named: object) -> None:
        make_note(note, *parts, **named)  # type: ignore[arg-type]
        assert note.severity.value in explained()[note.code].severities, f"{note.code} told as {note.severity.value}"
        assert all(note.message(lang) for lang in LANGUAGES)

    def submission_told(submission: Submission, /, *parts: object, **named: object) -> None:
        make_submission(submission, *parts, **named)  # type: ignore[arg-type]
        if submission.reason is not None:
            assert "refused" in explained()[submission.reason.code].severities, submission.reason.code
            assert all(submission.reason.message(lang) for lang in LANGUAGES)

    with pytest.MonkeyPatch.context() as patch:
        if "bench" not in request.config.option.markexpr:
            patch.setattr(Note, "__init__", note_told)
            patch.setattr(Submission, "__init__", submission_told)
        yield


#: Where tests walk through the whole house again and again: there coverage shows nothing new, and takes as long as they do.
_WHOLE = (
    "campaign/",
    "checks/test_locate.py",
    "cli/",
    "documents/test_damaged.py",
    "expr/test_random_agreement.py",
    "fuzz/",
    "kill/",
    "mail/test_disturbed.py",
    "mail/test_password_nowhere.py",
    "mail/test_round.py",
    "mutations/",
    "office/",
    "reports/published/test_looks.py",
    "reports/published/test_read_back.py",
    "reports/test_correction.py",
    "test_readme.py",
    "test_samples.py",
    "workbook/test_alterations.py",
    "workbook/test_child.py",
    "workbook/test_legacy.py",
    "workbook/test_locked.py",
    "workbook/test_resaved.py",
    "workbook/test_stamp.py",
    "workbook/test_workers.py",
)


#: Of a property so many examples in every run; twice as many with `--hypothesis-profile=default`.
settings.register_profile("every run", max_examples=50)
settings.load_profile("every run")

#: What takes longest begins first, so that no process waits for another at the end.
_LONG = ("test_readme.py", "mutations/", "office/test_round_trip.py", "mail/test_", "kill/", "workbook/test_read.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need no coverage, and put those first that take longest."""
    for item in items:
        if _of(item).startswith(_WHOLE):
            item.add_marker(pytest.mark.whole)
    items.sort(key=lambda item: not _of(item).startswith(_LONG))


def _of(item: pytest.Item) -> str:
    """Return where a test stands, below this folder; nothing where it is a doctest of the source."""
    return item.path.relative_to(_HERE).as_posix() if item.path.is_relative_to(_HERE) else ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a module in one process, where they share what is costly to make.

    It is what `--dist=loadgroup` is for; with pytest 9.2 xdist's marks come to nothing.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsShared(LoadScopeScheduling):
        """Those of a module that share something go together, the others in a few lots: xdist looks at each lot again and again."""

        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if _shares(Path(config.rootpath / module)) else f"{module} {crc32(nodeid.encode()) % _LOTS}"

    return ByWhatIsShared(config, log)


@cache
def _shares(module: Path) -> bool:
    """Whether the tests of a module share a fixture: one that is made for all of them."""
    return module.is_file() and 'scope="module"' in module.read_text(encoding="utf-8")
