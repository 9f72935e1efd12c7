"""What a person typed → a typed value, losslessly.

    raw cell + what is asked ──read_value──▶ Reading(value, state, remarks)

In:   the type, text, formula and style of a cell as they stand in the file.
Out:  a value where there is only one way to understand what was typed; each change of it is told as a note. Whatever
      can be understood in two ways is a value problem with its way out. Never 0 for what is not a zero.
Knows nothing of sheets and forms: `Asked` says all that matters of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal, NamedTuple

from tianbao.form.model import Severity
from tianbao.form.numerals import chinese_number
from tianbao.records.model import State, Value
from tianbao.workbook.package import RawCell, StyleFacts

ValueType = Literal["count", "decimal", "text", "code", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a cell asks for.

    Attributes:
        measure: 件, 万元; empty where there is none.
        digits: decimals asked for.
        negative: a number below zero may stand here.
        maximum: the largest plausible number.
        codes: the allowed answers of a `code`.
        not_applicable: the form lets the unit write 不适用 here.
    """

    type: ValueType = "count"
    measure: str = ""
    digits: int = 0
    negative: bool = False
    maximum: int | Decimal = 9_999_999
    codes: tuple[str, ...] = ()
    not_applicable: bool = False


class Remark(NamedTuple):
    """One thing told about how a value was read; `raw` and `value` are always among the facts."""

    code: str
    severity: Severity
    params: Mapping[str, object]


class Reading(NamedTuple):
    """What a cell holds."""

    value: Value
    state: State
    notes: tuple[Remark, ...] = ()


PLAIN = StyleFacts()
_BLANK = Reading(None, State.BLANK)


def read_value(cell: RawCell | None, asked: Asked, style: StyleFacts = PLAIN) -> Reading:
    """Read one cell.

    >>> read_value(RawCell("s", "１２件", None, 0), Asked(measure="件")).value
    12
    """
    if cell is None:
        return _BLANK
    text, formula = cell.text, cell.formula
    if formula is not None:
        return _read_formula(cell, formula, asked, style)
    if not text:
        return _BLANK
    if cell.type == "n" and asked.type == "count" and _PLAIN_COUNT.fullmatch(text):
        value = int(text)
        if value <= asked.maximum and not style.is_date and not style.is_percent:
            return Reading(value, State.FILLED)
    return _READERS[asked.type](cell, asked, style)


def as_constant(cell: RawCell) -> RawCell:
    """Take a formula that is nothing but a constant for the constant.

    LibreOffice writes so what is TRUE or an error, and in a cell for numbers it writes 1 for TRUE.

    >>> as_constant(RawCell("n", "1", "TRUE()", 0))
    RawCell(type='b', text='1', formula=None, style=0)
    """
    written = (cell.formula or "").upper().removesuffix("()")
    if written in ("TRUE", "FALSE"):
        return cell._replace(type="b", text=str(int(written == "TRUE")), formula=None)
    return cell._replace(type="e", text=written, formula=None) if written in _ERRORS else cell


def _read_formula(cell: RawCell, formula: str, asked: Asked, style: StyleFacts) -> Reading:
    """Take a formula's cached result, and tell that a formula stands where a value was asked for."""
    raw = f"={formula}"
    if "DISPIMG(" in formula:
        return _problem("V-PICTURE", raw)
    if not cell.text:
        return _problem("V-FORMULA-EMPTY", raw)
    value, state, notes = read_value(cell._replace(formula=None), asked, style)
    if state is not State.FILLED:
        return Reading(value, state, notes)
    external = _is_external(formula)
    told = Remark(
        "V-FORMULA-EXTERNAL" if external else "V-FORMULA",
        Severity.QUERY if external else Severity.NOTE,
        {"raw": raw, "value": str(value)},
    )
    return Reading(value, state, (told, *notes))


def _is_external(formula: str) -> bool:
    """Tell a formula that looks into another file: `[1]表!A1`, or asks another program: `excel|…`."""
    before, _, after = formula.partition("]")
    return ("[" in before and "!" in after) or _DDE.search(formula) is not None


