"""One mail of every kind that offices get, fetched: what becomes of it, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaign.office import code, name, returned
from tests.campaign.post import Box, Server, begin_with_mail, send_all
from tests.mail import samples
from tests.mail.samples import OFFICE, UNIT, plain_file, text
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import ROSTER
from tianbao.campaign.roster import read_roster, write_roster

FIRST = [("counts", "W-FIRST")]


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Send three units their workbooks; the first is who writes all the samples, and fills in its own."""
    campaign = begin_with_mail(tmp_path / "年报", 3)
    entries = read_roster(campaign.folder / ROSTER)
    with (campaign.folder / ROSTER).open("wb") as file:
        write_roster(file, [replace(entries[0], email=UNIT), *entries[1:]], county="示例县")
    campaign.send()
    send_all(campaign, Server())
    monkeypatch.setattr(samples, "WORKBOOK", returned(campaign, 1))
    return campaign


def outcome(campaign: Campaign, mail: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Fetch a mail, and say what kind it is and what became of each file in it."""
    (came,) = campaign.fetch(Box(mail), jobs=1).came
    return came.kind, [(one.standing.value, one.code) for one in campaign.versions.every()]


def reply(write: Callable[..., bytes], campaign: Campaign) -> bytes:
    answers = campaign.mails[0].message_id
    facts = {"sender": UNIT, "to": OFFICE, "subject": "回复", "answers": answers, "message_id": "<a@example.com>"}
    return write(samples.WORKBOOK, samples.NAME, **facts)


@pytest.mark.parametrize(
    "write",
    [samples.reply_as_qq, samples.reply_as_163, samples.reply_as_foxmail, samples.reply_as_outlook],
    ids=["QQ", "163", "Foxmail", "Outlook"],
)
def test_a_reply_of_any_program_is_the_report(campaign: Campaign, write: Callable[..., bytes]) -> None:
    assert outcome(campaign, reply(write, campaign)) == ("letter", FIRST)
    version = campaign.versions.counting(code(1))
    assert version is not None
    assert version.returned.file.endswith(f"/{samples.NAME}")


@pytest.mark.parametrize(
    ("write", "files"),
    [
        (samples.forwarded_twice, FIRST),
        (samples.forwarded_inline, FIRST),
        (samples.with_zip, FIRST),
        (samples.with_winmail, FIRST),
        (samples.html_only, FIRST),
        (samples.base64_with_junk, FIRST),
        (samples.cloud_link, [("refused", "F-MAIL-NO-ATTACHMENT")]),
        (samples.picture_only, [("refused", "F-MAIL-PICTURE")]),
        (samples.no_attachment, [("refused", "F-MAIL-NO-ATTACHMENT")]),
    ],
)
def test_a_letter_of_any_kind_is_the_report_or_a_letter_without_one(
    campaign: Campaign, write: Callable[[], bytes], files: list[tuple[str, str]]
) -> None:
    assert outcome(campaign, write()) == ("letter", files)
    unit = campaign.status().units[0]
    assert (unit.version is not None, len(unit.empty)) == ((True, 0) if files == FIRST else (False, 1))


@pytest.mark.parametrize("form", list(samples.NAME_FORMS))
def test_a_name_in_any_form_is_read_right(campaign: Campaign, form: str) -> None:
    assert outcome(campaign, samples.named_as(form)) == ("letter", FIRST)
    (version,) = campaign.versions.every()
    assert version.returned.file.rpartition("/")[2] == samples.NAME


@pytest.mark.parametrize(
    "write",
    [samples.bounce_as_postfix, samples.bounce_as_qq, samples.bounce_as_exchange, samples.bounce_as_qmail],
    ids=["Postfix", "QQ", "Exchange", "qmail"],
)
def test_a_bounce_of_any_server_marks_its_mail_and_is_no_return(
    campaign: Campaign, write: Callable[..., bytes]
) -> None:
    mail = write(UNIT, to=OFFICE, message_id=campaign.mails[0].message_id)

    assert outcome(campaign, mail) == ("bounce", [])
    assert [one.state.value for one in campaign.mails] == ["bounced", "handed_over", "handed_over"]


def test_a_bounce_of_163_names_only_the_address(campaign: Campaign) -> None:
    assert outcome(campaign, samples.bounce_as_163(UNIT, to=OFFICE)) == ("bounce", [])
    assert [one.state.value for one in campaign.mails] == ["bounced", "handed_over", "handed_over"]


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (samples.delayed, "delayed"),
        (samples.auto_reply, "auto_reply"),
        (samples.auto_reply_as_qq, "auto_reply"),
        (samples.read_receipt, "auto_reply"),
    ],
)
def test_what_a_machine_writes_changes_nothing(campaign: Campaign, write: Callable[[], bytes], kind: str) -> None:
    assert outcome(campaign, write()) == (kind, [])
    assert [one.state.value for one in campaign.mails] == ["handed_over"] * 3
    assert campaign.status().units[0].state.value == "issued"


def test_the_old_attachment_beside_the_new_one_is_known_as_ours(campaign: Campaign) -> None:
    issued = (campaign.folder / f"1-下发/{code(1)}_{name(1)}_2025年报表.xlsx").read_bytes()
    mail = samples.letter(
        text("填好的是第二个"), plain_file(issued, "原表.xlsx"), plain_file(samples.WORKBOOK, "填好.xlsx")
    )

    assert outcome(campaign, mail) == ("letter", [("ours", "W-OURS"), *FIRST])


def test_thirty_attachments_are_thirty_reports(tmp_path: Path) -> None:
    campaign = begin_with_mail(tmp_path / "年报", 30)
    files = [plain_file(returned(campaign, n), samples.unit_file(n)) for n in range(1, 31)]

    assert outcome(campaign, samples.letter(text("全部收齐"), *files)) == ("letter", FIRST * 30)
    assert {unit.state.value for unit in campaign.status().units} == {"passed"}


def test_two_units_in_one_mail_are_two_reports(campaign: Campaign) -> None:
    inner = samples.letter(text("我们的"), plain_file(returned(campaign, 2), "二.xlsx"), message_id="<3@x>", answers="")
    mail = samples.letter(
        text("代报"),
        plain_file(samples.WORKBOOK, "一.xlsx"),
        samples.part([("Content-Type", "message/rfc822")], inner),
    )

    assert outcome(campaign, mail) == ("letter", FIRST * 2)
    assert [unit.state.value for unit in campaign.status().units] == ["passed", "passed", "issued"]
