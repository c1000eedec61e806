"""From a row of a result to its case: the address of the page of a case that loads it from the data of the result."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from engine.compare.runs import read_run
from engine.execute.period import parse_period
from engine.explain.keys import split
from engine.files.errors import DataError
from engine.workbench.page import Here, Page, aside
from engine.workbench.prices import programs_of, rows_called, tables_of
from engine.workbench.workplace import Run


async def link_to_case(here: Here, run: Run, grain: str, key: str) -> None:
    """A link, where the row is a case."""
    address = await aside(case_address, here, run, grain, key)
    if address:
        ui.link(f"在{here.called(page_of_a_row(here))}页打开", address)


def page_of_a_row(here: Here) -> Page:
    return next(one for one in here.pages if one.of_a_row)


def case_address(here: Here, run: Run, grain: str, key: str) -> str:
    """Empty where rows of ``grain`` are no cases, or none of that program is priced. Takes a while."""
    book = here.place.book(here.region)
    now = book.at(max(parse_period(run.period).end, book.start))
    base = grain
    while base in now.grains and now.grains[base].of:
        base = str(now.grains[base].of)
    if base != rows_called(book) or run.program not in [one.name for one in programs_of(book)]:
        return ""
    names = now.tables[base].key
    try:
        parts = split(key)
        said = read_run("", run.folder).record
    except (ValueError, DataError):
        return ""
    if len(parts) != len(names):
        return ""
    known = here.place.data_folders(here.region, tables_of(book))
    used = {Path(place).resolve() for place in said["data"] if "://" not in place}
    data = [name for name, folder in known.items() if folder.resolve() in used]
    published = run.name if said["rules_sha256"] == book.fingerprint() else ""
    case = dict(zip(names, parts, strict=True))
    return here.address(
        page_of_a_row(here).name, program=run.program, period=run.period, data="|".join(data) or "|",
        published=published, load="1", **case,
    )  # fmt: skip
