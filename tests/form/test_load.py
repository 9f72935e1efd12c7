from __future__ import annotations

import csv
import os
import pickle
from pathlib import Path

import pytest

import tianbao as tb
from tests.form.definitions import define, faults, told
from tianbao.form.faults import FormDefinitionError, UnknownFormError
from tianbao.form.load import bundled_forms, examine, load_form
from tianbao.form.model import Cell, CellType, Form, Severity

KEYS = Path(__file__).parents[1] / "domain" / "keys.csv"


def statutory(form: str) -> list[dict[str, str]]:
    """Return what the statutory form asks, cell by cell, as the regulation's annex prints it."""
    with KEYS.open(encoding="utf-8", newline="") as file:
        return [line for line in csv.DictReader(file) if line["form"] == form]


@pytest.mark.parametrize(("name", "count"), [("zfxxgk-2019", 198), ("zfxxgk-2021", 200)])
def test_a_statutory_form_asks_exactly_what_the_regulation_asks(name: str, count: int) -> None:
    asked = statutory(name)

    cells = tb.load_form(name).cells()

    assert len(cells) == count
    assert [cell.key for cell in cells] == [line["key"] for line in asked]
    assert [cell.kind.value for cell in cells] == [line["kind"] for line in asked]
    assert [cell.measure for cell in cells] == [line["measure"] for line in asked]
    assert [kind_of_number(cell) for cell in cells] == [line["type"] for line in asked]


@pytest.mark.parametrize("name", ["zfxxgk-2019", "zfxxgk-2021"])
def test_a_statutory_form_has_the_labels_of_the_regulation_to_the_letter(name: str) -> None:
    labels = ["/".join(cell.label) for cell in tb.load_form(name).cells()]

    parts = [(line["table"], line["row_label"], line["column_label"]) for line in statutory(name)]
    assert labels == ["/".join(part for part in label if part) for label in parts]


def kind_of_number(cell: Cell) -> str:
    kind = {CellType.COUNT: "integer", CellType.DECIMAL: "decimal"}[cell.type]
    return f"{kind}, may be negative" if cell.negative else kind


def test_a_form_is_found_by_name_by_file_and_by_folder(tmp_path: Path) -> None:
    path = define(tmp_path)

    assert "zfxxgk-2021" in bundled_forms()
    assert tb.load_form("zfxxgk-2021").id == "zfxxgk-2021"
    assert tb.load_form(path).id == tb.load_form(str(tmp_path)).id == "trees"


def test_the_same_definition_is_the_same_form(tmp_path: Path) -> None:
    form = tb.load_form(define(tmp_path))

    assert tb.load_form(tmp_path) is form
    assert pickle.loads(pickle.dumps(form)) is form  # noqa: S301  our own


def test_a_definition_that_was_changed_is_loaded_anew(tmp_path: Path) -> None:
    before = tb.load_form(define(tmp_path))
    path = define(tmp_path, ('title = "植树统计表"', 'title = "造林统计表"'))
    os.utime(path, ns=(0, before.path.stat().st_mtime_ns + 1))

    after = tb.load_form(path)

    assert (before.title, after.title) == ("植树统计表", "造林统计表")
    assert before.digest != after.digest


def test_comments_and_spaces_do_not_change_the_digest(tmp_path: Path) -> None:
    before = tb.load_form(define(tmp_path)).digest

    after, _ = examine(define(tmp_path, ('id = "trees"', 'id   =   "trees"   # 植树')))

    assert after is not None
    assert after.digest == before


def test_an_unknown_form_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownFormError) as caught:
        tb.load_form("zfxxgk-2020")

    assert caught.value.code == "U-FORM"
    assert caught.value.exit_status == 3
    assert caught.value.message("zh") == "没有名为“zfxxgk-2020”的表样。"
    assert caught.value.way_out("zh") == (
        f"可用的表样：{'、'.join(bundled_forms())}；最接近的是 zfxxgk-2021。也可以给出表样定义文件的路径。"
    )
    assert caught.value.message("en") == "There is no form named “zfxxgk-2020”."


