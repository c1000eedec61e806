"""One peer on one set of cases: ``python -m benchmarks.peers.measure PEER SET CASES`` prints a line of JSON.

Time is only that of the engine: cases are made, and results compared with the exact ones, between the clocks.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.peers.cases import World, made, world
from benchmarks.peers.peer import Peer, Priced
from benchmarks.peers.registry import peer
from benchmarks.peers.rule import Case, Outcome, exact

ONE_BY_ONE = 5_000
RUN = "casemix run"


@dataclass
class Tally:
    """How many of ``cases`` are not what they are exactly: class, points (1/10000), amount (fen)."""

    cases: int = 0
    kinds: int = 0
    points: int = 0
    fen: int = 0
    most: int = 0
    halves: int = 0

    def add(self, got: Outcome, right: Outcome) -> None:
        self.cases += 1
        self.halves += right.halves > 0
        self.kinds += got.kind != right.kind
        self.points += got.points != right.points
        if got.fen != right.fen:
            self.fen += 1
            self.most = max(self.most, abs((got.fen or 0) - (right.fen or 0)))


def batches(cases: Iterable[Case], size: int) -> Iterator[list[Case]]:
    source = iter(cases)
    while batch := list(islice(source, size)):
        yield batch


def one_by_one(who: Peer, priced: Priced, cases: list[Case]) -> float:
    """The median time of one evaluation, in microseconds, after a warm-up."""
    records = [who.record(case) for case in cases]
    for record in records[:200]:
        priced.price(record)
    taken = []
    for record in records:
        begun = time.perf_counter_ns()
        priced.price(record)
        taken.append(time.perf_counter_ns() - begun)
    return median(taken) / 1_000


def many(who: Peer, priced: Priced, there: World, cases: Iterable[Case]) -> tuple[float, Tally]:
    """Seconds for all cases, in batches of the size that suits the engine, and how many results are off."""
    seconds, tally = 0.0, Tally()
    for batch in batches(cases, who.at_a_time):
        records = [who.record(case) for case in batch]
        given = priced.prepared(records)
        begun = time.perf_counter()
        found = priced.price_all(given)
        seconds += time.perf_counter() - begun
        for case, answer in zip(batch, priced.answers(found), strict=True):
            tally.add(priced.outcome(answer), exact(case, there.parameters))
    return seconds, tally


def by_run(name: str, count: int) -> dict[str, object]:
    """``casemix run`` on all cases at once."""
    from benchmarks.peers.casemix import settled

    there = world(name)
    with tempfile.TemporaryDirectory(prefix="casemix-peers-") as work:
        (Path(work) / "data").mkdir()
        run, outcomes = settled(there, made(name, count), Path(work))
        tally = Tally()
        for case, outcome in zip(made(name, count), outcomes, strict=True):
            tally.add(outcome, exact(case, there.parameters))
    way = f"`casemix run` on DuckDB, 2 threads, a whole process, Parquet to Parquet, {run.megabytes:,.0f} MB"
    said = {"name": "Casemix run", "distribution": "casemix", "numbers": "exact", "way": way}
    return said | {"set": name, "microseconds": None, "seconds": run.seconds} | asdict(tally)


def by_calls(module: str, name: str, count: int) -> dict[str, object]:
    """A peer that is called from Python."""
    who, there = peer(module), world(name)
    priced = who.load(there)
    one = one_by_one(who, priced, list(made(name, min(count, ONE_BY_ONE))))
    seconds, tally = many(who, priced, there, made(name, count))
    said = {"name": who.name, "distribution": who.distribution, "numbers": who.numbers, "way": who.way}
    return said | {"set": name, "microseconds": one, "seconds": seconds} | asdict(tally)


if __name__ == "__main__":
    module, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print(json.dumps(by_run(name, count) if module == RUN else by_calls(module, name, count), ensure_ascii=False))
