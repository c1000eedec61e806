"""Several deliveries of a table laid over each other: by key and by column, the later wins, an empty cell too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.data.cells.reader import reader_of
from engine.data.typed import KEY_TWICE, Key, Part, Rejected, key_text, when, yuan
from engine.data.values import BadCell, Cell
from engine.rulebook.model import Table

Hits = list[tuple[int, int]]
"""Where a key stands: (delivery, row in it), in the order of deliveries."""


def overlay(
    table: Table, parts: Sequence[Part], wanted: Sequence[str], optional: frozenset[str]
) -> tuple[list[dict[str, Cell]], list[tuple[str, int]], list[Rejected]]:
    """Rows in the order in which their keys first stand, where each stands (file, line), and the rejected ones.

    A key that stands twice in one delivery rejects every row of that key, in all deliveries. A bad cell that a later
    delivery replaces does no harm.
    """
    rejected = [row for part in parts for row in part.keyless]
    rows: list[dict[str, Cell]] = []
    sources: list[tuple[str, int]] = []
    plans: dict[tuple[int, ...], list[tuple[str, int | None, Cell | BadCell]]] = {}
    for key, hits in _hits_by_key(parts).items():
        signature = tuple(part for part, _ in hits)
        if len(set(signature)) < len(signature):
            rejected += _twice(table, key, hits, parts)
            continue
        if signature not in plans:
            plans[signature] = _plan(table, parts, wanted, optional, signature)
        row_in = dict(hits)
        row: dict[str, Cell] = {}
        bad = []
        for name, source, otherwise in plans[signature]:
            value = otherwise if source is None else parts[source].columns[name][row_in[source]]
            if isinstance(value, BadCell):
                bad.append((name, source, value))
            else:
                row[name] = value
        if bad:
            rejected.append(replace(_rejected(key, bad, hits, parts), amounts=yuan(table, row), when=when(table, row)))
        else:
            rows.append(row)
            last, place = hits[-1]
            sources.append((parts[last].origin, parts[last].lines[place]))
    return rows, sources, in_order(rejected, parts)


def in_order(rejected: Sequence[Rejected], parts: Sequence[Part]) -> list[Rejected]:
    """As they stand: delivery by delivery, line by line."""
    order = {part.origin: number for number, part in enumerate(parts)}
    return sorted(rejected, key=lambda row: (order[row.origin], row.line, "" if row.line else row.key_text))


def _hits_by_key(parts: Sequence[Part]) -> dict[Key, Hits]:
    found: dict[Key, Hits] = {}
    for number, part in enumerate(parts):
        for place, key in enumerate(part.keys):
            if key is not None:
                found.setdefault(key, []).append((number, place))
    return found


def _plan(
    table: Table,
    parts: Sequence[Part],
    wanted: Sequence[str],
    optional: frozenset[str],
    signature: tuple[int, ...],
) -> list[tuple[str, int | None, Cell | BadCell]]:
    """For each field the last delivery that has it, or the value it has when none has it."""
    plan = []
    for name in wanted:
        source = next((number for number in reversed(signature) if name in parts[number].columns), None)
        if source is None and name in optional:
            continue
        otherwise = reader_of(table.fields[name])(None) if source is None else None
        if isinstance(otherwise, BadCell):
            otherwise = BadCell("必填，这一行所在的文件没有这一列", otherwise.code)
        plan.append((name, source, otherwise))
    return plan


def _rejected(key: Key, bad: list[tuple[str, int | None, BadCell]], hits: Hits, parts: Sequence[Part]) -> Rejected:
    field, source, cell = bad[0]
    number, place = next((hit for hit in hits if hit[0] == source), hits[-1])
    part = parts[number]
    reason = "；".join(f"{name}：{fault.reason}" for name, _, fault in bad)
    return Rejected(key_text(key), part.lines[place], field, reason, cell.code, part.origin)


def _twice(table: Table, key: Key, hits: Hits, parts: Sequence[Part]) -> list[Rejected]:
    """One rejection for each row, naming another line of its own file."""
    lines: dict[int, list[int]] = {}
    result = []
    for number, place in hits:
        lines.setdefault(number, []).append(parts[number].lines[place])
    for number, place in hits:
        part, there = parts[number], lines[number]
        line = part.lines[place]
        other = there[1] if line == there[0] and len(there) > 1 else there[0]
        same = f"与第 {other} 行相同，" if other else ""  # rows of a database have no numbers
        where = f"{same}共 {len(there)} 行" if len(there) > 1 else "在另一处数据里"
        cells = {name: column[place] for name, column in part.columns.items()}
        row = Rejected(key_text(key), line, "", f"主键重复：{where}", KEY_TWICE, part.origin)
        result.append(replace(row, amounts=yuan(table, cells), when=when(table, cells)))
    return result
