"""What a test asks of the process beside, which imports it by name."""

from __future__ import annotations

import asyncio
import os
import time

from engine.rulebook.problems import Place, Problem, RulebookError
from engine.workbench.children import Beside

PROBLEM = Problem("E101", Place("规则.yaml", 3, 4), "不是 YAML", "写成 名: 值")


class Odd(Exception):
    """One that cannot be put together again from what it says."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} {other}")


def raises_rules() -> None:
    raise RulebookError([PROBLEM])


def raises_odd() -> None:
    raise Odd(1, 2)


def answers() -> int:
    return 7


def waits() -> None:
    time.sleep(600)


async def asks() -> None:
    """Tells who works beside, and has it work on something long."""
    beside = Beside()
    print(await beside.ask(os.getpid), flush=True)
    await beside.ask(waits)


if __name__ == "__main__":
    asyncio.run(asks())
