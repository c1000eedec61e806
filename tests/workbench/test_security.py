"""Nobody but the reader drives the workbench: what was tried against it, a test each (docs/workbench/security.md)."""

from __future__ import annotations

import base64
import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.workbench.served import REGION, ROOT, Served, Tab

SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
SCRIPT = f"/_nicegui/{version('nicegui')}/static/nicegui.js"
PAGE = f"/r/{REGION}/case"
EVERYTHING = (
    "/",
    PAGE,
    "/api/price",
    "/api",
    "/style/workbench.css",
    "/favicon.ico",
    "/_nicegui/3.18.0/static/nicegui.js",
)


def _cookie(served: Served) -> dict[str, str]:
    return {"Cookie": f"casemix-{served.base.rpartition(':')[2]}={served.token}"}


def _bearer(served: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.token}"}


@pytest.mark.parametrize("path", EVERYTHING)
def test_nothing_at_all_is_served_without_the_token(served: Served, path: str) -> None:
    assert served.asked(path)[0] == 401


@pytest.mark.parametrize("wrong", ["", "x", "令牌", "0" * 43, "Bearer "])
def test_a_wrong_token_opens_nothing_and_sets_no_cookie(served: Served, wrong: str) -> None:
    from urllib.parse import quote

    status, headers, body = served.asked(f"/enter?token={quote(wrong)}")
    assert (status, "set-cookie" in headers) == (401, False)
    assert served.token not in body.decode()
    assert served.asked("/", headers={"Authorization": f"Bearer {quote(wrong)}"})[0] == 401


def test_the_link_puts_the_token_into_a_cookie_that_no_script_and_no_other_site_has(served: Served) -> None:
    status, headers, body = served.asked(f"/enter?token={served.token}")
    assert status == 200
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"casemix-{served.base.rpartition(':')[2]}={served.token};")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert served.token not in body.decode()


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_link_leads_nowhere_else(served: Served, then: str) -> None:
    from urllib.parse import quote

    body = served.asked(f"/enter?token={served.token}&then={quote(then)}")[2].decode()
    assert "evil.example" not in body
    assert "javascript" not in body
    assert 'url=/"' in body


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "0.0.0.0:{port}", "[::1]:{port}"]
)
def test_a_name_that_is_not_ours_is_refused_even_with_the_token(served: Served, host: str) -> None:
    named = host.format(port=served.base.rpartition(":")[2])
    assert served.asked("/", headers={"Host": named, **_bearer(served)})[0] == 421
    assert served.asked(f"/enter?token={served.token}", headers={"Host": named})[0] == 421


def test_our_own_names_are_not(served: Served) -> None:
    port = served.base.rpartition(":")[2]
    assert served.asked("/style/workbench.css", headers={"Host": f"localhost:{port}", **_bearer(served)})[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "file://"]
)
def test_another_page_cannot_post_even_with_the_cookie(served: Served, origin: str) -> None:
    for path in ("/api/price", "/_nicegui/client/x/upload/1"):
        assert served.asked(path, b"{}", {"Origin": origin, **_cookie(served)})[0] == 403
        assert served.asked(path, b"{}", {"Origin": origin, **_bearer(served)})[0] == 403


