"""A figure that is read once and whose name says only that it is a figure; names that say what their value is not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from engine.lint.findings import BADLY_NAMED, MISNAMED, Finding
from engine.lint.numbers import POINTS, SHARES, THINGS, UNIT_OF, units_in
from engine.rulebook.model import Entry, Parameter, Rule

_ANY_FIGURE = (
    "参数|数值?|值|常数|常量|变量|比例|比率|倍数|系数|金额|天数|次数|日期|"  # two lines of one pattern
    "上限|下限|界值|阈值|标准|百分数|百分比|固定值|默认值"
)
_ANY_RESULT = "结果|中间结果|中间值|临时值?|过渡值?|计算值?|辅助值?|规则|公式|条件|判断|数据|变量"
_COUNTED = "[0-9A-Za-z_一二三四五六七八九十甲乙丙丁]*"
_SAYS_NOTHING = re.compile(rf"(?:新|旧|原|临时|测试)?(?:{_ANY_FIGURE})?{_COUNTED}|.")
_RESULT_SAYS_NOTHING = re.compile(
    rf"(?:新|旧|临时|测试)?(?:{_ANY_RESULT}){_COUNTED}|te?mp[0-9A-Za-z_]*|[a-z_]{{3,}}[0-9]*|."
)
_SAYS_THE_FIGURE = re.compile(
    r"(?:百分之|千分之|[零〇一二三四五六七八九十百千万半两]+点?)[零〇一二三四五六七八九十百千万两]*[倍天元次]?"
)
_UNITS_OF_ENDINGS = (
    ("比例|占比|比重|系数|(?<!费)率|指数|(?<!对)比", {SHARES}),
    ("权重", {SHARES, POINTS}),
    ("(?<![名份差])额|费用|金|款|支出", {"元"}),
    ("年龄", {"岁", "年"}),
    ("人次", {THINGS}),
    ("分值", {POINTS}),
)
_COUNTS = re.compile(rf"({'|'.join(UNIT_OF)})数$")


def badly_named(entry: Entry, readers: Mapping[str, list[str]], names: Collection[str]) -> Iterator[Finding]:
    """``readers``: for each name the entries that mention it; ``names``: all there are."""
    if not isinstance(entry, (Parameter, Rule)):
        return
    place, name = entry.provenance.place, entry.name
    if message := _says_nothing(entry, readers):
        used = readers.get(name, [])
        better = f"叫它办法里的说法；用在 {used[0]}，那一处说的是什么数" if used else "叫它办法里的说法"
        yield Finding(BADLY_NAMED, place, name, message, better)
    elif (shorter := name.replace("的", "")) != name and shorter in names:
        better = "两个名字说的是两样东西，就各说出不同在哪里；是一样东西，留一个"
        yield Finding(BADLY_NAMED, place, name, f"{name} 和 {shorter} 只差一个“的”字", better)
    elif message := _says_otherwise(entry):
        yield Finding(MISNAMED, place, name, message, "名字、单位和数哪一个写错了，改哪一个；名字里不写会改的数")


def _says_nothing(entry: Parameter | Rule, readers: Mapping[str, list[str]]) -> str:
    name = entry.name
    if isinstance(entry, Rule):
        return f"{name} 只看名字不知道算的是什么" if _RESULT_SAYS_NOTHING.fullmatch(name) else ""
    if len(readers.get(name, ())) > 1:
        return ""
    if _SAYS_NOTHING.fullmatch(name):
        return f"{name} 只看名字不知道是什么数"
    return f"{name} 的名字就是数本身，数一改名字就错了" if _SAYS_THE_FIGURE.fullmatch(name) else ""


def _says_otherwise(entry: Parameter | Rule) -> str:
    """A unit, or a figure in that unit, which the entry does not have."""
    unit = str(entry.type.unit) if entry.type is not None and entry.type.unit is not None else ""
    known = UNIT_OF.get(unit)
    if known is None:
        return ""
    for ending, units in _endings(entry.name):
        if known not in units:
            return f"{entry.name} 说的是{ending}，单位却是 {unit}"
    if isinstance(entry, Parameter) and entry.values:
        last = entry.values[-1][1].text
        for number, said in units_in(entry.name).items():
            if any(UNIT_OF.get(one) == known for one in said) and number not in _numbers(entry):
                return f"{entry.name} 的名字里写着一个数，现在的数是 {last}"
    return ""


def _endings(name: str) -> Iterator[tuple[str, set[str]]]:
    """What a name ends with, and the units that what it says may have."""
    if counts := _COUNTS.search(name):
        yield counts[0], {UNIT_OF[counts[1]], THINGS}
    for endings, units in _UNITS_OF_ENDINGS:
        if ending := re.search(rf"(?:{endings})$", name):
            yield ending[0], units


def _numbers(entry: Parameter) -> set[object]:
    return {getattr(node, "value", None) for node in entry.values[-1][1].tree.walk()}
