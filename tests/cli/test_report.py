"""`report`: what is written where, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from tests.campaign.office import begin, name, put, returned
from tests.cli.conftest import Call, Maker
from tianbao.cli.main import COMMANDS
from tianbao.messages import LANGUAGES

TITLE = "2025年乡镇消防安全检查季报"


def figures(path: Path) -> list[str]:
    """Return the figures of the first row of the first table of a Word file."""
    table = docx.Document(str(path)).tables[0]
    return [cell.text for cell in table.rows[2].cells]


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign of two units, of which the first has answered."""
    with begin(tmp_path / "年报", 2) as office:
        office.issue()
        data = returned(office, 1, inspections__public__places=7)
        office.import_files([put(tmp_path / "来件", "1.xlsx", data)])
    return tmp_path / "年报"


def test_a_workbook_becomes_a_word_file_and_a_page(call: Call, workbook: Maker, tmp_path: Path) -> None:
    told = call("report", workbook("1.xlsx", inspections__public__places=7), "-o", "公布")

    assert (told.status, told.out) == (0, f"● 第1镇{TITLE}\n")
    assert told.err.splitlines()[-1] == "√ 写好 2 个文件，其中 0 个与上次一样。"
    assert sorted(path.name for path in (tmp_path / "公布").iterdir()) == [f"第1镇{TITLE}.docx", f"第1镇{TITLE}.html"]
    assert "7" in figures(tmp_path / f"公布/第1镇{TITLE}.docx")


@pytest.mark.parametrize(("option", "suffix"), [("--word", ".docx"), ("--html", ".html")])
def test_one_of_them_alone(call: Call, workbook: Maker, tmp_path: Path, option: str, suffix: str) -> None:
    assert call("report", workbook("1.xlsx"), option, "-o", "公布").status == 0

    assert [path.name for path in (tmp_path / "公布").iterdir()] == [f"第1镇{TITLE}{suffix}"]


def test_two_units_of_one_name_do_not_share_a_file(call: Call, workbook: Maker, tmp_path: Path) -> None:
    workbook("1.xlsx", "1")
    (tmp_path / "2.xlsx").write_bytes((tmp_path / workbook("1b.xlsx", "1", inspections__public__places=2)).read_bytes())

    told = call("report", "1.xlsx", "2.xlsx", "--word", "-o", "公布")

    assert told.status == 0
    assert len(list((tmp_path / "公布").iterdir())) == 2