def _problem(code: str, raw: str, **facts: object) -> Reading:
    return Reading(None, State.UNREADABLE, (Remark(code, Severity.ERROR, {"raw": raw, "value": "", **facts}),))


def _filled(value: Value, raw: str, *codes: str, **facts: object) -> Reading:
    """Return a value with a note for each change that led to it."""
    notes = tuple(Remark(code, Severity.NOTE, {"raw": raw, "value": str(value), **facts}) for code in codes)
    return Reading(value, State.FILLED, notes)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_PLAIN_COUNT = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_DDE = re.compile(r"[A-Za-z]\|")
_ERRORS = ("#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")

#: Excel keeps and shows 15 digits; the 16th and 17th of 0.30000000000000004 are how the computer holds 0.3.
_SHOWN = Context(prec=15, rounding=ROUND_HALF_EVEN)
_HELD_DIGITS = 17
#: A count that was calculated may miss the whole number by what floating point loses.
_TOLERANCE = Decimal("1e-9")


def _read_number(cell: RawCell, asked: Asked, style: StyleFacts) -> Reading:
    raw = cell.text
    if cell.type == "s":
        return _read_typed_number(raw, asked)
    if cell.type == "e":
        return _problem("V-ERROR", raw)
    if cell.type == "b":
        return _problem("V-BOOLEAN", _boolean(raw))
    if cell.type == "d":
        return _problem("V-DATE", raw, date=raw)
    if cell.type != "n" or not _NUMBER.fullmatch(raw):  # no program writes other types: what it means is not known
        return _problem("V-UNREADABLE", raw)
    number = Decimal(raw)
    if style.is_date:
        return _problem("V-DATE", raw, date=_shown_date(number, date1904=style.date1904))
    if style.is_percent:
        return _problem("V-PERCENT", f"{_plain(_SHOWN.plus(number * 100))}%")
    if abs(number) > asked.maximum:
        return _problem("V-TOO-LARGE", raw, limit=asked.maximum)
    notes = []
    if len(number.as_tuple().digits) > _HELD_DIGITS:
        notes.append("V-PRECISION")
    return _judged(_SHOWN.plus(number), raw, asked, notes)


def _judged(number: Decimal, raw: str, asked: Asked, notes: list[str]) -> Reading:
    """Hold a number against what the cell asks."""
    if number < 0 and not asked.negative:
        return _problem("V-NEGATIVE", raw)
    if abs(number) > asked.maximum:
        return _problem("V-TOO-LARGE", raw, limit=asked.maximum)
    if asked.type == "count":
        whole = number.to_integral_value()
        if abs(number - whole) > _TOLERANCE:
            return _problem("V-NOT-WHOLE", raw)
        if number != whole:
            notes.append("V-ROUNDED")
        return _filled(int(whole), raw, *notes)
    number = Decimal(_plain(number))
    if _decimals(number) > asked.digits:
        notes.append("V-DECIMALS")
    return _filled(number, raw, *notes, digits=asked.digits)


