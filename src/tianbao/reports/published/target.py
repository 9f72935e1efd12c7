"""Where a report is written to: a path, or a file that is open.

In:   the whole of a file.
Out:  nothing.
Knows nothing of its format.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

Target = str | os.PathLike[str] | BinaryIO


def store(target: Target, content: bytes) -> None:
    """Write the whole of a file at once."""
    if isinstance(target, str | os.PathLike):
        Path(target).write_bytes(content)
    else:
        target.write(content)
