"""What a failure means that comes of reading a table or view of a Spark catalog. Spark's own texts quote values."""

from __future__ import annotations

import re

from engine.files.errors import DataError

_ITS_OWN = ("21", "22", "42")
"""Classes of SQLSTATE of failures of a query itself: values that it cannot convert, names that are not there."""


def said_of_reading(error: Exception, origin: str) -> DataError | None:
    """Where the query of ``origin`` is at fault; ``None`` for any other failure."""
    state, name = _asked(error, "getSqlState"), condition(error)
    if state[:2] not in _ITS_OWN:
        return None
    return DataError(
        f"{origin}：读的时候 Spark 报错（{name}）",
        "错在这张表或视图自己的查询里，不在规则里：请写它的人改正；是哪一行、什么值，在 Spark 里查这张表或视图就会看到",
    )


def condition(error: Exception) -> str:
    """The name that Spark gives an error, like CAST_INVALID_INPUT."""
    return _asked(error, "getCondition") or type(error).__name__


def _asked(error: Exception, what: str) -> str:
    """What the error says of itself; nothing where it cannot be asked. The error is never lost: without an answer
    :func:`said_of_reading` gives it back to the caller as it came.
    """
    try:
        found = getattr(error, what)()
    except Exception:  # an error of Python's own has no such method; one of the JVM cannot answer when the JVM is gone
        return ""
    return re.sub(r"[^\w.]", "", str(found or ""))