def test_what_is_there_is_not_written_over(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx")
    call("report", name, "--word", "-o", "公布")
    edited = tmp_path / f"公布/第1镇{TITLE}.docx"
    edited.write_bytes(b"by hand")

    told = call("report", name, "-o", "公布")

    assert told.status == 3
    assert "U-EXISTS" in told.err
    assert edited.read_bytes() == b"by hand"
    assert not edited.with_suffix(".html").exists()
    assert call("report", name, "--word", "-o", "公布", "--force").status == 0


def test_what_must_be_mended_first_is_told_and_ends_with_one(call: Call, workbook: Maker) -> None:
    told = call("report", workbook("1.xlsx", inspections__public__places=None), "--word", "-o", "公布")

    assert told.status == 1
    assert told.out.splitlines()[1:] == [
        "  × 审核未通过：还有 1 处必须改正（C-01），改正后重新生成，再公布。",
        "  × 还有 1 格没有填或者读不出（表一 商场、宾馆、学校 → 场所总数），填好后重新生成，再公布。",
    ]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_written(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    (tmp_path / "说明.pdf").write_bytes(b"%PDF-1.4\n")

    told = call("report", "说明.pdf", workbook("1.xlsx"), "--word", "-o", "公布")

    assert told.status == 1
    assert "F-PDF" in told.out
    assert len(list((tmp_path / "公布").iterdir())) == 1


def test_the_countys_report_of_files_adds_up_and_names_who_publishes_it(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    names = [workbook(f"{n}.xlsx", f"{n}", inspections__public__places=n) for n in (3, 4)]

    told = call("report", *names, "--county", "--issuer", "示例县人民政府", "--word", "-o", "公布")

    assert told.status == 0
    assert "7" in figures(tmp_path / f"公布/示例县人民政府{TITLE}.docx")
    assert call("report", *names, "--county", "-o", "公布").status == 2


def test_the_office_keeps_the_words_of_its_last_draft(call: Call, workbook: Maker, tmp_path: Path) -> None:
    names = [workbook(f"{n}.xlsx", f"{n}") for n in (3, 4)]
    call("report", *names, "--county", "--issuer", "示例县", "--word", "-o", "一稿")
    draft = docx.Document(str(tmp_path / f"一稿/示例县{TITLE}.docx"))
    marked = next(one for one in draft.paragraphs if one.text.startswith("〔草稿〕"))
    marked.text = "本季度检查正常。"
    draft.save(str(tmp_path / "改.docx"))

    told = call("report", *names, "--county", "--issuer", "示例县", "--texts", "改.docx", "--word", "-o", "二稿")

    again = docx.Document(str(tmp_path / f"二稿/示例县{TITLE}.docx"))
    assert told.status == 0
    assert "本季度检查正常。" in [one.text for one in again.paragraphs]
    assert not any("〔草稿〕" in one.text for one in again.paragraphs)


def test_a_template_is_written_restyled_and_used(call: Call, workbook: Maker, tmp_path: Path) -> None:
    assert call("report", "--new-template", "模板.docx", "--form", "fire-safety").status == 0
    template = docx.Document(str(tmp_path / "模板.docx"))
    template.paragraphs[0].insert_paragraph_before("示例县消防安全委员会")
    template.save(str(tmp_path / "模板.docx"))

    told = call("report", workbook("1.xlsx"), "--word", "--template", "模板.docx", "-o", "公布")

    assert told.status == 0
    assert docx.Document(str(tmp_path / f"公布/第1镇{TITLE}.docx")).paragraphs[0].text == "示例县消防安全委员会"


def test_a_broken_template_is_told_with_its_fault(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "模板.docx").write_bytes(b"no docx")

    told = call("report", workbook("1.xlsx"), "--template", "模板.docx", "-o", "公布")

    assert told.status == 3
    assert "模板.docx" in told.err


def test_in_a_campaign_the_units_that_count_get_theirs(call: Call, campaign: Path) -> None:
    told = call("-C", str(campaign), "report")

    assert (told.status, told.out) == (0, f"● 5-发布/word/{name(1)}{TITLE}.docx\n● 5-发布/html/{name(1)}{TITLE}.html\n")
    assert "7" in figures(campaign / f"5-发布/word/{name(1)}{TITLE}.docx")


def test_in_a_campaign_the_countys_says_who_is_missing(call: Call, campaign: Path) -> None:
    who = "示例县人民政府"
    assert call("-C", str(campaign), "report", "--county", "--word", "--issuer", who).out.startswith(
        f"● 5-发布/word/{who}{TITLE}.docx"
    )

    told = call("-C", str(campaign), "report", "--county", "--word", "--date", "2026-03-20")

    assert told.status == 1
    assert told.out == f"● 5-发布/word/示例县{TITLE}.docx\n  × 还不完整：应报 2 家，计入 1 家，缺 {name(2)}。\n"
    written = docx.Document(str(campaign / f"5-发布/word/示例县{TITLE}.docx"))
    assert "2026年3月20日" in [one.text for one in written.paragraphs]


def test_an_edited_report_of_a_campaign_is_told_and_kept(call: Call, campaign: Path) -> None:
    call("-C", str(campaign), "report", "--word")
    edited = campaign / f"5-发布/word/{name(1)}{TITLE}.docx"
    edited.write_bytes(b"by hand")

    told = call("-C", str(campaign), "report", "--word")

    assert told.status == 1
    assert "[U-REPORT-CHANGED]" in told.err
    assert edited.read_bytes() == b"by hand"


def test_a_dry_run_writes_nothing(call: Call, campaign: Path, workbook: Maker, tmp_path: Path) -> None:
    assert call("-C", str(campaign), "report", "--dry-run").out.startswith("会写 2 个文件到 5-发布：\n")
    assert call("report", f"../{workbook('9.xlsx')}", "-o", "公布", "--dry-run").status == 0

    assert not list((campaign / "5-发布").rglob("*.docx"))
    assert not (tmp_path / "公布").exists()


def test_units_and_files_are_not_mixed(call: Call, workbook: Maker) -> None:
    told = call("report", workbook("1.xlsx"), "第2镇", "-o", "公布")

    assert told.status == 2
    assert "[U-REPORT-MIXED] “第2镇”不是这里的文件" in told.err


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("1.xlsx",), "-o"),
        (("1.xlsx", "--texts", "1.xlsx", "-o", "x"), "--county"),
        (("1.xlsx", "--issuer", "县", "-o", "x"), "--county"),
    ],
)
def test_what_is_lacking_is_named(call: Call, workbook: Maker, arguments: tuple[str, ...], missing: str) -> None:
    workbook("1.xlsx")

    told = call("report", *arguments)

    assert told.status == 2
    assert missing in told.err


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("form", "mail", "outbox")])
def test_every_option_of_every_command_has_its_words(call: Call, name: str) -> None:
    for lang in LANGUAGES:
        told = call(name, "--help", "--lang", lang)

        assert (told.status, told.err) == (0, "")
        assert f"tianbao {name}" in told.out
