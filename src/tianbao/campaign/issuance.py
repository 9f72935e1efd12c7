"""Whose is it? What a campaign signs into every workbook that it issues.

In:   the campaign's secret, form, year, unit, and which time the unit gets a workbook.
Out:  a short text that stands in the workbook; of one that came back, whether it is ours, and which time it was.
Knows nothing of workbooks. It keeps apart what was mixed up: another round's workbook, one with another unit's name put
into it, one that somebody made himself. It is no proof against whoever has the campaign's folder.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

#: So many characters of a digest tell as many workbooks apart as there will ever be.
_LENGTH = 20
_WRITTEN = re.compile(r"r(?P<turn>[0-9]{1,4})\.(?P<signature>[0-9a-f]{20})")


def new_secret() -> str:
    """Make the secret of a campaign."""
    return secrets.token_hex(32)


def sign(secret: str, *, form: str, year: int, unit: str, turn: int) -> str:
    """Sign the workbook that a unit gets for the `turn`-th time; the first one is issued, the others are sent back.

    >>> sign("00", form="zfxxgk-2021", year=2025, unit="140922018", turn=0)
    'r0.948ca84da0e9804a57f3'
    """
    message = "\n".join((form, str(year), unit, str(turn))).encode()
    return f"r{turn}.{hmac.new(bytes.fromhex(secret), message, hashlib.sha256).hexdigest()[:_LENGTH]}"


def turn_of(secret: str, issuance: str, *, form: str, year: int, unit: str) -> int | None:
    """Return which time a unit got the workbook that carries this; None where we did not sign it for this unit.

    >>> turn_of("00", "r0.948ca84da0e9804a57f3", form="zfxxgk-2021", year=2025, unit="140922018")
    0
    >>> turn_of("00", "r0.948ca84da0e9804a57f3", form="zfxxgk-2021", year=2025, unit="140922019")
    """
    found = _WRITTEN.fullmatch(issuance)
    if found is None:
        return None
    turn = int(found["turn"])
    return turn if hmac.compare_digest(issuance, sign(secret, form=form, year=year, unit=unit, turn=turn)) else None
