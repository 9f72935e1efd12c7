"""Letters say what the office means, in its own words where it has some, and its slips are told with their lines."""

from __future__ import annotations

import pickle
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tianbao.mail.letters import FACTS, OWN_NAMES, Letter, LetterError, Purpose, meanings, template_of, write_letter
from tianbao.messages import LANGUAGES, Language

CAMPAIGN = {
    "year": "2025",
    "form": "政府信息公开工作年度报告",
    "issuer": "五台县示例政务公开办公室",
    "county": "五台县示例",
    "contact": "张某 0350-0000000",
}
UNIT = CAMPAIGN | {"unit": "白家庄镇（示例）", "code": "999901101", "due": "1月20日", "late": "1月31日"}

FULL: dict[Purpose, dict[str, str]] = {
    Purpose.ISSUE: UNIT | {"file": "999901101_白家庄镇_2025年报表.xlsx"},
    Purpose.REMINDER: UNIT
    | {
        "owes": "1月18日收到过一封邮件，里面没有表格文件，只有一个云盘链接。\n表格还没有收到。",
        "overdue": "3",
        "file": "999901101_白家庄镇_2025年报表.xlsx",
    },
    Purpose.CORRECTION: UNIT
    | {
        "turn": "1",
        "errors": "2",
        "queries": "1",
        "mend": "1. 三、依申请公开 D7：一＋二 ≠ 三（七）＋四，差 1\n2. 二、主动公开 C5：没有填，没有发生的请填 0\n"
        "3. 三、依申请公开 D8：上年结转 2，本年填 0",
        "file": "999901101_白家庄镇_2025年报表_退回1.xlsx",
    },
    Purpose.RECEIPT: UNIT
    | {
        "received": "1月19日",
        "total": "收到申请 7 件，上年结转 0 件\n收费 0 万元",
        "digest": "9f86d081884c",
        "file": "999901101_白家庄镇_2025年报表.xlsx",
    },
    Purpose.CHECK: CAMPAIGN | {"address": "zfb@163.com", "file": "测试附件.txt"},
}
#: As little as an office may have set, and as there may be to say.
SPARSE: dict[Purpose, dict[str, str]] = {
    Purpose.ISSUE: {"unit": "白家庄镇（示例）", "year": "2025", "form": "年报", "file": "年报.xlsx"},
    Purpose.REMINDER: {"unit": "白家庄镇（示例）", "year": "2025", "form": "年报", "owes": "表格还没有收到。"},
    Purpose.CORRECTION: {
        "unit": "白家庄镇（示例）",
        "year": "2025",
        "form": "年报",
        "file": "年报_退回1.xlsx",
        "errors": "1",
        "mend": "1. 二、主动公开 C5：没有填，没有发生的请填 0",
    },
    Purpose.RECEIPT: {"unit": "白家庄镇（示例）", "year": "2025", "form": "年报", "digest": "9f86d081884c"},
    Purpose.CHECK: {"address": "zfb@163.com"},
}


def own(folder: Path, text: str | bytes, purpose: Purpose = Purpose.REMINDER) -> Path:
    (folder / OWN_NAMES[purpose]).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def reminded(folder: Path, text: str | bytes, **facts: str) -> Letter:
    return write_letter(Purpose.REMINDER, facts, own=own(folder, text))


def faults(folder: Path, text: str | bytes) -> list[tuple[str, dict[str, object]]]:
    with pytest.raises(LetterError) as raised:
        reminded(folder, text)
    return [(code, dict(facts)) for code, facts in raised.value.faults]


# ── the bundled letters ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("facts", [FULL, SPARSE], ids=["all there is to say", "as little as there may be"])
def test_a_letter_reads_so(
    facts: dict[Purpose, dict[str, str]], purpose: Purpose, lang: Language, snapshot: SnapshotAssertion
) -> None:
    letter = write_letter(purpose, facts[purpose], lang=lang)

    assert f"{letter.subject}\n\n{letter.text}" == snapshot


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_bundled_template_names_facts_of_its_purpose_only_and_most_of_them(purpose: Purpose, lang: Language) -> None:
    named = {name for _, name, _, _ in Formatter().parse(template_of(purpose, lang)) if name is not None}

    beside = {"code", "county"} | ({"year", "form"} if purpose is Purpose.CHECK else set())
    beside |= {"late"} if purpose is Purpose.CORRECTION else {"due", "late"} if purpose is Purpose.RECEIPT else set()
    assert named == FACTS[purpose] - beside


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_bundled_template_is_short_and_a_chinese_windows_has_its_glyphs(purpose: Purpose, lang: Language) -> None:
    template = template_of(purpose, lang)

    assert len(template.splitlines()[2:]) <= 14
    assert template.encode("gbk").decode("gbk") == template
    assert template.isascii() == (lang == "en" and "×" not in template and "审核" not in template)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
