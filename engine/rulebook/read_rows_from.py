"""行 of a table that lives in the region: a path, or a published file with where its rows stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rulebook.model import RowsFrom, Unfolded
from engine.rulebook.nodes import Mapping, Sequence, Yaml
from engine.rulebook.reading import Reading
from engine.rulebook.written import count_of, text_of, words_of


def read_rows_from(at: Reading, rows: Yaml | None) -> RowsFrom:
    """工作表, 表头行, 末行, 空值, 列 and 展开; of a plain path what they are when nobody says them."""
    if not isinstance(rows, Mapping):
        return RowsFrom()
    heading, last = count_of(rows.get("表头行")) or 1, count_of(rows.get("末行")) or 0
    if last and last <= heading:
        at.add("E314", rows.get("末行") or rows, f"末行 {last} 不在 表头行 {heading} 下面", "末行 是最后一行数据的行号")
    columns = tuple(_pairs(rows.get("列")))
    unfolded = tuple(_unfolded(at, rows.get("展开"), dict(columns)))
    _told_twice(at, rows.get("列"), columns)
    picks, blanks = "列" in rows or "展开" in rows, tuple(words_of(rows.get("空值")))
    return RowsFrom(text_of(rows.get("工作表")), heading, last, columns, unfolded, picks, blanks)


def _pairs(node: Yaml | None) -> Iterator[tuple[str, str]]:
    for key, value in node.entries if isinstance(node, Mapping) else ():
        yield key.text, text_of(value)


def _unfolded(at: Reading, node: Yaml | None, columns: dict[str, str]) -> Iterator[Unfolded]:
    items = [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []
    for item in items:
        given = tuple((key.text, text_of(value)) for key, value in item.entries if key.text != "列")
        own = tuple(_pairs(item.get("列")))
        _told_twice(at, item.get("列"), own)
        for field in (*dict(given), *dict(own)):
            if field in columns or (field in dict(given) and field in dict(own)):
                at.add("E314", item, f"展开 的这一项和 列 都说了 {field} 从哪里来", "只留一处")
        yield Unfolded(given, own, item.place)
    fields = {tuple(sorted((*dict(one.given), *dict(one.columns)))) for one in _again(items)}
    if len(fields) > 1 and isinstance(node, Sequence):
        at.add("E314", node, "展开 的各项写的字段不一样", "每一项都写同样几个字段，只是值和列不同")


def _again(items: list[Mapping]) -> Iterator[Unfolded]:
    for item in items:
        given = tuple((key.text, "") for key, _ in item.entries if key.text != "列")
        yield Unfolded(given, tuple(_pairs(item.get("列"))))


def _told_twice(at: Reading, node: Yaml | None, columns: tuple[tuple[str, str], ...]) -> None:
    """Two fields of one column are most likely a slip."""
    seen: dict[str, str] = {}
    for field, heading in columns:
        if heading in seen and node is not None:
            at.add("E314", node, f"字段 {seen[heading]} 和 {field} 都取列 {heading}", "一列给一个字段")
        seen.setdefault(heading, field)
