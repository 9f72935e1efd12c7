"""What an expression gives for one submission, exactly: whole numbers stay whole, and nothing is ever a float."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TypeAlias, assert_never

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
from tianbao.expr.semantics import DUST, EXACT, NO_DIVISOR, compares_texts, digits, kind, serial, several, tolerance

Amount: TypeAlias = int | Decimal
#: An answer, or what an expression gives; None is blank.
Value: TypeAlias = Amount | str | None
#: How the answer of a cell is found by its key.
Answer: TypeAlias = Callable[[str], Value]


def evaluate(expr: Expr, answers: Answer) -> Value | bool:
    """Compute a bound expression.

    Args:
        expr: the bound expression.
        answers: gives the answer of a cell by its key; a day is given as Excel's number of it.

    Returns:
        A number, a text, a truth, or None for a blank.

    >>> evaluate(Arithmetic("+", Cell("new"), Cell("carried_in")), {"new": 7, "carried_in": None}.get)
    7
    """
    return compile_expression(expr)(answers)


def compile_expression(expr: Expr) -> Callable[[Answer], Value | bool]:
    """Make a function of the answers from a bound expression, for one that is computed many times."""
    compute = _result(expr)

    def run(answers: Answer) -> Value | bool:
        with localcontext(EXACT):
            return compute(answers)

    return run


def _result(expr: Expr) -> Callable[[Answer], Value | bool]:
    """Compute what is shown: only here is a blank told from 0 and from an empty text."""
    if isinstance(expr, If):
        condition, then, otherwise = _truth(expr.condition), _result(expr.then), _result(expr.otherwise)
        return lambda answers: then(answers) if condition(answers) else otherwise(answers)
    match kind(expr):
        case Kind.NUMBER | Kind.DATE:
            return _number(expr)
        case Kind.TRUTH:
            return _truth(expr)
        case Kind.TEXT:
            text = _text(expr)
            return lambda answers: text(answers) or None
        case Kind.BLANK:
            return lambda _: None
        case other:
            assert_never(other)


def _number(expr: Expr) -> Callable[[Answer], Amount]:
    match expr:
        case Number(value):
            return lambda _: value
        case Blank():
            return lambda _: 0
        case DateSerial():
            day = serial(expr)
            return lambda _: day
        case Cell(key):
            return lambda answers: _amount(answers(key))
        case Negate(operand):
            turned = _number(operand)
            return lambda answers: -turned(answers)
        case Absolute(operand):
            signed = _number(operand)
            return lambda answers: _magnitude(signed(answers))
        case Round(operand, places):
            whole = _number(operand)
            return lambda answers: _rounded(whole(answers), places)
        case Arithmetic(_, left, right):
            return _arithmetic(expr, _number(left), _number(right))
        case Sum(operands):
            return _sum(operands)
        case If(condition, then, otherwise):
            holds, first, second = _truth(condition), _number(then), _number(otherwise)
            return lambda answers: first(answers) if holds(answers) else second(answers)
        case Count(operand):
            asked = several(operand)
            return lambda answers: sum(_filled(answers(key), asked.kind) for key in asked.keys)
        case CountIf(operand, criterion):
            return _count_if(several(operand), criterion)
        case Text() | Cells() | Name() | Compare() | And() | Or() | Not() | IsBlank():
            raise TypeError(f"{expr} is not a number")
        case _:
            assert_never(expr)


def _truth(expr: Expr) -> Callable[[Answer], bool]:
    match expr:
        case Compare(op, left, right) if compares_texts(expr):
            this, that, equal = _text(left), _text(right), op == "=="
            return lambda answers: (this(answers).lower() == that(answers).lower()) is equal
        case Compare(op, left, right):
            one, other, bound = _number(left), _number(right), tolerance(max(digits(left), digits(right)))
            return lambda answers: _relates(op, one(answers) - other(answers), bound)
        case And(operands):
            needed = tuple(map(_truth, operands))
            return lambda answers: all(holds(answers) for holds in needed)
        case Or(operands):
            enough = tuple(map(_truth, operands))
            return lambda answers: any(holds(answers) for holds in enough)
        case Not(operand):
            denied = _truth(operand)
            return lambda answers: not denied(answers)
        case If(condition, then, otherwise):
            chooses, first, second = _truth(condition), _truth(then), _truth(otherwise)
            return lambda answers: first(answers) if chooses(answers) else second(answers)
        case IsBlank(operand):
            asked = several(operand)
            return lambda answers: not any(_filled(answers(key), asked.kind) for key in asked.keys)
        case _:
            raise TypeError(f"{expr} is not a truth")


def _text(expr: Expr) -> Callable[[Answer], str]:
    match expr:
        case Text(value):
            return lambda _: value
        case Blank():
            return lambda _: ""
        case Cell(key):
            return lambda answers: _words(answers(key))
        case If(condition, then, otherwise):
            holds, first, second = _truth(condition), _text(then), _text(otherwise)
            return lambda answers: first(answers) if holds(answers) else second(answers)
        case _:
            raise TypeError(f"{expr} is not a text")


def _arithmetic(
    expr: Arithmetic, left: Callable[[Answer], Amount], right: Callable[[Answer], Amount]
) -> Callable[[Answer], Amount]:
    match expr.op:
        case "+":
            return lambda answers: left(answers) + right(answers)
        case "-":
            return lambda answers: left(answers) - right(answers)
        case "*":
            return lambda answers: left(answers) * right(answers)
        case "/":
            return lambda answers: _quotient(left(answers), right(answers))
        case op:
            assert_never(op)


def _sum(operands: tuple[Expr, ...]) -> Callable[[Answer], Amount]:
    keys = tuple(key for operand in operands if isinstance(operand, Cell | Cells) for key in several(operand).keys)
    terms = tuple(_number(operand) for operand in operands if not isinstance(operand, Cell | Cells))

    def total(answers: Answer) -> Amount:
        return sum((_amount(answers(key)) for key in keys), start=sum((term(answers) for term in terms), start=0))

    return total


def _count_if(asked: Cells, criterion: Number | Text) -> Callable[[Answer], int]:
    match criterion:
        case Text(value):
            wanted = value.lower()
            return lambda answers: sum(_words(answers(key)).lower() == wanted for key in asked.keys)
        case Number(value):
            bound = tolerance(max(asked.digits, digits(criterion)))

            def equals(answer: Value) -> bool:
                return _filled(answer, asked.kind) and _magnitude(_amount(answer) - value) < bound

            return lambda answers: sum(equals(answers(key)) for key in asked.keys)
        case _:
            assert_never(criterion)


def _amount(answer: Value) -> Amount:
    return answer if isinstance(answer, int | Decimal) else 0


def _magnitude(amount: Amount) -> Amount:
    return -amount if amount < 0 else amount


def _words(answer: Value) -> str:
    return answer if isinstance(answer, str) else ""


def _filled(answer: Value, wanted: Kind) -> bool:
    return _words(answer) != "" if wanted is Kind.TEXT else isinstance(answer, int | Decimal)


def _quotient(dividend: Amount, divisor: Amount) -> Amount:
    if _magnitude(divisor) < NO_DIVISOR:
        return 0
    if isinstance(dividend, int) and isinstance(divisor, int) and dividend % divisor == 0:
        return dividend // divisor
    return Decimal(dividend) / Decimal(divisor)


def _rounded(amount: Amount, places: int) -> Amount:
    if isinstance(amount, int):
        return amount
    for digit in (places + DUST, places):
        amount = amount.quantize(Decimal(1).scaleb(-digit), ROUND_HALF_UP)
    return amount


def _relates(op: Relation, difference: Amount, bound: Decimal) -> bool:
    match op:
        case "==":
            return _magnitude(difference) < bound
        case "!=":
            return _magnitude(difference) >= bound
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
