"""A job: how far it is, its cancel, and what it said when it ended. Whoever looks again later finds the same."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from engine.files.errors import DataError
from engine.jobs.job import CANCELLED, DONE, Job
from engine.jobs.queue import Jobs
from engine.watching.event import PHASES, READING, Event
from engine.workbench.page import Here, aside
from engine.workbench.shows.troubles import show_trouble
from engine.workbench.while_open import while_open

LOOKS = 0.5
"""Seconds between two looks."""


async def show_job(here: Here, id_: str) -> None:
    jobs = Jobs()
    job = await aside(jobs.job, id_)
    ui.label(job.title).classes("wb-title").props("role=heading aria-level=1")
    with ui.row().classes("wb-row"):
        state = ui.label().classes("wb-state").props("role=status")
        cancel = ui.button("取消", icon="stop").props("outline no-caps")
        ui.link("再算一次", here.address())
    line = ui.label().classes("wb-quiet").props("aria-live=polite")
    bar = ui.linear_progress(0, show_value=False, size="10px").classes("wb-bar").props("aria-label=进度")
    phases = ui.element("ol").classes("wb-phases")
    outcome = ui.element("div")

    told: list[str] = []
    waited: list[str] = []

    async def look() -> bool:
        """Whether there is nothing more to see."""
        try:
            now = await aside(jobs.job, id_)
            events = await aside(jobs.progress, id_)
        except DataError as error:
            if not told:
                told.append(error.message)
                with outcome:
                    show_trouble(error.message, hint=error.hint)
            return True
        _progress(now, events, line, bar, phases)
        state.set_text(now.state)
        if now.state == DONE and waited and (name := _result(here, now)):
            ui.navigate.to(here.address(result=name))  # who comes back finds the job that ended, and a link
            return True
        if now.is_over and not told:
            told.append(now.state)
            cancel.set_visibility(False)
            bar.set_visibility(False)
            await _over(here, jobs, now, outcome)
        waited.append(now.state)
        return bool(told)

    async def ended() -> None:
        cancel.disable()
        line.set_text("正在取消…")
        await aside(jobs.cancel, id_)
        await look()

    cancel.on_click(ended)
    while_open(look, every=LOOKS)


def _progress(job: Job, events: list[dict], line: ui.label, bar: ui.linear_progress, phases: ui.element) -> None:
    if not events:
        line.set_text("等前面的任务" if not job.started else "正在开始…")
        return
    last = Event(**events[-1])
    place = PHASES.index(last.phase) if last.phase in PHASES else 0
    within = (last.step - 1) / max(last.steps, 1)
    whole = ((last.part - 1) + (place + within) / (len(PHASES) - 1)) / last.parts
    bar.set_value(round(min(whole, 1), 3))
    line.set_text("结果写好了" if last.phase == DONE else last.text)
    read = _read(events)
    phases.clear()
    with phases:
        for name, rows in read.items():
            with ui.element("li"):
                ui.label(f"读了 {name}：{rows} 行")


def _read(events: list[dict]) -> dict[str, int]:
    """The tables that were read, with their rows."""
    return {event.get("name", ""): event["rows"] for event in events if event["phase"] == READING and "rows" in event}


def _result(here: Here, job: Job) -> str:
    """The name of its result in the working folder."""
    inside = job.out and Path(job.out).is_relative_to(here.place.folder)
    return Path(job.out).relative_to(here.place.folder).as_posix() if inside else ""


async def _over(here: Here, jobs: Jobs, job: Job, outcome: ui.element) -> None:
    problems = await aside(jobs.problems, job.id)
    with outcome:
        if job.state == DONE:
            ui.link("看结果", here.address(result=_result(here, job))).classes("wb-go")
            return
        if job.state == CANCELLED:
            ui.label("已取消，没有写完的结果不会留下。")
            return
        lines = [text.strip() for text in problems.splitlines() if text.strip()]
        show_trouble(job.why or (lines[0] if lines else "没有算成"), lines if job.why else lines[1:],
                     "改好以后再算一次；结果没有写出，原来的数据没有动")  # fmt: skip
