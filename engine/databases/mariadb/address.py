"""``mariadb://user@host:3306/db``: which server, and which database of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from engine.databases.address import Address
from engine.files.errors import DataError, why

PASSWORD = "MYSQL_PWD"
"""The variable of the environment where a password may stand, as for MariaDB's own programs."""
PORT = 3306
LONGEST_NAME = 64
_ALLOWED = frozenset(("unix_socket", "ssl_ca", "passfile", "connect_timeout"))
_FORM = "写成 mariadb://用户@主机:3306/数据库；密码放在环境变量 MYSQL_PWD，或 ?passfile=只有密码的文件"
_NOT_MYSQL = (
    "不能从 mysql://… 读数据，不能在那里计算，也不能写到那里：MySQL 的一条查询里，临时表只能读一次",
    "是 MariaDB 的，写成 mariadb://…；是 MySQL 的，把表导出为文件（CSV、Parquet、XLSX）",
)


@dataclass(frozen=True, kw_only=True)
class MariaAddress(Address):
    """``words``: what the client is given, without the password."""

    words: dict[str, Any] = field(repr=False, compare=False)
    own_password: str = field(default="", repr=False, compare=False)
    passfile: str = field(default="", repr=False, compare=False)

    def password(self, environment: str) -> str:
        """``environment``: that of :data:`PASSWORD`. Raises :class:`DataError`."""
        if not self.passfile:
            return self.own_password or environment
        try:
            return Path(self.passfile).read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            raise DataError(f"{self.database}：读不出 passfile（{why(error)}）", "检查文件和它的权限") from None


def parse_address(url: str) -> MariaAddress:
    """Raises :class:`DataError` for what is no address, without repeating it: it may hold a password."""
    if url.partition("://")[0].lower() == "mysql":
        raise DataError(*_NOT_MYSQL)
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise DataError("数据库地址写得不对", _FORM) from None
    options = dict(given)
    strange = sorted(set(options) - _ALLOWED)
    if "@" in parts.path:  # a password that was not written in % codes ends the host early
        raise DataError("数据库地址写得不对：用户名或密码里的 / @ : ? # % 要写成 %2F %40 这样的", _FORM)
    if len(options) < len(given) or strange or parts.fragment:
        what = f"不认识的参数 {'、'.join(strange)}" if strange else "参数重复，或有 #"
        raise DataError(f"数据库地址里有{what}", _FORM)
    name, user, host = unquote(parts.path.lstrip("/")), unquote(parts.username or ""), parts.hostname or ""
    timeout = options.get("connect_timeout", "10")
    if not name or not user or not (host or "unix_socket" in options) or not timeout.isdigit():
        raise DataError("数据库地址里要有用户、主机和数据库", _FORM)
    refuse_name(name, "数据库")
    words: dict[str, Any] = {"user": user, "database": name, "connect_timeout": int(timeout)}
    words |= {"unix_socket": options["unix_socket"]} if "unix_socket" in options else {"host": host, "port": port}
    words |= {"ssl_ca": options["ssl_ca"]} if "ssl_ca" in options else {}
    said = {key: word for key, word in options.items() if key != "passfile"}
    shown_host = f"[{host}]" if ":" in host else host
    at = f"{shown_host}{f':{parts.port}' if parts.port else ''}"
    query = f"?{urlencode(said, safe='/')}" if said else ""
    shown = unquote(f"mariadb://{quote(user)}@{at}/{quote(name)}{query}")
    own = unquote(parts.password or "")
    return MariaAddress(
        database=shown, schema=name, shown=shown, url=url, words=words, own_password=own,
        passfile=options.get("passfile", ""), host=(options.get("unix_socket", host), str(port)),
        password_from="" if own or "passfile" in options else PASSWORD,
        password_hint="给每台的地址写上 ?passfile=文件（里面只有密码）",
    )  # fmt: skip


def refuse_name(name: str, what: str) -> None:
    """Raises :class:`DataError` for what MariaDB cannot have as a name."""
    if len(name) > LONGEST_NAME:
        raise DataError(f"{what}“{name}”有 {len(name)} 个字，MariaDB 的名称最多 {LONGEST_NAME} 个", "换一个短些的名称")
    if not name or re.search(r"[\x00-\x1f\x7f]", name) or re.search(r"[^\x00-\uffff]", name) or name.endswith(" "):
        raise DataError(f"{what}的名称是空的，或有 MariaDB 的名称里不能有的字符", _FORM)
