"""The password is found, kept, forgotten, and never shown."""

from __future__ import annotations

import base64
import pickle
import sys
from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors
import pytest

from tests.mail.servers import PASSWORD, account_at
from tianbao.mail.account import Account
from tianbao.mail.connection import MissingExtraError
from tianbao.mail.password import (
    KeyringError,
    PasswordMissingError,
    PasswordUnusableError,
    Secret,
    find_password,
    forget_password,
    store_password,
)

pytestmark = pytest.mark.usefixtures("chinese")

ACCOUNT: Account = account_at(user="xxgk@example.org")


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory, as good or as bad as a test wants it to be."""

    def __init__(self, *, priority: float = 5, fault: Exception | None = None, forgets: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._priority, self._fault, self._forgets = priority, fault, forgets
        self.kept: dict[tuple[str, str], str] = {}

    @property
    def priority(self) -> float:
        return self._priority

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        if not self._forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.kept[service, username]

    def _fail(self) -> None:
        if self._fault is not None:
            raise self._fault


@pytest.fixture(autouse=True)
def drawer() -> Iterator[Drawer]:
    """Put a keyring of the test's own in the place of the system's."""
    before = keyring.get_keyring()
    mine = Drawer()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library be one that is not installed."""
    monkeypatch.setitem(sys.modules, "keyring", None)


def nobody(prompt: str) -> str:
    raise AssertionError(prompt)


def test_the_environment_is_asked_first(drawer: Drawer) -> None:
    drawer.kept["tianbao", "xxgk@example.org"] = "another"

    found = find_password(ACCOUNT, ask=nobody, environ={"TIANBAO_MAIL_PASSWORD": PASSWORD})

    assert found.reveal() == PASSWORD


def test_then_the_keyring(drawer: Drawer) -> None:
    drawer.kept["tianbao", "xxgk@example.org"] = PASSWORD

    assert find_password(ACCOUNT, ask=nobody, environ={"TIANBAO_MAIL_PASSWORD": ""}).reveal() == PASSWORD


def test_then_the_person_at_the_keyboard() -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return f" {PASSWORD}\n"

    assert find_password(ACCOUNT, ask=ask, environ={}).reveal() == PASSWORD
    assert asked == ["邮箱 xxgk@example.org 的密码或授权码（输入时不显示）"]


def test_who_has_none_is_told_the_three_ways() -> None:
    with pytest.raises(PasswordMissingError) as caught:
        find_password(ACCOUNT, environ={})

    assert str(caught.value) == "[U-MAIL-PASSWORD] 没有邮箱 xxgk@example.org 的密码或授权码。"
    assert caught.value.hint == (
        "三种办法：运行 tianbao mail password 存在这台电脑里；在命令行窗口里运行，到时输入；"
        "或者设环境变量 TIANBAO_MAIL_PASSWORD。"
    )
    assert caught.value.exit_status == 4


def test_who_types_nothing_has_none() -> None:
    with pytest.raises(PasswordMissingError):
        find_password(ACCOUNT, ask=lambda _: "", environ={})


@pytest.mark.parametrize(
    "fault", [keyring.errors.KeyringLocked("locked"), keyring.errors.NoKeyringError(), OSError("no bus")]
)
def test_a_keyring_that_does_not_open_is_passed_over(fault: Exception) -> None:
    keyring.set_keyring(Drawer(fault=fault))

    assert find_password(ACCOUNT, ask=lambda _: PASSWORD, environ={}).reveal() == PASSWORD


@pytest.mark.usefixtures("no_keyring")
def test_environment_and_keyboard_do_without_the_library() -> None:
    assert find_password(ACCOUNT, environ={"TIANBAO_MAIL_PASSWORD": PASSWORD}).reveal() == PASSWORD
    assert find_password(ACCOUNT, ask=lambda _: PASSWORD, environ={}).reveal() == PASSWORD


@pytest.mark.usefixtures("no_keyring")
def test_keeping_and_forgetting_say_that_the_library_is_missing() -> None:
    for step in (lambda: store_password(ACCOUNT, Secret(PASSWORD)), lambda: forget_password(ACCOUNT)):
        with pytest.raises(MissingExtraError) as caught:
            step()
        assert str(caught.value) == "[U-MAIL-EXTRA] 没有安装收发邮件要用的 keyring。"
        assert caught.value.hint == '运行 pip install "tianbao[mail]"，再试。'


def test_a_password_is_kept_and_forgotten(drawer: Drawer) -> None:
    store_password(ACCOUNT, Secret(PASSWORD))
    kept = dict(drawer.kept)

    assert kept == {("tianbao", "xxgk@example.org"): PASSWORD}
    assert (forget_password(ACCOUNT), forget_password(ACCOUNT)) == (True, False)
    assert drawer.kept == {}


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (Drawer(priority=0.5), "这台电脑没有可靠的密码保管库"),
        (Drawer(forgets=True), "存进去以后取不出来"),
        (Drawer(fault=keyring.errors.KeyringLocked("it is locked")), "it is locked"),
        (Drawer(fault=OSError(f"cannot write {PASSWORD}")), "cannot write ******"),
        (Drawer(fault=keyring.errors.PasswordSetError()), "PasswordSetError"),
    ],
    ids=["a file in plain", "nowhere", "locked", "talkative", "silent"],
)
def test_a_keyring_that_keeps_nothing_is_told(bad: Drawer, problem: str) -> None:
    keyring.set_keyring(bad)

    with pytest.raises(KeyringError) as caught:
        store_password(ACCOUNT, Secret(PASSWORD))

    assert str(caught.value) == f"[U-MAIL-KEYRING] 密码没有存进这台电脑的密码保管库，或者没有删掉：{problem}。"
    assert bad.kept == {}


def test_a_keyring_that_does_not_let_go_is_told() -> None:
    keyring.set_keyring(Drawer(fault=keyring.errors.KeyringLocked("it is locked")))

    with pytest.raises(KeyringError, match="it is locked"):
        forget_password(ACCOUNT)


@pytest.mark.parametrize("typed", ["ｑｚｗｖ", "密码", "qz\nwv", "qz\x00wv", "qzwv，"])
def test_what_no_mailbox_takes_is_told_before_it_is_tried(typed: str) -> None:
    for use in (
        lambda: find_password(ACCOUNT, environ={"TIANBAO_MAIL_PASSWORD": typed}),
        lambda: store_password(ACCOUNT, Secret(typed)),
        Secret(typed).reveal,
    ):
        with pytest.raises(PasswordUnusableError) as caught:
            use()
        assert str(caught.value) == (
            "[U-MAIL-PASSWORD-CHARACTERS] 密码或授权码里有汉字、全角字符或者换行，邮箱不会认。"
        )


def test_a_secret_is_not_shown() -> None:
    secret = Secret(PASSWORD)

    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", f"{[secret]}"]

    assert not any(PASSWORD in text for text in shown)
    assert shown[:3] == ["Secret(******)", "******", "******"]
    with pytest.raises(TypeError, match="a secret is not written down"):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_what_repeats_a_secret_is_told_without_it() -> None:
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    said = f"535 {PASSWORD}, AUTH LOGIN {encoded(PASSWORD)}, AUTH PLAIN {encoded(f'{chr(0)}xxgk{chr(0)}{PASSWORD}')}"

    assert Secret(PASSWORD).hide_in(said, user="xxgk") == "535 ******, AUTH LOGIN ******, AUTH PLAIN ******"
    assert Secret("").hide_in("535 no") == "535 no"
