"""What every test can ask for: `office`, a running LibreOffice; and which tests stay together where several processes run them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

pytest_plugins = ["tests.office.plugin"]


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Keep the tests of a module in one process where they share something that is made once for all of them."""
    for item in items:
        if isinstance(item, pytest.Function) and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _shares(item: pytest.Function) -> bool:
    found = item._fixtureinfo.name2fixturedefs.values()
    return any(fixtures[-1].scope in ("class", "module", "package") for fixtures in found)
