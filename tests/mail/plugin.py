"""The fixtures of mail: certificates, an SMTP server, one Dovecot for all tests that a process runs, and a mailbox in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.mail.servers import Authority, DovecotServer, Mailbox, SmtpServer

_numbers = count(1)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak Chinese, whatever the language of this machine."""
    monkeypatch.setenv("TIANBAO_LANG", "zh")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make the certificates of the servers."""
    from tests.mail.servers import Authority

    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def smtp(authority: Authority) -> Iterator[SmtpServer]:
    """Start a server that takes mails, encrypted from the first byte."""
    from tests.mail.servers import SmtpServer

    with SmtpServer(authority) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[DovecotServer]:
    """Start Dovecot; where it is missing the test is skipped, but on CI it fails."""
    from tests.mail.servers import DovecotServer, what_is_missing

    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and on CI it must judge")
        pytest.skip(missing)
    with DovecotServer(authority) as server:
        yield server


@pytest.fixture
def mailbox(dovecot: DovecotServer) -> Mailbox:
    """Make a mailbox that nobody has used."""
    return dovecot.mailbox(f"user{next(_numbers)}@example.org")
