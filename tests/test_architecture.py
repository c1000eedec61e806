"""Each package imports only from those before it in docs/architecture.md, inside functions too; nothing private; the
circles of files that there still are only shrink.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from engine.databases.registry import LINES
from engine.language.functions import FUNCTIONS

ROOT = Path(__file__).parents[1]
ORDER = (
    ("language",),
    ("files",),
    ("watching", "remembered"),
    ("synth.words", "synth.hints", "synth.read_hints"),  # what 合成 may say: tables of words, read by check
    ("rulebook",),
    (
        "data.cells",
        "data.values",
        "data.sheets",
        "data.region_rows",
    ),  # how a cell is read: check looks at a region's own rows with it
    ("check",),
    ("checked", "session"),
    ("data",),
    ("databases",),
    ("execute",),
    ("settle",),
    ("explain", "testing", "synth", "compare", "ranges", "measure", "jobs", "results", "looked_over"),
    ("names",),
    ("script", "excel", "formatting", "drafts"),
    ("lint",),
    ("assist", "menu", "simulate"),
    ("lsp",),
    ("commands", "pricing", "workbench"),
    ("cli", "api", "demo", "manual", "data_manual", "menu_manual", "names_manual"),
)
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
BY_NAME = re.compile(r"engine(\.\w+){2,}")
FILES = sorted(path for path in (ROOT / "engine").rglob("*.py") if path.parent != ROOT / "engine" or path.stem in LEVEL)


def level_of(module: str) -> int | None:
    """Where ``engine.data.load`` stands in the order; ``None`` for ``engine`` itself and ``engine.__version__``."""
    parts = module.removeprefix("engine").strip(".").split(".")
    return LEVEL.get(".".join(parts[:2]), LEVEL.get(parts[0]))


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and dotted name of everything of ours that a file imports, anywhere in it, or names to import it later."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "engine")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            if node.module and node.module.split(".")[0] == "engine":
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and BY_NAME.fullmatch(node.value):
            yield node.lineno, node.value


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imported_files() -> dict[str, set[str]]:
    """For each module of ours the modules that it imports: at the top, for types only, or inside a function."""
    modules = {module_of(path): path for path in (ROOT / "engine").rglob("*.py")}
    found: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = {name if name in modules else name.rpartition(".")[0] for _, name in imports(path)}
        found[module] = names & set(modules) - {module}
    return found


def circles(needs: Mapping[str, set[str]]) -> list[list[str]]:
    """The sets of modules that reach each other, sorted."""
    reached: dict[str, set[str]] = {}
    for module in needs:
        seen: set[str] = set()
        waiting = [module]
        while waiting:
            new = needs[waiting.pop()] - seen
            seen |= new
            waiting += new
        reached[module] = seen
    found = {frozenset(m for m in reached[one] if one in reached[m]) for one in needs if one in reached[one]}
    return sorted(sorted(circle) for circle in found)


def listed_circles() -> list[list[str]]:
    lines = (ROOT / "tests" / "circles.txt").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return sorted(paragraph.split() for paragraph in text.split("\n\n") if paragraph.strip())


def test_files_import_each_other_in_a_circle_only_where_it_is_listed_and_the_list_is_no_longer_than_they_are():
    assert circles(imported_files()) == listed_circles()


def test_a_circle_is_seen_through_imports_for_types_and_inside_functions(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from engine.data.load import load_table\n"
        "def late():\n    import engine.settle\n",
        "utf-8",
    )
    assert [name for _, name in imports(path)] == ["engine.data.load.load_table", "engine.settle"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set()}) == [["a", "b", "c"]]


def test_every_file_is_in_a_package_of_the_order():
    assert [str(path) for path in FILES if level_of(module_of(path)) is None] == []


def test_a_file_imports_only_from_its_own_package_and_those_before_it():
    against = [
        f"{path}:{line} {name}"
        for path in FILES
        for line, name in imports(path)
        if (level_of(name) or 0) > (level_of(module_of(path)) or 0)
    ]
    assert against == []


def test_no_file_imports_a_private_name_of_another():
    private = [
        f"{path}:{line} {name}" for path in FILES for line, name in imports(path) if re.search(r"\._(?!_)", name)
    ]
    assert private == []


MEANINGS = frozenset(
    {
        "execute.reference.scalars", "execute.reference.aggregates", "execute.reference.calls",
        "execute.reference.evaluator",
        "execute.closures.scalars", "execute.closures.compile", "execute.closures.reading",
        "execute.sql.lower", "execute.sql.added_up", "execute.sql.aggregates_below", "execute.sql.calls",
        "execute.sql.windows",
        "explain.calls", "language.other_words",
    }
)  # fmt: skip
"""Files with a table from a function's name to how it is worked out, put into SQL, told of, or called elsewhere."""
OTHER_WORDS = {
    "language.types": {"年", "月", "年月"},  # labels of units, and the name of a type
    "language.values": {"四舍五入"},  # how a rule's 舍入 rounds
    "rulebook.constants": {"年月"},  # the name of a type
    "rulebook.keywords": {"缺省"},  # what people write for 默认
    "rulebook.scope": {"年", "月"},  # kinds of periods, the unit of 期年
    "check.context": {"年", "月"},  # kinds of periods
    "check.references": {"年"},  # a label
    "check.synthesis": {"取", "计数"},  # words of 合成, as in synth
    "data.mapping": {"取"},  # a word of a mapping
    "data.misplaced": {"取"},
    "data.taken": {"年", "年月"},  # parts of dates that a mapping names
    "execute.period": {"年", "季", "月"},  # kinds of periods
    "execute.reference.grains": {"年"},
    "execute.reference.sheets": {"合计"},  # the heading of a row
    "script.made_up": {"年", "季", "月"},  # kinds of periods
    "workbench.pages.case.asked": {"年", "季", "月"},  # kinds of periods
    "workbench.pages.settle.choose": {"年", "季", "月"},  # kinds of periods
    "testing.bench": {"年", "季", "月"},
    "testing.coverage": {"月"},
    "testing.typed_text": {"无法确定"},  # how a value that cannot be known is written
    "explain.choices": {"无法确定"},
    "explain.reading": {"无法确定"},
    "synth.defaults": {"年"},  # a label
    "synth.read_hints": {"取", "合计", "均值", "计数"},
    "synth.recipes": {"取"},
    "synth.weave": {"合计", "均值", "计数"},
    "synth.words": {"取", "合计", "均值", "计数"},
    "assist.words": {"四舍五入", "月", "季", "年", "年月"},  # words that may be written, which are no functions there
    "commands.explain": {"无法确定"},
    "lint.names": {"年"},  # units
    "lint.numbers": {"年", "季", "月"},  # units
    "menu.region": {"年"},  # what a template leaves open
    "commands.result_shown": {"合计"},  # the heading of a row
    "commands.show": {"月"},  # a kind of period
}
"""Words of other vocabularies that are written as the name of a function is."""


