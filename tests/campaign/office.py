"""A county office in a test: a campaign of a small form, and units that fill in what they were sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from tianbao.campaign.campaign import Campaign
from tianbao.campaign.issuance import sign
from tianbao.campaign.settings import Settings
from tianbao.form.load import load_form
from tianbao.form.model import Form
from tianbao.records.model import Unit, Value
from tianbao.workbook.write import write_workbook

FORM = "fire-safety"
YEAR = 2025


def code(number: int) -> str:
    return f"9999{number:05d}"


def name(number: int) -> str:
    return f"第{number}镇（示例）"


def roster(count: int, *, changed: dict[int, str] | None = None) -> str:
    """Write a roster of so many units as CSV; `changed` gives the last columns of a line: 计入全县,免报,并入."""
    lines = ["序号,代码,名称,类别,上级,联系人,电话,邮箱,计入全县,免报,并入"]
    lines += [
        f"{n},{code(n)},{name(n)},乡镇,,王{n},0350-55{n:05d},unit{n}@example.org,{(changed or {}).get(n, '是,否,')}"
        for n in range(1, count + 1)
    ]
    return "\n".join(lines) + "\n"


def begin(folder: Path, units: int = 3, **settings: object) -> Campaign:
    """Begin a campaign in a folder that is made, with so many units."""
    listed = folder.parent / f"{folder.name}.csv"
    listed.write_text(roster(units), encoding="utf-8")
    facts = {"county": "示例县", "issuer": "示例县政府办", **settings}
    return Campaign.create(folder, Settings(FORM, YEAR, **facts), roster=listed)  # type: ignore[arg-type]


def answers(form: Form, *, year: int = YEAR) -> dict[str, Value]:
    """Return answers in which nothing is to be mended: zeros, and what the cover asks for."""
    values: dict[str, Value] = {cell.key: 0 for cell in form.tables[0].inputs()}
    values |= {cell.key: cell.codes[0] if cell.codes else "某" for cell in form.cover if not cell.default}
    values["cover.filled_on"] = f"{year}-12-31"
    return values


def returned(
    campaign: Campaign,
    number: int,
    *,
    turn: int | None = 0,
    unit: Unit | None = None,
    year: int = YEAR,
    secret: str | None = None,
    **values: Value,
) -> bytes:
    """Make the workbook that a unit sends back: what it was sent the `turn`-th time, filled in.

    Args:
        campaign: that issued it.
        number: of the unit.
        turn: which of its workbooks; None for one that nobody signed.
        unit: what stands in it in the unit's place.
        year: the report year that stands in it.
        secret: of another campaign that signed it.
        values: what differs from a report of zeros, `.` as `__`; a key with None is left blank.
    """
    form = load_form(FORM)
    own = Unit(code(number), name(number), "乡镇")
    filled = answers(form, year=year) | {key.replace("__", "."): value for key, value in values.items()}
    signed = ""
    if turn is not None:
        key = secret or campaign.state.secret
        signed = sign(key, form=FORM, year=YEAR, unit=own.code, turn=turn)
    data = io.BytesIO()
    given = {key: value for key, value in filled.items() if value is not None}
    write_workbook(form, data, unit=unit or own, year=year, values=given, issuance=signed)
    return data.getvalue()


def put(folder: Path, file: str, data: bytes) -> Path:
    """Put a file where it can be imported from."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Put files into a zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for file, content in members:
            archive.writestr(zipfile.ZipInfo(file), content)
    return data.getvalue()
