from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest

from tests.records.samples import BAIJIA, DOUCUN, refused, submission
from tianbao.checks.finding import Finding
from tianbao.checks.run import Ruling, check_each, judge, run_checks
from tianbao.expr import evaluate
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Severity
from tianbao.form.names import given
from tianbao.records.model import Note, Submission, Value

IN_FORCE = {"zfxxgk-2021": 2025, "zfxxgk-2019": 2020, "fire-safety": 2025}


@dataclass(frozen=True)
class Broken:
    """What a unit wrote, and what is told of it."""

    form: str
    instance: str
    answers: Mapping[str, Value]
    cells: str
    sides: tuple[Value, Value, Value]
    says: str
    typed_over: Mapping[str, int] = field(default_factory=dict)
    prior: Mapping[str, Value] | None = None
    year: int = 0

    def findings(self) -> dict[str, Finding]:
        year = self.year or IN_FORCE[self.form]
        wrong = submission(self.form, self.answers, year=year, typed_over=self.typed_over)
        last_year = None if self.prior is None else submission(self.form, self.prior, year=year - 1)
        return {finding.instance: finding for finding in run_checks(wrong, prior=last_year)}


BROKEN = [
    Broken(
        "zfxxgk-2021",
        "T2-01",
        {"art20_1.rules.in_force": 2},
        cells="art20_1.rules.issued art20_1.rules.repealed art20_1.rules.in_force",
        sides=(2, 0, 2),
        says="表二（一）项（二、主动公开!C9:E9）：县、乡两级和县级部门不制定规章，规章一行应为 0；现在 0 + 0 + 2 ≠ 0，差 2。规章由部门、省和设区的市制定；如果填的是规范性文件，请移到下一行。",
    ),
    Broken(
        "zfxxgk-2021",
        "T2-02.norm_docs",
        {"art20_1.norm_docs.issued": 5, "art20_1.norm_docs.repealed": 1, "art20_1.norm_docs.in_force": 3},
        cells="art20_1.norm_docs.issued art20_1.norm_docs.repealed art20_1.norm_docs.in_force",
        sides=(4, 3, 1),
        says="表二（一）项“行政规范性文件”行（二、主动公开!C10:E10）：本年制发减去本年废止，不多于现行有效；现在 5 - 1 > 3，差 1。核对“现行有效件数”：本年制发而未废止的都应计入。",
    ),
    Broken(
        "zfxxgk-2021",
        "T2-03",
        {
            "art20_1.rules.issued": 2,
            "art20_1.rules.repealed": 2,
            "art20_1.rules.in_force": 2,
            "art20_1.norm_docs.issued": 2,
            "art20_1.norm_docs.repealed": 2,
            "art20_1.norm_docs.in_force": 2,
        },
        cells="art20_1.rules.issued art20_1.norm_docs.issued art20_1.rules.repealed art20_1.norm_docs.repealed art20_1.rules.in_force art20_1.norm_docs.in_force",
        sides=(None, None, None),
        says="表二（一）项（二、主动公开!C9:E10）：规章与行政规范性文件两行不应完全相同；现在 2 = 2 且 2 = 2 且 2 = 2 且 2 + 2 + 2 > 0。可能把同一组数填了两遍，请核对。",
    ),
    Broken(
        "zfxxgk-2021",
        "T2-04",
        {"art20_8.admin_fees.amount": Decimal("12000.5")},
        cells="art20_8.admin_fees.amount",
        sides=(Decimal("12000.5"), 10000, Decimal("2000.5")),
        says="表二（八）项（二、主动公开!C26）：行政事业性收费以万元为单位，一般不到 10000 万元；现在 12000.5 ≥ 10000，差 2000.5。如果填的是元，请除以 10000。",
    ),
    Broken(
        "zfxxgk-2021",
        "T3-01.natural",
        {"requests.new.natural": 7, "requests.granted.natural": 6},
        cells="requests.new.natural requests.carried_in.natural requests.total.natural requests.carried_out.natural",
        sides=(7, 6, 1),
        says="表三“自然人”列（三、依申请公开!E10:E11、E33:E34）：第一项加第二项之和，等于第三项加第四项之和；现在 7 + 0 ≠ 6 + 0，差 1。先核对“四、结转下年度继续办理”，再核对“（七）总计”各行和新收、上年结转。",
    ),
    Broken(
        "zfxxgk-2021",
        "T3-02.natural",
        {},
        typed_over={"requests.total.natural": 1},
        cells="requests.granted.natural … requests.total.natural (22)",
        sides=(0, 1, -1),
        says="表三“自然人”列（三、依申请公开!E12:E33）：（一）至（六）各行之和等于（七）总计；现在 0（21 项均为 0） ≠ 1，差 1。“（七）总计”由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2021",
        "T3-03.granted",
        {},
        typed_over={"requests.granted.total": 3},
        cells="requests.granted.natural requests.granted.business requests.granted.research requests.granted.nonprofit requests.granted.legal requests.granted.other_org requests.granted.total",
        sides=(0, 3, -3),
        says="表三“（一）予以公开”行（三、依申请公开!E12:K12）：自然人与法人或其他组织五类之和等于总计；现在 0 + 0 + 0 + 0 + 0 + 0 ≠ 3，差 3。“总计”列由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2021",
        "T4-01.review",
        {"remedies.review.upheld": 2},
        typed_over={"remedies.review.total": 1},
        cells="remedies.review.upheld remedies.review.corrected remedies.review.other remedies.review.pending remedies.review.total",
        sides=(2, 1, 1),
        says="表四“行政复议”（四、复议诉讼!B10:F10）：维持、纠正、其他、尚未审结之和等于总计；现在 2 + 0 + 0 + 0 ≠ 1，差 1。“总计”由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2021",
        "K-01",
        {"control.received": 3},
        cells="control.received requests.new.total",
        sides=(3, 0, 3),
        says="核对数、表三（封面!C21；三、依申请公开!K10）：核对数“新收合计”等于表三“总计”列的新收数；现在 3 ≠ 0，差 3。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2021",
        "K-02",
        {"control.carried_in": 2},
        cells="control.carried_in requests.carried_in.total",
        sides=(2, 0, 2),
        says="核对数、表三（封面!C22；三、依申请公开!K11）：核对数“上年结转合计”等于表三“总计”列的上年结转数；现在 2 ≠ 0，差 2。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2021",
        "K-03",
        {"control.closed": 1},
        cells="control.closed requests.total.total",
        sides=(1, 0, 1),
        says="核对数、表三（封面!C23；三、依申请公开!K33）：核对数“办结合计”等于表三“总计”列的办结数；现在 1 ≠ 0，差 1。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2021",
        "K-04",
        {"control.carried_out": 1},
        cells="control.carried_out requests.carried_out.total",
        sides=(1, 0, 1),
        says="核对数、表三（封面!C24；三、依申请公开!K34）：核对数“结转下年度合计”等于表三“总计”列的结转下年度数；现在 1 ≠ 0，差 1。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-01.business",
        {"requests.carried_in.business": 1, "requests.granted.business": 1},
        prior={"requests.new.business": 3, "requests.carried_out.business": 3},
        cells="requests.carried_in.business prior.requests.carried_out.business",
        sides=(1, 3, -2),
        says="表三“商业企业”列（三、依申请公开!F11）：本年“上年结转”等于上年报告的“结转下年度继续办理”；现在 1 ≠ 3，差 2。以上年已发布的报告为准；上年报告有误的，请与县政府办公室联系。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-02.norm_docs",
        {"art20_1.norm_docs.in_force": 3},
        prior={"art20_1.norm_docs.in_force": 2},
        cells="art20_1.norm_docs.in_force art20_1.norm_docs.issued art20_1.norm_docs.repealed prior.art20_1.norm_docs.in_force",
        sides=(3, 2, 1),
        says="表二（一）项“行政规范性文件”行（二、主动公开!C10:E10）：现行有效等于上年现行有效加本年制发减本年废止；现在 3 ≠ 2 + 0 - 0，差 1。自然失效、清理、重新统计会使两边不等，请写明情况。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-05",
        {},
        prior={"requests.new.natural": 3, "requests.granted.natural": 3},
        cells="requests.new.total requests.carried_in.total prior.requests.new.total",
        sides=(None, None, None),
        says="表三（三、依申请公开!K10:K11）：上年收到过申请而本年全部为零，请核实；现在 0 + 0 ≤ 0 且 3 ≠ 0。查登记台账；确无申请的请写明。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-06",
        {},
        prior={"art20_5.licence.decisions": 12, "art20_6.penalty.decisions": 3},
        cells="art20_5.licence.decisions … prior.art20_8.admin_fees.amount (8)",
        sides=(None, None, None),
        says="表二（五）项、表二（六）项、表二（八）项（二、主动公开!C15、C20:C21、C26）：上年有许可、处罚、强制或者收费，本年一般不会全部为零；现在 0 + 0 + 0 + 0 ≤ 0 且 12 + 3 + 0 + 0 ≠ 0。查办件台账补填；全年确实没有发生的请写明。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-07.art20_5.licence",
        {"art20_5.licence.decisions": 1290},
        prior={"art20_5.licence.decisions": 128},
        cells="art20_5.licence.decisions prior.art20_5.licence.decisions",
        sides=(1290, 128, 1162),
        says="表二（五）项“行政许可”行（二、主动公开!C15）：本年与上年的处理决定数量，一般不会正好相差 10 倍、100 倍、1000 倍上下；本年 1290，上年 128。是不是多写或者少写了一个零？请对照台账；数没有写错的，请写明变化的原因。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-08",
        {"art20_8.admin_fees.amount": Decimal(4200)},
        prior={"art20_8.admin_fees.amount": Decimal("0.5")},
        cells="art20_8.admin_fees.amount prior.art20_8.admin_fees.amount",
        sides=(4200, Decimal("0.5"), Decimal("4199.5")),
        says="表二（八）项（二、主动公开!C26）：收费金额与上年一般不会相差上千倍；本年 4200，上年 0.5。多半有一年把元当成万元填了：本年填错的，请除以 10000；上年填错的，请写明。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-09.art20_6.penalty",
        {"art20_5.licence.decisions": 1, "art20_6.penalty.decisions": 360},
        prior={"art20_6.penalty.decisions": 60},
        cells="art20_6.penalty.decisions prior.art20_6.penalty.decisions",
        sides=(360, 60, 300),
        says="表二（六）项“行政处罚”行（二、主动公开!C20）：处理决定数量与上年一般不会相差 5 倍以上（相差不到 50 件的不问）；本年 360，上年 60。请对照台账核对；数没有写错的，请写明变化的原因，如职权调整、集中整治、统计口径变化。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-10",
        {"art20_8.admin_fees.amount": Decimal("35.5")},
        prior={"art20_8.admin_fees.amount": Decimal(270)},
        cells="art20_8.admin_fees.amount prior.art20_8.admin_fees.amount",
        sides=(Decimal("35.5"), 270, Decimal("-234.5")),
        says="表二（八）项（二、主动公开!C26）：收费金额与上年一般不会相差 5 倍以上（相差不到 20 万元的不问）；本年 35.5，上年 270。请与财务核对，看单位是不是万元；数没有写错的，请写明变化的原因。",
    ),
    Broken(
        "zfxxgk-2021",
        "Y-11",
        {"requests.new.natural": 26, "requests.granted.natural": 26},
        prior={"requests.new.natural": 4},
        cells="requests.new.total prior.requests.new.total",
        sides=(26, 4, 22),
        says="表三（三、依申请公开!K10）：新收申请数量与上年一般不会相差 5 倍以上（相差不到 20 件的不问）；本年 26，上年 4。请对照登记台账核对；数没有写错的，请写明变化的原因，如征地拆迁引起的集中申请。",
    ),
    Broken(
        "zfxxgk-2021",
        "P-01",
        {},
        year=2020,
        cells="",
        sides=(2020, 2021, None),
        says="封面：2021年及以后的年度报告用本表样；这份报告是 2020 年度的。请改用这一年度的表样。",
    ),
    Broken(
        "zfxxgk-2021",
        "P-02",
        {"cover.period_start": date(2025, 1, 2)},
        cells="cover.period_start",
        sides=(date(2025, 1, 2), date(2025, 1, 1), 1),
        says="封面“统计期限起”（封面!C12）：统计期限从报告年度1月1日起；现在 2025-01-02 ≠ 2025-01-01，差 1 天。改为1月1日，并按全年口径核对数据。",
    ),
    Broken(
        "zfxxgk-2021",
        "P-03",
        {"cover.period_end": date(2025, 12, 29)},
        cells="cover.period_end",
        sides=(date(2025, 12, 29), date(2025, 12, 31), -2),
        says="封面“统计期限止”（封面!C13）：统计期限到报告年度12月31日止；现在 2025-12-29 ≠ 2025-12-31，差 2 天。改为12月31日，并补上最后几天的数据。",
    ),
    Broken(
        "zfxxgk-2021",
        "P-04",
        {"cover.filled_on": date(2025, 12, 25)},
        cells="cover.filled_on cover.period_end",
        sides=(date(2025, 12, 25), date(2025, 12, 31), -6),
        says="封面（封面!C13、C18）：填报日期在统计期限结束以后；现在 2025-12-25 ≤ 2025-12-31，差 6 天。期限没有结束时数据还会变化：请在期限结束后填报。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-01",
        {"art20_1.rules.public_total": 2},
        cells="art20_1.rules.made_new art20_1.rules.published_new art20_1.rules.public_total",
        sides=(2, 0, 2),
        says="表二（一）项（二、主动公开!C9、E9、G9）：县、乡两级和县级部门不制定规章，规章一行应为 0；现在 0 + 0 + 2 ≠ 0，差 2。规章由部门、省和设区的市制定；如果填的是规范性文件，请移到下一行。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-02.norm_docs",
        {"art20_1.norm_docs.published_new": 2, "art20_1.norm_docs.public_total": 1},
        cells="art20_1.norm_docs.published_new art20_1.norm_docs.public_total",
        sides=(2, 1, 1),
        says="表二（一）项“规范性文件”行（二、主动公开!E10、G10）：本年新公开不多于对外公开总数；现在 2 > 1，差 1。核对“对外公开总数量”：本年新公开的也计入总数。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-03",
        {
            "art20_1.rules.made_new": 2,
            "art20_1.rules.published_new": 2,
            "art20_1.rules.public_total": 2,
            "art20_1.norm_docs.made_new": 2,
            "art20_1.norm_docs.published_new": 2,
            "art20_1.norm_docs.public_total": 2,
        },
        cells="art20_1.rules.made_new art20_1.norm_docs.made_new art20_1.rules.published_new art20_1.norm_docs.published_new art20_1.rules.public_total art20_1.norm_docs.public_total",
        sides=(None, None, None),
        says="表二（一）项（二、主动公开!C9:C10、E9:E10、G9:G10）：规章与规范性文件两行不应完全相同；现在 2 = 2 且 2 = 2 且 2 = 2 且 2 + 2 + 2 > 0。可能把同一组数填了两遍，请核对。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-05.art20_6.penalty",
        {"art20_6.penalty.prev_items": 20, "art20_6.penalty.delta": -8, "art20_6.penalty.decisions": 12},
        cells="art20_6.penalty.delta art20_6.penalty.decisions art20_6.penalty.prev_items",
        sides=(None, None, None),
        says="表二（六）项“行政处罚”行（二、主动公开!C21、E21、G21）：处理决定数量是办理件数，不是上一年项目数量加本年增减；现在 -8 ≠ 0 且 12 = 20 + (-8)。处理决定数量请按全年办件数填写。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-06.procurement",
        {"art20_9.procurement.projects": 2, "art20_9.procurement.amount": Decimal(0)},
        cells="art20_9.procurement.projects art20_9.procurement.amount",
        sides=(None, None, None),
        says="表二（九）项“政府集中采购”行（二、主动公开!C32、F32）：采购项目数量与采购总金额同时为 0 或者同时大于 0；现在 2 ≠ 0 且 0 ≤ 0。补填缺的一项；金额以万元为单位。",
    ),
    Broken(
        "zfxxgk-2019",
        "T2-07",
        {"art20_9.procurement.projects": 2, "art20_9.procurement.amount": Decimal(118000)},
        cells="art20_9.procurement.amount",
        sides=(118000, 10000, 108000),
        says="表二（九）项（二、主动公开!F32）：采购总金额以万元为单位，一般不到 10000 万元；现在 118000 ≥ 10000，差 108000。如果填的是元，请除以 10000。",
    ),
    Broken(
        "zfxxgk-2019",
        "T3-01.legal",
        {"requests.carried_in.legal": 2, "requests.other.legal": 1},
        cells="requests.new.legal requests.carried_in.legal requests.total.legal requests.carried_out.legal",
        sides=(2, 1, 1),
        says="表三“法律服务机构”列（三、依申请公开!I10:I11、I31:I32）：第一项加第二项之和，等于第三项加第四项之和；现在 0 + 2 ≠ 1 + 0，差 1。先核对“四、结转下年度继续办理”，再核对“（七）总计”各行和新收、上年结转。",
    ),
    Broken(
        "zfxxgk-2019",
        "T3-02.natural",
        {},
        typed_over={"requests.total.natural": 1},
        cells="requests.granted.natural … requests.total.natural (20)",
        sides=(0, 1, -1),
        says="表三“自然人”列（三、依申请公开!E12:E31）：（一）至（六）各行之和等于（七）总计；现在 0（19 项均为 0） ≠ 1，差 1。“（七）总计”由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2019",
        "T3-03.other",
        {},
        typed_over={"requests.other.total": 3},
        cells="requests.other.natural requests.other.business requests.other.research requests.other.nonprofit requests.other.legal requests.other.other_org requests.other.total",
        sides=(0, 3, -3),
        says="表三“（六）其他处理”行（三、依申请公开!E30:K30）：自然人与法人或其他组织五类之和等于总计；现在 0 + 0 + 0 + 0 + 0 + 0 ≠ 3，差 3。“总计”列由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2019",
        "T4-01.post_review",
        {"remedies.post_review.pending": 2},
        typed_over={"remedies.post_review.total": 0},
        cells="remedies.post_review.upheld remedies.post_review.corrected remedies.post_review.other remedies.post_review.pending remedies.post_review.total",
        sides=(2, 0, 2),
        says="表四“复议后起诉”（四、复议诉讼!L10:P10）：维持、纠正、其他、尚未审结之和等于总计；现在 0 + 0 + 0 + 2 ≠ 0，差 2。“总计”由公式计算：请恢复公式，不要在这一格里填数。",
    ),
    Broken(
        "zfxxgk-2019",
        "K-01",
        {"control.received": 3},
        cells="control.received requests.new.total",
        sides=(3, 0, 3),
        says="核对数、表三（封面!C21；三、依申请公开!K10）：核对数“新收合计”等于表三“总计”列的新收数；现在 3 ≠ 0，差 3。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2019",
        "K-02",
        {"control.carried_in": 2},
        cells="control.carried_in requests.carried_in.total",
        sides=(2, 0, 2),
        says="核对数、表三（封面!C22；三、依申请公开!K11）：核对数“上年结转合计”等于表三“总计”列的上年结转数；现在 2 ≠ 0，差 2。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2019",
        "K-03",
        {"control.closed": 1},
        cells="control.closed requests.total.total",
        sides=(1, 0, 1),
        says="核对数、表三（封面!C23；三、依申请公开!K31）：核对数“办结合计”等于表三“总计”列的办结数；现在 1 ≠ 0，差 1。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2019",
        "K-04",
        {"control.carried_out": 1},
        cells="control.carried_out requests.carried_out.total",
        sides=(1, 0, 1),
        says="核对数、表三（封面!C24；三、依申请公开!K32）：核对数“结转下年度合计”等于表三“总计”列的结转下年度数；现在 1 ≠ 0，差 1。对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-01.natural",
        {"requests.carried_in.natural": 1, "requests.granted.natural": 1},
        prior={},
        cells="requests.carried_in.natural prior.requests.carried_out.natural",
        sides=(1, 0, 1),
        says="表三“自然人”列（三、依申请公开!E11）：本年“上年结转”等于上年报告的“结转下年度继续办理”；现在 1 ≠ 0，差 1。以上年已发布的报告为准；上年报告有误的，请与县政府办公室联系。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-03.art20_5.licence",
        {"art20_5.licence.prev_items": 5},
        prior={"art20_5.licence.prev_items": 9, "art20_5.licence.delta": -2},
        cells="art20_5.licence.prev_items prior.art20_5.licence.prev_items prior.art20_5.licence.delta",
        sides=(5, 7, -2),
        says="表二（五）项“行政许可”行（二、主动公开!C15）：上一年项目数量等于上年报告的上一年项目数量加增减；现在 5 ≠ 9 + (-2)，差 2。对照上年报告核对；确有清理调整的请写明。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-04.norm_docs",
        {"art20_1.norm_docs.public_total": 3},
        prior={"art20_1.norm_docs.public_total": 5},
        cells="art20_1.norm_docs.public_total prior.art20_1.norm_docs.public_total",
        sides=(3, 5, -2),
        says="表二（一）项“规范性文件”行（二、主动公开!G10）：对外公开总数量一般不少于上年；现在 3 < 5，差 2。减少的请写明废止、清理的件数。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-05",
        {},
        prior={"requests.new.natural": 3, "requests.granted.natural": 3},
        cells="requests.new.total requests.carried_in.total prior.requests.new.total",
        sides=(None, None, None),
        says="表三（三、依申请公开!K10:K11）：上年收到过申请而本年全部为零，请核实；现在 0 + 0 ≤ 0 且 3 ≠ 0。查登记台账；确无申请的请写明。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-06",
        {},
        prior={"art20_5.other_services.decisions": 40},
        cells="art20_5.licence.decisions … prior.art20_6.coercion.decisions (8)",
        sides=(None, None, None),
        says="表二（五）项、表二（六）项（二、主动公开!G15:G16、G21:G22）：上年有许可、其他服务、处罚或者强制，本年一般不会全部为零；现在 0 + 0 + 0 + 0 ≤ 0 且 0 + 40 + 0 + 0 ≠ 0。查办件台账补填；全年确实没有发生的请写明。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-07.art20_6.penalty",
        {"art20_6.penalty.decisions": 7},
        prior={"art20_6.penalty.decisions": 690},
        cells="art20_6.penalty.decisions prior.art20_6.penalty.decisions",
        sides=(7, 690, -683),
        says="表二（六）项“行政处罚”行（二、主动公开!G21）：本年与上年的处理决定数量，一般不会正好相差 10 倍、100 倍、1000 倍上下；本年 7，上年 690。是不是多写或者少写了一个零？请对照台账；数没有写错的，请写明变化的原因。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-08",
        {"art20_9.procurement.amount": Decimal("12.5"), "art20_9.procurement.projects": 3},
        prior={"art20_9.procurement.amount": Decimal(118000), "art20_9.procurement.projects": 3},
        cells="art20_9.procurement.amount prior.art20_9.procurement.amount",
        sides=(Decimal("12.5"), 118000, Decimal("-117987.5")),
        says="表二（九）项（二、主动公开!F32）：采购总金额与上年一般不会相差上千倍；本年 12.5，上年 118000。多半有一年把元当成万元填了：本年填错的，请除以 10000；上年填错的，请写明。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-09.art20_5.other_services",
        {"art20_5.licence.decisions": 1, "art20_5.other_services.decisions": 0},
        prior={"art20_5.other_services.decisions": 70},
        cells="art20_5.other_services.decisions prior.art20_5.other_services.decisions",
        sides=(0, 70, -70),
        says="表二（五）项“其他对外管理服务事项”行（二、主动公开!G16）：处理决定数量与上年一般不会相差 5 倍以上（相差不到 50 件的不问）；本年 0，上年 70。请对照台账核对；数没有写错的，请写明变化的原因，如职权调整、集中整治、统计口径变化。",
    ),
    Broken(
        "zfxxgk-2019",
        "Y-11",
        {"requests.new.natural": 2, "requests.granted.natural": 2},
        prior={"requests.new.natural": 31},
        cells="requests.new.total prior.requests.new.total",
        sides=(2, 31, -29),
        says="表三（三、依申请公开!K10）：新收申请数量与上年一般不会相差 5 倍以上（相差不到 20 件的不问）；本年 2，上年 31。请对照登记台账核对；数没有写错的，请写明变化的原因，如征地拆迁引起的集中申请。",
    ),
    Broken(
        "zfxxgk-2019",
        "P-01",
        {},
        year=2023,
        cells="",
        sides=(2023, 2020, None),
        says="封面：2019、2020年度的报告用本表样；2021年起已由新表样取代；这份报告是 2023 年度的。请改用现行表样（zfxxgk-2021）重新填报，或请县政府办公室确认。",
    ),
    Broken(
        "zfxxgk-2019",
        "P-02",
        {"cover.period_start": date(2020, 1, 2)},
        cells="cover.period_start",
        sides=(date(2020, 1, 2), date(2020, 1, 1), 1),
        says="封面“统计期限起”（封面!C12）：统计期限从报告年度1月1日起；现在 2020-01-02 ≠ 2020-01-01，差 1 天。改为1月1日，并按全年口径核对数据。",
    ),
    Broken(
        "zfxxgk-2019",
        "P-03",
        {"cover.period_end": date(2020, 12, 29)},
        cells="cover.period_end",
        sides=(date(2020, 12, 29), date(2020, 12, 31), -2),
        says="封面“统计期限止”（封面!C13）：统计期限到报告年度12月31日止；现在 2020-12-29 ≠ 2020-12-31，差 2 天。改为12月31日，并补上最后几天的数据。",
    ),
    Broken(
        "zfxxgk-2019",
        "P-04",
        {"cover.filled_on": date(2020, 12, 25)},
        cells="cover.filled_on cover.period_end",
        sides=(date(2020, 12, 25), date(2020, 12, 31), -6),
        says="封面（封面!C13、C18）：填报日期在统计期限结束以后；现在 2020-12-25 ≤ 2020-12-31，差 6 天。期限没有结束时数据还会变化：请在期限结束后填报。",
    ),
    Broken(
        "fire-safety",
        "X1-01.rented",
        {"inspections.rented.inspected": 3, "inspections.rented.visits": 3, "inspections.rented.places": 2},
        cells="inspections.rented.inspected inspections.rented.places",
        sides=(3, 2, 1),
        says="表一“出租房屋”行（一、检查情况!D10、F10）：已检查场所不多于场所总数；现在 3 > 2，差 1。同一场所检查多次只计一处，次数填在“检查次数”。",
    ),
    Broken(
        "fire-safety",
        "X1-02.factory",
        {"inspections.factory.found": 3, "inspections.factory.fixed": 5},
        cells="inspections.factory.fixed inspections.factory.found",
        sides=(5, 3, 2),
        says="表一“厂房、仓库”行（一、检查情况!I11:J11）：已整改不多于发现的隐患；现在 5 > 3，差 2。整改上季遗留隐患的，在工作说明中写明，不计入本格。",
    ),
    Broken(
        "fire-safety",
        "X1-03.public",
        {"inspections.public.places": 4, "inspections.public.inspected": 4, "inspections.public.visits": 3},
        cells="inspections.public.visits inspections.public.inspected",
        sides=(3, 4, -1),
        says="表一“商场、宾馆、学校”行（一、检查情况!F9:G9）：检查次数不少于已检查场所数；现在 4 > 0 时 3 < 4，差 1。没有检查的，次数填 0。",
    ),
    Broken(
        "fire-safety",
        "X1-04.factory",
        {"inspections.factory.places": 4, "inspections.factory.change": -1},
        prior={"inspections.factory.places": 6},
        cells="inspections.factory.places inspections.factory.change prior.inspections.factory.places",
        sides=(4, 5, -1),
        says="表一“厂房、仓库”行（一、检查情况!D11:E11）：场所总数等于上季总数加增减；现在 4 ≠ 6 + (-1)，差 1。重新登记造成的差别请写明。",
    ),
    Broken(
        "fire-safety",
        "X2-01",
        {"hazards.1.place": "商场"},
        cells="hazards.1.place hazards.1.fixed",
        sides=(1, 0, 1),
        says="表二（二、重大隐患!C8、F8）：明细每一条都选了“是否整改”；现在 1 ≠ 0 + 0，差 1。逐条选择“是”或“否”。",
    ),
    Broken(
        "fire-safety",
        "X2-02",
        {"hazards.1.place": "商场", "hazards.1.fixed": "否"},
        cells="hazards.1.fixed inspections.total.open",
        sides=(1, 0, 1),
        says="表二、表一（二、重大隐患!F8；一、检查情况!K13）：明细中未整改的不多于表一“未整改”合计；现在 1 > 0，差 1。表一补计重大隐患，或者更正明细。",
    ),
    Broken(
        "fire-safety",
        "X2-03",
        {"hazards.1.place": "商场", "hazards.1.fixed": "是", "hazards.1.cost": Decimal("600.5")},
        cells="hazards.1.cost",
        sides=(Decimal("600.5"), 500, Decimal("100.5")),
        says="表二（二、重大隐患!G8）：整改投入合计一般不超过 500 万元；现在 600.5（其余 19 项为 0） > 500，差 100.5。以万元为单位；如果填的是元，请除以 10000。",
    ),
    Broken(
        "fire-safety",
        "K-01",
        {"control.visited": 3},
        cells="control.visited inspections.total.visits",
        sides=(3, 0, 3),
        says="核对数、表一（封面!C19；一、检查情况!G13）：核对数“检查次数”等于表一合计；现在 3 ≠ 0，差 3。对照检查记录本逐类核对。",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.form}-{broken.instance}")
def test_each_check_tells_its_cells_both_sides_and_the_difference(broken: Broken) -> None:
    finding = broken.findings()[broken.instance]

    assert named(finding) == broken.cells
    assert (finding.left, finding.right, finding.imbalance) == broken.sides
    assert finding.message("zh") == broken.says


@pytest.mark.parametrize("name", bundled_forms())
def test_every_check_of_every_form_has_its_example(name: str) -> None:
    codes = {check.code for check in load_form(name).checks if not check.code.startswith("C-")}

    assert {broken.instance.partition(".")[0] for broken in BROKEN if broken.form == name} == codes


@pytest.mark.parametrize("name", bundled_forms())
def test_a_right_report_has_no_findings(name: str) -> None:
    year = IN_FORCE[name]
    right = submission(name, year=year)
    last_year = submission(name, year=year - 1)

    assert run_checks(right, prior=last_year) == ()
    assert set(judge(right, prior=last_year).rulings[0].values()) == {Ruling.HOLDS, Ruling.NOT_ASKED}


def test_says_the_same_in_english() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.granted.natural": 6})

    assert run_checks(wrong)[0].message("en") == (
        "表三, column “自然人” (三、依申请公开!E10:E11, E33:E34): items one and two together equal items three (total) and four together; "
        "now 7 + 0 ≠ 6 + 0, off by 1. Check item four (carried over to next year) first, "
        "then the outcomes behind the total, then new and carried-in requests."
    )


def test_is_a_document_for_programs() -> None:
    wrong = submission("zfxxgk-2021", {"art20_8.admin_fees.amount": Decimal("12000.50")}, file="一.xlsx")

    assert run_checks(wrong)[0].as_dict("zh") == {
        "code": "T2-04",
        "severity": "query",
        "instance": "T2-04",
        "file": "一.xlsx",
        "unit": "140922018",
        "cells": [
            {
                "key": "art20_8.admin_fees.amount",
                "at": address("zfxxgk-2021", "art20_8.admin_fees.amount"),
                "value": "12000.50",
            }
        ],
        "left": "12000.50",
        "right": 10000,
        "imbalance": "2000.50",
        "rule": "art20_8.admin_fees.amount < 10000",
        "message": "表二（八）项（二、主动公开!C26）：行政事业性收费以万元为单位，一般不到 10000 万元；现在 12000.50 ≥ 10000，差 2000.50。如果填的是元，请除以 10000。",
        "explanation": "",
        "explained": False,
        "decision": None,
        "suspects": [],
        "follows": None,
    }


def test_an_amount_is_text_for_programs_even_where_it_is_whole() -> None:
    wrong = submission("zfxxgk-2021", {"art20_8.admin_fees.amount": 12000})

    (cell,) = run_checks(wrong)[0].cells

    assert (cell.value, type(cell.value)) == (12000, Decimal)


def test_counts_the_blank_cells_of_a_table_and_names_them_with_their_neighbours() -> None:
    blank = [f"requests.{row}.natural" for row in ("new", "carried_in", "granted", "partial", "denied_secret")]
    blank += ["requests.denied_law.natural", "requests.denied_law.business"]
    form = load_form("zfxxgk-2021")

    finding = run_checks(submission(form, blank=blank))[0]

    assert finding.instance == "C-01.requests"
    assert [cell.key for cell in finding.cells] == [key for key in form.by_key if key in blank]
    assert (finding.left, finding.right, finding.imbalance) == (137, 144, -7)
    assert finding.message("zh") == (
        "表三：有 7 格没有填写（三、依申请公开!E10:E15、F15）。没有发生的填 0；全部为零的在封面选择“零报告”。"
    )


def test_names_no_more_than_the_first_six_places() -> None:
    every_other = [f"requests.{row.key}.natural" for row in load_form("zfxxgk-2021").table("requests").rows[:13:2]]

    finding = run_checks(submission("zfxxgk-2021", blank=every_other))[0]

    assert finding.message("zh").startswith("表三：有 7 格没有填写（三、依申请公开!E10、E12、E14、E16、E18、E20 等）。")
    assert finding.message("en").startswith(
        "表三: 7 cell(s) not filled (三、依申请公开!E10, E12, E14, E16, E18, E20 and more). "
    )


def test_cells_that_never_stood_in_a_workbook_are_not_named() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7}, blank=["requests.granted.legal"])
    printed = {key: answer._replace(sheet="", cell="") for key, answer in wrong.answers.items()}

    findings = run_checks(replace(wrong, answers=printed))

    said = {finding.instance: finding.message("zh") for finding in findings}
    assert said["C-01.requests"].startswith("表三：有 1 格没有填写。")
    assert said["T3-01.natural"].startswith("表三“自然人”列：第一项加第二项之和，")


