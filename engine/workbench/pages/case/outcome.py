"""Where the case ended and what it came to: the figures that matter first, then the others."""

from __future__ import annotations

from nicegui import ui

from engine.pricing.priced import Priced
from engine.pricing.region import Region

HEADLINE = 3
GOOD = "结算"
HERE, PUBLISHED = "没有交来", "公布的表不全：在“公布的表取自”里选有它们的文件夹"


def show_outcome(opened: Region, priced: Priced) -> None:
    with ui.element("div").classes("wb-row"):
        ui.label("去向").classes("wb-quiet")
        state = ui.label(priced.state).classes("wb-verdict").props("role=status")
        state.classes("wb-state-good" if priced.state == GOOD else "wb-state-other")
        if priced.by or priced.reason:
            ui.label("：".join(text for text in (priced.by, priced.reason) if text))
        if opened.example:
            ui.label("示例：用了编造的数值，不能作结算的依据").classes("wb-example")
    if priced.settled:
        _figures(opened, priced)
    elif HERE in priced.reason:
        ui.label(f"→ {PUBLISHED}").classes("wb-hint")
    for line in priced.warnings:
        ui.label(f"提醒：{line}").classes("wb-warn")
    for row in priced.rejected:
        ui.label(f"没有用：{row.table} {row.key}，{row.check} {row.reason}").classes("wb-warn")
    if opened.needs_all:
        with ui.expansion(f"单独一行算不出的 {len(opened.needs_all)} 个").classes("wb-more"):
            for name, why in opened.needs_all.items():
                ui.label(f"{name}：{why}").classes("wb-quiet")


def _figures(opened: Region, priced: Priced) -> None:
    with ui.element("dl").classes("wb-figures"):
        for place, name in enumerate(opened.first):
            with ui.element("div").classes("wb-figure-first" if place < HEADLINE else "wb-figure"):
                with ui.element("dt"):
                    ui.label(name)
                with ui.element("dd"):
                    if name in priced.unknown:
                        ui.label(f"无法确定：{priced.unknown[name]}").classes("wb-bad")
                    else:
                        ui.label(f"{priced.text(name) or '（空）'} {unit_of(opened, name)}".rstrip())


def unit_of(opened: Region, name: str) -> str:
    """``元``, ``点`` …; nothing of a pure number, a class, a date."""
    kind = opened.types.get(name)
    return str(kind.unit) if kind is not None and kind.unit.powers else ""
