"""The tree at the left: documents, chapters, articles and the names that state each; files with their entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.assist.keys import is_example
from engine.assist.outline import CHAPTER, Item, outline
from engine.measure.compared import NONE, NOT_COMPUTED, Articles, Compared
from engine.rulebook.problems import Problem
from engine.workbench.pages.rules.desk import Desk

ARTICLE, NAME, FILE = "article", "name", "file"
_BEGIN = 22


@dataclass
class Contents:
    """``nodes``: as a tree shows them; ``meant``: what each node is, by its id."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    meant: dict[str, tuple[str, str]] = field(default_factory=dict)


def contents_of(desk: Desk, articles: Articles | None, problems: Sequence[Problem]) -> Contents:
    """Takes a while: reads the files."""
    found = Contents()
    for number, one in enumerate(articles.compared if articles is not None else ()):
        found.nodes.append(_document(found, one, f"d{number}"))
    wrong = {problem.place.file for problem in problems if problem.is_error}
    files = []
    for number, file in enumerate(desk.files()):
        key = f"f{number}"
        of_examples = is_example(desk.folder / file, desk.folder)
        found.meant[key] = (FILE, file)
        items = [] if of_examples else outline(desk.text(file)[0])
        inner = [_item(found, item, f"{key}.{place}") for place, item in enumerate(items)]
        is_draft = desk.drafts.of(file) is not None
        state = "wrong" if any(name.endswith(file) for name in wrong) else "draft" if is_draft else ""
        files.append(_node(key, file + ("（草稿）" if is_draft else ""), inner, state))
    found.nodes.append(_node("files", "文件", files))
    return found


def _document(found: Contents, one: Compared, key: str) -> dict[str, Any]:
    top = _node(key, one.document.title)
    chapters: dict[int, dict[str, Any]] = {}
    for unit in one.units:
        part = unit.part
        into = top
        for index in part.above:
            if index not in chapters:
                above = one.outline.parts[index]
                chapters[index] = _node(f"{key}.c{index}", _begin(above.text))
                into.setdefault("children", []).append(chapters[index])
            into = chapters[index]
        address = one.outline.address(part)
        node_key = f"{key}.{part.index}"
        found.meant[node_key] = (ARTICLE, f"{one.document.name} {address}")
        names = list(dict.fromkeys(stating.cited.name for stating in unit.stated))
        inner = []
        for name in names:
            found.meant[f"{node_key}.{name}"] = (NAME, name)
            inner.append(_node(f"{node_key}.{name}", name))
        state = {NONE: "none", NOT_COMPUTED: "quiet"}.get(unit.state, "")
        said = {"none": "（没有规则）", "quiet": "（不计算）"}.get(state, "")
        into.setdefault("children", []).append(_node(node_key, f"{address}{said}", inner, state))
    return top


def _item(found: Contents, item: Item, key: str) -> dict[str, Any]:
    if item.kind != CHAPTER:
        found.meant[key] = (NAME, item.name)
    inner = [_item(found, one, f"{key}.{place}") for place, one in enumerate(item.below)]
    return _node(key, item.name, inner)


def _node(key: str, label: str, below: list[dict[str, Any]] | None = None, state: str = "") -> dict[str, Any]:
    """Only what there is to say: a page copies every part of it."""
    found: dict[str, Any] = {"id": key, "label": label}
    if below:
        found["children"] = below
    if state:
        found["state"] = state
    return found


def _begin(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _BEGIN else flat[: _BEGIN - 1] + "…"
