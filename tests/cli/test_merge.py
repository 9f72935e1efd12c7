"""`merge`: one workbook of many, who is missing, and where each total came from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from tests.cli.conftest import Call, Maker

ROSTER = "代码,名称,计入全县,免报\n2,第2镇,是,否\n1,第1镇,是,否\n3,第3镇,是,否\n4,档案馆,否,否\n5,第5镇,是,是\n"


def test_workbooks_are_merged_into_one(call: Call, workbook: Maker, tmp_path: Path) -> None:
    names = [
        workbook("1.xlsx", "1", inspections__public__places=3),
        workbook("2.xlsx", "2", inspections__public__places=4),
    ]

    told = call("merge", *names, "-o", "县.xlsx")

    assert (told.status, told.out) == (0, "2025年乡镇消防安全检查季报（fire-safety）\n● 已汇总 2 家：第1镇、第2镇\n")
    assert told.err.splitlines()[-1] == "√ 汇总表写到 县.xlsx"
    assert openpyxl.load_workbook(tmp_path / "县.xlsx").sheetnames


def test_the_roster_tells_who_is_missing_and_the_order(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(ROSTER, encoding="utf-8")
    names = [workbook(f"{code}.xlsx", code) for code in ("1", "2", "4")]

    told = call("merge", *names, "--roster", "名录.csv", "-o", "县.xlsx")

    assert (told.status, told.out.splitlines()) == (
        0,
        [
            "2025年乡镇消防安全检查季报（fire-safety）",
            "● 已汇总 2 家：第2镇、第1镇",
            "○ 未报 1 家：第3镇",
            "○ 名录注明不计入全县：档案馆",
        ],
    )


def test_what_is_left_out_and_what_is_not_complete_is_told(call: Call, workbook: Maker) -> None:
    names = [
        workbook("1.xlsx", "1", inspections__public__places=None),
        workbook("2.xlsx", "2"),
        workbook("3.xlsx", "3", year=2024),
    ]

    told = call("merge", *names, "-o", "县.xlsx")

    assert told.status == 1
    lines = told.out.splitlines()
    assert lines[1] == "● 已汇总 2 家：第1镇、第2镇"
    assert lines[2].startswith("× 3.xlsx  M-YEAR  “第3镇”填的是 2024 年的表，本次汇总的是 2025 年，没有计入。")
    assert lines[3].endswith("格的合计不完整，有单位没有填或填得读不出：第1镇")
    assert len(lines) == 4


def test_the_same_workbook_in_a_folder_and_in_a_zip_is_counted_once(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    (tmp_path / "收件").mkdir()
    name = workbook("收件/1.xlsx", inspections__public__places=3)
    with ZipFile(tmp_path / "收件" / "全部.zip", "w") as archive:
        archive.write(tmp_path / name, "1（最终）.xlsx")
        archive.writestr("2.xlsx", (tmp_path / workbook("2.xlsx", "2")).read_bytes())

    told = call("merge", "收件", "-o", "县.xlsx")

    assert (told.status, told.out.splitlines()[1:]) == (
        0,
        [
            "● 已汇总 2 家：第1镇、第2镇",
            "○ 全部.zip/1（最终）.xlsx  M-SAME  全部.zip/1（最终）.xlsx 与 1.xlsx 是同一个文件，只计一次。 不用处理：没有重复计算。",
        ],
    )
    assert json.loads(call("merge", "收件", "--json").out)["totals"]["inspections.public.places"] == 3
    findings = openpyxl.load_workbook(tmp_path / "县.xlsx")["审核情况"]
    assert [row[1].value for row in findings.iter_rows(min_row=4)] == []


def test_two_different_workbooks_of_a_unit_leave_it_out_and_the_cells_are_named(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    for day, places in (("周一", 3), ("周二", 4)):
        (tmp_path / day).mkdir()
        workbook(f"{day}/1.xlsx", inspections__public__places=places)

    told = call("merge", "周一", "周二", workbook("2.xlsx", "2"), "-o", "县.xlsx")

    said = (
        "M-TWICE  “第1镇”报来的几份数不一样（周一/1.xlsx、周二/1.xlsx），都不计入；不同的有 1 格：一、检查情况!D9“3”“4”。"
        " 请与该单位核对，只留下正确的一份。"
    )
    assert (told.status, told.out.splitlines()[1:]) == (
        1,
        ["● 已汇总 1 家：第2镇", f"× 周一/1.xlsx  {said}", f"× 周二/1.xlsx  {said}"],
    )


def test_two_units_that_have_exchanged_their_workbooks_are_told(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(ROSTER, encoding="utf-8")
    names = [workbook("第2镇.xlsx", "1"), workbook("第1镇.xlsx", "2"), workbook("9.xlsx", "9")]
    names.append(workbook("8.xlsx", "8", year=2024))

    told = call("merge", *names, "--roster", "名录.csv", "-o", "县.xlsx")
    document = json.loads(call("merge", *names, "--roster", "名录.csv", "--json").out)

    assert (told.status, [line.split("  ")[:2] for line in told.out.splitlines()[3:7]]) == (
        1,
        [
            ["× 8.xlsx", "M-YEAR"],
            ["× 9.xlsx", "M-ROSTER"],
            ["△ 第2镇.xlsx", "A-03"],
            ["△ 第1镇.xlsx", "A-03"],
        ],
    )
    assert "文件名里写的是“第2镇”（2），表里是“第1镇”（1）" in told.out
    assert [(f["code"], f["file"]) for f in document["findings"]] == [("A-03", "第2镇.xlsx"), ("A-03", "第1镇.xlsx")]
    findings = openpyxl.load_workbook(tmp_path / "县.xlsx")["审核情况"]
    assert [[cell.value for cell in row[:3]] for row in findings.iter_rows(min_row=4)] == [
        ["第1镇", "A-03", "核实"],
        ["第2镇", "A-03", "核实"],
    ]


def test_a_waived_error_is_named_wherever_the_totals_are_given_out(call: Call, workbook: Maker, tmp_path: Path) -> None:
    factory = {"places": 6, "inspected": 7, "visits": 7}
    name = workbook("1.xlsx", **{f"inspections__factory__{column}": number for column, number in factory.items()})
    (tmp_path / "名录.csv").write_text("代码,名称,计入全县\n1,第1镇,是\n4,档案馆,否\n", encoding="utf-8")
    units = ("1", "8", "4")
    (tmp_path / "处理意见.csv").write_text(
        "\n".join(
            ["单位编码,审核编号,位置,处理,理由,经办人", *(f"{u},X1-01,,免于审核,县里统一补查,李某" for u in units)]
        ),
        encoding="utf-8",
    )

    alone = call("merge", name, "-o", "一.xlsx")
    given = ("--decisions", "处理意见.csv", "--roster", "名录.csv")
    told = call("merge", name, *given, "-o", "县.xlsx")
    document = json.loads(call("merge", name, *given, "--json").out)

    assert (alone.status, told.status) == (1, 0)
    assert [line[:27] for line in told.out.splitlines()[4:6]] == [
        "× 合计  X1-01  表一“厂房、仓库”行（一、检",
        "× 合计  X1-01  表一“合计”行（一、检查情况",
    ]
    assert [*told.out.splitlines()[3:4], *told.out.splitlines()[6:]] == [
        "— 免于审核的 2 处，其中必须改正的 2 处没有改，数照原样：第1镇 X1-01.factory、第1镇 X1-01.total。",
        (
            "△ 处理意见.csv B3  S-NO-UNIT  这些文件里没有单位 8 的报表，对 X1-01 的处理没有用上。 "
            "单位编码或者年度写错的，请改正；这次没有一起审核的，不用处理。"
        ),
    ]
    assert [finding["decision"]["note"] for finding in document["findings"]] == ["县里统一补查"] * 2
    assert [one["code"] for one in document["unfit_decisions"]] == ["S-NO-UNIT"]
    absent = openpyxl.load_workbook(tmp_path / "县.xlsx")["缺报与免报"]
    assert absent.cell(absent.max_row, 6).value == "√ 审核通过，免于审核 2 处（其中必须改正的 2 处）"


def test_a_merge_is_told_to_programs_with_its_sources(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(ROSTER, encoding="utf-8")
    names = [
        workbook("1.xlsx", "1", inspections__public__fines="0.30"),
        workbook("2.xlsx", "2", inspections__public__places=4, inspections__public__fines="12.2"),
    ]

    told = call("merge", *names, "--roster", "名录.csv", "--json")

    document = json.loads(told.out)
    assert (told.status, document["schema"]) == (0, "tianbao.merge/1")
    assert (document["form"], document["year"]) == ("fire-safety", 2025)
    assert document["units"] == [{"code": "2", "name": "第2镇"}, {"code": "1", "name": "第1镇"}]
    assert document["missing"] == [{"code": "3", "name": "第3镇"}]
    assert document["totals"]["inspections.public.places"] == 4
    assert float(document["totals"]["inspections.public.fines"]) == 12.5
    assert document["sources"]["inspections.public.places"] == [["2", 4], ["1", 0]]
    assert document["left_out"] == []


PLAIN = "long.csv、wide.csv、totals.csv、columns.csv、data.json"
PARQUET = "long.parquet、wide.parquet、totals.parquet"


def test_the_figures_are_written_as_data_with_or_without_a_workbook(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    names = [
        workbook(f"{code}.xlsx", code, inspections__public__places=places) for code, places in (("1", 3), ("2", 4))
    ]

    told = call("merge", *names, "--data", "数据/县")
    both = call("merge", *names, "--data", "数据/县", "--parquet", "-o", "县.xlsx")

    assert (told.status, told.err.splitlines()[-1]) == (0, f"√ 数据写到 数据/县：{PLAIN}")
    assert both.err.splitlines()[-2:] == ["√ 汇总表写到 县.xlsx", f"√ 数据写到 数据/县：{PLAIN}、{PARQUET}"]
    assert sorted(path.name for path in (tmp_path / "数据" / "县").iterdir()) == sorted(
        f"{PLAIN}、{PARQUET}".split("、")
    )
    totals = {row["key"]: row["total"] for row in json.loads((tmp_path / "数据/县/data.json").read_bytes())["totals"]}
    assert totals["inspections.public.places"] == 7


def test_data_that_is_there_is_kept_as_a_whole_unless_it_must_go(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx", inspections__public__places=3)
    call("merge", name, "--data", "数据", "--parquet")
    before = {path.name: path.read_bytes() for path in (tmp_path / "数据").iterdir()}
    (tmp_path / "数据" / "data.json").write_bytes(b"mine")
    (tmp_path / "数据" / "long.csv").unlink()

    refused = call("merge", name, "--data", "数据")
    left = {path.name for path in (tmp_path / "数据").iterdir()}
    forced = call("merge", name, "--data", "数据", "--force")

    assert (refused.status, refused.err.splitlines()[-2:]) == (
        3,
        ["[U-EXISTS] 文件已经存在，内容不同：数据/data.json。", "→ 换一个文件名；确实要覆盖的，加 --force。"],
    )
    assert left == before.keys() - {"long.csv"}
    assert forced.err.splitlines()[-2:] == [
        f"△ 数据 里的 {PARQUET} 是以前写的，这次没有更新。",
        "→ 加 --parquet 一起更新，或者删掉它们。",
    ]
    after = {path.name: path.read_bytes() for path in (tmp_path / "数据").iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"data.json"}


def test_data_of_an_earlier_run_is_renewed_and_what_somebody_has_changed_is_not(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    call("merge", workbook("1.xlsx", inspections__public__places=3), "--data", "数据")
    name = workbook("1.xlsx", inspections__public__places=4)

    renewed = call("merge", name, "--data", "数据")
    totals = (tmp_path / "数据" / "totals.csv").read_bytes()
    (tmp_path / "数据" / "totals.csv").write_bytes(b"mine")
    refused = call("merge", name, "--data", "数据")

    assert (renewed.status, b",4," in totals) == (0, True)
    assert (refused.status, refused.err.splitlines()[-2]) == (
        3,
        "[U-EXISTS] 文件已经存在，内容不同：数据/totals.csv。",
    )
    assert (tmp_path / "数据" / "totals.csv").read_bytes() == b"mine"


def test_a_rehearsal_tells_which_data_it_would_write(call: Call, workbook: Maker, tmp_path: Path) -> None:
    told = call("merge", workbook("1.xlsx"), "--data", "数据", "--parquet", "--dry-run")

    assert (told.status, told.err.splitlines()[-1]) == (0, f"会把数据写到 数据：{PLAIN}、{PARQUET}。")
    assert [path.name for path in tmp_path.iterdir()] == ["1.xlsx"]


def test_parquet_needs_a_place_and_its_library_before_anything_is_read(
    call: Call, workbook: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = workbook("1.xlsx")

    nowhere = call("merge", name, "--parquet", "-o", "县.xlsx")
    for library in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, library, None)
    without = call("merge", name, "--parquet", "--data", "数据", "-o", "县.xlsx")

    assert nowhere == (2, "", "[U-MISSING] “tianbao merge”缺少 --data。\n→ 用法见 tianbao merge --help。\n")
    assert without == (
        3,
        "",
        (
            "[U-PARQUET-EXTRA] 没有安装写 Parquet 要用的 pyarrow。\n"
            '→ 运行 pip install "tianbao[parquet]"，再试；CSV 和 JSON 不用它：去掉 --parquet。\n'
        ),
    )
    assert [path.name for path in tmp_path.iterdir()] == ["1.xlsx"]


def test_the_merged_file_must_be_named(call: Call, workbook: Maker) -> None:
    told = call("merge", workbook("1.xlsx"))

    assert told == (2, "", "[U-MISSING] “tianbao merge”缺少 -o。\n→ 用法见 tianbao merge --help。\n")


def test_where_nothing_can_be_merged_that_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"%PDF-1.7\n")

    told = call("merge", "坏.xlsx", "-o", "县.xlsx")

    assert told == (3, "", "[M-NOTHING] 没有一份可以汇总的表格。\n→ 请检查给出的文件；也可以指明要汇总的表样。\n")


def test_a_roster_that_cannot_be_used_is_told(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text("单位,代码\n甲,1\n", encoding="utf-8")

    told = call("merge", workbook("1.xlsx"), "--roster", "名录.csv", "-o", "县.xlsx")

    assert told == (
        3,
        "",
        (
            "[U-ROSTER] 名录不能使用：名录.csv，共 1 处错误。\n"
            "  × U-ROSTER-HEADING  名录缺少这些列：名称。 表头写在前 10 行内，名称要一字不差。\n"
            "→ 逐处改正后再试。\n"
        ),
    )


def test_a_list_of_adjustments_is_added_to_the_totals_and_each_of_its_faults_is_told(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    name = workbook("1.xlsx", "1", inspections__public__places=5)
    heads = "单元格,调整数,原因,经办人\n"
    (tmp_path / "调整单.csv").write_text(f"{heads}inspections.public.places,-2,两镇都计了,李某\n", encoding="utf-8")
    wrong = f"{heads}inspections.public.place,-2,试,李某\ninspections.public.places,一,试,李某\n,1,试,李某\n"
    (tmp_path / "错.csv").write_text(wrong, encoding="utf-8")

    document = json.loads(call("merge", name, "--adjustments", "调整单.csv", "--json").out)
    told = call("merge", name, "--adjustments", "错.csv", "--json")

    assert document["totals"]["inspections.public.places"] == 3
    assert document["sums"]["inspections.public.places"] == 5
    assert document["adjustments"] == [
        {"key": "inspections.public.places", "amount": -2, "note": "两镇都计了", "by": "李某", "at": ""}
    ]
    assert told.status == 3
    assert told.err.splitlines() == [
        "[U-ADJUSTMENTS] 调整单不能使用：错.csv，共 3 处错误。",
        "  × U-ADJUSTMENTS-LINE  A2：表里没有“inspections.public.place”这一格。 改正这一行后再试。",
        (
            "  × U-ADJUSTMENTS-LINE  B3：inspections.public.places 的调整数“一”不能用："
            "这一格最多 0 位小数，调整数不能是 0。 改正这一行后再试。"
        ),
        "  × U-ADJUSTMENTS-BLANK  A4：“单元格”没有填写。 每一笔都要写明单元格、调整数、原因和经办人。",
        "→ 逐处改正后再试。",
    ]
