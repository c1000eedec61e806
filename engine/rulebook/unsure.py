"""What a region's rules say that is not 正式: entries, and branches, rows and fields of entries, with the days on
which it is so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.rulebook.book import Book, Snapshot
from engine.rulebook.delivered import worked_out
from engine.rulebook.model import (
    OFFICIAL,
    REQUIRED,
    Branch,
    Cases,
    DecisionTable,
    Entry,
    Parameter,
    Provenance,
    Required,
    Rule,
    Table,
)  # fmt: skip
from engine.rulebook.pending import Pending, all_pending, live_branches, what_is_missing
from engine.rulebook.wanted import assertions, closure, roots

MOST_ROWS = 3


@dataclass(frozen=True)
class Unsure:
    """Something that is not 正式. ``part``: which branch, row or field of the entry; empty for all of it.

    ``missing``: of what is 待定 what has to be given; ``programs``: those that stop for want of it, switches as they
    stand. ``since`` and ``until``: the first day on which it is so and the first on which it is no longer; ``None``
    where that is always. ``read``: it is a declared reading, and told as one.
    """

    name: str
    part: str
    provenance: Provenance
    missing: str = ""
    programs: tuple[str, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    read: bool = False


def unsure(book: Book) -> list[Unsure]:
    """All of the region's own layers, and of others what some program reads; lowest layer first, in order of files."""
    found: dict[tuple, Unsure] = {}
    own = {layer.name for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents}
    days = book.epochs
    for day, following in zip(days, [*days[1:], None], strict=True):
        snapshot = book.at(day)
        reads = read_by_programs(snapshot)
        stopped = {item.name: item for item in all_pending(snapshot)}
        for name, entry in snapshot.entries.items():
            if "〔" in name:
                continue
            entry = snapshot.entries.get(worked_out(name), entry)  # of what may be delivered, what is written
            for part, about in unsure_parts(entry):
                if name not in reads and about.layer not in own:
                    continue
                key = (name, part, about)
                before = found.get(key)
                item = Unsure(
                    name,
                    part,
                    about,
                    missing=_missing(entry, part, snapshot, stopped.get(name)) if about.status == REQUIRED else "",
                    programs=stopped[name].programs if about.status == REQUIRED and name in stopped else (),
                    since=None if day == book.start else day,
                    until=following,
                    read=not part and isinstance(entry, (Parameter, Rule)) and entry.reading is not None,
                )
                found[key] = item if before is None else _longer(before, item)
    order = {layer.name: number for number, layer in enumerate(book.layers)}
    return sorted(found.values(), key=lambda u: (order.get(u.provenance.layer, -1), u.provenance.place, u.name))


def _longer(before: Unsure, item: Unsure) -> Unsure:
    """The same thing on the days before and after; what stops a program, only while it does."""
    if bool(before.programs) != bool(item.programs):
        return before if before.programs else item
    programs = tuple(dict.fromkeys((*before.programs, *item.programs)))
    return replace(item, since=before.since, programs=programs)


def unsure_parts(entry: Entry, live: Snapshot | None = None) -> Iterator[tuple[str, Provenance]]:
    """The entry (empty part), and what of it says something else of itself than the entry does.

    ``live``: only branches that the switches of that snapshot leave open.
    """
    whole = entry.provenance
    missing = _waits(entry)
    if missing or whole.status != OFFICIAL:
        yield "", replace(whole, status=REQUIRED) if missing else whole
    if isinstance(entry, Table):
        for field in entry.fields.values():
            if field.provenance.status not in (OFFICIAL, whole.status):
                yield f"字段 {field.name}", field.provenance
    elif isinstance(entry, Rule) and isinstance(entry.body, Cases):
        for branch in entry.body.branches if live is None else live_branches(live, entry.body):
            if _says_more(branch.provenance, whole):
                yield _branch(branch), branch.provenance
    elif isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        yield from _rows(entry.body, whole)


def cited(entry: Entry) -> Iterator[tuple[str, Provenance]]:
    """The entry (empty part), and what of it cites an article of its own."""
    yield "", entry.provenance
    if isinstance(entry, Rule) and isinstance(entry.body, Cases):
        parts = [(_branch(branch), branch.provenance) for branch in entry.body.branches]
    elif isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        parts = [(f"第 {number} 行", row.provenance) for number, row in enumerate(entry.body.rows, 1)]
    else:
        parts = []
    yield from ((part, about) for part, about in parts if about.cite != entry.provenance.cite)


def _branch(branch: Branch) -> str:
    return f"情形 {branch.condition.text if branch.condition is not None else '否则'}"


def _waits(entry: Entry) -> bool:
    """Whether all of an entry is 待定, whatever its 状态 says."""
    if isinstance(entry, Table):
        return entry.rows_required
    if isinstance(entry, Rule):
        return isinstance(entry.body, Required)
    return isinstance(entry, Parameter) and not entry.values


def _says_more(about: Provenance, whole: Provenance) -> bool:
    return about.status != OFFICIAL and (
        about.status != whole.status or (bool(about.note) and about.note != whole.note)
    )


def _rows(table: DecisionTable, whole: Provenance) -> Iterator[tuple[str, Provenance]]:
    """Rows of a table, those that say the same of themselves as one."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(table.rows, 1):
        about = row.provenance
        if _says_more(about, whole):
            alike.setdefault((about.status, about.cite, about.note), []).append(number)
    for numbers in alike.values():
        shown = "、".join(str(number) for number in numbers[:MOST_ROWS])
        more = f" 等 {len(numbers)} 行" if len(numbers) > MOST_ROWS else " 行"
        yield f"第 {shown}{more}", table.rows[numbers[0] - 1].provenance


def _missing(entry: Entry, part: str, snapshot: Snapshot, waits: Pending | None) -> str:
    instead = f"，或交来 {'、'.join(waits.instead)}" if waits is not None and waits.instead else ""
    return ((what_is_missing(entry, snapshot) or "取值") if not part else "值") + instead


def read_by_programs(snapshot: Snapshot) -> set[str]:
    """Every name that some program may read whatever its switches say, and the tables whose fields it reads."""
    found: set[str] = {check.name for check in snapshot.checks.values() if check.kind in ("拒收", "提醒")}
    for program in snapshot.programs.values():
        computed = frozenset(program.compute)
        names = roots(snapshot, program) | {check.name for check in assertions(snapshot, program)}
        found |= closure(snapshot, names, computed)
    return found | {table for name in found for table in snapshot.columns.get(name, ())}
