"""What differs between two texts of a rules file: in words, entry by entry, and in lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from engine.rulebook.spans import Written, written

ADDED, GONE, CHANGED = "新写", "删去", "改"
_MOST = 60


@dataclass(frozen=True)
class Said:
    """``where``: keys below the entry; ``old`` and ``new`` are empty where there was, or is, nothing."""

    how: str
    name: str
    where: tuple[str, ...] = ()
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if self.how != CHANGED:
            return f"{self.how} {self.name}" + (f"：{self.new or self.old}" if self.new or self.old else "")
        where = "".join(f" · {key}" for key in self.where)
        return f"{self.name}{where}：{self.old or '（没有）'} → {self.new or '（删去）'}"


def in_words(old: str, new: str) -> list[Said] | None:
    """What the entries say that they did not say before, order and layout aside; ``None``: a text cannot be read."""
    try:
        before, after = _entries(old), _entries(new)
    except yaml.YAMLError:
        return None
    found: list[Said] = []
    for name in dict.fromkeys((*before, *after)):
        if name not in before:
            found.append(Said(ADDED, name, new=_short(after[name], new)))
        elif name not in after:
            found.append(Said(GONE, name, old=_short(before[name], old)))
        else:
            found += (
                Said(CHANGED, name, where, a, b) for where, a, b in _different(before[name], after[name], old, new)
            )
    return found


def in_lines(old: str, new: str, file: str) -> list[str]:
    """As ``diff -u`` has it."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{file}（存着的）", f"{file}（草稿）", lineterm=""
    )
    return list(lines)


def _entries(text: str) -> dict[str, Written]:
    root = written(text)
    found: dict[str, Written] = {}
    for key, value in root.entries if root is not None else ():
        if key.value == "替换" and value.kind == "mapping":
            found |= {name.value: body for name, body in value.entries}
        else:
            found[key.value] = value
    return found


def _different(
    one: Written, other: Written, old: str, new: str, where: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if one.kind == other.kind == "mapping":
        before, after = ({key.value: value for key, value in node.entries} for node in (one, other))
        for key in dict.fromkeys((*before, *after)):
            if key in before and key in after:
                yield from _different(before[key], after[key], old, new, (*where, key))
            else:
                yield (*where, key), _short(before.get(key), old), _short(after.get(key), new)
    elif one.kind == other.kind == "list" and len(one.items) == len(other.items):
        for number, (a, b) in enumerate(zip(one.items, other.items, strict=True), 1):
            yield from _different(a, b, old, new, (*where, f"第 {number} 项"))
    elif _plain(one, old) != _plain(other, new):
        yield where, _short(one, old), _short(other, new)


def _plain(node: Written, text: str) -> str:
    return node.value if node.kind == "scalar" else " ".join(text[node.start : node.end].split())


def _short(node: Written | None, text: str) -> str:
    said = " ".join(_plain(node, text).split()) if node is not None else ""
    return said if len(said) <= _MOST else said[: _MOST - 1] + "…"
