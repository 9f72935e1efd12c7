"""A round by mail in which everything goes wrong: `python -m tests.mail.disturbed --rounds 5 --units 60 --seed 1`.

    sent ── connections cut, 4xx, 5xx, a limit, a wrong password, processes killed ──▶ each mail once, or uncertain
    fetched ── connections cut, numbers renewed, processes killed ──▶ every reply once

Every round is made of a seed; only when a process is killed hangs on the machine. The exit status is 1 where a mail came
twice, or is not where the campaign says.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaign.office import begin, code
from tests.mail.servers import DROP, PASSWORD, Authority, DovecotServer, Mailbox, Proxy, SmtpServer, Step, settings_for
from tests.mail.townships import opened, reply
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import SETTINGS
from tianbao.campaign.mails import Mail, MailState
from tianbao.mail.connection import MailError
from tianbao.mail.inbox import Inbox
from tianbao.mail.outbox import Outbox
from tianbao.mail.password import Secret

#: Mails after which the server finds that it is enough, and how often it says so.
LIMIT, LIMITED = 17, 1
#: The unit whose address the server does not know.
UNKNOWN = 13
#: How probable it is that a connection is cut at a step, and that a mail is put off.
CUT, PUT_OFF = 0.03, 0.03
#: Runs after which it must be over.
_MOST_RUNS = 200


@dataclass
class Figures:
    """What has happened in some rounds.

    Attributes:
        wrong: what should not be, each with the seed of its round.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        return f"{told}; wrong {len(self.wrong)}"


class Moods:
    """What the server does to a mail: by chance, but for the limit and the unknown address."""

    def __init__(self, chance: random.Random, counts: Counter[str]) -> None:
        self.chance, self.counts = chance, counts
        self.is_calm = False
        self.left = LIMITED
        self.victim: subprocess.Popen[bytes] | None = None
        self.steps_left = 0

    def __call__(self, step: Step) -> str | None:
        """Say what is done at a step."""
        if self.victim is not None:
            self.steps_left -= 1
            if self.steps_left <= 0:
                self.victim.kill()
                self.counts[f"killed at {step.stage}"] += 1
                self.victim = None
                return None if step.stage == "accepted" else DROP
        if step.stage == "rcpt" and step.recipient.startswith(f"unit{UNKNOWN}@"):
            self.counts["refused"] += 1
            return "550 User not found"
        if self.is_calm:
            return None
        if self.left and step.stage == "mail" and step.nth > LIMIT:
            self.left -= 1
            self.counts["limited"] += 1
            return "450 MI:DMC too many mails"
        if self.chance.random() < CUT:
            self.counts[f"cut at {step.stage}"] += 1
            return DROP
        if step.stage in ("rcpt", "content") and self.chance.random() < PUT_OFF:
            self.counts["put off"] += 1
            return "451 try again later"
        return None


def play(folder: Path, dovecot: DovecotServer, authority: Authority, *, seed: int, units: int, kills: int) -> Figures:
    """Play one round.

    Args:
        folder: an empty one.
        dovecot: serves the office's mailbox.
        authority: issues the certificates.
        seed: of all that is left to chance.
        units: how many.
        kills: how many processes are killed while they send, and while they fetch.
    """
    figures, chance = Figures(), random.Random(seed)  # noqa: S311  it plays
    mailbox = dovecot.mailbox(f"disturbed{seed}.{os.getpid()}@example.org")
    moods = Moods(chance, figures.counts)
    with SmtpServer(authority, user=mailbox.user, script=moods) as smtp:
        begin(folder, units).close()
        _set_mail(folder, smtp, dovecot, mailbox)
        _send(folder, moods, figures, chance, kills)
        _judge_sent(folder, smtp, figures, seed)
        _settle(folder, smtp, moods, figures)
        _judge_sent(folder, smtp, figures, seed, is_over=True)
        _fetch(folder, smtp, dovecot, mailbox, figures, chance, kills)
        _judge_fetched(folder, mailbox, figures, seed, units)
    return figures


def _set_mail(folder: Path, smtp: SmtpServer, dovecot: DovecotServer | Proxy, mailbox: Mailbox) -> None:
    """Write the account into the settings, in the place of the one that stands there."""
    path = folder / SETTINGS
    written = path.read_text(encoding="utf-8").partition("\n[mail]\n")[0]
    table = settings_for(smtp, dovecot, user=mailbox.user, address=mailbox.user, every=0)
    path.write_text(f"{written}\n{table}", encoding="utf-8")


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _send(folder: Path, moods: Moods, figures: Figures, chance: random.Random, kills: int) -> None:
    with Campaign(folder) as campaign:
        campaign.issue()
        campaign.send()
        with _told(figures), Outbox(campaign.account(), Secret("wrong")) as courier:
            campaign.post(courier)
    for _ in range(kills):
        moods.steps_left = chance.randint(1, 25)
        with _process(folder, ["outbox", "send", "--every", "0"]) as moods.victim:
            moods.victim.wait()
        moods.victim = None
    for run in range(_MOST_RUNS):
        moods.is_calm = run > _MOST_RUNS // 2
        if not _post(folder, figures):
            return
    figures.wrong.append(f"not sent after {_MOST_RUNS} runs")


def _post(folder: Path, figures: Figures) -> int:
    """Send what waits, and return how many still do."""
    with Campaign(folder) as campaign:
        with _told(figures), Outbox(campaign.account(), Secret(PASSWORD), timeout=5) as courier:
            campaign.post(courier)
        figures.counts["runs"] += 1
        return sum(mail.state is MailState.STAGED for mail in campaign.mails)


