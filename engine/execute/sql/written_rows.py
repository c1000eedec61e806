"""Once the rows of a big table are sorted and held, the accepted ones are written to a table of their own, with what is
worked out already and only the columns that are still read.

A dozen queries of a settlement come after; each would otherwise work every case out again from the delivered columns.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from engine.execute.sql.frame import ROW
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.sorted_rows import Written
from engine.language.types import Kind
from engine.rulebook.model import Check, Rule, Statement
from engine.rulebook.parts import names_of
from engine.rulebook.wanted import assertions, wanted


def pays(execution: InSql, reading: OnRows) -> bool:
    """Whether the rows are written: there are many, and no rule looks at others than the accepted ones."""
    frame = reading.frame
    many = frame.staged.count >= frame.database.many
    return many and reading.base in execution.selection.main_tables and not execution.sees_older(reading.base)


def write_accepted(execution: InSql, reading: OnRows, held: exp.Expression | None) -> Written:
    """The accepted rows with what is worked out already, as far as it will be read; ``held``: the code of a row that
    is held.
    """
    frame, state = reading.frame, execution.states[reading.base]
    later = read_later(execution, reading)
    worked_out = _columns(reading, later)
    mark = None if held is None else frame.let(held)
    if isinstance(mark, exp.Column):
        worked_out.append(mark.name)
    base = _base_columns(reading, later)
    names = list(dict.fromkeys([*base, *worked_out]))
    query = frame.relation([exp.column(name) for name in names], state.conditions(True))
    table = frame.database.keep_rows(query, frame.staged.count)
    return Written(table, tuple(base), tuple(worked_out), mark.name if isinstance(mark, exp.Column) else None)


def stand_on_settled(execution: InSql, reading: OnRows) -> None:
    """From here on the frame has the accepted rows only, and the rules lowered so far are columns."""
    if not pays(execution, reading):
        return
    frame, state = reading.frame, execution.states[reading.base]
    written = state.written or write_accepted(execution, reading, None)
    frame.rebase(written.table, written.base, written.worked_out, state.conditions(True))
    state.inside, state.refused, state.held_mark = [], None, written.held
    for other in execution.readings.values():
        if execution.states[other.base].parent == reading.base:
            joined = other.frame.joins["parent", reading.base]
            key = reading.staged(reading.table.key[0]).value
            joined.relation = exp.select(exp.alias_(key.copy(), "k0"), exp.alias_(exp.true(), "there")).from_(
                exp.to_table(written.table)
            )


def read_later(execution: InSql, reading: OnRows) -> set[str]:
    """Names that what is not lowered yet reads on the rows of the frame, as the plan says; anything else is found all
    the same, but slowly.
    """
    done = {name for name, _ in reading.ruled() if name in execution.first_names}
    found = {*reading.table.key, *execution.scope(execution.closing).keys(reading.base)}
    if reading.table.period_field is not None:
        found.add(reading.table.period_field)
    for book in execution.states_of_rules():
        checks = assertions(book, execution.program)
        reached = [book.entries[name] for name in wanted(book, execution.program) if name in book.entries]
        for entry in [*checks, *reached]:
            if isinstance(entry, Statement):
                found |= names_of(entry)
            elif isinstance(entry, (Rule, Check)) and entry.name not in done:
                reads = execution.columns.reads(entry.name, execution.scope(book.day).base(entry.grain))
                found |= {read.name for read in reads if read.grain == reading.base}
            if isinstance(entry, Rule) and entry.type is not None and entry.type.kind is Kind.CLASS:
                found.add(entry.name)  # kept, whether something reads it or not
    return found


def stored(reading: OnRows, low: Lowered) -> Lowered:
    """A window's value written once, by row number: every later query would sort all rows again."""
    frame = reading.frame
    if frame.staged.count < frame.database.many:
        return low
    low = frame.let_low(low)
    parts = {part.name: part for part in _parts(low)}
    if not parts:
        return low
    query = frame.selected([exp.column(ROW), *parts.values()], reading.execution.widest(reading.base))
    named = [exp.alias_(exp.column("x0"), ROW)]
    named += [exp.alias_(exp.column(f"x{place}"), name) for place, name in enumerate(parts, 1)]
    listed = exp.select(*named).from_(query.subquery("z", copy=False), copy=False)
    table = frame.database.keep_rows(listed, frame.staged.count)
    relation = exp.select(ROW, *parts).from_(exp.to_table(table))
    joined = frame.join([exp.column(ROW)], relation, [ROW], (ROW, table))
    moved = {name: frame.joined_column(joined, name) for name in parts}

    def there(sql: exp.Expression) -> exp.Expression:
        return moved.get(sql.name, sql) if isinstance(sql, exp.Column) else sql

    fail = None if low.fail is None else frame.let(exp.Coalesce(this=there(low.fail), expressions=[exp.false()]))
    num = None if low.num is None else replace(low.num, sql=there(low.num.sql))
    over = None if low.over is None else replace(low.over, sql=there(low.over.sql))
    return replace(low, value=there(low.value), fail=fail, num=num, over=over, absent=True)


def _columns(reading: OnRows, later: set[str]) -> list[str]:
    """The columns of the rules that are lowered: numerators, denominators, values and failures."""
    execution = reading.execution
    found: dict[str, None] = {}
    for name, low in reading.ruled():
        if name in execution.first_names and (name in later or name in execution.now.grains):
            found.update(dict.fromkeys(part.name for part in _parts(low)))
    return list(found)


def _base_columns(reading: OnRows, later: set[str]) -> list[str]:
    """The delivered columns that are read later, and what stands beside them."""
    staged = [column for name, column in reading.frame.staged.columns.items() if name in later]
    flags = [column.out_of_range for column in staged if column.out_of_range is not None]
    return [ROW, *(column.name for column in staged), *flags]


def _parts(low: Lowered) -> list[exp.Column]:
    parts = (low.value, low.fail, None if low.over is None else low.over.sql)
    return [part for part in parts if isinstance(part, exp.Column) and part.name != ROW]
