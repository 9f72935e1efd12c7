"""Which cell is which, by what is printed alone?"""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from tests.workbook.returned import FORM, changed, issued, numbered, unmerged, where
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form
from tianbao.workbook.grid import Grid
from tianbao.workbook.labels import find_by_labels, plain, printed
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.locate import recognise
from tianbao.workbook.package import read_package

FORMS = [load_form(name) for name in bundled_forms()]


def found(data: bytes, form: Form) -> dict[str, list[tuple[str, str]]]:
    grids = [Grid(sheet) for sheet in read_package(data).sheets]
    groups = find_by_labels(grids, list(printed(make_layout(form))))
    return {
        key: [(grid.sheet.name, a1(row, column)) for grid, row, column in places]
        for group in groups.values()
        for key, places in group.items()
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.属于国家秘密", "１．属于国家秘密 "),
        ("（七）总计", "(七) 总计"),
        ("3.危及“三安全一稳定”", '3、危及"三安全一稳定"'),
        ("本年收费金额（单位：万元）", "本年收费金额\n(单位: 万元)"),
        ("检查率（%）", "检查率"),
    ],
)
def test_labels_that_people_take_for_the_same_are_the_same(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("总计", "（七）总计"), ("3.其他", "其他"), ("1.重复申请", "2.重复申请")])
def test_a_number_before_a_label_is_part_of_it(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_labels_lead_to_every_answer_that_they_are_printed_around(form: Form) -> None:
    explained = [f"explain.{line.id}" for line in make_layout(form).audit if line.explained]
    expected = {key: [where(key, form)] for key in (*form.by_key, *explained)}

    assert found(issued(form, filled=False), form) == expected


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_a_form_is_recognised_among_all(form: Form) -> None:
    assert recognise(read_package(issued(form)), FORMS) is form
    assert recognise(read_package(issued(form)), [other for other in FORMS if other.id == "fire-safety"]) is (
        form if form.id == "fire-safety" else None
    )


def test_a_label_that_a_table_prints_three_times_is_told_apart_by_those_above() -> None:
    def erase(book: Workbook) -> None:
        sheet = unmerged(book["四、复议诉讼"])
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "复议后起诉":
                    cell.value = "其他情形"

    places = found(changed(erase, numbered(FORM)), FORM)

    assert places["remedies.review.upheld"] == [where("remedies.review.upheld")]
    assert "remedies.post_review.upheld" not in places


def test_guidance_beside_a_field_is_not_its_answer() -> None:
    def spread(book: Workbook) -> None:
        unmerged(book["封面"]).insert_cols(3)

    places = found(changed(spread, numbered(FORM)), FORM)

    assert places["cover.leader"] == [("封面", f"D{where('cover.leader')[1][1:]}")]


def test_paragraphs_between_which_rows_were_put_are_found() -> None:
    key = f"text.{FORM.texts[1].key}"
    row = int(where(f"{key}.1")[1][1:])

    def write(book: Workbook) -> None:
        sheet = unmerged(book["文字部分"])
        sheet.cell(row, 2, "甲")
        sheet.cell(row + 19, 2, "乙")
        sheet.insert_rows(row + 1, 5)

    places = found(changed(write), FORM)

    assert [places[f"{key}.{number}"] for number in (1, 2, 3)] == [
        [("文字部分", f"B{row}")],
        [("文字部分", f"B{row + 6}")],
        [("文字部分", f"B{row + 24}")],
    ]


def test_a_table_of_pay_is_no_form() -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["单位", "自然人", "总计"], ["一、本年新收政府信息公开申请数量", 3, 3]):
        book.active.append(row)
    target = BytesIO()
    book.save(target)

    assert recognise(read_package(target.getvalue()), FORMS) is None
