"""``casemix jobs``: long work in the background, one after the other."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, print_table, stops
from engine.jobs.job import DONE, RUNNING

if TYPE_CHECKING:
    from engine.jobs.job import Job
    from engine.jobs.queue import Jobs

ACTIONS = ("list", "start", "show", "wait", "cancel", "forget")
STARTED = ("run", "simulate", "synth")
"""Commands that are started so."""


def _action(context: click.Context, option: click.Parameter, value: str) -> str:
    if value not in ACTIONS:
        raise click.BadParameter(f"写 {'、'.join(ACTIONS)} 里的一个")
    return value


@usage.command("jobs", context_settings={"ignore_unknown_options": True})
@click.argument("action", metavar="[ACTION]", default="list", callback=_action)
@click.argument("words", nargs=-1, metavar="[ID | 命令 …]", type=click.UNPROCESSED)
@click.option("--json", "as_data", is_flag=True, help="写成 JSON")
@click.option(
    "--at-once", default=1, show_default=True, type=click.IntRange(1, 16), help="start：最多几个一起跑，别的排队"
)
def command(action: str, words: tuple[str, ...], as_data: bool, at_once: int) -> None:
    """在后台做的长任务：list 列出，start run|simulate|synth … 开始一个（写法一样），show、wait、cancel、forget 某一个。

    任务是自己的进程，关掉终端还在跑；一个接一个，记在 CASEMIX_JOBS 的文件夹里。
    """
    from engine.jobs.queue import Jobs

    with stops():
        jobs = Jobs(at_once=at_once)
        if action == "list":
            _list(jobs, as_data)
            return
        job = _start(jobs, words) if action == "start" else jobs.job(_only(words))
        if action == "wait":
            job = jobs.wait(job.id)
        elif action == "cancel":
            job = jobs.cancel(job.id)
        elif action == "forget":
            jobs.forget(job.id)
            console().print(f"不再记着 {job.id}；它的结果没有动")
            return
        _show(jobs, job, as_data, everything=action in ("show", "wait"))
        if action == "wait" and job.state != DONE:
            sys.exit(1)


def _only(words: tuple[str, ...]) -> str:
    if len(words) != 1:
        raise click.UsageError("写一个任务的 ID；casemix jobs 列出全部")
    return words[0]


def _start(jobs: Jobs, words: tuple[str, ...]) -> Job:
    from engine.jobs.asked import out_of, without_passwords

    if not words or words[0] not in STARTED:
        raise click.UsageError(f"start 后面写 {'、'.join(STARTED)} 里的一个，和它的参数")
    plain, secrets = without_passwords(words)
    return jobs.start(plain, out=out_of(plain), secrets_=secrets)


def _list(jobs: Jobs, as_data: bool) -> None:
    found = jobs.all()
    if as_data:
        sys.stdout.write(json.dumps([job.as_json() for job in found], ensure_ascii=False, indent=1) + "\n")
        return
    lines = [[job.id, job.state, _taken(job), _at(jobs, job), job.title] for job in found]
    print_table(console(), "任务", ["ID", "状态", "用时", "进度", "内容"], lines)


def _show(jobs: Jobs, job: Job, as_data: bool, everything: bool) -> None:
    screen = console()
    if as_data:
        sys.stdout.write(json.dumps(job.as_json(), ensure_ascii=False, indent=1) + "\n")
        return
    screen.print(f"[bold]{job.id}[/] {job.state} {_taken(job)} {escape(_at(jobs, job))}".rstrip())
    screen.print(escape(job.title))
    if job.why:
        screen.print(escape(job.why), style="yellow")
    for text in (jobs.said(job.id), jobs.problems(job.id)) if everything else ():
        if text.strip():
            screen.print(escape(text.rstrip()))


def _taken(job: Job) -> str:
    if not job.started:
        return ""
    return f"{(job.ended or time.time()) - job.started:.0f} 秒"


def _at(jobs: Jobs, job: Job) -> str:
    from engine.watching.event import Event

    events = jobs.progress(job.id) if job.state == RUNNING else []
    return Event(**events[-1]).text if events else ""
