"""An expression as coefficients of its cells, where it is linear: what locating a wrong cell reckons with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from tianbao.expr.nodes import (
    Arithmetic,
    Blank,
    Cell,
    Cells,
    Compare,
    DateSerial,
    Expr,
    Kind,
    Negate,
    Number,
    Sum,
)
from tianbao.expr.semantics import EXACT, NO_DIVISOR, kind, serial


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of cells, each times its coefficient (never 0), and a constant."""

    coefficients: Mapping[str, Decimal]
    constant: Decimal


def linear(expr: Expr) -> Linear | None:
    """Return a bound expression as a sum of cells with coefficients; None where it is no such sum.

    >>> form = linear(Arithmetic("-", Cell("total"), Sum((Cells("rows", ("a", "b")), Number(1)))))
    >>> {key: str(times) for key, times in form.coefficients.items()}, str(form.constant)
    ({'total': '1', 'a': '-1', 'b': '-1'}, '-1')
    """
    coefficients: dict[str, Decimal] = {}
    constant = Decimal(0)
    try:
        with localcontext(EXACT):
            for key, times in _terms(expr, Decimal(1)):
                if key is None:
                    constant += times
                else:
                    coefficients[key] = coefficients.get(key, Decimal(0)) + times
    except _NotLinearError:
        return None
    return Linear({key: times for key, times in coefficients.items() if times}, constant)


def identity(expr: Expr) -> Linear | None:
    """Return left - right of `left == right` between numbers; None where it is not linear, or not such a check.

    >>> identity(Compare("==", Cell("total"), Number(3)))
    Linear(coefficients={'total': Decimal('1')}, constant=Decimal('-3'))
    """
    if not isinstance(expr, Compare) or expr.op != "==":
        return None
    return linear(Arithmetic("-", expr.left, expr.right))


class _NotLinearError(Exception):
    """A node is met whose value is not a sum of cells."""


def _terms(expr: Expr, times: Decimal) -> Iterator[tuple[str | None, Decimal]]:
    """Yield each cell with its coefficient, and what stands alone with None."""
    match expr:
        case Blank():
            return
        case Number(value):
            yield None, times * value
        case DateSerial():
            yield None, times * serial(expr)
        case Cell(key) if kind(expr) is Kind.NUMBER:
            yield key, times
        case Cells(_, keys) if kind(expr) is Kind.NUMBER:
            yield from ((key, times) for key in keys)
        case Negate(operand):
            yield from _terms(operand, -times)
        case Sum(operands):
            for operand in operands:
                yield from _terms(operand, times)
        case Arithmetic("+", left, right):
            yield from _terms(left, times)
            yield from _terms(right, times)
        case Arithmetic("-", left, right):
            yield from _terms(left, times)
            yield from _terms(right, -times)
        case Arithmetic("*", left, right):
            factor = _constant(left)
            if factor is None:
                yield from _terms(left, times * _needed(_constant(right)))
            else:
                yield from _terms(right, times * factor)
        case Arithmetic("/", left, right):
            divisor = _needed(_constant(right))
            if abs(divisor) >= NO_DIVISOR:
                yield from _terms(left, times / divisor)
        case _:
            raise _NotLinearError


def _constant(expr: Expr) -> Decimal | None:
    """Return the value of an expression that no cell can change."""
    form = linear(expr)
    return form.constant if form is not None and not form.coefficients else None


def _needed(constant: Decimal | None) -> Decimal:
    if constant is None:
        raise _NotLinearError
    return constant
