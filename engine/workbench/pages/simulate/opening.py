"""Which of its views the page shows: what to simulate, a job, a simulation. The address says it."""

from __future__ import annotations

from engine.workbench.page import Here, Page
from engine.workbench.pages.settle.going import show_job
from engine.workbench.pages.simulate.choose import show_choice
from engine.workbench.pages.simulate.told import show_simulation


async def build(here: Here) -> None:
    if here.asked.get("job"):
        await show_job(here, here.asked["job"])
    elif here.asked.get("result"):
        await show_simulation(here, here.asked["result"])
    else:
        await show_choice(here)


PAGE = Page("simulate", "试算", build)
