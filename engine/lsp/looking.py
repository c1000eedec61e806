"""What is answered while somebody looks and types: completion, hover, places of names, outline, examples."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from lsprotocol import types

from engine.assist.articles import cite_at, cited
from engine.assist.complete import complete
from engine.assist.examples import examples_of, run
from engine.assist.find import Found, definitions, found_in
from engine.assist.hover import hover
from engine.assist.outline import folds, made_in, outline
from engine.lsp import shapes
from engine.lsp.examples import titles
from engine.lsp.features import Features
from engine.lsp.places import is_example_file, named_at
from engine.lsp.serving import RUN_EXAMPLES, Server
from engine.rulebook.book import Book

features = Features()


@features(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "(", "{", ",", "、"]))
async def completions(ls: Server, params: types.CompletionParams) -> types.CompletionList:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    offered = complete(book, path, document.source, offset, _today()) if book is not None else []
    return types.CompletionList(True, [shapes.completion(document, one, rank) for rank, one in enumerate(offered)])


@features(types.TEXT_DOCUMENT_HOVER)
async def hovered(ls: Server, params: types.HoverParams) -> types.Hover | None:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    if book is None:
        return None
    told = hover(book, path, document.source, offset, _today(), ls.reached(path))
    if told is None:
        return None
    shown = types.MarkupContent(types.MarkupKind.PlainText, "\n".join(told.lines))
    return types.Hover(shown, shapes.range_of(document, told.start, told.end))


@features(types.TEXT_DOCUMENT_DEFINITION)
async def defined(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    cite, book = cite_at(document.source, offset), await ls.understood(path)
    if cite is None or book is None:
        return await _located(ls, params, lambda book, name: definitions(book, name))
    return [shapes.article(one, ls.uri_of(one.path)) for one in cited(book, cite.cite) if one.path is not None]


@features(types.TEXT_DOCUMENT_REFERENCES)
async def referred(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    return await _located(ls, params, lambda book, name: found_in(book, name))


async def _located(
    ls: Server, params: types.DefinitionParams | types.ReferenceParams, find: Callable[[Book, str], list[Found]]
) -> list[types.Location]:
    document = ls.document(params.text_document.uri)
    path, offset = ls.path_of(document.uri), shapes.offset_of(document, params.position)
    book = await ls.understood(path)
    use = named_at(book, path, document.source, offset) if book is not None else None
    if book is None or use is None:
        return []
    return [shapes.location(one, ls.document(ls.uri_of(one.path))) for one in find(book, use.name)]


@features(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = ls.document(params.text_document.uri)
    return [shapes.symbol(document, item) for item in outline(document.source)]


@features(types.TEXT_DOCUMENT_FOLDING_RANGE)
def folded(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    document = ls.document(params.text_document.uri)
    return [types.FoldingRange(first - 1, last - 1) for first, last in folds(document.source)]


@features(types.TEXT_DOCUMENT_CODE_LENS)
async def lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Above each entry how many examples mention it; a click runs them."""
    document = ls.document(params.text_document.uri)
    path = ls.path_of(document.uri)
    book = await ls.understood(path)
    if book is None or is_example_file(path):
        return []
    shown = titles(book, ls.reached(path))
    made = [(name, at) for name, at in made_in(document.source) if name in shown]
    return [shapes.lens(document, name, at, shown[name], RUN_EXAMPLES) for name, at in made]


@features.command(RUN_EXAMPLES)
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


def _today() -> datetime.date:
    return datetime.date.today()
