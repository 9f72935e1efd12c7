"""The mailbox of a campaign: what is taken in, what is left, and that nothing comes twice or is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.campaign.office import code, name, put, returned
from tests.campaign.post import REFUSED, UNCERTAIN, Box, Server, begin_with_mail, letter, send_all
from tianbao.campaign.campaign import Campaign, rebuild
from tianbao.campaign.fetching import Fetched
from tianbao.campaign.folder import JOURNAL, LEDGER
from tianbao.campaign.mail_code import subject_code
from tianbao.campaign.senders import differs, unit_of
from tianbao.campaign.status_table import unreached, whole_table
from tianbao.mail.inbox import Listing, MailDroppedError


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return begin_with_mail(tmp_path / "年报", 3)


def bounce(recipient: str, message_id: str) -> bytes:
    """Write the mail with which a server says that it could not deliver one."""
    return (
        "From: MAILER-DAEMON@example.org\r\nTo: office@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <b1@example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nnot delivered\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {recipient}\r\n\r\n--B--\r\n"
    ).encode()


def fetch(campaign: Campaign, box: Box, *, everything: bool = False) -> Fetched:
    return campaign.fetch(box, jobs=1, everything=everything)


def standing(campaign: Campaign) -> dict[str, str]:
    return {unit.entry.unit.code: unit.state.value for unit in campaign.status().units}


def test_a_report_that_comes_by_mail_counts_as_any_other(campaign: Campaign) -> None:
    box = Box(letter(("报表.xlsx", returned(campaign, 1))))

    fetched = fetch(campaign, box)

    assert (fetched.listed, fetched.seen, len(fetched.came), fetched.left) == (1, 0, 1, ())
    assert standing(campaign) == {code(1): "passed", code(2): "issued", code(3): "issued"}
    version = campaign.versions.counting(code(1))
    assert version is not None
    assert version.returned.file.endswith("报表.xlsx")
    assert campaign.verify() == ()


def test_what_was_fetched_is_not_fetched_again(campaign: Campaign) -> None:
    box = Box(letter(("报表.xlsx", returned(campaign, 1))), letter(sender="ads@shop.example"))
    fetch(campaign, box)
    events = len(campaign.events)

    fetched = fetch(campaign, box)

    assert (fetched.seen, fetched.came, box.fetched) == (2, (), [1, 2])
    assert len(campaign.events) == events


def test_another_uidvalidity_brings_nothing_twice_and_nothing_is_missed(campaign: Campaign) -> None:
    first, second = (letter(("报表.xlsx", returned(campaign, n)), sender=f"unit{n}@example.org") for n in (1, 2))
    fetch(campaign, Box(first))

    fetched = fetch(campaign, Box(second, first, uidvalidity=2))

    assert [one.sender for one in fetched.came] == ["unit2@example.org"]
    assert [receipt.mail and receipt.mail["sender"] for receipt in campaign.state.receipts] == [
        "unit1@example.org",
        "unit2@example.org",
    ]
    assert fetch(campaign, Box(second, first, uidvalidity=2)).seen == 2


def test_the_same_mail_by_another_way_is_the_same_mail(campaign: Campaign, tmp_path: Path) -> None:
    mail = letter(("报表.xlsx", returned(campaign, 1)))
    fetch(campaign, Box(mail))

    taken = campaign.import_files([put(tmp_path, "转存.eml", b"Received: from a by b; now\r\n" + mail)])

    assert (taken.new, taken.known) == ((), ("转存.eml",))


def test_a_mail_that_is_given_as_a_file_is_known_when_it_is_fetched(campaign: Campaign, tmp_path: Path) -> None:
    mail = letter(("报表.xlsx", returned(campaign, 1)))
    campaign.import_files([put(tmp_path, "转存.eml", mail)])

    fetched = fetch(campaign, Box(b"Received: from a by b; now\r\n" + mail))

    assert fetched.came == ()
    assert len(fetched.taken.known) == 1
    assert fetch(campaign, Box(mail)).seen == 1


def test_two_units_that_write_the_same_words_have_both_written(campaign: Campaign) -> None:
    unnamed = re.compile(rb"Message-ID: [^\r]*\r\n")
    said = [unnamed.sub(b"", letter(unit=n)) for n in (1, 2)]

    fetched = fetch(campaign, Box(*said))

    assert [one.sender for one in fetched.came] == ["unit1@example.org", "unit2@example.org"]


def test_what_has_nothing_to_do_with_it_is_left_in_the_mailbox_and_named(campaign: Campaign) -> None:
    box = Box(letter(sender="ads@shop.example", subject="大促销"), letter(sender="boss@example.org"))

    fetched = fetch(campaign, box)

    assert [(one.uid, one.sender, one.subject) for one in fetched.left] == [
        (1, "ads@shop.example", "大促销"),
        (2, "boss@example.org", "回复：报表"),
    ]
    assert campaign.state.receipts == ()


def test_what_was_left_is_taken_in_when_everything_is_wanted(campaign: Campaign) -> None:
    box = Box(letter(sender="boss@example.org"))
    fetch(campaign, box)

    fetched = fetch(campaign, box, everything=True)

    assert [one.sender for one in fetched.came] == ["boss@example.org"]
    assert fetch(campaign, box, everything=True).seen == 1


@pytest.mark.parametrize("how", ["answer", "code", "address"])
def test_a_letter_without_a_workbook_is_its_units(campaign: Campaign, how: str) -> None:
    campaign.send()
    send_all(campaign, Server())
    secret = campaign.state.secret
    by = {
        "answer": {"sender": "private@qq.example", "answers": campaign.mails[1].message_id},
        "code": {
            "sender": "private@qq.example",
            "subject": f"转发：报表 【{subject_code(secret, year=2025, unit=code(2)).lower()}】",
        },
        "address": {"sender": "UNIT2@example.org"},
    }[how]

    fetched = fetch(campaign, Box(letter(**by)))  # type: ignore[arg-type]

    assert [unit_of(campaign.state, one.facts) for one in fetched.came] == [code(2)]
    text = (campaign.folder / campaign.remind([code(2)], again=True).mails[0].kept).read_bytes()
    assert f"In-Reply-To: {fetched.came[0].message_id}".encode() in text


def test_a_report_in_a_mail_from_a_stranger_is_taken_in_by_what_it_says_itself_and_that_is_told(
    campaign: Campaign,
) -> None:
    fetched = fetch(campaign, Box(letter(("报表.xlsx", returned(campaign, 2)), sender="private@qq.example")))

    assert standing(campaign)[code(2)] == "passed"
    assert [entry.unit.name for entry in differs(campaign, fetched.came[0])] == [name(2)]


def test_a_bounce_marks_its_mail_and_is_no_return(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server())

    fetched = fetch(campaign, Box(bounce("unit2@example.org", campaign.mails[1].message_id)))

    assert [one.kind for one in fetched.came] == ["bounce"]
    assert [mail.state.value for mail in campaign.mails] == ["handed_over", "bounced", "handed_over"]
    assert campaign.mails[1].answer == "550 5.1.1 no such user"
    assert campaign.ledger.returned() == ()
    assert [problem.code for problem in campaign.send().problems] == ["U-SEND-FAILED"]
    assert campaign.verify() == ()


def test_the_status_names_whom_a_mail_did_not_reach_and_whose_letter_held_no_workbook(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit1=REFUSED, unit3=UNCERTAIN))
    fetch(campaign, Box(bounce("unit2@example.org", campaign.mails[1].message_id), letter(subject="请问怎么填")))

    status = campaign.status()

    assert [(unit.entry.unit.code, unreached(unit, "zh")) for unit in status.unreached] == [
        (code(1), "第 1 封信 <unit1@example.org> 被拒收  User not found"),
        (code(2), "第 2 封信 <unit2@example.org> 被退回  550 5.1.1 no such user"),
        (code(3), "第 3 封信 <unit3@example.org> 不能确定  the connection was lost"),
    ]
    assert [one.subject for unit in status.units for one in unit.empty] == ["请问怎么填"]
    assert "来信“请问怎么填”里没有能读的表格：没有附件" in " ".join(whole_table(status, "zh").lines[0])


def test_a_bounce_that_names_only_the_address_marks_the_last_mail_to_it(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server())

    fetch(campaign, Box(bounce("Unit2@example.org", "")))

    assert [mail.state.value for mail in campaign.mails] == ["handed_over", "bounced", "handed_over"]


def test_a_bounce_does_not_mark_the_mail_that_was_sent_after_it(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server())
    fetch(campaign, Box(bounce("unit2@example.org", "")))

    campaign.send([code(2)], again=True)
    send_all(campaign, Server())

    assert [mail.state.value for mail in campaign.mails] == ["handed_over", "bounced", "handed_over", "handed_over"]


def test_an_answer_proves_that_an_uncertain_mail_arrived(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit2=UNCERTAIN))

    fetch(campaign, Box(letter(sender="private@qq.example", answers=campaign.mails[1].message_id)))

    assert [mail.state.value for mail in campaign.mails] == ["handed_over"] * 3


def test_an_automatic_reply_is_never_a_return(campaign: Campaign) -> None:
    automatic = letter(("报表.xlsx", returned(campaign, 1)), subject="自动回复：出差", is_automatic=True)

    fetched = fetch(campaign, Box(automatic))

    assert [one.kind for one in fetched.came] == ["auto_reply"]
    assert standing(campaign)[code(1)] == "issued"


def test_a_mail_that_is_gone_when_it_is_asked_for_is_counted(campaign: Campaign) -> None:
    fetched = fetch(campaign, Box(None, letter(("报表.xlsx", returned(campaign, 1)))))

    assert (fetched.gone, len(fetched.came)) == (1, 1)


class Dropping(Box):
    """Loses the connection after so many mails; the next one after so many more."""

    def __init__(self, *mails: bytes, after: Sequence[int]) -> None:
        super().__init__(*mails)
        self.after = list(after)

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        after = self.after.pop(0) if self.after else len(uids)
        yield from super().fetch(uids[:after])
        if after < len(uids):
            raise MailDroppedError(host="imap.example.org", problem="lost", came=after, asked=len(uids))


def three(campaign: Campaign) -> list[bytes]:
    return [letter(("报表.xlsx", returned(campaign, n)), sender=f"unit{n}@example.org") for n in (1, 2, 3)]


def test_a_connection_that_is_lost_is_made_again(campaign: Campaign) -> None:
    fetched = fetch(campaign, Dropping(*three(campaign), after=[1, 1]))

    assert len(fetched.came) == 3


def test_what_came_before_the_connection_was_lost_for_good_is_taken_in_and_the_rest_comes_later(
    campaign: Campaign,
) -> None:
    box = Dropping(*three(campaign), after=[1, 0])

    with pytest.raises(MailDroppedError) as caught:
        fetch(campaign, box)
    assert (caught.value.params["came"], len(campaign.state.post.came)) == (1, 1)
    fetch(campaign, box)

    assert list(standing(campaign).values()) == ["passed"] * 3
    assert len(campaign.state.post.came) == 3
    assert box.fetched == [1, 2, 3]


def test_an_undone_fetch_can_be_fetched_again(campaign: Campaign) -> None:
    box = Box(*three(campaign))
    fetch(campaign, box)

    campaign.undo()
    assert campaign.state.receipts == ()
    fetched = fetch(campaign, box)

    assert len(fetched.came) == 3


def test_a_lost_ledger_remembers_every_mail(campaign: Campaign) -> None:
    campaign.send()
    send_all(campaign, Server(unit3=REFUSED))
    fetch(campaign, Box(*three(campaign), bounce("unit2@example.org", campaign.mails[1].message_id)))
    mails, came = campaign.mails, campaign.state.post.came
    campaign.close()
    (campaign.folder / LEDGER).unlink()

    rebuild(campaign.folder.path)

    with Campaign(campaign.folder.path) as after:
        assert (after.mails, after.state.post.came) == (mails, came)
        assert after.verify() == ()


def test_without_ledger_and_journal_the_mails_that_came_are_still_known(campaign: Campaign) -> None:
    box = Box(*three(campaign))
    fetch(campaign, box)
    campaign.close()
    (campaign.folder / LEDGER).unlink()
    (campaign.folder / JOURNAL).unlink()

    rebuild(campaign.folder.path)

    with Campaign(campaign.folder.path) as after:
        assert [one.sender for one in after.state.post.came] == [f"unit{n}@example.org" for n in (1, 2, 3)]
        assert after.fetch(box, jobs=1).came == ()


def test_mails_are_looked_at_from_the_day_before_the_campaign_was_begun(campaign: Campaign) -> None:
    asked: list[date | None] = []

    class Watched(Box):
        def list(self, since: date | None = None) -> Listing:
            asked.append(since)
            return super().list(since)

    fetch(campaign, Watched())
    campaign.fetch(Watched(), since=date(2026, 1, 5))

    assert asked == [date.fromisoformat(campaign.events[0].at[:10]) - timedelta(days=1), date(2026, 1, 5)]
