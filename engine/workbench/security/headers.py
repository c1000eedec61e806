"""What every answer says to the browser: what a page may load and run, and that it is nobody else's."""

from __future__ import annotations

import re
import secrets

_SCRIPT = re.compile(rb"<script(?=[\s>])")


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def with_nonce(page: bytes, nonce: str) -> bytes:
    """The page with its own inline scripts marked as ours.

    NiceGUI writes data into a page with every ``<`` escaped, so a ``<script`` that stands there is one of its own.
    """
    return _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', page)


def policy(port: int, nonce: str) -> str:
    """The Content-Security-Policy: everything from here, nothing inline that has no nonce.

    ``unsafe-eval``: Vue compiles the templates of NiceGUI's components in the browser, and NiceGUI sends handlers as
    text. Inline *styles* are how Quasar, AG Grid and ECharts place things.
    """
    sockets = f"ws://127.0.0.1:{port} ws://localhost:{port}"
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)


def set_headers(given: list[tuple[bytes, bytes]], port: int, nonce: str) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with ours in the place of whatever said the same."""
    ours = [*ALWAYS, (b"content-security-policy", policy(port, nonce).encode())]
    replaced = {name for name, _ in ours} | {b"access-control-allow-origin", b"access-control-allow-credentials"}
    kept = [(name, value) for name, value in given if name.lower() not in replaced]
    if not any(name.lower() == b"cache-control" for name, _ in kept):
        kept.append((b"cache-control", b"no-store"))
    return kept + ours
