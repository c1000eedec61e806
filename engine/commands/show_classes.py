"""``casemix show REGION CLASS``: a class of a rule, a switch or a field, found by the word alone."""

from __future__ import annotations

import re

from rich.markup import escape

from engine.commands.screen import console, print_folded
from engine.rulebook.book import Snapshot
from engine.rulebook.class_words import class_words
from engine.rulebook.model import OFFICIAL, Branch, Cases, Parameter, Provenance, Rule


def show_class(snapshot: Snapshot, word: str) -> bool:
    """What has ``word`` among its classes, when it is given and what it leads to; whether anything has."""
    holders = [name for name, words in class_words(snapshot.stacked).of.items() if word in words and "〔" not in name]
    for name in holders:
        _holder(snapshot, name, word)
    return bool(holders)


def _holder(snapshot: Snapshot, name: str, word: str) -> None:
    entry = snapshot.entries.get(name)
    tables = snapshot.columns.get(name, [])
    what = f"（表 {'、'.join(tables)} 的字段）" if tables else ""
    console().print(f"{escape(word)} 是 [bold]{escape(name)}[/]{escape(what)} 的一类")
    if entry is None and tables:
        _about(snapshot.tables[tables[0]].fields[name].provenance)
        return
    if entry is not None:
        _about(entry.provenance)
    if isinstance(entry, Parameter) and entry.reading is not None:
        print_folded(console(), dict(entry.reading.options).get(word, ""), "  读作：")
    body = entry.body if isinstance(entry, Rule) else None
    given = [branch for branch in body.branches if _gives(branch, word)] if isinstance(body, Cases) else []
    for branch in given:
        _line("得出", f"{branch.condition.text if branch.condition else '否则'}", branch.provenance)
    for rule in snapshot.rules.values():
        if "〔" not in rule.name and isinstance(rule.body, Cases) and rule.body.by is not None:
            if rule.body.by.text.strip() != name:
                continue
            for branch in rule.body.branches:
                if branch.value is not None and _is_of(branch, word):
                    _line(f"{rule.name} 的这一类", branch.value.text, branch.provenance)


def _gives(branch: Branch, word: str) -> bool:
    return branch.value is not None and branch.value.text.strip(" “”") == word


def _is_of(branch: Branch, word: str) -> bool:
    """Whether a branch under 按 is of the class; one branch may be of several, with 、 between."""
    heads = branch.condition.text if branch.condition is not None else ""
    return word in (part.strip(" “”") for part in re.split("、", heads))


def _line(head: str, text: str, about: Provenance) -> None:
    print_folded(console(), f"{' '.join(text.split())}  〔{_cited(about)}〕", f"  {head}：")
    if about.note:
        print_folded(console(), about.note, "    ")


def _about(about: Provenance) -> None:
    console().print(f"  {escape(_cited(about))}")
    console().print(f"  {escape(str(about.place))}", style="dim")


def _cited(about: Provenance) -> str:
    return about.cite + (f"（{about.status}）" if about.status != OFFICIAL else "")
