from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.expr.desk import bound, find
from tianbao.expr import (
    And,
    Arithmetic,
    Blank,
    Cell,
    Compare,
    CountIf,
    DateSerial,
    ExpressionError,
    If,
    IsBlank,
    Kind,
    Name,
    Negate,
    Number,
    Round,
    Sum,
    Text,
    bind,
    parse,
)


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANBAO_LANG", "zh")


def test_reads_the_printed_identity() -> None:
    expr = parse("new + carried_in == total")

    assert expr == Compare("==", Arithmetic("+", Name(("new",), 0), Name(("carried_in",), 6)), Name(("total",), 20))


def test_keeps_a_decimal_as_it_was_written() -> None:
    assert parse("3.00") == Number(Decimal("3.00"))
    assert str(parse("0.10")) == "Number(value=Decimal('0.10'))"


def test_reads_names_of_several_parts_in_chinese_at_their_character() -> None:
    expr = parse("表三.新收 > prior.表三.新收")

    assert expr == Compare(">", Name(("表三", "新收"), 0), Name(("prior", "表三", "新收"), 8))


def test_reads_a_chain_as_a_comparison_of_each_pair() -> None:
    expr = parse("0 <= a < b")

    assert expr == And((Compare("<=", Number(0), Name(("a",), 5)), Compare("<", Name(("a",), 5), Name(("b",), 9))))


def test_reads_a_choice_a_blank_and_a_negation() -> None:
    assert parse("-a if a < 0 else blank") == If(
        condition=Compare("<", Name(("a",), 6), Number(0)), then=Negate(Name(("a",), 1)), otherwise=Blank()
    )


def test_reads_every_function() -> None:
    assert parse("sum(a, 1)") == Sum((Name(("a",), 4), Number(1)))
    assert parse("round(a)") == Round(Name(("a",), 6), 0)
    assert parse("round(a, 2)") == Round(Name(("a",), 6), 2)
    assert parse("blank(a.b)") == IsBlank(Name(("a", "b"), 6))
    assert parse("countif(a, -1)") == CountIf(Name(("a",), 8), Number(-1))
    assert parse("countif(a, '是')") == CountIf(Name(("a",), 8), Text("是"))
    assert parse("date(2025, 1, 31)") == DateSerial(Number(2025), Number(1), Number(31))


def test_reads_over_several_lines() -> None:
    assert parse("\n  a\n  > 1\n") == Compare(">", Name(("a",), 3), Number(1))


