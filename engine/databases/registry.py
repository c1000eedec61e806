"""All engines, a line each. An engine's folder is imported when it is wanted, and nobody else lists engines."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from engine.databases.address import Address, one_password_for_two
from engine.files.errors import DataError

if TYPE_CHECKING:
    from engine.databases.engine import Engine
    from engine.databases.interface import Database, Watch
    from engine.databases.out_place import OutPlace

DUCKDB, REFERENCE = "duckdb", "reference"
CHOSEN = "auto"
"""DuckDB; for few rows the reference engine, which gives the same to the fen and is there at once."""


@dataclass(frozen=True)
class Line:
    """``name``: as ``--dialect`` has it; ``schemes``: of the addresses that belong to it; ``engine``, ``data`` and
    ``out``: how ``--engine``, ``--data`` and ``--out`` are written for it (empty: not at all); ``entry``: its module;
    ``password``: the environment variable by which its client is given one.
    """

    name: str
    schemes: tuple[str, ...]
    entry: str
    engine: tuple[str, ...]
    data: str = ""
    out: str = ""
    password: str = ""

    @cached_property
    def imported(self) -> Engine:
        found: Engine = importlib.import_module(self.entry).ENGINE
        return found


_SCHEMA = "postgresql://用户@主机/数据库?schema=模式"
LINES = (
    Line("duckdb", (), "engine.databases.duckdb.entry", ("duckdb",)),
    Line(
        "postgresql", ("postgresql", "postgres"), "engine.databases.postgres.entry",
        ("postgresql://用户@主机:端口/数据库",), _SCHEMA, _SCHEMA, "PGPASSWORD",
    ),
    Line(
        "mariadb", ("mariadb", "mysql"), "engine.databases.mariadb.entry",
        ("mariadb://用户@主机:端口/数据库",), "mariadb://用户@主机/数据库", password="MYSQL_PWD",
    ),
    Line(
        "spark", ("sc",), "engine.databases.spark.entry",
        ("spark", "sc://主机:端口"), "sc://主机:15002/;schema=目录.模式",
    ),
)  # fmt: skip
DIALECTS = tuple(line.name for line in LINES)
PASSWORDS = {scheme: line.password for line in LINES if line.password for scheme in line.schemes}
"""By which variable the client of a scheme is given its password."""
ENGINE_FORMS = tuple(form for line in LINES for form in line.engine)
DATA_FORMS = tuple(line.data for line in LINES if line.data)
OUT_FORMS = tuple(line.out for line in LINES if line.out)


def is_address(place: object) -> TypeGuard[str]:
    """Whether a place is the address of a database of one of the engines."""
    return _line(place) is not None


def is_out_address(place: object) -> TypeGuard[str]:
    """The same where a result may go."""
    line = _line(place)
    return line is not None and bool(line.out)


def _line(place: object) -> Line | None:
    scheme, there, _ = place.partition("://") if isinstance(place, str) else ("", "", "")
    found = (line for line in LINES if there and scheme.strip().lower() in line.schemes)
    return next(found, None)


def title_of(place: str) -> str:
    """What people call the engine to which an address belongs."""
    return engine_at(place).title


def engine_at(place: str) -> Engine:
    """The engine to which an address belongs."""
    line = _line(place)
    if line is None:
        raise DataError(f"不认识 {place.partition('://')[0]}:// 的地址", f"写成 {'、'.join(ENGINE_FORMS)}")
    return line.imported


def parse_address(place: str | Path, data: bool = True) -> Address:
    """``data``: it must say where tables lie. Raises :class:`DataError` for what is no address."""
    return engine_at(str(place)).address(str(place).strip(), data)


def refuse_shared_password(places: Iterable[object]) -> None:
    """Raises :class:`DataError` where a password of the environment would be sent to two servers; what is no address
    among ``places`` is passed over.
    """
    one_password_for_two([parse_address(place, data=False) for place in places if is_address(place)])


def is_engine(name: str) -> bool:
    """Whether ``--engine`` may say so."""
    return name in (REFERENCE, CHOSEN) or is_address(name) or any(name in line.engine for line in LINES)


def open_engine(name: str, watch: Watch | None = None) -> Database:
    """The database of an ``--engine`` other than the reference: ``duckdb``, or an address."""
    named = [line for line in LINES if line.name == name and name in line.engine]
    return (named[0].imported if named else engine_at(name)).open(name, watch)


def dialect_of(name: str) -> Engine:
    """One of :data:`DIALECTS`."""
    return next(line for line in LINES if line.name == name).imported


def out_place(out: Path | str, replace: bool, schema: str = "") -> OutPlace:
    """The place of a result at an address; ``schema``: another one beside it."""
    return engine_at(str(out)).out(str(out), replace, schema)
