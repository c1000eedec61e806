"""Grains, tables, statements and rules that keywords name must exist."""

from __future__ import annotations

from collections.abc import Iterable

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.bind import BindError
from engine.rulebook.model import (
    REMINDS,
    STOPS,
    Check,
    DecisionTable,
    Formula,
    Grain,
    Program,
    Rule,
    Statement,
    Table,
)
from engine.rulebook.nearest import nearest
from engine.rulebook.problems import Place
from engine.rulebook.scope import Unreachable


def entries_refer_to_what_exists(context: Context) -> None:
    """Refuses a grain, table, column, statement or rule that a keyword names and nothing defines."""
    for entry in context.entries():
        if isinstance(entry, Table):
            _table(context, entry)
        elif isinstance(entry, Grain):
            _grain(context, entry)
        elif isinstance(entry, Rule):
            if _has_grain(context, entry, entry.grain):
                _columns_of_table(context, entry)
        elif isinstance(entry, Check):
            _has_grain(context, entry, entry.grain)
            _otherwise(context, entry)
        elif isinstance(entry, Statement):
            _statement(context, entry)
        elif isinstance(entry, Program):
            _program(context, entry)


def _unknown(context: Context, name: str, word: str, unknown: str, message: str, known: Iterable[str]) -> None:
    """``word`` of entry ``name`` names what does not exist: at its place, unless it was only ill written."""
    if unknown not in context.ill_written:
        known = list(known)
        few = f"有 {'、'.join(known)}" if 0 < len(known) <= 8 else ""
        context.add("E306", context.written(name, word, unknown), message, nearest(unknown, known) or few)


def _grain_of_key(context: Context, name: str) -> str:
    """How to say “each …” for a name that is no grain itself: a field or a rule as the key of a grain."""
    if name not in context.snapshot.columns and name not in context.snapshot.rules:
        return ""
    kind = "字段" if name in context.snapshot.columns else "规则"
    alike = [grain.name for grain in context.snapshot.grains.values() if grain.key == (name,)]
    if alike:
        return f"{name} 是{kind}；每个 {name} 一个值，粒度写 {alike[0]}"
    own = f"各{name}"
    return (
        f"{name} 是{kind}，不是粒度；要每个 {name} 一个值，先立一个粒度，如 {own}: {{键: [{name}]}}，这里写 粒度: {own}"
    )


def _grains(context: Context) -> list[str]:
    return [*context.snapshot.tables, *context.snapshot.grains, *sorted(context.snapshot.dimensions)]


def _has_grain(context: Context, entry: Rule | Check | Statement, grain: str) -> bool:
    if context.scope.is_grain(grain):
        return True
    message = f"{entry.name} 的粒度 {grain} 不存在"
    if hint := _grain_of_key(context, grain):
        context.add("E306", context.written(entry.name.split("〔")[0], "粒度", grain), message, hint)
    else:
        _unknown(context, entry.name.split("〔")[0], "粒度", grain, message, _grains(context))
    context.broken.add(entry.name)
    return False


def _otherwise(context: Context, check: Check) -> None:
    """What a 必须 that does not hold does is one of two words, or a parameter whose classes are these words."""
    name = check.otherwise
    if name in (STOPS, REMINDS):
        return
    classes = f"写 {STOPS}、{REMINDS}，或一个写了 类别: [{STOPS}, {REMINDS}] 的参数"
    parameter = context.snapshot.parameters.get(name)
    if parameter is not None:
        if set(parameter.type.classes) != {STOPS, REMINDS}:
            message = f"{check.name} 的 不成立时 用了 {name}，它的类别不是 {STOPS}、{REMINDS}"
            context.add("E401", context.written(check.name, "不成立时", name), message, classes)
    elif name in context.snapshot.entries or name in context.snapshot.columns:
        message = f"{check.name} 的 不成立时 用了 {name}，它不是参数"
        context.add("E401", context.written(check.name, "不成立时", name), message, classes)
    else:
        known = [p.name for p in context.snapshot.parameters.values() if set(p.type.classes) == {STOPS, REMINDS}]
        message = f"{check.name} 的 不成立时 是 {name}，没有这样的词或参数"
        hint = nearest(name, [STOPS, REMINDS, *known]) or classes
        if name not in context.ill_written:
            context.add("E306", context.written(check.name, "不成立时", name), message, hint)


