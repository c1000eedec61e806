"""``postgresql://user@host:5432/db?schema=insurance``: which database, and which schema of it.

The parameter ``schema`` is ours; all else is libpq's, and so are PGPASSWORD and ``~/.pgpass``, where a password
belongs: an address on a command line is seen by everybody on the machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from engine.databases.address import Address
from engine.files.errors import DataError

PASSWORD = "PGPASSWORD"
"""The variable of the environment from which libpq takes a password, for whatever server it is told to ask."""
LONGEST_NAME = 63
"""Bytes of a name; PostgreSQL cuts what is longer without a word."""
_ALLOWED = frozenset(
    ("host", "hostaddr", "port", "dbname", "user", "password", "passfile", "sslmode", "sslrootcert", "sslcert")
    + ("sslkey", "connect_timeout", "target_session_attrs", "gssencmode", "channel_binding", "application_name")
)
_FORM = "写成 postgresql://用户@主机:5432/数据库?schema=模式；密码放在环境变量 PGPASSWORD 或 ~/.pgpass 里"


@dataclass(frozen=True, kw_only=True)
class PostgresAddress(Address):
    """``conninfo``: what libpq is given."""

    conninfo: str = field(repr=False, compare=False)


def parse_address(url: str) -> PostgresAddress:
    """Raises :class:`DataError` for what is no address, without repeating it: it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise DataError("数据库地址写得不对", _FORM) from None
    options = dict(given)
    strange = sorted(set(options) - _ALLOWED - {"schema"})
    if "@" in parts.path:  # a password that was not written in % codes ends the host early
        raise DataError("数据库地址写得不对：用户名或密码里的 / @ : ? # % 要写成 %2F %40 这样的", _FORM)
    if len(options) < len(given) or strange or parts.fragment:
        what = f"不认识的参数 {'、'.join(strange)}" if strange else "参数重复，或有 #"
        raise DataError(f"数据库地址里有{what}", _FORM)
    schema = options.pop("schema", "public")
    refuse_name(schema, "模式")
    host, name = parts.hostname or "", unquote(parts.path.lstrip("/"))
    user = unquote(parts.username or "")
    words = {"host": host, "port": str(port or ""), "dbname": name, "user": user}
    words["password"] = unquote(parts.password or "")
    words = {key: word for key, word in words.items() if word} | options
    if "\0" in "".join(words.values()):
        raise DataError("数据库地址里有空字符", _FORM)
    said = {key: word for key, word in options.items() if key not in ("password", "passfile", "sslkey")}
    said |= {} if schema == "public" else {"schema": schema}
    query = f"?{urlencode(said, safe='/')}" if said else ""
    where = f"[{host}]" if ":" in host else host
    shown = f"postgresql://{quote(user) + '@' if user else ''}{where}{f':{port}' if port else ''}/{quote(name)}{query}"
    host_ = (words.get("hostaddr") or words.get("host", ""), words.get("port", ""))
    own = "password" in words or "passfile" in words
    shown = unquote(shown)
    return PostgresAddress(
        database=shown.partition("?")[0], schema=schema, shown=shown, url=url, conninfo=_conninfo(words), host=host_,
        password_from="" if own else PASSWORD, password_hint="密码写进 ~/.pgpass，一台一行",
    )  # fmt: skip


def refuse_foreign_service(address: PostgresAddress) -> None:
    """Raises :class:`DataError` where the password of the service in PGSERVICE would go to a server of another name."""
    if not os.environ.get("PGSERVICE") or not address.password_from or not address.host[0]:
        return
    from psycopg import pq

    known = {option.keyword.decode(): option.val for option in pq.Conninfo.get_defaults()}
    of_service = {(known.get(name) or b"").decode() for name in ("host", "hostaddr")}
    if known.get("password") and address.host[0] not in of_service:
        raise DataError(
            f"环境变量 PGSERVICE 是另一台服务器的，它的密码会发给 {address.database}",
            "去掉 PGSERVICE，密码写进 ~/.pgpass；或地址里不写主机，用 PGSERVICE 的",
        )


def refuse_name(name: str, what: str) -> None:
    """Raises :class:`DataError` for what PostgreSQL cannot have as a name, or would cut."""
    size = len(name.encode())
    if size > LONGEST_NAME:
        raise DataError(
            f"{what}“{name}”有 {size} 字节，PostgreSQL 的名称最多 {LONGEST_NAME} 字节（21 个汉字）", "换一个短些的名称"
        )
    if not name or re.search(r"[\x00-\x1f\x7f]", name):
        raise DataError(f"{what}的名称是空的，或有看不见的字符", _FORM)


def _conninfo(words: dict[str, str]) -> str:
    try:
        from psycopg.conninfo import make_conninfo
    except ImportError:
        raise DataError("读写 PostgreSQL 要先装 psycopg", "pip install 'casemix[postgresql]'") from None
    return make_conninfo("", **words)
