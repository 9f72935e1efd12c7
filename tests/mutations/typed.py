"""Table B: what people type into a cell. Each row is a mutation of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from tests.mutations.book import MAIN, Book
from tests.mutations.table import add_mutation, mutation
from tianbao.form.model import Cell, CellType

#: Typed, and not an answer: the cell is unreadable and an error says so.
BAD = object()


@dataclass(frozen=True)
class Typed:
    """What somebody types, and what becomes of it.

    Attributes:
        text: as typed; `{n}` is a number of three digits, `{measure}` the cell's own measure.
        becomes: what is read, from the number; BAD where it is no answer, None where it is blank.
        code: what is told; several are apart by blanks.
        type_: `s` text, `n` number, `b` boolean, `e` error, `d` ISO date, `str` a formula's text.
    """

    name: str
    text: str
    becomes: Callable[[int], object] | object
    code: str = ""
    type_: str = "s"
    types: tuple[CellType, ...] = (CellType.COUNT,)
    where: Callable[[Cell], bool] = lambda cell: not cell.negative


def _same(number: int) -> int:
    return number


COUNT, DECIMAL = (CellType.COUNT,), (CellType.DECIMAL,)
BOTH = (CellType.COUNT, CellType.DECIMAL)


def _measured(cell: Cell) -> bool:
    return bool(cell.measure) and not cell.negative


def _may_not_apply(cell: Cell) -> bool:
    return cell.not_applicable


def _in_wan(cell: Cell) -> bool:
    return cell.measure == "万元"


TYPED = [
    Typed("a number", "{n}", _same, "", "n"),
    Typed("a number with a point and a zero", "{n}.0", _same, "", "n"),
    Typed("a number in scientific notation as Excel writes it", "1.5E+2", lambda _: 150, "", "n"),
    Typed("a text number", "{n}", _same, "V-TEXT-NUMBER"),
    Typed("a text number with a point and a zero", "{n}.0", _same, "V-TEXT-NUMBER"),
    Typed("a text number between blanks", " {n} ", _same, "V-TEXT-NUMBER"),
    Typed("full-width digits", "５{n}", lambda n: int(f"5{n}"), "V-TEXT-NUMBER"),
    Typed("a no-break space behind", "{n}\u00a0", _same, "V-TEXT-NUMBER"),
    Typed("ideographic spaces around", "\u3000{n}\u3000", _same, "V-TEXT-NUMBER"),
    Typed("a zero-width space before", "\u200b{n}", _same, "V-TEXT-NUMBER"),
    Typed("a line feed behind", "{n}\n", _same, "V-TEXT-NUMBER"),
    Typed("a carriage return behind", "{n}_x000D_", _same, "V-TEXT-NUMBER"),
    Typed("leading zeros", "00{n}", _same, "V-TEXT-NUMBER"),
    Typed("groups of three", "1,{n}", lambda n: 1000 + n, "V-GROUPED"),
    Typed("groups of three with a wide comma", "1，{n}", lambda n: 1000 + n, "V-GROUPED"),
    Typed("its measure behind", "{n}{measure}", _same, "V-MEASURE", where=_measured),
    Typed("its measure behind a blank", "{n} {measure}", _same, "V-MEASURE", where=_measured),
    Typed("full-width with its measure", "１{n}{measure}", lambda n: int(f"1{n}"), "V-MEASURE", where=_measured),
    Typed("another measure", "{n}户", BAD, "V-OTHER-MEASURE"),
    Typed("the zero of a telephone", "〇", lambda _: 0, "V-ZERO-WORD"),
    Typed("zero in Chinese", "零", lambda _: 0, "V-ZERO-WORD"),
    Typed("none in Chinese", "无", lambda _: 0, "V-ZERO-WORD"),
    Typed("there is none in Chinese", "没有", lambda _: 0, "V-ZERO-WORD"),
    Typed("five in Chinese", "五", lambda _: 5, "V-CHINESE"),
    Typed("twelve in Chinese", "十二", lambda _: 12, "V-CHINESE"),
    Typed("a long Chinese number", "一千零二十", lambda _: 1020, "V-CHINESE"),
    Typed("an unclear Chinese number", "一百二", BAD, "V-UNREADABLE"),
    Typed("a plus sign", "+{n}", BAD, "V-SIGN"),
    Typed("a wide minus sign", "－{n}", BAD, "V-SIGN"),
    Typed("a number in brackets", "({n})", BAD, "V-SIGN"),
    Typed("a negative number", "-{n}", BAD, "V-NEGATIVE", "n"),
    Typed("a decrease as a number", "-{n}", lambda n: -n, "", "n", where=lambda cell: cell.negative),
    Typed("a decrease with a wide minus", "－{n}", lambda n: -n, "V-TEXT-NUMBER", where=lambda cell: cell.negative),
    Typed("an increase with a plus", "+{n}", _same, "V-TEXT-NUMBER", where=lambda cell: cell.negative),
    Typed("a decrease in brackets", "({n})", lambda n: -n, "V-TEXT-NUMBER", where=lambda cell: cell.negative),
    Typed("a decrease in words", "减{n}", BAD, "V-UNREADABLE", where=lambda cell: cell.negative),
    Typed("nothing", "", None, "", "n"),
    Typed("blanks only", "   ", None),
    Typed("an ideographic space only", "\u3000", None),
    Typed("a slash", "/", BAD, "V-PLACEHOLDER"),
    Typed("a dash", "-", BAD, "V-PLACEHOLDER"),
    Typed("a long dash", "—", BAD, "V-PLACEHOLDER"),
    Typed("a Chinese dash", "——", BAD, "V-PLACEHOLDER"),
    Typed("not applicable", "不适用", BAD, "V-PLACEHOLDER"),
    Typed("N/A as text", "N/A", BAD, "V-PLACEHOLDER"),
    Typed("not applicable where the form allows it", "不适用", BAD, "V-NOT-APPLICABLE", where=_may_not_apply),
    Typed("a slash where the form lets a cell not apply", "/", BAD, "V-NOT-APPLICABLE", where=_may_not_apply),
    Typed("a range", "2-3", BAD, "V-UNREADABLE"),
    Typed("about five", "约5", BAD, "V-UNREADABLE"),
    Typed("a sum as text", "5+2", BAD, "V-UNREADABLE"),
    Typed("see the attachment", "见附件", BAD, "V-UNREADABLE"),
    Typed("a number with a remark", "5（其中…2）", BAD, "V-UNREADABLE"),
    Typed("a sentence", "全年共收到{n}件", BAD, "V-UNREADABLE"),
    Typed("the letter O for a zero", "1O", BAD, "V-OTHER-MEASURE"),
    Typed("a superscript two", "1²", BAD, "V-UNREADABLE"),
    Typed("a circled number", "①", BAD, "V-UNREADABLE"),
    Typed("Arabic digits", "٣", BAD, "V-UNREADABLE"),
    Typed("a fraction", "3.7", BAD, "V-NOT-WHOLE", "n"),
    Typed("a fraction as text", "3.7", BAD, "V-NOT-WHOLE"),
    Typed("what floating point leaves", "4.9999999999999", lambda _: 5, "V-ROUNDED", "n"),
    Typed("scientific notation as text", "1e3", BAD, "V-UNREADABLE"),
    Typed("a hexadecimal number", "0x10", BAD, "V-UNREADABLE"),
    Typed("a European number", "1.200,5", BAD, "V-UNREADABLE"),
    Typed("a percentage as text", "{n}%", BAD, "V-PERCENT"),
    Typed("TRUE", "1", BAD, "V-BOOLEAN", "b"),
    Typed("FALSE", "0", BAD, "V-BOOLEAN", "b"),
    Typed("#REF!", "#REF!", BAD, "V-ERROR", "e"),
    Typed("#VALUE!", "#VALUE!", BAD, "V-ERROR", "e"),
    Typed("#N/A", "#N/A", BAD, "V-ERROR", "e"),
    Typed("#DIV/0!", "#DIV/0!", BAD, "V-ERROR", "e"),
    Typed("an error as text", "#REF!", BAD, "V-ERROR"),
    Typed("an ISO date", "2025-01-02", BAD, "V-DATE", "d"),
    Typed("sixteen digits", "1234567890123456", BAD, "V-TOO-LARGE"),
    Typed("a telephone number", "13800001111", BAD, "V-TOO-LARGE", "n"),
    Typed("a little more than the largest", "10000000", BAD, "V-TOO-LARGE", "n"),
    Typed("a telephone number as text", "13800001111", BAD, "V-TOO-LARGE"),
    Typed("digits with underscores", "1_000", BAD, "V-UNREADABLE", "n"),
    Typed("not a number", "nan", BAD, "V-UNREADABLE", "n"),
    Typed("infinity", "inf", BAD, "V-UNREADABLE", "n"),
    Typed("a number with many digits", "12.50", lambda _: Decimal("12.5"), "", "n", DECIMAL),
    Typed("an amount", "{n}.25", lambda n: Decimal(f"{n}.25"), "", "n", DECIMAL),
    Typed("an amount as text", "{n}.25", lambda n: Decimal(f"{n}.25"), "V-TEXT-NUMBER", "s", DECIMAL),
    Typed("an amount with its measure", "12.5万元", lambda _: Decimal("12.5"), "V-MEASURE", "s", DECIMAL, _in_wan),
    Typed("an amount with a short measure", "12.5万", lambda _: Decimal("12.5"), "V-CONVERTED", "s", DECIMAL, _in_wan),
    Typed("an amount in yuan", "125000元", lambda _: Decimal("12.5"), "V-CONVERTED", "s", DECIMAL, _in_wan),
    Typed("an amount in a hundred millions", "0.5亿元", lambda _: Decimal(5000), "V-CONVERTED", "s", DECIMAL, _in_wan),
    Typed("ten thousands in Chinese", "十二万", BAD, "V-UNREADABLE", "s", DECIMAL, _in_wan),
    Typed(
        "an amount with too many decimals", "1.12345678", lambda _: Decimal("1.12345678"), "V-DECIMALS", "n", DECIMAL
    ),
    Typed("what floating point makes of an amount", "0.30000000000000004", lambda _: Decimal("0.3"), "", "n", DECIMAL),
    Typed(
        "more digits than Excel has",
        "0.123456789012345678901",
        lambda _: Decimal("0.123456789012346"),
        "V-PRECISION V-DECIMALS",
        "n",
        DECIMAL,
    ),
    Typed("a negative amount", "-12.5", BAD, "V-NEGATIVE", "n", DECIMAL),
    Typed("a slash for an amount", "/", BAD, "V-PLACEHOLDER", "s", DECIMAL),
    Typed("none for an amount", "无", lambda _: Decimal(0), "V-ZERO-WORD", "s", DECIMAL),
]


def _type(book: Book, typed: Typed) -> None:
    key = book.pick(*typed.types, where=typed.where)
    number = book.rng.randrange(100, 1000)
    text = typed.text.format(n=number, measure=book.form.by_key[key].measure)
    becomes = typed.becomes(number) if callable(typed.becomes) else typed.becomes
    if text:
        book.put(book.cells[key], text, type_=typed.type_)
    else:
        book.clear(book.cells[key])
    book.truth[key] = becomes


for _typed in TYPED:
    add_mutation(_typed.name, "B", partial(_type, typed=_typed), *_typed.code.split())


# ── what Excel makes of what is typed: the style says it ─────────────────────────────────────────────────────────────


def _style(book: Book, format_: int, key: str) -> None:
    """Give a cell a number format, as typing a date or a percentage does."""
    formats = book.part("xl/styles.xml").find(f"{{{MAIN}}}cellXfs")
    assert formats is not None
    own = formats[int(book.cells[key].get("s", "0"))]
    new = own.__copy__()
    new.set("numFmtId", str(format_))
    new.set("applyNumberFormat", "1")
    formats.append(new)
    book.cells[key].set("s", str(len(formats) - 1))


@mutation("B", "V-DATE")
def a_range_that_excel_made_a_day(book: Book) -> None:
    """`1-2` becomes the second of January."""
    key = book.pick(CellType.COUNT)
    book.put(book.cells[key], "45659", type_="n")
    _style(book, 58, key)
    book.truth[key] = BAD


@mutation("B", "V-DATE")
def a_day_in_a_built_in_format(book: Book) -> None:
    key = book.pick(CellType.COUNT)
    book.put(book.cells[key], "12", type_="n")
    _style(book, 14, key)
    book.truth[key] = BAD


@mutation("B", "V-PERCENT")
def a_share_typed_with_a_percent_sign(book: Book) -> None:
    key = book.pick(CellType.COUNT)
    book.put(book.cells[key], "0.5", type_="n")
    _style(book, 9, key)
    book.truth[key] = BAD


@mutation("B")
def a_number_shown_with_two_decimals(book: Book) -> None:
    key = book.pick(CellType.COUNT, where=lambda cell: not cell.negative)
    book.put(book.cells[key], "37", type_="n")
    _style(book, 4, key)
    book.truth[key] = 37


# ── words, dates and choices ─────────────────────────────────────────────────────────────────────────────────────────


@mutation("B")
def a_text_that_looks_like_a_formula(book: Book) -> None:
    key = book.pick(CellType.TEXT, where=lambda cell: cell.key.startswith("text."))
    book.put(book.cells[key], "=1+1")
    book.truth[key] = "=1+1"


@mutation("B")
def a_text_with_markup_quotes_and_an_ideograph_beyond_the_first_plane(book: Book) -> None:
    key = book.pick(CellType.TEXT, where=lambda cell: cell.key.startswith("text."))
    book.put(book.cells[key], "𠮷野家 <b>&\"c'")
    book.truth[key] = "𠮷野家 <b>&\"c'"


@mutation("B")
def a_number_in_a_cell_for_words(book: Book) -> None:
    key = book.pick(CellType.TEXT, where=lambda cell: cell.key.startswith("cover."))
    book.put(book.cells[key], "3506522018", type_="n")
    book.truth[key] = "3506522018"


@mutation("B", "V-NOT-A-CODE")
def an_answer_that_is_not_in_the_list(book: Book) -> None:
    key = book.pick(CellType.CODE)
    book.put(book.cells[key], "也许")
    book.truth[key] = BAD


@mutation("B", "V-NOT-A-DATE")
def a_date_in_words(book: Book) -> None:
    key = book.pick(CellType.DATE)
    book.put(book.cells[key], "年底")
    book.truth[key] = BAD


@mutation("B", "V-TEXT-DATE")
def a_date_typed_as_text(book: Book) -> None:
    from datetime import date

    key = book.pick(CellType.DATE)
    book.put(book.cells[key], "2026年1月8日")
    book.truth[key] = date(2026, 1, 8)
