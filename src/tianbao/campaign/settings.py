"""What the office sets for a campaign: `campaign.toml`, to be edited with any editor.

In:   the file.
Out:  the settings; or every fault of it at once.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar

from tianbao import messages
from tianbao.campaign.folder import SETTINGS, Folder
from tianbao.errors import TianbaoError
from tianbao.mail.account import example
from tianbao.messages import Language

_TYPES: Mapping[str, type] = {"form": str, "year": int, "county": str, "issuer": str, "contact": str}
_DEADLINES = {"return": "due", "late": "late"}
#: The table of the mail account, which `mail/account` reads.
_MAIL = "mail"


class SettingsError(TianbaoError):
    """The settings cannot be used. `faults` holds every reason: a code and its facts."""

    code: ClassVar[str] = "U-SETTINGS"

    def __init__(self, faults: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        super().__init__(path=SETTINGS, count=len(faults))
        self.faults = tuple(faults)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [
            f"  × {code}  {messages.say(code, lang, **facts)} {messages.hint(code, lang, **facts)}"
            for code, facts in self.faults
        ]
        return "\n".join([super().message(lang), *lines])


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a campaign.

    Attributes:
        form: the name of the form; its definition lies in the campaign's own folder.
        year: the report year.
        county: whose report the merged one is.
        issuer: the office that collects.
        contact: whom to call, and how.
        due: the last day on which a report is in time; None where none is set.
        late: the last day on which a late one is still taken.
        mail: the table of the mail account, as it is written; empty where there is none.
    """

    form: str
    year: int
    county: str = ""
    issuer: str = ""
    contact: str = ""
    due: date | None = None
    late: date | None = None
    mail: Mapping[str, Any] = field(default_factory=dict)


def write_settings(settings: Settings) -> str:
    """Write the settings as people will edit them."""
    s = settings
    words = {name: json.dumps(getattr(s, name), ensure_ascii=False) for name in ("form", "county", "issuer", "contact")}
    days = {
        name: f"{key} = {day.isoformat()}" if (day := getattr(s, name)) else f"# {key} = {s.year + 1}-01-{example}"
        for key, name, example in (("return", "due", 20), ("late", "late", 31))
    }
    written = messages.say("campaign.settings", "zh", year=s.year, **words, **days)
    return f"{written}\n{example()}"


def judge_settings(settings: Settings) -> Settings:
    """Return the settings as they will be read, once they are written.

    Raises:
        SettingsError: there are faults in them.
    """
    return read_settings(write_settings(settings))


def read_settings(text: str) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: there are faults in them.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([("U-SETTINGS-TOML", {"problem": str(error)})]) from error
    faults = list(_faults(document))
    if faults:
        raise SettingsError(faults)
    settings = Settings(**{name: document[name] for name in _TYPES if name in document})
    days = {_DEADLINES[name]: day for name, day in document.get("deadline", {}).items()}
    return replace(settings, **days, mail=document.get(_MAIL, {}))


def load_settings(folder: Folder) -> Settings:
    """Read the settings of a campaign.

    Raises:
        SettingsError: there are faults in them, or the file cannot be read.
    """
    try:
        return read_settings((folder / SETTINGS).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([("U-SETTINGS-TOML", {"problem": str(error)})]) from error


def _faults(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for name in ("form", "year"):
        if name not in document:
            yield "U-SETTINGS-MISSING", {"name": name}
    for name, value in document.items():
        if name in _TYPES:
            if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
                yield "U-SETTINGS-TYPE", {"name": name, "value": value}
        elif name == _MAIL:
            if not isinstance(value, dict):
                yield "U-SETTINGS-TYPE", {"name": name, "value": value}
        elif name != "deadline":
            yield "U-SETTINGS-NAME", {"name": name, "known": "、".join((*_TYPES, "deadline", _MAIL))}
    deadlines = document.get("deadline", {})
    if not isinstance(deadlines, dict):
        yield "U-SETTINGS-TYPE", {"name": "deadline", "value": deadlines}
        return
    for name, value in deadlines.items():
        if name not in _DEADLINES:
            yield "U-SETTINGS-NAME", {"name": f"deadline.{name}", "known": "、".join(_DEADLINES)}
        elif not isinstance(value, date) or isinstance(value, datetime):
            yield "U-SETTINGS-DAY", {"name": f"deadline.{name}", "value": value}
    due, late = deadlines.get("return"), deadlines.get("late")
    if type(due) is type(late) is date and late < due:
        yield "U-SETTINGS-ORDER", {"due": due, "late": late}
