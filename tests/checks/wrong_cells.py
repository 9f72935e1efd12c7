"""Realistic reports with one or two wrong cells in them, and what the suspects are worth: a simulation.

A unit has some 60 applications a year, most of them of natural persons and granted, so that most cells are 0. Its ledger
and its report of last year are right; a hand slips when it fills in the workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.records.samples import submission
from tianbao import expr
from tianbao.checks.case import Case, make_case
from tianbao.checks.finding import Suspect
from tianbao.checks.identities import Identities
from tianbao.checks.locate import Explanation, Locator
from tianbao.checks.run import Ruling, check_each, judge
from tianbao.expr import Compare
from tianbao.form.model import Amount, Cell, CellType, Form, Kind
from tianbao.records.model import Submission, Unit, Value

LEDGER = {
    "control.received": "new",
    "control.carried_in": "carried_in",
    "control.closed": "",
    "control.carried_out": "carried_out",
}
#: The rows of table 3 that are counted when a request comes in or is left over.
FLOWS = ("new", "carried_in", "carried_out")

_APPLICANTS = {"natural": 75, "business": 12, "research": 1, "nonprofit": 2, "legal": 6, "other_org": 4}
_COMMON = {"granted": 45, "partial": 12, "unable_not_held": 14, "unable_make": 4, "denied_third_party": 4}
_RARE = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """A report with wrong cells.

    Attributes:
        right: the right number of each wrong cell.
        kinds: by which slips they came about.
    """

    report: Submission
    prior: Submission | None
    right: Mapping[str, int]
    kinds: tuple[str, ...]


def make_trials(
    form: Form, count: int, *, seed: int, wrong: int = 1, controls: bool, prior: bool, narrative: bool = False
) -> list[Trial]:
    """Make reports with so many wrong cells each; the same for the same seed."""
    chance = Random(f"{form.id} {seed} {wrong}")  # noqa: S311  the same reports every time
    trials = [_trial(form, chance, n, wrong=wrong, controls=controls, prior=prior) for n in range(count)]
    return [_with_narrative(trial) for trial in trials] if narrative else trials


def _with_narrative(trial: Trial) -> Trial:
    """Let a report tell in words what is right: what came in, what became of it, what is left."""
    values = {key: _whole(answer.value) for key, answer in trial.report.answers.items()}
    values |= trial.right
    rows = {"granted": "予以公开", "partial": "部分公开", "unable_not_held": "本机关不掌握相关政府信息"}
    outcomes_ = "，".join(f"{label}{_of_row(values, row)}件" for row, label in rows.items())
    said = (
        f"全年新收政府信息公开申请{_of_row(values, 'new')}件，上年结转{_of_row(values, 'carried_in')}件。"
        f"办结{_sum(values, '')}件，其中{outcomes_}；结转下年度{_of_row(values, 'carried_out')}件。"
    )
    answers = {**trial.report.answers}
    answers["text.overview.1"] = answers["text.overview.1"]._replace(value=said, raw=said)
    return replace(trial, report=replace(trial.report, answers=answers))


def _whole(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _of_row(values: Mapping[str, int], row: str) -> int:
    return sum(values[f"requests.{row}.{applicant}"] for applicant in _APPLICANTS)


def _trial(form: Form, chance: Random, n: int, *, wrong: int, controls: bool, prior: bool) -> Trial:
    values = realistic(form, chance)
    ledger = {key: _sum(values, row) for key, row in LEDGER.items()} if controls else {}
    typed: dict[str, int | None] = dict(values)
    kinds = []
    right: dict[str, int] = {}
    while len(right) < wrong:
        key, kind, slip = _slip(form, values, chance)
        if key not in right:
            typed[key], right[key] = slip, values[key]
            kinds.append(kind)
    unit = Unit(f"14{n:07}", f"示例{n}", "township")
    blank = [key for key, value in typed.items() if value is None]
    answers: dict[str, Value] = {key: value for key, value in typed.items() if value is not None}
    report = submission(form, answers | ledger, unit=unit, file=f"{n}.xlsx", blank=blank)
    return Trial(report, _last_year(form, values, unit) if prior else None, right, tuple(kinds))


def realistic(form: Form, chance: Random) -> dict[str, int]:
    """Answer every number cell so that every check holds."""
    values = {cell.key: 0 for cell in number_inputs(form)}
    rows = [row.key for row in form.table("requests").rows]
    outcomes = [row for row in rows if row not in (*FLOWS, "total")]
    weights = [_COMMON.get(row, _RARE) for row in outcomes]
    for _ in range(chance.randint(40, 80)):
        (applicant,) = chance.choices(list(_APPLICANTS), list(_APPLICANTS.values()))
        came = "carried_in" if chance.random() < 0.06 else "new"
        went = "carried_out" if chance.random() < 0.06 else chance.choices(outcomes, weights)[0]
        values[f"requests.{came}.{applicant}"] += 1
        values[f"requests.{went}.{applicant}"] += 1
    for key in ("art20_5.licence.decisions", "art20_6.penalty.decisions"):
        values[key] = chance.randint(0, 3000)
    if chance.random() < 0.3:
        values[f"remedies.review.{chance.choice(('upheld', 'corrected', 'pending'))}"] = chance.randint(1, 3)
    return values


def number_inputs(form: Form) -> list[Cell]:
    """Return the cells of the tables that a count is typed into."""
    return [cell for cell in form.cells() if cell.kind is Kind.INPUT and cell.type is CellType.COUNT]


def _sum(values: Mapping[str, int], row: str) -> int:
    """Add a row of table 3 up; the outcomes without a name."""
    known = [key for key in values if key.startswith("requests.") and key.split(".")[2] in _APPLICANTS]
    rows = {key: key.split(".")[1] for key in known if key.split(".")[1] != "total"}
    return sum(values[key] for key, of in rows.items() if of == row or (not row and of not in FLOWS))


def _last_year(form: Form, values: Mapping[str, int], unit: Unit) -> Submission:
    """Make last year's report: what it carried over came in this year, and it had as many decisions."""
    over = {key: n for key, n in values.items() if key.startswith("requests.carried_in.")}
    left: dict[str, Value] = {key.replace("carried_in", "carried_out"): n for key, n in over.items()}
    came: dict[str, Value] = {key.replace("carried_in", "new"): n for key, n in over.items()}
    decided: dict[str, Value] = {key: n for key, n in values.items() if key.endswith(".decisions")}
    return submission(form, left | came | decided, unit=unit, year=2024, file=f"{unit.code} 2024.xlsx")


