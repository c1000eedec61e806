"""The reasons of a row in two results side by side: where they begin to differ, the rows that belong to it and differ,
and every line of the trees that does.
"""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from engine.compare.both_reasons import BothReasons
from engine.compare.changed_below import ChangedBelow
from engine.compare.reasons import FORMULA, Pair, in_words, marked
from engine.explain.steps import Step
from engine.workbench.page import Here, aside
from engine.workbench.pages.case.leading import link_to_case
from engine.workbench.pages.compare.differences import SIDES, Address
from engine.workbench.pages.settle.trying import both_explained
from engine.workbench.shows.names_beside import key_called
from engine.workbench.shows.rule_links import RuleLinks
from engine.workbench.shows.steps import Tree
from engine.workbench.shows.tables import show_table
from engine.workbench.workplace import Run

MOST_BEGINNINGS = 20
MOST_AT_ONCE = 10
"""Rows below that stand there at once."""


async def show_both_reasons(here: Here, runs: Sequence[Run], address: Address) -> None:
    """The way back leads to where the reader was: in the comparison, or at the row that this one belongs to."""
    grain, key = here.asked["grain"], here.asked.get("key", "")
    back = {name: here.asked.get(name, "") for name in ("by", "of", "at")}
    book = await here.book()
    called = await aside(key_called, here.place, book, runs[0], grain, key)
    ui.label(f"{grain} {called}").classes("wb-title").props("role=heading aria-level=1")
    with ui.row().classes("wb-row"):
        ui.link("回到比较", address(**back))
        if here.asked.get("from"):
            above, _, its_key = here.asked["from"].partition(" ")
            its_name = await aside(key_called, here.place, book, runs[0], above, its_key)
            ui.link(f"回到 {above} {its_name}", address(**back, grain=above, key=its_key))
        await link_to_case(here, runs[0], grain, key)
    one, other = (str(run.folder) for run in runs)
    found = await here.place.beside.ask(both_explained, one, other, grain, key)
    _begins(found)
    for below in found.below:
        _below(below, lambda of, one: address(**back, grain=of, key=one, **{"from": f"{grain} {key}"}))
    marks = {id(step): pair for step, pair in marked(found.pairs)}
    links = await RuleLinks.on(here)
    with ui.element("div").classes("wb-settle"):
        rooms = [ui.element("section").classes("wb-card") for _ in runs]
    for run, explained, room, title in zip(runs, (found.one, found.other), rooms, SIDES.values(), strict=True):
        with room:
            ui.label(f"{title}：{run.program} {run.period}").classes("wb-subtitle").props("role=heading aria-level=2")
            ui.label(run.title).classes("wb-quiet").props["title"] = run.name
            if explained.left_out:
                ui.label(explained.left_out).classes("wb-warn")
            await Tree(links, marks=marks, opens=True).show(explained.steps)


def _begins(found: BothReasons) -> None:
    with ui.element("section").classes("wb-card wb-begins").props("aria-label=不同从哪里开始"):
        if all(pair.is_same for pair in found.pairs):
            ui.label("两边的理由完全一样。").classes("wb-quiet")
            return
        ui.label("不同从这里开始").classes("wb-subtitle").props("role=heading aria-level=2")
        lines = [_beginning(pair) for pair in found.beginnings[:MOST_BEGINNINGS]]
        show_table(["哪一步", "哪里不同", *SIDES.values(), "依据"], lines)
        if len(found.beginnings) > MOST_BEGINNINGS:
            ui.label(f"还有 {len(found.beginnings) - MOST_BEGINNINGS} 处，在下面带 ≠ 的行里。").classes("wb-quiet")
        ui.label("下面带 ≠ 的行两边不同，没有的两边一样。").classes("wb-quiet")


def _beginning(pair: Pair) -> list[str]:
    step = pair.step
    whose = " ".join(text for text in (step.grain, step.key) if text)
    name = f"{step.name}〔{whose}〕" if whose else step.name
    cite = "；".join(dict.fromkeys(one.cite for one in (pair.one, pair.other) if one is not None and one.cite))
    return [name, in_words(pair), *(_said(pair, one) for one in (pair.one, pair.other)), cite]


def _said(pair: Pair, step: Step | None) -> str:
    """Of one side, what the other says otherwise: its formula where that differs, else its value."""
    if step is None:
        return "（没有）"
    return step.formula if FORMULA in pair.differs else " ".join((step.written or step.value, step.unit)).strip()


def _below(said: ChangedBelow, leads: Address) -> None:
    """Rows of a finer statement that belong to the row and differ, each leading to its own two reasons."""
    only = list(zip(SIDES.values(), (said.left, said.entered), strict=True))
    rows = [
        (key, "；".join(f"{h} {one or '（空）'} → {other or '（空）'}" for h, one, other in cells))
        for key, cells in said.most
    ]
    rows += [(key, f"只有{side}属于它") for side, keys in only for key in keys]
    with ui.element("section").classes("wb-card wb-begins") as room:
        room.props["aria-label"] = f"{said.statement}里属于它的行"
        cut = "（太多，只看了一部分）" if said.cut else ""
        title = f"{said.statement}：属于它的 {max(said.rows)} 行里 {said.changed} 行变了{cut}"
        ui.label(title).classes("wb-subtitle").props("role=heading aria-level=2")
        if not rows:
            ui.label("这些行都没有变：它的不同不是从它们来的。").classes("wb-quiet")
            return
        for key, told in rows[:MOST_AT_ONCE]:
            _row(key, told, leads(said.grain, key))
        if rows[MOST_AT_ONCE:]:
            with ui.expansion(f"另外 {len(rows) - MOST_AT_ONCE} 行").classes("wb-more"):
                for key, told in rows[MOST_AT_ONCE:]:
                    _row(key, told, leads(said.grain, key))
        if said.changed > len(said.most):
            ui.label(f"变得最多的 {len(said.most)} 行列在这里，一共 {said.changed} 行变了。").classes("wb-quiet")


def _row(key: str, told: str, address: str) -> None:
    with ui.row().classes("wb-row wb-changed-row"):
        ui.label(key).classes("wb-step-name")
        ui.label(told)
        ui.link("两边的理由", address)
