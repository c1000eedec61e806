"""第三十二条至第三十五条: fund pools and hospitals, from the cases' points."""

import polars as pl

from benchmarks.float64_polars.cases import HOSPITAL, POOL, rounded
from benchmarks.float64_polars.sharing import shared
from benchmarks.float64_polars.source import Source


def sums(cases: pl.LazyFrame) -> pl.LazyFrame:
    """What a hospital's cases of one pool add up to; cases of a new technology are paid apart."""
    by_points = ~pl.col("新技术通过")
    novel = rounded(pl.col("统筹") * 0.9, 2).filter(pl.col("新技术通过")).sum()
    return cases.group_by(HOSPITAL).agg(
        点数=pl.col("清算点数").filter(by_points).sum(),
        费用=pl.col("费用").filter(by_points).sum(),
        统筹=pl.col("统筹").filter(by_points).sum(),
        谈判=pl.col("谈判").filter(by_points).sum(),
        例数=by_points.sum(),
        新技术补偿=novel,
    )


def pools(hospitals: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """One row a fund pool: its budget, what its cases add up to, yuan for each point."""
    budget = source.months("预算").group_by(POOL).agg(月数=pl.len().cast(pl.Int64), 预算=pl.col("统筹基金预算").sum())
    total = hospitals.group_by(POOL).agg(pl.col("点数", "费用", "统筹", "例数").sum())
    filed = source.of_the_year("预算调整").filter(pl.col("已备案")).select(*POOL, 备案="预算调整额")
    year = pl.col("年度预算总额")
    return (
        source.of_the_year("年度预算")
        .join(budget, on=POOL)
        .join(total, on=POOL, how="left")
        .join(filed, on=POOL, how="left")
        .with_columns(pl.col("点数", "费用", "统筹", "例数", "备案").fill_null(0))
        .with_columns(
            调节金=rounded(year * 0.02, 2),
            清算预算=pl.col("预算") + pl.col("备案"),
            分担上限=((year + pl.col("备案")) * 0.05 * 100).truncate() / 100,
        )
        .with_columns(
            每点=pl.when(pl.col("例数") == 0)
            .then(0.0)
            .otherwise((pl.col("费用") - pl.col("统筹") + pl.col("清算预算")) / pl.col("点数"))
        )
    )


def shared_cases(cases: pl.LazyFrame, pool: pl.LazyFrame) -> pl.LazyFrame:
    """第三十五条: what each hospital gets (or gives) of the surplus of single cases, in yuan."""
    standard, cost = pl.col("标准"), pl.col("费用")
    rows = (
        cases.filter(pl.col("参与") & ~pl.col("新技术通过"))
        .select("病例号", *HOSPITAL, "费用", "清算点数")
        .join(pool.select(*POOL, "每点"), on=POOL)
        .with_columns(标准=rounded(pl.col("清算点数") * pl.col("每点"), 2))
        .select(
            "病例号",
            *HOSPITAL,
            可调剂=(rounded((standard - cost).clip(lower_bound=0) * 0.3, 2) * 100).round(),
            可分担=(rounded((cost - standard * 1.2).clip(lower_bound=0) * 0.5, 2) * 100).round(),
        )
        .filter((pl.col("可调剂") > 0) | (pl.col("可分担") > 0))
    )
    fund = rows.group_by(POOL).agg(资金=pl.min_horizontal(pl.col("可调剂").sum(), pl.col("可分担").sum()))
    rows = rows.join(fund, on=POOL)
    given, taken = (
        shared(rows.filter(pl.col(weight) > 0), weight, "资金", POOL, "病例号", "份")
        .group_by(HOSPITAL)
        .agg(个案=sign * pl.col("份").sum() / 100)
        for weight, sign in (("可调剂", -1), ("可分担", 1))
    )
    return pl.concat([given, taken]).group_by(HOSPITAL).agg(pl.col("个案").sum())


def hospitals_settled(
    hospitals: pl.LazyFrame, pool: pl.LazyFrame, single: pl.LazyFrame, source: Source
) -> pl.LazyFrame:
    """第三十二条（三）、（四），第三十四条 1、2: what a hospital is due in one pool, and its surplus or overrun."""
    paid = (
        source.months("拨付")
        .group_by(HOSPITAL)
        .agg(已拨=pl.col("月度拨付金额").sum(), 预留=pl.col("预留质量保证金").sum())
    )
    deducted = source.of_the_year("审核扣款").rename({"年度审核扣款总额": "扣款"})
    keys = pl.concat([frame.select(HOSPITAL) for frame in (hospitals, paid, deducted)]).unique()
    score, used, due = pl.col("终评得分"), pl.col("统筹"), pl.col("应结算")
    limits = {"三级": 1.04, "二级及以下": 1.08, "基层": 1.10}
    withheld = pl.when(score >= 90).then(0.0).when(score >= 80).then(0.1).when(score >= 60).then(0.3).otherwise(1.0)
    ratio = pl.col("支付比")
    borne = pl.when(ratio >= 0.95).then(0.6).when(ratio >= 0.8).then(0.4).otherwise(0.0)
    return (
        keys.join(source.table("医疗机构").select("机构编码", "机构名称", "级别", "协议处理"), on="机构编码")
        .join(pool.select(*POOL, "每点"), on=POOL)
        .join(hospitals, on=HOSPITAL, how="left")
        .join(paid, on=HOSPITAL, how="left")
        .join(single, on=HOSPITAL, how="left")
        .join(source.of_the_year("年终评价"), on="机构编码", how="left")
        .join(deducted, on=HOSPITAL, how="left")
        .with_columns(pl.col("点数", "费用", "统筹", "谈判", "新技术补偿", "预留", "已拨", "扣款", "个案").fill_null(0))
        .with_columns(
            应结算=rounded(pl.col("点数") * pl.col("每点") - (pl.col("费用") - used), 2),
            上限=pl.col("级别").replace_strict(limits, return_dtype=pl.Float64),
            不返还=rounded(pl.col("预留").clip(lower_bound=0) * withheld, 2),
        )
        .with_columns(
            支付比=pl.when(used != 0).then(due / used),
            结余超支=pl.when(pl.col("协议处理") != "正常")
            .then(pl.lit("受处理"))
            .when((due - used).abs() < 0.005)
            .then(pl.lit("持平"))
            .when(due > used)
            .then(pl.lit("结余"))
            .otherwise(pl.lit("超支")),
            留用=rounded((pl.min_horizontal(due, used * pl.col("上限")) - used) * 0.8, 2),
        )
        .with_columns(
            可分担=pl.when(pl.col("结余超支") == "超支").then(rounded((used - due) * borne, 2)).otherwise(0.0)
        )
    )


def pools_shared(pool: pl.LazyFrame, hospitals: pl.LazyFrame) -> pl.LazyFrame:
    """第三十四条 3、第九条: what of the adjustment fund goes to overruns, and what is left of it."""
    total = hospitals.group_by(POOL).agg(可分担和=pl.col("可分担").sum(), 应结算合计=pl.col("应结算").sum())
    share = pl.min_horizontal("可分担和", "分担上限")
    return (
        pool.join(total, on=POOL, how="left")
        .with_columns(分担资金=share)
        .with_columns(二次资金=(pl.col("调节金") - pl.col("分担资金")).clip(lower_bound=0))
    )


def hospitals_cleared(hospitals: pl.LazyFrame, pool: pl.LazyFrame) -> pl.LazyFrame:
    """The two funds shared among the hospitals, and what a hospital is cleared with."""
    used, due, state = pl.col("统筹"), pl.col("应结算"), pl.col("结余超支")
    rows = hospitals.join(
        pool.select(*POOL, 资金一=(pl.col("分担资金") * 100).round(), 资金二=(pl.col("二次资金") * 100).round()),
        on=POOL,
    ).with_columns(重=(pl.col("可分担") * 100).round())
    rows = shared(rows, "重", "资金一", POOL, "机构编码", "分担")
    rows = shared(rows, "点数", "资金二", POOL, "机构编码", "二次")
    return (
        rows.with_columns(pl.col("分担", "二次") / 100, 谈判补偿=rounded(pl.col("谈判") * 0.3, 2))
        .with_columns(
            留用分担=pl.when(state == "结余")
            .then(pl.col("留用") - (due - used))
            .when(state == "超支")
            .then("分担")
            .when(state == "持平")
            .then(0.0)
            .otherwise(-(due - used).clip(lower_bound=0))
        )
        .with_columns(清算=due - pl.col("不返还") + pl.col("留用分担") - pl.col("已拨") - pl.col("扣款"))
    )
