"""What changes a text: another name, fixes, the layout."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from engine.assist.fixes import fixes
from engine.assist.fixes import mended as all_mended
from engine.assist.mentioned import Mention
from engine.assist.quiet import quiet
from engine.assist.rename import NotRenamed, refuse_to_rename, rename
from engine.formatting.lay_out import laid_out
from engine.formatting.remarks import NotLaidOut
from engine.lsp import shapes
from engine.lsp.features import Features
from engine.lsp.places import named_at
from engine.lsp.serving import Server
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.problems import Problem
from engine.rulebook.source import read_text

features = Features()


@features(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def may_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    """The name at the cursor; why it cannot be changed is told before another is typed."""
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    use = named_at(book, path, document.source, offset) if book is not None else None
    if book is None or use is None:
        return None
    try:
        refuse_to_rename(book, use.name)
    except NotRenamed as refused:
        raise _told(refused) from None
    return shapes.range_of(document, use.start, use.end)


@features(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def renamed(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    document = ls.document(params.text_document.uri)
    path, text = ls.path_of(document.uri), document.source
    offset = shapes.offset_of(document, params.position)

    def done() -> tuple[types.WorkspaceEdit, str, Sequence[Mention]] | None:
        session = ls.regions.session_of(path)
        use = named_at(session.book, path, text, offset) if session is not None else None
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


@features(
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
        for one in ls.differing(path):
            told = shapes.differs(document, one)
            wanted = _among(asked, told)
            if wanted is not None:
                actions += [shapes.action(document, fix, wanted) for fix in one.fixes]
        return actions

    return await ls.ask(found)


@features(types.TEXT_DOCUMENT_FORMATTING)
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


def _told(refused: NotRenamed) -> JsonRpcException:
    told = f"{refused.message}。{refused.hint}" if refused.hint else refused.message
    return JsonRpcException(told, types.LSPErrorCodes.RequestFailed.value)


def _among(asked: list[types.Diagnostic], told: types.Diagnostic) -> types.Diagnostic | None:
    """What an editor asks about, of what it was told."""
    return next((one for one in asked if (one.code, one.range.start) == (told.code, told.range.start)), None)
