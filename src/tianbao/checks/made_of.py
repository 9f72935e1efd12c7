"""Is a merged report what its parts add up to, and was its merge whole?

In:   a submission that carries its provenance.
Out:  notes: a total that is another number than its parts and adjustments make, here or further below; units that were
      missing; totals that lack a figure; lines of lists that had no room.
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
