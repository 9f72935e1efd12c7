"""Find a definition, read it, and give the form it describes.

name or path ──find──▶ form.toml ──schema──▶ raw lines ──build──▶ Form ──verify──▶ faults, all at once
"""

from __future__ import annotations

import copyreg
import difflib
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from tianbao.assets import templates_folder
from tianbao.form.build import build_form
from tianbao.form.faults import Fault, FormDefinitionError, UnknownFormError
from tianbao.form.model import Form, Severity
from tianbao.form.schema import NEEDED, RawForm, ValidationError
from tianbao.form.verify import verify_form

_FILE = "form.toml"


def bundled_forms() -> tuple[str, ...]:
    """Return the names of the forms that come with the package."""
    return tuple(sorted(path.parent.name for path in (templates_folder() / "forms").glob(f"*/{_FILE}")))


def load_form(source: str | os.PathLike[str]) -> Form:
    """Load a bundled form by its name, or a definition by its path (the file or its folder).

    A copy of a bundled definition, as it lies in the folder of a campaign, is the bundled form: forms are the same when they
    are one.

    Raises:
        UnknownFormError: neither a bundled name nor a file.
        FormDefinitionError: the definition has faults; the error holds all of them.
    """
    path = find_definition(source).resolve()
    if path.is_relative_to(templates_folder().resolve()):
        return _load_bundled(path, path.stat().st_mtime_ns)
    form = _load(path, path.stat().st_mtime_ns)
    if form.id in bundled_forms():
        bundled = load_form(form.id)
        return bundled if (bundled.digest, bundled.county) == (form.digest, form.county) else form
    return form


def _sent(form: Form) -> tuple[Callable[[str], Form], tuple[str]]:
    """Send a form to another process as the path of its definition: there too, one definition is one form."""
    return load_form, (str(form.path),)


copyreg.pickle(Form, _sent)


#: What the office does with the sums is no part of what units are asked: their workbooks stay the same.
_NOT_ASKED = frozenset(("county", "earlier"))


def _read(path: Path, _changed: int) -> Form:
    form, faults = examine(path)
    errors = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if form is None or errors:
        raise FormDefinitionError(str(path), errors)
    return form


#: Bundled forms are few and never forgotten, so that each is one as long as the process lives.
_load, _load_bundled = lru_cache(maxsize=16)(_read), lru_cache(maxsize=None)(_read)


def find_definition(source: str | os.PathLike[str]) -> Path:
    """Return the definition file that a name or a path means."""
    text = os.fspath(source)
    if text in bundled_forms():
        return templates_folder() / "forms" / text / _FILE
    path = Path(text)
    if path.is_dir() and (path / _FILE).is_file():
        return path / _FILE
    if path.is_file():
        return path
    near = difflib.get_close_matches(text, bundled_forms(), n=1)
    raise UnknownFormError(name=text, known="、".join(bundled_forms()), near=near[0] if near else bundled_forms()[-1])


def examine(path: Path) -> tuple[Form | None, tuple[Fault, ...]]:
    """Read a definition and tell everything that is wrong with it.

    Returns:
        The form, as far as it could be built (None where it could not at all), and the faults and notes.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, (Fault("D-ENCODING", path.name, {"position": error.start}),)
    except tomllib.TOMLDecodeError as error:
        return None, (Fault("D-TOML", path.name, {"problem": str(error)}),)
    asked = {part: said for part, said in data.items() if part not in _NOT_ASKED}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
    raw, faults = _validate(data)
    if raw is None:
        return None, faults
    form, more = build_form(raw, digest, path.resolve())
    return form, (*faults, *more, *verify_form(form, raw, whole=not faults + more))


def _validate(data: dict[str, object]) -> tuple[RawForm | None, tuple[Fault, ...]]:
    """Judge the shape of the file; what can be passed over is, so that the rest is judged in the same run."""
    faults: list[Fault] = []
    for _ in range(3):
        try:
            return RawForm.model_validate(data), tuple(faults)
        except ValidationError as error:
            details = error.errors(include_url=False)
            faults += [_shape_fault(data, detail) for detail in details]
            if not all([_pass_over(data, detail["loc"]) for detail in reversed(details)]):  # noqa: C419  every one is to be removed
                break
    return None, tuple(faults)


def _shape_fault(data: Mapping[str, object], detail: Mapping[str, object]) -> Fault:
    """Say one of pydantic's complaints in our own words."""
    location = detail["loc"]
    assert isinstance(location, tuple)
    place = _place(data, location)
    context = detail.get("ctx")
    facts: dict[str, object] = {"field": str(location[-1]), "value": _short(detail.get("input")), "rule": ""}
    if isinstance(context, Mapping):
        facts["rule"] = str(
            next(
                (
                    context[key]
                    for key in ("expected", "pattern", "ge", "le", "gt", "max_length", "min_length")
                    if key in context
                ),
                "",
            )
        )
    match detail["type"]:
        case "missing":
            return Fault("D-MISSING", place, facts)
        case "extra_forbidden":
            return Fault("D-FIELD", place, facts)
        case "string_pattern_mismatch":
            return Fault("D-PATTERN", place, facts)
        case "literal_error":
            return Fault("D-CHOICE", place, facts)
        case "too_short" | "string_too_short":
            return Fault("D-EMPTY", place, facts)
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "string_too_long" | "too_long":
            return Fault("D-RANGE", place, facts)
        case _:
            return Fault("D-TYPE", place, {**facts, "rule": re.sub(r"_type$", "", str(detail["type"]))})


def _place(data: object, location: tuple[int | str, ...]) -> str:
    """Name a place by keys and codes instead of list positions: `tables.requests.rows.new`."""
    parts: list[str] = []
    at = data
    for step in location:
        at = _inside(at, step)
        if isinstance(step, int) and isinstance(at, dict):
            parts.append(str(at.get("key") or at.get("code") or step + 1))
        else:
            parts.append(str(step + 1) if isinstance(step, int) else step)
    return ".".join(parts)


#: What stands in for a faulty word about the form itself, so that its tables and checks are judged all the same.
_STAND_INS: Mapping[int | str, str] = {"schema": "tianbao.form/1", "id": "x", "version": "0.0.0", "title": "x"}


def _pass_over(data: object, location: tuple[int | str, ...]) -> bool:
    """Take a faulty value, or the line that lacks one, out of the data; False where nothing is left to go on with."""
    trail: list[tuple[object, int | str]] = []
    at = data
    for step in location:
        trail.append((at, step))
        at = _inside(at, step)
    if isinstance(data, dict) and len(location) == 1 and location[0] in _STAND_INS:
        data[location[0]] = _STAND_INS[location[0]]
        return True
    for holder, step in reversed(trail):
        if isinstance(holder, list) and _inside(holder, step) is not None:
            del holder[int(step)]
            return True
        if isinstance(holder, dict) and step in holder and step == location[-1] and step not in NEEDED:
            del holder[step]
            return True
    return False


def _inside(holder: object, step: int | str) -> object:
    """Return what a step of a path leads to; None where it leads nowhere."""
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return holder[step]
    return None


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"  # noqa: PLR2004
