"""Hints for synthetic data (合成) use known words and name what exists."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.context import Context
from engine.language.types import Kind
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Table
from engine.rulebook.nearest import nearest
from engine.synth.hints import DOES_NOT_FIT, OTHERWISE, Complaint, Hints, Make, Path, number, paths_of
from engine.synth.read_hints import read_hints


def hints_are_understood(context: Context) -> None:
    """Refuses unknown words (E821), and fields, tables, columns and classes that are not there (E822)."""
    if context.program is not None:  # the view without a program has every table
        return
    for entry in context.entries():
        if not isinstance(entry, Table) or entry.synthesis is None:
            continue
        hints, complaints = read_hints(entry.synthesis)
        known = _Known(context.snapshot, entry, hints)
        for complaint in complaints or known.misfits():
            place = context.written(entry.name, "合成", complaint.text)
            context.add(complaint.code, place, f"{entry.name} 的 合成：{complaint.message}", complaint.hint)


class _Known:
    """What the hints of a table may name."""

    def __init__(self, snapshot: Snapshot, table: Table, hints: Hints) -> None:
        self.snapshot, self.table, self.hints = snapshot, table, hints
        self.columns = {*table.fields, *hints.helpers}

    def misfits(self) -> Iterator[Complaint]:
        fields = self.table.fields
        for name in self.hints.fields:
            yield from self._one_of(name, set(fields), f"没有字段 {name}")
        for name in self.hints.helpers:
            if name in fields:
                yield _misfit(name, f"另设 的 {name} 和字段重名", "换一个名字，或写在 字段 下面")
        for name in self.hints.each or ():
            yield from self._one_of(name, set(self.table.key), f"每个 里的 {name} 不是主键")
        again = self.hints.again
        for name in (*again.same, again.date, *([again.stay] if again.stay else [])) if again else ():
            yield from self._one_of(name, set(fields), f"再次 里的 {name} 不是字段")
        for name, make in {**self.hints.fields, **self.hints.helpers}.items():
            yield from self._of_make(name, make)

    def _of_make(self, name: str, make: Make) -> Iterator[Complaint]:
        for path in paths_of(make):
            yield from self._of_path(path)
        yield from self._of_classes(name, make)
        if make.how == "按":
            yield from self._of_values(make.detail["按"], list(make.detail["取"]))
        if make.how == "引用":
            yield from self._of_pick(name, make)
        if make.how == "汇总":
            yield from self._of_sum(make)

    def _of_path(self, path: Path) -> Iterator[Complaint]:
        yield from self._one_of(str(path), self.columns, f"没有 {path.here} 这一列", path.here)
        field = self.table.fields.get(path.via)
        if path.via and path.here in self.columns:
            other = self._referred(path.via)
            if other is None:
                yield _misfit(str(path), f"{path.via} 不是引用，没有 {path}", "点号前面写 → 表 的字段")
            elif path.column not in (known := self._columns_of(other)):
                yield _misfit(
                    str(path), f"{field.refers if field else ''} 没有 {path.column} 这一列", nearest(path.column, known)
                )

    def _of_classes(self, name: str, make: Make) -> Iterator[Complaint]:
        field = self.table.fields.get(name)
        if field is not None and field.type.kind is Kind.NUMBER and make.how == "常数" and number(make.detail) is None:
            yield _misfit(make.detail, f"{name} 是数，不能是“{make.detail}”")
        if field is None or field.type.kind not in (Kind.CLASS, Kind.BOOL):
            return
        classes = field.type.classes if field.type.kind is Kind.CLASS else ("是", "否")
        words = list(make.detail) if make.how == "选择" else [make.detail] if make.how == "常数" else []
        for word in words:
            if word not in classes:
                yield _misfit(word, f"{name} 没有 {word} 这一类", f"有：{'、'.join(classes)}")

    def _of_pick(self, name: str, make: Make) -> Iterator[Complaint]:
        other = self._referred(name)
        if other is None:
            yield _misfit("引用", f"{name} 不是引用，不能写 引用", "引用 只用于 → 表 的字段")
            return
        known = self._columns_of(other)
        by = make.detail.get("各列", {})
        for column in [*([make.detail["权重"]] if "权重" in make.detail else []), *by.values()]:
            if column not in known:
                yield _misfit(column, f"{other.name} 没有 {column} 这一列", nearest(column, known))
        if "按" in make.detail:
            yield from self._of_values(make.detail["按"], list(by))

    def _of_values(self, path: Path, words: list[str]) -> Iterator[Complaint]:
        table = self._referred(path.via) if path.via else self.table
        field = table.fields.get(path.column) if table is not None else None
        if field is None or field.type.kind is not Kind.CLASS:
            return
        for word in words:
            if word not in (*field.type.classes, OTHERWISE):
                yield _misfit(word, f"{path} 没有 {word} 这一类", f"有：{'、'.join(field.type.classes)}")

    def _of_sum(self, make: Make) -> Iterator[Complaint]:
        other = self.snapshot.tables.get(make.detail["自"])
        if other is None:
            yield _misfit(
                make.detail["自"], f"没有 {make.detail['自']} 这张表", nearest(make.detail["自"], self.snapshot.tables)
            )
        elif make.detail["怎样"] != "计数":
            column = make.detail["字段"]
            yield from self._one_of(column, set(other.fields), f"{other.name} 没有字段 {column}")

    def _referred(self, name: str) -> Table | None:
        field = self.table.fields.get(name)
        return self.snapshot.tables.get(field.refers) if field is not None and field.refers else None

    def _columns_of(self, table: Table) -> set[str]:
        helpers = read_hints(table.synthesis)[0].helpers if table.synthesis is not None else {}
        return {*table.fields, *helpers}

    def _one_of(self, text: str, known: set[str], message: str, name: str = "") -> Iterator[Complaint]:
        if (name or text) not in known:
            yield _misfit(text, message, nearest(name or text, known))


def _misfit(text: str, message: str, hint: str = "") -> Complaint:
    return Complaint(DOES_NOT_FIT, text, message, hint)
