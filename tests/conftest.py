"""What every test can ask for: `office`, a running LibreOffice."""

from __future__ import annotations

pytest_plugins = ["tests.office.plugin"]
