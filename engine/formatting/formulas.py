"""Blanks and signs of a formula, written one way: ``a*b`` is ``a × b``. The tree stays the same, or nothing changes."""

from __future__ import annotations

import re

from engine.language.parse import SyntaxProblem, half_width, parse_expression

_TOKEN = re.compile(
    r"“[^”]*”|\"[^\"]*\"|<=|>=|!=|[≤≥≠<>=+*/×÷−\-–~—()\[\],、]"
    r"|[0-9]+(?:\.[0-9]+)?(?![\w.])[%‰]?|[^\s≤≥≠<>=+*/×÷−\-–~—()\[\],、“\"!%‰]+"
)
_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠"}
_BINARY = frozenset("≤≥≠<>=+×÷−")
_WORDS = frozenset(("或", "且", "非", "有", "没有", "可算", "属于", "不属于", "当", "自", "每", "按"))
_DASHES = frozenset("–~—−")


def evenly(formula: str) -> str:
    """The formula with one blank around signs and words; as it is where it is no formula, or would mean otherwise."""
    try:
        tree = parse_expression(formula)
        spaced = _spaced(_TOKEN.findall(half_width(formula)))
        return spaced if parse_expression(spaced) == tree else formula
    except SyntaxProblem:
        return formula


def _spaced(tokens: list[str]) -> str:
    out: list[str] = []
    listing = False  # within the items of 属于: a dash joins two codes
    tight = True  # no blank before the next
    for place, token in enumerate(tokens):
        sign = _SIGNS.get(token, token)
        before = tokens[place - 1] if place else ""
        if listing and token in ("-", *_DASHES) and before not in ("属于", "不属于", "、"):
            out.append("–")
            tight = True
            continue
        listing = token in ("属于", "不属于") or (
            listing and not (sign in _BINARY or token in _WORDS or token in "(),")
        )
        if sign in _BINARY and not _starts_operand(before):
            out.append(f" {sign} ")
            tight = True
        elif sign == "−":
            out.append(sign if tight else f" {sign}")
            tight = True
        elif token == ",":
            out.append(", ")
            tight = True
        elif token in ")]":
            out.append(token)
            tight = False
        elif token == "、":
            out.append(token)
            tight = True
        elif token in "([":
            called = token == "(" and before and before not in _WORDS and (before[-1].isalnum() or before[-1] == "_")
            out.append(token if tight or called else f" {token}")
            tight = True
        else:
            out.append(token if tight else f" {token}")
            tight = False
    return "".join(out)


def _starts_operand(before: str) -> bool:
    """After this a minus is a sign of its own, and nothing can stand before it."""
    return not before or before in ("(", "[", ",") or before in _WORDS or _SIGNS.get(before, before) in _BINARY
