"""Text to syntax tree: ``较大(a, b) × 50%`` to nodes, or a :class:`SyntaxProblem` that says in Chinese
what to write.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS, VALUE_BEFORE
from engine.language.parser_tables import parser_with
from engine.language.syntax_help import explain
from engine.language.values import HALF_AWAY, MODES, Interval

MAX_CHARACTERS = 4000
MAX_TOKENS = 600
MAX_DEPTH = 40
MAX_DIGITS = 30
MAX_DECIMALS = 12

_HALF_WIDTH = str.maketrans("（），＋－＝＜＞％［］；：≦≧\u3000＊／！", "(),+-=<>%[];:≤≥ */!")
_AT_KEYS = frozenset(name for name, function in FUNCTIONS.items() if function.law.takes is Takes.NAME_AT_KEYS)
_CANONICAL = {"−": "-", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!="}


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


class _Tree(Transformer):
    """Builds nodes while the parser runs (no recursion over deep trees)."""

    def number(self, parts: list[Token]) -> tree.Number:
        token = parts[0]
        if len(token) > 1 and token[0] == "0" and token[1].isdigit():
            advice = "；千分位不写逗号" if len(token.split(".")[0]) == 3 else ""
            raise _Refused(f"数的前面不写 0：{token}{advice}", token.start_pos or 0)
        return tree.Number(str(token), _number(token), span=_span(parts))

    def date(self, parts: list[Token]) -> tree.Date:
        return tree.Date(_date(parts[0]), span=_span(parts))

    def text(self, parts: list[Token]) -> tree.Text:
        return tree.Text(str(parts[0])[1:-1], span=_span(parts))

    def truth(self, parts: list[Token]) -> tree.Truth:
        return tree.Truth(parts[0].type == "TRUE", span=_span(parts))

    def nothing(self, parts: list[Token]) -> tree.Nothing:
        return tree.Nothing(span=_span(parts))

    def name(self, parts: list[Token]) -> tree.Name | tree.ValueBefore:
        if parts[0] == VALUE_BEFORE:
            return tree.ValueBefore(span=_span(parts))
        return tree.Name(str(parts[0]), span=_span(parts))

    def unary(self, parts: list) -> tree.Unary:
        op, operand = _CANONICAL.get(str(parts[0]), str(parts[0])), parts[1]
        if op in ("有", "没有") and isinstance(operand, tree.Call) and operand.function not in _AT_KEYS:
            raise _Refused(f"“{op}”后面写一个名字，或 取(…)", operand.span[0])
        return tree.Unary(op, operand, span=_span(parts))

    def binary(self, parts: list) -> tree.Binary:
        left, op, right = parts
        return tree.Binary(_CANONICAL.get(str(op), str(op)), left, right, span=_span(parts))

    def member(self, parts: list) -> tree.Member:
        return tree.Member(parts[0], parts[2].items, False, span=_span(parts))

    def not_member(self, parts: list) -> tree.Member:
        return tree.Member(parts[0], parts[2].items, True, span=_span(parts))

    def items(self, parts: list) -> tree.Items:
        return tree.Items(tuple(part for part in parts if isinstance(part, tree.Node)), span=_span(parts))

    def word(self, parts: list[Token]) -> tree.Word:
        token = parts[0]
        if token.type == "DATE":
            _date(token)
        return tree.Word(str(token), False, _number(token) if token.type == "NUMBER" else None, span=_span(parts))

    def quoted(self, parts: list[Token]) -> tree.Word:
        return tree.Word(str(parts[0])[1:-1], True, span=_span(parts))

    def range(self, parts: list) -> tree.Range:
        return tree.Range(parts[0].text, parts[2].text, span=_span(parts))

    def family(self, parts: list) -> tree.Range:
        """F20 开头: from F20 to F20, both by prefix."""
        first = parts[0]
        prefix = str(first)[1:-1] if isinstance(first, Token) else first.text
        if not prefix:
            raise _Refused("“开头”前面写一个编码，如 F20 开头", _span(parts)[0])
        return tree.Range(prefix, prefix, span=_span(parts))

    def between(self, parts: list) -> tree.Between:
        opening, low, high, closing = parts
        return tree.Between(low, high, opening == "[", closing == "]", span=_span(parts))

    def compare(self, parts: list) -> tree.Compare:
        return tree.Compare(_CANONICAL.get(str(parts[0]), str(parts[0])), parts[1], span=_span(parts))

    def listed(self, parts: list) -> tree.Items:
        return parts[0]

    def present(self, parts: list[Token]) -> tree.Items:
        return tree.Items((), parts[0].type == "PRESENT", span=_span(parts))

    def where(self, parts: list) -> tuple:
        return ("where", parts[1], parts[0])

    def source(self, parts: list[Token]) -> tuple:
        return ("source", str(parts[1]), parts[0])

    def per(self, parts: list[Token]) -> tuple:
        return ("per", tuple(str(token) for token in parts[1:] if token.type != "LISTED"), parts[0])

    def by(self, parts: list[Token]) -> tuple:
        return ("by", str(parts[1]), parts[0])

    def order(self, parts: list[Token]) -> tuple:
        return ("descending", parts[0].type == "DESCENDING", parts[0])

    def history(self, parts: list[Token]) -> tuple:
        return ("history", parts[0].type == "EARLIER_TOO", parts[0])

    def within(self, parts: list) -> tuple:
        word, opening, low, high, closing = parts
        found = Interval(_figure(low), _figure(high), opening == "[", closing == "]")
        if found.is_turned():
            raise _Refused("“范围”的下限大于上限", _span([low])[0])
        return ("within", found, word)

    def rounded(self, parts: list[Token]) -> tuple:
        word, digits, mode = parts
        if not str(digits).isdigit() or int(digits) > MAX_DECIMALS:
            raise _Refused(f"“舍入”后面写小数位数，0 到 {MAX_DECIMALS} 的整数", _place(digits)[0])
        if mode is not None and mode not in MODES:
            raise _Refused(f"舍入的方式有 {'、'.join(MODES)}", _place(mode)[0])
        return ("rounded", tree.Rounded(int(digits), str(mode or HALF_AWAY)), word)

    def call(self, parts: list) -> tree.Call:
        name, *arguments = parts
        values: list[tree.Node] = []
        clauses: dict[str, Any] = {}
        for argument in arguments:
            if isinstance(argument, tree.Node):
                if clauses and not (set(clauses) <= {"descending"}):
                    raise _Refused(_after_clauses(clauses, argument), argument.span[0])
                _refuse_thousands(values, argument)
                values.append(argument)
                continue
            kind, value, token = argument
            if kind in clauses:
                more = f"，几个键用顿号隔开：每 {'、'.join((*clauses[kind], *value))}" if kind == "per" else ""
                raise _Refused(f"“{token}”写了两次{more}", token.start_pos)
            clauses[kind] = value
        keys: list[tuple[str, tree.Node]] = []
        if str(name) in _AT_KEYS:
            values, rest = values[:1], values[1:]
            for item in rest:
                if not (isinstance(item, tree.Binary) and item.op == "=" and isinstance(item.left, tree.Name)):
                    raise _Refused(f"{name} 的第二项起写成 键 = 值，如 {name}(系数, 级别 = 三级)", item.span[0])
                keys.append((item.left.id, item.right))
        end = max((_span([part])[1] for part in arguments if isinstance(part, tree.Node)), default=name.end_pos)
        call = tree.Call(str(name), tuple(values), keys=tuple(keys), span=(name.start_pos, end), **clauses)
        return call


def _figure(node: tree.Node) -> Fraction:
    """A bound of 范围, which is written out."""
    inner = node.operand if isinstance(node, tree.Unary) else node
    if not isinstance(inner, tree.Number):
        raise _Refused("“范围”的两头写数，如 范围 [0, 100000]", node.span[0])
    return -inner.value if isinstance(node, tree.Unary) else inner.value


def _after_clauses(clauses: dict[str, Any], argument: tree.Node) -> str:
    """What to say of an argument that stands behind a clause: most likely one more key of 每."""
    if list(clauses)[-1] == "per" and isinstance(argument, tree.Name):
        return f"“每”后面的几个键用顿号隔开：每 {'、'.join((*clauses['per'], argument.id))}"
    return "“当、自、每、按、范围、舍入”写在参数后面"


def _refuse_thousands(before: list[tree.Node], argument: tree.Node) -> None:
    """``较小(费用, 1,000)`` would be read as three arguments: two numbers that look like one are told, not guessed."""
    last = before[-1] if before else None
    if not isinstance(last, tree.Number) or not isinstance(argument, tree.Number):
        return
    whole, rest = last.text, argument.text.partition(".")[0].rstrip("%‰")
    if argument.span[0] - last.span[1] == 1 and len(whole) <= 3 and whole.isdigit() and len(rest) == 3:
        meant = f"{whole},{argument.text}"
        advice = f"写 {meant.replace(',', '')}；若是两个数，逗号后面空一格"
        raise _Refused(f"“{meant}”：数里不写千分位的逗号，{advice}", last.span[0])


class _Refused(Exception):
    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message, self.column = message, column


def _span(parts: list) -> tuple[int, int]:
    starts, ends = [], []
    for part in parts:
        if isinstance(part, Token):
            start, end = _place(part)
            starts.append(start)
            ends.append(end)
        elif isinstance(part, tree.Node):
            starts.append(part.span[0])
            ends.append(part.span[1])
    return (min(starts), max(ends)) if starts else (0, 0)


def _place(token: Token) -> tuple[int, int]:
    """The half-open range of characters of a token that the lexer read."""
    assert token.start_pos is not None and token.end_pos is not None
    return token.start_pos, token.end_pos


def _number(token: Token) -> Fraction:
    text = str(token)
    if sum(ch.isdigit() for ch in text) > MAX_DIGITS:
        raise _Refused(f"数字超过 {MAX_DIGITS} 位", _place(token)[0])
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    if text.endswith("‰"):
        return Fraction(text[:-1]) / 1000
    return Fraction(text)


def _date(token: Token) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(token))
    except ValueError:
        raise _Refused(f"没有 {token} 这一天", _place(token)[0]) from None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return parser_with(_Tree())


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
        node = cast(tree.Node, _parser().parse(source, start=start))  # what _Tree made of it
    except (UnexpectedInput, VisitError, _Refused) as error:
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
    return SyntaxProblem(refused.message, refused.column, text) if isinstance(refused, _Refused) else error


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
