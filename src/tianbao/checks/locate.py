"""Which cell is probably wrong, and what it should be: the smallest set of cells whose change satisfies all identities.

Fellegi and Holt's principle. Every identity that is asked counts, also those that hold: a cell may be changed only so
that they still do. Totals are formulas, so an identity is first written in the cells that people typed; a number typed
over a formula is one of those, and so are control totals and last year's figures, which are witnesses: they may be wrong,
and are suspected last.

    identities ──▶ equations ──smallest──▶ all smallest sets ──evidence──▶ strongest first ──▶ suspects of each finding
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import NamedTuple

from tianbao import expr
from tianbao.checks.case import Case, Figure
from tianbao.checks.finding import Finding, Suspect
from tianbao.checks.identities import Identities
from tianbao.checks.slips import Slip, slip_of
from tianbao.checks.smallest import Column, Exact, combinations, divide, independent
from tianbao.checks.suspicion import Change, Evidence, Standing, Suspicion
from tianbao.expr.semantics import EXACT
from tianbao.expr.sentence import plain
from tianbao.form.model import Amount, Cell, Form, Instance, Kind
from tianbao.form.names import PRIOR
from tianbao.records.model import State

#: A clerk looks at so many cells before calling.
MOST_SUSPECTS = 5
#: Of more wrong cells in one place nothing is said.
_MOST_CELLS = 3
#: Numbers so small are the same in neighbouring cells by chance.
_COMMON = 2
#: So many sets of cells are weighed against each other.
_WEIGHED = 5000

_CONTROL = "control."


class Weight(NamedTuple):
    """How much speaks for a set of changes; compared from left to right.

    Attributes:
        witnesses: minus the control totals and last year's figures in it.
        told: numbers in the narrative with which it agrees, less those with which it no longer does.
        siblings: minus the other checks that it would break.
        slips: how usual the slips of the fingers are that it takes.
        filled: cells in which a number stands: most cells are right to be 0. It puts in order and decides nothing.
    """

    witnesses: int
    told: int
    siblings: int
    slips: int
    filled: int

    @property
    def decides(self) -> tuple[int, ...]:
        """All but what only puts in order."""
        return self[:-1]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes that together satisfy every identity in one part of the form, and what speaks for them.

    Attributes:
        changes: of this year's cells, or of witnesses.
    """

    changes: tuple[Change, ...]
    weight: Weight


class Locator:
    """Finds suspects in one form's submissions; the equations are made once.

    Args:
        form: the form of every submission that is asked about.
        identities: those of the form.
    """

    def __init__(self, form: Form, identities: Identities | None = None) -> None:
        self._form = form
        self._identities = identities or Identities(form)
        self._systems: dict[tuple[object, ...], _System] = {}

    def locate(
        self,
        case: Case,
        findings: Sequence[Finding],
        asked: Sequence[Instance],
        told: Mapping[str, Amount] | None = None,
    ) -> dict[str, tuple[Suspect, ...]]:
        """Return suspects, strongest first, by the instance of each finding that is no consequence of another.

        Args:
            case: the submission.
            findings: all that was found, consequences marked.
            asked: the check instances that are asked of it, whether they hold or not.
            told: numbers read in the narrative, by the key of the cell that should hold each.
        """
        broken = {f.instance: f.imbalance for f in findings if f.rule and f.imbalance}
        if not broken:
            return {}
        system = self._system(case, asked)
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for finding in findings:
            if finding.instance in broken and finding.instance in system.rows:
                groups[finding.follows or finding.instance].append(finding.instance)
        if not groups:
            return {}
        weighing = self._weighing(case, system, broken, told)
        suspects: defaultdict[str, list[Suspect]] = defaultdict(list)
        for part in system.parts:
            explanations = weighing.ranked(part)
            for leading, names in groups.items():
                own = [name for name in names if name in part.names]
                if own:
                    suspects[leading] += weighing.suspects(explanations, own)
        #: What could not be read is suspected of nothing but itself, whatever follows from it.
        unread = {finding.instance: {cell.key for cell in finding.cells} for finding in findings if not finding.rule}
        chosen = {name: tuple(found[:MOST_SUSPECTS]) for name, found in suspects.items()}
        kept = {
            name: tuple(suspect for suspect in found if name not in unread or suspect.key in unread[name])
            for name, found in chosen.items()
        }
        return {name: found for name, found in kept.items() if found}

    def explain(
        self,
        case: Case,
        broken: Mapping[str, Amount],
        asked: Sequence[Instance],
        told: Mapping[str, Amount] | None = None,
    ) -> Iterator[Sequence[Explanation]]:
        """Yield the smallest explanations, strongest first, for each part of the form that is broken by itself.

        Args:
            case: the submission.
            broken: left - right of every identity that does not hold, by its instance.
            asked: the check instances that are asked of it, whether they hold or not.
            told: numbers read in the narrative, by the key of the cell that should hold each.
        """
        system = self._system(case, asked)
        weighing = self._weighing(case, system, broken, told)
        for part in system.parts:
            if part.rows & broken.keys():
                yield weighing.ranked(part)

    def _weighing(
        self, case: Case, system: _System, broken: Mapping[str, Amount], told: Mapping[str, Amount] | None
    ) -> _Weighing:
        return _Weighing(case, self._form, system, self._identities, broken, told or {})

    def _system(self, case: Case, asked: Sequence[Instance]) -> _System:
        last_years = case.prior.form if case.prior else None
        known = (case.typed_over, last_years, tuple(instance.id for instance in asked))
        if known not in self._systems:
            rows = {instance.id: self._identities.inputs(case, instance) for instance in asked}
            self._systems[known] = _System(
                {
                    name: {key: _exact(row[key]) for key in sorted(row, key=self._place)}
                    for name, row in rows.items()
                    if row and all(_may_be_typed(case, self._form, key) for key in row)
                },
                tuple(instance for instance in asked if rows[instance.id] is None),
            )
        return self._systems[known]

    def _place(self, key: str) -> tuple[bool, int, str]:
        """Order cells as printed; witnesses last."""
        return _is_witness(key), self._order.get(key, 0), key

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {key: n for n, key in enumerate(self._form.by_key)}


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """Identities that share cells, directly or through others.

    Attributes:
        names: of all its identities.
        rows: of those that no others imply.
        columns: by the first cell of those that stand in the same identities with the same factor.
        alike: those cells, each with the factor.
    """

    names: frozenset[str]
    rows: frozenset[str]
    columns: Mapping[str, Column]
    alike: Mapping[str, tuple[tuple[str, Exact], ...]]


