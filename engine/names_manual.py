"""``docs/names`` from the YAML: a page for each shared module with all its names, and an index of every name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from engine.data_manual import row
from engine.names.elsewhere import own_names
from engine.names.named import CHANGES, CHOOSE, FILL_IN, REPLACEABLE, Named
from engine.rulebook.book import Book, load
from engine.rulebook.layers import Layer
from engine.rulebook.locate import names_of_modules
from engine.rulebook.model import OFFICIAL

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "names"
INDEX = "README.md"

HEAD = """\
# 共用模块里的名字

这几页由 `python -m engine.manual` 从 `rules/` 写成，不要手改。\
每个共用模块一页：有哪些名字，各是什么、属于什么、单位、现在的值、依据、谁读它、要不要替换。
找一个名字，在本页里搜；看自己地区里现在是什么，用 `casemix show 地区 --names 词`（按名字、又名、条款、说明找），\
加 `--json` 得到同样的内容作数据。

“替换”一栏：
"""


def pages(books: list[Book] | None = None) -> dict[str, str]:
    """File name to text, of every page; ``books``: the shared modules, where they are read already."""
    books = books or [load(name) for name in names_of_modules()]
    names = {book.name: own_names(book) for book in books}
    made = {f"{book.name}.md": _page(book, names[book.name]) for book in books}
    return {INDEX: _index(books, names), **made}


def written() -> dict[str, str]:
    """The pages as they stand."""
    return {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}


def write(made: dict[str, str]) -> None:
    """Writes them, and removes those of modules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    for gone in written().keys() - made.keys():
        (FOLDER / gone).unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")


def _index(books: list[Book], names: dict[str, list[Named]]) -> str:
    lines = [HEAD]
    lines += [f"- **{change}**：{meaning}" for change, meaning in CHANGES.items() if _any(names, change)]
    lines += ["", "| 模块 | 是什么 | 名字 | 要填的 |", "|---|---|---|---|"]
    for book in books:
        own = names[book.name]
        waits = "、".join(named.name for named in own if named.change == FILL_IN)
        lines.append(row([f"[{book.name}]({book.name}.md)", book.title, str(len(own)), waits]))
    lines += ["", "## 所有的名字", "", "| 名字 | 又名 | 是什么 | 模块 |", "|---|---|---|---|"]
    every = [named for own in names.values() for named in own]
    for name, same in groupby(sorted(every, key=lambda n: (n.name, n.layer)), key=lambda n: n.name):
        found = list(same)
        also = dict.fromkeys(text for named in found for text in named.also_called)
        kinds = dict.fromkeys(named.what for named in found)
        where = dict.fromkeys(f"[{named.layer}]({named.layer}.md)" for named in found)
        lines.append(row([name, "、".join(also), "；".join(kinds), "、".join(where)]))
    return "\n".join([*lines, ""])


def _any(names: dict[str, list[Named]], change: str) -> bool:
    return any(named.change == change for own in names.values() for named in own)


def _page(book: Book, names: list[Named]) -> str:
    below = [layer for layer in book.layers if layer.folder != book.folder]
    lines = [f"# {book.title}（{book.name}）", "", "由 `python -m engine.manual` 从 `rules/` 写成，不要手改。", ""]
    if below:
        lines += [
            f"沿用 {'、'.join(f'[{layer.title}]({layer.name}.md)' for layer in below)}，它们的名字在各自的页上。",
            "",
        ]
    lines += _documents(book.own)
    for change, heading in ((FILL_IN, "要填的"), (CHOOSE, "选读法的"), (REPLACEABLE, "可替换的")):
        found = [named for named in names if named.change == change]
        if found:
            lines += [f"## {heading}", "", *(_wish(named) for named in found), ""]
    for file, inside in groupby(names, key=lambda named: named.place.file):
        lines += [f"## {Path(file).stem if Path(file).stem != 'rules' else '规则'}（{file}）", ""]
        lines += ["| 名字 | 是什么 | 现在 | 依据 | 替换 | 说明 |", "|---|---|---|---|---|---|"]
        lines += [row(_cells(named)) for named in inside]
        lines.append("")
    return "\n".join(lines)


def _documents(layer: Layer) -> list[str]:
    found = [f"- {name}：{document.title}" for name, document in layer.documents.items()]
    return ["依据里的简称：", "", *found, ""] if found else []


def _wish(named: Named) -> str:
    note = named.meaning if named.change == FILL_IN and named.meaning else named.change_note
    return f"- **{named.name}**（{named.what}）：{_line(note)}"


def _cells(named: Named) -> list[str]:
    status = f"（{named.status}）" if named.status != OFFICIAL else ""
    return [named.name, named.what, _value(named), f"{named.cite}{status}", named.change, "。".join(_said(named))]


def _value(named: Named) -> str:
    """The figure or formula, with branches and rows below it."""
    return "<br>".join([named.value, *(f"· {line}" for line in named.definition)])


def _said(named: Named) -> Iterator[str]:
    if named.classes:
        yield f"类别：{'、'.join(named.classes)}"
    if named.meaning:
        yield _line(named.meaning).rstrip("。")
    if named.change == REPLACEABLE:
        yield f"可替换：{_line(named.change_note)}"
    if named.also_called:
        yield f"又名 {'、'.join(named.also_called)}"
    if named.readers:
        yield f"谁读：{'、'.join(named.readers)}"


def _line(text: str) -> str:
    return " ".join(text.split())
