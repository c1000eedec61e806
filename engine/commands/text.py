"""``casemix text``: the text of a measure from a file into the folder of its region."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, stops
from engine.commands.streams import finished


@usage.command("text")
@click.argument("region", metavar="REGION")
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--as", "name", help="依据里用的简称，如 办法；只有一个文件没有原文时不用写")
@click.option("--title", help="文件的全名；新登记一个文件时用，不写就用正文的第一行")
@click.option("--replace", is_flag=True, help="取代已有的文字，改过的也取代")
def command(region: str, file: Path | None, name: str | None, title: str | None, replace: bool) -> None:
    """把办法的文字（FILE：.docx、.pdf 或 .txt）录入 REGION 的文件夹，一段一行，可以改。

    在 region.yaml 的 文件 下登记成 原文: 原文/简称.txt；用 casemix articles 和规则对照。
    不写 FILE 就列出各文件有没有原文。
    """
    with stops():
        from engine.measure.taken_in import Refused, take_in
        from engine.rulebook.book import load

        book = load(region)
        if file is None:
            _list(book)
            return
        try:
            done = take_in(book, file, name, title, replace)
        except Refused as refused:
            print_folded(errors(), refused.message, "停止 ", mark_style="red")
            if refused.hint:
                print_folded(errors(), refused.hint, "  → ", style="green")
            sys.exit(1)
        screen = console()
        finished(str(done.path))
        if done.same:
            screen.print(f"[green]✓[/] {escape(done.shown)} 已经是这个文件的文字，没有变")
        else:
            how = f"，比原来的多 {done.added} 段、少 {done.removed} 段" if done.before else ""
            screen.print(f"[green]✓[/] 写出 {escape(done.shown)}：{done.paragraphs} 段，{done.units} 条{how}")
        if done.registered:
            screen.print(f"  {escape(done.head)} 的 文件 下，{escape(done.document)} 登记了 原文")
        for remark in done.remarks:
            print_folded(screen, remark, "  提醒 ", mark_style="yellow")
        again = escape(_plain(region))
        screen.print(f"接下来：casemix articles {again}    看每一条有没有规则")


def _plain(word: str) -> str:
    return word if re.fullmatch(r"[\w./@-]+", word) else f'"{word}"'


def _list(book: object) -> None:
    from engine.measure.stored import stored_in
    from engine.rulebook.book import Book

    assert isinstance(book, Book)
    screen = console()
    for layer in book.layers:
        for document in layer.documents.values():
            stored = stored_in(layer, document, book.files)
            if stored is not None:
                edited = "，录入以后改过" if stored.edited else ""
                said = f"原文 {len(stored.lines)} 段，{len(stored.outline.units)} 条{edited}"
            else:
                said = "没有原文" if document.text is None else f"原文 {document.text.text} 不在手边"
            screen.print(f"{escape(document.name)}（{escape(layer.name)}）：{escape(document.title)}")
            screen.print(f"  {escape(said)}", style="dim")
