"""The worked set of docs/worked-set.md in plain arithmetic, without the engine: what a run has to write.

``python tests/worked/work_out.py`` writes ``expected/`` anew. Every line says which sentence of the measure it follows.
"""

from __future__ import annotations

import csv
import io
import json
import math
from fractions import Fraction
from pathlib import Path

F = Fraction
HERE = Path(__file__).parent
TOGETHER = ["职工", "本地"]
NO_LEVEL = "无法确定：这个病组没有任何级别的调整系数"


def rounded(value: Fraction, digits: int) -> Fraction:
    """Half away from zero."""
    scaled = math.floor(abs(value) * 10**digits + F(1, 2))
    return F(scaled if value >= 0 else -scaled, 10**digits)


def shown(value: Fraction, digits: int) -> str:
    """With exactly ``digits`` decimals."""
    whole = rounded(value, digits) * 10**digits
    text = str(abs(int(whole))).rjust(digits + 1, "0")
    return ("-" if whole < 0 else "") + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def exact(value: Fraction) -> str:
    """As many decimals as it needs, or n/d."""
    for digits in range(7):
        if 10**digits % value.denominator == 0:
            return shown(value, digits)
    return f"{value.numerator}/{value.denominator}"


def table(heading: str, rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([heading.split(","), *rows])
    return stream.getvalue()


# 第十七条（二）：所有病组次均住院费用；第三十九条：特需费用不计
MEAN = F(7000)
COST = {"C1": F("3994.80") - F("100.00"), "C2": F("2052.54"), "C3": F("51947.36"), "C4": F("2500.00")}
FUND = {"C1": F("2500.00"), "C2": F("1200.00"), "C3": F("30000.00"), "C4": F("1800.00")}
HOSPITAL = {"C1": "H2", "C2": "H2", "C3": "H1", "C4": "H3"}
GROUP = {"C1": "BB11", "C2": "BB11", "C3": "BR20", "C4": "BB11"}
BASE = {"BB11": F("65.16"), "BR20": F("257.65")}

# 第十八条（一）：公布的级别调整系数；基层没有的暂定 0.6
PUBLISHED = (("H1", "BR20"), ("H2", "BB11"))
"""The level of these hospitals has a coefficient of its own for the group."""
RATIO = {("H1", "BR20"): F("1.03"), ("H2", "BB11"): F("0.9"), ("H3", "BB11"): F("0.6")}
# 第十九条（一）：级别次均费用；没有的按基准点数和系数推算
LEVEL_MEAN = {
    ("H1", "BR20"): F("18576.565"),
    ("H2", "BB11"): F("4105.08"),
    ("H3", "BB11"): MEAN * BASE["BB11"] / 100 * F("0.6"),
}
# 第十九条（一）1：不超过 200 点的 3 倍，200 至 300 点的 2.5 倍
TIMES = {"BB11": F(3), "BR20": F("2.5")}


def kind_and_points(case: str) -> tuple[str, Fraction]:
    """第十九条（一）."""
    hospital, group, cost = HOSPITAL[case], GROUP[case], COST[case]
    mean, ratio, base = LEVEL_MEAN[hospital, group], RATIO[hospital, group], BASE[group]
    if cost <= F(1, 2) * mean:
        return "低倍率", rounded(min(cost / MEAN * 100, base), 4)
    if cost > TIMES[group] * mean:
        return "高倍率", rounded(base * ratio + (cost / mean - TIMES[group]) * base * ratio, 4)
    return "正常", rounded(base * ratio, 4)


CASES = {case: kind_and_points(case) for case in COST}
HOSPITALS = {"H1": ("第一医院", "三级"), "H2": ("第二医院", "二级及以下"), "H3": ("第三卫生院", "基层")}


def of_hospital(hospital: str) -> tuple[Fraction, Fraction, Fraction]:
    """Points, cost and fund spent of the settled cases of a hospital (第三十一条（一）、（三）)."""
    own = [case for case in COST if HOSPITAL[case] == hospital]
    return (
        sum((CASES[c][1] for c in own), F(0)),
        sum((COST[c] for c in own), F(0)),
        sum((FUND[c] for c in own), F(0)),
    )


# 第三十一条（二）：一月、二月没有病例，预算滚存到三月
AVAILABLE = F("32000.00") + F("600.00") + F("400.00")
EMPTY_POOL = F("1500.00") + F("0.00") + F("250.00")
POINTS = sum((points for _, points in CASES.values()), F(0))
ALL_COST = sum(COST.values(), F(0))
ALL_FUND = sum(FUND.values(), F(0))
BUDGET = AVAILABLE if ALL_FUND >= AVAILABLE else ALL_FUND
SHARED_OUT = ALL_COST - ALL_FUND + BUDGET
LEFT = AVAILABLE - BUDGET
PER_POINT = SHARED_OUT / POINTS


def paid(hospital: str) -> tuple[Fraction, Fraction, Fraction]:
    """Settled, deposit, paid out (第三十一条（三）、（四）)."""
    points, cost, fund = of_hospital(hospital)
    amount = rounded(points * PER_POINT - (cost - fund), 2)
    deposit = rounded(amount * F(5, 100), 2)
    return amount, deposit, amount - deposit


def statements() -> dict[str, str]:
    pools, hospitals, payments, cases = [], [], [], []
    zero = [shown(F(0), 2)]
    pools.append(
        ["居民", "本地", "1500.00", shown(EMPTY_POOL, 2), *zero, *zero, shown(EMPTY_POOL, 2), *zero, "0"]
        + ["0.0000", "0.0000"]
    )
    pools.append(
        [*TOGETHER, "32000.00", shown(AVAILABLE, 2), shown(ALL_FUND, 2), shown(BUDGET, 2), shown(LEFT, 2)]
        + [shown(ALL_COST, 2), "4", shown(POINTS, 4), shown(PER_POINT, 4)]
    )
    for hospital, (name, level) in HOSPITALS.items():
        points, cost, fund = of_hospital(hospital)
        amount, deposit, out = paid(hospital)
        hospitals.append(
            [hospital, *TOGETHER, name, level, shown(points, 4), shown(PER_POINT, 4), shown(cost, 2)]
            + [shown(fund, 2), shown(amount, 2), shown(deposit, 2), shown(out, 2)]
        )
        payments.append([hospital, *TOGETHER, shown(out, 2), shown(deposit, 2), "2025-03"])
    sums = [sum((paid(hospital)[i] for hospital in HOSPITALS), F(0)) for i in range(3)]
    hospitals.append(
        ["合计", *TOGETHER, "", "", shown(POINTS, 4), shown(PER_POINT, 4), shown(ALL_COST, 2), shown(ALL_FUND, 2)]
        + [shown(total, 2) for total in sums]
    )
    for case, (kind, points) in CASES.items():
        hospital, group = HOSPITAL[case], GROUP[case]
        cases.append(
            [case, hospital, group, kind, shown(COST[case], 2), shown(LEVEL_MEAN[hospital, group], 4)]
            + [shown(BASE[group], 4)] * 2
            + [shown(RATIO[hospital, group], 4), shown(points, 4)]
        )
    return {
        "月度基金池表": table(
            "险种,就医地,年初编制的月度预算,含上月结转的预算,实际发生统筹基金,月度预算总额,滚存至下月,病例总费用,病例数,月度总点数,月度每点费用",
            pools,
        ),
        "月度预结算表": table(
            "机构编码,险种,就医地,机构名称,级别,月度总点数,月度每点费用,住院总费用,实际发生统筹基金,月度预结算费用,预留质量保证金,本月拨付金额",
            hospitals,
        ),
        "月度拨付表": table("机构编码,险种,就医地,月度拨付金额,预留质量保证金,月份", payments),
        "月度病例明细": table(
            "病例号,机构编码,病组编码,病例类型,病例费用,级别次均费用,病组基准点数,适用基准点数,调节系数,病例点数", cases
        ),
    }


def values() -> dict[str, str]:
    """What is kept beside the statements, exactly."""
    names = "医疗机构月度住院总费用,医疗机构月度总点数,月度住院参保人员实际发生统筹基金支出"
    hospitals = []
    for hospital in HOSPITALS:
        points, cost, fund = of_hospital(hospital)
        amount, deposit, out = paid(hospital)
        hospitals.append([hospital, *TOGETHER, *map(exact, (cost, points, fund, deposit, amount, out))])
    treated = sorted(RATIO)
    level_groups = sorted((HOSPITALS[h][1], g, h) for h, g in treated)
    return {
        "基金池": table(
            "险种,就医地,所有医疗机构月度DRG住院病例总费用,月度DRG住院统筹基金预算总额,月度可用预算,"
            "月度实际住院统筹基金支出,月度总点数,月度每点费用,月度点值费用,月度病例数,结转余额",
            [
                ["居民", "本地", "0", "0", exact(EMPTY_POOL), "0", "0", "0", "0", "0", exact(EMPTY_POOL)],
                [
                    *TOGETHER,
                    *map(exact, (ALL_COST, BUDGET, AVAILABLE, ALL_FUND, POINTS, PER_POINT, SHARED_OUT)),
                    "4",
                    exact(LEFT),
                ],
            ],
        ),
        "险种": table(
            "险种,险种月度总点数,险种月度点值费用",
            [["居民", "0", "0"], [TOGETHER[0], exact(POINTS), exact(SHARED_OUT)]],
        ),
        "级别病组": table(
            "级别,病组编码,界内级别系数",
            [[HOSPITALS[h][1], g, exact(RATIO[h, g])] for h, g in PUBLISHED],
        ),
        "机构池": table(f"机构编码,险种,就医地,{names},月度预留质量保证金,月度预结算费用,本月拨付金额", hospitals),
        "机构病组": table(
            "机构编码,病组编码,机构点数上浮,机构系数上浮,调节系数,适用基准点数",
            [[h, g, "0", "0", exact(RATIO[h, g]), exact(BASE[g])] for h, g in treated],
        ),
        "病例": table(
            "病例号,付费方式,明细级别次均费用,明细调节系数,病例点数,病例类型,病例费用",
            [
                [c, "DRG", exact(LEVEL_MEAN[HOSPITAL[c], GROUP[c]]), exact(RATIO[HOSPITAL[c], GROUP[c]])]
                + [exact(points), kind, exact(COST[c])]
                for c, (kind, points) in CASES.items()
            ],
        ),
        "病组": table(
            "病组编码,三级系数,二级系数,基层系数,高倍率判定倍率",
            [
                [g, *(exact(RATIO[h, g]) if (h, g) in PUBLISHED else "" for h in ("H1", "H2", "H3")), exact(t)]
                for g, t in sorted(TIMES.items())
            ],
        ),  # fmt: skip
        "病组分级": table(
            "级别,病组编码,相近级别系数,级别标准系数,适用级别次均费用,适用级别系数",
            [
                [level, g, NO_LEVEL, exact(RATIO[h, g]), exact(LEVEL_MEAN[h, g]), exact(RATIO[h, g])]
                for level, g, h in level_groups
            ],
        ),
        "医疗机构": table("机构编码,多维指标上浮", [[hospital, "0"] for hospital in HOSPITALS]),
        "系数倾斜": table("机构编码,病组编码,倾斜依据,倾斜点数上限,倾斜系数上限,核定点数上浮,核定系数上浮", []),
        "统筹区": table("优势专科上限", [["无法确定：优势专科的系数上浮还没有定上限"]]),
    }


def rejects() -> dict[str, str]:
    reason = "出院日期：“2025-02-30”：没有这一天"
    return {"病例": table("主键,字段,检查,原因,行号", [["C7", "出院日期", "D101", reason, "8"]])}


def run_json() -> dict:
    """The part of run.json that is the same on every machine."""
    yuan = {
        "结算": {"住院总费用": "60494.7", "特需费用": "100", "中医药治疗费用": "0", "统筹基金支出": "35500"},
        "排除": {"住院总费用": "12000", "特需费用": "0", "中医药治疗费用": "0", "统筹基金支出": "7600"},
        "期外": {"住院总费用": "2600", "特需费用": "0", "中医药治疗费用": "0", "统筹基金支出": "1900"},
        "拒收": {"住院总费用": "19000", "特需费用": "0", "中医药治疗费用": "0", "统筹基金支出": "12000"},
    }
    by = [("拒收", "数据格式", 1), ("排除", "未入组", 1), ("排除", "逾期上传", 1)]

    def other(name: str, rows: int, unread: int = 0, outside: int = 0) -> dict:
        states = {"期外": outside} if outside else {}
        states["参加"] = rows - outside
        return {"table": name, "rows": rows, "states": states, "by": [], "sums": {}, "unread": unread}

    return {
        "region": "jiyuan",
        "program": "月度预结算",
        "period": "2025-03",
        "example": False,
        "accounting": [
            {
                "table": "病例",
                "rows": 8,
                "states": {"结算": 4, "排除": 2, "期外": 1, "拒收": 1},
                "by": [{"state": state, "by": name, "rows": rows} for state, name, rows in by],
                "sums": yuan,
                "unread": None,
            },
            other("医疗机构", 3),
            other("预算", 6, outside=4),
            # 出院次日到上传日：3 月 4–14 日、20–26 日，共 18 天用到
            other("工作日历", 31, unread=13),
            other("病组", 2),
            other("级别病组", 2),
            other("年度指标", 1),
        ],
        "warnings": {},
        "fills": [{"statement": "月度拨付表", "table": "拨付", "file": "statements/月度拨付表.parquet"}],
    }


def expected() -> dict[str, str]:
    """Path below ``expected/`` to text."""
    found = {f"statements/{name}.csv": text for name, text in statements().items()}
    found |= {f"values/{name}.csv": text for name, text in values().items()}
    found |= {f"rejects/{name}.csv": text for name, text in rejects().items()}
    found["run.json"] = json.dumps(run_json(), ensure_ascii=False, indent=2) + "\n"
    return found


if __name__ == "__main__":
    for name, text in expected().items():
        path = HERE / "expected" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
