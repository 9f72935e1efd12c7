"""A whole round by mail, through real servers: sent, answered, fetched, sent back, mended, passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.office import begin, code
from tests.mail.servers import PASSWORD, Authority, Delivered, DovecotServer, Mailbox, SmtpServer, settings_for
from tests.mail.townships import opened, reply
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import SETTINGS
from tianbao.mail.inbox import Inbox
from tianbao.mail.outbox import Outbox
from tianbao.mail.password import Secret
from tianbao.records.model import Value

UNITS = 60
#: A report with a mistake, and what mends it.
WRONG: dict[str, Value] = {"inspections__public__places": 5, "inspections__public__inspected": 7}
MENDED: dict[str, Value] = {"inspections__public__inspected": 0}


@pytest.fixture
def smtp(authority: Authority, mailbox: Mailbox) -> Iterator[SmtpServer]:
    with SmtpServer(authority, user=mailbox.user) as server:
        yield server


@pytest.fixture
def campaign(tmp_path: Path, smtp: SmtpServer, dovecot: DovecotServer, mailbox: Mailbox) -> Campaign:
    """Begin a campaign of an office with a mail account at these servers."""
    folder = tmp_path / "年报"
    begin(folder, UNITS, contact="王主任 0350-5500001").close()
    table = settings_for(smtp, dovecot, user=mailbox.user, address=mailbox.user, every=0, receipts=True)
    path = folder / SETTINGS
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")
    return Campaign(folder)


def post(campaign: Campaign) -> None:
    with Outbox(campaign.account(), Secret(PASSWORD)) as courier:
        campaign.post(courier, every=0)


def fetch(campaign: Campaign) -> int:
    with Inbox(campaign.account(), Secret(PASSWORD)) as inbox:
        return len(campaign.fetch(inbox).came)


def number_of(mail: Delivered) -> int:
    return int(mail.recipient.partition("@")[0].removeprefix("unit"))


def states(campaign: Campaign) -> Counter[str]:
    return Counter(unit.state.value for unit in campaign.status().units)


def by_unit(several: list[Delivered]) -> Counter[int]:
    return Counter(map(number_of, several))


def test_sixty_units_are_sent_to_answer_are_sent_back_to_mend_and_pass(
    campaign: Campaign, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    everybody, careless, silent = range(1, UNITS + 1), range(5, UNITS + 1, 5), range(7, UNITS + 1, 7)
    campaign.issue()
    assert len(campaign.send().mails) == UNITS
    post(campaign)
    issued = {number_of(mail): mail for mail in smtp.delivered}
    assert by_unit(smtp.delivered) == Counter(everybody)

    for n in everybody:
        if n not in silent:
            values = WRONG if n in careless else {}
            mailbox.deliver(reply(issued[n].data, number=n, sender=f"unit{n}@example.org", values=values))
    assert fetch(campaign) == UNITS - len(silent)
    assert states(campaign) == {"issued": len(silent), "to_mend": 11, "passed": 41}

    # What goes back, and a reminder to those of whom nothing came.
    del smtp.delivered[:]
    campaign.give_back(receipts=True)
    campaign.answer(receipts=True)
    campaign.remind([code(n) for n in silent], again=True)
    post(campaign)
    assert by_unit(smtp.delivered) == Counter(everybody)
    assert Counter(mail.purpose for mail in campaign.mails) == {
        "issue": UNITS,
        "correction": 11,
        "receipt": 41,
        "reminder": 8,
    }

    asked = {number_of(mail): mail for mail in smtp.delivered}
    for n in sorted({*careless, *silent}):
        values = {**WRONG, **MENDED} if n in silent else MENDED
        turn = 0 if n in silent else 1
        mailbox.deliver(reply(asked[n].data, number=n, sender=f"unit{n}@example.org", turn=turn, values=values))
    assert fetch(campaign) == len({*careless, *silent})
    assert states(campaign) == {"passed": UNITS}

    # No mail twice, none lost, nothing marked in the mailbox, and the folder is whole.
    del smtp.delivered[:]
    campaign.send()
    campaign.give_back(receipts=True)
    campaign.answer(receipts=True)
    post(campaign)
    assert by_unit(smtp.delivered) == Counter({*careless, *silent})
    assert {str(opened(mail.data)["Subject"])[:5] for mail in smtp.delivered} == {"【已收到】"}
    assert fetch(campaign) == 0
    assert Counter(mail.state.value for mail in campaign.mails) == {"handed_over": len(campaign.mails)}
    assert set(mailbox.state().values()) == {""}
    assert len(campaign.state.receipts) == len(mailbox.state())
    assert campaign.verify() == ()
