"""A copied neighbour (faults.md A20) is told of both units; what townships have in common as a matter of course is not."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from types import FrameType
from typing import Any

import pytest

from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, submission
from tianbao.checks.alike import find_alike, find_unchanged
from tianbao.checks.finding import Finding
from tianbao.checks.run import run_checks
from tianbao.form.model import Severity
from tianbao.messages import LANGUAGES, Language
from tianbao.messages.explained import explained
from tianbao.records.model import Submission, Unit, Value

#: Five numbers that are not 0, four of them distinct.
NUMBERS: dict[str, Value] = {
    "art20_5.licence.decisions": 214,
    "art20_6.penalty.decisions": 12,
    "requests.new.natural": 3,
    "requests.granted.natural": 2,
    "requests.partial.natural": 3,
}
#: Of 74 and 62 characters.
FIRST = "本镇在政府网站和村务公开栏公开惠农补贴、救助名单、集体资产等信息一百八十六条，政务公开专区设在便民服务中心，配有查询电脑和打印设备，有专人引导。"
SECOND = "公开工作列入年度考核，半年通报一次；社会评议请了人大代表、政协委员和村民代表三十人，评议结果为满意，没有责任追究的情形发生，也没有投诉。"
TEXTS: dict[str, Value] = {"text.overview.1": FIRST, "text.overview.2": SECOND}


def of(unit: Unit, values: Mapping[str, Value] | None = None, **more: object) -> Submission:
    return submission("zfxxgk-2021", values, unit=unit, **more)  # type: ignore[arg-type]


def alike(*submissions: Submission) -> list[list[str]]:
    """Say what is told of each submission."""
    return [[finding.instance for finding in own] for own in find_alike(submissions)]


def the_finding(*submissions: Submission) -> Finding:
    """Return the one thing told of the first submission."""
    (finding,) = find_alike(submissions)[0]
    return finding


def units(count: int) -> list[Unit]:
    return [Unit(f"9999011{n:02}", f"第{n}镇") for n in range(1, count + 1)]


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copied_neighbour_is_a_query_for_both_which_names_the_other() -> None:
    both = find_alike([of(BAIJIA, NUMBERS | TEXTS), of(DOUCUN, NUMBERS | TEXTS)])

    assert [[(f.code, f.severity, f.unit) for f in own] for own in both] == [
        [(code, Severity.QUERY, unit) for code in ("A-01", "A-02")] for unit in (BAIJIA, DOUCUN)
    ]
    tables, texts = both[0]
    assert tables.message("zh") == (
        "各表填的与“豆村镇”每一格都相同：共 166 格，其中不是 0 的 5 格（二、主动公开!C15、C20；三、依申请公开!E10、E12:E13）。"
        "请两家分别核对台账：照抄了的、误用了对方表格的，按本单位的数重填；确实相同的请说明。"
    )
    assert texts.message("zh") == (
        f"文字部分与“豆村镇”有 2 段一字不差，共 {len(FIRST) + len(SECOND)} 字（空格和单位名称不算）（文字部分!B15:B16）。"
        "请按本单位的实际重写；几家共同开展的工作，请说明。"
    )
    assert "“白家庄镇”" in both[1][0].message("zh")
    assert "“白家庄镇”" in both[1][1].message("en")


def test_a_finding_lists_the_cells_that_are_the_same() -> None:
    finding = the_finding(of(BAIJIA, NUMBERS), of(DOUCUN, NUMBERS))

    assert {cell.key: cell.value for cell in finding.cells} == NUMBERS
    assert finding.cells[0].at == "二、主动公开!C15"
    assert (finding.left, finding.right, finding.imbalance, finding.rule) == (
        None,
        None,
        None,
        "tables != tables of another unit",
    )


def test_the_tables_alone_or_the_texts_alone_are_enough() -> None:
    assert alike(of(BAIJIA, NUMBERS | TEXTS), of(DOUCUN, NUMBERS)) == [["A-01"], ["A-01"]]
    assert alike(of(BAIJIA, NUMBERS | TEXTS), of(DOUCUN, TEXTS)) == [["A-02"], ["A-02"]]


def test_a_single_table_is_enough_where_there_is_enough_in_it() -> None:
    requests: dict[str, Value] = {
        f"requests.{row}.natural": number
        for number, row in enumerate(("new", "carried_in", "granted", "partial"), start=1)
    }
    other = requests | {"art20_5.licence.decisions": 9}

    first, second = find_alike([of(BAIJIA, requests), of(DOUCUN, other)])

    assert [finding.instance for finding in (*first, *second)] == ["A-01.requests"] * 2
    assert first[0].message("zh").startswith("表三填的与“豆村镇”每一格都相同：共 144 格，其中不是 0 的 4 格（")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("白家庄镇人民政府在", "豆村镇人民政府在"), ("白家庄镇在", "白家庄镇在"), ("白家庄镇 在\u3000", "豆村镇在")],
    ids=["own name put in", "neighbour's name left", "blanks"],
)
def test_a_copy_is_known_whatever_name_stands_in_it(mine: str, theirs: str) -> None:
    texts = [{"text.overview.1": name + FIRST, "text.overview.2": SECOND} for name in (mine, theirs)]

    assert alike(of(BAIJIA, texts[0]), of(DOUCUN, texts[1])) == [["A-02"], ["A-02"]]


def test_a_paragraph_is_the_same_wherever_it_stands() -> None:
    moved: dict[str, Value] = {"text.problems.1": SECOND, "text.overview.3": f"{FIRST}\n本镇另有一段自己写的话。"}

    assert alike(of(BAIJIA, TEXTS), of(DOUCUN, moved)) == [["A-02"], ["A-02"]]


def test_a_group_is_one_finding_each_which_names_the_others() -> None:
    of_three = find_alike([of(unit, NUMBERS) for unit in (BAIJIA, DOUCUN, TAIHUAI)])

    assert [len(own) for own in of_three] == [1, 1, 1]
    assert "与“白家庄镇”、“台怀镇”每一格" in of_three[1][0].message("zh")


def test_of_a_large_group_three_are_named_and_all_are_counted() -> None:
    six = [of(unit, NUMBERS) for unit in units(6)]

    finding = the_finding(*six)

    assert "与“第2镇”、“第3镇”、“第4镇”等 5 家每一格" in finding.message("zh")
    assert "as by “第2镇”, “第3镇”, “第4镇” and others, 5 in all in every cell" in finding.message("en")


def test_who_shares_most_of_the_text_is_named_first() -> None:
    third = "本年重点公开乡村振兴项目和资金，先后公开项目四十二个、资金八百余万元，每季度在村务公开栏更新，接受群众监督，没有收到群众来信来访反映的问题。"
    mine = TEXTS | {"text.overview.3": third}

    finding = the_finding(of(BAIJIA, mine), of(DOUCUN, TEXTS), of(TAIHUAI, mine))

    assert "与“台怀镇”、“豆村镇”有 3 段" in finding.message("zh")


def test_it_is_told_with_the_other_findings_after_the_errors() -> None:
    wrong = NUMBERS | {"requests.new.natural": 7}

    found = run_checks([of(BAIJIA, wrong), of(DOUCUN, wrong)])

    own = [finding for finding in found if finding.unit == BAIJIA and finding.follows is None]
    assert [finding.code for finding in own] == ["T3-01", "A-01"]


# ── what is not ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"cover.zero_report": "是"},
        {"requests.new.natural": 3, "requests.granted.natural": 2, "requests.partial.natural": 1},
        {f"requests.{row}.natural": 8 for row in ("new", "carried_in", "granted", "partial", "carried_out")},
    ],
    ids=["all zero", "declared zero", "a few applications", "one number again and again"],
)
def test_tables_without_much_in_them_are_normal(values: Mapping[str, Value]) -> None:
    assert alike(of(BAIJIA, values), of(DOUCUN, values)) == [[], []]


LEAD = "根据《中华人民共和国政府信息公开条例》第五十条规定编制本报告。所列数据的统计期限自2025年1月1日起至12月31日止。如有疑问，请与县人民政府办公室联系，地址和电话见县人民政府网站，邮政编码和电子邮箱也在那里。"
SHORT = "本年没有发出信息处理费收费通知，收取信息处理费 0 元。"
PHRASES: dict[str, Value] = {
    "text.overview.1": "本年度没有收到公民、法人和其他组织提出的政府信息公开申请，也没有上年结转的申请。",
    "text.overview.2": "本年度没有因政府信息公开被申请行政复议、提起行政诉讼的情况，也没有举报投诉。",
}


@pytest.mark.parametrize(
    "texts",
    [
        {"text.lead.1": LEAD, "text.lead.2": FIRST},
        {f"text.overview.{n}": SHORT for n in range(1, 9)},
        {"text.problems.1": FIRST},
        PHRASES,
    ],
    ids=["the prescribed opening", "short paragraphs", "one paragraph", "two standing phrases"],
)
def test_texts_that_anybody_writes_are_normal(texts: Mapping[str, Value]) -> None:
    assert alike(of(BAIJIA, texts), of(DOUCUN, texts)) == [[], []]


@pytest.mark.parametrize(("length", "told"), [(99, []), (100, ["A-02"])])
def test_it_takes_a_hundred_characters(length: int, told: list[str]) -> None:
    texts: dict[str, Value] = {"text.overview.1": (FIRST + SECOND)[:length]}

    assert alike(of(BAIJIA, texts), of(DOUCUN, texts)) == [told, told]


@pytest.mark.parametrize(("length", "told"), [(29, []), (30, ["A-02"])])
def test_it_takes_thirty_characters_to_know_a_paragraph_by(length: int, told: list[str]) -> None:
    texts: dict[str, Value] = {f"text.overview.{n}": f"{n}{FIRST[: length - 1]}" for n in range(1, 5)}

    assert alike(of(BAIJIA, texts), of(DOUCUN, texts)) == [told, told]


def test_a_bit_from_one_and_a_bit_from_another_is_no_copy_of_either() -> None:
    assert alike(
        of(BAIJIA, TEXTS), of(DOUCUN, {"text.overview.1": FIRST}), of(TAIHUAI, {"text.overview.1": SECOND})
    ) == [[], [], []]


def test_wording_that_most_units_use_comes_from_the_office() -> None:
    eight = units(8)
    few = [of(unit, TEXTS if n < 4 else None) for n, unit in enumerate(eight)]
    most = [of(unit, TEXTS if n < 5 else None) for n, unit in enumerate(eight)]

    assert alike(*few) == [["A-02"]] * 4 + [[]] * 4
    assert alike(*most) == [[]] * 8


def test_a_blank_is_no_zero() -> None:
    blank = of(DOUCUN, NUMBERS, blank=["requests.new.business", "art20_1.rules.issued"])

    assert alike(of(BAIJIA, NUMBERS), blank) == [[], []]


def test_blanks_in_the_same_cells_are_not_among_those_that_are_the_same() -> None:
    finding = the_finding(*(of(unit, NUMBERS, blank=["art20_1.rules.issued"]) for unit in (BAIJIA, DOUCUN)))

    assert "共 165 格" in finding.message("zh")


def test_one_table_is_not_held_against_another() -> None:
    columns = ("prev_items", "delta", "decisions")
    licence, penalty = (
        {f"{row}.{column}": n for n, (row, column) in enumerate(product(rows, columns), start=1)}
        for rows in (("art20_5.licence", "art20_5.other_services"), ("art20_6.penalty", "art20_6.coercion"))
    )
    first = submission("zfxxgk-2019", {**licence, "requests.new.natural": 1}, unit=BAIJIA)

    assert alike(first, submission("zfxxgk-2019", licence, unit=DOUCUN)) == [["A-01.art20_5"]] * 2
    assert alike(first, submission("zfxxgk-2019", penalty, unit=DOUCUN)) == [[], []]


def test_other_forms_and_years_are_not_compared() -> None:
    last_year = of(DOUCUN, NUMBERS | TEXTS, year=2024)
    other_form = submission("zfxxgk-2019", {"requests.new.natural": 3, **TEXTS}, unit=TAIHUAI)

    assert alike(of(BAIJIA, NUMBERS | TEXTS), last_year, other_form) == [[], [], []]


def test_nobodys_file_and_the_unit_s_own_copy_are_not_another_units() -> None:
    mine = of(BAIJIA, NUMBERS | TEXTS, file="一.xlsx")

    assert alike(mine, replace(mine, file="二.xlsx"), of(BAIJIA, NUMBERS), replace(mine, unit=None)) == [[]] * 4


def test_of_a_copy_it_is_not_told_again() -> None:
    mine = of(BAIJIA, NUMBERS, file="一.xlsx")

    found = run_checks([mine, replace(mine, file="二.xlsx"), of(DOUCUN, NUMBERS, file="三.xlsx")])

    assert [(f.file, f.code) for f in found if f.code in ("A-01", "M-SAME")] == [
        ("一.xlsx", "A-01"),
        ("二.xlsx", "M-SAME"),
        ("三.xlsx", "A-01"),
    ]


# ── the unit's own report of last year ───────────────────────────────────────────────────────────────────────────────


def unchanged(now: Mapping[str, Value], before: Mapping[str, Value], form: str = "zfxxgk-2021") -> list[Finding]:
    last_year = submission(form, before, unit=BAIJIA, year=2024)
    return [f for f in run_checks(of(BAIJIA, now), prior=last_year) if f.code in ("A-06", "A-07")]


def test_what_was_reported_last_year_already_is_queried() -> None:
    tables, texts = unchanged(NUMBERS | TEXTS, NUMBERS | TEXTS)

    assert (tables.severity, texts.severity) == (Severity.QUERY, Severity.QUERY)
    assert tables.message("zh") == (
        "各表填的与本单位上年的报告每一格都相同：共 166 格，其中不是 0 的 5 格（二、主动公开!C15、C20；三、依申请公开!E10、E12:E13）。"
        "请核对是不是报了上年的数；确实相同的请说明。"
    )
    assert texts.message("zh") == (
        f"文字部分与本单位上年的报告有 2 段一字不差，共 {len(FIRST) + len(SECOND)} 字（空格和年份不算）（文字部分!B15:B16）。"
        "请按本年的实际重写；上年的问题和改进措施不要照搬。"
    )


def test_a_text_in_which_only_the_year_was_changed_is_last_years() -> None:
    now, before = ({"text.overview.1": f"{year}年，{FIRST}{SECOND}"} for year in (2025, 2024))

    assert [finding.code for finding in unchanged(now, before)] == ["A-07"]


def test_last_years_text_is_known_in_another_layout() -> None:
    assert [finding.code for finding in unchanged(TEXTS, TEXTS, "zfxxgk-2019")] == ["A-07"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({}, {}),
        (PHRASES, PHRASES),
        (NUMBERS, NUMBERS | {"requests.granted.natural": 3, "requests.partial.natural": 2}),
        ({"text.lead.1": LEAD, "text.lead.2": FIRST}, {"text.lead.1": LEAD, "text.lead.2": FIRST}),
    ],
    ids=["all zero in both years", "standing phrases", "other numbers", "the prescribed opening"],
)
def test_what_is_as_every_year_is_normal(now: Mapping[str, Value], before: Mapping[str, Value]) -> None:
    assert unchanged(now, before) == []


def test_a_table_alone_may_be_last_years() -> None:
    requests: dict[str, Value] = {
        f"requests.{row}.natural": n for n, row in enumerate(("new", "carried_in", "granted", "partial"), start=1)
    }

    (finding,) = unchanged(requests | {"art20_6.penalty.decisions": 5}, requests)

    assert (finding.instance, finding.message("en").split(":")[0]) == ("A-06.requests", "表三")


# ── how long it takes ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["inspections", "text"])
def test_twice_as_many_units_take_twice_the_work(what: str) -> None:
    numbers = dict(zip(("places", "inspected", "visits", "found"), (9, 8, 12, 2), strict=True))
    values: dict[str, Value] = {f"inspections.public.{name}": number for name, number in numbers.items()}
    values |= {"text.remarks.1": FIRST, "text.remarks.2": SECOND}
    copied = {key: value for key, value in values.items() if key.startswith(what)}
    some = submission("fire-safety", copied)
    few, many = ([replace(some, unit=unit) for unit in units(count)] for count in (200, 400))
    find_alike(few)

    assert steps(many) < 2.1 * steps(few)


def steps(submissions: Sequence[Submission]) -> int:
    """Count the lines of Python that are run, which, unlike the time, are always as many."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        del frame, argument
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_alike(submissions)
    finally:
        sys.settrace(before)
    return count


# ── what `explain` shows ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_of_each_code_is_what_is_said_of_such_a_pair(lang: Language) -> None:
    liuxi, shiqiao = Unit("999901103", "柳溪镇"), Unit("999901104", "石桥镇")
    this_year = of(liuxi, NUMBERS | TEXTS)
    same = (*find_alike([this_year, of(shiqiao, NUMBERS | TEXTS)])[0],)
    same += (*find_unchanged(this_year, of(liuxi, NUMBERS | TEXTS, year=2024)),)

    for finding in same:
        (example,) = explained()[finding.code].samples(lang)
        separator = "" if lang == "zh" else " "
        assert finding.message(lang) == f"{example.sentence}{separator}{example.way_out}"
    assert [finding.code for finding in same] == ["A-01", "A-02", "A-06", "A-07"]
