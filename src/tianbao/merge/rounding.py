"""Totals in a larger measure, rounded so that what adds up still does (舍位平衡), and what was nudged for it.

    exact totals ──measure, digits──▶ each rounded half up ──balance──▶ the same but for a few last digits

Rounded one by one, 0.4 + 0.4 = 0.8 万元 becomes 0 + 0 = 1. Here each figure becomes the whole number of last digits below
or above the exact one, so that every plain sum of the form, and every check of it that says two sums are equal, holds again:

1. *The totals among themselves.* The sums are equations with the coefficients 1 and -1. The exact figures solve them, so one can
   walk from there within the equations. One figure after the other is led to its rounded value, first what is the sum of
   most, then what is farthest from a half; those that are nearest to a half give way. Whichever reaches the whole number below or
   above it stays there. Where the equations are those of a table with sums of rows and columns, or of a tree, everything
   has become whole at the end: such equations have no other corners. In one sum this is the method of the largest remainder.
2. *The units' figures of each cell* share its total out by the largest remainder; of equal ones the first in the roster.
   A unit's own totals are added up anew from its parts.

Where no such solution is found, the sums are added up anew from their parts and differ by more than one digit; that is told, and so
is a check that does not hold any more. What is no plain sum (a rate, a product) is computed anew from what was rounded.

In:   a merge, a measure (元, 万元, 亿元; 万件 for what is counted in 件), a number of decimals.
Out:  lines in the form's order: exact, rounded, balanced, by how many last digits it was nudged, and why.
Knows nothing of sheets. What is whole already is never touched: zeros stay zeros.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import ClassVar

from tianbao.errors import TianbaoError
from tianbao.expr import evaluate
from tianbao.expr.linear import Linear, identity, linear
from tianbao.form.model import Amount, Cell, Form, Kind, Shape
from tianbao.form.names import given
from tianbao.merge.merge import Merged
from tianbao.merge.parts import summed
from tianbao.records.model import Unit

#: How many powers of ten a word before a measure stands for.
_POWERS = {
    "": 0,
    "十": 1,
    "百": 2,
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "万亿": 12,
}
_MOST_DIGITS = 12
#: No digit is lost.
_EXACT = Context(prec=400)


class UnknownMeasureError(TianbaoError):
    """No total of the form can be told in this measure."""

    code: ClassVar[str] = "M-ROUND-MEASURE"


class DigitsError(TianbaoError):
    """So many decimals cannot be kept."""

    code: ClassVar[str] = "M-ROUND-DIGITS"


class Why(StrEnum):
    """Why a figure is not what rounding it alone gives.

    NOT: it is.
    BALANCE: so that a sum of totals holds.
    SHARE: so that the units' figures add up to the total.
    ADDED: it was added up anew from its parts.
    COMPUTED: it is no plain sum, and was computed anew from what was rounded.
    """

    NOT = ""
    BALANCE = "balance"
    SHARE = "share"
    ADDED = "added"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class RoundedLine:
    """One figure.

    Attributes:
        key: of its cell.
        unit: whose; None for the total.
        exact: in the measure asked for, every digit.
        rounded: half up, alone.
        balanced: what is to be printed.
        nudge: by how many last digits `balanced` differs from `rounded`.
        is_booking: what the office booked to the cell.
    """

    key: str
    unit: Unit | None
    exact: Decimal
    rounded: Decimal
    balanced: Decimal
    nudge: int
    why: Why
    is_booking: bool = False


@dataclass(frozen=True)
class Rounded:
    """The totals of a merge, rounded so that they balance.

    Attributes:
        totals: in the form's order.
        units: by cell key, the units' figures in the order of the merge, and last what was booked.
        broken: the names of check instances that held and do not hold any more.
    """

    form: Form
    measure: str
    digits: int
    totals: tuple[RoundedLine, ...]
    units: Mapping[str, tuple[RoundedLine, ...]] = field(repr=False)
    broken: tuple[str, ...] = ()

    @property
    def nudged(self) -> tuple[RoundedLine, ...]:
        """The totals that are not what rounding them alone gives."""
        return tuple(line for line in self.totals if line.nudge)

    @property
    def nudged_units(self) -> tuple[RoundedLine, ...]:
        """The same of the units' figures."""
        return tuple(line for lines in self.units.values() for line in lines if line.nudge)


