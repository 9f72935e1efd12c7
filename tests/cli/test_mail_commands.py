"""The commands of mail, called as people call them, against real servers: what they say, what they leave, their exit status."""

from __future__ import annotations

import email
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.office import begin
from tests.cli.conftest import Call, Told
from tests.mail import samples
from tests.mail.servers import DROP, PASSWORD, Authority, DovecotServer, Mailbox, Script, SmtpServer, Step, settings_for
from tests.mail.townships import opened, reply
from tianbao.campaign.folder import SETTINGS
from tianbao.mail.password import VARIABLE
from tianbao.records.model import Value

WRONG: dict[str, Value] = {"inspections__public__places": 5, "inspections__public__inspected": 7}
WRITTEN = """\
○ #1  第1镇（示例）  下发  unit1@example.org
○ #2  第2镇（示例）  下发  unit2@example.org
○ #3  第3镇（示例）  下发  unit3@example.org
"""
NEXT = (
    "→ 先看一遍：tianbao outbox list；发一封给自己看：tianbao outbox send --to-self 单位；"
    "全部发出：tianbao outbox send。\n"
)
EACH = "1/3 第1镇（示例）\n2/3 第2镇（示例）\n3/3 第3镇（示例）\n"


@dataclass
class Office:
    """A county office with a campaign of three units, whose workbooks are issued, and a mail account at real servers."""

    folder: Path
    smtp: SmtpServer
    imap: DovecotServer
    mailbox: Mailbox
    _call: Call
    #: What differs from run to run, and what stands for it here.
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {
            self.mailbox.user: "office@example.org",
            f"127.0.0.1:{self.smtp.port}": "smtp:465",
            f"127.0.0.1:{self.imap.port}": "imap:993",
        }

    def tells(self, line: str) -> Told:
        """Call a command and return what it says, with the names of a real office."""
        told = self._call(*line.split())
        return Told(told.status, self._plain(told.out), self._plain(told.err))

    def must(self, line: str, status: int = 0) -> Told:
        """Call a command of which only the exit status matters here."""
        told = self.tells(line)
        assert told.status == status, told
        return told

    def document(self, line: str) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.must(line).out)
        return read

    def set(self, **settings: object) -> None:
        """Write the account into the settings."""
        path = self.folder / SETTINGS
        settings = {"user": self.mailbox.user, "address": self.mailbox.user, "every": 0, **settings}
        text = path.read_text(encoding="utf-8").partition("\n[mail]\n")[0]
        path.write_text(f"{text}\n{settings_for(self.smtp, self.imap, **settings)}", encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def answer(self, number: int, values: dict[str, Value]) -> None:
        """Let a unit reply to what it got."""
        sent = next(mail for mail in self.smtp.delivered if mail.recipient == f"unit{number}@example.org")
        self.mailbox.deliver(reply(sent.data, number=number, sender=sent.recipient, values=values))

    def _plain(self, text: str) -> str:
        for name, stands in self._names.items():
            text = text.replace(name, stands)
        text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-12 09:30", text)
        return re.sub(r"(\[TB25-\d+-)\w+\]", r"\1XXXXXX]", text)


SPAM = (
    " 先停下来，不要连着试。先给自己的邮箱发一封看看；改了信的内容的，去掉链接和夸张的词。"
    "急用的，请邮箱管理员把这个邮箱列为可信。"
)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Issue the workbooks once; a campaign is a folder that can be copied."""
    folder = tmp_path_factory.mktemp("issued") / "年报"
    with begin(folder, 3, contact="王主任 0350-5500001") as campaign:
        campaign.issue()
    return folder


@pytest.fixture
def office(
    issued: Path,
    tmp_path: Path,
    call: Call,
    authority: Authority,
    dovecot: DovecotServer,
    mailbox: Mailbox,
    smtp: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    shutil.copytree(issued, tmp_path / "年报")
    del authority
    smtp.user = mailbox.user
    office = Office(tmp_path / "年报", smtp, dovecot, mailbox, call)
    office.set()
    monkeypatch.chdir(office.folder)
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office


@pytest.fixture
def sent(office: Office) -> Office:
    """Send all three workbooks."""
    office.must("send")
    office.must("outbox send")
    return office


def to(number: int, stage: str, answer: str) -> Script:
    """Have the server answer so to the mail to one unit, whoever else it is asked about."""

    def script(step: Step) -> str | None:
        return answer if (step.stage, step.recipient) == (stage, f"unit{number}@example.org") else None

    return script


def refused_and_lost(step: Step) -> str | None:
    """Refuse the second unit, and end the connection when the mail to the third is there."""
    refused = to(2, "rcpt", "550 User not found: unit2@example.org")(step)
    return str(refused) if refused else DROP if to(3, "accepted", DROP)(step) else None


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mail_check_tries_both_ways_and_sends_one_mail_to_the_office_itself(office: Office) -> None:
    told = office.tells("mail check")

    assert told == (
        0,
        (
            "√ 发信：smtp:465 登录成功\n"
            "√ 收信：imap:993 登录成功，INBOX 里有 0 封信\n"
            "√ 给自己发了一封：office@example.org，请打开看看\n"
        ),
        "",
    )
    assert [mail.recipient for mail in office.smtp.delivered] == [office.mailbox.user]


def test_mail_check_speaks_english(office: Office) -> None:
    told = office.tells("--lang en mail check")

    assert told == (
        0,
        (
            "√ sending: logged in to smtp:465\n"
            "√ fetching: logged in to imap:993, 0 mails in INBOX\n"
            "√ sent one mail to office@example.org: look at it\n"
        ),
        "",
    )


def test_mail_check_that_is_a_trial_connects_to_nothing(office: Office) -> None:
    before = office.files()

    told = office.tells("mail check --dry-run")

    assert told == (0, "", "会登录 smtp:465 和 imap:993，给 office@example.org 发一封信。\n")
    assert (office.smtp.connections, office.files()) == (0, before)


def test_mail_check_says_what_the_server_has_against_the_mail(office: Office) -> None:
    office.smtp.script = lambda step: "554 DT:SPM" if step.stage == "content" else None

    told = office.tells("mail check")

    assert told.status == 4
    assert told.out.splitlines()[2:] == [
        "× 给自己发信没有成功：554 DT:SPM",
        f"  服务器把信当成了垃圾邮件，或者不收这样的附件。{SPAM}",
    ]


@pytest.mark.parametrize("line", ["mail check", "outbox send", "outbox send --to-self 第1镇（示例）", "fetch"])
def test_a_wrong_password_is_told_with_where_the_right_one_is(
    line: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.must("send")
    monkeypatch.setenv(VARIABLE, "wrong")

    told = office.tells(line)

    assert told.status == 4
    server = (
        "[AUTHENTICATIONFAILED] Authentication failed"
        if line == "fetch"
        else "535 5.7.8 Authentication credentials invalid"
    )
    assert told.err.splitlines()[-2:] == [
        f"[U-MAIL-LOGIN] office@example.org 登录 127.0.0.1 没有成功，服务器说：{server}。",
        (
            "→ 先用网页登录一次，看密码对不对；有“客户端授权码”或“专用密码”的要用它。还不行，请邮箱管理员开通 SMTP 和 IMAP。"
            "登录名不是邮箱地址的，在 campaign.toml 里写明 user。"
        ),
    ]


@pytest.mark.parametrize("line", ["mail check", "outbox send", "fetch"])
def test_where_nobody_can_type_a_password_it_is_told_how_to_give_one(
    line: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.must("send")
    monkeypatch.delenv(VARIABLE)

    told = office.tells(line)

    assert told == (
        4,
        "",
        (
            "[U-MAIL-PASSWORD] 没有邮箱 office@example.org 的密码或授权码。\n"
            "→ 三种办法：运行 tianbao mail password 存在这台电脑里；在命令行窗口里运行，到时输入；"
            "或者设环境变量 TIANBAO_MAIL_PASSWORD。\n"
        ),
    )


@pytest.mark.parametrize(
    "line", ["send", "remind", "outbox send --to-self 第1镇（示例）", "fetch", "mail check", "mail password"]
)
def test_without_an_account_it_is_told_where_to_write_one(line: str, office: Office) -> None:
    office.must("send")
    path = office.folder / SETTINGS
    path.write_text(path.read_text(encoding="utf-8").partition("\n[mail]\n")[0], encoding="utf-8")

    told = office.tells(line)

    assert (told.status, told.out) == (3, "")
    assert told.err == (
        "[U-MAIL-NONE] 这一轮填报还没有设邮箱。\n"
        "→ 用记事本打开 campaign.toml，去掉 [mail] 和要用的各行行首的 # 号，填上邮箱，保存后运行 tianbao mail check。\n"
    )


def test_letters_can_be_reworded_before_there_is_an_account(office: Office) -> None:
    path = office.folder / SETTINGS
    path.write_text(path.read_text(encoding="utf-8").partition("\n[mail]\n")[0], encoding="utf-8")

    assert office.tells("mail letters").err == "写好 5 个；已有的没有动。\n"


def test_mail_password_asks_on_a_terminal_only(office: Office) -> None:
    told = office.tells("mail password")

    assert told == (
        2,
        "",
        "[U-MAIL-TERMINAL] 这里不能输入密码。\n→ 在终端窗口里运行；自动运行的，用环境变量 TIANBAO_MAIL_PASSWORD。\n",
    )


def test_mail_letters_gives_the_office_a_copy_of_each_letter_and_keeps_what_it_has(office: Office) -> None:
    before = office.files()
    names = [f"信件/{name}.txt" for name in ("下发", "催报", "退回", "回执", "测试")]

    assert office.tells("mail letters --dry-run") == (0, "\n".join([*names, ""]), "会写 5 个。\n")
    assert office.files() == before

    assert office.tells("mail letters") == (0, "\n".join([*names, ""]), "写好 5 个；已有的没有动。\n")
    letter = office.folder / names[0]
    assert letter.read_text(encoding="utf-8-sig").startswith("主题：【填报】{year}年{form}—{unit}（{due}前）\n")
    letter.write_text("主题：年报\n\n{unit}：请填表。\n", encoding="utf-8")
    assert office.tells("mail letters") == (0, "", "写好 0 个；已有的没有动。\n")
    office.must("send")
    assert office.must("outbox show 1").out.endswith("\n  第1镇（示例）：请填表。\n")


@pytest.mark.parametrize(
    ("library", "package", "line"),
    [("imap_tools", "imap-tools", "fetch"), ("keyring", "keyring", "mail password --forget")],
)
def test_a_library_that_is_not_installed_is_named_with_how_to_get_it(
    library: str, package: str, line: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    told = office.tells(line)

    assert told == (
        3,
        "",
        f'[U-MAIL-EXTRA] 没有安装收发邮件要用的 {package}。\n→ 运行 pip install "tianbao[mail]"，再试。\n',
    )


# ── send, remind ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_send_writes_a_mail_for_each_unit_once_and_sends_none(office: Office) -> None:
    told = office.tells("send")

    assert told == (
        0,
        WRITTEN,
        f"{EACH}写好 3 封，都附着该单位自己的文件，放在外发箱里；先前已有 0 封，写不了 0 封。\n{NEXT}",
    )
    assert office.tells("send") == (0, "", "没有要新写的信；先前已有 3 封，写不了 0 封。\n")
    assert office.smtp.connections == 0


def test_send_that_is_a_trial_writes_nothing(office: Office) -> None:
    before = office.files()

    told = office.tells("send --dry-run")

    assert told == (0, WRITTEN, f"{EACH}会写 3 封；先前已有 0 封，写不了 0 封。\n")
    assert office.files() == before


def test_what_is_in_the_way_of_several_units_is_told_once(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path / "年报", 3).close()
    path = tmp_path / "年报" / SETTINGS
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{settings_for()}", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "年报")

    assert call("send") == (
        1,
        "× U-SEND-NOT-ISSUED  还没有做好要发的表。 先运行 tianbao issue。\n  第1镇（示例）、第2镇（示例）、第3镇（示例）\n",
        "没有要新写的信；先前已有 0 封，写不了 3 封。\n",
    )


def test_remind_writes_once_a_day_to_those_who_owe(sent: Office) -> None:
    sent.answer(1, {})
    sent.must("fetch")
    before = sent.files()
    lines = "○ #4  第2镇（示例）  催报  unit2@example.org\n○ #5  第3镇（示例）  催报  unit3@example.org\n"

    #: They were written to today.
    assert sent.tells("remind") == (0, "", "没有要新写的信；先前已有 2 封，写不了 0 封。\n")
    trial = sent.tells("remind --again --dry-run")
    assert (trial.status, trial.out) == (0, lines)
    assert sent.files() == before

    told = sent.tells("remind --again")
    assert told == (
        0,
        lines,
        (
            "1/2 第2镇（示例）\n2/2 第3镇（示例）\n"
            f"写好 2 封，都附着该单位自己的文件，放在外发箱里；先前已有 0 封，写不了 0 封。\n{NEXT}"
        ),
    )
    assert sent.tells("remind") == (0, "", "没有要新写的信；先前已有 2 封，写不了 0 封。\n")


# ── outbox ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_outbox_send_says_of_each_mail_what_became_of_it(office: Office) -> None:
    office.must("send")
    office.smtp.script = refused_and_lost

    told = office.tells("outbox send")

    assert told == (
        1,
        (
            "√ #1  第1镇（示例）  unit1@example.org  已交给服务器\n"
            "× #2  第2镇（示例）  unit2@example.org  被拒收  550 User not found: unit2@example.org\n"
            "  收件人的邮箱不存在，或者已经停用。 打电话向单位核对邮箱，在名录里改正，再发这一封。\n"
            "△ #3  第3镇（示例）  unit3@example.org  不能确定  连接中断\n"
        ),
        (
            f"开始发信：3 封。可以随时按 Ctrl+C，下次接着发。\n{EACH}"
            "已交给服务器 1 封、被拒收 1 封、不能确定 1 封；还有 0 封待发。\n"
            "有 1 封不能确定发没发出去，不会自己重发。\n"
            "→ 打电话问一声，再用 tianbao outbox settle 编号 --arrived 或 --resend 记下来。\n"
        ),
    )


def test_a_second_run_sends_nothing_twice(sent: Office) -> None:
    before = list(sent.smtp.delivered)

    told = sent.tells("outbox send")

    assert told == (0, "", "外发箱里没有待发的信。\n→ 用 tianbao send、tianbao return 或 tianbao remind 写信。\n")
    assert sent.smtp.delivered == before


def test_outbox_list_shows_every_mail_in_a_line_and_what_went_wrong_below_it(office: Office) -> None:
    office.must("send")
    office.smtp.script = refused_and_lost
    office.must("outbox send", 1)

    assert office.tells("outbox list") == (
        0,
        (
            "√ #1  第1镇（示例）  下发  unit1@example.org  已交给服务器  2026-01-12 09:30\n"
            "× #2  第2镇（示例）  下发  unit2@example.org  被拒收        2026-01-12 09:30\n"
            "  User not found: unit2@example.org\n"
            "△ #3  第3镇（示例）  下发  unit3@example.org  不能确定      2026-01-12 09:30\n"
            "  连接中断\n"
        ),
        (
            "已交给服务器 1 封、被拒收 1 封、不能确定 1 封。\n"
            "有 1 封不能确定发没发出去，不会自己重发。\n"
            "→ 打电话问一声，再用 tianbao outbox settle 编号 --arrived 或 --resend 记下来。\n"
        ),
    )
    assert office.tells("--lang en outbox list") == (
        0,
        (
            "√ #1  第1镇（示例）  issue  unit1@example.org  handed over  2026-01-12 09:30\n"
            "× #2  第2镇（示例）  issue  unit2@example.org  refused      2026-01-12 09:30\n"
            "  User not found: unit2@example.org\n"
            "△ #3  第3镇（示例）  issue  unit3@example.org  uncertain    2026-01-12 09:30\n"
            "  连接中断\n"
        ),
        (
            "1 handed over, 1 refused, 1 uncertain.\n"
            "Nobody knows of 1 mails whether they went out; they are not sent again.\n"
            "→ Ask by telephone, then write it down: tianbao outbox settle MAIL --arrived or --resend.\n"
        ),
    )


def test_an_empty_outbox_is_told_so(office: Office) -> None:
    assert office.tells("outbox list") == (0, "", "外发箱是空的。\n→ 用 tianbao send 写信。\n")
    assert office.document("outbox list --json") == {"schema": "tianbao.outbox/1", "mails": []}


def test_outbox_list_as_json_says_all_that_is_known_of_a_mail(sent: Office) -> None:
    document = sent.document("outbox list --json")

    assert document["schema"] == "tianbao.outbox/1"
    assert [one["mail"] for one in document["mails"]] == [1, 2, 3]
    mail = document["mails"][0]
    heads = opened(sent.smtp.delivered[0].data)
    assert {name: mail[name] for name in ("state", "unit", "purpose", "to", "file", "kept", "tries", "answer")} == {
        "state": "handed_over",
        "unit": "999900001",
        "purpose": "issue",
        "to": "unit1@example.org",
        "file": "1-下发/999900001_第1镇（示例）_2025年报表.xlsx",
        "kept": ".tianbao/mails/0001.eml",
        "tries": 1,
        "answer": "Mail OK queued as 1",
    }
    assert (mail["message_id"], mail["posted"][:4]) == (heads["Message-ID"], mail["staged"][:4])


def test_outbox_show_shows_a_mail_as_its_reader_will_see_it(office: Office) -> None:
    office.must("send")
    size = (office.folder / "1-下发" / "999900002_第2镇（示例）_2025年报表.xlsx").stat().st_size
    sha256 = office.document("outbox list --json")["mails"][1]["sha256"]

    told = office.tells("outbox show 第2镇（示例）")

    assert told == office.tells("outbox show 2") == office.tells("outbox show #2")
    assert told == (
        0,
        (
            "#2  待发\n"
            "发件人：示例县政府办 <office@example.org>\n"
            "收件人：第2镇（示例） <unit2@example.org>\n"
            "主　题：【填报】2025年乡镇消防安全检查季报—第2镇（示例） [TB25-999900002-XXXXXX]\n"
            f"附　件：999900002_第2镇（示例）_2025年报表.xlsx（{size:,} 字节，SHA-256 {sha256[:12]}…）\n"
            "\n"
            "  第2镇（示例）：\n"
            "\n"
            "  　　请填报2025年乡镇消防安全检查季报，表格见附件。\n"
            "  　　附件“999900002_第2镇（示例）_2025年报表.xlsx”是你单位专用的，请不要与其他单位的混用。\n"
            "\n"
            "  1. 把附件存到电脑上，用 WPS 表格或 Excel 打开填写，不要用手机填。\n"
            "  2. 只填浅黄色的格，没有发生的填 0；灰色的格自动计算，不用管。\n"
            "  3. 填完看一遍“审核”页：× 请改正，△ 请核实，确属实情的写明原因。\n"
            "  4. 保存后直接回复本邮件，附上这个表格文件；不要发云盘链接、照片或 PDF。\n"
            "\n"
            "  　　有疑问请联系：王主任 0350-5500001。\n"
            "  示例县政府办\n"
        ),
        "",
    )
    document = office.document("outbox show 2 --json")
    assert document["schema"] == "tianbao.mail/1"
    assert document["mails"][0]["attachments"] == [
        {"name": "999900002_第2镇（示例）_2025年报表.xlsx", "size": size, "sha256": sha256}
    ]


def test_outbox_show_of_what_is_not_there_says_so(office: Office) -> None:
    assert office.tells("outbox show 9") == (
        3,
        "",
        "[U-OUTBOX-MAIL] 没有第 9 封信。\n→ 用 tianbao outbox list 看编号。\n",
    )
    assert office.tells("outbox show 第2镇（示例）") == (
        0,
        "",
        "还没有给“第2镇（示例）”写过信。\n→ 用 tianbao send 写信；全部的信见 tianbao outbox list。\n",
    )


def test_outbox_send_that_is_a_trial_sends_and_writes_nothing(office: Office) -> None:
    office.must("send")
    before = office.files()

    assert office.tells("outbox send --dry-run") == (0, WRITTEN, "会发 3 封。\n")
    assert office.tells("outbox send --dry-run --limit 1") == (0, WRITTEN.splitlines(keepends=True)[0], "会发 1 封。\n")
    assert office.tells("outbox send --to-self 第2镇（示例） --dry-run") == (0, "", "会发 1 封给自己。\n")
    assert (office.smtp.connections, office.files()) == (0, before)


def test_a_mail_sent_to_oneself_is_the_one_the_unit_will_get_and_still_waits(office: Office) -> None:
    office.must("send")
    before = office.files()

    told = office.tells("outbox send --to-self 第2镇（示例）")

    assert told == (
        0,
        "√ #2  第2镇（示例）  office@example.org  已交给服务器\n",
        "已发到 office@example.org，请打开看看：附件名、字体、附件能不能打开。\n",
    )
    assert [mail.recipient for mail in office.smtp.delivered] == [office.mailbox.user]
    assert str(opened(office.smtp.delivered[0].data)["To"]) == "第2镇（示例） <unit2@example.org>"
    assert office.files() == before


def test_a_mail_to_oneself_that_is_refused_is_not_said_to_be_there(office: Office) -> None:
    office.must("send")
    office.smtp.script = lambda step: "554 DT:SPM" if step.stage == "content" else None

    assert office.tells("outbox send --to-self 第2镇（示例）") == (
        4,
        (
            "× #2  第2镇（示例）  office@example.org  被拒收  554 DT:SPM\n"
            f"  服务器把信当成了垃圾邮件，或者不收这样的附件。{SPAM}\n"
        ),
        "",
    )


def test_with_a_limit_the_others_wait(office: Office) -> None:
    office.must("send")

    assert office.tells("outbox send --limit 2 --every 0.01s") == (
        0,
        "√ #1  第1镇（示例）  unit1@example.org  已交给服务器\n√ #2  第2镇（示例）  unit2@example.org  已交给服务器\n",
        (
            "开始发信：2 封。可以随时按 Ctrl+C，下次接着发。\n1/2 第1镇（示例）\n2/2 第2镇（示例）\n"
            "已交给服务器 2 封；还有 1 封待发。\n"
        ),
    )


def test_so_many_a_day_and_no_more(office: Office) -> None:
    office.set(most=2)
    office.must("send")

    told = office.tells("outbox send")

    assert told.status == 0
    assert told.err.splitlines()[-3:] == [
        "已交给服务器 2 封；还有 1 封待发。",
        "已经到了设置里一天最多发的封数，还有 1 封。",
        "→ 明天再运行 tianbao outbox send。",
    ]


def test_a_server_that_wants_no_more_is_left_in_peace(office: Office) -> None:
    office.must("send")
    office.smtp.script = to(2, "rcpt", "450 MI:DMC too many")

    told = office.tells("outbox send")

    assert told.status == 4
    assert told.out == (
        "√ #1  第1镇（示例）  unit1@example.org  已交给服务器\n"
        "○ #2  第2镇（示例）  unit2@example.org  留待下次  450 MI:DMC too many\n"
        "  发得太快，超过了邮箱允许的频率。 先停下来，至少等 30 分钟再接着发；在 campaign.toml 里把 every 改大一些，如 60，"
        "把 per_connection 改小一些，如 5。已经发出的不会重发。\n"
    )
    assert told.err.splitlines()[-3:] == [
        "已交给服务器 1 封、留待下次 1 封；还有 2 封待发。",
        "停下来了：发得太快，超过了邮箱允许的频率。",
        "→ 过一阵再运行 tianbao outbox send，接着发剩下的 2 封。",
    ]
    assert [mail.recipient for mail in office.smtp.delivered] == ["unit1@example.org"]


def test_where_the_server_is_lost_for_good_it_is_told_how_far_it_came(office: Office) -> None:
    office.set(per_connection=1)
    office.must("send")
    office.smtp.login_refusal = "535 Error: authentication failed"

    def forget_him(step: Step) -> None:
        if step.stage == "accepted":
            office.smtp.password = "another"  # noqa: S105 (it opens nothing)

    office.smtp.script = forget_him

    told = office.tells("outbox send")

    assert (told.status, told.out) == (4, "")
    assert told.err.splitlines()[:4] == [
        "开始发信：3 封。可以随时按 Ctrl+C，下次接着发。",
        "1/3 第1镇（示例）",
        "已交给服务器 1 封；还有 2 封待发。",
        "[U-MAIL-LOGIN] office@example.org 登录 127.0.0.1 没有成功，服务器说：535 Error: authentication failed。",
    ]


def test_a_server_that_is_not_there_costs_nothing(office: Office) -> None:
    office.must("send")
    office.smtp.stop()

    told = office.tells("outbox send")

    assert (told.status, told.out) == (4, "")
    assert told.err.splitlines()[:2] == [
        "开始发信：3 封。可以随时按 Ctrl+C，下次接着发。",
        f"[U-MAIL-CONNECT] 连不上邮件服务器 127.0.0.1（端口 {office.smtp.port}）：服务器不在这个端口上收发邮件。",
    ]
    assert office.tells("outbox list").err == "待发 3 封。\n"


def test_mails_of_another_computer_are_sent_only_where_the_office_knows_that_it_did_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.must("send")
    monkeypatch.setattr("socket.gethostname", lambda: "OFFICE-2")

    told = office.tells("outbox send")

    assert (told.status, told.out) == (3, "")
    assert told.err.endswith("→ 问清楚那边没有发过，再加上 --here 发送；发过的，请用那边的文件夹。\n")
    assert office.must("outbox send --here").err.endswith("已交给服务器 3 封；还有 0 封待发。\n")


@pytest.mark.parametrize("seconds", ["soon", "20h", "-5"])
def test_a_pause_that_is_no_time_is_told(seconds: str, office: Office) -> None:
    assert office.tells(f"outbox send --every={seconds}") == (
        2,
        "",
        "[U-OPTION-VALUE] --every 的值不能用。\n→ 应为：一段时间，如 20s（20 秒）、1m（1 分钟）。\n",
    )


def test_how_long_it_takes_is_told_before(office: Office) -> None:
    office.must("send")
    office.smtp.script = to(1, "rcpt", "450 MI:DMC too many")

    told = office.must("outbox send --every 1m", 4)

    assert (
        told.err.splitlines()[0] == "开始发信：3 封，每封之间停 60 秒左右，约 2 分钟。可以随时按 Ctrl+C，下次接着发。"
    )


def test_what_is_uncertain_is_neither_written_nor_sent_again_until_the_office_says_what_became_of_it(
    office: Office,
) -> None:
    office.must("send")
    office.smtp.script = refused_and_lost
    office.must("outbox send", 1)
    office.smtp.script = None

    assert office.tells("send") == (
        1,
        (
            "× 第2镇（示例）  U-SEND-FAILED  发到 unit2@example.org 的信没有送到：“User not found: unit2@example.org”。 "
            "核对邮箱，在名录里改正后再运行一次；地址没有错、要再发一遍的，加上 --again。\n"
            "× 第3镇（示例）  U-SEND-UNCERTAIN  第 3 封信（2026-01-12 09:30）发没发出去还不能确定，没有另写。 "
            "打电话问一声：收到的运行 tianbao outbox settle 3 --arrived，没收到的运行 tianbao outbox settle 3 --resend。\n"
        ),
        "没有要新写的信；先前已有 1 封，写不了 2 封。\n",
    )
    assert office.tells("outbox settle 3 --resend --note 电话问过") == (
        0,
        "○ #3  第3镇（示例）  下发  unit3@example.org\n",
        "记为：待发。\n",
    )
    assert office.must("outbox send").out == "√ #3  第3镇（示例）  unit3@example.org  已交给服务器\n"


def test_what_arrived_is_written_down_as_handed_over(office: Office) -> None:
    office.must("send")
    office.smtp.script = refused_and_lost
    office.must("outbox send", 1)

    assert office.tells("outbox settle 3 --arrived") == (
        0,
        "√ #3  第3镇（示例）  下发  unit3@example.org\n",
        "记为：已交给服务器。\n",
    )


@pytest.mark.parametrize("flags", ["", " --arrived --resend"])
def test_settle_wants_to_know_which_of_the_two_it_is(flags: str, office: Office) -> None:
    assert office.tells(f"outbox settle 7{flags}") == (
        2,
        "",
        "[U-OUTBOX-WHICH] 没有说明是收到了还是没有收到。\n→ 收到的写 --arrived，没收到、要再发的写 --resend，写一个。\n",
    )


def test_settle_says_nothing_of_what_is_known(sent: Office) -> None:
    assert sent.tells("outbox settle 1 --resend") == (
        3,
        "",
        "[U-OUTBOX-STATE] 第 1 封信是“已交给服务器”，不能这样改。\n→ 用 tianbao outbox list 看各封信的状态。\n",
    )
    assert sent.tells("outbox settle 7 --resend").status == 3


def test_what_is_withdrawn_is_not_sent(office: Office) -> None:
    office.must("send")

    assert office.tells("outbox withdraw 1 3 --note 当面给了") == (
        0,
        "— #1  第1镇（示例）  下发  unit1@example.org\n— #3  第3镇（示例）  下发  unit3@example.org\n",
        "拿出来 2 封，不发了。\n",
    )
    office.must("outbox send")
    assert [mail.recipient for mail in office.smtp.delivered] == ["unit2@example.org"]


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fetch_says_what_each_mail_is_and_what_is_in_it(sent: Office) -> None:
    office = sent.mailbox.user
    ids = {mail.recipient: str(email.message_from_bytes(mail.data)["Message-ID"]) for mail in sent.smtp.delivered}
    sent.answer(1, WRONG)
    sent.mailbox.deliver(samples.bounce_as_qq("unit2@example.org", to=office, message_id=ids["unit2@example.org"]))
    sent.mailbox.deliver(
        samples.auto_reply_as_qq(sender="unit3@example.org", to=office, answers=ids["unit3@example.org"])
    )
    sent.mailbox.deliver(b"From: unit3@example.org\r\nMessage-ID: <1@a>\r\nSubject: later\r\n\r\nhello\r\n")
    sent.mailbox.deliver(b"From: shop@example.com\r\nMessage-ID: <2@a>\r\nSubject: sale\r\n\r\nhello\r\n")
    before = sent.files()

    assert sent.tells("fetch --dry-run") == (0, "", "office@example.org 里有 5 封信还没有看过。\n")
    assert sent.files() == before

    assert sent.tells("fetch") == (
        1,
        (
            "× 退信：第2镇（示例） <unit2@example.org>  host mx.example.com[203.0.113.25] said: "
            "550 5.2.2 <unit2@example.org> mailbox full (in reply to RCPT TO)\n"
            "○ 自动回复：第3镇（示例） <unit3@example.org>  自动回复: "
            "【填报】2025年政府信息公开年报—柳溪镇（示例）[TB25-999900018-XXXXXX]\n"
            "△ 信里没有能读的表格：第3镇（示例） <unit3@example.org>  later（没有附件）。回信用 tianbao remind 写。\n"
            "▲ 999900001_第1镇（示例）_2025年报表.xlsx  999900001 第1镇（示例）  第 1 版  × 2 △ 2\n"
        ),
        (
            "1/5 #1\n2/5 #2\n3/5 #3\n4/5 #4\n5/5 #5\n"
            "邮箱里 5 封，以前看过 0 封；新收 4 封，无关的 1 封。\n"
            "有 1 封退信：那些信没有送到。\n"
            "→ 核对邮箱，在名录里改正，再写一遍：tianbao send；地址没有错的：tianbao send --again 单位。\n"
            "与本次填报无关、留在邮箱里的 1 封：shop@example.com“sale”\n"
            "→ 也要收下的，加上 --all 再运行一次。\n"
            "新收 4 个文件，报表 2 份：采用 1，待认领 0，读不了 1，其他 0；以前收过的 0 个。\n"
        ),
    )
    assert sent.tells("fetch") == (0, "", "邮箱里 5 封，以前都看过了，没有新的信。\n")
    assert set(sent.mailbox.state().values()) == {""}


def test_fetch_looks_where_the_settings_say_and_names_what_there_is(sent: Office) -> None:
    sent.set(folder="年报")

    assert sent.tells("fetch") == (
        4,
        "",
        "[U-MAIL-FOLDER] 邮箱里没有“年报”这个邮件夹。\n→ 在 campaign.toml 里把 folder 改成其中一个：INBOX；收件箱是 INBOX。\n",
    )


def test_a_connection_without_encryption_is_told_each_time(office: Office) -> None:
    path = office.folder / SETTINGS
    text = path.read_text(encoding="utf-8").replace(f'{office.smtp.port}, security = "tls"', '1, security = "none"')
    path.write_text(text, encoding="utf-8")

    told = office.tells("mail check")

    assert told.status == 4
    assert told.err.splitlines()[:3] == [
        "[U-MAIL-PLAIN] 与 127.0.0.1 的连接没有加密，密码和报表在传输途中可能被人看到。",
        "→ 邮箱支持加密的，删掉 campaign.toml 里的 security 一行；只在内网、确实没有加密的，才这样用。",
        "[U-MAIL-CONNECT] 连不上邮件服务器 127.0.0.1（端口 1）：服务器不在这个端口上收发邮件。",
    ]


# ── return ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_return_writes_the_letter_with_the_workbook(sent: Office) -> None:
    sent.answer(1, WRONG)
    sent.answer(2, {})
    sent.must("fetch", 1)
    before = sent.files()

    assert sent.tells("return --dry-run") == (0, "会退回 1 份：第1镇（示例）\n", "")
    assert sent.files() == before

    assert sent.tells("return --receipts") == (
        0,
        "3-退回/999900001_第1镇（示例）_2025年报表_退回1.xlsx  × 2 △ 2\n3-退回/999900002_第2镇（示例）_2025年报表_回执.txt\n",
        (
            "1/2 999900001_第1镇（示例）_2025年报表_退回1.xlsx\n2/2 999900002_第2镇（示例）_2025年报表_回执.txt\n"
            "退回 1 份，回执 1 份；其中 0 份以前做过，没有变。\n"
            f"写好 2 封，都附着该单位自己的文件，放在外发箱里；先前已有 0 封，写不了 0 封。\n{NEXT}"
        ),
    )
    assert sent.must("outbox list").out.splitlines()[3:] == [
        "○ #4  第1镇（示例）  退回修改  unit1@example.org  待发",
        "○ #5  第2镇（示例）  回执      unit2@example.org  待发",
    ]


def test_return_writes_no_letter_where_none_is_wanted(sent: Office) -> None:
    sent.answer(1, WRONG)
    sent.must("fetch", 1)

    told = sent.tells("return --no-mail")

    assert told == (
        0,
        "3-退回/999900001_第1镇（示例）_2025年报表_退回1.xlsx  × 2 △ 2\n",
        "退回 1 份，回执 0 份；其中 0 份以前做过，没有变。\n",
    )
    assert len(sent.document("outbox list --json")["mails"]) == 3


def test_an_office_that_has_set_so_sends_receipts(sent: Office) -> None:
    sent.set(receipts=True)
    sent.answer(2, {})
    sent.must("fetch")

    sent.must("return")

    assert sent.must("outbox list").out.splitlines()[3:] == ["○ #4  第2镇（示例）  回执  unit2@example.org  待发"]
