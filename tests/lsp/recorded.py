"""``python -m tests.lsp.recorded [--out docs/editor-session.md]``: a session with the language server, written down.

A real client of the protocol opens the long files of a region with ``casemix lsp`` (a process of its own) and does what
a person does; each request stands with its answer, shortened, and its time: by the clock, and of the server's CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path as lsp_path

ROOT = Path(__file__).parents[2]
REGION = "regions/jiyuan"
LONG, MIDDLE = "第六章 结算清算.yaml", "第四章 病组支付.yaml"
EXAMPLES = "tests/第十九条.yaml"
TIMES = 5
"""How often an edit is made; the best and the middle one are told."""


@dataclass
class Line:
    """``asked`` and ``answered`` in words; ``wall``, ``cpu``: seconds of each time it was done."""

    asked: str
    answered: str
    wall: list[float]
    cpu: list[float]


@dataclass
class Recording:
    folder: Path
    client: LanguageClient
    lines: list[Line] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    version: int = 1
    told: dict[str, list[lsp.Diagnostic]] = field(default_factory=dict)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    logged: list[str] = field(default_factory=list)
    refreshed: asyncio.Event = field(default_factory=asyncio.Event)

    def uri(self, file: str) -> str:
        return (self.folder / REGION / file).as_uri()

    def document(self, file: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(file))

    def at(self, file: str, words: str) -> lsp.Position:
        """Where ``‸`` stands in ``words``."""
        text = self.texts[file]
        offset = text.index(words.replace("‸", "")) + words.index("‸")
        return lsp.Position(text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1)

    def cpu(self) -> float:
        server = self.client._server
        assert server is not None
        fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def done(self, asked: str, work: Callable[[], Awaitable[str]], times: int = 1) -> None:
        wall, cpu, answered = [], [], ""
        for _ in range(times):
            before, begun = self.cpu(), time.monotonic()
            answered = await asyncio.wait_for(work(), 60)
            wall.append(time.monotonic() - begun)
            cpu.append(self.cpu() - before)
        self.lines.append(Line(asked, answered, wall, cpu))
        print(asked, "→", answered, [round(one, 3) for one in wall], [round(one, 2) for one in cpu], flush=True)

    async def open(self, file: str) -> str:
        self.texts[file] = (self.folder / REGION / file).read_text("utf-8")
        self.heard.clear()
        item = lsp.TextDocumentItem(self.uri(file), "yaml", 1, self.texts[file])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await self.heard.wait()
        return self.problems(file)

    async def change(self, file: str, text: str) -> str:
        self.version += 1
        self.texts[file] = text
        self.heard.clear()
        about = lsp.VersionedTextDocumentIdentifier(self.version, self.uri(file))
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(about, [whole]))
        await self.heard.wait()
        return self.problems(file)

    def problems(self, file: str) -> str:
        found = self.told.get(self.uri(file), [])
        if not found:
            return "没有问题"
        first = found[0]
        return f"{len(found)} 个：{first.range.start.line + 1} 行 {first.code} {first.message.splitlines()[0]}"


def shortened(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


async def story(rec: Recording) -> None:
    client = rec.client
    for file in (LONG, MIDDLE):
        await rec.done(f"`didOpen` 打开“{file}”（{{lines:{file}}} 行）", lambda file=file: rec.open(file))

    where = lambda file, words: lsp.TextDocumentPositionParams(rec.document(file), rec.at(file, words))  # noqa: E731

    async def completed() -> str:
        given = where(MIDDLE, "均值(病例‸费用, 自 付费病例)")
        found = await client.text_document_completion_async(lsp.CompletionParams(given.text_document, given.position))
        return f"{len(found.items)} 个：{'、'.join(one.label for one in found.items[:5])} …"

    async def hovered() -> str:
        given = where(MIDDLE, "均值(病例‸费用, 自 付费病例)")
        told = await client.text_document_hover_async(lsp.HoverParams(given.text_document, given.position))
        return "；".join(told.contents.value.split("\n")[:3])

    async def defined() -> str:
        given = where(MIDDLE, "均值(病例‸费用, 自 付费病例)")
        found = await client.text_document_definition_async(lsp.DefinitionParams(given.text_document, given.position))
        return "、".join(f"{Path(lsp_path(one.uri)).name}:{one.range.start.line + 1}" for one in found)

    async def used() -> str:
        given = where(MIDDLE, "均值(病例‸费用, 自 付费病例)")
        asked = lsp.ReferenceParams(lsp.ReferenceContext(True), given.text_document, given.position)
        found = await client.text_document_references_async(asked)
        return f"{len({one.uri for one in found})} 个文件里 {len(found)} 处"

    async def outlined() -> str:
        found = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(rec.document(LONG)))
        return f"{len(found)} 章，{sum(len(one.children or ()) for one in found)} 条"

    async def lenses() -> str:
        found = await client.text_document_code_lens_async(lsp.CodeLensParams(rec.document(LONG)))
        return f"{len(found)} 条有例子，{sum('✓' in one.command.title for one in found)} 条的都符合"

    await rec.done("`completion` 补全：公式里的 病例‸费用", completed, TIMES)
    await rec.done("`hover` 说明：病例费用", hovered, TIMES)
    await rec.done("`definition` 定义：病例费用", defined, TIMES)
    await rec.done("`references` 引用：病例费用（第一次、以后）", used, TIMES)
    await rec.done(f"`documentSymbol` 大纲：“{LONG}”", outlined, TIMES)

    async def run_alone() -> str:
        if not rec.refreshed.is_set():
            await rec.refreshed.wait()
        return await lenses()

    await rec.done("`codeLens` 停笔两秒以后，例子自己跑完", run_alone)

    edits = [
        ("公式里的名字打错一个字", MIDDLE, "均值(病例费用, 自 付费病例)", "均值(病例费佣, 自 付费病例)"),
        ("公式里的数改一个", LONG, "", ""),
        ("全角冒号", MIDDLE, "首次裁剪下限:", "首次裁剪下限："),
        ("新写一条", LONG, "", "\n新写的: {粒度: 付费病例, 单位: 元, 公式: 病例费用, 依据: 办法 第三十条}\n"),
    ]
    for what, file, old, new in edits:
        if not old and not new:
            old = next(line for line in rec.texts[file].split("\n") if "公式:" in line and "×" in line)
            new = old.replace("×", "× 1 ×", 1)
        before = rec.texts[file]
        changed = before.replace(old, new, 1) if old else before + new
        walls: list[Line] = []
        for _ in range(TIMES):
            await asyncio.sleep(0.5)
            await rec.done(
                f"`didChange → publishDiagnostics` 改：{what}（“{file}”）",
                lambda file=file, changed=changed: rec.change(file, changed),
            )
            walls.append(rec.lines.pop())
            await rec.change(file, before)
        last = walls[-1]
        rec.lines.append(
            Line(
                last.asked, last.answered, [w for one in walls for w in one.wall], [c for one in walls for c in one.cpu]
            )
        )

    wrong = rec.texts[MIDDLE].replace("均值(病例费用, 自 付费病例)", "均值(病例费佣, 自 付费病例)", 1)
    right = rec.texts[MIDDLE]
    await rec.change(MIDDLE, wrong)

    async def mended() -> str:
        found = rec.told[rec.uri(MIDDLE)]
        asked = lsp.CodeActionParams(rec.document(MIDDLE), found[0].range, lsp.CodeActionContext(found[:1]))
        return "、".join(one.title for one in await client.text_document_code_action_async(asked))

    await rec.done("`codeAction` 小灯泡：打错的那个字", mended)
    await rec.change(MIDDLE, right)

    async def renamed(words: str, new: str) -> str:
        given = where(MIDDLE, words)
        rec.logged.clear()
        try:
            made = await client.text_document_rename_async(lsp.RenameParams(given.text_document, given.position, new))
        except JsonRpcException as refused:
            return f"不改：{refused}".replace(f"{rec.folder}/", "")
        count = sum(len(edits) for edits in made.changes.values())
        return f"{len(made.changes)} 个文件里 {count} 处；另有 {len(rec.logged)} 处说明、注释提到它，没有改"

    await rec.done("`rename` 改名：首次例数 → 首次的例数", lambda: renamed("首次‸例数: {粒度", "首次的例数"))
    await rec.done("`rename` 改名：沿用来的 病例费用 → 费用数", lambda: renamed("均值(病例‸费用, 自", "费用数"))

    async def ran() -> str:
        asked = lsp.ExecuteCommandParams("casemix.runExamples", [rec.uri(MIDDLE), "首次变异系数"])
        lines = await client.workspace_execute_command_async(asked)
        return f"{len(lines)} 行：{lines[0]}"

    await rec.done("`executeCommand` 运行提到 首次变异系数 的例子", ran)

    await rec.done(f"`didOpen` 打开例子“{EXAMPLES}”", lambda: rec.open(EXAMPLES))
    kept = rec.texts[EXAMPLES]
    row = next(line for line in kept.split("\n") if "||" in line and line.rstrip()[-1:].isdigit())

    async def differs() -> str:
        await rec.change(EXAMPLES, kept.replace(row, row.rstrip() + "9", 1))
        while not any(one.code == "例子" for one in rec.told[rec.uri(EXAMPLES)]):
            rec.heard.clear()
            await rec.heard.wait()
        return rec.problems(EXAMPLES)

    await rec.done("`didChange → publishDiagnostics` 应得改错一个：例子自己再跑，得到的不一样", differs)

    async def taken() -> str:
        (one,) = rec.told[rec.uri(EXAMPLES)]
        context = lsp.CodeActionContext([one], only=[lsp.CodeActionKind.QuickFix])
        asked = lsp.CodeActionParams(rec.document(EXAMPLES), one.range, context)
        return "、".join(one.title for one in await client.text_document_code_action_async(asked))

    await rec.done("`codeAction` 小灯泡：不一样的应得", taken)
    await rec.change(EXAMPLES, kept)
    await rec.change(MIDDLE, right.replace("公式: ", "公式： ").replace("粒度: ", "粒度： "))

    async def all_mended() -> str:
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(rec.texts[MIDDLE].count("\n"), 0))
        context = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
        asked = lsp.CodeActionParams(rec.document(MIDDLE), everything, context)
        return "、".join(one.title for one in await client.text_document_code_action_async(asked))

    await rec.done("`codeAction` 全部改好：冒号都打成全角的文件", all_mended)
    await rec.change(MIDDLE, right)

    async def laid_out() -> str:
        asked = lsp.DocumentFormattingParams(rec.document(LONG), lsp.FormattingOptions(2, True))
        found = await client.text_document_formatting_async(asked)
        return f"{len(found)} 处要改"

    await rec.done(f"`formatting` 排版：“{LONG}”", laid_out)


async def record(folder: Path) -> Recording:
    client = LanguageClient("recorded", "1")
    rec = Recording(folder, client)

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def told(params: lsp.PublishDiagnosticsParams) -> None:
        rec.told[params.uri] = list(params.diagnostics)
        rec.heard.set()

    @client.feature(lsp.WINDOW_LOG_MESSAGE)
    def logged(params: lsp.LogMessageParams) -> None:
        rec.logged.append(params.message)

    @client.feature(lsp.WINDOW_SHOW_MESSAGE)
    def shown(params: lsp.ShowMessageParams) -> None:
        pass

    @client.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)
    def refresh(params: Any) -> None:
        rec.refreshed.set()

    await client.start_io(sys.executable, "-m", "engine", "lsp")
    try:
        lenses = lsp.CodeLensWorkspaceClientCapabilities(refresh_support=True)
        can = lsp.ClientCapabilities(workspace=lsp.WorkspaceClientCapabilities(code_lens=lenses))
        await client.initialize_async(lsp.InitializeParams(capabilities=can, root_uri=folder.as_uri()))
        client.initialized(lsp.InitializedParams())
        await story(rec)
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()
    return rec


def page(rec: Recording, load: tuple[float, float]) -> str:
    middle = lambda times: sorted(times)[len(times) // 2]  # noqa: E731
    told = [
        "# 在编辑器里写规则：一次录下来的会话",
        "",
        f"`python -m tests.lsp.recorded` 写的：真的协议客户端，`casemix lsp` 是另一个进程。"
        f"打开 {REGION} 的两个长文件，像人一样做。",
        f"Python {platform.python_version()}，{os.cpu_count()} 个核，负载开始时 {load[0]:.1f}、结束时 {load[1]:.1f}"
        "：负载比核多的时候，“钟”比安静时长，“CPU”是服务进程自己的。",
        "“钟”从发出到收到；改文字的，含停笔等待 0.15 秒。做几次的，写最好的和居中的。CPU 的刻度是 0.01 秒。",
        "",
        "| 做什么 | 回答 | 钟（秒） | CPU（秒） |",
        "|---|---|---|---|",
    ]
    for line in rec.lines:
        asked = line.asked
        for file in (LONG, MIDDLE):
            asked = asked.replace(f"{{lines:{file}}}", str(rec.texts[file].count("\n")))
        wall, cpu = (
            f"{min(times):.3f}" + (f"，居中 {middle(times):.3f}" if len(times) > 1 else "")
            for times in (line.wall, line.cpu)
        )
        answered = shortened(line.answered).replace("|", "\\|")
        told.append(f"| {asked} | {answered} | {wall} | {cpu} |")
    return "\n".join(told) + "\n"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path, default=ROOT / "docs" / "editor-session.md")
    out = asked.parse_args().out
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="casemix-recorded-") as folder:
        for name in ("regions", "rules"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        rec = asyncio.run(record(Path(folder)))
    out.write_text(page(rec, (load, os.getloadavg()[0])), "utf-8")


if __name__ == "__main__":
    main()
