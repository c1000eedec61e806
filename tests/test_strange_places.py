"""What a stranger's folder may hold: a pipe is not waited for, an odd name is a name like any other."""

import os
import shutil

import duckdb
import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.data import occupied
from engine.data.occupied import file_stem
from engine.files.errors import DataError

TOWN = """
依据: 办法
人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
应付: {粒度: 人, 单位: 元, 舍入: 2, 公式: 费用 × 比例}
比例: {单位: 比例, 取值: {2025-01-01: 70%}}
应付表: {粒度: 人, 列: [应付]}
月结: {期间: 月, 报表: [应付表]}
"""
GBK = os.fsdecode("数据".encode("gbk"))
"""As unzip leaves a name of a Chinese Windows."""


@pytest.fixture
def town(tmp_path):
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "region.yaml").write_text("名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 试行办法}\n", "utf-8")
    (folder / "rules.yaml").write_text(TOWN, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "人.csv").write_text("编号,日期,费用\na,2025-01-02,100\n", "utf-8")
    return tmp_path


def casemix(*words):
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="casemix")


def settle(town, data="data", out="out", *more):
    place = (town / data, "--out", town / out)
    return casemix("run", town / "town", "月结", "--period", "2025-01", "--data", *place, *more)


def parquet(folder):
    duckdb.sql("select 'a' as 编号, date '2025-01-02' as 日期, 100 as 费用").write_parquet(str(folder / "人.parquet"))


@pytest.mark.parametrize("name", ["a?[1]*b", "a\\b", "a'b", GBK])
def test_a_folder_of_any_name_is_read_and_written_in(town, name):
    odd = town / name
    parquet(town / "data")
    (town / "data" / "人.csv").unlink()
    (town / "data").rename(odd)
    for more in ((), ("--replace",)):
        done = settle(town, name, os.path.join(name, "out"), *more)
        assert done.exit_code == 0, done.output
    assert casemix("compare", odd / "out", odd / "out").exit_code == 0
    explained = casemix("explain", odd / "out", "人", "a")
    assert explained.exit_code == 0 and "70" in explained.output
    assert casemix("synth", town / "town", "--cases", "5", "--period", "2025", "--out", odd / "made").exit_code == 0


def test_a_file_name_in_bytes_of_windows_is_told_with_what_it_was_meant_to_be(town):
    shutil.copy(town / "data" / "人.csv", os.fsencode(town / "data") + b"/" + "病人.csv".encode("gbk"))
    done = settle(town)
    assert done.exit_code == 1 and "像是 GBK 编码的“病人.csv”" in done.output and "Traceback" not in done.output


@pytest.mark.parametrize("name", ["人.csv", "人.xlsx", "人.parquet", "别的.csv"])
def test_a_pipe_among_the_data_is_not_waited_for(town, name):
    if name.startswith("人"):
        (town / "data" / "人.csv").unlink()
    os.mkfifo(town / "data" / name)
    done = settle(town)
    assert done.exit_code == 1 and f"{name}：读不出来（是命名管道，不是文件）" in done.output.replace("\n", "")


def test_a_device_among_the_data_is_not_read_for_ever(town):
    (town / "data" / "人.csv").unlink()
    (town / "data" / "人.csv").symlink_to("/dev/zero")
    assert "是设备，不是文件" in settle(town).output


def test_a_pipe_as_mapping_as_data_as_region_or_as_record_is_not_waited_for(town):
    os.mkfifo(town / "pipe")
    assert "是命名管道" in settle(town, "data", "out", "--mapping", town / "pipe").output
    assert "是命名管道" in settle(town, "pipe").output
    assert settle(town).exit_code == 0
    (town / "out" / "run.json").unlink()
    os.mkfifo(town / "out" / "run.json")
    assert "是命名管道" in casemix("explain", town / "out", "人", "a").output
    assert casemix("compare", town / "out", town / "out").exit_code == 1
    assert settle(town, "data", "out", "--replace").exit_code == 1
    os.mkfifo(town / "town" / "x.yaml")
    assert "不读" in casemix("check", town / "town").output
    (town / "town" / "region.yaml").unlink()
    os.mkfifo(town / "town" / "region.yaml")
    assert "不是普通的文件" in casemix("check", town / "town").output


def test_kept_types_that_are_a_pipe_are_not_waited_for(town):
    assert settle(town).exit_code == 0
    for path in (town / "out" / "values").glob("*.json"):
        path.unlink()
        os.mkfifo(path)
    done = casemix("explain", town / "out", "人", "a")
    assert done.exit_code == 1 and "Traceback" not in done.output


def test_links_in_a_ring_are_told(town):
    (town / "ring").symlink_to("ring")
    for done in (settle(town, "ring"), settle(town, "data", "ring"), casemix("check", town / "ring")):
        assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert "链接绕成了圈" in settle(town, "data", "ring").output


def test_a_mount_point_as_out_is_told_before_anything_is_worked_out(town, monkeypatch):
    (town / "disk").mkdir()
    monkeypatch.setattr(occupied, "mount_point", lambda path: path == town / "disk")
    done = settle(town, "data", "disk")
    assert done.exit_code == 1 and "是挂载点" in done.output and "disk/结果" in done.output.replace("\n", "")


@pytest.mark.parametrize("name", ["con", "NUL.表", "com1"])
def test_names_that_windows_keeps_for_devices_are_no_names_of_files(name):
    with pytest.raises(DataError, match="Windows"):
        file_stem(name)


def test_the_root_as_out_is_told(town):
    done = settle(town, "data", "/")
    assert done.exit_code == 1 and "整个磁盘" in done.output