class _System:
    """The identities as equations between typed cells, and the checks that are none."""

    def __init__(self, rows: Mapping[str, Mapping[str, Exact]], others: tuple[Instance, ...]) -> None:
        self.rows = rows
        self.others = others
        self.columns = _transposed(rows)

    @cached_property
    def parts(self) -> tuple[_Part, ...]:
        needed = set(independent(self.rows))
        part_of: dict[str, int] = {}
        members: dict[int, set[str]] = {}
        for n, name in enumerate(name for name in self.rows if name in needed):
            joined = {part_of[key] for key in self.rows[name] if key in part_of}
            members[n] = {name}.union(*(members.pop(other) for other in joined))
            part_of |= {key: n for row in members[n] for key in self.rows[row]}
        return tuple(self._part(rows, {k for k, part in part_of.items() if part == n}) for n, rows in members.items())

    def _part(self, rows: set[str], keys: set[str]) -> _Part:
        names = frozenset(name for name, row in self.rows.items() if row.keys() <= keys)
        columns: dict[str, Column] = {}
        alike: dict[str, list[tuple[str, Exact]]] = {}
        first: dict[tuple[tuple[str, Exact], ...], str] = {}
        for key, whole in self.columns.items():
            column = {row: times for row, times in whole.items() if row in rows}
            if not column:
                continue
            factor = next(iter(column.values()))
            same = first.setdefault(tuple((row, divide(times, factor)) for row, times in column.items()), key)
            if same == key:
                columns[key] = {row: divide(times, factor) for row, times in column.items()}
            alike.setdefault(same, []).append((key, factor))
        return _Part(names, frozenset(rows), columns, {key: tuple(cells) for key, cells in alike.items()})


