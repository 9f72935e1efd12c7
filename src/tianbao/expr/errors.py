"""What can be wrong with an expression; the sentences are in the catalogue `expr`."""

from __future__ import annotations

from typing import ClassVar

from tianbao.errors import TianbaoError


class ExpressionError(TianbaoError):
    """An expression cannot be understood; `text` and `column` (from 1, in characters) say where."""

    code: ClassVar[str] = "E-SYNTAX"

    def __init__(self, *, text: str, column: int, **params: object) -> None:
        super().__init__(text=text, column=column, **params)
        self.text = text
        self.column = column


class NothingWrittenError(ExpressionError):
    """There is nothing but spaces."""

    code = "E-EMPTY"


class TooLongError(ExpressionError):
    """The text is longer than `limit`."""

    code = "E-LONG"


class TooDeepError(ExpressionError):
    """Operators stand inside each other more than `limit` deep."""

    code = "E-DEEP"


class EqualsSignError(ExpressionError):
    """A single = stands where == is meant."""

    code = "E-EQUALS"


class CharacterError(ExpressionError):
    """A `character` has no meaning here; often one typed in full width."""

    code = "E-CHARACTER"


class NumberError(ExpressionError):
    """A `number` is not written plainly."""

    code = "E-NUMBER"


class TextError(ExpressionError):
    """A text is not one pair of quotes, or is longer than a formula can hold (`limit`)."""

    code = "E-TEXT"


class ConstructError(ExpressionError):
    """A `construct` of Python is not one of the check language."""

    code = "E-CONSTRUCT"


class FunctionError(ExpressionError):
    """There is no function of this `name`; `known` lists them."""

    code = "E-FUNCTION"


class ArgumentsError(ExpressionError):
    """A function is not called as its `usage` shows."""

    code = "E-ARGUMENTS"


class CriterionError(ExpressionError):
    """The sheet would read this `criterion` of countif as a pattern, a comparison or a number."""

    code = "E-CRITERION"


class UnknownNameError(ExpressionError):
    """Nothing bears this `name`."""

    code = "E-NAME"


class SeveralError(ExpressionError):
    """A `name` means several cells where one value is needed."""

    code = "E-SEVERAL"


class ReferenceNeededError(ExpressionError):
    """blank, count and countif ask about cells; this `name` is computed."""

    code = "E-REFERENCE"


class NumberNeededError(ExpressionError):
    """A text or a condition stands where a number is needed."""

    code = "E-NUMBER-NEEDED"


class ConditionNeededError(ExpressionError):
    """A number or a text stands where a condition is needed."""

    code = "E-CONDITION-NEEDED"


class KindsError(ExpressionError):
    """Values of different kinds are compared, or are the two results of one `if`."""

    code = "E-KINDS"


class TextOrderError(ExpressionError):
    """Texts are compared by `op`, but they are only equal or not."""

    code = "E-TEXT-ORDER"


class DayError(ExpressionError):
    """There is no such day, or its year, month and day are not fixed numbers."""

    code = "E-DAY"


class FormulaError(TianbaoError):
    """A bound expression is longer or deeper than a formula of Excel may be."""

    code = "E-FORMULA"
