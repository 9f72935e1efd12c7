"""What every test can ask for: `office`, a running LibreOffice; and what holds in every test, whatever it tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tianbao.messages import LANGUAGES
from tianbao.messages.explained import explained
from tianbao.records.model import Note, Submission

pytest_plugins = ["tests.office.plugin"]


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


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Keep the tests of a module in one process where they share something that is made once for all of them."""
    for item in items:
        if isinstance(item, pytest.Function) and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _shares(item: pytest.Function) -> bool:
    found = item._fixtureinfo.name2fixturedefs.values()
    return any(fixtures[-1].scope in ("class", "module", "package") for fixtures in found)
