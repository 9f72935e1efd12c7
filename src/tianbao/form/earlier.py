"""What has become of the cells of earlier forms.

In:   the part `[[earlier]]` of a definition as written, and the tables of the form.
Out:  the same with every cell named by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tianbao.form.model import Earlier, Several, Table, Without, Words
from tianbao.form.schema import RawEarlier, RawSum, RawWithout


def build_earlier(raw: Iterable[RawEarlier], tables: Mapping[str, Table]) -> tuple[Earlier, ...]:
    """Build what a form says of those before it."""
    return tuple(Earlier(one.form, tuple(_sums(one.sums, tables)), tuple(map(_without, one.without))) for one in raw)


def _sums(raw: Iterable[RawSum], tables: Mapping[str, Table]) -> Iterator[Several]:
    """Yield each sum; one for `table.columns` once for each column of that table, rows named without it."""
    for one in raw:
        name, _, axis = one.each.partition(".")
        table = tables.get(name)
        if not one.each:
            yield Several(one.label, one.earlier, tuple(one.now))
        elif table is not None and axis == "columns":
            for column in table.columns:
                earlier, *now = (f"{name}.{row}.{column.key}" for row in (one.earlier, *one.now))
                yield Several(one.label, earlier, tuple(now))


def _without(raw: RawWithout) -> Without:
    return Without(tuple(raw.cells), Words(raw.why, raw.why_en))
