"""From what :mod:`engine.assist` says to the shapes of the protocol."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from engine.assist import complete as completing
from engine.assist.complete import Completion
from engine.assist.find import Found
from engine.assist.fixes import Edit, Fix
from engine.assist.outline import CHAPTER, Item
from engine.assist.uses import Use
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
}
_WORD = re.compile(r"[\w.%]+")
SOURCE = "casemix"
_MARK = "\ufeff"


def path_of(uri: str) -> Path:
    """The file of an address. Raises ``ValueError`` for what is no file."""
    path = to_fs_path(uri)
    if not path:
        raise ValueError(uri)
    return Path(path)


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def on_disk(document: TextDocument, path: Path) -> TextDocument:
    """A file that no editor has open, with the line ends and the mark at its beginning that it has."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return document
    return TextDocument(document.uri, text, position_codec=document.position_codec)


def range_of(document: TextDocument, start: int, end: int) -> types.Range:
    """From offsets in the text to what the editor counts."""
    return types.Range(_position(document, start), _position(document, end))


def _position(document: TextDocument, offset: int) -> types.Position:
    text = document.source
    line = text.count("\n", 0, offset)
    begun = text.rfind("\n", 0, offset) + 1
    if not line and text.startswith(_MARK):
        begun = min(len(_MARK), offset)  # editors do not count it
    units = document.position_codec.client_num_units(text[begun:offset])
    return types.Position(line, units)


def offset_of(document: TextDocument, position: types.Position) -> int:
    return document.offset_at_position(position)


def diagnostic(document: TextDocument, problem: Problem) -> types.Diagnostic:
    """A problem at the word at its place, or at its whole line."""
    lines = document.source.split("\n")
    number = max(problem.place.line - 1, 0)
    line = lines[number].rstrip("\r") if number < len(lines) else ""
    column = min(max(problem.place.column - 1, 0), len(line))
    word = _WORD.match(line, column)
    begun = sum(len(one) + 1 for one in lines[:number])
    end = word.end() if word is not None else len(line)
    hint = f"\n→ {problem.hint}" if problem.hint else ""
    return types.Diagnostic(
        range=range_of(document, begun + column, begun + max(end, column)),
        message=f"{problem.message}{hint}",
        severity=_SEVERITIES[problem.code[0]],
        code=problem.code,
        source=SOURCE,
    )


def completion(document: TextDocument, one: Completion, rank: int) -> types.CompletionItem:
    return types.CompletionItem(
        label=one.label,
        kind=_KINDS[one.kind],
        detail=one.detail or None,
        documentation=one.meaning or None,
        sort_text=f"{rank:04d}",
        filter_text=document.source[one.start : one.end] or one.label,  # searched by meaning too, not by letters only
        text_edit=types.TextEdit(range_of(document, one.start, one.end), one.insert),
    )


def location(found: Found, document: TextDocument) -> types.Location:
    return types.Location(uri_of(found.path), range_of(document, found.start, found.end))


def symbol(document: TextDocument, item: Item) -> types.DocumentSymbol:
    lines = document.source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    begun, end = starts[item.line - 1], starts[item.last] - 1
    return types.DocumentSymbol(
        name=item.name,
        detail=item.kind or None,
        kind=_SYMBOLS.get(item.kind, types.SymbolKind.Variable),
        range=range_of(document, begun, end),
        selection_range=range_of(document, begun, begun + len(lines[item.line - 1])),
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


def text_edit(document: TextDocument, edit: Edit) -> types.TextEdit:
    return types.TextEdit(range_of(document, edit.start, edit.end), edit.new)


def lens(document: TextDocument, use: Use, count: int, command: str) -> types.CodeLens:
    """Above an entry: its examples, run by a click."""
    asked = types.Command(f"{count} 个例子，点这里运行", command, arguments=[document.uri, use.name])
    return types.CodeLens(range_of(document, use.start, use.end), asked)


def outcome(one: Outcome) -> list[str]:
    if one.passed:
        return [f"✓ {one.name}（比较了 {one.compared} 个值）"]
    return [f"✗ {one.name} {one.place}", *(f"    {failure}" for failure in one.failures)]
