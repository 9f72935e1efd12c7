"""What has become of what came in: told alike by `import` and `fetch`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.came import about
from tianbao.cli.output import show, tell
from tianbao.cli.round import waiting_lines

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.receive import Taken
    from tianbao.campaign.status import Status
    from tianbao.campaign.versions import Version

#: So begin the codes of a mail in which there is nothing to read.
_OF_A_MAIL = "F-MAIL-"


def tell_taken(campaign: Campaign, taken: Taken, *, fetched: Callable[[], None] | None = None) -> int:
    """Say what has become of each file, and return the exit status.

    Args:
        campaign: that took it in.
        taken: what was taken in.
        fetched: says how the mailbox was looked through, where it was; files are called as they were attached then.
    """
    status = campaign.status()
    new = set(taken.new)
    came = [one for one in campaign.versions.every() if one.receipt.original in new]
    for mail in campaign.state.post.came:
        if mail.original in new:
            for line in about(campaign, mail):
                show(line)
    if fetched is not None:
        fetched()
    for version in came:
        file = version.returned.file
        if version.receipt.mail is not None:
            if version.code.startswith(_OF_A_MAIL):
                continue  # it was said of the mail itself
            file = (file.partition(".eml/")[2] if fetched else "") or file
        for line in lines_of(version, status, called=file):
            show(line)
    for name, problem in taken.unreadable:
        tell("cli.import.unreadable", file=name, problem=problem)
    if taken.new or not fetched:
        facts = {"files": len(taken.new), "workbooks": len(came), "known": len(taken.known)}
        tell("cli.import.done", **facts, **_counts(came))
    if status.waiting:
        tell("cli.import.waiting", count=len(status.waiting))
    broken = any(one.standing.value == "refused" for one in came) or any(
        unit.errors for unit in status.units if unit.version in came
    )
    return 1 if broken or taken.unreadable else 0


def lines_of(version: Version, status: Status, *, called: str = "") -> Iterator[str]:
    """Say what has become of a workbook: whose it is, whether it counts and why, and what is open in it."""
    file = called or version.returned.file
    unit = next((one for one in status.units if one.entry.unit.code == version.unit), None)
    named = f"  {unit.entry.unit.code} {unit.entry.unit.name}" if unit is not None else ""
    match version.standing.value:
        case "counts":
            assert unit is not None
            yield f"{unit.state.sign} {file}{named}  " + messages.say(
                "cli.import.version", number=version.number, errors=unit.errors, queries=unit.queries
            )
            if version.asks:
                yield f"  △ {version.code}  {version.because()}"
        case "refused":
            yield f"× {file}{named}"
            yield f"  {version.code}  {version.because()}"
        case "waiting":
            yield from waiting_lines(next(one for one in status.waiting if one.version == version))
        case _:
            sign = "△" if version.asks else "○"
            yield f"{sign} {file}{named}"
            yield f"  {version.code}  {version.because()}"


def _counts(came: Sequence[Version]) -> dict[str, int]:
    standings = [one.standing.value for one in came]
    return {
        "counted": standings.count("counts"),
        "waiting": standings.count("waiting"),
        "refused": standings.count("refused"),
        "others": sum(one in ("copy", "not_adopted", "replaced", "ours") for one in standings),
    }
