"""Last year's reports as they were published: into this year's workbooks, and held against what comes back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.documents.documents import as_word
from tests.records.samples import submission
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.prior import read_last_year
from tianbao.campaign.settings import Settings
from tianbao.form.load import load_form
from tianbao.records.model import Unit
from tianbao.reports.published import Format, draw, report_of_unit
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook

FORM, OLD = load_form("zfxxgk-2021"), load_form("zfxxgk-2019")
UNITS = [Unit(f"9999011{n:02}", f"{name}（示例）") for n, name in enumerate(
    ["清河镇", "云岭镇", "柳溪镇", "石桥镇", "安平镇", "双泉镇", "望山乡", "东湾乡", "梨园乡", "青松乡", "长岭乡", "白石乡"], start=1)]  # fmt: skip
CARRIED = "requests.carried_out.natural"


def carried(n: int) -> dict[str, int]:
    """Last year n came, and one of them is still open."""
    return {"requests.new.natural": n, "requests.granted.natural": n - 1, CARRIED: 1} if n else {}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Twelve Word files of last year, written by us, each called as people call them."""
    folder = tmp_path / "上年"
    folder.mkdir()
    for n, unit in enumerate(UNITS):
        named = Unit(unit.code, unit.name.removesuffix("（示例）"))
        sent = submission(FORM, carried(n), unit=named, year=2024)
        (folder / f"{named.name}年报.docx").write_bytes(draw(report_of_unit(sent), Format.WORD))
    return folder


def begin(tmp_path: Path, prior: Path) -> Campaign:
    roster = tmp_path / "名录.csv"
    roster.write_text("代码,名称\n" + "".join(f"{unit.code},{unit.name}\n" for unit in UNITS), encoding="utf-8")
    return Campaign.create(
        tmp_path / "年报", Settings(FORM.id, 2025, issuer="示例县政府办"), roster=roster, prior=[prior]
    )


def test_twelve_word_files_fill_the_cells_of_last_year_and_are_held_against_what_comes_back(
    tmp_path: Path, published: Path
) -> None:
    place = make_layout(FORM).places[f"prior.{CARRIED}"]

    with begin(tmp_path, published) as campaign:
        assert [campaign.prior[unit.code][CARRIED] for unit in UNITS] == [0, *[1] * 11]
        assert campaign.left_out_of_prior == ()
        campaign.issue()
        for n, unit in enumerate(UNITS):
            (file,) = (campaign.folder / "1-下发").glob(f"{unit.code}_*")
            sheet = openpyxl.load_workbook(file)[place.sheet]
            assert sheet[a1(place.row, place.column)].value == (1 if n else 0), unit.name

        (file,) = (campaign.folder / "1-下发").glob(f"{UNITS[3].code}_*")
        blank = read_workbook(file)
        answered = submission(FORM, {"requests.carried_in.natural": 0}, unit=UNITS[3])
        data = tmp_path / "回.xlsx"
        values = {key: value for key, value in answered.values.items() if FORM.cell(key).kind.value == "input"}
        more = {key: answered[key] for key in FORM.by_key if key.startswith(("cover.", "text."))}
        write_workbook(FORM, data, unit=UNITS[3], year=2025, values={**values, **more}, issuance=blank.issuance)
        campaign.import_files([data])

        found = {finding.code: finding for finding in campaign.check()[UNITS[3].code]}
        assert {"Y-01"} <= set(found)
        assert found["Y-01"].imbalance == -1


def test_a_report_of_nobody_on_the_roster_is_told_with_its_name(published: Path) -> None:
    sent = submission(FORM, {}, unit=Unit("1", "大石桥镇"), year=2024)
    (published / "别县.docx").write_bytes(draw(report_of_unit(sent), Format.WORD))

    last = read_last_year([published], FORM, year=2025, units=UNITS)

    assert [(left.file, left.code) for left in last.left_out] == [("别县.docx", "U-PRIOR-NAME")]
    assert last.left_out[0].message("zh").startswith("别县.docx 写的是“大石桥镇”，名录里没有这个单位，没有采用。")


def test_a_short_name_that_several_may_have_is_nobodys(tmp_path: Path) -> None:
    sent = submission(FORM, {}, unit=Unit("1", "教育局"), year=2024)
    (tmp_path / "局.docx").write_bytes(draw(report_of_unit(sent), Format.WORD))
    units = [Unit("1", "甲县教育局"), Unit("2", "乙县教育局")]

    last = read_last_year([tmp_path / "局.docx"], FORM, year=2025, units=units)

    assert [(left.code, left.params["units"]) for left in last.left_out] == [
        ("U-PRIOR-NAME-SEVERAL", "甲县教育局、乙县教育局")
    ]


def test_what_could_not_be_read_is_told_by_unit_and_cell(tmp_path: Path) -> None:
    values = dict(submission(OLD, {"requests.granted.natural": 2}, year=2024).values) | {
        "requests.new.natural": "两件多"
    }
    (tmp_path / "清河镇.docx").write_bytes(as_word(OLD, values, year=2024))
    units = [UNITS[0], Unit("9", "白家庄镇")]

    last = read_last_year([tmp_path / "清河镇.docx"], FORM, year=2025, units=units)

    assert [(unit.name, note.code, note.key, note.at) for unit, note in last.unread] == [
        ("白家庄镇", "V-UNREADABLE", "requests.new.natural", "表格2!第4行第2格")
    ]


def test_a_roster_that_comes_later_knows_them_by_their_names(tmp_path: Path, published: Path) -> None:
    with Campaign.create(
        tmp_path / "年报", Settings(FORM.id, 2025, issuer="示例县政府办"), prior=[published]
    ) as campaign:
        assert set(campaign.prior) == {unit.name.removesuffix("（示例）") for unit in UNITS}
        book = openpyxl.load_workbook(campaign.folder / "名录.xlsx")
        sheet = book.worksheets[0]
        heads = {str(cell.value): cell.column for line in sheet.iter_rows(max_row=6) for cell in line if cell.value}
        (first,) = (
            cell.row + 1 for line in sheet.iter_rows(max_row=6) for cell in line if cell.value == "代码" and cell.row
        )
        for n, unit in enumerate(UNITS):
            sheet.cell(first + n, heads["代码"], unit.code)
            sheet.cell(first + n, heads["名称"], unit.name)
        book.save(campaign.folder / "名录.xlsx")
        campaign.issue()

        assert [campaign.prior[unit.code][CARRIED] for unit in UNITS] == [0, *[1] * 11]
