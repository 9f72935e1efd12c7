"""What an expression gives for many submissions at once: a row is a submission, a column the answers of one cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from tianbao.expr.nodes import (
    Absolute,
    And,
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
    Relation,
    Round,
    Sum,
    Text,
)
from tianbao.expr.semantics import DUST, NO_DIVISOR, compares_texts, digits, kind, serial, several, tolerance

if TYPE_CHECKING:
    import pandas as pd

Numbers: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]


#: numpy turns these into numbers and NaN by itself, ten times as fast; but of a text "5" it would make a number too.
_CONVERTED_BY_NUMPY = {int, float, Decimal, type(None)}


class Columns:
    """The answers of many submissions, each column converted once, when it is first asked for.

    Args:
        frame: a column for each cell, by its key. Numbers may be of any numeric type or Decimal, texts str; None, NaN
            and NA are blanks, and so is a text among numbers or a number among texts.
    """

    def __init__(self, frame: pd.DataFrame | Mapping[str, npt.NDArray[Any]]) -> None:
        self._frame = frame
        self._numbers: dict[str, Numbers] = {}
        self._amounts: dict[str, Numbers] = {}
        self._texts: dict[str, Texts] = {}
        self._lowered: dict[str, Texts] = {}
        self.rows = len(next(iter(frame.values()), ())) if isinstance(frame, Mapping) else len(frame)

    def numbers(self, key: str) -> Numbers:
        """Return the numbers of a cell; a blank is NaN."""
        if key not in self._numbers:
            self._numbers[key] = _as_numbers(self._frame[key])
        return self._numbers[key]

    def amounts(self, key: str) -> Numbers:
        """Return the numbers of a cell; a blank is 0."""
        if key not in self._amounts:
            self._amounts[key] = np.nan_to_num(self.numbers(key))
        return self._amounts[key]

    def texts(self, key: str) -> Texts:
        """Return the texts of a cell; a blank is empty."""
        if key not in self._texts:
            self._texts[key] = _as_texts(self._frame[key])
        return self._texts[key]

    def lowered(self, key: str) -> Texts:
        """Return the texts of a cell in lower case."""
        if key not in self._lowered:
            self._lowered[key] = _lower(self.texts(key))
        return self._lowered[key]

    def filled(self, key: str, wanted: Kind) -> Truths:
        """Tell where a cell holds an answer of the kind that is asked for."""
        return self.texts(key) != "" if wanted is Kind.TEXT else ~np.isnan(self.numbers(key))


def evaluate(expr: Expr, frame: pd.DataFrame | Mapping[str, npt.NDArray[Any]] | Columns) -> npt.NDArray[Any]:
    """Compute a bound expression for every row.

    Args:
        expr: the bound expression.
        frame: the answers; hand over the same `Columns` where several expressions are computed.

    Returns:
        Numbers as float64, blanks NaN; truths as bool; texts as str or None.

    Raises:
        KeyError: the frame has no column for a cell.

    >>> evaluate(Arithmetic("+", Cell("new"), Cell("carried_in")), {"new": np.array([7, 1]), "carried_in": np.array([None, 2])})
    array([7., 3.])
    """
    columns = frame if isinstance(frame, Columns) else Columns(frame)
    return np.array(np.broadcast_to(_Computer(columns).result(expr), columns.rows))


class _Computer:
    """Computes over one set of columns; a constant stays a single value until numpy spreads it."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def result(self, expr: Expr) -> npt.NDArray[Any]:
        """Compute what is shown: only here is a blank told from 0 and from an empty text."""
        match kind(expr):
            case Kind.NUMBER | Kind.DATE:
                return self.shown(expr)
            case Kind.TRUTH:
                return self.truth(expr)
            case Kind.TEXT:
                texts = self.text(expr)
                return np.where(texts == "", np.array(None, dtype=object), texts)
            case Kind.BLANK:
                return np.array(np.nan)
            case other:
                assert_never(other)

    def shown(self, expr: Expr) -> Numbers:
        match expr:
            case If(condition, then, otherwise):
                return np.where(self.truth(condition), self.shown(then), self.shown(otherwise))
            case Blank():
                return np.array(np.nan)
            case _:
                return self.number(expr)

    def number(self, expr: Expr) -> Numbers:
        match expr:
            case Number(value):
                return np.array(float(value))
            case Blank():
                return np.array(0.0)
            case DateSerial():
                return np.array(float(serial(expr)))
            case Cell(key):
                return self.columns.amounts(key)
            case Negate(operand):
                return -self.number(operand)
            case Absolute(operand):
                return np.abs(self.number(operand))
            case Round(operand, places):
                return _rounded(self.number(operand), places)
            case Arithmetic():
                return self.arithmetic(expr)
            case Sum(operands):
                return _total(term for operand in operands for term in self.addends(operand))
            case If(condition, then, otherwise):
                return np.where(self.truth(condition), self.number(then), self.number(otherwise))
            case Count(operand):
                asked = several(operand)
                return _total(self.columns.filled(key, asked.kind) for key in asked.keys)
            case CountIf(operand, criterion):
                return _total(self.equal(several(operand), criterion))
            case Text() | Cells() | Name() | Compare() | And() | Or() | Not() | IsBlank():
                raise TypeError(f"{expr} is not a number")
            case _:
                assert_never(expr)

    def addends(self, expr: Expr) -> Iterable[Numbers]:
        return map(self.columns.amounts, expr.keys) if isinstance(expr, Cells) else (self.number(expr),)

    def arithmetic(self, expr: Arithmetic) -> Numbers:
        left, right = self.number(expr.left), self.number(expr.right)
        match expr.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                nothing = np.abs(right) < float(NO_DIVISOR)
                return np.where(nothing, 0.0, left / np.where(nothing, 1.0, right))
            case op:
                assert_never(op)

    def equal(self, asked: Cells, criterion: Number | Text) -> Iterable[Truths]:
        """Tell, cell by cell, where a filled answer equals the criterion; NaN equals nothing."""
        if isinstance(criterion, Text):
            wanted = criterion.value.lower()
            return (self.columns.lowered(key) == wanted for key in asked.keys)
        bound = float(tolerance(max(asked.digits, digits(criterion))))
        return (np.abs(self.columns.numbers(key) - float(criterion.value)) < bound for key in asked.keys)

    def truth(self, expr: Expr) -> Truths:
        match expr:
            case Compare(op, left, right) if compares_texts(expr):
                same = np.asarray(self.lowered(left) == self.lowered(right), dtype=bool)
                return same if op == "==" else ~same
            case Compare(op, left, right):
                return _relates(op, self.number(left) - self.number(right), float(tolerance(digits(expr))))
            case And(operands):
                return reduce(np.logical_and, map(self.truth, operands))
            case Or(operands):
                return reduce(np.logical_or, map(self.truth, operands))
            case Not(operand):
                return ~self.truth(operand)
            case If(condition, then, otherwise):
                return np.where(self.truth(condition), self.truth(then), self.truth(otherwise))
            case IsBlank(operand):
                asked = several(operand)
                return ~reduce(np.logical_or, (self.columns.filled(key, asked.kind) for key in asked.keys))
            case _:
                raise TypeError(f"{expr} is not a truth")

    def text(self, expr: Expr) -> Texts:
        return self.choose(expr, self.columns.texts, str)

    def lowered(self, expr: Expr) -> Texts:
        return self.choose(expr, self.columns.lowered, str.lower)

    def choose(self, expr: Expr, column: Callable[[str], Texts], write: Callable[[str], str]) -> Texts:
        match expr:
            case Text(value):
                return np.array(write(value), dtype=object)
            case Blank():
                return np.array("", dtype=object)
            case Cell(key):
                return column(key)
            case If(condition, then, otherwise):
                return np.where(
                    self.truth(condition), self.choose(then, column, write), self.choose(otherwise, column, write)
                )
            case _:
                raise TypeError(f"{expr} is not a text")


