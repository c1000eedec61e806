"""The same seed gives the same rows; the folder appears whole or not at all; bad rows are told and rejected."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.files.errors import DataError
from engine.synth import make as making

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def rows(folder: Path) -> dict[str, list[tuple]]:
    return {p.stem: duckdb.connect().execute(f"select * from '{p}'").fetchall() for p in folder.glob("*.parquet")}


def casemix(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")


def test_the_same_seed_gives_the_same_rows_with_any_number_of_threads(make, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "SMALL", 1000)  # the cases are streamed
    make(tmp_path / "a", 30_000, threads=1)
    make(tmp_path / "b", 30_000, threads=4)
    assert rows(tmp_path / "a") == rows(tmp_path / "b")


def test_another_seed_gives_other_rows(make, tmp_path):
    make(tmp_path / "a", 100, seed=1)
    make(tmp_path / "b", 100, seed=2)
    assert rows(tmp_path / "a")["行程"] != rows(tmp_path / "b")["行程"]


def test_the_record_says_what_was_made(make, tmp_path):
    reports = make(tmp_path / "a", 100, seed=7)
    record = json.loads((tmp_path / "a" / "synth.json").read_text("utf-8"))
    assert (record["region"], record["seed"], record["cases"], record["period"]) == ("town", 7, 100, "2025..2025")
    assert {t["table"]: t["rows"] for t in record["tables"]} == {r.table: r.rows for r in reports}
    assert sorted(record["files"]) == sorted(path.name for path in (tmp_path / "a").iterdir())


def test_a_folder_with_something_else_is_refused(make, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("mine")
    for replace in (False, True):
        with pytest.raises(DataError, match="不是合成的数据"):
            make(tmp_path / "a", 10, replace=replace)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["notes.txt"]


def test_data_made_before_are_replaced_only_when_asked(make, tmp_path):
    make(tmp_path / "a", 10)
    with pytest.raises(DataError, match="已有合成的数据"):
        make(tmp_path / "a", 20)
    make(tmp_path / "a", 20, replace=True)
    assert len(rows(tmp_path / "a")["行程"]) == 20


def test_a_failure_leaves_nothing(make, tmp_path, monkeypatch):
    def broken(*arguments: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(making, "_record", broken)
    with pytest.raises(RuntimeError):
        make(tmp_path / "a", 10)
    assert list(tmp_path.iterdir()) == []


def test_killed_midway_nothing_stands_at_the_target(make, town, tmp_path):
    out = tmp_path / "a"
    command = [
        sys.executable,
        "-m",
        "engine",
        "synth",
        str(town),
        "--cases",
        "3000000",
        "--period",
        "2025",
        "--out",
        str(out),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".a.partial-*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not out.exists()
    make(out, 10)  # clears what the killed one left
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_bad_rows_are_counted_and_rejected_with_reasons(make, town, tmp_path):
    reports = make(tmp_path / "a", 2000, period="2025-01", bad=0.05)
    [trips] = [report for report in reports if report.bad]
    assert trips.table == "行程"
    assert set(trips.bad) == {"必填的空着", "日期先后颠倒", "金额为负", "小数位数太多", "类别里没有的字"}
    total = sum(trips.bad.values())
    assert total == pytest.approx(100, abs=35)
    month = ("--period", "2025-01", "--data", tmp_path / "a")
    done = casemix("run", town, "估算", *month, "--out", tmp_path / "e")
    assert done.exit_code == 0, done.output
    done = casemix("run", town, "月结", *month, "--data", tmp_path / "e", "--out", tmp_path / "r")
    assert done.exit_code == 0, done.output
    [account] = [
        a for a in json.loads((tmp_path / "r" / "run.json").read_text("utf-8"))["accounting"] if a["table"] == "行程"
    ]
    assert account["states"] == {"拒收": total, "结算": 2000 - total}
    reasons = (
        duckdb.connect()
        .execute(f"select distinct unnest([字段, 检查]) from '{tmp_path}/r/rejects/行程.parquet'")
        .fetchall()
    )
    assert {"D101", "D102", "D103", "倒着走"} <= {reason for (reason,) in reasons}
    assert any(
        "超出范围" in str(reason) for (reason,) in reasons
    )  # a check that cannot be judged is named by its cause


def test_a_reference_to_nothing_is_made_only_when_asked(make, tmp_path):
    make(tmp_path / "a", 1000, bad=0.1)
    assert "不存在" not in {row[1] for row in rows(tmp_path / "a")["行程"]}
    make(tmp_path / "b", 1000, bad=0.1, faults=("reference",))
    assert sum(row[1] == "不存在" for row in rows(tmp_path / "b")["行程"]) == pytest.approx(100, abs=35)


def test_the_command_prints_tables_rows_and_seconds(town, tmp_path):
    done = casemix(
        "synth", town, "--cases", 50, "--period", "2025-01..2025-06", "--out", tmp_path / "a", "--bad", "10%"
    )
    assert done.exit_code == 0, done.output
    assert "行程" in done.output and "50" in done.output and "坏行" in done.output


@pytest.mark.parametrize("arguments", [("--period", "2025-13"), ("--period", "2025", "--bad", "many")])
def test_the_command_says_what_it_does_not_understand(town, tmp_path, arguments):
    done = casemix("synth", town, "--cases", 5, "--out", tmp_path / "a", *arguments)
    assert done.exit_code == 1
    assert "看不懂" in done.output


@pytest.mark.slow
def test_data_of_the_demonstration_go_through_its_programs(tmp_path):
    place, base, months = tmp_path / "data", tmp_path / "base", tmp_path / "months"
    done = casemix("synth", "jiyuan-demo", "--cases", 3000, "--period", "2022-01..2025-12", "--out", place)
    assert done.exit_code == 0, done.output
    done = casemix("run", "jiyuan-demo", "基准测算", "--period", "2025", "--data", place, "--out", base)
    assert done.exit_code == 0, done.output
    done = casemix(
        "run",
        "jiyuan-demo",
        "月度预结算",
        "--period",
        "2025-01..2025-03",
        "--data",
        place,
        "--data",
        base,
        "--out",
        months,
    )
    assert done.exit_code == 0, done.output
    settled = 0
    for month in ("2025-01", "2025-02", "2025-03"):
        accounts = json.loads((months / month / "run.json").read_text("utf-8"))["accounting"]
        [cases] = [account for account in accounts if account["table"] == "病例"]
        assert cases["states"].get("挂起", 0) == 0
        assert sum(cases["states"].values()) == 3000
        settled += cases["states"]["结算"]
    assert settled > 150


GIVEN_BACK = """
依据: 办法 第一条
行程: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}, 合成: {行数: 例数, 字段: {费用: 100~200}}}
城: {键: []}
月额: {主键: 月份, 归期: 月份, 字段: {月份: 年月, 限额: 元}, 合成: {每个: [月份], 字段: {限额: 100}}}
年限: {主键: 年度, 归期: 年度, 字段: {年度: 年, 全年限额: 元, 备用: 元}, 合成: {每个: [年度], 字段:
  {全年限额: {汇总: {合计: 限额, 自: 月额}}, 备用: {汇总: {合计: 备用额, 自: 备用表}}}}}
