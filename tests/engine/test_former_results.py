"""What a run stands on: only results that are as their runs wrote them, and that belong together."""

import json
import shutil

import duckdb
import pytest
from city import city
from click.testing import CliRunner

from engine.cli import main
from engine.execute.period import parse_period
from engine.settle import settle
from tests.databases import chosen, engine_option

pytestmark = pytest.mark.slow

RULES = """
月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
结余: {粒度: 车队, 单位: 元, 公式: '上期(结余, 0) + 月费'}
结余表: {粒度: 车队, 列: {结余: 结余}}
车队年: {主键: [车队号, 月份], 归期: 月份, 字段: {车队号: → 车队, 月份: 年月, 结余额: 元}, 可空: 是}
交出: {粒度: 车队, 列: {结余: 结余额}, 回填: 车队年}
结算: {期间: 月, 连续: 年, 报表: [结余表, 交出]}
年费: {粒度: 车队, 单位: 元, 公式: 合计(结余额)}
年表: {粒度: 车队, 列: [年费]}
清算: {期间: 年, 报表: [年表]}
"""


def casemix(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")


def edited(file, change):
    """A Parquet file with other rows under its name."""
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE t AS SELECT * FROM '{file}'")
        base.execute(change)
        base.execute(f"COPY t TO '{file}' (FORMAT parquet)")


@pytest.fixture
def made(tmp_path):
    return city(tmp_path, RULES)


def months(made, period, out, *more, data="data"):
    place = made.folder / data
    return casemix("run", made.region, "结算", "--period", period, "--data", place, "--out", made.folder / out, *more)


def year(made, *results):
    places = [word for result in results for word in ("--data", made.folder / result)]
    shutil.rmtree(made.folder / "year", ignore_errors=True)
    places += ["--data", made.folder / "data", "--out", made.folder / "year"]
    return casemix("run", made.region, "清算", "--period", "2025", *places)


# -- as they were written -----------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["UPDATE t SET 结余 = 结余 + 1000000", "DELETE FROM t"], ids=["raised by a million", "emptied"]
)
def test_a_kept_value_that_somebody_changed_is_not_carried_on(made, change):
    january = made.run(period="2025-01")
    edited(january.out / "values" / "车队.parquet", change)
    assert "车队.parquet：在那次运行之后改动过" in made.stopped(period="2025-02", previous=january.out)


def test_the_values_of_another_month_in_its_place_are_not_carried_on(made):
    january = made.run(period="2025-01")
    february = made.run(period="2025-02", previous=january.out)
    shutil.rmtree(february.out / "values")
    shutil.copytree(january.out / "values", february.out / "values")
    assert "在那次运行之后改动过" in made.stopped(period="2025-03", previous=february.out)


@pytest.mark.parametrize("lost", ["values/车队.parquet", "values/_types.json"])
def test_values_that_are_gone_are_not_the_first_ones(made, lost):
    january = made.run(period="2025-01")
    (january.out / lost).unlink()
    assert "不在了" in made.stopped(period="2025-02", previous=january.out)


def test_a_statement_written_back_is_read_only_as_it_was_written(made):
    assert months(made, "2025-01", "m/2025-01").exit_code == 0
    assert year(made, "m/2025-01").exit_code == 0
    edited(made.folder / "m/2025-01/statements/交出.parquet", "UPDATE t SET 结余额 = 结余额 + 1")
    done = year(made, "m/2025-01")
    assert done.exit_code == 1 and "交出.parquet：在那次运行之后改动过" in done.output


