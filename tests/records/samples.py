"""Submissions for tests: as if a workbook had been filled in and read, without the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from tianbao.expr import Place, evaluate
from tianbao.form.load import load_form
from tianbao.form.model import CellType, Form, Kind
from tianbao.form.names import given
from tianbao.records.model import Answer, Note, Reason, State, Submission, Unit, Value, Verdict
from tianbao.workbook.layout import a1, make_layout

BAIJIA = Unit("140922018", "白家庄镇", "township")
DOUCUN = Unit("140922003", "豆村镇", "township")
TAIHUAI = Unit("140922001", "台怀镇", "township")

#: What a right report says where no number is asked for.
_ALWAYS: Mapping[str, Value] = {
    "cover.zero_report": "否",
    "cover.quarter": "一季度",
    "cover.leader": "张三",
    "cover.reviewer": "李四",
    "cover.preparer": "王五",
    "cover.telephone": "0350-1234567",
    "text.overview.1": "本年总体情况。",
    "text.problems.1": "问题和改进。",
    "text.other_matters.1": "没有收取信息处理费。",
}


def submission(
    form: Form | str,
    values: Mapping[str, Value] | None = None,
    *,
    unit: Unit | None = BAIJIA,
    year: int = 2025,
    file: str = "",
    blank: Iterable[str] = (),
    unreadable: Iterable[str] = (),
    not_applicable: Iterable[str] = (),
    typed_over: Mapping[str, int] | None = None,
    explanations: Mapping[str, str] | None = None,
    notes: tuple[Note, ...] = (),
) -> Submission:
    """Make a submission: what is not given is what a right report with nothing to tell says, numbers 0.

    Its bytes are others than those of a file with another name. A declared zero report leaves every cell blank that is
    not given. In an `unreadable` cell a stroke stands, which is no answer, in a `not_applicable` one that it is none;
    `typed_over` gives the numbers that stand in place of formulas.
    """
    form = load_form(form) if isinstance(form, str) else form
    values, typed_over = values or {}, typed_over or {}
    states = dict.fromkeys(blank, State.BLANK) | dict.fromkeys(unreadable, State.UNREADABLE)
    states |= dict.fromkeys(not_applicable, State.NOT_APPLICABLE)
    places = make_layout(form).places
    declared = values.get("cover.zero_report") == "是"
    figures: dict[str, int | Decimal | str | None] = dict(given(year))
    answers: dict[str, Answer] = {}
    for key, cell in form.by_key.items():
        if cell.kind is Kind.COMPUTED:
            continue
        value = None if key in states else values.get(key, _usual(form, key, year))
        state = State.FILLED if value is not None else states.get(key, State.BLANK)
        is_blank = states.get(key, State.BLANK) is State.BLANK and key not in values
        if declared and cell.is_number and form.table_of(key) and is_blank:
            value, state = 0, State.DECLARED_ZERO
        raw = "/" if state is State.UNREADABLE else "" if value is None else str(value)
        answers[key] = Answer(value, state, raw, *_at(places[key]))
        figures[key] = value if isinstance(value, int | Decimal | str) else None
    for cell in form.computed:
        assert cell.formula is not None
        computed = evaluate(cell.formula, figures.get)
        assert not isinstance(computed, bool)
        figures[cell.key] = computed
        state = State.BLANK if computed is None else State.FILLED
        answers[cell.key] = Answer(computed, state, "", *_at(places[cell.key]), typed_over.get(cell.key))
    return Submission(
        file=file or f"{unit.code if unit else 'nobody'}.xlsx",
        sha256=sha256((file or "a workbook").encode()).hexdigest(),
        verdict=Verdict.READ_WITH_NOTES if notes else Verdict.READ,
        form=form,
        year=year,
        unit=unit,
        answers={key: answers[key] for key in form.by_key},
        explanations={key: Answer(text, State.FILLED) for key, text in (explanations or {}).items()},
        notes=notes,
    )


def refused(file: str, code: str = "F-PDF") -> Submission:
    """Make a file that could not be read."""
    return Submission(file, "1" * 64, Verdict.REFUSED, Reason(code, {"name": file}))


def _usual(form: Form, key: str, year: int) -> Value:
    cell = form.by_key[key]
    if key in _ALWAYS:
        return _ALWAYS[key]
    if cell.type is CellType.DATE and key.startswith("cover."):
        days = {"cover.period_start": date(year, 1, 1), "cover.period_end": date(year, 12, 31)}
        return days.get(key, date(year + 1, 1, 15))
    table = form.table_of(key)
    return 0 if cell.is_number and cell.required and table is not None else None


def _at(place: Place) -> tuple[str, str]:
    return place.sheet, a1(place.row, place.column)