def test_a_report_of_another_year_is_off_by_nothing() -> None:
    (finding,) = run_checks(submission("zfxxgk-2019", year=2023))

    assert (finding.left, finding.right, finding.imbalance) == (2023, 2020, None)
    assert finding.message("en") == (
        "封面 (cover): this layout is for the report years 2019 and 2020; a new one has been in force since 2021; "
        "this report is for 2023. Fill in the layout in force (zfxxgk-2021), or ask the county office to confirm."
    )


def test_a_wholly_blank_table_is_one_sentence() -> None:
    form = load_form("zfxxgk-2021")

    finding = run_checks(submission(form, blank=[cell.key for cell in form.table("remedies").inputs()]))[0]

    assert finding.message("zh") == "表四：整张表没有填写。没有发生的填 0；全部为零的在封面选择“零报告”。"
    assert finding.message("en") == (
        "表四: the whole table is not filled. "
        "Write 0 where nothing happened; if all is zero, choose the zero report on the cover."
    )


def test_a_table_that_may_be_left_out_is_asked_for_as_a_whole_once_begun() -> None:
    begun = submission("zfxxgk-2019", {"art20_9.procurement.projects": 2}, year=2020)

    finding = run_checks(begun)[0]

    assert (finding.instance, named(finding)) == ("C-01.art20_9", "art20_9.procurement.amount")
    assert (finding.left, finding.right) == (1, 2)


