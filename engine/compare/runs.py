"""The ``--out`` folders that are compared, and what their ``run.json`` says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.occupied import file_stem
from engine.data.plain_paths import literal_path
from engine.data.record import read_record
from engine.files.errors import DataError

RULES, DATA = "规则", "数据 "


@dataclass(frozen=True)
class Run:
    """A result; ``name``: how it is called among the others (A, B …)."""

    name: str
    folder: Path
    record: dict[str, Any]

    @property
    def digests(self) -> dict[str, str]:
        return dict(self.record["digests"])

    def keys(self, statement: str) -> list[str]:
        """Headings of the key columns of a statement."""
        return [column["heading"] for column in self.record["columns"][statement] if column["key"]]

    def adds_up(self, statement: str) -> set[str]:
        """Headings of the columns whose total means something."""
        return {column["heading"] for column in self.record["columns"][statement] if column["adds_up"]}

    def file(self, statement: str) -> str:
        """The Parquet file of a statement, as DuckDB takes it."""
        return literal_path(self.folder / "statements" / f"{file_stem(statement)}.parquet")


def read_run(name: str, folder: Path) -> Run:
    """Raises :class:`DataError` if the folder is no result, or has a file that is not as its run wrote it."""
    record = read_record(folder)
    record.all_unchanged()
    run = Run(name, folder, record.said)
    for statement in run.digests:
        stored = f"statements/{file_stem(statement)}.parquet"
        if statement not in run.record["columns"] or stored not in run.record["files_sha256"]:
            raise DataError(f"{folder} 的 run.json：报表 {statement} 没有列或文件", "恢复这个文件，或重新运行")
    return run


def is_digest(what: str) -> bool:
    """Whether what :func:`differences_of` tells under this name are digests, which only say that it is not the same."""
    return what == RULES or what.startswith(DATA)


def differences_of(runs: list[Run]) -> list[tuple[str, list[str]]]:
    """What the runs are of, where that is not the same: what, and as each says it."""
    said: dict[str, list[str]] = {
        "地区": [run.record["region"] for run in runs],
        "程序": [run.record["program"] for run in runs],
        "期间": [run.record["period"] for run in runs],
        "引擎": [run.record["engine"] for run in runs],
        "版本": [run.record["version"] for run in runs],
        RULES: [run.record["rules_sha256"][:12] for run in runs],
    }
    engines = {run.record["engine"] for run in runs}
    tables = sorted({table for run in runs for table in run.record["data_sha256"]})
    for table in tables if len(engines) == 1 else ():  # engines read, and so digest, the data in their own ways
        said[f"{DATA}{table}"] = [run.record["data_sha256"].get(table, "没有")[:12] for run in runs]
    return [(what, texts) for what, texts in said.items() if len(set(texts)) > 1]


def accounts_of(run: Run) -> dict[tuple[str, str], int]:
    """Rows by table and where they ended."""
    return {(a["table"], state): rows for a in run.record["accounting"] for state, rows in a["states"].items()}


def moved_rows(runs: list[Run]) -> list[list[str]]:
    """Table, where rows ended, and how many did in each run, where that is not the same number."""
    counts = [accounts_of(run) for run in runs]
    return [
        [table, state, *(str(one.get((table, state), 0)) for one in counts)]
        for table, state in dict.fromkeys(key for one in counts for key in one)
        if len({one.get((table, state), 0) for one in counts}) > 1
    ]
