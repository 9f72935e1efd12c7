"""Every code that the source can raise is explained, in both languages, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import tianbao
from tests.expr.desk import find
from tianbao import messages
from tianbao.expr import bind, parse
from tianbao.expr.errors import ExpressionError
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Severity
from tianbao.messages import LANGUAGES, Language
from tianbao.messages.explained import SEVERITIES, explained, is_code, spoken
from tianbao.records.model import Note, Reason, Submission, Verdict
from tianbao.workbook.package import RawCell, StyleFacts
from tianbao.workbook.values import Asked, read_value

SOURCE = Path(tianbao.__file__).parent

#: What the checks of the forms are called; they say themselves, in the words of their definition.
CHECKS = {check.code for name in bundled_forms() for check in load_form(name).checks}
CODES = sorted(code for code in messages.catalogue("zh") if is_code(code) and code not in CHECKS)

_A_CODE_IN_SOURCE = re.compile(rf"[{''.join(sorted({code[0] for code in CODES}))}]-[A-Z0-9]+(?:-[A-Z0-9]+)*")


def trees() -> Iterator[ast.Module]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def code_in(node: ast.expr) -> str | None:
    is_one = isinstance(node, ast.Constant) and isinstance(node.value, str) and _A_CODE_IN_SOURCE.fullmatch(node.value)
    return str(node.value) if isinstance(node, ast.Constant) and is_one else None


def named_in_source() -> set[str]:
    """Return every code that stands in the source as a whole string."""
    return {
        code for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.expr) and (code := code_in(node))
    }


def told_as() -> Iterator[tuple[str, str]]:
    """Yield code and severity wherever both stand in one call."""
    for tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
            codes = [code for argument in arguments if (code := code_in(argument))]
            said = {
                node.attr.lower()
                for argument in arguments
                for node in ast.walk(argument)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Severity"
            }
            yield from ((code, severity) for code in codes[:1] for severity in said)


def facts(code: str, *parts: str, lang: Language) -> set[str]:
    """Return the names of the facts that a code's sentence and its way out take; the way out itself is none."""
    entry = {**messages.catalogue(lang)[code], "text": messages.catalogue(lang)[spoken(code)]["text"]}
    return {name for part in parts for _, name, _, _ in Formatter().parse(entry[part]) if name is not None} - {"fix"}


def test_every_code_of_the_source_stands_in_the_catalogues_and_every_other_way_round() -> None:
    assert named_in_source() - CHECKS == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_a_way_out_a_cause_and_an_example(code: str) -> None:
    known = explained()[code]

    assert known.severities == tuple(severity for severity in SEVERITIES if severity in known.severities) != ()
    for lang in LANGUAGES:
        entry = messages.catalogue(lang)[code]
        assert all(entry[part].strip() for part in ("text", "hint"))
        assert known.when[lang].endswith("。" if lang == "zh" else ".")
        assert facts(code, "text", "hint", lang=lang) == known.example[lang].keys()
        assert all(sample.sentence and sample.way_out for sample in known.samples(lang))


def test_nothing_is_explained_that_is_no_code() -> None:
    assert explained().keys() == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_note_has_a_way_out_of_its_own_only_where_the_code_may_be_graver(code: str) -> None:
    known = explained()[code]
    has_own = "hint_note" in messages.catalogue("zh")[code]

    assert has_own == (known.example_note is not None)
    if known.example_note is not None:
        assert len(known.severities) > 1
        assert known.severities[-1] == "note"
        assert all(facts(code, "text", "hint_note", lang=lang) == known.example_note[lang].keys() for lang in LANGUAGES)


@pytest.mark.parametrize(("code", "severity"), sorted(set(told_as())))
def test_a_code_is_told_as_gravely_as_is_said_of_it(code: str, severity: str) -> None:
    assert code in CHECKS or severity in explained()[code].severities


def test_a_severity_that_is_not_said_of_a_code_is_seen() -> None:
    with pytest.raises(AssertionError, match="V-ROUNDED"):
        Note("V-ROUNDED", Severity.QUERY, params={"value": 3})


def test_a_note_whose_sentence_lacks_a_fact_is_seen() -> None:
    with pytest.raises(KeyError, match="value"):
        Note("V-ROUNDED", Severity.NOTE)


def test_a_refusal_whose_sentence_lacks_a_fact_is_seen() -> None:
    with pytest.raises(KeyError, match="name"):
        Submission("一.xlsx", "", Verdict.REFUSED, reason=Reason("F-DAMAGED", {"part": "三、依申请公开"}))


def test_a_note_is_no_reason_to_refuse() -> None:
    with pytest.raises(AssertionError, match="F-MACROS"):
        Submission("一.xlsx", "", Verdict.REFUSED, reason=Reason("F-MACROS", {}))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chinese_console_can_print_what_is_known_of_a_code(lang: Language) -> None:
    known = explained().values()
    said = "".join(part for k in known for s in k.samples(lang) for part in (k.when[lang], s.sentence, s.way_out))

    assert {glyph for glyph in set(said) if not glyph.encode("gbk", errors="ignore")} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_an_example_shows_no_gap(code: str, lang: Language) -> None:
    entry = messages.catalogue(lang)[code]
    own_dots = "…" in entry["text"] + entry["hint"]

    said = [part for sample in explained()[code].samples(lang) for part in (sample.sentence, sample.way_out)]

    assert own_dots or not any("…" in part for part in said)
    assert not any(part != part.strip() or "  " in part or "“”" in part or '""' in part for part in said)


