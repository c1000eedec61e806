"""What the page prices by: program, period, published tables; all of it stands in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.databases.places import open_places
from engine.execute.closures.given import is_settled
from engine.files.errors import DataError
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.rulebook.book import Book
from engine.workbench.page import Here
from engine.workbench.prices import Priced, programs_of, tables_of, usual_period

PICKED = ("program", "period", "data", "published", "load")
"""Words of the address that say what is priced by, and whether the case is taken from the data; the others say it."""
LARGEST = 20_000_000
"""Bytes of a file that is read for one example row."""


@dataclass(frozen=True)
class Choices:
    """What may be chosen, and what is. ``results``: by name, with what they are called. ``folders`` and ``run``: what
    is chosen of both; ``kind``: of the periods of the program.
    """

    programs: tuple[str, ...]
    data: tuple[str, ...]
    results: Mapping[str, str]
    chosen: Priced
    example: dict[str, str]
    folders: tuple[Path, ...] = ()
    run: Path | None = None
    kind: str = ""


def choices(here: Here, book: Book) -> Choices:
    """From the address; what it does not say follows from the region: its first program, its own data, a row of these.

    Raises :class:`CannotPrice` where nothing of the region is settled case by case.
    """
    programs = programs_of(book)
    if not programs:
        raise CannotPrice("这个地区没有按行结算的程序", hint="程序里写 需要，就能给一行计价")
    asked = here.asked
    names = [program.name for program in programs]
    program = next((one for one in programs if one.name == asked.get("program")), programs[0])
    known = here.place.data_folders(here.region, tables_of(book))
    data = tuple(name for name in asked.get("data", "").split("|") if name in known)
    if "data" not in asked:
        own = here.place.region_folder(here.region)
        usual = [name for name, folder in known.items() if folder.is_relative_to(own) or here.region in name]
        data = tuple(usual[:1])
    there = [run for run in here.place.results() if (run.region, run.program) == (here.region, program.name)]
    results = {run.name: run.title for run in there}
    published = asked.get("published", "") if asked.get("published") in results else ""
    example = _example(book, [known[name] for name in data])
    period = asked.get("period") or _period_of(book, program.name, program.periods[0], example)
    chosen = Priced(here.region, period, program.name, data, published)
    run = next((one.folder for one in there if one.name == published), None)
    folders = tuple(known[name] for name in data)
    return Choices(tuple(names), tuple(known), results, chosen, example, folders, run, program.periods[0])


def record_of(opened: Region, asked: Mapping[str, str], example: Mapping[str, str]) -> dict[str, str]:
    """The fields as the address has them; of a page that says none those of the example row."""
    fields = set(opened.fields)
    said = {name: text for name, text in asked.items() if name in fields}
    given = said if said or asked.get("new") else example
    return {name: text for name, text in given.items() if name in fields and text}


def _example(book: Book, folders: list[Path]) -> dict[str, str]:
    """The first row of a settled table in the data, as text."""
    now = book.at(book.epochs[-1])
    for table in now.tables.values():
        if not is_settled(table):
            continue
        try:
            sources = open_places(list(folders)).of(table.name) if folders else ()
            for source in sources:
                path = Path(source.origin)
                if path.is_file() and path.stat().st_size <= LARGEST:
                    raw = source.read(table.fields)
                    if raw.rows:
                        return {
                            n: str(c) for n, c in zip(raw.columns, raw.rows[0], strict=False) if c not in (None, "")
                        }
        except (DataError, OSError):
            continue
    return {}


def _period_of(book: Book, program: str, kind: str, example: dict[str, str]) -> str:
    """The period in which the example row falls, else the first of the rules."""
    now = book.at(book.epochs[-1])
    for table in now.tables.values():
        text = example.get(table.period_field or "", "") if is_settled(table) else ""
        if found := period_at(text, kind):
            return found
    return str(usual_period(book, program) or "")


def period_at(text: str, kind: str) -> str:
    """The period of a kind in which a date falls, as it is written in most deliveries; empty of any other text."""
    match = re.match(r"((?:19|20)[0-9]{2})[-/.年]?(0?[1-9]|1[0-2])", text)
    if match is None:
        return ""
    year, month = match[1], int(match[2])
    return {"年": year, "季": f"{year}Q{(month + 2) // 3}", "月": f"{year}-{month:02d}"}[kind]


def below_of(opened: Region, asked: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Rows of the tables below, as the address has them: ``table.1.field``."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    for key, text in asked.items():
        table, _, rest = key.partition(".")
        number, _, name = rest.partition(".")
        if table in opened.fields_below and number.isdigit() and name in opened.fields_below[table]:
            found.setdefault(table, {}).setdefault(int(number), {})[name] = text
    return {table: [rows[number] for number in sorted(rows)] for table, rows in found.items()}