def test_compare_reads_files_and_not_only_digests(made):
    outs = [made.run(period="2025-01").out for _ in range(2)]
    assert casemix("compare", *outs).exit_code == 0
    edited(outs[1] / "statements" / "结余表.parquet", "UPDATE t SET 结余 = 结余 + 1")
    done = casemix("compare", *outs)
    assert done.exit_code == 1 and "结余表.parquet：在那次运行之后改动过" in done.output
    assert "全部相同" not in done.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.pop("period"), "缺 period"),
        (lambda r: r.update(period=2025), "period 应是文字"),
        (lambda r: r.update(period="2025-13"), "period 的写法不对"),
        (lambda r: r.update(accounting=[{"table": "行程", "rows": "4", "states": {}}]), "accounting[0].rows 应是整数"),
        (lambda r: r.update(data="data"), "data 应是列表"),
        (lambda r: r.update(as_of="2025-02-30"), "as_of 的写法不对"),
        (lambda r: r.update(digests=None), "digests 应是"),
        (lambda r: r.update(columns={"结余表": [{"heading": 1}]}), "columns.结余表[0]"),
        (lambda r: r.update(files_sha256=[]), "files_sha256 应是"),
        (lambda r: r.update(written_by="other"), "written_by 的写法不对"),
        (lambda r: r.update(previous=""), "previous 的写法不对"),
        (lambda r: r.update(folder="a\0b"), "folder 的写法不对"),
    ],
)
def test_a_run_json_of_another_shape_is_told_by_every_command(made, change, said):
    out = made.run(period="2025-01").out
    record = json.loads((out / "run.json").read_text("utf-8"))
    change(record)
    (out / "run.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    common = ("--data", made.folder / "data", "--out", made.folder / "x")
    for done in (
        casemix("explain", out, "车队", "东"),
        casemix("compare", out, out),
        casemix("run", made.region, "结算", "--period", "2025-02", *common, "--previous", out),
        casemix("run", made.region, "清算", "--period", "2025", *common, "--data", out),
    ):
        assert done.exit_code == 1 and said in done.output, done.output


def test_the_result_of_a_former_version_is_not_replaced_and_said_to_be_one(made):
    out = made.run(period="2025-01").out
    record = json.loads((out / "run.json").read_text("utf-8"))
    del record["written_by"], record["files_sha256"]
    (out / "run.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    done = months(made, "2025-01", out, "--replace")
    assert (
        done.exit_code == 1 and "不是这一版 casemix 写的" in done.output.replace("\n", "") and (out / "values").is_dir()
    )


def test_an_explanation_of_no_row_asks_for_its_key(made):
    done = casemix("explain", made.run(period="2025-01").out, "车队")
    assert done.exit_code == 1 and "没有写是 车队 的哪一行" in done.output and "车队号" in done.output


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"[]", b"null", b"\xed\xa0\x80"])
def test_a_run_json_that_is_none_is_told(made, text):
    out = made.run(period="2025-01").out
    (out / "run.json").write_bytes(text)
    for done in (casemix("explain", out, "车队", "东"), casemix("compare", out, out)):
        assert done.exit_code == 1 and "run.json" in done.output


# -- what it stood on ---------------------------------------------------------------


def test_run_json_names_what_the_run_stood_on(made):
    january = made.run(period="2025-01")
    february = made.run(period="2025-02", previous=january.out)
    (under,) = february.run_json["stands_on"]
    import hashlib

    assert under["run_sha256"] == hashlib.sha256((january.out / "run.json").read_bytes()).hexdigest()
    assert (under["as"], under["program"], under["period"], under["differs"]) == ("previous", "结算", "2025-01", [])


def test_a_previous_result_of_other_rules_is_told(made):
    january = made.run(period="2025-01")
    made.rules(RULES.replace("公式: 合计(运费)}", "公式: 合计(运费) + 0}"))
    february = made.run(period="2025-02", previous=january.out)
    assert any("上期的结果" in note and "规则" in note for note in february.run_json["notes"])
    assert february.run_json["stands_on"][0]["differs"] == ["规则"]


def test_a_previous_result_of_other_data_is_told(made):
    january = made.run(period="2025-01")
    made.data(车队="车队号,等级\n东,大\n西,小\n南,小\n")
    february = made.run(period="2025-02", previous=january.out)
    assert february.run_json["stands_on"][0]["differs"] == ["数据 车队"]
    assert any(note.endswith("数据 车队") for note in february.run_json["notes"])


