"""From the text of an expression to nodes, and from names to what they mean.

Python's own parser reads the text, and what it read is taken over node by node from a short list; nothing is run.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, assert_never

from tianbao.expr import errors
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
    Operator,
    Or,
    Reference,
    Relation,
    Round,
    Sum,
    Text,
    names,
)
from tianbao.expr.semantics import kind, serial

LONGEST: Final = 1000
DEEPEST: Final = 50
#: The longest text that a formula of Excel can hold, and the digits that Excel keeps of a number.
LONGEST_TEXT: Final = 255
MOST_DIGITS: Final = 15

_OPERATORS: Final[dict[type[ast.operator], Operator]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_RELATIONS: Final[dict[type[ast.cmpop], Relation]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_USAGE: Final = {
    "sum": "sum(a, b, …)",
    "abs": "abs(x)",
    "round": "round(x, 1)",
    "blank": "blank(x)",
    "count": "count(x)",
    "countif": 'countif(x, "…")',
    "date": "date(2025, 12, 31)",
}

_CONSTRUCTS: Final[dict[type[ast.AST], str]] = {
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Invert: "~",
    ast.UAdd: "+x",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Lambda: "lambda",
    ast.JoinedStr: 'f"…"',
    ast.Subscript: "x[…]",
    ast.List: "[…]",
    ast.Tuple: "(…, …)",
    ast.Dict: "{…}",
    ast.Set: "{…}",
    ast.ListComp: "[… for …]",
    ast.SetComp: "{… for …}",
    ast.DictComp: "{… for …}",
    ast.GeneratorExp: "(… for …)",
    ast.NamedExpr: ":=",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
    ast.Starred: "*x",
}

_QUOTED: Final = re.compile(r'"[^"]*"|\'[^\']*\'')
_SINGLE_EQUALS: Final = re.compile(r"(?<![=!<>:])=(?!=)")
_NO_CHARACTER: Final = re.compile(r"[^\w\s.+\-*/(),=!<>\"']")
_PLAIN_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
#: Words that COUNTIF takes for nothing but words: no pattern, no comparison, and nothing like a number or a date.
_PLAIN_WORDS: Final = re.compile(r"[^\W\d_][^<>=*?~]*")


def parse(text: str) -> Expr:
    """Read the text of an expression.

    Names stay names until `bind`.

    Raises:
        ExpressionError: one subclass for each thing that can be wrong, with its place.

    >>> parse("total <= 1.50")
    Compare(op='<=', left=Name(path=('total',), at=0), right=Number(value=Decimal('1.50')))
    """
    if not text.strip():
        raise errors.NothingWrittenError(text=text, column=1)
    if len(text) > LONGEST:
        raise errors.TooLongError(text=text, column=LONGEST + 1, limit=LONGEST)
    _refuse_what_python_would_take_otherwise(text)
    source = re.sub(r"\s", " ", text).rstrip()
    margin = len(source) - len(source.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source[margin:], mode="eval")
        return _Reader(text, source[margin:], margin).read(tree.body)
    except SyntaxError as error:
        column = margin + error.offset if error.offset else len(source)
        raise _what_is_wrong(text, column) from None
    except (RecursionError, MemoryError):
        raise errors.TooDeepError(text=text, column=margin + 1, limit=DEEPEST) from None


def _outside_quotes(text: str) -> str:
    """Return the text with every quoted part struck out, character for character."""
    return _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), text)


def _refuse_what_python_would_take_otherwise(text: str) -> None:
    """Refuse a comment, an escape and a keyword argument, which would silently mean another thing than was written."""
    outside = _outside_quotes(text)
    if equals := _SINGLE_EQUALS.search(outside):
        raise errors.EqualsSignError(text=text, column=equals.start() + 1)
    if odd := re.search(r"[#\0]", outside) or re.search(r"\\", text):
        raise errors.CharacterError(text=text, column=odd.start() + 1, character=odd[0])


def _what_is_wrong(text: str, column: int) -> errors.ExpressionError:
    """Name the character that Python stumbled over, if it is one that the language does not have."""
    if odd := _NO_CHARACTER.search(_outside_quotes(text)):
        return errors.CharacterError(text=text, column=odd.start() + 1, character=odd[0])
    return errors.ExpressionError(text=text, column=column)


class _Reader:
    """Takes over what Python's parser read, one node at a time."""

    def __init__(self, text: str, source: str, margin: int) -> None:
        self.text = text
        self.encoded = source.encode()
        self.margin = margin
        self.depth = 0

    def offset(self, node: ast.expr) -> int:
        """Return the offset of a node in characters; `ast` counts the bytes of UTF-8."""
        return self.margin + len(self.encoded[: node.col_offset].decode())

    def written(self, node: ast.expr) -> str:
        return self.encoded[node.col_offset : node.end_col_offset].decode()

    def wrong(self, error: type[errors.ExpressionError], node: ast.expr, **params: object) -> errors.ExpressionError:
        return error(text=self.text, column=self.offset(node) + 1, **params)

    def not_ours(self, node: ast.expr, construct: ast.AST) -> errors.ExpressionError:
        return self.wrong(errors.ConstructError, node, construct=_CONSTRUCTS.get(type(construct), self.written(node)))

    def read(self, node: ast.expr) -> Expr:
        if self.depth == DEEPEST:
            raise self.wrong(errors.TooDeepError, node, limit=DEEPEST)
        self.depth += 1
        expr = self.node(node)
        self.depth -= 1
        return expr

    def node(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name(id="blank"):
                return Blank()
            case ast.Name() | ast.Attribute():
                return self.name(node)
            case ast.Constant():
                return self.constant(node)
            case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
                return Arithmetic(_OPERATORS[type(op)], self.read(left), self.read(right))
            case ast.UnaryOp(ast.USub(), operand):
                return Negate(self.read(operand))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.read(operand))
            case ast.BoolOp(ast.And(), values):
                return And(tuple(map(self.read, values)))
            case ast.BoolOp(ast.Or(), values):
                return Or(tuple(map(self.read, values)))
            case ast.IfExp(test, body, orelse):
                return If(condition=self.read(test), then=self.read(body), otherwise=self.read(orelse))
            case ast.Compare(left, ops, comparators):
                return self.comparison(node, (left, *comparators), ops)
            case ast.Call():
                return self.call(node)
            case ast.BinOp(_, construct) | ast.UnaryOp(construct):
                raise self.not_ours(node, construct)
            case _:
                raise self.not_ours(node, node)

    def name(self, node: ast.expr) -> Name:
        path: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            path.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self.not_ours(node, node)
        return Name((inner.id, *reversed(path)), self.offset(node))

    def constant(self, node: ast.Constant) -> Number | Text:
        written = self.written(node)
        if isinstance(node.value, str):
            if written[1:-1] != node.value or len(node.value) > LONGEST_TEXT:
                raise self.wrong(errors.TextError, node, limit=LONGEST_TEXT)
            return Text(node.value)
        if isinstance(node.value, bool) or not isinstance(node.value, int | float | complex):
            raise self.not_ours(node, node)
        if not _PLAIN_NUMBER.fullmatch(written) or len(written.replace(".", "").lstrip("0")) > MOST_DIGITS:
            raise self.wrong(errors.NumberError, node, number=written)
        return Number(Decimal(written) if "." in written else int(written))

    def comparison(self, node: ast.expr, operands: Sequence[ast.expr], ops: Sequence[ast.cmpop]) -> Expr:
        """Read a comparison; a chain `a <= b <= c` says that each pair holds."""
        for op in ops:
            if type(op) not in _RELATIONS:
                raise self.not_ours(node, op)
        values = [self.read(operand) for operand in operands]
        pairs = tuple(
            Compare(_RELATIONS[type(op)], left, right)
            for op, left, right in zip(ops, values[:-1], values[1:], strict=True)
        )
        return pairs[0] if len(pairs) == 1 else And(pairs)

    def call(self, node: ast.Call) -> Expr:
        function = self.written(node.func)
        if function not in _USAGE:
            raise self.wrong(errors.FunctionError, node, name=function, known=", ".join(_USAGE))
        match function, node.args:
            case "sum", [_, *_]:
                return Sum(tuple(map(self.read, node.args)))
            case "abs", [operand]:
                return Absolute(self.read(operand))
            case "round", [operand]:
                return Round(self.read(operand), 0)
            case "round", [operand, ast.Constant(int(places))] if 0 <= places <= MOST_DIGITS:
                return Round(self.read(operand), places)
            case "blank", [ast.Name() | ast.Attribute() as reference]:
                return IsBlank(self.name(reference))
            case "count", [ast.Name() | ast.Attribute() as reference]:
                return Count(self.name(reference))
            case "countif", [ast.Name() | ast.Attribute() as reference, criterion]:
                return CountIf(self.name(reference), self.criterion(node, criterion))
            case "date", [year, month, day]:
                return DateSerial(self.read(year), self.read(month), self.read(day))
            case _:
                raise self.wrong(errors.ArgumentsError, node, usage=_USAGE[function])

    def criterion(self, call: ast.Call, node: ast.expr) -> Number | Text:
        match self.read(node):
            case Number() as number:
                return number
            case Negate(Number(value)):
                return Number(-value)
            case Text(value) as text if _PLAIN_WORDS.fullmatch(value) and value.upper() not in ("TRUE", "FALSE"):
                return text
            case Text(value):
                raise self.wrong(errors.CriterionError, node, criterion=value)
            case _:
                raise self.wrong(errors.ArgumentsError, call, usage=_USAGE["countif"])


