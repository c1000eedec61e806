"""``casemix articles``: which rules state which article of the measure, and what does not agree."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, stops
from engine.commands.streams import finished

if TYPE_CHECKING:
    from engine.measure.compared import Articles, Compared, Unit

MOST_NAMES = 6
"""Entries that are named for an article on the screen; the page and JSON have all."""


@usage.command("articles")
@click.argument("region", metavar="REGION")
@click.option("--missing", is_flag=True, help="只列没有规则的条款")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="写成一个网页文件：左边原文，右边规则")
@click.option("--json", "as_json", type=click.Path(path_type=Path, dir_okay=False), help="写成这个 JSON 文件")
def command(region: str, missing: bool, html: Path | None, as_json: Path | None) -> None:
    """办法的每一条对着 REGION 的规则：哪几条规则写了它、写明不计算，还是没有规则。

    引用了原文里没有的条款、原句挪了地方或变了，退出码是 1；没有规则的条款只列出，不算错。
    """
    with stops():
        from engine.measure.compared import articles

        found = articles(region)
        screen = console()
        for one in found.compared:
            _print(one, missing)
        if found.without:
            names = "、".join(f"{document.name}（{document.title}）" for document, _ in found.without)
            print_folded(screen, f"没有原文，没有核对：{names}", "", style="dim")
        if not found.compared:
            print_folded(screen, "这个地区还没有录入原文：casemix text 地区 文件", "  → ", style="green")
        for path, text in ((html, _html), (as_json, _json)):
            if path is not None:
                _write(path, text(found))
        for amiss in found.amiss:
            at = escape(str(amiss.place))
            errors().print(f"{at} [red]{amiss.kind}[/] {escape(amiss.message)}")
            if amiss.hint:
                errors().print(f"    → {escape(amiss.hint)}", style="green")
        if found.amiss:
            sys.exit(1)


def _print(one: Compared, missing: bool) -> None:
    from engine.measure.compared import NONE, NOT_COMPUTED, STATED

    screen = console()
    screen.print(f"[bold]{escape(one.document.title)}[/]（{escape(one.document.name)}）")
    colours = {STATED: "green", NOT_COMPUTED: "dim", NONE: "yellow"}
    for unit in one.units:
        if missing and unit.state != NONE:
            continue
        mark = f"  {one.outline.address(unit.part)} "
        print_folded(screen, _line(one, unit), mark, mark_style=colours[unit.state])
    counts = "，".join(f"{state} {one.count(state)} 条" for state in (STATED, NOT_COMPUTED, NONE))
    screen.print(f"  共 {len(one.units)} 条：{counts}\n")


def _line(one: Compared, unit: Unit) -> str:
    if unit.stated:
        names = list(dict.fromkeys(stating.cited.name for stating in unit.stated))
        more = f" 等 {len(names)} 个" if len(names) > MOST_NAMES else ""
        both = f"（又写了不计算：{unit.reason}）" if unit.reason is not None else ""
        return "、".join(names[:MOST_NAMES]) + more + both
    if unit.reason is not None:
        return f"不计算：{unit.reason}"
    above = list(dict.fromkeys(cited.name for cited in unit.above))
    chapter = f"；只写到章的有 {'、'.join(above[:3])}{' 等' if len(above) > 3 else ''}" if above else ""
    begin = unit.part.text if len(unit.part.text) <= 34 else unit.part.text[:33] + "…"
    return f"没有规则{chapter}：{begin}"


def _html(found: Articles) -> str:
    from engine.measure.page import page_of

    return page_of(found)


def _json(found: Articles) -> str:
    return json.dumps(as_data(found), ensure_ascii=False, indent=1) + "\n"


def as_data(found: Articles) -> dict[str, Any]:
    """What the command says, as plain data."""
    return {
        "region": found.book.name,
        "documents": [_document(one) for one in found.compared],
        "without_text": [
            {"document": document.name, "title": document.title, "layer": layer.name}
            for document, layer in found.without
        ],
    }


def _document(one: Compared) -> dict[str, Any]:
    return {
        "document": one.document.name,
        "title": one.document.title,
        "layer": one.layer.name,
        "source_sha256": one.stored.source,
        "edited": one.stored.edited,
        "articles": [_unit(one, unit) for unit in one.units],
        "amiss": [{"kind": a.kind, "place": str(a.place), "message": a.message, "hint": a.hint} for a in one.amiss],
    }


def _unit(one: Compared, unit: Unit) -> dict[str, Any]:
    return {
        "article": one.outline.address(unit.part),
        "line": unit.part.line,
        "text": one.outline.text(unit.part),
        "state": unit.state,
        "reason": unit.reason,
        "entries": [
            {
                "name": stating.cited.name,
                "part": stating.cited.part,
                "kind": stating.cited.kind,
                "place": str(stating.cited.raw.place),
                "parts": [one.outline.address(part) for part in stating.parts],
                "replaced": stating.cited.replaced,
            }
            for stating in unit.stated
        ],
    }


def _write(path: Path, text: str) -> None:
    from engine.files.whole import write_whole

    write_whole(path, text)
    finished(str(path))
    console().print(f"写出 {escape(str(path))}")
