"""The address of a database, and passwords that must not be sent to two of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.files.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Address:
    """``database``: the address as messages and ``run.json`` have it, without schema and secrets; ``shown``: the same
    with the schema; ``url``: what opens an engine there, secrets and all.

    ``host``: which server, as written. ``password_from``: the variable of the environment from which the client takes
    a password for whatever server it is told to ask (empty: the address has its own), and ``password_hint``: where one
    for each server belongs (Chinese).
    """

    database: str
    schema: str
    shown: str
    url: str = field(default="", repr=False, compare=False)
    host: tuple[str, str] = field(default=("", ""), compare=False)
    password_from: str = field(default="", compare=False)
    password_hint: str = field(default="", compare=False)


def one_password_for_two(addresses: Iterable[Address]) -> None:
    """Raises :class:`DataError` where a password of the environment, which is for one server, would be sent to two."""
    asked: dict[str, dict[tuple[str, str], Address]] = {}
    for address in addresses:
        if address.password_from:
            asked.setdefault(address.password_from, {})[address.host] = address
    for variable, hosts in asked.items():
        if len(hosts) > 1 and os.environ.get(variable):
            named = "、".join(sorted(address.database for address in hosts.values()))
            (hint,) = {address.password_hint for address in hosts.values()}
            raise DataError(
                f"这次要连 {named}，环境变量 {variable} 里的密码会发给每一台",
                f"{hint}，再去掉 {variable}",
            )
