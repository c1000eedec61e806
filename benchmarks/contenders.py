"""Who settles the year, and by which command. Another engine of Casemix is one more name after ``--engines``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = {"full": ["benchmarks/jiyuan-by-hand", "年度清算"], "bare": ["benchmarks/jiyuan-bare", "年度清算两表"]}
SQL, POLARS, EXACT = "float64 SQL", "float64 Polars", "exact SQL"


@dataclass(frozen=True)
class Contender:
    """``command(kind, data, out)`` gives what stands after ``python -m``; ``folder`` is where its result goes;
    ``digests``: whether its ``run.json`` has those of its statements.
    """

    name: str
    folder: str
    command: Callable[[str, Path, Path], list[str]]
    digests: bool
    needs: tuple[str, ...] = ()


def casemix(engine: str, memory: str | None) -> Contender:
    """Casemix with ``--engine`` as given: duckdb, spark, sc://…, postgresql://…. All read the same Parquet files."""
    more = ["--memory", memory] if memory and engine == "duckdb" else []

    def command(kind: str, data: Path, out: Path) -> list[str]:
        where = ["--data", str(data), "--period", "2025", "--out", str(out), "--engine", engine]
        return ["engine", "run", *PROGRAMS[kind], *where, *more]

    scheme = engine.partition("://")[0]
    return Contender(f"Casemix, {scheme}", f"casemix-{scheme}", command, digests=True)


def sql_by_hand(memory: str | None) -> Contender:
    more = ["--memory", memory] if memory else []

    def command(kind: str, data: Path, out: Path) -> list[str]:
        return ["benchmarks.by_hand", str(data), str(out), *(["--bare"] if kind == "bare" else []), *more]

    return Contender(SQL, "float64-sql", command, digests=False)


def exact_by_hand(memory: str | None) -> Contender:
    """What exactness itself costs: no rules are read, the plan is one person's."""
    more = ["--memory", memory] if memory else []

    def command(kind: str, data: Path, out: Path) -> list[str]:
        return ["benchmarks.exact_by_hand", str(data), str(out), *(["--bare"] if kind == "bare" else []), *more]

    return Contender(EXACT, "exact-by-hand", command, digests=False)


def polars_by_hand() -> Contender:
    def command(kind: str, data: Path, out: Path) -> list[str]:
        return ["benchmarks.float64_polars", str(data), str(out), *(["--bare"] if kind == "bare" else [])]

    return Contender(POLARS, "float64-polars", command, digests=False, needs=("polars",))
