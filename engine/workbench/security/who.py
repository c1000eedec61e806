"""Whether a request may pass: its Host, its Origin, and the token that the link of this start carried."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

Headers = Iterable[tuple[bytes, bytes]]
NOT_CHANGING = ("GET", "HEAD")
ELSEWHERE = ("cross-site", "same-site")
"""Said by a browser of a request that another page made; another port of this machine is same-site."""


@dataclass(frozen=True)
class Refused:
    """Why a request does not pass. ``lost``: only the token is missing, which following the printed link mends."""

    status: int
    message: str
    hint: str = ""
    lost: bool = False


@dataclass
class Door:
    """``port``: where the workbench listens; nobody else's name for it is taken. ``token``: of this start."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def cookie(self) -> str:
        """Cookies of one host are shared by all its ports: each workbench has a name of its own."""
        return f"casemix-{self.port}"

    def link(self, path: str = "/") -> str:
        """What is printed and opened."""
        then = "" if path == "/" else f"&then={path}"
        return f"http://{self.hosts[0]}/enter?token={self.token}{then}"

    def is_token(self, said: str | None) -> bool:
        return said is not None and hmac.compare_digest(said.encode("utf-8", "replace"), self.token.encode())

    def refusal(self, kind: str, method: str, headers: Headers) -> Refused | None:
        """``kind``: http or websocket. ``None``: it may pass."""
        said: dict[str, list[str]] = {}
        for name, value in headers:
            said.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        return self.strange_host(said) or self._strange_page(kind, method, said) or self._stranger(said)

    def strange_host(self, said: dict[str, list[str]]) -> Refused | None:
        """A name that somebody else's server gave this machine is not ours (DNS rebinding)."""
        if len(said.get("host", ())) == 1 and said["host"][0].lower() in self.hosts:
            return None
        return Refused(421, "工作台只认 127.0.0.1 和 localhost 这两个地址", f"用 http://{self.hosts[0]}/ 打开")

    def _strange_page(self, kind: str, method: str, said: dict[str, list[str]]) -> Refused | None:
        """Another page may lead here by a link; it may send nothing, and ask for nothing behind the scenes."""
        origins = said.get("origin", [])
        own = {f"http://{host}" for host in self.hosts}
        if any(origin.lower() not in own for origin in origins):
            return Refused(403, "别的网页不能替你操作工作台（Origin 不是工作台自己的）")
        changing = kind == "websocket" or method not in NOT_CHANGING
        if changing and not origins and not said.get("authorization"):
            return Refused(403, "没有写明是哪个网页发来的（缺 Origin）", "程序里调用时用 Authorization: Bearer 令牌")
        asked, how = said.get("sec-fetch-site", [""])[0], said.get("sec-fetch-mode", [""])[0]
        if asked in ELSEWHERE and (changing or how != "navigate"):
            return Refused(403, "别的网页不能取工作台的内容")
        return None

    def _stranger(self, said: dict[str, list[str]]) -> Refused | None:
        if any(self.is_token(text.removeprefix("Bearer ")) for text in said.get("authorization", ())):
            return None
        if any(self.is_token(text) for text in self._of_cookies(said.get("cookie", ()))):
            return None
        hint = "从 casemix workbench 打印的链接打开；程序里调用时写 Authorization: Bearer 令牌"
        return Refused(401, "没有令牌，或者令牌是上一次启动的", hint, lost=True)

    def _of_cookies(self, texts: Iterable[str]) -> Iterable[str]:
        for text in texts:
            for part in text.split(";"):
                try:
                    found = SimpleCookie(part.strip())
                except CookieError:
                    continue
                if self.cookie in found:
                    yield found[self.cookie].value
