"""Several files of one unit (faults.md A19): each case by its code, with both names and the cells that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.records.samples import BAIJIA, DOUCUN, refused, submission
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission, Unit, Value
from tianbao.records.repeats import repeats

NEW = "requests.new.natural"


def one(file: str, values: Mapping[str, Value] | None = None, **more: object) -> Submission:
    return submission("zfxxgk-2021", values, file=file, **more)  # type: ignore[arg-type]


def codes(submissions: Sequence[Submission]) -> list[str | None]:
    return [repeat.note.code if repeat else None for repeat in repeats(submissions)]


def notes(submissions: Sequence[Submission]) -> list[Note]:
    return [repeat.note for repeat in repeats(submissions) if repeat]


def the_note(submissions: Sequence[Submission]) -> Note:
    (note,) = notes(submissions)
    return note


def test_the_same_bytes_are_the_same_file() -> None:
    first = one("一.xlsx", {NEW: 3})
    again = replace(first, file="收件.zip/一（1）.xlsx")

    note = the_note([first, again])

    assert (note.code, note.severity) == ("M-SAME", Severity.NOTE)
    assert note.message("zh") == "收件.zip/一（1）.xlsx 与 一.xlsx 是同一个文件，只计一次。 不用处理：没有重复计算。"


def test_the_same_answers_in_another_file_are_the_same_report() -> None:
    first = one("一.xlsx", {NEW: 3}, explanations={"Y-05": "已核实"})
    again = one("二.xlsx", {NEW: 3}, explanations={"Y-05": "已核实"})

    note = the_note([again, first])

    assert (note.code, note.severity) == ("M-AGAIN", Severity.NOTE)
    assert note.message("zh") == "“白家庄镇”的这一份与 一.xlsx 完全一样，只计一次。 不用处理：没有重复计算。"


def test_the_same_figures_with_other_words_are_queried() -> None:
    first = one("一.xlsx", {NEW: 3, "text.overview.1": "本年收到申请三件，都在期限以内答复。"})
    words: dict[str, Value] = {NEW: 3, "text.overview.1": "本年收到三件申请。", "cover.leader": None}
    again = one("二.xlsx", words, explanations={"Y-05": "已核实"})

    note = the_note([first, again])

    assert (note.code, note.severity) == ("M-WORDS", Severity.QUERY)
    assert note.message("zh") == (
        "“白家庄镇”的这一份与 一.xlsx 各表填的都一样，只计一次；表以外有 3 格不同："
        "封面!C14“张三”“”；文字部分!B15“本年收到申请三件，都在期……”“本年收到三件申请。”；explain.Y-05“”“已核实”。"
        " 请与该单位核对，只留下正确的一份。"
    )


def test_other_figures_leave_nobody_to_count_and_name_the_cells() -> None:
    first, second = one("一.xlsx", {NEW: 1}), one("二.xlsx", {NEW: 2})

    told = notes([second, first])

    said = (
        "“白家庄镇”报来的几份数不一样（一.xlsx、二.xlsx），都不计入；不同的有 1 格：三、依申请公开!E10“1”“2”。"
        " 请与该单位核对，只留下正确的一份。"
    )
    assert [(note.code, note.severity, note.message("zh")) for note in told] == [("M-TWICE", Severity.ERROR, said)] * 2


def test_of_many_cells_that_differ_a_few_are_named_and_all_are_counted() -> None:
    figures: dict[str, Value] = {f"requests.{row}.natural": 1 for row in ("new", "granted", "partial", "carried_in")}
    first, second = one("一.xlsx"), one("二.xlsx", {**figures, "requests.new.business": 2})

    note = notes([first, second])[0]

    assert note.params["count"] == 5
    assert note.params["cells"] == (
        "三、依申请公开!E10“0”“1”；三、依申请公开!F10“0”“2”；三、依申请公开!E11“0”“1”；三、依申请公开!E12“0”“1”……"
    )


@pytest.mark.parametrize(
    "other", [one("二.xlsx"), one("二.xlsx", unreadable=[NEW])], ids=["a zero", "what cannot be read"]
)
def test_a_blank_is_neither_a_zero_nor_what_cannot_be_read(other: Submission) -> None:
    assert codes([one("一.xlsx", blank=[NEW]), other]) == ["M-TWICE", "M-TWICE"]


def test_a_declared_zero_is_a_typed_zero_and_only_the_cover_differs() -> None:
    note = the_note([one("一.xlsx"), one("二.xlsx", {"cover.zero_report": "是"})])

    assert (note.code, note.params["count"]) == ("M-WORDS", 1)


def test_a_total_that_was_typed_over_in_one_of_them_changes_no_sum_and_is_told() -> None:
    note = the_note([one("一.xlsx"), one("二.xlsx", typed_over={"requests.new.total": 9})])

    assert (note.code, note.params["cells"]) == ("M-WORDS", "三、依申请公开!K10“0”“9”")


def test_of_three_files_one_other_figure_is_enough() -> None:
    files = [one("一.xlsx"), one("二.xlsx"), one("三.xlsx", {NEW: 1})]

    told = notes(files)

    assert [note.code for note in told] == ["M-TWICE"] * 3
    assert told[0].params["files"] == "一.xlsx、三.xlsx、二.xlsx"
    assert str(told[0].params["cells"]).endswith("“0”“1”“0”")


def test_two_units_under_one_code_are_not_taken_for_one() -> None:
    files = [one("一.xlsx"), one("二.xlsx", unit=Unit(BAIJIA.code, "豆村镇"))]

    told = notes(files)

    assert [(note.code, note.severity) for note in told] == [("M-CODE", Severity.ERROR)] * 2
    assert told[0].message("zh") == (
        "同一个代码 140922018 有几个单位在用：白家庄镇、豆村镇（一.xlsx、二.xlsx），都不计入。"
        " 请查明各是哪个单位，给它们各自的代码和表格。"
    )


def test_a_name_written_in_another_width_is_the_same_name() -> None:
    files = [one("一.xlsx", unit=Unit("1", "清河镇（示例）")), one("二.xlsx", unit=Unit("1", "清河镇 (示例)"))]

    assert codes(files) == [None, "M-AGAIN"]


def test_a_repeat_says_which_submission_it_repeats() -> None:
    files = [one("三.xlsx"), one("一.xlsx"), one("二.xlsx", {"cover.leader": "李四"})]

    assert [repeat and (repeat.of, repeat.is_copy) for repeat in repeats(files)] == [(1, True), None, (1, False)]
    assert [repeat and repeat.of for repeat in repeats([files[0], one("四.xlsx", {NEW: 1})])] == [None, None]


def test_other_units_forms_and_years_and_refused_files_are_no_repeats() -> None:
    first = one("一.xlsx")
    others = [one("二.xlsx", unit=DOUCUN), one("三.xlsx", year=2024), submission("zfxxgk-2019"), refused("四.pdf")]

    assert codes([first, *others, refused("四.pdf")]) == [None] * 6


def test_of_files_that_are_nobodys_only_the_same_bytes_are_a_repeat() -> None:
    first, other = one("一.xlsx", unit=None), one("二.xlsx", unit=None)

    assert codes([first, other, replace(first, file="三.xlsx")]) == [None, None, "M-SAME"]
