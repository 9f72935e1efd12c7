"""`check` in a campaign: what is found in the reports that count."""

from __future__ import annotations

from itertools import chain

from tianbao.cli.documents import check_document
from tianbao.cli.findings import sum_up, told
from tianbao.cli.output import show, show_json
from tianbao.cli.round import campaign_here


def check_campaign(*, as_json: bool) -> int:
    """Check the report of every unit, in the office's order; return the exit status."""
    from tianbao.campaign.judge import judge

    with campaign_here() as campaign:
        found = judge(campaign)
    submissions = list(found.submissions.values())
    each = list(found.findings.values())
    if as_json:
        show_json(check_document(submissions, chain.from_iterable(each)))
    else:
        for line in told(submissions, each):
            show(line)
    return sum_up(submissions, each)
