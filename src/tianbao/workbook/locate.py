"""Which cell is which? Every answer of a form, found in a workbook that people have had in their hands.

    package + form ──locate──▶ Located(key → sheet and cell, which of them are not to be trusted, notes)

In:   the cells as the file has them, and where the layout once put them.
Out:  a place for every answer that is found. What is not found is named; nothing is ever guessed.
Knows nothing of values: what a cell holds is asked elsewhere.

Each way of finding the answers gives them all, or leaves them to the next:

- as laid out: every hidden key and every printed label stands where it was put, and no key stands anywhere else;
- by keys: the hidden keys are looked for wherever they are now, and held against the labels printed beside them. A
  sort moves labels and numbers but not the hidden column: there the keys lie, and the labels give it away. Answers
  whose keys are gone are looked for by their labels alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, product
from typing import Literal

from tianbao.form.model import Cell, Form, Severity, Shape
from tianbao.records.model import Note
from tianbao.workbook.grid import Grid, Place, row_and_column
from tianbao.workbook.identify import MARKER
from tianbao.workbook.labels import Printed, find_by_labels, printed
from tianbao.workbook.layout import (
    AUDIT_SHEET,
    COVER_SHEET,
    EXPLANATION_COLUMN,
    KEY_COLUMN,
    LABEL_COLUMN,
    TEXT_SHEET,
    WHOLE_KEY,
    Block,
    Box,
    Layout,
    Role,
    TableSheet,
    a1,
    make_layout,
)
from tianbao.workbook.package import Package, PackageError, RawCell, Visibility, column_letters
from tianbao.workbook.sent_back import OWN_SHEETS

#: A key row begins with this and the name of its block.
_ANCHOR = "#"
#: A printed label may be followed by its measure: `本年新收申请合计（件）`.
_MEASURE = "（"
#: Around what the layout knows of, a sheet has a little of its own: signatures, a column that says whether a check is asked.
_MARGIN = 3
_NAMED_AT_MOST = 5
#: However often people copy a sheet, it has no more key rows than these, and no more cells that keys claim.
_MOST_ANCHORS, _MOST_SPOTS = 200, 50_000
#: Labels above the answers stand in the first so many rows below the key row.
_MOST_HEADS = 50
#: A form is recognised by a whole table of at least so many cells.
_PROOF = 10

_EMPTY = RawCell("n", "", None, 0)

Axis = Literal["row", "column"]
#: The name of a sheet and the reference of a cell, as the file has them.
Spot = tuple[str, str]


@dataclass(frozen=True)
class Located:
    """Where the answers of a form are.

    Attributes:
        places: key → where it stands; a key that was not found is not among them.
        distrusted: keys whose place may hold another's answer.
        missing: keys that are not found and should be; a spare line of a list that was deleted is not among them.
    """

    places: Mapping[str, Spot]
    distrusted: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()

    @cached_property
    def lines(self) -> Mapping[str, tuple[frozenset[int], frozenset[int]]]:
        """The rows and the columns in which the answers stand, by sheet."""
        found: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for sheet, ref in self.places.values():
            row, column = row_and_column(ref)
            found[sheet][0].add(row)
            found[sheet][1].add(column)
        return {sheet: (frozenset(rows), frozenset(columns)) for sheet, (rows, columns) in found.items()}


def locate(package: Package, form: Form) -> Located:
    """Find every answer of a form.

    Raises:
        PackageError: a sheet is damaged.
    """
    plan = _plan(form)
    return next(located for way in _WAYS if (located := way(package, plan)))


# ── what is looked for ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Label:
    """A printed label of a group.

    Attributes:
        row: the key of the row it stands in, or its distance from the key row.
        column: the key of the column it stands in, or its distance from the key column.
        tells: the rows or the columns that it tells apart; None where it only stands above others.
    """

    text: str
    row: str | int
    column: str | int
    tells: Axis | None


@dataclass(frozen=True, slots=True)
class _Group:
    """The answers below one key row: a table, the cover, the control totals, the texts, the explanations.

    Attributes:
        said: what people call it.
        sheet: the form's own name of its sheet.
        rows: key in the key column → what people call the row.
        columns: key in the key row → what people call the column.
        has_spares: its lines are as good as each other, and more than are needed.
        severity: of the note that an answer is not found.
    """

    name: str
    said: str
    sheet: str
    rows: Mapping[str, str]
    columns: Mapping[str, str]
    labels: tuple[_Label, ...]
    has_spares: bool = False
    severity: Severity = Severity.ERROR

    def each_key(self) -> Iterator[str]:
        """Yield the keys of its answers."""
        return (_key(row, column) for row in self.rows for column in self.columns)


@dataclass(frozen=True, slots=True)
class _Untouched:
    """What shows that a sheet is as it was laid out.

    Attributes:
        texts: reference → the key or the label that stands there.
        fields: reference → a label that may be followed by its measure.
        anchors: for each group whose key row stands somewhere above it: what its first cell says, and of every row above
            the first cell and that in the column of the answers.
        known: references where no other key can stand.
    """

    texts: Mapping[str, str]
    fields: Mapping[str, str]
    anchors: tuple[tuple[str, tuple[Spot, ...]], ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A form as it is looked for; made once, used for every workbook."""

    groups: Mapping[str, _Group]
    laid_out: Located
    untouched: Mapping[str, _Untouched]
    sheet_names: frozenset[str]
    computed: frozenset[str]
    printed: tuple[Printed, ...]


