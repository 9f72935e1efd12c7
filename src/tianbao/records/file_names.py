"""The name of a file, as every system can store it.

In:   what people call something.
Out:  a name that Windows, the strictest of all, takes; and no longer than people read.
"""

from __future__ import annotations

import re

#: What nobody sees in a name: control characters, marks that turn the direction of writing, blanks without width.
UNSEEN = "\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"

#: What Windows, the strictest of all, lets stand in no name, and the names that are devices there, whatever follows a dot.
_NOT_IN_NAMES = re.compile(f'[<>:"/\\\\|?*\\x00-\\x1f{UNSEEN}]')
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_LONGEST_FILE_NAME = 60


def file_name(name: str, suffix: str) -> str:
    """Make the name of a file of what people call it, which every system can store.

    >>> file_name("018_a/b: 镇 . ", ".xlsx"), file_name("con.1", ".xlsx"), file_name("", ".xlsx")
    ('018_a_b_ 镇.xlsx', '_con.1.xlsx', '_.xlsx')
    """
    stored = _NOT_IN_NAMES.sub("_", name)[:_LONGEST_FILE_NAME].strip(" .")
    return f"{'_' if not stored or _DEVICES.match(stored) else ''}{stored}{suffix}"