def test_an_explanation_notices_that_the_previous_result_was_made_anew(made):
    from engine.explain import explain
    from engine.files.errors import RunStopped

    january = made.run(period="2025-01")
    february = made.run(period="2025-02", previous=january.out)
    assert explain(february.out, "车队", "东")[0].value == "300"
    made.run(period="2025-01", out=january.out, replace_old=True, formats=("parquet", "csv"))
    with pytest.raises(RunStopped, match="不是当时的上期结果"):
        explain(february.out, "车队", "东")


def test_the_result_of_another_region_is_no_data(made, tmp_path):
    assert months(made, "2025-01", "m/2025-01").exit_code == 0
    other = city(tmp_path / "other", RULES)
    other.write("jia/region.yaml", (other.region / "region.yaml").read_text("utf-8"))
    other.region.rename(other.folder / "yi")
    done = casemix(
        "run", other.folder / "yi", "清算", "--period", "2025", "--data", other.folder / "data",
        "--data", made.folder / "m/2025-01", "--out", tmp_path / "y",
    )  # fmt: skip
    assert done.exit_code == 1 and "是 jia 的结果，不能作 yi 的数据" in done.output


# -- what belongs together ----------------------------------------------------------


def test_months_of_two_chains_are_not_joined(made):
    assert months(made, "2025-01", "m/2025-01").exit_code == 0
    assert months(made, "2025-02", "m/2025-02", "--previous", made.folder / "m/2025-01").exit_code == 0
    assert year(made, "m/2025-01", "m/2025-02").exit_code == 0
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-20,10,111.00,早\n3,西,2025-02-10,30,400.00,晚\n")
    assert months(made, "2025-01", "m/2025-01", "--replace").exit_code == 0
    done = year(made, "m/2025-01", "m/2025-02")
    assert done.exit_code == 1
    assert "接着算的是另一次 2025-01 的结果" in done.output and "从 2025-01 的下一期起重新运行" in done.output


def test_months_of_two_ranges_are_not_joined(made):
    assert months(made, "2025-01..2025-03", "a").exit_code == 0
    assert months(made, "2025-01..2025-03", "b").exit_code == 0
    assert year(made, "a/2025-01", "a/2025-02", "a/2025-03").exit_code == 0
    done = year(made, "b/2025-01", "a/2025-03")
    assert done.exit_code == 1 and "是两次运行的结果，不能放在一起" in done.output


# -- addresses that a result names --------------------------------------------------


@pytest.fixture
def listener():
    """A port on which somebody waits for who comes."""
    import socket

    with socket.socket() as waiting:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        waiting.settimeout(0.2)
        yield waiting


