"""The mapping file of a delivery as a text that can be mended here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from nicegui import ui

from engine.data.columns_wanted import Lacking
from engine.data.mapped_columns import map_columns, write_mapping
from engine.files.errors import DataError
from engine.rulebook.problems import RulebookError
from engine.workbench.page import aside
from engine.workbench.shows.dialogs import dialog_called
from engine.workbench.shows.troubles import words_of

_NEW = "# 规则里的表:\n#   来自: 交来的表（文件名，不带后缀）\n#   列:\n#     规则里的字段: 交来的列\n"
LARGEST = 200_000


async def edit_mapping(file: Path) -> bool:
    """A dialog with the text; whether it was saved."""
    text = await aside(_text, file)
    with dialog_called(f"映射 {file.name}", style="wb-dialog", stays=True) as dialog:
        ui.label("左边是规则里的名字，右边是交来的表和列的名字。").classes("wb-quiet")
        area = ui.codemirror(text, language="YAML").classes("wb-mapping-text")
        _ends(dialog, ("保存", "不保存"), lambda: aside(_saved, file, area.value))
    return await _answered(dialog)


async def match_columns(file: Path, lacking: Sequence[Lacking]) -> bool:
    """A dialog in which each column that did not come gets one of the file; whether the mapping was saved."""
    chosen: dict[tuple[str, str], str] = {}
    with dialog_called("把列对上", style="wb-dialog", stays=True) as dialog:
        ui.label(f"规则要的列没有交来。选文件里哪一列就是它，写进 {file.name}；文件本身不改。").classes("wb-quiet")
        for one in lacking:
            for name, near in one.likely.items():
                chosen[one.table, name] = near
                with ui.element("div").classes("wb-match"):
                    ui.label(f"{one.table} 的 {name}")
                    select = ui.select(["", *one.there], value=near, label=f"文件里的哪一列是 {name}")
                    select.props("outlined dense options-dense")
                select.on_value_change(
                    lambda event, key=(one.table, name): chosen.__setitem__(key, event.value or "")
                )  # fmt: skip
        _ends(
            dialog,
            ("写进映射，再核对", "不写"),
            lambda: aside(_added, file, {key: column for key, column in chosen.items() if column}),
        )
    return await _answered(dialog)


def _ends(dialog: ui.dialog, words: tuple[str, str], write: Callable[[], Awaitable[str]]) -> None:
    """Two buttons: ``write`` and close, unless it says what is wrong; and close as it was."""
    said = ui.label().classes("wb-bad").props("role=alert")

    async def save() -> None:
        problem = await write()
        if problem:
            said.set_text(problem)
        else:
            dialog.submit(True)

    with ui.row().classes("wb-row"):
        ui.button(words[0], on_click=save).props("unelevated no-caps")
        ui.button(words[1], on_click=lambda: dialog.submit(False)).props("flat no-caps")


async def _answered(dialog: ui.dialog) -> bool:
    done = await dialog
    dialog.delete()
    return bool(done)


def _added(file: Path, chosen: Mapping[tuple[str, str], str]) -> str:
    """Nothing, or why the columns could not be added."""
    if not chosen:
        return "还没有选哪一列"
    columns: dict[str, dict[str, str]] = {}
    for (table, field), column in chosen.items():
        columns.setdefault(table, {})[field] = column
    try:
        map_columns(file, columns)
    except (RulebookError, DataError, OSError) as error:
        return words_of(error)
    return ""


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else _NEW


def _saved(file: Path, text: str) -> str:
    """Nothing, or why it cannot be read as a mapping: then the file is as it was."""
    if len(text) > LARGEST:
        return "太长了，不像映射文件"
    try:
        write_mapping(file, text)
    except RulebookError as error:
        return "；".join(f"第 {p.place.line} 行 {p.message}" for p in error.problems)
    except DataError as error:
        return str(error)
    except OSError as error:
        return f"没有保存：{error.strerror or error}"
    return ""
