"""The databases that tests run with, beside the one that is always there; each is opened when a test first wants it.

``CASEMIX_ENGINES=duckdb,postgresql`` (a list, or ``all``) picks among them; without it all that can be had are used,
and those of ``SLOW`` only by tests of their own, which take a part of the examples. ``CASEMIX_LEAVE_NOTHING_OUT=1``
wants every one of them, and has the slow ones run the whole of what names them.
"""

from __future__ import annotations

import atexit
import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.databases.interface import Database
from tests.databases import mariadb_server, postgres_server, spark_session

Open = Callable[[], Database]


def _duckdb() -> Database:
    """Temporary tables of its own in one database of the process: to open one takes longer than a few rows."""
    from engine.databases.duckdb import database

    class Shared(database.DuckDb):
        _filters_stay = property(lambda self: None, lambda self, stays: None)  # others of the process set it, too

        def __init__(self) -> None:
            Database.__init__(self)
            self.connection = _one_duckdb().cursor()
            self._attached, self._scratch = False, None

        def close(self) -> None:
            if self._attached:
                self.execute("DETACH stage")
            super().close()

    return Shared()


@functools.cache
def _one_duckdb() -> Any:
    from engine.data.duckdb_files import memory_connection

    made = memory_connection()
    atexit.register(made.close)
    return made


def _postgresql() -> Database:
    from engine.databases.registry import open_engine

    return open_engine(postgres_server.url())


def _mariadb() -> Database:
    from engine.databases.registry import open_engine

    return open_engine(mariadb_server.url())


@dataclass(frozen=True)
class Known:
    """``why_not``: why it cannot be had, else nothing; ``option``: what ``--engine`` says for it; ``slow``: only tests
    of its own are run with it.
    """

    shown: str
    open: Open
    option: Callable[[], str]
    why_not: Callable[[], str] = lambda: ""
    slow: bool = False


KNOWN = {
    "duckdb": Known("DuckDB", _duckdb, lambda: "duckdb"),
    "postgresql": Known("PostgreSQL", _postgresql, postgres_server.url, postgres_server.why_not),
    "mariadb": Known("MariaDB", _mariadb, mariadb_server.url, mariadb_server.why_not, slow=True),
    "spark": Known("Spark", spark_session.open_tiny, lambda: "spark", spark_session.why_not, slow=True),
}
"""All of them, a line each."""
SLOW = frozenset(name for name, known in KNOWN.items() if known.slow)


def why_not(name: str) -> str:
    """Why tests are not run with a database; nothing if they are."""
    wanted = os.environ.get("CASEMIX_ENGINES", "") or "all"
    if wanted != "all" and name not in wanted.split(","):
        return f"CASEMIX_ENGINES is {wanted}"
    return KNOWN[name].why_not()


def available() -> dict[str, Open | str]:
    """By name: a function that opens the database, or why it cannot be had."""
    return {name: known.why_not() or known.open for name, known in KNOWN.items()}


def chosen(*whole: str) -> list[str]:
    """Those that tests shall run with; ``whole``: the slow ones that run all of this test where nothing is left out.

    Raises ``ValueError`` for one that is wanted by name and cannot be had.
    """
    here = {name: found for name, found in available().items() if not isinstance(found, str)}
    wanted = os.environ.get("CASEMIX_ENGINES", "")
    if not wanted:
        slow = SLOW - set(whole) if nothing_left_out() else SLOW
        return [name for name in here if name not in slow]
    names = list(KNOWN) if wanted == "all" else wanted.split(",")
    missing = [f"{name}: {available().get(name, 'not known')}" for name in names if name not in here]
    if missing:
        raise ValueError(f"CASEMIX_ENGINES wants what cannot be had: {'; '.join(missing)}")
    return names


def nothing_left_out() -> bool:
    """Whether every engine shall be there, and each run all of the kit and of the regions."""
    return bool(os.environ.get("CASEMIX_LEAVE_NOTHING_OUT"))


def open_database(name: str) -> Database:
    return KNOWN[name].open()


def engine_option(name: str) -> str:
    """What ``--engine`` says for it."""
    return KNOWN[name].option()


def left_out() -> list[str]:
    """What tests are not run with, and why."""
    return [f"{known.shown} ({why_not(name)})" for name, known in KNOWN.items() if why_not(name)]
