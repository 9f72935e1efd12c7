"""The county's own words, as far as figures can say them: a draft of facts, for the office to go on with.

In:   a form with its main figures, those of this year and last.
Out:  paragraphs without a judgement in them: numbers beside last year's, and nothing that nobody has counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from tianbao import messages
from tianbao.form.model import Figure, Form
from tianbao.records.model import Value
from tianbao.reports.pictures.figures import amount

_PERIOD = ("cover.period_start", "cover.period_end")


def draft_facts(
    form: Form,
    year: int,
    now: Mapping[str, Value],
    before: Mapping[str, Value] | None,
    *,
    units: int | None,
    issuer: str,
) -> str:
    """Say the main figures, each beside last year's.

    Args:
        form: that declares them.
        year: this year.
        now: this year's figures, by cell key.
        before: last year's; None where they are not known.
        units: how many are counted; None where it is a single one's report.
        issuer: whose report it is.
    """
    whose = {"year": year, "issuer": issuer, "units": units or 0}
    said = [clause for figure in form.county.headline if (clause := _clause(figure, now, before))]
    begin = messages.say("facts.begin_of_units" if units else "facts.begin", "zh", **whose)
    if not said:
        return begin + messages.say("facts.none", "zh")
    end = "" if before is not None else messages.say("facts.no_last_year", "zh")
    return begin + "；".join(said) + "。" + end


def _clause(figure: Figure, now: Mapping[str, Value], before: Mapping[str, Value] | None) -> str:
    value = amount(figure, now)
    if value is None:
        return ""
    last = amount(figure, before) if before is not None else None
    facts = {"label": figure.label, "value": value, "measure": figure.measure, "last": last}
    return messages.say("facts.alone" if last is None else "facts.beside", "zh", **facts)


def draft_lead(form: Form, year: int, issuer: str) -> str:
    """Say what the report is, and of which time."""
    days = [cell.default.replace("{year}", str(year)) for key in _PERIOD if (cell := form.by_key.get(key))]
    period = ""
    if len(days) == len(_PERIOD) and all(days):
        first, last = map(_in_words, days)
        period = messages.say("facts.period", "zh", first=first, last=last)
    return messages.say("facts.lead", "zh", year=year, title=form.title, issuer=issuer, period=period)


def _in_words(day: str) -> str:
    year, month, number = day.split("-")
    return messages.say("facts.day", "zh", year=year, month=int(month), day=int(number))
