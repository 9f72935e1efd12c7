"""Is a merged report what its parts add up to, and was its merge whole?

In:   a submission that carries its provenance.
Out:  notes: a total that is another number than its parts and adjustments make, here or further below; units that were
      missing; totals that lack a figure; lines of lists that had no room. Of several: units that are counted twice.
Knows nothing of how a merge is made: it adds up what the provenance says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

from tianbao.expr.semantics import EXACT
from tianbao.form.model import Amount, Form, Severity
from tianbao.records.model import Note, State, Submission, Unit
from tianbao.records.provenance import Part, Provenance

#: So many names are told; the rest is counted.
_NAMED = 8


def told_of_parts(submission: Submission) -> Iterator[Note]:
    """Tell what does not fit between a report and what it says it was made of; nothing where a unit counted itself."""
    provenance, form = submission.provenance, submission.form
    if provenance is None or form is None:
        return
    yield from _not_added_up(submission, provenance)
    yield from _below(form, provenance)
    yield from _not_whole(form, provenance)


def counted_twice(submissions: Sequence[Submission]) -> tuple[tuple[Note, ...], ...]:
    """Tell of each submission which units in it are also in one before: as a unit of its own, or within another.

    What one unit has sent several times is told elsewhere; only what different units hand on is held against each other.
    """
    if not any(submission.provenance for submission in submissions):
        return tuple(() for _ in submissions)
    first: dict[str, tuple[int, tuple[Unit, ...]]] = {}
    told: list[tuple[Note, ...]] = []
    for n, submission in enumerate(submissions):
        again: dict[str, list[str]] = {}
        for path in _paths(submission):
            before, known = first.setdefault(path[-1].code, (n, path))
            if known is not path and (before == n or known[0].code != path[0].code):
                again.setdefault(_path(known[:-1]) or known[0].name, []).append(path[-1].name)
        told.append(
            tuple(
                Note(
                    "M-PARTS-TWICE",
                    Severity.ERROR,
                    params={"count": len(names), "names": _listed(names), "other": other},
                )
                for other, names in again.items()
            )
        )
    return tuple(told)


def _paths(submission: Submission) -> Iterator[tuple[Unit, ...]]:
    """Yield the way to every unit in a report, itself first; an office may report under its own code to itself."""
    if submission.unit is not None and submission.reason is None:
        yield (submission.unit,)
        for below, _ in submission.provenance.below() if submission.provenance else ():
            path = (submission.unit, *below)
            if path[-1].code not in {unit.code for unit in path[:-1]}:
                yield path


def _not_added_up(submission: Submission, provenance: Provenance) -> Iterator[Note]:
    for key in provenance.keys:
        answer = submission.answers.get(key)
        if answer is None or answer.state is State.UNREADABLE:
            continue  # what cannot be read is told with the cell
        value, made = _amount(answer.value), provenance.adds_up_to(key)
        if value != made:
            facts = {"at": f"{answer.sheet}!{answer.cell}", "count": len(provenance.parts), **_sides(value, made)}
            yield Note("M-PARTS", Severity.QUERY, str(facts["at"]), key, answer.raw, facts)


def _below(form: Form, provenance: Provenance) -> Iterator[Note]:
    """Tell of each merge further below whose totals are not what its parts add up to."""
    for path, part in provenance.below():
        broken = _broken(part)
        if broken:
            key, (value, made) = next(iter(broken.items()))
            cell = form.by_key.get(key)
            label = " → ".join(cell.label) if cell else key
            facts = {"path": _path(path), "count": len(broken), "label": label, **_sides(value, made)}
            yield Note("M-PARTS-BELOW", Severity.QUERY, params=facts)


def _broken(part: Part) -> Mapping[str, tuple[Amount | None, Amount | None]]:
    within = part.within
    if within is None:
        return {}
    pairs = {
        key: (figure.value, within.adds_up_to(key))
        for key, figure in part.figures.items()
        if figure.state is not State.UNREADABLE
    }
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _not_whole(form: Form, provenance: Provenance) -> Iterator[Note]:
    merges = [((), provenance), *((path, part.within) for path, part in provenance.below() if part.within)]
    lost = [name for path, merge in merges for name in _lost(path, merge)]
    if lost:
        facts = {"counted": len(provenance.parts), "count": len(lost), "names": _listed(lost)}
        yield Note("M-PARTS-MISSING", Severity.QUERY, params=facts)
    blank = {key for _, merge in merges for key in merge.incomplete}
    if blank:
        lacking = dict.fromkeys(name for path, merge in merges for name in _lacking(path, merge))
        yield Note("M-PARTS-BLANK", Severity.QUERY, params={"count": len(blank), "names": _listed(list(lacking))})
    shorts = {table.key: table.short for table in form.tables}
    for _, merge in merges:
        for key, count in merge.lines_left.items():
            facts = {"table": shorts.get(key, key), "count": count}
            yield Note("M-PARTS-LINES", Severity.QUERY, params=facts)


def _lost(path: Sequence[Unit], merge: Provenance) -> Iterator[str]:
    """Name who is not in a merge: units that were expected, and what was left out of others."""
    yield from (_path((*path, unit)) for unit in merge.missing)
    known = {unit.code for unit in merge.missing}
    for one in merge.omitted:
        if one.is_loss and (one.unit is None or one.unit.code not in known):
            yield _path((*path, one.unit or Unit("", one.file)))


def _lacking(path: Sequence[Unit], merge: Provenance) -> Iterator[str]:
    """Name the units of a merge whose figure is lacking; of one that merged itself, those below it are named."""
    codes = {code for several in merge.incomplete.values() for code in several}
    return (_path((*path, part.unit)) for part in merge.parts if part.unit.code in codes and part.within is None)


def _path(path: Sequence[Unit]) -> str:
    return " → ".join(unit.name for unit in path)


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")


def _amount(value: object) -> Amount | None:
    return value if isinstance(value, Amount) else None


def _sides(value: Amount | None, made: Amount | None) -> dict[str, str]:
    """Write both numbers and their distance to the last digit: it may be the last one that differs."""
    with localcontext(EXACT):
        return {"value": _exact(value), "sum": _exact(made), "size": _exact(abs(Decimal(value or 0) - (made or 0)))}


def _exact(value: Amount | None) -> str:
    return "—" if value is None else f"{Decimal(value):f}"