@lru_cache(maxsize=16)
def _plan(form: Form) -> _Plan:
    layout = make_layout(form)
    groups = {group.name: group for group in _groups(layout) if group.rows}
    keys = (key for group in groups.values() for key in group.each_key())
    places = {key: (place.sheet, a1(place.row, place.column)) for key in keys for place in [layout.places[key]]}
    tables = {sheet.name: _untouched_table(sheet) for sheet in layout.sheets}
    others = {
        sheet: _untouched_list([group for group in groups.values() if group.sheet == sheet], places)
        for sheet in (COVER_SHEET, TEXT_SHEET, AUDIT_SHEET)
    }
    computed = frozenset(cell.key for cell in form.computed)
    labels = tuple(group for group in printed(layout) if group.name in groups)
    return _Plan(groups, Located(places), {**tables, **others}, frozenset(layout.sheet_names), computed, labels)


def _key(row: str, column: str) -> str:
    return row if column == WHOLE_KEY else f"{row}.{column}"


def _groups(layout: Layout) -> Iterator[_Group]:
    for sheet in layout.sheets:
        for block in sheet.blocks:
            yield _table(sheet.name, block)
    yield _fields("cover", [answer.cell for answer in layout.cover])
    yield _fields("control", [answer.cell for answer in layout.controls])
    texts = {answer.key: " ".join(answer.cell.label) for _, _, answers in layout.texts for answer in answers}
    yield _Group("text", TEXT_SHEET, TEXT_SHEET, texts, {WHOLE_KEY: ""}, (), has_spares=True)
    explained = {f"explain.{line.id}": line.id for line in layout.audit if line.explained}
    yield _Group("explain", AUDIT_SHEET, AUDIT_SHEET, explained, {WHOLE_KEY: ""}, (), severity=Severity.NOTE)


def _table(sheet: str, block: Block) -> _Group:
    table = block.table
    is_list = table.shape is Shape.LIST
    row_labels = {f"{table.key}.{row.key}": row.label[-1] for row in table.rows if table.shape is not Shape.ACROSS}
    column_labels = {answer.place.column: answer.cell.label[-1] for answer in block.answers}
    boxes = [box for box in block.boxes if box.text and not (is_list and box.role is Role.ROW_LABEL)]
    return _Group(
        name=table.key,
        said=table.short,
        sheet=sheet,
        rows={key: row_labels.get(key, table.short) for key in block.row_keys.values()},
        columns={key: column_labels[column] for column, key in block.column_keys.items()},
        labels=tuple(_label(block, box) for box in boxes if box.role is not Role.PRIOR_LABEL),
        has_spares=is_list,
    )


def _label(block: Block, box: Box) -> _Label:
    tells: Axis | None = None
    if box.role is Role.ROW_LABEL and box.last_column == min(block.column_keys) - 1:
        tells = "row"
    elif box.role is Role.HEAD and box.last_row == block.head[1]:
        tells = "column"
    columns = block.column_keys if box.role is Role.HEAD else {}
    row: str | int = block.row_keys.get(box.row) or box.row - block.key_row
    column: str | int = columns.get(box.column) or box.column - KEY_COLUMN
    return _Label(box.text, row, column, tells)


