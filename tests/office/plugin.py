"""The fixture `office`: one LibreOffice for all tests that a process runs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.office.office import Office, what_is_missing


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """Start LibreOffice; where it is missing the test is skipped, but on CI it fails."""
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and on CI it must judge")
        pytest.skip(missing)
    with Office() as running:
        yield running
