"""An expression as a clerk reads it: in words, and with the numbers in the place of the words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeAlias, assert_never

from tianbao import messages
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
from tianbao.expr.semantics import DAY_ZERO, OPPOSITE, kind, serial, several
from tianbao.messages import Language

Value: TypeAlias = int | Decimal | str | None
Answer: TypeAlias = Callable[[str], Value]
Evaluate: TypeAlias = Callable[[Expr, Answer], Value | bool]

#: A sum of more addends than this is told by those that are not 0.
MOST_ADDENDS: Final = 8
#: A quotient has endless decimals; so many tell it apart from what it is compared with.
MOST_DECIMALS: Final = 6

_SIGNS: Final = {"*": "×", "/": "÷", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_WIDE_SIGNS: Final = {
    "+": "＋",
    "-": "－",
    "*": "×",
    "/": "÷",
    "==": "＝",
    "!=": "≠",
    "<": "＜",
    "<=": "≤",
    ">": "＞",
    ">=": "≥",
}


def in_words(expr: Expr, label: Callable[[str], str], lang: Language | None = None) -> str:
    """Write what must hold, or what is computed, with the labels of the cells.

    Args:
        expr: the bound expression.
        label: gives the label of a cell by its key, and of several cells by their name.
        lang: the language of the words between the labels.

    >>> in_words(Compare("<=", Cell("fixed"), Cell("found")), {"fixed": "已整改", "found": "发现"}.__getitem__, "zh")
    '已整改 ≤ 发现'
    """
    words = messages.language() if lang is None else lang
    return _Words(words, label).say(expr)


def with_numbers(expr: Expr, answers: Answer, *, evaluate: Evaluate, lang: Language | None = None) -> str:
    """Write what the answers are, in the shape of the expression; every relation is the one that really holds.

    Of a check that does not hold only the parts that do not are told, of one that holds those that make it hold.

    Args:
        expr: the bound expression.
        answers: gives the answer of a cell by its key.
        evaluate: computes an expression exactly.
        lang: the language of the few words that are needed.

    >>> from tianbao.expr.value import evaluate
    >>> flow = Compare("==", Arithmetic("+", Cell("new"), Cell("carried_in")), Cell("total"))
    >>> with_numbers(flow, {"new": 7, "carried_in": 0, "total": 6}.get, evaluate=evaluate)
    '7 + 0 ≠ 6'
    """
    words = messages.language() if lang is None else lang
    return _Numbers(words, answers, evaluate).say(expr)


class _Writer(ABC):
    """What both kinds of sentences have in common: how values are put together."""

    signs: Mapping[str, str] = _SIGNS

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang

    def word(self, code: str, **facts: object) -> str:
        return messages.say(f"expr.{code}", self.lang, **facts)

    def sign(self, operator: str) -> str:
        return self.signs.get(operator, operator)

    def say(self, expr: Expr) -> str:
        match expr:
            case Number(value):
                return plain(value)
            case Text(value):
                return self.word("quoted", text=value)
            case Blank():
                return self.word("nothing")
            case DateSerial():
                return _day(serial(expr))
            case Cell():
                return self.cell(expr)
            case Cells():
                return self.cells(expr)
            case Sum() | Negate() | Arithmetic(op="+" | "-"):
                return self.total(expr)
            case Arithmetic(op, left, right):
                return f"{self.inside(left)} {self.sign(op)} {self.inside(right)}"
            case Absolute(operand):
                return f"|{self.say(operand)}|"
            case Round(operand, digits):
                return self.word("rounded", what=self.inside(operand), digits=digits)
            case If():
                return self.choice(expr)
            case Count() | CountIf():
                return self.count(expr)
            case Compare(_, left, right):
                return f"{self.side(left)} {self.sign(self.relation(expr))} {self.side(right)}"
            case And() | Or() | Not() | IsBlank():
                return self.condition(expr)
            case Name():
                raise TypeError(f"{expr} is not bound")
            case _:
                assert_never(expr)

    def inside(self, expr: Expr) -> str:
        """Write an operand, in brackets where it could fall apart."""
        said = self.say(expr)
        loose = isinstance(expr, Sum | Negate | Arithmetic | Round | If | And | Or) and " " in said
        return f"({said})" if loose or said.startswith("-") else said

    def side(self, expr: Expr) -> str:
        """Write a side of a comparison: sums and products bind tighter than a relation, an `if` does not."""
        return self.inside(expr) if isinstance(expr, If) else self.say(expr)

    def total(self, expr: Expr) -> str:
        return self.joined(list(self.addends(expr)))

    def joined(self, terms: Sequence[tuple[str, Expr]]) -> str:
        """Put addends behind one another; a minus stands before the first one too, a plus does not."""
        (sign, first), *others = terms
        said = self.addend(first) if sign == "+" else self.sign(sign) + self.negative_in_brackets(first)
        return " ".join([said, *(f"{self.sign(sign)} {self.negative_in_brackets(leaf)}" for sign, leaf in others)])

    def addend(self, leaf: Expr) -> str:
        return self.inside(leaf) if isinstance(leaf, If | Round) else self.say(leaf)

    def negative_in_brackets(self, leaf: Expr) -> str:
        said = self.addend(leaf)
        return f"({said})" if said.startswith("-") else said

    def addends(self, expr: Expr, sign: str = "+") -> Iterator[tuple[str, Expr]]:
        """Yield all that is added up, with its sign."""
        opposite = "-" if sign == "+" else "+"
        match expr:
            case Arithmetic("+" | "-" as op, left, right):
                yield from self.addends(left, sign)
                yield from self.addends(right, sign if op == "+" else opposite)
            case Negate(operand):
                yield from self.addends(operand, opposite)
            case Sum(operands):
                for operand in operands:
                    yield from self.addends(operand, sign)
            case _:
                yield sign, expr

    @abstractmethod
    def cell(self, expr: Cell) -> str:
        """Write one answer."""

    @abstractmethod
    def cells(self, expr: Cells) -> str:
        """Write what several answers add up to."""

    @abstractmethod
    def choice(self, expr: If) -> str:
        """Write an `if`."""

    @abstractmethod
    def count(self, expr: Count | CountIf) -> str:
        """Write how many answers there are."""

    @abstractmethod
    def relation(self, expr: Compare) -> Relation:
        """Return the relation to be written."""

    @abstractmethod
    def condition(self, expr: And | Or | Not | IsBlank) -> str:
        """Write a condition that is no comparison."""


class _Words(_Writer):
    def __init__(self, lang: Language, label: Callable[[str], str]) -> None:
        super().__init__(lang)
        self.label = label
        if lang == "zh":
            self.signs = _WIDE_SIGNS

    def labels(self, expr: Expr) -> str:
        asked = several(expr)
        return self.label(asked.name)

    def cell(self, expr: Cell) -> str:
        return self.label(expr.key)

    def cells(self, expr: Cells) -> str:
        return self.word("sum", what=self.label(expr.name))

    def choice(self, expr: If) -> str:
        condition, then, otherwise = (self.say(part) for part in (expr.condition, expr.then, expr.otherwise))
        return self.word("choice", condition=condition, then=then, otherwise=otherwise)

    def count(self, expr: Count | CountIf) -> str:
        if isinstance(expr, Count):
            return self.word("count", what=self.labels(expr.operand))
        return self.word("count-if", what=self.labels(expr.operand), criterion=self.say(expr.criterion))

    def relation(self, expr: Compare) -> Relation:
        return expr.op

    def condition(self, expr: And | Or | Not | IsBlank) -> str:
        match expr:
            case And(operands):
                return self.word("and").join(map(self.inside, operands))
            case Or(operands):
                return self.word("or").join(map(self.inside, operands))
            case Not(IsBlank(operand)):
                return self.word("is-filled", what=self.labels(operand))
            case Not(operand):
                return self.word("not", what=self.say(operand))
            case IsBlank(operand):
                return self.word("is-blank", what=self.labels(operand))
            case _:
                assert_never(expr)


class _Numbers(_Writer):
    def __init__(self, lang: Language, answers: Answer, evaluate: Evaluate) -> None:
        super().__init__(lang)
        self.answers = answers
        self.evaluate = evaluate

    def value(self, expr: Expr) -> Value | bool:
        return self.evaluate(expr, self.answers)

    def cell(self, expr: Cell) -> str:
        answer = self.answers(expr.key)
        if answer is None or answer == "" or isinstance(answer, str) is not (expr.kind is Kind.TEXT):
            return self.word("nothing")
        if isinstance(answer, str):
            return self.word("quoted", text=answer)
        return _day(int(answer)) if expr.kind is Kind.DATE else plain(answer)

    def cells(self, expr: Cells) -> str:
        return self.total(expr)

    def addends(self, expr: Expr, sign: str = "+") -> Iterator[tuple[str, Expr]]:
        if isinstance(expr, Cells):
            yield from ((sign, Cell(key, expr.kind, expr.digits)) for key in expr.keys)
        else:
            yield from super().addends(expr, sign)

    def total(self, expr: Expr) -> str:
        """Write a sum; of a long one only the addends that are not 0, and how many are."""
        terms = list(self.addends(expr))
        if len(terms) <= MOST_ADDENDS:
            return self.joined(terms)
        telling = [(sign, leaf) for sign, leaf in terms if self.value(leaf) != 0]
        if not telling:
            return self.word("all-zero", all=len(terms))
        shown = self.joined(telling[:MOST_ADDENDS])
        if len(telling) > MOST_ADDENDS:
            return self.word("many", shown=shown, all=len(telling), total=self.amount(expr))
        return (
            self.word("rest-zero", shown=shown, rest=len(terms) - len(telling)) if len(telling) < len(terms) else shown
        )

    def choice(self, expr: If) -> str:
        """Write the branch that was taken; where it is a condition itself, with what led there."""
        chosen = self.say(expr.then if self.value(expr.condition) else expr.otherwise)
        if kind(expr) is not Kind.TRUTH:
            return chosen
        return self.word("where", condition=self.say(expr.condition), what=chosen)

    def count(self, expr: Count | CountIf) -> str:
        return self.amount(expr)

    def amount(self, expr: Expr) -> str:
        value = self.value(expr)
        return plain(value) if isinstance(value, int | Decimal) else self.word("nothing")

    def relation(self, expr: Compare) -> Relation:
        return expr.op if self.value(expr) else OPPOSITE[expr.op]

    def condition(self, expr: And | Or | Not | IsBlank) -> str:
        match expr:
            case And(operands) | Or(operands):
                verdict = self.value(expr)
                deciding = [operand for operand in operands if self.value(operand) == verdict]
                return self.word("and").join(map(self.say, deciding))
            case Not(operand):
                return self.say(operand)
            case IsBlank(Cell() as cell):
                return self.cell(cell)
            case IsBlank(operand):
                filled = self.amount(Count(operand))
                return self.word("filled", filled=filled, all=len(several(operand).keys))
            case _:
                assert_never(expr)


def plain(value: int | Decimal) -> str:
    """Write a number as it was typed; a quotient with few decimals.

    >>> plain(Decimal("12.50")), plain(Decimal(1) / 3)
    ('12.50', '0.333333')
    """
    if isinstance(value, Decimal) and -int(value.as_tuple().exponent) > MOST_DECIMALS:
        value = round(value, MOST_DECIMALS)
    return f"{Decimal(value):f}"


def written(value: int | Decimal | None) -> str:
    """Write a number, or a dash where there is none.

    >>> written(14), written(None)
    ('14', '—')
    """
    return "—" if value is None else plain(value)


def apart(one: int | Decimal, other: int | Decimal | None) -> str:
    """Write by how much two numbers differ, or a dash where there is no other.

    >>> apart(15, 14), apart(Decimal("1.5"), 2), apart(15, None)
    ('1', '0.5', '—')
    """
    return "—" if other is None else plain(max(one - other, other - one))


def _day(number: int) -> str:
    return (DAY_ZERO + timedelta(days=number)).isoformat()