def test_a_post_with_the_cookie_says_which_page_it_is_from(served: Served) -> None:
    assert served.asked("/api/price", b"{}", _cookie(served))[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_loads_nothing_from_here_and_may_only_lead_here(served: Served, site: str) -> None:
    asked = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", **_cookie(served)}
    assert served.asked("/style/workbench.css", headers=asked)[0] == 403
    assert served.asked("/", headers={**asked, "Sec-Fetch-Mode": "navigate"})[0] == 200


@pytest.mark.parametrize(
    ("origin", "cookie", "passes"),
    [("own", True, True), ("own", False, False), ("", True, False), ("https://evil.example", True, False)],
)
def test_a_web_socket_has_our_origin_and_the_token(served: Served, origin: str, cookie: bool, passes: bool) -> None:
    port = int(served.base.rpartition(":")[2])
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {SOCKET} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    lines += [f"Origin: {served.base if origin == 'own' else origin}"] if origin else []
    lines += [f"Cookie: {_cookie(served)['Cookie']}"] if cookie else []
    with socket.create_connection(("127.0.0.1", port), 20) as asked:
        asked.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert asked.recv(100).startswith(b"HTTP/1.1 101" if passes else b"HTTP/1.1 403")


def test_every_answer_says_what_a_page_may_do(served: Served) -> None:
    for path in ("/", "/nothing", "/style/workbench.css", "/api"):
        _, headers, _ = served.asked(path, headers=_bearer(served))
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        told = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert told["default-src"] == "'none'"
        assert "unsafe-inline" not in told["script-src"]
        assert "http:" not in headers["content-security-policy"].replace("http://127.0.0.1", "")
        assert told["frame-ancestors"] == told["base-uri"] == told["object-src"] == "'none'"
        assert "access-control-allow-origin" not in headers


def test_a_script_without_the_nonce_of_its_answer_does_not_run(tab: Tab) -> None:
    tab.page.evaluate("""() => { const s = document.createElement('div');
        s.innerHTML = '<img src=x onerror="window.reached = 1">'; document.body.append(s) }""")
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("window.reached") is None
    assert any("Content Security Policy" in text for text in tab.wrong)
    tab.wrong.clear()


def test_each_answer_has_a_nonce_of_its_own(served: Served) -> None:
    pages = [served.asked("/", headers=_bearer(served)) for _ in range(2)]
    found = [re.search(r"'nonce-([^']+)'", headers["content-security-policy"])[1] for _, headers, _ in pages]  # type: ignore[index]
    assert found[0] != found[1]
    assert f'nonce="{found[0]}"' in pages[0][2].decode()


def test_what_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    said = {"Origin": served.base, "Content-Length": str(9_000_000), **_cookie(served)}
    assert served.asked("/api/price", b"{}", said)[0] == 413


TRIES = """async ([base, socket, script]) => {
    const answer = asked => asked.then(found => found.status, () => 'no');
    const post = await answer(fetch(base + '/api/price', {method: 'POST', body: '{}', credentials: 'include'}));
    const page = await answer(fetch(base + '/', {credentials: 'include'}));
    const opened = await new Promise(done => {
        const made = new WebSocket(base.replace('http', 'ws') + socket);
        made.onopen = () => done('open'); made.onerror = () => done('no');
    });
    const loaded = await new Promise(done => {
        const made = Object.assign(document.createElement('script'), {src: base + script});
        made.onload = () => done('loaded'); made.onerror = () => done('no');
        document.head.append(made);
    });
    return [post, page, opened, loaded];
}"""


REFUSED = re.compile(r"blocked by CORS policy|net::ERR_FAILED$|^WebSocket connection to '\S+' failed|status of 40[0-9]")
"""What the browser tells of a request that it, or the workbench, refused."""


def test_what_does_not_say_how_large_it_is_is_counted_while_it_comes(served: Served) -> None:
    port = int(served.base.rpartition(":")[2])
    head = [
        "POST /api/check HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {served.token}",
        "Transfer-Encoding: chunked", "Connection: close",
    ]  # fmt: skip
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), 20) as asked:
        asked.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        with suppress(OSError):  # it may have closed by then
            for _ in range(9):
                asked.sendall(piece)
        assert asked.recv(100).startswith(b"HTTP/1.1 413")


def test_a_page_of_another_port_of_this_machine_gets_nothing(tab_of: Callable[..., Tab], served: Served) -> None:
    """A real browser, with the cookie: a page of another server posts, loads and opens a socket."""
    tab = tab_of(served)
    tab.enter()
    other = tab.page.context.new_page()
    other.route("http://127.0.0.1:1/", lambda route: route.fulfill(body="<html>", content_type="text/html"))
    other.goto("http://127.0.0.1:1/")
    tried = other.evaluate(TRIES, [served.base, SOCKET, SCRIPT])
    assert tried == ["no", "no", "no", "no"]
    other.close()
    assert tab.strange == []
    assert tab.wrong and [told for told in tab.wrong if not REFUSED.search(told)] == []
    tab.wrong.clear()


@pytest.mark.parametrize(
    "path",
    [
        "/r/../../../../etc/passwd/case", "/r/%2e%2e%2f%2e%2e%2fetc/case", "/r/%2Fetc/case", "/r/.%2Fyunxi-demo/case",
        "/style/..%2F..%2Fserver.py", "/style/%2e%2e/server.py", "/_nicegui/static/..%2f..%2fcore.py",
        "/r/yunxi-demo%00/case", "/r/~/case", "/r/yunxi-demo@2025-01-01/case",
    ],
)  # fmt: skip
def test_no_address_leads_out_of_the_folder(served: Served, path: str) -> None:
    status, _, body = served.asked(path, headers=_bearer(served))
    assert status == 404
    assert b"root:" not in body
    assert b"def " not in body


OUR_OWN = (
    """add_head_html(f'<link rel="stylesheet" href="/style/{sheet.name}">'""",  # names of files of the package
    """js_handler=f"() => setTimeout({_NAMED.replace('ID', str(upload.id))}, 50)\"""",  # the number of an element
)
"""Where something is put into HTML or JavaScript, and no reader, file or rulebook says what."""
SOURCES = sorted((ROOT / "engine" / "workbench").rglob("*.py"))
PLAIN_ONLY = (
    (r"\bui\.(html|markdown|restructured_text|mermaid|interactive_image|editor)\b", "shows text as HTML"),
    (r"add_(head|body)_html\(\s*f", "puts values into HTML"),
    (r"\bv-html\b|innerHTML|set_content\(", "shows text as HTML"),
    (r"js_handler=\s*f[\"']", "puts values into JavaScript"),
    (r"\beval\(|\bexec\(", "runs text"),
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_shows_text_as_html_or_runs_it(path: Path) -> None:
    text = path.read_text("utf-8")
    for known in OUR_OWN:
        text = text.replace(known, "")
    assert [(why, found) for pattern, why in PLAIN_ONLY for found in re.findall(pattern, text)] == []


def test_requests_are_not_logged(served: Served) -> None:
    served.asked("/?secret=S1234567", headers=_bearer(served))
    assert "S1234567" not in served.said()
    assert served.said().count(served.token) == 1
