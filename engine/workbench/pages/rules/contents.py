"""The tree at the left: documents, chapters, articles and the names that state each; files with their entries."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.assist.offered import names_known
from engine.assist.outline import CHAPTER, Item, outline
from engine.measure.addresses import addresses_of
from engine.measure.compared import NONE, NOT_COMPUTED, Articles, Compared
from engine.measure.texts import article_of
from engine.rulebook.problems import Problem
from engine.rulebook.unread_files import is_example
from engine.workbench.desk import Desk

ARTICLE, NAME, FILE, TABLE = "article", "name", "file", "table"
_BEGIN = 22


@dataclass
class Contents:
    """``nodes``: as a tree shows them; ``meant``: what each node is, by its id; ``files``: of the nodes of files.

    An id says what its node is, not which one it is: a tree that stands takes other contents, and what was open or
    chosen in it, or is just being clicked, is the same there.
    """

    nodes: list[dict[str, Any]] = field(default_factory=list)
    meant: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def contents_of(desk: Desk, articles: Articles | None, problems: Sequence[Problem]) -> Contents:
    """Takes a while: reads the files."""
    found = Contents()
    for one in articles.compared if articles is not None else ():
        found.nodes.append(_document(found, one, f"d{one.document.name}"))
    if articles is not None:
        found.nodes += [_cited(found, *one) for one in _without_text(desk, articles)]
    files = []
    for file in desk.files():
        key = f"f{file}"
        of_examples = is_example(desk.folder / file, desk.folder)
        found.meant[key] = (FILE, file)
        items = [] if of_examples else outline(desk.text(file)[0])
        files.append(_node(key, file, _items(found, items, key)))
        found.files[key] = file
    files += [_table(found, *one) for one in desk.tables().items()]
    found.nodes.append(_node("files", "文件", files))
    mark_files(found, desk, problems)
    return found


def mark_files(found: Contents, desk: Desk, problems: Sequence[Problem]) -> bool:
    """Which files have a draft, and in which something is wrong; whether that is another than before."""
    wrong = {Path(problem.place.file).absolute() for problem in problems if problem.is_error}
    drafts = {one.file for one in desk.drafts.all()}
    before = [dict(node) for node in found.nodes[-1].get("children", ())]
    for node in found.nodes[-1].get("children", ()):
        file = found.files[node["id"]]
        node["label"] = file + ("（草稿）" if file in drafts else "")
        node["state"] = "wrong" if desk.folder / file in wrong else "draft" if file in drafts else ""
    return before != found.nodes[-1].get("children", [])


def _table(found: Contents, file: str, names: list[str]) -> dict[str, Any]:
    """A CSV file: it leads to the table whose rows it has; to each, if there are several."""
    key = f"t{file}"
    found.files[key], found.meant[key] = file, (TABLE, names[0])
    for place, name in enumerate(names):
        found.meant[f"{key}.{place}"] = (TABLE, name)
    return _node(key, file, [_node(f"{key}.{place}", name) for place, name in enumerate(names) if len(names) > 1])


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
        found.meant[node_key] = (ARTICLE, article_of(one.document.name, address))
        words = "".join(one.outline.text(part).split())
        names = list(dict.fromkeys(stating.cited.name for stating in unit.stated))
        inner = []
        for name in names:
            found.meant[f"{node_key}.{name}"] = (NAME, name)
            inner.append(_node(f"{node_key}.{name}", name))
        state = {NONE: "none", NOT_COMPUTED: "quiet"}.get(unit.state, "")
        said = {"none": "（没有规则）", "quiet": "（不计算）"}.get(state, "")
        into.setdefault("children", []).append(_node(node_key, f"{address}{said}", inner, state, words))
    return top


def _without_text(desk: Desk, articles: Articles) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Documents whose text is not at hand, by the articles that own entries cite, in the order of numbers."""
    book = articles.book
    known = names_known(book, datetime.date.today())
    documents = {name for layer in book.layers for name in layer.documents}
    own = [one for one in known if Path(one.place.file).absolute().is_relative_to(desk.folder)]
    for document, layer in articles.without:
        if layer.folder != desk.folder and desk.folder not in layer.folder.parents:
            continue
        names: dict[tuple[int, int, str], list[str]] = {}
        for one in own:
            for cite in one.cites:
                for address in addresses_of(cite, documents):
                    if address.document == document.name and address.steps:
                        step = address.steps[0]
                        names.setdefault((step.number, step.sub, step.label), []).append(one.name)
        ordered = {label: list(dict.fromkeys(names[key])) for key in sorted(names) for label in (key[2],)}
        yield f"w{document.name}", document.title, ordered


def _cited(found: Contents, key: str, title: str, articles: dict[str, list[str]]) -> dict[str, Any]:
    below = []
    for label, names in articles.items():
        inner = []
        for name in names:
            found.meant[f"{key}.{label}.{name}"] = (NAME, name)
            inner.append(_node(f"{key}.{label}.{name}", name))
        below.append(_node(f"{key}.{label}", label, inner))
    return _node(key, f"{title}（没有录入原文）", below)


def _items(found: Contents, items: Sequence[Item], above: str) -> list[dict[str, Any]]:
    """Each by its name, and by which of that name it is."""
    nodes, met = [], Counter[str]()
    for item in items:
        met[item.name] += 1
        key = f"{above}.{met[item.name]}.{item.name}"
        if item.kind != CHAPTER:
            found.meant[key] = (NAME, item.name)
        nodes.append(_node(key, item.name, _items(found, item.below, key)))
    return nodes


def _node(
    key: str, label: str, below: list[dict[str, Any]] | None = None, state: str = "", words: str = ""
) -> dict[str, Any]:
    """Only what there is to say: a page copies every part of it. ``words``: what it is found by, beside its label."""
    found: dict[str, Any] = {"id": key, "label": label}
    if below:
        found["children"] = below
    if state:
        found["state"] = state
    if words:
        found["words"] = words
    return found


def _begin(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _BEGIN else flat[: _BEGIN - 1] + "…"
