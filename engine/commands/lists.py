"""``casemix lists``: what is 待定, what may be read otherwise and what is assumed, made from the rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.reading_texts import choices, in_one_line, where
from engine.commands.screen import console, errors, stops
from engine.commands.unread import tell_unread, unread
from engine.files.named_files import FILE
from engine.files.whole import write_whole
from engine.rulebook.book import Book, load
from engine.rulebook.locate import names_of_regions
from engine.rulebook.model import REQUIRED, SECONDARY
from engine.rulebook.open_points import open_points
from engine.rulebook.problems import RulebookError
from engine.rulebook.unsure import Unsure, unsure

README = "README.md"
BEGIN, END = "<!-- casemix lists: {} -->", "<!-- casemix lists 完 -->"
_MARKED = re.compile(r"<!-- casemix lists: (\S+) -->\n.*?<!-- casemix lists 完 -->", re.DOTALL)


@usage.command("lists")
@click.argument("regions", nargs=-1, metavar="[REGION]…")
@click.option("--write", is_flag=True, help="写进地区的 README.md 里标记之间")
@click.option("--check", is_flag=True, help="README.md 里的清单不是现在的规则给的，退出码为 1")
def command(regions: tuple[str, ...], write: bool, check: bool) -> None:
    """列出地区的三张清单：待定（要给的）、读法（可以选的）、暂定（没有写明而这样读的）。不写 REGION 就是全部地区。

    README.md 里要放清单的地方写一对标记，--write 只改两个标记之间：

    \b
    <!-- casemix lists: 待定 -->
    <!-- casemix lists 完 -->
    """
    behind, shown = False, []
    with stops():
        for name in regions or names_of_regions():
            book = load(name)
            if write or check:
                if problems := unread(book):
                    raise RulebookError(problems)
                behind |= _readme(book, write, bool(regions))
            else:
                lines = [f"# {book.title}"]
                for kind, make in LISTS.items():
                    lines += ["", f"## {kind}", "", *make(book)]
                print("\n".join(lines) + "\n")
                shown.append(book)
        tell_unread(shown)
    sys.exit(1 if behind else 0)


def rewritten(text: str, book: Book) -> str:
    """``text`` with every marked list as the rules have it. ``KeyError`` for a list nobody knows."""
    made = {kind: "\n".join(make(book)) for kind, make in LISTS.items() if BEGIN.format(kind) in text}
    return _MARKED.sub(lambda found: f"{BEGIN.format(found[1])}\n\n{made[found[1]]}\n\n{END}", text)


def _readme(book: Book, write: bool, asked: bool) -> bool:
    """Whether the README stays, or stood, behind; written if ``write``."""
    path = book.folder / README
    text = book.files.read(path).decode("utf-8") if book.files.kind(path) == FILE else ""
    marked = [kind for kind in LISTS if BEGIN.format(kind) in text]
    unknown = [found[1] for found in _MARKED.finditer(text) if found[1] not in LISTS]
    if unknown or (asked and not marked):
        what = f"没有清单 {unknown[0]}" if unknown else "没有清单的标记"
        errors().print(f"{escape(str(path))} {what}：写 {BEGIN.format('|'.join(LISTS))} 和 {END}", soft_wrap=True)
        return True
    new = rewritten(text, book)
    if new == text:
        return False
    if not write:
        errors().print(f"{escape(str(path))} 的清单不是现在的规则给的：casemix lists {book.name} --write")
        return True
    write_whole(path, new)
    console().print(f"写了 {escape(str(path))}：{'、'.join(marked)}")
    return False


def _pending(book: Book) -> Iterator[str]:
    items = [item for item in unsure(book) if item.provenance.status == REQUIRED]
    if not items:
        yield "没有。"
        return
    yield "| 名称 | 条款 | 缺什么 | 哪个程序会停 | 说明 |"
    yield "|---|---|---|---|---|"
    for item in sorted(items, key=lambda item: item.provenance.layer not in _own(book)):
        stops_ = "、".join(item.programs) + (_days(item) if item.programs else "") or "照现在的开关用不到"
        yield _row(_names([item]), item.provenance.cite, item.missing, stops_, item.provenance.note)


def _readings(book: Book) -> Iterator[str]:
    points = open_points(book)
    if not points:
        yield "没有。"
        return
    yield "| 参数 | 条款 | 没有写明的 | 读法（第一种是默认） | 为什么 | 看哪里 |"
    yield "|---|---|---|---|---|---|"
    for point in points:
        reading = point.reading
        options = sorted(reading.options, key=lambda option: option[0] != point.default)
        held = "；".join(choices(point))
        shown = "；".join(option for option, _ in options) + (f"<br>现用：{held}" if held else "")
        yield _row(point.name, reading.provenance.cite, reading.left_open, shown, reading.why, where(point))


def _assumed(book: Book) -> Iterator[str]:
    """Of the region itself, then of the modules that its programs read; of regions below only how many."""
    items = [item for item in unsure(book) if item.provenance.status != REQUIRED and not item.read]
    below = [layer for layer in book.layers if layer.kind == "region" and layer.folder != book.folder]
    told = {_same(item) for layer in below for item in unsure(load(layer.folder))}
    here = [item for item in items if _same(item) not in told]
    own = [item for item in here if item.provenance.layer in _own(book)]
    shared = [item for item in here if item.provenance.layer not in _own(book)]
    if not items:
        yield "没有。"
    yield from _assumed_table(own)
    if len(here) < len(items):
        names = "、".join(layer.name for layer in below)
        yield from ("", f"沿用 {names} 的另有 {len(items) - len(here)} 项，见那里的 README。")
    if shared:
        names = "、".join(dict.fromkeys(item.provenance.layer for item in shared))
        yield from ("", f"沿用的模块（{names}）里，程序会用到的：", "")
        yield from _assumed_table(shared)


def _same(item: Unsure) -> tuple[str, str, str]:
    return item.name, item.part, str(item.provenance.place)


def _assumed_table(items: list[Unsure]) -> Iterator[str]:
    """A row for what says something of itself; those of a file that say no more than their status together."""
    together: dict[tuple[str, ...], list[Unsure]] = {}
    for item in items:
        about = item.provenance
        alone = about.note and about.status != SECONDARY
        key = (item.name, item.part) if alone else (about.place.file, about.cite, about.status, _days(item))
        together.setdefault(key, []).append(item)
    if items:
        yield "| 名称 | 条款 | 状态 | 说明 |"
        yield "|---|---|---|---|"
    for group in together.values():
        about = group[0].provenance
        note = about.note if len(group) == 1 else ""
        yield _row(_names(group) + _days(group[0]), about.cite, about.status, note)


def _names(items: list[Unsure]) -> str:
    parts: dict[str, list[str]] = {}
    for item in items:
        parts.setdefault(item.name, []).extend([item.part] if item.part else [])
    return "、".join(f"{name}（{'；'.join(found)}）" if found else name for name, found in parts.items())


LISTS: dict[str, Callable[[Book], Iterator[str]]] = {"待定": _pending, "读法": _readings, "暂定": _assumed}


def _own(book: Book) -> set[str]:
    """The region's own layer and its notices."""
    return {layer.name for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents}


def _days(item: Unsure) -> str:
    since = f"{item.since} 起" if item.since else ""
    until = f"{item.until} 以前" if item.until else ""
    return f"〔{since}{'，' if since and until else ''}{until}〕" if since or until else ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(in_one_line(cell).replace("|", "\\|") for cell in cells) + " |"
