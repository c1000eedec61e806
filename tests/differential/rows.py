"""Typed rows: few keys, many ties, gaps, values on both sides of bounds and of changes of the rules."""

from __future__ import annotations

import datetime
from fractions import Fraction
from random import Random
from typing import Any

from family import CLASSES, LEVELS, Entry

from engine.data.values import ANY
from engine.language.values import Interval, Month

DAYS = [
    datetime.date(*day)
    for day in (
        (2025, 1, 1), (2025, 3, 14), (2025, 3, 15), (2025, 3, 15), (2025, 3, 31), (2025, 6, 30), (2025, 7, 1),
        (2025, 7, 31), (2025, 12, 31), (2025, 2, 10), (2024, 12, 31), (2024, 12, 5), (2026, 1, 1), (2024, 6, 30),
        (2023, 12, 31),
    )
]  # fmt: skip
IN_PERIOD = 10
SMALL = (0, 0, 1000, -1000, 2500, -2500, 500, 125, -125, 15, 33333, 50000, 7000, 3000, -7500)
FEN = (0, 100, 100, 33, 12345, 99999, 500, 250, 7, 1000001, 10000)
GROUPS = ("A1", "B2", "C3")
OFTEN_GONE = ("病组", "等级表", "月额", "年额", "医院组表", "历", "档表", "明细", "门诊", "月费")
LACKING = (("病例", "数乙"), ("病例", "费用"), ("病例", "疑"), ("明细", "金额"), ("医院", "床位"), ("病例", "类别"))
Row = dict[str, Any]


