"""不提示 is written beside what lint speaks of, however the entry is laid out; the text says it and lint is still."""

from __future__ import annotations

import pytest

from engine.assist.quiet import quiet
from engine.lint.findings import DEEP, LONG, Finding, switched_off
from engine.rulebook.problems import Place
from engine.rulebook.source import read_text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("甲: {公式: 乙}\n丙: 1\n", "甲: {公式: 乙, 不提示: 公式太长}\n丙: 1\n"),
        ("甲:\n  公式: 乙\n", "甲:\n  不提示: 公式太长\n  公式: 乙\n"),
        ("甲: {\n  公式: 乙,\n}\n", "甲: {不提示: 公式太长, \n  公式: 乙,\n}\n"),
        ("替换:\n  甲: {公式: 乙}\n", "替换:\n  甲: {公式: 乙, 不提示: 公式太长}\n"),
        ("甲: {不提示: 嵌套太深, 公式: 乙}\n", "甲: {不提示: [嵌套太深, 公式太长], 公式: 乙}\n"),
        ("甲:\n  不提示: [嵌套太深, 且或混写]\n", "甲:\n  不提示: [嵌套太深, 且或混写, 公式太长]\n"),
    ],
)
def test_the_kind_is_added_beside_the_entry(before: str, after: str) -> None:
    fix = quiet(before, Finding(LONG, Place("a.yaml", 1, 1), "甲", "", ""))
    assert fix is not None and fix.title == "这里不提示 公式太长：写上 不提示"
    text = fix.applied(before)
    assert text == after
    root = read_text(text, "a.yaml", problems := [])
    body = root.get("甲") or root.get("替换").get("甲")
    assert not problems and LONG in switched_off(body)
    assert (DEEP in switched_off(body)) == (DEEP in before)


@pytest.mark.parametrize("text", ["乙: {公式: 丙}\n", "甲: {公式: [\n", "甲: {不提示: [], 公式: 乙}\n", "甲: 1\n"])
def test_what_is_not_there_or_written_otherwise_is_left_to_the_writer(text: str) -> None:
    assert quiet(text, Finding(LONG, Place("a.yaml", 1, 1), "甲", "", "")) is None
