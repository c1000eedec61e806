"""What a fault is done to, and how what happens is told: in a word (right, error, WRONG, null, inf) and a sentence."""

import re
from collections.abc import Callable

from benchmarks.peers.cases import PLAIN, World, made
from benchmarks.peers.peer import Record
from benchmarks.peers.rule import Case, Outcome, exact

LONGEST = 130
ALONE = "1 ÷ 0 in a formula of its own"


def renamed_key(record: Record, name: str, other: str) -> Record:
    return {other if key == name else key: value for key, value in record.items()}


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
