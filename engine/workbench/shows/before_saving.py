"""What is said of drafts before they are saved: which examples fail, and which figures their articles do not have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nicegui import ui

from engine.assist.reached import Reached
from engine.drafts import Draft
from engine.drafts.words import in_words
from engine.excel.example_files import example_file
from engine.excel.outdated_notes import said_of
from engine.lint.all import lint
from engine.lint.cited import figures_not_quoted
from engine.lint.findings import NOT_IN_TEXT
from engine.rulebook.book import Book
from engine.rulebook.unread_files import is_example
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside

MOST_SHOWN = 20


async def show_before_saving(here: Here, desk: Desk, drafts: Sequence[Draft]) -> str:
    """Runs all examples on the drafts and says what came out; in short what is amiss, nothing where all is well."""
    with ui.row().classes("wb-row").props("role=status") as waiting:
        ui.spinner()
        ui.label("正在用草稿运行全部例子，还没有结果…")
    room = ui.element("div").props("aria-live=polite")
    found = await aside(desk.run_examples)
    unquoted = await aside(not_in_text, desk.last, drafts) if found is not None and desk.last is not None else []
    notes = await aside(_notes, desk, drafts)
    waiting.delete()
    with room:
        amiss = _examples(here, desk, found)
        for line in (*unquoted, *notes):
            ui.label(line).classes("wb-warn")
    amiss_too = f"{len(unquoted)} 个数条款里没有" if unquoted else "", f"{len(notes)} 处说明没有跟着改" if notes else ""
    return "；".join(filter(None, (amiss, *amiss_too)))


def _notes(desk: Desk, drafts: Sequence[Draft]) -> list[str]:
    """Notes of examples that say figures which the drafts took out of them."""
    files = [example_file(desk.drafts, one.file) for one in drafts if is_example(desk.folder / one.file, desk.folder)]
    return [f"{name}：{said_of(figures)}" for file in files for name, figures in file.outdated.items()]


def _examples(here: Here, desk: Desk, found: Reached | None) -> str:
    if found is None:
        ui.label("规则有错，例子没有运行").classes("wb-warn")
        return "规则有错"
    wrong = [one for one in found.outcomes.values() if not one.passed]
    if not found.outcomes:
        ui.label("没有例子可运行").classes("wb-warn")
        return ""
    if not wrong:
        ui.label(f"用草稿运行了 {len(found.outcomes)} 个例子，全部相符").classes("wb-good")
        return ""
    ui.label(f"用草稿运行了 {len(found.outcomes)} 个例子，{len(wrong)} 个不符：").classes("wb-bad")
    for one in wrong[:MOST_SHOWN]:
        with ui.element("div").classes("wb-bad wb-failure"):
            path = Path(one.place.file).absolute()
            if path.is_relative_to(desk.folder):
                file = path.relative_to(desk.folder).as_posix()
                ui.link(f"✗ {one.name}", here.address("examples", file=file, example=one.name)).classes("wb-bad")
                ui.label(one.failures[0]).classes("wb-inline")
            else:
                ui.label(f"✗ {one.name}：{one.failures[0]}")
    if len(wrong) > MOST_SHOWN:
        ui.label(f"…还有 {len(wrong) - MOST_SHOWN} 个，见“例子”").classes("wb-bad wb-failure")
    return f"{len(wrong)} 个例子不符"


def not_in_text(book: Book, drafts: Sequence[Draft]) -> list[str]:
    """Of the entries that the drafts change: figures that stand neither in the article cited nor in its 原句."""
    words = [in_words(one.file, one.was, one.text) for one in drafts]
    changed = {said.name for found in words for said in found or ()}
    findings = [one for one in lint(book) if one.kind == NOT_IN_TEXT]
    findings += figures_not_quoted(book, book.at(book.epochs[-1]))
    return list(dict.fromkeys(f"{one.name}：{one.message}" for one in findings if one.name in changed))