def test_a_declared_zero_report_may_leave_everything_blank() -> None:
    assert run_checks(submission("zfxxgk-2021", {"cover.zero_report": "是"})) == ()


def test_a_declared_zero_report_has_no_other_number() -> None:
    form = load_form("zfxxgk-2021")
    declared: dict[str, Value] = {"cover.zero_report": "是", "requests.new.natural": 3, "requests.granted.natural": 3}

    (finding,) = run_checks(submission(form, declared))

    assert named(finding) == "cover.zero_report requests.new.natural requests.granted.natural"
    assert (finding.left, finding.right, finding.imbalance) == (2, 0, 2)
    assert finding.message("zh").startswith("封面、表二（一）项、表二（五）项")
    assert "选择了零报告，表内却有 2 格填了不是零的数（三、依申请公开!E10、E12）。" in finding.message("zh")


def test_a_section_without_content_is_a_query() -> None:
    (finding,) = run_checks(submission("zfxxgk-2021", blank=["text.problems.1"]))

    assert (finding.instance, finding.severity) == ("C-03.problems", Severity.QUERY)
    assert finding.message("zh") == (
        "文字部分“五、存在的主要问题及改进情况”（文字部分!B38:B51）：没有内容。按提示写出实际情况，一段一行。"
    )


def test_blank_fields_of_the_cover_are_named() -> None:
    (finding,) = run_checks(submission("zfxxgk-2021", blank=["cover.leader", "cover.telephone"]))

    assert (finding.instance, named(finding)) == ("C-04", "cover.leader cover.telephone")
    assert finding.message("zh") == "封面：有 2 项没有填写（单位负责人、联系电话）。补填封面上的空格。"


