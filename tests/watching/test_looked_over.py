"""What is wrong with a delivery is said before anything is worked out."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from engine.execute.period import parse_period
from engine.files.errors import DataError
from engine.looked_over import look_over
from tests.engine.city import City, city

ROOT = Path(__file__).parents[2]
RULES = """
车队费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
车队表: {粒度: 车队, 列: [车队费]}
结算: {期间: 年, 报表: [车队表]}
"""
TRIPS = """
行程号,车队号,日期,里程,运费,班次,司机
1,东,2025-01-10,10,100.00,早,甲
2,东,2025-01-20,20,两百,,乙
3,东,2025-01-20,20,三百,,乙
"""


@pytest.fixture
def made(tmp_path: Path) -> City:
    return city(tmp_path, RULES, 行程=TRIPS)


def command(made: City, period: str = "2025", *more: str) -> subprocess.CompletedProcess[str]:
    asked = [made.region, "结算", "--period", period, "--data", made.folder / "data", "--out", made.folder / "out"]
    words = [sys.executable, "-m", "engine", "run", *map(str, asked), "--check", *more]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True)


def test_every_table_is_told_with_its_rows_and_why_some_cannot_be_read(made):
    found = look_over(made.book(), "结算", parse_period("2025"), [made.folder / "data"], made.folder / "out")
    seen = {one.table: (one.rows, one.refused, one.unknown) for one in found.tables}
    assert seen == {"车队": (2, 0, ()), "行程": (1, 2, ("司机",))} and found.missing == []
    (reason,) = next(one.reasons for one in found.tables if one.table == "行程")
    assert reason.startswith("2 行：") and "行程.csv 第 3 行" in reason


def test_a_table_that_did_not_come_is_missing_and_one_that_nobody_reads_is_told(made):
    (made.folder / "data/行程.csv").rename(made.folder / "data/运单.csv")
    found = look_over(made.book(), "结算", parse_period("2025"), [made.folder / "data"], made.folder / "out")
    assert (found.missing, found.unused) == (["行程"], ("运单",))


def test_the_mapping_that_is_read_is_no_file_that_was_left_aside(made):
    data, mapping = made.folder / "data", made.folder / "data/映射.yaml"
    made.data(行程=TRIPS.replace("运费", "运非"))
    mapping.write_text("行程: {列: {运费: 运非}}\n", "utf-8")
    (data / "旧映射.yaml").write_text("行程: {列: {运费: 车费}}\n", "utf-8")
    found = look_over(made.book(), "结算", parse_period("2025"), [data], made.folder / "out", mapping=mapping)
    assert found.ignored == (str(data / "旧映射.yaml"),)


def test_a_column_that_a_mapping_passes_over_is_still_offered_for_one_that_is_missed(made):
    data, mapping = made.folder / "data", made.folder / "映射.yaml"
    made.data(行程=TRIPS.replace("运费", "运非"))
    (data / "行程.csv").rename(data / "运单.csv")
    mapping.write_text("行程: {来自: 运单}\n", "utf-8")
    with pytest.raises(DataError, match="缺少列 运费（是不是文件里的 运非？）") as told:
        look_over(made.book(), "结算", parse_period("2025"), [data], made.folder / "out", mapping=mapping)
    assert told.value.lacking.there == ("运非", "司机") and told.value.hint.endswith("班次、运非、司机")


def test_what_would_stop_the_run_by_then_is_raised(made):
    made.data(行程=TRIPS.replace("运费", "运非"))
    with pytest.raises(DataError, match="运非") as told:
        look_over(made.book(), "结算", parse_period("2025"), [made.folder / "data"], made.folder / "out")
    lacking = pickle.loads(pickle.dumps(told.value)).lacking  # from the process beside
    assert (lacking.table, lacking.likely, lacking.there) == ("行程", {"运费": "运非"}, ("运非", "司机"))


@pytest.mark.slow
def test_the_command_says_it_and_writes_nothing(made):
    done = command(made)
    assert done.returncode == 0 and "2 行：" in done.stdout and "司机" in done.stdout
    (made.folder / "data/行程.csv").unlink()
    missing = command(made)
    assert missing.returncode == 1 and "没有交来表：行程" in missing.stdout
    assert sorted(path.name for path in made.folder.iterdir()) == ["data", "jia"]


@pytest.mark.slow
def test_of_a_range_every_period_is_looked_over_and_what_is_not_read_is_told(made):
    (made.folder / "data/说明.txt").write_text("附注", "utf-8")
    done = command(made, "2025..2026")
    assert done.returncode == 0 and "2025 要读的表" in done.stdout and "2026 要读的表" in done.stdout
    assert done.stdout.count("交来了但没有读") == 2 and "说明.txt" in done.stdout
    assert done.stdout.count("有不认识的列，没有读：司机") == 2


def test_columns_that_are_matched_are_written_into_the_mapping_and_the_delivery_is_looked_over_with_them(made):
    mapping = made.folder / "映射.yaml"
    made.data(行程=TRIPS.replace("运费", "运非"))
    lacking = command(made)
    assert lacking.returncode == 1 and "缺少列 运费" in lacking.stderr
    told = command(made, "2025", "--mapping", str(mapping), "--map", "行程.运费=运非")
    assert told.returncode == 0 and "缺少列" not in told.stderr
    assert mapping.read_text("utf-8") == "行程:\n  列:\n    运费: 运非\n"
    again = command(made, "2025", "--mapping", str(mapping), "--map", "行程.运费=里程")
    assert again.returncode == 1 and mapping.read_text("utf-8") == "行程:\n  列:\n    运费: 运非\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--map", "行程.运费=运非"), "--map 要和 --check、--mapping 写在一起"),
        (("--mapping", "映射.yaml", "--map", "运费=运非"), "写成 表.字段=列"),
        (("--mapping", "映射.yaml", "--map", "行程.运费=甲", "--map", "行程.运费=乙"), "行程.运费 写了两次"),
    ],
)
def test_what_cannot_be_matched_is_told_and_nothing_is_written(made, more, said):
    told = command(made, "2025", *more)
    assert told.returncode == 2 and said in told.stderr and not (ROOT / "映射.yaml").exists()
