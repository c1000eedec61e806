"""The annual clearing of jiyuan-by-hand (jiyuan-demo with one reading of each article) as float64 DuckDB SQL.

``python -m benchmarks.by_hand DATA OUT [--bare] [--memory 5GB]``
"""

import argparse
import tempfile
from pathlib import Path
from string import Template

import duckdb

SQL = Path(__file__).parent / "float64"
ROWS_OF_THE_REGION = Path(__file__).parent.parent / "regions" / "jiyuan-demo" / "tables" / "疗效价值标准.csv"
TABLES = [
    "病例", "医疗机构", "病组", "级别病组", "系数倾斜", "年度指标", "特例单议", "新技术",
    "预算", "年度预算", "预算调整", "拨付", "年终评价", "审核扣款",
]  # fmt: skip
FULL = ("duplicates", "checks", "clearing", "details")
BARE = ("no_checks", "clearing")


def connected(data: Path, out: Path, memory: str | None) -> duckdb.DuckDBPyConnection:
    """A DuckDB with the tables in ``data`` as views, and ``out`` to write to. What exceeds ``memory`` goes to disk."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    if memory:
        connection.execute(f"SET memory_limit = '{memory}'")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{data / table}.parquet')")
    connection.execute(f"CREATE VIEW 疗效价值标准 AS SELECT * FROM read_csv('{ROWS_OF_THE_REGION}')")
    return connection


def clear(data: Path, out: Path, parts: tuple[str, ...], memory: str | None) -> None:
    """The statements of one year from the Parquet tables in ``data``, as Parquet in ``out``."""
    connection = connected(data, out, memory)
    for part in parts:
        text = (SQL / f"{part}.sql").read_text(encoding="utf-8")
        connection.execute(Template(text).substitute(out=out))


def parsed(module: str, description: str | None) -> argparse.Namespace:
    """What ``python -m benchmarks.MODULE`` is given: ``data``, ``out``, ``bare``, ``memory``."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=description)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--memory")
    return parser.parse_args()


if __name__ == "__main__":
    given = parsed("by_hand", __doc__)
    clear(given.data, given.out, BARE if given.bare else FULL, given.memory)
