"""The server: its sessions on one thread, and what is told of them when typing has paused.

Checks, renames and fixes are asked of that thread in turn, so that a session is never in two hands; what is asked while
somebody types is answered at once from the rules as they were last checked. Problems are told when typing has paused
for :data:`PAUSE` seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from engine import __version__
from engine.assist.differing import Differs
from engine.assist.mentioned import Mention
from engine.assist.reached import Reached
from engine.lsp import shapes
from engine.lsp.examples import Examples
from engine.lsp.hints import Hints
from engine.lsp.names import Names
from engine.lsp.regions import Regions, region_of
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem
from engine.rulebook.unread_files import is_example

PAUSE = 0.15
RUN_EXAMPLES = "casemix.runExamples"
Answer = TypeVar("Answer")


class Server(LanguageServer):
    """``regions`` belong to the thread of ``ask`` alone; ``told``: what each of them has on the screen, by file."""

    def __init__(self) -> None:
        super().__init__("casemix", __version__)
        self.regions = Regions()
        self.names = Names()
        self.told: dict[Path, dict[Path, list[Problem]]] = {}
        self._thread = ThreadPoolExecutor(1, "rules")
        self._waiting: dict[Path, asyncio.Task[None]] = {}
        self.examples = Examples(self.ask, self._examples_ran)
        self.hints = Hints(self.ask, self._tell)

    def _examples_ran(self, files: set[Path]) -> None:
        for file in files:
            self._tell(file)
        about = self.client_capabilities.workspace
        if about is not None and about.code_lens is not None and about.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def path_of(self, uri: str) -> Path:
        return self.names.real(shapes.path_of(uri))

    def uri_of(self, path: Path) -> str:
        return shapes.uri_of(self.names.opened(path))

    async def ask(self, work: Callable[[], Answer]) -> Answer:
        """``work`` on the one thread that has the sessions."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def document(self, uri: str) -> TextDocument:
        """The text of an editor, or else of the disk as it is."""
        document = self.workspace.get_text_document(uri)
        if unquote(uri) in self.workspace.text_documents:
            return document
        return shapes.on_disk(document, self.path_of(uri))

    async def understood(self, path: Path) -> Book | None:
        """The rulebook as it was last checked, at once; what is being checked meanwhile does not hold up an answer."""
        book = self.regions.understood(path)
        if book is None:
            await self.ask(lambda: self.regions.problems(path))
            book = self.regions.understood(path)
        return book

    async def changed(self, uri: str, pause: float) -> None:
        """The text of a file is another: problems are told anew after a pause, the last change counts."""
        path = self.path_of(uri)
        text = self.document(uri).source
        await self.ask(lambda: self.regions.write(path, text))
        self.tell_soon(path, pause)

    def tell_soon(self, path: Path, pause: float) -> None:
        """Problems of the region of a file after a pause, and of others on the screen: they may stand on it."""
        folder = region_of(path) or path
        before = self._waiting.pop(folder, None)
        if before is not None:
            before.cancel()
        self.examples.stop(folder)
        self.hints.stop(folder)
        self._waiting[folder] = asyncio.create_task(self._tell_later(path, folder, pause))

    async def _tell_later(self, path: Path, folder: Path, pause: float) -> None:
        await asyncio.sleep(pause)
        others = {other: other / path.name for other in self.told if other != folder}
        for region, file in {folder: path, **others}.items():
            try:
                found = await self.ask(partial(self.regions.problems, file))
            except Exception as error:  # what is shown would be stale, and nobody would know
                told = f"{region.name} 没有查成，显示的问题可能是旧的：{type(error).__name__}"
                self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, told))
                continue
            before = self.told.get(region, {})
            self.told[region] = found
            known = self.examples.files(region)
            for changed in {*before, *found, *known, *((path,) if region == folder else ())}:  # also that it has none
                self._tell(changed)
        if not any(one.is_error for one in self._of_rules(folder)):
            self.hints.look_soon(folder, partial(self.regions.understood, path))
            self.examples.run_soon(folder, partial(self.regions.understood, path))

    def _of_rules(self, folder: Path) -> Iterator[Problem]:
        for file, found in self.told.get(folder, {}).items():
            if not is_example(file, folder):
                yield from found

    def reached(self, path: Path) -> Reached | None:
        """What the examples of the region of a file reached, if they ran on the rules as they are."""
        return self.examples.of(
            region_of(path), None if self.regions.is_behind(path) else self.regions.understood(path)
        )

    def differing(self, file: Path) -> list[Differs]:
        """What came out of examples of a file otherwise, if they ran on the rules as they are."""
        folder = region_of(file)
        return self.examples.differing(folder, file) if folder is not None and self.reached(file) is not None else []

    def tell_left(self, name: str, left: Sequence[Mention]) -> None:
        """Where texts for people go on mentioning a name that was changed."""
        for one in left:
            self.window_log_message(types.LogMessageParams(types.MessageType.Info, shapes.mention(one)))
        if left:
            first = shapes.mention(left[0])
            told = f"{len(left)} 处说明、注释里还写着 {name}，没有改（都列在“输出”的 Casemix 里）：{first}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, told))

    def _tell(self, file: Path) -> None:
        """All that the regions say of a file: they may stand on it together, and it be open by two paths."""
        problems = dict.fromkeys(problem for found in self.told.values() for problem in found.get(file, ()))
        opened = (one.uri for one in self.workspace.text_documents.values() if self.path_of(one.uri) == file)
        for uri in {unquote(uri): uri for uri in (*opened, self.uri_of(file))}.values():
            document = self.document(uri)
            told = [shapes.diagnostic(document, problem) for problem in problems]
            told += [shapes.hint(document, finding) for finding in self.hints.of(file, document.source)]
            told += [shapes.differs(document, one) for one in self.differing(file)]
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told))
