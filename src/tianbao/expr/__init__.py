"""The check language: `new + carried_in == total + carried_out`, written once.

    text ──parse──▶ names ──bind──▶ cells ──┬─ excel ────▶ a formula for the respondent's workbook
                                            ├─ value ────▶ the exact result for one submission
                                            ├─ frame ────▶ the results for many submissions at once
                                            ├─ sentence ─▶ what a clerk reads
                                            └─ linear ───▶ coefficients, to locate an error

In:   the text of an expression, and a way to find what a name means.
Out:  an Excel formula, a value, a column of values, a sentence, a linear form.
Knows nothing of forms or files: callers say what a name means and where a cell lies. What blank, equality and rounding
mean stands in `semantics`, once for all back ends; `frame` is imported by who needs pandas.
"""

from __future__ import annotations

from functools import partial

from tianbao.expr import sentence, value
from tianbao.expr.errors import ExpressionError, FormulaError
from tianbao.expr.nodes import (
    Absolute,
    And,
    Area,
    Arithmetic,
    Blank,
    Cell,
    Cells,
    Compare,
    Count,
    CountIf,
    DateSerial,
    Expr,
    If,
    IsBlank,
    Kind,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Place,
    Round,
    Sum,
    Text,
    cells,
    names,
    sides,
    substitute,
    walk,
)
from tianbao.expr.parse import bind, parse
from tianbao.expr.sentence import in_words
from tianbao.expr.value import Answer, Value, compile_expression, evaluate

#: The sentence knows no arithmetic of its own: here it is given the exact one.
with_numbers = partial(sentence.with_numbers, evaluate=value.evaluate)

__all__ = [
    "Absolute",
    "And",
    "Answer",
    "Area",
    "Arithmetic",
    "Blank",
    "Cell",
    "Cells",
    "Compare",
    "Count",
    "CountIf",
    "DateSerial",
    "Expr",
    "ExpressionError",
    "FormulaError",
    "If",
    "IsBlank",
    "Kind",
    "Name",
    "Negate",
    "Not",
    "Number",
    "Or",
    "Place",
    "Round",
    "Sum",
    "Text",
    "Value",
    "bind",
    "cells",
    "compile_expression",
    "evaluate",
    "in_words",
    "names",
    "parse",
    "sides",
    "substitute",
    "walk",
    "with_numbers",
]
