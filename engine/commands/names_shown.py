"""The names of a rulebook on the terminal: a table of at most 100 cells, or a few names with all that is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.markup import escape

from engine.commands.lines import WIDEST, folded
from engine.commands.screen import Screen, print_folded
from engine.names.named import CHANGES, Named
from engine.rulebook.model import OFFICIAL, REQUIRED

TOLD_WHOLE = 8
"""Of so many names at most everything is told, of more a line or two each."""
_GAP = 2
_HEADINGS = ("名字", "是什么", "现在", "依据", "替换")
_WIDTHS = (22, 18, 0, 20, 6)
_NARROWEST, _LEAST_VALUE = 84, 12
_READERS = 12


def table(screen: Screen, names: Sequence[Named]) -> None:
    """A row a name, under the layer and file where they stand; long cells go on below."""
    room = min(max(screen.width if screen.is_terminal else WIDEST, _NARROWEST), WIDEST)
    value = max(room - sum(_WIDTHS) - _GAP * (len(_WIDTHS) - 1), _LEAST_VALUE)
    widths = [width or value for width in _WIDTHS]
    screen.print(_row(_HEADINGS, widths)[0], style="bold")
    above = ""
    for named in names:
        where = f"{named.layer_title}（{named.layer}） {named.place.file}"
        if where != above:
            screen.print(f"── {escape(where)}", style="dim")
            above = where
        for line in _row((named.name, named.what, value_of(named), cite_of(named), named.change), widths):
            screen.print(escape(line))


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The lines of one row."""
    columns = [folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, columns))):
        parts = [column[number] if number < len(column) else "" for column in columns]
        padded = (part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True))
        lines.append((" " * _GAP).join(padded).rstrip())
    return lines


def value_of(named: Named) -> str:
    """What holds now, with the day from which something else does."""
    later = "".join(f"；{day} 起 {text or '没有'}" for day, text in named.coming)
    return f"{named.value}{later}"


def cite_of(named: Named) -> str:
    """The article, and how sure it is where that is not clear from the value."""
    return named.cite + (f"（{named.status}）" if named.status not in (OFFICIAL, REQUIRED) else "")


def whole(screen: Screen, named: Named, programs: bool) -> None:
    """Everything that is told of one name; ``programs``: there are some that might read it."""
    screen.print(f"\n[bold]{escape(named.name)}[/]  {escape(named.what)}")
    for label, text in _told(named, programs):
        print_folded(screen, text, f"  {label}{'　' * (4 - len(label))} ")


def _told(named: Named, programs: bool) -> Iterator[tuple[str, str]]:
    if named.classes:
        yield "类别", "、".join(named.classes)
    if named.meaning:
        yield "说明", " ".join(named.meaning.split())
    if named.value:
        since = f"（自 {named.since} 起）" if named.since else ""
        yield ("范围" if named.kind == "字段" else "现在"), f"{named.value}{since}"
    for day, text in named.coming:
        yield "以后", f"自 {day} 起 {text or '没有'}"
    for line in named.definition:
        yield "", f"· {line}"
    yield "依据", cite_of(named)
    others = [cite for cite in named.cites if cite != named.cite]
    if others:
        yield "", f"· 情形、行另有：{'；'.join(others)}"
    if named.also_called:
        yield "又名", "、".join(named.also_called)
    yield "替换", f"{named.change}：{named.change_note or CHANGES[named.change]}"
    if named.readers:
        shown = "、".join(named.readers[:_READERS])
        more = f" 等 {len(named.readers)} 个" if len(named.readers) > _READERS else ""
        yield "谁读", f"{shown}{more}"
    if programs and named.kind != "程序":
        yield "程序", "、".join(named.programs) or "没有程序读它"
    yield "写在", f"{named.layer_title}（{named.layer}） {named.place}"
