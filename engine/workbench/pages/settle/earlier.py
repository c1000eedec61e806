"""What was done before, below a form: the last jobs of this folder, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from engine.jobs.job import Job
from engine.jobs.queue import Jobs
from engine.workbench.page import Here, aside

MOST_LISTED = 8
Line = tuple[str, str, str]
"""Text, the address that it leads to, a remark."""


async def show_earlier(here: Here, command: str, title: str, made: Sequence[Line], nothing: str) -> None:
    """``command``: whose jobs; ``made``: what stands beside them under ``title``, ``nothing`` where there is none."""
    jobs = await aside(_jobs_of, here, command)
    with ui.element("div").classes("wb-settle"):
        with ui.element("section"):
            ui.label("任务").classes("wb-subtitle").props("role=heading aria-level=2")
            _links([(job.title, here.address(job=job.id), _state(job)) for job in reversed(jobs)], "还没有任务。")
        with ui.element("section"):
            ui.label(title).classes("wb-subtitle").props("role=heading aria-level=2")
            _links(made, nothing)


def _jobs_of(here: Here, command: str) -> list[Job]:
    folder = str(here.place.folder)
    every = [job for job in Jobs().all() if (job.folder, job.arguments[0]) == (folder, command)]
    return [job for job in every if here.region in job.arguments][-MOST_LISTED:]


def _state(job: Job) -> str:
    return f"{job.state}{f' {job.ended - job.started:.0f} 秒' if job.ended and job.started else ''}"


def _links(lines: Sequence[Line], nothing: str) -> None:
    if not lines:
        ui.label(nothing).classes("wb-quiet")
    with ui.element("ul").classes("wb-list"):
        for text, address, remark in lines:
            with ui.element("li"):
                ui.link(text, address)
                ui.label(remark).classes("wb-quiet")
