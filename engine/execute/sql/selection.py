"""Where every row of a big table ends, decided in SQL; the few that are refused are kept by number."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from engine.execute.reference.rows import Row
from engine.execute.reference.selection import (
    any_held,
    applicable,
    needed,
    parent,
    parents_first,
    rejected,
    sort_rows,
    stored_tables,
)
from engine.execute.reference.verdicts import EXCLUDED, HELD, REJECTED, ROW_CONDITION, Selection, Verdict, not_judged
from engine.execute.sql.frame import ROW
from engine.execute.sql.frame_rows import FrameRows
from engine.execute.sql.ints import grouped
from engine.execute.sql.lower import answered
from engine.execute.sql.lowered import (
    Lowered,
    all_of,
    any_of,
    branches,
    constant,
    date_literal,
    is_false,
    is_null,
    is_true,
    merged,
    missing,
    not_,
)
from engine.execute.sql.marked_rows import Marked, are_few, fetched, in_column, marked, put_together
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.sorted_rows import SortedRows
from engine.execute.sql.written_rows import pays, write_accepted
from engine.language.types import BOOL, Kind
from engine.language.values import Unresolved
from engine.rulebook.model import Check, Formula

Warnings = Sequence[tuple[str, list[exp.Expression]]]
"""What is counted of 提醒, and on which rows."""
REPLAYED = 10_000
"""Reasons are worked out for so many rows of a kind; the others are counted."""
EXAMPLES = 500
"""Twice so many of each rule where the run stops anyway: the first rows, and as many spread over all."""


def history(reading: OnRows) -> exp.Expression:
    """Rows of the run, and sound ones from outside it up to the period's end."""
    execution = reading.execution
    state = execution.states[reading.base]
    run = all_of(state.conditions(True))
    name = reading.table.period_field
    assert name is not None
    when = exp.column(reading.frame.staged.columns[name].name)
    not_later = exp.LTE(this=when, expression=date_literal(execution.period.end))
    outside = not_(exp.Coalesce(this=exp.Paren(this=all_of(state.inside)), expressions=[exp.false()]))
    parts = [outside, not_later]
    if state.refused is not None:
        parts.append(is_null(state.code_in(state.refused)))
    parts.append(not_(sure(reading.alone(lambda: refusal(reading)))))
    return exp.Or(this=grouped(run), expression=grouped(all_of(parts)))


def sure(code: Lowered) -> exp.Expression:
    """Whether a row has a code at all."""
    gone = missing(code)
    return exp.true() if gone is None else exp.false() if is_true(gone) else not_(gone)


def select(execution: InSql) -> Selection:
    """Load the tables and sort their rows, small ones in Python and big ones in SQL."""
    selection = stored_tables(execution.judge)
    for name, reading in execution.readings.items():
        stored = selection.tables[name]
        selection.tables[name] = FrameRows(stored.table, stored.keys, reading.frame.staged.delivered, reading=reading)
        execution.states[name] = SortedRows(reading.frame)
    for name in parents_first(execution, selection):
        if name in execution.readings:
            sort_frame(execution, selection, execution.readings[name])
        else:
            sort_rows(execution.judge, selection, name)
    return selection


def sort_frame(execution: InSql, selection: Selection, reading: OnRows) -> None:
    """Where the rows of a big table end: outside, refused, excluded."""
    put_outside(execution, selection, reading)
    code, warnings = _check_codes(execution, reading)
    if warnings and not are_few(reading.frame) and not _warn(execution, selection, reading, warnings, code):
        code = constant(Kind.TEXT, None)
    _refuse(execution, selection, reading, code, warnings if are_few(reading.frame) else ())
    if reading.base in selection.main_tables or reading.base in execution.program.exclude:
        _refuse(execution, selection, reading, exclusion_codes(execution, reading))


