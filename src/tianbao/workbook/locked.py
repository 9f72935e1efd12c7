"""Files with a password to open, where somebody knows it.

    a locked candidate + passwords ──a process with limits: msoffcrypto──▶ the same, unlocked and judged again

In:   a file that is refused because it is encrypted: .xlsx, .xls or .et.
Out:  the file as it was before it was locked, or the reason why it stays locked.
Knows nothing of workbooks. No password is ever an argument, or written into a file, a message or an error.
"""

from __future__ import annotations

import json
from dataclasses import replace

from tianbao.workbook.child import ChildError, ask_child
from tianbao.workbook.guard import LIMITS, Candidate, Limits, judge
from tianbao.workbook.package import PackageError
from tianbao.workbook.passwords import Passwords

_CHILD = "tianbao.workbook.decrypt"

#: A workbook whose structure is locked is encrypted with this by Excel where the format is .xls; nobody has typed it, and
#: every program opens such a file without asking (MS-OFFCRYPTO and MS-XLS, "default password").
DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 (it is no secret)


def unlock(candidate: Candidate, passwords: Passwords, *, limits: Limits = LIMITS) -> Candidate:
    """Open a locked file.

    Returns:
        The candidate with the bytes that were encrypted; `unlocked` where it took one of the passwords.

    Raises:
        PackageError: it stays locked; its parser took too long.
    """
    words = [*passwords, DEFAULT_PASSWORD]
    said = json.dumps(words).encode() + b"\n" + candidate.data
    try:
        answer = ask_child(
            _CHILD, limits.legacy_memory, limits.legacy_seconds, data=said, seconds=limits.legacy_seconds
        )
    except ChildError as fault:
        code = "F-LEGACY-LIMIT" if fault.is_slow else "F-ENCRYPTED-DAMAGED"
        raise PackageError(code, name=candidate.name) from fault
    line, _, data = answer.partition(b"\n")
    told = json.loads(line)
    if "fault" in told:
        #: Without a password nothing was tried, so nothing is known but that there is one.
        code = told["fault"] if passwords else "F-ENCRYPTED"
        raise PackageError(code, name=candidate.name, count=len(passwords))
    judgement = judge(data, name=candidate.name, limits=limits)
    return replace(candidate, data=data, judgement=judgement, unlocked=told["password"] < len(passwords))
