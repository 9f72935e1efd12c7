"""An expression as a formula that Excel 2007, WPS and LibreOffice compute alike.

A respondent may cut a cell and paste it elsewhere; Excel then moves every plain reference to it, even in a locked sheet.
A range and INDEX stay where they are, so a formula never holds a plain reference. INDEX looks into no more than the
column of its own table: the ends of that are locked, and the formula itself does not stand in it, which a program that
takes INDEX for a use of the whole range would call a circle. SUM around each of them skips a text that was typed into a
number cell, which `+` would turn into an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal, TypeAlias, assert_never

from tianbao.expr.errors import FormulaError
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
    Place,
    Relation,
    Round,
    Sum,
    Text,
)
from tianbao.expr.semantics import DUST, NO_DIVISOR, compares_texts, digits, kind, serial, several, tolerance

#: What Excel takes: characters with the equals sign, levels of brackets, arguments of a function.
LONGEST: Final = 8192
DEEPEST: Final = 64
MOST_ARGUMENTS: Final = 255

_Sign: TypeAlias = Literal[1, -1]


def formula(expr: Expr, locate: Callable[[str], Place], *, sheet: str, column: int = 0) -> str:
    """Write a bound expression as a formula, without the equals sign in front.

    Args:
        expr: the bound expression.
        locate: gives the place of a cell by its key.
        sheet: where the formula will stand; cells of other sheets are named with theirs.
        column: the column it will stand in, where that holds cells of the expression too.

    Raises:
        FormulaError: Excel cannot hold so long or so deep a formula.

    >>> formula(
    ...     Compare("==", Arithmetic("+", Cell("new"), Cell("carried_in")), Cell("total")),
    ...     {"new": Place("三", 7, 5), "carried_in": Place("三", 8, 5), "total": Place("三", 30, 5)}.__getitem__,
    ...     sheet="三",
    ... )
    'ABS(SUM(E7:E8)-SUM(INDEX($E$1:$E$200,30)))<0.49999'
    """
    written = _Writer(locate, sheet, column).result(expr)
    length, depth = len(written) + 1, _depth(written)
    if length > LONGEST or depth > DEEPEST:
        raise FormulaError(length=length, depth=depth, longest=LONGEST, deepest=DEEPEST)
    return written


def relation(op: Relation, difference: str, places: int) -> str:
    """Write a comparison of two numbers of so many decimals, given the formula of their difference.

    >>> relation("<=", "H9", 0)
    'H9<0.49999'
    """
    bound = _plain(tolerance(places))
    match op:
        case "==":
            return f"ABS({difference})<{bound}"
        case "!=":
            return f"ABS({difference})>={bound}"
        case "<":
            return f"{difference}<=-{bound}"
        case "<=":
            return f"{difference}<{bound}"
        case ">":
            return f"{difference}>={bound}"
        case ">=":
            return f"{difference}>-{bound}"
        case _:
            assert_never(op)


class _Writer:
    """Writes the formulas of one sheet."""

    def __init__(self, locate: Callable[[str], Place], sheet: str, column: int) -> None:
        self.locate = locate
        self.sheet = sheet
        self.column = column

    def result(self, expr: Expr) -> str:
        """Write what is shown: only here is a blank told from 0."""
        if isinstance(expr, If):
            return f"IF({self.truth(expr.condition)},{self.result(expr.then)},{self.result(expr.otherwise)})"
        match kind(expr):
            case Kind.NUMBER | Kind.DATE:
                return self.number(expr)
            case Kind.TRUTH:
                return self.truth(expr)
            case Kind.TEXT | Kind.BLANK:
                return self.text(expr)
            case other:
                assert_never(other)

    def number(self, expr: Expr) -> str:
        match expr:
            case Cell() | Cells() | Number() | Blank() | Sum() | Negate() | Arithmetic("+" | "-"):
                return self.total(expr)
            case Arithmetic("*", left, right):
                return f"{self.factor(left)}*{self.factor(right)}"
            case Arithmetic("/", left, Number(value)) if not -NO_DIVISOR < value < NO_DIVISOR:
                return f"{self.factor(left)}/{self.factor(Number(value))}"
            case Arithmetic("/", left, right):
                divisor = self.factor(right)
                return f"IF(ABS({divisor})<{_plain(NO_DIVISOR)},0,{self.factor(left)}/{divisor})"
            case DateSerial():
                return str(serial(expr))
            case Absolute(operand):
                return f"ABS({self.number(operand)})"
            case Round(operand, places):
                return f"ROUND(ROUND({self.number(operand)},{places + DUST}),{places})"
            case If(condition, then, otherwise):
                return f"IF({self.truth(condition)},{self.number(then)},{self.number(otherwise)})"
            case Count(operand):
                return self.count(several(operand))
            case CountIf(operand, criterion):
                return self.count_if(several(operand), criterion)
            case Text() | Name() | Compare() | And() | Or() | Not() | IsBlank() | Arithmetic():
                raise TypeError(f"{expr} is not a number")
            case _:
                assert_never(expr)

    def factor(self, expr: Expr) -> str:
        """Write an operand of `*` or `/`, in brackets where it could fall apart."""
        written = self.number(expr)
        return f"({written})" if isinstance(expr, Arithmetic | Negate | Sum) or written.startswith("-") else written

    def total(self, expr: Expr) -> str:
        """Write additions and subtractions, however nested, as one SUM minus another."""
        added, subtracted = (self.addends(expr, sign) for sign in (1, -1))
        if not subtracted:
            return added or "0"
        return f"{added}-{subtracted}"

    def addends(self, expr: Expr, wanted: Literal[1, -1]) -> str:
        """Write what an expression adds (1) or subtracts (-1); nothing if there is none."""
        leaves = [leaf for sign, leaf in _addends(expr) if sign == wanted]
        areas = self.areas(leaf.key for leaf in leaves if isinstance(leaf, Cell))
        others = [
            _plain(leaf.value) if isinstance(leaf, Number) else self.number(leaf)
            for leaf in leaves
            if not isinstance(leaf, Cell)
        ]
        if not areas and len(others) == 1:
            return others[0]
        return _call("SUM", areas + others) if leaves else ""

    def truth(self, expr: Expr) -> str:
        match expr:
            case Compare(op, left, right) if compares_texts(expr):
                return f"{self.text(left)}{'=' if op == '==' else '<>'}{self.text(right)}"
            case Compare():
                return self.comparison(expr)
            case And(operands):
                return _call("AND", [self.truth(operand) for operand in operands])
            case Or(operands):
                return _call("OR", [self.truth(operand) for operand in operands])
            case Not(operand):
                return f"NOT({self.truth(operand)})"
            case If(condition, then, otherwise):
                return f"IF({self.truth(condition)},{self.truth(then)},{self.truth(otherwise)})"
            case IsBlank(operand):
                return f"{self.count(several(operand))}=0"
            case _:
                raise TypeError(f"{expr} is not a truth")

    def comparison(self, expr: Compare) -> str:
        return relation(expr.op, self.number(Arithmetic("-", expr.left, expr.right)), digits(expr))

    def text(self, expr: Expr) -> str:
        match expr:
            case Text(value):
                return _quoted(value)
            case Blank():
                return '""'
            case Cell(key):
                #: An empty cell by itself would give 0, and a code that was typed as a number would not be a text.
                return f'{self.areas([key])[0]}&""'
            case If(condition, then, otherwise):
                return f"IF({self.truth(condition)},{self.text(then)},{self.text(otherwise)})"
            case _:
                raise TypeError(f"{expr} is not a text")

    def count(self, asked: Cells) -> str:
        """Count filled cells: of texts those that are not blank, of numbers those that hold one."""
        areas = self.areas(asked.keys)
        if asked.kind is Kind.TEXT:
            return _call("SUM", [str(len(asked.keys)), *(f"-COUNTBLANK({area})" for area in areas)])
        #: COUNTIF sees no text and no blank in a comparison with a number, just as SUM does not.
        return _call("SUM", [f'COUNTIF({area},"<1E+300")' for area in areas])

    def count_if(self, asked: Cells, criterion: Number | Text) -> str:
        areas = self.areas(asked.keys)
        if isinstance(criterion, Text):
            return _call("SUM", [f"COUNTIF({area},{_quoted(criterion.value)})" for area in areas])
        #: A bare number as criterion would also count texts that look like it, and know no tolerance.
        bound = tolerance(max(asked.digits, digits(criterion)))
        above, beyond = _plain(criterion.value - bound), _plain(criterion.value + bound)
        return _call(
            "SUM",
            [part for area in areas for part in (f'COUNTIF({area},">"&{above})', f'-COUNTIF({area},">="&{beyond})')],
        )

    def areas(self, keys: Iterable[str]) -> list[str]:
        """Write the references to cells: a range for neighbours, INDEX for a lone one."""
        return [self.area(first, last) for first, last in _areas([self.locate(key) for key in keys])]

    def area(self, first: Place, last: Place) -> str:
        sheet = "" if first.sheet == self.sheet else "'" + first.sheet.replace("'", "''") + "'!"
        if first == last and first.sheet == self.sheet and first.column == self.column:
            row, (_, left, _, right) = first.row, first.block
            return f"INDEX({sheet}${_letters(left)}${row}:${_letters(right)}${row},1,{first.column - left + 1})"
        if first == last:
            letters, (top, _, bottom, _) = _letters(first.column), first.block
            return f"INDEX({sheet}${letters}${top}:${letters}${bottom},{first.row - top + 1})"
        return f"{sheet}{_letters(first.column)}{first.row}:{_letters(last.column)}{last.row}"


def _addends(expr: Expr, sign: _Sign = 1) -> Iterator[tuple[_Sign, Expr]]:
    """Yield everything that is added up in an expression, with its sign; a 0 adds nothing."""
    opposite: _Sign = -1 if sign == 1 else 1
    match expr:
        case Arithmetic("+", left, right):
            yield from _addends(left, sign)
            yield from _addends(right, sign)
        case Arithmetic("-", left, right):
            yield from _addends(left, sign)
            yield from _addends(right, opposite)
        case Negate(operand):
            yield from _addends(operand, opposite)
        case Sum(operands):
            for operand in operands:
                yield from _addends(operand, sign)
        case Cells(_, keys):
            for key in keys:
                yield sign, Cell(key)
        case Blank():
            return
        case Number(value):
            if value:
                yield sign, expr
        case _:
            yield sign, expr


def _areas(places: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Join neighbours in one column, then in one row, in the order in which they were named.

    A cell that is named twice counts twice.
    """
    areas: list[tuple[Place, Place]] = []
    times = Counter(places)
    while times:
        lone: list[Place] = []
        for first, last in _runs(times, down=True):
            if first == last:
                lone.append(first)
            else:
                areas.append((first, last))
        areas += _runs(lone, down=False)
        times -= Counter(dict.fromkeys(times, 1))
    order = {place: position for position, place in reversed(list(enumerate(places)))}
    return sorted(areas, key=lambda area: order[area[0]])


