"""What would run, reach out or mislead is told and never followed, or refuses the file (faults C, A22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.office.office import Office
from tests.workbook.crafted import MAIN, OFFICE, PACKAGE
from tests.workbook.hostile import (
    ANSWERS,
    DOCTYPES,
    EMPTY,
    PART,
    STRINGS,
    STYLES,
    WORKBOOK,
    typed,
    with_doctype,
)
from tests.workbook.packing import members_of, zip_of
from tests.workbook.returned import codes, issued, read, the_note, where
from tianbao.form.model import Severity
from tianbao.records.model import State, Submission, Verdict
from tianbao.workbook.read import read_many, read_workbook

RELATIONS = "xl/_rels/workbook.xml.rels"
PARTS = [PART, STRINGS, STYLES, WORKBOOK, "_rels/.rels", RELATIONS, "docProps/custom.xml"]
CORE, TYPES = "docProps/core.xml", "[Content_Types].xml"
LINK = "xl/externalLinks/externalLink1.xml"


def answers(submission: Submission) -> dict[str, str]:
    return {key: str(submission[key]) for key in ANSWERS}


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_part_that_declares_entities_refuses_the_file(doctype: str, part: str, encoding: str) -> None:
    submission = read(with_doctype(doctype, part, encoding))

    assert submission.reason
    assert submission.reason.code == "F-DTD"
    assert submission.reason.params["part"] in (part, where(EMPTY)[0], part.rpartition("/")[2])


def test_a_part_that_nobody_reads_may_declare_what_it_wants() -> None:
    submission = read(with_doctype(DOCTYPES["a billion laughs"], CORE))

    assert (submission.verdict, answers(submission)) == (Verdict.READ, ANSWERS)


# ── what a number is ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1_000", "V-UNREADABLE"),
        ("nan", "V-UNREADABLE"),
        ("NaN", "V-UNREADABLE"),
        ("inf", "V-UNREADABLE"),
        ("-Infinity", "V-UNREADABLE"),
        ("0x10", "V-UNREADABLE"),
        ("1,000", "V-UNREADABLE"),
        ("٣", "V-UNREADABLE"),
        ("５", "V-UNREADABLE"),
        ("1 2", "V-UNREADABLE"),
        (" 5", "V-UNREADABLE"),
        ("5-", "V-UNREADABLE"),
        (".5", "V-UNREADABLE"),
        ("--5", "V-UNREADABLE"),
        ("1e9999", "V-UNREADABLE"),
        ("1e999", "V-TOO-LARGE"),
        ("9" * 5_000, "V-TOO-LARGE"),
        ("-1", "V-NEGATIVE"),
        ("1e-5", "V-NOT-WHOLE"),
    ],
)
def test_what_is_no_number_is_none_whatever_python_would_make_of_it(written: str, code: str) -> None:
    submission = read(typed(f"<v>{written}</v>".encode(), b"n"))

    note = the_note(submission, code)
    assert (note.key, note.raw) == (EMPTY, written)
    assert submission.answers[EMPTY][:2] == (None, State.UNREADABLE)
    assert submission["requests.denied_secret.total"] == 0
    assert answers(submission) == ANSWERS


# ── what would run or reach out ──────────────────────────────────────────────────────────────────────────────────────


def with_more(parts: Mapping[str, str], related: Mapping[str, str] | None = None, data: bytes | None = None) -> bytes:
    """Add parts to a workbook, and relations of it: the last word of the type → the part."""
    links = "".join(
        f'<Relationship Id="x{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate((related or {}).items())
    )
    members = {**members_of(data or issued()), **{name: text.encode() for name, text in parts.items()}}
    members[RELATIONS] = members[RELATIONS].replace(b"</Relationships>", links.encode() + b"</Relationships>")
    return zip_of(members)


def drawing(picture: str, mode: str = ' TargetMode="External"') -> dict[str, str]:
    """Have a drawing show a picture, and carry a link that one may click on."""
    shown = f'<Relationship Id="r1" Type="{OFFICE}/image" Target="{picture}"{mode}/>'
    link = f'<Relationship Id="r2" Type="{OFFICE}/hyperlink" Target="https://example.org" TargetMode="External"/>'
    return {
        "xl/drawings/drawing1.xml": "<wsDr/>",
        "xl/drawings/_rels/drawing1.xml.rels": f'<Relationships xmlns="{PACKAGE}">{shown}{link}</Relationships>',
    }


def linked() -> bytes:
    """Let the answer that is empty look into another workbook, with what was seen there last."""
    seen = (
        '<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>7</v></cell></row></sheetData></sheetDataSet>'
    )
    book = f'<externalBook r:id="r1"><sheetNames><sheetName val="a"/></sheetNames>{seen}</externalBook>'
    path = f'<Relationship Id="r1" Type="{OFFICE}/externalLinkPath" Target="b.xlsx" TargetMode="External"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    parts = members_of(typed(b"<f>[1]a!A1</f><v>7</v>", b"n"))
    for part, before, more in (
        (WORKBOOK, b"<definedNames>", '<externalReferences><externalReference r:id="x0"/></externalReferences>'),
        (TYPES, b"</Types>", f'<Override PartName="/{LINK}" ContentType="{kind}"/>'),
    ):
        parts[part] = parts[part].replace(before, more.encode() + before)
    more_parts = {
        LINK: f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}</externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{PACKAGE}">{path}</Relationships>',
    }
    return with_more(more_parts, {"externalLink": "externalLinks/externalLink1.xml"}, zip_of(parts))


DDE = b"<f>cmd|'/c calc'!A0</f><v>7</v>"

ACTIVE = {
    "macros": (with_more({"xl/vbaProject.bin": "x"}), ["F-MACROS"]),
    "macros of old": (with_more({}, {"xlMacrosheet": "macrosheets/sheet1.xml"}), ["F-MACROS"]),
    "another workbook": (linked(), ["F-EXTERNAL-LINKS", "V-FORMULA-EXTERNAL"]),
    "another program": (
        with_more({LINK: "<externalLink/>"}, data=typed(DDE, b"n")),
        ["F-EXTERNAL-LINKS", "V-FORMULA-EXTERNAL"],
    ),
    "another program, unsaid": (typed(DDE, b"n"), ["V-FORMULA-EXTERNAL"]),
    "a connection": (with_more({}, {"connections": "connections.xml"}), ["F-CONNECTIONS"]),
    "a document in it": (with_more({"xl/embeddings/oleObject1.bin": "x"}), ["F-EMBEDDED"]),
    "a control": (with_more({"xl/activeX/activeX1.bin": "x"}), ["F-EMBEDDED"]),
    "a program of the net": (with_more({"xl/webextensions/webextension1.xml": "<x/>"}), ["F-EMBEDDED"]),
    "a picture of the net": (with_more(drawing("https://example.org/1.png")), ["F-REMOTE"]),
    "a picture of another computer": (with_more(drawing("file:///\\\\server\\1.png")), ["F-REMOTE"]),
    "a picture, and a link": (with_more(drawing("../media/image1.png", "")), []),
    "a damaged list of pictures": (with_more({"xl/drawings/_rels/drawing1.xml.rels": "<Relation"}), []),
}


@pytest.mark.parametrize(("data", "told"), ACTIVE.values(), ids=ACTIVE.keys())
def test_what_would_run_or_reach_out_is_told_and_the_answers_are_the_same(data: bytes, told: list[str]) -> None:
    submission = read(data)

    assert codes(submission) == told
    assert answers(submission) == ANSWERS


def test_what_another_file_said_last_is_taken_for_the_time_being_and_queried() -> None:
    submission = read(linked())

    note = the_note(submission, "V-FORMULA-EXTERNAL")
    assert (submission[EMPTY], note.severity, note.raw) == (7, Severity.QUERY, "=[1]a!A1")


def test_a_workbook_with_macros_is_told_in_a_sentence() -> None:
    note = the_note(read(ACTIVE["macros"][0]), "F-MACROS")

    assert note.message("zh") == (
        "工作簿里带有宏；宏没有运行，只读了数字。 不用处理：数从格子里读出，与宏无关。自己打开原件时，请不要启用宏。"
    )


def test_a_picture_that_lies_elsewhere_is_told_in_a_sentence() -> None:
    note = the_note(read(ACTIVE["a picture of the net"][0]), "F-REMOTE")

    assert note.message("zh") == (
        "工作簿里有存放在别处（网上或别的文件里）的图片之类；没有去取。 不用处理：读出的数不靠这些图片。"
    )
    assert note.message("en") == (
        "The workbook shows pictures or the like that lie elsewhere (on the net or in other files); they were not fetched."
        " Nothing to do: no figure depends on them."
    )


@pytest.mark.office
@pytest.mark.parametrize(("suffix", "told"), [("xls", "V-FORMULA"), ("ods", "V-FORMULA-EXTERNAL")])
def test_a_link_to_another_file_is_told_in_old_formats_too(
    suffix: str, told: str, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(linked())
    with office.open(path) as workbook:
        saved = workbook.save(tmp_path / f"b.{suffix}")

    submission = read_workbook(saved)

    assert codes(submission) == ["F-EXTERNAL-LINKS", told]
    assert submission[EMPTY] == 7


# ── what is not whole ────────────────────────────────────────────────────────────────────────────────────────────────


def mail() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "baijia@example.org", "年报"
    letter.set_content("见附件。")
    letter.add_attachment(issued(), maintype="application", subtype="octet-stream", filename="年报.xlsx")
    return letter.as_bytes()


def archive() -> bytes:
    return zip_of([("a.txt", "x"), ("年报.xlsx", issued())])


WHOLE: dict[str, Callable[[], bytes]] = {"xlsx": issued, "zip": archive, "eml": mail}


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_that_is_cut_off_is_refused(kind: str, share: float, tmp_path: Path) -> None:
    whole = WHOLE[kind]()
    path = tmp_path / f"x.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])

    (submission,) = read_many([path])

    assert submission.reason
    assert submission.reason.code == "F-TRUNCATED"


@pytest.mark.office
@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_an_old_workbook_that_is_cut_off_is_refused(suffix: str, share: float, office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(issued())
    with office.open(path) as workbook:
        whole = workbook.save(tmp_path / f"b.{suffix}").read_bytes()

    submission = read(whole[: int(len(whole) * share)])

    assert submission.reason
    assert submission.reason.code == "F-TRUNCATED"
