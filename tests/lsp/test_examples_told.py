"""Files of examples in the editor: how they are written is told at once, what came out otherwise when they ran."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("pygls")
from lsprotocol import types as lsp

from tests.lsp.test_server import EXAMPLE, RULES, Editor, edited

pytestmark = pytest.mark.slow
FILE = "tests/例.yaml"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    place = tmp_path / "市"
    (place / "tests").mkdir(parents=True)
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    (place / FILE).write_text(EXAMPLE, "utf-8")
    return place


async def told(editor: Editor, code: str) -> list[lsp.Diagnostic]:
    """What is told next that has one of this code."""
    async with asyncio.timeout(30):
        while True:
            found = await editor.told.get()
            if any(one.code == code for one in found):
                return found


async def bulbs(editor: Editor, asked: lsp.Diagnostic) -> list[lsp.CodeAction]:
    context = lsp.CodeActionContext([asked], only=[lsp.CodeActionKind.QuickFix])
    params = lsp.CodeActionParams(editor.document, asked.range, context)
    return await editor.client.text_document_code_action_async(params)


def test_an_example_that_came_out_otherwise_is_marked_at_its_value_until_it_is_right(city: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.type(EXAMPLE.replace("奖励: 500", "奖励: 499"))
        (one,) = await told(editor, "例子")
        assert one.message == "例子“例” 奖励：应得 499，得到 500"
        assert one.range == lsp.Range(editor.at("499"), editor.at("499", 3))
        (fix,) = await bulbs(editor, one)
        (edit,) = fix.edit.changes[editor.uri]
        assert (fix.title, edit.range, edit.new_text) == ("应得改成得到的 500", one.range, "500")
        editor.type(EXAMPLE)
        assert await editor.problems() == []  # at once: it is not known any more
        await asyncio.sleep(3)
        assert all(editor.told.get_nowait() == [] for _ in range(editor.told.qsize()))

    edited(city, story, FILE)


def test_rows_of_a_small_table_are_marked_each_and_taken_over_together(city: Path) -> None:
    async def story(editor: Editor) -> None:
        rows = "    费用 || 奖励\n    900  || 1\n    100  || 100\n    200  || 2\n"
        editor.type(f"几例:\n  程序: 结算\n  期间: 2025-01\n  分情形: |\n{rows}")
        first, second = await told(editor, "例子")
        assert [one.message for one in (first, second)] == [
            "例子“几例” 奖励：应得 1，得到 500",
            "例子“几例” 奖励：应得 2，得到 200",
        ]
        assert first.range == lsp.Range(lsp.Position(5, 12), lsp.Position(5, 13))  # the figure, not its cell
        assert second.range.start == lsp.Position(7, 12)
        alone, together = await bulbs(editor, second)
        assert (alone.title, together.title) == ("应得改成得到的 200", "例子“几例”的 2 个应得都改成得到的")
        assert len(together.edit.changes[editor.uri]) == 2

    edited(city, story, FILE)


def test_an_example_that_cannot_run_is_told_at_its_name(city: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.type(EXAMPLE.replace("费用: 900", "费佣: 900"))
        (one,) = await told(editor, "例子")
        assert one.range == lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
        assert "费佣" in one.message
        assert not await bulbs(editor, one)

    edited(city, story, FILE)


def test_what_is_ill_written_in_a_file_of_examples_is_told_and_mended(city: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.type(EXAMPLE.replace("例: {", "例：{"))
        (one, *_) = await told(editor, "E106")
        (fix, *_) = await bulbs(editor, one)
        (edit,) = fix.edit.changes[editor.uri]
        assert edit.new_text == "例: "
        editor.type(EXAMPLE + "二: {程序: 结算, 期间: 2025-01, 已给: {费用: 1}, 应得: {奖励: 1}}\n")
        found = await told(editor, "E120")
        assert [one.range.start.line for one in found] == [1]

    edited(city, story, FILE)


def test_an_example_is_marked_when_a_rule_changes(city: Path) -> None:
    async def story(editor: Editor) -> None:
        rules = Editor(editor.client, city / "规则.yaml")
        rules.open()
        rules.type(RULES.replace("500", "400"))
        (one,) = await told(editor, "例子")
        assert one.message == "例子“例” 奖励：应得 500，得到 400"

    edited(city, story, FILE)
