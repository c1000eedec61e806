"""The same faults, done to Casemix. Its optional field stands in a published table, so it is misspelt there."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.peers.casemix import PEER, REGION, WANTED, CasemixPrice, write_tables
from benchmarks.peers.cases import PLAIN, World, world
from benchmarks.peers.rule import Outcome, exact
from benchmarks.peers.tried import ALONE, high_case, renamed_key, tried
from engine.api import load


def with_table(there: World, edit: Callable[[str], str]) -> CasemixPrice:
    """The region loaded with 级别病组 edited as text."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_tables(there, folder)
        table = folder / "级别病组.csv"
        table.write_text(edit(table.read_text(encoding="utf-8")), encoding="utf-8")
        priced = CasemixPrice.__new__(CasemixPrice)
        priced.region = load(REGION, period="2025", data=folder, of=WANTED)
    return priced


def mean_costs_of_nothing(text: str) -> str:
    head, *rows = text.splitlines()
    cells = [row.split(",") for row in rows]
    return "\n".join([head, *(f"{level},{group},0,{coefficient}" for level, group, _, coefficient in cells)])


def divided_alone(there: World) -> CasemixPrice:
    """A rule that divides by 0 in the place of the amount."""
    return CasemixPrice(there, {"病例点数 × 点值": "病例点数 × 点值 ÷ (级别系数 − 级别系数)"})


def behaviour() -> dict[str, tuple[str, str]]:
    """Each fault, by its name."""
    there = world(PLAIN)
    case = high_case(there)
    right, record = exact(case, there.parameters), PEER.record(case)
    usual = PEER.load(there)

    def of(priced: CasemixPrice) -> Outcome:
        return priced.outcome(priced.price(record))

    def given(changed: dict[str, object]) -> Outcome:
        return usual.outcome(usual.price(changed))

    actions: dict[str, Callable[[], Outcome]] = {
        "misspelt required field": lambda: given(renamed_key(record, "病例费用", "病列费用")),
        "misspelt optional field": lambda: of(
            with_table(there, lambda text: text.replace("级别次均费用", "级别次均费"))
        ),
        "misspelt name in the rule": lambda: of(
            CasemixPrice(there, {"级别次均费用: 级别次均费用": "级别次均费用: 级别次均费"})
        ),
        "division by zero": lambda: of(with_table(there, mean_costs_of_nothing)),
        "text for a number": lambda: given(record | {"病例费用": f"{float(record['病例费用']):.2f}"}),
        "words for a number": lambda: given(record | {"病例费用": "未知"}),
        "missing value": lambda: given(record | {"病例费用": None}),
        "Chinese name": lambda: given(record),
        ALONE: lambda: of(divided_alone(there)),
    }
    return {name: tried(action, right) for name, action in actions.items()}
