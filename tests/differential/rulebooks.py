"""Random rulebooks: rules of all forms at all grains, checks, statements, a program; and rows for their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from random import Random

from family import CLASSES, CLOSURE, KEYS, Entry, Family, Name, closure, family
from formulas import DATA_BASES, Formulas
from rows import Rows

MODES = ("四舍五入", "四舍六入五成双", "进一", "去尾")
UPPER = ("医院", "医院月", "医院组", "各等级", "各类", "等级类", "各月", "全市", "病组", "各年", "各量", "月额", "年额")


@dataclass
class Case:
    """One rulebook as YAML entries (and those of a notice), the rows of its tables, and the period."""

    entries: list[Entry]
    period: str
    rows: dict[str, list[dict[str, object]]]
    notice: list[Entry] = field(default_factory=list)
    notice_start: str = "2025-07-01"
    start: str = "2024-01-01"
    keep_all: bool = False
    published: int = 0

    def text(self) -> str:
        return "\n".join(entry.text for entry in self.entries)


class Maker:
    def __init__(self, rng: Random, rules: int = 12) -> None:
        self.rng, self.rules = rng, rules
        self.family: Family = family(rng)
        self.entries: list[Entry] = self.family.entries
        self.grain_of: dict[str, str] = {}
        self.subsets: list[tuple[str, str, str]] = []
        self.class_rules: list[Name] = []
        self.made: list[Name] = []
        self.count = 0
        self.numeric: dict[str, list[str]] = {}

    def new(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def add(self, name: str, text: str) -> None:
        self.entries.append(Entry(name, f"{name}: {text}"))

    def formulas(self, base: str, subset: str = "") -> Formulas:
        return Formulas(self.rng, self.family, base, subset)

    # -- entries ------------------------------------------------------------

    def make(self) -> Case:
        rng = self.rng
        for _ in range(rng.choice((1, 2, 3))):
            self.parameter()
        for _ in range(rng.choice((0, 1, 2))):
            self.subset()
        steps = [self.formula, self.formula, self.formula, self.cases, self.by, self.table, self.truth, self.classes,
                 self.aggregate, self.aggregate, self.window, self.share, self.below, self.screen, self.bands,
                 self.previous, self.text_rule]  # fmt: skip
        for _ in range(rng.randint(min(3, self.rules), self.rules)):
            rng.choice(steps)()
        self.checks()
        self.statements()
        if "病例号 = " in "".join(entry.text for entry in self.entries):  # see the doubts in test_found
            self.entries[:] = [_without_refusals(e) for e in self.entries if not e.name.startswith("拒收")]
        period = {"年": "2025", "季": "2025Q1", "月": rng.choice(("2025-03", "2025-07", "2025-01"))}[self.family.period]
        rows = Rows(rng, self.entries).make()
        case = Case(self.entries, period, rows, keep_all=rng.random() < 0.5)
        if "上期" in case.text() and rng.random() < 0.4:
            case.published = rng.randint(1, 9)
        if rng.random() < 0.15:
            self.notice(case)
        if rng.random() < 0.1 and not any(
            word in case.text() for word in ("上一条", "沿(")
        ):  # rows older than the rules: see test_found
            case.start = "2025-02-01"
        return case

    def grain(self, bases: tuple[str, ...]) -> tuple[str, str, str]:
        """(grain as written, its base, subset)."""
        base = self.rng.choice(bases)
        below = [s for s in self.subsets if s[1] == base]
        if below and self.rng.random() < 0.3:
            return self.rng.choice(below)
        return base, base, ""

    def any_grain(self) -> tuple[str, str, str]:
        return self.grain(("病例",) * 7 + ("明细", "明细", "门诊", "月费") + UPPER)

    def parameter(self) -> None:
        rng, name = self.rng, self.new("参")
        dates = rng.sample(["2024-01-01", "2025-03-15", "2025-07-01", "2025-02-01"], rng.choice((1, 2, 3)))
        if rng.random() < 0.7 and "2024-01-01" not in dates:
            dates.append("2024-01-01")
        if rng.random() < 0.25:
            values = ", ".join(f"{day}: {rng.choice(CLASSES)}" for day in sorted(dates))
            self.add(name, f"{{类别: [{', '.join(CLASSES)}], 取值: {{{values}}}}}")
            self.family.names += [replace(Name(name, "类", "全市", classes=CLASSES))]
            return
        if rng.random() < 0.1:
            values = ", ".join(f"{day}: {rng.choice(('一类、三类', '二类', '一类、二类'))}" for day in sorted(dates))
            self.add(name, f"{{类别: [{', '.join(CLASSES)}], 多值: 是, 取值: {{{values}}}}}")
            self.family.names.append(Name(name, "多", "全市"))
            return
        unit = rng.choice(("", "", "元"))
        values = ", ".join(
            f"{day}: {rng.choice(('0', '1', '0.3', '2.5', '100', '0.333', '7'))}" for day in sorted(dates)
        )
        self.add(name, f"{{单位: {unit or '倍'}, 取值: {{{values}}}}}")
        self.family.names.append(Name(name, "数", "全市", unit))

    def subset(self) -> None:
        base = self.rng.choice(("病例", "病例", "明细", "医院"))
        of = base
        found = [s for s in self.subsets if s[1] == base]
        if found and self.rng.random() < 0.5:
            of = self.rng.choice(found)[0]
        name = self.new("部")
        self.add(name, f"{{行: {of}, 条件: '{self.formulas(base, of if of != base else '').condition(1)}'}}")
        self.subsets.append((name, base, name))

    def rounding(self, often: float = 0.75) -> tuple[str, bool]:
        rng = self.rng
        if rng.random() >= often:
            return "", False
        digits = rng.choice((0, 1, 2, 2, 3, 4))
        if rng.random() < 0.5:
            return f", 舍入: {digits}", True
        return f", 舍入: {{位数: {digits}, 方式: {rng.choice(MODES)}}}", True

    def unit(self) -> str:
        return "元" if self.rng.random() < 0.35 else ""

    def known(self, name: str, kind: str, base: str, subset: str, unit: str = "", maybe: bool = False,
              rounded: bool = True, classes: tuple[str, ...] = ()) -> None:  # fmt: skip
        found = Name(name, kind, base, unit, maybe, classes, rounded, subset)
        self.family.names.append(found)
        self.made.append(found)

    def head(self, grain: str, unit: str) -> str:
        return f"粒度: {grain}" + (f", 单位: {unit}" if unit else "")

    def formula(self) -> None:
        grain, base, subset = self.any_grain()
        unit = self.unit()
        text, maybe = self.formulas(base, subset).number(unit, self.rng.choice((1, 2, 2, 3)), self.rng.random() < 0.7)
        rounding, rounded = self.rounding()
        name = self.new("值")
        self.add(name, f"{{{self.head(grain, unit)}{rounding}, 公式: '{text}'}}")
        self.known(name, "数", base, subset, unit, maybe, rounded or "÷" not in text)

    def text_rule(self) -> None:
        grain, base, subset = self.any_grain()
        formulas = self.formulas(base, subset)
        kind = self.rng.choice("日月文")
        one, other = formulas.name(kind), formulas.name(kind)
        if one is None or other is None:
            return
        name = self.new("文")
        text = self.rng.choice(
            (f"若({formulas.condition()}, {one.id}, {other.id})", f"缺省({one.id}, {other.id})", one.id)
        )
        if kind == "日":
            text = self.rng.choice((text, f"较大({one.id}, {other.id})", f"取低({one.id}, {other.id})"))
        self.add(name, f"{{粒度: {grain}, 公式: '{text}'}}")
        self.known(name, kind, base, subset, maybe=formulas.absent(one) or formulas.absent(other))

    def cases(self) -> None:
        grain, base, subset = self.any_grain()
        unit, formulas = self.unit(), self.formulas(base, subset)
        cases = {}
        for _ in range(self.rng.choice((1, 2, 3))):
            cases[formulas.condition(1)] = formulas.number(unit, 1, self.rng.random() < 0.8)[0]
        lines = [f"'{condition}': '{text}'" for condition, text in cases.items()]
        text, _ = formulas.number(unit, 1, self.rng.random() < 0.8)
        if self.rng.random() < 0.85:
            lines.append(f"否则: '{text}'" if self.rng.random() < 0.9 else "否则: 空")
        rounding, _ = self.rounding(0.9)
        name = self.new("例")
        self.add(name, f"{{{self.head(grain, unit)}{rounding}, 分情形: {{{', '.join(lines)}}}}}")
        self.known(name, "数", base, subset, unit, True, bool(rounding))

    def by(self) -> None:
        grain, base, subset = self.any_grain()
        unit, formulas = self.unit(), self.formulas(base, subset)
        found = [n for n in formulas.names("类") if not formulas.absent(n)]
        if not found:
            return
        by = self.rng.choice(found)
        lines = [f"{c}: '{formulas.number(unit, 1)[0]}'" for c in by.classes]
        if self.rng.random() < 0.2:
            lines[-1] = f"否则: '{formulas.number(unit, 1)[0]}'"
        rounding, _ = self.rounding(0.9)
        name = self.new("按")
        self.add(name, f"{{{self.head(grain, unit)}{rounding}, 按: {by.id}, 分情形: {{{', '.join(lines)}}}}}")
        self.known(name, "数", base, subset, unit, False, bool(rounding))

    def classes(self) -> None:
        grain, base, subset = self.any_grain()
        formulas = self.formulas(base, subset)
        cases = {formulas.condition(1): c for c in self.rng.sample(CLASSES, self.rng.choice((1, 2)))}
        lines = [f"'{condition}': {c}" for condition, c in cases.items()]
        if self.rng.random() < 0.9:
            lines.append(f"否则: {self.rng.choice(CLASSES)}")
        name = self.new("类")
        self.add(name, f"{{粒度: {grain}, 类别: [{', '.join(CLASSES)}], 分情形: {{{', '.join(lines)}}}}}")
        self.known(name, "类", base, subset, classes=CLASSES)

    def truth(self) -> None:
        grain, base, subset = self.any_grain()
        name = self.new("否")
        self.add(name, f"{{粒度: {grain}, 公式: '{self.formulas(base, subset).condition(2)}'}}")
        self.known(name, "否", base, subset)

    def table(self) -> None:
        """A decision table: over a number cut into intervals, perhaps by class or presence too."""
        rng = self.rng
        grain, base, subset = self.any_grain()
        formulas = self.formulas(base, subset)
        column = formulas.name("数")
        if column is None:
            return
        unit, name = self.unit(), self.new("表")
        cuts = sorted(rng.sample([0, 1, 2, 5, 10, 50, 100], rng.choice((1, 2))))
        if rng.random() < 0.07:
            cuts = list(range(45))
        closed = rng.random() < 0.5
        cells = [f"≤ {cuts[0]}" if closed else f"< {cuts[0]}"]
        for low, high in zip(cuts, cuts[1:], strict=False):
            cells.append(f"({low}, {high}]" if closed else f"[{low}, {high})")
        cells.append(f"> {cuts[-1]}" if closed else f"≥ {cuts[-1]}")
        if rng.random() < 0.08:
            cells.pop(rng.randrange(len(cells)))
        if rng.random() < 0.08:
            cells.append(rng.choice(cells))
        rows = []
        other = formulas.name("类") if rng.random() < 0.4 else None
        if formulas.absent(column) and rng.random() < 0.7:
            rows.append({column.id: "没有"} | ({other.id: "任何"} if other is not None else {}))
        for cell in cells:
            if other is None:
                rows.append({column.id: cell})
            elif rng.random() < 0.5:
                rows.append({column.id: cell, other.id: "任何"})
            else:
                half = rng.randint(1, len(other.classes) - 1)
                rows.append({column.id: cell, other.id: "、".join(other.classes[:half])})
                rows.append({column.id: cell, other.id: "、".join(other.classes[half:])})
        lines = []
        for row in rows:
            value = formulas.number(unit, rng.choice((0, 0, 1)))[0]
            parts = [f"{key}: '{cell}'" for key, cell in row.items()]
            lines.append(f"{{{', '.join(parts)}, {name}: '{value}'}}")
        rounding, _ = self.rounding(0.8)
        self.add(name, f"{{{self.head(grain, unit)}{rounding}, 表: [{', '.join(lines)}]}}")
        gone = formulas.absent(column) or (other is not None and formulas.absent(other))
        self.known(name, "数", base, subset, unit, gone, bool(rounding))
        if base == "病例":
            self.numeric.setdefault(name, []).append(column.id)

    def sources(self, base: str) -> list[str]:
        finer = [b for b in CLOSURE if b != base and set(KEYS[base]) <= closure(b)]
        return [b for b in finer if b not in ("医院组表",)]

    def aggregate(self) -> None:
        base = self.rng.choice(UPPER)
        sources = self.sources(base)
        if not sources:
            return
        self._aggregate(base, self.rng.choice([s for s in sources if s in DATA_BASES] * 3 + sources))

    def below(self) -> None:
        self._aggregate("病例", self.rng.choice(("明细", "明细", "门诊", "月费")))

    def _aggregate(self, base: str, source: str) -> None:
        unit, formulas = self.unit(), self.formulas(base)
        text, maybe, whole = formulas.aggregate(source, unit)
        if text.startswith(("计数", "去重", "年(", "月(", "变异", "样本变异")):
            unit = ""
        rng = self.rng
        if not whole and rng.random() < 0.3:
            other, gone = formulas.aggregate(source, unit)[:2] if rng.random() < 0.4 else formulas.number(unit, 0)
            if not other.startswith(("标准差", "变异", "样本", "计数", "去重", "年(", "月(")):
                text, maybe = f"{text} {rng.choice('+-')} {other}", maybe or gone
        if not whole and rng.random() < 0.2:
            text = f"{text} ÷ {rng.choice(('3', '7', f'计数({source})'))}"
        rounding, rounded = self.rounding(1 if whole else 0.6)
        name = self.new("汇")
        self.add(name, f"{{{self.head(base, unit)}{rounding}, 公式: '{text}'}}")
        self.known(name, "数", base, "", unit, maybe, rounded or not ("÷" in text or "均值" in text or "位数" in text))

    def window(self) -> None:
        rng = self.rng
        grain, base, subset = self.grain(("病例", "病例", "病例", "明细", "医院", "医院月", "各等级"))
        formulas = self.formulas(base, subset)
        parts = sorted(closure(base) & {"医院号", "组号", "等级", "类别", "结算月"} - set(KEYS[base]))
        per = f", 每 {rng.choice(parts)}" if parts and rng.random() < 0.6 else ""
        if per and len(parts) > 1 and rng.random() < 0.2:
            per = ", 每 " + "、".join(rng.sample(parts, 2))
        kind = rng.choice(("名次", "上一条", "累计", "沿"))
        unit = self.unit()
        name = self.new("窗")
        by_kind = rng.choice(("数", "日", "月", "日"))
        sure = [n for n in formulas.names(by_kind) if n.home == base and n.rounded]
        if kind == "名次":
            text = formulas.number(unit, rng.choice((0, 0, 1)), rng.random() < 0.7)[0]
            where = f", 当 {formulas.condition(1)}" if rng.random() < 0.3 else ""
            self.add(
                name, f"{{粒度: {grain}, 公式: '名次({text}, {rng.choice(('从大到小', '从小到大'))}{per}{where})'}}"
            )
            self.known(name, "数", base, subset, "", bool(where) or True)
            return
        if not sure:
            return
        by = rng.choice(sure).id
        rounding = ""
        if kind == "沿":
            self.along(name, (grain, base, subset), formulas, unit, f"{per}, 按 {by}")
            return
        if kind == "上一条":
            which = rng.choice(("数", "数", "日", "文", "类"))
            target = formulas.name(which) if which != "数" else None
            if target is not None:
                which_rows = ("", ", 含以往", ", 限本期")[self.count % 3]
                self.add(name, f"{{粒度: {grain}, 公式: '上一条({target.id}{per}, 按 {by}{which_rows})'}}")
                self.known(name, which, base, subset, maybe=True, classes=target.classes)
                return
            text = formulas.number(unit, rng.choice((0, 0, 1)), rng.random() < 0.6)[0]
        else:
            found = formulas.name("数", unit, rounded=True)
            if found is None:
                return
            text = found.id if not formulas.absent(found) else f"缺省({found.id}, 0)"
        self.add(name, f"{{{self.head(grain, unit)}{rounding}, 公式: '{kind}({text}{per}, 按 {by})'}}")
        self.known(name, "数", base, subset, unit, True, "÷" not in text)

    def along(self, name: str, at: tuple[str, str, str], formulas: Formulas, unit: str, order: str) -> None:
        """A fold whose later rows begin anew, go on or add up, and may run out of their range."""
        rng, (grain, base, subset) = self.rng, at
        order += ("", ", 含以往", ", 限本期")[self.count % 3]
        which = rng.choice(("数", "数", "日", "类", "否"))
        target = formulas.name(which) if which in "日类" else None
        if target is not None:
            anew = f"若({formulas.condition(1)}, {target.id}, 前值)"
            if which == "日" and not formulas.absent(target):
                anew = rng.choice((anew, f"若(天数(前值, {target.id}) ≤ 30, 前值, {target.id})"))
            self.add(name, f"{{粒度: {grain}, 公式: '沿({target.id}, {anew}{order})'}}")
            self.known(name, which, base, subset, maybe=True, classes=target.classes)
            return
        if which == "否":
            first, later = (
                formulas.condition(1),
                rng.choice(("前值 或 ", "非 前值 且 ", "前值 且 ")) + f"({formulas.condition(1)})",
            )
            self.add(name, f"{{粒度: {grain}, 公式: '沿({first}, {later}{order})'}}")
            self.known(name, "否", base, subset, maybe=True)
            return
        first = formulas.number(unit, rng.choice((0, 0, 1)), rng.random() < 0.6)[0]
        more = formulas.number(unit, rng.choice((0, 0, 1)), rng.random() < 0.6)[0]
        ways = [
            f"前值 ÷ 2 + {more}",
            f"缺省(前值, 1) + {more}",
            f"若({formulas.condition(1)}, {more}, 前值)",
            f"较大({more} − 前值, 前值)",
            f"前值 × 2 − {more}",
        ]
        if not unit:
            ways.append(f"若(缺省(前值, 0) 属于 [0, 10), 前值, {more})")
        later = rng.choice(ways)
        bounds = rng.choice(("[0, 1000]", "[-1000000, 1000000]", "(-100, 1000000)"))
        mode = rng.choice(("", *(f" {mode}" for mode in MODES)))
        clauses = f"{order}, 范围 {bounds}, 舍入 {rng.choice((0, 1, 2, 4))}{mode}"
        self.add(name, f"{{{self.head(grain, unit)}, 公式: '沿({first}, {later}{clauses})'}}")
        self.known(name, "数", base, subset, unit, True)

    def share(self) -> None:
        rng = self.rng
        grain, base, subset = self.grain(("病例", "病例", "医院", "医院月", "各等级"))
        above = [b for b in ("医院", "全市", "各等级", "各月", "月额") if set(KEYS[b]) < closure(base) and b != base]
        pools = [
            n for n in self.family.names if n.kind == "数" and n.unit == "元" and n.home in above and n.id[0] != "参"
        ]
        formulas = self.formulas(base, subset)
        weight = formulas.number(rng.choice(("", "元")), rng.choice((0, 0, 1)))[0]
        if not pools or rng.random() < 0.5:
            pool, home = self.new("池"), rng.choice(above)
            text = rng.choice(("100.01", "1", "0", "−7.77", "0.05"))
            number = self.formulas(home).name("数", "元")
            if number is not None and rng.random() < 0.6:
                text = f"缺省({number.id}, 0)" if self.formulas(home).absent(number) else number.id
            self.add(pool, f"{{粒度: {home}, 单位: 元, 舍入: 2, 公式: '{text}'}}")
            self.known(pool, "数", home, "", "元")
        else:
            pool = rng.choice(pools).id
        if rng.random() < 0.8:
            weight = f"绝对值({weight})"
        name = self.new("摊")
        self.add(name, f"{{粒度: {grain}, 单位: 元, 公式: '分摊({pool}, {weight})'}}")
        self.known(name, "数", base, subset, "元")

    def screen(self) -> None:
        grain, base, subset = self.any_grain()
        formulas, name = self.formulas(base, subset), self.new("筛")
        if self.rng.random() < 0.5:
            self.add(name, f"{{粒度: {grain}, 筛查: '{formulas.condition(2)}'}}")
        else:
            grades = ", ".join(f"'{g}': '{formulas.condition(1)}'" for g in ("轻", "重"))
            self.add(name, f"{{粒度: {grain}, 筛查: {{{grades}}}}}")
        self.made.append(Name(name, "筛", base, subset=subset))

    def bands(self) -> None:
        rng = self.rng
        column = rng.choice(("量", "数甲"))
        table, name = self.new("段"), self.new("逐")
        cuts = rng.choice(((2, 5), (1,), (3, 10)))
        cells = [f"≤ {cuts[0]}", *(f"({a}, {b}]" for a, b in zip(cuts, cuts[1:], strict=False)), f"> {cuts[-1]}"]
        lines = ", ".join(f"{{{column}: '{cell}', {table}: '{rng.choice(('10', '2.5', '0', '1'))}'}}" for cell in cells)
        self.add(table, f"{{粒度: 病例, 表: [{lines}]}}")
        start = rng.choice(("", ", 1", ", 4"))
        self.add(name, f"{{粒度: 病例, 公式: '逐段({table}, {column}{start})'}}")
        self.known(name, "数", "病例", "")

    def previous(self) -> None:
        rng = self.rng
        base = rng.choice(("医院", "全市", "各等级", "医院月", "病例"))
        formulas, unit = self.formulas(base), self.unit()
        name = self.new("期")
        found = [n for n in formulas.names("数", unit) if n.home == base and n.id[0] != "参"]
        target = rng.choice(found).id if found and rng.random() < 0.6 else name
        first = rng.choice((", 0", ", 0", ""))
        inner = f"上期({target}{first})"
        plus = formulas.number(unit, 0)[0]
        self.add(name, f"{{{self.head(base, unit or '倍')}{self.rounding(0.5)[0]}, 公式: '缺省({inner}, 0) + {plus}'}}")
        self.known(name, "数", base, "", unit, False, False)

    # -- the rest ------------------------------------------------------------

    def checks(self) -> None:
        rng = self.rng
        for kind, often in (("拒收", 0.5), ("提醒", 0.4), ("必须", 0.2)):
            if rng.random() < often:
                grain, base, subset = self.grain(
                    ("病例", "病例", "明细", "医院") if kind != "必须" else ("病例", "医院", "全市")
                )
                self.add(self.new(kind), f"{{粒度: {grain}, {kind}: '{self.formulas(base, subset).condition(2)}'}}")

    def statements(self) -> None:
        rng = self.rng
        names: list[str] = []
        by_grain: dict[tuple[str, str], list[Name]] = {}
        for name in self.made:
            by_grain.setdefault((name.home, name.subset), []).append(name)
        for (base, subset), found in by_grain.items():
            columns: list[str] = []
            for one in found:
                how = rng.random()
                if how < 0.45 and one.kind != "筛":
                    sure = self.new("可")
                    self.add(sure, f"{{粒度: {subset or base}, 公式: '可算 {one.id}'}}")
                    columns.append(sure)
                elif how < 0.9:
                    digits = f": {{标题: {one.id}, 小数: {rng.randint(0, 4)}}}" if one.kind == "数" else f": {one.id}"
                    columns.append(one.id + digits)
            if not columns:
                continue
            name = self.new("报")
            listed = ", ".join(c if ":" in c else f"{c}: {c}" for c in columns)
            where = f", 条件: '{self.formulas(base, subset).condition(1)}'" if rng.random() < 0.2 else ""
            total = ""
            if rng.random() < 0.3 and base in CLOSURE:
                total = f", 合计行: {rng.choice(('全市', '各等级' if '等级' in closure(base) else '全市'))}"
            self.add(name, f"{{粒度: {subset or base}, 列: {{{listed}}}{where}{total}}}")
            names.append(name)
        if not names:
            self.add("报零", "{粒度: 病例, 列: {费用: 费用, 数甲: 数甲}}")
            names.append("报零")
        own = [n.id for n in self.made if n.home == "病例" and n.kind in "数日月文类否"]
        truths = [n.id for n in self.made if n.home == "病例" and n.kind == "否"]
        more = ""
        if rng.random() < 0.6 and own:
            more += f", 需要: {{病例: [{', '.join(rng.sample(own, min(len(own), rng.choice((1, 2)))))}]}}"
            more += f", 挂起上限: {rng.choice((99, 99, 99, 1))}"
        if rng.random() < 0.4 and truths:
            more += f", 排除: {{病例: [{rng.choice(truths)}]}}"
        for table in ("医院", "明细", "门诊"):
            found = [n.id for n in self.made if n.home == table and n.kind == "否"]
            if found and rng.random() < 0.3 and "排除" not in more:
                more += f", 排除: {{{table}: [{rng.choice(found)}]}}"
            found = [n.id for n in self.made if n.home == table and n.kind in "数日月文类"]
            if found and rng.random() < 0.3 and "需要" not in more:
                more += f", 需要: {{{table}: [{rng.choice(found)}]}}, 挂起上限: 99"
        if rng.random() < 0.12:
            name = rng.choice(("系数", "床位", "加成", "数乙", "权重"))
            home = next(n.home for n in self.family.names if n.id == name)
            of = {"等级表": "各等级"}.get(home, home)
            self.add(name, f"{{粒度: {of}, 舍入: 2, 公式: '{self.formulas(of).number('', 1)[0]}'}}")
            more += f", 测算: [{name}]"
        if rng.random() < 0.15:
            more += ", 规则时点: 期初"
        if rng.random() < 0.25:
            more += ", 连续: 年"
        if rng.random() < 0.1:
            chosen = rng.choice(("年(出院) = 期年", "出院 ≤ 期末 且 出院 ≥ 2024-06-01", "入院 ≥ 期初"))
            more += f", 行: {{病例: '{chosen}'}}"
        self.add("算账", f"{{期间: {self.family.period}, 报表: [{', '.join(names)}]{more}}}")

    def notice(self, case: Case) -> None:
        rules = [n for n in self.made if n.kind == "数" and n.id[0] in "值例表"]
        if not rules:
            return
        one = self.rng.choice(rules)
        formulas = self.formulas(one.home, one.subset)
        formulas.family = replace(
            self.family, names=[n for n in self.family.names if n.home != one.home or n not in self.made]
        )
        text = formulas.number(one.unit, 1)[0]
        text = self.rng.choice((text, f"原规定 × 2 + {text}"))
        head = self.head(one.subset or one.home, one.unit)
        case.notice = [Entry(one.id, f"{one.id}: {{{head}, 舍入: 2, 公式: '{text}'}}")]
        case.notice_start = self.rng.choice(("2025-03-15", "2025-07-01", "2025-03-01"))


def _without_refusals(entry: Entry) -> Entry:
    return Entry(entry.name, re.sub(r", 排除: \{[^}]*\}", "", entry.text)) if entry.name == "算账" else entry
