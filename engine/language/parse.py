"""Text to syntax tree: ``较大(a, b) × 50%`` to nodes, or a :class:`SyntaxProblem` that says in Chinese
what to write.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from lark import Lark, UnexpectedInput
from lark.exceptions import VisitError

from engine.language import tree
from engine.language.build_tree import RefusedWord, TreeBuilder
from engine.language.parser_tables import parser_with
from engine.language.syntax_help import explain

MAX_CHARACTERS = 4000
MAX_TOKENS = 600
MAX_DEPTH = 40

_HALF_WIDTH = str.maketrans("（），＋－＝＜＞％［］；：≦≧\u3000＊／！", "(),+-=<>%[];:≤≥ */!")


@dataclass(eq=False)
class SyntaxProblem(Exception):
    """What is wrong in an expression, and the column (from 0) where; ``caret`` shows both lines.

    Not frozen: Python writes to an exception that passes through a ``with``.
    """

    message: str
    column: int
    text: str
    too_large: bool = False

    def caret(self) -> str:
        """The line with a caret below the place; Chinese characters are two columns wide."""
        width = sum(2 if ord(ch) > 0x2E7F else 1 for ch in self.text[: self.column])
        return f"{self.text}\n{' ' * width}^"


def half_width(text: str) -> str:
    """Full-width punctuation as half-width, outside quotes; every character keeps its place."""
    out, quoted = [], None
    for ch in text:
        if quoted:
            quoted = None if ch == quoted else quoted
            out.append(ch)
        else:
            quoted = {"“": "”", '"': '"'}.get(ch)
            out.append(ch.translate(_HALF_WIDTH))
    return "".join(out)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return parser_with(TreeBuilder())


def _parse(text: str, start: str) -> tree.Node:
    source = half_width(text)
    if len(source) > MAX_CHARACTERS:
        raise SyntaxProblem(f"公式超过 {MAX_CHARACTERS} 个字，拆成几条规则", 0, text[:60], True)
    if not source.strip():
        raise SyntaxProblem("公式是空的", 0, text)
    if source.count("(") > 4 * MAX_DEPTH:
        raise SyntaxProblem(f"括号超过 {4 * MAX_DEPTH} 层，拆成几条规则", 0, text[:60], True)
    try:
        if len(source) > MAX_TOKENS and (tokens := _count_of_tokens(source, start)) > MAX_TOKENS:
            raise SyntaxProblem(f"公式有 {tokens} 个词，超过 {MAX_TOKENS} 个，拆成几条规则", 0, text[:60], True)
        node = cast(tree.Node, _parser().parse(source, start=start))  # what TreeBuilder made of it
    except (UnexpectedInput, VisitError, RefusedWord) as error:
        raise _told(_no_word(source, start) or error, source, start, text) from None
    if _deeper_than(node, MAX_DEPTH):
        raise SyntaxProblem(f"公式嵌套超过 {MAX_DEPTH} 层，拆成几条规则", 0, text[:60], True)
    return node


def _count_of_tokens(source: str, start: str) -> int:
    """With the parser's own lexer: ``Lark.lex`` would build another each time."""
    return sum(1 for _ in _parser().parse_interactive(source, start=start).lexer_thread.lex(None))


def _told(error: Exception, source: str, start: str, text: str) -> Exception:
    """The problem that an error of the parser stands for."""
    if isinstance(error, UnexpectedInput):
        message, column = explain(error, source, lambda example: _parser().parse(half_width(example), start=start))
        return SyntaxProblem(message, column, text)
    refused = error.orig_exc if isinstance(error, VisitError) else error
    return SyntaxProblem(refused.message, refused.column, text) if isinstance(refused, RefusedWord) else error


def _no_word(source: str, start: str) -> UnexpectedInput | None:
    """What can be no word wherever it stands: told before what only stands in a wrong place."""
    try:
        _count_of_tokens(source, start)
    except UnexpectedInput as error:
        return error
    return None


def _deeper_than(node: tree.Node, limit: int) -> bool:
    level, nodes = 0, [node]
    while nodes:
        level += 1
        if level > limit:
            return not _is_chain(node, limit)
        nodes = [child for parent in nodes for child in parent.children()]
    return False


def _is_chain(node: tree.Node, limit: int) -> bool:
    """A long sum or 或-list is deep on its left side only; that is harmless."""
    level, nodes = 0, [node]
    while nodes:
        level += 1
        if level > limit:
            return False
        rights: list[tree.Node] = []
        for parent in nodes:
            while isinstance(parent, tree.Binary):
                rights.append(parent.right)
                parent = parent.left
            rights.extend(parent.children())
        nodes = rights
    return True


@lru_cache(maxsize=20_000)
def parse_expression(text: str) -> tree.Node:
    """The tree of an expression. Raises :class:`SyntaxProblem`."""
    return _parse(text, "expression")


@lru_cache(maxsize=20_000)
def parse_cell(text: str) -> tree.Node:
    """A condition cell: ``≤ 200``, ``(200, 300]``, ``三级、二级``, ``任何``, ``有``.

    Raises :class:`SyntaxProblem`.
    """
    if not text.strip() or text.strip() == "任何":
        return tree.Items(())
    node = _parse(text, "cell")
    if not isinstance(node, (tree.Compare, tree.Items)):
        node = tree.Items((node,), span=node.span)
    return node


def at_cell(cell: tree.Node, column: tree.Node) -> tree.Node:
    """The condition that a cell states of the column it stands in; ``是`` for a cell that takes anything."""
    if isinstance(cell, tree.Compare):
        return tree.Binary(cell.op, column, cell.operand, span=cell.span)
    assert isinstance(cell, tree.Items)
    if cell.presence is not None:
        return tree.Unary("有" if cell.presence else "没有", column, span=cell.span)
    if not cell.items:
        return tree.Truth(True, span=cell.span)
    return replace(tree.Member(column, cell.items, cell.negated), span=cell.span)
