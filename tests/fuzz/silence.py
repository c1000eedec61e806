"""Deliveries with one fault each: what a run makes of one is right, or it is told; never is it wrong in silence."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from engine.execute.period import parse_period
from engine.execute.result import Result
from engine.files.errors import DataError, RunStopped
from engine.language.values import render
from engine.rulebook.book import Book, load
from engine.settle import settle
from tests.fuzz.bounds import bounded
from tests.fuzz.faults_of_deliveries import FAULTS, Fault, Spoilt
from tests.fuzz.ferries import RULES, TRIPS, Delivery, settled, sound, written

HEAD = "名称: 渡市\n施行: 2024-01-01\n文件:\n  章程: {题名: 渡市航次补贴章程}\n"
RIGHT, TOLD, STOPPED = "right", "told, the rows refused", "told, the run stopped"


@dataclass
class Ended:
    """What one engine made of one delivery: its verdict, or what is wrong with it; and all that was said."""

    verdict: str = ""
    wrong: str = ""
    said: list[str] = field(default_factory=list)


def region(folder: Path) -> Book:
    """渡市, written once a folder."""
    place = folder / "渡市"
    if not place.exists():
        place.mkdir(parents=True)
        (place / "region.yaml").write_text(HEAD, "utf-8")
        (place / "规则.yaml").write_text(RULES, "utf-8")
    return _loaded(place)


@cache
def _loaded(place: Path) -> Book:
    return load(str(place))


def spoilt(seed: int) -> tuple[str, Delivery, Spoilt, list[list[str]], list[list[str]]]:
    """Name of the fault, the spoilt delivery, what was done, and 月表 of all sound rows and of the untouched ones."""
    rng = random.Random(seed)
    while True:
        fault: Fault = FAULTS[seed % len(FAULTS)]
        delivery = sound(rng)
        whole = [dict(row) for row in delivery.rows[TRIPS]]
        done = fault(rng, delivery)
        if done is not None:
            rest = [row for row in whole if row["航次号"] not in done.keys]
            if done.stays:
                rest = delivery.rows[TRIPS]
            return fault.__name__, delivery, done, settled(whole), settled(rest)


def run(book: Book, place: Path, mapping: Path | None, engine: str, out: Path) -> Result | Exception:
    try:
        return settle(book, "月结", parse_period("2025-03"), [place], out, engine=engine, mapping=mapping)[0]
    except (RunStopped, DataError) as error:
        return error


def judged(found: Result | Exception, done: Spoilt, whole: list[list[str]], rest: list[list[str]]) -> Ended:
    """Whether a run is right, or tells what is wrong by one of the words of the fault."""
    if isinstance(found, Exception):
        said = [str(found), *getattr(found, "details", []), getattr(found, "hint", "")]
        if done.right:
            return Ended(wrong="stopped, although it can be read", said=said)
        return Ended(STOPPED, said=said) if _tells(said, done) else Ended(wrong="stopped without the cause", said=said)
    lines = figures(found)
    said = [f"{row.key} {row.check} {row.reason}" for row in found.rejected]
    said += [f"{one.key} {one.by} {one.code} {one.reason}" for one in found.refused]
    said += [f"{row.key} {row.need} {row.cause}" for row in found.held] + [*found.notes, *found.warned]
    said += [f"{one.table} {one}" for one in found.accounts]
    if lines == whole and (done.right or done.idle or not done.keys):
        return Ended(RIGHT, said=said)
    if lines == rest and done.keys and not done.right:
        return Ended(TOLD, said=said) if _tells(said, done) else Ended(wrong="rows gone in silence", said=said)
    if lines == whole:  # a row too many that was refused, or a word beside right figures
        return Ended(TOLD, said=said) if _tells(said, done) else Ended(wrong="taken as sound", said=said)
    return Ended(wrong=f"other figures: {lines} for {whole} or {rest}", said=said)


def figures(found: Result | Exception) -> list[list[str]]:
    """The lines of 月表 as text; ferries without a trip have a line, too, which does not count."""
    assert isinstance(found, Result), found
    sheet = next(sheet for sheet in found.statements if sheet.name == "月表")
    lines = [[render(value) for value in row] for row in sheet.rows]
    return [line for line in lines if line[2] != "0"]


def _tells(said: list[str], done: Spoilt) -> bool:
    return any(word in line for word in done.told for line in said)


def outcome(seed: int, folder: Path, engines: tuple[str, ...] = ("duckdb", "reference")) -> tuple[str, str, str]:
    """(fault, what came of it, what is wrong or nothing) of one delivery; every engine has to say the same."""
    name, delivery, done, whole, rest = spoilt(seed)
    work = folder / "one"
    shutil.rmtree(work, ignore_errors=True)
    place = written(delivery, work / "data")
    mapping = None
    if delivery.mapping:
        mapping = work / "映射.yaml"
        mapping.write_text(delivery.mapping, "utf-8")
    book = region(folder)
    ends: list[Ended] = []
    with bounded(300 * len(engines)):  # a cluster takes its time to start
        for number, engine in enumerate(engines):
            found = run(book, place, mapping, engine, work / f"out{number}")
            ends.append(judged(found, done, whole, rest))
    wrong = next(
        (f"{engine}: {end.wrong}: {end.said[:4]}" for engine, end in zip(engines, ends, strict=True) if end.wrong), ""
    )
    verdicts = {end.verdict for end in ends}
    if not wrong and len(verdicts) > 1:
        wrong = f"engines differ: {dict(zip(engines, (end.verdict for end in ends), strict=True))}"
    return f"{name} ({delivery.medium})", ends[0].verdict, wrong


def attempt(seed: int, folder: Path) -> str:
    """One delivery; nothing, or what is wrong."""
    name, _, wrong = outcome(seed, folder)
    return f"{name}: {wrong}" if wrong else ""
