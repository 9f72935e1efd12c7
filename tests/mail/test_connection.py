"""What the system says of a connection, in the words of an office."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from tianbao.mail.account import Security, Server
from tianbao.mail.connection import (
    MailConnectError,
    MailError,
    MailTlsError,
    MissingExtraError,
    needing,
    one_line,
    trouble,
)

pytestmark = pytest.mark.usefixtures("chinese")

SERVER = Server("smtp.wutai.example", 465, Security.TLS)


def of_the_certificate(number: int, words: str = "") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = number, words
    return error


def of_openssl(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "kind", "problem"),
    [
        (socket.gaierror(-2, "Name or service not known"), MailConnectError, "找不到这台服务器"),
        (ConnectionRefusedError(), MailConnectError, "服务器不在这个端口上收发邮件"),
        (TimeoutError(), MailConnectError, "等了很久没有回音"),
        (ConnectionResetError(), MailConnectError, "连接中断"),
        (BrokenPipeError(), MailConnectError, "连接中断"),
        (EOFError(), MailConnectError, "连接中断"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), MailConnectError, "连接中断"),
        (OSError(errno.ENETUNREACH, "网络不可达."), MailConnectError, f"[Errno {errno.ENETUNREACH}] 网络不可达"),
        (OSError(), MailConnectError, "OSError"),
        (of_the_certificate(9), MailTlsError, "服务器的证书还没有生效"),
        (of_the_certificate(10), MailTlsError, "服务器的证书已经过期"),
        (of_the_certificate(18), MailTlsError, "服务器的证书不是这台电脑信任的机构签发的"),
        (of_the_certificate(19), MailTlsError, "服务器的证书不是这台电脑信任的机构签发的"),
        (of_the_certificate(20), MailTlsError, "服务器的证书不是这台电脑信任的机构签发的"),
        (of_the_certificate(62), MailTlsError, "证书不是发给这台服务器的"),
        (of_the_certificate(23, "certificate revoked"), MailTlsError, "certificate revoked"),
        (of_openssl("WRONG_VERSION_NUMBER"), MailTlsError, "服务器在这个端口上用的不是这种加密方式"),
        (of_openssl("NO_SHARED_CIPHER"), MailTlsError, "NO_SHARED_CIPHER"),
    ],
    ids=lambda value: value.__class__.__name__ if isinstance(value, Exception) else str(value)[:20],
)
def test_what_the_system_raises_is_told_in_words_of_ours(error: Exception, kind: type[MailError], problem: str) -> None:
    told = trouble(SERVER, error)

    assert type(told) is kind
    assert told.params == {"host": "smtp.wutai.example", "port": 465, "problem": problem}
    assert told.exit_status == 4


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("请求过于频繁".encode(), "请求过于频繁"),
        ("请求过于频繁".encode("gbk"), "请求过于频繁"),
        (b"one\r\n two\tthree", "one two three"),
        ("a\x00b\x1b[31mc\u202ed\u200be", "a b [31mc d e"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 299 + "…"),
        (b"\xff?", "??"),
    ],
)
def test_words_of_a_server_are_one_line_that_can_be_read(said: bytes | str, line: str) -> None:
    assert one_line(said) == line


def test_a_library_that_is_not_there_is_named_with_the_way_to_it() -> None:
    with pytest.raises(MissingExtraError) as caught, needing("imap-tools"):
        raise ModuleNotFoundError("No module named 'imap_tools'")

    assert str(caught.value) == "[U-MAIL-EXTRA] 没有安装收发邮件要用的 imap-tools。"
    assert caught.value.hint == '运行 pip install "tianbao[mail]"，再试。'
