"""Where each node of a YAML file stands in its text, from first to last sign, so that one can be changed alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml


@dataclass
class Written:
    """A node: ``text[start:end]`` is what is written of it, quotes and brackets with it.

    ``value``: what a scalar says; ``style``: how (empty: plain, else one of ' " | >); ``flow``: of a list or mapping,
    whether it is written in brackets; ``entries`` of a mapping, ``items`` of a list.
    """

    start: int
    end: int
    value: str = ""
    style: str = ""
    flow: bool = False
    entries: list[tuple[Written, Written]] = field(default_factory=list)
    items: list[Written] = field(default_factory=list)
    kind: str = "scalar"

    def get(self, key: str) -> Written | None:
        return next((value for name, value in self.entries if name.value == key), None)

    def key(self, key: str) -> Written | None:
        return next((name for name, _ in self.entries if name.value == key), None)


def written(text: str) -> Written | None:
    """The root of a file that can be read; ``None`` where it is empty. Raises ``yaml.YAMLError``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    body = text.removeprefix("\ufeff")
    lead = len(text) - len(body)
    starts = _line_starts(text)
    return _node(_Events(yaml.parse(body, Loader=loader), [*starts, len(text)], lead))


def _line_starts(text: str) -> list[int]:
    starts, at = [0], 0
    while at < len(text):
        if text[at] == "\r":
            at += 2 if text[at + 1 : at + 2] == "\n" else 1
            starts.append(at)
        elif text[at] in "\n\x85\u2028\u2029":
            at += 1
            starts.append(at)
        else:
            at += 1
    return starts


class _Events:
    def __init__(self, events: Iterator[Any], starts: list[int], lead: int) -> None:
        self._events, self._starts, self._lead = events, starts, lead

    def next(self) -> Any:
        return next(self._events)

    def place(self, mark: Any) -> int:
        return self._starts[mark.line] + mark.column + (self._lead if mark.line == 0 else 0)


def _node(events: _Events) -> Written | None:
    open_: list[tuple[Written, Written | None]] = []
    while True:
        event = events.next()
        made: Written | None = None
        if isinstance(event, yaml.StreamEndEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            start, end = events.place(event.start_mark), events.place(event.end_mark)
            made = Written(start, end, event.value, "" if event.style in (None, ":") else event.style)
        elif isinstance(event, yaml.CollectionStartEvent):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
            at = events.place(event.start_mark)
            open_.append((Written(at, at, flow=bool(event.flow_style), kind=kind), None))
        elif isinstance(event, yaml.CollectionEndEvent):
            made, _ = open_.pop()
            made.end = events.place(event.end_mark) if made.flow else _end_of(made)
        if made is None:
            continue
        if not open_:
            return made
        above, key = open_[-1]
        if above.kind == "list":
            above.items.append(made)
        elif key is None:
            open_[-1] = (above, made)
        else:
            above.entries.append((key, made))
            open_[-1] = (above, None)


def _end_of(made: Written) -> int:
    """Of a block the end of its last node: comments after it are not its own."""
    last = made.items[-1] if made.items else made.entries[-1][1] if made.entries else None
    return last.end if last is not None else made.start
