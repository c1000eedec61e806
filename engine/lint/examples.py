"""Examples that test nothing of their own: the same as another, or only of what is delivered."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.findings import TESTS_NOTHING, Finding, switched_off
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import shown
from engine.rulebook.model import Parameter
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.problems import Problem
from engine.rulebook.source import read
from engine.testing.pipe_table import read_pipe_table
from engine.testing.runner import test_files
from engine.testing.typed_text import TestProblem

_SAYS_NOTHING = ("说明", "不提示")


def examples_that_test_nothing(book: Book, snapshot: Snapshot) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for _, path in test_files(book):
        problems: list[Problem] = []
        root = read(path, shown(path), problems, book.files)
        for name, body in root.entries if root is not None and not problems else ():
            if not isinstance(body, Mapping):
                continue
            found = _amiss(name.text, body, snapshot, seen)
            if found and TESTS_NOTHING not in switched_off(body):
                yield Finding(TESTS_NOTHING, name.place, name.text, *found)


def _amiss(name: str, body: Mapping, snapshot: Snapshot, seen: dict[str, str]) -> tuple[str, str] | None:
    said = repr([(key.text, _plain(value)) for key, value in body.entries if key.text not in _SAYS_NOTHING])
    first = seen.setdefault(said, name)
    if first != name:
        return f"和例子 {first} 一样，多跑一遍不多检验什么", "删去一个，或改成另一种情形"
    wanted = _expected(body)
    if wanted and not any(_is_worked_out(one, snapshot) for one in wanted):
        return f"只比较 {'、'.join(sorted(wanted))}：是交来的数据本身，没有一条规则算它", "应得里写规则算出来的名字"
    if wanted and all(_is_one_figure(one, snapshot) for one in wanted):
        names = "、".join(sorted(wanted))
        return f"只比较 {names}：参数写着什么就是什么，等于把数抄了两遍", "应得里写用到它的规则算出来的名字"
    given = _given(body) - set(snapshot.columns)  # what is delivered and worked out too may come out otherwise
    if wanted and not any(_is_worked_out(one, snapshot) and one not in given for one in wanted):
        names = "、".join(sorted(wanted & given))
        return f"比较的 {names} 是例子自己给的：给了就不再算", "已知里不要给它，给算它要用的数"
    return None


def _is_worked_out(name: str, snapshot: Snapshot) -> bool:
    return name in snapshot.entries or name not in snapshot.columns


def _is_one_figure(name: str, snapshot: Snapshot) -> bool:
    """A parameter with one figure from one layer: which of several is in force may well be tested."""
    entry, stacked = snapshot.entries.get(name), snapshot.stacked.get(name)
    return isinstance(entry, Parameter) and len(entry.values) == 1 and stacked is not None and len(stacked.history) == 1


def _expected(body: Mapping) -> set[str]:
    """Names of which an outcome is compared; empty where that cannot be read."""
    wanted: set[str] = set()
    cases = body.get("分情形")
    try:
        if isinstance(cases, Scalar):
            wanted |= set(read_pipe_table(cases.text).expected)
        after = body.get("应得")
        for key, value in after.entries if isinstance(after, Mapping) else ():
            is_table = isinstance(value, Scalar) and "|" in value.text
            wanted |= set(read_pipe_table(value.text).given) if is_table and isinstance(value, Scalar) else {key.text}
    except TestProblem:
        return set()
    return wanted


def _given(body: Mapping) -> set[str]:
    """Names that an example gives one value: no rule works them out then."""
    before, cases = body.get("已知"), body.get("分情形")
    given = {key.text for key, _ in before.entries} if isinstance(before, Mapping) else set()
    try:
        return given | (set(read_pipe_table(cases.text).given) if isinstance(cases, Scalar) else set())
    except TestProblem:
        return given


def _plain(node: Yaml) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return [(key.text, _plain(value)) for key, value in node.entries]
    return [_plain(item) for item in node.items]
