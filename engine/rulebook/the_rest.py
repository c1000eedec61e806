"""其余 in a column of a decision table: all that no other row of the table lists in that column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.language import tree
from engine.rulebook.class_words import NO_WORDS
from engine.rulebook.model import Formula, TableRow
from engine.rulebook.reading import Reading

REST = "其余"


def with_the_rest(at: Reading, columns: Sequence[str], rows: Sequence[TableRow]) -> tuple[TableRow, ...] | None:
    """``rows`` with 其余 spelt out; ``None`` where it has no meaning, which is then a problem.

    A class of that name, or “其余” in quotes, is itself.
    """
    found = list(rows)
    for index, column in enumerate(columns):
        if REST in at.words.of.get(column, NO_WORDS):
            continue
        cells = [row.cells[index] for row in found]
        rests = [place for place, cell in enumerate(cells) if cell is not None and _is_rest(cell)]
        if rests:
            listed = _listed([cell for place, cell in enumerate(cells) if cell is not None and place not in rests])
            if not listed:
                hint = "≠ 那一格改成列举" if listed is None else "别的行在这一列列出编码、类别或区间；什么都行的写 任何"
                where = found[rests[0]].cells[index]
                assert where is not None
                at.add("E316", where.place, f"{column} 这一列里，不知道 {REST} 是除了什么", hint)
                return None
            for place in rests:
                found[place] = _spelt_out(found[place], index, listed)
    return tuple(found)


def _is_rest(cell: Formula) -> bool:
    items = cell.tree.items if isinstance(cell.tree, tree.Items) else ()
    return len(items) == 1 and isinstance(items[0], tree.Word) and items[0].text == REST and not items[0].quoted


def _listed(cells: Sequence[Formula]) -> tuple[tree.Node, ...] | None:
    """What the other cells take; ``None`` where one of them cannot be turned round."""
    found: list[tree.Node] = []
    for cell in cells:
        if isinstance(cell.tree, tree.Items):
            found.extend(cell.tree.items)
        elif isinstance(cell.tree, tree.Compare) and cell.tree.op != "!=":
            found.append(_as_interval(cell.tree))
        else:
            return None
    return tuple(dict.fromkeys(found))


def _as_interval(cell: tree.Compare) -> tree.Between:
    above = cell.operand if cell.op in ("<", "<=", "=") else None
    below = cell.operand if cell.op in (">", ">=", "=") else None
    return tree.Between(below, above, cell.op in (">=", "="), cell.op in ("<=", "="), span=cell.span)


def _spelt_out(row: TableRow, index: int, listed: tuple[tree.Node, ...]) -> TableRow:
    cell = row.cells[index]
    assert cell is not None
    spelt = replace(cell, tree=tree.Items(listed, negated=True, span=cell.tree.span))
    return replace(row, cells=(*row.cells[:index], spelt, *row.cells[index + 1 :]))
