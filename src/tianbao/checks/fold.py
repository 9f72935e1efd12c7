"""Which findings are only consequences of others: one wrong cell is not five findings of equal weight.

Three things make one finding follow another, and each is exact:

- the check needs a cell that was left blank or could not be read, and a finding already says so;
- the check would hold if a formula stood where a number was typed over it, and another check says that it does not;
- the identity is made of others that do not hold (a total column, of its columns), and is off by what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tianbao import expr
from tianbao.checks.case import Case
from tianbao.checks.finding import Finding
from tianbao.checks.identities import Coefficients, Identities
from tianbao.form.model import Form, Instance


class Fold:
    """Finds causes among the findings of one form's submissions; what an identity is made of is reckoned once.

    Args:
        form: the form of every submission that is asked about.
        identities: those of the form.
    """

    def __init__(self, form: Form, identities: Identities) -> None:
        self._form = form
        self._instances = {instance.id: instance for instance in form.instances}
        self._identities = identities

    def causes(self, case: Case, findings: Sequence[Finding], told: Mapping[str, str]) -> dict[str, str]:
        """Return, by the instance of a finding, the instance of the one that it follows.

        Args:
            case: the submission.
            findings: of checks that a definition declares; they do not hold for it.
            told: cells that a finding of their own is about, by key, and its instance: blank, unreadable, typed over.
        """
        broken = {finding.instance: finding for finding in findings}
        causes: dict[str, str] = {}
        for reason in (self._lacking, self._typed_over, self._composed):
            causes |= reason(case, [finding for name, finding in broken.items() if name not in causes], told)
        return {name: _root(name, causes) for name in causes}

    def _lacking(self, case: Case, broken: Sequence[Finding], told: Mapping[str, str]) -> dict[str, str]:
        blanks = {key: name for key, name in told.items() if case.figures[key] is None}
        if not blanks:
            return {}
        needed = {f.instance: self._needs(case, self._instances[f.instance]) for f in broken}
        return {
            name: next(blanks[key] for key in keys if key in blanks)
            for name, keys in needed.items()
            if keys & blanks.keys()
        }

    def _typed_over(self, case: Case, broken: Sequence[Finding], told: Mapping[str, str]) -> dict[str, str]:
        if not case.typed_over:
            return {}
        instances = [self._instances[finding.instance] for finding in broken]
        restored = case.restored()
        mended = [instance for instance in instances if expr.evaluate(instance.rule, restored.get)]
        touched = {key: [i for i in mended if key in self._needs(case, i)] for key in case.typed_over}
        says_so = {key: name for key, those in touched.items() if (name := self._own_identity(case, those)) is not None}
        causes = {told[key]: cause for key, cause in says_so.items() if key in told}
        for key, cause in says_so.items():
            causes |= {instance.id: cause for instance in touched[key] if instance.id not in says_so.values()}
        return causes

    def _own_identity(self, case: Case, instances: Sequence[Instance]) -> str | None:
        """Return the identity between a typed-over cell and its own formula: nothing is left in it once restored."""
        own = [instance for instance in instances if self._inputs(case, instance, restored=True) == {}]
        return min(own, key=lambda instance: len(instance.cells)).id if own else None

    def _composed(self, case: Case, broken: Sequence[Finding], _: Mapping[str, str]) -> dict[str, str]:
        forms = ((finding, self._inputs(case, self._instances[finding.instance])) for finding in broken)
        #: Fewest inputs first: what an identity is made of stands before it.
        identities = sorted(((finding, inputs) for finding, inputs in forms if inputs), key=lambda pair: len(pair[1]))
        causes: dict[str, str] = {}
        for n, (finding, inputs) in enumerate(identities):
            parts = [pair for pair in identities[:n] if pair[1].items() <= inputs.items()]
            largest = [
                a for m, (a, part) in enumerate(parts) if not any(part.items() <= b.items() for _, b in parts[m + 1 :])
            ]
            if largest and finding.imbalance == sum(part.imbalance or 0 for part in largest):
                causes[finding.instance] = largest[0].instance
        return causes

    def _needs(self, case: Case, instance: Instance) -> set[str]:
        """Return every cell of this report that the check depends on; through formulas, unless typed over."""
        found: set[str] = set()
        pending = list(instance.cells)
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                formula = None if key in case.typed_over else self._form.cell(key).formula
                pending += [cell.key for cell in expr.cells(formula)] if formula is not None else []
        return found

    def _inputs(self, case: Case, instance: Instance, *, restored: bool = False) -> Coefficients | None:
        """Return left - right of an identity as coefficients of the cells that people typed; None where it is none."""
        return self._identities.inputs(case, instance, restored=restored)


def _root(name: str, causes: Mapping[str, str]) -> str:
    """Follow a chain of causes to the finding that is nobody's consequence."""
    cause = causes[name]
    while cause in causes:
        cause = causes[cause]
    return cause
