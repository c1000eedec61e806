"""What a page of the workbench is, and what it is given when somebody opens it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from nicegui import Client

from engine.rulebook.book import Book
from engine.workbench.prices import Prices
from engine.workbench.while_open import while_open
from engine.workbench.workplace import Workplace

Found = TypeVar("Found")
_REMEMBER = "sessionStorage.setItem('casemix ' + location.pathname, location.pathname + location.search)"
"""Where the reader is, for the navigation back to pages that stay; the browser's window forgets it when it closes."""


@dataclass(frozen=True)
class Here:
    """Where a page stands: everything that it shows follows from this and from the disk.

    ``region``: a name out of the list, empty on pages of the whole folder. ``asked``: what stands behind ``?``.
    ``window``: the browser's. ``prices``: regions that are open to price by. ``pages``: all there are, in order.
    """

    place: Workplace
    prices: Prices
    window: Client
    page: str
    region: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    pages: Sequence[Page] = ()

    async def book(self) -> Book:
        """The region's rulebook, read aside. Raises :class:`RulebookError` where it cannot be read."""
        return await aside(self.place.book, self.region)

    def called(self, page: Page, region: str | None = None) -> str:
        """The title of a page of this region or another, as far as it is known by now."""
        rows = self.place.rows_called.get(self.region if region is None else region, "")
        return rows if page.of_a_row and rows else page.title

    def address(self, page: str | None = None, *, region: str | None = None, **asked: str) -> str:
        """The address of a page (this one, if none is named) with what it is to show."""
        name, where = self.page if page is None else page, self.region if region is None else region
        return address_of(name, where, **asked)

    def later(self, work: Callable[[], Awaitable[None]]) -> None:
        """``work`` once the page stands: what takes a while and may come in by and by. It ends with the page."""
        while_open(work)

    def show_address(self, **asked: str) -> None:
        """What the page shows now goes into the address, so that it can be sent, and opened again; also where what was
        clicked on is gone by now.
        """
        now = json.dumps(self.address(**asked))
        self.window.run_javascript(f"history.replaceState({{}}, '', {now}); {_REMEMBER}")


@dataclass(frozen=True)
class Page:
    """A page: ``name`` is its word in addresses, ``title`` what stands in the navigation.

    ``build`` puts it on the screen; the reader sees the frame already, so it may wait for what it needs
    (:func:`aside`), and whatever it raises of ours is shown in its place. ``routes`` adds what the page asks for over
    HTTP. ``of_region``: it stands below a region. ``of_a_row``: it is called as the region calls the rows that it
    prices, once its rulebook is read (:meth:`Here.called`). ``stays``: the navigation leads back to where the reader
    was on it.
    """

    name: str
    title: str
    build: Callable[[Here], Awaitable[None]]
    of_region: bool = True
    of_a_row: bool = False
    routes: Callable[[Workplace], None] | None = None
    stays: bool = False


def address_of(page: str, region: str = "", **asked: str) -> str:
    """See :meth:`Here.address`."""
    path = f"/r/{quote(region)}/{quote(page)}" if region else f"/{quote(page)}"
    said = {key: text for key, text in asked.items() if text}
    return path + (f"?{urlencode(said)}" if said else "")


async def aside(work: Callable[..., Found], /, *args: Any, **named: Any) -> Found:
    """``work`` on a thread of its own: nothing that takes long runs on the loop that all pages share."""
    return await asyncio.to_thread(work, *args, **named)
