"""Input that is changed while it is read, and input that was cut short before."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.city import REGION, ROOT, TABLE, City
from tests.faults.judge import Attempt, Outcome, judged

FORMATS = ("parquet", "csv", "duckdb", "xlsx")


def delivered_as(city: City, kind: str, source: Path, target: Path) -> Path:
    """The deliveries with the big table in that format; returns what ``--data`` names last (the table's own place)."""
    import duckdb

    target.mkdir(parents=True)
    for path in source.glob("*.parquet"):
        if path.stem != TABLE:
            shutil.copy(path, target)
    table = source / f"{TABLE}.parquet"
    if kind == "parquet":
        return Path(shutil.copy(table, target))
    if kind == "csv":
        duckdb.execute(f"copy (from '{table}') to '{target / TABLE}.csv' (header)")
        return target / f"{TABLE}.csv"
    if kind == "duckdb":
        with duckdb.connect(str(target / "cases.duckdb")) as connection:
            connection.execute(f"create table {TABLE} as from '{table}'")
        return target / "cases.duckdb"
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(TABLE)
    found = duckdb.execute(f"from '{table}'")
    sheet.append([column[0] for column in found.description])
    for row in found.fetchall():
        sheet.append(list(row))
    book.save(target / f"{TABLE}.xlsx")
    return target / f"{TABLE}.xlsx"


def places_of(folder: Path, file: Path) -> tuple[str, ...]:
    """``--data`` for the folder, and for the file where it is a place of its own."""
    return ("--data", str(file)) if file.suffix == ".duckdb" else ()


# -- cut before the run ---------------------------------------------------------


def cut_before(city: City, times: int, kind: str, seed: int = 1) -> Outcome:
    """The file is cut at ``times`` places. A CSV has no mark of its end: there, every line left must be counted."""
    rng, outcome, place = random.Random(seed), Outcome(), city.work / f"cut-{kind}"
    file = delivered_as(city, kind, city.data, place / "data")
    whole, out = file.read_bytes(), place / "out"
    for number in range(times):
        at = (0, 1, len(whole) - 1)[number] if number < 3 else rng.randrange(1, len(whole))
        file.write_bytes(whole[:at])
        process = city.started(city.settling(file.parent, out, *places_of(file.parent, file)))
        label = f"{kind} cut at {at} of {len(whole)}"
        outcome.attempts.append(_judged_cut(label, process, out, city, kind, whole[:at]))
        shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(place)
    return outcome


def _judged_cut(label: str, process: subprocess.Popen, out: Path, city: City, kind: str, left: bytes) -> Attempt:
    stdout, stderr = process.communicate()
    if process.returncode or kind != "csv":
        wrong = "Traceback" in stderr or process.returncode == 0
        state = "refused" if process.returncode else "taken"
        return Attempt(label, process.returncode, state, stderr[-300:], stderr[-300:] if wrong else "")
    record = json.loads((out / "run.json").read_text("utf-8"))
    rows = next(account["rows"] for account in record["accounting"] if account["table"] == TABLE)
    lines = left.rstrip(b"\n").count(b"\n")
    told = left.endswith(b"\n") or any("没有传完" in note for note in record["notes"])
    wrong = "" if rows == lines and told else f"{rows} rows of {lines} lines, told: {told}"
    return Attempt(label, 0, "taken, each line counted, the cut told", stdout[-100:], wrong)


# -- changed during the run -----------------------------------------------------


def _truncate(file: Path, other: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _append(file: Path, other: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"\nx,y\n" * 5)


def _overwrite(file: Path, other: Path) -> None:
    """In place, with the former times set back."""
    there = file.stat()
    file.write_bytes(other.read_bytes())
    os.utime(file, ns=(there.st_atime_ns, there.st_mtime_ns))


def _rename(file: Path, other: Path) -> None:
    beside = file.with_name(".new")
    shutil.copy(other, beside)
    beside.rename(file)


def _remove(file: Path, other: Path) -> None:
    file.unlink()


WAYS: tuple[Callable[[Path, Path], None], ...] = (_truncate, _append, _overwrite, _rename, _remove)


def changed_during(city: City, times: int, kind: str = "parquet") -> Outcome:
    """At ``times`` moments the big table is cut, added to, overwritten in place, replaced or removed.

    A result may only be that of the former or of the new delivery.
    """
    outcome, place = Outcome(), city.work / f"changed-{kind}"
    for number in range(times):
        way = WAYS[number % len(WAYS)]
        file = delivered_as(city, kind, city.data, place / "data")
        other = delivered_as(city, kind, city.other, place / "other")
        out = place / "out"
        process = city.started(city.settling(file.parent, out, *places_of(file.parent, file)))
        moment = city.seconds * (number + 0.5) / times
        time.sleep(moment)
        if process.poll() is None:
            way(file, other)
        label = f"{kind} {way.__name__[1:]} after {moment:.2f} s"
        attempt = judged(label, process, out, [city.digests, city.digests_of(city.other)])
        outcome.attempts.append(_cut_before_it_began(attempt, out) if kind == "csv" else attempt)
        shutil.rmtree(place)
    return outcome


def _cut_before_it_began(attempt: Attempt, out: Path) -> Attempt:
    """A CSV that was cut while the program was still starting is a smaller delivery, and the run says so."""
    if attempt.out != "wrong" or not any(
        "没有传完" in note for note in json.loads((out / "run.json").read_text())["notes"]
    ):
        return attempt
    return Attempt(attempt.label, attempt.ended, "result of the cut file, the cut told", attempt.said)


def _region(city: City, place: Path, number: int) -> tuple[Path, Path]:
    """A copy of what is settled, and one of its files."""
    if city.town:
        region = Path(shutil.copytree(city.region, place / "town"))
        return region, region / "rules.yaml"
    shutil.copytree(ROOT / "regions", place / "regions")
    shutil.copytree(ROOT / "rules", place / "rules")
    return place / "regions" / REGION, sorted((place / "regions" / "jiyuan").glob("*.yaml"))[number % 5]


def rules_changed(city: City, times: int) -> Outcome:
    """At ``times`` moments a file of the region is changed or removed, or one is added."""
    outcome, place = Outcome(), city.work / "rules-changed"
    for number in range(times):
        region, file = _region(city, place, number)
        out = place / "out"
        arguments = list(city.settling(city.data, out))
        arguments[1] = str(region)
        process = city.started(tuple(arguments))
        moment = city.seconds * (number + 0.5) / times
        time.sleep(moment)
        how = number % 3
        if process.poll() is None:
            if how == 0:
                file.write_text(file.read_text("utf-8") + "\n# 后来\n", "utf-8")
            elif how == 1:
                file.unlink()
            else:
                (region / "新.yaml").write_text("依据: 示例\n", "utf-8")
        label = f"{('changed', 'removed', 'added')[how]} after {moment:.2f} s"
        outcome.attempts.append(judged(label, process, out, [city.digests]))
        shutil.rmtree(place)
    return outcome