def test_a_value_that_could_not_be_read_is_a_finding_and_not_a_blank_as_well() -> None:
    key = "requests.new.natural"
    note = Note("V-UNREADABLE", Severity.ERROR, "三、依申请公开!E10", key, "七八件")
    told = Note(
        "V-GROUPED", Severity.NOTE, "三、依申请公开!E11", "requests.carried_in.natural", "1,000", {"value": 1000}
    )

    (finding,) = run_checks(submission("zfxxgk-2021", unreadable=[key], notes=(told, note)))

    assert (finding.code, finding.instance, finding.severity) == ("V-UNREADABLE", f"V-UNREADABLE.{key}", Severity.ERROR)
    assert [(cell.key, cell.at, cell.value) for cell in finding.cells] == [(key, "三、依申请公开!E10", "七八件")]
    assert finding.message("zh") == (
        "三、依申请公开!E10：“七八件”不是一个确定的数，没有采用。 请只填一个阿拉伯数字，说明写到文字部分。"
    )


def test_errors_stand_before_queries_and_submissions_in_their_order() -> None:
    first = submission("zfxxgk-2021", {"art20_1.rules.in_force": 2, "control.closed": 1}, file="一.xlsx")
    second = submission("fire-safety", {"control.visited": 3}, unit=DOUCUN, file="二.xlsx")

    findings = run_checks([first, refused("说明.pdf"), second])

    assert [(finding.file, finding.instance) for finding in findings] == [
        ("一.xlsx", "K-03"),
        ("一.xlsx", "T2-01"),
        ("二.xlsx", "K-01"),
    ]


