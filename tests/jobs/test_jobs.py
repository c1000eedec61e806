"""Long work as processes of their own: one after the other, told by files, ended as a group, never half left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.files.errors import DataError
from engine.jobs.asked import out_of, without_passwords
from engine.jobs.job import Job
from engine.jobs.queue import Jobs
from tests.engine.city import City, city

pytestmark = pytest.mark.slow  # each starts processes
ROOT = Path(__file__).parents[2]
RULES = """
车费: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 2}
车队费: {粒度: 车队, 单位: 元, 公式: 合计(车费)}
车队表: {粒度: 车队, 列: [车队费]}
结算: {期间: [年, 月], 报表: [车队表]}
"""
HEAD = "行程号,车队号,日期,里程,运费,班次\n"


@pytest.fixture
def made(tmp_path: Path) -> City:
    return city(tmp_path, RULES)


@pytest.fixture
def slow(made: City) -> City:
    """A city whose run takes seconds."""
    return made.data(行程=HEAD + "".join(f"{n},东,2025-01-01,1,1.00,\n" for n in range(30_000)))


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "jobs")


def words(made: City, *more: str, out: str = "out") -> list[str]:
    where = ["--data", made.folder / "data", "--out", made.folder / out]
    return ["run", *map(str, [made.region, "结算", "--period", "2025", *where]), *more]


def start(jobs: Jobs, made: City, *more: str, out: str = "out") -> Job:
    return jobs.start(words(made, *more, out=out), out=str(made.folder / out))


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not there():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def begun(jobs: Jobs, job: Job) -> bool:
    return any(event["phase"] == "分拣" for event in jobs.progress(job.id))


def left(made: City) -> list[str]:
    return sorted(path.name for path in made.folder.iterdir() if path.name not in ("data", "jia", "jobs"))


def test_a_job_runs_to_its_result_and_keeps_its_steps_and_its_words(made, jobs):
    job = jobs.wait(start(jobs, made).id)
    assert (job.state, job.code, left(made)) == ("完成", 0, ["out"])
    assert jobs.progress(job.id)[-1]["phase"] == "完成"
    assert "车队表" in jobs.said(job.id) and jobs.problems(job.id) == ""
    assert job.started >= job.made and job.ended >= job.started


def test_one_that_is_refused_says_what_the_command_says(made, jobs):
    made.rules(RULES + "错: {粒度: 行程, 公式: 没有的}\n")
    job = jobs.wait(start(jobs, made).id)
    assert (job.state, job.code, left(made)) == ("停止", 1, [])
    assert "没有的" in jobs.problems(job.id)


def test_they_run_one_at_a_time_in_the_order_of_asking(slow, jobs):
    first, second = start(jobs, slow, "--engine", "reference"), start(jobs, slow, out="other")
    until(lambda: begun(jobs, first))
    assert [job.state for job in jobs.all()] == ["进行中", "排队"]
    jobs.cancel(first.id)
    assert [jobs.wait(job.id).state for job in (first, second)] == ["已取消", "完成"]
    assert jobs.job(second.id).started >= jobs.job(first.id).ended - 0.5


def test_a_cancel_ends_the_whole_group_and_leaves_nothing(slow, jobs):
    job = start(jobs, slow, "--engine", "reference")
    until(lambda: begun(jobs, job))
    process = jobs.job(job.id).process
    assert process != os.getpid() and os.getpgid(process) == process
    assert jobs.cancel(job.id).state == "已取消" and left(slow) == []
    until(lambda: not group_lives(process))


def group_lives(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_that_waits_is_cancelled_without_having_begun(slow, jobs):
    first, second = start(jobs, slow, "--engine", "reference"), start(jobs, slow, out="other")
    until(lambda: begun(jobs, first))
    assert jobs.cancel(second.id).state == "已取消"
    jobs.cancel(first.id)
    assert left(slow) == []


def test_one_whose_processes_were_killed_is_told_as_broken_and_its_half_output_is_gone(slow, jobs):
    job = start(jobs, slow, "--engine", "reference")
    until(lambda: begun(jobs, job))
    half = slow.folder / ".out.partial-0123456789ab"
    half.mkdir()
    (half / ".casemix").write_text("casemix 0123456789ab\nrun.json\n", "utf-8")
    (half / "run.json").write_text("{", "utf-8")
    os.killpg(jobs.job(job.id).process, signal.SIGKILL)
    until(lambda: jobs.job(job.id).is_over)
    found = jobs.job(job.id)
    assert found.state == "中断" and "进程没有了" in found.why and left(slow) == []


def test_one_whose_command_was_killed_is_told_as_broken(slow, jobs):
    job = start(jobs, slow, "--engine", "reference")
    until(lambda: begun(jobs, job))
    waiting = jobs.job(job.id).process
    command = Path(f"/proc/{waiting}/task/{waiting}/children").read_text().split()
    os.kill(int(command[0]), signal.SIGKILL)
    assert (jobs.wait(job.id).state, jobs.job(job.id).code) == ("中断", -9)


SERVER = """
import sys
from pathlib import Path
from engine.jobs.queue import Jobs
jobs = Jobs(Path(sys.argv[1]))
print(jobs.start(sys.argv[3:], out=sys.argv[2]).id, flush=True)
import time
time.sleep(60)
"""


def test_the_work_goes_on_where_whoever_asked_for_it_is_killed(made, jobs):
    asked = [sys.executable, "-c", SERVER, str(jobs.folder.path), str(made.folder / "out"), *words(made)]
    server = subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    id_ = server.stdout.readline().strip()
    server.kill()
    server.wait()
    assert Jobs(jobs.folder.path).wait(id_, 20).state == "完成" and left(made) == ["out"]


def test_one_that_only_waited_when_the_machine_went_down_begins_again_and_one_with_a_password_does_not(made, jobs):
    jobs.folder.make()
    for number, secret in ((1, False), (2, True)):
        job = Job(f"20250101-000000-00000{number}ab", "x", tuple(words(made)), str(made.folder / "out"), "", secret)
        (jobs.folder.path / job.id).mkdir()
        jobs.folder.write(job)
    first, second = jobs.all()
    assert (second.state, second.why) == ("中断", "重启之后密码没有了，要重新开始")
    assert jobs.wait(first.id, 20).state == "完成"


def test_a_password_reaches_the_command_and_no_file(made, jobs):
    job = jobs.start([*words(made), "--progress"], out="", secrets_={"PGPASSWORD": "geheim-7"})
    jobs.wait(job.id)
    texts = [path.read_bytes() for path in jobs.folder.path.rglob("*") if path.is_file()]
    assert texts and not any(b"geheim" in text for text in texts)
    assert jobs.job(job.id).secret


def test_passwords_are_taken_out_of_addresses():
    asked = ["run", "x", "--data", "postgresql://u:a%40b@h/db?schema=s", "--engine=postgresql://u:a%40b@h/db"]
    plain, secrets = without_passwords(asked)
    assert plain == ["run", "x", "--data", "postgresql://u@h/db?schema=s", "--engine=postgresql://u@h/db"]
    assert secrets == {"PGPASSWORD": "a@b"}
    for wrong in (
        ["postgresql://u:a@h/db", "postgresql://u:b@h/db"],
        ["sc://h:1/;token=t"],
        ["postgresql://h/d?password=x"],
    ):
        with pytest.raises(DataError):
            without_passwords(wrong)


def test_where_the_result_goes_is_read_from_the_words():
    assert out_of(["run", "--out", "a"]) == os.path.abspath("a") and out_of(["run", "--out=/b"]) == "/b"
    assert out_of(["run", "--out", "postgresql://h/d?schema=s"]) == "" and out_of(["run"]) == ""


def test_the_folder_is_private_and_an_id_leads_nowhere_else(made, jobs, tmp_path):
    jobs.wait(start(jobs, made).id)
    assert jobs.folder.path.stat().st_mode & 0o777 == 0o700
    for wrong in ("..", "../out", "/etc", "20250101-000000-000000ab"):
        with pytest.raises(DataError, match="没有任务"):
            jobs.job(wrong)
    os.chmod(jobs.folder.path, 0o755)
    with pytest.raises(DataError, match="别人也能看"):
        jobs.start(["run"])


def test_one_that_is_over_is_forgotten_and_its_result_stays(slow, jobs):
    job = start(jobs, slow)
    with pytest.raises(DataError, match="还没有结束"):
        jobs.forget(job.id)
    jobs.wait(job.id)
    jobs.forget(job.id)
    assert jobs.all() == [] and left(slow) == ["out"]


def casemix(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine", "jobs", *arguments],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"CASEMIX_JOBS": str(folder)},
    )  # fmt: skip


def test_the_command_line_has_the_same_verbs(made, tmp_path):
    folder = tmp_path / "jobs"
    started = casemix(folder, "start", *words(made))
    assert started.returncode == 0, started.stderr
    (job,) = json.loads(casemix(folder, "--json").stdout)
    assert job["out"] == str(made.folder / "out")
    waited = casemix(folder, "wait", job["id"])
    assert waited.returncode == 0 and "完成" in waited.stdout and "车队表" in waited.stdout
    assert job["id"] in casemix(folder).stdout
    assert casemix(folder, "forget", job["id"]).returncode == 0
    assert casemix(folder, "show", job["id"]).returncode == 1
    assert casemix(folder, "start", "check").returncode == 2
