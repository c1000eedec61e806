"""What becomes of a command whose screen fails: a full log, a reader that went away, odd encodings, forced colours."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands.screen import Screen
from engine.commands.streams import Kept, finished, kept_streams

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")
RULES = (
    "依据: 办法\n"
    "人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}\n"
    "应付: {粒度: 人, 单位: 元, 舍入: 2, 公式: 费用 × 比例}\n"
    "比例: {单位: 比例, 取值: {2025-01-01: 70%}}\n"
    "应付表: {粒度: 人, 列: [应付]}\n"
    "月结: {期间: 月, 报表: [应付表]}\n"
)
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region in ``town`` and a case in each of three months in ``data``."""
    folder = tmp_path_factory.mktemp("screen")
    (folder / "town").mkdir()
    (folder / "town" / "region.yaml").write_text(
        "名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 试行办法}\n", "utf-8"
    )
    (folder / "town" / "rules.yaml").write_text(RULES, "utf-8")
    (folder / "data").mkdir()
    lines = [f"A{month},2025-0{month}-05,100.00" for month in (1, 2, 3)]
    (folder / "data" / "人.csv").write_text("\n".join(["编号,日期,费用", *lines, ""]), "utf-8")
    return folder


def casemix(*arguments: str, stdout: object, stderr: object = subprocess.PIPE, **environment: str):  # type: ignore[no-untyped-def]
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments], stdout=stdout, stderr=stderr,  # type: ignore[call-overload]
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def run_months(town: Path, out: Path, **streams: object):  # type: ignore[no-untyped-def]
    period = ("--period", "2025-01..2025-03", "--engine", "reference")
    return casemix(
        "run", str(town / "town"), "月结", *period, "--data", str(town / "data"), "--out", str(out), **streams
    )  # type: ignore[arg-type]


@needs_full
def test_a_full_log_loses_words_and_no_month(town: Path, tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = run_months(town, tmp_path / "out", stdout=full)
    said = done.stderr.decode()
    assert done.returncode == 0, said
    assert "没有写出结果" not in said
    assert "屏幕上的话没有写全（磁盘空间不够）" in said
    for month in ("2025-01", "2025-02", "2025-03"):
        assert f"结果写好了，没有受影响：{tmp_path / 'out' / month}" in said
        assert (tmp_path / "out" / month / "run.json").is_file()


@needs_full
def test_with_both_logs_full_all_months_are_there(town: Path, tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = run_months(town, tmp_path / "out", stdout=full, stderr=full)
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2025-01", "2025-02", "2025-03"]


@needs_full
@pytest.mark.parametrize("command", [["show", "{town}"], ["--help"]])
def test_a_command_that_only_says_something_fails_with_its_log(town: Path, command: list[str]) -> None:
    with FULL.open("w") as full:
        done = casemix(*(part.format(town=town / "town") for part in command), stdout=full)
    assert done.returncode == 1
    assert "换一个地方放输出，再运行一次" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_reader_that_goes_away_ends_no_range(town: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run_months(town, tmp_path / "out", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2025-01", "2025-02", "2025-03"]


def test_what_stands_is_said_where_a_range_stops(town: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "2025-02").mkdir(parents=True)
    (tmp_path / "out" / "2025-02" / "mine.txt").write_text("x")
    done = run_months(town, tmp_path / "out", stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert "里 2025-01..2025-03 一期也没有写出；原来的结果没有动：2025-02" in done.stderr.decode()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["2025-02"]


def test_no_colours_in_a_file_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    screen = Screen()
    screen.print("[red]红[/]")
    with screen.status("在做"):
        pass
    assert sys.stdout.getvalue() == "红\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_stands_once_and_at_the_start(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    with path.open("wb") as one, path.open("ab") as other:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(one, encoding))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(other, encoding))
        with kept_streams():
            for _ in range(3):
                Screen().print("一行")
            Screen(stderr=True).print("另一行")
        monkeypatch.undo()
    assert path.read_bytes().decode(encoding) == "一行\n一行\n一行\n另一行\n"


class Full(io.StringIO):
    """A stream on which nothing more can be written."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def _ends(work: Callable[[], None]) -> int | str | None:
    with pytest.raises(SystemExit) as end, kept_streams():
        work()
        sys.exit(0)
    return end.value.code


def test_success_is_success_only_where_a_result_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert _ends(lambda: print("text")) == 1
    assert _ends(lambda: (print("text"), finished("out"))[1]) == 0


def test_a_closed_stream_takes_everything() -> None:
    kept = Kept(None, True)
    kept.write("text")
    kept.flush()
    assert kept.lost is None and not kept.isatty()
