"""Whether files are what they were: by size and times where they were looked at before, by their bytes otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from engine.data import record as records
from engine.data.staging import delivery
from engine.execute.period import parse_period
from engine.explain import explain
from engine.explain.reopened import Given
from engine.files.errors import RunStopped
from engine.files.stamps import sha256_of
from engine.settle import settle
from tests.engine.city import City, city

PAID = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 1}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
明细: {粒度: 行程, 列: [补贴]}
车队表: {粒度: 车队, 列: [车队补贴]}
结算: {期间: 年, 报表: [明细, 车队表]}
"""
ROWS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
"""


@pytest.fixture(autouse=True)
def _remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEMIX_CACHE", str(tmp_path / "remembered"))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files of results that are hashed, and of the tables that are."""
    found: list[str] = []

    def counted(path: Path) -> str:
        found.append(path.name)
        return sha256_of(path)

    def seen(self: delivery.DeliveryDigest, path: Path) -> None:
        before = self.text()
        looked_at(self, path)
        found.extend([path.name] if self.text() != before else [])

    looked_at = delivery.DeliveryDigest.see_file
    monkeypatch.setattr(records, "sha256_of", counted)
    monkeypatch.setattr(delivery.DeliveryDigest, "see_file", seen)
    return found


@pytest.fixture
def made(tmp_path: Path) -> City:
    """The city with its trips in a Parquet file."""
    made = city(tmp_path, PAID, 行程=ROWS)
    (csv,) = (made.folder / "data").glob("行程.csv")
    columns = "types={'里程': 'DECIMAL(9,2)', '运费': 'DECIMAL(9,2)', '日期': 'DATE', '行程号': 'VARCHAR'}"
    into = csv.with_suffix(".parquet")
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{csv}', {columns})) TO '{into}' (FORMAT parquet)")
    csv.unlink()
    return made


def asked(done: object, verify: bool = False) -> str:
    (step,) = explain(done.out, "车队", "西", "车队补贴", given=Given(verify=verify))  # type: ignore[attr-defined]
    return step.value


def test_files_that_were_looked_at_when_they_were_written_are_not_hashed_again(made, hashed):
    done = made.run()
    del hashed[:]
    assert asked(done) == "1200" and hashed == []


def test_with_verify_every_file_of_the_result_and_of_the_data_is_hashed(made, hashed):
    done = made.run()
    del hashed[:]
    assert asked(done, verify=True) == "1200"
    assert {"车队.parquet", "明细.parquet", "行程.parquet"} <= set(hashed)


def test_a_file_with_another_time_is_hashed_once(made, hashed):
    done = made.run()
    os.utime(done.out / "statements" / "明细.parquet")
    del hashed[:]
    assert asked(done) == "1200" and hashed == ["明细.parquet"]
    assert asked(done) == "1200" and hashed == ["明细.parquet"]


def test_data_that_somebody_touched_are_read_again_and_may_be_the_same(made, hashed):
    done = made.run()
    os.utime(made.folder / "data" / "行程.parquet")
    del hashed[:]
    assert asked(done) == "1200" and "行程.parquet" in hashed
    del hashed[:]
    assert asked(done) == "1200" and hashed == []


@pytest.mark.parametrize("verify", [False, True])
def test_a_byte_that_was_changed_with_the_time_set_back_is_found(made, verify):
    done = made.run()
    for path, said in (
        (done.out / "statements" / "明细.parquet", "改动过"),
        (made.folder / "data" / "行程.parquet", "数据在这次运行之后改动过：行程"),
    ):
        before, times = path.read_bytes(), path.stat()
        at = before.index(b"800") if b"800" in before else len(before) // 2
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        with pytest.raises(RunStopped) as stop:
            asked(done, verify)
        assert said in stop.value.message or "读不出来" in stop.value.message
        path.write_bytes(before)


def test_a_result_that_was_copied_is_hashed_where_it_lies_now(made, hashed, tmp_path):
    done = made.run()
    there = tmp_path / "copied"
    there.mkdir()
    for path in done.out.rglob("*"):
        if path.is_file():
            (there / path.relative_to(done.out)).parent.mkdir(parents=True, exist_ok=True)
            (there / path.relative_to(done.out)).write_bytes(path.read_bytes())
    del hashed[:]
    (step,) = explain(there, "车队", "西", "车队补贴")
    assert step.value == "1200" and {"车队.parquet", "明细.parquet"} <= set(hashed)


@pytest.mark.parametrize("ran", ["reference", "duckdb"])
@pytest.mark.parametrize("said", ["reference", "duckdb", "auto"])
def test_data_are_the_same_whichever_engine_is_said_to_read_them(made, tmp_path, ran, said):
    out = tmp_path / "out"
    settle(made.book(), "结算", parse_period("2025"), [made.folder / "data"], out, engine=ran)
    given = Given(engine=said, verify=True)
    (step,) = explain(out, "车队", "西", "车队补贴", given=given)
    assert step.value == "1200"
