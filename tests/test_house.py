"""The house keeps its own rules: doors, floors, words and glyphs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tianbao import messages

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

#: One door a foreign library: who may import it, a module or a room with all that is in it. A library that is not
#: in this table may be imported by nobody.
DOORS: dict[str, set[str]] = {
    "click": {"tianbao.cli"},
    "docx": {"tianbao.documents.word", "tianbao.reports.published"},
    "filelock": {"tianbao.campaign.folder"},
    "imap_tools": {"tianbao.mail.inbox"},
    "jinja2": {"tianbao.reports.published.page"},
    "keyring": {"tianbao.mail.password"},
    "lxml": {
        "tianbao.documents.page",
        "tianbao.documents.word",
        "tianbao.reports.published",
        "tianbao.reports.pictures",
    },
    "msoffcrypto": {"tianbao.workbook.decrypt"},
    "numpy": {"tianbao.checks.run", "tianbao.expr.frame", "tianbao.records.columns"},
    "openpyxl": {"tianbao.campaign.lists", "tianbao.cli.demo", "tianbao.workbook.second_opinion"},
    "pandas": {"tianbao.expr.frame", "tianbao.merge.merge", "tianbao.records.frame"},
    "pyarrow": {"tianbao.reports.data.parquet"},
    "pydantic": {"tianbao.form.schema"},
    "smtplib": {"tianbao.mail.outbox"},
    "sqlite3": {"tianbao.campaign.store"},
    "xlrd": {"tianbao.workbook.xls"},
    "xlsxwriter": {
        "tianbao.reports",
        "tianbao.workbook.audit",
        "tianbao.workbook.book",
        "tianbao.workbook.draft",
        "tianbao.workbook.styles",
        "tianbao.workbook.tables",
        "tianbao.workbook.write",
        "tianbao.workbook.sent_back",
    },
}

#: The libraries that are imported by another name than they are installed by.
IMPORTED_AS = {"imap-tools": "imap_tools", "msoffcrypto-tool": "msoffcrypto", "python-docx": "docx"}

#: What neither `import tianbao` nor `tianbao --help` may wait for.
SLOW = [
    "cryptography",
    "docx",
    "filelock",
    "imap_tools",
    "jinja2",
    "keyring",
    "lxml",
    "msoffcrypto",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "pydantic",
    "smtplib",
    "sqlite3",
    "xlrd",
    "xlsxwriter",
]

FOLDERS = {".ci", "samples", "src", "templates", "tests"}

#: Where a machine keeps its own things; `/usr/bin` and the like are the same everywhere.
A_PATH_OF_A_MACHINE = re.compile(r"(?<![\w.>}])(?:/(?:home|mnt|opt|root|tmp|work)/|/Users/|[A-Z]:\\Users\\)\w")


def imports() -> Iterator[tuple[str, str]]:
    """Yield every import in the source, wherever it stands: the module that imports, the library's first name."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    yield from ((module, name.name.partition(".")[0]) for name in names)
                case ast.ImportFrom(module=str(name), level=0):
                    yield module, name.partition(".")[0]
                case _:
                    pass


def is_inside(module: str, rooms: set[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def committed() -> list[str]:
    """List the files in the repository; a checkout that belongs to someone else is read all the same."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [name for name in listing.split("\0") if (ROOT / name).is_file()]


def loaded_by(statement: str) -> list[str]:
    """Name the slow libraries that a fresh Python has loaded when it ends."""
    watch = (
        "import atexit, json, sys\n"
        f"atexit.register(lambda: print(json.dumps([name for name in {SLOW} if name in sys.modules]), file=sys.stderr))\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", watch + statement],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    found: list[str] = json.loads(run.stderr.splitlines()[-1])
    return found


def facts(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_a_foreign_library_is_imported_through_its_door_only() -> None:
    foreign = [
        (module, library)
        for module, library in imports()
        if library != "tianbao" and (library in DOORS or library not in sys.stdlib_module_names)
    ]

    assert [(m, library) for m, library in foreign if not is_inside(m, DOORS.get(library, set()))] == []


def test_every_dependency_is_in_use_and_every_library_in_use_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for name, lines in project["optional-dependencies"].items() if name != "dev" for line in lines]
    installed = [re.split(r"[^\w-]", line, maxsplit=1)[0] for line in (*project["dependencies"], *extras)]
    declared = {IMPORTED_AS.get(name, name) for name in installed}

    used = {library for _, library in imports() if library not in sys.stdlib_module_names} - {"tianbao"}

    assert used == declared


@pytest.mark.parametrize(
    "statement",
    ["import tianbao", "sys.argv = ['tianbao', '--help']; from tianbao.cli.main import main; main()"],
    ids=["import", "help"],
)
def test_a_start_waits_for_no_slow_library(statement: str) -> None:
    assert loaded_by(statement) == []


def test_whoever_checks_and_merges_without_frames_waits_for_no_pandas() -> None:
    everything = "import tianbao.checks.rounds, tianbao.cli.merge, tianbao.merge.doubles, tianbao.reports.county"

    assert "pandas" not in loaded_by(everything)


def test_the_watch_on_slow_libraries_sees_one() -> None:
    assert "openpyxl" in loaded_by("import openpyxl")


def test_both_languages_say_the_same_codes_with_the_same_facts() -> None:
    zh, en = ({code: dict(entry) for code, entry in messages.catalogue(lang).items()} for lang in messages.LANGUAGES)

    assert zh.keys() == en.keys()
    assert {code: entry.keys() for code, entry in zh.items()} == {code: entry.keys() for code, entry in en.items()}
    assert [
        (code, part) for code, entry in zh.items() for part in entry if facts(entry[part]) != facts(en[code][part])
    ] == []


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_chinese_console_can_print_every_sentence(lang: messages.Language) -> None:
    sentences = {sentence for entry in messages.catalogue(lang).values() for sentence in entry.values()}

    unprintable = {glyph for glyph in set("".join(sentences)) if not glyph.encode("gbk", errors="ignore")}

    assert unprintable == set()


def test_the_catalogues_of_both_languages_are_the_same_rooms() -> None:
    folder = Path(messages.__file__).parent

    zh, en = ({path.name for path in (folder / lang).glob("*.toml")} for lang in messages.LANGUAGES)

    assert zh == en != set()


def test_no_file_names_a_path_of_one_machine() -> None:
    named: list[str] = []
    for name in committed():
        try:
            text = (ROOT / name).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        named += [f"{name}: {found.group()}…" for found in A_PATH_OF_A_MACHINE.finditer(text)]

    assert named == []


def test_the_top_level_has_the_agreed_folders_only() -> None:
    folders = {name.partition("/")[0] for name in committed() if "/" in name}

    assert folders - FOLDERS == set()
