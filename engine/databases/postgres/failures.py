"""What a failure of PostgreSQL means, in words. No password and no value of a record stands in what is said."""

from __future__ import annotations

import re

from engine.files.errors import DataError

_OF_NAMES = frozenset(("08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "58"))
"""Classes of SQLSTATE whose messages speak of names and states of the server, never of what stands in a row."""
_OF_VALUES = frozenset(("21", "22", "23"))
"""Those that quote a value, always in quotation marks or after a colon."""
_QUOTED = re.compile(r"[\"“”„«»'].*[\"“”„«»']", re.DOTALL)


def said_of(error: Exception, what: str) -> DataError:
    """A failure of the database; ``what``: where, as messages name it."""
    import psycopg

    if is_by_row_security(error):
        return _partial(what)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return DataError(
            f"{what}：没有权限（{server_words(error)}）",
            "请数据库管理员授权：读要 SELECT；写要能在库里建模式（CREATE ON DATABASE），或模式归这个用户所有",
        )
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return DataError(f"{what}：数据库是只读的（如备用库）", "写到主库，或用 --out 文件夹")
    if isinstance(error, psycopg.errors.ReservedName):
        return DataError(f"{what}：pg_ 开头的名称是 PostgreSQL 自己的", "换一个模式")
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):
        return DataError(f"{what}：有的主键太长，建不了索引", "换短些的主键，或用 --out 文件夹")
    if isinstance(error, psycopg.OperationalError):
        return DataError(f"{what}：数据库连接断了，或查询被取消（{server_words(error)}）", "查明原因以后重新运行")
    return DataError(f"{what}：数据库报错：{server_words(error)}")


def said_of_reading(error: Exception, origin: str) -> DataError | None:
    """The same of the table or view ``origin``, where its own query is at fault; ``None`` for any other failure."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    if is_by_row_security(error):
        return _partial(origin)
    if (error.sqlstate or "")[:2] in (*_OF_VALUES, "42", "P0", "38", "2F", "39", "2B", "2D", "20", "0A"):
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return said_of(error, origin)
        return DataError(
            f"{origin}：读的时候数据库报错：{server_words(error)}",
            "错在这张表或视图自己的查询里，不在规则里：请写它的人改正；是哪一行、什么值，在库里查这张表或视图就会看到",
        )
    return None


def is_by_row_security(error: BaseException) -> bool:
    """Whether a policy would have hidden rows. The server's text may be in any language; who raised it is not."""
    diag = getattr(error, "diag", None)
    return getattr(error, "sqlstate", None) == "42501" and getattr(diag, "source_function", None) == "check_enable_rls"


def server_words(error: BaseException) -> str:
    """What the server said, without values: of kinds of failures that may quote them no more than the kind."""
    state = getattr(error, "sqlstate", None)
    said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error).strip()
    if state is None:
        return first_line(error)
    kind = state[:2]
    if kind in _OF_NAMES and state != "42601":
        return f"{_one_line(said)}（SQLSTATE {state}）"
    if kind in _OF_VALUES or state == "42601":
        return f"{_without_values(said)}（SQLSTATE {state}）"
    return f"SQLSTATE {state}，{type(error).__name__}"


def first_line(error: BaseException) -> str:
    """Of a failure to connect, which is about no row."""
    return _one_line(re.sub(r"password\s*=\s*\S+", "password=…", str(error).strip().split("\n", 1)[0]))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _without_values(text: str) -> str:
    hidden = _QUOTED.sub("“…”", text)
    return _one_line(re.split(r"[:：]", hidden, maxsplit=1)[0])


def _partial(what: str) -> DataError:
    return DataError(
        f"{what}：它（或视图下面的表）设了行级安全策略，这个用户只看得到一部分行；少了行的数据不能结算，没有读",
        "请数据库管理员给这个用户看全部行的权限（ALTER ROLE 用户 BYPASSRLS），或由不受策略限制的用户来读；"
        "确实只算这一部分的，请管理员把它做成一张表或物化视图",
    )
