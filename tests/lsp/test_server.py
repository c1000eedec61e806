"""The language server asked through the protocol by a real client: one server for the file, one city."""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("pygls")
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path as lsp_path

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.locate import Located

pytestmark = pytest.mark.slow
RULES = """\
依据: 办法 第一条
病例:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}, 类型: {类型: [门诊, 住院]}}
定额: {单位: 元, 取值: {2025-01-01: 500}, 说明: 每例最多}
奖励: {粒度: 病例, 单位: 元, 公式: "较小(费用, 定额)"}
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
"""
EXAMPLE = "例: {程序: 结算, 期间: 2025-01, 已知: {费用: 900}, 应得: {奖励: 500}}\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    place = tmp_path_factory.mktemp("lsp") / "市"
    (place / "tests").mkdir(parents=True)
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    (place / "tests" / "例.yaml").write_text(EXAMPLE, "utf-8")
    return place


class Editor:
    """An editor with one file open; it waits for what the server tells of it."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client, self.path, self.uri, self.version = client, path, path.as_uri(), 1
        self.told: asyncio.Queue[list[lsp.Diagnostic]] = asyncio.Queue()
        self.text = path.read_text("utf-8")

    def open(self) -> None:
        item = lsp.TextDocumentItem(self.uri, "yaml", self.version, self.text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, text: str) -> None:
        self.text, self.version = text, self.version + 1
        about = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = [lsp.TextDocumentContentChangeWholeDocument(text)]
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(about, change))

    async def problems(self) -> list[lsp.Diagnostic]:
        return await asyncio.wait_for(self.told.get(), 30)

    async def above(self, name: str, title: str) -> bool:
        """Whether it comes to stand above an entry: examples run by themselves when typing has paused."""
        for _ in range(200):
            found = await self.client.text_document_code_lens_async(lsp.CodeLensParams(self.document))
            if title in {one.command.title for one in found if one.command.arguments[1] == name}:
                return True
            await asyncio.sleep(0.1)
        return False

    async def hovered(self, words: str, said: str) -> bool:
        told = await self.client.text_document_hover_async(lsp.HoverParams(self.document, self.at(words)))
        return said in told.contents.value

    @property
    def document(self) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri)

    def at(self, words: str, shift: int = 0) -> lsp.Position:
        offset = self.text.index(words) + shift
        line = self.text.count("\n", 0, offset)
        return lsp.Position(line, offset - self.text.rfind("\n", 0, offset) - 1)


def edited(city: Path, work, file: str = "规则.yaml") -> None:
    """``work`` with an editor on the rules of the city, or on another file of it."""

    async def session() -> None:
        client = LanguageClient("editor", "1")
        editor = Editor(client, city / file)

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            if params.uri == editor.uri:
                editor.told.put_nowait(list(params.diagnostics))

        await client.start_io(sys.executable, "-m", "engine", "lsp")
        try:
            await client.initialize_async(
                lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=city.as_uri())
            )
            editor.open()
            assert await editor.problems() == []  # a file without problems says so
            await work(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    with ThreadPoolExecutor(1) as thread:  # a browser that is tested in this process has a loop in its own
        thread.submit(asyncio.run, session()).result()


def test_what_a_person_does_in_an_editor(city):
    async def story(editor: Editor) -> None:
        client = editor.client

        # a name is mistyped: told where it stands, with the cure, and mended
        editor.type(RULES.replace("(费用, 定额)", "(费用, 定颔)"))
        (wrong,) = await editor.problems()
        assert (wrong.code, wrong.source, wrong.severity) == ("E303", "casemix", lsp.DiagnosticSeverity.Error)
        assert "→ 是不是 定额？" in wrong.message
        assert wrong.range == lsp.Range(editor.at("定颔)"), editor.at("定颔)", 2))
        context = lsp.CodeActionContext([wrong])
        (mend,) = await client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document, wrong.range, context)
        )
        (edit,) = mend.edit.changes[editor.uri]
        assert (mend.title, edit.new_text, edit.range) == ("改成 定额", "定额", wrong.range)
        editor.type(RULES)
        assert await editor.problems() == []

        # many marks in full width: each by itself, or all at once, also when an editor asks for it on saving
        wide = RULES + "甲：{单位：元，取值：{2025/1/1：1}}\n乙：{单位：元，取值：{2025/1/1：2}}\n"
        editor.type(wide)
        told = await editor.problems()
        context = lsp.CodeActionContext(told[:1])
        offered = await client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document, told[0].range, context)
        )
        assert offered[-1].title == "只有一种改法的错误都改好（5 处）"
        saving = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
        (every,) = await client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document, told[0].range, saving)
        )
        assert (every.kind, every.edit) == (lsp.CodeActionKind.SourceFixAll, offered[-1].edit)
        (edit,) = every.edit.changes[editor.uri]
        assert edit.new_text == "甲: {单位: 元, 取值: {2025-01-01: 1}}\n乙: {单位: 元, 取值: {2025-01-01: 2}}\n"
        editor.type(RULES)
        assert await editor.problems() == []

        # what is no file, or not there, has nothing to tell
        for uri in ("untitled:Untitled-1", (city / "没有.yaml").as_uri()):
            nowhere = lsp.TextDocumentIdentifier(uri)
            assert await client.text_document_hover_async(lsp.HoverParams(nowhere, lsp.Position(0, 0))) is None
            assert await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(nowhere)) == []

        # a name is completed, also by what it means
        editor.type(RULES + "上限: {粒度: 病例, 公式: 每例}\n")
        where = lsp.CompletionParams(editor.document, editor.at("每例}", 2))
        offered = await client.text_document_completion_async(where)
        assert [(item.label, item.label_details.description) for item in offered.items] == [("定额", "参数 元 = 500")]
        assert offered.items[0].text_edit.range == lsp.Range(editor.at("每例}"), editor.at("每例}", 2))
        editor.type(RULES)

        # what is it, where is it
        told = await client.text_document_hover_async(lsp.HoverParams(editor.document, editor.at("定额)", 1)))
        assert told.contents.value.startswith("定额：参数 元\n每例最多\n现在的数：500")
        (made,) = await client.text_document_definition_async(
            lsp.DefinitionParams(editor.document, editor.at("定额)", 1))
        )
        assert (made.uri, made.range.start.line) == (editor.uri, 5)
        asked = lsp.ReferenceParams(lsp.ReferenceContext(True), editor.document, editor.at("奖励:"))
        used = await client.text_document_references_async(asked)
        assert [Path(one.uri).name for one in used].count((city / "tests" / "例.yaml").as_uri().rsplit("/", 1)[1]) == 1

        # a name is changed everywhere; one that stands already is refused with the reason
        renamed = await client.text_document_rename_async(lsp.RenameParams(editor.document, editor.at("奖励:"), "补助"))
        assert {Path(uri).parent.name for uri in renamed.changes} == {city.as_uri().rsplit("/", 1)[1], "tests"}
        with pytest.raises(JsonRpcException, match="定额 已经是一个名字"):
            await client.text_document_rename_async(lsp.RenameParams(editor.document, editor.at("奖励:"), "定额"))

        # outline, folding, layout
        names = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(editor.document))
        assert [one.name for one in names] == ["依据", "病例", "定额", "奖励", "奖励表", "结算"]
        folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(editor.document))
        assert [(one.start_line, one.end_line) for one in folds] == [(1, 4)]
        lens = await client.text_document_code_lens_async(lsp.CodeLensParams(editor.document))
        counts = {one.command.arguments[1]: one.command.title for one in lens}
        assert counts["奖励"] == "1 个例子，点这里运行" and "定额" not in counts
        asked = lsp.ExecuteCommandParams("casemix.runExamples", [editor.uri, "奖励"])
        assert await client.workspace_execute_command_async(asked) == ["✓ 例（比较了 1 个值）"]
        assert await editor.above("奖励", "✓ 1 个例子都符合") and await editor.hovered("奖励:", "1 个比较它算出的值")
        editor.type(RULES.replace("单位: 元, 取值: {2025-01-01: 500}", "单位: 元, 取值: {2025-01-01: 400}"))
        assert await editor.above("奖励", "✗ 1 个例子里 1 个不符：例")
        editor.type(RULES.replace("单位: 元, 取值", "单位:   元,取值"))
        (laid,) = await client.text_document_formatting_async(
            lsp.DocumentFormattingParams(editor.document, lsp.FormattingOptions(2, True))
        )
        assert laid.new_text == RULES

    edited(city, story)


def test_problems_are_those_of_the_check_of_the_saved_files(city, tmp_path):
    texts = [
        RULES.replace("公式:", "公是:"), RULES.replace("定额:", "定额"), RULES.replace("[奖励]", "[奖励, 没有的]"),
        RULES.replace("单位: 元, 公式", "单位: 点, 公式"), RULES + "空的: {}\n", "依据: {\n", RULES,
    ]  # fmt: skip

    def saved(text: str) -> list[tuple[str, str, int]]:
        place = tmp_path / "saved"
        (place / "tests").mkdir(parents=True, exist_ok=True)
        for name in ("region.yaml", "tests/例.yaml"):
            (place / name).write_text((city / name).read_text("utf-8"), "utf-8")
        (place / "规则.yaml").write_text(text, "utf-8")
        found = check_book(load(Located(place, None)))
        return sorted((one.code, one.message, one.place.line) for one in found if one.place.file.endswith("规则.yaml"))

    async def story(editor: Editor) -> None:
        for text in texts:
            editor.type(text)
            found = await editor.problems()
            shown = sorted((one.code, one.message.split("\n→ ")[0], one.range.start.line + 1) for one in found)
            wanted = [(code, message, max(line, 1)) for code, message, line in saved(text)]
            assert [one[:2] for one in shown] == [one[:2] for one in wanted]
            assert [one[2] for one in shown] == [one[2] for one in wanted]

    edited(city, story)


def test_a_quick_hand_is_told_once(city):
    async def story(editor: Editor) -> None:
        for number in range(20):
            editor.type(RULES + f"甲{number}: " + "{公式: 乙}\n")
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        found = await editor.problems()
        assert {one.code for one in found} and time.monotonic() - begun < 20
        assert editor.told.empty()

    edited(city, story)


def test_names_of_a_file_are_offered_while_it_is_no_yaml(city):
    async def story(editor: Editor) -> None:
        assert await editor.above("奖励", "✓ 1 个例子都符合")
        editor.type(RULES + "上限: {粒度: 病例, 公式: 定")
        assert {one.code for one in await editor.problems()} >= {"I101"}
        asked = lsp.CompletionParams(editor.document, editor.at("公式: 定", 5))
        offered = await editor.client.text_document_completion_async(asked)
        assert [item.label for item in offered.items][0] == "定额"
        told = lsp.HoverParams(editor.document, editor.at("定额:"))
        assert (await editor.client.text_document_hover_async(told)).contents.value.startswith("定额：参数 元")
        assert await editor.above("奖励", "1 个例子，点这里运行")  # what they come to now is not known

    edited(city, story)


def test_what_was_not_saved_counts_no_more_when_it_is_closed_and_the_disk_is_seen(city):
    async def story(editor: Editor) -> None:
        editor.type(RULES.replace("(费用, 定额)", "(费用, 定颔)"))
        assert [one.code for one in await editor.problems()] == ["E303"]
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(editor.document))
        assert await editor.problems() == []
        other = city / "另.yaml"
        try:
            for text, said in (("奖励: {粒度: 病例, 公式: 费用}\n", ["E205"]), (None, [])):
                other.unlink() if text is None else other.write_text(text, "utf-8")
                event = lsp.FileEvent(other.as_uri(), lsp.FileChangeType.Changed)
                editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
                assert [one.code for one in await editor.problems()] == said
        finally:
            other.unlink(missing_ok=True)

    edited(city, story)


def test_places_in_files_that_nobody_opened_are_those_of_the_file(city):
    """Line ends of Windows, and the mark at the beginning that Excel writes."""
    (city / "级.csv").write_bytes("\ufeff级,奖金\r\n甲,1\r\n".encode())
    rules = (
        "依据: 办法 第二条",
        "级别: {主键: 级, 字段: {级: 文本, 奖金: 元}, 行: 级.csv}",
        "多: {粒度: 级别, 公式: 奖金}",
    )
    text = "\r\n".join(rules)
    (city / "级.yaml").write_bytes(text.encode())

    async def story(editor: Editor) -> None:
        editor.type(RULES + "再多: {粒度: 级别, 公式: 奖金}\n")
        at = editor.at("奖金}")
        renamed = await editor.client.text_document_rename_async(lsp.RenameParams(editor.document, at, "奖额"))
        places = {
            (Path(lsp_path(uri)).name, one.range.start.line, one.range.start.character)
            for uri, edits in renamed.changes.items() for one in edits
        }  # fmt: skip
        third = "多: {粒度: 级别, 公式: "
        assert places == {
            ("级.csv", 0, 2), ("级.yaml", 1, rules[1].index("奖金")), ("级.yaml", 2, len(third)),
            ("规则.yaml", at.line, at.character),
        }  # fmt: skip

    try:
        edited(city, story)
    finally:
        (city / "级.csv").unlink()
        (city / "级.yaml").unlink()


def test_a_folder_that_was_opened_by_a_link_is_told_of_by_that_link(city):
    link = city.parent / "链"
    link.symlink_to(city, target_is_directory=True)

    async def story(editor: Editor) -> None:
        editor.type(RULES.replace("(费用, 定额)", "(费用, 定颔)"))
        assert [one.code for one in await editor.problems()] == ["E303"]
        editor.type(RULES)
        assert await editor.problems() == []
        at = lsp.RenameParams(editor.document, editor.at("奖励:"), "补助")
        renamed = await editor.client.text_document_rename_async(at)
        assert {Path(lsp_path(uri)) for uri in renamed.changes} == {link / "规则.yaml", link / "tests" / "例.yaml"}

    edited(link, story)


def test_an_editor_is_told_why_it_cannot_change_a_file_in_another_encoding(city):
    (city / "级.csv").write_bytes("级,奖金\n甲,1\n".encode("gb18030"))
    (city / "级.yaml").write_text(
        "依据: 办法 第二条\n级别: {主键: 级, 字段: {级: 文本, 奖金: 元}, 行: 级.csv}\n", "utf-8"
    )

    async def story(editor: Editor) -> None:
        editor.type(RULES + "再多: {粒度: 级别, 公式: 奖金}\n")
        with pytest.raises(
            JsonRpcException, match="级.csv 也要改，它不是 UTF-8，编辑器会写坏它。.*casemix rename 市 奖金"
        ):
            at = lsp.RenameParams(editor.document, editor.at("奖金}"), "奖额")
            await editor.client.text_document_rename_async(at)

    try:
        edited(city, story)
    finally:
        (city / "级.csv").unlink()
        (city / "级.yaml").unlink()


def test_a_csv_file_is_looked_at_while_it_is_typed_and_the_wrong_cell_is_marked(city):
    rows = city / "级.csv"
    rows.write_text("级,等\n一,甲\n", "utf-8")
    (city / "级.yaml").write_text(
        "依据: 办法 第二条\n级别: {主键: 级, 字段: {级: 文本, 等: {类型: [甲, 乙]}}, 行: 级.csv}\n", "utf-8"
    )

    async def story(editor: Editor) -> None:
        editor.type(RULES + "多: {粒度: 级别, 单位: 倍, 按: 等, 分情形: {甲: 1, 乙: 2}, 备查: 是}\n")
        assert await editor.problems() == []
        editor.path, editor.uri, editor.version = rows, rows.as_uri(), 1
        editor.text = rows.read_text("utf-8")
        editor.open()
        editor.type("级,等\n一,甲\n二,丙\n")
        found: list[lsp.Diagnostic] = []
        while not found:
            found = await editor.problems()
        assert [one.code for one in found] == ["E314"]
        assert found[0].range == lsp.Range(editor.at("丙"), editor.at("丙", 1))
        renamed = await editor.client.text_document_rename_async(
            lsp.RenameParams(editor.document, editor.at("等", 1), "档次")
        )
        assert {Path(lsp_path(uri)).name for uri in renamed.changes} == {"级.csv", "级.yaml", "规则.yaml"}
        offered = await editor.client.text_document_completion_async(
            lsp.CompletionParams(editor.document, lsp.Position(0, 0))
        )
        assert [one.label for one in offered.items] == ["级"]  # what stands there; 等 it has

    try:
        edited(city, story)
    finally:
        rows.unlink()
        (city / "级.yaml").unlink()
