"""`check`: findings told to people and to programs, and the exit status that goes with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook

from tests.cli.conftest import Call, Maker
from tests.records.samples import submission
from tianbao.checks.run import run_checks
from tianbao.cli.findings import told as told_of
from tianbao.form.load import load_form
from tianbao.records.model import Unit, Value
from tianbao.reports.published import report_of_unit, write_word
from tianbao.workbook.layout import make_layout
from tianbao.workbook.write import write_workbook

SOUND = "√ 1.xlsx  1 第1镇  2025  fire-safety\n"
TOO_MANY = (
    "表一“厂房、仓库”行（一、检查情况!D11、F11）：已检查场所不多于场所总数；现在 7 > 6，差 1。"
    "同一场所检查多次只计一处，次数填在“检查次数”。"
)
GROWN = (
    "表一“厂房、仓库”行（一、检查情况!D11:E11）：场所总数等于上季总数加增减；现在 6 ≠ 5 + 0，差 1。"
    "重新登记造成的差别请写明。"
)
SUSPECTED = (
    "仅凭表内关系和上年数无法判断是哪一格：表一“厂房、仓库”行有 2 格都可能，多填或少填了 1。请对照台账逐格核对，"
    "先看 一、检查情况!D11“厂房、仓库”（场所总数）现为 6，应为 5（改后与上年报告相符）。"
)


def test_a_right_report_has_no_findings(call: Call, workbook: Maker) -> None:
    told = call("check", workbook("1.xlsx"))

    assert told == (0, SOUND, "共 1 份：√ 没有问题 1，× 须改正 0，△ 请核实 0，读不了 0。\n")


def test_a_finding_is_told_with_the_likeliest_cell_and_its_consequence_is_folded_beneath(
    call: Call, workbook: Maker
) -> None:
    before = workbook("2024.xlsx", year=2024, inspections__factory__places=5)
    name = workbook("1.xlsx", inspections__factory__places=6)

    told = call("check", name, "--prior", before)

    in_total = GROWN.replace("厂房、仓库", "合计").replace("D11:E11", "D13:E13")
    assert told == (
        0,
        (
            "△ 1.xlsx  1 第1镇  2025  fire-safety\n"
            f"  △ X1-04  {GROWN}\n"
            f"    {SUSPECTED}\n"
            f"    改好上一处，这一条随之消除：X1-04.total  {in_total}\n"
        ),
        "共 1 份：√ 没有问题 0，× 须改正 0，△ 请核实 1，读不了 0。\n",
    )


def test_a_suspect_is_told_once_and_a_second_finding_that_has_it_refers_to_the_first() -> None:
    typed: dict[str, Value] = {"requests.new.natural": 7, "requests.granted.natural": 6, "control.carried_out": 1}
    returned = submission("zfxxgk-2021", typed, file="1.xlsx")
    findings = run_checks(returned)

    told = list(told_of([returned], [findings]))

    assert [line.strip().split("  ")[0] for line in told[1:]] == [
        "× T3-01",
        (
            "如果只填错了一格，只可能是 三、依申请公开!E34“四、结转下年度继续办理”（自然人）现为 0，应为 1"
            "（改后与核对数“结转下年度申请合计 1”相符）。"
        ),
        "改好上一处，这一条随之消除：T3-01.total",
        "× K-04",
        "疑似填错的地方与上面的 T3-01 相同，见那一条。",
    ]
    assert [len(finding.suspects) for finding in findings if finding.follows is None] == [1, 1]


def test_a_suspect_is_told_again_of_another_file() -> None:
    typed: dict[str, Value] = {"requests.new.natural": 7, "requests.granted.natural": 6, "control.carried_out": 1}
    both = [submission("zfxxgk-2021", typed, file=name) for name in ("1.xlsx", "2.xlsx")]

    told = list(told_of(both, [run_checks(one) for one in both]))

    assert sum("如果只填错了一格" in line for line in told) == 2
    assert sum("疑似填错的地方与上面的 T3-01 相同" in line for line in told) == 2


def test_an_error_gives_status_1(call: Call, workbook: Maker) -> None:
    name = workbook("1.xlsx", inspections__factory__places=6, inspections__factory__inspected=7)

    told = call("check", name)

    assert told.status == 1
    assert told.out.splitlines()[:2] == ["× 1.xlsx  1 第1镇  2025  fire-safety", f"  × X1-01  {TOO_MANY}"]
    assert told.err == "共 1 份：√ 没有问题 0，× 须改正 1，△ 请核实 0，读不了 0。\n"


def test_a_query_alone_leaves_status_0(call: Call, workbook: Maker) -> None:
    told = call("check", workbook("1.xlsx", hazards__1__cost="600", hazards__1__place="某厂", hazards__1__fixed="是"))

    assert told.status == 0
    assert told.out.splitlines()[0].startswith("△ 1.xlsx ")
    assert told.out.splitlines()[1].startswith("  △ X2-03  ")
    assert told.err == "共 1 份：√ 没有问题 0，× 须改正 0，△ 请核实 1，读不了 0。\n"


def explained(folder: Path, name: str, **words: str) -> str:
    """Write beside the queries of a workbook, and return its name."""
    book = load_workbook(folder / name)
    for instance, text in words.items():
        place = make_layout(load_form("fire-safety")).places[f"explain.{instance.replace('__', '-')}"]
        book[place.sheet].cell(place.row, place.column).value = text
    book.save(folder / name)
    return name


COSTLY: dict[str, Value] = {"hazards__1__cost": "600", "hazards__1__place": "某厂", "hazards__1__fixed": "是"}


def test_what_the_unit_explained_stands_below_the_query_which_is_open_no_more(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    name = explained(tmp_path, workbook("1.xlsx", **COSTLY), X2__03="整栋厂房加装喷淋，合同价 600 万元")

    told = call("check", name)
    document = json.loads(call("check", name, "--json").out)

    head, query, words = told.out.splitlines()
    assert (told.status, head, query[:10]) == (0, "○ 1.xlsx  1 第1镇  2025  fire-safety", "  ○ X2-03 ")
    assert words == "    单位说明：整栋厂房加装喷淋，合同价 600 万元"
    assert told.err.splitlines() == [
        "共 1 份：√ 没有问题 1，× 须改正 0，△ 请核实 0，读不了 0。",
        "○ 单位已经写明情况的 1 处，不再算作请核实。",
    ]
    assert [(f["explanation"], f["explained"]) for f in document["findings"]] == [
        ("整栋厂房加装喷淋，合同价 600 万元", True)
    ]


def test_a_stock_phrase_beside_a_query_is_told_to_be_too_little(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = explained(tmp_path, workbook("1.xlsx", **COSTLY), X2__03="核实无误")

    told = call("check", name)

    head, query, words = told.out.splitlines()
    assert (head[:1], query[:10]) == ("△", "  △ X2-03 ")
    assert words == (
        "    S-BRIEF  单位只写了“核实无误”，太简单，还不算说明。 请写明原因、依据：例如哪几件、为什么、台账上怎么记的；"
        "不少于 6 个字，“核实无误”一类的话不算。"
    )
    assert told.err == "共 1 份：√ 没有问题 0，× 须改正 0，△ 请核实 1，读不了 0。\n"


DECISIONS = "单位编码,审核编号,位置,处理,理由,经办人\n"
TOO_MUCH_INSPECTED: dict[str, Value] = {
    "inspections__factory__places": 6,
    "inspections__factory__inspected": 7,
    "inspections__factory__visits": 7,
}


def test_what_the_office_decided_is_told_below_the_finding_and_is_open_no_more(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    name = explained(tmp_path, workbook("1.xlsx", **COSTLY, **TOO_MUCH_INSPECTED), X2__03="核实无误")
    (tmp_path / "处理意见.csv").write_text(
        f"{DECISIONS}1,X2-03,,接受说明,已看合同,王某\n1,X1-01,一、检查情况!F11,免于审核,县里统一补查,李某\n"
        "1,X1-01,total,免于审核,合计随之多一家,李某\n",
        encoding="gb18030",
    )

    told = call("check", name, "--decisions", "处理意见.csv")
    document = json.loads(call("check", name, "--decisions", "处理意见.csv", "--json").out)

    lines = told.out.splitlines()
    assert (told.status, lines[0]) == (0, "√ 1.xlsx  1 第1镇  2025  fire-safety")
    assert [line[:11] for line in lines if line.startswith("  ") and line[2] != " "] == [
        "  — X1-01  ",
        "  — X1-01  ",
        "  √ X2-03  ",
    ]
    assert [line for line in lines if "：" in line and line.startswith("    ") and "X" not in line] == [
        "    免于审核（李某）：县里统一补查",
        "    免于审核（李某）：合计随之多一家",
        "    单位说明：核实无误",
        "    办公室接受说明（王某）：已看合同",
    ]
    assert told.err.splitlines() == [
        "共 1 份：√ 没有问题 1，× 须改正 0，△ 请核实 0，读不了 0。",
        "√ 办公室接受说明的 1 处。",
        "— 免于审核的 2 处，其中必须改正的 2 处没有改，数照原样：第1镇 X1-01.factory、第1镇 X1-01.total。",
    ]
    assert [(f["instance"], f["decision"]) for f in document["findings"]] == [
        ("X1-01.factory", {"kind": "waived", "note": "县里统一补查", "by": "李某", "at": "B3"}),
        ("X1-01.total", {"kind": "waived", "note": "合计随之多一家", "by": "李某", "at": "B4"}),
        ("X2-03", {"kind": "accepted", "note": "已看合同", "by": "王某", "at": "B2"}),
    ]


def test_a_decision_that_settles_nothing_is_told_with_its_cell(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx", **TOO_MUCH_INSPECTED)
    (tmp_path / "处理意见.csv").write_text(
        f"{DECISIONS}9,X1-01,,免于审核,县里统一补查,李某\n1,X1-01,,接受说明,已看合同,王某\n", encoding="utf-8"
    )

    told = call("check", name, "--decisions", "处理意见.csv")
    document = json.loads(call("check", name, "--decisions", "处理意见.csv", "--json").out)

    assert told.status == 1
    assert told.out.splitlines()[-2:] == [
        (
            "△ 处理意见.csv B2  S-NO-UNIT  这些文件里没有单位 9 的报表，对 X1-01 的处理没有用上。 "
            "单位编码或者年度写错的，请改正；这次没有一起审核的，不用处理。"
        ),
        (
            "△ 处理意见.csv B3  S-ERROR  “第1镇”的 X1-01 是必须改正的，不能只“接受说明”，处理没有用上。 "
            "请单位改正；确有理由不改的，处理写“免于审核”，并写明理由。"
        ),
    ]
    assert [(one["at"], one["unit"], one["code"]) for one in document["unfit_decisions"]] == [
        ("B2", "9", "S-NO-UNIT"),
        ("B3", "1", "S-ERROR"),
    ]


def test_a_decision_without_a_reason_stops_the_check(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "处理意见.csv").write_text(f"{DECISIONS}1,X1-01,,免于审核,,李某\n", encoding="utf-8")

    told = call("check", workbook("1.xlsx"), "--decisions", "处理意见.csv")

    assert (told.status, told.out) == (3, "")
    assert told.err.splitlines()[1] == (
        "  × U-DECISIONS-BLANK  E2：“理由”没有填写。 每一条都要写明哪个单位、哪个审核编号、怎样处理、理由和经办人。"
    )


def test_a_version_is_held_against_the_one_before(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "第一次").mkdir()
    explained(tmp_path, workbook("第一次/1.xlsx", **COSTLY, **TOO_MUCH_INSPECTED), X2__03="加装喷淋，合同价 600 万元")
    again: dict[str, Value] = {
        "inspections__factory__places": 7,
        "inspections__public__inspected": 1,
        "cover__leader": "李四",
    }
    name = workbook("1改.xlsx", **COSTLY, **(TOO_MUCH_INSPECTED | again))

    told = call("check", name, "--before", "第一次")
    document = json.loads(call("check", name, "--before", "第一次", "--json").out)

    head, line, *rest = told.out.splitlines()
    assert (told.status, head) == (1, "× 1改.xlsx  1 第1镇  2025  fire-safety")
    assert line == (
        "  比上一版：改好 1 处，已说明或者已处理 1 处，还有 1 处，新出现 3 处；改动 3 格：一、检查情况!F9（0→1）、"
        "一、检查情况!D11（6→7）、封面!C13。"
    )
    assert [each[:14] for each in rest if each.startswith("  ") and each[2] != " "] == [
        "  × X1-01  【新】",
        "  × X1-01  【仍在",
        "  △ X1-03  【新】",
        "  △ X1-03  【新】",
        "  ○ X2-03  表二（",
    ]
    assert rest[-1] == "    单位在上一版的说明：加装喷淋，合同价 600 万元"
    assert told.err.splitlines()[-1] == "比上一版（1 份）：改好 1 处，还有 1 处，新出现 3 处。"
    assert document["rounds"] == [
        {
            "file": "1改.xlsx",
            "unit": "1",
            "before": "1.xlsx",
            "same_file": False,
            "mended": ["X1-01.factory"],
            "settled": ["X2-03"],
            "open": ["X1-01.total"],
            "new": ["X1-01.public", "X1-03.public", "X1-03.total"],
            "changed": [
                {"key": "inspections.public.inspected", "at": "一、检查情况!F9", "before": 0, "now": 1},
                {"key": "inspections.factory.places", "at": "一、检查情况!D11", "before": 6, "now": 7},
                {"key": "cover.leader", "at": "封面!C13", "text": True},
            ],
        }
    ]


def test_what_is_still_open_is_marked(call: Call, workbook: Maker) -> None:
    before = workbook("1.xlsx", **TOO_MUCH_INSPECTED)
    name = workbook("1改.xlsx", **(TOO_MUCH_INSPECTED | {"hazards__1__place": "某厂", "hazards__1__fixed": "是"}))

    told = call("check", name, "--before", before)

    assert told.out.splitlines()[1].startswith("  比上一版：改好 0 处，还有 2 处，新出现 0 处；改动 2 格：")
    assert [line[:15] for line in told.out.splitlines()[2:4]] == ["  × X1-01  【仍在】"] * 2


def test_the_same_file_again_and_a_unit_without_a_version_before_are_said_to_be_so(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    names = [workbook("1.xlsx", **TOO_MUCH_INSPECTED), workbook("2.xlsx", "2")]
    names.append(shutil.copyfile(tmp_path / "1.xlsx", tmp_path / "1同.xlsx").name)

    told = call("check", *names, "--before", "1.xlsx")

    lines = told.out.splitlines()
    assert lines[1] == "  与上一版是同一个文件（1.xlsx），什么也没有改。"
    assert lines[2].startswith("  × X1-01  表一")
    assert lines[-4:-2] == ["√ 2.xlsx  2 第2镇  2025  fire-safety", "  没有这个单位这一年度的上一版可比。"]
    assert [line[:13] for line in lines[-2:]] == ["○ 1同.xlsx  1 ", "  ○ M-SAME  1"]


def test_a_value_that_cannot_be_read_is_a_finding_with_its_place(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx")
    book = load_workbook(tmp_path / name)
    book["一、检查情况"]["D10"] = "/"
    book.save(tmp_path / name)

    told = call("check", name)

    assert told.status == 1
    assert told.out.splitlines()[1] == (
        "  × V-PLACEHOLDER  一、检查情况!D10：填的是“/”，看不出是不是 0，没有采用。 没有发生的请填 0，有数的请填数字。"
    )


def test_findings_are_told_to_programs(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"%PDF-1.7\n")
    name = workbook("1.xlsx", inspections__factory__places=6, inspections__factory__inspected=7)

    told = call("check", name, "坏.xlsx", "--json")

    document = json.loads(told.out)
    finding = document["findings"][0]
    assert (told.status, document["schema"]) == (1, "tianbao.check/1")
    assert (finding["code"], finding["severity"], finding["file"], finding["unit"]) == ("X1-01", "error", "1.xlsx", "1")
    assert finding["cells"] == [
        {"key": "inspections.factory.inspected", "at": "一、检查情况!F11", "value": 7},
        {"key": "inspections.factory.places", "at": "一、检查情况!D11", "value": 6},
    ]
    assert (finding["left"], finding["right"], finding["imbalance"]) == (7, 6, 1)
    assert (finding["rule"], finding["message"], finding["suspects"]) == ("inspected <= places", TOO_MANY, [])
    assert [refused["reason"]["code"] for refused in document["refused"]] == ["F-PDF"]


def test_last_years_figures_are_asked_for_only_where_they_are_given(call: Call, workbook: Maker) -> None:
    before = workbook("2024.xlsx", year=2024, inspections__public__places=9)
    name = workbook("1.xlsx", inspections__public__places=8)

    alone, compared = call("check", name), call("check", name, "--prior", before)

    assert alone.out == SOUND
    assert compared.out.splitlines()[1].startswith(
        "  △ X1-04  表一“商场、宾馆、学校”行（一、检查情况!D9:E9）：场所总数等于上季总数加增减；现在 8 ≠ 9 + 0，差 1。"
    )


def test_a_copy_is_told_once_and_its_findings_are_not_told_again(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    name = workbook(
        "收件/1.xlsx",
        inspections__factory__places=6,
        hazards__1__cost="600",
        hazards__1__place="某厂",
        hazards__1__fixed="是",
    )
    with ZipFile(tmp_path / "收件" / "全部.zip", "w") as archive:
        archive.write(tmp_path / name, "1.xlsx")

    told = call("check", "收件")
    document = json.loads(call("check", "收件", "--json").out)

    first, query, *second = told.out.splitlines()
    assert (told.status, first, query[:10]) == (0, "△ 1.xlsx  1 第1镇  2025  fire-safety", "  △ X2-03 ")
    assert second == [
        "○ 全部.zip/1.xlsx  1 第1镇  2025  fire-safety",
        "  ○ M-SAME  全部.zip/1.xlsx 与 1.xlsx 是同一个文件，只计一次。 不用处理：没有重复计算。",
    ]
    assert told.err.splitlines()[-2:] == [
        "共 1 份：√ 没有问题 0，× 须改正 0，△ 请核实 1，读不了 0。",
        "另有 1 份与已算的完全一样，没有重复计算。",
    ]
    assert [(f["code"], f["severity"], f["file"]) for f in document["findings"]] == [
        ("X2-03", "query", "1.xlsx"),
        ("M-SAME", "note", "全部.zip/1.xlsx"),
    ]


def test_two_different_files_of_a_unit_are_an_error(call: Call, workbook: Maker) -> None:
    names = [workbook("1.xlsx"), workbook("1改.xlsx", inspections__public__places=4)]

    told = call("check", *names)

    said = "“第1镇”报来的几份数不一样（1.xlsx、1改.xlsx），都不计入；不同的有 1 格：一、检查情况!D9“0”“4”。"
    assert (told.status, [line for line in told.out.splitlines() if "M-TWICE" in line]) == (
        1,
        [f"  × M-TWICE  {said} 请与该单位核对，只留下正确的一份。"] * 2,
    )
    assert told.err.splitlines()[-1] == "共 2 份：√ 没有问题 0，× 须改正 2，△ 请核实 0，读不了 0。"


def test_a_copied_neighbour_is_queried_in_both_files(call: Call, workbook: Maker) -> None:
    numbers = {f"inspections__public__{name}": n for n, name in enumerate(("fixed", "found", "inspected", "places"), 2)}
    names = [workbook(f"{code}.xlsx", code, inspections__public__visits=9, **numbers) for code in ("1", "2")]

    told = call("check", *names)
    document = json.loads(call("check", *names, "--json").out)

    said = (
        "填的与“第{other}镇”每一格都相同：共 28 格，其中不是 0 的 5 格（一、检查情况!D9、F9:G9、I9:J9）。"
        "请两家分别核对台账：照抄了的、误用了对方表格的，按本单位的数重填；确实相同的请说明。"
    )
    assert (told.status, told.out.splitlines()) == (
        0,
        [
            "△ 1.xlsx  1 第1镇  2025  fire-safety",
            f"  △ A-01  各表{said.format(other=2)}",
            "△ 2.xlsx  2 第2镇  2025  fire-safety",
            f"  △ A-01  各表{said.format(other=1)}",
        ],
    )
    assert [(f["code"], f["severity"], f["unit"]) for f in document["findings"]] == [
        ("A-01", "query", "1"),
        ("A-01", "query", "2"),
    ]
    assert document["findings"][0]["cells"][0] == {
        "key": "inspections.public.places",
        "at": "一、检查情况!D9",
        "value": 5,
    }


def test_the_roster_tells_whose_file_is_named_after_another_unit(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text("代码,名称,计入全县\n1,第1镇,是\n2,第二镇,是\n4,档案馆,否\n", encoding="utf-8")
    names = [workbook("第二镇.xlsx", "1"), workbook("2.xlsx", "2"), workbook("3.xlsx", "3"), workbook("4.xlsx", "4")]

    alone, told = call("check", *names), call("check", *names, "--roster", "名录.csv")

    assert (alone.status, [line for line in alone.out.splitlines() if line[:1] == " "]) == (0, [])
    assert (told.status, [line.split("  ")[1] for line in told.out.splitlines() if line[:1] == " "]) == (
        1,
        ["△ A-03", "△ A-05", "× M-ROSTER", "△ A-05"],
    )


def test_two_files_of_one_name_are_told_apart(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    right = workbook("a/年报.xlsx", "1")
    wrong = workbook("b/年报.xlsx", "2", inspections__factory__places=6, inspections__factory__inspected=7)

    told = call("check", right, wrong)

    assert told.out.splitlines()[:2] == [
        "√ a/年报.xlsx  1 第1镇  2025  fire-safety",
        "× b/年报.xlsx  2 第2镇  2025  fire-safety",
    ]
    assert told.err.splitlines()[-1] == "共 2 份：√ 没有问题 1，× 须改正 1，△ 请核实 0，读不了 0。"


def test_what_goes_back_to_each_unit_is_written_into_a_folder(call: Call, workbook: Maker, tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    workbook("收件/1.xlsx", inspections__factory__places=6, inspections__factory__inspected=7)
    workbook("收件/2.xlsx", "2")

    told = call("check", "收件", "--correction", "退回", "--due", "2026-01-12", "--contact", "王五")

    assert told.status == 1
    assert "已写到 退回：退回修改 1 份，回执 1 份。\n" in told.err
    assert sorted(path.name for path in (tmp_path / "退回").iterdir()) == ["1_第1镇_退回修改.xlsx", "2_第2镇_回执.txt"]
    letter = load_workbook(tmp_path / "退回" / "1_第1镇_退回修改.xlsx")["退回说明"]
    said = [str(cell.value) for row in letter for cell in row]
    assert any("2026年1月12日" in line for line in said)
    assert any("请联系：王五" in line for line in said)


def test_what_went_back_already_is_not_overwritten_without_being_asked_to(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    (tmp_path / "收件").mkdir()
    workbook("收件/1.xlsx", inspections__factory__places=6, inspections__factory__inspected=7)
    call("check", "收件", "--correction", "退回")
    again = call("check", "收件", "--correction", "退回")

    other = call("check", "收件", "--correction", "退回", "--contact", "王五")
    forced = call("check", "收件", "--correction", "退回", "--contact", "王五", "--force")

    assert (again.status, other.status, forced.status) == (1, 3, 1)
    assert "U-EXISTS" in other.err


def test_a_day_that_is_none_is_a_misuse(call: Call, workbook: Maker) -> None:
    told = call("check", workbook("1.xlsx"), "--correction", "退回", "--due", "下周")

    assert told.status == 2
    assert "--due" in told.err
    assert "如 2026-01-12" in told.err


def test_last_years_published_report_is_known_by_the_name_of_the_unit(call: Call, tmp_path: Path) -> None:
    form, unit = load_form("zfxxgk-2021"), Unit("1", "第1镇")
    zeros = {key: value for key, value in submission(form, {}).values.items() if form.cell(key).kind.value == "input"}
    write_workbook(form, tmp_path / "今年.xlsx", unit=unit, year=2025, values=zeros)
    last = submission(form, {"requests.new.natural": 2, "requests.carried_out.natural": 2}, unit=unit, year=2024)
    write_word(report_of_unit(last), tmp_path / "去年.docx")

    told = call("check", "今年.xlsx", "--prior", "去年.docx")

    assert "× Y-01  表三“自然人”列" in told.out
