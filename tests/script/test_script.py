"""The script of a program says what a run asks of its database: run as it is printed, it gives the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from click.testing import CliRunner
from sqlglot import exp

from engine.cli import main
from engine.data.staging.model import StagedColumn, StagedTable
from engine.databases.duckdb.database import DuckDb
from engine.databases.places import open_places
from engine.databases.registry import DIALECTS, dialect_of
from engine.execute.period import parse_period
from engine.execute.sql.run import run
from engine.execute.sql.tables import SqlTables
from engine.language.types import NUMBER, TEXT, Unit
from engine.rulebook.book import Book, load
from engine.rulebook.constants import read_interval
from engine.rulebook.model import Field, Table
from engine.script.declared import at_declared
from engine.script.labels import Labels
from engine.script.layout import staged
from engine.script.made_up import data_for, period_for
from engine.script.script import MEASURED, program_to_write, script_of
from engine.settle.may_run import program_of
from engine.settle.reading import load_into
from engine.watching.watching import UNWATCHED

REGIONS = [("jiyuan-demo", "年度清算"), ("xuancheng-demo", "月度预结算"), ("meizhou-demo", "年度清算")]


class Staged(DuckDb):
    """Runs every query as the script has it."""

    many = 0

    def text(self, query: exp.Expression) -> str:
        if isinstance(query, exp.Create):
            query = query.copy()
            query.set("expression", staged(query.expression, Labels()))
            return self.printed(query, pretty=True)
        return self.printed(staged(query, Labels()), pretty=True)


def settled(
    database: DuckDb, book: Book, program: str, period: Any, data: Path, declared: bool = False
) -> list[tuple]:  # fmt: skip
    """Statements and kept values of a run; ``declared``: by queries that are made for what the fields declare."""
    one = program_of(book, program, period)
    with database:
        loaded = load_into(database, book, one, period, open_places([data]), UNWATCHED)
        tables = {n: at_declared(table)[0] if declared else table for n, table in loaded.staged().items()}
        result = run(book, one, period, SqlTables(database, loaded.memory(), tables))
        statements = [(sheet.name, [[str(cell) for cell in row] for row in sheet.rows]) for sheet in result.statements]
        return [
            *statements,
            *((kept.grain, [[str(cell) for cell in row] for row in kept.rows]) for kept in result.kept),
        ]


@pytest.fixture(scope="module", params=REGIONS, ids=lambda one: one[0])
def case(request, tmp_path_factory):
    region, program = request.param
    book = load(region)
    period = period_for(book, program, "")
    data = data_for(book, period, 400, tmp_path_factory.mktemp("data") / region, lambda text: None)
    return book, program, period, data


def lines_of(case: Any, dialect: str = "duckdb") -> list[str]:
    book, program, period, data = case
    asked = program_to_write(book, program, period)
    return list(script_of(book, asked, period, [data], False, dialect, dialect_of(dialect).readable))


@pytest.mark.slow
def test_the_stages_of_the_script_give_what_the_run_gives(case):
    book, program, period, data = case
    assert settled(Staged(), book, program, period, data) == settled(DuckDb(), book, program, period, data)


@pytest.mark.slow
def test_queries_for_what_the_fields_declare_give_what_the_run_gives(case):
    book, program, period, data = case
    of_declared = settled(DuckDb(), book, program, period, data, declared=True)
    assert of_declared == settled(DuckDb(), book, program, period, data)


@pytest.fixture(scope="module")
def own(case):
    """The script in DuckDB's words."""
    return lines_of(case)


@pytest.mark.slow
def test_every_query_of_the_script_can_be_parsed(own):
    parsed = [tree for tree in sqlglot.parse("\n".join(own), "duckdb") if tree is not None]
    assert len(parsed) > 10
    assert all(isinstance(tree, (exp.Select, exp.Create, exp.Union)) for tree in parsed)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", [one for one in DIALECTS if one != "duckdb"])
def test_other_dialects_say_the_same_queries(case, own, dialect):
    other = lines_of(case, dialect)
    headings = [line for line in own if line.startswith("-- ────")]
    assert [line for line in other if line.startswith("-- ────")] == headings
    assert not any("INT128" in line or "HUGEINT" in line or "DAYS_BETWEEN" in line.upper() for line in other)


@pytest.mark.slow
def test_columns_say_rule_and_article_and_no_case_stands_in_it(tmp_path):
    book, period = load("jiyuan-demo"), parse_period("2025")
    data = data_for(book, period, 300, tmp_path / "data", lambda text: None)
    asked = program_to_write(book, "年度清算", period)
    text = "\n".join(script_of(book, asked, period, [data], False, "duckdb", dialect_of("duckdb").readable))
    assert "/* 病例类型（办法 第十九条） */" in text
    assert "/* 拒收：" in text
    assert "  调节系数 ×" in text  # a value worked out in memory, among the columns of its table
    assert 'AS "病例支付标准"' in text
    assert "-- 年度每点费用（" not in text.split("════")[2]  # the heading, before the rules in memory
    numbers = {row[0] for row in DuckDb().connection.execute(f"select 病例号 from '{data}/病例.parquet'").fetchall()}
    assert len(numbers) == 300
    assert not [number for number in numbers if f"'{number}'" in text]


