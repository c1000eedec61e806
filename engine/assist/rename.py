"""A name changed everywhere: in rules, notices, headings of CSV files and examples, or refused with the reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.assist.built_on import built_on, mentions, unread_mention
from engine.assist.find import MADE, Found, definitions, found_in
from engine.assist.formula_names import NAME
from engine.assist.mentioned import Mention, in_templates, mentions_in
from engine.files.csv_text import UTF8, text_and_encoding
from engine.files.named_files import FILE, Files
from engine.files.whole import write_together
from engine.language.functions import FUNCTIONS, PERIOD_NAMES
from engine.language.tree import Node, Word
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import shown
from engine.rulebook.names import fault_of_entry
from engine.rulebook.parts import parts
from engine.rulebook.problems import Problem, RulebookError
from engine.session import Session
from engine.testing.rows_given import own_rows
from engine.testing.typed_text import TestProblem


class NotRenamed(Exception):
    """``message`` says why, ``hint`` what can be done instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True)
class Renamed:
    """``edits``: for each file what is to be replaced, later places first; ``texts``: the files as they would be.

    ``encodings``: of files of rows that are not in UTF-8. ``left``: where texts for people mention the old name; these
    are not changed.
    """

    edits: Mapping[Path, tuple[Found, ...]]
    texts: Mapping[Path, str]
    encodings: Mapping[Path, str]
    left: tuple[Mention, ...] = ()

    @property
    def data(self) -> dict[Path, bytes]:
        """The files as they would be, byte for byte."""
        return {path: text.encode(self.encodings.get(path, UTF8)) for path, text in self.texts.items()}

    @property
    def places(self) -> int:
        return sum(len(found) for found in self.edits.values())

    def write(self) -> None:
        """Into the files: all of them or none. Raises ``OSError``."""
        write_together(self.data)


def rename(session: Session, old: str, new: str, others: Callable[[Path], Session] | None = None) -> Renamed:
    """All files with ``new`` in the place of ``old``, those of regions that build on this one too.

    ``others``: gives the session of another region that is open already. Nothing is written, what is open stays as it
    is.
    Raises :class:`NotRenamed` where that cannot be, or would change what the rules say.
    """
    book, files = session.book, session.files
    found = found_in(book, old)
    _refuse(book, old, new, found)
    own = [one for one in found if one.own]
    above = list(_open_above(session, old, new, others or session.beside))
    for other in above:
        own += [one for one in found_in(other.book, old) if one.own]
    edits: dict[Path, list[Found]] = {}
    for one in dict.fromkeys(own):
        edits.setdefault(one.path, []).append(one)
    stand = {path: text_and_encoding(files.read(path), path.name) for path in edits}
    places = {path: tuple(sorted(places, key=lambda f: -f.start)) for path, places in edits.items()}
    texts = {path: _changed(text, places[path], new) for path, (text, _) in stand.items()}
    encodings = {path: encoding for path, (_, encoding) in stand.items() if encoding != UTF8}
    left = [one for region in (session, *above) for one in mentions_in(region.book, old)]
    left += in_templates(session.folder, files, old)
    made = Renamed(places, texts, encodings, tuple(dict.fromkeys(left)))
    for region in (session, *above):
        _refuse_a_word_in_use(region.book, new)
        _refuse_a_heading(region.book, old)
        _refuse_changed(region, made.data, old, new)
    return made


def refuse_to_rename(book: Book, old: str) -> None:
    """Raises :class:`NotRenamed` where a name cannot be changed from here, whatever it shall be."""
    found = found_in(book, old)
    _made(old, found)
    _refuse_shared(book, old, "别的名字", found)


def _made(old: str, found: list[Found]) -> list[Found]:
    """Where the name is made."""
    made = [one for one in found if one.role == MADE]
    if not made:
        raise NotRenamed(f"{old} 不是这里写的名字", "改名要在写它的那一处")
    return made


def _refuse_shared(book: Book, old: str, new: str, found: list[Found]) -> None:
    shared = next((one for one in found if one.role == MADE and not one.own), None)
    if shared is None:
        return
    layer = next(la for la in book.layers if la.folder in shared.path.parents)
    hint = ""
    if new not in _known(book.at(book.epochs[-1])):  # another name of two things is none of either
        at = definitions(book, old)[0]
        hint = f"本地办法叫 {new} 的，在 {shown(at.path)}:{at.line} 的 {old} 这一条写 又名: {new}，就查得到"
    raise NotRenamed(f"{old} 是沿用来的，在 {layer.title} 里写着，别的地区也用它：在这里改不了名", hint)


def _known(snapshot: Snapshot) -> set[str]:
    return {*snapshot.entries, *snapshot.columns, *snapshot.dimensions, *snapshot.also_called}


def _refuse_no_name(new: str) -> None:
    fault = fault_of_entry(new)
    if not fault and (new in FUNCTIONS or new in PERIOD_NAMES):
        fault = "公式里是函数" if new in FUNCTIONS else "是公式里的词"
    if fault or not NAME.fullmatch(new):
        raise NotRenamed(
            f"{new[:50]} 不能作名字{f'：{fault}' if fault else ''}",
            "名字用汉字、字母和数字，不要空格和标点，也不要用公式里的词",
        )


