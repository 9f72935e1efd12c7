"""What a name in a rule means: by where the rule stands, by its whole key, or of last year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.form.definitions import built
from tianbao import expr
from tianbao.form.model import Form
from tianbao.form.names import Names, Stand, given, serial

Find = Callable[[str], expr.Expr]


def finder(form: Form, stand: Stand | None = None) -> Find:
    tables = {table.key: table for table in form.tables}
    fields = {cell.key: cell for cell in (*form.cover, *form.controls)}
    find = Names(tables, fields, {text.key: text.cells for text in form.texts}).finder(stand)
    return lambda name: find(tuple(name.split(".")))


def keys(found: expr.Expr) -> list[str]:
    assert isinstance(found, expr.Cell | expr.Cells)
    return [found.key] if isinstance(found, expr.Cell) else list(found.keys)


def test_a_whole_key_means_the_same_everywhere(tmp_path: Path) -> None:
    form = built(tmp_path)

    for find in (finder(form), finder(form, Stand(form.table("trees"), "rows", "fir"))):
        assert keys(find("trees.pine.spring")) == ["trees.pine.spring"]
        assert keys(find("cover.preparer")) == ["cover.preparer"]
        assert keys(find("control.planted")) == ["control.planted"]


def test_a_bare_name_is_taken_in_the_row_or_column_the_rule_stands_on(tmp_path: Path) -> None:
    form = built(tmp_path)

    in_row = finder(form, Stand(form.table("trees"), "rows", "fir"))
    in_column = finder(form, Stand(form.table("trees"), "columns", "autumn"))

    assert keys(in_row("autumn")) == ["trees.fir.autumn"]
    assert keys(in_row("season")) == ["trees.fir.spring", "trees.fir.autumn"]
    assert keys(in_column("poplar")) == ["trees.poplar.autumn"]
    assert keys(in_column("kind")) == ["trees.pine.autumn", "trees.fir.autumn", "trees.poplar.autumn"]


def test_a_group_is_all_its_rows_and_columns(tmp_path: Path) -> None:
    find = finder(built(tmp_path))

    assert keys(find("trees.kind.spring")) == ["trees.pine.spring", "trees.fir.spring", "trees.poplar.spring"]
    assert len(keys(find("trees.kind.season"))) == 6


def test_a_column_of_a_list_is_all_its_lines(tmp_path: Path) -> None:
    find = finder(built(tmp_path))

    assert keys(find("people.trees")) == ["people.1.trees", "people.2.trees", "people.3.trees"]


def test_a_text_is_all_its_paragraphs(tmp_path: Path) -> None:
    find = finder(built(tmp_path))

    assert keys(find("text.remarks")) == ["text.remarks.1", "text.remarks.2"]


def test_prior_means_the_same_cell_of_last_year(tmp_path: Path) -> None:
    form = built(tmp_path)
    find = finder(form, Stand(form.table("trees"), "rows", "pine"))

    assert keys(find("prior.spring")) == ["prior.trees.pine.spring"]
    assert keys(find("prior.trees.total.season")) == ["prior.trees.total.spring", "prior.trees.total.autumn"]


def test_the_digits_of_a_cell_go_with_its_name(tmp_path: Path) -> None:
    form = built(tmp_path)

    hours = finder(form)("trees.pine.hours")
    column = finder(form, Stand(form.table("trees"), "columns", "hours"))("kind")

    assert isinstance(hours, expr.Cell)
    assert isinstance(column, expr.Cells)
    assert (hours.digits, column.digits) == (1, 1)


@pytest.mark.parametrize(
    "name", ["nobody", "trees.pine", "trees.pine.winter", "people.age", "text.lead", "prior", "cover.x"]
)
def test_what_bears_no_such_name_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(LookupError, match=name.replace(".", r"\.")):
        finder(built(tmp_path))(name)


def test_the_year_and_its_days_are_known_without_being_asked() -> None:
    assert given(2025) == {"year": 2025, "year_start": serial(date(2025, 1, 1)), "year_end": 46022}
