"""What the parser found, word by word, as nodes of a tree; what no tree can be is refused with its place."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from lark import Token, Transformer

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS, VALUE_BEFORE
from engine.language.values import HALF_AWAY, MODES, Interval

MAX_DIGITS = 30
MAX_DECIMALS = 12

_AT_KEYS = frozenset(name for name, function in FUNCTIONS.items() if function.law.takes is Takes.NAME_AT_KEYS)
_SIGNS = {"−": "-", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!="}


class TreeBuilder(Transformer):
    """Builds nodes while the parser runs (no recursion over deep trees)."""

    def number(self, parts: list[Token]) -> tree.Number:
        token = parts[0]
        if len(token) > 1 and token[0] == "0" and token[1].isdigit():
            advice = "；千分位不写逗号" if len(token.split(".")[0]) == 3 else ""
            raise RefusedWord(f"数的前面不写 0：{token}{advice}", token.start_pos or 0)
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
        op, operand = _SIGNS.get(str(parts[0]), str(parts[0])), parts[1]
        if op in ("有", "没有") and isinstance(operand, tree.Call) and operand.function not in _AT_KEYS:
            raise RefusedWord(f"“{op}”后面写一个名字，或 取(…)", operand.span[0])
        return tree.Unary(op, operand, span=_span(parts))

    def binary(self, parts: list) -> tree.Binary:
        left, op, right = parts
        return tree.Binary(_SIGNS.get(str(op), str(op)), left, right, span=_span(parts))

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
            raise RefusedWord("“开头”前面写一个编码，如 F20 开头", _span(parts)[0])
        return tree.Range(prefix, prefix, span=_span(parts))

    def between(self, parts: list) -> tree.Between:
        opening, low, high, closing = parts
        return tree.Between(low, high, opening == "[", closing == "]", span=_span(parts))

    def compare(self, parts: list) -> tree.Compare:
        return tree.Compare(_SIGNS.get(str(parts[0]), str(parts[0])), parts[1], span=_span(parts))

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
            raise RefusedWord("“范围”的下限大于上限", _span([low])[0])
        return ("within", found, word)

    def rounded(self, parts: list[Token]) -> tuple:
        word, digits, mode = parts
        if not str(digits).isdigit() or int(digits) > MAX_DECIMALS:
            raise RefusedWord(f"“舍入”后面写小数位数，0 到 {MAX_DECIMALS} 的整数", _place(digits)[0])
        if mode is not None and mode not in MODES:
            raise RefusedWord(f"舍入的方式有 {'、'.join(MODES)}", _place(mode)[0])
        return ("rounded", tree.Rounded(int(digits), str(mode or HALF_AWAY)), word)

    def call(self, parts: list) -> tree.Call:
        name, *arguments = parts
        values: list[tree.Node] = []
        clauses: dict[str, Any] = {}
        for argument in arguments:
            if isinstance(argument, tree.Node):
                if clauses and not (set(clauses) <= {"descending"}):
                    raise RefusedWord(_after_clauses(clauses, argument), argument.span[0])
                _refuse_thousands(values, argument)
                values.append(argument)
                continue
            kind, value, token = argument
            if kind in clauses:
                more = f"，几个键用顿号隔开：每 {'、'.join((*clauses[kind], *value))}" if kind == "per" else ""
                raise RefusedWord(f"“{token}”写了两次{more}", token.start_pos)
            clauses[kind] = value
        keys: list[tuple[str, tree.Node]] = []
        if str(name) in _AT_KEYS:
            values, rest = values[:1], values[1:]
            for item in rest:
                if not (isinstance(item, tree.Binary) and item.op == "=" and isinstance(item.left, tree.Name)):
                    raise RefusedWord(f"{name} 的第二项起写成 键 = 值，如 {name}(系数, 级别 = 三级)", item.span[0])
                keys.append((item.left.id, item.right))
        end = max((_span([part])[1] for part in arguments if isinstance(part, tree.Node)), default=name.end_pos)
        call = tree.Call(str(name), tuple(values), keys=tuple(keys), span=(name.start_pos, end), **clauses)
        return call


def _figure(node: tree.Node) -> Fraction:
    """A bound of 范围, which is written out."""
    inner = node.operand if isinstance(node, tree.Unary) else node
    if not isinstance(inner, tree.Number):
        raise RefusedWord("“范围”的两头写数，如 范围 [0, 100000]", node.span[0])
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
        raise RefusedWord(f"“{meant}”：数里不写千分位的逗号，{advice}", last.span[0])


class RefusedWord(Exception):
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
        raise RefusedWord(f"数字超过 {MAX_DIGITS} 位", _place(token)[0])
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    if text.endswith("‰"):
        return Fraction(text[:-1]) / 1000
    return Fraction(text)


def _date(token: Token) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(token))
    except ValueError:
        raise RefusedWord(f"没有 {token} 这一天", _place(token)[0]) from None