备用表: {主键: 月份, 归期: 月份, 字段: {月份: 年月, 备用额: 元}, 合成: {每个: [月份], 字段: {备用额: 10}}}
总费: {粒度: 城, 单位: 元, 公式: 合计(费用)}
余额: {粒度: 城, 单位: 元, 公式: 全年限额 + 备用 − 总费}
月份额: {键: [月份]}
限额: {粒度: 月额, 单位: 元, 公式: 100}
额表: {粒度: 月额, 回填: 月额, 列: [限额]}
余表: {粒度: 城, 列: [余额]}
编制: {期间: 年, 测算: [限额], 报表: [额表]}
结算: {期间: 年, 报表: [余表]}
"""


def test_what_another_table_sums_up_need_not_be_delivered_itself(tmp_path):
    region = tmp_path / "small"
    region.mkdir()
    (region / "region.yaml").write_text("名称: 小城\n施行: 2025-01-01\n文件:\n  办法: {题名: 办法}\n", "utf-8")
    (region / "rules.yaml").write_text(GIVEN_BACK, "utf-8")
    done = casemix("synth", region, "--cases", 5, "--period", "2025-01..2025-12", "--out", tmp_path / "a")
    assert done.exit_code == 0, done.output
    made = rows(tmp_path / "a")
    assert "备用表" not in made and made["月额"][0] == ("2025-01",)
    assert [tuple(map(str, row)) for row in made["年限"]] == [("2025", "1200.00", "120.00")]


PUBLISHED = """\
依据: 办法
病例:
  主键: 号
  归期: 日
  字段: {号: 文本, 日: 日期, 组: → 目录, 费用: {类型: 元, 范围: "≥ 0"}}
  合成:
    行数: 例数
    字段:
      日: {日期: 期间}
      组: {引用: {权重: 常见}}
      费用: {对数正态: {中位: 组.典型费用, 离散: 0.0001}}
目录:
  主键: 组
  行: {文件: 目录.csv}
  字段: {组: 文本, 权重: {类型: 倍, 可空: 是}, 停用: {类型: 是否, 默认: 否}}
  合成:
    另设: {常见: {幂律: 0.5}, 典型费用: {对数正态: {中位: 5, 离散: 0.0001}}, 没有人读: {汇总: {计数: 号, 自: 病例}}}
    字段: {权重: {列: 典型费用, 乘: 0.001}}
费: {粒度: 病例, 单位: 元, 舍入: 2, 公式: "费用 × 缺省(权重, 0)"}
明细: {粒度: 病例, 列: [费, 组]}
结算: {期间: 月, 报表: [明细]}
"""


def test_costs_go_by_a_catalogue_that_lives_in_the_region(tmp_path):
    region = tmp_path / "small"
    region.mkdir()
    (region / "region.yaml").write_text("名称: 小城\n施行: 2025-01-01\n文件:\n  办法: {题名: 办法}\n", "utf-8")
    (region / "rules.yaml").write_text(PUBLISHED, "utf-8")
    (region / "目录.csv").write_text("组,权重\n甲,2\n乙,0.5\n丙,\n", "utf-8")
    done = casemix("synth", region, "--cases", 200, "--period", "2025-01", "--out", tmp_path / "a")
    assert done.exit_code == 0, done.output
    made = rows(tmp_path / "a")
    assert set(made) == {"病例"}
    costs = {group: {round(float(cost), -1) for *_, key, cost in made["病例"] if key == group} for group in "甲乙丙"}
    assert costs == {"甲": {2000}, "乙": {500}, "丙": {0}}  # 丙 has no weight: drawn, about 5
