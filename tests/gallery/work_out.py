"""Works the gallery's own cases out in plain fractions, straight from the printed tables: no rule file is read.

``python tests/gallery/work_out.py`` writes ``cases.csv`` anew; the tests compare both the file and the engine with
:func:`settle`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from math import floor
from pathlib import Path

CASES = Path(__file__).parent / "cases.csv"


@dataclass(frozen=True)
class Case:
    """One case as it comes in; numbers as decimal text, empty where the city does not ask for it."""

    city: str
    weight: str
    cost: str
    mean_fee: str = ""
    rate: str = ""
    point_value: str = ""
    hospital_coefficient: str = "1"
    level_coefficient: str = ""
    basic: str = "否"
    stable: str = "是"
    level: str = "二级"
    age: str = "40"
    days: str = "8"
    why: str = ""


@dataclass(frozen=True)
class Result:
    """``points`` is ``None`` where payment is in yuan from the start; nothing is rounded."""

    kind: str
    points: Fraction | None
    payment: Fraction


@dataclass(frozen=True)
class Points:
    """A points city: whether q is over the mean times weight times k, the low and high bounds, the high family."""

    with_k: bool
    low: str
    high: tuple[tuple[str | None, str], ...]
    family: str
    low_inclusive: bool = False
    high_inclusive: bool = False
    basic_k: str | None = None
    tail: tuple[tuple[str | None, str], ...] | None = None


def _three(first: str = "1", second: str = "2", *values: str) -> tuple[tuple[str | None, str], ...]:
    top, middle, bottom = values or ("3", "2.5", "2")
    return ((first, top), (second, middle), (None, bottom))


_FLAT = ((None, "2"),)
_WIDE = _three("1", "3", "3", "2", "1.5")
POINTS = {
    "jiyuan2023": Points(True, "0.3", _three(), "B", basic_k="0.8"),
    "zhoukou": Points(True, "0.35", (("1", "3"), ("2", "2.5"), ("3", "2"), ("5", "1.5"), (None, "1.3")), "B"),
    "luohe": Points(False, "0.4", _three(), "A", basic_k="1"),
    "kaifeng": Points(False, "0.4", _three(), "A"),
    "hefei": Points(False, "0.4", _three(), "A", tail=(("<4", "2"), (None, "1.5"))),
    "bengbu": Points(False, "0.3", _three(), "A", basic_k="1"),
    "tongling": Points(False, "0.4", (("1", "3"), ("2", "2.5"), ("10", "2"), (None, "1.5")), "A", low_inclusive=True),
    "nanjing": Points(False, "0.4", _WIDE, "A", basic_k="1"),
    "ningbo": Points(True, "0.4", _WIDE, "A", basic_k="1"),
    "jiaxing": Points(True, "0.4", _FLAT, "A", high_inclusive=True),
    "foshan": Points(True, "0.5", _FLAT, "C", high_inclusive=True),
}
RATES = ("qingyang", "linyi", "xian", "changsha", "dingzhou")
LINYI = {"一级": ("3", "1.8", "1.7"), "二级": ("4", "2", "1.9"), "三级": ("5", "3", "2.3")}


def band(bands: tuple[tuple[str | None, str], ...], weight: Fraction) -> Fraction:
    """The value of the first band that holds ``weight``: up to its end, or below it where ``<`` is written."""
    for end, value in bands:
        if end is None or (weight < Fraction(end[1:]) if end.startswith("<") else weight <= Fraction(end)):
            return Fraction(value)
    raise AssertionError(bands)


def settle(case: Case) -> Result:
    return _points(case, POINTS[case.city]) if case.city in POINTS else _rate(case)


def _points(case: Case, city: Points) -> Result:
    w, m, c, k = (Fraction(x) for x in (case.weight, case.mean_fee, case.cost, case.hospital_coefficient))
    if case.basic == "是" and city.basic_k is not None:
        k = Fraction(city.basic_k)
    q = c / (m * w * k if city.with_k else m * w)
    low, high = Fraction(city.low), band(city.high, w)
    if q < low or (q == low and city.low_inclusive):
        kind, points = "低倍率", 100 * c / m
    elif q > high or (q == high and city.high_inclusive):
        kind = "高倍率"
        tail = band(city.tail, w) if city.tail else high
        if city.family == "A":
            points = 100 * w * k + 100 * w * (c / (m * w) - tail)
        elif city.family == "B":
            points = 100 * (c / m - (tail - 1) * w * k)
        else:
            points = 100 * (c / m - (tail - k) * w)
    else:
        kind, points = "正常", 100 * w * k
    if case.city == "jiyuan2023" and int(case.age) < 17:
        points = points * Fraction(11, 10)
    return Result(kind, points, points * Fraction(case.point_value))


def standard(case: Case) -> Fraction:
    """S of a weight-rate city."""
    s = Fraction(case.weight) * Fraction(case.rate)
    if case.city in ("qingyang", "dingzhou"):
        s *= Fraction(case.hospital_coefficient)
    if case.city == "linyi":
        s *= Fraction(case.level_coefficient) * Fraction(case.hospital_coefficient)
    return s


def _rate(case: Case) -> Result:
    s, c, days = standard(case), Fraction(case.cost), int(case.days)
    q = c / s
    if case.city == "qingyang":
        high = Fraction("2.5") if case.level == "三级" else Fraction(2)
        if q < Fraction("0.4"):
            return Result("低倍率", None, c)
        if q > high:
            return Result("高倍率", None, s * (1 + Fraction("0.7") * (q - high)))
    elif case.city == "linyi":
        bound, light, heavy = LINYI[case.level]
        if q < Fraction("0.5"):
            return Result("低倍率", None, c)
        if q > Fraction(heavy if Fraction(case.weight) > Fraction(bound) else light):
            return Result("高倍率", None, c)
    elif case.city == "xian":
        if case.stable == "否":
            return Result("按项目付费", None, c)
        if q < Fraction("0.3"):
            return Result("低倍率", None, c)
        if q >= 3:
            return Result("高倍率", None, c)
    elif case.city == "changsha":
        if days <= 2 or days >= 60:
            return Result("按项目付费", None, c)
        if q <= Fraction("0.4"):
            return Result("低倍率", None, c)
        if q >= Fraction("2.5"):
            return Result("高倍率", None, c)
    elif case.city == "dingzhou":
        if q > 3:
            return Result("高倍率", None, s)
        if days < 2 or days > 60:
            return Result("按项目付费", None, c)
        if q < Fraction("0.4"):
            return Result("低倍率", None, c)
    return Result("正常", None, s)


def two(value: Fraction | None) -> str:
    """Two decimals, half up (away from zero), as text."""
    if value is None:
        return ""
    fen = floor(abs(value) * 100 + Fraction(1, 2))
    return f"{'-' if value < 0 and fen else ''}{fen // 100}.{fen % 100:02d}"


# -- the cases ---------------------------------------------------------------------------------------------------


def _cost(value: Fraction) -> str:
    assert (value * 100).denominator == 1 and value >= 0, value
    return two(value)


def _around(base: Case, s: Fraction, bound: str, name: str) -> Iterator[Case]:
    """A fen below the bound, at it, a fen above it."""
    for step, word in ((-1, "差一分"), (0, "恰好"), (1, "多一分")):
        cost = _cost(s * Fraction(bound) + Fraction(step, 100))
        yield _with(base, cost=cost, why=f"{name} {bound} 倍：{word}")


def _with(case: Case, **changes: str) -> Case:
    return Case(**{**asdict(case), **changes})


# mean fee, point value, k; for each band of the high bound a weight inside it
_INPUTS = {
    "jiyuan2023": ("7200", "61.5", "0.95", ("0.8", "1.5", "2.5")),
    "zhoukou": ("7600", "58.25", "1.1", ("0.75", "1.6", "2.4", "4.5", "6.2")),
    "luohe": ("8400", "52.3", "1.08", ("0.65", "1.25", "3.5")),
    "kaifeng": ("6800", "63.75", "0.92", ("0.9", "1.75", "2.25")),
    "hefei": ("9200", "83.5", "0.9", ("0.5", "1.5", "2.6")),
    "bengbu": ("7000", "60.6", "0.85", ("0.95", "1.15", "5.05")),
    "tongling": ("5600", "59.9", "1.02", ("0.35", "1.45", "7.3", "12.5")),
    "nanjing": ("11800", "125.4", "1.06", ("0.55", "2.2", "3.25")),
    "ningbo": ("10200", "94.2", "0.88", ("0.85", "1.3", "4.75")),
    "jiaxing": ("9000", "97.7", "0.96", ("1.4",)),
    "foshan": ("10400", "102.5", "0.94", ("1.1",)),
}


def _points_cases(name: str) -> Iterator[Case]:
    mean, value, k, weights = _INPUTS[name]
    city = POINTS[name]
    base = Case(name, weights[0], "0", mean_fee=mean, point_value=value, hospital_coefficient=k)
    for place, (weight, (_, bound)) in enumerate(zip(weights, city.high, strict=True)):
        one = _with(base, weight=weight)
        s = Fraction(mean) * Fraction(weight) * (Fraction(k) if city.with_k else 1)
        if place == 0:
            yield from _around(one, s, city.low, "低倍率")
        yield from _around(one, s, bound, f"高倍率（权重 {weight}）")
    for (end, upper), (_, lower) in zip(city.high, city.high[1:], strict=False):
        between = (Fraction(upper) + Fraction(lower)) / 2
        for weight, word in ((end, "恰好"), (two4(Fraction(end) + Fraction(1, 10000)), "刚过")):
            s = Fraction(mean) * Fraction(weight) * (Fraction(k) if city.with_k else 1)
            cost = Fraction(floor(s * between * 100), 100)
            why = f"权重{word} {end}，倍率在 {lower} 与 {upper} 之间"
            yield _with(base, weight=weight, cost=_cost(cost), why=why)


def two4(value: Fraction) -> str:
    """Four decimals of what has no more, as text."""
    assert (value * 10000).denominator == 1, value
    whole, rest = divmod(int(value * 10000), 10000)
    return f"{whole}.{rest:04d}"


def cases() -> Iterator[Case]:
    for name in _INPUTS:
        yield from _points_cases(name)
    yield from _points_traps()
    yield from _rate_cases()


def _points_traps() -> Iterator[Case]:
    jiyuan = Case("jiyuan2023", "0.8", "5000", mean_fee="7200", point_value="61.5", hospital_coefficient="0.95")
    for age, cost, why in (
        ("16", "5000", "16 岁加成 1.1，正常"), ("17", "5000", "满 17 岁不加成"),
        ("0", "1641.59", "婴儿，低倍率也加成"), ("16", "16416.01", "16 岁，高倍率也加成"),
    ):  # fmt: skip
        yield _with(jiyuan, age=age, cost=cost, why=why)
    basic = _with(jiyuan, basic="是", hospital_coefficient="1.2")
    yield _with(basic, why="基础病组系数 0.8，不用医院系数")
    yield _with(basic, cost="13824", why="基础病组：倍率的底也用 0.8，恰好 3 倍")
    yield _with(basic, cost="13824.01", age="9", why="基础病组、高倍率、儿童")
    for name in ("luohe", "bengbu", "nanjing", "ningbo"):
        mean, value, _, _ = _INPUTS[name]
        one = Case(name, "1.2", "0", mean_fee=mean, point_value=value, hospital_coefficient="1.15", basic="是")
        s = Fraction(mean) * Fraction("1.2")
        yield _with(one, cost=_cost(s), why="基础病组系数 1，不用医院系数 1.15")
        yield _with(one, cost=_cost(s * Fraction("2.6")), why="基础病组，高倍率")
    for name in ("zhoukou", "kaifeng"):
        mean, value, _, _ = _INPUTS[name]
        yield Case(
            name, "1.2", "9000", mean_fee=mean, point_value=value, hospital_coefficient="1.15", basic="是",
            why="没有写基础病组的地方，照用医院系数",
        )  # fmt: skip
    hefei = Case("hefei", "1", "0", mean_fee="9200", point_value="83.5", hospital_coefficient="0.9")
    for weight, cost, why in (
        ("0.5", "13800", "判定 3 倍，恰好，正常"), ("0.5", "14000", "判定 3、扣除 2：过界即跳"),
        ("1.5", "36000", "判定 2.5、扣除 2"), ("3.9999", "80000", "权重不到 4，扣除 2"),
        ("4", "80000", "权重恰好 4，扣除 1.5"), ("4.0001", "80000", "权重过 4，扣除 1.5"),
        ("4", "73600", "权重 4，恰好 2 倍，正常"), ("4", "73600.01", "权重 4，多一分"),
    ):  # fmt: skip
        yield _with(hefei, weight=weight, cost=cost, why=why)
    for name, weight, cost, k, why in (
        ("ningbo", "1.3", "22000", "0.8", "倒挂：倍率以含系数的标准为底，扣除不含系数"),
        ("jiaxing", "1.4", "24000", "0.9", "倒挂"), ("foshan", "1.1", "19000", "0.8", "倒挂"),
        ("jiaxing", "1.4", "30000", "1.15", "系数大于 1"), ("foshan", "1.1", "30000", "1.2", "系数大于 1"),
        ("kaifeng", "0.9", "0", "0.92", "没有费用"),
    ):  # fmt: skip
        mean, value, _, _ = _INPUTS[name]
        yield Case(name, weight, cost, mean_fee=mean, point_value=value, hospital_coefficient=k, why=why)


def _rate_cases() -> Iterator[Case]:
    qingyang = Case("qingyang", "0.8", "0", rate="3500", hospital_coefficient="1.15")
    for level, high in (("三级", "2.5"), ("二级", "2"), ("一级", "2"), ("未定级", "2")):
        one = _with(qingyang, level=level)
        if level in ("三级", "二级"):
            yield from _around(one, standard(one), "0.4", f"{level} 低倍率")
        yield from _around(one, standard(one), high, f"{level} 高倍率")
        yield _with(one, cost=_cost(standard(one) * 4), why=f"{level} 4 倍")

    linyi = Case("linyi", "1", "0", rate="6800", hospital_coefficient="1.05", level_coefficient="0.9")
    for level, (bound, light, heavy) in LINYI.items():
        one = _with(linyi, level=level, weight=bound)
        yield from _around(one, standard(one), "0.5", f"{level} 低倍率")
        yield from _around(one, standard(one), light, f"{level} 权重恰好 {bound}")
        one = _with(one, weight=two4(Fraction(bound) + Fraction("0.2")))
        yield from _around(one, standard(one), heavy, f"{level} 权重过 {bound}")
        just = _with(one, weight=two4(Fraction(bound) + Fraction(1, 10000)))
        middle = (Fraction(light) + Fraction(heavy)) / 2
        yield _with(just, cost=two(standard(just) * middle), why=f"{level} 权重刚过 {bound}，倍率在两界之间")

    xian = Case("xian", "0.75", "0", rate="11200", hospital_coefficient="1.3")
    yield from _around(xian, standard(xian), "0.3", "低倍率")
    yield from _around(xian, standard(xian), "3", "高倍率（≥）")
    yield _with(xian, cost="8000", stable="否", why="不稳定病组按项目付费，倍率正常")
    yield _with(xian, cost="1000", stable="否", why="不稳定病组，低倍率也归按项目付费")
    yield _with(xian, cost="26000", stable="否", why="不稳定病组，高倍率也归按项目付费")

    changsha = Case("changsha", "1.2", "0", rate="11500", hospital_coefficient="0.95")
    yield from _around(changsha, standard(changsha), "0.4", "低倍率（≤）")
    yield from _around(changsha, standard(changsha), "2.5", "高倍率（≥）")
    for days in ("1", "2", "3", "59", "60", "61"):
        yield _with(changsha, days=days, cost="12000", why=f"住院 {days} 天，倍率正常")
    for days in ("2", "3", "59", "60"):
        yield _with(changsha, days=days, cost="5000", why=f"住院 {days} 天，费用低：先看天数，再看倍率")
        yield _with(changsha, days=days, cost="40000", why=f"住院 {days} 天，费用高：先看天数，再看倍率")

    dingzhou = Case("dingzhou", "1.1", "0", rate="5200", hospital_coefficient="1.05")
    yield from _around(dingzhou, standard(dingzhou), "0.4", "低倍率")
    yield from _around(dingzhou, standard(dingzhou), "3", "高倍率")
    for days in ("1", "2", "60", "61"):
        yield _with(dingzhou, days=days, cost="6500", why=f"住院 {days} 天，倍率正常")
        yield _with(dingzhou, days=days, cost="2000", why=f"住院 {days} 天，费用低：先看天数")
        yield _with(dingzhou, days=days, cost="20000", why=f"住院 {days} 天，费用高：先看倍率，付标准")
    yield _with(dingzhou, days="1", cost="18018", why="住院 1 天，恰好 3 倍：不是高倍率，按项目付费")


COLUMNS = ["id", *(f.name for f in fields(Case)), "expected_class", "expected_points", "expected_payment"]


def main() -> None:
    with CASES.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, case in enumerate(cases(), 1):
            result = settle(case)
            writer.writerow([number, *asdict(case).values(), result.kind, two(result.points), two(result.payment)])


if __name__ == "__main__":
    main()
