"""A small sound definition, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

from tianbao.form.faults import Fault
from tianbao.form.load import examine
from tianbao.form.model import Form

#: Trees planted by a village: two kinds in two seasons, the total, hours of care, and a list of who planted.
TREES = """\
schema = "tianbao.form/1"
id = "trees"
version = "1.0.0"
title = "植树统计表"
years = { first = 2020 }

[[cover]]
key = "zero_report"
label = "零报告"
type = "code"
codelist = "yes_no"
default = "否"

[[cover]]
key = "preparer"
label = "填表人"
type = "text"
signs = true

[[controls]]
key = "planted"
label = "台账所载株数"
measure = "株"

[[codelists]]
key = "yes_no"
items = ["是", "否"]

[[sections]]
key = "planted"
title = "一、植树情况"
sheet = "一、植树"

[[sections]]
key = "people"
title = "二、名单"
sheet = "二、名单"

[[texts]]
key = "remarks"
heading = "三、说明"
paragraphs = 2

[[tables]]
key = "trees"
section = "planted"
short = "表一"
measure = "株"
columns = [
    { key = "spring", label = ["季节", "春"], group = "season" },
    { key = "autumn", label = ["季节", "秋"], group = "season" },
    { key = "total", label = ["合计"], formula = "sum(season)" },
    { key = "hours", label = ["养护工时"], type = "decimal", digits = 1, measure = "时" },
]
rows = [
    { key = "pine", label = ["针叶", "松"], group = "kind" },
    { key = "fir", label = ["针叶", "杉"], group = "kind" },
    { key = "poplar", label = ["杨"], group = "kind" },
    { key = "total", label = ["合计"], formula = "sum(kind)" },
]
prior = [{ row = "total", label = "上年合计" }]

[[tables]]
key = "people"
section = "people"
short = "表二"
shape = "list"
lines = 3
columns = [
    { key = "name", label = ["姓名"], type = "text" },
    { key = "trees", label = ["株数"], measure = "株" },
]

[[checks]]
code = "T1-01"
severity = "error"
each = "trees.rows"
rule = "hours <= 100"
say = "养护不超过 100 工时"
say_en = "at most 100 hours of care"
fix = "核对。"
fix_en = "Compare."

[[checks]]
code = "T1-02"
severity = "query"
rule = "sum(people.trees) == trees.total.total"
when = "count(people.name) > 0"
say = "名单上的株数等于合计"
say_en = "the trees on the list equal the total"
fix = "补上名单。"
fix_en = "Complete the list."

[[checks]]
code = "K-01"
severity = "error"
rule = "control.planted == trees.total.total"
when = "not blank(control.planted)"
say = "台账等于合计"
say_en = "the ledger equals the total"
fix = "核对。"
fix_en = "Compare."

[[checks]]
code = "Y-01"
severity = "query"
each = "trees.columns"
rule = "total >= prior.total"
say = "不少于上年"
say_en = "not less than last year"
fix = "核对。"
fix_en = "Compare."
"""


def define(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the definition, with some of its text changed."""
    text = TREES
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return path


def built(folder: Path, *changes: tuple[str, str]) -> Form:
    """Return the form as far as it can be built."""
    form, _ = examine(define(folder, *changes))
    assert form is not None
    return form


def faults(folder: Path, *changes: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Return code, place and Chinese sentence of every fault."""
    return told(examine(define(folder, *changes))[1])


def told(found: tuple[Fault, ...]) -> list[tuple[str, str, str]]:
    """Return code, place and Chinese sentence of faults."""
    return [(fault.code, fault.place, fault.message("zh")) for fault in found]
