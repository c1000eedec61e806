"""The annual clearing of jiyuan-by-hand exact to the fen, planned by hand in one DuckDB: what exactness itself costs.

``python -m benchmarks.exact_by_hand DATA OUT [--bare] [--memory 5GB]``

As the float64 SQL beside it (``by_hand``), and written by the same rules; but amounts are whole fen, quotients are
guessed in float64 and worked out in 128 bits where a half is near, keys are ENUMs, and the cases are read once, into
a table of small columns in memory. It writes also what Casemix keeps of each case, and a digest of the statement.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

import duckdb

from benchmarks.by_hand import SQL, connected, parsed

EXACT = Path(__file__).parent / "exact"
LARGEST = 2**63 - 1
REQUIRED = (
    "病例号 机构编码 患者标识 险种 入院日期 出院日期 结算日期 住院天数 年龄 性别 主要诊断 住院总费用 统筹基金支出"
)
YUAN = "住院总费用 特需费用 中医药治疗费用 统筹基金支出 谈判药品费用"


def _any(condition: str, names: str) -> str:
    """A condition of any of some columns."""
    return " OR ".join(condition.replace("?", name) for name in names.split())


REFUSED = {
    "必填空着": _any("? IS NULL", REQUIRED),
    "类别里没有": _any("? IS NULL", "险 地 性")
    + " OR (诊 IS NULL AND 就诊方式 IS NOT NULL) OR (床 IS NULL AND 床日类别 IS NOT NULL)",
    "超出范围": "年龄 NOT BETWEEN 0 AND 150 OR " + _any("? < 0", f"住院天数 {YUAN}"),
    "小数太多": _any("round(?, 2) <> ?", YUAN),
    "引用没有行": "机构 IS NULL OR (病组 IS NULL AND 病组编码 IS NOT NULL)"
    " OR (病种 IS NULL AND 疗效价值病种 IS NOT NULL)",
    "出院早于入院": "出院日期 < 入院日期",
    "结算早于出院": "结算日期 < 出院日期 AND NOT 出院日期 < 入院日期",
    "特需费用超过总费用": "特需 > 总",
    "中医药费用超过总费用": "中医药 > 总",
    "统筹支出超过总费用": "统筹 > 总",
}
DOUBTED = {
    "住院天数不符": "住院天数 <> greatest(date_diff('day', 入院日期, 出院日期), 1)"
    " AND NOT 出院日期 < 入院日期 AND NOT 结算日期 < 出院日期",
    "男性妇产科诊断": "性 = '男'::性别键 AND (left(主要诊断, 3) BETWEEN 'O00' AND 'O99'"
    " OR left(主要诊断, 3) BETWEEN 'N70' AND 'N98' OR left(主要诊断, 3) BETWEEN 'C51' AND 'C58')",
    "女性男科诊断": "性 = '女'::性别键 AND (left(主要诊断, 3) BETWEEN 'N40' AND 'N51'"
    " OR left(主要诊断, 3) BETWEEN 'C60' AND 'C63')",
}


def bits(checks: dict[str, str]) -> str:
    """SQL of a number with a bit for each check that a row meets."""
    return " + ".join(f"CASE WHEN {check} THEN {1 << place} ELSE 0 END" for place, check in enumerate(checks.values()))


def clear(data: Path, out: Path, bare: bool, memory: str | None) -> None:
    """The statements of one year from the Parquet tables in ``data``, as Parquet in ``out``."""
    connection = connected(data, out, memory)
    (mean,) = _only(connection, "SELECT (所有病组次均住院费用 * 10000)::BIGINT FROM 年度指标 WHERE 年度 = 2025")
    (groups,) = _only(connection, "SELECT count(*) FROM 病组")
    given = {"out": out, "mean": mean, "groups": groups, "refused": "0", "doubted": "0"}
    if not bare:
        connection.execute((SQL / "duplicates.sql").read_text(encoding="utf-8"))
        given |= {"refused": bits(REFUSED), "doubted": bits(DOUBTED)}
    for part in ("tables", "cases", "pools"):
        _run(connection, part, given)
    product = _only(connection, "SELECT coalesce(max(最重::HUGEINT * greatest(资金, 1000)), 0) FROM 边")[0]
    most = _only(connection, "SELECT coalesce(max(重和::HUGEINT * 1000), 0) FROM 边")[0]
    given["wide"] = "BIGINT" if max(product, most) <= LARGEST else "HUGEINT"
    for part in ("shares", "hospitals", *([] if bare else ["details"])):
        _run(connection, part, given)
    if not bare:
        _write_counts(connection, out)


def _write_counts(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """How many rows each check caught."""
    asked = [("全", "行数", "true")]
    asked += [("错", name, f"错 & {1 << place} > 0") for place, name in enumerate(REFUSED)]
    asked += [("疑", name, f"疑 & {1 << place} > 0") for place, name in enumerate(DOUBTED)]
    counted = ", ".join(f"coalesce(sum(n) FILTER ({holds}), 0)::BIGINT" for _, _, holds in asked)
    found = _only(connection, f"SELECT {counted} FROM (SELECT 错, 疑, count(*) AS n FROM 全 GROUP BY ALL)")
    rows = ", ".join(f"('{name}', {number})" for (_, name, _), number in zip(asked, found, strict=True))
    connection.execute(f"COPY (FROM (VALUES {rows}) t(核验, 行数)) TO '{out}/核验.parquet' (FORMAT parquet)")


def _run(connection: duckdb.DuckDBPyConnection, part: str, given: dict[str, object]) -> None:
    connection.execute(Template((EXACT / f"{part}.sql").read_text(encoding="utf-8")).substitute(given))


def _only(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    found = connection.execute(query).fetchone()
    assert found is not None
    return found


if __name__ == "__main__":
    arguments = parsed("exact_by_hand", __doc__)
    clear(arguments.data, arguments.out, arguments.bare, arguments.memory)
