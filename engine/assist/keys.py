"""Which place of the rule language a path of keys is: the table of keywords names the same places."""

from __future__ import annotations

from engine.rulebook.keywords import ENTRY_KINDS

_BY_WORD = {
    "table": ("主键", "字段", "归期", "合成"),
    "grain": ("键",),
    "parameter": ("取值", "限", "多值"),
    "rule": ("公式", "分情形", "舍入", "交来", "按"),
    "check": ("拒收", "提醒", "必须", "筛查", "不成立时"),
    "statement": ("列", "首要", "合计行", "回填"),
    "program": ("报表", "期间", "排除", "需要", "测算"),
}
_HEADS = {"region.yaml": "region", "module.yaml": "module", "amendment.yaml": "amendment"}
FORMULAS = frozenset(("公式", "条件", "则", "拒收", "提醒", "必须", "筛查", "否则"))


def kinds(beside: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of entry that one with these keywords may be; all of them where nothing tells."""
    found = [kind for kind, words in _BY_WORD.items() if any(word in beside for word in words)]
    if "表" in beside or ("列" in beside and "单位" in beside):
        found = ["rule"]  # 列 says what a table that is not known yet will read
    if not found and "粒度" in beside:
        found = ["rule", "check", "statement"]
    return tuple(found) or ENTRY_KINDS


def entry_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path without 替换 above the name of an entry."""
    return path[1:] if path[:1] == ("替换",) else path


def places(file: str, path: tuple[str, ...], beside: tuple[str, ...]) -> tuple[str, ...]:
    """The places of the table of keywords whose words may stand as keys below ``path`` of a file of that name.

    Empty where names, dates or conditions stand instead.
    """
    if file in _HEADS:
        return _in_a_head(_HEADS[file], path)
    inner = entry_path(path)
    if not inner:
        return () if path else ("file",)
    if len(inner) == 1:
        return kinds(beside)
    below = inner[1]
    if len(inner) == 2 and below == "读法":
        return ("reading",)
    if len(inner) == 2 and below == "舍入":
        return ("rounding",)
    if len(inner) == 3:
        return {"字段": ("field",), "分情形": ("branch",), "列": ("column",)}.get(below, ())
    if len(inner) == 2 and below == "表":
        return ("row",)
    return ()


def _in_a_head(kind: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if not path:
        return (kind,)
    return ("source",) if len(path) == 2 and path[0] == "文件" else ()


def is_formula(path: tuple[str, ...], role: str, beside_above: tuple[str, ...]) -> bool:
    """Whether a formula is being written. ``beside_above``: the keys of the entry."""
    inner = entry_path(path)
    if len(inner) < 2:
        return False
    below = inner[1]
    if role == "key":
        return inner[1:] == ("分情形",) and "按" not in beside_above
    if below == "分情形":
        return len(inner) == 3 or inner[-1] == "则"
    if below in ("筛查", "行") and len(inner) == 3:
        return below != "行" or "主键" not in beside_above
    return inner[-1] in FORMULAS and len(inner) == 2


def is_cell(path: tuple[str, ...], role: str) -> bool:
    """Whether a cell of a decision table is being written."""
    inner = entry_path(path)
    return role != "key" and len(inner) == 3 and inner[1] == "表"
