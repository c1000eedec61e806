"""The mark on a schema that a run wrote: a comment that says so, and which of its tables stand for which."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.data.postgres.server import Server
from engine.files.errors import DataError

PREFIX = "casemix run "
COMMENT = """
SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n WHERE n.nspname = %s
"""


@dataclass(frozen=True)
class Mark:
    """``tables``: what the run wrote; ``fills``: (table of a rulebook, the table of the schema that stands for it)."""

    tables: tuple[str, ...]
    fills: tuple[tuple[str, str], ...]

    def text(self) -> str:
        return PREFIX + json.dumps({"fills": self.fills, "tables": self.tables}, ensure_ascii=False)


def mark_in(comment: str | None, schema: str) -> Mark | None:
    """The mark in a schema's comment; ``None`` if it is none. Raises :class:`DataError` for one that was spoilt."""
    if comment is None or not comment.startswith(PREFIX):
        return None
    try:
        found = json.loads(comment.removeprefix(PREFIX))
        fills = tuple((str(table), str(name)) for table, name in found["fills"])
        return Mark(tuple(str(name) for name in found["tables"]), fills)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"模式 {schema} 的说明被改动过", "它由 casemix run 写出，不要改动") from error


def fills_of(server: Server, schema: str) -> tuple[tuple[str, str], ...] | None:
    """The statements of a result that fill tables; ``None`` if the schema is no result. Raises :class:`DataError`."""
    comments = server.ask(COMMENT, [schema])
    mark = mark_in(comments[0][0], schema) if comments else None
    if mark is not None and not mark.fills:
        raise DataError(f"{server.address.shown}：这次运行没有回填的报表，不能当数据用")
    return None if mark is None else mark.fills
