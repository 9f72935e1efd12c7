"""Is it as fast as it should be? Every line is a ratio within one run; what falls short is marked, and fails nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import IO, Any, BinaryIO
from xml.parsers import expat

import openpyxl
import pandas as pd
import pytest
from xlsxwriter import Workbook

from tests.benchmarks.bare import bare_calls
from tests.benchmarks.measure import Line, medians
from tests.benchmarks.other import content, openpyxl_calls
from tests.benchmarks.workload import FORM, YEAR, Addressee, addressees, filled_values, filled_workbooks, submissions
from tests.office.office import Office
from tests.records.samples import BAIJIA
from tianbao.checks.run import run_checks
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Submission
from tianbao.workbook.book import LockedBook
from tianbao.workbook.layout import make_layout
from tianbao.workbook.read import read_many, read_workbook
from tianbao.workbook.stamp import Stamp
from tianbao.workbook.write import write_whole, write_workbook

pytestmark = pytest.mark.bench

_MEGABYTE = 1_000_000
_ROUNDS = 25


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Two thousand workbooks, each of another unit and with other numbers."""
    folder = tmp_path_factory.mktemp("returns")
    return _written(filled_workbooks(2000), folder)


@pytest.fixture(scope="module")
def workbooks(files: Sequence[Path]) -> Sequence[bytes]:
    """So many of them that none is read twice."""
    return [file.read_bytes() for file in files[: _ROUNDS + 1]]


def test_making_a_workbook(lines: list[Line]) -> None:
    ours = partial(write_workbook, FORM, unit=BAIJIA, year=YEAR, values=filled_values())
    calls = bare_calls(lambda: ours(BytesIO()))
    contenders: dict[str, Callable[[BinaryIO], object]] = {
        "ours": ours,
        "bare": lambda target: calls(Workbook(target, {"in_memory": True})),
        "book": lambda target: calls(LockedBook(target, "")),
        "openpyxl": openpyxl_calls(_made(ours)),
    }
    assert all(content(_made(contender)) == content(_made(ours)) for contender in contenders.values())

    took = medians({name: partial(_made, contender) for name, contender in contenders.items()}, rounds=15)

    add = partial(Line, what="make a workbook", took=took["ours"])
    lines.append(add(against="the bare XlsxWriter calls", other=took["bare"], at_most=1.5))
    lines.append(add(against="those calls on our own class of workbook", other=took["book"]))
    lines.append(add(against="openpyxl, the same cells", other=took["openpyxl"], at_least=2))


def test_issuing_workbooks(lines: list[Line], remarks: list[str], tmp_path: Path) -> None:
    all_of_them = list(addressees(600))
    some = all_of_them[:30]
    files = dict(_stamped(all_of_them))

    took = medians(
        {
            "stamped": lambda: _write_all(_stamped(all_of_them), tmp_path),
            "in full": lambda: _write_all(_in_full(some), tmp_path),
            "disk": lambda: _write_all(files.items(), tmp_path),
            "made": lambda: deque(_stamped(all_of_them), maxlen=0),
            "built": lambda: deque(_in_full(some), maxlen=0),
        },
        rounds=3,
    )

    each, full = took["stamped"] / len(all_of_them), took["in full"] / len(some)
    add = partial(Line, what="stamp and write a workbook, one of 600", took=each)
    lines.append(add(against="each built in full, of 30", other=full))
    lines.append(add(against="writing the same bytes", other=took["disk"] / len(all_of_them)))
    made, built = took["made"] / len(all_of_them), took["built"] / len(some)
    lines.append(Line(what="  made, but not written", took=made, against="built, but not written", other=built))
    remarks.append(f"the stamped workbooks: {len(files):,}, {_megabytes([sum(map(len, files.values()))])} in all")


def test_reading_a_workbook(lines: list[Line], workbooks: Sequence[bytes]) -> None:
    sheets = list(make_layout(FORM).sheet_names)

    took = _time_reading(
        workbooks,
        openpyxl=lambda data: openpyxl.load_workbook(BytesIO(data)),
        pandas=lambda data: pd.read_excel(BytesIO(data), sheet_name=sheets, header=None),
    )

    add = partial(Line, what="read a workbook", took=took["ours"])
    lines.append(add(against="the limit: inflate and parse", other=took["limit"], at_most=3.5))
    lines.append(add(against="openpyxl.load_workbook", other=took["openpyxl"], at_least=4))
    lines.append(add(against="pandas.read_excel", other=took["pandas"]))


def test_checking_a_thousand_submissions(lines: list[Line]) -> None:
    thousand = list(submissions(1000))
    hundred = thousand[:100]
    assert len({finding.file for finding in run_checks(thousand)}) == 100

    took = medians(
        {"together": lambda: run_checks(thousand), "one by one": lambda: [run_checks(one) for one in hundred]}, rounds=5
    )

    each, alone = took["together"] / len(thousand), took["one by one"] / len(hundred)
    lines.append(Line(what="check 1,000 submissions", took=took["together"]))
    lines.append(Line(what="  each", took=each, against="each alone, of 100", other=alone, at_least=20))


def test_merging_a_thousand_submissions(lines: list[Line]) -> None:
    thousand = list(submissions(1000))

    took = medians(
        {"all": lambda: merge_submissions(thousand), "tenth": lambda: merge_submissions(thousand[:100])}, rounds=5
    )

    lines.append(Line(what="merge 1,000 submissions", took=took["all"]))
    lines.append(Line(what="  each", took=took["all"] / 1000, against="each of 100", other=took["tenth"] / 100))


