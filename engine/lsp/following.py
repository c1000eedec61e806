"""What an editor says of its files: opened, changed, saved, closed, and of its settings."""

from __future__ import annotations

from functools import partial

from lsprotocol import types

from engine.lsp.features import Features
from engine.lsp.serving import PAUSE, Server

features = Features()


@features(types.INITIALIZE)
def initialized(ls: Server, params: types.InitializeParams) -> None:
    """``{"hints": false}``: nothing that lint says is told."""
    asked = params.initialization_options
    ls.hints.wanted = not isinstance(asked, dict) or asked.get("hints") is not False


@features(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def did_change_settings(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    settings = params.settings.get("casemix") if isinstance(params.settings, dict) else None
    wanted = not isinstance(settings, dict) or settings.get("hints") is not False
    if wanted != ls.hints.wanted:
        ls.hints.switch(wanted)
        for folder in ls.told if wanted else ():
            ls.hints.look_soon(folder, partial(ls.regions.understood, folder / "region.yaml"))


@features(types.TEXT_DOCUMENT_DID_OPEN)
async def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, 0)


@features(types.TEXT_DOCUMENT_DID_CHANGE)
async def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, PAUSE)


@features(types.TEXT_DOCUMENT_DID_SAVE)
async def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, 0)


@features(types.TEXT_DOCUMENT_DID_CLOSE)
async def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    path = ls.path_of(params.text_document.uri)
    others = (one.source for one in ls.workspace.text_documents.values() if ls.path_of(one.uri) == path)
    text = next(others, None)  # open by another path still
    await ls.ask(lambda: ls.regions.write(path, text))
    ls.tell_soon(path, 0)  # what was not saved counts no more


@features(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def did_change_on_disk(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Somebody else wrote, moved or deleted files: what is on the screen is told anew."""
    shown = next(iter(ls.told), None)
    if shown is not None:
        ls.tell_soon(shown / "region.yaml", PAUSE)
