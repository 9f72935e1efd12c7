"""Old formats give the very answers of the xlsx (faults A2, A3, A17), and a parser that goes astray takes nobody along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from tests.office.office import Content, Office
from tests.workbook.returned import BAIJIA, FORM, changed, codes, issued, read, typed, where
from tests.workbook.test_guard import ole
from tianbao.form.load import bundled_forms, load_form
from tianbao.records.model import State, Unit, Verdict
from tianbao.workbook import legacy
from tianbao.workbook.guard import Judgement, Kind, Limits, judge
from tianbao.workbook.layout import MACHINE_SHEET
from tianbao.workbook.package import Package, PackageError, Visibility
from tianbao.workbook.read import read_workbook

OLD = ["xls", "ods"]
NEW, TOTAL = "requests.new.natural", "requests.new.total"

Resaved = Callable[..., Path]


@pytest.fixture
def resaved(office: Office, tmp_path: Path) -> Resaved:
    """Have LibreOffice open a workbook, type into it and save it in another format."""

    def save(data: bytes, suffix: str, cells: dict[str, Content] | None = None) -> Path:
        path = tmp_path / "issued.xlsx"
        path.write_bytes(data)
        with office.open(path) as workbook:
            workbook.fill([(*where(key), content) for key, content in (cells or {}).items()])
            return workbook.save(tmp_path / f"resaved.{suffix}")

    return save


def opened(path: Path) -> Package:
    data = path.read_bytes()
    return legacy.open_workbook(data, judge(data, name=path.name), name=path.name)


def refusal(data: bytes, kind: Kind = Kind.XLS, limits: Limits | None = None) -> PackageError:
    with pytest.raises(PackageError) as raised:
        legacy.open_workbook(data, Judgement(kind), name="年报.xls", limits=limits or Limits())
    return raised.value


# ── the same answers ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
@pytest.mark.parametrize("name", bundled_forms())
def test_a_workbook_resaved_in_an_old_format_gives_the_very_same_answers(
    name: str, suffix: str, resaved: Resaved
) -> None:
    """A2: and its marks, hidden keys and formulas are all seen, so that nothing is told."""
    data = issued(load_form(name))

    submission = read_workbook(resaved(data, suffix))

    original = read(data)
    assert (submission.verdict, submission.notes) == (Verdict.READ, ())
    assert submission.answers == original.answers
    assert (submission.form, submission.year, submission.unit) == (original.form, 2025, BAIJIA)


#: What was typed, and as what it is told.
TYPED: dict[str, tuple[Content, str]] = {
    "requests.new.natural": ("１２件", "V-MEASURE"),
    "requests.new.business": ("12", "V-TEXT-NUMBER"),
    "requests.carried_in.natural": ({"formula": "=3+2"}, "V-FORMULA"),
    "requests.carried_in.business": ({"formula": "=1/0"}, "V-ERROR"),
    "requests.granted.natural": (3.7, "V-NOT-WHOLE"),
    "requests.granted.business": ("约5", "V-UNREADABLE"),
    "cover.leader": ("  张 三\n李四", ""),
}


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
def test_what_people_type_is_read_alike_in_every_format(suffix: str, resaved: Resaved) -> None:
    """A9, A12 and table B in an old format: same values, same notes, in the same cells."""
    cells = {key: content for key, (content, _) in TYPED.items()}
    data = typed({"cover.filled_on": date(2026, 1, 20), TOTAL: 99})

    submission = read_workbook(resaved(data, suffix, cells))

    expected = read_workbook(resaved(data, "xlsx", cells))
    assert [(note.code, note.at, note.raw) for note in submission.notes] == [
        (note.code, note.at, note.raw) for note in expected.notes
    ]
    assert {TOTAL: "R-OVERWRITTEN", **{key: code for key, (_, code) in TYPED.items() if code}} == {
        note.key: note.code for note in submission.notes
    }
    assert submission.answers == expected.answers
    assert submission["cover.filled_on"] == date(2026, 1, 20)
    assert submission.answers["requests.carried_in.business"][:2] == (None, State.UNREADABLE)
    assert submission.answers[TOTAL].stated == 99


@pytest.mark.office
@pytest.mark.parametrize("formula", ['="五"&"件"', '=IF(1>0,"5","")'])
def test_the_zero_that_libreoffice_writes_for_a_text_is_never_read(formula: str, resaved: Resaved) -> None:
    """A text that a formula gives in a number cell is 0 in an .xls of LibreOffice; in no other format."""
    path = resaved(issued(), "xls", {NEW: {"formula": formula}, "requests.carried_in.natural": {"formula": "=0*5"}})

    submission = read_workbook(path)

    assert submission.answers[NEW][:3] == (None, State.UNREADABLE, formula)
    assert [(note.code, note.raw) for note in submission.notes if note.key == NEW] == [("V-FORMULA-EMPTY", formula)]
    assert submission["requests.carried_in.natural"] == 0


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", *OLD])
def test_a_constant_is_one_though_libreoffice_makes_a_formula_of_it(suffix: str, resaved: Resaved) -> None:
    """Table B: TRUE is no 1, and an error is the error that was there."""
    data = typed({NEW: True, "requests.new.business": "#N/A", "cover.leader": False})

    submission = read_workbook(resaved(data, suffix))

    original = read(data)
    assert codes(submission) == ["V-BOOLEAN", "V-ERROR"]
    assert (submission.answers, submission.notes) == (original.answers, original.notes)


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
def test_rare_characters_are_read_wherever_the_file_is_cut(suffix: str, resaved: Resaved) -> None:
    """A2: a name like 𠮷 is two halves in an .xls; the line below each table shows it by a formula."""
    keys = [cell.key for text in FORM.texts for cell in text.cells][:30]
    names: dict[str, Content] = {key: f"{number}" + "𠮷" * 250 for number, key in enumerate(keys)}
    names["cover.leader"] = "𠮷田"

    submission = read_workbook(resaved(issued(unit=Unit("1", "𠮷田镇")), suffix, names))

    assert submission.unit == Unit("1", "𠮷田镇")
    assert {key: submission[key] for key in names} == names
    assert submission.notes == ()


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
def test_the_way_a_number_is_shown_is_seen(suffix: str, resaved: Resaved) -> None:
    """Table B: a count that Excel made a day or a share of is no count."""

    def restyled(style: str) -> bytes:
        sheet, ref = where(NEW)
        return changed(lambda book: setattr(book[sheet][ref], "number_format", style))

    assert codes(read_workbook(resaved(restyled("yyyy-mm-dd"), suffix))) == ["V-DATE"]
    assert codes(read_workbook(resaved(restyled("0.00%"), suffix))) == ["V-PERCENT"]


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
def test_what_a_sheet_hides_and_locks_is_seen(suffix: str, resaved: Resaved) -> None:
    data = issued()

    package = opened(resaved(data, suffix))

    original = legacy.open_workbook(data, judge(data, name=""), name="")
    for name in original.sheet_names:
        ours, theirs = original.sheet(name), package.sheet(name)
        assert theirs.hidden_rows == ours.hidden_rows
        assert [*theirs.hidden_columns] == [*ours.hidden_columns]
        assert {*theirs.merged} == {*ours.merged}
        assert theirs.protected == ours.protected
        filled = [(ref, cell) for ref, cell in ours.cells.items() if cell.text or not original.style_of(cell).locked]
        assert [ref for ref, cell in filled if (theirs.cells[ref].formula is None) != (cell.formula is None)] == []
        assert [
            ref for ref, cell in filled if package.style_of(theirs.cells[ref]).locked != original.style_of(cell).locked
        ] == []
    assert package.sheet(MACHINE_SHEET).visibility is not Visibility.VISIBLE


@pytest.mark.office
def test_the_name_of_a_file_says_nothing(resaved: Resaved, tmp_path: Path) -> None:
    """A3: an .xls that is called .xlsx."""
    path = resaved(issued(), "xls").rename(tmp_path / "年报(1)最终版.xlsx")

    assert read_workbook(path)[NEW] == 3


@pytest.mark.office
def test_the_et_of_wps_is_read(resaved: Resaved) -> None:
    """A2: it is an .xls with one more stream, by which it is known."""

    def entry(name: str) -> bytes:
        return name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little")

    xls = resaved(issued(), "xls").read_bytes()
    data = xls.replace(entry("\x05SummaryInformation"), entry("ETExtData"))

    submission = read(data)

    assert judge(data, name="").kind is Kind.ET
    assert (submission.verdict, submission.answers) == (Verdict.READ, read(issued()).answers)


@pytest.mark.office
def test_an_old_workbook_with_a_password_is_refused(resaved: Resaved) -> None:
    """A17: what follows the record FILEPASS is encrypted."""
    data = resaved(issued(), "xls").read_bytes()
    begin = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    after = begin + 4 + 16

    submission = read(data[:after] + b"\x2f\x00" + data[after + 2 :])

    assert submission.reason
    assert submission.reason.code == "F-ENCRYPTED"


@pytest.mark.office
@pytest.mark.parametrize("suffix", OLD)
def test_a_damaged_old_workbook_is_read_or_refused(suffix: str, resaved: Resaved) -> None:
    data = resaved(issued(), suffix).read_bytes()
    rng = Random(7)  # noqa: S311  the same bytes every time

    verdicts = []
    for _ in range(10):
        damaged = bytearray(data)
        for _ in range(20):
            damaged[rng.randrange(512, len(data))] = rng.randrange(256)
        verdicts.append(read(bytes(damaged)).verdict)

    assert len(verdicts) == 10
    assert Verdict.REFUSED in verdicts


# ── a parser that goes astray ────────────────────────────────────────────────────────────────────────────────────────


def test_what_only_looks_like_an_old_workbook_is_refused_with_a_way_out() -> None:
    submission = read_workbook(BytesIO(ole("Workbook")))

    assert submission.reason
    assert submission.reason.code == "F-LEGACY-DAMAGED"
    assert refusal(ole("Workbook")).reason.message("zh") == (
        "“年报.xls”是旧格式的表格（.xls 或 .et），文件已损坏，无法读取。 请用 WPS 或 Excel 打开，另存为 .xlsx 后再发。"
    )


def test_one_that_wants_more_memory_than_it_may_have_is_ended() -> None:
    data = ole("Workbook").ljust(40_000_000, b"\0")

    fault = refusal(data, limits=Limits(legacy_memory=50_000_000))

    assert fault.reason.code == "F-LEGACY-LIMIT"


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("import os; os.abort()", "F-LEGACY-DAMAGED"),
        ("import time; time.sleep(60)", "F-LEGACY-LIMIT"),
        ("raise KeyboardInterrupt", "F-LEGACY-DAMAGED"),
        ("print('no answer')", "F-LEGACY-DAMAGED"),
    ],
    ids=["aborts", "hangs", "raises", "babbles"],
)
def test_one_that_goes_astray_refuses_its_file_and_no_other(
    does: str, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "astray.py").write_text(does, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(legacy, "_CHILD", "astray")

    fault = refusal(ole("Workbook"), limits=Limits(legacy_seconds=1))

    assert fault.reason.code == code
    assert fault.reason.message("en").endswith("save it as .xlsx and send it again.")


@pytest.mark.office
def test_no_library_is_taken_from_the_folder_of_the_files(
    resaved: Resaved, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "xlrd.py").write_text("raise SystemExit(7)", encoding="utf-8")
    path = resaved(issued(FORM), "xls")
    monkeypatch.chdir(tmp_path)

    assert read_workbook(path).verdict is Verdict.READ
