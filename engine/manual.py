"""``python -m engine.manual`` rewrites the generated tables of ``docs/language.md``, all of ``docs/data.md`` and of
``docs/names``.

A table stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; everything else in the file is left as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from engine import data_manual, menu_manual, names_manual
from engine.language.functions import AGGREGATE, FUNCTIONS, LOOKUP, SCALAR, WINDOW
from engine.rulebook.keywords import KEYWORDS, OPERATOR_WORDS, PLACES, RESERVED_WORDS

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "language.md"
FAMILIES = {SCALAR: "scalar", LOOKUP: "look-up", AGGREGATE: "aggregate", WINDOW: "window"}
CLAUSES = {
    "where": "当",
    "source": "自",
    "per": "每",
    "by": "按",
    "descending": "从大到小 / 从小到大",
    "history": "含以往 / 限本期",
}
_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """``text`` with every marked part as the code has it. ``KeyError`` for a part nobody knows."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n{found[3]}", text)


def keywords() -> str:
    """Where each keyword may stand, its English meaning and its line of Chinese."""
    lines = []
    for place, chinese in PLACES.items():
        for keyword in (k for k in KEYWORDS if place in k.places):
            lines.append(f"| {place} {chinese} | `{keyword.word}` | {keyword.english} | {_cell(keyword.description)} |")
    return "\n".join(["| where | keyword | English | 说明 |", "|---|---|---|---|", *lines, ""])


def functions() -> str:
    """Signature, clauses, English meaning and line of Chinese of each function."""
    lines = []
    for function in FUNCTIONS.values():
        signature = f"`{function.name}({function.arguments})`".replace("|", "\\|")
        clauses = " ".join(word for clause, word in CLAUSES.items() if clause in function.clauses)
        about = f"{function.english} | {_cell(function.meaning)}"
        lines.append(f"| {signature} | {FAMILIES[function.family]} | {clauses} | {about} |")
    return "\n".join(["| function | family | clauses | English | 说明 |", "|---|---|---|---|---|", *lines, ""])


def words() -> str:
    """Words that can be no name."""
    others = sorted(RESERVED_WORDS - set(OPERATOR_WORDS))
    return f"Operator words: {_coded(OPERATOR_WORDS)}. Other reserved words: {_coded(others)}.\n"


def _coded(found: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"`{word}`" for word in found)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PARTS: dict[str, Callable[[], str]] = {"keywords": keywords, "functions": functions, "words": words}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.manual", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the file is out of date")
    check: bool = parser.parse_args(arguments).check
    text = MANUAL.read_text("utf-8")
    new = rewritten(text)
    tables = data_manual.text()
    names = names_manual.pages()
    menu = menu_manual.text()
    if check:
        old = new != text or tables != data_manual.MANUAL.read_text("utf-8") or names != names_manual.written()
        old = old or menu != menu_manual.MANUAL.read_text("utf-8")
        return int(old)
    MANUAL.write_text(new, "utf-8")
    data_manual.MANUAL.write_text(tables, "utf-8")
    names_manual.write(names)
    menu_manual.MANUAL.write_text(menu, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
