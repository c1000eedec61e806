"""What the folder of an engine offers: its ``entry`` has one of these, called ``ENGINE``."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sqlglot import exp

from engine.data.mapping import DataMapping
from engine.data.places import Source
from engine.data.record import Record
from engine.data.remote_table import TableServer
from engine.databases.address import Address
from engine.databases.interface import Database, Watch
from engine.databases.out_place import OutPlace
from engine.files.errors import DataError

Found = tuple[list[Source], list[str], Record | None]
"""Deliveries, what is not read of the place, and the record where it is the result of an earlier run."""


class Engine(ABC):
    """Nothing of it needs a connection but the database, the deliveries and the place of a result."""

    title: str
    """As people call it."""

    @abstractmethod
    def open(self, address: str, watch: Watch | None = None) -> Database:
        """The database that settles; ``address`` may be just the engine's name."""

    @abstractmethod
    def printed(self, query: exp.Expression, pretty: bool = False) -> str:
        """A tree in the SQL of this engine; ``pretty``: in lines, for people."""

    def readable(self, query: exp.Expression) -> str:
        """The same, in lines."""
        return self.printed(query, pretty=True)

    def address(self, place: str, data: bool = True) -> Address:
        """``data``: it must say where tables lie. Raises :class:`DataError` for what is no address; what is wrong is
        not repeated, for it may hold a password.
        """
        raise DataError(f"{self.title} 没有地址")

    def sources(self, place: str, mapping: DataMapping | None, servers: dict[str, TableServer]) -> Found:
        """The tables at an address, those that ``mapping`` takes under its names.

        ``servers``: connections that are there already; one may be added. Raises :class:`DataError`.
        """
        raise DataError(f"{self.title} 的表不能从地址读", "导出为文件")

    def out(self, place: str, replace: bool, schema: str = "") -> OutPlace:
        """Where a result goes; ``schema``: another one beside it. Raises :class:`DataError`."""
        raise DataError(f"不能把结果写进 {self.title}", "--out 写文件夹，再导入；或写进 PostgreSQL")