def _plain(number: Decimal) -> str:
    """Write a number without exponent and, as Excel does, without closing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(number: Decimal) -> int:
    return len(f"{number:f}".partition(".")[2])


# ── numbers typed as text ────────────────────────────────────────────────────────────────────────────────────────────

#: Full-width forms and blanks only: Unicode's own normalisation would make 12 of `1²` and 1 of `①`.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
_WIDE_BLANKS = "".join(map(chr, (*range(0x2000, 0x2010), *range(0x2028, 0x2030))))
_BLANKS = f" \t\r\n\v\f\u00a0\u1680{_WIDE_BLANKS}\u205f\u2060\u3000\ufeff"

_ZERO_WORDS = ("〇", "零", "无", "没有")
_PLACEHOLDERS = re.compile(r"[/\\]+|[-—–―─]+|不适用|不涉及|n/?a", re.IGNORECASE)
_TYPED = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)(?(open)\))"
    rf"[{_BLANKS}]*(?P<measure>[^\s0-9.,()（）+-]{{0,6}})"
)
_CHINESE = re.compile(rf"(?P<number>[〇零一二两三四五六七八九十百千万]+)[{_BLANKS}]*(?P<measure>\S{{0,6}})")
_PERCENT = re.compile(rf"[0-9.]+[{_BLANKS}]*%")
_MOST_DIGITS = 15

#: How many powers of ten lie between a measure of money and the yuan.
_MONEY = {"元": 0, "百元": 2, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
#: Behind a number these say that it is not one: 五件左右, 10余件.
_ROUGH = frozenset(("左右", "上下", "以上", "以下", "以内", "余", "多", "来", "几", "余件", "多件", "来件"))
_MONEY_SHORT = {"万": 4, "亿": 8}


def _read_typed_number(raw: str, asked: Asked) -> Reading:
    text = raw.translate(_NARROW).strip(_BLANKS)
    if not text:
        return _BLANK
    if text in _ZERO_WORDS:
        return _filled(0 if asked.type == "count" else Decimal(0), raw, "V-ZERO-WORD")
    if _PLACEHOLDERS.fullmatch(text):
        if asked.not_applicable:
            told = Remark("V-NOT-APPLICABLE", Severity.NOTE, {"raw": raw, "value": ""})
            return Reading(None, State.NOT_APPLICABLE, (told,))
        return _problem("V-PLACEHOLDER", raw)
    if text in _ERRORS:
        return _problem("V-ERROR", raw)
    if _PERCENT.fullmatch(text):
        return _problem("V-PERCENT", raw)
    typed = _TYPED.fullmatch(text)
    if typed:
        return _read_digits(typed, raw, asked)
    chinese = _CHINESE.fullmatch(text)
    return _read_chinese(chinese, raw, asked) if chinese else _problem("V-UNREADABLE", raw)


def _read_digits(typed: re.Match[str], raw: str, asked: Asked) -> Reading:
    digits = typed["number"].replace(",", "")
    if len(digits.replace(".", "")) > _MOST_DIGITS:
        return _problem("V-TOO-LARGE", raw, limit=asked.maximum)
    signed = bool(typed["sign"] or typed["open"])
    if (signed and not asked.negative) or (typed["sign"] and typed["open"]):
        return _problem("V-SIGN", raw)
    number = Decimal(digits)
    if typed["sign"] == "-" or typed["open"]:
        number = -number
    return _measured(number, typed["measure"], raw, asked, ["V-GROUPED"] if "," in typed["number"] else [])


def _read_chinese(typed: re.Match[str], raw: str, asked: Asked) -> Reading:
    number, measure = chinese_number(typed["number"]), typed["measure"]
    # 十二万 in a cell that asks for 万元 may be twelve of them or 120,000.
    is_ambiguous = "万" in typed["number"] and not measure and asked.measure in _MONEY
    if number is None or is_ambiguous:
        return _problem("V-UNREADABLE", raw)
    return _measured(Decimal(number), measure, raw, asked, ["V-CHINESE"])


def _measured(number: Decimal, measure: str, raw: str, asked: Asked, notes: list[str]) -> Reading:
    """Take a number with the measure written behind it: the cell's own, or one that converts exactly."""
    if not measure:
        return _judged(number, raw, asked, notes or ["V-TEXT-NUMBER"])
    if measure == asked.measure:
        return _judged(number, raw, asked, [*notes, "V-MEASURE"])
    stated, wanted = {**_MONEY, **_MONEY_SHORT}.get(measure), _MONEY.get(asked.measure)
    if stated is None or wanted is None:
        if not measure.isalpha() or measure.removeprefix(asked.measure) in _ROUGH:
            return _problem("V-UNREADABLE", raw)
        return _problem("V-OTHER-MEASURE", raw, measure=measure, asked=asked.measure)
    return _judged(number.scaleb(stated - wanted), raw, asked, [*notes, "V-CONVERTED"])


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_TYPED_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})(?:T[0-9:.]+Z?)?|\.([0-9]{1,2})\.([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
)
#: Days of 1982 to 2119 as Excel counts them: what is left of a date that was pasted without its format.
_SERIAL = re.compile("[3-7][0-9]{4}")
_LAST_DAY = 2_958_465  # 9999-12-31
_FICTIONAL_DAY = 60  # 1900-02-29, which Excel has and the calendar has not


def _read_date(cell: RawCell, asked: Asked, style: StyleFacts) -> Reading:  # noqa: ARG001 (as all readers)
    raw = cell.text
    if cell.type == "n" and style.is_date and _NUMBER.fullmatch(raw):
        day = _day(Decimal(raw), date1904=style.date1904)
        return _filled(day, raw) if day else _problem("V-NOT-A-DATE", raw)
    if cell.type == "n" and _SERIAL.fullmatch(raw):
        return _filled(_day(Decimal(raw), date1904=style.date1904), raw, "V-SERIAL-DATE")
    if cell.type in ("e", "b"):
        return _problem("V-NOT-A-DATE", raw)
    text = raw.translate(_NARROW).strip(_BLANKS)
    if not text:
        return _BLANK
    typed = _TYPED_DATE.fullmatch(text)
    if not typed:
        return _problem("V-NOT-A-DATE", raw)
    try:
        day = date(*(int(part) for part in typed.groups() if part is not None))
    except ValueError:
        return _problem("V-NOT-A-DATE", raw)
    return _filled(day, raw) if cell.type == "d" or text == raw == day.isoformat() else _filled(day, raw, "V-TEXT-DATE")


def _day(number: Decimal, *, date1904: bool) -> date | None:
    """Return the day that Excel means by a number; None for a time without a day, or a day that there is not."""
    if not 1 <= number <= _LAST_DAY:
        return None
    days = int(number)
    if date1904:
        return _after(date(1904, 1, 1), days)
    if days == _FICTIONAL_DAY:
        return None
    return _after(date(1899, 12, 30) if days > _FICTIONAL_DAY else date(1899, 12, 31), days)


def _after(start: date, days: int) -> date | None:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _shown_date(number: Decimal, *, date1904: bool) -> str:
    """Write what Excel has made of an entry, for a person to recognise: `1-2` is 2 January."""
    day = _day(number, date1904=date1904)
    return day.isoformat() if day else _plain(number)


# ── text and codes ───────────────────────────────────────────────────────────────────────────────────────────────────


def _as_text(cell: RawCell, style: StyleFacts) -> str:
    """Return what a person sees in a cell that asks for words: a telephone number is typed as a number."""
    raw = cell.text
    if cell.type == "b":
        return _boolean(raw)
    if cell.type == "n" and _NUMBER.fullmatch(raw):
        number = Decimal(raw)
        day = _day(number, date1904=style.date1904) if style.is_date else None
        is_whole = number == number.to_integral_value()
        return day.isoformat() if day else _plain(number if is_whole else _SHOWN.plus(number))
    return raw.replace("\r\n", "\n").replace("\r", "\n")


def _boolean(raw: str) -> str:
    return "TRUE" if raw in ("1", "true") else "FALSE"


def _read_text(cell: RawCell, asked: Asked, style: StyleFacts) -> Reading:  # noqa: ARG001 (as all readers)
    if cell.type == "e":
        return _problem("V-ERROR", cell.text)
    text = _as_text(cell, style)
    return _filled(text, cell.text) if text.strip(_BLANKS) else _BLANK


def _read_code(cell: RawCell, asked: Asked, style: StyleFacts) -> Reading:
    if cell.type == "e":
        return _problem("V-ERROR", cell.text)
    text = _as_text(cell, style)
    if text in asked.codes:
        return _filled(text, cell.text)
    sought = _comparable(text)
    if not sought:
        return _BLANK
    found = [code for code in asked.codes if _comparable(code) == sought]
    if len(found) == 1:
        return _filled(found[0], cell.text, "V-CODE")
    return _problem("V-NOT-A-CODE", cell.text, allowed=" / ".join(asked.codes))


def _comparable(text: str) -> str:
    """Reduce a code to what tells it from another: no width, no case, no blanks around."""
    return text.translate(_NARROW).strip(_BLANKS).casefold()


_READERS = {
    "count": _read_number,
    "decimal": _read_number,
    "text": _read_text,
    "code": _read_code,
    "date": _read_date,
}
