"""Random formulas over typed names. What may be absent is guarded nearly always, as ``check`` asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from family import CLASSES, KEYS, Family, Name, reaches

LITERALS = ("0", "1", "2", "3", "0.5", "1.5", "7", "10", "100", "0.01", "2.5", "33.33", "0.125", "30%", "6‰")
DATES = ("2025-01-01", "2025-03-31", "2025-07-01", "2024-12-31", "2025-02-28", "2025-12-31")
CODES = ("I60", "I21–I25", "A00", "A", "B1", "I21~I22", "O00-O99")


@dataclass
class Formulas:
    """``wild``: how often something may be absent without a guard (then ``check`` refuses it)."""

    rng: Random
    family: Family
    base: str = "病例"
    subset: str = ""
    wild: float = 0.02
    unsummed: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    # -- names ------------------------------------------------------------

    def names(self, kind: str, unit: str | None = None, rounded: bool = False) -> list[Name]:
        return [
            n for n in self.family.names
            if n.kind == kind and (unit is None or n.unit == unit) and reaches(self.base, n.home, self.family.period)
            and (n.rounded or not rounded)
        ]  # fmt: skip

    def absent(self, name: Name) -> bool:
        if name.subset and name.subset != self.subset:
            return True
        if self.base == "门诊" and name.home not in ("门诊", "医院", "全市"):
            return True
        far = name.home != self.base and not set(KEYS[name.home]) <= set(KEYS[self.base])
        through = far and ("组号" in KEYS[name.home] or "类别" in KEYS[name.home])
        return name.maybe or through

    def name(self, kind: str, unit: str | None = None, rounded: bool = False) -> Name | None:
        found = self.names(kind, unit, rounded)
        if not found:
            return None
        own = [n for n in found if n.home == self.base]
        if own and self.rng.random() < 0.6:
            found = own
        recent = found[-6:]
        return self.rng.choice(recent if self.rng.random() < 0.5 else found)

    # -- numbers ------------------------------------------------------------

    def literal(self) -> str:
        return self.rng.choice(LITERALS)

    def number(self, unit: str = "", depth: int = 2, sure: bool = True) -> tuple[str, bool]:
        """A formula and whether it may be absent; ``sure``: it may not."""
        text, maybe = self._number(unit, depth)
        if maybe and sure and self.rng.random() >= self.wild:
            other, _ = self.number(unit, 0, True) if self.rng.random() < 0.3 else (self.zero(unit), False)
            return f"缺省({text}, {other})", False
        return text, maybe

    def zero(self, unit: str) -> str:
        return "0" if unit else self.literal()

    def leaf(self, unit: str) -> tuple[str, bool]:
        name = self.name("数", unit)
        if name is None or (not unit and self.rng.random() < 0.3):
            return (self.literal(), False) if not unit else self.money()
        return name.id, self.absent(name)

    def money(self) -> tuple[str, bool]:
        name = self.name("数", "元")
        return ("0", False) if name is None else (name.id, self.absent(name))

    def _number(self, unit: str, depth: int) -> tuple[str, bool]:
        rng = self.rng
        if depth <= 0:
            return self.leaf(unit)
        kinds = ["+", "-", "*", "/", "若", "较", "取高", "限定", "缺省", "绝对值", "整", "负", "名", "名"]
        kinds += ["余数", "有效数字"]
        if not unit:
            kinds += ["日", "天数", "除"]
        if self.base in DATA_BASES:
            kinds += ["取"]
        if self.base == "病例":
            kinds += ["工作"]
        kind = rng.choice(kinds)
        inner = depth - 1
        if kind in "+-":
            (a, m), (b, n) = self.number(unit, inner, False), self.number(unit, inner, False)
            return f"({a} {kind} {b})", m or n
        if kind == "*":
            (a, m), (b, n) = self.number(unit, inner, False), self.number("", inner, False)
            return (f"{a} × {b}" if rng.random() < 0.7 else f"{b} × {a}"), m or n
        if kind == "/":
            (a, m), (b, n) = self.number(unit, inner, False), self.number("", inner, False)
            return f"{a} ÷ ({b})", m or n
        if kind == "除":
            (a, m), (b, n) = self.number("元", inner, False), self.number("元", inner, False)
            return f"({a}) ÷ ({b})", m or n
        if kind == "若":
            (a, m), (b, n) = self.number(unit, inner, False), self.number(unit, inner, False)
            if rng.random() < 0.1 and unit:
                b, n = "空", True
            elif rng.random() < 0.08:
                b, n = "无法确定(“不明”)", False
            return f"若({self.condition(inner)}, {a}, {b})", m or n
        if kind == "较":
            parts = [self.number(unit, inner, False) for _ in range(rng.choice((2, 2, 3)))]
            return f"{rng.choice(('较大', '较小'))}({', '.join(p for p, _ in parts)})", any(m for _, m in parts)
        if kind == "取高":
            parts = [self.number(unit, inner, False) for _ in range(rng.choice((2, 2, 3)))]
            return f"{rng.choice(('取高', '取低'))}({', '.join(p for p, _ in parts)})", all(m for _, m in parts)
        if kind == "限定":
            a, m = self.number(unit, inner, False)
            if unit:
                (b, n), (c, o) = self.number(unit, 0, False), self.number(unit, 0, False)
            else:
                (b, n), (c, o) = (self.literal(), False), self.number(unit, 0, False)
            return f"限定({a}, {b}, {c})", m or n or o
        if kind == "缺省":
            parts = [self.number(unit, inner, False) for _ in range(rng.choice((2, 2, 3)))]
            return f"缺省({', '.join(p for p, _ in parts)})", all(m for _, m in parts)
        if kind == "余数":
            (a, m), (b, n) = self.number(unit, inner, False), self.number(unit, inner, False)
            return f"余数({a}, {b})", m or n
        if kind == "有效数字":
            a, m = self.number(unit, inner, False)
            return f"有效数字({a}, {rng.randint(1, 12)})", m
        if kind == "绝对值":
            a, m = self.number(unit, inner, False)
            return f"绝对值({a})", m
        if kind == "整":
            a, m = self.number(unit, inner, False)
            digits = rng.choice(("", ", 1", ", 2", ", 0"))
            return f"{rng.choice(('向下取整', '向上取整', '四舍五入'))}({a}{digits})", m
        if kind == "负":
            a, m = self.number(unit, inner, False)
            return f"−({a})", m
        if kind == "日":
            name = self.name(rng.choice("日月"))
            if name is not None:
                return f"{rng.choice(('年', '月', '季'))}({name.id})", self.absent(name)
        if kind == "天数":
            one, other = self.name("日"), self.name("日")
            if one is not None and other is not None:
                second = rng.choice(DATES) if rng.random() < 0.2 else other.id
                self.calls.append("天数")
                return f"天数({one.id}, {second}) ÷ 天数(2025-01-01, 2025-01-02)", self.absent(one) or self.absent(
                    other
                )
        if kind == "工作" and not unit and rng.random() < 0.3:
            return "工作日数(入院, 出院, 上班)", False
        if kind == "取":
            return self.look_up(unit)
        return self.leaf(unit)

    def look_up(self, unit: str) -> tuple[str, bool]:
        """取 at other keys."""
        rng = self.rng
        if rng.random() < 0.35:
            upper = [n for n in self.family.names if n.kind == "数" and n.unit == unit and n.home in _AT]
            if upper:
                name = rng.choice(upper)
                return f"取({name.id}, {rng.choice(_AT[name.home])})", True
        if unit == "元":
            if rng.random() < 0.5:
                return (
                    f"取(额度, 月份 = {rng.choice(('年月(出院)', '年月(2025, 3)', '生月', '年月(入院)', '结算月'))})",
                    True,
                )
            return f"取(协议价, 组号 = {rng.choice(('“A1”', '若(急, “A1”, “B2”)', '码'))})", True
        which = rng.randrange(4)
        if which == 0:
            level = rng.choice(("甲", "若(急, 甲, 乙)", "等级"))
            value = rng.choice(("数甲", "费用", "量", "床位"))
            return f"取(档值, 等级 = {level}, 段 = {value})", True
        if which == 1:
            return f"取(加成, 等级 = {rng.choice(('丙', '若(民营, 甲, 丙)'))})", True
        if which == 2:
            return f"取(权重, 组号 = {rng.choice(('“A1”', '备注', '若(急, “B2”, 码)'))})", True
        return f"取({rng.choice(('系数', '床位'))}, 医院号 = {rng.choice(('“H1”', '“H9”'))})", True

    # -- conditions ------------------------------------------------------------

    def condition(self, depth: int = 1) -> str:
        rng = self.rng
        if depth > 0 and rng.random() < 0.45:
            kind = rng.choice(("且", "或", "非", "有且", "没有或"))
            if kind == "非":
                return f"非 ({self.condition(depth - 1)})"
            if kind in ("有且", "没有或"):
                found = [n for n in self.names("数") if self.absent(n)]
                if found:
                    name = rng.choice(found)
                    test = f"{name.id} {rng.choice(('>', '≤', '='))} {self.number(name.unit, 0)[0]}"
                    return f"(有 {name.id} 且 {test})" if kind == "有且" else f"(没有 {name.id} 或 {test})"
                return self.condition(depth - 1)
            return f"({self.condition(depth - 1)} {kind} {self.condition(depth - 1)})"
        return self.test(depth)

    def test(self, depth: int) -> str:
        rng = self.rng
        kind = rng.choice(("数", "数", "数", "元", "日", "月", "文", "类", "否", "有", "可算", "段", "码", "日段"))
        if kind in ("数", "元"):
            unit = "" if kind == "数" else "元"
            left = self.number(unit, max(depth, 0))[0]
            return f"{left} {rng.choice(('<', '≤', '>', '≥', '=', '≠'))} {self.number(unit, rng.choice((0, 0, 1)))[0]}"
        if kind == "段":
            left = self.number("", 1)[0]
            low, high = sorted(rng.sample([0, 1, 2, 3, 10, 50], 2))
            not_ = rng.choice(("属于", "不属于"))
            return f"({left}) {not_} {rng.choice('[(')}{low}, {high}{rng.choice('])')}"
        sure = [n for n in self.names({"日段": "日", "码": "文"}.get(kind, kind)) if not self.absent(n)]
        if kind in ("日", "月") and sure:
            one, other = rng.choice(sure), rng.choice(sure)
            right = other.id
            if rng.random() < 0.5:
                right = rng.choice(DATES) if kind == "日" else "年月(2025, 3)"
            return f"{one.id} {rng.choice(('<', '≤', '>', '≥', '=', '≠'))} {right}"
        if kind == "日段" and sure:
            return f"{rng.choice(sure).id} 属于 [2025-01-01, 2025-07-01)"
        if kind == "文" and sure:
            one = rng.choice(sure)
            return f"{one.id} {rng.choice(('=', '≠'))} {rng.choice(('“A1”', '“I21.9”', '“H1”', rng.choice(sure).id))}"
        if kind == "码" and sure:
            listed = "、".join(rng.sample(CODES, rng.choice((1, 2))))
            return f"{rng.choice(sure).id} {rng.choice(('属于', '不属于'))} {listed}"
        if kind == "类" and sure:
            one = rng.choice(sure)
            many = [n.id for n in self.family.names if n.kind == "多"]
            if many and len(one.classes) == 3 and one.classes == CLASSES and rng.random() < 0.3:
                return f"{one.id} {rng.choice(('属于', '不属于'))} {rng.choice(many)}"
            if rng.random() < 0.5:
                return f"{one.id} {rng.choice(('=', '≠'))} {rng.choice(one.classes)}"
            some = "、".join(rng.sample(list(one.classes), 2))
            return f"{one.id} {rng.choice(('属于', '不属于'))} {some}"
        if kind == "否" and sure:
            return rng.choice(sure).id
        if kind in ("有", "可算"):
            every = [n for n in self.family.names if reaches(self.base, n.home, self.family.period)]
            if kind == "有":
                some = [n for n in every if self.absent(n)]
                if some:
                    return f"{rng.choice(('有', '没有'))} {rng.choice(some).id}"
            elif every:
                return f"可算 {rng.choice(every).id}"
        return "量 > 1" if self.base == "病例" else "1 < 2"

    # -- aggregates ------------------------------------------------------------

    def aggregate(self, source: str, unit: str = "") -> tuple[str, bool, bool]:
        """An aggregate over a base below: formula, whether it may be absent, whether it has to be the whole rule."""
        rng = self.rng
        inner = Formulas(rng, self.family, source, "", self.wild)
        name = inner.name("数", unit, rounded=True)
        if name is None:
            return f"计数({source})", False, False
        text, maybe = name.id, inner.absent(name)
        if rng.random() < 0.25:
            text = f"{text} × {inner.literal()}"
        elif rng.random() < 0.15:
            text = f"较小({text}, {inner.number(unit, 0)[0]})"
        where = ""
        if maybe or rng.random() < 0.45:
            parts = ([f"有 {name.id}"] if maybe else []) + (
                [f"可算 {name.id}"] if rng.random() < 0.3 and not maybe else []
            )
            if not parts or rng.random() < 0.5:
                parts.append(inner.condition(1))
            where = ", 当 " + " 且 ".join(parts)
        if name.home != source:
            where += f", 自 {source}"
        function = rng.choice(
            ("合计", "合计", "合计", "计数", "均值", "中位数", "最大", "最小", "去重", "分位数", "差")
        )
        if self.base in DATA_BASES and rng.random() < 0.97:
            function = rng.choice(("合计", "合计", "计数", "均值", "最大", "最小", "去重"))
        if function == "计数":
            return f"计数({source}{where.partition(', 自')[0]})", False, False
        if function == "去重":
            return f"去重计数({name.id}{where})", False, False
        if function == "分位数":
            return f"分位数({text}, {rng.choice(('0.25', '0.9', '0', '1', '1 ÷ 3'))}{where})", True, False
        if function == "差":
            which = rng.choice(("标准差", "变异系数", "样本标准差", "样本变异系数"))
            return f"{which}({text}{where})", True, True
        if function in ("最大", "最小") and rng.random() < 0.3:
            found = [n for n in inner.names(rng.choice("日月")) if not inner.absent(n) and n.home == source]
            if found:
                return f"{rng.choice(('年', '月'))}({function}({rng.choice(found).id}))", True, False
        return f"{function}({text}{where})", function != "合计", False


_AT = {
    "病例": ("病例号 = “b1”", "病例号 = 若(1 < 2, “b0”, “b9”)"),
    "明细": ("病例号 = “b1”, 序号 = 1",),
    "医院": ("医院号 = “H1”", "医院号 = “H2”", "医院号 = 若(2 > 1, “H9”, “H1”)"),
    "各等级": ("等级 = 甲", "等级 = 丙"),
    "各类": ("类别 = 一类", "类别 = 三类"),
    "医院月": ("医院号 = “H1”, 结算月 = 年月(2025, 3)",),
}
DATA_BASES = ("病例", "明细", "门诊", "月费")
__all__ = ["CLASSES", "DATA_BASES", "Formulas"]
