"""交来: a rule that takes a delivered value where there is one, and is worked out where there is none.

What is written becomes two rules: one under a name of its own that is worked out, and one that chooses between it and
the field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.language import tree
from engine.rulebook.model import Branch, Cases, Entry, Formula, Rule
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place
from engine.rulebook.stack import Stacked

WORKED_OUT = "〔按规则〕"
TAKEN, OTHERWISE = "交来的", "没有交来的，按规则"


def worked_out(name: str) -> str:
    """The name under which the value can be computed that a delivered one would take the place of."""
    return f"{name}{WORKED_OUT}"


def with_delivered_values(
    entries: Mapping[str, Entry], written: Mapping[str, Stacked] | None = None
) -> dict[str, Entry]:
    """The entries, with every rule that says 交来 as its two rules; ``written``: as they stand in the files."""
    found: dict[str, Entry] = {}
    for name, entry in entries.items():
        if isinstance(entry, Rule) and entry.delivered:
            hidden = worked_out(name)
            found[hidden] = replace(entry, name=hidden, delivered="")
            spoken = written[name].raw.body.get("交来") if written and name in written else None
            place = spoken.at(0) if isinstance(spoken, Scalar) else entry.provenance.place
            found[name] = replace(entry, body=_choice(entry, hidden, place), rounding=None)
        else:
            found[name] = entry
    return found


def sheets_of(columns: Mapping[str, Collection[str]], rule: Rule) -> frozenset[str]:
    """The tables that may deliver the value of ``rule``."""
    return frozenset(columns.get(rule.delivered, ())) if rule.delivered else frozenset()


def _choice(rule: Rule, hidden: str, place: Place) -> Cases:
    """``place``: where 交来 stands, which is where anything wrong with the field is told."""
    field, other = tree.Name(rule.delivered), tree.Name(hidden)
    about = replace(rule.provenance, note="", place=place)
    there = Formula(f"有 {rule.delivered}", tree.Unary("有", field), place)
    taken = Branch(there, Formula(rule.delivered, field, place), replace(about, note=TAKEN))
    return Cases((taken, Branch(None, Formula(f"{rule.name}（按规则）", other, place), replace(about, note=OTHERWISE))))