def _fields(name: str, cells: Sequence[Cell]) -> _Group:
    labels = (_Label(cell.label[-1], cell.key, LABEL_COLUMN - KEY_COLUMN, "row") for cell in cells)
    return _Group(name, COVER_SHEET, COVER_SHEET, {c.key: c.label[-1] for c in cells}, {WHOLE_KEY: ""}, tuple(labels))


def _untouched_table(sheet: TableSheet) -> _Untouched:
    texts: dict[str, str] = {}
    for block in sheet.blocks:
        texts[a1(block.key_row, KEY_COLUMN)] = _ANCHOR + block.table.key
        texts |= {a1(block.key_row, column): key for column, key in block.column_keys.items()}
        texts |= {a1(row, KEY_COLUMN): key for row, key in block.row_keys.items()}
        boxes = (box for box in block.boxes if box.text and box.role is not Role.PRIOR_LABEL)
        texts |= {a1(box.row, box.column): box.text for box in boxes}
    last_row = max([sheet.signature_row, *(place.row for place in sheet.flags.values())])
    key_rows = {block.key_row for block in sheet.blocks}
    flags = (a1(place.row, place.column) for place in sheet.flags.values())
    return _Untouched(texts, {}, (), _known(last_row, sheet.flag_column, key_rows, (*texts, *flags)))


def _untouched_list(groups: Iterable[_Group], places: Mapping[str, Spot]) -> _Untouched:
    """Tell an untouched sheet whose answers stand below each other, each with its whole key in the first column."""
    texts: dict[str, str] = {}
    fields: dict[str, str] = {}
    anchors = []
    last_row = 0
    for group in groups:
        refs = {key: row_and_column(places[key][1]) for key in group.rows}
        texts |= {a1(row, KEY_COLUMN): key for key, (row, _) in refs.items()}
        fields |= {a1(refs[str(label.row)][0], LABEL_COLUMN): label.text for label in group.labels}
        first_row, column = min(refs.values())
        last_row = max(last_row, *(row for row, _ in refs.values()))
        above = tuple((a1(row, KEY_COLUMN), a1(row, column)) for row in range(1, first_row))
        anchors.append((_ANCHOR + group.name, above))
    return _Untouched(texts, fields, tuple(anchors), _known(last_row, EXPLANATION_COLUMN, set(), texts))


def _known(last_row: int, last_column: int, key_rows: set[int], refs: Iterable[str]) -> frozenset[str]:
    """Return references that need no second look: these, and all but the first column and the key rows."""
    rows = [row for row in range(1, last_row + _MARGIN + 1) if row not in key_rows]
    columns = range(KEY_COLUMN + 1, last_column + _MARGIN + 1)
    return frozenset({a1(1, KEY_COLUMN), *refs, *(a1(row, column) for row in rows for column in columns)})


# ── as laid out ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _as_laid_out(package: Package, plan: _Plan) -> Located | None:
    """Find the answers of a workbook of which only the answers were touched."""
    if plan.sheet_names != set(_without_pages(package)):
        return None
    is_untouched = all(_is_untouched(package.sheet(name).cells, sheet) for name, sheet in plan.untouched.items())
    return plan.laid_out if is_untouched else None


def _without_pages(package: Package) -> Iterator[str]:
    """Yield the names of the sheets, without the pages of ours that stand beside the form."""
    for name in package.sheet_names:
        is_page = name in OWN_SHEETS and package.sheet(name).cells.get("A1", _EMPTY).text.startswith(MARKER)
        if not is_page:
            yield name


def _is_untouched(cells: Mapping[str, RawCell], sheet: _Untouched) -> bool:
    get = cells.get
    for ref, text in sheet.texts.items():
        if get(ref, _EMPTY).text != text:
            return False
    if not all(_is_printed(label, get(ref, _EMPTY).text) for ref, label in sheet.fields.items()):
        return False
    key_rows = [
        first
        for name, above in sheet.anchors
        for first, answer in above
        if get(first, _EMPTY).text == name and get(answer, _EMPTY).text == WHOLE_KEY
    ]
    elsewhere = (cells.keys() - sheet.known).difference(key_rows)
    return len(key_rows) == len(sheet.anchors) and not any(cells[ref].text for ref in elsewhere)


def _is_printed(label: str, text: str) -> bool:
    return text == label or text.startswith(label + _MEASURE)


