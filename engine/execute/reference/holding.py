"""挂起: rows of which a value that 需要 names cannot be known are taken out of every sum. And where a run stops for
that: too many rows refused before, or too many held.
"""

from __future__ import annotations

from collections import Counter

from engine.execute.reference.empty_tables import stop_if_a_table_has_no_rows
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.refusals import key_text, stop_if_too_many_refused
from engine.execute.reference.verdicts import HELD, Verdict
from engine.files.errors import RunStopped

SHOWN = 20
KEYS_SHOWN = 5


def hold_or_stop(execution: Outcome) -> None:
    """Holds rows, and stops where more are held than the program allows: holding shifts money to others.

    Rows that were refused come first: they are why others cannot be known.
    """
    stop_if_too_many_refused(execution)
    stop_if_a_table_has_no_rows(execution)
    execution.hold()
    refuse_too_many_held(execution)


def refuse_too_many_held(execution: Outcome) -> None:
    """Raises :class:`RunStopped` where more rows are held than the program allows."""
    program = execution.program
    count = execution.held_count()
    if count > program.hold_limit:
        held = execution.verdicts_of(HELD)
        seen = f"；原因看的是其中 {len(held)} 行" if len(held) < count else ""
        raise RunStopped(
            f"{execution.period} 有 {count} 行不能结算（挂起），{program.name} 允许 {program.hold_limit} 行{seen}",
            _causes(execution, held),
            "补齐数据，或在程序里写 挂起上限（最多几行，如 挂起上限: 10）",
        )


def _causes(execution: Outcome, held: list[tuple[str, int, Verdict]]) -> list[str]:
    """What rows are held for, the most frequent first; reasons that differ in a key only are one, with an example."""
    reasons = Counter((verdict.by, verdict.reason) for _, _, verdict in held)
    if len(reasons) <= SHOWN:
        return [
            f"{count} 行：{by} 无法确定，{reason}（{_some_keys(execution, held, by, reason, count)}）"
            for (by, reason), count in reasons.most_common(SHOWN)
        ]
    kinds = Counter((verdict.by, verdict.cause) for _, _, verdict in held)
    lines = []
    for (by, cause), count in kinds.most_common(SHOWN):
        alike = [one for one in held if (one[2].by, one[2].cause) == (by, cause)]
        reason, among = alike[0][2].reason, len({verdict.reason for _, _, verdict in alike})
        keys = _some_keys(execution, alike, by, reason, sum(one[2].reason == reason for one in alike))
        others = f"，另有 {among - 1} 种像这样的" if among > 1 else ""
        lines.append(f"{count} 行：{by} 无法确定，如 {reason}（{keys}）{others}")
    return lines


def _some_keys(execution: Outcome, held: list[tuple[str, int, Verdict]], by: str, reason: str, count: int) -> str:
    """The keys of the first rows held for a reason, so that they can be found in the data."""
    found = [
        key_text(execution.key_of(table, number))
        for table, number, verdict in held
        if (verdict.by, verdict.reason) == (by, reason)
    ][:KEYS_SHOWN]
    return "主键 " + "；".join(found) + (" …" if count > KEYS_SHOWN else "")
