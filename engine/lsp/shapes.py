"""From what :mod:`engine.assist` says to the shapes of the protocol."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from engine.assist import offered as completing
from engine.assist.articles import Article
from engine.assist.differing import Differs
from engine.assist.find import Found
from engine.assist.fixes import Edit, Fix, Mended
from engine.assist.lines import end_of, line_at, starts_of
from engine.assist.mentioned import Mention
from engine.assist.offered import Completion
from engine.assist.outline import CHAPTER, Item
from engine.lint.findings import Finding
from engine.lsp.pages import page_of
from engine.rulebook.layers import shown
from engine.rulebook.problems import Problem
from engine.testing.runner import Outcome

_KINDS = {
    completing.KEYWORD: types.CompletionItemKind.Keyword,
    completing.NAME: types.CompletionItemKind.Variable,
    completing.FUNCTION: types.CompletionItemKind.Function,
    completing.CLASS: types.CompletionItemKind.EnumMember,
    completing.UNIT: types.CompletionItemKind.Unit,
    completing.ARTICLE: types.CompletionItemKind.Reference,
    completing.DATE: types.CompletionItemKind.Value,
    completing.WORD: types.CompletionItemKind.Value,
    completing.FILE: types.CompletionItemKind.File,
}
_SYMBOLS = {
    CHAPTER: types.SymbolKind.Namespace,
    "表": types.SymbolKind.Struct,
    "粒度": types.SymbolKind.Key,
    "参数": types.SymbolKind.Constant,
    "规则": types.SymbolKind.Function,
    "检查": types.SymbolKind.Boolean,
    "报表": types.SymbolKind.Array,
    "程序": types.SymbolKind.Event,
}
_SEVERITIES = {
    "E": types.DiagnosticSeverity.Error,
    "W": types.DiagnosticSeverity.Warning,
    "I": types.DiagnosticSeverity.Information,
    "L": types.DiagnosticSeverity.Information,
}
_WORD = re.compile(r"[\w.%]+")
_QUOTED = re.compile(r"“([^”]*)”")
SOURCE = "casemix"
DIFFERS = "例子"
"""In the place of a code: what came out is not what an example says."""
_MARK = "\ufeff"


def path_of(uri: str) -> Path:
    """The file of an address; what is no file (``untitled:…``) stands at the root, where no region is."""
    path = to_fs_path(uri) if uri.startswith("file:") else ""
    return Path(path or f"/{uri.replace('/', ' ')}")


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def on_disk(document: TextDocument, path: Path) -> TextDocument:
    """A file that no editor has open, with its line ends and mark; one that is not there is empty."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        text = ""
    return TextDocument(document.uri, text, position_codec=document.position_codec)


def range_of(document: TextDocument, start: int, end: int) -> types.Range:
    """From offsets in the text to what the editor counts."""
    return types.Range(_position(document, start), _position(document, end))


def _position(document: TextDocument, offset: int) -> types.Position:
    text = document.source
    line = line_at(text, offset) - 1
    begun = starts_of(text)[line]
    if not line and text.startswith(_MARK):
        begun = min(len(_MARK), offset)  # editors do not count it
    units = document.position_codec.client_num_units(text[begun:offset])
    return types.Position(line, units)


def offset_of(document: TextDocument, position: types.Position) -> int:
    return document.offset_at_position(position)


def diagnostic(document: TextDocument, problem: Problem) -> types.Diagnostic:
    """A problem at the word at its place, or at its whole line."""
    text, starts = document.source, starts_of(document.source)
    number = max(problem.place.line - 1, 0)
    begun = starts[number] if number < len(starts) else len(text)
    line = text[begun : end_of(text, number + 1)].rstrip("\r")
    column = min(max(problem.place.column - 1, 0), len(line))
    if problem.place.file.lower().endswith(".csv"):
        column, end = _cell(line, problem.message, column)
    else:
        word = _WORD.match(line, column)
        end = word.end() if word is not None else len(line)
    hint = f"\n→ {problem.hint}" if problem.hint else ""
    return types.Diagnostic(
        range=range_of(document, begun + column, begun + max(end, column)),
        message=f"{problem.message}{hint}",
        severity=_SEVERITIES[problem.code[0]],
        code=problem.code,
        code_description=_page(problem.code),
        source=SOURCE,
    )


