"""Parameters by date: one row for each dated figure of the region's own files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Column, Refused, Row, Sheet
from engine.excel.yaml_slots import Value, as_yaml
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Parameter
from engine.rulebook.spans import Written
from engine.rulebook.written import day_of

TITLE = "参数"
NAME, START, FIGURE, LIMIT = "名称", "起始日期", "值", "限"
_NOTE_OF_START = "从哪一天起：2025-01-01 的样子，或 施行。要加一个日期，在表的最下面写名称、起始日期和值。"
_NOTE_OF_FIGURE = "和规则里一样写：50%、0.4、2.5、不实施。单位在左边，这里只写数。"


@dataclass
class _Dated:
    file: TextFile
    name: str
    values: Written


def parameter_sheet(
    found: list[tuple[TextFile, Written, Written]], snapshot: Snapshot
) -> Sheet:  # fmt: skip
    """``found``: file, name and body of every entry with 取值."""
    columns = [
        Column(NAME, editable=True),
        Column("单位", "值的单位，或可以选的类别；在规则文件里改", editable=False),
        Column(START, _NOTE_OF_START),
        Column(FIGURE, _NOTE_OF_FIGURE),
        Column(LIMIT, "不得超出的界限，在规则文件里改", editable=False),
        Column("依据", editable=False),
        Column("状态", editable=False),
        Column("说明", editable=False),
        Column("文件", editable=False),
    ]
    sheet = Sheet(TITLE, columns)
    dated: dict[str, list[_Dated]] = {}
    for file, name, body in found:
        values = body.get("取值")
        if values is None or values.kind != "mapping":
            continue
        dated.setdefault(name.value, []).append(_Dated(file, name.value, values))
        for day, value in values.entries:
            if value.kind != "scalar":
                continue
            sheet.rows.append(_row(file, name, body, day, value, values.flow, snapshot))
    sheet.add = _Adds(dated)
    return sheet


def _row(
    file: TextFile, name: Written, body: Written, day: Written, value: Written, flow: bool, snapshot: Snapshot
) -> Row:
    entry = snapshot.entries.get(name.value)
    text = {word: node.value.strip() for word in ("依据", "状态", "说明", LIMIT) if (node := body.get(word))}
    if "依据" not in text and isinstance(entry, Parameter):
        text["依据"] = entry.provenance.cite
    cells = {
        NAME: Cell(name.value),
        "单位": Cell(unit_of(entry) if isinstance(entry, Parameter) else ""),
        START: Cell(day.value, Value(file, day, flow)),
        FIGURE: Cell(value.value, Value(file, value, flow), _choices(entry)),
        "文件": Cell(f"{file.name}:{file.line_of(name.start)}"),
        **{word: Cell(said) for word, said in text.items()},
    }
    return Row(file, cells, f"参数 {name.value}（{day.value} 起）")


def _choices(entry: object) -> tuple[str, ...]:
    return tuple(entry.type.classes or ()) if isinstance(entry, Parameter) and not entry.type.many else ()


def unit_of(entry: Parameter) -> str:
    """For people: the classes, or the unit."""
    return "、".join(entry.type.classes) if entry.type.classes else str(entry.type)


@dataclass(frozen=True)
class _Adds:
    """A figure from a further date, behind the last one of its parameter."""

    dated: dict[str, list[_Dated]]

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        missing = [title for title in (NAME, START, FIGURE) if not cells.get(title)]
        if missing:
            raise Refused(f"新加的一行要写 {'、'.join(missing)}")
        name, day, figure = (cells[title] for title in (NAME, START, FIGURE))
        known = self.dated.get(name)
        if known is None:
            raise Refused(f"没有参数 {name}：新的参数写在规则文件里")
        if len(known) > 1:
            raise Refused(f"{name} 在几个文件里都有取值（{'、'.join(one.file.name for one in known)}）：写在规则文件里")
        if day != "施行" and day_of(day) is None:
            raise Refused(f"“{day}”不是日期，写成 2025-01-01 的样子")
        one = known[0]
        if any(key.value == day for key, _ in one.values.entries):
            raise Refused(f"{name} 已经有 {day} 起的值")
        last_key, last = one.values.entries[-1]
        pair = f"{as_yaml(day)}: {as_yaml(figure, '', one.values.flow)}"
        if one.values.flow:
            return one.file, Change(last.end, last.end, f", {pair}")
        indent = one.file.text[one.file.begin_of_line(last_key.start) : last_key.start]
        at = one.file.after_line(max(last.end - 1, last.start))
        lead = "" if one.file.text[:at].endswith("\n") else one.file.line_break
        return one.file, Change(at, at, f"{lead}{indent}{pair}{one.file.line_break}")