def round_balanced(merged: Merged, *, measure: str, digits: int) -> Rounded:
    """Tell the totals of a merge in another measure, rounded so that every sum still holds.

    Args:
        merged: the merge.
        measure: 元, 万元, 亿元 …; for what is counted in 件 so, 万件. Cells of other measures are left out.
        digits: how many decimals are kept.

    Raises:
        UnknownMeasureError: no total of the form can be told in this measure.
        DigitsError: the number of decimals is less than 0 or more than 12.
    """
    if not 0 <= digits <= _MOST_DIGITS:
        raise DigitsError(digits=digits, most=_MOST_DIGITS)
    scales = _scales(merged.form, measure, digits)
    with localcontext(_EXACT):
        return _Rounding(merged, measure, digits, scales).run()


def _scales(form: Form, measure: str, digits: int) -> dict[str, int]:
    """Return by how many powers of ten each cell's figures are multiplied to be counted in last digits."""
    cells = [c for t in form.tables if t.shape is not Shape.LIST for c in t.cells if c.is_number and c.measure]
    found = {
        cell.key: powers - wanted + digits
        for cell in cells
        for powers, base in _readings(cell.measure)
        for wanted, same in _readings(measure)
        if base == same
    }
    if not found:
        raise UnknownMeasureError(measure=measure, known="、".join(dict.fromkeys(cell.measure for cell in cells)))
    return found


def _readings(measure: str) -> Iterator[tuple[int, str]]:
    """Read a measure as a power of ten and what is counted.

    >>> list(_readings("万元")), list(_readings("件"))
    ([(4, '元')], [(0, '件')])
    """
    word = max((word for word in _POWERS if measure.startswith(word) and measure != word), key=len, default="")
    yield _POWERS[word], measure.removeprefix(word)


