"""What people type becomes a value where it is unambiguous, and else a value problem; never a zero that was not typed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tianbao import messages
from tianbao.form.model import Severity
from tianbao.records.model import State, Value
from tianbao.workbook.package import RawCell, StyleFacts
from tianbao.workbook.values import PLAIN, Asked, Reading, as_constant, read_value

COUNT = Asked(measure="件")
MONEY = Asked(type="decimal", measure="万元", digits=2)
CHANGE = Asked(measure="件", negative=True)
CODE = Asked(type="code", codes=("合格", "不合格", "A1"))
DAY = Asked(type="date")
TEXT = Asked(type="text")
DATE = StyleFacts(is_date=True)
PERCENT = StyleFacts(is_percent=True)


def number(text: str, formula: str | None = None) -> RawCell:
    return RawCell("n", text, formula, 0)


def typed(text: str) -> RawCell:
    return RawCell("s", text, None, 0)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


@pytest.mark.parametrize(
    ("cell", "asked", "value", "notes"),
    [
        (number("5"), COUNT, 5, []),
        (number("5.0"), COUNT, 5, []),
        (number("1E3"), COUNT, 1000, []),
        (number("0"), COUNT, 0, []),
        (number("0.99999999999"), COUNT, 1, ["V-ROUNDED"]),
        (number("-3"), CHANGE, -3, []),
        (typed("5"), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed("5.0"), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed(" 5 "), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed("５"), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed("\u00a05\u3000"), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed("\u200b5\r\n"), COUNT, 5, ["V-TEXT-NUMBER"]),
        (typed("1,200"), COUNT, 1200, ["V-GROUPED"]),
        (typed("1，200"), COUNT, 1200, ["V-GROUPED"]),
        (typed("5件"), COUNT, 5, ["V-MEASURE"]),
        (typed("3 件"), COUNT, 3, ["V-MEASURE"]),
        (typed("１，２００　件"), COUNT, 1200, ["V-GROUPED", "V-MEASURE"]),
        (typed("12.5万元"), MONEY, Decimal("12.5"), ["V-MEASURE"]),
        (typed("12.5万"), MONEY, Decimal("12.5"), ["V-CONVERTED"]),
        (typed("125000元"), MONEY, Decimal("12.5"), ["V-CONVERTED"]),
        (typed("1亿元"), MONEY, Decimal(10_000), ["V-CONVERTED"]),
        (typed("十二万元"), MONEY, Decimal(12), ["V-CHINESE", "V-CONVERTED"]),
        (typed("〇"), COUNT, 0, ["V-ZERO-WORD"]),
        (typed("零"), COUNT, 0, ["V-ZERO-WORD"]),
        (typed("无"), COUNT, 0, ["V-ZERO-WORD"]),
        (typed(" 没有 "), MONEY, Decimal(0), ["V-ZERO-WORD"]),
        (typed("五"), COUNT, 5, ["V-CHINESE"]),
        (typed("十二"), COUNT, 12, ["V-CHINESE"]),
        (typed("两万三千件"), COUNT, 23_000, ["V-CHINESE", "V-MEASURE"]),
        (typed("+3"), CHANGE, 3, ["V-TEXT-NUMBER"]),
        (typed("－3"), CHANGE, -3, ["V-TEXT-NUMBER"]),
        (typed("(3)"), CHANGE, -3, ["V-TEXT-NUMBER"]),
        (typed("（3）"), CHANGE, -3, ["V-TEXT-NUMBER"]),
        (number("12.5"), MONEY, Decimal("12.5"), []),
        (number("0.30000000000000004"), MONEY, Decimal("0.3"), []),
        (number("12.345678"), MONEY, Decimal("12.345678"), ["V-DECIMALS"]),
        (number("0.1234567890123456789"), Asked(type="decimal", digits=20), Decimal("0.123456789012346"), ["V-PRECISION"]),
        (number("5", "3+2"), COUNT, 5, ["V-FORMULA"]),
        (number("5", "[1]表!A1"), COUNT, 5, ["V-FORMULA-EXTERNAL"]),
        (RawCell("s", "5件", 'A1&"件"', 0), COUNT, 5, ["V-FORMULA", "V-MEASURE"]),
        (typed("合格"), CODE, "合格", []),
        (typed(" ａ1 "), CODE, "A1", ["V-CODE"]),
        (typed("一\r\n二"), TEXT, "一\n二", []),
        (number("13800000000"), TEXT, "13800000000", []),
        (number("1.38E10"), TEXT, "13800000000", []),
        (typed("2023-12-31"), DAY, date(2023, 12, 31), []),
        (RawCell("d", "2023-12-31T00:00:00", None, 0), DAY, date(2023, 12, 31), []),
        (typed("2023年12月31日"), DAY, date(2023, 12, 31), ["V-TEXT-DATE"]),
        (typed("2023.12.31"), DAY, date(2023, 12, 31), ["V-TEXT-DATE"]),
        (typed("２０２３/1/2"), DAY, date(2023, 1, 2), ["V-TEXT-DATE"]),
        (number("20231231"), DAY, date(2023, 12, 31), ["V-TEXT-DATE"]),
        (number("45291"), DAY, date(2023, 12, 31), ["V-SERIAL-DATE"]),
    ],
)  # fmt: skip
def test_what_is_unambiguous_is_read_and_each_change_is_told(
    cell: RawCell, asked: Asked, value: Value, notes: list[str]
) -> None:
    reading = read_value(cell, asked)

    assert (reading.value, type(reading.value), reading.state) == (value, type(value), State.FILLED)
    assert codes(reading) == notes


@pytest.mark.parametrize(
    ("cell", "asked", "code"),
    [
        *((typed(text), COUNT, "V-PLACEHOLDER") for text in ("/", "-", "—", "——", "--", "不适用", "N/A", "n/a", " ／ ")),
        *(
            (typed(text), COUNT, "V-UNREADABLE")
            for text in ("2-3", "约5", "5+2", "见附件", "5（其中2）", "1e3", "0x10", "1.200,5", "1,20", "1 200", "O", "同上",
                         "5.", "1²", "①", "٣", "一百二", "二〇", "一二", "万", "5\n6")
        ),
        *((typed(text), COUNT, "V-SIGN") for text in ("+3", "－3", "(3)", "-0", "−3")),
        (typed("(-3)"), CHANGE, "V-SIGN"),
        (typed("3.7"), COUNT, "V-NOT-WHOLE"),
        (number("3.7"), COUNT, "V-NOT-WHOLE"),
        (number("-3"), COUNT, "V-NEGATIVE"),
        (number("10000000"), COUNT, "V-TOO-LARGE"),
        (number("1E300"), COUNT, "V-TOO-LARGE"),
        (number("1_000"), COUNT, "V-UNREADABLE"),
        (number("nan"), COUNT, "V-UNREADABLE"),
        (RawCell("1.5", "7", None, 0), COUNT, "V-UNREADABLE"),
        (typed("13800000000"), COUNT, "V-TOO-LARGE"),
        (typed("1234567890123456"), MONEY, "V-TOO-LARGE"),
        (typed("1.2万"), COUNT, "V-OTHER-MEASURE"),
        (typed("5项"), COUNT, "V-OTHER-MEASURE"),
        (typed("五件左右"), COUNT, "V-UNREADABLE"),
        (typed("10余件"), COUNT, "V-UNREADABLE"),
        (typed("十二万"), MONEY, "V-UNREADABLE"),
        (typed("50%"), COUNT, "V-PERCENT"),
        (RawCell("b", "1", None, 0), COUNT, "V-BOOLEAN"),
        (RawCell("e", "#REF!", None, 0), COUNT, "V-ERROR"),
        (RawCell("e", "#REF!", "A1", 0), COUNT, "V-ERROR"),
        (RawCell("e", "#N/A", None, 0), TEXT, "V-ERROR"),
        (RawCell("e", "#N/A", None, 0), CODE, "V-ERROR"),
        (typed("#VALUE!"), COUNT, "V-ERROR"),
        (RawCell("d", "2025-01-02", None, 0), COUNT, "V-DATE"),
        (number("", "A1"), COUNT, "V-FORMULA-EMPTY"),
        (RawCell("s", '=DISPIMG("x",1)', '_xlfn.DISPIMG("x",1)', 0), COUNT, "V-PICTURE"),
        (typed("优"), CODE, "V-NOT-A-CODE"),
        (typed("2023-02-30"), DAY, "V-NOT-A-DATE"),
        (typed("年底"), DAY, "V-NOT-A-DATE"),
        (number("12"), DAY, "V-NOT-A-DATE"),
        (number("29999"), DAY, "V-NOT-A-DATE"),
        (RawCell("b", "1", None, 0), DAY, "V-NOT-A-DATE"),
    ],
)  # fmt: skip
def test_what_can_be_understood_in_two_ways_is_a_value_problem(cell: RawCell, asked: Asked, code: str) -> None:
    reading = read_value(cell, asked)

    assert (reading.value, reading.state) == (None, State.UNREADABLE)
    assert [(note.code, note.severity) for note in reading.notes] == [(code, Severity.ERROR)]


@pytest.mark.parametrize("cell", [None, number(""), typed(""), typed("  \u3000\r\n")])
@pytest.mark.parametrize("asked", [COUNT, MONEY, CODE, DAY, TEXT])
def test_a_blank_is_blank_and_not_zero(cell: RawCell | None, asked: Asked) -> None:
    assert read_value(cell, asked) == Reading(None, State.BLANK)


def test_a_placeholder_stands_where_the_form_lets_a_cell_not_apply() -> None:
    reading = read_value(typed("不适用"), Asked(not_applicable=True))

    assert (reading.value, reading.state, codes(reading)) == (None, State.NOT_APPLICABLE, ["V-NOT-APPLICABLE"])


@pytest.mark.parametrize(
    ("cell", "asked", "style", "sentence"),
    [
        (number("46024"), COUNT, DATE, "填的内容被 Excel 变成了日期（2026-01-02），看不出原来的数，没有采用。"),
        (number("0.5"), COUNT, DATE, "填的内容被 Excel 变成了日期（0.5），看不出原来的数，没有采用。"),
        (number("0.5"), COUNT, PERCENT, "填的是百分数 50%，本格要的是数量，没有采用。"),
        (RawCell("b", "0", None, 0), COUNT, PLAIN, "填的是逻辑值 FALSE，不是数字，没有采用。"),
        (RawCell("e", "#REF!", None, 0), COUNT, PLAIN, "单元格里是错误值 #REF!，没有采用。"),
        (typed("—"), COUNT, PLAIN, "填的是“—”，看不出是不是 0，没有采用。"),
        (typed("5项"), COUNT, PLAIN, "“5项”的计量单位是“项”，本格要的是“件”，没有采用。"),
        (typed("１２件"), COUNT, PLAIN, "“１２件”带有计量单位，读作 12。"),
        (number("5", "3+2"), COUNT, PLAIN, "填报格里是公式 =3+2，取它上次算出的结果 5。"),
        (number("1.234"), MONEY, PLAIN, "“1.234”的小数多于要求的 2 位，原样保留为 1.234。"),
    ],
)
def test_a_remark_names_what_stood_there_and_what_it_became(
    cell: RawCell, asked: Asked, style: StyleFacts, sentence: str
) -> None:
    (remark,) = read_value(cell, asked, style).notes

    assert messages.say(remark.code, "zh", at="三!E10", **remark.params) == f"三!E10：{sentence}"
    assert messages.say(remark.code, "en", at="三!E10", **remark.params).startswith("三!E10: ")
    assert {"raw", "value"} <= remark.params.keys()


def test_a_code_that_is_not_allowed_lists_those_that_are() -> None:
    (remark,) = read_value(typed("优"), CODE).notes

    assert messages.hint(remark.code, "zh", **remark.params) == "请从中选一个：合格 / 不合格 / A1"


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [
        ("45291", DATE, date(2023, 12, 31)),
        ("45291.75", DATE, date(2023, 12, 31)),
        ("43829", StyleFacts(is_date=True, date1904=True), date(2023, 12, 31)),
        ("59", DATE, date(1900, 2, 28)),
        ("61", DATE, date(1900, 3, 1)),
        ("60", DATE, None),
        ("0.5", DATE, None),
        ("2958466", DATE, None),
        ("2958465", StyleFacts(is_date=True, date1904=True), None),
    ],
)
def test_a_real_date_is_the_day_that_excel_shows(text: str, style: StyleFacts, day: date | None) -> None:
    assert read_value(number(text), DAY, style).value == day


def test_a_date_in_a_cell_for_words_is_the_date_in_words() -> None:
    assert read_value(number("45291"), TEXT, DATE).value == "2023-12-31"


KINDS = st.sampled_from(["n", "s", "b", "e", "d", "z"])
TYPED = st.one_of(st.text(), st.text(alphabet="0123456789０５五十百千万零〇元件亿,.+-－()（）%/ 　年月日eE"))
ASKED = st.sampled_from([COUNT, MONEY, CHANGE, CODE, DAY, TEXT, Asked(not_applicable=True)])
STYLES = st.sampled_from([PLAIN, DATE, PERCENT, StyleFacts(is_date=True, date1904=True)])


@given(st.builds(RawCell, KINDS, TYPED, st.one_of(st.none(), st.text()), st.just(0)), ASKED, STYLES)
def test_reading_never_raises_and_every_remark_can_be_said(cell: RawCell, asked: Asked, style: StyleFacts) -> None:
    reading = read_value(cell, asked, style)

    assert (reading.value is not None) == (reading.state is State.FILLED)
    assert (reading.state is State.UNREADABLE) == any(note.severity is Severity.ERROR for note in reading.notes)
    for note in reading.notes:
        assert messages.say(note.code, "zh", at="三!E10", **note.params)
        assert messages.hint(note.code, "en", at="三!E10", **note.params)


@given(TYPED, st.sampled_from([COUNT, MONEY, CHANGE]))
def test_text_is_never_zero_unless_it_says_zero(text: str, asked: Asked) -> None:
    reading = read_value(typed(text), asked)

    if reading.value == 0:
        assert re.search("[0０零〇]|^\\W*(?:无|没有)\\W*$", text)


@pytest.mark.parametrize(
    ("formula", "type_", "text"),
    [
        ("TRUE()", "b", "1"),
        ("true", "b", "1"),
        ("FALSE()", "b", "0"),
        ("#N/A", "e", "#N/A"),
        ("#REF!", "e", "#REF!"),
    ],
)
def test_a_formula_that_is_nothing_but_a_constant_is_the_constant(formula: str, type_: str, text: str) -> None:
    """LibreOffice writes them so, and 1 as the result of TRUE in a cell for numbers."""
    assert as_constant(number("1", formula)) == RawCell(type_, text, None, 0)
    assert read_value(as_constant(number("1", formula)), COUNT)[:2] == (None, State.UNREADABLE)


@pytest.mark.parametrize("formula", ["5", "TRUE()+1", "E6", "#REF!+1", "", '"TRUE"'])
def test_any_other_formula_is_a_formula(formula: str) -> None:
    assert as_constant(number("1", formula)) == number("1", formula)


def test_a_number_in_a_cell_for_words_has_the_digits_that_are_shown() -> None:
    assert read_value(number("0.30000000000000004"), TEXT).value == "0.3"
    assert read_value(number("140922199001011234"), TEXT).value == "140922199001011234"