def test_every_fact_has_a_meaning_of_its_own(purpose: Purpose, lang: Language) -> None:
    said = meanings(purpose, lang)

    assert said.keys() == FACTS[purpose]
    assert len(set(said.values())) == len(said)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_copy_of_the_bundled_template_says_the_same(purpose: Purpose, lang: Language, tmp_path: Path) -> None:
    own(tmp_path, template_of(purpose, lang), purpose)

    assert write_letter(purpose, FULL[purpose], own=tmp_path) == write_letter(purpose, FULL[purpose], lang=lang)


def test_a_folder_without_the_office_s_own_template_leaves_the_bundled_one(tmp_path: Path) -> None:
    own(tmp_path, "主题：退\n\n改", Purpose.CORRECTION)

    assert write_letter(Purpose.ISSUE, FULL[Purpose.ISSUE], own=tmp_path) == write_letter(
        Purpose.ISSUE, FULL[Purpose.ISSUE]
    )
    assert write_letter(Purpose.ISSUE, FULL[Purpose.ISSUE], own=tmp_path / "没有") == write_letter(
        Purpose.ISSUE, FULL[Purpose.ISSUE]
    )


# ── the office's own ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("主题：催 {unit}\r\n\r\n请报 {form}。\r\n".encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param("主题：催 {unit}\n\n请报 {form}。".encode(), id="UTF-8"),
        pytest.param("主题：催 {unit}\r\n\r\n请报 {form}。".encode("gb18030"), id="ANSI"),
        pytest.param("主题：催 {unit}\r\n\r\n请报 {form}。".encode("utf-16"), id="Unicode"),
        pytest.param("\n\n 主题: 催 {unit} \n请报 {form}。\n\n".encode(), id="ASCII colon, blank lines anywhere"),
        pytest.param("SUBJECT：催 {unit}\r\r请报 {form}。 \r".encode(), id="English word, lines of an old Mac"),
        pytest.param("主题：催 ｛unit｝\n\n请报 { Form }。".encode(), id="full-width braces, blanks, capitals"),
    ],
)
def test_a_template_is_read_however_it_was_typed_and_saved(data: bytes, tmp_path: Path) -> None:
    assert reminded(tmp_path, data, unit="白家庄镇", form="年报") == Letter("催 白家庄镇", "请报 年报。\n")


def test_a_line_of_which_there_is_nothing_to_say_is_left_out_with_the_gap_around_it(tmp_path: Path) -> None:
    text = "主题：催\n\n{unit}：\n\n超过 {overdue} 天。\n\n{late}前补报，{due}前更好。\n\n\n谢谢。\n\n{issuer}\n\n{contact}\n"

    assert reminded(tmp_path, text, unit="白家庄镇", due="1月20日", late=" ").text == "白家庄镇：\n\n谢谢。\n"
    assert (
        reminded(tmp_path, text, unit="白家庄镇", overdue="3", due="1月20日", late="1月31日", issuer="县办").text
        == "白家庄镇：\n\n超过 3 天。\n\n1月31日前补报，1月20日前更好。\n\n\n谢谢。\n\n县办\n"
    )


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("【催报】{form}（{due}前）", "【催报】年报"),
        ("[{code}] {form} (by {due})", "年报"),
        ("{form}【{unit}】（{due}）", "年报【白家庄镇】"),
        ("{form} {due}", "年报"),
    ],
)
def test_brackets_in_the_subject_go_with_what_there_is_nothing_to_say_of(
    subject: str, expected: str, tmp_path: Path
) -> None:
    assert reminded(tmp_path, f"主题：{subject}\n\n正文", form="年报", unit="白家庄镇").subject == expected


def test_a_fact_of_several_lines_stands_as_far_in_as_its_first(tmp_path: Path) -> None:
    letter = reminded(tmp_path, "主题：催\n\n　　{owes}\n完", owes="\n没有收到。\r\n邮件里只有照片。\n")

    assert letter.text == "　　没有收到。\n　　邮件里只有照片。\n完\n"


@pytest.mark.parametrize(
    "fact", ["{form}", "{", "}{", "{{unit}}", "%s %(unit)s", "${unit}", r"\1 \g<0> \n", "｛form｝"]
)
def test_a_fact_is_never_read_as_a_template(fact: str, tmp_path: Path) -> None:
    letter = reminded(tmp_path, "主题：{unit}（{unit}）\n\n{unit}：{form}", unit=fact, form="年报")

    assert letter == Letter(f"{fact}（{fact}）", f"{fact}：年报\n")


def test_a_fact_in_the_subject_is_one_line(tmp_path: Path) -> None:
    letter = reminded(tmp_path, "主题：催 {unit}\n\n正文", unit="白家庄镇\r\nBcc: a@b.cn\u2028\u202e（示例）")

    assert letter.subject == "催 白家庄镇 Bcc: a@b.cn （示例）"


@given(st.text(), st.text())
def test_whatever_the_facts_are_the_subject_is_one_line_and_the_letter_holds_them(unit: str, owes: str) -> None:
    letter = write_letter(Purpose.REMINDER, {"unit": unit, "owes": owes, "year": "2025", "form": "年报"})

    assert len(letter.subject.splitlines()) == 1
    said = owes.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip().replace("\n", "\n　　")
    assert said in letter.text or not owes.strip()


