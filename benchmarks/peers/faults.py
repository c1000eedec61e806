"""What a peer does with input or rules that are wrong: ``python -m benchmarks.peers.faults PEER`` prints JSON.

The case is a high one; without a fault all give the same. Each fault is tried for real, and what happens is told in a
word (right, error, WRONG, null, inf) and a sentence.
"""

import json
import re
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal

from benchmarks.peers.cases import PLAIN, World, made, world
from benchmarks.peers.peer import Peer, Record
from benchmarks.peers.registry import peer
from benchmarks.peers.rule import Case, Outcome, exact

CHINESE = {"cost": "病例费用"}
LONGEST = 130
ALONE = "1 ÷ 0 in a formula of its own"


def renamed_key(record: Record, name: str, other: str) -> Record:
    return {other if key == name else key: value for key, value in record.items()}


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


def high_case(there: World) -> Case:
    """A case of a hospital with an uplift, in a stable group whose level has a mean cost: every field counts."""
    found = (case for case in made(PLAIN, 100_000) if case.level_mean and case.uplift)
    return next(case for case in found if exact(case, there.parameters).kind == "high")


def told(got: Outcome, right: Outcome) -> tuple[str, str]:
    """One word, and the figures."""
    if (got.kind, got.points, got.fen) == (right.kind, right.points, right.fen):
        return "right", "the right result"
    if got.points is None or got.fen is None:
        return "null", f"no error: class {got.kind}, no points"
    return "WRONG", f"no error: {figures(got)}; right is {figures(right)}"


def figures(outcome: Outcome) -> str:
    points, fen = outcome.points or 0, outcome.fen or 0
    return f"{outcome.kind}, {points / 10_000:.4f} points, {fen / 100:.2f} yuan"


def tried(action: Callable[[], Outcome], right: Outcome) -> tuple[str, str]:
    """What happens: the outcome, or the error with what it says."""
    try:
        return told(action(), right)
    except BaseException as error:  # Rust panics are no Exception
        return "error", said(error)


def said(error: BaseException) -> str:
    text = " ".join(str(error).split("Stack backtrace")[0].split())
    text = re.sub(r"/\S*/(?=region/)", "", text)  # the folder of a copied region
    return f"{type(error).__name__}: {text if len(text) <= LONGEST else text[:LONGEST] + ' …'}"


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
    if sys.argv[1] == "casemix":
        from benchmarks.peers import casemix_faults

        print(json.dumps(casemix_faults.behaviour(), ensure_ascii=False))
    else:
        print(json.dumps(behaviour(peer(sys.argv[1])), ensure_ascii=False))
