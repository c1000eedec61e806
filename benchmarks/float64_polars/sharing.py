"""Whole fen shared by weight: the fen left over go to the largest remainders, ties by key."""

import polars as pl


def shared(rows: pl.LazyFrame, weight: str, fund: str, pools: list[str], key: str, name: str) -> pl.LazyFrame:
    """``rows`` with the column ``name``: their share of ``fund`` by ``weight``. Fen; a pool has one ``fund``."""
    exact = pl.col(weight) * (pl.col(fund) / pl.col(weight).sum().over(pools))
    whole = pl.col("_exact").floor()
    order = pl.col("_exact") - whole
    return (
        rows.with_columns(_exact=pl.when(pl.col(weight).sum().over(pools) > 0).then(exact).otherwise(0.0))
        .sort(order, key, descending=[True, False])
        .with_columns(_left=pl.col(fund) - whole.sum().over(pools), _rank=pl.int_range(pl.len()).over(pools))
        .with_columns((whole + (pl.col("_rank") < pl.col("_left"))).alias(name))
        .drop("_exact", "_left", "_rank")
    )
