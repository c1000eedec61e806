"""The largest difference of each column: ``python -m benchmarks.agreement CASEMIX_OUT BY_HAND_OUT``."""

import json
import sys
from pathlib import Path

import duckdb

KEYS = {
    "年度清算表": ("机构编码", "险种", "就医地"),
    "年度基金池表": ("险种", "就医地"),
    "年度病例明细": ("病例号",),
}
NUMBERS = ("DECIMAL", "DOUBLE", "BIGINT", "HUGEINT", "INTEGER")


def differences(casemix: Path, by_hand: Path, keys: tuple[str, ...]) -> tuple[int, int, dict[str, tuple[float, int]]]:
    """Rows of each side without a partner, and for each column the largest difference and how many rows differ."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW a AS FROM read_parquet('{casemix}')")
    connection.execute(f"CREATE VIEW b AS FROM read_parquet('{by_hand}')")
    columns = {name: kind for name, kind, *_ in connection.execute("DESCRIBE a").fetchall() if name not in keys}
    picked = []
    for name, kind in columns.items():
        if kind.startswith(NUMBERS):
            off = f'abs(a."{name}"::DOUBLE - b."{name}"::DOUBLE)'
            one_is_null = f'(a."{name}" IS NULL) <> (b."{name}" IS NULL)'
            picked.append(f"coalesce(max({off}), 0), count(*) FILTER ({off} > 1e-6 OR {one_is_null})")
        else:
            picked.append(f'0, count(*) FILTER (a."{name}" IS DISTINCT FROM b."{name}")')
    using = ", ".join(f'"{key}"' for key in keys)
    found = connection.execute(f"SELECT {', '.join(picked)} FROM a JOIN b USING ({using})").fetchone()
    assert found is not None
    pairs = {name: (float(found[2 * i]), int(found[2 * i + 1])) for i, name in enumerate(columns)}
    alone = [
        connection.execute(f"SELECT count(*) FROM {one} ANTI JOIN {other} USING ({using})").fetchall()[0][0]
        for one, other in (("a", "b"), ("b", "a"))
    ]
    return alone[0], alone[1], pairs


def row_checks(casemix: Path, by_hand: Path) -> list[str]:
    """The rejected and warned rows of 病例: what each check caught on either side, where they differ."""
    run = json.loads((casemix / "run.json").read_text(encoding="utf-8"))
    ours = {
        entry["by"]: entry["rows"]
        for table in run["accounting"]
        if table["table"] == "病例"
        for entry in table["by"]
        if entry["state"] == "拒收"
    }
    counts = f"SELECT 核验, 行数 FROM read_parquet('{by_hand / '核验.parquet'}') WHERE 核验 <> '行数' AND 行数 > 0"
    theirs = dict(duckdb.connect().execute(counts).fetchall())
    said = f"row checks: Casemix {ours or 'nothing'}, by hand {theirs or 'nothing'}"
    return [said if ours == theirs else said + " — THEY DIFFER"]


def report(casemix: Path, by_hand: Path) -> list[str]:
    """One line for each statement that both wrote, and one for each column that is not the same in every row."""
    lines = row_checks(casemix, by_hand) if (by_hand / "核验.parquet").exists() else []
    for name, keys in KEYS.items():
        one, other = casemix / "statements" / f"{name}.parquet", by_hand / f"{name}.parquet"
        if not one.exists() or not other.exists():
            continue
        only_a, only_b, pairs = differences(one, other, keys)
        same = [column for column, (_, rows) in pairs.items() if not rows]
        alone = f"rows without a partner: {only_a} and {only_b}"
        lines.append(f"{name}: {len(same)} of {len(pairs)} columns equal in every row; {alone}")
        lines += [
            f"  {column}: {rows} rows differ, at most by {most:.4f}" for column, (most, rows) in pairs.items() if rows
        ]
    return lines


if __name__ == "__main__":
    print("\n".join(report(Path(sys.argv[1]), Path(sys.argv[2]))))
