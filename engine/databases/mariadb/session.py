"""A connection to MariaDB: one snapshot of the data, settings under which nothing is rounded, cut or folded in silence,
and what a failure of the server means.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from engine.databases.mariadb.address import PASSWORD, MariaAddress
from engine.databases.mariadb.wire_types import converters
from engine.files.errors import DataError, RunStopped

OLDEST = (10, 6)
LONGEST_TEXT = 65535
"""Characters of a text at most: so much of it is looked at when rows are sorted."""
_STRICT = (
    "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION"
)
SETTINGS = {
    "sql_mode": f"'{_STRICT},NO_ZERO_DATE,NO_ZERO_IN_DATE'",
    "time_zone": "'+00:00'",
    "group_concat_max_len": "1048576",
    "max_sort_length": str(4 * LONGEST_TEXT),  # else texts are sorted and grouped by their first 1024 bytes
    "div_precision_increment": "4",
    "sql_select_limit": "DEFAULT",
    "max_statement_time": "0",
    "innodb_lock_wait_timeout": "60",
    "net_write_timeout": "3600",
    "net_read_timeout": "3600",
    "wait_timeout": "28800",
    "join_cache_level": "4",  # joins by hash: there are no indices
    "join_buffer_size": "16777216",
    "join_buffer_space_limit": "67108864",
    "tmp_table_size": "134217728",
    "max_heap_table_size": "134217728",
    "sort_buffer_size": "67108864",
    "optimizer_switch": "'derived_merge=off,condition_pushdown_for_derived=off,split_materialized=off,"
    "join_cache_hashed=on,join_cache_incremental=on,outer_join_with_cache=on,optimize_join_buffer_size=on'",
}
"""Of our own queries; names are always given with their database where they are somebody's."""
OF_VIEWS = ("time_zone", "div_precision_increment", "group_concat_max_len")
"""Those of them that the meaning of a view may depend on."""
_AS_STORED = f"'{_STRICT},ALLOW_INVALID_DATES'"
"""The sql_mode in which stored days that there are not go through subqueries as they are: else as 0000-00-00."""
COLLATION = "utf8mb4_nopad_bin"
"""Texts are equal where all their characters are, blanks at the end too; their order is that of code points."""


