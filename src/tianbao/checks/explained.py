"""Does what a unit wrote beside a query explain it?

In:   a text.
Out:  whether it says more than that the figure is right.
Knows nothing of findings and forms.

A reviewer sends "核实无误" back: it says that somebody looked, and not what they saw. What counts is a reason or a
source, however it is wrapped in such phrases.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: What is shorter says nothing that one could hold against the figures, whatever it is; a fact beside a stock phrase may be
#: as short as `3件`.
_SHORTEST, _SHORTEST_FACT = 6, 2

#: What stock phrases are made of: `经我单位核实，数据无误`, `情况属实，特此说明`.
_STOCK = (
    *("本单位", "我单位", "该单位", "我镇", "本镇", "我乡", "本乡", "我局", "本局", "我办", "单位"),
    *("核实", "核对", "核查", "复核", "审核", "查实", "检查", "确认", "再次", "认真", "仔细", "多次", "反复", "经过"),
    *(
        "数据",
        "数字",
        "数值",
        "情况",
        "内容",
        "填报",
        "填写",
        "上报",
        "报表",
        "指标",
        "以上",
        "上述",
        "此项",
        "该项",
        "本项",
    ),
    *("没有问题", "没有错误", "没有误", "无问题", "无错误", "无异常", "无异议", "没问题", "没错", "无误", "不误"),
    *("属实", "正确", "准确", "真实", "可靠", "有效", "正常", "合理", "一致", "相符", "符合", "实际", "如实"),
    *("确实", "确属", "确为", "完全", "全部", "均为", "同上", "同前", "如上", "见上", "不变", "没有", "不适用"),
    *("特此说明", "特此", "说明", "请予通过", "请通过", "请审核", "请核实", "通过", "谢谢", "已阅", "知悉"),
    *"经已均都全确实是为无有略与和及按的了后并且此该本数",
)
_IN_STOCK = re.compile("|".join(sorted(_STOCK, key=len, reverse=True)))


@lru_cache(maxsize=1024)
def counts(text: str) -> bool:
    """Tell whether a text explains something: it is long enough, and not made of stock phrases alone.

    >>> counts("核实无误"), counts("经我单位认真核实，数据无误，情况属实。"), counts("　———　")
    (False, False, False)
    >>> counts("核实无误，3 件是上年结转的"), counts("上年已办结，本年补录")
    (True, True)
    """
    said = _letters(text)
    return len(said) >= _SHORTEST and len(_IN_STOCK.sub("", said)) >= _SHORTEST_FACT


def _letters(text: str) -> str:
    """Leave of a text its letters and digits, in one width.

    >>> _letters("（已 核实，１２件。）")
    '已核实12件'
    """
    return "".join(each for each in unicodedata.normalize("NFKC", text) if each.isalnum())
