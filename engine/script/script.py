"""The script of a program: the queries of a run over some data, in order, each under a heading that says what for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlglot import exp

from engine.databases.duckdb.database import DuckDb
from engine.databases.places import open_places
from engine.execute.period import Period
from engine.execute.plan.steps import SETTLED
from engine.execute.reference.holding import refuse_too_many_held
from engine.execute.reference.run import results
from engine.execute.result import Result
from engine.execute.sql.big_rows import BigRows
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.in_order import work_out
from engine.execute.sql.tables import SqlTables
from engine.rulebook.book import Book
from engine.rulebook.history import history
from engine.rulebook.model import Program, Rule
from engine.script.asked import Asked, Heading, Query, Upload
from engine.script.declared import Declared, at_declared
from engine.script.labels import Labels
from engine.script.layout import staged
from engine.settle.may_run import program_of, refuse_pending, sound
from engine.settle.reading import load_into
from engine.settle.target import out_column
from engine.watching.event import SORTING, Event
from engine.watching.watching import UNWATCHED, Watching

REASON = "{}的原因"
LISTED = 6
"""So many questions of a query are named."""
Printer = Callable[[exp.Expression], str]
Step = Heading | Query | Upload


def program_to_write(book: Book, name: str, period: Period) -> Program:
    """The program, if it may run at all. Raises what :func:`engine.settle.settle` raises before it reads data."""
    sound(book)
    program = program_of(book, name, period)
    refuse_pending(book, program, period)
    return program


def script_of(
    book: Book, program: Program, period: Period, data: Sequence[str | Path], made_up: bool, dialect: str,
    printer: Printer, watching: Watching = UNWATCHED,
) -> Iterator[str]:  # fmt: skip
    """The lines of the script. No cell of a data row stands in it, but the words that the rules compare with.

    How large numbers can get is measured in ``data``. Of data that are ``made_up`` it would say nothing: then it is
    what the fields declare. Raises what :func:`engine.settle.settle` raises.
    """
    asked, sizes = Asked(), dict[str, dict[str, Declared]]()

    def begins(event: Event) -> None:
        asked.begins(event)
        watching.watcher(event)

    told = Watching(begins, watching.cancel)
    with closing(open_places(list(data))) as places, DuckDb() as database:
        loaded = load_into(database, book, program, period, places, watching)
        asked.of(database)
        told.tell(SORTING)
        tables = loaded.staged()
        if made_up:
            for table, staged_table in tables.items():
                tables[table], sizes[table] = at_declared(staged_table)
        execution = asked.execution = SqlRun(book, program, period, SqlTables(database, loaded.memory(), tables))
        execution.hold()
        refuse_too_many_held(execution)
        work_out(execution.big, execution.plan.steps, SETTLED, told)
        _write(asked, results(execution, keep_all=False, watching=told))
    yield from _head(book, program, period, dialect, made_up)
    yield from _tables(execution, asked.labels, sizes)
    yield from _on_host(execution)
    _label_codes(asked, execution)
    steps = [step for n, step in enumerate(asked.steps) if not _empty(step, asked.steps[n + 1 : n + 2])]
    number = 0
    for step in steps:
        number += not isinstance(step, Heading)
        yield from _step(number, step, asked.labels, printer)


def _empty(step: Step, after: Sequence[Step]) -> bool:
    """Whether a step of the plan asks nothing of its own."""
    return isinstance(step, Heading) and (not after or isinstance(after[0], Heading))


def _write(asked: Asked, result: Result) -> None:
    """The queries of what is written come last, as in a run."""
    with TemporaryDirectory(prefix="casemix-") as folder:
        place = Path(folder) / "rows.parquet"
        for sheet in result.statements:
            if isinstance(sheet.rows, BigRows):
                asked.writes = sheet.name
                sheet.rows.write_statement(place, [out_column(column) for column in sheet.columns])
        for kept in result.kept:
            if isinstance(kept.rows, BigRows):
                asked.writes = f"保留的值 {kept.grain}"
                kept.rows.write_values(place, [out_column(c) for c in kept.columns], REASON)


MEASURED = ("64 位或 128 位由数据里的最小值和最大值决定，换了数据可能不同；结果相同。",)
DECLARED = (
    "没有给数据（--data），64 位或 128 位由字段声明的 范围 决定；没有声明的一头取合成数据里的，下面的列注明是哪些；",
    "合计有多少行、在内存里算的值有多大，也按合成的数据。真有范围以外的值时，运行另带标记它们的列。结果相同。",
)
"""How the sizes of numbers are known."""


def _head(book: Book, program: Program, period: Period, dialect: str, made_up: bool) -> Iterator[str]:
    yield f"-- {book.title} {program.name} {period}：结算时在数据库里执行的查询，按次序（{dialect}）"
    yield "-- 数都是整数：列名后的 ×100 表示存的是值的 100 倍；除不尽的数分成分子和分母；空值表示没有值或无法确定。"
    yield from (f"-- {line}" for line in (DECLARED if made_up else MEASURED))
    yield "-- s1、s2 … 是一条查询里的各步；m1、m2 … 是本次运行的临时表；t0、t1 … 是交来的数据表。"
    yield ""


def _tables(execution: SqlRun, labels: Labels, sizes: dict[str, dict[str, Declared]]) -> Iterator[str]:
    yield "-- ════ 数据表 ════"
    for base, reading in execution.big.readings.items():
        staged_table = reading.frame.staged
        labels.relations[staged_table.relation] = base
        yield f"-- {staged_table.relation}：{base}，rn 是行号"
        for name, column in staged_table.columns.items():
            scale = f"，×{10**column.digits}" if column.digits else ""
            empty = "，可为空" if column.nullable else ""
            size = sizes[base][name].said() if base in sizes else ""
            yield f"--   {column.name} {name}（{column.field.type}{scale}{empty}）{f'：{size}' if size else ''}"
    yield ""


def _on_host(execution: SqlRun) -> Iterator[str]:
    """Rules of coarser grains: they are worked out in memory between the queries."""
    yield "-- ════ 在引擎内存里算的规则（粒度的行数少），在查询之间算出，用到的传进 m 表 ════"
    for name in sorted(execution.wanted):
        rule = execution.now.rules.get(name)
        if rule is not None and execution.scope(execution.closing).base(rule.grain) not in execution.big.readings:
            yield f"-- {name}（粒度 {rule.grain or '全部'}；{rule.provenance.cite}）：{_written(execution, rule)}"
    yield ""


def _written(execution: SqlRun, rule: Rule) -> str:
    """The rule as it was last written by the end of the period, on one line."""
    end = execution.closing.isoformat()
    events = [event for event in history(execution.book, rule.name) if not event.start or event.start <= end]
    return " ".join(events[-1].text.split()) if events else ""


def _label_codes(asked: Asked, execution: SqlRun) -> None:
    """Names the conditions of checks and exclusions: CASE WHEN v25 THEN '0' gives the code 0 where v25 holds."""
    bases = {base: execution.big.states[base].codes for base in execution.big.readings}
    for step in asked.steps:
        if not isinstance(step, Query):
            continue
        relations = {table.name for table in step.tree.find_all(exp.Table)}
        base = next((b for r, b in asked.labels.relations.items() if r in relations), "")
        for branch in step.tree.find_all(exp.If):
            code = branch.args.get("true")
            if not (isinstance(branch.this, exp.Column) and isinstance(code, exp.Literal) and code.is_string):
                continue
            if code.name.isdigit() and int(code.name) < len(bases.get(base, ())):
                what, by = bases[base][int(code.name)]
                asked.labels.columns[base].setdefault(branch.this.name, f"{what}：{by}")


def _step(number: int, step: Step, labels: Labels, printer: Printer) -> Iterator[str]:
    if isinstance(step, Heading):
        yield f"-- ════ {step.text} ════"
        return
    if isinstance(step, Upload):
        yield f"-- ──── {number}. {step.name}：传入在内存里算的值，{step.rows} 行 ────"
        about = labels.uploads.get(step.name, {})
        for name, kind in step.spec.items():
            yield f"--   {name} {printer(exp.DataType.build(kind, dialect='duckdb'))}" + (
                f"  {about[name]}" if name in about else ""
            )
        yield ""
        return
    query = staged(step.tree, labels)
    yield f"-- ──── {number}. {_title(step, labels)} ────"
    if step.makes:
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        query = exp.Create(this=exp.to_table(step.makes), kind="TABLE", expression=query, properties=temporary)
    yield printer(query) + ";"
    yield ""


def _title(step: Query, labels: Labels) -> str:
    if step.writes:
        return f"写出 {step.writes}"
    tree = step.tree
    names = [item.alias_or_name for item in tree.expressions] if isinstance(tree, exp.Select) else []
    if step.makes and names == ["rn", "code"]:
        return f"{step.makes}：拒收、排除或挂起的行和它的代码"
    if step.makes:
        return f"{step.makes}：存下算好的列，后面的查询从这里读"
    if isinstance(tree, exp.Union):
        questions = list(dict.fromkeys(_question(one, labels) for one in _questions(tree)))
        more = f" 等 {len(questions)} 件" if len(questions) > LISTED else ""
        return f"一次问：{'；'.join(questions[:LISTED])}{more}"
    return _question(tree, labels)


def _questions(tree: Any) -> Iterator[exp.Expression]:
    """What is asked at once (:mod:`engine.execute.sql.at_once`), in order."""
    if isinstance(tree, exp.Union):
        yield from _questions(tree.left)
        yield from _questions(tree.right)
        return
    source = tree.args["from_"].this
    yield source.this if isinstance(source, exp.Subquery) else tree


def _question(tree: exp.Expression, labels: Labels) -> str:
    if not isinstance(tree, exp.Select):
        return "查询"
    group = tree.args.get("group")
    shown = [_said(item, tree, labels) for item in tree.expressions]
    keys = [_said(item, tree, labels) for item in group.expressions] if group is not None else []
    sums = [said for item, said in zip(tree.expressions, shown, strict=True) if item.find(exp.AggFunc) and said]
    if any(item.find(exp.AggFunc) for item in tree.expressions):
        by = f" 按 {'、'.join(dict.fromkeys(filter(None, keys)))}" if any(keys) else ""
        return f"汇总 {'、'.join(dict.fromkeys(sums)) or '行数'}{by}"
    if tree.args.get("distinct") is not None:
        return f"有哪些 {'、'.join(dict.fromkeys(filter(None, shown))) or '组合'}"
    return f"取出 {'、'.join(list(dict.fromkeys(filter(None, shown)))[:6]) or '行'}"


def _said(item: exp.Expression, tree: exp.Select, labels: Labels) -> str:
    base = _base(tree, labels)
    found = [labels.of(base, column.name).partition("（")[0].partition(" ×")[0] for column in item.find_all(exp.Column)]
    return "、".join(dict.fromkeys(label for label in found if label))


def _base(tree: exp.Expression, labels: Labels) -> str:
    """The table whose rows a query is about: that of its innermost FROM."""
    source = tree.args.get("from_")
    inner = None if source is None else source.this
    if isinstance(inner, exp.Subquery):
        return _base(inner.this, labels)
    return labels.relations.get(inner.name, "") if isinstance(inner, exp.Table) else ""