# ── slips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _swapped(_: Mapping[str, int], __: str, meant: int) -> int | None:
    text = str(meant)
    return int(text[1] + text[0] + text[2:]) if len(text) > 1 and text[0] != text[1] != "0" else None


def _too_large(_: Mapping[str, int], __: str, meant: int) -> int | None:
    return meant * 10 or None


def _doubled(_: Mapping[str, int], __: str, meant: int) -> int | None:
    return int(str(meant) + str(meant)[-1]) if meant % 10 else None


def _dropped(_: Mapping[str, int], __: str, meant: int) -> int | None:
    return int(str(meant)[:-1]) if meant > 9 else None


def _left_blank(_: Mapping[str, int], __: str, ___: int) -> None:
    return None


def _repeated(values: Mapping[str, int], key: str, meant: int) -> int | None:
    keys = list(values)
    above = values[keys[max(keys.index(key) - len(_APPLICANTS), 0)]]
    return above if above and above != meant else None


def _subtotal(values: Mapping[str, int], key: str, meant: int) -> int | None:
    table, row, column = key.split(".")
    if table != "requests" or row in FLOWS:
        return None
    of_column = [n for k, n in values.items() if k.startswith("requests.") and k.endswith(f".{column}")]
    outcomes = sum(of_column) - sum(values[f"requests.{flow}.{column}"] for flow in FLOWS)
    return outcomes if outcomes != meant else None


SLIPS: Mapping[str, Callable[[Mapping[str, int], str, int], int | None]] = {
    "swapped": _swapped,
    "too large": _too_large,
    "doubled": _doubled,
    "dropped": _dropped,
    "blank": _left_blank,
    "repeated": _repeated,
    "subtotal": _subtotal,
}


def _slip(form: Form, values: Mapping[str, int], chance: Random) -> tuple[str, str, int | None]:
    """Choose a slip and a cell in which it makes a difference; now and then a number that nothing explains."""
    keys = [cell.key for cell in number_inputs(form)]
    while True:
        kind = chance.choice((*SLIPS, "any"))
        key = chance.choice(keys)
        if kind == "any":
            return key, kind, chance.choice([n for n in range(10) if n != values[key]])
        slip = SLIPS[kind](values, key, values[key])
        if slip is not None or (kind == "blank" and values[key]):
            return key, kind, slip


