"""Run the tests of a region or module: what is given, what must come out, each difference as one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.language.values import Unresolved, Value, render
from engine.rulebook import shape
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.problems import Place, Problem
from engine.rulebook.scope import Scope
from engine.rulebook.source import Mapping, Scalar, Sequence, read
from engine.testing.bench import Setting, bench, setting, target_row
from engine.testing.pipe_table import PipeTable, read_pipe_table
from engine.testing.typed_text import ABSENT_WORDS, UNRESOLVED_WORD, TestProblem, read_value


@dataclass(frozen=True)
class Outcome:
    """One test: how many values were compared, and what differed or went wrong."""

    name: str
    place: Place
    compared: int
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass
class _Test:
    book: Book
    name: str
    body: Mapping
    observer: Callable | None
    compared: int = 0
    failures: list[str] = field(default_factory=list)


def test_files(book: Book) -> list[Path]:
    """The test files of the region itself and of its notices."""
    folders = [
        layer.folder for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents
    ]
    return sorted({path for folder in folders for path in folder.glob("tests/**/*.yaml")})


def run_tests(book: Book, observer: Callable[[Execution], None] | None = None) -> Iterator[Outcome]:
    """Every test in turn. ``observer`` sees each execution before its values are read (coverage)."""
    for path in test_files(book):
        problems: list[Problem] = []
        doc = read(path, shown(path), problems)
        if doc is not None:
            shape.check_test_file(doc, problems)
        for problem in problems:
            yield Outcome(path.name, problem.place, 0, (f"{problem.code} {problem.message} {problem.hint}".strip(),))
        for name, body in doc.entries if doc is not None else ():
            if isinstance(body, Mapping):
                test = _Test(book, name.text, body, observer)
                try:
                    _run(test)
                except TestProblem as problem:
                    test.failures.append(str(problem))
                except Unresolved as error:
                    test.failures.append(f"无法确定：{error}")
                if not test.failures and not test.compared:
                    test.failures.append("这个例子什么也没有比较：写 应得，或 分情形 里 || 后面的列")
                yield Outcome(name.text, name.place, test.compared, tuple(test.failures))


def _run(test: _Test) -> None:
    base = setting(test.book, _text(test.body, "程序"), _text(test.body, "期间"), _text(test.body, "归期"))
    scope = Scope(test.book.at(base.day), base.program, base.period.kind)
    binder = Binder(scope)
    _read_given(test.body.get("已知"), base, scope, binder)
    cases = test.body.get("分情形")
    if isinstance(cases, Scalar):
        table = read_pipe_table(cases.text)
        if not table.expected:
            raise TestProblem("分情形 的表头要用 || 把给定的列和应得的列分开")
        for number, cells in table.lines:
            one = Setting(base.program, base.period, base.day, dict(base.values), dict(base.rows), dict(base.before))
            for name in table.given:
                _give(one, name, cells[name], scope, binder)
            execution = _execution(test, one, list(table.expected))
            for name in table.expected:
                _compare(test, execution, name, cells[name], None, f"第 {number} 行 ")
    expected = test.body.get("应得")
    if isinstance(expected, Mapping):
        _expected(test, base, expected, scope, binder)


def _expected(test: _Test, base: Setting, expected: Mapping, scope: Scope, binder: Binder) -> None:
    tables: list[tuple[str, PipeTable]] = []
    singles: list[tuple[str, str]] = []
    for key, value in expected.entries:
        if isinstance(value, (Mapping, Sequence)):
            rows = _rows(value)
            columns = tuple(rows[0]) if rows else ()
            if any(tuple(row) != columns for row in rows):
                raise TestProblem(f"应得 的 {key.text} 各行要写同样的列")
            tables.append((key.text, PipeTable(columns, (), tuple(enumerate(rows, 1)))))
        elif isinstance(value, Scalar) and ("\n" in value.text or "|" in value.text):
            tables.append((key.text, read_pipe_table(value.text)))
        elif isinstance(value, Scalar):
            singles.append((key.text, value.text))
    targets = [name for name, _ in singles] + [n for _, t in tables for n in t.given if n not in scope.book.dimensions]
    execution = _execution(test, base, targets)
    for name, text in singles:
        _compare(test, execution, name, text, None)
    for grain, table in tables:
        keys = scope.keys(grain)
        for number, cells in table.lines:
            at = {key: read_value(scope, binder, key, cells[key]) for key in keys if key in cells}
            if set(at) != set(keys):
                raise TestProblem(f"应得 的 {grain} 要有键 {'、'.join(keys)}")
            for name in table.given:
                if name not in keys:
                    _compare(test, execution, name, cells[name], at, f"{grain} 第 {number} 行 ", grain)


def _execution(test: _Test, given: Setting, targets: list[str]) -> Execution:
    execution = bench(test.book, given, [t for t in targets if t != "归宿"])
    if test.observer is not None:
        test.observer(execution)
    return execution


def _compare(
    test: _Test,
    execution: Execution,
    name: str,
    text: str,
    keys: dict[str, Value] | None,
    where: str = "",
    grain: str = "",
) -> None:
    test.compared += 1
    wanted_unresolved = text.startswith(UNRESOLVED_WORD)
    try:
        found: Value | str = _find(execution, name, keys, grain)
    except Unresolved as error:
        reason = text.removeprefix(UNRESOLVED_WORD).lstrip("：: ")
        if not wanted_unresolved or reason not in str(error):
            test.failures.append(f"{where}{name}：应得 {text}，却无法确定：{error}")
        return
    if wanted_unresolved:
        test.failures.append(f"{where}{name}：应得 {text}，得到 {render(found)}")
        return
    scope, binder = execution.scope(execution.closing), execution.days.binder(execution.closing)
    wanted = text if name == "归宿" else None if text in ABSENT_WORDS else read_value(scope, binder, name, text)
    if found != wanted:
        test.failures.append(f"{where}{name}：应得 {text or '空'}，得到 {render(found) or '空'}")


def _find(execution: Execution, name: str, keys: dict[str, Value] | None, grain: str) -> Value:
    scope = execution.scope(execution.closing)
    if name == "归宿":
        row = target_row(execution, grain, keys)
        verdict = execution.selection.verdicts[row.grain].get(row.number)
        return verdict.state if verdict else "结算"
    if name in scope.book.parameters:
        return execution.parameter(name, execution.closing)
    row = target_row(execution, grain or name, keys) if grain else target_row(execution, name, keys)
    day = execution.own_day(row)
    check = scope.book.checks.get(name)
    if check is not None and check.kind != "筛查":
        return execution.truth(check.grades[0][1], check.grain, row, day)
    if name in scope.book.grains:
        return execution.in_grain(name, row)
    return _value_at(execution, name, row)


def _value_at(execution: Execution, name: str, row: Row) -> Value:
    return execution.value(name, row, execution.own_day(row))


def _read_given(node: object, base: Setting, scope: Scope, binder: Binder) -> None:
    if not isinstance(node, Mapping):
        return
    for key, value in node.entries:
        name = key.text
        if isinstance(value, Mapping):
            base.rows.setdefault(name, []).append(
                {n.text: read_value(scope, binder, n.text, v.text) for n, v in value.entries if isinstance(v, Scalar)}
            )
        elif isinstance(value, Scalar) and scope.is_grain(name) and ("|" in value.text or "\n" in value.text):
            table = read_pipe_table(value.text)
            rows = base.rows.setdefault(name, [])
            for _, cells in table.lines:
                rows.append({n: read_value(scope, binder, _plain(n), text) for n, text in cells.items()})
        elif isinstance(value, Scalar):
            _give(base, name, value.text, scope, binder)


def _rows(node: Mapping | Sequence) -> list[dict[str, str]]:
    """One mapping, or a list of them, as rows of text."""
    items = node.items if isinstance(node, Sequence) else (node,)
    found = []
    for item in items:
        if not isinstance(item, Mapping) or not all(isinstance(cell, Scalar) for _, cell in item.entries):
            raise TestProblem("一行写成 {名: 值, …}")
        found.append({name.text: cell.text for name, cell in item.entries if isinstance(cell, Scalar)})
    return found


def _give(base: Setting, name: str, text: str, scope: Scope, binder: Binder) -> None:
    if name.startswith("上期(") and name.endswith(")"):
        base.before[_plain(name)] = read_value(scope, binder, _plain(name), text)
    else:
        value = read_value(scope, binder, name, text)
        tables = scope.book.columns.get(name, [])
        if value is None and len(tables) == 1 and scope.book.tables[tables[0]].fields[name].has_default:
            value = scope.book.tables[tables[0]].fields[name].default
        base.values[name] = value


def _plain(name: str) -> str:
    return name[3:-1] if name.startswith("上期(") and name.endswith(")") else name


def _text(body: Mapping, key: str) -> str | None:
    node = body.get(key)
    return node.text if isinstance(node, Scalar) and node.text else None
