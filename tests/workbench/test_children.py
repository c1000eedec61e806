"""What goes wrong in the process beside is told in this one, whatever was raised; the next question is answered."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.assist.rename import NotRenamed
from engine.drafts.kept import KeptMeanwhile
from engine.drafts.saved import ChangedMeanwhile
from engine.execute.result import TooManyRefused
from engine.explain.explain import NoSuchRow
from engine.files.errors import DataError, DataErrors, RunStopped
from engine.pricing.problems import CannotPrice
from engine.rulebook.problems import RulebookError
from engine.workbench.children import Beside
from engine.workbench.workplace import NoSuchRegion
from tests.looped import looped
from tests.workbench.asked_beside import PROBLEM, answers, raises_odd, raises_rules
from tests.workbench.served import ROOT

RAISED = (
    RulebookError([PROBLEM]), DataErrors([DataError("甲", "乙"), DataError("丙")]), DataError("甲", "乙"),
    RunStopped("甲", ["乙"], "丙"), TooManyRefused("甲", ["乙"], "丙"), NoSuchRow("甲", hint="乙"),
    CannotPrice("甲", ["乙"], "丙"), NotRenamed("甲", "乙"), KeptMeanwhile(None), ChangedMeanwhile(["甲"]),
    NoSuchRegion("甲", "乙"),
)  # fmt: skip


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_what_pages_tell_arrives_as_it_was_raised(error: Exception) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error) and str(arrived) == str(error)
    told = {name: said for name, said in vars(error).items() if name != "errors"}
    assert {name: said for name, said in vars(arrived).items() if name != "errors"} == told
    assert [str(one) for one in getattr(arrived, "errors", ())] == [str(one) for one in getattr(error, "errors", ())]


@pytest.fixture
def beside() -> Iterator[Beside]:
    found = Beside()
    yield found
    found.end()


@pytest.mark.slow
def test_the_process_beside_goes_on_after_each(beside: Beside) -> None:
    async def asked() -> None:
        with pytest.raises(RulebookError) as told:
            await beside.ask(raises_rules)
        assert told.value.problems == [PROBLEM]
        with pytest.raises(RuntimeError, match="Odd: 1 2"):
            await beside.ask(raises_odd)
        assert await beside.ask(answers) == 7

    looped(asyncio.wait_for(asked(), 60))


def _runs(process: int) -> bool:
    """Whether it does: one that is over may wait for somebody to ask how it ended."""
    try:
        said = Path(f"/proc/{process}/stat").read_text("utf-8")
    except OSError:
        return False
    return said.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
def test_the_process_beside_ends_when_the_server_is_killed_while_it_works() -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.workbench.asked_beside"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    beside = int(server.stdout.readline())
    time.sleep(0.5)  # the long work has begun
    assert _runs(beside)
    server.kill()
    server.wait()
    server.stdout.close()
    until = time.monotonic() + 30
    while _runs(beside) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(beside)