def test_a_definition_with_many_faults_tells_all_of_them_at_once(tmp_path: Path) -> None:
    path = define(
        tmp_path,
        ("signs = true", 'signs = "yes"'),
        ('label = ["养护工时"]', 'label = ["养护工时"], unit = "%"'),
        ("lines = 3", "lines = 0"),
        ('codelist = "yes_no"\n', 'codelist = "maybe"\n'),
        ("digits = 1, ", ""),
        ('each = "trees.rows"', 'each = "tree.rows"'),
        ('rule = "sum(people.trees) == trees.total.total"', 'rule = "sum(people.trees)"'),
        ('rule = "control.planted == trees.total.total"', 'rule = "control.planted = trees.total.total"'),
        ('sheet = "二、名单"', 'sheet = "二/名单"'),
        ('label = ["针叶", "杉"]', 'label = ["针叶", "松"]'),
        ('row = "total", label = "上年合计"', 'row = "sum", label = "上年合计"'),
    )

    with pytest.raises(FormDefinitionError) as caught:
        tb.load_form(path)

    assert caught.value.code == "D-FORM"
    assert caught.value.message("zh").splitlines() == [
        f"表样定义不能使用：{path}，共 11 处错误。",
        "  × D-TYPE  cover.preparer.signs  “signs”写成了 yes，应为 bool。 改成这种类型的值。",
        "  × D-FIELD  tables.trees.columns.hours.unit  不认识“unit”。 删去，或者改成表样定义里有的名称。",
        "  × D-RANGE  tables.people.lines  “lines”写成了 0，超出范围（界限 1）。 改到范围以内。",
        (
            "  × D-CODELIST  cover.zero_report  选项类格子没有可用的代码表（写的是“maybe”）。 "
            "用 codelist 指明代码表；现有：yes_no。"
        ),
        "  × D-DIGITS  tables.trees.columns.hours  小数类格子没有说明几位小数。 加上 digits，如 digits = 2。",
        (
            "  × D-EACH  checks.T1-01.each  each 写成了“tree.rows”，没有这样的行或列。 "
            "写成“表.rows”或“表.columns”，例如 trees.rows、people.rows。"
        ),
        (
            "  × D-TRUTH  checks.T1-02.rule  审核关系 sum(people.trees) 算出来的不是“成立/不成立”。 "
            "写成比较，例如 左边 == 右边。"
        ),
        (
            "  × D-RULE  checks.K-01.rule  公式 control.planted = trees.total.total 不能用："
            "表达式“control.planted = trees.total.total”第 17 个字符：单个 = 不表示相等。 请写 ==。"
        ),
        "  × D-SHEET  sections.people.sheet  工作表名“二/名单”不能用。 至多 31 个字，不含 [ ] : * ? / \\ '。",
        "  × D-LABEL-TWICE  tables.trees.rows  标题“针叶/松”出现了两次。 同一张表里每行（列）的标题要能区分。",
        "  × D-PRIOR  tables.trees.prior  上年数所指的“sum”不在本表。 本表有：fir、pine、poplar、total。",
    ]
    assert caught.value.message("en").splitlines()[:2] == [
        f"The form definition cannot be used: {path}, 11 faults.",
        "  × D-TYPE  cover.preparer.signs  “signs” is yes; it must be of type bool. Give a value of that type.",
    ]


def test_bytes_that_are_not_utf8_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_bytes('title = "统计"'.encode("gbk"))

    form, found = examine(path)

    assert form is None
    assert told(found) == [("D-ENCODING", "form.toml", "文件不是 UTF-8 文字（第 11 字节）。 用 UTF-8 编码另存。")]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = define(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert tb.load_form(path).id == "trees"


def test_toml_that_cannot_be_parsed_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text('schema = "tianbao.form/1"\nid = "trees\n', encoding="utf-8")

    form, found = examine(path)

    assert form is None
    assert [(code, place) for code, place, _ in told(found)] == [("D-TOML", "form.toml")]
    assert found[0].message("zh").startswith("不是正确的 TOML：")
    assert "line 2" in found[0].message("zh")
    assert found[0].message("zh").endswith("。 按提示的行改正；常见的是缺引号、缺逗号。")


@pytest.mark.parametrize("name", bundled_forms())
def test_a_bundled_form_has_no_fault_and_tells_which_cells_nothing_compares(name: str) -> None:
    form = tb.load_form(name)

    _, found = examine(form.path)

    assert {(fault.code, fault.severity) for fault in found} <= {("D-UNTOUCHED", Severity.NOTE)}
    assert isinstance(form, Form)


def test_a_sound_definition_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


def test_a_faulty_version_does_not_hide_what_is_wrong_further_down(tmp_path: Path) -> None:
    path = define(tmp_path, ('version = "1.0.0"', 'version = "一"'), ("lines = 3", "lines = 0"))

    _, faults = examine(path)

    assert [fault.code for fault in faults] == ["D-PATTERN", "D-RANGE"]


def test_a_copy_of_a_bundled_definition_is_the_bundled_form_and_an_altered_one_is_not(tmp_path: Path) -> None:
    bundled = load_form("fire-safety")
    copy = tmp_path / "form.toml"
    copy.write_bytes(bundled.path.read_bytes())

    assert load_form(copy) is bundled
    copy.write_text(copy.read_text(encoding="utf-8").replace("只填浅黄色的格", "只填黄色的格"), encoding="utf-8")
    assert load_form(copy).digest != bundled.digest


def test_a_bundled_form_stays_one_however_many_others_are_loaded(tmp_path: Path) -> None:
    bundled = load_form("fire-safety")
    for number in range(20):
        other = tmp_path / f"{number}.toml"
        text = bundled.path.read_text(encoding="utf-8").replace("只填浅黄色的格", f"第{number}种")
        other.write_text(text, encoding="utf-8")
        load_form(other)

    assert load_form("fire-safety") is bundled


def test_what_the_office_does_with_the_sums_asks_nothing_of_the_units(tmp_path: Path) -> None:
    bundled = load_form("zfxxgk-2021")
    text = bundled.path.read_text(encoding="utf-8")
    (tmp_path / "form.toml").write_text(text.replace('label = "本年新收申请"', 'label = "新收"'), encoding="utf-8")

    own = load_form(tmp_path / "form.toml")

    assert own.digest == bundled.digest
    assert own.county.headline[0].label == "新收"
    assert bundled.county.headline[0].label == "本年新收申请"