def put_outside(execution: InSql, selection: Selection, reading: OnRows) -> None:
    """Says of a big table which of its rows are of the run."""
    state = execution.states[reading.base]
    condition = execution.program.rows.get(reading.base)
    if condition is not None:
        held = _of_the_run(execution, reading, condition)
        if held.fail is not None:
            code = _code(state, REJECTED, ROW_CONDITION)
            _refuse(execution, selection, reading, merged([(held.fail, code)], constant(Kind.TEXT, None), Kind.TEXT))
            held = _of_the_run(execution, reading, condition)
        early = reading.by_day(lambda _: constant(Kind.BOOL, True)).fail  # rows from before there are rules
        if early is not None:
            code = _code(state, REJECTED, ROW_CONDITION)
            chosen = early if held.is_known and held.known is True else all_of([held.value, early])
            _refuse(execution, selection, reading, merged([(chosen, code)], constant(Kind.TEXT, None), Kind.TEXT))
            held = _of_the_run(execution, reading, condition)
        if not (held.is_known and held.known is True):
            state.inside.append(reading.frame.let(held.value))
        execution.rows_left()
        return
    above = parent(execution, selection, reading.base)
    if above is not None:
        key, settled = above
        other = execution.readings[settled]
        other_key = other.staged(other.table.key[0])
        inner = other.frame.relation([other_key.value], execution.conditions(settled, True))
        listed = [exp.alias_(other_key.value.copy(), "k0"), exp.alias_(exp.true(), "there")]
        relation = exp.select(*listed).from_(inner.subquery("q", copy=False), copy=False)
        joined = reading.frame.join([reading.staged(key).value], relation, ["k0"], ("parent", settled))
        state.inside.append(not_(is_null(reading.frame.joined_column(joined, "there"))))
        state.parent = settled
        return
    inside = reading.in_period(execution.period)
    if not is_true(inside):
        state.inside.append(inside)


def _of_the_run(execution: InSql, reading: OnRows, condition: Formula) -> Lowered:
    """Whether rows are of the run: by the rules of the run, not by those of each row's own day."""
    return answered(reading.formula(condition, reading.base, execution.closing, BOOL))


def _code(state: SortedRows, what: str, by: str) -> Lowered:
    if (what, by) not in state.codes:
        state.codes.append((what, by))
    return constant(Kind.TEXT, str(state.codes.index((what, by))))


def told_by(reading: OnRows, check: Check) -> Lowered:
    """Whether a check hits a row; unresolved where it cannot be told."""
    options = []
    if check.grain != reading.base:
        member = reading.in_grain(check.grain)
        options.append((not_(member.value), missing(member), constant(Kind.BOOL, False)))
    for _, formula in check.grades:
        held = reading.own_truth(formula, check.grain)
        options.append((held.value, missing(held), constant(Kind.BOOL, True)))
    return reading.frame.let_low(branches(options, constant(Kind.BOOL, False), Kind.BOOL))


def _check_codes(execution: InSql, reading: OnRows) -> tuple[Lowered, Warnings]:
    """The code of the first 拒收 that hits or cannot be told; and what is counted: 提醒 that hit, or cannot be told,
    on rows that no 拒收 before it refuses.
    """
    state = execution.states[reading.base]
    steps: list[tuple[exp.Expression, Lowered]] = []
    warnings: list[tuple[str, list[exp.Expression]]] = []
    for check in applicable(execution, reading.base):
        hit = told_by(reading, check)
        if check.kind == "提醒":
            before = [not_(condition) for condition, _ in steps]
            for label, part in ((check.name, hit.value), (f"{check.name}（不能判断）", hit.fail)):
                if part is not None and not is_false(part) and not isinstance(part, exp.Null):
                    warnings.append((label, [*before, part]))
            continue
        refused = any_of([hit.fail, None if is_false(hit.value) else hit.value])
        if refused is not None:
            steps.append((reading.frame.let(refused), _code(state, REJECTED, check.name)))
    return merged(steps, constant(Kind.TEXT, None), Kind.TEXT), warnings


def refusal(reading: OnRows) -> Lowered:
    """The code of a row that would be rejected or excluded, wherever it stands."""
    execution = reading.execution
    steps: list[tuple[exp.Expression, Lowered]] = []
    state = execution.states[reading.base]
    for check in applicable(execution, reading.base):
        if check.kind == "拒收":
            hit = told_by(reading, check)
            refused = any_of([hit.fail, None if is_false(hit.value) else hit.value])
            if refused is not None:
                steps.append((reading.frame.let(refused), _code(state, REJECTED, check.name)))
    excluded = exclusion_codes(execution, reading)
    return merged(steps, excluded, Kind.TEXT) if steps else excluded


def _warn(
    execution: InSql, selection: Selection, reading: OnRows, warnings: Warnings, code: Lowered
) -> bool:  # fmt: skip
    """Counts the warnings, and by the way the rows that have a code: whether there are any."""
    frame = reading.frame
    parts = [frame.let(all_of(part)) for _, part in warnings]
    parts.append(frame.let(sure(code)))
    inner = frame.relation(parts, execution.conditions(reading.base, True))
    counts = [exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=part.copy())) for part in parts]
    *found, refused = frame.database.row(exp.select(*counts).from_(inner.subquery("q", copy=False), copy=False))
    _note_warnings(selection, warnings, found)
    return bool(refused)


def _note_warnings(selection: Selection, warnings: Warnings, counts: Iterable[int]) -> None:
    for (label, _), count in zip(warnings, counts, strict=True):
        if count:
            selection.warned[label] = selection.warned.get(label, 0) + count