def test_starting_the_command(lines: list[Line]) -> None:
    tianbao = shutil.which("tianbao", path=sysconfig.get_path("scripts"))
    assert tianbao is not None

    took = medians(
        {"help": partial(_run, tianbao, "--help"), "pass": partial(_run, sys.executable, "-c", "pass")}, rounds=25
    )

    lines.append(
        Line(what="tianbao --help", took=took["help"], against="python -c pass", other=took["pass"], at_most=8)
    )


def test_reading_two_thousand_workbooks_in_two_processes(lines: list[Line], files: Sequence[Path]) -> None:
    took = medians({f"{jobs}": partial(_read_and_let_go, files, jobs) for jobs in (1, 2)}, rounds=3)

    what = "read 2,000 workbooks, in two processes"
    lines.append(Line(what=what, took=took["2"], against="in one", other=took["1"], at_least=1.8))


def test_reading_many_files_takes_no_more_memory_than_reading_some(remarks: list[str], files: Sequence[Path]) -> None:
    some, many = files[:300], files[:900]
    _read_and_let_go(some)

    for jobs, where in ((1, "reading"), (2, "of the process that asks two others")):
        peaks = [_peak(partial(_read_and_let_go, paths, jobs)) for paths in (some, many)]
        remarks.append(f"peak memory {where}, 300 and 900 files, each let go: {_megabytes(peaks)}")
    kept = [_peak(partial(_read_and_keep, paths)) for paths in (some, many)]
    remarks.append(f"peak memory reading, all kept: {_megabytes(kept)}")


def test_reading_a_workbook_that_openpyxl_saved(lines: list[Line], workbooks: Sequence[bytes]) -> None:
    took = _time_reading(list(map(_saved_by_openpyxl, workbooks)))

    lines.append(Line(what="read one saved by openpyxl", took=took["ours"], against="its limit", other=took["limit"]))


@pytest.mark.office
def test_reading_a_workbook_that_libreoffice_saved(
    lines: list[Line], office: Office, files: Sequence[Path], tmp_path: Path
) -> None:
    saved: list[bytes] = []
    for file in files[: _ROUNDS + 1]:
        with office.open(file) as book:
            saved.append(book.save(tmp_path / "saved.xlsx").read_bytes())

    took = _time_reading(saved)

    lines.append(
        Line(what="read one saved by LibreOffice", took=took["ours"], against="its limit", other=took["limit"])
    )


def _time_reading(workbooks: Sequence[bytes], **others: Callable[[bytes], object]) -> dict[str, float]:
    """Time our reader, the limit for any reader, and others, all with the same workbooks, another one each time."""
    members = _members_read(workbooks[0])

    def in_turn(read: Callable[[bytes], object]) -> Callable[[], object]:
        turns = cycle(workbooks)
        return lambda: read(next(turns))

    readers = {
        "ours": lambda data: read_workbook(BytesIO(data)),
        "limit": lambda data: _inflate_and_parse(data, members),
        **others,
    }
    return medians({name: in_turn(read) for name, read in readers.items()}, rounds=_ROUNDS)


def _made(write: Callable[[BinaryIO], object]) -> bytes:
    made = BytesIO()
    write(made)
    return made.getvalue()


def _members_read(data: bytes) -> list[str]:
    """Name the parts of a workbook that our reader opens."""
    read_workbook(BytesIO(data))  # what is made once for a form opens parts of its own
    opened: dict[str, None] = {}
    really_open = zipfile.ZipFile.open

    def noting(archive: zipfile.ZipFile, part: str | zipfile.ZipInfo, *more: Any) -> IO[bytes]:
        opened[part if isinstance(part, str) else part.filename] = None
        return really_open(archive, part, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", noting)
        read_workbook(BytesIO(data))
    return list(opened)


def _stamped(addressees: Iterable[Addressee]) -> Iterator[tuple[str, bytes]]:
    stamp = Stamp(FORM, year=YEAR)
    for one in addressees:
        yield one.unit.code, stamp.workbook(one.unit, prior=one.prior, issuance=one.issuance)


def _in_full(addressees: Iterable[Addressee]) -> Iterator[tuple[str, bytes]]:
    for one in addressees:
        write = partial(write_workbook, FORM, unit=one.unit, year=YEAR, prior=one.prior, issuance=one.issuance)
        yield one.unit.code, _made(write)


def _write_all(workbooks: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Write workbooks as a campaign does: whole or not at all."""
    for name, data in workbooks:
        write_whole(folder / f"{name}.xlsx", data)


def _inflate_and_parse(data: bytes, members: list[str]) -> None:
    """Do the least that any reader must do: inflate the parts, parse them, and look at nothing."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in members:
            expat.ParserCreate().Parse(archive.read(name), True)  # noqa: FBT003 (expat takes no keywords)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _written(workbooks: Iterable[bytes], folder: Path) -> list[Path]:
    files = []
    for n, data in enumerate(workbooks):
        files.append(folder / f"{n:04}.xlsx")
        files[-1].write_bytes(data)
    return files


def _saved_by_openpyxl(data: bytes) -> bytes:
    saved = BytesIO()
    openpyxl.load_workbook(BytesIO(data)).save(saved)
    return saved.getvalue()


def _read_and_let_go(files: Sequence[Path], jobs: int = 1) -> None:
    for _ in read_many(files, jobs=jobs):
        pass


def _read_and_keep(files: Sequence[Path]) -> list[Submission]:
    return list(read_many(files))


def _peak(read: Callable[[], object]) -> int:
    """Return the most memory that was in use at once on top of what was before, in bytes."""
    tracemalloc.start()
    try:
        kept = read()
        peak = tracemalloc.get_traced_memory()[1]
        del kept
        return peak
    finally:
        tracemalloc.stop()


def _megabytes(sizes: list[int]) -> str:
    return ", ".join(f"{size / _MEGABYTE:.1f} MB" for size in sizes)
