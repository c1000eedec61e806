"""The annual clearing of jiyuan-demo as float64 Polars: ``python -m benchmarks.float64_polars DATA OUT [--bare]``."""

import sys
from pathlib import Path

import polars as pl

from benchmarks.float64_polars import checks, clearing, statements
from benchmarks.float64_polars.cases import priced
from benchmarks.float64_polars.source import Source, opened


def priced_and_counted(source: Source, bare: bool) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The cases with their points, in memory (several statements read them), and what the row checks caught."""
    cases = checks.of_the_year(pl.scan_parquet(source.data / "病例.parquet"))
    if bare:
        return priced(cases, source).collect(engine="streaming"), None
    checks.refuse_double_keys(source.data)
    rows = checks.checked(cases, source)
    both = pl.collect_all([priced(checks.kept(rows), source), checks.counted(rows)], engine="streaming")
    return both[0], both[1]


def clear(data: Path, out: Path, bare: bool) -> None:
    """The statements of one year from the Parquet tables in ``data``, written as Parquet into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    source = opened(data)
    frame, counts = priced_and_counted(source, bare)
    if counts is not None:
        lines = counts.transpose(include_header=True, header_name="核验", column_names=["行数"])
        lines.write_parquet(out / "核验.parquet")
    cases = frame.lazy()
    sums = clearing.sums(cases).collect(engine="streaming").lazy()
    pools = clearing.pools(sums, source).collect().lazy()
    single = clearing.shared_cases(cases, pools).collect(engine="streaming").lazy()
    hospitals = clearing.hospitals_settled(sums, pools, single, source).collect().lazy()
    pools = clearing.pools_shared(pools, hospitals)
    hospitals = clearing.hospitals_cleared(hospitals, pools)
    statements.hospital_sheet(hospitals).collect().write_parquet(out / "年度清算表.parquet")
    statements.pool_sheet(pools, hospitals, source).collect().write_parquet(out / "年度基金池表.parquet")
    if not bare:
        details = statements.case_sheet(cases, pools)
        details.sink_parquet(out / "年度病例明细.parquet", compression="snappy", engine="streaming")


if __name__ == "__main__":
    clear(Path(sys.argv[1]), Path(sys.argv[2]), "--bare" in sys.argv)
