"""A file of a measure from outside: what it is by its content, and how large it may be."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.files.csv_text import decode
from engine.files.errors import DataError, why
from engine.files.ordinary import read_bytes
from engine.measure.docx import paragraphs_of_docx
from engine.measure.paragraphs import paragraphs_of_lines
from engine.measure.pdf import lines_of_pdf

MOST_BYTES = 50_000_000
MOST_SIGNS = 1_000_000
"""Of the text: a measure with its annexes has some ten thousand."""
_IN_CONTENTS = re.compile(r"(?:[.．·…]\s?){4,}\d{1,3}$")
"""A line of a table of contents."""
_HIDDEN = dict.fromkeys([*range(0x00, 0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0x200B])
_TURNING = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class Opened:
    """The paragraphs of a file, the SHA-256 of its bytes, and what should be looked at (Chinese sentences)."""

    paragraphs: tuple[str, ...]
    digest: str
    remarks: tuple[str, ...] = ()


def open_measure(path: Path) -> Opened:
    """The text of a .docx, .pdf or .txt file, a paragraph each. Raises :class:`DataError`."""
    origin = path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(
                f"{origin} 有 {path.stat().st_size // 1_000_000} MB，最多 {MOST_BYTES // 1_000_000} MB",
                "办法的文字不会这样大；另存为不带图片的文件，或另存为 .txt",
            )
        data = read_bytes(path)
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    read = _reader(data, path.suffix.lower(), origin)
    found, remarks = read(data, origin)
    paragraphs = [tidy for text in found if (tidy := _tidy(text).lstrip("# ")) and not _IN_CONTENTS.search(tidy)]
    if sum(map(len, paragraphs)) > MOST_SIGNS:
        raise DataError(f"{origin} 的文字超过 {MOST_SIGNS:,} 字", "只留下办法的正文")
    if not paragraphs:
        raise DataError(f"{origin} 里没有文字", "打开看看是不是空的，或是图片")
    return Opened(tuple(paragraphs), hashlib.sha256(data).hexdigest(), tuple(remarks))


_Reader = Callable[[bytes, str], tuple[list[str], list[str]]]


def _reader(data: bytes, suffix: str, origin: str) -> _Reader:
    """By content; the name decides nothing but what is said of a file that is none of the three."""
    if data[:4] == b"PK\x03\x04":
        return paragraphs_of_docx
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _of_pdf
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise DataError(f"{origin} 是旧的 Word 文件（.doc）或加了密的文件", "用 Word 或 WPS 打开，另存为 .docx")
    if data[:5] == b"{\\rtf":
        raise DataError(f"{origin} 是 RTF 文件", "用 Word 或 WPS 打开，另存为 .docx")
    if suffix in (".docx", ".pdf"):
        raise DataError(f"{origin} 不是真的 {suffix} 文件", "用原来的程序打开，另存一次")
    if data[:64].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise DataError(f"{origin} 是网页", "在浏览器里选中正文，粘贴到记事本，存为 .txt")
    if data[:4] in (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\x89PNG") or data[:2] == b"BM":
        raise DataError(f"{origin} 是图片", "要文字：向发文单位要 Word 文件，或用文字识别软件识别后核对、存为 .txt")
    return _of_text


def _of_text(data: bytes, origin: str) -> tuple[list[str], list[str]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DataError(f"{origin}：UTF-16 编码读不下去，文件坏了", "重新另存一次") from error
    else:
        text = decode(data, origin)
    lines = [(_without_markdown(line), _indent(line)) for line in text.splitlines()]
    return paragraphs_of_lines([(line, indent, "") for line, indent in lines]), []


def _of_pdf(data: bytes, origin: str) -> tuple[list[str], list[str]]:
    lines, remarks = lines_of_pdf(data, origin)
    return paragraphs_of_lines(lines), remarks


def _without_markdown(line: str) -> str:
    """Without the signs that programs put around headings when they turn a file into text: #, ** and ---."""
    bare = re.sub(r"^#+(?=\s|$)|^-{3,}$|\*\*", "", line)
    return bare[1:] if bare[:1] == "#" else bare


def _indent(line: str) -> float:
    """How far a line is set in, in signs of full width."""
    lead = line[: len(line) - len(line.lstrip())]
    return sum(1.0 if sign == "\u3000" else 2.0 if sign == "\t" else 0.5 for sign in lead)


def _tidy(text: str) -> str:
    """Without signs that nobody sees; blanks of any kind are blanks, none at the ends, none twice."""
    seen = _RADICAL.sub(lambda found: _plain_sign(found[0]), text.translate(_HIDDEN | _TURNING))
    return " ".join(seen.replace("\u3000", " ").replace("\u2028", " ").replace("\u2029", " ").split())


_RADICAL = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06\uf900-\ufaff]")
_SIMPLE_RADICALS = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)


def _plain_sign(sign: str) -> str:
    """Browsers write radicals and ligatures into a PDF that look like the sign and are another one."""
    return _SIMPLE_RADICALS.get(sign) or unicodedata.normalize("NFKC", sign)