def _refuse(book: Book, old: str, new: str, found: list[Found]) -> None:
    made = _made(old, found)
    _refuse_no_name(new)
    _refuse_shared(book, old, new, found)
    snapshot = book.at(book.epochs[-1])
    means = snapshot.also_called.get(new)
    if means == old:
        raise NotRenamed(f"{new} 已经是 {old} 的 又名", f"先把 {new} 从 又名 里删去，再改名")
    if new in _known(snapshot):
        already = f"已经是 {means} 的 又名" if means else "已经是一个名字"
        raise NotRenamed(f"{new} {already}", "换一个没有用过的名字")
    tables = sorted({one.table for one in made if one.table})
    if len(tables) > 1 and old not in snapshot.dimensions:  # a key is the same thing in all of them
        raise NotRenamed(f"{old} 在几处各有一个：{'、'.join(tables)}，不知道改哪一个", "先让它们各有各的名字")


def _refuse_a_word_in_use(book: Book, new: str) -> None:
    """Raises where formulas write the word already, as a class, a code or a name that there is not: it would mean the
    renamed entry from then on, or that the word.
    """
    for snapshot in map(book.at, book.epochs):
        if new in snapshot.class_words:
            raise NotRenamed(f"{new} 在 {book.title} 里已经是一个类别", f"换一个名字：公式里的 {new} 会分不清是哪一个")
        for entry in snapshot.entries.values():
            if any(_writes(part.formula.tree, new) for part in parts(entry)):
                raise NotRenamed(f"{entry.name} 里已经写着 {new}，说的是别的", "换一个名字：会分不清是哪一个")


def _writes(node: Node, word: str) -> bool:
    return word in node.names or any(isinstance(one, Word) and one.text == word for one in node.walk())


def _open_above(session: Session, old: str, new: str, others: Callable[[Path], Session]) -> Iterator[Session]:
    """The regions and modules that have it among their layers and mention one of the names.

    Raises where a file that mentions the old one cannot be read, or a head.
    """
    folder, files = session.folder, session.files
    above = [other for other in built_on(folder, files) if mentions(other, (old, new), files)]
    for one in (folder, *above):
        unread = unread_mention(one, old, files)
        if unread is not None:
            path, cure = unread
            raise NotRenamed(f"{shown(path)} 读不出来，不知道里面的 {old} 要不要跟着改", f"先把它{cure}，再改名")
    for one in above:
        try:
            opened = others(one)
            opened.book  # noqa: B018  read now: what cannot be read is told here
        except RulebookError as error:
            raise NotRenamed(f"{one.name} 建在它上面，可是读不出来：{error.problems[0].message}") from error
        yield opened


def _changed(text: str, places: tuple[Found, ...], new: str) -> str:
    for one in places:
        text = text[: one.start] + new + text[one.end :]
    return text


def _refuse_changed(region: Session, data: Mapping[Path, bytes], old: str, new: str) -> None:
    """Raises where the region, renamed, draws other problems than before."""
    found = region.problems()
    renamed = region.apart()
    for path, text in data.items():
        renamed.write(path, text)
    _refuse_ill_written(found, renamed.files, old)
    left = Counter(_said(problem, old, new) for problem in found)
    for problem in sorted(renamed.problems(), key=lambda p: p.place):
        said = _said(problem, old, new)
        left[said] -= 1
        if left[said] < 0:
            raise NotRenamed(f"改名以后 {problem.place} {problem.code} {problem.message}", "有一处没有跟着改：手工改")


def _refuse_a_heading(book: Book, old: str) -> None:
    """Raises where a column is found by its heading, which is not ours to change: in a workbook, or as published."""
    for table in book.at(book.epochs[-1]).tables.values():
        how = table.rows_from
        if table.rows_file is None or old not in table.fields:
            continue
        file = Path(table.rows_file)
        is_workbook = file.suffix.lower() == ".xlsx"
        if not is_workbook and not how.picks:
            continue
        told = [*how.columns, *(pair for part in how.unfolded for pair in (*part.columns, *part.given))]
        if old not in dict(told) and _has_values(book, table.name, old):
            why = "工作簿改不了" if is_workbook else "公布的原样不改"
            cure = f"在 {table.name} 的 行 里写 列: {{{old}: {old}}}，再改名，表头就不用动"
            raise NotRenamed(f"{shown(file)} 的表头写着 {old}，{why}", cure)


def _has_values(book: Book, table: str, column: str) -> bool:
    try:
        return any(row.get(column) is not None for row in own_rows(book, table, book.epochs[-1]))
    except TestProblem:
        return True


def _refuse_ill_written(problems: list[Problem], files: Files, old: str) -> None:
    """Raises where a line that is wrong still has the old name: what cannot be read is not looked through."""
    word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    for problem in problems:
        path = Path(problem.place.file).absolute()
        if problem.is_error and problem.place.line and files.kind(path) == FILE:
            lines = files.read(path).decode("utf-8", "replace").split("\n")
            if word.search(lines[problem.place.line - 1] if problem.place.line <= len(lines) else ""):
                raise NotRenamed(f"{problem.place} 有错（{problem.code}），那里也写着 {old}", "先改好这一处，再改名")


def _said(problem: Problem, old: str, new: str) -> tuple[str, str, int, str]:
    """A problem as it is told with either name: which of the two it says, and the order of names, do not count."""
    longer, shorter = sorted((old, new), key=len, reverse=True)
    neither = problem.message.replace(longer, "\0").replace(shorter, "\0")
    return problem.code, problem.place.file, problem.place.line, "".join(sorted(neither))
