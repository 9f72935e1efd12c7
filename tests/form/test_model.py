from __future__ import annotations

from pathlib import Path

import pytest

from tests.form.definitions import built
from tianbao import messages
from tianbao.form.model import CellType, Words


def test_a_cell_is_found_by_its_key_whatever_it_belongs_to(tmp_path: Path) -> None:
    form = built(tmp_path)

    for key in ("trees.pine.spring", "cover.preparer", "control.planted", "text.remarks.1", "people.3.name"):
        assert form.cell(key).key == key
    with pytest.raises(KeyError, match=r"trees\.oak\.spring"):
        form.cell("trees.oak.spring")


def test_the_cells_of_a_form_are_those_of_its_tables_in_printed_order(tmp_path: Path) -> None:
    cells = [cell.key for cell in built(tmp_path).cells()]

    assert len(cells) == 4 * 4 + 3 * 2
    assert cells[:5] == [
        "trees.pine.spring",
        "trees.pine.autumn",
        "trees.pine.total",
        "trees.pine.hours",
        "trees.fir.spring",
    ]


def test_a_table_knows_where_a_row_meets_a_column(tmp_path: Path) -> None:
    table = built(tmp_path).table("trees")

    assert table.cell(table.rows[1], table.columns[3]).key == "trees.fir.hours"


def test_a_cell_knows_its_table_and_a_field_of_the_cover_has_none(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert form.table_of("people.2.name") is form.table("people")
    assert form.table_of("cover.preparer") is None


def test_only_counts_and_decimals_are_numbers() -> None:
    assert [kind for kind in CellType if kind.is_number] == [CellType.COUNT, CellType.DECIMAL]


def test_words_speak_the_language_in_use() -> None:
    words = Words("合计", "total")

    messages.use_language("en")
    try:
        english = str(words)
    finally:
        messages.use_language(None)

    assert (english, words.in_language("zh")) == ("total", "合计")
