"""Which mail is which: the code at the end of a subject, and what each mail is called.

In:   the campaign's secret, year, unit, and what is in the mail.
Out:  `TB25-140922018-K3F7QA`, which survives replies and forwards; a Message-ID, which replies name.
Knows nothing of mails. The same mail is called the same, so that a server that gets it twice can see that it is one; another
one is called otherwise, on whatever machine with a copy of the folder it was written.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

#: A unit's code as it can stand in a subject: what is longer, or not ASCII, has a digest in its place.
_PLAIN = re.compile(r"[0-9A-Za-z]{1,24}")
_TAG, _DIGITS, _ID = 6, 10, 24


def subject_code(secret: str, *, year: int, unit: str) -> str:
    """Return the code of a unit's mails.

    >>> subject_code("00", year=2025, unit="140922018")
    'TB25-140922018-MRZKHK'
    """
    tag = base64.b32encode(_digest(secret, "subject", str(year), unit)).decode()[:_TAG]
    plain = unit if _PLAIN.fullmatch(unit) else hashlib.sha256(unit.encode()).hexdigest()[:_DIGITS]
    return f"TB{year % 100:02}-{plain}-{tag}"


def units_by_code(secret: str, *, year: int, units: Iterable[str]) -> Mapping[str, str]:
    """Return whose the code in a subject is: the unit by the code in capitals."""
    return {subject_code(secret, year=year, unit=unit).upper(): unit for unit in units}


def message_id(secret: str, number: int, *holds: str, address: str) -> str:
    """Call a mail.

    Args:
        secret: the campaign's.
        number: of the mail.
        holds: all that tells it from another one.
        address: from which it is sent; the name ends like it.

    >>> message_id("00", 7, "140922018", "issue", address="office@example.org")
    '<tb7.d636f963d08b07c6bf769288@example.org>'
    """
    digest = _digest(secret, "mail", str(number), *holds).hex()[:_ID]
    return f"<tb{number}.{digest}@{address.rpartition('@')[2]}>"


def _digest(secret: str, *parts: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), "\n".join(parts).encode(), hashlib.sha256).digest()
