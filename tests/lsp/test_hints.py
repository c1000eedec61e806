"""What lint says is told in the editor, too: with its page, with a way to switch it off, and not beside errors."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("pygls")
from lsprotocol import types as lsp

from tests.lsp.test_server import RULES, Editor, city, edited  # noqa: F401  the fixture

pytestmark = pytest.mark.slow
MIXED = RULES + ("重点: {粒度: 病例, 公式: 费用 > 定额 且 奖励 > 定额 或 费用 = 定额 且 奖励 = 定额, 备查: 是}\n")


async def hints(editor: Editor) -> list[lsp.Diagnostic]:
    """What is told next that has a hint; without one within some seconds: nothing."""
    async with asyncio.timeout(30):
        while True:
            found = await editor.told.get()
            if any(str(one.code).startswith("L") for one in found):
                return found


def test_a_hint_has_its_code_its_page_and_a_light_bulb(city: Path) -> None:  # noqa: F811
    async def story(editor: Editor) -> None:
        editor.type(MIXED)
        (told,) = await hints(editor)
        assert (told.code, told.severity) == ("L103", lsp.DiagnosticSeverity.Information)
        assert told.message.startswith("且或混写：重点：") and "\n→ " in told.message
        assert told.range.start.line == editor.at("重点").line
        page, line = told.code_description.href.split("#L")
        told_there = Path(page.removeprefix("file://")).read_text("utf-8").splitlines()[int(line) - 1]
        assert told_there == "## L103 且或混写"

        context = lsp.CodeActionContext([told])
        (quiet,) = await editor.client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document, told.range, context)
        )
        (edit,) = quiet.edit.changes[editor.uri]
        assert edit.new_text == ", 不提示: 且或混写"
        editor.type(MIXED.replace("备查: 是}", "备查: 是, 不提示: 且或混写}"))
        assert await editor.problems() == []  # its line is another: it goes at once
        await asyncio.sleep(2)
        assert editor.told.empty() or await editor.problems() == []

    edited(city, story)


def test_a_hint_stays_while_something_else_is_typed_and_moves_with_its_line(city: Path) -> None:  # noqa: F811
    async def story(editor: Editor) -> None:
        editor.type(MIXED)
        await hints(editor)
        editor.type(MIXED + "多: {粒度: 病例, 公式: 没有的}\n")
        assert {one.code for one in await editor.problems()} == {"L103", "E303"}
        editor.type("# 说\n" + MIXED)
        (told,) = await hints(editor)
        assert told.range.start.line == editor.at("重点").line

    edited(city, story)


def test_hints_are_switched_off_and_on(city: Path) -> None:  # noqa: F811
    async def story(editor: Editor) -> None:
        def switch(on: bool) -> None:
            settings = {"casemix": {"hints": on}}
            editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings))

        editor.type(MIXED)
        await hints(editor)
        switch(False)
        assert await editor.problems() == []
        editor.type("# 说\n" + MIXED)
        assert await editor.problems() == []
        await asyncio.sleep(2)
        assert editor.told.empty()
        switch(True)
        assert [one.code for one in await hints(editor)] == ["L103"]

    edited(city, story)
