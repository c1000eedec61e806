"""What a region writes itself and no program reads: most likely it was meant to be read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from engine.check.local_cause import own_layers
from engine.rulebook.aliases import aliases
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Entry, Grain, Parameter, Program, Required, Rule, Statement, Table
from engine.rulebook.nodes import Mapping
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Place, Problem
from engine.rulebook.wanted import assertions, closure, roots
from engine.rulebook.written import says_yes, text_of

_KINDS = {Table: "表", Grain: "粒度", Parameter: "参数", Rule: "规则", Check: "筛查", Statement: "报表"}


def what_the_region_writes_is_read(book: Book) -> Iterator[Problem]:
    """Warns of an entry of the region's own layer, or of its notices, that no program reads on any day; says why."""
    snapshots = [book.at(day) for day in book.epochs]
    if book.own.kind != "region" or not any(snapshot.programs for snapshot in snapshots):
        return
    read = {name for snapshot in snapshots for name in _read(snapshot)}
    users: dict[datetime.date, dict[str, list[str]]] = {}
    others = {alias.text: alias.name for alias in aliases(snapshots[-1].stacked)}
    notes = _shared_notes(book)
    for name, place in _own(book).items():
        entry = next((s.entries[name] for s in reversed(snapshots) if name in s.entries), None)
        if entry is None or name in read or isinstance(entry, Program) or _by_itself(entry):
            continue
        snapshot = next(s for s in reversed(snapshots) if name in s.entries)
        if snapshot.day not in users:
            users[snapshot.day] = _users(snapshot)
        why, cure = _why(entry, users[snapshot.day].get(name, []))
        if name in others:
            why += f"；{name} 是 {others[name]} 的又名，程序读的是它"
        elif name in notes:
            why += f"；沿用来的说明：{notes[name]}"
        yield Problem("W322", place, f"{_KINDS[type(entry)]} {name} 没有一个程序会读：{why}", cure)
    yield from _fields_under_another_name(book, others, read)


def _shared_notes(book: Book) -> dict[str, str]:
    """What shared entries say of themselves: who replaced one that nothing reads may have meant another one."""
    shared = [raw for layer in book.layers if layer.kind == "module" for raw in (*layer.entries, *layer.replaced)]
    return {raw.name: note for raw in shared if (note := text_of(raw.body.get("说明")))}


def _fields_under_another_name(book: Book, others: dict[str, str], read: set[str]) -> Iterator[Problem]:
    """A field of the region's own that no program reads and that bears another name of something else."""
    for raw in (raw for layer in own_layers(book) for raw in layer.entries if others and raw.kind == "table"):
        fields = raw.body.get("字段")
        for key, _ in fields.entries if isinstance(fields, Mapping) else ():
            meant = others.get(key.text)
            if meant is not None and key.text not in read:
                message = f"字段 {raw.name}.{key.text} 没有一个程序会读；{key.text} 是 {meant} 的又名，程序读的是它"
                yield Problem("W322", key.place, message, f"改名 {meant}，或在规则里用到它；用不着就删去")


def _own(book: Book) -> dict[str, Place]:
    """Names that the region's own files write, with where they do so first."""
    found: dict[str, Place] = {}
    for layer in own_layers(book):
        for raw in (*layer.entries, *layer.replaced):
            if raw.kind != "table" or "主键" in raw.body:
                found.setdefault(raw.name, raw.place)
    return found


def _by_itself(entry: Entry) -> bool:
    """What is used without being named, or is told by a check of its own."""
    if isinstance(entry, Table):
        return entry.rows_file is None  # a run tells of what was delivered and not read
    return isinstance(entry, Check) and entry.kind != "筛查"


def _read(snapshot: Snapshot) -> set[str]:
    """Every name that some program, or a check on what comes in, reaches; and the tables and grains these stand on."""
    found: set[str] = set()
    for program in snapshot.programs.values():
        names = roots(snapshot, program) | {check.name for check in assertions(snapshot, program)}
        found |= closure(snapshot, names, frozenset(program.compute))
    kept = {name for name, stacked in snapshot.stacked.items() if says_yes(stacked.raw.body.get("备查"))}
    kept -= {check.name for check in snapshot.checks.values() if check.kind == "必须"}
    found |= closure(snapshot, kept | {check.name for check in snapshot.checks.values() if check.kind != "筛查"})
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        for other in _stands_on(snapshot, name) - found:
            found.add(other)
            waiting.append(other)
    return found


def _stands_on(snapshot: Snapshot, name: str) -> set[str]:
    """The tables that have a field of this name, and the grain or table that an entry is of, with what it names."""
    found = set(snapshot.columns.get(name, ()))
    entry = snapshot.entries.get(name)
    if entry is not None:
        found |= names_of(entry)
    if isinstance(entry, Rule) and isinstance(entry.body, Required):
        found |= set(entry.body.columns)
    if isinstance(entry, Statement) and entry.fills:
        found.add(entry.fills)
    if isinstance(entry, Table):
        found |= {field.refers for field in entry.fields.values() if field.refers}
    if isinstance(entry, Parameter) and entry.refers:
        found.add(entry.refers)
    return {other for other in found if other in snapshot.entries}


def _users(snapshot: Snapshot) -> dict[str, list[str]]:
    """Each name with the entries whose formulas mention it, in the order of names."""
    found: dict[str, list[str]] = {}
    for user in sorted(snapshot.entries.values(), key=lambda entry: entry.name):
        for name in names_of(user) if "〔" not in user.name else ():
            if name != user.name:
                found.setdefault(name, []).append(user.name)
    return found


def _why(entry: Entry, users: list[str]) -> tuple[str, str]:
    if isinstance(entry, Statement):
        return "没有一个程序的 报表 里有它", "放进程序的 报表，或删去"
    if users:
        shown = "、".join(users[:3]) + ("等" if len(users) > 3 else "")
        return f"用到它的 {shown} 自己也没有程序会读", f"让报表或别的规则用到 {users[0]}，或都删去"
    if isinstance(entry, Table):
        return "没有一条规则或报表用到它的字段", "在规则里用到它，或删去"
    return "没有一个公式、报表或检查提到它", "看看用它的地方是不是写成了别的名字；用不着就删去，留着备查就写 备查: 是"
