"""What was chosen, as the address has it, and as the words of ``casemix run``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.files.errors import DataError
from engine.jobs.asked import without_passwords
from engine.pricing.problems import CannotPrice
from engine.rulebook.book import Book
from engine.workbench.file_names import is_plain
from engine.workbench.page import Here
from engine.workbench.pages.case.asked import choices
from engine.workbench.workplace import Workplace

FOLDER = "结果"


@dataclass(frozen=True)
class Choice:
    """``data``: names of folders and of results out of the lists of the folder; ``address``: of a database, without its
    password; ``mapping``: the name of a file; ``previous``: of a result; ``out``: of a folder that is not there yet.
    """

    program: str = ""
    period: str = ""
    data: tuple[str, ...] = field(default=())
    address: str = ""
    mapping: str = ""
    previous: str = ""
    out: str = ""

    def as_asked(self) -> dict[str, str]:
        """For the address of the page."""
        data = json.dumps(self.data, ensure_ascii=False) if self.data else ""
        return {
            "program": self.program, "period": self.period, "data": data, "address": self.address,
            "mapping": self.mapping, "previous": self.previous, "out": self.out,
        }  # fmt: skip

    def words(self, place: Workplace, region: str) -> list[str]:
        """Behind ``casemix``. Raises :class:`DataError` for what is out of no list."""
        folders = {**place.table_folders(region), **{run.name: run.folder for run in place.results()}}
        found = ["run", region, self.program, "--period", self.period]
        for name in self.data:
            if name not in folders:
                raise DataError(f"没有数据 {name}", "再选一次：文件夹可能移走了")
            found += ["--data", str(folders[name])]
        if self.address:
            found += ["--data", plain_address(self.address)]
        if self.mapping:
            found += ["--mapping", str(place.mappings(region).get(self.mapping) or _gone(self.mapping))]
        if self.previous:
            found += ["--previous", str(folders.get(self.previous) or _gone(self.previous))]
        return [*found, "--out", str(out_folder(place, self.out))]


def choice_of(asked: Mapping[str, str]) -> Choice:
    """From an address; what cannot be read in it counts as not chosen."""
    try:
        data = json.loads(asked.get("data", "[]"))
    except ValueError:
        data = []
    names = tuple(str(name) for name in data) if isinstance(data, list) else ()
    return Choice(
        asked.get("program", ""), asked.get("period", ""), names, asked.get("address", ""), asked.get("mapping", ""),
        asked.get("previous", ""), asked.get("out", ""),
    )  # fmt: skip


def only_one(folders: Iterable[str], choice: Choice) -> tuple[str, ...]:
    """The data that are there, where nothing else can be meant: there is one folder, and none is named."""
    there = tuple(folders)
    return there if len(there) == 1 and not choice.data and not choice.address else ()


def usual_choice(here: Here, book: Book, choice: Choice, folder: str = FOLDER) -> Choice:
    """Where the address says neither program nor period, those that the page of a case begins with; ``folder``: below
    which results go.
    """
    if choice.program or choice.period:
        return choice
    try:
        chosen = choices(replace(here, asked={}), book).chosen
    except CannotPrice:
        return choice
    out = choice.out or usual_out(here.place, here.region, chosen.program, chosen.period, folder)
    return replace(choice, program=chosen.program, period=chosen.period, out=out)


def usual_out(place: Workplace, region: str, program: str, period: str, folder: str = FOLDER) -> str:
    """A folder that is not there yet."""
    base = re.sub(r"[^\w.\-]+", "-", f"{region}-{program}-{period}")
    names = (f"{folder}/{base}" + (f"-{number}" if number > 1 else "") for number in range(1, 10_000))
    return next(name for name in names if not (place.folder / name).exists())


def out_folder(place: Workplace, name: str) -> Path:
    """Raises :class:`DataError` for one that does not lie below the working folder."""
    parts = name.strip().removeprefix("./").split("/")
    if not all(is_plain(part) for part in parts):
        raise DataError("结果要放在工作台的文件夹里", f"写一个相对的名字，如 {FOLDER}/三月，不要特别的符号")
    target = (place.folder / "/".join(parts)).resolve()
    if target == place.folder or not target.is_relative_to(place.folder):
        raise DataError("结果要放在工作台的文件夹里", f"写一个相对的名字，如 {FOLDER}/三月")
    return target


def plain_address(address: str) -> str:
    """Raises :class:`DataError` where a password stands in it: it is asked for in a field of its own."""
    (plain,), secrets = without_passwords([address.strip()])
    if secrets:
        raise DataError("地址里不要写密码", "密码写在旁边的密码栏里，用过就忘掉")
    return plain


def _gone(name: str) -> str:
    raise DataError(f"没有 {name}", "再选一次：它可能移走了")
