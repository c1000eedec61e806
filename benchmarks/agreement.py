"""Where results differ, and by how much: ``python -m benchmarks.agreement OUT OUT…``, the first one being the judge.

Each OUT is what a contender wrote: ``statements/NAME.parquet`` (Casemix) or ``NAME.parquet`` (by hand).
"""

import json
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import duckdb

KEYS = {
    "年度清算表": ("机构编码", "险种", "就医地"),
    "年度基金池表": ("险种", "就医地"),
    "年度病例明细": ("病例号",),
}
NUMBERS = ("DECIMAL", "DOUBLE", "BIGINT", "UINTEGER", "HUGEINT", "INTEGER")
Difference = tuple[float, int]


def statement(out: Path, name: str) -> Path:
    inside = out / "statements"
    return (inside if inside.is_dir() else out) / f"{name}.parquet"


def differences(one: Path, other: Path, keys: tuple[str, ...]) -> tuple[int, int, dict[str, Difference]]:
    """Rows of each side without a partner, and for each column the largest difference and how many rows differ."""
    connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    connection.execute(f"CREATE VIEW a AS FROM read_parquet('{one}')")
    connection.execute(f"CREATE VIEW b AS FROM read_parquet('{other}')")
    there = {name for name, *_ in connection.execute("DESCRIBE b").fetchall()}
    columns = {
        name: kind
        for name, kind, *_ in connection.execute("DESCRIBE a").fetchall()
        if name not in keys and name in there  # what is worked out by hand has only the readings that it follows
    }
    picked = []
    for name, kind in columns.items():
        if kind.startswith(NUMBERS):
            off = f'abs(a."{name}"::DOUBLE - b."{name}"::DOUBLE)'
            one_is_null = f'(a."{name}" IS NULL) <> (b."{name}" IS NULL)'
            picked.append(f"coalesce(max({off}), 0), count(*) FILTER ({off} > 1e-6 OR {one_is_null})")
        else:
            picked.append(f'0, count(*) FILTER (a."{name}"::VARCHAR IS DISTINCT FROM b."{name}"::VARCHAR)')
    using = ", ".join(f'"{key}"' for key in keys)
    found = connection.execute(f"SELECT {', '.join(picked)} FROM a JOIN b USING ({using})").fetchone()
    assert found is not None
    pairs = {name: (float(found[2 * i]), int(found[2 * i + 1])) for i, name in enumerate(columns)}
    alone = [
        connection.execute(f"SELECT count(*) FROM {x} ANTI JOIN {y} USING ({using})").fetchall()[0][0]
        for x, y in (("a", "b"), ("b", "a"))
    ]
    return alone[0], alone[1], pairs


def rejected(out: Path) -> dict[str, int] | None:
    """How many rows of 病例 each check rejected or counted; None if no check ran."""
    if (out / "run.json").exists():
        run = json.loads((out / "run.json").read_text(encoding="utf-8"))
        tables = [table for table in run["accounting"] if table["table"] == "病例"]
        return {by["by"]: by["rows"] for table in tables for by in table["by"] if by["state"] == "拒收"}
    if not (out / "核验.parquet").exists():
        return None
    counts = f"SELECT 核验, 行数 FROM read_parquet('{out / '核验.parquet'}') WHERE 核验 <> '行数' AND 行数 > 0"
    return dict(duckdb.connect().execute(counts).fetchall())


def counted(counts: dict[str, int]) -> list[str]:
    return [f"{check} {rows}" for check, rows in sorted(counts.items())]


def row_checks(outs: list[Path]) -> str:
    said = {out.name: rejected(out) for out in outs}
    ran = {name: counts for name, counts in said.items() if counts is not None}
    listed = "; ".join(f"{name}: {', '.join(counted(counts)) or 'none'}" for name, counts in ran.items())
    same = all(one == other for one, other in pairwise(ran.values()))
    return f"Rows of 病例 that the checks caught. {listed}.{'' if same else ' THEY DIFFER.'}"


def compared(name: str, keys: tuple[str, ...], outs: list[Path]) -> list[str]:
    """A line for the statement, and a table of the columns that some contender has otherwise than the judge."""
    judge, *others = outs
    found = {out.name: differences(statement(judge, name), statement(out, name), keys) for out in others}
    columns = next(iter(found.values()))[2]
    off = [column for column in columns if any(pairs[column][1] for _, _, pairs in found.values())]
    alone = "; ".join(f"{out}: {a} and {b}" for out, (a, b, _) in found.items())
    lines = [
        f"**{name}**: {len(columns) - len(off)} of {len(columns)} columns equal in every row. Rows without a partner, "
        f"here and there: {alone}.",
        "",
    ]
    if off:
        lines += [f"| column | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    for column in off:
        cells = [f"{most:.4f} ({rows} rows)" if rows else "0" for most, rows in (f[2][column] for f in found.values())]
        lines.append(f"| {column} | {' | '.join(cells)} |")
    return [*lines, ""] if off else lines


def report(outs: list[Path]) -> list[str]:
    """All statements that every contender wrote, against the first."""
    lines = [f"Largest difference from {outs[0].name}, and how many rows differ. {row_checks(outs)}", ""]
    for name, keys in KEYS.items():
        if all(statement(out, name).exists() for out in outs):
            lines += compared(name, keys, outs)
    return lines


if __name__ == "__main__":
    print("\n".join(report([Path(out) for out in sys.argv[1:]])))
