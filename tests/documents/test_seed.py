"""A report as a township published it, read to its last cell."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tianbao.documents import read_document
from tianbao.form.model import Kind
from tianbao.records.model import State, Submission, Unit, Verdict

SAMPLES = Path(__file__).parents[2] / "samples"
SEED = SAMPLES / "published/baijiazhuang-2023.txt"


@pytest.fixture(scope="module")
def seed() -> Submission:
    return read_document(SEED)


def test_whose_it_is_and_of_which_year_is_known_by_the_title_and_the_layout_by_its_labels(seed: Submission) -> None:
    assert (seed.verdict, seed.year, seed.unit) == (Verdict.READ_WITH_NOTES, 2023, Unit("白家庄镇", "白家庄镇"))
    assert seed.form is not None
    assert seed.form.id == "zfxxgk-2019"
    assert [note.code for note in seed.notes] == ["P-PUBLISHED"]


def test_every_one_of_its_cells_is_read_and_the_block_that_it_lacks_is_blank(seed: Submission) -> None:
    lacking = {"art20_9.procurement.projects", "art20_9.procurement.amount"}

    assert {key for key, value in seed.values.items() if value is None} == lacking
    assert {value for key, value in seed.values.items() if key not in lacking} == {0}
    assert {seed.answers[key].state for key in lacking} == {State.BLANK}
    assert seed.incomplete == frozenset()


def test_every_figure_says_in_which_line_it_stands(seed: Submission) -> None:
    lines = SEED.read_text(encoding="utf-8").splitlines()
    assert seed.form is not None

    for cell in seed.form.cells():
        if cell.kind is Kind.INPUT and seed[cell.key] is not None:
            origin = seed.cell(cell.key).origin
            number = int(origin.cell.removeprefix("第").removesuffix("行"))
            assert (origin.sheet, lines[number - 1]) == ("正文", "\t0"), cell.key
    assert seed.cell("requests.denied_law.natural").origin.cell == "第166行"


def test_its_texts_are_those_of_the_sample_that_was_typed_by_hand(seed: Submission) -> None:
    typed = json.loads((SAMPLES / "baijiazhuang-2023.json").read_text(encoding="utf-8"))["texts"]

    assert set(seed.texts) == {"lead", "overview", "problems", "other_matters"}
    for key, text in seed.texts.items():
        assert "".join(text.split()) == "".join(typed[key].split()), key


def test_the_signature_is_no_text_and_its_date_is_the_day_of_filling_in(seed: Submission) -> None:
    assert seed["cover.filled_on"] == date(2023, 12, 25)
    assert seed.texts["other_matters"] == "暂无其他需要报告的事项。"
