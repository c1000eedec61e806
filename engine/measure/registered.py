"""Write into the head of a region which text a document has: one line more, all others as they were."""

from __future__ import annotations

from engine.rulebook.problems import Problem
from engine.rulebook.source import Mapping, read_text
from engine.rulebook.spans import Written, written
from engine.rulebook.written import plain_of


class CannotRegister(ValueError):
    """The head is written in a way that is not changed here."""


def with_text(head: str, document: str, path: str, title: str) -> str:
    """``head`` with ``原文: path`` under the document, which is added with ``title`` where it is not there.

    Raises :class:`CannotRegister`.
    """
    before = _plain(head)
    sources = before.get("文件") or {}
    wanted = {**before, "文件": {**sources, document: {"题名": title, **sources.get(document, {}), "原文": path}}}
    root = written(head)
    made = _changed(head, root, document, path, title) if root is not None else None
    if made is not None and "\r\n" in head:
        made = made.replace("\r\n", "\n").replace("\n", "\r\n")
    if made is None or _plain(made) != wanted:
        raise CannotRegister(document)
    return made


def _plain(text: str) -> dict:
    problems: list[Problem] = []
    read = read_text(text, "", problems)
    if not isinstance(read, Mapping) or any(problem.is_error for problem in problems):
        raise CannotRegister
    found = plain_of(read)
    return found if isinstance(found, dict) else {}


def _changed(head: str, root: Written, document: str, path: str, title: str) -> str | None:
    sources = root.get("文件")
    if sources is None:
        return f"{head.rstrip()}\n文件:\n  {document}:\n    题名: {_quoted(title)}\n    原文: {path}\n"
    if sources.kind != "mapping":
        return None
    about = sources.get(document)
    if about is None:
        return _added(head, sources, document, f"题名: {_quoted(title)}", path)
    if about.kind != "mapping" or not about.entries:
        return None
    if (old := about.get("原文")) is not None:
        return head[: old.start] + path + head[old.end :]
    if about.flow:
        end = about.entries[-1][1].end
        return head[:end] + f", 原文: {path}" + head[end:]
    first = about.entries[0][0].start
    indent = head[head.rfind("\n", 0, first) + 1 : first]
    at = _after_line(head, about.get("题名") or about)
    return head[:at] + f"{indent}原文: {path}\n" + head[at:]


def _added(head: str, sources: Written, document: str, about: str, path: str) -> str | None:
    if sources.flow:
        end = sources.entries[-1][1].end if sources.entries else sources.start + 1
        return head[:end] + (", " if sources.entries else "") + f"{document}: {{{about}, 原文: {path}}}" + head[end:]
    if not sources.entries:
        return None
    first = sources.entries[0][0].start
    indent = head[head.rfind("\n", 0, first) + 1 : first]
    at = _after_line(head, sources)
    return head[:at] + f"{indent}{document}:\n{indent}  {about}\n{indent}  原文: {path}\n" + head[at:]


def _after_line(text: str, node: Written) -> int:
    """The beginning of the line after a node."""
    end = text.find("\n", max(node.end - 1, node.start))
    return len(text) if end < 0 else end + 1


def _quoted(title: str) -> str:
    """In quotes: a title may hold what YAML reads otherwise."""
    kept = "".join(sign for sign in title if sign.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