def test_an_explanation_comes_with_its_query() -> None:
    explained = submission("zfxxgk-2021", {"art20_1.rules.in_force": 2}, explanations={"T2-01": "市政府规章"})

    assert run_checks(explained)[0].explanation == "市政府规章"


def test_last_year_is_matched_by_the_code_of_the_unit() -> None:
    wrong = submission("zfxxgk-2021", {"requests.carried_in.natural": 1, "requests.granted.natural": 1})

    assert run_checks(wrong) == ()
    assert run_checks(wrong, prior=[submission("zfxxgk-2021", year=2024, unit=DOUCUN)]) == ()
    assert [
        finding.instance for finding in run_checks(wrong, prior=[submission("zfxxgk-2021", year=2024, unit=BAIJIA)])
    ] == ["Y-01.natural", "Y-01.total"]


def test_last_year_in_another_layout_is_asked_for_what_both_have() -> None:
    this_year = submission("zfxxgk-2021", {"requests.carried_in.natural": 1, "requests.granted.natural": 1}, year=2021)
    last_year = submission("zfxxgk-2019", year=2020)

    rulings = judge(this_year, prior=last_year).rulings[0]

    assert (rulings["Y-01.natural"], rulings["Y-02.norm_docs"]) == (Ruling.BROKEN, Ruling.NOT_ASKED)


