"""``casemix show REGION --names``: every name of a region, or those that a word leads to."""

from __future__ import annotations

import datetime
import json
import sys

from rich.console import Console
from rich.markup import escape

from engine.commands.names_shown import TOLD_WHOLE, table, whole
from engine.commands.screen import Screen, errors, print_folded
from engine.names.elsewhere import named_so, not_inherited
from engine.names.listing import names_of_book
from engine.names.named import CHANGES, Named
from engine.names.search import near, search
from engine.rulebook.book import Book

MOST_OF_A_MODULE = 4


def show_names(book: Book, words: str, as_data: bool) -> None:
    """All names, or those that have ``words``; exit code 1 where there is none, with those that are like it."""
    names = names_of_book(book, datetime.date.today())
    found = search(names, words) if words else names
    if as_data:
        print(json.dumps([named.as_dict() for named in found], ensure_ascii=False, indent=2))
        if not found:
            sys.exit(1)
        return
    if not found:
        _nothing(book, names, words)
    screen = Screen()
    about = f"有“{escape(words)}”的 {len(found)} 个" if words else f"{len(found)} 个"
    screen.print(f"[bold]{escape(book.title)}[/]（{book.name}）的名字：{about}")
    if words and len(found) <= TOLD_WHOLE:
        for named in found:
            whole(screen, named, any(one.kind == "程序" for one in names))
        if not named_so(found, words):
            _elsewhere(screen, book, words)
        return
    order = {id(named): number for number, named in enumerate(names)}
    table(screen, sorted(found, key=lambda named: order[id(named)]))
    screen.print()
    used = [change for change in CHANGES if any(named.change == change for named in found)]
    for change in used:
        print_folded(screen, CHANGES[change], f"{change}：")
    print_folded(screen, f"再加一个词，只列名字、又名、条款、类、说明里有它的；{TOLD_WHOLE} 个以内的全部告诉", "→ ")


def _nothing(book: Book, names: list[Named], words: str) -> None:
    errors().print(f"{escape(book.title)} 没有一个名字、又名、条款或说明里有 {escape(words)}")
    alike = near(names, words)
    if alike:
        errors().print("相近的：")
    for item in alike:
        also = f"（{item.text} 是它的又名）" if item.text != item.named.name else ""
        errors().print(f"  · {escape(item.named.name)}{escape(also)}：{escape(item.named.what)}")
    _elsewhere(errors(), book, words)
    sys.exit(1)


def _elsewhere(console: Console, book: Book, words: str) -> None:
    """Shared modules that have it and are not inherited: an officer cannot know which they are."""
    found = not_inherited(book, words)
    if not found:
        return
    console.print("没有沿用的共用模块里有：")
    for one in found:
        named = "、".join(named.name for named in one.names[:MOST_OF_A_MODULE])
        more = f" 等 {len(one.names)} 个" if len(one.names) > MOST_OF_A_MODULE else ""
        console.print(
            f"  · {escape(one.module.name)}（{escape(one.module.title)}）：{escape(named)}{more}", soft_wrap=True
        )
    look = f"casemix show 模块的名字 --names {escape(words)}"
    console.print(f"→ {look} 看它怎样写；要用，在 region.yaml 的 沿用 里加上模块的名字", soft_wrap=True)
