"""Whether two texts of a rules file say the same: nodes, order, comments; blanks and signs of formulas may differ."""

from __future__ import annotations

from typing import Any

from engine.formatting.formulas import evenly
from engine.formatting.remarks import NotLaidOut, remarks_of
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.problems import Problem
from engine.rulebook.source import read_text
from engine.rulebook.spans import written
from engine.testing.pipe_table import read_pipe_table
from engine.testing.typed_text import TestProblem


def refuse_changed(before: str, after: str) -> None:
    """Raises :class:`NotLaidOut` where ``after`` says something else, or a comment of ``before`` is gone."""
    if _said(before) != _said(after) or _remarks(before) != _remarks(after):
        raise NotLaidOut("这个文件重排以后意思会变，没有重排；请把它发给维护程序的人")


def _said(text: str) -> Any:
    problems: list[Problem] = []
    root = read_text(text, "", problems)
    return (None if root is None else _node(root), len(problems))


def _node(node: Yaml) -> Any:
    if isinstance(node, Scalar):
        return (_text(node.text), node.quoted)
    if isinstance(node, Mapping):
        return ("mapping", [(_node(key), _node(value)) for key, value in node.entries])
    return ("list", [_node(item) for item in node.items])


def _text(text: str) -> Any:
    if "|" in text and "\n" in text:
        try:
            return read_pipe_table(text)
        except TestProblem:
            return text
    return evenly(text)


def _remarks(text: str) -> list[str]:
    root = written(text)
    if root is None:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return sorted(remark.text for remark in remarks_of(text, root))
