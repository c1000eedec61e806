"""The two verbs: a region's figures into a workbook, and a workbook back into the region."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.excel.files import TextFile
from engine.excel.grid import Sheet
from engine.excel.listing import sheets_of
from engine.excel.read_book import Address, Edit, Read, Wrong, read_book
from engine.excel.tried import Tried, tried
from engine.excel.write_book import write_book
from engine.files.errors import DataError
from engine.files.whole import staged
from engine.rulebook.book import Book


def write_tables(book: Book, path: Path) -> list[Sheet]:
    """Writes the workbook and gives its sheets. Raises ``OSError``, :class:`DataError`."""
    sheets = sheets_of(book)
    if not sheets:
        raise DataError(f"{book.title} 自己的文件里没有参数、表和例子可以写成工作簿", "沿用来的在那一层的地区里导出")
    write_book(path, book.title, book.name, sheets, sorted(_digests(sheets).items()))
    return sheets


@dataclass
class Brought:
    """A workbook that was read and tried; nothing is written yet. ``files``: what would be written."""

    book: Book
    read: Read
    files: dict[str, tuple[TextFile, bytes]]
    tried: Tried | None = None

    @property
    def wrong(self) -> list[Wrong]:
        return self.read.wrong

    @property
    def may_be_written(self) -> bool:
        return bool(self.files) and not self.wrong and self.tried is not None and not self.tried.refused

    def lines(self) -> list[str]:
        """The lines that would change, file by file, as ``diff`` shows them."""
        found = []
        for name, (file, data) in sorted(self.files.items()):
            before = file.text.splitlines()
            after = data.decode(file.encoding).removeprefix("\ufeff").splitlines()
            found += list(difflib.unified_diff(before, after, name, name, n=0, lineterm=""))[2:] and [name]
            for line in list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]:
                found.append(_line_number(line) if line.startswith("@@") else f"{line[0]} {line[1:]}")
        return found

    def write(self) -> list[str]:
        """Writes all files, or none. Raises :class:`DataError` where one changed in the meantime, ``OSError``."""
        assert self.may_be_written
        return put([(file, data) for file, data in self.files.values()])


def bring_back(book: Book, path: Path) -> Brought:
    """Reads a workbook that was written of this region. Raises :class:`DataError`, ``OSError``."""
    sheets = sheets_of(book)
    read = read_book(path, sheets, _digests(sheets))
    made = Brought(book, read, _files(read))
    if made.files and not made.wrong:
        changed = {name: data for name, (_, data) in made.files.items()}
        made.tried = tried(book, sheets, read, changed)
    return made


def _digests(sheets: Sequence[Sheet]) -> dict[str, str]:
    return {row.file.name: row.file.digest for sheet in sheets for row in sheet.rows}


def _files(read: Read) -> dict[str, tuple[TextFile, bytes]]:
    by_file: dict[str, list[Edit]] = {}
    for edit in read.edits:
        by_file.setdefault(edit.file.name, []).append(edit)
    found = {}
    for name, edits in by_file.items():
        file = edits[0].file
        try:
            found[name] = file, file.changed([edit.change for edit in edits])
        except UnicodeEncodeError as error:
            sign = error.object[error.start]
            at = next((edit.at for edit in edits if sign in edit.change.new), Address(edits[0].at.sheet))
            read.wrong.append(Wrong(at, f"{name} 是 GBK 编码，写不下“{sign}”：先把它另存为 UTF-8"))
        except ValueError:
            read.wrong.append(Wrong(edits[0].at, "同一行里相邻的几格一起清空了：分两次改，或在规则文件里改"))
    return found


def put(files: Sequence[tuple[TextFile, bytes]]) -> list[str]:
    """Each file whole, all or none; their names."""
    beside: list[tuple[TextFile, Path]] = []
    done: list[TextFile] = []
    try:
        for file, data in files:
            if file.path.read_bytes() != file.data:
                raise DataError(f"{file.name} 刚刚被别的程序改过", "看看改了什么，重新导出再改")
            beside.append((file, staged(file.path, data)))
        for file, made in beside:
            os.replace(made, file.path)
            done.append(file)
    except BaseException:
        for file in done:
            file.path.write_bytes(file.data)
        raise
    finally:
        for _, made in beside:
            made.unlink(missing_ok=True)
    return [file.name for file, _ in files]


def _line_number(head: str) -> str:
    """``@@ -5 +5 @@`` as 第 5 行."""
    first = head.split()[1].lstrip("-").split(",")
    return f"第 {first[0]} 行" if len(first) == 1 or first[1] != "0" else f"第 {first[0]} 行后面"