def bind(expr: Expr, find: Callable[[tuple[str, ...]], Expr], *, text: str = "…") -> Expr:
    """Put what each name means in its place, and see that numbers, texts and conditions stand where they may.

    Args:
        expr: what `parse` returned.
        find: gives what a name means; raises LookupError if it means nothing.
        text: what was parsed, for the sentence of an error.

    Raises:
        ExpressionError: one subclass for each thing that can be wrong, with its place.

    >>> bind(parse("new > 0"), lambda path: Cell(".".join(path)))
    Compare(op='>', left=Cell(key='new', kind=<Kind.NUMBER: 'number'>, digits=0), right=Number(value=0))
    """
    return _Binder(find, text).value(expr)


class _Binder:
    """Puts meanings in the place of names; a name knows its place in the text, so errors are told here."""

    def __init__(self, find: Callable[[tuple[str, ...]], Expr], text: str) -> None:
        self.find = find
        self.text = text

    def wrong(self, error: type[errors.ExpressionError], expr: Expr, **params: object) -> errors.ExpressionError:
        """Place an error at the first name of an expression; an expression without any is a constant and short."""
        column = next((name.at + 1 for name in names(expr)), 1)
        return error(text=self.text, column=column, **params)

    def meaning(self, expr: Expr) -> Expr:
        """Return what an expression means, be it one value or several cells."""
        if not isinstance(expr, Name):
            return self.node(expr)
        try:
            return self.find(expr.path)
        except LookupError:
            raise self.wrong(errors.UnknownNameError, expr, name=".".join(expr.path)) from None

    def value(self, expr: Expr) -> Expr:
        meaning = self.meaning(expr)
        if isinstance(meaning, Cells):
            name = ".".join(expr.path) if isinstance(expr, Name) else meaning.name
            raise self.wrong(errors.SeveralError, expr, name=name)
        return meaning

    def number(self, expr: Expr) -> Expr:
        return self.numeric(expr, self.value(expr))

    def addend(self, expr: Expr) -> Expr:
        return self.numeric(expr, self.meaning(expr))

    def numeric(self, expr: Expr, meaning: Expr) -> Expr:
        if kind(meaning) not in (Kind.NUMBER, Kind.BLANK):
            raise self.wrong(errors.NumberNeededError, expr)
        return meaning

    def condition(self, expr: Expr) -> Expr:
        meaning = self.value(expr)
        if kind(meaning) is not Kind.TRUTH:
            raise self.wrong(errors.ConditionNeededError, expr)
        return meaning

    def reference(self, expr: Reference) -> Cell | Cells:
        meaning = self.meaning(expr)
        if not isinstance(meaning, Cell | Cells):
            raise self.wrong(
                errors.ReferenceNeededError, expr, name=".".join(expr.path) if isinstance(expr, Name) else ""
            )
        return meaning

    def node(self, expr: Expr) -> Expr:
        match expr:
            case Number() | Text() | Blank() | Cell() | Cells():
                return expr
            case Name():
                return self.meaning(expr)
            case Negate(operand) | Absolute(operand) | Round(operand):
                return replace(expr, operand=self.number(operand))
            case Arithmetic(_, left, right):
                return replace(expr, left=self.number(left), right=self.number(right))
            case Compare():
                return self.comparison(expr)
            case And(operands) | Or(operands):
                return replace(expr, operands=tuple(map(self.condition, operands)))
            case Not(operand):
                return Not(self.condition(operand))
            case If():
                return self.choice(expr)
            case Sum(operands):
                return Sum(tuple(map(self.addend, operands)))
            case IsBlank(operand) | Count(operand):
                return replace(expr, operand=self.reference(operand))
            case CountIf():
                return self.count_if(expr)
            case DateSerial():
                return self.day(expr)
            case _:
                assert_never(expr)

    def comparison(self, expr: Compare) -> Compare:
        left, right = self.value(expr.left), self.value(expr.right)
        kinds = {kind(left), kind(right)} - {Kind.BLANK}
        if len(kinds) > 1 or Kind.TRUTH in kinds:
            raise self.wrong(errors.KindsError, expr)
        if Kind.TEXT in kinds and expr.op not in ("==", "!="):
            raise self.wrong(errors.TextOrderError, expr, op=expr.op)
        return Compare(expr.op, left, right)

    def choice(self, expr: If) -> If:
        """Bind an `if`; a blank goes with a number or a text, but a condition always holds or not."""
        condition, then, otherwise = self.condition(expr.condition), self.value(expr.then), self.value(expr.otherwise)
        kinds = {kind(then), kind(otherwise)}
        if len(kinds - {Kind.BLANK}) > 1 or kinds == {Kind.TRUTH, Kind.BLANK}:
            raise self.wrong(errors.KindsError, expr)
        return If(condition, then, otherwise)

    def count_if(self, expr: CountIf) -> CountIf:
        reference = self.reference(expr.operand)
        if isinstance(expr.criterion, Text) is not (reference.kind is Kind.TEXT):
            raise self.wrong(errors.KindsError, expr)
        return CountIf(reference, expr.criterion)

    def day(self, expr: DateSerial) -> DateSerial:
        bound = DateSerial(self.number(expr.year), self.number(expr.month), self.number(expr.day))
        try:
            serial(bound)
        except (ValueError, OverflowError):
            raise self.wrong(errors.DayError, expr) from None
        return bound
