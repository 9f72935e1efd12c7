"""What an expression means, said once for the sheet, for many submissions at once and for one.

- A blank answer is 0 among numbers and "" among texts. So is an answer of the wrong kind: a text typed into a number
  cell counts as blank, and SUM in the sheet skips it. Only `blank` chosen by an `if` makes a result blank.
- Two numbers are equal when they differ by less than the `tolerance` of the digits asked for, and the five other
  relations follow from the same bound: exactly one of <, == and > holds for any two numbers.
- Two texts are equal when they are so in lower case. Texts have no order: each program has its own.
- x / 0 is 0, as if nothing had been typed.
- `round` takes halves away from zero, after it has dropped what lies `DUST` decimals further out.
- A truth is not a number, and a date is the number of its day.
"""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal
from typing import Final, assert_never

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
    children,
)

#: Enough for any product and quotient of two amounts; a sum of amounts is exact.
EXACT: Final = Context(prec=60)

#: A divisor nearer to 0 than this is 0: no amount typed by a person is, and `0.1 + 0.2 - 0.3` in binary is.
NO_DIVISOR: Final = Decimal("0.000000001")

#: A number is rounded to so many decimals more before it is rounded: 1000.005 - 1000 is 0.00499999999999545 in binary,
#: and a third of 1.5 is 0.4999… in decimals.
DUST: Final = 6

OPPOSITE: Final[dict[Relation, Relation]] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

#: Excel's day 1 is 1900-01-01, but it also counts a 1900-02-29 that never was.
DAY_ZERO: Final = date(1899, 12, 30)


def tolerance(digits: int) -> Decimal:
    """Return the bound below which numbers of so many digits are equal: a little less than half of the last digit.

    Excel hides the last binary digits before it compares and pandas does not, so every back end compares with this
    instead of its own `=`. No difference of amounts with up to `digits` + 4 decimals falls on the bound, so that exact
    decimals and binary doubles always give the same verdict.

    >>> tolerance(0), tolerance(2)
    (Decimal('0.49999'), Decimal('0.0049999'))
    """
    return Decimal("0.49999").scaleb(-digits)


def digits(expr: Expr) -> int:
    """Return the most decimals asked for by a cell, or written in a number, anywhere in an expression.

    A quotient has those of its operands: write `a / b > 3.00`, or `a > 3 * b`, where decimals matter.
    """
    match expr:
        case Cell() | Cells():
            return expr.digits
        case Number(Decimal() as value):
            return max(0, -int(value.as_tuple().exponent))
        case Round():
            return expr.digits
        case Count() | CountIf():
            return 0
        case If(_, then, otherwise):
            return max(digits(then), digits(otherwise))
        case _:
            return max(map(digits, children(expr)), default=0)


def kind(expr: Expr) -> Kind:
    """Return what an expression gives: a number, a text, a truth, or (`blank` alone) nothing."""
    match expr:
        case Cell() | Cells():
            return Kind.TEXT if expr.kind is Kind.TEXT else Kind.NUMBER
        case Number() | Negate() | Arithmetic() | Sum() | Absolute() | Round() | Count() | CountIf() | DateSerial():
            return Kind.NUMBER
        case Text():
            return Kind.TEXT
        case Compare() | And() | Or() | Not() | IsBlank():
            return Kind.TRUTH
        case If(_, then, otherwise):
            return kind(otherwise) if kind(then) is Kind.BLANK else kind(then)
        case Blank():
            return Kind.BLANK
        case Name():
            raise TypeError(f"{expr} is not bound")
        case _:
            assert_never(expr)


def compares_texts(expr: Compare) -> bool:
    """Tell whether a comparison is one of texts; all others are of numbers."""
    return Kind.TEXT in (kind(expr.left), kind(expr.right))


def several(operand: Expr) -> Cells:
    """Return the answers that `blank`, `count` and `countif` ask about, one or several, as several."""
    match operand:
        case Cells():
            return operand
        case Cell(key, cell_kind, cell_digits):
            return Cells(key, (key,), cell_kind, cell_digits)
        case _:
            raise TypeError(f"{operand} is not an answer")


def serial(expr: DateSerial) -> int:
    """Return the number by which Excel counts a day.

    Raises:
        ValueError: there is no such day, or it is not written in whole numbers, or it lies before March 1900.

    >>> serial(DateSerial(Number(2025), Number(12), Number(31)))
    46022
    """
    year, month, day = (part.value if isinstance(part, Number) else None for part in children(expr))
    if not (isinstance(year, int) and isinstance(month, int) and isinstance(day, int)):
        raise ValueError(expr)  # noqa: TRY004 - the caller writes one sentence for every day that is none
    days = (date(year, month, day) - DAY_ZERO).days
    if days < (date(1900, 3, 1) - DAY_ZERO).days:
        raise ValueError(expr)
    return days
