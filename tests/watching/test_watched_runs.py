"""A run tells its steps as data, and a cancelled one leaves nothing, whatever it was doing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlglot import exp

from engine.api import run as api_run
from engine.databases.duckdb.database import DuckDb
from engine.databases.registry import open_engine
from engine.execute.period import parse_period
from engine.settle import settle
from engine.watching.cancel import Cancel, Cancelled
from engine.watching.event import PHASES, Event
from engine.watching.watching import Watching
from tests.databases import engine_option, why_not
from tests.engine.city import City, city
from tests.interruptions import as_from_a_terminal

ROOT = Path(__file__).parents[2]
RULES = """
车费: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 2}
车队费: {粒度: 车队, 单位: 元, 公式: 合计(车费)}
车队表: {粒度: 车队, 列: [车队费]}
行程表: {粒度: 行程, 列: [车费]}
结算: {期间: [年, 月], 报表: [车队表, 行程表]}
"""


@pytest.fixture
def made(tmp_path: Path) -> City:
    return city(tmp_path, RULES)


def settled(made: City, engine: str, watching: Watching) -> None:
    out = made.folder / "out"
    settle(made.book(), "结算", parse_period("2025"), [made.folder / "data"], out, engine=engine, watching=watching)


def left(made: City) -> list[str]:
    return sorted(path.name for path in made.folder.iterdir())


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_every_phase_is_told_in_its_order_with_n_of_m(made, engine):
    seen: list[Event] = []
    settled(made, engine, Watching(seen.append))
    phases = list(dict.fromkeys(event.phase for event in seen))
    assert phases == [phase for phase in PHASES if phase in phases] and set(phases) == set(PHASES)
    assert all(1 <= event.step <= event.steps and event.period == "2025" for event in seen)
    read = {event.name: event.rows for event in seen if event.phase == "读取" and event.rows is not None}
    assert read == {"车队": 2, "行程": 4}
    assert [event.name for event in seen if event.phase == "报表"] == ["车队表", "行程表"]


def test_steps_of_the_plan_are_told_by_what_they_work_out(made):
    seen: list[Event] = []
    settled(made, "duckdb", Watching(seen.append))
    assert [e.text for e in seen if e.phase == "计算"] == ["计算（1/2） 行程：车费", "计算（2/2） 车队：车队费"]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "完成"])
def test_a_run_cancelled_in_any_phase_leaves_nothing(made, engine, phase):
    cancel = Cancel()
    seen: list[Event] = []

    def watch(event: Event) -> None:
        seen.append(event)
        if event.phase == phase:
            cancel.set()

    with pytest.raises(Cancelled):
        settled(made, engine, Watching(watch, cancel))
    assert left(made) == ["data", "jia"]
    assert [event.phase for event in seen].index(phase) == len(seen) - 1


def test_once_the_result_stands_a_cancel_changes_nothing(made):
    cancel = Cancel()
    settled(made, "duckdb", Watching(lambda event: cancel.set() if event.phase == "完成" else None, cancel))
    assert (made.folder / "out" / "run.json").is_file()


LONG = "SELECT sum(a * b) FROM range(10000000) t(a), range(10000000) u(b)"


def test_a_cancel_interrupts_the_query_of_a_run(made, monkeypatch):
    def forever(self: DuckDb, *_: object) -> None:
        self.connection.execute(LONG).fetchall()

    monkeypatch.setattr(DuckDb, "stage", forever)
    cancel = Cancel()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(Cancelled):
        settled(made, "duckdb", Watching(cancel=cancel))
    assert left(made) == ["data", "jia"]


def test_a_cancel_between_two_queries_ends_the_next(tmp_path):
    """The first interruption finds nothing to interrupt."""
    cancel = Cancel()
    with pytest.raises(Cancelled), DuckDb() as database, cancel.interrupting(database.interrupt):
        cancel.set()
        time.sleep(0.05)
        database.execute(LONG)


@pytest.mark.slow
def test_a_row_of_the_reference_engine_is_not_begun_after_a_cancel(made):
    """It has no query; every formula asks."""
    rows = "".join(f"{n},东,2025-01-01,1,1.00,\n" for n in range(20_000))
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n" + rows)
    cancel = Cancel()
    begun: list[float] = []

    def watch(event: Event) -> None:
        if event.phase == "报表" and event.name == "行程表":
            begun.append(time.process_time())
            threading.Timer(0.05, cancel.set).start()

    with pytest.raises(Cancelled):
        settled(made, "reference", Watching(watch, cancel))
    assert time.process_time() - begun[0] < 1 and left(made) == ["data", "jia"]


_SLEEP = {"postgresql": "SELECT pg_sleep(60)", "mariadb": "SELECT SLEEP(60)"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[*([pytest.mark.slow] if name == "spark" else []),
                                  pytest.mark.skipif(bool(why_not(name)), reason=why_not(name))])
        for name in ("postgresql", "mariadb", "spark")
    ],
)  # fmt: skip
def test_a_cancel_ends_the_query_on_the_server(name):
    cancel = Cancel()
    with open_engine(engine_option(name)) as database:
        if name == "spark":
            database.execute("CREATE TEMPORARY VIEW a AS SELECT x.id FROM range(10000000) x, range(10000000) y")
        begun = time.monotonic()
        with pytest.raises(Cancelled), cancel.interrupting(database.interrupt):
            threading.Timer(0.7, cancel.set).start()
            if name == "spark":
                database.rows(exp.select(exp.alias_(exp.func("SUM", exp.column("id")), "n")).from_("a"))
            else:
                database.execute(_SLEEP[name])
        assert time.monotonic() - begun < 20
        if name == "spark":
            database.execute("DROP VIEW a")


# -- from Python, and on the command line --------------------------------------


def test_python_runs_with_the_same_verb(made):
    seen: list[Event] = []
    (record,) = api_run(made.region, "结算", "2025", made.folder / "data", made.folder / "out", watcher=seen.append)
    assert record["digests"] == json.loads((made.folder / "out/run.json").read_text("utf-8"))["digests"]
    assert seen[-1].phase == "完成"


def test_several_periods_are_told_apart(made):
    seen: list[Event] = []
    out = made.folder / "out"
    api_run(made.region, "结算", "2025-01..2025-02", [made.folder / "data"], out, watcher=seen.append)
    assert [(e.period, e.part, e.parts) for e in seen if e.phase == "完成"] == [("2025-01", 1, 2), ("2025-02", 2, 2)]
    assert sorted(path.name for path in out.iterdir()) == ["2025-01", "2025-02"]


def arguments(made: City, *more: str) -> list[str]:
    asked = [made.region, "结算", "--period", "2025", "--data", made.folder / "data", "--out", made.folder / "out"]
    return [sys.executable, "-m", "engine", "run", *map(str, asked), *more]


@pytest.mark.slow
def test_the_command_line_tells_a_line_of_json_an_event(made):
    done = subprocess.run(arguments(made, "--progress"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines[0] == {"phase": "检查规则", "step": 1, "steps": 1, "name": "甲市", "period": "2025"}
    assert {"phase": "读取", "step": 2, "steps": 2, "name": "行程", "rows": 4, "period": "2025"} in lines
    assert lines[-1]["phase"] == "完成"


@pytest.mark.slow
def test_events_may_go_to_a_descriptor_and_its_reader_may_go_away(made):
    reading, writing = os.pipe()
    os.close(reading)
    asked = arguments(made, "--progress-fd", str(writing))
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, pass_fds=[writing])
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_with_an_exit_code_of_its_own(made, number):
    rows = "".join(f"{n},东,2025-01-01,1,1.00,\n" for n in range(60_000))
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n" + rows)
    process = subprocess.Popen(
        arguments(made, "--progress", "--engine", "reference"), cwd=ROOT, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, preexec_fn=as_from_a_terminal,
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line.decode())
        if "分拣" in said[-1]:
            process.send_signal(number)
    assert process.wait() == 128 + number
    assert said[-1].strip() == "已取消 没有写完的结果不会留下" and left(made) == ["data", "jia"]