def _cell(line: str, message: str, column: int) -> tuple[int, int]:
    """Of a line of a CSV file the cell that the problem quotes, or all of it."""
    for said in _QUOTED.findall(message):
        at = line.find(said)
        if said and at >= 0 and line.count(said) == 1:
            return at, at + len(said)
    return column, len(line)


def differs(document: TextDocument, one: Differs) -> types.Diagnostic:
    """A value of an example that came out otherwise, told as problems are."""
    return types.Diagnostic(
        range=range_of(document, one.start, one.end),
        message=f"例子“{one.example}” {one.said}",
        severity=types.DiagnosticSeverity.Error,
        code=DIFFERS,
        source=SOURCE,
    )


def hint(document: TextDocument, finding: Finding) -> types.Diagnostic:
    """What lint says, told as problems are."""
    said = f"{finding.kind}：{finding.name}：{finding.message}"
    return diagnostic(document, Problem(finding.code, finding.place, said, finding.better))


def _page(code: str) -> types.CodeDescription | None:
    """Where the page tells of it, opened at that line."""
    page = page_of(code)
    return types.CodeDescription(f"{uri_of(page[0])}#L{page[1]}") if page is not None else None


def completion(document: TextDocument, one: Completion, rank: int) -> types.CompletionItem:
    return types.CompletionItem(
        label=one.label,
        kind=_KINDS[one.kind],
        detail=one.detail or None,
        label_details=types.CompletionItemLabelDetails(description=one.detail) if one.detail else None,
        documentation=one.meaning if one.meaning != one.detail else None,
        sort_text=f"{rank:04d}",
        filter_text=document.source[one.start : one.end] or one.label,  # searched by meaning too, not by letters only
        text_edit=types.TextEdit(range_of(document, one.start, one.end), one.insert),
    )


def location(found: Found, document: TextDocument) -> types.Location:
    return types.Location(document.uri, range_of(document, found.start, found.end))


def article(one: Article, uri: str) -> types.Location:
    """The first line of an article, in the file that has its text."""
    start = types.Position(max(one.line - 1, 0), 0)
    return types.Location(uri, types.Range(start, start))


def symbol(document: TextDocument, item: Item) -> types.DocumentSymbol:
    text = document.source
    begun, end = starts_of(text)[item.line - 1], end_of(text, item.last)
    return types.DocumentSymbol(
        name=item.name,
        detail=item.kind or None,
        kind=_SYMBOLS.get(item.kind, types.SymbolKind.Variable),
        range=range_of(document, begun, end),
        selection_range=range_of(document, begun, end_of(text, item.line)),
        children=[symbol(document, inner) for inner in item.below],
    )


def action(document: TextDocument, fix: Fix, asked: types.Diagnostic) -> types.CodeAction:
    edits: list[types.TextEdit] = [text_edit(document, edit) for edit in fix.edits]
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[asked],
        edit=types.WorkspaceEdit(changes={document.uri: edits}),
    )


def all_mended(document: TextDocument, made: Mended, kind: types.CodeActionKind) -> types.CodeAction:
    edits: list[types.TextEdit] = [text_edit(document, edit) for edit in made.edits]
    count = max(len(edits), sum(made.done.values()))  # an edit may mend several, a fix be of many places
    title = f"只有一种改法的错误都改好（{count} 处）"
    return types.CodeAction(title=title, kind=kind, edit=types.WorkspaceEdit(changes={document.uri: edits}))


def text_edit(document: TextDocument, edit: Edit) -> types.TextEdit:
    return types.TextEdit(range_of(document, edit.start, edit.end), edit.new)


def lens(document: TextDocument, name: str, at: int, title: str, command: str) -> types.CodeLens:
    """Above an entry: its examples, run by a click."""
    asked = types.Command(title, command, arguments=[document.uri, name])
    return types.CodeLens(range_of(document, at, at + len(name)), asked)


def mention(one: Mention) -> str:
    return f"{shown(one.path)}:{one.line} {one.where} {one.text[:80]}"


def outcome(one: Outcome) -> list[str]:
    if one.passed:
        return [f"✓ {one.name}（比较了 {one.compared} 个值）"]
    return [f"✗ {one.name} {one.place}", *(f"    {failure}" for failure in one.failures)]