@pytest.mark.parametrize(
    ("text", "code", "column", "zh", "hint"),
    [
        ("  ", "E-EMPTY", 1, "表达式是空的", "请写出关系，例如 new + carried_in == total + carried_out"),
        ("a = b", "E-EQUALS", 3, "表达式“a = b”第 3 个字符：单个 = 不表示相等", "请写 =="),
        ("sum(新收=b)", "E-EQUALS", 7, "表达式“sum(新收=b)”第 7 个字符：单个 = 不表示相等", "请写 =="),
        (
            "新收 ＋ b",
            "E-CHARACTER",
            4,
            "表达式“新收 ＋ b”第 4 个字符“＋”在这里没有意义",
            "运算符、括号和标点请用半角；能用的是 + - * / ( ) , . == != < <= > >= 和引号",
        ),
        (
            "a # 说明",
            "E-CHARACTER",
            3,
            "表达式“a # 说明”第 3 个字符“#”在这里没有意义",
            "运算符、括号和标点请用半角；能用的是 + - * / ( ) , . == != < <= > >= 和引号",
        ),
        ("a +", "E-SYNTAX", 3, "表达式“a +”第 3 个字符处看不懂", "请检查此处是否少了运算符、括号或引号"),
        ("  (a b)", "E-SYNTAX", 4, "表达式“  (a b)”第 4 个字符处看不懂", "请检查此处是否少了运算符、括号或引号"),
        (
            "1_000",
            "E-NUMBER",
            1,
            "表达式“1_000”第 1 个字符处的数“1_000”写法不对",
            "请只用数字和一个小数点，最多 15 位，例如 1000 或 0.5",
        ),
        (
            "新收 > 1e3",
            "E-NUMBER",
            6,
            "表达式“新收 > 1e3”第 6 个字符处的数“1e3”写法不对",
            "请只用数字和一个小数点，最多 15 位，例如 1000 或 0.5",
        ),
        (
            "t == 'a' 'b'",
            "E-TEXT",
            6,
            "表达式“t == 'a' 'b'”第 6 个字符处的文字写法不对",
            '请写在一对引号里，例如 "是"，最多 255 个字',
        ),
        (
            "总计(a)",
            "E-FUNCTION",
            1,
            "表达式“总计(a)”第 1 个字符处：没有函数 总计",
            "能用的函数：sum, abs, round, blank, count, countif, date",
        ),
        ("a + abs(a, b)", "E-ARGUMENTS", 5, "表达式“a + abs(a, b)”第 5 个字符处的函数用法不对", "请这样写：abs(x)"),
        ("sum()", "E-ARGUMENTS", 1, "表达式“sum()”第 1 个字符处的函数用法不对", "请这样写：sum(a, b, …)"),
        ("count(a + b)", "E-ARGUMENTS", 1, "表达式“count(a + b)”第 1 个字符处的函数用法不对", "请这样写：count(x)"),
        ("round(a, b)", "E-ARGUMENTS", 1, "表达式“round(a, b)”第 1 个字符处的函数用法不对", "请这样写：round(x, 1)"),
        (
            "countif(a, '>5')",
            "E-CRITERION",
            12,
            "表达式“countif(a, '>5')”第 12 个字符处：countif 不能数“>5”，表格会把它当成通配符、比较或数",
            '请写以文字开头、不含 < > = * ? ~ 的条件，例如 countif(x, "是")；数数值请不加引号',
        ),
    ],
)
def test_says_what_is_wrong_where_and_what_to_do(text: str, code: str, column: int, zh: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    assert (caught.value.code, caught.value.column) == (code, column)
    assert caught.value.message("zh") == zh
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "criterion", ["*", "是?", "~", "=是", "<>", "12", "1月2日", "TRUE", "false", "", "-", "_", " 是"]
)
def test_refuses_a_criterion_that_a_sheet_takes_for_something_else(criterion: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(f"countif(a, '{criterion}')")

    assert caught.value.code == "E-CRITERION"
    assert caught.value.params["criterion"] == criterion


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("a ** 2", "**"),
        ("a // 2", "//"),
        ("a % 2", "%"),
        ("a & b", "&"),
        ("~a", "~"),
        ("+a", "+x"),
        ("a is b", "is"),
        ("a not in b", "not in"),
        ("a == b in c", "in"),
        ("a[0]", "x[…]"),
        ("[a]", "[…]"),
        ("(a, b)", "(…, …)"),
        ("{a}", "{…}"),
        ("{a: b}", "{…}"),
        ("[x for x in a]", "[… for …]"),
        ("lambda: a", "lambda"),
        ("f'{a}'", 'f"…"'),
        ("(a := b)", ":="),
        ("sum(*a)", "*x"),
        ("a > True", "True"),
        ("a == None", "None"),
        ("b'x'", "b'x'"),
        ("...", "..."),
        ("sum(a).real", "sum(a).real"),
    ],
)
def test_names_what_is_python_and_not_ours(text: str, construct: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    assert caught.value.code == "E-CONSTRUCT"
    assert caught.value.params["construct"] == construct


@pytest.mark.parametrize(
    "text", ["-" * 60 + "a", " + ".join("a" * 60), "not " * 60 + "a", "abs(" * 60 + "a" + ")" * 60]
)
def test_refuses_what_is_nested_too_deep(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    assert caught.value.code == "E-DEEP"
    assert caught.value.params["limit"] == 50


def test_refuses_what_is_too_long() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(f"sum({', '.join(['a'] * 400)})")

    assert caught.value.code == "E-LONG"
    assert caught.value.message("zh") == "表达式超过 1000 个字符"


@given(st.text(alphabet="ab新.,+-*/()<>=!\"'[]{}:@\\#\n\t\0 0123456789ｓｕｍ_ifelsnotrd", max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    refused = None
    try:
        parse(text)
    except ExpressionError as error:
        refused = error

    assert refused is None or (1 <= refused.column <= len(text) + 1 and refused.message("zh") and refused.message("en"))


@pytest.mark.parametrize(
    ("text", "code", "column", "zh", "hint"),
    [
        (
            "a + 表九.新收 > 1",
            "E-NAME",
            5,
            "表达式“a + 表九.新收 > 1”第 5 个字符处：没有叫“表九.新收”的单元格",
            "请用 tianbao form cells 查看名称",
        ),
        (
            "a == col",
            "E-SEVERAL",
            6,
            "表达式“a == col”第 6 个字符处：“col”是几个单元格，这里要一个值",
            "请写 sum(col)、count(col)、countif(col, …) 或 blank(col)",
        ),
        (
            "blank(year)",
            "E-REFERENCE",
            7,
            "表达式“blank(year)”第 7 个字符处：“year”不是单元格",
            "blank、count 和 countif 里只能写单元格的名称",
        ),
        (
            "a + t",
            "E-NUMBER-NEEDED",
            5,
            "表达式“a + t”第 5 个字符处要一个数，写的不是数",
            "文字和比较不能参加运算；要按条件取数请写 x if 条件 else y",
        ),
        (
            "a > 0 and b",
            "E-CONDITION-NEEDED",
            11,
            "表达式“a > 0 and b”第 11 个字符处要一个条件，写的不是条件",
            "请写成比较，例如 a > 0",
        ),
        (
            "a == '是'",
            "E-KINDS",
            1,
            "表达式“a == '是'”第 1 个字符处：两边一个是数、一个是文字或条件",
            "请让两边同类；文字写在引号里，数不加引号",
        ),
        ("t < 'b'", "E-TEXT-ORDER", 1, "表达式“t < 'b'”第 1 个字符处：文字不能用 < 比大小", "文字只能用 == 或 !="),
        (
            "a <= date(year, 2, 30)",
            "E-DAY",
            11,
            "表达式“a <= date(year, 2, 30)”第 11 个字符处不是一个日期",
            "请写 1900 年 3 月以后确有的一天，年、月、日都是固定的整数，例如 date(2025, 12, 31)",
        ),
    ],
)
def test_binding_says_what_cannot_stand_where(text: str, code: str, column: int, zh: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        bound(text)

    assert (caught.value.code, caught.value.column) == (code, column)
    assert caught.value.message("zh") == zh
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sum(ts)", "E-NUMBER-NEEDED"),
        ("(a > b) + 1", "E-NUMBER-NEEDED"),
        ("-t", "E-NUMBER-NEEDED"),
        ("round(t)", "E-NUMBER-NEEDED"),
        ("not t", "E-CONDITION-NEEDED"),
        ("a if b else c", "E-CONDITION-NEEDED"),
        ("(a > b) == (b > c)", "E-KINDS"),
        ("a if b > 0 else t", "E-KINDS"),
        ("a > 0 if b > 0 else blank", "E-KINDS"),
        ("countif(ts, 1)", "E-KINDS"),
        ("countif(col, '是')", "E-KINDS"),
        ("abs(col)", "E-SEVERAL"),
        ("col", "E-SEVERAL"),
        ("countif(year, 1)", "E-REFERENCE"),
        ("date(a, 1, 1)", "E-DAY"),
        ("date(1900, 2, 28)", "E-DAY"),
        ("date(2025.0, 1, 1)", "E-DAY"),
    ],
)
def test_binding_refuses_what_has_no_one_meaning(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        bound(text)

    assert caught.value.code == code


def test_binding_puts_cells_groups_and_values_in_the_place_of_names() -> None:
    expr = bind(parse("p > year"), find)

    assert expr == Compare(">", Cell("p", Kind.NUMBER, 2), Number(2025))
