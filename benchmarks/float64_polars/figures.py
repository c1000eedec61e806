"""第十八条、第十九条: what is published or negotiated for each hospital and group, before any case is looked at."""

import polars as pl

from benchmarks.float64_polars.source import LEVELS, Source


def levels_and_groups(source: Source) -> pl.LazyFrame:
    """One row for each level and group: its coefficient, mean cost and the multiple that makes a case 高倍率."""
    published = source.table("级别病组")
    every = source.keyed(pl.LazyFrame({"级别": LEVELS})).join(source.table("病组"), how="cross")
    joined = every.join(published, on=["级别", "病组编码"], how="left")
    for one_level, name in zip(LEVELS, ("三", "二", "基"), strict=True):
        one = published.filter(pl.col("级别") == one_level).select("病组编码", pl.col("级别调整系数").alias(name))
        joined = joined.join(one, on="病组编码", how="left")
    points, level = pl.col("病组基准点数"), pl.col("级别")
    coefficient = (
        pl.when(pl.col("基础病组"))
        .then(0.8)
        .when(pl.col("级别调整系数").is_not_null())
        .then("级别调整系数")
        .when(level == "基层")
        .then(0.6)
        .when(level == "三级")
        .then(pl.min_horizontal(pl.coalesce("二", "基"), 1.0))
        .otherwise(pl.min_horizontal(pl.max_horizontal("三", "基"), 1.0))
    )
    multiple = (
        pl.when(points <= 200).then(3.0).when(points <= 300).then(2.5).when(points <= 500).then(2.0).otherwise(1.5)
    )
    return joined.with_columns(标准系数=coefficient).select(
        "级别",
        "病组编码",
        "稳定",
        "整组单议",
        "标准系数",
        基准=points,
        基础=pl.col("基础病组"),
        适用均费=pl.coalesce("级别次均费用", source.mean * points / 100 * pl.col("标准系数")),
        倍率=multiple,
    )


def uplifts(source: Source) -> pl.LazyFrame:
    """第十八条（二）: what a hospital negotiated for a group, each kind up to its limit."""
    kind = pl.col("倾斜依据")
    coefficient = kind.replace_strict({"国家级重点": 0.2, "优势专科": 0.05}, default=0.1, return_dtype=pl.Float64)
    points = pl.when(kind == "学科发展").then(0.1).otherwise(0.0)
    return (
        source.table("系数倾斜")
        .group_by("机构编码", "病组编码")
        .agg(
            系数=pl.min_horizontal(pl.col("系数上浮").fill_null(0), coefficient).sum(),
            点数=pl.min_horizontal(pl.col("点数上浮比例").fill_null(0), points).sum(),
        )
    )


def hospitals_and_groups(source: Source) -> pl.LazyFrame:
    """One row for each hospital and group, so that a case needs a single join for all its figures."""
    hospitals = source.table("医疗机构").select("机构编码", "级别")
    base, lifted = pl.col("基准"), pl.col("基础")
    return (
        hospitals.join(levels_and_groups(source), on="级别")
        .join(uplifts(source), on=["机构编码", "病组编码"], how="left")
        .with_columns(
            适用基准=pl.when(lifted).then(base).otherwise(base * (1 + pl.col("点数").fill_null(0))),
            调节=pl.when(lifted).then("标准系数").otherwise(pl.col("标准系数") + pl.col("系数").fill_null(0)),
        )
        .drop("级别", "标准系数", "系数", "点数")
    )
