"""The lines of a PDF, read in a process of its own that may use only so much time and memory."""

from __future__ import annotations

import json
import subprocess
import sys

from engine.files.errors import DataError
from engine.measure.paragraphs import Line

MOST_SECONDS = 120
MOST_PAGES = 500
MOST_MEMORY = 2_000_000_000
_SCANNED = "用文字识别软件识别、核对以后存为 .txt；或向发文单位要 Word 文件"


def lines_of_pdf(data: bytes, origin: str) -> tuple[list[Line], list[str]]:
    """Lines of all pages with how far they are set in, and remarks. Raises :class:`DataError`.

    Pages without text are scanned: where no page has any the file is refused, where some have none they are named.
    """
    found = _asked(data, origin)
    if "refused" in found:
        raise DataError(f"{origin}：{found['refused']}", found.get("cure", ""))
    pages: list[list[tuple[str, float]]] = found["pages"]
    empty = [number for number, page in enumerate(pages, 1) if not any(text.strip() for text, _ in page)]
    pictures = [number for number in empty if found["pictures"][number - 1]]
    if pages and len(empty) == len(pages):
        raise DataError(f"{origin} 是扫描件：{len(pages)} 页都是图片，没有文字", _SCANNED)
    if pictures:
        some = "、".join(map(str, pictures[:10])) + ("…" if len(pictures) > 10 else "")
        raise DataError(f"{origin} 的第 {some} 页是扫描的图片，没有文字", _SCANNED)
    if found["unreadable"]:
        cure = "用 Word 或 WPS 打开这个 PDF，另存为 .docx；或复制文字存为 .txt"
        raise DataError(f"{origin} 的字体没有带文字编码，读出来是乱码", cure)
    lines = [(text, indent, str(number)) for number, page in enumerate(pages, 1) for text, indent in page]
    return lines, ["PDF 没有段落：断行是照着缩进和标点接起来的，要对着原件看一遍"]


def _asked(data: bytes, origin: str) -> dict:
    command = [sys.executable, "-I", "-c", _CHILD.format(path=sys.path, memory=MOST_MEMORY, seconds=MOST_SECONDS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS + 5)
    except subprocess.TimeoutExpired as error:
        raise _too_much(origin) from error
    try:
        return json.loads(done.stdout.decode("utf-8"))
    except ValueError as error:
        raise _too_much(origin) from error


def _too_much(origin: str) -> DataError:
    return DataError(
        f"{origin}：这个 PDF 在 {MOST_SECONDS} 秒、{MOST_MEMORY // 10**9} GB 内存里读不完，不像是一份办法",
        "用 Word 或 WPS 打开它，只留正文，另存为 .docx",
    )


_CHILD = """
import sys
sys.path[:] = {path!r}
from engine.files.system import bound_this_process
bound_this_process({memory}, {seconds})
from engine.measure.pdf_pages import main
main()
"""
