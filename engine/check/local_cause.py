"""What goes wrong in a shared file because of the region's own: told at the region's line, with a cure for there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.check.entry_lines import EntryLines
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import Layer
from engine.rulebook.nodes import Scalar, Sequence
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Place, Problem
from engine.rulebook.stack import Stacked

_MAY_BE_ABSENT = ("E601", "E602", "E603", "E604")


@dataclass(frozen=True)
class _Cause:
    """A line of the region's own: what it says of ``name``, that shared rules read."""

    name: str
    place: Place
    deleted: bool = False


def told_where_it_was_caused(problems: list[Problem], book: Book) -> list[Problem]:
    """Errors in shared files moved to the line of the region that made them, those of one line as one.

    Where the region's entry is itself wrong in the same way, that is the cause, and it is told alone.
    """
    own = own_layers(book)
    folders = {layer.folder for layer in own}
    if all(layer.folder in folders for layer in book.layers):
        return problems
    shared = {p for layer in book.layers if layer.folder not in folders for p in _files(layer)}
    snapshot = book.at(book.epochs[-1])
    lines = EntryLines(book)
    kept: list[Problem] = []
    moved: dict[tuple[str, Place], list[tuple[Problem, str]]] = {}
    causes: dict[tuple[str, Place], _Cause] = {}
    for problem in problems:
        found = lines.at(problem.place) if problem.is_error and problem.place.file in shared else None
        entry = found.name if found else ""
        cause = _cause(problem, entry, snapshot, own) if entry else None
        if cause is None:
            kept.append(problem)
        else:
            moved.setdefault((problem.code, cause.place), []).append((problem, entry))
            causes.setdefault((problem.code, cause.place), cause)
    wrong = {(p.code, found.place) for p in kept if p.is_error and (found := lines.at(p.place))}
    return kept + [_told(those, causes[key], snapshot) for key, those in moved.items() if key not in wrong]


def own_layers(book: Book) -> list[Layer]:
    """The region itself and its notices."""
    return [layer for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents]


def _files(layer: Layer) -> set[str]:
    return {raw.place.file for raw in (*layer.entries, *layer.replaced)}


def _cause(problem: Problem, entry: str, snapshot: Snapshot, own: list[Layer]) -> _Cause | None:
    """Of the region's own lines that the entry rests on: what the message names, else what changes something shared,
    else the nearest; a table or grain last.
    """

    def rank(cause: _Cause) -> tuple[bool, bool, bool]:
        stacked = snapshot.stacked.get(cause.name)
        changes = cause.deleted or (stacked is not None and stacked.previous is not None)
        rows = cause.name in snapshot.tables or cause.name in snapshot.grains
        return cause.name not in problem.message or rows, not changes, rows

    return min(_resting_on(entry, snapshot, own), key=rank, default=None)


def _resting_on(entry: str, snapshot: Snapshot, own: list[Layer]) -> Iterator[_Cause]:
    """What of the region's own an entry reads, nearest first."""
    titles = {layer.name for layer in own}
    deleted = {scalar.text.rpartition(".")[2]: scalar.place for layer in own for scalar in layer.deleted}
    seen, waiting = {entry}, deque([entry])
    while waiting:
        name = waiting.popleft()
        here = snapshot.entries.get(name)
        if here is None and name not in snapshot.columns:
            if name in deleted:
                yield _Cause(name, deleted[name], True)
            continue
        if here is not None and here.provenance.layer in titles:
            yield _Cause(name, here.provenance.place)
        for table in snapshot.columns.get(name, ()):
            field = snapshot.tables[table].fields[name]
            if field.provenance.layer in titles:
                yield _Cause(name, field.provenance.place)
        for other in sorted(names_of(here)) if here is not None else ():
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def _told(those: list[tuple[Problem, str]], cause: _Cause, snapshot: Snapshot) -> Problem:
    problem, entry = min(those, key=lambda pair: pair[0].place)
    readers = list(dict.fromkeys(name for _, name in those))
    others = f"，同样的还有 {len(those) - 1} 处" if len(those) > 1 else ""
    message = f"{problem.message}（共用的规则 {problem.place.file} 第 {problem.place.line} 行{others}）"
    return replace(
        problem, place=cause.place, message=message, hint=_cure(problem, cause, readers, snapshot), excerpt=""
    )


def _cure(problem: Problem, cause: _Cause, readers: list[str], snapshot: Snapshot) -> str:
    if problem.code == "E321":
        return problem.hint
    name, those = cause.name, "、".join(readers[:2]) if len(readers) < 3 else f"{readers[0]} 等 {len(readers)} 条"
    rewrite = f"在 替换 下面把读它的 {those} 也改写"
    if cause.deleted:
        return f"不要删除 {name}；真的不用它，就把还在读它的 {those} 一起 替换 或 删除"
    if problem.code in _MAY_BE_ABSENT:
        return f"让 {name} 不会没有值（写 默认 或 缺省(…)）；真可以没有值，{rewrite}，先判断 有 {name}"
    if was := _as_it_was(snapshot.stacked.get(name)):
        return f"{name} 原来{was}：这里照旧，或{rewrite}；共用的文件不用改"
    return f"改这里的 {name}，或{rewrite}；共用的文件不用改"


def _as_it_was(stacked: Stacked | None) -> str:
    """单位 and 类别 of the entry before the region replaced it."""
    if stacked is None or stacked.previous is None:
        return ""
    body, before = stacked.raw.body, stacked.previous.raw.body
    unit, classes = before.get("单位"), before.get("类别")
    said = []
    if isinstance(unit, Scalar) and _text(body.get("单位")) != unit.text:
        said.append(f"的单位是 {unit.text}")
    if isinstance(classes, Sequence):
        words = [item.text for item in classes.items if isinstance(item, Scalar)]
        said.append(f"的类别是 {'、'.join(words[:8])}")
    return "，".join(said)


def _text(node: object) -> str:
    return node.text if isinstance(node, Scalar) else ""
