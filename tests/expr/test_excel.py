from __future__ import annotations

import re

import pytest

from tests.expr.desk import OWN, bound, place
from tianbao.expr import Cell, Cells, Compare, Count, Expr, FormulaError, If, Kind, Number, Place, Sum, Text
from tianbao.expr.excel import formula, relation
from tianbao.expr.nodes import Relation

FUNCTIONS = {"SUM", "IF", "AND", "OR", "NOT", "ABS", "COUNTBLANK", "COUNTIF", "INDEX", "ROUND"}

A = "INDEX($B$1:$B$200,1)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", f"SUM({A})"),
        ("a + b", "SUM(B1:B2)"),
        ("h + i + j", "SUM(D1:F1)"),
        ("a + c", f"SUM({A},INDEX($B$1:$B$200,3))"),
        ("b + c - a - d", f"SUM(B2:B3)-SUM({A},INDEX($B$1:$B$200,4))"),
        ("a + a + b", f"SUM(B1:B2,{A})"),
        ("a + b - (c - 3)", "SUM(B1:B2,3)-SUM(INDEX($B$1:$B$200,3))"),
        ("-a", f"-SUM({A})"),
        ("a + 0", f"SUM({A})"),
        ("0 - 0", "0"),
        ("z", "SUM(INDEX($BD$1:$BD$200,1))"),
        ("sum(col, row)", "SUM(B1:B6,D1:G1)"),
        ("sum(other)", "SUM('其他''s'!B1:B2,INDEX('其他''s'!$C$1:$C$200,1))"),
        ("3.00", "3"),
        ("a * (b + 1)", f"SUM({A})*(SUM(INDEX($B$1:$B$200,2),1))"),
        ("a / 4", f"SUM({A})/4"),
        ("1 / a", f"IF(ABS(SUM({A}))<0.000000001,0,1/SUM({A}))"),
        ("round(a, 1)", f"ROUND(ROUND(SUM({A}),7),1)"),
        ("abs(a - b)", f"ABS(SUM({A})-SUM(INDEX($B$1:$B$200,2)))"),
        ("a == b", f"ABS(SUM({A})-SUM(INDEX($B$1:$B$200,2)))<0.49999"),
        ("a != 1", f"ABS(SUM({A})-1)>=0.49999"),
        ("a < 1", f"SUM({A})-1<=-0.49999"),
        ("a <= 1", f"SUM({A})-1<0.49999"),
        ("a > 0", f"SUM({A})>=0.49999"),
        ("a >= 0.25", f"SUM({A})-0.25>-0.0049999"),
        ("t == 'a\"是'", 'INDEX($B$1:$B$200,8)&""="a""是"'),
        ("t != u", 'INDEX($B$1:$B$200,8)&""<>INDEX($B$1:$B$200,10)&""'),
        (
            "not (a > 0 and b > 0 or c > 0)",
            f"NOT(OR(AND(SUM({A})>=0.49999,SUM(INDEX($B$1:$B$200,2))>=0.49999),SUM(INDEX($B$1:$B$200,3))>=0.49999))",
        ),
        ("a if a > 0 else blank", f'IF(SUM({A})>=0.49999,SUM({A}),"")'),
        ("(a if a > 0 else blank) + 1", f"SUM(IF(SUM({A})>=0.49999,SUM({A}),0),1)"),
        ("blank(a)", f'SUM(COUNTIF({A},"<1E+300"))=0'),
        ("count(ts)", "SUM(3,-COUNTBLANK(D8:D9),-COUNTBLANK(INDEX($D$1:$D$200,11)))"),
        ("countif(ts, '是')", 'SUM(COUNTIF(D8:D9,"是"),COUNTIF(INDEX($D$1:$D$200,11),"是"))'),
        ("countif(col, 2)", 'SUM(COUNTIF(B1:B6,">"&1.50001),-COUNTIF(B1:B6,">="&2.49999))'),
        ("date(2025, 12, 31)", "46022"),
    ],
)
def test_writes_the_formula(text: str, expected: str) -> None:
    written = formula(bound(text), place, sheet=OWN)

    assert written == expected
    assert set(re.findall(r"[A-Z]+(?=\()", written)) <= FUNCTIONS


def test_no_plain_reference_is_ever_written() -> None:
    text = "sum(col) + a * z / p - (w if t == 'x' else blank) == count(other) + countif(row, 1)"

    written = formula(bound(text), place, sheet=OWN)

    without_areas = re.sub(r"[A-Z]+\d+:[A-Z]+\d+|\$[A-Z]+:\$[A-Z]+", "", written)
    assert not re.search(r"[A-Z]\d", without_areas)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("==", "ABS(H9)<0.49999"),
        ("!=", "ABS(H9)>=0.49999"),
        ("<", "H9<=-0.49999"),
        ("<=", "H9<0.49999"),
        (">", "H9>=0.49999"),
        (">=", "H9>-0.49999"),
    ],
)
def test_a_relation_is_written_over_the_cell_of_a_difference(op: Relation, expected: str) -> None:
    assert relation(op, "H9", 0) == expected


def test_more_addends_than_a_function_takes_are_handed_over_in_parcels() -> None:
    scattered = Cells("all", tuple(str(row) for row in range(1, 600, 2)))

    written = formula(scattered, lambda key: Place(OWN, int(key), 1), sheet=OWN)

    assert written.startswith("SUM(SUM(INDEX($A$1:$A$200,1),")
    assert written.count("SUM(") == 3
    assert written.count("INDEX(") == 300


def test_refuses_a_formula_that_is_longer_than_excel_takes() -> None:
    scattered = Cells("all", tuple(str(row) for row in range(1, 1200, 2)))

    with pytest.raises(FormulaError) as caught:
        formula(scattered, lambda key: Place(OWN, int(key), 1), sheet=OWN)

    assert caught.value.message("zh") == (
        "由表达式得出的公式有 13865 个字符、3 层括号，Excel 最多容纳 8192 个字符、64 层"
    )


def test_refuses_a_formula_that_is_deeper_than_excel_takes() -> None:
    expr: Expr = Number(1)
    for _ in range(70):
        expr = If(Compare(">", Cell("a"), Number(0)), Number(2), expr)

    with pytest.raises(FormulaError) as caught:
        formula(expr, place, sheet=OWN)

    assert caught.value.params["depth"] == 72


def test_brackets_in_a_text_are_not_deep() -> None:
    expr = Compare("==", Cell("t", Kind.TEXT), Text("(" * 70))

    assert "((((" in formula(expr, place, sheet=OWN)


@pytest.mark.parametrize("expr", [Text("x"), Count(Number(1)), Sum((Text("x"),))])  # type: ignore[arg-type]
def test_refuses_what_binding_would_not_have_let_through(expr: Expr) -> None:
    with pytest.raises(TypeError):
        formula(Compare(">", Number(1), Sum((expr,))), place, sheet=OWN)


def test_a_lone_cell_in_the_formulas_own_column_is_looked_up_along_its_row() -> None:
    written = formula(bound("a - h"), place, sheet=OWN, column=2)

    assert written == "SUM(INDEX($A$1:$BE$1,1,2))-SUM(INDEX($D$1:$D$200,1))"
