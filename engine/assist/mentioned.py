"""Where texts for people mention a name: 说明, 原句, headings, comments, the README. A rename leaves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.assist.lines import line_at, starts_of
from engine.assist.spot import spot
from engine.assist.uses import uses_of
from engine.files.named_files import FILE, FOLDER, Files
from engine.rulebook.book import Book
from engine.rulebook.unread_files import EXAMPLES

README, TEMPLATES = "README.md", "templates"


@dataclass(frozen=True)
class Mention:
    """``line`` (from 1) of a file, ``where`` on it: 注释, 标题, 例子的名字, or the keyword whose text it is.
    ``text``: the line.
    """

    path: Path
    line: int
    where: str
    text: str


def mentions_in(book: Book, name: str) -> Iterator[Mention]:
    """Of the region's own files, in their order, a line once. Part of a longer name is no mention."""
    longer = _longer(book, name)
    for folder in dict.fromkeys(layer.folder for layer in book.layers):
        if folder != book.folder and book.folder not in folder.parents:
            continue
        for path, kind in book.files.below(folder).items():
            if kind == FILE and (path.suffix == ".yaml" or path == folder / README):
                yield from _in_file(book, folder, path, name, longer)


def in_templates(folder: Path, files: Files, name: str) -> Iterator[Mention]:
    """Lines of the menus that new regions are made from, which stand beside the modules: whoever changes the name has
    to look at them, nothing says whether the word is the name there.
    """
    top = next((parent for parent in folder.parents if files.kind(parent / TEMPLATES) == FOLDER), None)
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for path, kind in files.below(top / TEMPLATES).items() if top is not None else ():
        if kind == FILE and path.suffix == ".yaml":
            for number, line in enumerate(files.read(path).decode("utf-8", "replace").split("\n"), 1):
                if word.search(line):
                    yield Mention(path, number, "新地区的模板", line.strip())


def _in_file(book: Book, folder: Path, path: Path, name: str, longer: list[str]) -> Iterator[Mention]:
    text = book.files.read(path).decode("utf-8", "replace")
    if name not in text:
        return
    is_yaml = path.suffix == ".yaml"
    of_examples = EXAMPLES in path.relative_to(folder).parts[:-1]
    names = {use.start for use in uses_of(text, of_examples)} if is_yaml else set()
    told = 0
    for found in re.finditer(re.escape(name), text):
        line = line_at(text, found.start())
        if found.start() in names or line == told or any(_covers(text, found.start(), name, one) for one in longer):
            continue
        told = line
        begun = starts_of(text)[line - 1]
        shown = text[begun : text.find("\n", begun) if "\n" in text[begun:] else len(text)].strip()
        yield Mention(path, line, _where(text, found.start(), begun, of_examples) if is_yaml else "正文", shown)


def _longer(book: Book, name: str) -> list[str]:
    snapshot = book.at(book.epochs[-1])
    known = {*snapshot.entries, *snapshot.columns, *snapshot.dimensions, *snapshot.also_called}
    return [one for one in known if name in one and one != name]


def _covers(text: str, at: int, name: str, longer: str) -> bool:
    shift = longer.find(name)
    while shift >= 0:
        if text.startswith(longer, at - shift):
            return True
        shift = longer.find(name, shift + 1)
    return False


def _where(text: str, at: int, begun: int, of_examples: bool) -> str:
    before = text[begun:at]
    if re.search(r"(^|\s)#", before) and not re.search(r"[\"'“][^\"'”]*#", before):
        return "注释"
    path = spot(text, at).path
    if not path:
        return "例子的名字" if of_examples else "注释"
    return "标题" if path[-2:-1] == ("列",) else path[-1]