LICENCE, PENALTY, FEES = "art20_5.licence.decisions", "art20_6.penalty.decisions", "art20_8.admin_fees.amount"


@pytest.mark.parametrize(
    ("key", "last_year", "this_year", "told"),
    [
        (LICENCE, 2, 9, []),  # a small township
        (LICENCE, 12, 61, []),  # more than five times, and fewer than 50 more
        (LICENCE, 12, 62, ["Y-09"]),
        (LICENCE, 62, 12, ["Y-09"]),
        (LICENCE, 60, 300, []),  # five times
        (LICENCE, 60, 301, ["Y-09"]),
        (LICENCE, 0, 50, ["Y-09"]),
        (LICENCE, 4, 40, []),  # ten times, and fewer than 50 more
        (LICENCE, 128, 1280, ["Y-07"]),  # a zero too many, and no jump besides
        (LICENCE, 128, 1536, ["Y-07"]),  # within a fifth of ten times
        (LICENCE, 128, 1537, ["Y-09"]),
        (LICENCE, 517645, 5176, ["Y-07"]),  # two digits too few
        (LICENCE, 517645, 528000, []),
        (FEES, "0.092", "0.092", []),
        (FEES, "312.48", "486.35", []),
        (FEES, 3, 19, []),  # more than five times, and less than 20 more
        (FEES, 3, 30, ["Y-10"]),
        (FEES, "0.35", 3500, ["Y-08"]),  # yuan, and no jump besides
        (FEES, 3500, "0.35", ["Y-08"]),  # yuan last year
        (FEES, "48.635", 486350, ["T2-04"]),  # yuan, and told without last year's
        (FEES, "0.0005", "0.6", []),  # five yuan and six thousand
        (FEES, 0, 270, ["Y-10"]),
    ],
)
def test_a_figure_that_leaps_from_last_year_is_told_once(
    key: str, last_year: int | str, this_year: int | str, told: list[str]
) -> None:
    before = submission("zfxxgk-2021", {PENALTY: 1, key: Decimal(last_year)}, year=2024)
    now = submission("zfxxgk-2021", {PENALTY: 1, key: Decimal(this_year)})

    findings = run_checks(now, prior=before)

    assert [finding.code for finding in findings] == told
    assert all(key in [cell.key for cell in finding.cells] for finding in findings)