def spelled(path: Path) -> Iterator[tuple[str, bool]]:
    """Every function's name that stands in a file as a text of its own, and whether it is the key of a table there or
    gives such a key a name.
    """
    text = path.read_text("utf-8")
    if not any(name in text for name in FUNCTIONS):
        return
    found = ast.parse(text)
    keys = {id(key) for node in ast.walk(found) if isinstance(node, ast.Dict) for key in node.keys}
    for node in found.body:
        if isinstance(node, ast.Assign):
            keys |= {id(part) for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    for node in ast.walk(found):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in FUNCTIONS:
            yield node.value, id(node) in keys


def test_only_the_table_of_functions_and_tables_of_what_they_mean_spell_their_names():
    found = {module_of(path).removeprefix("engine."): list(spelled(path)) for path in FILES}
    del found["language.functions"]
    in_tables = {module: names for module, names in found.items() if names and module in MEANINGS}
    assert set(in_tables) == MEANINGS
    assert {module for module, names in in_tables.items() if not all(is_key for _, is_key in names)} == set()
    elsewhere = {module: {name for name, _ in names} for module, names in found.items() if module not in MEANINGS}
    assert {module: names for module, names in elsewhere.items() if names} == OTHER_WORDS


def test_the_page_on_architecture_lists_the_packages_in_this_order():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Packages")[2]
    described = [
        name for line in re.findall(r"^\*\*(.+?)\*\*(?:, \*\*(.+?)\*\*)? — ", page, re.M) for name in line if name
    ]
    known = [name for name in described if name in LEVEL]
    assert known == described
    assert [LEVEL[name] for name in known] == sorted(LEVEL[name] for name in known)
    assert {path.name for path in (ROOT / "engine").iterdir() if (path / "__init__.py").is_file()} <= set(known)


def test_the_folder_of_an_engine_imports_no_other_engine_and_only_a_script_asks_for_one_past_the_registry():
    folders = {path.parent.name for path in (ROOT / "engine" / "databases").glob("*/entry.py")}
    needs = imported_files()
    named = {(module, one) for module, found in needs.items() for one in found if _engine_of(one) in folders}
    past = {(module, one) for module, one in named if _engine_of(module) != _engine_of(one)}
    assert folders == {line.entry.split(".")[2] for line in LINES}
    assert {module for module, one in past if not one.endswith(".entry")} == {"engine.script.script"}
    assert {module for module, one in past if one.endswith(".entry")} == {"engine.databases.registry"}


def _engine_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["databases"] and len(parts) > 3 else ""


def test_no_file_raises_the_limit_of_recursion_for_whoever_imports_it():
    assert [str(path) for path in FILES if "setrecursionlimit" in path.read_text("utf-8")] == []