@pytest.mark.slow
def test_the_command_prints_or_writes_a_file(tmp_path):
    run_it = CliRunner().invoke
    printed = run_it(main, ["sql", "jiyuan-demo", "月度预结算", "--cases", "200"])
    assert printed.exit_code == 0, printed.output
    assert "月度预结算 2025-01" in printed.output or "月度预结算 2026-01" in printed.output
    done = run_it(main, ["sql", "jiyuan-demo", "月度预结算", "--cases", "200", "--out", str(tmp_path / "a.sql")])
    assert done.exit_code == 0
    assert "行）" in done.output
    assert (tmp_path / "a.sql").read_text("utf-8").startswith("-- 济源")


def test_without_data_columns_are_as_large_as_declared_and_it_says_where_nothing_is(tmp_path):
    written = tmp_path / "a.sql"
    done = CliRunner().invoke(main, ["sql", "yunxi-demo", "年度清算", "--cases", "100", "--out", str(written)])
    assert done.exit_code == 0, done.output
    text = written.read_text("utf-8")
    assert "没有给数据（--data），64 位或 128 位由字段声明的 范围 决定" in text
    assert MEASURED[0] not in text
    assert "入院日期（日期）：1950-01-01 到 2099-12-30，范围 [1950-01-01, 2099-12-30] 声明\n" in text
    assert re.search(r"住院总费用（元，×100）：0 到 \d+(\.\d+)?，没有声明上限，取合成数据里的\n", text)
    assert "性别（类别（男、女））\n" in text  # no number, no date: it has no size


def test_with_data_sizes_are_those_of_the_data(tmp_path):
    book, period = load("yunxi-demo"), parse_period("2025-01")
    data = data_for(book, period, 100, tmp_path / "data", lambda text: None)
    done = CliRunner().invoke(
        main, ["sql", "yunxi-demo", "月度预结算", "--period", "2025-01", "--data", str(data)]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert MEASURED[0] in done.output
    assert "没有声明" not in done.output and "声明的 范围" not in done.output


YUAN = NUMBER.with_unit(Unit((("元", 1),)))


@pytest.mark.parametrize(
    ("kind", "span", "measured", "low", "high", "said"),
    [
        (YUAN, "[0, 100]", (5, 7), 0, 10000, "0 到 100，范围 [0, 100] 声明"),
        (YUAN, "(0.005, 1)", (5, 7), 1, 100, "0.01 到 1，范围 (0.005, 1) 声明"),
        (YUAN, "≥ 0", (5, 725), 0, 725, "0 到 7.25，没有声明上限，取合成数据里的"),
        (YUAN, "≤ 3", (5, 725), 5, 725, "0.05 到 7.25，没有声明下限，取合成数据里的"),
        (YUAN, "", (-5, 7), -5, 7, "-0.05 到 0.07，没有声明下限和上限，取合成数据里的"),
        (YUAN, "≥ 3", (None, None), None, None, "没有声明 范围，合成的数据里也没有值"),
        (YUAN, "[1, 2]", (None, None), 100, 200, "1 到 2，范围 [1, 2] 声明"),
        (TEXT, "", (None, None), None, None, ""),
    ],
)
def test_a_column_is_as_large_as_declared_and_never_smaller_than_its_rows(kind, span, measured, low, high, said):
    field = Field("甲", kind, digits=2, nullable=True, range=read_interval(span) if span else None)
    column = StagedColumn(field, "c0", None, False, *measured, 2 if kind is YUAN else None)
    table = Table("表", ("甲",), {"甲": field})
    staged_table = StagedTable(table, "t0", {"甲": column}, 1, [], (), (), True, "", None, None)
    at, sizes = at_declared(staged_table)
    assert (at.columns["甲"].low, at.columns["甲"].high, at.columns["甲"].nullable) == (low, high, True)
    assert sizes["甲"].said() == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sql", "jiyuan-demo", "年度清"], "没有程序 年度清"),
        (["sql", "jiyuan-demo", "年度清算", "--period", "2025-99"], "2025-99"),
        (["sql", "jiyuan", "年度清算", "--period", "2025"], "待定"),
    ],
)
def test_what_cannot_be_written_is_said(arguments, said):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert said in done.output


@pytest.mark.slow
def test_the_script_is_the_same_whatever_order_sets_are_gone_through():
    def written(seed: str) -> bytes:
        asked = [sys.executable, "-m", "engine", "sql", "liuzhou-demo", "运行监测", "--cases", "20"]
        return subprocess.run(asked, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout

    assert written("1") == written("2")


def test_a_query_of_a_thousand_layers_is_a_thousand_stages():
    query = exp.select("1 AS n")
    for _ in range(1000):
        query = exp.select("n + 1 AS n").from_(query.subquery("q", copy=False), copy=False)
    written = staged(query, Labels()).sql("duckdb")
    assert written.startswith("WITH s1 AS (SELECT 1 AS n), s2 AS (SELECT n + 1 AS n FROM s1 AS q)")
    assert written.endswith("SELECT n + 1 AS n FROM s1000 AS q")
