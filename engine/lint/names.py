"""A figure that is read once and whose name says only that it is a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.lint.findings import BADLY_NAMED, Finding
from engine.rulebook.model import Entry, Parameter

_ANY_FIGURE = (
    "参数|数值?|值|常数|常量|变量|比例|比率|倍数|系数|金额|天数|次数|日期|"  # two lines of one pattern
    "上限|下限|界值|阈值|标准|百分数|百分比|固定值|默认值"
)
_COUNTED = "[0-9A-Za-z_一二三四五六七八九十甲乙丙丁]*"
_SAYS_NOTHING = re.compile(rf"(?:{_ANY_FIGURE})?{_COUNTED}|.")
_SAYS_THE_FIGURE = re.compile(
    r"(?:百分之|千分之|[零〇一二三四五六七八九十百千万半两]+点?)[零〇一二三四五六七八九十百千万两]*[倍天元次]?"
)


def badly_named(entry: Entry, readers: Mapping[str, list[str]]) -> Finding | None:
    """``readers``: for each name the entries that mention it."""
    if not isinstance(entry, Parameter) or len(readers.get(entry.name, ())) > 1:
        return None
    if _SAYS_NOTHING.fullmatch(entry.name):
        message = f"{entry.name} 只看名字不知道是什么数"
    elif _SAYS_THE_FIGURE.fullmatch(entry.name):
        message = f"{entry.name} 的名字就是数本身，数一改名字就错了"
    else:
        return None
    used = readers.get(entry.name, [])
    better = f"叫它办法里的说法；用在 {used[0]}，那一处说的是什么数" if used else "叫它办法里的说法"
    return Finding(BADLY_NAMED, entry.provenance.place, entry.name, message, better)
