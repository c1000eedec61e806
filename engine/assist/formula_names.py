"""The names that a formula or a cell mentions, with where they stand; words that are classes are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.language import tree
from engine.language.parse import SyntaxProblem, half_width, parse_cell, parse_expression

NAME = re.compile(r"[0-9]*[^\W\d¹²³¼-¾⁰-₉][^\W¹²³¼-¾⁰-₉]*")


@dataclass(frozen=True)
class AsClass:
    """``word`` is a class as well as a name, and the names of ``typed`` are what may have that class."""

    word: str = ""
    typed: frozenset[str] = frozenset()

    def is_said(self, text: str, of: str) -> bool:
        """Whether what is written as a value of ``of`` is the class."""
        return bool(self.word) and of in self.typed and text.strip() == self.word


NO_CLASS = AsClass()


def names_in_formula(body: str, classes: AsClass = NO_CLASS, of: str = "") -> Iterator[tuple[str, int, int]]:
    """Each name with where it begins and ends. ``of``: the name whose value the formula or cell is."""
    node = _parsed(body) if not classes.is_said(body, of) else None
    if node is None:
        return
    words = [part.span for part in node.walk() if isinstance(part, (tree.Word, tree.Text, tree.Range))]
    words += [part.span for part in _said_as_class(node, classes, of in classes.typed)]
    plain = half_width(body)
    quoted = [match.span() for match in re.finditer(r"“[^”]*”|\"[^\"]*\"", body)]
    names = node.names
    for part in NAME.finditer(plain):
        inside = (start <= part.start() < stop for start, stop in (*words, *quoted))
        if part[0] in names and not any(inside):
            yield part[0], part.start(), part.end()


def _said_as_class(node: tree.Node, classes: AsClass, is_typed: bool) -> Iterator[tree.Node]:
    """Where the word of a class stands as one: compared with what may have it, or as what comes out."""
    for part in node.walk() if classes.word else ():
        if isinstance(part, tree.Binary) and part.op in ("=", "!=") and _is_named(part.right, classes.word):
            other_name = isinstance(part.left, tree.Name) and part.left.id not in classes.typed
            yield from () if other_name else (part.right,)
    waiting = [node] if is_typed else []
    while waiting:
        result = waiting.pop()
        if isinstance(result, tree.Call):
            waiting += result.args
        elif _is_named(result, classes.word):
            yield result


def _is_named(node: tree.Node, word: str) -> bool:
    return isinstance(node, tree.Name) and node.id == word


def _parsed(text: str) -> tree.Node | None:
    for read in (parse_expression, parse_cell):
        try:
            return read(text)
        except SyntaxProblem:
            continue
    return None
