"""A program that a region takes over as it is must leave out the rows that the region's own program leaves out."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.local_cause import own_layers
from engine.rulebook.model import Program
from engine.rulebook.wanted import closure, roots


def shared_programs_leave_out_what_the_own_program_does(context: Context) -> None:
    """Refuses a shared program that goes on from what an own program writes back, and settles rows which that one
    excludes or holds: the two results differ by rows that nobody meant.
    """
    if context.program is not None:
        return
    own = {layer.name for layer in own_layers(context.book)}
    programs = list(context.snapshot.programs.values())
    mine = [program for program in programs if program.provenance.layer in own]
    for shared in programs:
        if shared.provenance.layer in own:
            continue
        for program in mine:
            filled = _filled_and_read(context, program, shared)
            missing = _missing("排除", program.exclude, shared.exclude) + _missing("需要", program.need, shared.need)
            if filled and missing:
                place = context.written(program.name, "排除") if program.exclude else program.provenance.place
                goes_on = f"沿用来的程序 {shared.name} 接着用 {program.name} 写回的 {'、'.join(filled)}"
                context.add(
                    "E324",
                    place,
                    f"{goes_on}，却没有同样的{'、'.join(missing)}",
                    f"在 替换 下面写 {shared.name}，排除、需要 和 {program.name} 一样；本来就要不同的，也照实写出来",
                )


def _filled_and_read(context: Context, writer: Program, reader: Program) -> list[str]:
    """Tables that a statement of ``writer`` stands for, of which ``reader`` reads a field and works out anew what the
    statement writes.
    """
    snapshot = context.snapshot
    names = closure(snapshot, roots(snapshot, reader), frozenset(reader.compute))
    read = {table for name in names for table in snapshot.columns.get(name, ())}
    found = []
    for name in writer.statements:
        statement = snapshot.statements.get(name)
        if statement is None or statement.fills not in read:
            continue
        if any(column.name in names and column.name in snapshot.rules for column in statement.columns):
            found.append(statement.fills)
    return list(dict.fromkeys(filter(None, found)))


def _missing(word: str, wanted: dict, given: dict) -> list[str]:
    return [f" {word} {name}" for table, names in wanted.items() for name in names if name not in given.get(table, ())]