def test_a_line_that_falls_to_zero_is_told_alone_and_all_of_them_as_one() -> None:
    before = submission("zfxxgk-2021", {LICENCE: 300, PENALTY: 60, FEES: Decimal(35)}, year=2024)
    without_licences = submission("zfxxgk-2021", {PENALTY: 55, FEES: Decimal(40)})
    without_any = submission("zfxxgk-2021")

    assert [finding.instance for finding in run_checks(without_licences, prior=before)] == ["Y-09.art20_5.licence"]
    assert [finding.instance for finding in run_checks(without_any, prior=before)] == ["Y-06"]


def test_requests_that_leap_are_no_finding_beside_an_identity_that_does_not_hold() -> None:
    before = submission("zfxxgk-2021", {"requests.new.natural": 4, "requests.granted.natural": 4}, year=2024)
    leap = submission("zfxxgk-2021", {"requests.new.natural": 120, "requests.granted.natural": 120})
    slip = submission("zfxxgk-2021", {"requests.new.natural": 120, "requests.granted.natural": 12})
    none = submission("zfxxgk-2021")

    assert [finding.code for finding in run_checks(leap, prior=before)] == ["Y-11"]
    assert [finding.code for finding in run_checks(slip, prior=before) if finding.follows is None] == ["T3-01"]
    assert [finding.code for finding in run_checks(none, prior=before)] == ["Y-05"]