def _columns_of_table(context: Context, rule: Rule) -> None:
    """A column of a decision table is a value of the row, told once and not for each row."""
    if not isinstance(rule.body, DecisionTable):
        return
    for index, column in enumerate(rule.body.columns):
        try:
            context.scope.reach(rule.grain, column)
        except Unreachable as error:
            context.broken.add(rule.name)
            if column in context.ill_written:
                continue
            cells = [row.cells[index] for row in rule.body.rows]
            first = next((cell for cell in cells if cell is not None), None)
            in_file = first is not None and first.place.file != rule.provenance.place.file
            place = Place(first.place.file, 1, 1) if in_file and first else context.written(rule.name, "表", column)
            hint = error.hint or f"表的列写字段、规则或参数的名字，结果一列写 {rule.name}"
            context.add(error.code, place, f"{rule.name} 的表有一列 {column}：{error.message}", hint)


def _table(context: Context, table: Table) -> None:
    for field in table.fields.values():
        if field.refers is not None and field.refers not in context.snapshot.tables:
            message = f"字段 {field.name} 指向的表 {field.refers} 不存在"
            if field.refers not in context.ill_written:
                known = context.snapshot.tables
                hint = nearest(field.refers, known) or f"有表 {'、'.join(known)}"
                context.add("E306", field.provenance.place, message, hint)
        other = context.scope.dimension_type(field.name) if field.name in context.snapshot.dimensions else None
        if other is None or not (field.type.kind is Kind.CLASS is other.kind):
            continue
        if set(field.type.classes) != set(other.classes):
            context.add(
                "E406",
                field.provenance.place,
                f"键 {field.name} 在表 {table.name} 里的取值（{'、'.join(field.type.classes)}）"
                f"和别的表不同（{'、'.join(other.classes)}）",
                "各表的同一个键取值要一样；改其中一张，或在 替换 下写 表.字段",
            )
    period = table.fields.get(table.period_field or "")
    if period is not None and not (
        period.type.kind in (Kind.DATE, Kind.MONTH)
        or (period.type.kind is Kind.NUMBER and period.type.unit.label == "年")
    ):
        place = context.written(table.name, "归期")
        message = f"归期 {period.name} 的类型要是 日期、年月 或 年"
        context.add("E404", place, message, "改字段的类型，或换一个字段")


def _grain(context: Context, grain: Grain) -> None:
    if grain.of is not None:
        if not context.scope.is_grain(grain.of):
            context.broken.add(grain.name)
            message = f"{grain.name} 的行 {grain.of} 不存在"
            _unknown(context, grain.name, "行", grain.of, message, _grains(context))
        return
    known = {*context.snapshot.columns, *context.snapshot.rules}
    for key in grain.key:
        if key not in known:
            context.broken.add(grain.name)
            message = f"粒度 {grain.name} 的键 {key} 既不是字段也不是规则"
            _unknown(context, grain.name, "键", key, message, sorted(known))
    if grain.every:
        _combined(context, grain)


def _combined(context: Context, grain: Grain) -> None:
    """每个 names grains of which each row may be taken with each of the others, and their keys are those of 键."""
    scope, book = context.scope, context.snapshot
    place = context.written(grain.name, "每个")

    def refuse(message: str, hint: str) -> None:
        context.broken.add(grain.name)
        context.add("E506", place, f"粒度 {grain.name} 的 每个：{message}", hint)

    for one in grain.every:
        if not scope.is_grain(one):
            context.broken.add(grain.name)
            _unknown(context, grain.name, "每个", one, f"粒度 {grain.name} 的 每个 里的 {one} 不存在", _grains(context))
            return
        table = book.tables.get(scope.base(one))
        field = table.fields.get(table.period_field or "") if table is not None else None
        inner = book.grains.get(scope.base(one))
        if field is not None and field.type.kind is Kind.DATE:
            hint = "每个 里写机构、目录、类别这样行数有限的粒度；每一行数据的值，粒度直接写那张表"
            return refuse(f"{one} 是结算的数据，一行配一行太多", hint)
        if inner is not None and inner.every:
            return refuse(f"{one} 自己也是配出来的", f"把 {one} 的 每个 里的粒度直接写在这里")
    keys = [key for one in grain.every for key in scope.keys(one)]
    if len(grain.every) < 2:
        refuse("只有一个粒度，没有可配的", "只要一个粒度的行，不用 每个；要一部分行，写 行 和 条件")
    elif len(set(keys)) < len(keys):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        refuse(f"{'、'.join(twice)} 在两个粒度里都是键", "一个键只由一个粒度来")
    elif set(keys) != set(grain.key):
        refuse(f"合起来的键是 {'、'.join(keys)}，键 写的是 {'、'.join(grain.key)}", f"键 写 [{', '.join(keys)}]")


