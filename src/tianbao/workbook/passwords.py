"""The passwords that open locked files: nothing shows them, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Passwords:
    """Passwords to try, in order, each once.

    They are to be had by going through them and in no other way: neither a representation nor a comparison that fails
    writes them out.

    >>> Passwords(["开门", "开门", ""])
    <1 passwords>
    """

    __slots__ = ("_words",)

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Take passwords; a text alone is one, and an empty one is none."""
        each = (words,) if isinstance(words, str) else words
        self._words = tuple(dict.fromkeys(word for word in each if word))

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __repr__(self) -> str:
        return f"<{len(self)} passwords>"


NO_PASSWORDS = Passwords()
