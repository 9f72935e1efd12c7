"""An identity in terms of the cells that people typed: what one wrong cell would put out of balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tianbao.checks.case import Case
from tianbao.expr.linear import identity, linear
from tianbao.form.model import Form, Instance
from tianbao.form.names import PRIOR

Coefficients = Mapping[str, Decimal]


class Identities:
    """The identities of a form; what each is made of is reckoned once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._made_of: dict[tuple[object, ...], Coefficients | None] = {}

    def inputs(self, case: Case, instance: Instance, *, restored: bool = False) -> Coefficients | None:
        """Return left - right of an identity as coefficients of the cells that people typed; None where it is none.

        Args:
            case: whose typed-over cells count as typed.
            instance: the identity.
            restored: as if every formula stood in its place.
        """
        kept = () if restored else case.typed_over
        last_years = case.prior.form if case.prior else None
        known = (instance.id, kept, last_years)
        if known not in self._made_of:
            self._made_of[known] = self._expand(instance, kept, last_years)
        return self._made_of[known]

    def _expand(self, instance: Instance, kept: Sequence[str], last_years: Form | None) -> Coefficients | None:
        relation = identity(instance.rule)
        return None if relation is None else self.expand(relation.coefficients, kept, last_years)

    def expand(self, coefficients: Coefficients, kept: Sequence[str], last_years: Form | None) -> Coefficients:
        """Put the cells behind each formula in its place, but for the formulas of the `kept` cells."""
        inputs: dict[str, Decimal] = {}
        pending = list(coefficients.items())
        while pending:
            key, times = pending.pop()
            parts = None if key in kept else self._formula(key, last_years)
            if parts is None:
                inputs[key] = inputs.get(key, Decimal(0)) + times
            else:
                pending += [(part, times * factor) for part, factor in parts.items()]
        return {key: times for key, times in inputs.items() if times}

    def _formula(self, key: str, last_years: Form | None) -> Coefficients | None:
        """Return a computed cell's linear formula, of this year's report or of last year's."""
        before = key.startswith(PRIOR)
        form, prefix = (last_years, PRIOR) if before else (self._form, "")
        cell = form.by_key.get(key.removeprefix(PRIOR)) if form else None
        formula = linear(cell.formula) if cell and cell.formula else None
        return {f"{prefix}{part}": times for part, times in formula.coefficients.items()} if formula else None
