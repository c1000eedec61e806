"""The pages and the HTTP interface as one application behind the guard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import Client, core, ui
from nicegui import app as nicegui_app
from nicegui.page import page as nicegui_page
from nicegui.translations import translations

from engine.workbench.frame import TITLE, framed
from engine.workbench.http.interface import add_interface
from engine.workbench.page import Here, Page, address_of
from engine.workbench.prices import Prices
from engine.workbench.security.guard import Guard
from engine.workbench.security.who import Door
from engine.workbench.shows.troubles import show_trouble
from engine.workbench.workplace import Workplace

LOST = {
    "connection_lost": "工作台没有回应",
    "trying_to_reconnect": "正在重新连接。它如果停了又重新启动，端口和令牌都是新的，这一页再也连不上："
    "打开它这次启动时打印的链接。写了没有存的，留在草稿里。",
}
"""What a tab says that is open when the server goes away."""
KEPT = 60.0
"""Seconds that a page is kept for a browser whose connection broke off; after that it opens the page anew."""
STYLE = Path(__file__).parent / "style"


def make_application(place: Workplace, prices: Prices, door: Door, pages: Sequence[Page]) -> Guard:
    """Everything that is served. NiceGUI is one for a process: so is this."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    add_interface(app, prices)
    nicegui_app.add_static_files("/style", STYLE, max_cache_age=0)
    for sheet in sorted(STYLE.glob("*.css")):
        ui.add_head_html(f'<link rel="stylesheet" href="/style/{sheet.name}">', shared=True)
    translations["zh-CN"].update(LOST)
    core.app.config.socket_io_js_transports = ["websocket"]
    for page in pages:
        _add(place, prices, page, pages)
    _first_of_region(place, pages)
    _not_found(place, pages)
    nicegui_app.on_shutdown(place.beside.end)
    ui.run_with(
        app, title=TITLE, favicon=STYLE / "icon.svg", dark=None, language="zh-CN", tailwind=False,
        reconnect_timeout=KEPT, gzip_middleware_factory=None, show_welcome_message=False, binding_refresh_interval=None,
    )  # fmt: skip
    return Guard(app, door)


def _add(place: Workplace, prices: Prices, page: Page, pages: Sequence[Page]) -> None:
    """The routes of a page."""
    if page.routes is not None:
        page.routes(place)
    path = f"/r/{{region}}/{page.name}" if page.of_region else f"/{page.name}"

    async def opened(request: Request, region: str = "") -> None:
        if page.of_region and region not in place.regions():
            _nothing(f"没有地区 {region}", place)
            return
        asked = {key: text for key, text in request.query_params.items()}
        await framed(
            Here(place, prices, ui.context.client, page.name, region if page.of_region else "", asked, pages),
            page,
            pages,
        )

    ui.page(path, title=TITLE, response_timeout=30)(opened)


def _first_of_region(place: Workplace, pages: Sequence[Page]) -> None:
    """A region without a page is its first page."""

    @nicegui_app.get("/r/{region}/")
    def first(region: str) -> Response:
        for page in pages:
            if page.of_region and region in place.regions():
                return RedirectResponse(address_of(page.name, region))
        raise HTTPException(404)


def _not_found(place: Workplace, pages: Sequence[Page]) -> None:
    @nicegui_app.exception_handler(404)
    async def missing(request: Request, error: Exception) -> Response:
        with Client(nicegui_page(""), request=request) as client:
            _nothing("没有这一页", place)
        return client.build_response(request, 404)


def _nothing(what: str, place: Workplace) -> None:
    ui.context.client.status_code = 404
    with ui.element("main").classes("wb-page"):
        show_trouble(what, hint=f"有的地区：{'、'.join(place.regions()) or '没有'}")
        ui.link("回到首页", "/")
