"""What a command that becomes a job says: where its result goes, and which passwords stand in its addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit, urlunsplit

from engine.databases.registry import PASSWORDS
from engine.files.errors import DataError

_HIDDEN = re.compile(r"[?&;](password|token)=", re.I)


def out_of(words: Sequence[str]) -> str:
    """The folder that ``--out`` says, whole; nothing for none, or for an address."""
    for number, word in enumerate(words):
        said = words[number + 1] if word == "--out" and number + 1 < len(words) else ""
        said = word.removeprefix("--out=") if word.startswith("--out=") else said
        if said:
            return "" if "://" in said else os.path.abspath(said)
    return ""


def without_passwords(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The words with no password in any address, and the variables that say them instead.

    Raises :class:`DataError` where two differ: one variable would send one of them to both; and for a secret in another
    place of an address.
    """
    plain: list[str] = []
    found: dict[str, str] = {}
    for word in words:
        if "://" in word and _HIDDEN.search(word):
            raise DataError("任务的地址里不能写密码或令牌，它会留在文件里", "用 passfile、~/.pgpass 或环境变量")
        bare, name, password = _split(word)
        plain.append(bare)
        if name and found.setdefault(name, password) != password:
            raise DataError("两个数据库的密码不一样，不能放进一个任务", "密码写进 ~/.pgpass，或用 passfile")
    return plain, found


def _split(word: str) -> tuple[str, str, str]:
    option, _, place = word.partition("=") if word.startswith("--") else ("", "", word)
    scheme = place.partition("://")[0].lower()
    if scheme not in PASSWORDS or "@" not in place:
        return word, "", ""
    parts = urlsplit(place)
    if parts.password is None:
        return word, "", ""
    user, _, host = parts.netloc.rpartition("@")
    bare = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}"))
    return f"{option}={bare}" if option else bare, PASSWORDS[scheme], unquote(parts.password)