def _as_numbers(column: pd.Series[Any] | npt.NDArray[Any]) -> Numbers:
    if not isinstance(column, np.ndarray):
        #: Only who brings a frame has pandas loaded: it takes longer than all else that a command loads.
        import pandas as pd

        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        column = column.to_numpy(dtype=object)
    if column.dtype == np.float64:
        return column
    if set(map(type, column)) <= _CONVERTED_BY_NUMPY:
        return column.astype(np.float64)
    numbers = (float(answer) if _is_number(answer) else np.nan for answer in column)
    return np.fromiter(numbers, dtype=np.float64, count=len(column))


def _is_number(answer: object) -> bool:
    return isinstance(answer, int | float | Decimal | np.number) and not isinstance(answer, bool)


def _as_texts(column: pd.Series[Any] | npt.NDArray[Any]) -> Texts:
    return np.array([answer if isinstance(answer, str) else "" for answer in column], dtype=object)


def _lower(texts: Texts) -> Texts:
    return np.array([text.lower() for text in texts], dtype=object)


def _total(terms: Iterable[npt.NDArray[Any]]) -> Numbers:
    return sum(terms, start=np.array(0.0))


def _rounded(numbers: Numbers, places: int) -> Numbers:
    """Round halves away from zero, once binary dust is gone: what is halfway is then exactly halfway."""
    shifted = np.round(np.abs(numbers) * 10.0**places, DUST)
    return np.copysign(np.floor(shifted + 0.5) / 10.0**places, numbers)


def _relates(op: Relation, difference: Numbers, bound: float) -> Truths:
    match op:
        case "==":
            return np.abs(difference) < bound
        case "!=":
            return np.abs(difference) >= bound
        case "<":
            return difference <= -bound
        case "<=":
            return difference < bound
        case ">":
            return difference >= bound
        case ">=":
            return difference > -bound
        case _:
            assert_never(op)