class _Rounding:
    """One rounding; figures are counted in last digits."""

    def __init__(self, merged: Merged, measure: str, digits: int, scales: Mapping[str, int]) -> None:
        self._merged = merged
        self._form = merged.form
        self._measure = measure
        self._digits = digits
        self._scales = scales
        self._exact = {
            key: Fraction(_scaled(total, scales[key]))
            for key, total in merged.totals.items()
            if key in scales and total is not None
        }
        self._sums: dict[str, dict[str, int]] = {}
        #: What is no plain sum, and what adds such up.
        self._products: set[str] = set()
        for cell in self._form.computed:
            parts = self._plain_sum(cell)
            if cell.key in self._exact and parts and self._products.isdisjoint(parts):
                self._sums[cell.key] = parts
            elif cell.key in self._exact:
                self._products.add(cell.key)

    def run(self) -> Rounded:
        rounded = {key: _half_up(exact) for key, exact in self._exact.items()}
        identities = dict(self._identities())
        sums = [{key: -1, **parts} for key, parts in self._sums.items()]
        among = [parts for parts in identities.values() if self._products.isdisjoint(parts)]
        balanced, is_whole = balance(
            {key: exact for key, exact in self._exact.items() if key not in self._products}, [*sums, *among]
        )
        if not is_whole:
            balanced |= self._added_up(balanced)
        balanced |= self._computed(balanced)
        broken = tuple(name for name, parts in identities.items() if sum(c * balanced[k] for k, c in parts.items()))
        totals = tuple(
            self._line(key, None, self._exact[key], balanced[key], self._why(key, balanced[key] - rounded[key]))
            for key in self._merged.totals
            if key in self._exact
        )
        return Rounded(self._form, self._measure, self._digits, totals, self._shared_out(balanced), broken)

    def _why(self, key: str, nudge: int) -> Why:
        if key in self._products:
            return Why.COMPUTED
        return Why.BALANCE if nudge else Why.NOT

    def _line(
        self, key: str, unit: Unit | None, exact: Fraction, balanced: int, why: Why, *, is_booking: bool = False
    ) -> RoundedLine:
        rounded = _half_up(exact)
        figures = (_decimal(exact, self._digits), *(_decimal(Fraction(n), self._digits) for n in (rounded, balanced)))
        places = Decimal(1).scaleb(-self._digits)
        return RoundedLine(
            key,
            unit,
            figures[0],
            figures[1].quantize(places),
            figures[2].quantize(places),
            balanced - rounded,
            why,
            is_booking,
        )

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────────

    def _plain_sum(self, cell: Cell) -> dict[str, int] | None:
        """Return the parts of a computed cell that only adds and takes away."""
        return self._plain(linear(cell.formula)) if cell.formula is not None else None

    def _plain(self, form: Linear | None) -> dict[str, int] | None:
        """Return a linear form with the coefficients 1 and -1 over cells that are rounded; a blank one adds nothing."""
        if form is None or form.constant or not all(key in self._scales for key in form.coefficients):
            return None
        is_plain = {abs(times) for times in form.coefficients.values()} <= {1}
        if not is_plain or len({self._scales[key] for key in form.coefficients}) > 1:
            return None
        return {key: int(times) for key, times in form.coefficients.items() if key in self._exact}

    def _identities(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield the checks that two sums are equal, of those that hold for the exact totals."""
        for instance in self._form.instances:
            parts = self._plain(identity(instance.rule))
            if parts and not sum(times * self._exact[key] for key, times in parts.items()):
                yield instance.id, parts

    def _added_up(self, balanced: Mapping[str, int]) -> dict[str, int]:
        """Add every sum up anew from its parts, in the order in which they depend on one another."""
        figures = dict(balanced)
        for key, parts in self._sums.items():
            figures[key] = sum(times * figures[part] for part, times in parts.items())
        return {key: figures[key] for key in self._sums}

    def _computed(self, balanced: Mapping[str, int]) -> dict[str, int]:
        """Compute what is no plain sum from what was rounded."""
        figures: dict[str, Amount | str | None] = {**self._merged.totals}
        figures |= given(self._merged.year) if self._merged.year is not None else {}
        figures |= {key: Decimal(count).scaleb(-self._scales[key]) for key, count in balanced.items()}
        results: dict[str, int] = {}
        for cell in self._form.computed:
            if cell.key in self._products and cell.formula is not None:
                value, scale = evaluate(cell.formula, figures.get), self._scales[cell.key]
                known = Fraction(_scaled(value, scale)) if isinstance(value, Amount) else self._exact[cell.key]
                results[cell.key] = _half_up(known)
                figures[cell.key] = Decimal(results[cell.key]).scaleb(-scale)
        return results

    # ── the units ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _shared_out(self, balanced: Mapping[str, int]) -> dict[str, tuple[RoundedLine, ...]]:
        """Share each summed cell's total out among the units, and add their own totals up."""
        merged, inputs = self._merged, [key for key in summed(self._form) if key in self._exact]
        shares: dict[str, dict[str, tuple[Fraction, int]]] = {}
        lines: dict[str, tuple[RoundedLine, ...]] = {}
        units = {unit.code: unit for unit in merged.units}
        booked: defaultdict[str, Amount] = defaultdict(int)
        for one in merged.adjustments:
            booked[one.key] += one.amount
        for key in inputs:
            if self._form.by_key[key].kind is Kind.COMPUTED:
                continue
            sources = {unit.code: self._count(key, value) for unit, value, _ in merged.sources(key)}
            amounts = [*sources.values(), *([self._count(key, booked[key])] if key in booked else [])]
            given_out = share_out(balanced[key], amounts)
            shares[key] = {
                code: (exact, share) for (code, exact), share in zip(sources.items(), given_out, strict=False)
            }
            lines[key] = tuple(self._share(key, units[code], *pair) for code, pair in shares[key].items())
            if key in booked:
                lines[key] += (self._share(key, None, amounts[-1], given_out[-1], is_booking=True),)
        for key, parts in self._sums.items():
            shares[key] = dict(self._own_totals(units, parts, shares))
            lines[key] = tuple(
                self._line(key, units[code], exact, own, Why.ADDED if own != _half_up(exact) else Why.NOT)
                for code, (exact, own) in shares[key].items()
            )
        return {key: lines[key] for key in merged.totals if key in lines}

    def _share(
        self, key: str, unit: Unit | None, exact: Fraction, share: int, *, is_booking: bool = False
    ) -> RoundedLine:  # fmt: skip
        return self._line(
            key, unit, exact, share, Why.SHARE if share != _half_up(exact) else Why.NOT, is_booking=is_booking
        )

    def _own_totals(
        self,
        units: Iterable[str],
        parts: Mapping[str, int],
        shares: Mapping[str, Mapping[str, tuple[Fraction, int]]],
    ) -> Iterator[tuple[str, tuple[Fraction, int]]]:
        for code in units:
            own = [(times, shares[key][code]) for key, times in parts.items() if code in shares.get(key, {})]
            if own:
                exact = sum((times * pair[0] for times, pair in own), Fraction(0))
                yield code, (exact, sum(times * pair[1] for times, pair in own))

    def _count(self, key: str, value: Amount) -> Fraction:
        return Fraction(_scaled(value, self._scales[key]))


def share_out(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Share a total out by the largest remainder; of equal ones the first gets more.

    >>> share_out(1, [Fraction(2, 5), Fraction(2, 5), Fraction(0)])
    [1, 0, 0]
    """
    shares = [_half_up(amount) for amount in exact]
    if sum(shares) == total:
        return shares
    shares = [floor(amount) for amount in exact]
    order = sorted(
        (n for n, amount in enumerate(exact) if amount.denominator != 1), key=lambda n: (shares[n] - exact[n], n)
    )
    left = total - sum(shares)
    order = order or [n for n, amount in enumerate(exact) if amount]
    while left and order:
        step = 1 if left > 0 else -1
        for n in order[: abs(left)] if left > 0 else reversed(order[left:]):
            shares[n] += step
            left -= step
    return shares


# ── within equations ─────────────────────────────────────────────────────────────────────────────────────────────────


def balance(exact: Mapping[str, Fraction], equations: Sequence[Mapping[str, int]]) -> tuple[dict[str, int], bool]:
    """Round figures to the whole numbers below or above them so that equations between them hold.

    Args:
        exact: the figures, which solve the equations.
        equations: each says that its figures, times their coefficients, add up to 0.

    Returns:
        The whole numbers, and whether they solve the equations; if not, some are no better than rounded alone.

    >>> balance({"a": Fraction(2, 5), "b": Fraction(2, 5), "sum": Fraction(4, 5)}, [{"a": 1, "b": 1, "sum": -1}])
    ({'a': 1, 'b': 0, 'sum': 1}, True)
    """
    alone = {key: _half_up(value) for key, value in exact.items()}
    result = dict(alone)
    is_whole = True
    for keys, own in _components(exact, equations):
        if any(sum(times * alone[key] for key, times in equation.items()) for equation in own):
            walk = _Walk({key: exact[key] for key in keys}, own)
            walk.run()
            result |= walk.rounded()
            is_whole = is_whole and walk.is_whole
    return result, is_whole


def _components(
    exact: Mapping[str, Fraction], equations: Sequence[Mapping[str, int]]
) -> Iterator[tuple[list[str], list[Mapping[str, int]]]]:
    """Yield the figures that hang together, with their equations, in the order of the figures."""
    home = {key: key for key in exact}

    def root(key: str) -> str:
        while home[key] != key:
            home[key] = home[home[key]]
            key = home[key]
        return key

    for equation in equations:
        first, *others = equation
        for other in others:
            home[root(other)] = root(first)
    keys: defaultdict[str, list[str]] = defaultdict(list)
    own: defaultdict[str, list[Mapping[str, int]]] = defaultdict(list)
    for key in exact:
        keys[root(key)].append(key)
    for equation in equations:
        own[root(next(iter(equation)))].append(equation)
    return ((keys[name], own[name]) for name in keys if own[name])


class _Walk:
    """The way from exact figures to whole ones, within equations.

    Attributes:
        rows: figure that gives way → the others that it follows, with the factor by which it does.
    """

    def __init__(self, exact: Mapping[str, Fraction], equations: Sequence[Mapping[str, int]]) -> None:
        self._exact = exact
        self._equations = equations
        self._now = dict(exact)
        self._open = {key for key, value in exact.items() if value.denominator != 1}
        weight = _weights(exact, equations)
        order = {key: n for n, key in enumerate(exact)}
        #: Led first what is the sum of most, then what is farthest from a half.
        self._rank = {
            key: (-weight[key], -abs(value - floor(value) - Fraction(1, 2)), order[key]) for key, value in exact.items()
        }
        self.rows: dict[str, dict[str, Fraction]] = {}
        for equation in equations:
            self._take(equation)

    @property
    def is_whole(self) -> bool:
        """Whether every figure has become whole."""
        return not self._open

    def rounded(self) -> dict[str, int]:
        """Return the whole numbers; of a figure that has not become one, the nearest.

        Figures that stand in the same equations can change places: among them those with the largest remainder get more.
        """
        whole = {key: _half_up(value) for key, value in self._now.items()}
        alike: defaultdict[tuple[tuple[int, int], ...], list[str]] = defaultdict(list)
        for key in whole:
            if key not in self._open:
                alike[tuple((n, e[key]) for n, e in enumerate(self._equations) if key in e)].append(key)
        for keys in alike.values():
            shares = share_out(sum(whole[key] for key in keys), [self._exact[key] for key in keys])
            whole |= zip(keys, shares, strict=True)
        return whole

    def run(self) -> None:
        """Lead one figure after the other to its rounded value, until nothing can move any more."""
        while leading := [key for key in self._open if key not in self.rows]:
            self._lead(min(leading, key=self._rank.__getitem__))

    def _take(self, equation: Mapping[str, int]) -> None:
        """Solve an equation for the figure that gives way most easily, and put it into the others."""
        row: dict[str, Fraction] = defaultdict(Fraction)
        for key, times in equation.items():
            if key in self.rows:
                for other, factor in self.rows[key].items():
                    row[other] += times * factor
            elif key in self._open:
                row[key] += times
        self._solve({key: factor for key, factor in row.items() if factor})

    def _solve(self, row: Mapping[str, Fraction]) -> None:
        """Let the easiest figure of `row == constant` follow the others, here and in every other row."""
        if not row:
            return
        follower = max(row, key=self._rank.__getitem__)
        own = {key: -factor / row[follower] for key, factor in row.items() if key != follower}
        for name, other in self.rows.items():
            if follower in other:
                self.rows[name] = _put_in(other, follower, own)
        self.rows[follower] = own

    def _lead(self, key: str) -> None:
        """Move a figure towards its rounded value, as far as those that follow it reach a whole number first."""
        target = _half_up(self._exact[key])
        step = Fraction(target) - self._now[key]
        moved = {name: row[key] for name, row in self.rows.items() if key in row}
        for name, factor in moved.items():
            rate = factor * (1 if step > 0 else -1)
            room = (ceil(self._now[name]) - self._now[name]) if rate > 0 else (self._now[name] - floor(self._now[name]))
            if abs(step) * abs(rate) > room:
                step = room / abs(rate) * (1 if step > 0 else -1)
        self._now[key] += step
        for name, factor in moved.items():
            self._now[name] += factor * step
        for name in (key, *moved):
            if self._now[name].denominator == 1:
                self._settle(name)

    def _settle(self, key: str) -> None:
        """Keep a figure where it is: nothing follows it any more, and where it followed others, one of them does."""
        self._open.discard(key)
        row = self.rows.pop(key, None)
        if row is not None:
            self._solve(row)
        for name, other in self.rows.items():
            if key in other:
                self.rows[name] = {part: factor for part, factor in other.items() if part != key}


def _put_in(row: Mapping[str, Fraction], follower: str, own: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Put what a figure follows in the place of it."""
    result = defaultdict(Fraction, {key: factor for key, factor in row.items() if key != follower})
    for key, factor in own.items():
        result[key] += row[follower] * factor
    return {key: factor for key, factor in result.items() if factor}


def _weights(exact: Mapping[str, Fraction], equations: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Count for each figure how many levels of sums lie below it."""
    parts = {
        next(iter(e)): [key for key in e if key != next(iter(e))] for e in equations if next(iter(e.values())) == -1
    }
    weights: dict[str, int] = {}

    def weight(key: str, above: frozenset[str]) -> int:
        if key not in weights:
            below = [weight(part, above | {key}) for part in parts.get(key, ()) if part not in above]
            weights[key] = 1 + max(below, default=-1)
        return weights[key]

    return {key: weight(key, frozenset()) for key in exact}


def _scaled(value: Amount, powers: int) -> Decimal:
    return Decimal(value).scaleb(powers)


def _half_up(value: Fraction) -> int:
    """Round half up, away from zero.

    >>> _half_up(Fraction(5, 2)), _half_up(Fraction(-5, 2)), _half_up(Fraction(12, 5))
    (3, -3, 2)
    """
    return floor(value + Fraction(1, 2)) if value >= 0 else ceil(value - Fraction(1, 2))


def _decimal(value: Fraction, digits: int) -> Decimal:
    """Write a count of last digits in the measure."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).scaleb(-digits)
