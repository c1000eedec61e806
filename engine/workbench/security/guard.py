"""The guard before everything: pages, files, web sockets and the HTTP interface are reached through it only."""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, quote

from engine.workbench.security.headers import new_nonce, set_headers, with_nonce
from engine.workbench.security.who import Door, Refused

LOG = logging.getLogger("casemix.workbench")
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY = 8_000_000
"""Bytes that a request may bring; what is uploaded goes to :data:`UPLOADS` and may bring :data:`UPLOAD`."""
UPLOADS = "/_nicegui/client/"
UPLOAD = 1_000_000_000
DROPPED = (b"x-forwarded-prefix", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")
"""Nobody stands between this server and its reader."""


class TooMuch(Exception):
    """A request went on after its limit."""


class Guard:
    def __init__(self, app: App, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() not in DROPPED]
        if scope["type"] == "http" and scope["path"] == "/enter" and scope["method"] == "GET":
            await self._enter(scope, send)
            return
        refused = self.door.refusal(scope["type"], scope.get("method", "GET"), scope["headers"])
        if scope["type"] == "websocket":
            if refused is None:
                await self.app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        limit = UPLOAD if scope["path"].startswith(UPLOADS) else BODY
        if refused is None and _length(scope) > limit:
            refused = Refused(413, f"一次最多发送 {limit // 1_000_000} MB")
        if refused is not None:
            await self._refuse(scope, send, refused)
            return
        await self._pass(scope, receive, send, limit)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        answer = _Answer(send, self.door.port)
        left = limit

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                answer.closed = True
                raise TooMuch
            return message

        try:
            await self.app(scope, counted, answer)
        except Exception as error:  # of an answer that was begun too: the reader is not told twice
            if not answer.closed:
                raise
            if not isinstance(error, TooMuch):  # what the application made of it
                LOG.info("a request went on after its limit: %s", type(error).__name__)
        if answer.closed and not answer.begun:
            await self._refuse(scope, send, Refused(413, f"一次最多发送 {limit // 1_000_000} MB"))

    async def _enter(self, scope: Scope, send: Send) -> None:
        """The printed link: the token goes from the address into a cookie, and the page that follows has it no more.

        The page goes on by itself instead of by a redirect: a cookie that is Strict would stay behind on a redirect
        that began on somebody else's page (a link in a mail).
        """
        said = {"host": [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]}
        query = parse_qs(scope["query_string"].decode("latin-1"))
        refused = self.door.strange_host(said)
        if refused is None and not self.door.is_token(query.get("token", [None])[0]):
            refused = Refused(401, "链接里的令牌不对，或者是上一次启动的", "用 casemix workbench 最近一次打印的链接")
        if refused is not None:
            await self._refuse(scope, send, refused)
            return
        then = own_path(query.get("then", ["/"])[0])
        body = _page(
            "Casemix 工作台",
            f'<p><a href="{then}">打开工作台</a></p>',
            f'<meta http-equiv="refresh" content="0; url={then}">',
        )
        cookie = f"{self.door.cookie}={self.door.token}; HttpOnly; SameSite=Strict; Path=/"
        await self._answer(send, 200, b"text/html; charset=utf-8", body, [(b"set-cookie", cookie.encode())])

    async def _refuse(self, scope: Scope, send: Send, refused: Refused) -> None:
        if scope["path"].startswith("/api/") or scope["method"] not in ("GET", "HEAD"):
            told = {"error": {"message": refused.message, "hint": refused.hint}}
            body = json.dumps(told, ensure_ascii=False).encode()
            await self._answer(send, refused.status, b"application/json", body)
            return
        again = ""
        if refused.lost:
            path = own_path(
                scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
            )
            again = f'<p>刚才已经打开过工作台的，<a href="{path}">再试一次</a>。</p>'
        text = f"<p>{html.escape(refused.message)}</p><p>{html.escape(refused.hint)}</p>{again}"
        await self._answer(send, refused.status, b"text/html; charset=utf-8", _page("不能打开", text))

    async def _answer(
        self, send: Send, status: int, kind: bytes, body: bytes, more: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *(more or [])]
        headers = set_headers(headers, self.door.port, "")
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Answer:
    """What the workbench answers: with our headers, a page with a nonce at its scripts. ``closed``: nothing more."""

    def __init__(self, send: Send, port: int) -> None:
        self.send, self.port = send, port
        self.begun = False
        self.closed = False
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if self.closed and not self.begun:
            return  # whatever is said of a request that went on too long: the guard says it
        if message["type"] == "http.response.start":
            page = any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"])
            if page:
                self._start = message
            else:
                await self._begin(message, "")
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._whole_page()
        else:
            await self.send(message)

    async def _whole_page(self) -> None:
        assert self._start is not None
        nonce = new_nonce()
        body = with_nonce(self._body, nonce)
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        self._start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
        start, self._start = self._start, None
        await self._begin(start, nonce)
        await self.send({"type": "http.response.body", "body": body})

    async def _begin(self, message: Message, nonce: str) -> None:
        self.begun = True
        message["headers"] = set_headers(list(message.get("headers", [])), self.port, nonce)
        await self.send(message)


def own_path(path: str) -> str:
    """An address of the workbench itself, whatever was said; ready to stand in HTML."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(sign) < 32 for sign in path):
        return "/"
    return html.escape(quote(path, safe="/?=&%:@!$()*+,;~.-_"))


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _page(title: str, text: str, head: str = "") -> bytes:
    style = (
        "body{font:16px/1.6 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em;color-scheme:light dark}"
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"<style>{style}</style></head><body><h1>{title}</h1>{text}</body></html>"
    ).encode()