def _runs(places: Iterable[Place], *, down: bool) -> Iterator[tuple[Place, Place]]:
    """Yield the first and the last of each run of neighbours, down a column or along a row."""

    def line(place: Place) -> tuple[str, int, int]:
        return (place.sheet, place.column, place.row) if down else (place.sheet, place.row, place.column)

    def step(numbered: tuple[int, Place]) -> tuple[str, int, int]:
        sheet, across, along = line(numbered[1])
        return sheet, across, along - numbered[0]

    for _, run in groupby(enumerate(sorted(places, key=line)), key=step):
        neighbours = [place for _, place in run]
        yield neighbours[0], neighbours[-1]


def _call(function: Literal["SUM", "AND", "OR"], arguments: Sequence[str]) -> str:
    """Write a call; more arguments than Excel takes are handed over in parcels."""
    while len(arguments) > MOST_ARGUMENTS:
        parcels = range(0, len(arguments), MOST_ARGUMENTS)
        arguments = [_call(function, arguments[start : start + MOST_ARGUMENTS]) for start in parcels]
    return f"{function}({','.join(arguments)})"


def _plain(value: int | Decimal) -> str:
    """Write a number with a point, never with an exponent, as every program will write it again."""
    written = f"{Decimal(value):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _letters(column: int) -> str:
    """Name a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _depth(written: str) -> int:
    """Return how deep brackets stand inside each other, outside of texts."""
    deepest = depth = 0
    for part in written.split('"')[::2]:
        for character in part:
            depth += (character == "(") - (character == ")")
            deepest = max(deepest, depth)
    return deepest
