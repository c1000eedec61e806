"""The cluster case: a server of Spark Connect settles a month to the digests of the embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.execute.period import parse_period
from engine.rulebook.book import load
from engine.settle import settle
from tests.databases import spark_session

ROOT = Path(__file__).parents[2]


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(spark_session.why_not()), reason=spark_session.why_not()),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with spark_session.connect_server() as address:
        yield address


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A region, a program of a month, data, and what the embedded database makes of them."""
    folder = tmp_path_factory.mktemp("month")
    region, period = str(ROOT / "regions" / "hezhou-demo"), parse_period("2025-03")
    options = ["--cases", "300", "--period", "2025-01..2025-12", "--all", "--bad", "3%", "--out", str(folder / "data")]
    done = CliRunner().invoke(main, ["synth", region, *options])
    assert done.exit_code == 0, done.output
    book = load(region)
    program = next(name for name, p in book.at(period.end).programs.items() if "月" in p.periods)
    _, wanted = settle(book, program, period, [folder / "data"], folder / "duckdb")
    return book, program, period, folder / "data", wanted


def test_a_month_settles_to_the_same_digests_on_a_cluster(server, month, tmp_path):
    book, program, period, data, wanted = month
    _, found = settle(book, program, period, [data], tmp_path / "spark", engine=f"{server}/;user_id=casemix")
    assert found["digests"] == wanted["digests"] and found["accounting"] == wanted["accounting"]
    assert found["engine"] == server


def test_tables_of_a_catalog_are_typed_there(server, month, tmp_path):
    """Session catalogs take no Chinese names for tables: a mapping says which is which."""
    from pyspark.sql.connect.session import SparkSession

    book, program, period, data, wanted = month
    session = SparkSession.builder.remote(server).create()
    session.sql("CREATE DATABASE IF NOT EXISTS yibao").collect()
    lines = []
    for number, path in enumerate(sorted(data.glob("*.parquet"))):
        session.read.parquet(str(path)).write.saveAsTable(f"yibao.t{number}")
        lines.append(f"{path.stem}: {{来自: t{number}}}\n")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("".join(lines), "utf-8")
    place = f"{server}/;schema=yibao"
    _, found = settle(book, program, period, [place], tmp_path / "spark", engine=server, mapping=mapping)
    assert found["digests"] == wanted["digests"] and found["data"] == [place]
    assert [(a["rows"], a["states"]) for a in found["accounting"]] == [
        (a["rows"], a["states"]) for a in wanted["accounting"]
    ]
    session.stop()
