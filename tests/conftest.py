"""What every test can ask for: `office`, a running LibreOffice, and mail servers; and what holds in every test, whatever it tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tianbao.messages import LANGUAGES
from tianbao.messages.explained import explained
from tianbao.records.model import Note, Submission

_HERE = Path(__file__).parent

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
    "office/",
    "mutations/",
    "fuzz/",
    "kill/",
    "campaign/test_any_mail.py",
    "campaign/test_any_order.py",
    "campaign/test_moved.py",
    "campaign/test_status.py",
    "campaign/test_together.py",
    "checks/test_locate.py",
    "cli/test_campaign_commands.py",
    "cli/test_demo.py",
    "expr/test_random_agreement.py",
    "mail/test_disturbed.py",
    "mail/test_password_nowhere.py",
    "mail/test_round.py",
    "reports/test_correction.py",
    "test_readme.py",
    "test_samples.py",
    "workbook/test_resaved.py",
)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark the tests that need no coverage, and keep those of a module in one process where they share what is made once."""
    for item in items:
        if item.path.is_relative_to(_HERE) and item.path.relative_to(_HERE).as_posix().startswith(_WHOLE):
            item.add_marker(pytest.mark.whole)
        if isinstance(item, pytest.Function) and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _shares(item: pytest.Function) -> bool:
    found = item._fixtureinfo.name2fixturedefs.values()
    return any(fixtures[-1].scope in ("class", "module", "package") for fixtures in found)
