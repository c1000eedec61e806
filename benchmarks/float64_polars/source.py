"""The Parquet tables of one year, as Polars would like them: decimals as float64, key columns as enumerations."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.by_hand import ROWS_OF_THE_REGION

YEAR = 2025
LEVELS = ["三级", "二级及以下", "基层"]


@dataclass(frozen=True)
class Source:
    """A folder of tables, the values that its key columns may have, and 所有病组次均住院费用 in yuan."""

    data: Path
    keys: dict[str, pl.Enum]
    mean: float

    def table(self, name: str) -> pl.LazyFrame:
        """One of the small tables."""
        frame = pl.scan_parquet(self.data / f"{name}.parquet")
        kinds = frame.collect_schema().items()
        return self.keyed(frame.cast({column: pl.Float64 for column, kind in kinds if isinstance(kind, pl.Decimal)}))

    def of_the_year(self, name: str) -> pl.LazyFrame:
        return self.table(name).filter(pl.col("年度") == YEAR).drop("年度")

    def months(self, name: str) -> pl.LazyFrame:
        return self.table(name).filter(pl.col("月份").str.starts_with(f"{YEAR}-"))

    def keyed(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """``frame`` with its key columns as enumerations: joins and groups then run over small integers."""
        there = frame.collect_schema().names()
        return frame.cast({column: kind for column, kind in self.keys.items() if column in there})


def effects() -> pl.LazyFrame:
    """疗效价值标准, a table of the region."""
    return pl.scan_csv(ROWS_OF_THE_REGION, schema={"疗效价值病种": pl.String, "疗效价值点数": pl.Float64})


def opened(data: Path) -> Source:
    """The tables of ``data``, with the codes of its hospitals and groups read."""

    def codes(table: str, key: str) -> pl.Enum:
        return pl.Enum(pl.read_parquet(data / f"{table}.parquet", columns=[key])[key].unique(maintain_order=True))

    figures = pl.scan_parquet(data / "年度指标.parquet").filter(pl.col("年度") == YEAR).collect()
    keys = {
        "机构编码": codes("医疗机构", "机构编码"),
        "病组编码": codes("病组", "病组编码"),
        "级别": pl.Enum(LEVELS),
        "险种": pl.Enum(["职工", "居民"]),
        "就医地": pl.Enum(["本地", "异地"]),
    }
    return Source(data, keys, float(figures["所有病组次均住院费用"].item()))