@pytest.mark.parametrize("engine", ["duckdb", "{0}"])
@pytest.mark.parametrize("data", ["{0}?schema=s", "sc://127.0.0.1:{1}/;schema=a", "//127.0.0.1/share"])
def test_explain_connects_to_nothing_that_run_json_names(made, listener, monkeypatch, engine, data):
    monkeypatch.setenv("PGPASSWORD", "secret")
    out = made.run(period="2025-01").out
    port = listener.getsockname()[1]
    names = (f"postgresql://u@127.0.0.1:{port}/db", port)
    record = json.loads((out / "run.json").read_text("utf-8"))
    record |= {"data": [data.format(*names)], "engine": engine.format(*names)}
    (out / "run.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    done = casemix("explain", out, "车队", "东")
    with pytest.raises(TimeoutError):
        listener.accept()
    assert done.exit_code == 1 and "写着的地址不会自己去连" in done.output
    assert f"--data '{data.format(*names)}'" in done.output or data.startswith("//")
    done = casemix("explain", out, "车队", "东", "--data", made.folder / "data")  # the engine is not needed for files
    assert done.exit_code == 0, done.output


def test_data_that_were_moved_are_named_in_the_call(made):
    january = made.run(period="2025-01")
    out = made.run(period="2025-02", previous=january.out).out
    (made.folder / "data").rename(made.folder / "moved")
    january.out.rename(made.folder / "before")
    assert casemix("explain", out, "车队", "东").exit_code == 1
    more = ("--data", made.folder / "moved", "--previous", made.folder / "before")
    done = casemix("explain", out, "车队", "东", *more)
    assert done.exit_code == 0 and "300" in done.output


@pytest.mark.parametrize("key", ['"甲,乙"', "甲,乙", "“甲,乙”"])
def test_a_key_with_a_comma_is_explained(tmp_path, key):
    trips = '行程号,车队号,日期,里程,运费,班次\n1,"甲,乙",2025-01-10,1,100.00,\n'
    made = city(tmp_path, RULES, 车队='车队号,等级\n"甲,乙",大\n', 行程=trips)
    done = casemix("explain", made.run(period="2025-01").out, "车队", key)
    assert done.exit_code == 0 and '"甲,乙"' in done.output


@pytest.mark.parametrize(
    "parts", [["东"], ["a,b", "c"], ['"', ""], [" x ", 'say "a"'], ["“a”"], ["a b"], [""], ['"a,b"', "x"]]
)
def test_a_key_as_it_is_printed_is_read_again(parts):
    from engine.explain.keys import joined, split

    assert split(joined(parts)) == parts


@pytest.mark.parametrize("key", ['"甲,乙', '"甲"乙', "“甲"])
def test_a_quote_that_is_not_closed_is_told(made, key):
    done = casemix("explain", made.run(period="2025-01").out, "车队", key)
    assert done.exit_code == 1 and "引号" in done.output


# -- months that are there ----------------------------------------------------------


def test_a_year_over_some_months_of_former_results_says_which(made):
    """Three of twelve months, then two of them with a gap: the sum is right for what is there, and that is told."""
    first = months(made, "2025-01..2025-03", "first")
    assert first.exit_code == 0, first.output
    told = " ".join(year(made, "first/2025-01", "first/2025-02", "first/2025-03").output.split())
    assert "表 车队年 的 月份 在 2025 里只有 2025-01 至 2025-03，缺 2025-04 至 2025-12：合计只算了有的月份" in told
    told = " ".join(year(made, "first/2025-01", "first/2025-03").output.split())
    assert "只有 2025-01、2025-03，缺 2025-02、2025-04 至 2025-12" in told


def test_a_year_over_all_its_months_says_nothing_of_months(made):
    lines = [f"东,2025-{month:02},1.00" for month in range(1, 13)]
    made.data(车队年="\n".join(["车队号,月份,结余额", *lines]))
    assert "缺 20" not in " ".join(made.run("清算").result.notes)


def test_every_engine_names_the_months(made):
    assert months(made, "2025-01..2025-02", "first").exit_code == 0
    places = ("data", "first/2025-01", "first/2025-02")
    found = {
        engine: settle(
            made.book(), "清算", parse_period("2025"), [made.folder / place for place in places],
            made.folder / f"of-{name}", engine=engine,
        )[0].notes
        for name, engine in [("reference", "reference"), *((name, engine_option(name)) for name in chosen())]
    }  # fmt: skip
    assert all(any("缺 2025-03 至 2025-12" in note for note in notes) for notes in found.values()), found


def test_the_folder_of_refused_rows_is_no_data_and_says_what_it_is(made):
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n1,东,坏,10,100,早")
    assert months(made, "2025-01", "first").exit_code == 1
    done = months(made, "2025-01", "second", data="first.拒收")
    told = " ".join(done.output.split())
    assert done.exit_code == 1 and "first.拒收 是一次停下的运行拒收的行，不是数据" in told
    assert "改好原来的数据" in told
