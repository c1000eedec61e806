"""What stands around every page: the name, the regions, the navigation, light and dark, and what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from nicegui import ui

from engine.files.errors import DataError, RunStopped
from engine.pricing.problems import CannotPrice
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here, Page, aside
from engine.workbench.prices import rows_called
from engine.workbench.shows.troubles import show_problems, show_trouble, tell, words_of
from engine.workbench.while_open import ends_with_page

LOG = logging.getLogger("casemix.workbench")
LOOKS = {
    "auto": ("brightness_auto", None, "跟随系统"),
    "light": ("light_mode", False, "浅色"),
    "dark": ("dark_mode", True, "深色"),
}
COOKIE = "casemix-look"
TITLE = "Casemix 工作台"
_WHERE_ONE_WAS = """document.querySelectorAll("a.wb-stays").forEach((link) => {
  const was = sessionStorage.getItem("casemix " + link.pathname);
  if (was && was.startsWith(link.pathname + "?")) link.href = was;
})"""


async def framed(here: Here, page: Page, pages: Sequence[Page]) -> None:
    """The frame at once, then the page into it."""
    ends_with_page()
    ui.on_exception(lambda error: tell(words_of(error)))
    names = await aside(here.place.titles)
    _window(here, page, names)
    titles = _header(here, page, pages, names)
    with ui.element("main").classes("wb-page") as main:
        ui.skip_link("跳到正文", target=main).classes("wb-skip")
        with ui.row().classes("wb-waiting").props("role=status") as waiting:
            ui.spinner()
            ui.label("正在打开…")
        room = ui.column().classes("wb-room")
    await ui.context.client.connected()
    with room:
        await _built(here, page)
    if not waiting.is_deleted:  # as it is where the reader left meanwhile
        waiting.delete()
    await _own_words(here, page, pages, titles, names)


async def _built(here: Here, page: Page) -> None:
    try:
        await page.build(here)
    except RulebookError as error:
        show_problems(error.problems)
    except (DataError, RunStopped, CannotPrice) as error:
        show_trouble(error.message, list(getattr(error, "details", ())), error.hint)
    except OSError as error:
        show_trouble(words_of(error), hint="检查文件和权限，再刷新这一页")
    except MemoryError:
        show_trouble("内存不够", hint="关掉别的程序，再刷新这一页")
    except asyncio.CancelledError:
        raise
    except Exception:
        LOG.exception("page %s", page.name)
        show_trouble("这一页没有打开：程序出错了", hint="启动工作台的窗口里有详情，请报告；别的页不受影响")


def _window(here: Here, page: Page, names: Mapping[str, str]) -> None:
    """What the browser calls the window."""
    ui.page_title(" · ".join(text for text in (here.called(page), names.get(here.region, ""), TITLE) if text))


def _header(here: Here, page: Page, pages: Sequence[Page], names: Mapping[str, str]) -> dict[str, ui.link]:
    look = ui.context.client.request.cookies.get(COOKIE, "auto")
    dark = ui.dark_mode(LOOKS.get(look, LOOKS["auto"])[1])
    titles: dict[str, ui.link] = {}
    with ui.header().classes("wb-header"):
        ui.link(TITLE, "/").classes("wb-name")
        with ui.element("nav").classes("wb-nav").props("aria-label=页"):
            for one in pages:
                if one.of_region and not here.region:
                    continue
                target = here.address(one.name, region=here.region if one.of_region else "")
                link = ui.link(here.called(one), target).classes("wb-tab")
                if one is page:
                    link.props("aria-current=page")
                elif one.stays:
                    link.classes("wb-stays")
                titles[one.name] = link
        ui.run_javascript(_WHERE_ONE_WAS)
        ui.space()
        if here.region:
            known = {name: f"{title}　{name}" for name, title in names.items()}
            chosen = ui.select(known, value=here.region, label=f"地区　{here.region}")
            chosen.props("dense outlined options-dense").classes("wb-region")
            chosen.props["display-value"] = names.get(here.region, here.region)
            chosen.on_value_change(lambda event: ui.navigate.to(here.address(region=event.value)))
        _look(dark, look)
    return titles


def _look(dark: ui.dark_mode, look: str) -> None:
    """Light, dark, or as the system has it; remembered in the browser."""
    names = list(LOOKS)
    button = ui.button(icon=LOOKS.get(look, LOOKS["auto"])[0]).props("flat round dense")
    state = {"look": look if look in LOOKS else "auto"}
    button.props(f'aria-label="{LOOKS[state["look"]][2]}" title="{LOOKS[state["look"]][2]}"')

    def turn() -> None:
        state["look"] = names[(names.index(state["look"]) + 1) % len(names)]
        icon, value, label = LOOKS[state["look"]]
        dark.set_value(value)
        button.set_icon(icon)
        button.props(f'aria-label="{label}" title="{label}"')
        ui.run_javascript(f'document.cookie="{COOKIE}={state["look"]};path=/;max-age=31536000;SameSite=Strict"')

    button.on_click(turn)


async def _own_words(
    here: Here, page: Page, pages: Sequence[Page], titles: dict[str, ui.link], names: Mapping[str, str]
) -> None:  # fmt: skip
    """Titles in the region's own words, where its rules can be read."""
    if not here.region or not any(one.of_a_row for one in pages):
        return
    try:
        here.place.rows_called[here.region] = rows_called(await here.book())
    except (RulebookError, DataError, RunStopped, ValueError, OSError):
        return
    for one in pages:
        if one.of_a_row and one.name in titles:
            titles[one.name].set_text(here.called(one))
    if page.of_a_row:
        _window(here, page, names)
