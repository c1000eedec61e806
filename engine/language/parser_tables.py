"""The parser of expressions out of tables that were worked out before: from the grammar they take longer than all
formulas of a region.

``python -m engine.language.parser_tables`` writes them anew after a change of ``expression.lark``. Tables of another
grammar, or of another version of the library, are left alone, and the parser is made from the grammar.
"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

import lark
from lark import Lark, Transformer

GRAMMAR, TABLES = "expression.lark", "expression_tables.json"


def parser_with(transformer: Transformer) -> Lark:
    """The parser, which hands what it reads to ``transformer`` at once. Starts: ``expression``, ``cell``."""
    there = resources.files("engine.language")
    grammar = there.joinpath(GRAMMAR).read_text("utf-8")
    tables = there.joinpath(TABLES)
    if tables.is_file():
        kept = json.loads(tables.read_text("utf-8"), object_pairs_hook=_with_numbers)
        if kept["of"] == _key(grammar):
            return Lark._load_from_dict(kept["data"], kept["memo"], transformer=transformer)
    return _worked_out(grammar, transformer=transformer)


def tables_now() -> dict[str, Any]:
    """What :data:`TABLES` has to hold for the grammar as it is."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    grammar = resources.files("engine.language").joinpath(GRAMMAR).read_text("utf-8")
    data, memo = _worked_out(grammar).memo_serialize([TerminalDef, Rule])
    return {"of": _key(grammar), "data": data, "memo": memo}


def _worked_out(grammar: str, **options: Any) -> Lark:
    return Lark(grammar, parser="lalr", lexer="basic", start=["expression", "cell"], **options)


def _key(grammar: str) -> list[str]:
    return [hashlib.sha256(grammar.encode()).hexdigest(), lark.__version__]


def _with_numbers(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    """A JSON object; keys that were numbers are numbers again."""
    return {int(key) if key.isdigit() else key: value for key, value in pairs}


if __name__ == "__main__":
    text = json.dumps(tables_now(), ensure_ascii=False, separators=(",", ":"))
    Path(__file__).with_name(TABLES).write_text(f"{text}\n", encoding="utf-8")
