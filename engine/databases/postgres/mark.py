"""The mark on a schema that a run wrote: a comment that says so, which of its tables stand for which, and their hashes.

The hashes tell that a table is no longer what the run wrote; who may change the comment too can still lie.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.data.record import REFUSED_ROWS_CURE, WRITES_NOTHING_BACK, Record, parsed
from engine.databases.out_place import REJECTS, RUN, RUN_COLUMN
from engine.databases.postgres.server import Server
from engine.databases.postgres.table_digest import table_digest
from engine.files.errors import DataError

PREFIX = "casemix run "
COMMENT = """
SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n WHERE n.nspname = %s
"""


@dataclass(frozen=True)
class Mark:
    """``tables``: what the run wrote; ``fills``: (table of a rulebook, the table of the schema that stands for it).

    ``digests``: of the tables that stand for others; ``run_sha256``: of the text of the table 运行.
    """

    tables: tuple[str, ...]
    fills: tuple[tuple[str, str], ...]
    digests: Mapping[str, str] = field(default_factory=dict)
    run_sha256: str = ""

    @property
    def is_of_refused_rows(self) -> bool:
        """Whether a run that stopped left its refused rows, rather than a result."""
        return all(name == RUN or name.startswith(REJECTS) for name in self.tables)

    def text(self) -> str:
        said = {"fills": self.fills, "tables": self.tables, "digests": self.digests, "run_sha256": self.run_sha256}
        return PREFIX + json.dumps(said, ensure_ascii=False)


def mark_in(comment: str | None, schema: str) -> Mark | None:
    """The mark in a schema's comment; ``None`` if it is none. Raises :class:`DataError` for one that was spoilt."""
    if comment is None or not comment.startswith(PREFIX):
        return None
    try:
        found = json.loads(comment.removeprefix(PREFIX))
        fills = tuple((str(table), str(name)) for table, name in found["fills"])
        digests = {str(name): str(digest) for name, digest in found.get("digests", {}).items()}
        return Mark(tuple(str(name) for name in found["tables"]), fills, digests, str(found.get("run_sha256", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"模式 {schema} 的说明被改动过", "它由 casemix run 写出，不要改动") from error


def result_in(server: Server, schema: str, shown: str) -> tuple[Mark, Record] | None:
    """The result in a schema, shown as ``shown``; ``None`` if it is none.

    Raises :class:`DataError` where it is not as its run wrote it.
    """
    comments = server.ask(COMMENT, [schema])
    mark = mark_in(comments[0][0], schema) if comments else None
    if mark is None:
        return None
    if mark.is_of_refused_rows:
        raise DataError(f"{shown} 是一次停下的运行拒收的行，不是数据", REFUSED_ROWS_CURE)
    if not mark.fills:
        raise DataError(f"{shown}：{WRITES_NOTHING_BACK[0]}", WRITES_NOTHING_BACK[1])
    said = _said(server, schema)
    if said is None or hashlib.sha256(said.encode()).hexdigest() != mark.run_sha256:
        raise DataError(f"{shown}：表 {RUN} 在那次运行之后改动过或不在了", "重新运行，写出这个结果")
    there = server.relations([schema])
    for _, name in mark.fills:
        if (schema, name) not in there:
            raise DataError(f"{server.address.database} 里没有表 {schema}.{name}", "它是不是被删了？")
        now = table_digest(server.ask, schema, name, server.columns(there[schema, name]))
        if now != mark.digests.get(name):
            raise DataError(f"{shown}：表 {name} 在那次运行之后改动过，那次的结果不能再用", "重新运行，写出这个结果")
    return mark, Record(shown, parsed(said, f"{shown} 的表 {RUN}"), mark.run_sha256)


def _said(server: Server, schema: str) -> str | None:
    """What stands in the table of the run."""
    from psycopg import sql

    if (schema, RUN) not in server.relations([schema]):
        return None
    query = sql.SQL("SELECT {}::pg_catalog.text FROM {}").format(
        sql.Identifier(RUN_COLUMN), sql.Identifier(schema, RUN)
    )
    found = server.ask(query)
    return str(found[0][0]) if len(found) == 1 else None
