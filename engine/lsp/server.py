"""``casemix lsp``: completion, hover, definition, references, rename, outline, folding, fixes, layout and problems.

Checks, renames and fixes are asked of one thread in turn, so that a session is never in two hands; what is asked while
somebody types is answered at once from the rules as they were last checked. Problems are told when typing has paused
for :data:`PAUSE` seconds.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from engine import __version__
from engine.assist.articles import cite_at, cited
from engine.assist.complete import complete
from engine.assist.examples import examples_of, run
from engine.assist.find import Found, definitions, found_in, name_at, name_in_rows
from engine.assist.fixes import fixes
from engine.assist.fixes import mended as all_mended
from engine.assist.hover import hover
from engine.assist.mentioned import Mention
from engine.assist.outline import folds, made_in, outline
from engine.assist.quiet import quiet
from engine.assist.rename import NotRenamed, refuse_to_rename, rename
from engine.assist.uses import Use
from engine.formatting.lay_out import laid_out
from engine.formatting.remarks import NotLaidOut
from engine.lsp import shapes
from engine.lsp.examples import Examples, titles
from engine.lsp.hints import Hints
from engine.lsp.names import Names
from engine.lsp.regions import Regions, region_of
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.problems import Problem
from engine.rulebook.source import read_text
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
        self.examples = Examples(self.ask, self._refresh_lenses)
        self.hints = Hints(self.ask, self._tell)

    def _refresh_lenses(self) -> None:
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
            for changed in {*before, *found, *((path,) if region == folder else ())}:  # also that it has none
                self._tell(changed)
        if not any(one.is_error for found in self.told.get(folder, {}).values() for one in found):
            self.hints.look_soon(folder, partial(self.regions.understood, path))
            self.examples.run_soon(folder, partial(self.regions.understood, path))

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
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told))


server = Server()


@server.feature(types.INITIALIZE)
def initialized(ls: Server, params: types.InitializeParams) -> None:
    """``{"hints": false}``: nothing that lint says is told."""
    asked = params.initialization_options
    ls.hints.wanted = not isinstance(asked, dict) or asked.get("hints") is not False


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def did_change_settings(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    settings = params.settings.get("casemix") if isinstance(params.settings, dict) else None
    wanted = not isinstance(settings, dict) or settings.get("hints") is not False
    if wanted != ls.hints.wanted:
        ls.hints.switch(wanted)
        for folder in ls.told if wanted else ():
            ls.hints.look_soon(folder, partial(ls.regions.understood, folder / "region.yaml"))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, 0)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, PAUSE)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, 0)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    path = ls.path_of(params.text_document.uri)
    others = (one.source for one in ls.workspace.text_documents.values() if ls.path_of(one.uri) == path)
    text = next(others, None)  # open by another path still
    await ls.ask(lambda: ls.regions.write(path, text))
    ls.tell_soon(path, 0)  # what was not saved counts no more


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def did_change_on_disk(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Somebody else wrote, moved or deleted files: what is on the screen is told anew."""
    shown = next(iter(ls.told), None)
    if shown is not None:
        ls.tell_soon(shown / "region.yaml", PAUSE)


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "(", "{", ",", "、"]))
async def completions(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    offered = complete(book, path, document.source, offset, _today()) if book is not None else []
    return types.CompletionList(True, [shapes.completion(document, one, rank) for rank, one in enumerate(offered)])


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hovered(ls: Server, params: types.HoverParams) -> types.Hover | None:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    if book is None:
        return None
    reached = ls.examples.of(region_of(path), book)
    told = hover(book, path, document.source, offset, _today(), reached)
    if told is None:
        return None
    shown = types.MarkupContent(types.MarkupKind.PlainText, "\n".join(told.lines))
    return types.Hover(shown, shapes.range_of(document, told.start, told.end))


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def defined(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    cite, book = cite_at(document.source, offset), await ls.understood(path)
    if cite is None or book is None:
        return await _located(ls, params, lambda book, name: definitions(book, name))
    return [shapes.article(one, ls.uri_of(one.path)) for one in cited(book, cite.cite) if one.path is not None]


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def referred(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    return await _located(ls, params, lambda book, name: found_in(book, name))


async def _located(
    ls: Server, params: types.DefinitionParams | types.ReferenceParams, find: Callable[[Book, str], list[Found]]
) -> list[types.Location]:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    use = _name_at(book, path, document.source, offset) if book is not None else None
    if book is None or use is None:
        return []
    return [shapes.location(one, ls.document(ls.uri_of(one.path))) for one in find(book, use.name)]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def may_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    """The name at the cursor; why it cannot be changed is told before another is typed."""
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    use = _name_at(book, path, document.source, offset) if book is not None else None
    if book is None or use is None:
        return None
    try:
        refuse_to_rename(book, use.name)
    except NotRenamed as refused:
        raise _told(refused) from None
    return shapes.range_of(document, use.start, use.end)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def renamed(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    document = ls.document(params.text_document.uri)
    path, text = ls.path_of(document.uri), document.source
    offset = shapes.offset_of(document, params.position)

    def done() -> tuple[types.WorkspaceEdit, str, Sequence[Mention]] | None:
        session = ls.regions.session_of(path)
        use = _name_at(session.book, path, text, offset) if session is not None else None
        if session is None or use is None:
            return None
        changes: dict[str, list[types.TextEdit]] = {}
        made = rename(session, use.name, params.new_name, lambda folder: ls.regions.opened(folder, session))
        if made.encodings:  # an editor would take it for UTF-8 and spoil it
            where = "、".join(shown(file) for file in made.encodings)
            command = f"casemix rename {session.folder.name} {use.name} {params.new_name}"
            cure = f"先把它另存为 UTF-8（带 BOM）的 CSV，或用命令改：{command}"
            raise NotRenamed(f"{where} 也要改，它不是 UTF-8，编辑器会写坏它", cure)
        for file, places in made.edits.items():
            other = ls.document(ls.uri_of(file))
            ranges = (shapes.range_of(other, one.start, one.end) for one in places)
            changes[other.uri] = [types.TextEdit(one, params.new_name) for one in ranges]
        return types.WorkspaceEdit(changes=changes), use.name, made.left

    try:
        made = await ls.ask(done)
    except NotRenamed as refused:
        raise _told(refused) from None
    if made is None:
        return None
    edit, old, left = made
    ls.tell_left(old, left)
    return edit


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = ls.document(params.text_document.uri)
    return [shapes.symbol(document, item) for item in outline(document.source)]


@server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
def folded(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    document = ls.document(params.text_document.uri)
    return [types.FoldingRange(first - 1, last - 1) for first, last in folds(document.source)]


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
)
async def mended(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = ls.document(params.text_document.uri)
    path, text = ls.path_of(document.uri), document.source
    asked = [one for one in params.context.diagnostics if one.source == shapes.SOURCE]

    def again(changed: str) -> Sequence[Problem]:
        return ls.regions.problems_with(path, changed)

    def every(
        book: Book | None, problems: Sequence[Problem], least: int, kind: types.CodeActionKind
    ) -> list[types.CodeAction]:
        """One action for all that can mean nothing else, if ``least`` are made."""
        made = all_mended(book, problems[0].place.file, text, again) if problems else None
        enough = made is not None and sum(made.done.values()) >= least
        return [shapes.all_mended(document, made, kind)] if made is not None and enough else []

    def found() -> list[types.CodeAction]:
        session = ls.regions.session_of(path)
        if session is None:
            return []
        problems = ls.regions.problems(path).get(path, [])
        book = ls.regions.understood(path)
        if params.context.only is not None and types.CodeActionKind.QuickFix not in params.context.only:
            return every(book, problems, 1, types.CodeActionKind.SourceFixAll)
        actions = []
        repeated = False
        for problem in problems:
            told = shapes.diagnostic(document, problem)
            wanted = _among(asked, told)
            if wanted is not None:
                offered = fixes(book, problem, text, again)
                actions += [shapes.action(document, fix, wanted) for fix in offered]
                repeated = repeated or any(fix.certain for fix in offered)
        if repeated:
            actions += every(book, problems, 2, types.CodeActionKind.QuickFix)
        for finding in ls.hints.of(path, text):
            told = shapes.hint(document, finding)
            wanted = _among(asked, told)
            fix = quiet(text, finding) if wanted is not None else None
            if wanted is not None and fix is not None:
                actions.append(shapes.action(document, fix, wanted))
        return actions

    return await ls.ask(found)


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
async def lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Above each entry how many examples mention it; a click runs them."""
    document = ls.document(params.text_document.uri)
    path = ls.path_of(document.uri)
    book = await ls.understood(path)
    if book is None or _is_example(path):
        return []
    shown = titles(book, ls.examples.of(region_of(path), book))
    made = [(name, at) for name, at in made_in(document.source) if name in shown]
    return [shapes.lens(document, name, at, shown[name], RUN_EXAMPLES) for name, at in made]


@server.command(RUN_EXAMPLES)
async def examples_run(ls: Server, uri: str, name: str) -> list[str]:
    """A line for each example that mentions the name, and what differed."""
    path = ls.path_of(uri)

    def outcomes() -> list[str]:
        session = ls.regions.session_of(path)
        if session is None:
            return []
        done = run(session.book, examples_of(session.book, name))
        return [line for one in done for line in shapes.outcome(one)]

    return await ls.ask(outcomes)


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
def formatted(ls: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The file laid out; nothing of a file that cannot be read."""
    document = ls.document(params.text_document.uri)
    text = document.source
    problems: list[Problem] = []
    if read_text(text, "", problems) is None or problems:
        return []
    try:
        out = laid_out(text)
    except NotLaidOut as error:
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Warning, error.message))
        return []
    return [] if out == text else [types.TextEdit(shapes.range_of(document, 0, len(text)), out)]


def _name_at(book: Book, path: Path, text: str, offset: int) -> Use | None:
    if path.suffix.lower() == ".csv":
        return name_in_rows(book, path, text, offset)
    return name_at(text, offset, _is_example(path))


def _told(refused: NotRenamed) -> JsonRpcException:
    told = f"{refused.message}。{refused.hint}" if refused.hint else refused.message
    return JsonRpcException(told, types.LSPErrorCodes.RequestFailed.value)


def _among(asked: list[types.Diagnostic], told: types.Diagnostic) -> types.Diagnostic | None:
    """What an editor asks about, of what it was told."""
    return next((one for one in asked if (one.code, one.range.start) == (told.code, told.range.start)), None)


def _is_example(path: Path) -> bool:
    folder = region_of(path)
    return folder is not None and is_example(path, folder)


def _today() -> datetime.date:
    return datetime.date.today()
