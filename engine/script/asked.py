"""What a run asks of its database, in order, under the steps of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from engine.databases.interface import Database
from engine.execute.sql.execution import SqlRun
from engine.script.labels import Labels, see_names
from engine.watching.event import Event


@dataclass(frozen=True)
class Heading:
    """A step of the run begins."""

    text: str


@dataclass(frozen=True)
class Query:
    """A query; ``makes``: the temporary table of its rows; ``writes``: the statement or kept values that it is."""

    tree: exp.Expression
    makes: str = ""
    writes: str = ""


@dataclass(frozen=True)
class Upload:
    """A small table of values that the engine worked out: name, columns and their types, and how many rows."""

    name: str
    spec: Mapping[str, str]
    rows: int


@dataclass
class Asked:
    """``steps`` in order; ``writes``: what is written now."""

    steps: list[Heading | Query | Upload] = field(default_factory=list)
    labels: Labels = field(default_factory=Labels)
    execution: SqlRun | None = None
    writes: str = ""

    def of(self, database: Database) -> None:
        """From here on all that ``database`` is asked is noted. It treats few rows as a run treats many, so that the
        script is that of a real run.
        """
        database.watch, database.watch_table = self._asked, self._sent
        database.many = database.listed = 0

    def begins(self, event: Event) -> None:
        """A step of the run."""
        if not self.steps or self.steps[-1] != Heading(event.text):
            self.steps.append(Heading(event.text))

    def _asked(self, query: exp.Expression) -> None:
        if self.execution is not None:
            see_names(self.labels, self.execution)
        if isinstance(query, exp.Create):
            self.steps.append(Query(_plain(query.expression), makes=query.this.name))
        elif isinstance(query, exp.Query):
            self.steps.append(Query(_plain(query), writes=self.writes))

    def _sent(self, name: str, spec: Mapping[str, str], rows: int) -> None:
        before = [n for n, step in enumerate(self.steps) if isinstance(step, Upload) and step.name == name]
        for place in before:  # made anew with more columns: only the whole is told
            del self.steps[place]
        self.steps.append(Upload(name, dict(spec), rows))


def _plain(query: exp.Expression) -> exp.Expression:
    """Without the name of the file that a table stands in while the run lasts."""
    copied = query.copy()
    for table in copied.find_all(exp.Table):
        table.set("db", None)
    return copied
