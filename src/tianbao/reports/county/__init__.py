"""The county's workbook: what the office signs, and every total of it opens down to a cell of a unit's workbook.

    汇总表 │ the form's own tables │ 单位明细 │ 缺报与免报 │ 审核情况 │ 调整 │ 上年对比 │ 图表 │ 数据 │ 下级来源 │ detail lists

    a total ──formula, link──▶ its line in 单位明细 ──link──▶ file, sheet and cell in which the unit wrote it

In:   a merge, what was found in its parts, and what the office knows beside (`Beside`).
Out:  a workbook that is locked against slips, can be filtered and sorted, and says in every head whether it is whole.
Knows nothing of campaigns.

One module a sheet; `draft` is what all of them share. A total is proved twice: each formula carries our own sum as its
result, and 单位明细 holds our sums once more as numbers, so that any spreadsheet program says whether it agrees.
"""

from tianbao.reports.county.beside import Beside
from tianbao.reports.county.book import write_county
from tianbao.reports.county.sources import Sources, find_sources
from tianbao.reports.county.whole import check_totals

__all__ = ["Beside", "Sources", "check_totals", "find_sources", "write_county"]
