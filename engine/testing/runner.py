"""Run the tests of a region or module: what is given, what must come out, each difference as one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.data.values import OutOfRange
from engine.execute.reference.execution import Execution
from engine.language.functions import value_before
from engine.language.values import Unresolved, Value
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book
from engine.rulebook.checked_file import read_checked
from engine.rulebook.layers import shown, yaml_below
from engine.rulebook.problems import Place, Problem
from engine.rulebook.scope import Scope
from engine.rulebook.source import Mapping, Scalar
from engine.rulebook.unread_files import EXAMPLES
from engine.testing.bench import Setting, Watcher, bench, setting, target_row
from engine.testing.compared import Compared, Difference, differs, expects_unknown, lines, reason_wanted, same, unknown
from engine.testing.compared import shown as value_shown
from engine.testing.pipe_table import PipeTable, read_pipe_table
from engine.testing.rows_given import how_to_give, rows_in
from engine.testing.typed_text import (
    ABSENT_WORDS,
    OUTCOME,
    UNRESOLVED_WORD,
    TestProblem,
    no_rows,
    read_given,
    read_value,
)

CASES = "分情形"
Heard = Callable[[Compared, Execution, "dict[str, Value] | None"], None]
"""Hears of each value that is compared, on what it was worked out and at which keys its row is."""


@dataclass(frozen=True)
class Outcome:
    """One test: how many values were compared, and what differed or went wrong.

    ``at_digits`` says which values have no end and were compared at the decimals that were written. ``cells``: each
    value that was compared, with its place in the example.
    """

    name: str
    place: Place
    compared: int
    failures: tuple[str, ...]
    at_digits: tuple[str, ...] = ()
    cells: tuple[Compared, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass
class _Test:
    book: Book
    folder: Path
    name: str
    body: Mapping
    watcher: Watcher | None
    fractions: bool
    heard: Heard | None = None
    differences: list[Difference] = field(default_factory=list)
    at_digits: list[str] = field(default_factory=list)
    cells: list[Compared] = field(default_factory=list)


def test_files(book: Book) -> list[tuple[Path, Path]]:
    """(folder of the layer, file) of the tests of the region itself and of its notices, in the order of paths."""
    folders = [
        layer.folder for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents
    ]
    found = {path: folder for folder in folders for path in yaml_below(folder / EXAMPLES, book.files)}
    return [(found[path], path) for path in sorted(found)]


def run_tests(
    book: Book,
    watcher: Watcher | None = None,
    fractions: bool = False,
    wanted: Callable[[Path, str], bool] = lambda path, name: True,
    heard: Heard | None = None,
) -> Iterator[Outcome]:
    """Every test in turn. ``watcher`` hears what each touches (coverage), ``heard`` each value that is compared;
    ``fractions`` shows n/d for numbers without end; ``wanted``: whether a test, by its file and name, is to be run.
    """
    for folder, path in test_files(book):
        problems: list[Problem] = []
        doc = read_checked(path, shown(path), "test", problems, book.files)
        for problem in problems:
            yield Outcome(path.name, problem.place, 0, (f"{problem.code} {problem.message} {problem.hint}".strip(),))
        for name, body in doc.entries if doc is not None else ():
            if isinstance(body, Mapping) and wanted(path, name.text):
                yield _outcome(_Test(book, folder, name.text, body, watcher, fractions, heard), name.place)


def examples_of_files(book: Book) -> Iterator[tuple[Path, str, Mapping]]:
    """Every example of the region and its notices: its file, its name, what it says."""
    for _, path in test_files(book):
        doc = read_checked(path, shown(path), "test", [], book.files)
        for name, body in doc.entries if doc is not None else ():
            if isinstance(body, Mapping):
                yield path, name.text, body


def run_row(
    book: Book, path: Path, name: str, body: Mapping, given: dict[str, str], watcher: Watcher | None = None
) -> Outcome:
    """An example with one row in the place of those of its 分情形: what ``given`` (by column) comes to. Nothing is said
    to come out, so each value that does is told as a difference from 空.
    """
    cases = body.get(CASES)
    assert isinstance(cases, Scalar)
    table = read_pipe_table(cases.text)
    cells = [" | ".join(given[column] for column in table.given), " | ".join(ABSENT_WORDS[1] for _ in table.expected)]
    one_row = f"{' | '.join(table.given)} || {' | '.join(table.expected)}\n{' || '.join(cells)}\n"
    entries = [
        (key, replace(cases, text=one_row) if key.text == CASES else value)
        for key, value in body.entries if key.text != "应得"
    ]  # fmt: skip
    folder = next((folder for folder, file in test_files(book) if file == path), book.folder)
    return _outcome(_Test(book, folder, name, replace(body, entries=tuple(entries)), watcher, False), body.place)


def _outcome(test: _Test, place: Place) -> Outcome:
    stopped = []
    try:
        _run(test)
    except TestProblem as problem:
        stopped.append(str(problem))
    except Unresolved as error:
        stopped.append(f"无法确定：{error}")
    failures = [*lines(test.differences), *stopped]
    if not failures and not test.cells:
        failures.append("这个例子什么也没有比较：写 应得，或 分情形 里 || 后面的列")
    return Outcome(test.name, place, len(test.cells), tuple(failures), tuple(test.at_digits), tuple(test.cells))


def _run(test: _Test) -> None:
    base = setting(test.book, _text(test.body, "程序"), _text(test.body, "期间"), _text(test.body, "归期"))
    scope = Scope(test.book.at(base.day), base.program, base.period.kind)
    binder = Binder(scope)
    _read_given(test, test.body.get("已知"), base, scope, binder)
    cases = test.body.get(CASES)
    if isinstance(cases, Scalar):
        table = read_pipe_table(cases.text)
        if not table.expected:
            raise TestProblem(_no_bars(table))
        for number, cells in table.lines:
            one = Setting(base.program, base.period, base.day, dict(base.values), dict(base.rows), dict(base.before))
            try:
                for name in table.given:
                    _give(one, name, cells[name], scope, binder)
            except TestProblem as problem:
                of_a_cell = str(problem).startswith(tuple(f"{name}：" for name in table.given))
                raise TestProblem(f"小表第 {number} 行 {problem}" if of_a_cell else str(problem)) from None
            execution = _execution(test, one, list(table.expected))
            for name in table.expected:
                _is_worked_out(name, base.values.get(name), "已知")
                _compare(test, execution, name, cells[name], None, number)
    expected = test.body.get("应得")
    if isinstance(expected, Mapping):
        _expected(test, base, expected, scope, binder)


def _no_bars(table: PipeTable) -> str:
    *given, last = table.given
    better = f"{' | '.join(given)} || {last}" if given else f"|| {last}"
    return (
        f"分情形 的小表要用 || 把给定的列和应得的列分开，表头和每一行都写；例如应得的只有最后一列，表头写成：{better}"
    )


def _expected(test: _Test, base: Setting, expected: Mapping, scope: Scope, binder: Binder) -> None:
    tables: list[tuple[str, PipeTable]] = []
    singles: list[tuple[str, str]] = []
    for key, value in expected.entries:
        table = rows_in(value, f"应得 的 {key.text}", test.folder, test.book.files)
        if table is not None:
            if not scope.is_grain(key.text):
                raise no_rows(scope.book, key.text)
            if any(tuple(row) != table.given for _, row in table.lines):
                raise TestProblem(f"应得 的 {key.text} 各行要写同样的列")
            tables.append((key.text, table))
        elif isinstance(value, Scalar):
            singles.append((key.text, value.text))
    targets = [name for name, _ in singles] + [n for _, t in tables for n in t.given if n not in scope.book.dimensions]
    execution = _execution(test, base, targets)
    for name, text in singles:
        _is_worked_out(name, base.values.get(name), "已知")
        _compare(test, execution, name, text, None)
    for grain, table in tables:
        keys = scope.keys(grain)
        for number, cells in table.lines:
            at = {key: read_value(scope, binder, key, cells[key]) for key in keys if key in cells}
            if set(at) != set(keys):
                raise TestProblem(f"应得 的 {grain} 要有键 {'、'.join(keys)}")
            given = next((row for row in base.rows.get(grain, ()) if all(row.get(key) == at[key] for key in keys)), {})
            for name in table.given:
                if name not in keys:
                    own = name not in scope.book.dimensions
                    _is_worked_out(name, given.get(name) if own else None, f"已知 的 {grain}")
                    _compare(test, execution, name, cells[name], at, number, grain)


def _execution(test: _Test, given: Setting, targets: list[str]) -> Execution:
    return bench(test.book, given, [t for t in targets if t != OUTCOME], test.watcher)


def _compare(
    test: _Test, execution: Execution, name: str, text: str, keys: dict[str, Value] | None, row: int = 0,
    grain: str = "",
) -> None:  # fmt: skip
    """``row``: the number of its row from 1, of small tables and of rows of ``grain``."""
    where = (f"{grain} " if grain else "") + (f"第 {row} 行 " if row else "")
    found: Value | str | Unresolved
    try:
        found = _find(execution, name, keys, grain)
    except Unresolved as error:
        found = error
    right = _judged(test, execution, name, text, found, where)
    got, why = (UNRESOLVED_WORD, str(found)) if isinstance(found, Unresolved) else (value_shown(found, text), "")
    one = Compared(grain, row, name, text, got, right, why)
    test.cells.append(one)
    if test.heard is not None:
        test.heard(one, execution, keys)


def _judged(
    test: _Test, execution: Execution, name: str, text: str, found: Value | str | Unresolved, where: str
) -> bool:
    """Whether what was found is what was written; what is not is noted."""
    if isinstance(found, Unresolved):
        if expects_unknown(text) and reason_wanted(text) in str(found):
            return True
        hint = how_to_give(found, execution.now, test.book)
        test.differences.append(unknown(where, name, text, found, hint))
        return False
    if expects_unknown(text):
        test.differences.append(differs(where, name, text, found, test.fractions))
        return False
    scope, binder = execution.scope(execution.closing), execution.days.binder(execution.closing)
    wanted = text if name == OUTCOME else None if text in ABSENT_WORDS else read_value(scope, binder, name, text)
    rule = scope.book.rules.get(name)
    right, at_digits = same(found, wanted, text, rule is None or rule.rounding is not None)
    if not right:
        test.differences.append(differs(where, name, text, found, test.fractions))
    elif at_digits:
        test.at_digits.append(f"{where}{name}：写 {text}，算得 {value_shown(found, text, test.fractions)}")
    return right


def _is_worked_out(name: str, given: Value | OutOfRange, where: str) -> None:
    """Refuses to compare a value with itself; one given as empty may have a default."""
    if given is not None:
        raise TestProblem(f"应得 的 {name} 就是 {where} 里给的，没有算：从 {where} 里删去 {name}，或删去这一项应得")


def _find(execution: Execution, name: str, keys: dict[str, Value] | None, grain: str) -> Value:
    scope = execution.scope(execution.closing)
    if name == OUTCOME:
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
    return execution.value(name, row, day)


def _read_given(test: _Test, node: object, base: Setting, scope: Scope, binder: Binder) -> None:
    if not isinstance(node, Mapping):
        return
    for key, value in node.entries:
        name = key.text
        as_rows = scope.is_grain(name) or not isinstance(value, Scalar)
        table = rows_in(value, name, test.folder, test.book.files) if as_rows else None
        if table is not None:
            if not scope.is_grain(name):
                raise no_rows(scope.book, name)
            rows = base.rows.setdefault(name, [])
            for number, cells in table.lines:
                rows.append(_row(name, number, cells, scope, binder))
        elif isinstance(value, Scalar):
            _give(base, name, value.text, scope, binder)


def _row(grain: str, number: int, cells: dict[str, str], scope: Scope, binder: Binder) -> dict[str, Value | OutOfRange]:
    try:
        return {name: read_given(scope, binder, _plain(name), text, grain) for name, text in cells.items()}
    except TestProblem as problem:
        raise TestProblem(f"已知 的 {grain} 第 {number} 行 {problem}") from None


def _give(base: Setting, name: str, text: str, scope: Scope, binder: Binder) -> None:
    into = base.values if value_before(name) is None else base.before
    into[_plain(name)] = read_given(scope, binder, _plain(name), text)


def _plain(name: str) -> str:
    return value_before(name) or name


def _text(body: Mapping, key: str) -> str | None:
    node = body.get(key)
    return node.text if isinstance(node, Scalar) and node.text else None
