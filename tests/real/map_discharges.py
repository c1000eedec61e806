"""Map the public New York discharges (SPARCS 2020, musculoskeletal) to the standard tables, for trials on real costs.

Mapping: hospital = ``Permanent.Facility.Id``; group = ``APR.DRG.Code`` + severity; total cost = ``Total.Costs``;
stay = ``los``; level by the hospital's number of cases (largest fifth 三级, next two fifths 二级及以下, the rest 基层);
职工 for private insurance and Blue Cross, 居民 otherwise; age from the middle of its class. What the file does not have
is made from the row number: case and patient numbers, dates (history: spread over 2022-2024; month: January 2025;
year: 2025), the fund's share (70 % of cost, to the fen), the budgets, each hospital's mark at the end of the year.

    python tests/real/map_discharges.py SOURCE.csv.gz OUT    writes OUT/history, OUT/month and OUT/year
"""

from __future__ import annotations

import csv
import datetime
import gzip
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

SEVERITY = {"Minor": "1", "Moderate": "2", "Major": "3", "Extreme": "4"}
AGES = {"18 to 29": 24, "30 to 49": 40, "50 to 69": 60}
EMPLOYEES = ("Private Health Insurance", "Blue Cross/Blue Shield", "Managed Care, Unspecified")
FUND_SHARE = Decimal("0.7")
MONTH = (datetime.date(2025, 1, 2), 29)
EVERY = 36
BUDGETS = {"职工": 90_000_000, "居民": 300_000_000}


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def levels(rows: list[dict[str, str]]) -> dict[str, str]:
    """Hospital to level: by number of cases, largest first; ties by hospital number."""
    sizes = Counter(row["Permanent.Facility.Id"] for row in rows)
    order = sorted(sizes, key=lambda hospital: (-sizes[hospital], hospital))
    first, second = len(order) // 5, 3 * len(order) // 5
    return {h: "三级" if i < first else "二级及以下" if i < second else "基层" for i, h in enumerate(order)}


def case(number: int, row: dict[str, str], settled: datetime.date) -> dict[str, str]:
    """One discharge as a row of 病例."""
    cost = Decimal(row["Total.Costs"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    stay = int(row["los"])
    return {
        "病例号": f"N{number:06d}",
        "机构编码": row["Permanent.Facility.Id"],
        "患者标识": f"P{number:06d}",
        "险种": "职工" if row["Payment.Typology.1"] in EMPLOYEES else "居民",
        "就医地": "本地",
        "入院日期": str(settled - datetime.timedelta(days=stay)),
        "出院日期": str(settled),
        "结算日期": str(settled),
        "上传日期": str(settled + datetime.timedelta(days=3)),
        "住院天数": str(stay),
        "年龄": str(AGES[row["age"]]),
        "性别": "男" if row["Gender"] == "M" else "女",
        "主要诊断": row["CCSR.Diagnosis.Code"],
        "住院总费用": str(cost),
        "统筹基金支出": str((cost * FUND_SHARE).quantize(Decimal("0.01"), ROUND_HALF_UP)),
        "病组编码": row["APR.DRG.Code"] + SEVERITY[row["illseveritydesc"]],
    }


def history(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    first = datetime.date(2022, 1, 1)
    days = (datetime.date(2024, 12, 31) - first).days + 1
    return [case(n, row, first + datetime.timedelta(days=n * 7919 % days)) for n, row in enumerate(rows)]


def year(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Every discharge once more, spread over 2025 up to mid-December; one in 120 is not grouped."""
    first = datetime.date(2025, 1, 1)
    found = []
    for n, row in enumerate(rows):
        made = case(n, row, first + datetime.timedelta(days=n * 7919 % 345))
        made["病例号"] = "Y" + made["病例号"][1:]
        if n % 120 == 119:
            made["病组编码"] = ""
        found.append(made)
    return found


def month(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Every 36th discharge, settled in January 2025; one in forty comes late, one in fifty is not grouped."""
    start, days = MONTH
    found = []
    for count, n in enumerate(range(0, len(rows), EVERY)):
        made = case(n, rows[n], start + datetime.timedelta(days=count % days))
        made["病例号"] = "M" + made["病例号"][1:]
        if count % 40 == 39:
            made["上传日期"] = str(datetime.date.fromisoformat(made["结算日期"]) + datetime.timedelta(days=20))
        if count % 50 == 49:
            made["病组编码"] = ""
        found.append(made)
    return found


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_all(source: Path, out: Path) -> None:
    """Three deliveries: OUT/history for the calibration, OUT/month for a pre-settlement, OUT/year for a whole year."""
    rows = read(source)
    hospitals = [
        {"机构编码": h, "机构名称": f"机构{h}", "级别": level, "新增": "否"}
        for h, level in sorted(levels(rows).items())
    ]
    codes = {row["APR.DRG.Code"] + SEVERITY[row["illseveritydesc"]]: row["APR.DRG.Description"] for row in rows}
    groups = [{"病组编码": code, "病组名称": name, "稳定": "否"} for code, name in sorted(codes.items())]
    calendar = [
        {"日期": str(day), "工作日": "是" if day.weekday() < 5 else "否"}
        for day in (datetime.date(2025, 1, 1) + datetime.timedelta(days=i) for i in range(400))
    ]
    cases = month(rows)
    for folder in (out / "history", out / "month", out / "year"):
        write(folder, "医疗机构", hospitals)
        write(folder, "病组", groups)
    write(out / "history", "病例", history(rows))
    budgets = [
        {"险种": kind, "就医地": place, "年度": "2025", "年度预算总额": str(total)}
        for kind, place, total in (
            ("职工", "本地", BUDGETS["职工"]), ("居民", "本地", BUDGETS["居民"]),
            ("职工", "异地", 0), ("居民", "异地", 0),
        )
    ]  # fmt: skip
    write(out / "history", "年度预算", budgets)
    write(out / "month", "病例", cases)
    write(out / "month", "工作日历", calendar)
    write(out / "year", "病例", year(rows))
    write(out / "year", "工作日历", calendar)
    write(out / "year", "年度预算", budgets)
    write(out / "year", "年终评价", [
        {"机构编码": h["机构编码"], "年度": "2025", "终评得分": str(95 - n % 20)} for n, h in enumerate(hospitals)
    ])  # fmt: skip
    spent = {kind: sum(Decimal(c["统筹基金支出"]) for c in cases if c["险种"] == kind) for kind in ("职工", "居民")}
    budget = {kind: str((total * Decimal("0.96")).quantize(Decimal("1"))) for kind, total in spent.items()}
    write(out / "month", "预算", [
        {"险种": kind, "就医地": "本地", "月份": "2025-01", "统筹基金预算": total}
        for kind, total in budget.items()
    ])  # fmt: skip


if __name__ == "__main__":
    write_all(Path(sys.argv[1]), Path(sys.argv[2]))
