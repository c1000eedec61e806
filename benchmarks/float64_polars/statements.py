"""年度清算表, 年度基金池表 and 年度病例明细 with the headings that Casemix gives them."""

import polars as pl

from benchmarks.float64_polars.cases import HOSPITAL, POOL, rounded
from benchmarks.float64_polars.source import Source


def money(name: str) -> pl.Expr:
    return rounded(pl.col(name), 2)


def hospital_sheet(rows: pl.LazyFrame) -> pl.LazyFrame:
    paid = pl.col("清算") + pl.col("新技术补偿") + pl.col("二次") + pl.col("个案") + pl.col("谈判补偿")
    return rows.select(
        *HOSPITAL,
        "机构名称",
        "级别",
        年度总点数=rounded(pl.col("点数"), 4),
        年度每点费用=rounded(pl.col("每点"), 4),
        住院总费用=money("费用"),
        实际发生统筹基金=money("统筹"),
        应结算金额="应结算",
        支付比=rounded(pl.col("支付比"), 4),
        结余超支="结余超支",
        支付比上限="上限",
        预留质量保证金=money("预留"),
        质量保证金不予返还="不返还",
        考核系数=1.0,
        考核系数调整资金=0.0,
        结余留用超支分担=money("留用分担"),
        月度已拨付=money("已拨"),
        审核扣款=money("扣款"),
        年度DRG清算金额=money("清算"),
        新技术补偿=money("新技术补偿"),
        床日付费=0.0,
        区域调节金二次分配="二次",
        单个病例结余共享=money("个案"),
        增幅激励约束=0.0,
        谈判药品补偿="谈判补偿",
        清算应拨付=rounded(paid, 2),
    ).sort(pl.col(HOSPITAL).cast(pl.String))


def pool_sheet(pools: pl.LazyFrame, hospitals: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    cleared = hospitals.group_by(POOL).agg(pl.col("清算").sum())
    paid_months = source.months("拨付").select(拨付月数=pl.col("月份").n_unique().cast(pl.Int64))
    return (
        pools.join(cleared, on=POOL, how="left")
        .join(paid_months, how="cross")
        .select(
            *POOL,
            "年度预算总额",
            区域调节金="调节金",
            备案的预算调整="备案",
            预算月数="月数",
            清算用的预算总额=money("清算预算"),
            实际发生统筹基金=money("统筹"),
            病例总费用=money("费用"),
            病例数="例数",
            年度总点数=rounded(pl.col("点数"), 4),
            年度每点费用=rounded(pl.col("每点"), 4),
            应结算金额合计=money("应结算合计"),
            超支分担上限="分担上限",
            超支分担资金=money("分担资金"),
            区域调节金剩余=money("二次资金"),
            年度清算金额合计=money("清算"),
            拨付月数="拨付月数",
        )
        .sort(pl.col(POOL).cast(pl.String))
    )


def case_sheet(cases: pl.LazyFrame, pools: pl.LazyFrame) -> pl.LazyFrame:
    return (
        cases.filter(~pl.col("新技术通过"))
        .join(pools.select(*POOL, "每点"), on=POOL)
        .select(
            "病例号",
            "机构编码",
            "病组编码",
            病例类型="类型",
            清算方式="方式",
            病例费用=money("费用"),
            中医加成="中医加成",
            清算点数="清算点数",
            支付标准=rounded(pl.col("清算点数") * pl.col("每点"), 2),
        )
    )
