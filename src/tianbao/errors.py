"""The base of all errors: what we were asked to do and could not.

What a respondent typed is a `Finding`, a bad file is a refused `Submission`; neither raises. An error here is a
bad call: each has a stable `code`, the facts as `params`, a sentence in both catalogues and a way out.
"""

from __future__ import annotations

import copyreg
from typing import ClassVar

from tianbao import messages
from tianbao.messages import Language


class TianbaoError(Exception):
    """Something that we were asked to do cannot be done.

    Attributes:
        code: stable, the same in both languages; `tianbao explain CODE` tells about it.
        params: the facts in the sentence.
        exit_status: what the command returns (2 usage, 3 file or definition, 4 mail).
    """

    code: ClassVar[str]
    exit_status: ClassVar[int] = 3

    def __init__(self, **params: object) -> None:
        super().__init__(params)
        self.params = params

    def __reduce__(self) -> tuple[object, ...]:
        """Send it to another process with its facts, whatever its constructor takes."""
        return copyreg.__newobj__, (type(self),), self.__dict__  # type: ignore[attr-defined]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence, without the code."""
        return messages.say(self.code, lang, **self.params)

    def way_out(self, lang: Language | None = None) -> str:
        """Write what to do."""
        return messages.hint(self.code, lang, **self.params)

    @property
    def hint(self) -> str:
        """What to do, in the language in use."""
        return self.way_out()

    def __str__(self) -> str:
        return f"[{self.code}] {self.message()}"
