"""What a start imports: a command that looks at twelve rows does not wait for what it does not use."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

TOWN = """\
名称: 试
施行: 2025-01-01
文件:
  办法: {题名: 试行\u3000办法}
"""
RULES = """\
依据: 办法
人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
池: {键: []}
总额: {粒度: 池, 单位: 元, 舍入: 2, 公式: 合计(费用 × 1.05)}
池表: {粒度: 池, 列: [总额]}
月结: {期间: 月, 报表: [池表]}
"""
NEVER = {"openpyxl", "jsonschema", "pandas", "numpy", "pyspark", "psycopg", "pymysql", "pygls", "hypothesis"}
NO_QUERY = {"sqlglot", "engine.execute.sql", "engine.execute.closures", "engine.databases.duckdb", "engine.explain"}
NO_CHECK = {"engine.check", "engine.synth.hints", "engine.synth.read_hints"}
NO_DATA = {"duckdb", "engine.data.write", "engine.settle", "engine.execute.reference"}
CASES = {
    "run": NEVER | NO_QUERY | NO_CHECK,
    "check": NEVER | NO_QUERY | NO_CHECK | NO_DATA,
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A folder with a region, twelve rows and a memory of its own, in which the region was checked."""
    place = tmp_path_factory.mktemp("start")
    (place / "region").mkdir()
    (place / "region" / "region.yaml").write_text(TOWN, "utf-8")
    (place / "region" / "rules.yaml").write_text(RULES, "utf-8")
    (place / "data").mkdir()
    rows = "".join(f"{number},2025-01-{number:02},{number}.37\n" for number in range(1, 13))
    (place / "data" / "人.csv").write_text(f"编号,日期,费用\n{rows}", "utf-8")
    imported("check", place)
    return place


def imported(command, place, *more):
    """The modules that a command had imported when it was done."""
    return modules_of([command, str(place / "region"), *more], place)


def modules_of(words, place):
    text = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = {['casemix', *words]!r}\n"
        "from engine.cli import main\n"
        "main()\n"
    )
    done = ran(text, place)
    assert not done.returncode, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def ran(text, place):
    """A Python process of its own, with a memory of its own."""
    around = os.environ | {"CASEMIX_CACHE": str(place / "memory")}
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=around, cwd=place)


def run_of(place, *more):
    place_of = ["--period", "2025-01", "--data", str(place / "data"), "--out", str(place / "out"), "--replace"]
    return imported("run", place, "月结", *place_of, *more)


def test_twelve_rows_are_settled_without_what_queries_and_checks_need(town):
    assert not CASES["run"] & run_of(town)
    assert json.loads((town / "out" / "run.json").read_text("utf-8"))["engine"] == "reference"


def test_an_explanation_of_what_was_written_here_holds_nothing_against_a_schema(town):
    run_of(town)
    assert "jsonschema" not in modules_of(["explain", str(town / "out"), "池"], town)


def test_a_check_that_is_remembered_imports_no_check_and_nothing_of_data(town):
    assert not CASES["check"] & imported("check", town)


def test_who_names_an_engine_gets_it_and_the_same_statement(town):
    run_of(town)
    digests = json.loads((town / "out" / "run.json").read_text("utf-8"))["digests"]
    assert run_of(town, "--engine", "duckdb") & NO_QUERY
    record = json.loads((town / "out" / "run.json").read_text("utf-8"))
    assert (record["engine"], record["digests"]) == ("duckdb", digests)


def test_who_says_how_much_memory_it_may_take_means_duckdb(town):
    run_of(town, "--memory", "500MB")
    assert json.loads((town / "out" / "run.json").read_text("utf-8"))["engine"] == "duckdb"


@pytest.mark.parametrize(("words", "status"), [(["check"], 0), (["check", "--as-of"], 2)])
def test_a_command_ends_without_letting_go_of_all_that_it_made(town, words, status):
    text = (
        "import sys\n"
        "class Kept:\n"
        "    def __del__(self): sys.__stderr__.write('let go')\n"
        "kept = Kept()\n"
        f"sys.argv = {['casemix', *words, str(town / 'region')]!r}\n"
        "from engine.__main__ import run\n"
        "run()\n"
    )
    done = ran(text, town)
    assert done.returncode == status
    assert "let go" not in done.stderr and (done.stdout or done.stderr)
