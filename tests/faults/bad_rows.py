"""A million bad rows of one kind: the run ends, counts them, lists them, and does not flood the screen."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from tests.faults.city import TABLE, City
from tests.faults.judge import Attempt, Outcome

KINDS = {
    "wrong type": "replace ('abc' as 住院总费用)",
    "out of range": "replace (-1.0 as 住院总费用)",
    "unknown code": "replace ('查无' || row_number() over () as 机构编码)",
    "duplicate key": "replace ('Z' || (row_number() over () // 2) as 病例号)",
    "too many digits": "replace (1.23456 as 住院总费用)",
    "every row odd": "replace ('\t' || 病例号 || '\v' as 病例号, '二〇二五' as 结算日期)",
}
TOWN_KINDS = ("wrong type", "duplicate key", "too many digits", "every row odd")
MOST_LINES = 400
"""On the screen."""


def bad_rows(city: City, kind: str) -> Outcome:
    """Every row of the big table has that fault."""
    import duckdb

    place = city.work / "bad"
    shutil.copytree(city.data, place / "data")
    file, out = place / "data" / f"{TABLE}.parquet", place / "out"
    duckdb.execute(f"copy (select * {KINDS[kind]} from '{city.data / file.name}') to '{file}' (format parquet)")
    begun = time.monotonic()
    process = city.started(city.settling(place / "data", out))
    stdout, stderr = process.communicate()
    taken = time.monotonic() - begun
    wrong = _wrong(process.returncode, stdout, stderr, out, city.cases)
    ended = "settled, all counted" if process.returncode == 0 else "stopped with a sentence"
    last = " ".join(stderr.split())[:120]
    shutil.rmtree(place)
    note = f"{city.cases:,} rows, {taken:.0f} s, {len((stdout + stderr).splitlines())} lines on the screen"
    return Outcome([Attempt(kind, process.returncode, ended, last, wrong)], [note, *([last] if last else [])])


def _wrong(code: int, stdout: str, stderr: str, out: Path, cases: int) -> str:
    if "Traceback" in stderr:
        return stderr[-300:]
    lines = len((stdout + stderr).splitlines())
    if lines > MOST_LINES:
        return f"{lines} lines on the screen"
    if code:
        return "" if "→" in stderr and not out.exists() else f"no sentence, or a result: {stderr[-200:]}"
    account = next(a for a in json.loads((out / "run.json").read_text("utf-8"))["accounting"] if a["table"] == TABLE)
    if account["rows"] != cases or sum(account["states"].values()) != cases:
        return f"{account['states']} of {account['rows']}, delivered {cases}"
    return ""
