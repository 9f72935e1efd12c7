"""What can be wrong with a form definition, and how it is told: every fault at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.form.model import Severity
from tianbao.messages import Language


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a definition.

    Attributes:
        place: where in the file, in its own words: `tables.requests.rows.new`, `checks.T3-01.rule`.
        params: the facts of the sentence.
        cause: the error that the fault passes on, told in its own words.
    """

    code: str
    place: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    cause: TianbaoError | None = None

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and the way out."""
        facts = dict(self.params)
        if self.cause is not None:
            facts |= {"problem": self.cause.message(lang), "way_out": self.cause.way_out(lang)}
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}".strip()


class UnknownFormError(TianbaoError):
    """No bundled form has this name and no file lies at this path."""

    code = "U-FORM"


class FormDefinitionError(TianbaoError):
    """A definition cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "D-FORM"

    def __init__(self, path: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(path=path, count=len(faults))
        self.faults = faults

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [f"  × {fault.code}  {fault.place}  {fault.message(lang)}" for fault in self.faults]
        return "\n".join([super().message(lang), *lines])