# ── what became of it ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is told of a report with one wrong cell.

    Attributes:
        touched: whether an identity that is asked has the wrong cell in it.
        suspects: of the findings that are no consequences and have some.
        singles: every single cell, this year's or a witness, whose change satisfies all identities: by trying each.
    """

    trial: Trial
    touched: bool
    suspects: tuple[tuple[Suspect, ...], ...]
    singles: frozenset[str]

    @property
    def key(self) -> str:
        """The wrong cell."""
        return next(iter(self.trial.right))

    @property
    def is_first(self) -> bool:
        """Whether the wrong cell, with its right number, is the first suspect of every finding."""
        right = self.trial.right[self.key]
        return bool(self.suspects) and all((s[0].key, s[0].suggested) == (self.key, right) for s in self.suspects)

    @property
    def is_named(self) -> bool:
        """Whether the wrong cell is among the suspects."""
        return any(suspect.key == self.key for several in self.suspects for suspect in several)

    @property
    def certain(self) -> frozenset[str]:
        """The cells that are said to be the only ones."""
        told = (suspect for several in self.suspects for suspect in several)
        return frozenset(suspect.key for suspect in told if "只可能是" in suspect.because("zh"))


def outcomes(form: Form, trials: Sequence[Trial]) -> Iterator[Outcome]:
    """Check reports with one wrong cell."""
    found = check_each([trial.report for trial in trials], prior=[t.prior for t in trials if t.prior])
    for trial, own, (case, asked, broken) in zip(trials, found, _judged(form, trials), strict=True):
        rows = _rows(form, case, asked)
        yield Outcome(
            trial,
            any(key in row for key in trial.right for row in rows.values()),
            tuple(finding.suspects for finding in own if finding.suspects),
            frozenset(_singles(case, rows, broken)),
        )


def explained(
    form: Form, trials: Sequence[Trial]
) -> Iterator[tuple[Trial, list[tuple[frozenset[str], Sequence[Explanation]]]]]:
    """Give, for each part of a report that is broken by itself, the wrong cells in it and the smallest explanations."""
    locator = Locator(form)
    for trial, (case, asked, broken) in zip(trials, _judged(form, trials), strict=True):
        instances = [instance for instance in form.instances if instance.id in asked]
        system = locator._system(case, instances)
        parts = [part for part in system.parts if part.rows & broken.keys()]
        wrong = [frozenset(k for k in trial.right if part.rows & system.columns.get(k, {}).keys()) for part in parts]
        yield trial, list(zip(wrong, locator.explain(case, broken, instances), strict=True))


def _judged(form: Form, trials: Sequence[Trial]) -> Iterator[tuple[Case, set[str], dict[str, Amount]]]:
    """Give each report as the rules see it, the checks that are asked of it, and what is out of balance."""
    ruled = judge([trial.report for trial in trials], prior=[t.prior for t in trials if t.prior]).rulings
    for trial, rulings in zip(trials, ruled, strict=True):
        case = make_case(trial.report, form, trial.prior)
        broken: dict[str, Amount] = {}
        for instance in form.instances:
            if rulings[instance.id] is Ruling.BROKEN and isinstance(instance.rule, Compare):
                sides = [expr.evaluate(side, case.figures.get) for side in (instance.rule.left, instance.rule.right)]
                broken[instance.id] = int(str(sides[0])) - int(str(sides[1]))
        yield case, {name for name, ruling in rulings.items() if ruling is not Ruling.NOT_ASKED}, broken


def _rows(form: Form, case: Case, asked: set[str]) -> dict[str, Mapping[str, int]]:
    identities = Identities(form)
    rows = {i.id: identities.inputs(case, i) for i in form.instances if i.id in asked}
    return {
        name: {key: int(times) for key, times in row.items()}
        for name, row in rows.items()
        if row and not any(key.startswith(("cover.", "year")) for key in row)
    }


def _singles(case: Case, rows: Mapping[str, Mapping[str, int]], broken: Mapping[str, Amount]) -> Iterator[str]:
    """Try every cell in the way of school: what would the first broken identity have it be, and do all hold then?"""
    first = next((name for name in rows if name in broken), None)
    for key, times in rows[first].items() if first else ():
        figure = case.figures[key]
        value = int(figure) if isinstance(figure, int) else 0
        step = -int(broken[first or ""]) // times
        if value + step >= 0 and all(broken.get(name, 0) + row.get(key, 0) * step == 0 for name, row in rows.items()):
            yield key
