"""Notes of examples that go on saying a figure which no cell of the example has any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.excel.examples_apart import Apart

_FIGURE = re.compile(r"(?<![\d.,])-?\d+(?:\.\d+)?[%‰]?")


def outdated(note: str, gone: Iterable[str], there: Iterable[str]) -> list[str]:
    """Of the values that are ``gone`` the figures that ``note`` says, and that are not ``there`` either."""
    said = {_plain(text) for text in _FIGURE.findall(note.replace("−", "-"))}
    left = {_plain(text) for text in there}
    found = (text for text in gone if _FIGURE.fullmatch(text))
    return list(dict.fromkeys(text for text in found if _plain(text) in said and _plain(text) not in left))


def outdated_since(was: Apart, now: Apart) -> list[str]:
    """Of an example as it was and as it is now."""
    return outdated(now.note, _values(was, judged=True), _values(now))


def said_of(figures: Iterable[str]) -> str:
    return f"说明里还写着 {'、'.join(figures)}，例子里已经没有了：核对说明，它不会自动改"


def _values(example: Apart, *, judged: bool = False) -> Iterator[str]:
    """What stands in the cells; ``judged``: only what must come out."""
    for grid in example.grids:
        for row in range(len(grid.rows)):
            for place in range(grid.judged if judged else 0, len(grid.titles)):
                yield grid.cell(row, place).text


def _plain(text: str) -> tuple[Decimal, str] | str:
    """The same for 40 and 40.00, another for 40 %."""
    if not _FIGURE.fullmatch(text):
        return text
    sign = text[-1] if text[-1] in "%‰" else ""
    return Decimal(text.removesuffix(sign)), sign