def exclusion_codes(execution: InSql, reading: OnRows) -> Lowered:
    """By the program as it stood on the row's day."""
    state = execution.states[reading.base]

    def lower(day: datetime.date) -> Lowered:
        program = execution.scope(day).book.programs.get(execution.program.name, execution.program)
        steps: list[tuple[exp.Expression, Lowered]] = []
        for name in program.exclude.get(reading.base, ()):
            held = reading.read(name, day)
            if held.fail is not None:
                steps.append((held.fail, _code(state, HELD, name)))
            if held.is_known and held.known is not True:
                continue
            if not isinstance(held.value, exp.Null):
                steps.append((held.value, _code(state, EXCLUDED, name)))
        return merged(steps, constant(Kind.TEXT, None), Kind.TEXT)

    found = reading.by_day(lower)
    names = execution.program.exclude.get(reading.base, ())
    if found.fail is None or not names:
        return found
    return merged([(found.fail, _code(state, HELD, names[0]))], replace(found, fail=None), Kind.TEXT)


def _refuse(
    execution: InSql, selection: Selection, reading: OnRows, code: Lowered, warnings: Warnings = ()
) -> None:  # fmt: skip
    """Takes the rows that have a code out. ``warnings`` are counted by the same query."""
    state, database = execution.states[reading.base], reading.frame.database
    if warnings:
        found = _refused_or_warned(execution, selection, reading, code, warnings)
    else:
        found = None if is_true(missing(code)) else marked(reading.frame, _with_code(execution, reading, code))
    if found is not None:
        _replay(execution, selection, reading, found)
        state.ended += found.codes
        state.refused_rows = found if state.refused_rows is None else put_together(database, state.refused_rows, found)
        state.refused = state.refused_rows.table
    execution.rows_left()


def _with_code(execution: InSql, reading: OnRows, code: Lowered) -> exp.Select:
    """Number and code of the accepted rows that have one."""
    query = reading.frame.selected(
        [exp.column(ROW), code.value], [*execution.conditions(reading.base, True), sure(code)]
    )
    named = [exp.alias_(exp.column("x0"), ROW), exp.alias_(exp.column("x1"), "code")]
    return exp.select(*named).from_(query.subquery("z", copy=False), copy=False)


def _refused_or_warned(
    execution: InSql, selection: Selection, reading: OnRows, code: Lowered, warnings: Warnings
) -> Marked | None:  # fmt: skip
    """The rows that have a code, of few; and the warnings are counted."""
    frame = reading.frame
    has = frame.let(sure(code))
    parts = [frame.let(all_of(part)) for _, part in warnings]
    some = any_of([has, *parts])
    assert some is not None
    query = frame.selected(
        [exp.column(ROW), code.value, has, *parts], [*execution.conditions(reading.base, True), some]
    )
    found = frame.database.rows(query)
    _note_warnings(selection, warnings, [sum(bool(row[3 + n]) for row in found) for n in range(len(parts))])
    return fetched(frame.database, [row for row in found if row[2]])


def _replay(execution: InSql, selection: Selection, reading: OnRows, found: Marked) -> None:
    """Reasons of the refused rows, from the reference engine, while the rows still stand as they stood."""
    state, database = execution.states[reading.base], reading.frame.database
    verdicts = selection.verdicts[reading.base]
    checks = {check.name: check for check in applicable(execution, reading.base)}
    wanted = [str(n) for n, (what, _) in enumerate(state.codes) if what != EXCLUDED and found.codes[str(n)]]
    if not wanted:
        return
    codes = [(rn, code) for rn, code in found.rows or () if code in wanted]
    if found.rows is None:
        query = (
            exp.select(ROW, "code")
            .from_(found.table)
            .where(exp.In(this=exp.column("code"), expressions=[exp.Literal.string(w) for w in wanted]))
        )
        codes = database.rows(query.order_by(ROW))
    rows = execution.rows_numbered(reading, [rn for rn, _ in codes])
    for (rn, code), row in zip(codes, rows, strict=True):
        what, by = state.codes[int(code)]
        if what == HELD:
            verdicts[rn] = _exclusion_reason(execution, by, row)
        elif by in checks:
            verdicts[rn] = rejected(execution.judge, [checks[by]], row, Selection()) or Verdict(REJECTED, by, check=by)
        else:
            verdicts[rn] = _not_told(execution, reading, row)


def _not_told(execution: InSql, reading: OnRows, row: Row) -> Verdict:
    condition = execution.program.rows[reading.base]
    try:
        execution.judge.truth(condition, reading.base, row, execution.closing)
        execution.scope(execution.judge.own_day(row))
    except Unresolved as error:
        return not_judged(ROW_CONDITION, "是否属于本次", error)
    return Verdict(REJECTED, ROW_CONDITION, check=ROW_CONDITION)


