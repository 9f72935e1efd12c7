"""The table that every measurement adds its lines to, printed when all are done."""

from __future__ import annotations

import pytest

from tests.benchmarks.measure import Line, table

_HEAD = ("what", "took", "against", "took", "ratio", "target", "")
_LINES = pytest.StashKey[list[Line]]()
_REMARKS = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def lines(pytestconfig: pytest.Config) -> list[Line]:
    """Return the lines of the table, to be added to."""
    return pytestconfig.stash.setdefault(_LINES, [])


@pytest.fixture(scope="session")
def remarks(pytestconfig: pytest.Config) -> list[str]:
    """Return the sentences below the table, to be added to."""
    return pytestconfig.stash.setdefault(_REMARKS, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    measured = config.stash.get(_LINES, [])
    terminalreporter.section("medians of rounds in random order, after one untimed call of each")
    for row in table([_HEAD, *(line.cells for line in measured)]):
        terminalreporter.line(row)
    for remark in config.stash.get(_REMARKS, []):
        terminalreporter.line(remark)
