"""A round of a county office, as a list of steps, each of which is done only where it has not been done yet.

    prepare ──▶ a fresh campaign + what the units send ──do──▶ the campaign, with the whole round in it

Whoever is killed in the middle does it again: what is there already is seen by the campaign itself.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.campaign.office import begin, code, put, returned, zipped
from tests.campaign.post import Box, append_account, letter
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.events import EventKind

#: A report in which something must be mended, one in which something must be explained, and one without a fault.
WRONG: dict[str, Any] = {"inspections__public__places": 5, "inspections__public__inspected": 7}
DOUBTFUL: dict[str, Any] = {"inspections__public__places": 5, "inspections__public__inspected": 3}
SOUND: dict[str, Any] = {"inspections__public__places": 5}
VISITS: dict[str, Any] = {"inspections__public__visits": 9}

_OTHERS_SECRET = "ab" * 32


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        fresh: a campaign that was only begun; each run starts with a copy of it.
        first: what the units send at first.
        second: what they send after something was sent back.
        claimed: workbooks that nobody can tell whose they are, by SHA-256, and the number of their unit.
        accepted: the number of the unit whose explanation the office accepts.
        exempt: the numbers of the units that the office exempts; the last one by mistake.
        mails: what comes into the mailbox.
    """

    fresh: Path
    first: Path
    second: Path
    claimed: dict[str, int]
    accepted: int
    exempt: tuple[int, int]
    mails: tuple[bytes, ...]

    def copy(self, folder: Path) -> Path:
        """Begin anew in a folder."""
        return shutil.copytree(self.fresh, folder)


def prepare(folder: Path, units: int) -> Plan:
    """Begin a campaign, and make what the units send; at least six of them."""
    first, second = folder / "第一批", folder / "第二批"
    with begin(folder / "开始", units) as campaign:
        sent = {n: returned(campaign, n, **_answers(n)) for n in range(1, units - 1)}
        unsigned = returned(campaign, units - 2, turn=None, **SOUND)
        forged = returned(campaign, units - 3, secret=_OTHERS_SECRET, **SOUND)
        singles = [n for n in sent if n < units - 3 and n % 5]
        zipped_ones = [n for n in sent if n < units - 3 and not n % 5]
        for n in singles:
            put(first, f"第{n}镇年报.xlsx", sent[n])
        put(first, "一起交.zip", zipped([(f"{n}/年报(1).xlsx", sent[n]) for n in zipped_ones]))
        put(first, "不知道是谁的.xlsx", unsigned)
        put(first, "别处发的.xlsx", forged)
        put(first, "副本/第1镇年报 - 副本.xlsx", sent[1])
        put(first, "第2镇 另一份.xlsx", returned(campaign, 2, **SOUND, inspections__rented__places=1))
        put(first, "扫描件.pdf", b"%PDF-1.7\n%\n")
        put(first, "坏的.xlsx", sent[1][: len(sent[1]) // 2])
        for n in sent:
            if n < units - 3 and n % 3 == 1:
                put(second, f"第{n}镇 改好.xlsx", returned(campaign, n, turn=1, **_mended(n)))
        put(second, "第1镇 早先填的.xlsx", returned(campaign, 1, **SOUND, inspections__rented__places=2))
        put(second, "第1镇年报.xlsx", sent[1])
        put(second, "第3镇 又一份.zip", zipped([("第3镇.xlsx", sent[3])]))
        mails = (
            letter(("第3镇 寄来.xlsx", returned(campaign, 3, **SOUND, inspections__rented__places=3)), unit=3),
            letter(("第1镇年报.xlsx", sent[1]), ("第2镇 代交.xlsx", sent[2]), unit=1),
            letter(unit=4),
            letter(("自动.xlsx", sent[4]), unit=4, is_automatic=True),
            letter(sender="ads@shop.example"),
        )
    append_account(folder / "开始")
    claimed = {_digest(unsigned): units - 2, _digest(forged): units - 3}
    return Plan(folder / "开始", first, second, claimed, accepted=2, exempt=(units, units - 1), mails=mails)


def _answers(number: int) -> dict[str, Any]:
    match number % 3:
        case 1:
            return {**WRONG, **VISITS}
        case 2:
            return DOUBTFUL
        case _:
            return SOUND


def _mended(number: int) -> dict[str, Any]:
    return {**DOUBTFUL, **VISITS} if number % 2 else SOUND


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def do(campaign: Campaign, plan: Plan, *, only: int | None = None) -> None:
    """Do whatever of a plan is not done yet; or of one of its steps."""
    for step in STEPS if only is None else (STEPS[only],):
        step(campaign, plan)
    #: Whatever comes next makes good what a run that was ended could not do any more: journal, drafts, what was found.
    campaign.import_files([])


def _issue(campaign: Campaign, _plan: Plan) -> None:
    campaign.issue()


def _send(campaign: Campaign, _plan: Plan) -> None:
    campaign.send()


def _import_the_first(campaign: Campaign, plan: Plan) -> None:
    campaign.import_files([plan.first], jobs=1)


def _claim(campaign: Campaign, plan: Plan) -> None:
    said = {claim.workbook for claim in campaign.state.claims}
    for workbook, unit in plan.claimed.items():
        if workbook not in said:
            campaign.claim(workbook, code(unit), note="电话核对过")


def _accept(campaign: Campaign, plan: Plan) -> None:
    if code(plan.accepted) not in {decided.unit for decided in campaign.state.decided}:
        campaign.accept(code(plan.accepted), "X1-03", note="登记簿遗失")


def _exempt(campaign: Campaign, plan: Plan) -> None:
    if code(plan.exempt[0]) not in campaign.state.exemptions:
        campaign.exempt(code(plan.exempt[0]), note="已撤并")


def _adjust(campaign: Campaign, _plan: Plan) -> None:
    if not campaign.state.adjustments:
        campaign.adjust("inspections.public.places", "-1", note="两家都计了")


def _return(campaign: Campaign, plan: Plan) -> None:
    if not _mistaken(campaign, plan):
        campaign.give_back()


def _import_the_second(campaign: Campaign, plan: Plan) -> None:
    campaign.import_files([plan.second], jobs=1)


def _fetch(campaign: Campaign, plan: Plan) -> None:
    campaign.fetch(Box(*plan.mails), jobs=1)


def _exempt_by_mistake(campaign: Campaign, plan: Plan) -> None:
    if not _mistaken(campaign, plan):
        campaign.exempt(code(plan.exempt[1]), note="看错了行")


def _undo(campaign: Campaign, plan: Plan) -> None:
    if not _mistaken(campaign, plan) <= campaign.state.undone:
        campaign.undo()


def _merge(campaign: Campaign, _plan: Plan) -> None:
    campaign.merge()


def _mistaken(campaign: Campaign, plan: Plan) -> set[int]:
    """Return the numbers of the events that were a mistake."""
    wrong = code(plan.exempt[1])
    return {e.number for e in campaign.events if e.kind is EventKind.EXEMPTED and e.facts["unit"] == wrong}


STEPS: tuple[Callable[[Campaign, Plan], None], ...] = (
    _issue,
    _send,
    _import_the_first,
    _claim,
    _accept,
    _exempt,
    _adjust,
    _return,
    _import_the_second,
    _fetch,
    _exempt_by_mistake,
    _undo,
    _merge,
)