class _Weighing:
    """The explanations of one submission's findings, weighed."""

    def __init__(
        self,
        case: Case,
        form: Form,
        system: _System,
        identities: Identities,
        broken: Mapping[str, Amount],
        told: Mapping[str, Amount],
    ) -> None:
        self._case = case
        self._form = form
        self._system = system
        self._broken = {name: _exact(amount) for name, amount in broken.items()}
        last_years = case.prior.form if case.prior else None
        self._told = {
            key: (identities.expand({key: Decimal(1)}, case.typed_over, last_years), amount)
            for key, amount in told.items()
        }
        self._weights: dict[Change, Weight] = {}

    def ranked(self, part: _Part) -> list[Explanation]:
        """Return the smallest explanations of what is broken in a part, strongest first."""
        residual = {row: -amount for row, amount in self._broken.items() if row in part.rows}
        if not residual:
            return []
        explanations = [
            Explanation(changes, self._weigh_all(changes))
            for changes in islice(self._smallest(part, residual), _WEIGHED)
        ]
        return sorted(explanations, key=lambda one: one.weight, reverse=True)

    def _smallest(self, part: _Part, residual: Column) -> Iterator[tuple[Change, ...]]:
        """Yield the smallest sets of this year's cells, then those as small in which last year's report is wrong."""
        this_year, size = self._sets(part, residual, prior=False, most=_MOST_CELLS)
        yield from this_year
        if any(key.startswith(PRIOR) for cells in part.alike.values() for key, _ in cells):
            either, _ = self._sets(part, residual, prior=True, most=min(size, _MOST_CELLS))
            yield from (found for found in either if any(change.key.startswith(PRIOR) for change in found))

    def _sets(
        self, part: _Part, residual: Column, *, prior: bool, most: int
    ) -> tuple[Iterator[tuple[Change, ...]], int]:
        """Return all smallest sets of changes, and how many cells each changes; none, and one more than asked for."""
        columns = {
            first: column
            for first, column in part.columns.items()
            if prior or not all(key.startswith(PRIOR) for key, _ in part.alike[first])
        }
        ways: dict[tuple[str, Exact], tuple[tuple[Change, ...], ...]] = {}
        for size in range(1, most + 1):
            found: list[list[tuple[tuple[Change, ...], ...]]] = []
            for way in combinations(columns, residual, size):
                for step in way.items():
                    if step not in ways:
                        ways[step] = tuple(self._changes(part.alike[step[0]], step[1], prior=prior))
                choices = [ways[step] for step in way.items()]
                if all(choices) and sum(len(choice[0]) for choice in choices) == size:
                    found.append(choices)
            if found:
                sets = (sum(chosen, start=()) for choices in found for chosen in product(*choices))
                return sets, size
        return iter(()), most + 1

    def _changes(
        self, alike: Sequence[tuple[str, Exact]], amount: Exact, *, prior: bool
    ) -> Iterator[tuple[Change, ...]]:
        """Yield the ways to change cells that stand in the same identities by an amount: one of them, or else two."""
        cells = [(key, factor) for key, factor in alike if prior or not key.startswith(PRIOR)]
        singles = [change for key, factor in cells if (change := self._change(key, divide(amount, factor)))]
        if singles:
            yield from ((change,) for change in singles)
            return
        for n, (key, factor) in enumerate(cells):
            first = self._as_far_as_it_goes(key, divide(amount, factor))
            if first is None:
                continue
            rest = amount - factor * _exact(first.suggested - (first.value or 0))
            for other, times in cells[n + 1 :]:
                second = self._change(other, divide(rest, times))
                if second is not None:
                    yield first, second

    def _change(self, key: str, step: Exact) -> Change | None:
        """Return the change of a cell by a step, where the cell may hold the result."""
        cell, old = self._cell(key), self._figure(key)
        if not key.startswith(PRIOR) and self._case.submission.answers[key].state is State.NOT_APPLICABLE:
            return None
        new = _exact(old or 0) + step
        lowest = -cell.maximum if cell.negative else 0
        if not step or not lowest <= new <= cell.maximum or (new * 10**cell.digits) % 1 != 0:
            return None
        return Change(key, old, _amount(new, cell))

    def _as_far_as_it_goes(self, key: str, step: Exact) -> Change | None:
        cell = self._cell(key)
        bound = cell.maximum if step > 0 else -cell.maximum if cell.negative else 0
        return self._change(key, bound - _exact(self._figure(key) or 0))

    def _cell(self, key: str) -> Cell:
        if key.startswith(PRIOR) and self._case.prior is not None and self._case.prior.form is not None:
            return self._case.prior.form.cell(key.removeprefix(PRIOR))
        return self._form.cell(key)

    def _figure(self, key: str) -> Amount | None:
        figure = self._case.figures[key]
        return figure if isinstance(figure, int | Decimal) else None

    # ── what speaks for a change ─────────────────────────────────────────────────────────────────────────────────────

    def _weigh_all(self, changes: Sequence[Change]) -> Weight:
        weights = [self._weigh(change) for change in changes]
        moved = {True: _MOVED, False: _COUNTED, None: 0}[_is_moved(self._form, changes)]
        return Weight(*(sum(column) for column in zip(*weights, (0, 0, 0, moved, 0), strict=True)))

    def _weigh(self, change: Change) -> Weight:
        if change not in self._weights:
            slip = self._slip(change)
            self._weights[change] = Weight(
                witnesses=-_is_witness(change.key),
                told=sum(self._agrees_with_told(change)),
                siblings=-self._breaks(change),
                slips=slip.value if slip is not None else 0,
                filled=bool(change.value),
            )
        return self._weights[change]

    def _agrees_with_told(self, change: Change) -> Iterator[int]:
        step = change.suggested - (change.value or 0)
        for key, (parts, amount) in self._told.items():
            if change.key in parts:
                now = self._figure(key) or 0
                yield (now + parts[change.key] * step == amount) - (now == amount)

    def _slip(self, change: Change) -> Slip | None:
        slip = slip_of(change.value, change.suggested)
        if slip is not None or not change.value or _is_witness(change.key):
            return slip
        if any(change.value == amount for amount in self._sums_of_others(change.key)):
            return Slip.SUBTOTAL
        if change.value <= _COMMON:
            return None
        return Slip.REPEATED if any(self._figure(k) == change.value for k in _beside(self._form, change.key)) else None

    def _sums_of_others(self, key: str) -> Iterator[Amount]:
        """Yield, for each total that a cell is part of, the sum of the others where there are at least two."""
        for keys in _made_of(self._form).values():
            if key in keys:
                others = [amount for k in keys if k != key and (amount := self._figure(k))]
                if len(others) > 1:
                    yield sum(others)

    def _breaks(self, change: Change) -> int:
        """Count the checks that are no identities, hold now, and would not after a change."""
        changed = _depending_on(change.key, self._form, self._case.typed_over)
        touched = [i for i in self._system.others if not changed.isdisjoint(i.cells)]
        if not touched:
            return 0
        figures = {**self._case.figures, change.key: change.suggested}
        for cell in self._form.computed:
            if cell.formula is not None and cell.key in changed and cell.key != change.key:
                result = expr.evaluate(cell.formula, figures.get)
                figures[cell.key] = None if isinstance(result, bool) else result
        return sum(self._holds(i, self._case.figures) and not self._holds(i, figures) for i in touched)

    @staticmethod
    def _holds(instance: Instance, figures: Mapping[str, Figure]) -> bool:
        asked = instance.asked is None or bool(expr.evaluate(instance.asked, figures.get))
        return not asked or bool(expr.evaluate(instance.rule, figures.get))

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────

    def suspects(self, explanations: Sequence[Explanation], names: Sequence[str]) -> list[Suspect]:
        """Make the suspects of findings: the cells in the explanations that stand in their identities, each once."""
        if not explanations:
            return []
        best = explanations[0]
        equal = [one for one in explanations if one.weight.decides == best.weight.decides]
        found: dict[str, Suspect] = {}
        for explanation in explanations:
            for change in explanation.changes:
                touches = any(name in self._system.columns[change.key] for name in names)
                if touches and change.key not in found:
                    standing = self._standing(explanations, equal, explanation)
                    found[change.key] = self._suspect(change, explanation, standing, equal)
            if len(found) >= MOST_SUSPECTS:
                break
        return list(found.values())

    def _standing(
        self, explanations: Sequence[Explanation], equal: Sequence[Explanation], explanation: Explanation
    ) -> Standing:
        if explanation is not explanations[0]:
            return Standing.ALSO
        if explanation.weight.witnesses and len(explanation.changes) == 1:
            return Standing.WITNESS
        if len(explanations) == 1 and len(explanation.changes) == 1:
            return Standing.ONLY
        return Standing.LIKELY if len(equal) == 1 else Standing.OPEN

    def _suspect(
        self, change: Change, explanation: Explanation, standing: Standing, equal: Sequence[Explanation]
    ) -> Suspect:
        changes = (change, *(other for other in explanation.changes if other is not change))
        answer = None if change.key.startswith(PRIOR) else self._case.submission.answers[change.key]
        rows = self._system.columns[change.key]
        step = _exact(change.suggested - (change.value or 0))
        told = Suspicion(
            case=self._case,
            standing=standing,
            changes=changes,
            evidence=tuple(_each_once(self._evidence(changes))),
            others=tuple(one.changes[0] for one in equal if len(one.changes) == 1),
            asked=frozenset(
                _kind_of_witness(key) for row in rows for key in self._system.rows[row] if _is_witness(key)
            ),
        )
        return Suspect(
            key=change.key,
            at=f"{answer.sheet}!{answer.cell}" if answer is not None and answer.sheet else "",
            value=change.value,
            suggested=change.suggested,
            clears=sum(amount + rows[name] * step == 0 for name, amount in self._broken.items() if name in rows),
            told=told,
        )

    def _evidence(self, changes: Sequence[Change]) -> Iterator[Evidence]:
        """Yield what speaks for changes, in the order of its strength."""
        rows = dict.fromkeys(row for change in changes for row in self._system.columns[change.key])
        changed = {change.key for change in changes}
        witnesses = dict.fromkeys(
            key
            for row in rows
            if row in self._broken
            for key in self._system.rows[row]
            if _is_witness(key) and key not in changed
        )
        controls = [key for key in witnesses if key.startswith(_CONTROL)]
        for key in controls:
            facts = {"label": self._form.cell(key).label[-1], "value": plain(self._figure(key) or 0)}
            yield Evidence("locate.because.control", facts)
        if len(witnesses) > len(controls) and not any(key.startswith(PRIOR) for key in changed):
            yield Evidence("locate.because.prior")
        for change in changes:
            if sum(self._agrees_with_told(change)) > 0:
                yield Evidence("locate.because.told")
            slip = self._slip(change)
            if slip is not None and not _is_witness(change.key) and slip is not Slip.BLANK:
                yield Evidence(f"locate.because.{slip.name.lower()}")
        moved = _is_moved(self._form, changes)
        if moved is not None:
            yield Evidence("locate.because.moved" if moved else "locate.because.counted")


