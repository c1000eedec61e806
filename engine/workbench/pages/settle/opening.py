"""Which of its views the page shows: what to run, a job, a result, a row's reasons. The address says it."""

from __future__ import annotations

from engine.workbench.page import Here, Page
from engine.workbench.pages.settle.choose import show_choice
from engine.workbench.pages.settle.going import show_job
from engine.workbench.pages.settle.served_rows import serve_rows
from engine.workbench.pages.settle.told import show_result
from engine.workbench.pages.settle.why import show_reasons


async def build(here: Here) -> None:
    if here.asked.get("job"):
        await show_job(here, here.asked["job"])
    elif here.asked.get("result") and here.asked.get("grain"):
        await show_reasons(here, here.asked["result"], here.asked["grain"], here.asked.get("key", ""))
    elif here.asked.get("result"):
        await show_result(here, here.asked["result"])
    else:
        await show_choice(here)


PAGE = Page("settle", "结算", build, routes=serve_rows)
