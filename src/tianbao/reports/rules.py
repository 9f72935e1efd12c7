"""The page of a form's rules: what a forge shows beside its definition, in Chinese with the English below.

    form ──write_rules──▶ Markdown

In:   one form, bundled or not.
Out:  one page: a table of all rules, each of them in full, and the figures that no rule, or only a total, looks at.
Knows nothing of where the page is put.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from tianbao import expr, messages
from tianbao.checks.identities import Identities
from tianbao.checks.sentence import where
from tianbao.checks.suspicion import cell_label
from tianbao.expr.linear import identity
from tianbao.form.model import Cell, Form, Instance, Kind, Mention, Shape, Statement, Table
from tianbao.messages import LANGUAGES, Language
from tianbao.reports.manual import plain, severities_in_words


def write_rules(form: Form) -> str:
    """Write the page."""
    by_code = {code: tuple(own) for code, own in groupby(form.instances, lambda instance: instance.check.code)}
    lines = [f"# {_zh('rules.title', title=form.title, form=form.id)}", ""]
    spoken: tuple[Mention | Statement, ...] = (*form.narrative.mentions, *form.narrative.statements)
    facts = {
        "count": len(by_code) + len(spoken),
        "version": form.version,
        "source": form.source or form.id,
        "form": form.id,
    }
    for lang in LANGUAGES:
        lines += [messages.say("rules.about", lang, **facts), ""]
    lines += [f"## {_zh('rules.all')}", "", *_table_of(form, by_code), *_table_of_texts(form, spoken), ""]
    lines += [f"## {_zh('rules.each')}", ""]
    for instances in by_code.values():
        lines += _rule(form, instances)
    for one in spoken:
        lines += _rule_of_texts(form, one)
    for code, cells in (("rules.untouched", untouched(form)), ("rules.in_totals", in_totals_only(form))):
        lines += [f"## {_zh(code)}", ""]
        for lang in LANGUAGES:
            lines += [messages.hint(code if cells else f"{code}.none", lang), ""]
        lines += [*_cells(form, cells), ""] if cells else []
    return "\n".join(lines).rstrip("\n") + "\n"


def untouched(form: Form) -> tuple[Cell, ...]:
    """Return the figures that no rule looks at, but for whether they are filled."""
    looked_at = _looked_at(form)
    return tuple(cell for cell in _figures(form) if cell.key not in looked_at)


def in_totals_only(form: Form) -> tuple[Cell, ...]:
    """Return the figures that stand in no rule but between a total and its own formula.

    Whatever stands there, the formula adds it up, and the rule holds.
    """
    identities = Identities(form)
    looked_at = _looked_at(form)
    return tuple(
        cell
        for cell in _figures(form)
        if cell.key in looked_at and all(_holds_by_itself(identities, one) for one in looked_at[cell.key])
    )


def _figures(form: Form) -> Iterator[Cell]:
    """Yield the numbers that people type into the tables."""
    for table in form.tables:
        yield from (cell for cell in table.cells if cell.kind is Kind.INPUT and cell.is_number)


def _looked_at(form: Form) -> Mapping[str, tuple[Instance, ...]]:
    """Return, by the cell, the instances of rules that depend on it, through formulas too; completeness is no rule of it."""
    found: dict[str, tuple[Instance, ...]] = {}
    for instance in form.instances:
        pending = [] if instance.check.code.startswith("C-") else list(instance.cells)
        seen: set[str] = set()
        while pending:
            key = pending.pop()
            if key not in seen:
                seen.add(key)
                found[key] = (*found.get(key, ()), instance)
                formula = form.cell(key).formula
                pending += [cell.key for cell in expr.cells(formula)] if formula is not None else []
    return found


def _holds_by_itself(identities: Identities, instance: Instance) -> bool:
    relation = identity(instance.rule)
    return relation is not None and not relation.constant and not identities.expand(relation.coefficients, (), None)


def _zh(code: str, **facts: object) -> str:
    return messages.say(code, "zh", **facts)


def _table_of(form: Form, by_code: Mapping[str, tuple[Instance, ...]]) -> Iterator[str]:
    """Write the table of all rules, each with a link to what is said of it below."""
    heads = _zh("rules.heads").split("|")
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for code, instances in by_code.items():
        check = instances[0].check
        severity = severities_in_words((check.severity.value,), "zh")
        yield f"| [{code}](#{code.lower()}) | {severity} | {_stands(form, instances, 'zh')} | {_said(check.say.zh)} |"


def _rule(form: Form, instances: tuple[Instance, ...]) -> Iterator[str]:
    """Write one rule: in Chinese, in English, and as it is written in the definition."""
    check = instances[0].check
    yield from (f"### {check.code}", "")
    for lang in LANGUAGES:
        say, fix = _said(check.say.in_language(lang)), plain(check.fix.in_language(lang))
        severity = severities_in_words((check.severity.value,), lang)
        yield from (
            f"**{severity}** {plain(_stands(form, instances, lang))}{messages.say('rules.colon', lang)}{say}",
            "",
        )
        yield from (f"> → {fix}", "")
    written = [("rules.rule", check.rule), ("rules.when", check.when)]
    yield from (f"- {_zh(code)} `{text}`" for code, text in written if text)
    if any(instance.prior for instance in instances):
        yield f"- {_zh('rules.prior')}"
    if check.source:
        yield f"- {_zh('manual.source', source=check.source)}"
    yield ""


def _table_of_texts(form: Form, spoken: Iterable[Mention | Statement]) -> Iterator[str]:
    for one in spoken:
        check, where_ = one.check, _texts(form, one, "zh")
        severity = severities_in_words((check.severity.value,), "zh")
        yield f"| [{check.code}](#{check.code.lower()}) | {severity} | {where_} | {_said(check.say.zh)} |"


def _rule_of_texts(form: Form, one: Mention | Statement) -> Iterator[str]:
    """Write one rule of the texts, with the sentence that its definition shows as an example."""
    check = one.check
    yield from (f"### {check.code}", "")
    for lang in LANGUAGES:
        say, fix = _said(check.say.in_language(lang)), plain(check.fix.in_language(lang))
        severity, place = severities_in_words((check.severity.value,), lang), _texts(form, one, lang)
        yield from (f"**{severity}** {plain(place)}{messages.say('rules.colon', lang)}{say}", "")
        yield from (f"> → {fix}", "")
    yield f"- {_zh('rules.example', example=one.example)}"
    if check.source:
        yield f"- {_zh('manual.source', source=check.source)}"
    yield ""


def _texts(form: Form, one: Mention | Statement, lang: Language) -> str:
    headings = [text.heading for text in form.texts if text.key in one.texts]
    if len(headings) == len(form.texts):
        return messages.say("rules.texts", lang)
    return messages.say("check.where.and", lang).join(
        messages.say("check.where.text", lang, heading=heading) for heading in headings
    )


def _said(sentence: str) -> str:
    return plain(sentence).replace("|", r"\|")


def _stands(form: Form, instances: tuple[Instance, ...], lang: Language) -> str:
    """Say where a rule stands: its one place, or every row or column of its tables."""
    each = [entry.partition(".") for entry in instances[0].check.each.split("、") if entry]
    between = messages.say("check.where.and", lang)
    if not each:
        return between.join(dict.fromkeys(where(form, instance, lang) for instance in instances))
    return between.join(_every(form.table(table), axis, lang) for table, _, axis in each)


def _every(table: Table, axis: str, lang: Language) -> str:
    count = len(table.rows if axis == "rows" else table.columns)
    part = "parts" if table.shape is Shape.ACROSS and axis == "rows" else axis
    return messages.say(f"rules.every.{part}", lang, table=table.short, count=count)


def _cells(form: Form, cells: Iterable[Cell]) -> Iterator[str]:
    """Name cells, table by table."""
    for short, own in groupby(cells, lambda cell: _short(form, cell)):
        named = [cell_label(form, cell, "zh") for cell in own]
        yield _zh("rules.cells", table=short, count=len(named), cells=_zh("check.where.and").join(named))


def _short(form: Form, cell: Cell) -> str:
    table = form.table_of(cell.key)
    assert table is not None
    return table.short
