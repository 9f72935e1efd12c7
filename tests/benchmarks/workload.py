"""What is measured with: right reports of the form in force, with random numbers, and a thousand submissions of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from random import Random

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.form.model import Kind
from tianbao.form.names import PRIOR
from tianbao.records.model import Submission, Unit, Value
from tianbao.workbook.layout import make_layout
from tianbao.workbook.write import write_workbook

FORM = load_form("zfxxgk-2021")
YEAR = 2025

_TEXTS = {
    key: "\n".join(
        f"{n}. 本年度严格落实条例要求，主动公开与依申请公开工作均按时办结，没有发生投诉。" for n in range(1, 7)
    )
    for key in ("lead", "overview", "problems", "other_matters")
}
_TEXTS["lead"] = "根据《中华人民共和国政府信息公开条例》编制本报告。\n统计期限为全年。"
#: Last year's figures of which the workbook shows something.
_SHOWN = sorted(key.removeprefix(PRIOR) for key in make_layout(FORM).places if key.startswith(PRIOR))
_NOT_OUTCOMES = ("new", "carried_in", "carried_out")


def right_report(chance: Random) -> dict[str, Value]:
    """Answer every number cell so that every check holds."""
    inputs = [cell.key for cell in FORM.cells() if cell.kind is Kind.INPUT]
    values: dict[str, Value] = {key: chance.randint(0, 9) for key in inputs}
    outcomes = dict[str, int]()
    for key in inputs:
        table, row, column = key.split(".")
        if table == "requests" and row not in _NOT_OUTCOMES:
            outcomes[column] = outcomes.get(column, 0) + int(str(values[key]))
    values |= {f"requests.new.{applicant}": closed for applicant, closed in outcomes.items()}
    values |= {
        f"requests.carried_out.{applicant}": values[f"requests.carried_in.{applicant}"] for applicant in outcomes
    }
    values |= {f"art20_1.rules.{column}": 0 for column in ("issued", "repealed", "in_force")}
    values |= {"art20_1.norm_docs.issued": 3, "art20_1.norm_docs.in_force": 12}
    return values | {"art20_8.admin_fees.amount": Decimal("12.50")}


def filled_values() -> Mapping[str, Value]:
    """Return what a township with something to report fills in: every number, and the texts."""
    return {**right_report(Random(1)), **_TEXTS}  # noqa: S311  numbers for a test, no secrets


def filled_workbooks(count: int) -> Iterator[bytes]:
    """Yield the workbooks of so many units, each with names and numbers of its own."""
    chance = Random(3)  # noqa: S311  numbers for a test, no secrets
    for n in range(count):
        made = BytesIO()
        write_workbook(FORM, made, unit=_unit(n), year=YEAR, values={**right_report(chance), **_TEXTS})
        yield made.getvalue()


@dataclass(frozen=True)
class Addressee:
    """Who gets a workbook: the unit, its figures of last year, and what the office signs."""

    unit: Unit
    prior: Mapping[str, Value]
    issuance: str


def addressees(count: int) -> Iterator[Addressee]:
    """Yield so many units to which workbooks are issued.

    Of ten, six had nothing to report last year, three had one to three small figures, one had something in every cell.
    """
    chance = Random(4)  # noqa: S311  numbers for a test, no secrets
    numbers = [cell.key for cell in FORM.cells() if cell.is_number]
    for n in range(count):
        prior: dict[str, Value] = dict.fromkeys(numbers, 0)
        if n % 10 in (1, 4, 7):
            prior |= {key: chance.randint(1, 9) for key in chance.sample(_SHOWN, chance.randint(1, 3))}
        elif n % 10 == 9:
            prior |= {key: chance.randint(0, 99) for key in numbers}
        yield Addressee(_unit(n), prior, f"Zk3f{n:06}.b0TjWm1lX7s4Ue8Kp2rNcVq9YzA1bC3d")


def submissions(count: int) -> Iterator[Submission]:
    """Yield the reports of so many units; every tenth has one wrong number."""
    chance = Random(2)  # noqa: S311  numbers for a test, no secrets
    for n in range(count):
        values = right_report(chance)
        if n % 10 == 0:
            values["requests.new.natural"] = int(str(values["requests.new.natural"])) + 1
        yield submission(FORM, values, unit=_unit(n), year=YEAR)


def _unit(n: int) -> Unit:
    return Unit(f"14{n:07}", f"示例{n}", "township")
