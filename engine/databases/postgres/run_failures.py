"""What a failure of PostgreSQL means to who runs the program. Nothing of a record stands in what is said."""

from __future__ import annotations

import psycopg

from engine.files.errors import DataError, RunStopped

_NOTHING = "没有写出结果"
_BY_STATE = {
    "57014": ("PostgreSQL 上的查询被人取消", "再运行一次"),
    "57P01": ("PostgreSQL 服务器断开了连接（管理员关闭）", "等服务器恢复后再运行一次"),
    "57P02": ("PostgreSQL 服务器崩溃后断开了连接", "等服务器恢复后再运行一次；再出现就看服务器的日志"),
    "57P03": ("PostgreSQL 服务器正在启动或关闭", "等服务器就绪后再运行一次"),
    "57P05": ("PostgreSQL 服务器因连接空闲太久断开了连接", "请管理员放宽 idle_session_timeout"),
    "25P03": ("PostgreSQL 服务器因事务空闲太久断开了连接", "请管理员放宽 idle_in_transaction_session_timeout"),
    "53100": ("PostgreSQL 服务器的磁盘空间不够", "请管理员腾出空间，或换一个 temp_tablespaces"),
    "53200": ("PostgreSQL 服务器的内存不够", "用 --memory 写少一些（如 1GB），或请管理员调整服务器"),
    "53300": ("PostgreSQL 服务器的连接数用完了", "等别的连接结束，或请管理员调大 max_connections"),
    "53400": ("超过了 PostgreSQL 服务器给临时文件的限额", "请管理员放宽 temp_file_limit，或用 --memory 写多一些"),
    "42501": (
        "PostgreSQL 用户的权限不够",
        "要有读这些表的 SELECT 权限和建临时表的权限：GRANT TEMPORARY ON DATABASE 库名 TO 用户名",
    ),
    "22012": ("读的表或视图里，数据库自己的公式除以零", "改正那个视图（规则里的除以零不会这样停）"),
    "25006": ("数据库是只读的（如备用库），建不了临时表", "用 --engine duckdb 读它的表，或连主库"),
    "55P03": ("等 PostgreSQL 的表锁等得太久", "别的会话正在改表；等它结束后再运行一次"),
    "40001": ("读的表在计算期间被整个换掉了", "等写入结束后再运行一次"),
    "40P01": ("PostgreSQL 发现死锁", "再运行一次"),
    "42P01": ("PostgreSQL 里没有要读的表", "看 --data 写的位置和模式（schema）"),
    "58030": ("PostgreSQL 服务器读写磁盘出错", "请管理员看服务器的日志"),
    "XX001": ("PostgreSQL 的数据文件损坏", "请管理员看服务器的日志"),
}
_LOST = ("和 PostgreSQL 服务器的连接断了", "看网络和服务器；恢复后再运行一次")


def said_of(error: Exception) -> BaseException:
    """A :class:`RunStopped` or :class:`DataError` for a failure of the server; any other error as it is."""
    if not isinstance(error, psycopg.Error):
        return error
    state = error.sqlstate or ""
    if state == "0A000" and "standby" in str(error).lower():  # it cannot even begin our transaction
        state = "25006"
    if state in _BY_STATE:
        sentence, hint = _BY_STATE[state]
        return RunStopped(f"{sentence}，{_NOTHING}", hint=hint)
    if state.startswith("08") or (not state and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))):
        return RunStopped(f"{_LOST[0]}，{_NOTHING}", hint=_LOST[1])
    if state == "22003":
        return RunStopped(f"有的数超过 38 位，放不下，{_NOTHING}", hint="给规则写明 舍入")
    if isinstance(error, psycopg.DataError) and not state and "NUL" in str(error):
        return DataError("数据里有 NUL 字符，PostgreSQL 存不下", "从交来的数据里去掉它")
    name = f"SQLSTATE {state}" if state else type(error).__name__
    return RunStopped(f"PostgreSQL 出错（{name}），{_NOTHING}", hint="这可能是程序的错，请报告")
