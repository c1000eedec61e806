"""CSV files: the encoding is told by content (UTF-8 with or without BOM, GB18030), all cells stay text."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from engine.files.errors import DataError, why
from engine.files.ordinary import read_bytes
from engine.files.raw import RawTable, tidy_table

MOST_TITLES = 10
"""Lines in which the names of the columns are looked for."""
_WIDE = re.compile("[^\u0000-\u07ff]")  # said the other way round it takes ten times as long to compile
_SAVE_AS = "请另存为 UTF-8（带 BOM）的 CSV"

UTF8, GB18030 = "utf-8", "gb18030"


def read_csv(path: Path, name: str, origin: str) -> RawTable:
    """The table in ``path``. Raises :class:`DataError` for an unknown encoding, NUL bytes or unpaired quotes."""
    return csv_from(read_bytes, path, name, origin)


def csv_from(read: Callable[[Path], bytes], path: Path, name: str, origin: str) -> RawTable:
    """As :func:`read_csv`, of what ``read`` has under the name."""
    try:
        text = decode(read(path), origin)
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    records = _records(text, origin)
    _, header = next(records, (0, []))
    if len(header) == 1 and any(mark in header[0] for mark in "\t;，"):
        raise DataError(f"{origin}：表头不是用逗号分隔的", "CSV 的列应以半角逗号分隔")
    return tidy_table(name, origin, header, records)


def records_from(read: Callable[[Path], bytes], path: Path, origin: str) -> Iterator[tuple[int, list[str]]]:
    """(line where the record begins, its cells) of a file that has titles above its heading, perhaps."""
    try:
        text = decode(read(path), origin)
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    return _records(text, origin)


def titles_above(text: str, is_heading: Callable[[set[str]], bool], origin: str) -> tuple[str, str] | None:
    """What to say, and the cure, where the first line is a title and the names of the columns stand below it."""
    records = islice(_records(text, origin), MOST_TITLES)
    told = [(line, {cell.strip().strip("\ufeff") for cell in cells} - {""}) for line, cells in records]
    if not told or is_heading(told[0][1]):
        return None
    for line, cells in told[1:]:
        if is_heading(cells):
            message = f"{origin} 的第 1 行不是字段名，第 {line} 行才是"
            return message, f"删去上面 {line - 1} 行标题，让字段名在第一行"
    return None


def is_cut(path: Path) -> bool:
    """Whether the last line has no line break: the file may have been cut there; a CSV has no other mark of its end."""
    with path.open("rb") as stream:
        if not stream.seek(0, os.SEEK_END):
            return False
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) not in (b"\n", b"\r")


def decode(data: bytes, origin: str) -> str:
    """``data`` as text, never guessed: what fits both encodings and reads differently is an error."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{origin}：编码是 UTF-16", _SAVE_AS)
    nul = data.find(b"\0")
    if nul >= 0:
        raise DataError(f"{origin}：第 {_line(data, nul)} 行（第 {nul} 字节）有空字符，不是文本文件", _SAVE_AS)
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_gb18030(data, origin, error, marked)
    if not marked and not text.isascii() and not _WIDE.search(text):
        _refuse_ambiguous(data, origin)
    return text


def _decode_gb18030(data: bytes, origin: str, utf8_error: UnicodeDecodeError, marked: bool) -> str:
    at = utf8_error.start
    found = f"UTF-8 在第 {_line(data, at)} 行（第 {at + 3 * marked} 字节）读不下去"
    if marked:
        raise DataError(f"{origin}：{found}", "文件已损坏，" + _SAVE_AS)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        other = f"GB18030 在第 {_line(data, error.start)} 行（第 {error.start} 字节）读不下去"
        raise DataError(f"{origin}：编码既不是 UTF-8 也不是 GB18030：{found}，{other}", _SAVE_AS) from error


def _refuse_ambiguous(data: bytes, origin: str) -> None:
    """Two-byte characters only: as UTF-8 they are Latin or Greek, as GB18030 they may be Chinese. Nobody can tell."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return
    raise DataError(f"{origin}：分不清编码是 UTF-8 还是 GB18030", _SAVE_AS)


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _records(text: str, origin: str) -> Iterator[tuple[int, list[str]]]:
    """(line where the record begins, its cells)."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"{origin}：第 {start} 行起引号不配对，或单元格过长",
                "单元格里的双引号要写成两个，整格再加引号",
            ) from error
        yield start, cells


def text_and_encoding(data: bytes, origin: str) -> tuple[str, str]:
    """A file of rows with its mark and line ends, and how to write it back. Raises :class:`DataError`."""
    decode(data, origin)
    for encoding in (UTF8, GB18030):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            return text, encoding
    raise DataError(f"{origin} 里有写不回原样的字", "另存为 UTF-8（带 BOM）的 CSV")
