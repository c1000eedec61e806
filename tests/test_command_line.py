"""The command line from end to end: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from engine.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "worked" / "data"
HEAVY = ("duckdb", "lark", "jsonschema", "openpyxl", "yaml", "simpleeval")


def casemix(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a small month."""
    folder = tmp_path_factory.mktemp("runs") / "one"
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", DATA, "--out", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The results of three months in one run, and what the screen showed."""
    folder = tmp_path_factory.mktemp("runs") / "three"
    period = ("--period", "2025-01..2025-03")
    return folder, casemix(
        "run", "jiyuan", "月度预结算", *period, "--data", DATA, "--out", folder, "--format", "csv", "--format", "xlsx"
    )


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A region with one rule and one example."""
    folder = tmp_path / "town"
    (folder / "tests").mkdir(parents=True)
    (folder / "region.yaml").write_text("名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 试行办法}\n", "utf-8")
    (folder / "rules.yaml").write_text(
        "依据: 办法\n"
        "人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}\n"
        "应付: {粒度: 人, 单位: 元, 舍入: 2, 公式: 费用 × 比例}\n"
        "比例: {单位: 比例, 取值: {2025-01-01: 70%}}\n"
        "应付表: {粒度: 人, 列: [应付]}\n"
        "月结: {期间: 月, 报表: [应付表]}\n",
        "utf-8",
    )
    (folder / "tests" / "应付.yaml").write_text("应付:\n  分情形: |\n    费用 || 应付\n    100 || 70\n", "utf-8")
    return folder


# check


def test_check_lists_what_is_pending_and_is_content() -> None:
    done = casemix("check", "jiyuan")
    assert done.exit_code == 0
    assert "✓ 济源产城融合示范区（jiyuan）" in done.output
    assert "首次裁剪下限：缺 取值（办法 第十七条）〔基准测算、年终重算〕" in done.output


def test_check_quiet_leaves_pending_figures_out() -> None:
    assert "首次裁剪下限" not in casemix("check", "jiyuan", "--quiet").output


def test_check_lists_every_error_and_exits_1(town: Path) -> None:
    rules = town / "rules.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace("费用 × 比例", "费用 × 比列").replace("列: [应付]", "列: [应付款]"), "utf-8"
    )
    done = casemix("check", town)
    assert done.exit_code == 1
    assert "是不是 比例？" in done.output and "应付款" in done.output
    assert "✗ 试城（town）：2 个错误" in done.output


def test_an_unknown_region_is_refused_with_the_nearest_name() -> None:
    done = casemix("check", "jiyaun")
    assert done.exit_code == 1
    assert "找不到地区 jiyaun" in done.output and "是不是 jiyuan？" in done.output


# test


def test_test_counts_examples_and_values(town: Path) -> None:
    done = casemix("test", town)
    assert done.exit_code == 0
    assert "✓ 试城（town）：1 个例子符合，0 个不符，共比较 1 个值" in done.output


def test_test_names_what_differs_and_exits_1(town: Path) -> None:
    (town / "tests" / "应付.yaml").write_text("应付:\n  分情形: |\n    费用 || 应付\n    100 || 71\n", "utf-8")
    done = casemix("test", town)
    assert done.exit_code == 1
    assert "第 1 行 应付：应得 71，得到 70" in done.output


def test_test_verbose_names_every_example(town: Path) -> None:
    assert "✓ 应付：1 个值" in casemix("test", town, "--verbose").output


def test_coverage_names_branches_without_an_example(town: Path) -> None:
    rules = town / "rules.yaml"
    text = rules.read_text("utf-8").replace("公式: 费用 × 比例", "分情形: {费用 > 起付线: 费用 × 比例, 否则: 0}")
    rules.write_text(text + "起付线: {单位: 元, 取值: {2025-01-01: 10}}\n", "utf-8")
    done = casemix("test", town, "--coverage")
    assert done.exit_code == 1
    assert "没有例子" in done.output


def test_a_broken_region_is_not_tested(town: Path) -> None:
    (town / "rules.yaml").write_text("依据: 办法\n应付: {粒度: 人, 公式: 费用}\n", "utf-8")
    done = casemix("test", town)
    assert done.exit_code == 1
    assert "规则有错，先用 casemix check 改好" in done.output


# show


def test_show_gives_layers_and_programs() -> None:
    done = casemix("show", "jiyuan")
    assert done.exit_code == 0
    assert "共用 标准数据字典（standard）" in done.output
    assert "月度预结算：每月" in done.output


def test_show_of_a_name_gives_its_history() -> None:
    output = casemix("show", "jiyuan", "病例费用").output
    assert output.index("公式: 住院总费用") < output.index("公式: 原规定 − 特需费用")
    assert "替换 自 2025-01-01 起 办法 第三十九条（暂定）" in output


def test_show_of_a_formula_says_which_number_bears_a_unit() -> None:
    assert "100 带单位 点" in casemix("show", "jiyuan", "测算基准点数").output


def test_show_of_a_field_says_which_table() -> None:
    assert "级别：表 医疗机构 的字段" in casemix("show", "jiyuan", "级别").output


def test_show_of_an_unknown_name_exits_1() -> None:
    done = casemix("show", "jiyuan", "病例点")
    assert done.exit_code == 1
    assert "是不是 病例、病例号、病例点数 中的一个？" in done.output


# run


def test_run_prints_statements_and_where_every_row_went(months: tuple[Path, Result]) -> None:
    output = months[1].output
    assert months[1].exit_code == 0, output
    assert "20332.29" in output and "病例 排除：逾期上传 1 行" in output and "病例 拒收：数据格式 1 行" in output
    assert "项不是正式的规定" in output and "逾期上传 暂定（办法 第三十条" in output


def test_run_of_a_range_writes_a_folder_a_period(months: tuple[Path, Result]) -> None:
    assert sorted(path.name for path in months[0].iterdir()) == ["2025-01", "2025-02", "2025-03"]
    march = months[0] / "2025-03" / "statements"
    assert {path.suffix for path in march.iterdir()} == {".parquet", ".csv", ".xlsx"}


def test_tables_are_never_wider_than_the_screen(months: tuple[Path, Result]) -> None:
    from rich.cells import cell_len

    rules = [line for line in months[1].output.splitlines() if line.startswith("───")]
    assert len(rules) > 10
    assert max(cell_len(line) for line in rules) <= 80


def test_a_run_of_the_demonstration_region_says_so(tmp_path: Path) -> None:
    done = casemix("run", "jiyuan-demo", "月度预结算", "--period", "2025-01", "--data", DATA, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "〔示例：含虚构数值〕" in done.output
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["example"] is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"program": "年度结算"}, "没有程序 年度结算"),
        ({"period": "2025"}, "不能用 2025"),
        ({"period": "2025-13"}, "期间 2025-13 看不懂"),
        ({"period": "2024-12"}, "2024-12-31 还没有"),
        ({"data": "没有这里"}, "找不到数据位置 没有这里"),
        ({"program": "基准测算", "period": "2025"}, "用到 5 项待定的规定，不能结算"),
        ({"previous": "没有这里"}, "不是一次运行的输出"),
    ],
)
def test_run_stops_and_writes_nothing(tmp_path: Path, change: dict[str, str], message: str) -> None:
    given = {"program": "月度预结算", "period": "2025-01", "data": str(DATA)} | change
    options = [part for name, value in given.items() if name != "program" for part in (f"--{name}", value)]
    done = casemix("run", "jiyuan", given["program"], *options, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert message in done.output
    assert not (tmp_path / "out").exists()


def renamed(folder: Path, table: str, old: str, new: str) -> Path:
    """The worked set with another heading in one file."""
    shutil.copytree(DATA, folder)
    path = folder / f"{table}.csv"
    text = path.read_text("utf-8-sig")
    assert old in text.splitlines()[0]
    path.write_text(text.replace(old, new, 1), "utf-8-sig")
    return folder


def test_a_column_that_is_nearly_right_stops_the_run(tmp_path: Path) -> None:
    data = renamed(tmp_path / "data", "病例", "特需费用", "特需费")
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", data, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "表“病例”没有列 特需费用，却有一列 特需费：是不是写错了？" in done.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_nearly_right_stops_the_run(tmp_path: Path) -> None:
    data = shutil.copytree(DATA, tmp_path / "data")
    (data / "系数顷斜.csv").write_text("机构编码,病组编码,倾斜依据\nH1,BB11,优势专科\n", "utf-8-sig")
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", data, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "没有交来表“系数倾斜”，却有一张 系数顷斜：是不是写错了？" in done.output


def test_what_was_not_read_is_printed_and_kept(tmp_path: Path) -> None:
    data = renamed(tmp_path / "data", "病例", "特需费用", "床位号")
    (data / "食堂.csv").write_text("日期,人数\n2025-01-01,3\n", "utf-8-sig")
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", data, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert "提醒 病例 有不认识的列，没有读：床位号" in told
    assert "提醒 交来了但没有读：食堂" in told
    kept = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert kept["unknown_columns"]["病例"] == ["床位号"]
    assert "特需费用" in kept["defaulted_columns"]["病例"]
    assert "食堂" in kept["unused_tables"]


def test_run_json_has_the_hash_of_every_other_file(january: Path) -> None:
    kept = json.loads((january / "run.json").read_text("utf-8"))["files_sha256"]
    files = [path for path in january.rglob("*") if path.is_file() and path.name != "run.json"]
    assert kept == {
        path.relative_to(january).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_statements_of_a_demonstration_region_are_called_so(tmp_path: Path) -> None:
    common = ("--period", "2025-01", "--data", DATA, "--format", "csv", "--format", "xlsx")
    assert casemix("run", "jiyuan-demo", "月度预结算", *common, "--out", tmp_path / "out").exit_code == 0
    names = [path.name for path in (tmp_path / "out" / "statements").iterdir()]
    assert len(names) == 12
    assert [name for name in names if name.startswith("示例-") == name.endswith(".parquet")] == []


def test_a_month_in_a_series_needs_the_month_before(tmp_path: Path) -> None:
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-03", "--data", DATA, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "没有上期的 结转余额" in done.output


def test_run_replaces_only_when_told(january: Path) -> None:
    again = ("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", DATA, "--out", january)
    refused = casemix(*again)
    assert refused.exit_code == 1 and "已有一次运行的结果" in refused.output
    assert casemix(*again, "--replace").exit_code == 0


def test_run_goes_on_from_the_previous_period(january: Path, tmp_path: Path) -> None:
    common = ("run", "jiyuan", "月度预结算", "--period", "2025-02", "--data", DATA)
    done = casemix(*common, "--previous", january, "--out", tmp_path / "out", "--engine", "reference")
    assert done.exit_code == 0
    assert "1000.00" in done.output


# explain


def test_explain_goes_down_to_the_data(months: tuple[Path, Result]) -> None:
    done = casemix("explain", months[0] / "2025-03", "病例", "C3", "--value", "病例点数")
    assert done.exit_code == 0, done.output
    assert "病例点数 = 344.0359 点" in done.output
    assert "办法 第十九条（一）1" in done.output
    assert "住院总费用 = 51947.36 元 〔病例 C3〕 数据：表 病例" in done.output


def test_explain_as_json_is_a_tree(months: tuple[Path, Result]) -> None:
    done = casemix("explain", months[0] / "2025-03", "病例", "C2", "--value", "病例类型", "--json")
    (step,) = json.loads(done.output)
    assert step["value"] == "低倍率"
    assert [item["applied"] for item in step["tried"]] == [False, False, False, False, False, True]


def test_explain_says_why_a_row_was_not_settled(months: tuple[Path, Result]) -> None:
    done = casemix("explain", months[0] / "2025-03", "病例", "C5")
    assert done.exit_code == 1
    assert "病例 C5 没有结算：排除（逾期上传）" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("病例", "C33"), "是不是 C3？"),
        (("病厉", "C3"), "没有 病厉 这个粒度"),
        (("机构池", "H1"), "机构池 的键是 机构编码、险种、就医地"),
    ],
)
def test_explain_refuses_what_it_cannot_find(
    months: tuple[Path, Result], arguments: tuple[str, ...], message: str
) -> None:
    done = casemix("explain", months[0] / "2025-03", *arguments)
    assert done.exit_code == 1
    assert message in done.output


def test_explain_refuses_a_folder_without_a_run(tmp_path: Path) -> None:
    done = casemix("explain", tmp_path, "病例", "C3")
    assert done.exit_code == 1
    assert "不是一次运行的输出" in done.output


# help


def test_help_lists_the_commands() -> None:
    output = casemix("--help").output
    assert [name for name in COMMANDS if f"  {name} " not in output] == []


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from engine.cli import main; main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = done.stdout.rsplit("[", 1)[1]
    assert [name for name in HEAVY if f"'{name}'" in modules] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_documentation_has_every_command_and_option(name: str) -> None:
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert f"## casemix {name}" in text
    part = text.split(f"## casemix {name}\n")[1].split("\n## ")[0]
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}" not in part] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "缺 REGION\n  → 用 casemix run --help 看怎么写"),
        (["run", "jiyuan", "月度预结算"], "缺 --period\n"),
        (["chek"], "没有命令 chek，是不是 check"),
        (["--verbos"], "没有选项 --verbos，是不是 --version？"),
        (["synth", "jiyuan", "--case", "5"], "没有选项 --case，是不是 --cases"),
        (["synth", "jiyuan", "--cases", "多"], "--cases：应是整数，最少 1"),
        (["synth", "jiyuan", "--cases"], "--cases 后面要写值"),
        (["check", "--quiet=1"], "--quiet 后面不写值"),
        (["show", "jiyuan", "乙", "丙"], "多写了 丙\n"),
        (["new", "x", "--start", "3"], "--start：应是日期，如 2025-01-01"),
        (["run", "a", "b", "--period", "2025", "--data", "x", "--out", "y", "--format", "pdf"], "应是 csv、xlsx 之一"),
        (["run", "a", "b", "--period", "2025", "--data", "x", "--out", "y", "--memory", "3"], "写成 800MB 或 6GB"),
    ],
)
def test_a_command_written_wrongly_is_told_in_chinese(arguments: list[str], said: str) -> None:
    done = casemix(*arguments)
    assert done.exit_code == 2 and done.output.startswith("命令行 ") and said in done.output, done.output
    assert not set(ENGLISH) & set(done.output.split()), done.output


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_chinese_headings(command: str) -> None:
    done = casemix(*filter(None, [command]), "--help")
    assert done.exit_code == 0 and done.output.startswith("用法：casemix") and "显示这个说明" in done.output
    assert not set(ENGLISH) & set(done.output.split()), done.output


ENGLISH = ("Usage:", "Options:", "Error:", "Try", "[OPTIONS]", "[required]", "[default:", "Show", "Commands:")


@pytest.mark.parametrize("out", ["mysql://u:secret@h/db", " postgresqI://u:secret@h/db?schema=x", "sc://u:secret@h"])
def test_an_address_that_cannot_be_written_to_is_no_folder(out: str, tmp_path: Path) -> None:
    done = casemix("run", "jiyuan", "月度预结算", "--period", "2025-01", "--data", DATA, "--out", out)
    assert done.exit_code == 2 and "写成文件夹，或 postgresql://" in done.output and "secret" not in done.output


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_run_that_stops_says_how_many_rows_could_not_be_read(engine: str, tmp_path: Path) -> None:
    import duckdb

    data = tmp_path / "data"
    made = casemix("synth", "jiyuan-demo", "--cases", "300", "--period", "2025", "--all", "--out", data)
    assert made.exit_code == 0, made.output
    file = data / "病例.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table t as select * replace ('abc' as 住院总费用) from '{file}'")
        connection.execute(f"copy t to '{file}' (format parquet)")
    done = casemix(
        "run",
        "jiyuan-demo",
        "年度清算",
        "--period",
        "2025",
        "--data",
        data,
        "--out",
        tmp_path / "out",
        "--engine",
        engine,
    )
    assert done.exit_code == 1 and not (tmp_path / "out").exists()
    shown = "".join(done.output.split())
    assert "表病例：这次有300行，拒收300行，一行也没有留下" in shown and "“abc”不是数" in shown, done.output