#: A number in the neighbouring cell, and nothing where it belongs: as usual a slip as any.
_MOVED = Slip.SWAPPED.value
#: A part of a number in the neighbouring cell.
_COUNTED = Slip.REPEATED.value


def _is_moved(form: Form, changes: Sequence[Change]) -> bool | None:
    """Tell whether a number stands in a neighbouring cell as a whole, or a part of it; None where neither is so."""
    if len(changes) != 2:  # noqa: PLR2004  from one cell to one
        return None
    away, to = sorted(changes, key=lambda change: change.suggested - (change.value or 0))
    lost, won = (change.suggested - (change.value or 0) for change in (away, to))
    if lost != -won or to.key not in _beside(form, away.key):
        return None
    return not to.value and not away.suggested


def _beside(form: Form, key: str) -> Iterator[str]:
    """Yield the keys of the cells above, below, left and right of one in its table."""
    table = form.table_of(key)
    if table is None:
        return
    _, row, column = key.split(".")
    rows, columns = [each.key for each in table.rows], [each.key for each in table.columns]
    n, m = rows.index(row), columns.index(column)
    for across, along in ((n - 1, m), (n + 1, m), (n, m - 1), (n, m + 1)):
        if 0 <= across < len(rows) and 0 <= along < len(columns):
            yield f"{table.key}.{rows[across]}.{columns[along]}"


