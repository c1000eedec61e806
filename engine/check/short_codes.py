"""属于 F20 takes the one code F20, not F20.000: an exact code shorter than the codes in use is likely a family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from engine.check.context import Context
from engine.data.region_rows import region_rows
from engine.files.errors import DataError
from engine.files.named_files import Files
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.code_shapes import shape_of
from engine.rulebook.model import Entry, Field, Formula, RowsFrom, Table
from engine.rulebook.parts import Part, parts_with_members


def exact_codes_are_as_long_as_those_in_use(context: Context) -> None:
    """Warns of an exact code that begins longer ones, or is shorter than all of its shape, in the region's own rows,
    in its hints for synthetic data, or beside it in the rules.
    """
    _letters_of_codes_are_capital(context)
    written = list(_written(context))
    if not written:
        return
    files = context.book.files
    in_use = {code for table in context.snapshot.tables.values() for code in _of_table(table, files)}
    beside: dict[str, set[str]] = {}
    for name, _, _, code in written:
        beside.setdefault(name, set()).add(code)
    for name, formula, node, code in written:
        longer = _longer(code, in_use, beside[name])
        if longer:
            context.add(
                "W316",
                formula.at(node),
                f"{name} 属于 {code} 只指 {code} 这一个编码，用着的编码比它长，如 {longer}",
                f"这一类的都算，写 {code} 开头；只要这一个，写全它的编码，或加引号：“{code}”",
            )


def _letters_of_codes_are_capital(context: Context) -> None:
    """Warns of a code that begins with a small letter where none in use does: it would never be equal."""
    for entry in context.entries():
        for part, node in _sound(context, entry):
            for member in (n for n in node.walk() if isinstance(n, tree.Member)):
                for item in member.items:
                    written = _codes_of(item)
                    small = [code for code in written if code[0].islower() and shape_of(code) is not None]
                    if small:
                        right = "–".join(dict.fromkeys(code[0].upper() + code[1:] for code in written))
                        right += " 开头" if isinstance(item, tree.Range) and item.low == item.high else ""
                        context.add(
                            "W316",
                            part.formula.at(item),
                            f"{entry.name}：编码 {small[0]} 的第一个字母是小写，和大写的不是同一个编码",
                            f"写 {right}；确是小写的，加引号",
                        )


def _codes_of(item: tree.Node) -> list[str]:
    """The codes that an item of 属于 writes without quotes."""
    if isinstance(item, tree.Range):
        return [item.low, item.high]
    return [item.text] if isinstance(item, tree.Word) and not item.quoted else []


def _longer(code: str, in_use: set[str], beside: set[str]) -> str:
    """A code that shows ``code`` to be too short; empty if none does."""
    if code in in_use:
        return ""
    begun = sorted(other for other in {*in_use, *beside} if other.startswith(code) and other != code)
    if begun:
        return begun[0]
    alike = sorted(other for other in in_use if shape_of(other) is shape_of(code))
    return alike[0] if alike and all(len(other) > len(code) for other in alike) else ""


def _written(context: Context) -> Iterator[tuple[str, Formula, tree.Node, str]]:
    """Each exact code without quotes that a text is compared with: name, formula, place, code."""
    for entry in context.entries():
        for part, node in _sound(context, entry):
            for member in (n for n in node.walk() if isinstance(n, tree.Member) and isinstance(n.operand, tree.Name)):
                for item in member.items:
                    if isinstance(item, tree.Word) and not item.quoted and shape_of(item.text) is not None:
                        yield member.operand.id, part.formula, item, item.text  # type: ignore[attr-defined]


def _sound(context: Context, entry: Entry) -> Iterator[tuple[Part, tree.Node]]:
    """The parts in which a code may stand, with their bound trees."""
    for part in parts_with_members(entry):
        node = context.try_bind(part)
        if node is not None:
            yield part, node


def _of_table(table: Table, files: Files) -> Iterable[str]:
    """The codes in a table's own rows, and in its hints."""
    found = {text for text in _texts(table.synthesis) if shape_of(text) is not None}
    columns = tuple(field for field in table.fields.values() if field.type.kind is Kind.TEXT)
    if table.rows_file and columns:
        path = Path(table.rows_file)
        with suppress(OSError):
            found |= _in_rows(files.read(path), path, table.name, table.rows_from, columns)
    return found


@lru_cache(maxsize=100)
def _in_rows(data: bytes, path: Path, name: str, rows: RowsFrom, fields: tuple[Field, ...]) -> frozenset[str]:
    """The codes in those columns of a table's own rows; none if they cannot be read, which is told elsewhere."""
    columns = {field.name: field for field in fields}
    try:
        given = region_rows(Table(name, (), columns, rows_from=rows), path, lambda _: data, "").raw
    except DataError:
        return frozenset()
    places = [place for place, column in enumerate(given.columns) if column in columns]
    texts = {str(row[place]).strip() for row in given.rows for place in places if place < len(row)}
    return frozenset(text for text in texts if shape_of(text) is not None)


def _texts(hints: object) -> Iterator[str]:
    if isinstance(hints, str):
        yield hints
    elif isinstance(hints, dict):
        for key, value in hints.items():
            yield from (*_texts(key), *_texts(value))
    elif isinstance(hints, list | tuple):
        for value in hints:
            yield from _texts(value)