# ── by keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Anchor:
    """One key row as found: which rows and columns of its sheet the keys of its group stand in now."""

    group: _Group
    grid: Grid
    row: int
    column: int
    columns: Mapping[str, list[int]]
    rows: dict[str, list[int]]

    @cached_property
    def corner(self) -> tuple[int, int] | None:
        """The row of the uppermost answer and the column of the leftmost; None where there are no answers."""
        rows, columns = list(chain(*self.rows.values())), list(chain(*self.columns.values()))
        return (min(rows), min(columns)) if rows and columns else None

    @cached_property
    def _astray(self) -> frozenset[str]:
        """The rows and columns whose keys stand in another order than they were put in."""
        found = (
            key
            for lines in (self.rows, self.columns)
            for key in _astray({key: places[0] for key, places in lines.items() if len(places) == 1})
        )
        return frozenset(found)

    def is_astray(self, label: _Label) -> bool:
        """Whether the row or the column that a label tells has changed places with another, or its key has."""
        return (label.row if label.tells == "row" else label.column) in self._astray

    @property
    def count(self) -> int:
        """How many cells its keys claim."""
        return sum(map(len, self.rows.values())) * sum(map(len, self.columns.values()))

    def spots(self) -> Iterator[tuple[str, int, int]]:
        """Yield each answer's key, row and column."""
        for row_key, rows in self.rows.items():
            for column_key, columns in self.columns.items():
                yield from ((_key(row_key, column_key), row, column) for row in rows for column in columns)

    def positions(self, label: _Label) -> list[tuple[int, int]]:
        """Say where a label should stand now; nowhere, if the row or the column that it belongs to is gone."""
        rows = self.rows.get(label.row, []) if isinstance(label.row, str) else [self.row + label.row]
        columns = self.columns.get(label.column, []) if isinstance(label.column, str) else [self.column + label.column]
        return [(row, column) for row in rows for column in columns]

    def around(self, label: _Label, row: int, column: int) -> dict[tuple[int, int], str]:
        """Return the texts among which a label may stand now, by row and column.

        A row's label is in its row, left of the answers; a column's in its column, above them; any other above them.
        """
        first_row, first_column = self.corner or (0, 0)
        if isinstance(label.row, str):
            texts = self.grid.by_row[row].items()
            return {(row, at): text for at, text in texts if self.column < at < first_column}
        if label.tells:
            texts = self.grid.by_column[column].items()
            return {(at, column): text for at, text in texts if self.row < at < first_row}
        above = range(self.row + 1, min(first_row, self.row + 1 + _MOST_HEADS))
        return {(at, across): text for at in above for across, text in self.grid.by_row[at].items()}


def _anchors(grid: Grid, groups: Mapping[str, _Group]) -> list[_Anchor]:
    """Find the key rows on a sheet and all the keys that belong to them.

    Raises:
        PackageError: there are too many to be looked at.
    """
    starts = [
        (row, column, groups[text[1:]])
        for column, texts in grid.by_column.items()
        for row, text in texts.items()
        if text.startswith(_ANCHOR) and text[1:] in groups
    ]
    if len(starts) > _MOST_ANCHORS:
        raise PackageError("F-TOO-COMPLEX", part=grid.sheet.name)
    anchors = []
    for row, column, group in sorted(starts, key=lambda start: start[:2]):
        end = min((right for below, right, _ in starts if below == row and right > column), default=None)
        columns: dict[str, list[int]] = {key: [] for key in group.columns}
        for at, text in grid.by_row[row].items():
            if text in columns and column < at and (end is None or at < end):
                columns[text].append(at)
        anchors.append(_Anchor(group, grid, row, column, columns, {key: [] for key in group.rows}))
    for column in {anchor.column for anchor in anchors}:
        _share_out(grid, column, [anchor for anchor in anchors if anchor.column == column])
    if sum(anchor.count for anchor in anchors) > _MOST_SPOTS:
        raise PackageError("F-TOO-COMPLEX", part=grid.sheet.name)
    return anchors


