"""What a failure of Spark means to who runs the program: a Chinese sentence, and never Java's own lines.

Spark's own messages quote queries and values of records, so at most the name of the error is passed on.
"""

from __future__ import annotations

from engine.databases.spark.failures import condition
from engine.files.errors import DataError, RunStopped

_MEMORY = ("OutOfMemoryError", "UNABLE_TO_ACQUIRE_MEMORY", "GC overhead limit", "SparkOutOfMemory", "exceeds safe heap")
_GONE = (
    "Answer from Java side is empty", "Error while sending or receiving", "StatusCode.UNAVAILABLE",
    "Connection refused", "Connection reset", "SESSION_NOT_FOUND", "SESSION_CLOSED", "SESSION_CHANGED",
    "Cannot call methods on a stopped",
    "Socket closed", "Broken pipe", "RETRIES_EXCEEDED",
)  # fmt: skip
_LOST = ("CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND", "Checkpoint block", "ExecutorLostFailure", "FetchFailed")
_NO_PATH = ("PATH_NOT_FOUND", "FileNotFoundException", "Path does not exist")
_NO_TABLE = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "CATALOG_NOT_FOUND")
_REFUSED = ("AccessControlException", "AccessDeniedException", "Permission denied", "INSUFFICIENT_PERMISSIONS")
_NOT_LET_IN = ("StatusCode.UNAUTHENTICATED", "StatusCode.PERMISSION_DENIED")


def said_of(error: Exception, name: str) -> BaseException:
    """``error`` as it is where it is none of Spark's. ``name``: the engine, without secrets."""
    if isinstance(error, (RunStopped, DataError)) or not _is_of_spark(error):
        return error
    text = _text(error)

    def has(marks: tuple[str, ...]) -> bool:
        return any(mark in text for mark in marks)

    remote = name.startswith("sc://")
    if has(_MEMORY):
        hint = "给集群的 driver 和 executor 多配内存" if remote else "用 --memory 写大一些（如 12GB）"
        return RunStopped("Spark 的内存不够，没有写出结果", hint=hint)
    if "No space left on device" in text:
        where = "集群的临时盘" if remote else "TMPDIR 和 --out"
        return DataError("Spark 的磁盘空间不够，没有写出结果", f"腾出空间，或把{where}放到空的磁盘上")
    if "StackOverflowError" in text:
        return RunStopped("规则一个用一个，层数太多，Spark 算不下去", hint="把很长的一串规则合并，或用 --engine duckdb")
    if has(_NOT_LET_IN):
        return DataError(f"{name} 不让连接", "检查地址里的 token 和用户的权限")
    if has(_LOST):
        return RunStopped(
            "集群中途丢了算好的数据（有节点退出），没有写出结果", hint="重新运行；常出现就请管理员看节点为什么退出"
        )
    if has(_GONE):
        if remote:
            return RunStopped(f"和 {name} 的连接断了，没有写出结果", hint="看服务是否还在、网络是否通，再重新运行")
        return RunStopped(
            "Spark 的进程没有了（多半是内存不够被系统停掉），没有写出结果", hint="用 --memory 写小一些，再重新运行"
        )
    if has(_NO_PATH):
        hint = "路径要是集群各节点都看得到的，不是这台机器上的" if remote else "文件是否在运行中被移走？"
        return DataError("Spark 找不到要读的文件", hint)
    if has(_NO_TABLE):
        return DataError("Spark 的目录里没有要读的表", "检查 --data 里的目录和模式，以及权限")
    if has(_REFUSED):
        return DataError("Spark 没有权限读写要用的文件或表", "请管理员给运行的用户权限")
    return RunStopped(
        f"Spark 出错（{condition(error)}），没有写出结果", hint="这是程序的错，请报告；也可以先用 --engine duckdb"
    )


def _is_of_spark(error: BaseException) -> bool:
    modules = {kind.__module__.split(".")[0] for kind in type(error).__mro__}
    return bool(modules & {"pyspark", "py4j", "grpc"}) or (
        isinstance(error, ConnectionError) and "py4j" in _traced(error)
    )


def _traced(error: BaseException) -> str:
    found, trace = "", error.__traceback__
    while trace is not None:
        found += trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return found


def _text(error: BaseException) -> str:
    """All that is said of it, Java's lines too, to look for marks in."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 10:
        parts += [type(seen).__name__, str(seen), str(getattr(seen, "_stackTrace", ""))]
        java = getattr(seen, "_origin", None)
        parts.append(str(java) if java is not None else "")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)