def test_a_fact_that_the_purpose_does_not_know_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="digest"):
        write_letter(Purpose.REMINDER, {"digest": "9f86d081884c"})


# ── its faults ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("U-LETTER-EMPTY", {})]),
        ("主题：催\n \n", [("U-LETTER-EMPTY", {})]),
        ("主题：\n\n正文", [("U-LETTER-NO-SUBJECT", {"line": 1})]),
        ("\n{unit}：\n\n请报。", [("U-LETTER-SUBJECT", {"line": 2, "said": "{unit}："})]),
        ("主题：催\n\n{deu}前", [("U-LETTER-NAME", {"line": 3, "name": "{deu}", "near": "{due}"})]),
        ("主题：{单位}\n\n正文", [("U-LETTER-NAME", {"line": 1, "name": "{单位}", "near": "{unit}"})]),
        ("主题：催\n\n{isuer}", [("U-LETTER-NAME", {"line": 3, "name": "{isuer}", "near": "{issuer}"})]),
        ("主题：{截止日}\n\n正文", [("U-LETTER-NAME", {"line": 1, "name": "{截止日}", "near": "{due}"})]),
        ("长" * 31 + "\n\n正文", [("U-LETTER-SUBJECT", {"line": 1, "said": "长" * 30 + "…"})]),
        ("主题：催\n\n{}", [("U-LETTER-NAME", {"line": 3, "name": "{}", "near": "{unit}"})]),
        ("主题：催\n\n{unit：", [("U-LETTER-BRACE", {"line": 3, "brace": "{", "said": "{unit："})]),
        ("主题：催\n\n甲\nunit｝", [("U-LETTER-BRACE", {"line": 4, "brace": "｝", "said": "unit｝"})]),
        (b"PK\x03\x04\x00\x00\xff", [("U-LETTER-ENCODING", {})]),
        (b"PK\x03\x04\x00\x00", [("U-LETTER-ENCODING", {})]),
        (b"\xff\xfe\x00", [("U-LETTER-ENCODING", {})]),
        ("主题：催\n\n".encode() + b"\xff\x00", [("U-LETTER-ENCODING", {})]),
        ("主题：催\n\n" + "长" * 22_000, [("U-LETTER-LONG", {"most": 64})]),
    ],
)
def test_a_fault_is_told_with_its_line(
    text: str | bytes, expected: list[tuple[str, dict[str, object]]], tmp_path: Path
) -> None:
    assert faults(tmp_path, text) == expected


def test_a_folder_in_the_place_of_a_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "催报.txt").mkdir()

    with pytest.raises(LetterError) as raised:
        write_letter(Purpose.REMINDER, {}, own=tmp_path)

    assert [code for code, _ in raised.value.faults] == ["U-LETTER-READ"]


def test_all_faults_of_a_template_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as raised:
        reminded(tmp_path, "{unit}：\n\n请于{due前报{frm}。\n超过 {overdue} 天。}\n")

    assert raised.value.message("zh") == (
        "信的模板“催报.txt”不能用，共 4 处错误，一封信也没有写。\n"
        "  × U-LETTER-SUBJECT  第 1 行应当是主题，写的却是“{unit}：”。 在最前面加一行，例如：主题：【填报】2025年年报。\n"
        "  × U-LETTER-NAME  第 3 行：没有 {frm} 这一项。 最接近的是 {form}；照字写就行的，去掉花括号。\n"
        "  × U-LETTER-BRACE  第 3 行：“{”只有一半，这一行写的是“请于{due前报{frm}。”。 花括号要成对，中间写项名，例如 {unit}。\n"
        "  × U-LETTER-BRACE  第 4 行：“}”只有一半，这一行写的是“超过 {overdue} 天。}”。 花括号要成对，中间写项名，例如 {unit}。"
    )
    assert raised.value.way_out("zh") == (
        "用记事本打开，逐处改正后再试；不想改了，删掉这个文件就用自带的。花括号里可以写："
        "{unit} 单位名称、{code} 单位代码、{due} 填报截止日、{late} 补报截止日、{year} 年度、{form} 报告名称、"
        "{issuer} 署名、{county} 汇总成谁的报告、{contact} 联系人和电话、{file} 附件名、{owes} 还欠什么、{overdue} 超过几天。"
    )
    assert raised.value.message("en").startswith(
        "The template 催报.txt cannot be used: 4 faults; no letter was written.\n  × U-LETTER-SUBJECT  Line 1 should be"
    )
    assert raised.value.exit_status == 3


def test_the_faults_of_a_template_survive_the_way_between_processes(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as raised:
        reminded(tmp_path, "主题：催\n\n{deu}前")

    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 (our own bytes)

    assert (again.message("zh"), again.way_out("zh")) == (raised.value.message("zh"), raised.value.way_out("zh"))
