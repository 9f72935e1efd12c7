"""An account out of the `[mail]` table, or every fault of the table."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tianbao import messages
from tianbao.mail.account import (
    PRESETS,
    Account,
    MailSettingsError,
    Security,
    Server,
    example,
    read_account,
)

pytestmark = pytest.mark.usefixtures("chinese")

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


def account(text: str, *, name: str = "", home: Path = Path()) -> Account:
    return read_account(tomllib.loads(text), name=name, home=home)


def faults(text: str) -> list[tuple[str, dict[str, Any]]]:
    with pytest.raises(MailSettingsError) as caught:
        account(text)
    assert all(caught.value.message(lang) for lang in messages.LANGUAGES)
    return [(code, dict(facts)) for code, facts in caught.value.faults]


def test_an_address_of_a_great_provider_is_all_that_need_be_said() -> None:
    assert account('address = "xxgk@163.com"', name="五台县示例办公室") == Account(
        preset="163",
        address="xxgk@163.com",
        user="xxgk@163.com",
        name="五台县示例办公室",
        smtp=Server("smtp.163.com", 465, TLS),
        imap=Server("imap.163.com", 993, TLS),
        ca_file=None,
        every=20.0,
        per_connection=10,
        most=None,
        receipts=False,
        folder="INBOX",
    )


@pytest.mark.parametrize(
    ("address", "preset"),
    [
        ("a@163.com", "163"),
        ("a@126.com", "126"),
        ("a@QQ.com", "qq"),
        ("a@vip.qq.com", "qq"),
        ("a@foxmail.com", "qq"),
    ],
)
def test_a_provider_is_known_by_its_addresses(address: str, preset: str) -> None:
    assert account(f'address = "{address}"').preset == preset


@pytest.mark.parametrize(
    ("preset", "smtp", "imap"),
    [
        ("163", "smtp.163.com", "imap.163.com"),
        ("126", "smtp.126.com", "imap.126.com"),
        ("qq", "smtp.qq.com", "imap.qq.com"),
        ("exmail", "smtp.exmail.qq.com", "imap.exmail.qq.com"),
        ("qiye163", "smtp.qiye.163.com", "imap.qiye.163.com"),
    ],
)
def test_a_preset_knows_its_servers(preset: str, smtp: str, imap: str) -> None:
    read = account(f'preset = "{preset}"\naddress = "xxgk@wutai.example"')

    assert (read.smtp, read.imap) == (Server(smtp, 465, TLS), Server(imap, 993, TLS))


def test_a_preset_that_is_a_number_may_be_written_as_one() -> None:
    assert account('preset = 163\naddress = "a@wutai.example"').preset == "163"


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "内网.pem").write_text("")

    read = account(
        """
        preset = "coremail"
        address = "xxgk@wutai.example"
        user = "xxgk"
        name = "公开办"
        smtp = { host = "10.0.0.5", port = 2525, security = "starttls" }
        imap = { host = "mail.wutai.example", security = "none" }
        ca_file = "内网.pem"
        every = 7.5
        per_connection = 3
        most = 200
        receipts = true
        folder = "年报"
        """,
        name="不用这个",
        home=tmp_path,
    )

    assert read == Account(
        preset="coremail",
        address="xxgk@wutai.example",
        user="xxgk",
        name="公开办",
        smtp=Server("10.0.0.5", 2525, STARTTLS),
        imap=Server("mail.wutai.example", 143, NONE),
        ca_file=tmp_path / "内网.pem",
        every=7.5,
        per_connection=3,
        most=200,
        receipts=True,
        folder="年报",
    )


@pytest.mark.parametrize(("security", "smtp", "imap"), [("tls", 465, 993), ("starttls", 587, 143), ("none", 25, 143)])
def test_the_usual_port_goes_with_the_security(security: str, smtp: int, imap: int) -> None:
    server = f'{{ host = "mail.wutai.example", security = "{security}" }}'

    read = account(f'address = "a@wutai.example"\nsmtp = {server}\nimap = {server}')

    assert (read.smtp.port, read.imap.port) == (smtp, imap)


def test_a_server_may_be_named_only() -> None:
    read = account('address = "a@wutai.example"\nsmtp = "smtp.wutai.example"\nimap = "imap.wutai.example"')

    assert (read.preset, read.smtp) == ("custom", Server("smtp.wutai.example", 465, TLS))


def test_an_account_is_plain_only_where_that_is_written() -> None:
    server = 'address = "a@163.com"\nimap = {{ security = "{}" }}'

    assert [account(server.format(security)).is_plain for security in ("tls", "starttls", "none")] == [
        False,
        False,
        True,
    ]


FAULTS = {
    "nothing at all": (
        "",
        [
            ("U-MAIL-NO-ADDRESS", {}),
            ("U-MAIL-NO-HOST", {"name": "smtp", "preset": "custom"}),
            ("U-MAIL-NO-HOST", {"name": "imap", "preset": "custom"}),
        ],
    ),
    "a name that is misspelt": (
        'adress = "a@163.com"\naddress = "a@163.com"',
        [
            (
                "U-MAIL-NAME",
                {
                    "name": "mail.adress",
                    "near": "address",
                    "known": "preset、address、user、name、ca_file、folder、language、smtp、imap、every、per_connection、most、receipts",
                },
            )
        ],
    ),
    "a name that is misspelt, of a server": (
        'address = "a@163.com"\nsmtp = { prot = 25 }',
        [("U-MAIL-NAME", {"name": "mail.smtp.prot", "near": "port", "known": "host、port、security"})],
    ),
    "types": (
        'address = "a@163.com"\nname = 5\nevery = "20"\nper_connection = 2.5\nmost = true\nreceipts = 1',
        [
            ("U-MAIL-TYPE", {"name": "mail.name", "value": 5, "wanted": "英文引号里的文字"}),
            ("U-MAIL-TYPE", {"name": "mail.every", "value": "20", "wanted": "数字，不加引号"}),
            ("U-MAIL-TYPE", {"name": "mail.per_connection", "value": 2.5, "wanted": "数字，不加引号"}),
            ("U-MAIL-TYPE", {"name": "mail.most", "value": True, "wanted": "数字，不加引号"}),
            (
                "U-MAIL-TYPE",
                {"name": "mail.receipts", "value": 1, "wanted": "true（要）或者 false（不要），不加引号"},
            ),
        ],
    ),
    "a server that is a number": (
        'address = "a@163.com"\nsmtp = 465',
        [("U-MAIL-TYPE", {"name": "mail.smtp", "value": 465, "wanted": '服务器的名称，如 "smtp.example.gov.cn"'})],
    ),
    "an unknown provider": (
        'preset = "sina"\naddress = "a@sina.com"',
        [("U-MAIL-PRESET", {"value": "sina", "known": "163、126、qq、exmail、qiye163、coremail、custom"})],
    ),
    "no host": (
        'preset = "coremail"\naddress = "a@wutai.example"\nsmtp = "smtp.wutai.example"',
        [("U-MAIL-NO-HOST", {"name": "imap", "preset": "coremail"})],
    ),
    "hosts that are none": (
        'address = "a@163.com"\nsmtp = "https://mail.163.com/"\nimap = { host = "a b" }',
        [
            ("U-MAIL-HOST", {"name": "mail.smtp", "value": "https://mail.163.com/"}),
            ("U-MAIL-HOST", {"name": "mail.imap", "value": "a b"}),
        ],
    ),
    "ports that are none": (
        'address = "a@163.com"\nsmtp = { port = "465" }\nimap = { port = 65536 }',
        [
            ("U-MAIL-PORT", {"name": "mail.smtp", "value": "465"}),
            ("U-MAIL-PORT", {"name": "mail.imap", "value": 65536}),
        ],
    ),
    "a security that is none": (
        'address = "a@163.com"\nsmtp = { security = "ssl" }',
        [("U-MAIL-SECURITY", {"name": "mail.smtp", "value": "ssl", "known": "tls、starttls、none"})],
    ),
    "numbers that make no sense": (
        'address = "a@163.com"\nevery = -1\nper_connection = 0\nmost = 0',
        [
            ("U-MAIL-RANGE", {"name": "mail.every", "value": -1, "least": "0"}),
            ("U-MAIL-RANGE", {"name": "mail.per_connection", "value": 0, "least": "1"}),
            ("U-MAIL-RANGE", {"name": "mail.most", "value": 0, "least": "1"}),
        ],
    ),
    "no number": (
        'address = "a@163.com"\nevery = nan',
        [("U-MAIL-RANGE", {"name": "mail.every", "value": pytest.approx(float("nan"), nan_ok=True), "least": "0"})],
    ),
    "a login name in Chinese": (
        'address = "a@163.com"\nuser = "公开办"',
        [("U-MAIL-USER", {"value": "公开办"})],
    ),
    "certificates that are not there": (
        'address = "a@163.com"\nca_file = "没有.pem"',
        [("U-MAIL-CA", {"value": "没有.pem"})],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_told(text: str, expected: list[tuple[str, dict[str, object]]]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    "address",
    [
        "xxgk",
        "@163.com",
        "a@",
        "a b@163.com",
        "公开办@163.com",
        "a＠163.com",
        "公开办 <a@163.com>",
        "a@163.com, b@163.com",
        "a@163.com\\r\\nBcc: b@163.com",
        "a@163.com\\n",
        "a@-.com" + "\\u200b",
    ],
)
def test_what_is_no_address_is_told(address: str) -> None:
    assert [code for code, _ in faults(f'preset = "163"\naddress = "{address}"')] == ["U-MAIL-ADDRESS"]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Passwd",
        "pass",
        "smtp_pass",
        "pwd",
        "authcode",
        "auth_code",
        "secret",
        "token",
        '"密码"',
        '"授权码"',
    ],
)
def test_a_password_in_the_file_is_a_fault_and_is_not_repeated(name: str) -> None:
    text = f'address = "a@163.com"\n{name} = "qzwvkjhxpbtrmdnf"'

    with pytest.raises(MailSettingsError) as caught:
        account(text)

    assert caught.value.faults == (("U-MAIL-PASSWORD-WRITTEN", {"name": f"mail.{name.strip(chr(34))}"}),)
    assert "qzwvkjhxpbtrmdnf" not in f"{caught.value!r} {caught.value}"


def test_a_password_beside_a_server_is_seen_too() -> None:
    assert faults('address = "a@163.com"\nimap = { password = "x" }') == [
        ("U-MAIL-PASSWORD-WRITTEN", {"name": "mail.imap.password"})
    ]


def test_the_faults_are_told_as_a_clerk_can_mend_them() -> None:
    with pytest.raises(MailSettingsError) as caught:
        account('address = "a@163.com"\nadres = "b"\npassword = "x"')

    assert caught.value.message("zh") == (
        "邮箱的设置不能使用：campaign.toml 的 [mail]，共 2 处错误。\n"
        "  × U-MAIL-PASSWORD-WRITTEN  密码或授权码写进了设置：mail.password。 "
        "删掉这一行并保存，再运行 tianbao mail password 保存密码；文件给别人看过的，请到邮箱里换一个授权码。\n"
        "  × U-MAIL-NAME  没有 mail.adres 这项设置，最接近的是 address。 "
        "可以写的有：preset、address、user、name、ca_file、folder、language、smtp、imap、every、per_connection、most、receipts。"
    )


def test_the_example_sets_nothing() -> None:
    assert tomllib.loads(example()) == {}


def test_the_example_without_its_marks_is_an_account(tmp_path: Path) -> None:
    (tmp_path / "内网证书.pem").write_text("")
    lines = [line.removeprefix("#") for line in example().splitlines() if re.match(r"#[^ ]", line)]
    # A server is shown twice, in two ways of writing it.
    lines = [line for line in lines if not line.startswith("smtp = {")]

    read = read_account(tomllib.loads("\n".join(lines))["mail"], home=tmp_path)

    assert read == Account(
        preset="163",
        address="xxgk@163.com",
        user="xxgk@163.com",
        name="县政务公开办",
        smtp=Server("smtp.example.gov.cn", 465, TLS),
        imap=Server("imap.example.gov.cn", 993, TLS),
        ca_file=tmp_path / "内网证书.pem",
        every=20,
        per_connection=10,
        most=200,
        receipts=False,
        folder="INBOX",
    )


def test_every_provider_has_words_on_where_its_password_comes_from() -> None:
    for lang in messages.LANGUAGES:
        assert all(messages.say(f"mail.login.{preset}", lang) for preset in PRESETS)
