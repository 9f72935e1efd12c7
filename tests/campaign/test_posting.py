"""The outbox of a campaign: what is written, what goes out, and what is known of it afterwards."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.office import code, name, put, returned
from tests.campaign.post import (
    ADDRESS,
    DEFERRED,
    REFUSED,
    TABLE,
    TOO_MANY,
    UNCERTAIN,
    Server,
    begin_with_mail,
    read,
    send_all,
)
from tianbao.campaign import posting, staging
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import ROSTER
from tianbao.campaign.log import read_log
from tianbao.campaign.posting import AlteredMailError, MailStateError, OtherHostError, UnknownMailError
from tianbao.campaign.roster import read_roster, write_roster
from tianbao.mail.account import NoAccountError
from tianbao.mail.outbox import Answer

WRONG: dict[str, Any] = {"inspections__public__places": 5, "inspections__public__inspected": 7}


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return begin_with_mail(tmp_path / "年报", 3, contact="王主任 0350-5500001")


def states(campaign: Campaign) -> list[str]:
    return [mail.state.value for mail in campaign.mails]


def readdress(campaign: Campaign, **emails: str) -> None:
    """Change addresses in the roster: `unit1="new@example.org"`, and save it as the office does."""
    entries = [
        replace(entry, email=emails.get(entry.email.partition("@")[0], entry.email))
        for entry in read_roster(campaign.folder / ROSTER)
    ]
    with (campaign.folder / ROSTER).open("wb") as file:
        write_roster(file, entries, county="示例县")


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_unit_gets_a_mail_of_its_own_with_its_own_workbook(campaign: Campaign) -> None:
    staged = campaign.send()

    assert [(mail.unit, mail.to, mail.purpose) for mail in staged.mails] == [
        (code(n), f"unit{n}@example.org", "issue") for n in (1, 2, 3)
    ]
    assert (staged.there, staged.problems) == (0, ())
    for number, mail in enumerate(campaign.mails, start=1):
        data = (campaign.folder / mail.kept).read_bytes()
        sent = read(data)
        assert sent["To"].addresses[0].addr_spec == f"unit{number}@example.org"
        assert sent["From"].addresses[0].addr_spec == ADDRESS
        assert sent["Message-ID"] == mail.message_id
        attached = [part.get_payload(decode=True) for part in sent.iter_attachments()]
        assert attached == [(campaign.folder / f"1-下发/{code(number)}_{name(number)}_2025年报表.xlsx").read_bytes()]
        assert hashlib.sha256(data).hexdigest() == mail.sha256


def test_nothing_goes_out_when_mails_are_written(campaign: Campaign) -> None:
    campaign.send()

    assert states(campaign) == ["staged"] * 3
    assert [mail.tries for mail in campaign.mails] == [0, 0, 0]


def test_what_was_written_is_not_written_again(campaign: Campaign) -> None:
    campaign.send()
    events = len(campaign.events)

    again = campaign.send()

    assert (again.mails, again.there, len(campaign.events)) == ((), 3, events)


def test_what_would_be_written_is_told_and_not_written(campaign: Campaign) -> None:
    before = len(campaign.events)

    trial = campaign.send(write=False)

    assert [mail.unit for mail in trial.mails] == [code(1), code(2), code(3)]
    assert (len(campaign.events), campaign.mails) == (before, ())
    assert list((campaign.folder / ".tianbao/mails").iterdir()) == []


def problem_codes(staged: staging.Staged) -> dict[str, str]:
    return {problem.entry.unit.code: problem.code for problem in staged.problems}


def test_a_unit_without_an_address_is_named_and_the_others_are_written_to(campaign: Campaign) -> None:
    readdress(campaign, unit2="")

    staged = campaign.send()

    assert problem_codes(staged) == {code(2): "U-SEND-ADDRESS"}
    assert [mail.unit for mail in staged.mails] == [code(1), code(3)]


def test_units_that_share_an_address_are_written_to_only_when_they_are_named(campaign: Campaign) -> None:
    readdress(campaign, unit2="unit1@example.org")

    staged = campaign.send()

    assert problem_codes(staged) == {code(1): "U-SEND-SHARED", code(2): "U-SEND-SHARED"}
    assert [mail.unit for mail in campaign.send([code(1), name(2)]).mails] == [code(1), code(2)]
    assert problem_codes(campaign.send()) == {}


def test_a_workbook_that_was_changed_or_is_gone_is_not_sent(campaign: Campaign) -> None:
    first, second = (campaign.folder / f"1-下发/{code(n)}_{name(n)}_2025年报表.xlsx" for n in (1, 2))
    first.write_bytes(first.read_bytes() + b" ")
    second.unlink()

    staged = campaign.send()

    assert problem_codes(staged) == {code(1): "U-SEND-CHANGED", code(2): "U-SEND-GONE"}
    assert first.name in staged.problems[0].message("zh")


def test_a_unit_to_which_nothing_was_issued_is_named(tmp_path: Path) -> None:
    campaign = begin_with_mail(tmp_path / "年报", 2)
    entries = read_roster(campaign.folder / ROSTER)
    unit = replace(entries[1].unit, code=code(3), name=name(3))
    third = replace(entries[1], order=3, unit=unit, email="a@example.org")
    with (campaign.folder / ROSTER).open("wb") as file:
        write_roster(file, [*entries, third], county="示例县")

    assert problem_codes(campaign.send()) == {code(3): "U-SEND-NOT-ISSUED"}


def test_without_an_account_nothing_is_written(tmp_path: Path) -> None:
    campaign = begin_with_mail(tmp_path / "年报", 1, table="")

    with pytest.raises(NoAccountError):
        campaign.send()


def test_a_mail_to_an_address_that_was_corrected_is_written_anew_and_the_old_one_does_not_go(
    campaign: Campaign,
) -> None:
    campaign.send()
    readdress(campaign, unit2="right@example.org")

    staged = campaign.send()

    assert [(mail.number, mail.to) for mail in staged.mails] == [(4, "right@example.org")]
    assert states(campaign) == ["staged", "withdrawn", "staged", "staged"]


def test_two_mails_are_never_called_the_same_but_the_same_mail_is(tmp_path: Path) -> None:
    one = begin_with_mail(tmp_path / "年报", 2)
    one.send()
    ids = [mail.message_id for mail in one.mails]

    assert len(set(ids)) == 2
    assert all(called.endswith("@example.org>") for called in ids)
    assert one.send(again=True).mails[0].message_id not in ids


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_written_goes_out_but_for_its_date(campaign: Campaign) -> None:
    campaign.send()
    server = Server()

    sending = send_all(campaign, server)

    assert server.recipients == ["unit1@example.org", "unit2@example.org", "unit3@example.org"]
    assert states(campaign) == ["handed_over"] * 3
    assert (len(sending.posted), sending.left, sending.stopped) == (3, 0, "")
    for (_, data), mail in zip(server.took, campaign.mails, strict=True):
        kept = (campaign.folder / mail.kept).read_bytes()
        assert [line for line in data.split(b"\r\n") if not line.startswith(b"Date:")] == [
            line for line in kept.split(b"\r\n") if not line.startswith(b"Date:")
        ]


def test_the_date_is_that_on_which_a_mail_goes_out() -> None:
    at = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    mail = b"From: a@b\r\nDate: Fri, 02 Jan 2026 08:00:00 +0800\r\nTo: c@d\r\n\r\nDate: tomorrow\r\n"

    assert posting.dated(mail, at) == (
        b"From: a@b\r\nDate: Mon, 05 Jan 2026 09:30:00 +0800\r\nTo: c@d\r\n\r\nDate: tomorrow\r\n"
    )


def test_nothing_is_sent_twice(campaign: Campaign) -> None:
    campaign.send()
    server = Server()
    send_all(campaign, server)

    campaign.send()
    send_all(campaign, server)

    assert len(server.took) == 3


def test_a_mail_of_which_nobody_knows_is_never_sent_again_by_itself(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit2=UNCERTAIN))
    server = Server()

    staged = campaign.send()
    send_all(campaign, server)

    assert states(campaign) == ["handed_over", "uncertain", "handed_over"]
    assert server.took == []
    assert problem_codes(staged) == {code(2): "U-SEND-UNCERTAIN"}


def test_a_process_that_ends_while_a_mail_is_handed_over_leaves_it_uncertain(campaign: Campaign) -> None:
    campaign.send()

    class Killed(BaseException):
        """The end of a process."""

    class Dying(Server):
        def send(self, sender: str, recipient: str, data: bytes, *, committing: Callable[[], None]) -> Any:
            if recipient.startswith("unit2"):
                committing()
                raise Killed
            return super().send(sender, recipient, data, committing=committing)

    with pytest.raises(Killed):
        send_all(campaign, Dying())

    with Campaign(campaign.folder.path) as after:
        assert states(after) == ["handed_over", "uncertain", "staged"]
        server = Server()
        send_all(after, server)
        assert server.recipients == ["unit3@example.org"]


def test_a_process_that_ends_before_anything_of_a_mail_has_gone_leaves_it_waiting(campaign: Campaign) -> None:
    campaign.send()

    def interrupted(*_: object, **__: object) -> Answer:
        raise KeyboardInterrupt

    server = Server()
    server.send = interrupted  # type: ignore[method-assign]

    with pytest.raises(KeyboardInterrupt):
        send_all(campaign, server)

    assert states(campaign) == ["staged"] * 3


def test_what_is_refused_is_written_again_only_to_another_address(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit2=REFUSED))

    same = campaign.send()
    readdress(campaign, unit2="right@example.org")
    other = campaign.send()

    assert states(campaign)[:3] == ["handed_over", "refused", "handed_over"]
    assert problem_codes(same) == {code(2): "U-SEND-FAILED"}
    assert [mail.to for mail in other.mails] == ["right@example.org"]


def test_what_is_put_off_waits_and_the_others_go(campaign: Campaign) -> None:
    campaign.send()

    sending = send_all(campaign, Server(unit1=DEFERRED))

    assert states(campaign) == ["staged", "handed_over", "handed_over"]
    assert sending.left == 1
    assert campaign.mails[0].answer == "try later"


def test_a_server_that_wants_no_more_ends_the_run(campaign: Campaign) -> None:
    campaign.send()
    server = Server(unit2=TOO_MANY)

    sending = send_all(campaign, server)

    assert server.asked == ["unit1@example.org", "unit2@example.org"]
    assert (sending.stopped, sending.left) == ("outbox.stopped", 2)
    assert states(campaign) == ["handed_over", "staged", "staged"]


def test_no_more_are_sent_than_was_asked_and_than_the_settings_allow_a_day(tmp_path: Path) -> None:
    campaign = begin_with_mail(tmp_path / "年报", 4, table=f"{TABLE}most = 3\n")
    campaign.send()
    server = Server()

    one = send_all(campaign, server, limit=1)
    rest = send_all(campaign, server)

    assert (len(one.posted), one.full) == (1, False)
    assert (len(server.took), rest.full, rest.left) == (3, True, 1)


def test_the_pause_between_mails_is_about_what_was_asked(campaign: Campaign) -> None:
    campaign.send()
    pauses: list[float] = []

    campaign.post(Server(), every=20, pause=pauses.append)

    assert len(pauses) == 2
    assert all(15 <= pause <= 25 for pause in pauses)
    assert pauses[0] != pauses[1]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda c: c.exempt(name(2), note="撤并"), "这个单位不用报了"),
        (lambda c: readdress(c, unit2="right@example.org"), "名录里的邮箱已经不是 unit2@example.org"),
    ],
    ids=["exempt", "another address"],
)
def test_what_is_no_longer_true_does_not_go_out(
    campaign: Campaign, change: Callable[[Campaign], object], because: str
) -> None:
    campaign.send()
    change(campaign)
    server = Server()

    sending = send_all(campaign, server)

    assert server.recipients == ["unit1@example.org", "unit3@example.org"]
    assert [one.because for one in sending.posted if one.answer is None] == [because]
    assert states(campaign) == ["handed_over", "withdrawn", "handed_over"]


def test_a_reminder_does_not_go_to_whom_has_reported_meanwhile(campaign: Campaign, tmp_path: Path) -> None:
    campaign.remind()
    campaign.import_files([put(tmp_path, "二.xlsx", returned(campaign, 2))])
    server = Server()

    send_all(campaign, server)

    assert server.recipients == ["unit1@example.org", "unit3@example.org"]


def test_a_mail_that_was_tampered_with_is_not_sent(campaign: Campaign) -> None:
    campaign.send()
    kept = campaign.folder / campaign.mails[0].kept
    kept.write_bytes(kept.read_bytes().replace(b"unit1@", b"evil1@"))
    server = Server()

    with pytest.raises(AlteredMailError) as caught:
        send_all(campaign, server)

    assert (server.asked, caught.value.params["mail"]) == ([], 1)
    assert ".tianbao/mails/0001.eml" in str(caught.value)


def test_a_copy_of_the_folder_on_another_computer_sends_nothing_before_it_is_told_to(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.send()
    monkeypatch.setattr(socket, "gethostname", lambda: "OTHER-PC")
    server = Server()

    with pytest.raises(OtherHostError):
        send_all(campaign, server)
    assert server.asked == []

    send_all(campaign, server, here=True)
    assert len(server.took) == 3


def test_the_office_says_what_became_of_a_mail_of_which_nobody_knows(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit1=UNCERTAIN, unit2=UNCERTAIN))
    server = Server()

    campaign.settle(1, "accepted", note="电话问过")
    campaign.settle(2, "deferred", note="没有收到")
    send_all(campaign, server)

    assert server.recipients == ["unit2@example.org"]
    assert states(campaign) == ["handed_over"] * 3
    with pytest.raises(MailStateError):
        campaign.settle(1, "deferred")
    with pytest.raises(UnknownMailError):
        campaign.settle(70, "accepted")


def test_a_mail_that_is_taken_out_of_the_outbox_does_not_go(campaign: Campaign) -> None:
    campaign.send()
    campaign.settle(2, "withdrawn", note="等新表")
    server = Server()

    send_all(campaign, server)

    assert server.recipients == ["unit1@example.org", "unit3@example.org"]


def test_the_log_tells_of_mails_in_plain_words(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit2=REFUSED))

    lines = [line.message("zh") for line in read_log(campaign.events, campaign.state)][-2:]

    names = "第1镇（示例）、第2镇（示例）、第3镇（示例）"
    assert lines == [f"写好下发的信 3 封：{names}", f"发信 3 封（已交给服务器 2、被拒收 1）：{names}"]


def test_the_folder_is_whole_after_mails_have_gone(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit2=UNCERTAIN))

    assert campaign.verify() == ()


# ── what is owed, and what goes back ─────────────────────────────────────────────────────────────────────────────────


def test_a_reminder_goes_to_those_who_owe_and_says_what(campaign: Campaign, tmp_path: Path) -> None:
    campaign.import_files(
        [put(tmp_path, "一.xlsx", returned(campaign, 1)), put(tmp_path, "二.xlsx", returned(campaign, 2, **WRONG))]
    )
    campaign.give_back()

    staged = campaign.remind(today=date(2026, 2, 1))

    assert [mail.unit for mail in staged.mails] == [code(2), code(3)]
    texts = [text_of(campaign, mail.kept) for mail in staged.mails]
    assert "有 2 处必须改正" in texts[0]
    assert "（第 1 次）" in texts[0]
    assert "截至2026年2月1日，还没有收到贵单位的报表。" in texts[1]
    assert [mail.file.partition("/")[0] for mail in staged.mails] == ["3-退回", "1-下发"]


def test_a_unit_is_reminded_once_a_day(campaign: Campaign) -> None:
    campaign.remind()

    again = campaign.remind()

    assert (again.mails, again.there) == ((), 3)
    assert len(campaign.remind([code(1)], again=True).mails) == 1


def test_who_was_written_to_today_is_not_reminded_today(campaign: Campaign, tmp_path: Path) -> None:
    campaign.import_files([put(tmp_path, "二.xlsx", returned(campaign, 2, **WRONG))])
    campaign.give_back()
    campaign.answer()

    assert [mail.unit for mail in campaign.remind().mails] == [code(1), code(3)]


def text_of(campaign: Campaign, kept: str) -> str:
    body = read((campaign.folder / kept).read_bytes()).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_what_must_be_mended_goes_back_with_its_letter_and_who_passed_gets_a_receipt(
    campaign: Campaign, tmp_path: Path
) -> None:
    campaign.import_files(
        [put(tmp_path, "一.xlsx", returned(campaign, 1)), put(tmp_path, "二.xlsx", returned(campaign, 2, **WRONG))]
    )
    campaign.give_back(receipts=True)

    staged = campaign.answer(receipts=True)

    assert [(mail.unit, mail.purpose) for mail in staged.mails] == [(code(1), "receipt"), (code(2), "correction")]
    assert "必须改正 2 处" in text_of(campaign, staged.mails[1].kept)
    assert campaign.answer(receipts=True).mails == ()


def test_a_correction_does_not_go_out_once_a_newer_version_has_come(campaign: Campaign, tmp_path: Path) -> None:
    campaign.import_files([put(tmp_path, "二.xlsx", returned(campaign, 2, **WRONG))])
    campaign.give_back()
    campaign.answer()
    campaign.import_files([put(tmp_path, "改.xlsx", returned(campaign, 2, turn=1))])
    server = Server()

    sending = send_all(campaign, server)

    assert server.asked == []
    assert [one.because for one in sending.posted] == ["后来收到了更新的一版"]


def test_a_receipt_is_not_written_where_none_is_wanted(campaign: Campaign, tmp_path: Path) -> None:
    campaign.import_files([put(tmp_path, "一.xlsx", returned(campaign, 1))])
    campaign.give_back(receipts=True)

    assert campaign.answer().mails == ()
