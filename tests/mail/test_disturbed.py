"""When everything goes wrong on the way, each mail comes once, or it is known that nobody knows."""

from __future__ import annotations

from pathlib import Path

from tests.mail.disturbed import play
from tests.mail.servers import Authority, DovecotServer


def test_whatever_goes_wrong_each_mail_comes_once_or_is_uncertain(
    tmp_path: Path, authority: Authority, dovecot: DovecotServer
) -> None:
    figures = play(tmp_path / "年报", dovecot, authority, seed=1, units=24, kills=2)

    assert figures.wrong == []
    counts = figures.counts
    assert (counts["mails"], counts["replies"], counts["mails that came twice"]) == (23, 23, 0)
    assert counts["limited"] == counts["refused"] == counts["U-MAIL-LOGIN"] == 1
    assert counts["cut at accepted"] + counts["cut at content"] > 0
    assert counts["uncertain, and had arrived"] + counts["uncertain, and had not"] > 0
