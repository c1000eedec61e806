"""What the process that reads a PDF does: bytes in, lines of pages out, as JSON."""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

MOST_PAGES = 500
_SAME_LINE = 0.5
"""Of the size of a sign: two pieces whose foot differs by less stand in one line."""
_GAP = 0.8
"""Of the size of a sign: what is further apart has a blank between."""


def main() -> None:
    logging.disable(logging.CRITICAL)
    try:
        said: dict[str, Any] = pages_of(sys.stdin.buffer.read())
    except ImportError:
        said = {"refused": "读 PDF 要用 pypdf，这里没有装", "cure": "pip install pypdf；或另存为 .docx、.txt"}
    except (MemoryError, RecursionError):
        said = {"refused": "读它要的内存太多，不像是一份办法", "cure": "用 Word 或 WPS 打开它，只留正文，另存为 .docx"}
    except Exception as error:  # whatever a broken file makes the library raise
        cure = "用原来的程序重新导出，或另存为 .docx、.txt"
        said = {"refused": f"PDF 坏了，读不下去（{type(error).__name__}）", "cure": cure}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=True).encode())


def pages_of(data: bytes) -> dict[str, Any]:
    """``pages``: lines with how far they are set in; ``pictures``: whether a page shows any; ``unreadable``: whether
    most signs have no meaning; or ``refused`` with a sentence.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = PdfReader(io.BytesIO(data))
    cure = "去掉密码和限制，另存一次"
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            return {"refused": "文件加了密", "cure": cure}
        count = len(reader.pages)
    except (DependencyError, FileNotDecryptedError, NotImplementedError):  # of pypdf: a cipher that it has not
        return {"refused": "文件加了密", "cure": cure}
    if count > MOST_PAGES:
        return {"refused": f"有 {count} 页，最多 {MOST_PAGES} 页", "cure": "只留下办法的正文，另存一次"}
    pages, pictures = [], []
    odd = signs = 0
    for page in reader.pages:
        lines = lines_of(pieces_of(page))
        pages.append(lines)
        pictures.append(_shows_a_picture(page))
        text = "".join(line for line, _ in lines)
        signs += len(text)
        odd += sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or sign < " " for sign in text)
    return {"pages": pages, "pictures": pictures, "unreadable": signs > 0 and odd * 5 > signs}


def pieces_of(page: Any) -> list[tuple[float, float, float, str]]:
    """Foot, left edge, size and text of each piece that the page draws, in its order."""
    found: list[tuple[float, float, float, str]] = []

    def seen(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[1]) or 1.0
            found.append((float(y), float(x), float(size or 1) * scale, text))

    page.extract_text(visitor_text=seen)
    return found


def lines_of(pieces: list[tuple[float, float, float, str]]) -> list[tuple[str, float]]:
    """Lines from top to bottom as they are drawn, each with how far it is set in from the leftmost, in signs."""
    lines: list[list[tuple[float, float, float, str]]] = []
    for piece in pieces:
        parts = piece[3].split("\n")
        for part in (part for part in parts if part.strip()):
            y, x, size = piece[:3]
            if lines and abs(lines[-1][0][0] - y) < _SAME_LINE * max(size, lines[-1][0][2]):
                lines[-1].append((y, x, size, part))
            else:
                lines.append([(y, x, size, part)])
    if not lines:
        return []
    left = min(x for line in lines for _, x, _, _ in line[:1])
    found = []
    for line in lines:
        size = max(size for _, _, size, _ in line)
        lead = len(line[0][3]) - len(line[0][3].lstrip(" \u3000"))
        found.append((_text(line), round((line[0][1] - left) / size + lead * 0.5, 2)))
    return found


def _text(line: list[tuple[float, float, float, str]]) -> str:
    return "".join(piece[3] for piece in line).strip()


def _shows_a_picture(page: Any) -> bool:
    try:
        return "/XObject" in (page.get("/Resources") or {}) or len(page.images) > 0
    except Exception:  # a page whose resources are broken shows what it shows
        return True
