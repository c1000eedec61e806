"""Text of YAML files put together: a key that stands in both is one key, with the lines of both below it.

Lines stay as they were written, comments before a key with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KEY = re.compile(r"(?P<key>[^\s#:\"'-][^:]*?|\"[^\"]*\"):(?:\s+(?P<value>.*))?$")
_LIST = re.compile(r"\[(.*)\]")


class TwoTexts(ValueError):
    """The same key with different contents: two options write the same name."""


@dataclass
class Block:
    """A key with what stands in its line, comments before it, and blocks or plain lines below it."""

    key: str
    head: str
    before: list[str] = field(default_factory=list)
    below: list[Block] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        found = _KEY.match(self.head.strip())
        return (found["value"] or "") if found else ""

    @property
    def is_empty(self) -> bool:
        """A key that waits for lines below it, and none came."""
        return not self.value and not self.plain and all(block.is_empty for block in self.below)

    def lines(self) -> list[str]:
        """Nothing for a key that is empty."""
        if self.is_empty:
            return []
        below = [line for block in self.below for line in block.lines()]
        return [*self.before, self.head, *self.plain, *below]


def together(*texts: str) -> str:
    """The texts as one. Raises :class:`TwoTexts`."""
    blocks: list[Block] = []
    for text in texts:
        _merge(blocks, _blocks(text.splitlines()))
    lines = [line for block in blocks for line in block.lines()]
    return "\n".join(lines).strip("\n") + "\n" if lines else ""


def keys(text: str) -> list[str]:
    return [block.key for block in _blocks(text.splitlines())]


def _blocks(lines: list[str]) -> list[Block]:
    """The blocks at the indentation of the first key."""
    found: list[Block] = []
    before: list[str] = []
    indent: int | None = None
    waiting: list[str] = []

    def finish() -> None:
        if found and waiting:
            _fill(found[-1], waiting)
        waiting.clear()

    for line in lines:
        stripped = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if indent is None and (not stripped or stripped.startswith("#")):
            before.append(line)
            continue
        if indent is None:
            indent = depth
        if stripped and depth <= indent and not stripped.startswith("#"):
            tail = _comments_at_end(waiting, indent)
            finish()
            key = _KEY.match(stripped)
            found.append(Block(key["key"] if key else stripped, line, [*before, *tail]))
            before = []
        else:
            waiting.append(line)
    finish()
    if before and found:
        found[0].before = [*before] if not found[0].before else found[0].before
    return found


def _comments_at_end(waiting: list[str], indent: int) -> list[str]:
    """Comments and blank lines that belong to the next key."""
    tail: list[str] = []
    while waiting:
        line = waiting[-1]
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and not (line.strip().startswith("#") and depth <= indent):
            break
        tail.insert(0, waiting.pop())
    return tail


def _fill(block: Block, lines: list[str]) -> None:
    first = next((line for line in lines if line.strip() and not line.strip().startswith("#")), "")
    if block.value or not _KEY.match(first.strip()):
        block.plain = list(lines)
    else:
        block.below = _blocks(list(lines))


def _merge(blocks: list[Block], more: list[Block]) -> None:
    for block in more:
        same = next((old for old in blocks if old.key == block.key), None)
        if same is None:
            blocks.append(block)
        elif not same.value and not block.value and not same.plain and not block.plain:
            _merge(same.below, block.below)
        elif same.value and block.value and _LIST.match(same.value) and _LIST.match(block.value):
            same.head = _one_list(same, block)
        elif same.value != block.value or same.plain != block.plain:
            raise TwoTexts(f"{block.key}：{same.head.strip()} 和 {block.head.strip()}")


def _one_list(same: Block, block: Block) -> str:
    """Both lists as one, in order, each item once."""
    items: list[str] = []
    for text in (same.value, block.value):
        found = _LIST.match(text)
        assert found is not None
        items += [item.strip() for item in found[1].split(",") if item.strip() and item.strip() not in items]
    return f"{same.head[: same.head.index('[')]}[{', '.join(items)}]"
