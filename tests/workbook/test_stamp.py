"""One build of a form gives the workbook of every unit: byte for byte the one that is written in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.form.definitions import TREES, built
from tests.records.samples import submission
from tests.workbook.returned import BAIJIA, DOUCUN, ISSUANCE, read
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form
from tianbao.records.model import Unit, Value
from tianbao.workbook import exchange
from tianbao.workbook import stamp as room
from tianbao.workbook.layout import make_layout
from tianbao.workbook.stamp import Stamp
from tianbao.workbook.write import write_workbook

YEARS = {"zfxxgk-2019": 2020}
NO_CONTROLS = TREES[TREES.index("[[controls]]") : TREES.index("[[codelists]]")]
NO_LEDGER = TREES[TREES.index('[[checks]]\ncode = "K-01"') : TREES.index('[[checks]]\ncode = "Y-01"')]
#: Of the trees: as they are; last year's figures on the hidden sheet only; none of the parts that a form may leave out.
TREE_FORMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "trees": (),
    "trees whose last year no table shows": (('prior = [{ row = "total", label = "上年合计" }]', ""),),
    "trees without control totals": ((NO_CONTROLS, ""), (NO_LEDGER, "")),
}
FORMS = [*bundled_forms(), *TREE_FORMS]


@cache
def form_of(name: str) -> Form:
    if name not in TREE_FORMS:
        return load_form(name)
    with TemporaryDirectory() as folder:
        return built(Path(folder), *TREE_FORMS[name])


def year_of(name: str) -> int:
    return YEARS.get(name, 2025)


@cache
def stamp_of(name: str) -> Stamp:
    """Return the same stamp for all tests: what it made before must leave no trace."""
    return Stamp(form_of(name), year=year_of(name), issuer="五台县<政务公开>办")


def whole(name: str, unit: Unit, *, prior: Mapping[str, Value] | None = None, issuance: str = "") -> bytes:
    target = BytesIO()
    write_workbook(
        form_of(name),
        target,
        unit=unit,
        year=year_of(name),
        prior=prior,
        issuer="五台县<政务公开>办",
        issuance=issuance,
    )
    return target.getvalue()


def figures(name: str, figure: Callable[[int], Value]) -> dict[str, Value]:
    """Give every number of last year a figure by its place among them."""
    return {cell.key: figure(n) for n, cell in enumerate(form_of(name).cells()) if cell.is_number}


PRIORS: Mapping[str, Callable[[int], Value]] = {
    "zeros": lambda _: 0,
    "one each": lambda _: 1,
    "what differs": lambda n: n * n,
    "leaps": lambda n: 10 ** (n % 7),
    "some are not known": lambda n: n if n % 3 else None,
    "most are not known": lambda n: None if n % 40 else n,
    "decimals": lambda n: Decimal(n * 7).scaleb(-2),
    "a negative zero": lambda n: Decimal("-0.0") if n % 2 else 0,
    "negative": lambda n: -n,
}


@pytest.fixture
def in_full(monkeypatch: pytest.MonkeyPatch) -> list[Unit]:
    """Note whose workbook was written in full."""
    units = list[Unit]()

    def noting(*arguments: object, unit: Unit, **more: object) -> None:
        units.append(unit)
        write_workbook(*arguments, unit=unit, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "write_workbook", noting)
    return units


# ── ordinary units are stamped ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FORMS)
def test_the_bytes_are_those_of_a_full_build(name: str, in_full: list[Unit]) -> None:
    for unit in (BAIJIA, DOUCUN, Unit("140922301", "县卫生健康和体育局")):
        assert stamp_of(name).workbook(unit) == whole(name, unit)
        assert stamp_of(name).workbook(unit, issuance=ISSUANCE) == whole(name, unit, issuance=ISSUANCE)

    assert in_full == []


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("what", PRIORS)
def test_whatever_last_years_figures_were_the_bytes_are_those_of_a_full_build(
    name: str, what: str, in_full: list[Unit]
) -> None:
    prior = figures(name, PRIORS[what])
    other = figures(name, lambda n: n % 5)

    for last_year, unit in ((prior, BAIJIA), (other, DOUCUN), (prior, DOUCUN)):
        assert stamp_of(name).workbook(unit, prior=last_year) == whole(name, unit, prior=last_year)

    assert in_full == []


def test_last_years_report_may_be_a_submission() -> None:
    before = submission("zfxxgk-2021", {"requests.carried_out.natural": 2}, year=2024)

    made = stamp_of("zfxxgk-2021").workbook(BAIJIA, prior=before)

    assert made == whole("zfxxgk-2021", BAIJIA, prior=before.values)
    assert made != stamp_of("zfxxgk-2021").workbook(BAIJIA, prior={**before.values, "requests.carried_out.natural": 0})


def test_the_verdicts_of_a_stamped_workbook_follow_last_years_figures() -> None:
    """The priors of these tests are worth something: they turn checks over."""
    stamp = Stamp(form_of("zfxxgk-2021"), year=2025)
    signs = set[str]()
    for figure in PRIORS.values():
        stamp.workbook(BAIJIA, prior=figures("zfxxgk-2021", figure))
        signs |= {"".join(mould._drawn.audit.verdicts.values()) for mould in stamp._moulds.values() if mould}

    assert len(signs) >= 5


@pytest.mark.parametrize("password", ["密码 1", "", None])
def test_a_password_is_that_of_a_full_build(password: str | None) -> None:
    form, target = load_form("fire-safety"), BytesIO()
    write_workbook(form, target, unit=BAIJIA, year=2025, password=password)

    assert Stamp(form, year=2025, password=password).workbook(BAIJIA) == target.getvalue()


def test_a_stamped_workbook_is_read_as_what_it_is() -> None:
    submission = read(stamp_of("zfxxgk-2021").workbook(DOUCUN, issuance=ISSUANCE))

    assert (submission.notes, submission.unit, submission.issuance) == ((), DOUCUN, ISSUANCE)


# ── odd names ────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Names that only look like something else, and are stamped.
ODD = {
    "long": Unit("140922018", "长" * 200),
    "quotes": Unit("140922018", "“甲”\"乙\"'丙'"),
    "markup": Unit("140922018", "<甲&乙>&amp;</t>"),
    "a formula": Unit("=1+1", "=1+2", "=2"),
    "blanks around": Unit("140922018", "  甲镇 ", " x"),
    "line feeds": Unit("140922018", "甲\n乙\t镇"),
    "what turns the line": Unit("140922018", "甲\u202e镇\u2066"),
    "half a character": Unit("140922018", "甲\ud800镇"),
    "controls": Unit("140922018", "甲\x01_x000D_镇"),
    "beyond the plane": Unit("140922018", "𠮷田镇"),
    "the separator of the marks": Unit("14|09", "甲|乙"),
    "what nobody is called": Unit("\ue000", "\ue001镇", "\ue003"),
}
#: Names that stand in the form already or in each other's place, or that no cell holds as they are.
IN_FULL = {
    "the year": Unit("140922018", "2025"),
    "a label": Unit("140922018", "合计"),
    "a key": Unit("140922018", "甲镇", "form"),
    "its own code": Unit("140922018", "140922018"),
    "nothing": Unit("140922018", ""),
    "no code": Unit("", "甲镇"),
    "too long for a mark": Unit("140922018", "长" * 300),
    "the writer's own markup": Unit("140922018", "<r>甲</r>"),
    "the same in the end": Unit("140922018", "甲\u202e镇", "甲镇"),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_name_is_stamped(what: str, in_full: list[Unit]) -> None:
    unit = ODD[what]

    assert stamp_of("trees").workbook(unit) == whole("trees", unit)
    assert in_full == []


@pytest.mark.parametrize("what", IN_FULL)
def test_a_name_that_would_move_other_texts_is_written_in_full(what: str, in_full: list[Unit]) -> None:
    unit = IN_FULL[what]

    assert stamp_of("trees").workbook(unit) == whole("trees", unit)
    assert in_full == [unit]


def test_a_figure_that_is_no_number_is_refused_as_it_is_in_full() -> None:
    prior = figures("zfxxgk-2021", lambda _: Decimal("Infinity"))

    with pytest.raises(InvalidOperation):
        whole("zfxxgk-2021", BAIJIA, prior=prior)
    with pytest.raises(InvalidOperation):
        stamp_of("zfxxgk-2021").workbook(BAIJIA, prior=prior)


# ── where nobody can vouch ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_mould_that_does_not_give_itself_back_is_not_used(
    monkeypatch: pytest.MonkeyPatch, in_full: list[Unit]
) -> None:
    """As if another release of XlsxWriter or of zlib wrote or packed something otherwise."""
    monkeypatch.setattr(room, "property_xml", lambda text: f"<vt:lpwstr>{text}</vt:lpwstr >".encode())
    unit = Unit("140922018", "白家庄镇")

    assert Stamp(form_of("trees"), year=2025).workbook(unit) == Stamp(form_of("trees"), year=2025)._in_full(
        unit, None, ""
    )
    assert len(in_full) == 2


def test_where_packing_differs_every_workbook_is_written_in_full(
    monkeypatch: pytest.MonkeyPatch, in_full: list[Unit]
) -> None:
    monkeypatch.setattr(exchange, "_LEVEL", 1)
    stamp = Stamp(form_of("trees"), year=2025, issuer="五台县<政务公开>办")

    assert stamp.workbook(BAIJIA) == whole("trees", BAIJIA)
    assert in_full == [BAIJIA]


def test_no_more_moulds_are_kept_than_the_memory_allows(monkeypatch: pytest.MonkeyPatch, in_full: list[Unit]) -> None:
    monkeypatch.setattr(room, "_MOST_MOULDS", 1)
    stamp = Stamp(form_of("trees"), year=2025, issuer="五台县<政务公开>办")
    prior = figures("trees", lambda n: n)

    made = [stamp.workbook(BAIJIA), stamp.workbook(BAIJIA, prior=prior), stamp.workbook(BAIJIA)]

    assert made == [whole("trees", BAIJIA), whole("trees", BAIJIA, prior=prior), whole("trees", BAIJIA)]
    assert len(stamp._moulds) == 1
    assert in_full == []


def test_no_more_outcomes_are_kept_than_the_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_OUTCOMES", 2)
    stamp = Stamp(form_of("trees"), year=2025, issuer="五台县<政务公开>办")

    for n in (1, 2, 3, 1):
        prior = dict.fromkeys(figures("trees", int), n)
        assert stamp.workbook(BAIJIA, prior=prior) == whole("trees", BAIJIA, prior=prior)

    (mould,) = stamp._moulds.values()
    assert mould is not None
    assert len(mould._outcomes) == 2


# ── anything ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = st.text(max_size=12) | st.sampled_from(["合计", "2025", "", "否", "unit_code", "白家庄镇", "140922018"])
ANY_FIGURE = (
    st.none()
    | st.integers(-10, 10**9)
    | st.sampled_from([0, 1, 5, 50, 500])
    | st.decimals(-100, 10**7, allow_nan=False, places=2)
)


@st.composite
def priors(draw: st.DrawFn, name: str) -> dict[str, Value] | None:
    """Make up last year's figures; those that the workbook shows or asks about are the ones that matter."""
    if draw(st.integers(0, 5)) == 0:
        return None
    asked = [key.removeprefix("prior.") for key in make_layout(form_of(name)).places if key.startswith("prior.")]
    zeros = figures(name, lambda _: 0)
    return {**zeros, **draw(st.dictionaries(st.sampled_from(asked), ANY_FIGURE, max_size=len(asked)))}


@pytest.mark.parametrize("name", ["zfxxgk-2021", "zfxxgk-2019", *TREE_FORMS])
@settings(max_examples=20, deadline=None)
@given(data=st.data(), unit=st.builds(Unit, NAMES, NAMES, NAMES), issuance=st.sampled_from(["", ISSUANCE]))
def test_any_unit_and_any_last_year_give_the_bytes_of_a_full_build(
    name: str, data: st.DataObject, unit: Unit, issuance: str
) -> None:
    prior = data.draw(priors(name))

    made = stamp_of(name).workbook(unit, prior=prior, issuance=issuance)

    assert made == whole(name, unit, prior=prior, issuance=issuance)
