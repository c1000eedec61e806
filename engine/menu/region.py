"""The folder of a new region out of a menu and answers, whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.formatting.lay_out import laid_out
from engine.menu.answers import MEASURE, Answers
from engine.menu.read_menu import HEAD
from engine.menu.writing import region_files
from engine.rulebook.book import load
from engine.rulebook.locate import find_layer
from engine.rulebook.versions import accept

COMMON = "common"
QUESTIONS = "菜单"
_MODULES = re.compile(r"^沿用: \[(.+)\]$", re.MULTILINE)
_PLAIN = re.compile(r"[^\W\d_][\w（）·〔〕]*")


def schemes(templates: Path) -> list[str]:
    """Templates of which every shared module is there, by name."""
    found = []
    for head in sorted(templates.glob("*/region.yaml")):
        if all(find_layer(name, head.parent) for name in modules_of(head.read_text("utf-8"))):
            found.append(head.parent.name)
    return found


def modules_of(head: str) -> list[str]:
    """What the head of a template inherits."""
    written = _MODULES.search(head)
    return [name.strip() for name in written[1].split(",")] if written else []


def skeleton(templates: Path, scheme: str) -> dict[str, str]:
    """The files that every region of a scheme has, with holes."""
    found = {}
    for source in (templates / COMMON, templates / scheme):
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            name = path.relative_to(source)
            if name.parts[0] not in (HEAD, QUESTIONS):
                found[name.as_posix()] = path.read_text("utf-8")
    return found


def words_of(answers: Answers, shown: str, title: str, start: str) -> dict[str, str]:
    """What is filled in besides the answers; ``shown``: how the region is named to commands."""
    measure = answers.head.get(MEASURE) or answers.menu.measure
    return {
        "地区": shown, "名称": title, "YAML名称": in_yaml(title), "施行": start, "年": start[:4],
        "办法": in_yaml(measure),
    }  # fmt: skip


def in_yaml(title: str) -> str:
    """A title as YAML text: in quotes unless it is plain words."""
    return title if _PLAIN.fullmatch(title) else f'"{title}"'


def create(
    folder: Path, templates: Path, answers: Answers, words: dict[str, str], schemas: Callable[[Path], object]
) -> list[str]:
    """Writes the folder and gives its files by name. ``schemas``: writes those for editors."""
    files = region_files(answers, skeleton(templates, answers.menu.scheme), words)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in files.items():
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(laid_out(text) if name.endswith(".yaml") else text, "utf-8")
        schemas(made)
        accept(load(made))
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
