"""What a definition says of its texts is built, and every fault in it is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.form.definitions import TREES, told
from tianbao.form.load import examine, load_form
from tianbao.form.model import Demand, Form

#: The villages' remarks must agree with the trees planted, and say who watered them.
NARRATIVE = """
[narrative]
measures = ["株", "棵"]
before = ["共"]
aside = ["计划"]
others = ["草"]

[[narrative.words]]
key = "树"
items = ["树", "树木"]

[[narrative.turns]]
calendar = true
away = ["上年"]

[[narrative.mentions]]
code = "N-01"
about = ["{树}"]
counts = [{ says = ["栽{树}{n}"], none = ["没有栽{树}$"], means = ["trees.total.total"] }]
example = "全村栽树5株。"
say = "文字里的株数等于合计"
say_en = "the trees in the text are the total"
fix = "核对。"
fix_en = "Compare."

[[narrative.statements]]
code = "N-02"
texts = ["remarks"]
demand = "says"
when = "trees.total.total > 0"
wordings = ["浇水"]
example = "全村栽树5株。"
say = "说明要写谁浇水"
say_en = "the remarks say who waters"
fix = "补写。"
fix_en = "Say it."
"""


def define(folder: Path, *changes: tuple[str, str]) -> Path:
    text = NARRATIVE
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    path = folder / "form.toml"
    path.write_text(TREES + text, encoding="utf-8")
    return path


def built(folder: Path) -> Form:
    form, faults = examine(define(folder))
    assert form is not None
    assert told(faults) == []
    return form


def test_mentions_and_statements_are_built_with_their_checks(tmp_path: Path) -> None:
    form = built(tmp_path)

    (mention,), (statement,) = form.narrative.mentions, form.narrative.statements
    assert [check.code for check in form.narrative.checks] == ["N-01", "N-02"]
    assert mention.texts == statement.texts == ("remarks",)
    assert [reading.cells for reading in mention.figures[0].readings] == [("trees.total.total",)]
    assert (statement.demand, statement.check.when) == (Demand.SAYS, "trees.total.total > 0")
    assert [check.code for check in form.checks if check.code.startswith("N-")] == []


@pytest.mark.parametrize(
    ("change", "code", "place", "sentence"),
    [
        (
            ("栽{树}{n}", "栽{苗}{n}"),
            "D-WORDS",
            "narrative.mentions.N-01.says",
            "说法“栽{苗}{n}”里的 {苗} 没有定义。 在 [[narrative.words]] 里列出这组词；现有：树。",
        ),
        (
            ("栽{树}{n}", "栽[{树}{n}"),
            "D-WORDING",
            "narrative.mentions.N-01.says",
            "说法“栽[{树}{n}”写得不对。 方括号要成对，一条里至多一个 {n}、{year} 或 {day}，而且总要有几个字是非有不可的。",
        ),
        (
            ("栽{树}{n}", "栽{树}"),
            "D-SLOT",
            "narrative.mentions.N-01.says",
            "说法“栽{树}”里没有要比对的数。 写上 {n}（日期写 {day}，年份写 {year}）；说的是“没有”的，移到 none。",
        ),
        (
            ("没有栽{树}$", "没有栽{树}{n}"),
            "D-NO-SLOT",
            "narrative.mentions.N-01.none",
            "说法“没有栽{树}{n}”里不该有数。 去掉 {n}、{day}、{year}；要比对数的，移到 says。",
        ),
        (
            ('texts = ["remarks"]', 'texts = ["summary"]'),
            "D-TEXT",
            "narrative.statements.N-02.texts",
            "没有代号为“summary”的文字部分。 现有：remarks。",
        ),
        (
            ('example = "全村栽树5株。"\nsay = "文字', 'example = "全村种草5株。"\nsay = "文字'),
            "D-EXAMPLE",
            "narrative.mentions.N-01.example",
            "例句“全村种草5株。”与它的说法对不上。 例句要写成这条审核会指出的样子：照某一条说法写；要求写到某事的，例句里不写。",
        ),
        (
            ('example = "全村栽树5株。"\nsay = "说明', 'example = "全村浇水。"\nsay = "说明'),
            "D-EXAMPLE",
            "narrative.statements.N-02.example",
            "例句“全村浇水。”与它的说法对不上。 例句要写成这条审核会指出的样子：照某一条说法写；要求写到某事的，例句里不写。",
        ),
        (
            ('code = "N-02"', 'code = "K-01"'),
            "D-DUPLICATE",
            "checks",
            "“K-01”出现了 2 次。 每个代号只能用一次，它是数据的地址。",
        ),
        (
            ('means = ["trees.total.total"]', 'means = ["trees.total.total > 0"]'),
            "D-NUMBER",
            "narrative.mentions.N-01.means",
            "公式 trees.total.total > 0 算出来的不是数。 计算格的公式要算出一个数。",
        ),
        (
            ('when = "trees.total.total > 0"', 'when = "trees.total.total"'),
            "D-TRUTH",
            "narrative.statements.N-02.when",
            "审核关系 trees.total.total 算出来的不是“成立/不成立”。 写成比较，例如 左边 == 右边。",
        ),
        (
            ('demand = "says"', 'demand = "shouts"'),
            "D-CHOICE",
            "narrative.statements.N-02.demand",
            "“demand”写成了 shouts。 只能是 'says', 'never' or 'more_than' 之一。",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, change: tuple[str, str], code: str, place: str, sentence: str
) -> None:
    _, faults = examine(define(tmp_path, change))

    assert told(faults) == [(code, place, sentence)]


def test_both_layouts_of_the_report_speak_of_the_same_things_in_the_same_words() -> None:
    old, new = (load_form(name).narrative for name in ("zfxxgk-2019", "zfxxgk-2021"))

    assert (old.aside, old.turns) == (new.aside, new.turns)
    for mention, same in zip(old.mentions, new.mentions, strict=True):
        assert (mention.check.code, mention.about) == (same.check.code, same.about)
        if mention.check.code not in ("N-04", "N-06", "N-09"):  # whose cells are others
            assert [figured.says for figured in mention.figures] == [figured.says for figured in same.figures]
