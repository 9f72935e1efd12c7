from __future__ import annotations

import pytest

from tianbao import messages

VARIABLES = ("TIANBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "TIANBAO_LANG": "en"}, "en"),
        ({"LANG": "en_GB.UTF-8", "TIANBAO_LANG": "zh"}, "zh"),
    ],
)
def test_the_language_is_chinese_unless_the_surroundings_say_otherwise(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert messages.language() == expected


def test_a_language_that_was_chosen_counts_before_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANBAO_LANG", "zh")

    messages.use_language("en")

    try:
        assert messages.say("severity.error") == "error"
    finally:
        messages.use_language(None)
    assert messages.say("severity.error") == "错误"
