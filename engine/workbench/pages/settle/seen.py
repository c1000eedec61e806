"""What a look over a delivery found: which tables came, with how many rows, and what of it is not used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nicegui import ui

from engine.looked_over import Looked
from engine.workbench.shows.tables import show_table
from engine.workbench.shows.troubles import show_line, show_trouble


def show_seen(found: Sequence[tuple[str, Looked]], folder: Path) -> None:
    """Period by period. ``folder``: the working folder; files in it are called as they are there."""
    for period, one in found:
        if len(found) > 1:
            ui.label(period).classes("wb-subtitle")
        _show(one, folder)


def _show(found: Looked, folder: Path) -> None:
    aside = "、".join([*found.unused, *(_called(file, folder) for file in found.ignored)])
    if found.missing:
        hint = "表叫别的名字，就编辑映射写明是哪一张；没有，就补上文件"
        came = f"交来而没有用上的：{aside}" if aside else ""
        show_trouble(f"没有交来表：{'、'.join(found.missing)}", [came] if came else [], hint)
    elif any(one.refused for one in found.tables):
        ui.label("数据能读，有的行读不出来：").classes("wb-warn")
    else:
        ui.label("数据齐了").classes("wb-good")
    absent = {True: "没有交来", False: "没有交来（可以没有）"}
    lines = [
        [one.table, str(one.rows) if one.delivered else absent[one.needed], str(one.refused or "")]
        for one in found.tables
    ]
    show_table(["表", "行", "读不出来"], lines, 1)
    for one in found.tables:
        for reason in one.reasons:
            show_line(f"{one.table} {reason}", "wb-warn")
        if one.missing:
            ui.label(f"{one.table} 没有交来这些列，按默认值或空处理：{'、'.join(one.missing)}").classes("wb-warn")
        if one.unknown:
            ui.label(f"{one.table} 有不认识的列，没有读：{'、'.join(one.unknown)}").classes("wb-warn")
    if aside and not found.missing:
        ui.label(f"交来了但没有读：{aside}").classes("wb-warn")


def _called(file: str, folder: Path) -> str:
    path = Path(file).resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file