def _statement(context: Context, statement: Statement) -> None:
    if not _has_grain(context, statement, statement.grain):
        return
    for column in statement.columns:
        try:
            context.scope.reach(statement.grain, column.name)
        except Unreachable as error:
            if column.name not in context.ill_written:
                context.add(error.code, column.place, f"报表 {statement.name}：{error.message}", error.hint)
    total = statement.total
    if total is not None and not context.scope.is_grain(total):
        _unknown(context, statement.name, "合计行", total, f"合计行 {total} 不是粒度", _grains(context))
    elif total is not None and not context.scope.determines(statement.grain, context.scope.keys(total)):
        closure = context.scope.closure(statement.grain)
        missing = [key for key in context.scope.keys(total) if key not in closure]
        context.add(
            "E501",
            context.written(statement.name, "合计行"),
            f"报表 {statement.name} 的一行不知道自己属于哪个 {total}：缺键 {'、'.join(missing)}",
            "合计行 写比报表的粒度更粗的粒度",
        )
    _first_columns(context, statement)
    if statement.fills is not None:
        _fills(context, statement)


def _first_columns(context: Context, statement: Statement) -> None:
    """首要 names columns as 列 does, not by the headings that they have for people."""
    names = [column.name for column in statement.columns]
    headed = {column.heading: column.name for column in statement.columns}
    for first in statement.first:
        if first in names:
            continue
        message = f"报表 {statement.name} 的 首要 写了 {first}，它不是这张报表的列"
        if first in headed:
            context.add(
                "E306",
                context.written(statement.name, "首要", first),
                message,
                f"写列的名字，不写标题：{headed[first]}",
            )
        else:
            _unknown(context, statement.name, "首要", first, message, names)


def _fills(context: Context, statement: Statement) -> None:
    table = context.snapshot.tables.get(statement.fills or "")
    if table is None:
        message = f"回填 的表 {statement.fills} 不存在"
        _unknown(context, statement.name, "回填", statement.fills or "", message, context.snapshot.tables)
        return
    headings = {column.heading for column in statement.columns} | set(context.scope.keys(statement.grain))
    for column in statement.columns:
        if column.heading not in table.fields:
            context.add(
                "W805",
                column.place,
                f"回填 的表 {table.name} 没有字段 {column.heading}，这一列只作参考",
                nearest(column.heading, table.fields) or "改标题，或给表加这个字段",
            )
    for key in table.key:
        if key not in headings and key != table.period_field:
            context.add(
                "E805",
                context.written(statement.name, "回填"),
                f"回填 {table.name} 缺少它的键 {key}",
                f"报表的粒度或列里要有 {key}",
            )


def _program(context: Context, program: Program) -> None:
    book, name = context.snapshot, program.name
    for statement in program.statements:
        if statement not in book.statements:
            message = f"程序 {name} 的报表 {statement} 不存在"
            _unknown(context, name, "报表", statement, message, book.statements)
    for word, group in (("排除", program.exclude), ("需要", program.need)):
        for table, names in group.items():
            if table not in book.tables:
                message = f"程序 {name} 的 {word} 写了表 {table}，没有这张表"
                _unknown(context, name, word, table, message, book.tables)
            for rule in names:
                if rule not in book.rules and rule not in book.columns:
                    message = f"程序 {name} 的 {word} 写了 {rule}，没有这条规则"
                    _unknown(context, name, word, rule, message, book.rules)
                elif table in book.tables:
                    _read_on_rows(context, name, word, table, rule)
    for table in program.rows:
        if table not in book.tables:
            message = f"程序 {name} 的 行 写了表 {table}，没有这张表"
            _unknown(context, name, "行", table, message, book.tables)
    for rule in program.compute:
        if rule not in book.rules:
            message = f"程序 {name} 的 测算 写了 {rule}，没有这条规则"
            _unknown(context, name, "测算", rule, message, book.rules)


def _read_on_rows(context: Context, program: str, word: str, table: str, rule: str) -> None:
    """What excludes or is needed is read on each row of the table; what excludes is a yes or no."""
    place = context.written(program, word, rule)
    try:
        access = context.scope.reach(table, rule)
        bound = context.binder.bind(Formula(rule, tree.Name(rule), place), table)
    except Unreachable as error:
        context.add(error.code, place, f"程序 {program} 的 {word}：{error.message}", error.hint)
        return
    except BindError:
        return
    if word == "排除" and access.kind in ("rule", "field") and bound.type.kind not in (Kind.BOOL, Kind.ABSENT):
        message = f"程序 {program} 的 排除 要写是或否的规则，{rule} 是 {bound.type}"
        context.add("E401", place, message, "另立一条规则，公式写成条件")
