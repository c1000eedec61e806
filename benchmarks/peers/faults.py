"""What a peer does with input or rules that are wrong: ``python -m benchmarks.peers.faults PEER`` prints JSON.

The case is a high one; without a fault all give the same. Each fault is tried for real.
"""

import json
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal

from benchmarks.peers import casemix_faults
from benchmarks.peers.cases import PLAIN, world
from benchmarks.peers.peer import Peer, Record
from benchmarks.peers.registry import peer
from benchmarks.peers.rule import Outcome, exact
from benchmarks.peers.tried import ALONE, high_case, renamed_key, said, tried

CHINESE = {"cost": "病例费用"}
FAULTS: dict[str, Callable[[Record], Record]] = {
    "misspelt required field": lambda record: renamed_key(record, "cost", "csot"),
    "misspelt optional field": lambda record: renamed_key(record, "level_mean", "level_maen"),
    "misspelt name in the rule": dict,
    "division by zero": lambda record: record | {"level_mean": record["level_mean"] * 0},
    "text for a number": lambda record: record | {"cost": f"{float(record['cost']):.2f}"},
    "words for a number": lambda record: record | {"cost": "未知"},
    "missing value": lambda record: record | {"cost": None},
    "Chinese name": lambda record: renamed_key(record, "cost", CHINESE["cost"]),
}
IN_THE_RULE = {"misspelt name in the rule": {"level_mean": "level_maen"}, "Chinese name": CHINESE}


def divided(who: Peer) -> tuple[str, str]:
    """The engine's answer to 1 ÷ 0."""
    try:
        answer = who.quotient(who.number(Decimal(1)), who.number(Decimal(0)))
    except Exception as error:
        return "error", said(error)
    return ("null" if answer is None else "inf"), f"no error: {answer}"


def behaviour(who: Peer) -> dict[str, tuple[str, str]]:
    """Each fault, by its name."""
    there = world(PLAIN)
    case = high_case(there)
    right, record = exact(case, there.parameters), who.record(case)

    def run(name: str) -> Outcome:
        priced = who.load(there, IN_THE_RULE.get(name))
        return priced.outcome(priced.price(FAULTS[name](record)))

    found = {name: tried(lambda name=name: run(name), right) for name in FAULTS}  # type: ignore[misc]
    return found | {ALONE: divided(who)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    found = casemix_faults.behaviour() if sys.argv[1] == "casemix" else behaviour(peer(sys.argv[1]))
    print(json.dumps(found, ensure_ascii=False))
