"""docs/architecture.md leads to a page for each package: what it may import, with names of files that are there."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.test_architecture import LEVEL, imported_files, level_of

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "architecture"
MAP = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LINES = re.findall(r"^\*\*(.+?)\*\*(?:, \*\*.+?\*\*)? — .*\[page\]\((.+?)\)$", MAP, re.MULTILINE)
TOGETHER = {
    "data.cells": ("data.cells", "data.sheets", "data.region_rows", "data.values"),
    "commands": ("commands", "cli"),
    "synth": ("synth", "synth.words", "synth.hints", "synth.read_hints"),
}
"""Packages that one line of the map stands for."""


@cache
def names_of_files() -> set[str]:
    there = list((ROOT / "engine").rglob("*"))
    return {path.stem for path in there if path.suffix == ".py"} | {path.name for path in there}


def package_of(module: str) -> str:
    parts = module.removeprefix("engine").strip(".").split(".")
    return next((name for name in (".".join(parts[:2]), parts[0]) if name in LEVEL), parts[0])


def allowed(page: Path) -> set[str]:
    (line,) = re.findall(r"\*\*May import\*\* (.+?)(?:\n\n|\Z)", page.read_text("utf-8"), re.DOTALL)
    if line.startswith(("nothing", "every package above")):
        return set() if line.startswith("nothing") else set(LEVEL)
    return {word for word in re.findall(r"`(\w+(?:\.\w+)?)`", line) if level_of(f"engine.{word}") is not None}


def test_every_package_has_a_page_and_every_page_a_package():
    linked = {Path(page).name for _, page in LINES}
    assert linked == {page.name for page in PAGES.glob("*.md")}
    assert {path.name for path in (ROOT / "engine").iterdir() if (path / "__init__.py").is_file()} <= {
        name for name, _ in LINES
    }


@pytest.mark.parametrize(("package", "page"), LINES, ids=[name for name, _ in LINES])
def test_a_page_says_what_its_package_imports(package, page):
    own = TOGETHER.get(package, (package,))
    needs = {
        package_of(other)
        for module, found in imported_files().items()
        if package_of(module) in own
        for other in found
        if package_of(other) not in own and package_of(other) in LEVEL
    }
    may = allowed(ROOT / "docs" / page)
    unsaid = {one for one in needs if one not in may and one.split(".")[0] not in may}
    assert not unsaid, f"{page} does not say that {package} imports {sorted(unsaid)}"


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_names_files_that_are_there(page):
    text = page.read_text("utf-8")
    listed = re.findall(r"`([a-z_]+)`", re.sub(r"\*\*May import\*\*.*", "", text))
    assert [name for name in listed if name not in names_of_files()] == []


def test_the_map_names_files_that_are_there():
    for path in re.findall(r"`((?:[a-z_]+/)+[a-z_]+)`", MAP):
        found = [ROOT / "engine" / path, ROOT / "engine" / f"{path}.py", ROOT / path]
        assert any(one.exists() for one in found), path
