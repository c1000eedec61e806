"""One reason why a value may be absent, an *atom*: an optional field, a row that an optional table may lack, a row
outside a narrowed grain, an aggregate over no rows, …"""

from __future__ import annotations

from dataclasses import dataclass

from engine.language import tree

Atom = tuple[str, ...]
"""Kind, and what tells it from others of its kind: ``("field", table, name)``."""
Atoms = frozenset[Atom]
NONE: Atoms = frozenset()
VALUE_BEFORE: Atoms = frozenset({("value before",)})
"""That 前值 may be none."""


@dataclass(frozen=True)
class Finding:
    """An unguarded use: E601 compared, E602 aggregated, E603 used as a condition."""

    code: str
    node: tree.Node
    atoms: Atoms


def describe(atoms: Atoms) -> str:
    """The first reason, in words."""
    atom = min(atoms)
    kind = atom[0]
    if kind == "field":
        return f"表 {atom[1]} 的 {atom[2]} 可空"
    if kind == "row":
        return f"表 {atom[1]} 可能没有这一行"
    if kind == "subset":
        return f"不属于 {atom[1]} 的行没有值"
    if kind == "rows":
        none = "可能不到两行" if atom[4:] else "可能一行也没有"
        return f"{atom[1]} 里{none}" + ("（符合“当”的）" if atom[2] else "")
    if kind == "before":
        return "上期可能没有这个值"
    if kind == "written":
        return "公式里写了 空"
    if kind == "value before":
        return "前面一行可能没有结果"
    if kind == "along":
        return "有的行可能推不出结果"
    if kind == "window":
        return "可能没有前一行，或不参加排名"
    return "取 的那一行可能没有，或它可空"
