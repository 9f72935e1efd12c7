"""The townships at the other end: each opens what it was sent, fills it in, and replies, as one of four mail programs would.

a mail from the office ──any program──▶ its workbook ──typed into──▶ a reply, in the program's own manner
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from html import escape

from tests.campaign.office import FORM, answers
from tests.mail import samples
from tests.workbook.returned import typed, where
from tianbao.form.load import load_form
from tianbao.records.model import Value

#: How each of the four programs writes a reply.
MANNERS: tuple[Callable[..., bytes], ...] = (
    samples.reply_as_qq,
    samples.reply_as_163,
    samples.reply_as_foxmail,
    samples.reply_as_outlook,
)


def opened(data: bytes) -> EmailMessage:
    """Open a mail as any program does."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def attached(mail: EmailMessage) -> tuple[str, bytes]:
    """Return the one file that is attached to a mail."""
    (part,) = mail.iter_attachments()
    data, name = part.get_payload(decode=True), part.get_filename()
    assert isinstance(data, bytes)
    assert name
    return name, data


def typed_in_place(workbook: bytes, values: Mapping[str, Value]) -> bytes:
    """Type answers into the cells as they stand in the file, as a program does that keeps all else as it is."""
    form = load_form(FORM)
    sheets: dict[str, dict[str, Value]] = {}
    for key, value in values.items():
        sheet, cell = where(key, form)
        sheets.setdefault(sheet, {})[cell] = value
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        names = re.findall(r'<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
        filled = {f"xl/worksheets/sheet{names.index(sheet) + 1}.xml": cells for sheet, cells in sheets.items()}
        for member in old.namelist():
            data = old.read(member).decode() if member in filled else ""
            for cell, value in filled.get(member, {}).items():
                (was,) = re.findall(rf'<c r="{cell}"[^>]*?/>|<c r="{cell}"[^>]*?[^/]>.*?</c>', data)
                data = data.replace(was, _cell(cell, was, value))
            new.writestr(member, data or old.read(member))
    return saved.getvalue()


def _cell(name: str, was: str, value: Value) -> str:
    """Write a cell with the look that it had."""
    look = "".join(re.findall(r' s="[0-9]+"', was))
    if isinstance(value, int):
        return f'<c r="{name}"{look}><v>{value}</v></c>'
    return f'<c r="{name}"{look} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def reply(sent: bytes, *, number: int, sender: str, turn: int = 0, values: Mapping[str, Value]) -> bytes:
    """Fill in the workbook of a mail and reply to it.

    Args:
        sent: the mail, as it arrived.
        number: of the unit: it always uses the same program.
        sender: from which address it replies.
        turn: which reply of the unit it is.
        values: what differs from a report of zeros, `.` as `__`.
    """
    mail = opened(sent)
    name, workbook = attached(mail)
    form = load_form(FORM)
    said = values if turn else {**answers(form), **values}
    wanted = {key.replace("__", "."): value for key, value in said.items()}
    manner = number % len(MANNERS)
    return MANNERS[manner](
        typed(wanted, form, workbook) if manner == 0 else typed_in_place(workbook, wanted),
        name,
        sender=sender,
        to=str(mail["From"].addresses[0].addr_spec),
        subject=f"回复：{mail['Subject']}",
        answers=str(mail["Message-ID"]),
        message_id=f"<reply{turn}.{number}@{sender.rpartition('@')[2]}>",
    )
