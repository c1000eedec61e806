"""YAML as text with positions: scalars stay as written; what YAML would guess or misread is a problem."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from engine.files.errors import why
from engine.files.named_files import DISK, Files
from engine.rulebook import source_build, source_help
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Place, Problem

__all__ = ["Mapping", "Scalar", "Sequence", "Yaml", "read", "read_text"]

MAX_BYTES = 2_000_000
MAX_PROBLEMS = 200
_NOT_ALLOWED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # turn the direction of writing: what is seen is not what is read
)
LINE_BREAK = re.compile("\r\n?|\n")


def read(path: Path, shown: str, problems: list[Problem], files: Files = DISK) -> Mapping | None:
    """The file's mapping, or ``None`` where nothing could be read; what is wrong is added to ``problems``."""
    text = text_in(path, shown, problems, files)
    return None if text is None else read_text(text, shown, problems)


def read_text(text: str, shown: str, problems: list[Problem]) -> Mapping | None:
    """As :func:`read`, of text. An empty text is an empty mapping."""
    found: list[Problem] = []
    root = _parsed(text, shown, found)
    once = {(problem.code, problem.place): problem for problem in found}
    ordered = sorted(once.values(), key=lambda problem: problem.place)
    problems.extend(ordered[:MAX_PROBLEMS])
    if len(ordered) > MAX_PROBLEMS:
        left = f"这个文件还有 {len(ordered) - MAX_PROBLEMS} 处没有列出"
        problems.append(Problem("E103", ordered[MAX_PROBLEMS].place, left, "先改正前面的"))
    return root


def _parsed(text: str, shown: str, problems: list[Problem]) -> Mapping | None:
    lines = LINE_BREAK.split(text)
    if bad := _NOT_ALLOWED.search(text):
        problems.append(_control_character(bad, text, shown))
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = source_build.Builder(shown, lines, problems)
    try:
        root = builder.build(yaml.parse(text, Loader=loader))
    except source_build.Stop:
        return None
    except yaml.YAMLError as error:
        problems.extend(source_help.explain(error, lines, shown))
        return None
    if isinstance(root, Mapping):
        return root
    problems.append(source_help.not_a_mapping(root, lines))
    return None


def _control_character(bad: re.Match, text: str, shown: str) -> Problem:
    before = LINE_BREAK.split(text[: bad.start()])
    place = Place(shown, len(before), len(before[-1]) + 1)
    message = f"这里有一个看不见的控制字符（U+{ord(bad[0]):04X}）"
    return Problem("E113", place, message, "删掉这个字符，或把这一行重新打一遍")


def text_in(path: Path, shown: str, problems: list[Problem], files: Files = DISK) -> str | None:
    """The text of a file; ``None`` and a problem where there is none."""
    try:
        size = files.seen(path)[0]
        if size > MAX_BYTES:
            message = f"文件有 {size / 1e6:.1f} MB，最多 {MAX_BYTES // 1_000_000} MB"
            problems.append(
                Problem(
                    "E103",
                    Place(shown),
                    message,
                    "大表放进 CSV 文件，用“行: 文件.csv”引用；或按章拆成几个文件",
                )
            )
            return None
        data = files.read(path)
    except OSError as error:
        problems.append(Problem("E101", Place(shown), f"文件读不出来：{why(error)}"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = _encoding(data)
        message = f"文件不是 UTF-8 编码{f'，看上去是 {guess}' if guess else ''}"
        hint = "在编辑器里“另存为”，编码选 UTF-8"
        problems.append(Problem("E101", Place(shown, line, 1), message, hint))
        return None


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16（“Unicode 文本”）"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GB18030（GBK，中文 Windows 的“ANSI”）"
