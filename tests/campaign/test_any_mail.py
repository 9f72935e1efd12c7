"""Whatever is written, sent, lost, fetched and settled in whatever order: no unit gets a mail twice that nobody asked for twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.campaign.office import code, returned
from tests.campaign.post import (
    ACCEPTED,
    DEFERRED,
    REFUSED,
    UNCERTAIN,
    Box,
    Server,
    begin_with_mail,
    letter,
    read,
    send_all,
)
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.mails import MailState
from tianbao.mail.outbox import Answer, Fate

UNITS = 3
LOST_AFTER = Answer(Fate.UNCERTAIN, None, "lost after it had arrived")


@cache
def begun() -> Path:
    """Begin a campaign once: every example starts from a copy."""
    folder = Path(tempfile.mkdtemp()) / "campaign"
    begin_with_mail(folder, UNITS).close()
    return folder


class Wire(Server):
    """A server that takes a mail and cannot always say so."""

    def send(self, sender: str, recipient: str, data: bytes, *, committing: object) -> Answer:
        answer = super().send(sender, recipient, data, committing=committing)  # type: ignore[arg-type]
        if answer is LOST_AFTER:
            self.took.append((recipient, data))
        return answer


class Post(RuleBasedStateMachine):
    """An office that sends and fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        shutil.copytree(begun(), self.home / "campaign")
        self.campaign = Campaign(self.home / "campaign")
        self.arrived: Counter[str] = Counter()
        self.asked_again: set[str] = set()
        self.box: list[bytes] = []

    @rule()
    def write(self) -> None:
        self.campaign.send()

    @rule(unit=st.integers(1, UNITS))
    def write_again(self, unit: int) -> None:
        self.campaign.send([code(unit)], again=True)

    @rule()
    def remind(self) -> None:
        self.campaign.remind()

    @rule(
        answers=st.lists(st.sampled_from([ACCEPTED, REFUSED, DEFERRED, UNCERTAIN, LOST_AFTER]), min_size=3, max_size=3)
    )
    def send(self, answers: list[Answer]) -> None:
        server = Wire(**{f"unit{n}": answer for n, answer in enumerate(answers, start=1)})
        send_all(self.campaign, server)
        self.arrived.update(str(read(data)["Message-ID"]) for _, data in server.took)

    @precondition(lambda self: any(one.state is MailState.UNCERTAIN for one in self.campaign.mails))
    @rule(data=st.data(), fate=st.sampled_from(["accepted", "deferred", "withdrawn"]))
    def settle(self, data: st.DataObject, fate: str) -> None:
        uncertain = [one for one in self.campaign.mails if one.state is MailState.UNCERTAIN]
        mail = data.draw(st.sampled_from(uncertain))
        if fate == "deferred":
            self.asked_again.add(mail.message_id)
        self.campaign.settle(mail.number, fate)

    @precondition(lambda self: self.campaign.mails)
    @rule(data=st.data(), has_report=st.booleans())
    def answer(self, data: st.DataObject, has_report: bool) -> None:  # noqa: FBT001  hypothesis gives it
        mail = data.draw(st.sampled_from([one for one in self.campaign.mails if one.tries] or [self.campaign.mails[0]]))
        number = int(mail.unit[-5:])
        attached = [("报表.xlsx", returned(self.campaign, number))] if has_report else []
        self.box.append(letter(*attached, unit=number, answers=mail.message_id, text=f"第 {len(self.box)} 封"))

    @rule(uidvalidity=st.integers(1, 2))
    def fetch(self, uidvalidity: int) -> None:
        self.campaign.fetch(Box(*self.box, uidvalidity=uidvalidity), jobs=1)
        assert len(self.campaign.state.post.came) == len(self.box)
        assert self.campaign.fetch(Box(*self.box, uidvalidity=uidvalidity), jobs=1).came == ()

    @invariant()
    def nobody_gets_a_mail_twice_unless_the_office_said_so(self) -> None:
        twice = {called for called, count in self.arrived.items() if count > 1}
        assert twice <= self.asked_again

    @invariant()
    def where_a_mail_stands_is_true(self) -> None:
        for mail in self.campaign.mails:
            if mail.message_id not in self.asked_again and mail.state is MailState.STAGED:
                assert self.arrived[mail.message_id] == 0
            if self.arrived[mail.message_id]:
                assert mail.tries > 0

    @invariant()
    def only_one_mail_of_a_kind_is_on_its_way_unless_the_office_said_so(self) -> None:
        waiting = Counter(
            (one.unit, one.purpose, one.attached) for one in self.campaign.mails if one.state is MailState.STAGED
        )
        assert max(waiting.values(), default=0) <= 1 + len(self.asked_again)

    def teardown(self) -> None:
        with Campaign(self.home / "campaign") as again:
            assert again.mails == self.campaign.mails
            assert again.verify() == ()
        self.campaign.close()
        shutil.rmtree(self.home)


TestPost = pytest.mark.filterwarnings("default")(Post.TestCase)
TestPost.settings = settings(
    max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