def _share_out(grid: Grid, column: int, anchors: list[_Anchor]) -> None:
    """Give each row key in a key column to the nearest key row of its group above it, or else to the first."""
    owners: dict[str, list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        for key in anchor.rows:
            owners[key].append(anchor)
    for row, text in grid.by_column[column].items():
        if text in owners:
            above = [anchor for anchor in owners[text] if anchor.row < row]
            (above[-1] if above else owners[text][0]).rows[text].append(row)


def _by_keys(package: Package, plan: _Plan) -> Located:
    """Find the answers by the hidden keys, wherever they stand now, and what has lost its keys by its labels."""
    grids = [Grid(sheet) for sheet in package.sheets]
    anchors = [anchor for grid in grids for anchor in _anchors(grid, plan.groups)]
    told: list[_Contradicted] = []
    found: dict[str, list[Place]] = defaultdict(list)
    for anchor in anchors:
        told += _compare_labels(anchor)
        for key, row, column in anchor.spots():
            found[key].append((anchor.grid, row, column))
    distrusted = {key for keys, note in told for key in keys if key in found and note.severity is Severity.ERROR}
    unlabelled = {key for keys, _ in told for key in keys if key in found} - distrusted
    by_labels = _by_labels(grids, plan, found, distrusted, unlabelled)
    elsewhere = tuple(_elsewhere(package, plan, found))
    notes = [
        *_renamed_sheets(anchors, {str(note.params["sheet"]) for note in elsewhere}),
        *_extra_sheets(package, plan, [*(anchor.grid for anchor in anchors), *by_labels.grids]),
        *by_labels.notes,
        *(note for keys, note in told if not keys or keys - by_labels.moved),
    ]
    notes += [*_told_twice(found, plan, distrusted), *elsewhere]
    missing, told_missing = _missing(found, plan)
    places = {key: (spots[0][0].sheet.name, a1(*spots[0][1:])) for key, spots in found.items()}
    return Located(places, frozenset(distrusted), frozenset(missing), (*notes, *told_missing))


_WAYS: tuple[Callable[[Package, _Plan], Located | None], ...] = (_as_laid_out, _by_keys)


def _renamed_sheets(anchors: Iterable[_Anchor], still_there: Collection[str]) -> Iterator[Note]:
    """Tell which sheets of the form are called otherwise now."""
    pairs = dict.fromkeys((anchor.group.sheet, anchor.grid.sheet.name) for anchor in anchors)
    at_home = {laid_out for laid_out, now in pairs if laid_out == now}
    for laid_out, now in pairs:
        if laid_out not in at_home and laid_out not in still_there:
            yield Note("R-SHEET-RENAMED", Severity.NOTE, at=now, params={"sheet": laid_out, "now": now})


def _extra_sheets(package: Package, plan: _Plan, grids: Iterable[Grid]) -> Iterator[Note]:
    """Tell of sheets that are not the form's and hold something."""
    ours = {grid.sheet.name for grid in grids} | plan.sheet_names
    for sheet in package.sheets:
        is_marked = any(cell.text.startswith(MARKER) for cell in sheet.cells.values())
        if sheet.name not in ours and not is_marked and any(cell.text for cell in sheet.cells.values()):
            code = "R-SHEET-EXTRA" if sheet.visibility is Visibility.VISIBLE else "R-SHEET-EXTRA-HIDDEN"
            yield Note(code, Severity.NOTE, at=sheet.name, params={"sheet": sheet.name})


# ── keys against labels ──────────────────────────────────────────────────────────────────────────────────────────────


#: The keys of the row or column whose label is not there, and the note: an error where it bears another's.
_Contradicted = tuple[frozenset[str], Note]


def _compare_labels(anchor: _Anchor) -> list[_Contradicted]:
    """Hold keys against labels: which rows and columns bear another's label, and what else is printed differently."""
    told: list[_Contradicted] = []
    contradicted: set[str] = set()
    astray: dict[str, list[_Label]] = defaultdict(list)
    labels = anchor.group.labels if anchor.corner else ()
    for label in sorted(labels, key=lambda label: label.tells is None):
        rivals = [other.text for other in labels if label.tells and other.tells == label.tells]
        for row, column in anchor.positions(label):
            around = anchor.around(label, row, column)
            if any(_is_same(label.text, text) for text in around.values()) or _keys_of(label, anchor) <= contradicted:
                continue
            theirs = next((at for at, text in around.items() if any(_is_same(rival, text) for rival in rivals)), None)
            if theirs:
                keys = _keys_of(label, anchor)
                contradicted |= keys
                facts = {"ours": label.text, "theirs": around[theirs], "count": len(keys)}
                told.append((frozenset(keys), _note("R-DISAGREE", Severity.ERROR, anchor.grid.at(*theirs), facts)))
            elif label.tells and anchor.is_astray(label):
                astray[label.tells].append(label)
                contradicted |= _keys_of(label, anchor)
            else:
                facts = {"ours": label.text, "theirs": anchor.grid.by_row[row].get(column, "")}
                keys = _keys_of(label, anchor) if label.tells == "row" else set()
                told.append((frozenset(keys), _note("R-LABEL", Severity.NOTE, anchor.grid.at(row, column), facts)))
    return told + [_told_astray(anchor, lines) for lines in astray.values()]


def _told_astray(anchor: _Anchor, lines: Sequence[_Label]) -> _Contradicted:
    """Tell of keys that stand in another order than they were put in, while the labels that could confirm it are gone."""
    keys = frozenset(key for label in lines for key in _keys_of(label, anchor))
    what = _listed(label.text for label in lines)
    facts = {"table": anchor.group.said, "what": what, "count": len(keys)}
    return keys, Note("R-KEYS-MOVED", Severity.ERROR, at=anchor.grid.sheet.name, params=facts)


def _note(code: str, severity: Severity, at: str, facts: dict[str, object]) -> Note:
    return Note(code, severity, at, raw=str(facts["theirs"]), params=facts)


def _keys_of(label: _Label, anchor: _Anchor) -> set[str]:
    """Return the keys of the answers in the row or the column that a label stands in front of."""
    if isinstance(label.row, str):
        return {_key(label.row, column) for column in anchor.group.columns}
    columns = [label.column] if isinstance(label.column, str) else anchor.group.columns
    return {_key(row, column) for row in anchor.group.rows for column in columns}


def _is_same(label: str, text: str) -> bool:
    return _is_printed(_squeezed(label), _squeezed(text))


def _squeezed(text: str) -> str:
    return "".join(text.split())


# ── by labels ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _ByLabels:
    """The sheets on which something was found by its labels, what is told of it, and whose keys were left behind."""

    grids: tuple[Grid, ...]
    notes: tuple[Note, ...]
    moved: frozenset[str]


def _by_labels(
    grids: Sequence[Grid], plan: _Plan, found: dict[str, list[Place]], distrusted: set[str], unlabelled: set[str]
) -> _ByLabels:
    """Find by their labels the answers whose keys are gone, or whose rows were sorted without their keys.

    Both `found` and `distrusted` are brought up to date. A place that a key claims already is not given to another.
    """
    gaps = {
        name: {key for key in group.each_key() if key not in found or key in distrusted | unlabelled}
        for name, group in plan.groups.items()
    }
    wanted = [group for group in plan.printed if gaps[group.name]]
    labelled = find_by_labels(grids, wanted) if wanted else {}
    notes: list[Note] = []
    left_behind: set[str] = set()
    used: dict[Grid, None] = {}
    for group in wanted:
        places = labelled[group.name]
        elsewhere = {key for key in gaps[group.name] & unlabelled if places.get(key, found[key]) != found[key]}
        moved = _sorted_rows(places, found, gaps[group.name] & distrusted | elsewhere) if group.columns else {}
        if moved:
            left_behind |= moved.keys()
            notes.append(_told_sorted(plan.groups[group.name], moved))
            found.update(moved)
            distrusted.difference_update(moved)
        taken = {spot for spots in found.values() for spot in spots}
        lost = {key: spots for key, spots in places.items() if key not in found and not taken.intersection(spots)}
        if lost:
            first, *_ = next(iter(lost.values()))
            facts = {"table": plan.groups[group.name].said, "count": len(lost), "sheet": first[0].sheet.name}
            notes.append(Note("R-BY-LABELS", Severity.NOTE, at=first[0].sheet.name, params=facts))
            used |= dict.fromkeys(grid for spots in lost.values() for grid, _, _ in spots)
            found.update(lost)
            notes += _out_of_order(plan.groups[group.name], found, lost) if group.columns else ()
    return _ByLabels(tuple(used), tuple(notes), frozenset(left_behind))


def _sorted_rows(
    places: Mapping[str, list[Place]], found: Mapping[str, list[Place]], keys: set[str]
) -> dict[str, list[Place]]:
    """Return where the rows of these answers stand now that their keys are left behind; nothing if that is not sure.

    Each must have one place of its labels, in the column of its key, and no other answer's key may claim that place.
    """
    by_label = {key: places.get(key, []) for key in keys}
    claimed = {spot for key, spots in found.items() if key not in keys for spot in spots}
    is_sure = all(
        len(spots) == len(found[key]) == 1 and spots[0][2] == found[key][0][2] and spots[0] not in claimed
        for key, spots in by_label.items()
    )
    return by_label if is_sure else {}


def _told_sorted(group: _Group, moved: Mapping[str, list[Place]]) -> Note:
    grid = next(iter(moved.values()))[0][0]
    rows = sorted({row for spots in moved.values() for _, row, _ in spots})
    names = [group.rows[row] for row in group.rows if any(_key(row, column) in moved for column in group.columns)]
    facts = {"table": group.said, "what": _listed(names), "rows": "、".join(map(str, rows)), "count": len(moved)}
    return Note("R-SORTED", Severity.QUERY, at=grid.sheet.name, params=facts)


def _out_of_order(
    group: _Group, places: Mapping[str, list[Place]], by_labels: Mapping[str, list[Place]]
) -> Iterator[Note]:
    """Tell of rows and columns that stand in another order than they were printed in, where only their labels say so.

    Sorted with their figures, or labels exchanged without them: nobody can tell.
    """
    for grid in dict.fromkeys(grid for spots in by_labels.values() for grid, _, _ in spots):
        rows: dict[str, int] = {}
        columns: dict[str, int] = {}
        for row, column in product(group.rows, group.columns):
            for _, at_row, at_column in (spot for spot in places.get(_key(row, column), ()) if spot[0] is grid):
                rows[row], columns[column] = at_row, at_column
        astray = _astray({row: rows[row] for row in group.rows if row in rows})
        keys = _keys_in(group, by_labels, rows=astray)
        if keys and not group.has_spares:
            yield _told_sorted(group, {key: by_labels[key] for key in keys})
        across = _astray({column: columns[column] for column in group.columns if column in columns})
        count = len(_keys_in(group, by_labels, columns=across))
        if count:
            letters = "、".join(column_letters(at) for at in sorted(across.values()))
            what = _listed(group.columns[column] for column in across)
            facts = {"table": group.said, "what": what, "columns": letters, "count": count}
            yield Note("R-SORTED-COLUMNS", Severity.QUERY, at=grid.sheet.name, params=facts)


def _astray(lines: Mapping[str, int]) -> dict[str, int]:
    """Return the lines, given in their printed order, that do not stand where they would in that order."""
    return {key: at for (key, at), due in zip(lines.items(), sorted(lines.values()), strict=True) if at != due}


def _keys_in(
    group: _Group, keys: Container[str], *, rows: Iterable[str] = (), columns: Iterable[str] = ()
) -> list[str]:
    """Return the keys, of these, that are in some rows or columns of a group."""
    each = [*product(rows, group.columns), *((row, column) for column in columns for row in group.rows)]
    return [key for row, column in each if (key := _key(row, column)) in keys]


def recognise(package: Package, forms: Iterable[Form]) -> Form | None:
    """Tell by its printed labels which form a workbook is of; of two that fit as well the first, None where none does.

    Raises:
        PackageError: a sheet is damaged.
    """
    grids = [Grid(sheet) for sheet in package.sheets]
    fits = {form: _fit(grids, _plan(form)) for form in forms}
    best = max(fits, key=lambda form: fits[form], default=None)
    return best if best and fits[best] > 0 else None


def _fit(grids: Sequence[Grid], plan: _Plan) -> int:
    """Count the cells of tables that are found, less those that are not though others of their table are.

    A single small table proves nothing: 0, unless a table of some size is there as a whole.
    """
    tables = [group for group in plan.printed if group.columns]
    found = find_by_labels(grids, tables)
    there = {group.name: len(found[group.name]) for group in tables}
    asked = {group.name: sum(1 for _ in plan.groups[group.name].each_key()) for group in tables}
    if not any(there[name] == count >= _PROOF for name, count in asked.items()):
        return 0
    return sum(2 * there[name] - count for name, count in asked.items() if there[name])


# ── two places, or none ──────────────────────────────────────────────────────────────────────────────────────────────


def _at(place: Place) -> str:
    grid, row, column = place
    return grid.at(row, column)


def _told_twice(found: Mapping[str, list[Place]], plan: _Plan, distrusted: set[str]) -> list[Note]:
    """Choose among several places of one answer: any, where all hold the same, and else none."""
    notes: list[Note] = []
    copies: dict[Spot, int] = defaultdict(int)
    several = ((key, spots) for key, spots in found.items() if len(spots) > 1)
    for key, spots in several:
        home = plan.laid_out.places[key][0]
        spots.sort(key=lambda spot: spot[0].sheet.name != home)
        held = [grid.sheet.cells.get(a1(row, column), _EMPTY)[:3] for grid, row, column in spots]
        other = next((n for n, what in enumerate(held) if what != held[0]), None)
        if key in plan.computed:
            continue
        if other is None:
            copies[spots[0][0].sheet.name, spots[1][0].sheet.name] += 1
        else:
            at, facts = _at(spots[0]), {"other": _at(spots[other]), "other_raw": held[other][1]}
            notes.append(Note("R-TWICE", Severity.ERROR, at=at, key=key, raw=held[0][1], params=facts))
            distrusted.add(key)
    told = (
        Note("R-COPY", Severity.NOTE, at=other, params={"sheet": sheet, "other": other, "count": count})
        for (sheet, other), count in copies.items()
    )
    return [*told, *notes]


def _elsewhere(package: Package, plan: _Plan, found: Mapping[str, list[Place]]) -> Iterator[Note]:
    """Tell of answers that stand on another sheet only, though their own is there: a copy, or what was cut out of it."""
    on: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, spots in found.items():
        on[plan.laid_out.places[key][0]].update({grid.sheet.name for grid, _, _ in spots})
    for group in plan.groups.values():
        base = _base(package, group.sheet, on)
        keys = [key for key in group.each_key() if key in found and group.severity is Severity.ERROR]
        apart = [key for key in keys if base and all(grid.sheet.name != base for grid, _, _ in found[key])]
        if apart:
            there = set(apart)
            lines = [(row, column) for row in group.rows for column in group.columns if _key(row, column) in there]
            rows, columns = ({pair[n]: None for pair in lines} for n in (0, 1))
            names = (
                [group.columns[column] for column in columns]
                if len(columns) < len(group.columns)
                else [group.rows[row] for row in rows]
            )
            now = found[apart[0]][0][0].sheet.name
            facts = {"table": group.said, "what": _listed(names), "sheet": base, "now": now, "count": len(apart)}
            yield Note("R-ELSEWHERE", Severity.QUERY, at=now, params=facts)


def _base(package: Package, home: str, on: Mapping[str, Counter[str]]) -> str:
    """Return the sheet on which the answers of a sheet of the form should stand; none where another has taken its name.

    A sheet that is still called so and holds figures is that sheet, though nothing on it can be recognised any more.
    """
    if home not in package.sheet_names:
        return next((name for name, _ in on[home].most_common(1)), "")
    is_anothers = not on[home][home] and any(counts[home] for counts in on.values())
    has_figures = any(cell.type == "n" and cell.text for cell in package.sheet(home).cells.values())
    return home if not is_anothers and (on[home][home] or has_figures) else ""


def _missing(found: Iterable[str], plan: _Plan) -> tuple[set[str], list[Note]]:
    """Name the answers that are not found: of each group all, or its rows, or columns of what is left."""
    there = set(found)
    missing: set[str] = set()
    notes: list[Note] = []
    for group in plan.groups.values():
        gaps = [(row, column) for row in group.rows for column in group.columns if _key(row, column) not in there]
        gone = [row for row in group.rows if all((row, column) in gaps for column in group.columns)]
        in_rows = [gap for gap in gaps if gap[0] in gone]
        elsewhere = [gap for gap in gaps if gap[0] not in gone]
        is_whole = len(gone) == len(group.rows)
        of_rows = Severity.NOTE if group.has_spares and not is_whole else group.severity
        for severity, part, names in (
            (of_rows, in_rows, [group.rows[row] for row in gone]),
            (group.severity, elsewhere, [group.columns[column] for _, column in elsewhere]),
        ):
            keys = {_key(row, column) for row, column in part}
            if severity is Severity.ERROR:
                missing |= keys
            if keys:
                code = "R-MISSING-TABLE" if is_whole else "R-MISSING"
                facts = {"table": group.said, "what": _listed(names), "count": len(keys)}
                weight = Severity.NOTE if keys <= plan.computed else severity
                notes.append(Note(code, weight, at=group.sheet, params=facts))
    return missing, notes


def _listed(names: Iterable[str]) -> str:
    """Name a few things, each once."""
    each = list(dict.fromkeys(names))
    return "、".join(f"“{name}”" for name in each[:_NAMED_AT_MOST]) + ("……" if len(each) > _NAMED_AT_MOST else "")