class Rows:
    def __init__(self, rng: Random, entries: list[Entry]) -> None:
        self.rng = rng
        self.text = "\n".join(entry.text for entry in entries)
        self.money = [Fraction(fen, 100) for fen in FEN]
        self.huge = [Fraction(n) for n in (0, 1, -3, 12)]
        if rng.random() < 0.2:
            self.money += [Fraction(10**17, 100), Fraction(10**18 - 1, 100), Fraction(10**19 + 7, 100)]
        if rng.random() < 0.25:
            self.huge += [Fraction(n) for n in (10**18, 10**18 + 1, -(10**18), 2**63, 10**19)]
        if rng.random() < 0.15:
            self.huge += [Fraction(n) for n in (10**35, 10**36 - 1, -(10**36) + 1)]
        self.hospitals = rng.choice((["H1", "H2"], ["H1", "H2", "H3"], ["H1"], ["H1", "H2", "H3"]))

    def make(self) -> dict[str, list[Row]]:
        rng = self.rng
        cases = [self.case(number) for number in range(rng.choice((0, 1, 2, 4, 6, 8, 8, 12)))]
        known = [case["病例号"] for case in cases]
        rows = {
            "病例": cases,
            "明细": self.details(known),
            "门诊": [self.visit(number, known) for number in range(rng.choice((0, 0, 2, 5)))],
            "月费": self.monthly(known),
            **self.references(),
        }
        for name in OFTEN_GONE:
            if rng.random() < 0.04:
                del rows[name]
            elif rng.random() < 0.03:
                rows[name] = []
        for name, field in LACKING:
            if name in rows and rng.random() < 0.015:
                some = rng.random() < 0.5
                rows[name] = [
                    {key: value for key, value in row.items() if key != field or (some and number % 2)}
                    for number, row in enumerate(rows[name])
                ]
        return rows

    # -- cells ------------------------------------------------------------

    def pick(self, *values: Any) -> Any:
        return self.rng.choice(values)

    def number(self, *values: int, over: int = 1) -> Fraction:
        return Fraction(self.rng.choice(values), over)

    def maybe(self, value: Any, often: float = 0.25) -> Any:
        return None if self.rng.random() < often else value

    def declared(self, name: str) -> str:
        """The line of a field."""
        return self.text.partition(f"    {name}: ")[2].partition("\n")[0]

    def opt(self, name: str, value: Any) -> Any:
        """Absent now and then, where the field may be."""
        return self.maybe(value) if "可空: 是" in self.declared(name) else value

    # -- rows ------------------------------------------------------------

    def case(self, number: int) -> Row:
        rng = self.rng
        small = Fraction(rng.choice(SMALL), 1000) if rng.random() > 0.04 else Fraction(60)
        if "小数: 1" in self.declared("数甲"):
            small = Fraction(int(small * 10), 10)
        huge = rng.choice(self.huge)
        if "小数: 2" in self.declared("大数"):
            huge += self.number(0, 50, 25, over=100)
        return {
            "病例号": f"b{number}",
            "医院号": "H9" if rng.random() < 0.01 else rng.choice(self.hospitals),
            "组号": self.opt("组号", "Z9" if rng.random() < 0.08 else rng.choice(GROUPS)),
            "出院": rng.choice(DAYS[:IN_PERIOD] if rng.random() < 0.8 else DAYS),
            "入院": rng.choice(DAYS),
            "复诊": self.maybe(rng.choice(DAYS)),
            "生月": self.opt("生月", self.pick(Month(2025, 3), Month(2025, 12), Month(2024, 1))),
            "急": rng.random() < 0.5,
            "疑": self.maybe(rng.random() < 0.5),
            "类别": self.opt("类别", rng.choice(CLASSES)),
            "码": self.pick("I21.9", "I60", "A1", "I25.1", "B10", "O99x", "A1"),
            "备注": self.maybe(self.pick("A1", "甲", "乙x")),
            "费用": Fraction(-1, 100) if rng.random() < 0.01 else rng.choice(self.money),
            "自费": self.maybe(rng.choice([*self.money, Fraction(-250, 100)])),
            "数甲": small,
            "数乙": self.maybe(self.number(0, 100, 250, -250, 333, 5, 5, over=100)),
            "量": self.number(-1 if rng.random() < 0.02 else 2, 0, 1, 1, 2, 3, 5, 11),
            "大数": huge,
        }

    def details(self, known: list[str]) -> list[Row]:
        rng = self.rng
        found: dict[tuple, Row] = {}
        for key in known:
            for number in range(rng.choice((0, 0, 1, 2, 3))):
                row = {
                    "病例号": key if rng.random() > 0.04 else "b99",
                    "序号": Fraction(number),
                    "金额": rng.choice([*self.money, Fraction(-1, 2)]),
                    "件数": self.number(21 if rng.random() < 0.04 else 3, 0, 1, 2, 2, 20),
                    "单量": self.maybe(self.number(0, 50, 125, -125, over=100)),
                    "项": rng.choice(CLASSES),
                }
                found[row["病例号"], row["序号"]] = row
        return list(found.values())

    def visit(self, number: int, known: list[str]) -> Row:
        some = [key for key in known if self.rng.random() < 0.7]
        return {
            "门诊号": f"m{number}",
            "医院号": self.rng.choice(self.hospitals),
            "病例号": self.maybe(self.rng.choice([*some, "b99"])),
            "就诊日": self.rng.choice(DAYS[:IN_PERIOD]),
            "诊费": self.rng.choice(self.money),
            "次数": self.opt("次数", self.number(0, 1, 3)),
        }

    def monthly(self, known: list[str]) -> list[Row]:
        found: dict[tuple, Row] = {}
        for _ in range(self.pick(0, 3, 6) if known else 0):
            key, month = self.rng.choice(known), Month(2025, self.pick(1, 3, 3, 7))
            money, beds = self.rng.choice(self.money), self.maybe(self.number(0, 1))
            found[key, month] = {"病例号": key, "月份": month, "月金额": money, "床数": beds}
        return list(found.values())

    def references(self) -> dict[str, list[Row]]:
        rng = self.rng
        months = [Month(2024, 12), *(Month(2025, number) for number in range(1, 13))]
        days = [datetime.date(2024, 6, 1) + datetime.timedelta(number) for number in range(600)]
        levels = ("甲", "乙", ANY) if rng.random() < 0.3 else LEVELS
        ten, two = Fraction(10), Fraction(2)
        bands = (Interval(None, two, False, True), Interval(two, ten, False, True), Interval(ten, None))
        return {
            "医院": [self.hospital(key) for key in self.hospitals],
            "病组": [self.group(key) for key in GROUPS if rng.random() < 0.9],
            "等级表": [
                {"等级": level, "加成": self.opt("加成", self.number(11000, 0, 9500, over=10000))}
                for level in LEVELS if rng.random() < 0.85
            ],
            "月额": [
                {"月份": month, "额度": self.number(0, 100, 33333, over=100)} for month in months if rng.random() < 0.9
            ],
            "年额": [
                {"年度": Fraction(year), "年预算": self.opt("年预算", self.number(0, 100001, over=100))}
                for year in (2024, 2025) if rng.random() < 0.9
            ],
            "医院组表": [
                {"医院号": key, "组号": group, "协议价": rng.choice(self.money), "档": rng.choice(LEVELS)}
                for key in self.hospitals for group in GROUPS if rng.random() < 0.7
            ],
            "历": [{"日子": day, "上班": rng.random() < 0.7} for day in days] if "工作日数" in self.text else [],
            "档表": [
                {"等级": level, "段": band, "档值": self.number(10, 25, -5, over=10)}
                for level in levels for band in bands if rng.random() < 0.9
            ],
        }  # fmt: skip

    def hospital(self, key: str) -> Row:
        return {
            "医院号": key,
            "等级": self.rng.choice(LEVELS),
            "系数": self.opt("系数", self.pick(Fraction(1), Fraction(6, 5), Fraction(0), Fraction(1, 10**6))),
            "床位": self.number(0, 100, 7),
            "开业": self.opt("开业", self.rng.choice(DAYS)),
            "民营": self.rng.random() < 0.5,
        }

    def group(self, key: str) -> Row:
        return {
            "组号": key,
            "权重": self.opt("权重", self.number(12345, 10000, 0, 5, over=10000)),
            "外科": self.rng.random() < 0.5,
            "组名": self.pick("A1", "名"),
        }
