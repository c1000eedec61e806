"""The tables that every random rulebook has, in random forms, and which names can be read from which grain."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

CLASSES = ("一类", "二类", "三类")
LEVELS = ("甲", "乙", "丙")
KEYS: dict[str, tuple[str, ...]] = {
    "病例": ("病例号",),
    "明细": ("病例号", "序号"),
    "医院": ("医院号",),
    "病组": ("组号",),
    "月额": ("月份",),
    "年额": ("年度",),
    "等级表": ("等级",),
    "医院组表": ("医院号", "组号"),
    "门诊": ("门诊号",),
    "月费": ("病例号", "月份"),
    "全市": (),
    "各月": ("结算月",),
    "医院月": ("医院号", "结算月"),
    "医院组": ("医院号", "组号"),
    "各等级": ("等级",),
    "各类": ("类别",),
    "等级类": ("等级", "类别"),
    "各年": ("出院年",),
    "各量": ("量",),
}
_CASE = {"病例号", "医院号", "组号", "等级", "结算月", "类别", "出院年", "量"}
CLOSURE: dict[str, set[str]] = {
    "病例": _CASE,
    "明细": _CASE | {"序号"},
    "月费": _CASE | {"月份"},
    "门诊": _CASE | {"门诊号"},
    "医院": {"医院号", "等级"},
    "医院月": {"医院号", "结算月", "等级"},
    "医院组": {"医院号", "组号", "等级"},
    "医院组表": {"医院号", "组号", "等级"},
}
DATA = ("病例", "明细", "门诊", "月费")
GRAINS = """
全市: {键: []}
各月: {键: [结算月]}
医院月: {键: [医院号, 结算月]}
医院组: {键: [医院号, 组号]}
各等级: {键: [等级]}
各类: {键: [类别]}
等级类: {键: [等级, 类别]}
各年: {键: [出院年]}
各量: {键: [量]}
结算月: {粒度: 病例, 公式: 年月(出院)}
出院年: {粒度: 病例, 公式: 年(出院)}
"""


@dataclass(frozen=True)
class Name:
    """``kind``: 数 日 月 否 文 or 类; ``unit`` of a number; ``maybe``: may be absent; ``rounded``: may be summed up."""

    id: str
    kind: str
    home: str
    unit: str = ""
    maybe: bool = False
    classes: tuple[str, ...] = ()
    rounded: bool = True
    subset: str = ""


@dataclass
class Entry:
    name: str
    text: str


@dataclass
class Family:
    """``names`` that formulas may read; ``entries`` as YAML, one an entry; ``fields`` of each table: name to type."""

    names: list[Name] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    period: str = "年"


def closure(base: str) -> set[str]:
    return CLOSURE.get(base, set(KEYS[base]))


def reaches(base: str, home: str, period: str = "年") -> bool:
    """Whether a value of ``home`` is readable from ``base``; a key that is a 归期 is fixed by the period."""
    fixed = {"年度"} | ({"月份"} if period == "月" else set())
    return set(KEYS[home]) <= closure(base) | fixed


def family(rng: Random) -> Family:
    """The tables in one of their forms."""
    made = Family(period=rng.choice("年年月季"))

    def table(name: str, head: str, fields: list[tuple[str, str, str, str, bool]]) -> None:
        written = f"[{', '.join(KEYS[name])}]" if len(KEYS[name]) > 1 else KEYS[name][0]
        lines = [f"{name}:", f"  主键: {written}"]
        lines += [f"  {part}" for part in head.split(";") if part]
        lines.append("  字段:")
        keys = {
            "门诊号": "文本", "病例号": "文本" if name == "病例" else "→ 病例",
            "医院号": "文本" if name == "医院" else "→ 医院", "组号": "文本" if name == "病组" else "→ 病组",
            "等级": f"[{', '.join(LEVELS)}]", "月份": "年月", "年度": "年", "序号": "整数",
        }  # fmt: skip
        for key in KEYS[name]:
            lines.append(f"    {key}: {keys[key]}")
        gone = "可空: 是" in head or "可缺行: 是" in head
        for id_, type_, kind, unit, maybe in fields:
            more = ", 可空: 是" if maybe else ""
            lines.append(f"    {id_}: {{类型: {type_}{more}}}")
            if kind:
                classes = CLASSES if kind == "类" and "一类" in type_ else LEVELS if kind == "类" else ()
                made.names.append(Name(id_, kind, name, unit, maybe or gone, classes))
        made.entries.append(Entry(name, "\n".join(lines)))

    ranged = rng.choice(['数, 小数: 3, 范围: "[-50, 50]"', "数, 小数: 3", '数, 小数: 1, 范围: "> 0"'])
    table("病例", "归期: 出院", [
        ("医院号", "→ 医院", "", "", False),
        ("组号", "→ 病组", "文", "", rng.random() < 0.5),
        ("出院", "日期", "日", "", False),
        ("入院", "日期", "日", "", False),
        ("复诊", "日期", "日", "", True),
        ("生月", "年月", "月", "", rng.random() < 0.3),
        ("急", "是否", "否", "", False),
        ("疑", "是否", "否", "", True),
        ("类别", f"[{', '.join(CLASSES)}]", "类", "", rng.random() < 0.4),
        ("码", "文本", "文", "", False),
        ("备注", "文本", "文", "", True),
        ("费用", '元, 范围: "≥ 0"', "数", "元", False),
        ("自费", "元", "数", "元", True),
        ("数甲", ranged, "数", "", False),
        ("数乙", "数, 小数: 2", "数", "", True),
        ("量", '整数, 范围: "≥ 0"', "数", "", False),
        ("大数", rng.choice(["数, 小数: 0", "数, 小数: 2"]), "数", "", False),
    ])  # fmt: skip
    table("明细", "", [
        ("金额", "元", "数", "元", False),
        ("件数", '整数, 范围: "[0, 20]"', "数", "", False),
        ("单量", "数, 小数: 2", "数", "", True),
        ("项", "[一类, 二类, 三类]", "类", "", False),
    ])  # fmt: skip
    table("门诊", "归期: 就诊日", [
        ("医院号", "→ 医院", "", "", False),
        ("病例号", "→ 病例", "", "", True),
        ("就诊日", "日期", "日", "", False),
        ("诊费", '元, 范围: "≥ 0"', "数", "元", False),
        ("次数", "整数", "数", "", rng.random() < 0.3),
    ])  # fmt: skip
    table(
        "月费", rng.choice(("", "归期: 月份")), [("月金额", "元", "数", "元", False), ("床数", "整数", "数", "", True)]
    )
    table("医院", "", [
        ("等级", f"[{', '.join(LEVELS)}]", "类", "", False),
        ("系数", rng.choice(['倍, 范围: "(0, 5]"', "倍"]), "数", "", rng.random() < 0.4),
        ("床位", "整数", "数", "", False),
        ("开业", "日期", "日", "", rng.random() < 0.3),
        ("民营", "是否", "否", "", False),
    ])  # fmt: skip
    optional = ["", "可缺行: 是", "可空: 是"]
    table("病组", rng.choice(optional), [
        ("权重", "倍, 小数: 4", "数", "", rng.random() < 0.4),
        ("外科", "是否", "否", "", False),
        ("组名", "文本", "文", "", False),
    ])  # fmt: skip
    table("等级表", rng.choice(optional), [("加成", "比例, 小数: 4", "数", "", rng.random() < 0.3)])
    table("月额", "归期: 月份;" + rng.choice(optional), [("额度", '元, 范围: "≥ 0"', "数", "元", False)])
    table("年额", "归期: 年度;" + rng.choice(optional), [("年预算", "元", "数", "元", rng.random() < 0.3)])
    table(
        "医院组表",
        rng.choice(optional),
        [("协议价", "元", "数", "元", False), ("档", f"[{', '.join(LEVELS)}]", "类", "", False)],
    )
    made.entries.append(Entry("历", "历:\n  主键: 日子\n  字段:\n    日子: 日期\n    上班: 是否"))
    made.entries.append(Entry("档表", "档表:\n  主键: [等级, 段]\n" + rng.choice(["", "  可缺行: 是\n"]) +
        "  字段:\n    等级: {类型: [甲, 乙, 丙], 任何: 是}\n    段: 区间\n    档值: {类型: 数, 小数: 2}"))  # fmt: skip
    for line in GRAINS.strip().splitlines():
        made.entries.append(Entry(line.partition(":")[0], line))
    made.names.append(Name("结算月", "月", "病例"))
    made.names.append(Name("出院年", "数", "病例"))
    return made
