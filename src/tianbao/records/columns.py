"""Answers as arrays, for comparing many at once: the only place where a number becomes a binary double.

In:   the answers of some submissions, by key.
Out:  one array a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def to_columns(
    rows: Sequence[Mapping[str, object]], *, numbers: Iterable[str], texts: Iterable[str]
) -> dict[str, npt.NDArray[Any]]:
    """Turn answers into one array a key: numbers as float64 with NaN for a blank, texts as objects.

    A key that a row does not have is a blank there.
    """
    number_keys, text_keys = list(numbers), list(texts)
    matrix = np.array([[row.get(key) for key in number_keys] for row in rows], dtype=np.float64)
    words = np.array([[row.get(key) for key in text_keys] for row in rows], dtype=object)
    columns = dict(zip(number_keys, np.ascontiguousarray(matrix.reshape(len(rows), -1).T), strict=True))
    return columns | dict(zip(text_keys, words.reshape(len(rows), -1).T, strict=True))
