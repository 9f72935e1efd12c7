"""Where `templates/` and `samples/` lie: inside the installed package, or beside `src/` in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

#: The build copies both folders under this name into the package (see `pyproject.toml`).
_PACKED = Path(__file__).parent / "_assets"
_CHECKOUT = Path(__file__).parents[2]


@cache
def _folder(name: str) -> Path:
    """Return a folder of assets; the checkout's wins, so that an edit there is seen at once."""
    for root in (_CHECKOUT, _PACKED):
        if (root / name).is_dir() and (root is _PACKED or (root / "pyproject.toml").is_file()):
            return root / name
    raise FileNotFoundError(name)


def templates_folder() -> Path:
    """Return the folder that holds the form definitions and the texts for people."""
    return _folder("templates")


def samples_folder() -> Path:
    """Return the folder of the sample campaign."""
    return _folder("samples")