def _settle(folder: Path, smtp: SmtpServer, moods: Moods, figures: Figures) -> None:
    """Ask by telephone what became of each mail of which nobody knows, and send those that did not come."""
    arrived = _arrived(smtp)
    with Campaign(folder) as campaign:
        for mail in campaign.mails:
            if mail.state is MailState.UNCERTAIN:
                came = bool(arrived[mail.message_id])
                figures.counts["uncertain, and had arrived" if came else "uncertain, and had not"] += 1
                campaign.settle(mail.number, "accepted" if came else "deferred", note="电话问过")
    moods.is_calm = True
    _post(folder, figures)


def _arrived(smtp: SmtpServer) -> Counter[str]:
    return Counter(str(opened(mail.data)["Message-ID"]) for mail in smtp.delivered)


#: How often a mail may have arrived, by where it stands.
_MAY_HAVE = {
    MailState.HANDED_OVER: (1,),
    MailState.UNCERTAIN: (0, 1),
    MailState.STAGED: (0,),
    MailState.REFUSED: (0,),
}


def _judge_sent(folder: Path, smtp: SmtpServer, figures: Figures, seed: int, *, is_over: bool = False) -> None:
    """Hold where each mail stands against what the server has."""
    arrived = _arrived(smtp)
    with Campaign(folder) as campaign:
        for mail in campaign.mails:
            if arrived[mail.message_id] not in _MAY_HAVE[mail.state]:
                figures.wrong.append(
                    f"seed {seed}: #{mail.number} {mail.state.value}, came {arrived[mail.message_id]} ×"
                )
            if is_over and mail.state is not _wanted(mail):
                figures.wrong.append(f"seed {seed}: #{mail.number} is {mail.state.value} in the end")
    if is_over:
        figures.counts["mails"] += len(arrived)
        figures.counts["mails that came twice"] += sum(count > 1 for count in arrived.values())


def _wanted(mail: Mail) -> MailState:
    return MailState.REFUSED if mail.unit == code(UNKNOWN) else MailState.HANDED_OVER


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fetch(
    folder: Path,
    smtp: SmtpServer,
    dovecot: DovecotServer,
    mailbox: Mailbox,
    figures: Figures,
    chance: random.Random,
    kills: int,
) -> None:
    sent = {int(mail.recipient.partition("@")[0].removeprefix("unit")): mail.data for mail in smtp.delivered}
    for number, data in sent.items():
        mailbox.deliver(reply(data, number=number, sender=f"unit{number}@example.org", values={}))
    for _ in range(kills):
        with _process(folder, ["fetch", "--jobs", "1"]) as process:
            time.sleep(chance.uniform(0.5, 2.5))
            figures.counts["killed while fetching"] += process.poll() is None
            process.kill()
    for cut_after in (chance.randrange(5_000, 200_000) for _ in range(3)):
        with Proxy(dovecot, cut_after=cut_after) as proxy:
            _set_mail(folder, smtp, proxy, mailbox)
            _look(folder, figures)
            figures.counts["cut while fetching"] += proxy.connections
        mailbox.renew_uidvalidity()
        figures.counts["numbers renewed"] += 1
    _set_mail(folder, smtp, dovecot, mailbox)
    _look(folder, figures)
    if _look(folder, figures):
        figures.wrong.append("something was taken in twice")


def _look(folder: Path, figures: Figures) -> int:
    """Look through the mailbox, and return how many mails were new."""
    with Campaign(folder) as campaign:
        before = len(campaign.state.receipts)
        with _told(figures), Inbox(campaign.account(), Secret(PASSWORD), timeout=5) as inbox:
            campaign.fetch(inbox, jobs=1)
        campaign.refresh()
        return len(campaign.state.receipts) - before


def _judge_fetched(folder: Path, mailbox: Mailbox, figures: Figures, seed: int, units: int) -> None:
    with Campaign(folder) as campaign:
        states = Counter(unit.state.value for unit in campaign.status().units)
        replies = len(mailbox.state())
        figures.counts["replies"] += replies
        if states["passed"] != replies or replies != units - (units >= UNKNOWN):
            figures.wrong.append(f"seed {seed}: {replies} replies, {dict(states)}")
        if len(campaign.state.receipts) != replies:
            figures.wrong.append(f"seed {seed}: {replies} replies, {len(campaign.state.receipts)} files taken in")
        if set(mailbox.state().values()) != {""}:
            figures.wrong.append(f"seed {seed}: something was marked in the mailbox")
        figures.wrong += [f"seed {seed}: {damage.code} {damage.params}" for damage in campaign.verify()]


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _told(figures: Figures) -> Iterator[None]:
    """Count what is said where it cannot go on; whoever runs it again goes on."""
    try:
        yield
    except MailError as error:
        figures.counts[error.code] += 1


def _process(folder: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Run the command."""
    environment = {**os.environ, "TIANBAO_MAIL_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "tianbao", "-C", str(folder), *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> int:
    """Play some rounds, and tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun, figures = time.monotonic(), Figures()
    with TemporaryDirectory() as home:
        authority = Authority(Path(home))
        with DovecotServer(authority) as dovecot:
            for seed in range(asked.seed, asked.seed + asked.rounds):
                folder = Path(home) / f"{seed}" / "年报"
                folder.parent.mkdir()
                one = play(folder, dovecot, authority, seed=seed, units=asked.units, kills=asked.kills)
                sys.stdout.write(f"seed {seed}: {one}; {time.monotonic() - begun:.0f} s\n")
                sys.stdout.write("".join(f"  WRONG {line}\n" for line in one.wrong))
                sys.stdout.flush()
                figures.counts.update(one.counts)
                figures.wrong += one.wrong
    sys.stdout.write(f"all: {figures}\n")
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
