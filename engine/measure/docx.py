"""The paragraphs of a .docx file, with the numbers that Word makes by itself written out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from engine.data.sheets.xml import BadXml, tree_of
from engine.files.errors import DataError
from engine.measure.docx_numbers import Numbering

_MOST_OF_A_PART = 15_000_000
_ENCRYPTED = 1
"""The bit of a part's flags that says so."""
_MOST_PARAGRAPHS = 50_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NO_TEXT = tuple(_W + name for name in ("pPr", "rPr", "del", "moveFrom", "instrText", "delText"))
"""And Fallback: what older programs show in the place of a drawing, its text once more."""
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


def paragraphs_of_docx(data: bytes, origin: str) -> tuple[list[str], list[str]]:
    """Paragraphs in order, rows of tables a line each; and remarks. What was deleted under 修订 is left out.

    Raises :class:`DataError`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(part.flag_bits & _ENCRYPTED for part in archive.infolist()):
                raise DataError(f"{origin}：文件加了密", "去掉密码，另存一次")
            if "word/document.xml" not in archive.namelist():
                what = "工作簿" if "xl/workbook.xml" in archive.namelist() else "压缩文件"
                raise DataError(f"{origin} 不是 Word 文件，是{what}", "选 .docx 文件；压缩文件先解开")
            body = _part(archive, "word/document.xml", origin)
            numbering = Numbering(_optional(archive, "word/numbering.xml", origin), _styles(archive, origin))
    except (
        zipfile.BadZipFile,
        zlib.error,
        BadXml,
        ParseError,
        ValueError,
        KeyError,
        RuntimeError,  # packed in a way that zipfile does not know, or nested too deeply
        EOFError,
    ) as e:
        raise DataError(f"{origin}：Word 文件坏了，或不是 Word 写的", "用 Word 或 WPS 打开，另存为 .docx") from e
    found: list[str] = []
    for text in _paragraphs(body, numbering):
        found.append(text)
        if len(found) > _MOST_PARAGRAPHS:
            raise DataError(f"{origin} 超过 {_MOST_PARAGRAPHS:,} 段", "只留下办法的正文")
    return found, _remarks(body, numbering)


def _part(archive: zipfile.ZipFile, name: str, origin: str) -> Element:
    """A part as a tree, never more than it may unpack to, whatever its head says."""
    if archive.getinfo(name).file_size > _MOST_OF_A_PART:
        raise DataError(f"{origin} 展开后太大（{name}），不像是正常的 Word 文件", "用 Word 打开，另存为 .docx")
    with archive.open(name) as stream:
        text = stream.read(_MOST_OF_A_PART + 1)
    if len(text) > _MOST_OF_A_PART:
        raise DataError(f"{origin} 展开后太大（{name}），不像是正常的 Word 文件", "用 Word 打开，另存为 .docx")
    return tree_of(text.replace(_STRICT[1:-1].encode(), _W[1:-1].encode()))


def _optional(archive: zipfile.ZipFile, name: str, origin: str) -> Element | None:
    return _part(archive, name, origin) if name in archive.namelist() else None


def _styles(archive: zipfile.ZipFile, origin: str) -> Element | None:
    return _optional(archive, "word/styles.xml", origin)


def _paragraphs(body: Element, numbering: Numbering) -> Iterator[str]:
    """Without recursion: how deep a file nests is not ours to say."""
    waiting = [iter(list(body))]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == f"{_W}p":
            if not numbering.is_contents(element):
                yield from _lines(numbering.of(element), element)
        elif element.tag == f"{_W}tr":
            cells = (" ".join(_cell(cell, numbering)) for cell in element.iterfind(f"{_W}tc"))
            yield "\t".join(cell.strip() for cell in cells)
        elif element.tag not in (f"{_W}sectPr", f"{_W}del", f"{_W}moveFrom"):
            waiting.append(iter(list(element)))


def _cell(cell: Element, numbering: Numbering) -> Iterator[str]:
    for paragraph in cell.iter(f"{_W}p"):
        yield from _lines(numbering.of(paragraph), paragraph)


def _lines(number: str, paragraph: Element) -> Iterator[str]:
    """The paragraph with its number; a line break in it begins a new line."""
    for text in (number + "".join(_runs(paragraph))).split("\n"):
        if text.strip():
            yield text


def _runs(paragraph: Element) -> Iterator[str]:
    waiting = [iter(list(paragraph))]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == f"{_W}t" or element.tag.endswith("/math}t"):
            yield element.text or ""
        elif element.tag == f"{_W}tab":
            yield " "
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif element.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif element.tag == f"{_W}sym":
            yield _symbol(element)
        elif element.tag not in _NO_TEXT and not element.tag.endswith("}Fallback"):
            if element.tag == f"{_W}p":  # of a text box
                yield "\n"
            waiting.append(iter(list(element)))


def _symbol(element: Element) -> str:
    try:
        code = int(element.get(f"{_W}char", ""), 16)
    except ValueError:
        return ""
    return "□" if 0xE000 <= code < 0xF900 else chr(code) if 0x20 <= code < 0xD800 else ""


def _remarks(body: Element, numbering: Numbering) -> list[str]:
    found = []
    if _has(body, "del", "ins", "moveFrom"):
        found.append("文件里有没有接受的修订：按接受以后的读")
    if any(element.tag.endswith("}oMath") for element in body.iter()):
        found.append("文件里有公式对象：读成一行文字，上下标和分数线没有了，要对着原件核一遍")
    if _has(body, "drawing", "pict"):
        found.append("文件里有图片：图片里的字没有读")
    if _has(body, "footnoteReference", "endnoteReference"):
        found.append("文件里有脚注或尾注：没有读")
    if numbering.contents:
        found.append("目录没有录")
    if numbering.unknown:
        found.append(f"有不认识的自动编号样式（{'、'.join(sorted(numbering.unknown))}），写成了 1、2、3")
    return found


def _has(body: Element, *names: str) -> bool:
    return any(True for name in names for _ in body.iter(_W + name))