def _exclusion_reason(execution: InSql, by: str, row: Row) -> Verdict:
    try:
        execution.judge.value(by, row, execution.judge.own_day(row))
    except Unresolved as error:
        return Verdict(HELD, by, f"不能判断是否排除：{error}", error.cause)
    return Verdict(HELD, by)


def hold(execution: InSql) -> None:
    """Hold accepted rows of which a needed value cannot be known; the others are settled."""
    for table, names in execution.program.need.items():
        reading = execution.readings.get(table)
        if reading is None:
            _hold_small(execution, table, names)
            continue
        state = execution.states[table]
        code = _needed_code(execution, reading, names, state)
        if code.fail is not None:  # from before there were rules
            code = merged([(code.fail, _code(state, HELD, names[0]))], replace(code, fail=None), Kind.TEXT)
        if is_true(missing(code)):
            continue
        found = _held_rows(execution, reading, code)
        if found is None:
            continue
        marks = _replayed(reading, found, found.count > max(execution.program.hold_limit, EXAMPLES))
        for (rn, mark), row in zip(marks, execution.rows_numbered(reading, [rn for rn, _ in marks]), strict=True):
            by = state.codes[int(mark)][1]
            verdict = needed(execution.judge, by, row, execution.judge.own_day(row))
            execution.selection.verdicts[table][rn] = verdict or Verdict(HELD, by)
        state.held, state.ended = found.table, state.ended + found.codes
    in_database = any(state.held is not None for state in execution.states.values())
    execution.settle(in_database or any_held(execution.judge))


def _replayed(reading: OnRows, found: Marked, stops: bool) -> list[tuple[int, str]]:
    """The held rows of which reasons are worked out; where the run stops for them, examples of each."""
    if found.rows is not None and not stops:
        return found.rows[:REPLAYED]
    listed = exp.select(ROW, "code").from_(found.table).order_by(ROW).limit(REPLAYED)
    return reading.frame.database.rows(_examples(found.table) if stops else listed)


def _examples(found: str) -> exp.Select:
    """Of the rows of each code the first ones, and as many spread over all, so that no frequent cause is missed."""
    of_code = [exp.column("code")]
    order = exp.Order(expressions=[exp.Ordered(this=exp.column(ROW), nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[part.copy() for part in of_code], order=order)
    many = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[part.copy() for part in of_code])
    numbered = exp.select(ROW, "code", exp.alias_(place, "place"), exp.alias_(many, "many")).from_(found)
    step = exp.IntDiv(this=exp.column("many"), expression=exp.Literal.number(EXAMPLES)) + exp.Literal.number(1)
    spread = exp.Mod(this=exp.column("place"), expression=exp.paren(step)).eq(exp.Literal.number(0))
    first = exp.LTE(this=exp.column("place"), expression=exp.Literal.number(EXAMPLES))
    return exp.select(ROW, "code").from_(numbered.subquery("z")).where(exp.or_(first, spread)).order_by(ROW)


def _held_rows(execution: InSql, reading: OnRows, code: Lowered) -> Marked | None:
    """The accepted rows that have a code. Many rows are written by the way."""
    state = execution.states[reading.base]
    if pays(execution, reading):
        state.written = write_accepted(execution, reading, code.value)
        if state.written.held is not None:
            return in_column(reading.frame, state.written.table, state.written.held)
    return marked(reading.frame, _with_code(execution, reading, code))


def _needed_code(execution: InSql, reading: OnRows, names: Sequence[str], state: SortedRows) -> Lowered:
    return reading.by_day(lambda day: _need_codes(execution, reading, names, state, day))


def _hold_small(execution: InSql, table: str, names: Iterable[str]) -> None:
    verdicts = execution.selection.verdicts[table]
    for row in execution.selection.tables[table].rows:
        for name in names:
            verdict = needed(execution.judge, name, row, execution.judge.own_day(row))
            if verdict is not None:
                verdicts[row.number] = verdict
                break


def _need_codes(
    execution: InSql, reading: OnRows, names: Sequence[str], state: SortedRows, day: datetime.date
) -> Lowered:
    steps: list[tuple[exp.Expression, Lowered]] = []
    for name in names:
        home = execution.scope(day).home(name)
        low = reading.read(name, day)
        gone = missing(low)
        if gone is None:
            continue
        if home is not None and execution.scope(day).chain(home):
            member = reading.in_grain(home)
            outside = not_(exp.Coalesce(this=grouped(member.value), expressions=[exp.true()]))
            gone = all_of([not_(outside), gone])
        steps.append((reading.frame.let(gone), _code(state, HELD, name)))
    return merged(steps, constant(Kind.TEXT, None), Kind.TEXT)