def connect(address: MariaAddress) -> Any:
    """A connection with its settings, in a transaction that sees the data of one moment. Raises :class:`DataError`."""
    try:
        import pymysql
    except ImportError:
        raise DataError("读 MariaDB、在 MariaDB 里计算要先装 PyMySQL", "pip install 'casemix[mariadb]'") from None
    connection = _opened(address)
    try:
        _refuse_server(connection, address)
        run(connection, f"SET SESSION {', '.join(f'{name} = {value}' for name, value in SETTINGS.items())}")
        run(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        run(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
    except BaseException as error:
        connection.close()
        if isinstance(error, pymysql.Error):
            raise said_of(error) from None
        raise
    return connection


def _opened(address: MariaAddress) -> Any:
    import pymysql

    try:
        return pymysql.connect(
            **address.words, password=address.password(os.environ.get(PASSWORD, "")), charset="utf8mb4",
            collation=COLLATION, autocommit=True, local_infile=False, conv=converters(),
        )  # fmt: skip
    except (pymysql.Error, OSError, RuntimeError) as error:
        raise DataError(
            f"连不上数据库 {address.database}：{_first_line(error)}",
            "检查主机、端口、用户和密码（MYSQL_PWD 或 passfile）",
        ) from None


def end_query(address: MariaAddress, thread: int) -> None:
    """Ends what a connection of ours is doing, by another one; that may fail, and the server ends it in time."""
    with suppress(Exception):
        other = _opened(address)
        try:
            run(other, f"KILL QUERY {int(thread)}")
        finally:
            other.close()


def _refuse_server(connection: Any, address: MariaAddress) -> None:
    ((version,),) = run(connection, "SELECT VERSION()")
    if "mariadb" not in version.lower():
        raise DataError(
            f"{address.database} 是 MySQL {version}，不是 MariaDB：MySQL 的一条查询里，临时表只能读一次",
            "把表导出为文件（CSV、Parquet、XLSX）",
        )
    major, minor = (int(part) for part in version.split("-")[0].split(".")[:2])
    if (major, minor) < OLDEST:
        raise DataError(f"{address.database} 是 MariaDB {version}，要 10.6 或更新", "升级服务器，或把表导出为文件")


def run(connection: Any, text: str) -> list[tuple[Any, ...]]:
    """All rows of a statement, as texts. Raises what the client raises, and :class:`Doubtful`."""
    with connection.cursor() as cursor:
        cursor.execute(text)
        rows = list(cursor.fetchall())
        refuse_warnings(connection, cursor)
        return rows


class Doubtful(Exception):
    """The server has done something with a warning: cut, rounded, folded. ``code``: the number of the first."""

    def __init__(self, code: int) -> None:
        super().__init__(f"warning {code}")
        self.code = code


def refuse_warnings(connection: Any, cursor: Any) -> None:
    """Raises :class:`Doubtful` where a statement that has been read to its end has left a warning."""
    result = cursor._result
    if result is None or not result.warning_count:
        return
    with connection.cursor() as asked:
        asked.execute("SHOW WARNINGS")
        codes = [int(code) for level, code, _ in asked.fetchall() if level != "Note"]
    if codes:
        raise Doubtful(codes[0])


@contextmanager
def settings_of_views(connection: Any) -> Iterator[None]:
    """Within it the session has what the server says of :data:`OF_VIEWS`: a view means what it means to others.

    Days come as they are stored.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION {', '.join(f'{name} = DEFAULT' for name in OF_VIEWS)}, sql_mode = {_AS_STORED}")
    try:
        yield
    finally:
        if connection.open:
            with connection.cursor() as cursor:
                ours = (f"{name} = {SETTINGS[name]}" for name in ("sql_mode", *OF_VIEWS))
                cursor.execute(f"SET SESSION {', '.join(ours)}")


_NOTHING = "没有写出结果"
_RIGHTS = (
    "MariaDB 用户的权限不够",
    "要有读这些表的 SELECT 和建临时表的权限：GRANT SELECT, CREATE TEMPORARY TABLES ON 库.* TO 用户",
)
_BY_NUMBER = {
    1142: _RIGHTS,
    1044: _RIGHTS,
    1143: ("MariaDB 用户没有权限读用到的列", "请管理员授权 SELECT"),
    1146: ("MariaDB 里没有要读的表", "看 --data 写的数据库和表名"),
    1205: ("等 MariaDB 的锁等得太久", "别的会话正在改表；等它结束后再运行一次"),
    1213: ("MariaDB 发现死锁", "再运行一次"),
    1317: ("MariaDB 上的查询被人取消", "再运行一次"),
    1927: ("MariaDB 上的连接被人结束", "再运行一次"),
    1969: ("MariaDB 上的查询超过了时限", "请管理员放宽 max_statement_time"),
    1412: ("读的表在计算期间改了结构", "等改完后再运行一次"),
    1114: ("MariaDB 的临时表放不下了", "请管理员腾出 tmpdir 的空间，或调大 tmp_table_size"),
    1021: ("MariaDB 服务器的磁盘空间不够", "请管理员腾出空间"),
    3: ("MariaDB 服务器写不了临时文件", "请管理员看 tmpdir 的空间"),
    28: ("MariaDB 服务器的磁盘空间不够", "请管理员腾出空间"),
    1037: ("MariaDB 服务器的内存不够", "请管理员调整服务器"),
    1038: ("MariaDB 的排序内存不够", "请管理员调大 sort_buffer_size 的上限"),
    1041: ("MariaDB 服务器的内存不够", "请管理员调整服务器"),
    1290: ("MariaDB 是只读的，建不了临时表", "连主库，或用 --engine duckdb 读它的表"),
    1792: ("MariaDB 是只读的，建不了临时表", "连主库，或用 --engine duckdb 读它的表"),
    1153: ("一行太长，超过了 MariaDB 的 max_allowed_packet", "请管理员调大 max_allowed_packet"),
}
_GONE = frozenset((2002, 2003, 2006, 2013, 2014, 2055, 1053, 1152, 1158, 1159, 1160, 1161))
_TOO_LARGE = frozenset((1264, 1690, 1916))


def said_of(error: Exception) -> BaseException:
    """A :class:`RunStopped` for a failure of the server; any other error as it is."""
    import pymysql

    if isinstance(error, Doubtful):
        return _doubtful(error.code)
    if not isinstance(error, pymysql.Error):
        return error
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if number in _BY_NUMBER:
        sentence, hint = _BY_NUMBER[number]
        return RunStopped(f"{sentence}，{_NOTHING}", hint=hint)
    if number in _GONE or isinstance(error, pymysql.err.InterfaceError) or number == 0:
        return RunStopped(f"和 MariaDB 服务器的连接断了，{_NOTHING}", hint="看网络和服务器；恢复后再运行一次")
    if number in _TOO_LARGE:
        return _doubtful(number)
    return RunStopped(f"MariaDB 出错（{number}），{_NOTHING}", hint="这可能是程序的错，请报告")


def _doubtful(code: int) -> RunStopped:
    if code in _TOO_LARGE:
        return RunStopped(f"有的数超过了能放的位数（MariaDB {code}），{_NOTHING}", hint="给规则写明 舍入")
    return RunStopped(
        f"MariaDB 计算时给了警告（{code}），不能当作准确的结果，{_NOTHING}",
        hint="这是程序的错，请报告；也可以先用 --engine duckdb",
    )


def said_of_reading(error: Exception, origin: str) -> DataError | None:
    """Where the query of the table or view ``origin`` is at fault; ``None`` for any other failure."""
    import pymysql

    if isinstance(error, Doubtful):
        number = error.code
    elif isinstance(error, pymysql.Error) and error.args and isinstance(error.args[0], int):
        number = error.args[0]
    else:
        return None
    if number in _GONE or (number in _BY_NUMBER and number not in (1142, 1143, 1146)):
        return None
    if number in (1142, 1143, 1044):
        return DataError(f"{origin}：没有权限读（MariaDB {number}）", "请数据库管理员授权 SELECT")
    return DataError(
        f"{origin}：读的时候 MariaDB 报错（{number}）",
        "错在这张表或视图自己的查询里，不在规则里：请写它的人改正；是哪一行、什么值，在库里查这张表或视图就会看到",
    )


def _first_line(error: Exception) -> str:
    said = str(error.args[-1] if error.args else error).strip().split("\n", 1)[0]
    return " ".join(said.split())[:300]