def test_a_leap_is_told_with_the_figures_of_both_years_in_english_too() -> None:
    before = submission("zfxxgk-2021", {FEES: Decimal("0.5")}, year=2024)

    (finding,) = run_checks(submission("zfxxgk-2021", {FEES: Decimal(4200)}), prior=before)

    assert finding.message("en") == (
        "表二（八）项 (二、主动公开!C26): fees and last year’s are not a thousand times apart; "
        "4200 this year, 0.5 last year. In one of the years the amount may be in yuan: "
        "if it is this year’s, divide it by 10,000; if it was last year’s, say so."
    )


def test_what_depends_on_a_number_typed_over_a_formula_is_judged_as_the_sheet_shows_it() -> None:
    typed_over = {"requests.new.total": 5}

    rulings = judge(submission("zfxxgk-2021", {"control.received": 5}, typed_over=typed_over)).rulings[0]

    assert rulings["K-01"] is Ruling.HOLDS
    assert rulings["T3-03.new"] is Ruling.BROKEN


@pytest.mark.parametrize("name", bundled_forms())
def test_many_at_once_are_judged_as_each_alone_and_as_the_exact_computation_does(name: str) -> None:
    wrong: Sequence[Submission] = [
        submission(name, broken.answers, year=IN_FORCE[name], unit=None) for broken in BROKEN if broken.form == name
    ]

    together = judge(wrong).rulings

    assert together == tuple(judge(one).rulings[0] for one in wrong)
    for one, rulings in zip(wrong, together, strict=True):
        figures = {key: figure(value) for key, value in one.values.items()}
        figures |= {cell.key: figure(one[cell.key]) for cell in load_form(name).controls} | given(IN_FORCE[name])
        for instance in load_form(name).instances:
            if instance.id[0] in "TX" and instance.asked is None:
                assert (rulings[instance.id] is Ruling.HOLDS) is evaluate(instance.rule, figures.get), instance.id


def named(finding: Finding) -> str:
    """Write the keys of a finding's cells; of many the first, the last and their number."""
    keys = [cell.key for cell in finding.cells]
    return " ".join(keys) if len(keys) < 8 else f"{keys[0]} … {keys[-1]} ({len(keys)})"


def address(form: str, key: str) -> str:
    record = submission(form, year=IN_FORCE[form]).cell(key)
    return str(record.origin)


def figure(value: Value) -> int | Decimal | str | None:
    return None if isinstance(value, date) else value


def test_what_does_not_apply_is_not_lacking() -> None:
    key = "requests.new.natural"
    table = [cell.key for cell in load_form("zfxxgk-2021").table("art20_1").inputs()]

    assert run_checks(submission("zfxxgk-2021", not_applicable=[key, *table])) == ()
    (finding,) = run_checks(submission("zfxxgk-2021", not_applicable=[key], blank=["requests.new.business"]))
    assert [cell.key for cell in finding.cells] == ["requests.new.business"]


# ── several files of one unit ────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_found_in_a_report_is_not_told_again_of_its_copy() -> None:
    wrong: dict[str, Value] = {"requests.new.natural": 7, "requests.granted.natural": 6}
    first = submission("zfxxgk-2021", wrong, file="一.xlsx")
    again = submission("zfxxgk-2021", wrong, file="二.xlsx")

    assert [(f.file, f.code) for f in run_checks([again, first])] == [
        ("二.xlsx", "M-AGAIN"),
        ("一.xlsx", "T3-01"),
        ("一.xlsx", "T3-01"),
    ]


def test_what_was_done_to_a_copy_alone_is_told_of_it() -> None:
    facts = {"value": "5", "size": "5"}
    typed_over = Note("R-OVERWRITTEN", Severity.QUERY, "三、依申请公开!K10", "requests.new.total", "0", facts)
    first = submission("zfxxgk-2021", file="一.xlsx")
    again = submission("zfxxgk-2021", file="二.xlsx", notes=(typed_over,))

    assert [(f.file, f.code) for f in run_checks([first, again])] == [
        ("二.xlsx", "R-OVERWRITTEN"),
        ("二.xlsx", "M-AGAIN"),
    ]


def test_reports_that_differ_are_an_error_of_each_and_both_are_checked() -> None:
    first = submission("zfxxgk-2021", {"requests.new.natural": 7}, file="一.xlsx")
    second = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="二.xlsx")

    found = check_each([first, second])

    assert [[f.instance for f in own if f.follows is None] for own in found] == [["M-TWICE", "T3-01.natural"]] * 2
    assert {f.severity for own in found for f in own if f.code == "M-TWICE"} == {Severity.ERROR}
