"""The row checks of the annual clearing: what is rejected, what is only warned of, and keys that come twice."""

from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.float64_polars.source import YEAR, Source, effects

REQUIRED = [
    "病例号", "机构编码", "患者标识", "险种", "入院日期", "出院日期", "结算日期", "住院天数", "年龄", "性别",
    "主要诊断", "住院总费用", "统筹基金支出",
]  # fmt: skip
CLASSES = {
    "险种": ["职工", "居民"],
    "就医地": ["本地", "异地"],
    "性别": ["男", "女"],
    "就诊方式": ["住院", "日间手术", "门诊放化疗", "中医日间", "门诊"],
    "床日类别": ["无", "医疗康复", "安宁疗护", "精神类"],
}
MONEY = ["住院总费用", "特需费用", "中医药治疗费用", "统筹基金支出", "谈判药品费用"]
KEYS = {
    "病例": ["病例号"],
    "医疗机构": ["机构编码"],
    "病组": ["病组编码"],
    "级别病组": ["级别", "病组编码"],
    "系数倾斜": ["机构编码", "病组编码", "倾斜依据"],
    "预算": ["险种", "就医地", "月份"],
    "拨付": ["机构编码", "险种", "就医地", "月份"],
    "年度预算": ["险种", "就医地", "年度"],
    "预算调整": ["险种", "就医地", "年度"],
    "年终评价": ["机构编码", "年度"],
    "审核扣款": ["机构编码", "险种", "就医地", "年度"],
    "特例单议": ["病例号"],
    "新技术": ["病例号"],
}
REJECTING = [
    "必填空着", "类别里没有", "超出范围", "小数太多", "引用没有行", "出院早于入院", "结算早于出院",
    "特需费用超过总费用", "中医药费用超过总费用", "统筹支出超过总费用",
]  # fmt: skip
WARNING = ["住院天数不符", "男性妇产科诊断", "女性男科诊断"]


def of_the_year(cases: pl.LazyFrame) -> pl.LazyFrame:
    return cases.filter(pl.col("结算日期").is_between(date(YEAR, 1, 1), date(YEAR, 12, 31)))


def refuse_double_keys(data: Path) -> None:
    """Stop if the key of any table comes twice."""
    counts = [
        pl.scan_parquet(data / f"{table}.parquet").select(
            表=pl.lit(table), 重复=pl.len() - (pl.struct(keys) if keys[1:] else pl.col(keys[0])).n_unique()
        )
        for table, keys in KEYS.items()
    ]
    twice = [frame.item(0, "表") for frame in pl.collect_all(counts, engine="streaming") if frame.item(0, "重复")]
    if twice:
        raise SystemExit(f"键重复的表：{'、'.join(twice)}")


def no_row(column: str, keys: pl.Series) -> pl.Expr:
    return pl.col(column).is_not_null() & ~pl.col(column).is_in(keys.implode())


def diagnosis_between(*ranges: tuple[str, str]) -> pl.Expr:
    start = pl.col("主要诊断").str.head(3)
    return pl.any_horizontal(start.is_between(pl.lit(low), pl.lit(high)) for low, high in ranges)


def checked(cases: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """The cases with one column for each check: true where it caught the row."""
    admitted, left, settled = pl.col("入院日期"), pl.col("出院日期"), pl.col("结算日期")
    hospitals, groups = source.keys["机构编码"].categories, source.keys["病组编码"].categories
    diseases = effects().collect()["疗效价值病种"]
    total, days = pl.col("住院总费用"), (left - admitted).dt.total_days()
    checks = {
        "必填空着": pl.any_horizontal(pl.col(REQUIRED).is_null()),
        "类别里没有": pl.any_horizontal(~pl.col(name).is_in(words) for name, words in CLASSES.items()),
        "超出范围": pl.any_horizontal(pl.col(*MONEY, "住院天数") < 0) | ~pl.col("年龄").is_between(0, 150),
        "小数太多": pl.any_horizontal(pl.col(MONEY).round(2) != pl.col(MONEY)),
        "引用没有行": ~pl.col("机构编码").is_in(hospitals.implode())
        | no_row("病组编码", groups)
        | no_row("疗效价值病种", diseases),
        "出院早于入院": left < admitted,
        "结算早于出院": settled < left,
        "特需费用超过总费用": pl.col("特需费用") > total,
        "中医药费用超过总费用": pl.col("中医药治疗费用") > total,
        "统筹支出超过总费用": pl.col("统筹基金支出") > total,
        "住院天数不符": (pl.col("住院天数") != pl.max_horizontal(days, 1)) & (left >= admitted) & (settled >= left),
        "男性妇产科诊断": (pl.col("性别") == "男") & diagnosis_between(("O00", "O99"), ("N70", "N98"), ("C51", "C58")),
        "女性男科诊断": (pl.col("性别") == "女") & diagnosis_between(("N40", "N51"), ("C60", "C63")),
    }
    return cases.with_columns(**{name: check.fill_null(False) for name, check in checks.items()})


def counted(rows: pl.LazyFrame) -> pl.LazyFrame:
    """How many rows each check caught; a discharge before the admission is not counted a second time."""
    first = pl.col("结算早于出院") & ~pl.col("出院早于入院")
    others = pl.col(REJECTING + WARNING).exclude("结算早于出院")
    return rows.select(pl.len().alias("行数"), first.alias("结算早于出院").sum(), others.sum())


def kept(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.filter(~pl.any_horizontal(REJECTING))
