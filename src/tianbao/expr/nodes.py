"""The nodes of an expression: what `parse` makes and every back end reads.

A tree is *unbound* while names stand in it, and *bound* once each name has become a cell, several cells or a value.
What a node means (blank, equality, rounding) is told in `semantics`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias, assert_never

Operator: TypeAlias = Literal["+", "-", "*", "/"]
Relation: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


class Kind(Enum):
    """What a value is; a cell is a number, a date or a text."""

    NUMBER = "number"
    #: A number to every back end (Excel's serial day), a date to the person who reads the sentence.
    DATE = "date"
    TEXT = "text"
    TRUTH = "truth"
    BLANK = "blank"


class Area(NamedTuple):
    """A rectangle of cells, ends included; rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Place(NamedTuple):
    """Where an answer stands in a workbook; rows and columns count from 1.

    Attributes:
        block: the cells of the table around it, one more on each side: what lies on the edge is locked.
    """

    sheet: str
    row: int
    column: int
    block: Area = Area(1, 1, 200, 52)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written: `3.00` keeps its two decimals."""

    value: int | Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing: the constant `blank`."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is not bound yet; `at` is the offset of its first character."""

    path: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer, by its key; `digits` are the decimals that the form asks for."""

    key: str
    kind: Kind = Kind.NUMBER
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Cells:
    """Several answers of one kind under one name: a group of rows, a column of a detail list."""

    name: str
    keys: tuple[str, ...]
    kind: Kind = Kind.NUMBER
    digits: int = 0


#: What points at answers: `blank` and `count` ask about the answers themselves, not about their value.
Reference: TypeAlias = Name | Cell | Cells


@dataclass(frozen=True, slots=True)
class Negate:
    """The operand with its sign turned."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and `+ - * /` between them."""

    op: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers or two texts and a relation between them."""

    op: Relation
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold; `a <= b <= c` is one of these too."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them holds."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The operand does not hold."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class If:
    """`then if condition else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Sum:
    """All operands added, and every cell of those that are several."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Absolute:
    """The operand without its sign."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Round:
    """The operand to so many decimals, halves away from zero."""

    operand: Expr
    digits: int


@dataclass(frozen=True, slots=True)
class IsBlank:
    """None of the answers is filled."""

    operand: Reference


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the answers are filled."""

    operand: Reference


@dataclass(frozen=True, slots=True)
class CountIf:
    """How many of the filled answers equal the criterion."""

    operand: Reference
    criterion: Number | Text


@dataclass(frozen=True, slots=True)
class DateSerial:
    """A day, as Excel counts days; once bound, all three are numbers."""

    year: Expr
    month: Expr
    day: Expr


Expr: TypeAlias = (
    Number
    | Text
    | Blank
    | Name
    | Cell
    | Cells
    | Negate
    | Arithmetic
    | Compare
    | And
    | Or
    | Not
    | If
    | Sum
    | Absolute
    | Round
    | IsBlank
    | Count
    | CountIf
    | DateSerial
)


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the operands of a node, as written from left to right."""
    match expr:
        case Number() | Text() | Blank() | Name() | Cell() | Cells():
            return ()
        case Negate(operand) | Not(operand) | Absolute(operand) | Round(operand) | IsBlank(operand) | Count(operand):
            return (operand,)
        case CountIf(operand, criterion):
            return (operand, criterion)
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case And(operands) | Or(operands) | Sum(operands):
            return operands
        case If(condition, then, otherwise):
            return (then, condition, otherwise)
        case DateSerial(year, month, day):
            return (year, month, day)
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield a node and everything below it, as written from left to right."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def names(expr: Expr) -> tuple[Name, ...]:
    """Return the names that are not bound yet, in order, each time they are written."""
    return tuple(node for node in walk(expr) if isinstance(node, Name))


def cells(expr: Expr) -> tuple[Cell, ...]:
    """Return the answers that an expression asks for: each once, in order, and several as one after the other.

    >>> [cell.key for cell in cells(Sum((Cells("all", ("a", "b")), Cell("a"))))]
    ['a', 'b']
    """
    found: dict[str, Cell] = {}
    for node in walk(expr):
        if isinstance(node, Cell):
            found.setdefault(node.key, node)
        elif isinstance(node, Cells):
            for key in node.keys:
                found.setdefault(key, Cell(key, node.kind, node.digits))
    return tuple(found.values())


def substitute(expr: Expr, replacement: Callable[[Reference], Expr]) -> Expr:
    """Put another expression in the place of every name and every cell.

    Raises:
        TypeError: in `blank` and `count`, where answers themselves are asked about, the replacement is no reference.
    """

    def reference(operand: Reference) -> Reference:
        new = replacement(operand)
        if isinstance(new, Name | Cell | Cells):
            return new
        raise TypeError(f"{new} stands where a reference is needed")

    def inside(node: Expr) -> Expr:
        match node:
            case Number() | Text() | Blank():
                return node
            case Name() | Cell() | Cells():
                return replacement(node)
            case Negate(operand) | Not(operand) | Absolute(operand) | Round(operand):
                return replace(node, operand=inside(operand))
            case IsBlank(operand) | Count(operand) | CountIf(operand):
                return replace(node, operand=reference(operand))
            case Arithmetic(_, left, right) | Compare(_, left, right):
                return replace(node, left=inside(left), right=inside(right))
            case And(operands) | Or(operands) | Sum(operands):
                return replace(node, operands=tuple(map(inside, operands)))
            case If(condition, then, otherwise):
                return If(inside(condition), inside(then), inside(otherwise))
            case DateSerial(year, month, day):
                return DateSerial(inside(year), inside(month), inside(day))
            case _:
                assert_never(node)

    return inside(expr)


def sides(expr: Expr) -> tuple[Expr, Expr, Expr] | None:
    """Return the left side, the right side and left - right of a comparison of numbers or texts; None for the rest.

    The difference means something for numbers only.
    """
    if not isinstance(expr, Compare):
        return None
    return expr.left, expr.right, Arithmetic("-", expr.left, expr.right)
