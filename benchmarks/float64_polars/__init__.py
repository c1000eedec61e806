"""The annual clearing of jiyuan-demo as float64 Polars by hand: the same rules as ``benchmarks/float64/*.sql``."""
