"""Which of the seven kinds an entry is follows from its keywords."""

from __future__ import annotations

from engine.rulebook.keywords import PLACES
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.problems import Problem
from engine.rulebook.rows_named import is_rows_file

# A word that makes an entry this kind, wherever it stands.
_MARKS = {
    "program": ("报表",),
    "check": ("拒收", "提醒", "必须", "筛查"),
    "table": ("主键", "字段", "合成"),
    "grain": ("键",),
    "rule": ("公式", "分情形", "表"),
    "statement": ("列",),
    "parameter": ("取值",),
}
_PARAMETER_MARKS = ("类别", "类型", "单位", "多值", "限")
_POSSIBLE = (
    "参数写 取值；规则写 粒度 和 公式、分情形 或 表；表写 主键 和 字段；粒度写 键，或 行 和 条件；"
    "检查写 粒度 和 拒收、提醒、必须 或 筛查；报表写 粒度 和 列；程序写 期间 和 报表；还没有定的写 状态: 待定"
)


def kind_of(entry: Mapping) -> str | None:
    """The kind of an entry, ``None`` if its keywords say nothing or point to several kinds."""
    found = _marked(entry)
    if len(found) == 1:
        return next(iter(found))
    return None if found else _by_weaker_signs(entry)


def kind_problem(name: Scalar, entry: Mapping) -> Problem:
    """Why an entry has no kind: which keywords collide, or what is possible."""
    found = _marked(entry)
    if found:
        parts = "，".join(f"“{'”“'.join(words)}”属于{PLACES[kind]}" for kind, words in found.items())
        message = f"“{name.shown}”里的关键字互相冲突：{parts}"
        return Problem("E129", name.place, message, "一个条目只能是一种：拆成两个条目，或删去多余的关键字")
    message = f"看不出“{name.shown}”是哪一种条目"
    if "粒度" in entry:
        return Problem(
            "E128",
            name.place,
            message,
            "有了 粒度，还要写 公式、分情形 或 表（规则），列（报表），拒收 等（检查），或 状态: 待定",
        )
    return Problem("E128", name.place, message, _POSSIBLE)


def _marked(entry: Mapping) -> dict[str, tuple[str, ...]]:
    found = {kind: tuple(word for word in words if word in entry) for kind, words in _MARKS.items()}
    if "表" in entry:
        found["statement"] = ()
    return {kind: words for kind, words in found.items() if words}


def _by_weaker_signs(entry: Mapping) -> str | None:
    rows = entry.get("行")
    if rows is not None:
        is_file = is_rows_file(rows) or (isinstance(rows, Scalar) and rows.text == "待定")
        return "table" if is_file and "条件" not in entry else "grain"
    status = entry.get("状态")
    is_open = isinstance(status, Scalar) and status.text == "待定"
    if "粒度" in entry:
        return "rule" if is_open else None
    if is_open or any(word in entry for word in _PARAMETER_MARKS):
        return "parameter"
    return None
