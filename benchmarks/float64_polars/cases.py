"""病例类型、病例点数、清算点数 of each case."""

import polars as pl

from benchmarks.float64_polars.figures import hospitals_and_groups
from benchmarks.float64_polars.source import Source, effects

POOL = ["险种", "就医地"]
HOSPITAL = ["机构编码", *POOL]
PRICED = [
    "病例号", *HOSPITAL, "病组编码", "类型", "方式", "费用", "统筹", "谈判", "中医加成", "新技术通过", "清算点数",
    "参与",
]  # fmt: skip


def rounded(value: pl.Expr, digits: int) -> pl.Expr:
    return value.round(digits, mode="half_away_from_zero")


def with_figures(cases: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """The cases with what is published for their hospital and group, and what was decided on them one by one."""
    hospitals = source.table("医疗机构").select(
        "机构编码",
        协议正常=pl.col("协议处理") == "正常",
        中医院=pl.col("机构类别") == "中医",
        综合=pl.col("机构类别") == "综合",
    )
    special = source.table("特例单议").select(
        "病例号",
        特例通过=pl.col("审核通过"),
        特例点数=pl.coalesce("核定点数", pl.col("核定支付标准") / source.mean * 100),
    )
    novel = source.table("新技术").select("病例号", 新技术通过=pl.col("评估通过"))
    return (
        cases.join(hospitals, on="机构编码")
        .join(hospitals_and_groups(source), on=["机构编码", "病组编码"], how="left")
        .join(effects(), on="疗效价值病种", how="left")
        .join(special, on="病例号", how="left")
        .join(novel, on="病例号", how="left")
    )


def priced(cases: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """One row for each case that is cleared: its class, how it is cleared, its points."""
    total = pl.col("住院总费用")
    paid_by_group = (pl.col("就诊方式") == "住院") | (
        (pl.col("就诊方式") != "门诊") & pl.col("日间目录内").fill_null(False)
    )
    herbal = pl.col("中医药治疗费用").fill_null(0).cast(pl.Float64) / total.cast(pl.Float64) >= 0.5
    rows = with_figures(source.keyed(cases.filter(paid_by_group)), source).with_columns(
        pl.col("就医地").fill_null("本地"),
        pl.col("特例通过", "新技术通过").fill_null(False),
        费用=(total - pl.col("特需费用").fill_null(0)).cast(pl.Float64),
        统筹=pl.col("统筹基金支出").cast(pl.Float64),
        谈判=pl.col("谈判药品费用").fill_null(0).cast(pl.Float64),
        中医加成=(pl.col("中医院") | (pl.col("综合") & pl.col("中医科室").fill_null(False))) & (total != 0) & herbal,
    )
    cost, base = pl.col("费用"), pl.col("基准")
    rows = rows.filter(pl.col("病组编码").is_not_null() | pl.col("特例通过") | pl.col("新技术通过")).with_columns(
        类型=pl.when(pl.col("病组编码").is_null())
        .then(pl.lit("未入组"))
        .when(base.is_null() | pl.col("整组单议"))
        .then(pl.lit("空白病组"))
        .when(~pl.col("稳定"))
        .then(pl.lit("非稳定病组"))
        .when(pl.col("疗效价值付费").fill_null(False))
        .then(pl.lit("中医优势"))
        .when(cost <= 0.5 * pl.col("适用均费"))
        .then(pl.lit("低倍率"))
        .when(cost > pl.col("倍率") * pl.col("适用均费"))
        .then(pl.lit("高倍率"))
        .otherwise(pl.lit("正常"))
        .cast(pl.Enum(["未入组", "空白病组", "非稳定病组", "中医优势", "低倍率", "高倍率", "正常"]))
    )
    kind, usual, by_cost = pl.col("类型"), pl.col("适用基准") * pl.col("调节"), cost / source.mean * 100
    rows = rows.with_columns(
        点数=rounded(
            pl.when(kind == "高倍率")
            .then(usual + (cost / pl.col("适用均费") - pl.col("倍率")) * pl.col("适用基准") * pl.col("调节"))
            .when(kind == "低倍率")
            .then(pl.min_horizontal(by_cost, base))
            .when(kind == "空白病组")
            .then(by_cost)
            .when(kind != "未入组")
            .then(usual),
            4,
        ),
        方式=pl.when(pl.col("特例通过"))
        .then(pl.lit("特例单议"))
        .when(pl.col("疗效价值付费").fill_null(False))
        .then(pl.lit("疗效价值"))
        .otherwise(pl.lit("分组结果"))
        .cast(pl.Enum(["特例单议", "疗效价值", "分组结果"])),
    )
    way, points = pl.col("方式"), pl.col("点数")
    bonus = pl.when(pl.col("中医加成")).then(rounded(points * 0.05, 4)).otherwise(0.0)
    factor = pl.when(pl.col("互认病例").fill_null(False)).then(1.05).otherwise(1.0)
    return rows.with_columns(
        清算点数=pl.when(way == "特例单议")
        .then(rounded(pl.col("特例点数"), 4))
        .when(way == "疗效价值")
        .then(rounded(pl.col("疗效价值点数"), 4))
        .otherwise(rounded((points + bonus) * factor, 4)),
        参与=(way == "分组结果")
        & pl.col("协议正常")
        & ~kind.is_in(["空白病组", "未入组"])
        & ~pl.col("基础").fill_null(False),
    ).select(PRICED)
