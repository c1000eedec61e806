"""What differs between two texts of a file: in words, entry by entry or row by row, and in lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import yaml

from engine.drafts.said import ADDED, CHANGED, GONE, Said, short
from engine.drafts.stands import is_rules
from engine.drafts.tables_in_words import table_in_words
from engine.drafts.texts_in_words import text_in_words
from engine.rulebook.spans import Written, written


def in_words(file: str, old: str, new: str) -> list[Said] | None:
    """What the entries, or the rows of a table, say that they did not say before, layout aside; of entries their order,
    too. ``None``: a text cannot be read.
    """
    if not is_rules(file):
        return table_in_words(old, new)
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
    elif one.kind == other.kind == "scalar" and "\n" in one.value.strip() and "\n" in other.value.strip():
        yield from (((*where, *at), short(a), short(b)) for at, a, b in text_in_words(one.value, other.value))
    elif _plain(one, old) != _plain(other, new):
        yield where, _short(one, old), _short(other, new)


def _plain(node: Written, text: str) -> str:
    return node.value if node.kind == "scalar" else " ".join(text[node.start : node.end].split())


def _short(node: Written | None, text: str) -> str:
    return short(_plain(node, text)) if node is not None else ""
