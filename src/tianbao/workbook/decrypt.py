"""A workbook with a password to open becomes one without, by msoffcrypto in a process of its own.

    stdin: passwords, bytes ──msoffcrypto──▶ stdout: which password it was and the bytes, or the reason why not

In:   on standard input a line of JSON, the passwords, and then the file; as an argument, how much memory it may take.
Out:  a line of JSON and then the file, for `tianbao.workbook.locked`.
Knows nothing of workbooks. The only room that msoffcrypto enters; nothing but `locked` starts it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from io import BytesIO

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

from tianbao.workbook.child import limit_process

#: Why a file stays locked, the most telling first.
_WRONG, _METHOD, _DAMAGED = "F-PASSWORD", "F-ENCRYPTED-METHOD", "F-ENCRYPTED-DAMAGED"


def main() -> None:
    """Read standard input; whatever goes wrong is an answer too."""
    limit_process(*map(int, sys.argv[1:]))
    #: msoffcrypto puts an .xls together in a temporary file; what was locked is written to no disk.
    tempfile.TemporaryFile = BytesIO  # type: ignore[assignment]
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    opened = b""
    try:
        number, opened = decrypt(data, json.loads(line))
        answer: dict[str, object] = {"password": number}
    except LockedError as fault:
        answer = {"fault": fault.code}
    except MemoryError:
        answer = {"fault": "F-LEGACY-LIMIT"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + opened)


class LockedError(Exception):
    """A file stays locked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decrypt(data: bytes, passwords: Sequence[str]) -> tuple[int, bytes]:
    """Open a file with the first password that fits.

    Returns:
        The number of the password, and the file as it was before it was locked.

    Raises:
        LockedError: none fits, the way of encryption is not known, or the file is damaged.
    """
    faults = set()
    for number, password in enumerate(passwords):
        try:
            return number, _opened(data, password)
        except (LockedError, MemoryError):
            raise
        except BaseException as fault:  # noqa: BLE001 (a damaged file makes msoffcrypto raise whatever comes)
            faults.add(_code(fault))
    raise LockedError(min(faults, key=(_WRONG, _METHOD, _DAMAGED).index))


def _opened(data: bytes, password: str) -> bytes:
    """Open a file with a password, and be sure that it is the one: what goes wrong after that is not its fault."""
    file = msoffcrypto.OfficeFile(BytesIO(data))
    #: An old format compares the password always, a new one only if it is told to.
    options = {"verify_password": True} if file.format == "ooxml" else {}
    file.load_key(password=password, **options)
    target = BytesIO()
    try:
        file.decrypt(target)
    except InvalidKeyError as fault:  # the password is right, what it opens is no workbook any more
        raise LockedError(_DAMAGED) from fault
    return target.getvalue()


def _code(fault: BaseException) -> str:
    """Say why a password did not open a file; one that holds half a character is merely wrong."""
    if isinstance(fault, InvalidKeyError | UnicodeEncodeError):
        return _WRONG
    return _METHOD if isinstance(fault, DecryptionError | FileFormatError) else _DAMAGED


if __name__ == "__main__":
    main()
