from __future__ import annotations

import docx
import pytest
from docx.oxml.ns import qn

from tianbao.reports.published.markup import w
from tianbao.reports.published.styles import LOOKS, ensure_styles, size_of, styles_element

STYLE, NAME, ID = qn("w:style"), qn("w:name"), qn("w:styleId")


def test_the_default_template_has_every_style_and_none_is_made_anew() -> None:
    styles = styles_element()
    before = len(styles)

    ids = ensure_styles(styles)

    assert len(styles) == before
    assert ids == {look.name: look.id for look in LOOKS} | {"报告框线": "ReportGrid"}


def test_styles_that_are_lacking_are_made_and_those_that_are_there_stay_as_the_office_has_them() -> None:
    styles = w(
        "styles",
        w("style", w("name", val="Normal"), type="paragraph", styleId="a"),
        w("style", w("name", val="heading 1"), type="paragraph", styleId="1"),
        w("style", w("name", val="报告表格"), w("rPr", w("sz", val=18)), type="paragraph", styleId="af3"),
        w("style", w("name", val="别的"), type="paragraph", styleId="ReportBody"),
    )

    ids = ensure_styles(styles)

    assert (ids["Normal"], ids["heading 1"], ids["报告表格"], ids["报告正文"]) == ("a", "1", "af3", "ReportBody1")
    assert [style.find(NAME).get(qn("w:val")) for style in styles.findall(STYLE)].count("报告表格") == 1
    assert len({style.get(ID) for style in styles.findall(STYLE)}) == len(styles.findall(STYLE))


def test_styles_of_another_word_processor_are_known_by_their_names() -> None:
    styles = docx.Document().styles.element

    assert ensure_styles(styles)["heading 1"] == "Heading1"


@pytest.mark.parametrize(("id_", "size"), [("own", 9.0), ("based", 9.0), ("none", 12.0), ("circle", 12.0), ("", 12.0)])
def test_the_size_of_characters_is_that_of_the_style_or_of_what_it_is_based_on(id_: str, size: float) -> None:
    styles = w(
        "styles",
        w("docDefaults", w("rPrDefault", w("rPr", w("sz", val=24)))),
        w("style", w("rPr", w("sz", val=18)), styleId="own"),
        w("style", w("basedOn", val="own"), w("rPr", w("b")), styleId="based"),
        w("style", styleId="none"),
        w("style", w("basedOn", val="circle"), styleId="circle"),
    )

    assert size_of(styles, id_) == size


def test_a_document_that_says_no_size_has_words_own() -> None:
    assert size_of(w("styles"), "a") == 10.0
