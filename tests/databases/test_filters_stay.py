"""A filter by a computed column stays where it is written, in whatever query it stands and however often that runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sqlglot import exp

from engine.databases.duckdb.database import DuckDb
from engine.execute.sql.frame import Frame


class Heard:
    """A connection that notes for each query whether filters may be pushed down."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.pushed: list[bool] = []
        self._setting = ""

    def execute(self, text: str, *parameters: Any) -> Any:
        if text.startswith("SET disabled_optimizers"):
            self._setting = text
        else:
            self.pushed.append("filter_pushdown" not in self._setting)
        return self.connection.execute(text, *parameters)

    def close(self) -> None:
        self.connection.close()


def test_each_query_with_a_computed_filter_is_known_by_itself_and_no_other_is_taken_for_one():
    with DuckDb() as database:
        database.connection.execute("CREATE TABLE delivered AS SELECT range AS rn FROM range(10)")
        frame = Frame(database, "行", SimpleNamespace(relation="delivered", columns={}))  # type: ignore[arg-type]
        doubled = frame.let(exp.Mul(this=exp.column("rn"), expression=exp.Literal.number(2)))
        many = exp.GT(this=doubled, expression=exp.Literal.number(13))
        late = exp.GT(this=exp.column("rn"), expression=exp.Literal.number(6))
        computed = frame.relation([exp.column("rn")], [many])
        delivered = frame.relation([exp.column("rn")], [late])  # made after, asked before
        counted = exp.select(exp.Count(this=exp.Star())).from_(computed.copy().subquery("q"))
        database.connection = Heard(database.connection)  # type: ignore[assignment]
        found = [sorted(database.rows(query)) for query in (delivered, computed, computed, counted, delivered)]
        database.drop(database.keep(computed))
        alone, with_value = [(7,), (8,), (9,)], [(7, 14), (8, 16), (9, 18)]
        assert found == [alone, with_value, with_value, [(3,)], alone]
        assert database.connection.pushed[:6] == [True, False, False, False, True, False]