def test_two_ways_out_are_two_samples() -> None:
    graver, note = explained()["R-OVERWRITTEN"].samples("en")

    assert (graver.severities, note.severities) == (("query",), ("note",))
    assert (
        graver.sentence
        == "三、依申请公开!E33: 15 was typed over a formula; computed from its parts it is 14, off by 1."
    )
    assert note.way_out == "Nothing to do: the two are the same, and a merge uses the computed figure."


def test_facts_that_are_words_are_in_the_language_of_the_sentence() -> None:
    known = explained()["U-OPTION-VALUE"]

    assert known.samples("zh")[0].way_out == "应为：整数。"
    assert known.samples("en")[0].way_out == "It must be: a whole number."


# ── examples that are true ───────────────────────────────────────────────────────────────────────────────────────────


#: What a name of an example is at the desk on which expressions are tested.
DESK = {"new": "a", "total": "b", "totl": "nothing", "carried_in": "c", "outcome": "col", "kind": "t", "filled_on": "d"}

WRONG = [
    code
    for code, known in explained().items()
    if code.startswith("E-") and "text" in known.example["zh"] and code != "E-FORMULA"
]


@pytest.mark.parametrize("code", WRONG)
def test_the_example_of_a_wrong_expression_is_wrong_in_just_this_way(code: str) -> None:
    example = dict(explained()[code].example["zh"])

    with pytest.raises(ExpressionError) as raised:
        bind(parse(str(example["text"])), lambda path: find((DESK.get(path[0], path[0]),)), text=str(example["text"]))

    assert raised.value.code == code
    assert {name: raised.value.params[name] for name in example} == example


COUNT, MONEY = Asked(measure="件"), Asked(type="decimal", measure="万元", digits=2)
CODE, DAY = Asked(type="code", codes=("是", "否")), Asked(type="date")

#: What stands in the file where the example shows what was typed, and what its cell asks for.
TYPED = {
    "V-BOOLEAN": (RawCell("b", "1", None, 0), COUNT),
    "V-CODE": (RawCell("s", "是 ", None, 0), CODE),
    "V-CONVERTED": (RawCell("s", "125000元", None, 0), MONEY),
    "V-DECIMALS": (RawCell("n", "12.3456", None, 0), MONEY),
    "V-ERROR": (RawCell("e", "#REF!", None, 0), COUNT),
    "V-FORMULA": (RawCell("n", "5", "3+2", 0), COUNT),
    "V-FORMULA-EMPTY": (RawCell("n", "", "SUM(台账)", 0), COUNT),
    "V-FORMULA-EXTERNAL": (RawCell("n", "5", "[台账.xlsx]2025!B7", 0), COUNT),
    "V-NEGATIVE": (RawCell("n", "-3", None, 0), COUNT),
    "V-NOT-A-CODE": (RawCell("s", "部分", None, 0), CODE),
    "V-NOT-A-DATE": (RawCell("s", "2026年1月", None, 0), DAY),
    "V-NOT-APPLICABLE": (RawCell("s", "不适用", None, 0), Asked(not_applicable=True)),
    "V-PRECISION": (RawCell("n", "12.345678901234567891", None, 0), Asked(type="decimal", digits=20)),
    "V-ROUNDED": (RawCell("n", "2.9999999999", None, 0), COUNT),
    "V-SERIAL-DATE": (RawCell("n", "46034", None, 0), DAY),
    "V-TEXT-DATE": (RawCell("s", "2026年1月12日", None, 0), DAY),
}
#: Their facts are made by the style of a cell, or by a formula that is told as such.
BY_STYLE = {
    "V-DATE": (RawCell("n", "46024", None, 0), StyleFacts(is_date=True)),
    "V-PERCENT": (RawCell("n", "0.35", None, 0), StyleFacts(is_percent=True)),
    "V-PICTURE": (RawCell("s", "", '_xlfn.DISPIMG("x",1)', 0), StyleFacts()),
}


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("V-") and code != "V-00"])
def test_the_example_of_an_entry_is_read_in_just_this_way(code: str) -> None:
    example = {name: str(fact) for name, fact in explained()[code].example["zh"].items() if name != "at"}
    cell, asked = TYPED.get(code, (RawCell("s", example.get("raw", ""), None, 0), COUNT))
    cell, style = BY_STYLE.get(code, (cell, StyleFacts()))

    (remark,) = read_value(cell, asked, style).notes

    assert (remark.code, explained()[code].severities) == (code, (remark.severity.value,))
    assert {name: str(remark.params[name]) for name in example} == example
