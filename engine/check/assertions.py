"""A 必须 that no program ever checks would promise something that nobody looks at."""

from __future__ import annotations

from engine.check.context import Context
from engine.rulebook.wanted import assertions
from engine.rulebook.written import says_yes


def assertions_are_checked_by_a_program(context: Context) -> None:
    """Warns of a 必须 of which no program computes what it names; looked at once, outside any program."""
    programs = context.snapshot.programs.values()
    if context.program is not None or not programs:
        return
    checked = {check.name for program in programs for check in assertions(context.snapshot, program)}
    for check in context.snapshot.checks.values():
        if check.kind == "必须" and check.name not in checked and not _for_the_record(context, check.name):
            context.add(
                "W806",
                check.provenance.place,
                f"必须 {check.name} 没有一个程序会检查：没有程序算出它用到的规则",
                "让它比较报表要用的规则（或它们的合计），或把它用到的规则放进报表",
            )


def _for_the_record(context: Context, name: str) -> bool:
    """备查: 是: it is looked at where a program computes what it names, and nobody is told where none does."""
    stacked = context.snapshot.stacked.get(name)
    return stacked is not None and says_yes(stacked.raw.body.get("备查"))