def _each_once(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    told: list[Evidence] = []
    for one in evidence:
        if one not in told:
            told.append(one)
            yield one


@lru_cache(maxsize=16)
def _made_of(form: Form) -> Mapping[str, tuple[str, ...]]:
    """Return, by each cell of a form that is computed, the cells that its formula asks for."""
    return {cell.key: tuple(part.key for part in expr.cells(cell.formula)) for cell in form.computed if cell.formula}


@lru_cache(maxsize=1024)
def _depending_on(key: str, form: Form, typed_over: tuple[str, ...]) -> frozenset[str]:
    """Return a cell and all that is computed from it, but not through a formula that gave way to a number."""
    found = {key}
    for computed, parts in _made_of(form).items():
        if computed not in typed_over and not found.isdisjoint(parts):
            found.add(computed)
    return frozenset(found)


def _kind_of_witness(key: str) -> str:
    return "prior" if key.startswith(PRIOR) else "control"


def _is_witness(key: str) -> bool:
    return key.startswith((PRIOR, _CONTROL))


def _may_be_typed(case: Case, form: Form, key: str) -> bool:
    """Whether an identity can be mended at a cell: a number that a person typed and that the unit is asked for."""
    of_prior = key.startswith(PRIOR)
    asked = case.prior.form if of_prior and case.prior else form
    cell = asked.by_key.get(key.removeprefix(PRIOR)) if asked else None
    return cell is not None and cell.is_number and (cell.kind is Kind.INPUT or key in case.typed_over)


def _transposed(rows: Mapping[str, Mapping[str, Exact]]) -> dict[str, dict[str, Exact]]:
    columns: dict[str, dict[str, Exact]] = {}
    for name, row in rows.items():
        for key, times in row.items():
            columns.setdefault(key, {})[name] = times
    return columns


def _exact(amount: Amount) -> Exact:
    return int(amount) if amount == int(amount) else Fraction(amount)


def _amount(exact: Exact, cell: Cell) -> Amount:
    if not cell.digits:
        return int(exact)
    with localcontext(EXACT):
        return Decimal(exact.numerator) / Decimal(exact.denominator)
